"""The profile-likelihood interval of the midpoint (ec50) of a 4PL.

The interval holds all midpoints whose best curve, over plateaus and slope, is not significantly
worse than the fit: RSS(ec50) ≤ RSS·(1 + t²/(n − 4)).  Where doses end before the curve does, it is
wider than the Wald interval, and says honestly that the doses do not bound the midpoint: such an
end is ``None``.  It costs more than the fit, so it is computed where it is asked for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lims_msc.science.curves import CurveModel, distance, shape_of
from lims_msc.science.fitting import CurveFit, ln_doses
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

_FARTHEST_DECADES = 6.0
_STEP = 0.1
_LN_HILL = (math.log(0.002), math.log(400.0), 90)


def ec50_profile_interval(
    fit: CurveFit, *, confidence: float = 0.95
) -> tuple[float | None, float | None]:
    """Return the ends of the interval of ``ec50`` of an ``ok`` fit, in units of the dose.

    An end is ``None`` where midpoints up to six decades off the tested doses are not rejected.

    :raises ValueError: if the fit has no numbers.
    """
    import numpy as np

    parameters, _ = fit.numbers
    data = (ln_doses(fit.data), np.array(fit.data.means), np.array(fit.data.weights))
    quantile = t_quantile(fit.degrees_of_freedom, confidence)
    lack_of_fit_ss = fit.rss - fit.data.pure_error_ss
    threshold = lack_of_fit_ss + fit.rss * quantile**2 / fit.degrees_of_freedom
    tested = fit.data.nonzero_doses
    off = _FARTHEST_DECADES * math.log(10)
    start = float(parameters[2])
    ends = (math.log(tested[0]) - off, math.log(tested[-1]) + off)
    low, high = (_end(data, start, end, threshold) for end in ends)
    return low, high


def _end(
    data: tuple[FloatArray, FloatArray, FloatArray], start: float, end: float, threshold: float
) -> float | None:
    """Return the first midpoint between ``start`` and ``end`` that is rejected."""
    import numpy as np
    from scipy.optimize import brentq

    count = math.ceil(abs(end - start) / _STEP) + 1
    inside = start
    for ln_ec50 in np.linspace(start, end, count)[1:]:
        if _profile_ss(data, float(ln_ec50)) > threshold:
            root = brentq(
                lambda x: _profile_ss(data, x) - threshold, inside, float(ln_ec50), xtol=1e-10
            )
            return math.exp(root)
        inside = float(ln_ec50)
    return None


def _profile_ss(data: tuple[FloatArray, FloatArray, FloatArray], ln_ec50: float) -> float:
    """Return the least weighted sum of squares of all curves with this midpoint."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    ln_hill = np.linspace(*_LN_HILL)
    values = _ss(data, ln_ec50, ln_hill)
    best = int(np.argmin(values))
    bounds = ln_hill[max(best - 1, 0)], ln_hill[min(best + 1, len(ln_hill) - 1)]
    refined = minimize_scalar(
        lambda x: float(_ss(data, ln_ec50, np.array([x]))[0]),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-9},
    )
    return min(float(values[best]), float(refined.fun))


def _ss(
    data: tuple[FloatArray, FloatArray, FloatArray], ln_ec50: float, ln_hill: FloatArray
) -> FloatArray:
    """Return the sum of squares for each slope, with the best plateaus."""
    import numpy as np

    _, means, weights = data
    around_mean = weights @ (means - (weights @ means) / weights.sum()) ** 2
    result: FloatArray = around_mean - _explained_ss(*data, np.array([ln_ec50]), ln_hill)
    return result


def _explained_ss(
    ln_dose: FloatArray,
    means: FloatArray,
    weights: FloatArray,
    ln_ec50: FloatArray,
    ln_hill: FloatArray,
) -> FloatArray:
    """Return the sum of squares that curves with the best plateaus explain, for many at once.

    ``ln_ec50`` and ``ln_hill`` broadcast against each other; the result has their shape.
    """
    import numpy as np

    share = shape_of(
        CurveModel.FOUR_PL, np.exp(ln_hill)[..., None] * distance(ln_dose, ln_ec50[..., None])
    ).value
    total = weights.sum()
    centred = share - (share @ weights)[..., None] / total
    spread = (centred * centred) @ weights
    y = means - (weights @ means) / total
    explained = np.square(centred @ (weights * y)) / np.maximum(spread, 1e-300)
    # Where all doses lie on one plateau the ratio is nothing but rounding.
    return np.where(spread > 1e-24 * total, explained, 0.0)
