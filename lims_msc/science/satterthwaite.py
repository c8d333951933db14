"""Satterthwaite degrees of freedom of contrasts of fixed effects, as lmerTest defines them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.reml_criterion import (
    derivatives,
    restricted,
    symmetric_matrices,
    unique_elements,
)

if TYPE_CHECKING:
    from lims_msc.science.mixed_columns import FloatArray
    from lims_msc.science.mixed_structure import CrossProducts, Numbers
    from lims_msc.science.reml_search import Factors

_FLAT = 1e-10
_TIED = 1e-8


@dataclass(frozen=True, slots=True)
class Satterthwaite:
    """The covariance Φ of the fixed effects, how it varies, and how uncertain the variances are.

    ``slopes`` has ∂Φ/∂θ; ``variance_covariance`` is the covariance of θ̂, 2 H⁻¹ with H the second
    derivatives of −2 log-likelihood (REML).  θ are the entries of the covariances' factors and σ².
    """

    covariance: FloatArray
    slopes: FloatArray
    variance_covariance: FloatArray

    def degrees_of_freedom(self, contrast: FloatArray) -> float:
        """Return the degrees of freedom of one contrast.

        ::

            ν = 2 (l Φ lᵗ)² / (gᵗ A g),   g = ∂(l Φ lᵗ)/∂θ,   A = covariance of θ̂

        Source: Satterthwaite 1946, doi 10.2307/3002019; Kuznetsova, Brockhoff and Christensen 2017,
        doi 10.18637/jss.v082.i13.
        """
        variance = float(contrast @ self.covariance @ contrast)
        slope = self.slopes @ contrast @ contrast
        return 2 * variance * variance / float(slope @ self.variance_covariance @ slope)

    def f_test(self, contrasts: FloatArray, values: FloatArray) -> tuple[float, float]:
        """Return F and its denominator degrees of freedom.

        It tests that all contrasts L are 0 together; ``values`` is L b.

        ::

            L Φ Lᵗ = Σ d_m u_m u_mᵗ,  t_m = u_mᵗ L b / √d_m with ν_m,  F = Σ t_m² / q
            ν = 2 E / (E − q),  E = Σ ν_m / (ν_m − 2);  2 if a ν_m is not above 2

        Source: Fai and Cornelius 1996, doi 10.1080/00949659608811740, as in lmerTest.
        """
        import numpy as np

        sizes, directions = np.linalg.eigh(contrasts @ self.covariance @ contrasts.T)
        rotated = directions.T @ contrasts
        f = float(np.sum((directions.T @ values) ** 2 / sizes)) / len(sizes)
        nu = np.array([self.degrees_of_freedom(row) for row in rotated])
        if np.ptp(nu) < _TIED * float(nu.max()):
            return f, float(nu.mean())
        if float(nu.min()) <= 2:
            return f, 2.0
        expectation = float(np.sum(nu / (nu - 2)))
        return f, 2 * expectation / (expectation - len(nu))


def satterthwaite(
    products: CrossProducts, factors: Factors, residual_variance: float
) -> Satterthwaite:
    """Return what the degrees of freedom need, at the estimates.

    A variance of zero is no parameter: at the boundary its slope vanishes, so the degrees of
    freedom are those of the components that are left, as in lmerTest.
    """
    import numpy as np

    start = np.append(factors.parameters, residual_variance)

    def at(theta: Numbers) -> list[Numbers]:
        residual, matrices = theta[-1], factors.filled(theta[:-1])
        ratios = [matrix @ matrix.T for matrix in matrices]
        found = restricted(products, np.append(unique_elements(ratios) * residual, residual))
        by_ratio, by_residual = _chain(products, matrices, found.gradient, residual)
        free = [m[mask] for m, mask in zip(by_ratio, factors.free, strict=True)]
        return [np.append(np.concatenate(free), by_residual), np.linalg.inv(found.information)]

    hessian, slopes = derivatives(at, start)
    covariance = np.real(at(start)[1])
    return Satterthwaite(covariance, slopes, _covariance_of(hessian))


def _chain(
    products: CrossProducts, matrices: list[Numbers], gradient: Numbers, residual: Numbers
) -> tuple[list[Numbers], Numbers]:
    """Return the gradient by the factors of S = Σ/σ² and by σ², where Σ = σ² L Lᵗ moves with σ²."""
    import numpy as np

    ratios = [matrix @ matrix.T for matrix in matrices]
    slopes = symmetric_matrices(products.widths, gradient[:-1])
    by_factor = [2 * residual * s @ m for s, m in zip(slopes, matrices, strict=True)]
    return by_factor, gradient[-1] + np.sum(gradient[:-1] * unique_elements(ratios))


def _covariance_of(hessian: FloatArray) -> FloatArray:
    """Return 2 H⁻¹; directions in which the likelihood is flat are left out, as in lmerTest."""
    import numpy as np

    # Parameters of any size: curvatures are compared only after scaling each to one.
    sizes = np.sqrt(np.abs(np.diagonal(hessian)))
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2 / np.outer(sizes, sizes))
    is_curved = values > _FLAT * values.max()
    kept = vectors[:, is_curved] / sizes[:, None]
    found: FloatArray = 2 * (kept / values[is_curved]) @ kept.T
    return found
