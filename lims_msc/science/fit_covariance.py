"""Standard errors of fitted curves: the Gauss–Newton covariance and that of the full Hessian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lims_msc.science.curves import CurveModel, curve_jacobian, curve_value, weighted_curvature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lims_msc.science.curves import FloatArray

LARGEST_CONDITION = 1e8


def gauss_newton_covariance(
    model: CurveModel,
    ln_dose: FloatArray,
    weights: FloatArray,
    parameters: FloatArray,
    free: Sequence[int],
) -> FloatArray:
    """Return (JᵀWJ)⁻¹ of each curve, to be multiplied by s²; NaN where J is singular in effect.

    ::

        J = ∂(curve at the doses)/∂(free parameters),   W = weights of the dose means

    ``ln_dose`` and ``weights`` are ``(curves, doses)``, ``parameters`` ``(curves, p)``.  Rows and
    columns of parameters that are not ``free`` are 0.  A curve whose scaled J has a condition above
    10⁸ has no covariance: a truncated inverse would give intervals that are far too short.

    Source: Bates and Watts 1988, Nonlinear Regression Analysis, chapter 2.
    """
    import numpy as np

    count, size = parameters.shape
    columns = curve_jacobian(model, ln_dose, parameters)[..., list(free)]
    jacobian = np.sqrt(weights)[..., None] * columns
    lengths = np.linalg.norm(jacobian, axis=-2, keepdims=True)
    is_whole = np.all(lengths[:, 0] > 0, axis=-1)
    scaled = jacobian / np.where(lengths > 0, lengths, 1.0)
    inverse = _inverse(scaled)
    is_whole &= ~np.isnan(inverse).any(axis=(1, 2))
    covariance = np.full((count, size, size), np.nan)
    if is_whole.any():
        inverse = inverse[is_whole]
        part = inverse @ np.swapaxes(inverse, -1, -2)
        outer = lengths[is_whole, 0, :, None] * lengths[is_whole, 0, None, :]
        block = np.zeros((len(part), size, size))
        block[:, np.array(free)[:, None], np.array(free)[None, :]] = part / outer
        covariance[is_whole] = block
    return covariance


def _inverse(jacobian: FloatArray) -> FloatArray:
    """Return R⁻¹ of J = QR: it inverts JᵀJ without squaring its condition; NaN where singular."""
    import numpy as np

    upper = np.linalg.qr(jacobian, mode="r")
    is_whole = np.abs(np.einsum("nii->ni", upper)).min(axis=-1) > 0
    inverse = np.full_like(upper, np.nan)
    inverse[is_whole] = np.linalg.inv(upper[is_whole])
    condition = np.linalg.norm(upper, axis=(1, 2)) * np.linalg.norm(inverse, axis=(1, 2))
    inverse[~(condition < LARGEST_CONDITION)] = np.nan
    return inverse


def observed_covariance(
    model: CurveModel,
    means: tuple[FloatArray, FloatArray, FloatArray],
    parameters: FloatArray,
    free: Sequence[int],
) -> FloatArray | None:
    """Return the inverse of the full Hessian of half the sum of squares, to be multiplied by s².

    ::

        H = JᵀWJ + Σ w·(curve − mean)·∂²curve/∂p∂q

    ``means`` are ln doses, dose means and weights of one curve.  This is the observed information,
    which the R package drc inverts.  ``None`` where H is not positive definite.

    Source: Ritz and Streibig 2005, doi 10.18637/jss.v012.i05.
    """
    import numpy as np

    ln_dose, values, weights = means
    jacobian = curve_jacobian(model, ln_dose, parameters)[:, list(free)]
    residual = weights * (curve_value(model, ln_dose, parameters) - values)
    curvature = weighted_curvature(model, ln_dose, parameters, residual)
    rows = np.ix_(list(free), list(free))
    hessian = jacobian.T @ (weights[:, None] * jacobian) + curvature[rows]
    scale = np.sqrt(np.abs(hessian.diagonal()))
    if np.any(scale == 0):
        return None
    try:
        factor = np.linalg.inv(np.linalg.cholesky(hessian / np.outer(scale, scale)))
    except np.linalg.LinAlgError:
        return None
    covariance = np.zeros((len(parameters), len(parameters)))
    covariance[rows] = (factor.T @ factor) / np.outer(scale, scale)
    return covariance
