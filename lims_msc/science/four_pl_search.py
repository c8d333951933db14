"""The search for the least-squares 4PL: grid of starts, polish, and the limits of the model.

The residual sum of squares of a 4PL often has several valleys, and sometimes only falls towards an
infinite slope or dose.  So the search (1) takes the whole grid of midpoints and slopes, where the
plateaus are linear and cost nothing, (2) polishes the best valleys, and (3) compares the result
with the closed forms to which the curve tends at infinite slope or midpoint.  Only a curve that
beats all of these limits has a finite optimum.

All of it works on dose means with weights (numbers of replicates); the pure error is a constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.curves import four_pl, four_pl_jacobian, logistic_share

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

_VALLEYS = 4
_LN_HILL_RANGE = (math.log(0.1), math.log(40.0))
_LARGEST_LN_HILL = 20.0
_LARGEST_LN_EC50 = 700.0
_LARGEST_HILL = 1e6


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best finite 4PL: ``y_zero, y_inf, ln_ec50, hill`` and its weighted sum of squares."""

    parameters: FloatArray
    weighted_ss: float


def search(ln_dose: FloatArray, means: FloatArray, weights: FloatArray) -> Optimum:
    """Return the best 4PL that the polish reaches from the best valleys of the grid.

    Doses rise; a dose of 0 is ``-inf``.  Whether it is a true optimum, :func:`limit_ss` tells.
    """
    starts = _grid_starts(ln_dose, means, weights)
    found = [_polish(ln_dose, means, weights, start) for start in starts]
    best = min(found, key=lambda optimum: optimum.weighted_ss)
    return _sharpen(ln_dose, means, weights, best)


def limit_ss(ln_dose: FloatArray, means: FloatArray, weights: FloatArray) -> float:
    """Return the smallest weighted sum of squares of the curves at the rim of the model.

    At infinite slope the curve is a step, on whose edge one dose may lie at any height between;
    at infinite midpoint it is a power of the dose, and between these a straight line over log dose.
    """
    return min(_step_ss(means, weights), _power_ss(ln_dose, means, weights))


