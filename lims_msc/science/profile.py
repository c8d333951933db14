"""Profile-likelihood intervals of what a fitted curve says: ec50, slope, plateaus, absolute R50.

The interval of a quantity holds all its values whose best curve, over everything else, is not
significantly worse than the fit.  Where doses end before the curve does, it is wider than the Wald
interval, and says honestly that the doses do not bound the quantity: such an end is ``None``.

How the ends are found stands in ``profile_search``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lims_msc.domain.fit import FitStatus
from lims_msc.science.batch_fit import problem_of
from lims_msc.science.curve_search import Limits
from lims_msc.science.curve_starts import FARTHEST_LN, DoseRange
from lims_msc.science.dose_table import DoseTable, Scaling
from lims_msc.science.profile_search import ROWS, Profile, Quantity, ends_of
from lims_msc.science.reduced_fit import t_of_way
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.batch_fit import CurveFits, Masked
    from lims_msc.science.curves import CurveModel, FloatArray
    from lims_msc.science.fitting import CurveFit

    IndexArray = NDArray[np.intp]

_FARTHEST_PLATEAU = 1e4
_BLOCK = 500
_ON_LOG = {Quantity.EC50, Quantity.HILL, Quantity.ASYM, Quantity.R50_ABSOLUTE}


def profile_interval(
    fit: CurveFit, quantity: Quantity, *, confidence: float = 0.95, level: float = 50.0
) -> tuple[float | None, float | None]:
    """Return the ends of the profile-likelihood interval of a quantity of an ``ok`` fit.

    ::

        all θ with RSS(θ) ≤ RSS·(1 + t²/(n − p))
        RSS(θ) = least sum of squares of all curves whose quantity is θ

    An end is ``None`` where the data do not bound the quantity: doses up to six decades off the
    tested ones, or slopes and plateaus up to the rim of the model, are not rejected.  Both are
    ``None`` for a parameter that was fixed, and for an absolute R50 (the dose of ``level``) that is
    not between the plateaus.

    :raises ValueError: if the fit has no numbers or plateaus on bounds, or no such parameter.

    Source: Venzon and Moolgavkar 1988, doi 10.2307/2347496; DOMAIN 3.3
    """
    import numpy as np

    parameters, covariance = fit.numbers
    if fit.active:
        raise ValueError("A fit with a plateau on its bound has no profile interval.")
    fitted = _Fitted(
        DoseTable.of_one(fit.data),
        fit.model,
        fit.fixed,
        parameters[None],
        covariance[None],
        np.array([fit.rss]),
        np.array([fit.degrees_of_freedom]),
    )
    low, high = _intervals(fitted, quantity, confidence, level)
    return _number(low[0]), _number(high[0])


def profile_intervals(
    table: DoseTable,
    fits: CurveFits,
    quantity: Quantity,
    *,
    fixed: Mapping[str, float] | None = None,
    confidence: float = 0.95,
    level: float = 50.0,
) -> tuple[Masked, Masked]:
    """Return the ends of the intervals of many fits, masked where open or where there is no fit.

    ``table`` holds the data of the fits and ``fixed`` what was fixed in them; the rest is as in
    :func:`profile_interval`.

    :raises ValueError: if there is no such parameter.
    """
    import numpy as np

    is_ok = np.array([status is FitStatus.OK for status in fits.status], dtype=bool)
    ok = np.flatnonzero(is_ok & ~(fits.active > 0).any(axis=1))
    ends = np.full((2, len(fits)), np.nan)
    for begin in range(0, len(ok), _BLOCK):
        index = ok[begin : begin + _BLOCK]
        fitted = _Fitted(
            table.of(index),
            fits.model,
            dict(fixed or {}),
            fits.parameters.data[index],
            fits.covariance.data[index],
            fits.rss.data[index],
            fits.degrees_of_freedom[index],
        )
        ends[:, index] = _intervals(fitted, quantity, confidence, level)
    return np.ma.MaskedArray(ends[0], np.isnan(ends[0])), np.ma.MaskedArray(
        ends[1], np.isnan(ends[1])
    )


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Fits with numbers, and the data that they are of."""

    table: DoseTable
    model: CurveModel
    fixed: Mapping[str, float]
    parameters: FloatArray
    covariance: FloatArray
    rss: FloatArray
    degrees_of_freedom: NDArray[np.int64]

    def theta(self) -> FloatArray:
        """Return where the search ended."""
        import numpy as np

        theta = np.concatenate([self.parameters[:, 2:3], np.log(self.parameters[:, 3:])], axis=1).T
        half, _, _ = t_of_way(self.model, theta, 0.5)
        theta[0] += half / self.parameters[:, 3]
        return theta

    def share_of(self, level: float) -> FloatArray:
        """Return how much of its way each curve has gone at a level."""
        y_zero, y_inf = self.parameters[:, 0], self.parameters[:, 1]
        return (level - y_zero) / (y_inf - y_zero)


