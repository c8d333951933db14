"""The restricted likelihood of a mixed model and its derivatives, exact to rounding.

Two views of the same criterion, minus twice the log-likelihood: :func:`profiled`, with the residual
variance and the fixed effects at their best, for the search; and :func:`restricted`, with all
variances as parameters, for degrees of freedom.  Both take complex covariances (see
:mod:`lims_msc.science.mixed_moments`), which :func:`derivatives` uses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lims_msc.science.mixed_moments import moments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lims_msc.science.mixed_columns import FloatArray
    from lims_msc.science.mixed_structure import CrossProducts, Numbers

_STEP = 1e-40


class Likelihood(StrEnum):
    """Which likelihood is maximised; ML only compares models of different fixed effects."""

    REML = "REML"
    ML = "ML"


@dataclass(frozen=True, slots=True)
class Profiled:
    """The profiled criterion at one set of covariances over the residual variance.

    ``criterion`` is 0 where the covariances are complex.  ``gradient`` holds, for every group, the
    symmetric matrix Γ with d criterion = tr(Γ dS).
    """

    criterion: float
    gradient: tuple[Numbers, ...]
    residual_variance: Numbers
    coefficients: Numbers
    information: Numbers


@dataclass(frozen=True, slots=True)
class Restricted:
    """The restricted likelihood at variances γ (unique elements of all covariances, then σ²).

    ``information`` is XᵗV⁻¹X, ``slopes`` its derivatives by γ, ``traces`` is tr(P G), ``gradient``
    the derivative of −2 log-likelihood, tr(P G) − yᵗP G P y, with G = ∂V/∂γ.
    """

    information: Numbers
    slopes: Numbers
    traces: Numbers
    gradient: Numbers


def profiled(
    products: CrossProducts, ratios: Sequence[Numbers], likelihood: Likelihood = Likelihood.REML
) -> Profiled:
    """Return the profiled criterion.

    ::

        REML: log det V + log det XᵗV⁻¹X + (n − p)(1 + log(2π r² / (n − p)))
        ML:   log det V + n (1 + log(2π r² / n)),     r² = yᵗV⁻¹y − bᵗXᵗV⁻¹y,  V in units of σ²

    Source: Bates, Mächler, Bolker and Walker 2015, doi 10.18637/jss.v067.i01, eq. 34 and 41.
    """
    import numpy as np

    found, p = moments(products, ratios), products.n_fixed
    information, cross = found.gram[:p, :p], found.gram[:p, p]
    b = np.linalg.solve(information, cross)
    residual_ss = found.gram[p, p] - b @ cross
    is_reml = likelihood is Likelihood.REML
    df = products.n_rows - p if is_reml else products.n_rows
    contrast = np.append(-b, 1.0)
    change = np.array([contrast @ slope @ contrast for slope in found.slopes])
    by_element = found.traces + df * change / residual_ss
    if is_reml:
        by_element = by_element + _traces_with(np.linalg.inv(information), found.slopes[:, :p, :p])
    criterion = 0.0
    if not np.iscomplexobj(residual_ss):
        criterion = found.log_determinant + df * (1 + math.log(2 * math.pi * residual_ss / df))
        criterion += float(np.linalg.slogdet(information)[1]) if is_reml else 0.0
    gradient = symmetric_matrices(products.widths, by_element)
    return Profiled(criterion, gradient, residual_ss / df, b, information)


def restricted(products: CrossProducts, variances: Numbers) -> Restricted:
    """Return the restricted likelihood at variances: elements of the covariances, then σ²."""
    import numpy as np

    p, residual = products.n_fixed, variances[-1]
    elements = variances[:-1] / residual
    found = moments(products, covariances(products.widths, elements))
    weighted = np.tensordot(elements, found.slopes, axes=1)
    gram = found.gram / residual
    slopes = np.concatenate([found.slopes, -(found.gram + weighted)[None]]) / residual**2
    traces = np.append(found.traces, products.n_rows - elements @ found.traces) / residual
    inverse = np.linalg.inv(gram[:p, :p])
    contrast = np.append(-inverse @ gram[:p, p], 1.0)
    explained = np.array([contrast @ slope @ contrast for slope in slopes])
    traces = traces + _traces_with(inverse, slopes[:, :p, :p])
    return Restricted(gram[:p, :p], slopes[:, :p, :p], traces, traces + explained)


def covariances(widths: Sequence[int], elements: Numbers) -> list[Numbers]:
    """Return the covariance matrices of which these are the unique elements."""
    import numpy as np

    found, start = [], 0
    for width in widths:
        matrix = np.zeros((width, width), dtype=elements.dtype)
        for a in range(width):
            matrix[a, : a + 1] = matrix[: a + 1, a] = elements[start : start + a + 1]
            start += a + 1
        found.append(matrix)
    return found


def unique_elements(matrices: Sequence[Numbers]) -> Numbers:
    """Return the unique elements of covariance matrices, one matrix after the other."""
    import numpy as np

    return np.concatenate([matrix[np.tril_indices(len(matrix))] for matrix in matrices])


def symmetric_matrices(widths: Sequence[int], by_element: Numbers) -> tuple[Numbers, ...]:
    """Return the matrix Γ of every group; an element off the diagonal stands for two."""
    import numpy as np

    matrices = covariances(widths, by_element)
    return tuple(m * (0.5 + 0.5 * np.eye(len(m))) for m in matrices)


def derivatives(function: Callable[[Numbers], Sequence[Numbers]], at: FloatArray) -> list[Numbers]:
    """Return the derivatives of several arrays by every parameter, which comes first.

    The functions have to be analytic; the derivatives are exact to rounding.
    """
    import numpy as np

    found: list[list[Numbers]] = []
    for k in range(len(at)):
        shifted = at.astype(complex)
        shifted[k] += 1j * _STEP
        found.append([np.imag(part) / _STEP for part in function(shifted)])
    return [np.array(parts) for parts in zip(*found, strict=True)]


def _traces_with(inverse: Numbers, slopes: Numbers) -> Numbers:
    import numpy as np

    found: Numbers = np.einsum("ij,kji->k", inverse, slopes)
    return found