def explained_ss(
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

    share = logistic_share(ln_dose, ln_ec50[..., None], np.exp(ln_hill)[..., None])
    total = weights.sum()
    centred = share - (share @ weights)[..., None] / total
    spread = (centred * centred) @ weights
    y = means - (weights @ means) / total
    explained = np.square(centred @ (weights * y)) / np.maximum(spread, 1e-300)
    # Where all doses lie on one plateau the ratio is nothing but rounding.
    return np.where(spread > 1e-24 * total, explained, 0.0)


def _grid_starts(
    ln_dose: FloatArray, means: FloatArray, weights: FloatArray
) -> list[tuple[float, float]]:
    """Return (ln_ec50, ln_hill) of the deepest valleys of the grid, best first."""
    import numpy as np

    finite = ln_dose[np.isfinite(ln_dose)]
    middle = np.linspace(finite[0] - 4.0, finite[-1] + 4.0, 61)
    slope = np.linspace(*_LN_HILL_RANGE, 19)
    explained = explained_ss(ln_dose, means, weights, middle[:, None], slope[None, :])
    padded = np.pad(explained, 1, constant_values=-1.0)
    around = np.max(
        [
            padded[1 + i : padded.shape[0] - 1 + i, 1 + j : padded.shape[1] - 1 + j]
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
        ],
        axis=0,
    )
    peaks = np.argwhere(explained >= around)
    order = np.argsort(-explained[tuple(peaks.T)], kind="stable")[:_VALLEYS]
    return [(float(middle[i]), float(slope[j])) for i, j in peaks[order]]


def _polish(
    ln_dose: FloatArray, means: FloatArray, weights: FloatArray, start: tuple[float, float]
) -> Optimum:
    """Return where Levenberg–Marquardt ends from one start.

    It works on ln hill, which keeps the slope positive.
    """
    import numpy as np
    from scipy.optimize import least_squares

    root = np.sqrt(weights)
    lower, upper = _plateaus(ln_dose, means, weights, start)

    def natural(theta: FloatArray) -> FloatArray:
        # A search that runs away must end at the rim of the model, not at the rim of the numbers.
        ln_ec50 = np.clip(theta[2], -_LARGEST_LN_EC50, _LARGEST_LN_EC50)
        ln_hill = np.clip(theta[3], -_LARGEST_LN_HILL, _LARGEST_LN_HILL)
        return np.array([theta[0], theta[1], ln_ec50, math.exp(ln_hill)])

    def residuals(theta: FloatArray) -> FloatArray:
        return root * (four_pl(ln_dose, natural(theta)) - means)

    def jacobian(theta: FloatArray) -> FloatArray:
        parameters = natural(theta)
        columns = four_pl_jacobian(ln_dose, parameters)
        columns[..., 3] *= parameters[3]
        return root[:, None] * columns

    found = least_squares(
        residuals,
        np.array([lower, upper, *start]),
        jac=jacobian,
        method="lm",
        xtol=1e-10,
        ftol=1e-13,
        gtol=1e-13,
        max_nfev=300,
    )
    return Optimum(natural(found.x), float(2 * found.cost))


def _sharpen(
    ln_dose: FloatArray, means: FloatArray, weights: FloatArray, start: Optimum
) -> Optimum:
    """Return the optimum after Newton steps, as long as they become shorter.

    Near the optimum the sum of squares no longer changes in double precision, and a search that
    compares sums stops with half of the digits; the gradient still knows the way.
    """
    import numpy as np

    def gradient(parameters: FloatArray) -> FloatArray:
        residual = weights * (four_pl(ln_dose, parameters) - means)
        result: FloatArray = residual @ four_pl_jacobian(ln_dose, parameters)
        return result

    parameters, shortest = start.parameters, math.inf
    for _ in range(20):
        jacobian = np.sqrt(weights)[:, None] * four_pl_jacobian(ln_dose, parameters)
        lengths = np.linalg.norm(jacobian, axis=0)
        if np.any(lengths == 0):
            return start
        nudges = np.diag(1e-5 / lengths)
        curvature = [gradient(parameters + n) - gradient(parameters - n) for n in nudges]
        hessian = np.array(curvature) / 2e-5 / lengths
        step = np.linalg.lstsq(hessian, -gradient(parameters) / lengths, rcond=None)[0]
        length = float(np.linalg.norm(step))
        following = parameters + step / lengths
        is_inside = abs(following[2]) < _LARGEST_LN_EC50 and 0 < following[3] < _LARGEST_HILL
        if not (length < shortest and is_inside):
            break
        parameters, shortest = following, length
    ss = float(weights @ (means - four_pl(ln_dose, parameters)) ** 2)
    return Optimum(parameters, ss) if ss <= start.weighted_ss * (1 + 1e-9) else start


def _plateaus(
    ln_dose: FloatArray, means: FloatArray, weights: FloatArray, start: tuple[float, float]
) -> tuple[float, float]:
    import numpy as np

    ln_ec50, ln_hill = np.array([start[0]]), np.array([math.exp(start[1])])
    share = logistic_share(ln_dose, ln_ec50, ln_hill)
    root = np.sqrt(weights)
    design = root[:, None] * np.stack([1 - share, share], axis=-1)
    solution = np.linalg.lstsq(design, root * means, rcond=None)[0]
    return float(solution[0]), float(solution[1])


def _step_ss(means: FloatArray, weights: FloatArray) -> float:
    """Return the least sum of squares of a step, with or without one dose on its edge."""
    count = len(means)
    best = math.inf
    for left in range(1, count):
        for right in (left, left + 1):
            if right >= count:
                continue
            low, low_ss = _mean_and_ss(means[:left], weights[:left])
            high, high_ss = _mean_and_ss(means[right:], weights[right:])
            edge = means[left:right]
            if all(min(low, high) <= value <= max(low, high) for value in edge):
                best = min(best, low_ss + high_ss)
    return best


def _mean_and_ss(values: FloatArray, weights: FloatArray) -> tuple[float, float]:
    mean = float(weights @ values / weights.sum())
    return mean, float(weights @ (values - mean) ** 2)


def _power_ss(ln_dose: FloatArray, means: FloatArray, weights: FloatArray) -> float:
    """Return the least sum of squares of y = a + c·x^h over all h, h = 0 being a line over ln x."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    total = weights.sum()
    y = means - (weights @ means) / total
    has_zero = bool(np.isinf(ln_dose[0]))

    def ss(power: float) -> float:
        if power == 0:
            basis = ln_dose
        else:
            anchor = ln_dose[-1] if power > 0 else ln_dose[0]
            basis = np.expm1(power * (ln_dose - anchor)) / power
        centred = basis - (weights @ basis) / total
        return float(weights @ y**2 - (weights @ (centred * y)) ** 2 / (weights @ centred**2))

    # With dose 0 on the plate a negative power, or the line, has no finite value there.
    grid = np.linspace(0.05 if has_zero else -12.0, 12.0, 121 if has_zero else 241)
    values = [ss(float(power)) for power in grid]
    best = int(np.argmin(values))
    inside = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    refined = minimize_scalar(ss, bounds=inside, method="bounded", options={"xatol": 1e-10})
    return min(*values, float(refined.fun))