def _intervals(
    fitted: _Fitted, quantity: Quantity, confidence: float, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return both ends in the units of the quantity, NaN where open."""
    import numpy as np

    if quantity is Quantity.ASYM and not fitted.model.has_asymmetry:
        raise ValueError(f"A {fitted.model} has no asymmetry.")
    count = len(fitted.rss)
    low, high = np.full((2, count), np.nan)
    y_zero, y_inf = fitted.parameters[:, 0], fitted.parameters[:, 1]
    index = np.arange(count)
    if quantity.value in fitted.fixed:
        return low, high
    if quantity is Quantity.R50_ABSOLUTE:
        index = np.flatnonzero((level - y_zero) * (y_inf - level) > 0)
    if not index.size:
        return low, high
    scaling = Scaling.of(fitted.table.of(index))
    profile = _profile(_part(fitted, index), scaling, quantity, confidence, level)
    for ends, place in zip((low, high), ends_of(profile), strict=True):
        if quantity in _ON_LOG:
            ends[index] = np.exp(place)
        else:
            ends[index] = place * scaling.scale + scaling.shift
    return low, high


def _part(fitted: _Fitted, index: IndexArray) -> _Fitted:
    return _Fitted(
        fitted.table.of(index),
        fitted.model,
        fitted.fixed,
        fitted.parameters[index],
        fitted.covariance[index],
        fitted.rss[index],
        fitted.degrees_of_freedom[index],
    )


def _profile(
    fitted: _Fitted, scaling: Scaling, quantity: Quantity, confidence: float, level: float
) -> Profile:
    import numpy as np

    problem = problem_of(fitted.table, scaling, fitted.model, fitted.fixed, {})
    t = np.array([t_quantile(df, confidence) for df in fitted.degrees_of_freedom.tolist()])
    unit = scaling.scale**2 * scaling.weight
    least = (fitted.rss - fitted.table.pure_error_ss) / unit
    doses = DoseRange.of(problem.data.ln_dose, problem.data.root_weights)
    limits = _wide_limits(fitted.model, doses)
    theta, (place, step) = fitted.theta(), _place(fitted, scaling, quantity, level)
    low, high = _reach(quantity, place, doses, limits)
    if quantity is Quantity.R50_ABSOLUTE and problem.ties.fixed_plateaus == 2:
        # Between two fixed plateaus a level is a share of the way, and moves like the ec50.
        share = float(fitted.share_of(level)[0])
        problem = replace(problem, ties=replace(problem.ties, share=share))
        theta[0] = place
    return Profile(
        problem,
        quantity,
        theta,
        place,
        np.clip(2 * t * step, 1e-9, 1.0),
        low,
        high,
        least,
        least + fitted.rss / unit * t * t / fitted.degrees_of_freedom,
        (level - scaling.shift) / scaling.scale,
        limits,
    )


def _place(
    fitted: _Fitted, scaling: Scaling, quantity: Quantity, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return where the quantity is, and about its standard error, both as the search holds it."""
    import numpy as np

    se = np.sqrt(np.einsum("nii->ni", fitted.covariance)).T
    theta, hill = fitted.theta(), fitted.parameters[:, 3]
    if quantity is Quantity.R50_ABSOLUTE:
        half = t_of_way(fitted.model, theta, fitted.share_of(level))[0]
        return fitted.parameters[:, 2] + half / hill, se[2]
    if quantity is Quantity.EC50:
        return theta[0], se[2]
    if quantity in ROWS:
        row = ROWS[quantity]
        return theta[row], se[row + 2] / fitted.parameters[:, row + 2]
    row = 0 if quantity is Quantity.Y_ZERO else 1
    return (fitted.parameters[:, row] - scaling.shift) / scaling.scale, se[row] / scaling.scale


def _reach(
    quantity: Quantity, place: FloatArray, doses: DoseRange, limits: Limits
) -> tuple[FloatArray, FloatArray]:
    """Return how far on both sides a quantity may be rejected before its end is open."""
    import numpy as np

    if quantity in {Quantity.EC50, Quantity.R50_ABSOLUTE}:
        low, high = doses.low - FARTHEST_LN, doses.high + FARTHEST_LN
    elif quantity in ROWS:
        low, high = limits.low[ROWS[quantity]], limits.high[ROWS[quantity]]
    else:
        low, high = place - _FARTHEST_PLATEAU, place + _FARTHEST_PLATEAU
    return np.broadcast_to(low, place.shape), np.broadcast_to(high, place.shape)


def _wide_limits(model: CurveModel, doses: DoseRange) -> Limits:
    """Return limits of the other coordinates, far enough that none of them ends an interval."""
    import numpy as np

    width = np.maximum(doses.high - doses.low, 1e-9)
    low = [doses.low - 60.0, np.log(1e-4 / width)]
    high = [doses.high + 60.0, np.log(80.0 / doses.gap)]
    if model.has_asymmetry:
        low.append(np.full_like(width, -math.log(1e4)))
        high.append(np.full_like(width, math.log(1e4)))
    return Limits(np.stack(low), np.stack(high))


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
