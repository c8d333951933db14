"""Kenward–Roger: the covariance of fixed effects corrected for small samples, and its F tests.

All variances are parameters here, those of zero too, so that a fit on the boundary keeps the
degrees of freedom of its design, as in pbkrtest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.reml_criterion import derivatives, restricted

if TYPE_CHECKING:
    from lims_msc.science.mixed_columns import FloatArray
    from lims_msc.science.mixed_structure import CrossProducts, Numbers

_NEAR_TWO = 1e-2
_BOTH_ZERO = 1e-10


@dataclass(frozen=True, slots=True)
class KenwardRoger:
    """The plain covariance Φ, the adjusted one, and what the degrees of freedom need.

    ``slopes`` has P_r = ∂(XᵗV⁻¹X)/∂γ_r, ``variance_covariance`` is W, the covariance of γ̂.
    """

    covariance: FloatArray
    adjusted: FloatArray
    slopes: FloatArray
    variance_covariance: FloatArray

    def degrees_of_freedom(self, contrast: FloatArray) -> float:
        """Return the degrees of freedom of one contrast, 2/A₂ of :meth:`f_test`."""
        return 2 / self._moments_of(contrast[None])[1]

    def f_test(self, contrasts: FloatArray, values: FloatArray) -> tuple[float, float] | None:
        """Return the scaled F and its denominator degrees of freedom.

        It tests that all contrasts L are 0 together; ``values`` is L b.

        ::

            Θ = Lᵗ(LΦLᵗ)⁻¹L,  U_r = ΘΦP_rΦ,  A₁ = ΣΣ W_rs tr U_r tr U_s,  A₂ = ΣΣ W_rs tr U_r U_s
            B = (A₁ + 6A₂)/2q,  g = ((q+1)A₁ − (q+4)A₂)/((q+2)A₂),  k = 3q + 2(1−g)
            c₁ = g/k,  c₂ = (q−g)/k,  c₃ = (q+2−g)/k
            ρ = ((1 − A₂/q)/(1 − c₂B))² (1 + c₁B)/(1 − c₃B),  ν = 4 + (q+2)/(ρ − 1)
            F = λ bᵗLᵗ(LΦ_A Lᵗ)⁻¹Lb / q,   λ = ν(1 − A₂/q)/(ν − 2)

        For one contrast this is ν = 2/A₂ and λ = 1.  ``None`` where ν is not above zero: then the
        moments that F should have do not exist.

        Source: Kenward and Roger 1997, doi 10.2307/2533558; Halekoh and Højsgaard 2014,
        doi 10.18637/jss.v059.i09.
        """
        import numpy as np

        q = len(contrasts)
        wald = float(values @ np.linalg.solve(contrasts @ self.adjusted @ contrasts.T, values))
        a1, a2 = self._moments_of(contrasts)
        if q == 1:
            return wald, 2 / a2
        b = (a1 + 6 * a2) / (2 * q)
        g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
        k = 3 * q + 2 * (1 - g)
        v0, v1, v2 = 1 + g / k * b, 1 - (q - g) / k * b, 1 - (q + 2 - g) / k * b
        share = 1 - a2 / q
        # With two degrees of freedom both go to zero together; their ratio tends to one.
        ratio = 1.0 if max(abs(share), abs(v1)) < _BOTH_ZERO else share / v1
        nu = 4 + (q + 2) * v2 / (ratio**2 * v0 - v2)
        scale = 1.0 if abs(nu - 2) < _NEAR_TWO else nu * share / (nu - 2)
        return (scale * wald / q, nu) if nu > 0 else None

    def _moments_of(self, contrasts: FloatArray) -> tuple[float, float]:
        import numpy as np

        phi = self.covariance
        theta = contrasts.T @ np.linalg.solve(contrasts @ phi @ contrasts.T, contrasts)
        products = theta @ phi @ self.slopes @ phi
        traces = np.trace(products, axis1=1, axis2=2)
        squares = np.einsum("rij,sji->rs", products, products)
        weights = self.variance_covariance
        return float(traces @ weights @ traces), float(np.sum(weights * squares))


def kenward_roger(products: CrossProducts, variances: FloatArray) -> KenwardRoger:
    """Return the adjusted covariance at the estimates γ of all variances.

    ::

        Φ = (XᵗV⁻¹X)⁻¹,  P_r = −XᵗV⁻¹G_rV⁻¹X,  Q_rs = XᵗV⁻¹G_rV⁻¹G_sV⁻¹X,  W = 2 I_E⁻¹
        I_E,rs = tr(V⁻¹G_rV⁻¹G_s) − 2 tr(ΦQ_rs) + tr(ΦP_rΦP_s) = tr(P G_r P G_s)
        Φ_A = Φ + 2 Φ {ΣΣ W_rs (Q_rs − P_rΦP_s)} Φ

    Source: Kenward and Roger 1997, doi 10.2307/2533558, eq. 3 to 5; Halekoh and Højsgaard 2014,
    doi 10.18637/jss.v059.i09, section 6.
    """
    import numpy as np

    def at(gamma: Numbers) -> list[Numbers]:
        found = restricted(products, gamma)
        return [found.traces, found.slopes]

    here = restricted(products, variances)
    by_trace, second = derivatives(at, variances)
    weights: Numbers = 2 * np.linalg.inv(-(by_trace + by_trace.T) / 2)
    phi, slopes = np.linalg.inv(here.information), here.slopes
    # The second derivative of XᵗV⁻¹X is Q_rs + Q_sr, and W is symmetric.
    inner = np.tensordot(weights, second / 2 - slopes[:, None] @ phi @ slopes[None], axes=2)
    adjusted = phi + 2 * phi @ inner @ phi
    return KenwardRoger(phi, (adjusted + adjusted.T) / 2, slopes, weights)


def variance_information(products: CrossProducts, variances: FloatArray) -> FloatArray:
    """Return tr(P G_r P G_s), the information on the variances, at given variances."""

    def at(gamma: Numbers) -> list[Numbers]:
        return [restricted(products, gamma).traces]

    found = derivatives(at, variances)[0]
    return -(found + found.T) / 2
