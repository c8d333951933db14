"""The limits of curves of one shape: what they tend to where slope or midpoints run to infinity.

At infinite slope every curve is a step between the shared plateaus, on whose edge one dose of each
sample may lie at any height between.  With all midpoints beyond the doses the curves are powers of
the dose with one starting plateau, or parallel straight lines over ln dose.  With one midpoint
beyond all doses, that sample stays on a plateau of the others.  A fit that is no better than these
has no finite optimum, and its slope or midpoints no number.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lims_msc.science.common_shape_search import (
    Points,
    SharedOptimum,
    polish_shape,
)

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

_BEYOND = 690.0
_POWERS = (-12.0, 12.0, 61)
_LEAST_POWER = 0.05


def rim_ss(points: Points, optimum: SharedOptimum) -> float:
    """Return the least weighted sum of squares of the limits, searched from an optimum."""
    return min(
        _step_ss(points, optimum.parameters),
        far_midpoints_ss(points),
        _plateau_ss(points, optimum.parameters),
    )


def far_midpoints_ss(points: Points) -> float:
    """Return the least weighted sum of squares with all midpoints beyond all doses."""
    return min(_power_ss(points), _line_ss(points))


def _step_ss(points: Points, parameters: FloatArray) -> float:
    """Return the least sum of squares of steps, one sample after the other until none improves."""
    samples = [points.of(index) for index in range(points.count)]
    cuts = []
    for (ln_doses, _, _), ln_c in zip(samples, parameters[3:], strict=True):
        left = int((ln_doses < ln_c).sum())
        cuts.append((left, left))
    best, is_better = _cut_ss(samples, cuts), True
    while is_better:
        is_better = False
        for index, (ln_doses, _, _) in enumerate(samples):
            for cut in _cuts(ln_doses):
                tried = [*cuts[:index], cut, *cuts[index + 1 :]]
                ss = _cut_ss(samples, tried)
                if ss < best:
                    best, cuts, is_better = ss, tried, True
    return best


def _cuts(ln_doses: FloatArray) -> list[tuple[int, int]]:
    """Return how many doses lie left of a step, and from where on they lie right of it."""
    count = len(ln_doses)
    first = 1 if math.isinf(ln_doses[0]) else 0
    return [
        (left, right)
        for left in range(first, count + 1)
        for right in (left, left + 1)
        if right <= count
    ]


def _cut_ss(
    samples: list[tuple[FloatArray, FloatArray, FloatArray]], cuts: list[tuple[int, int]]
) -> float:
    """Return the sum of squares of steps; infinity if a dose on an edge is not between."""
    import numpy as np

    pairs = list(zip(samples, cuts, strict=True))
    low, low_ss = _mean_and_ss(
        np.concatenate([means[:left] for (_, means, _), (left, _) in pairs]),
        np.concatenate([weights[:left] for (_, _, weights), (left, _) in pairs]),
    )
    high, high_ss = _mean_and_ss(
        np.concatenate([means[right:] for (_, means, _), (_, right) in pairs]),
        np.concatenate([weights[right:] for (_, _, weights), (_, right) in pairs]),
    )
    if low is None or high is None:
        return math.inf
    edges = np.concatenate([means[left:right] for (_, means, _), (left, right) in pairs])
    if np.any((edges < min(low, high)) | (edges > max(low, high))):
        return math.inf
    return low_ss + high_ss


def _mean_and_ss(values: FloatArray, weights: FloatArray) -> tuple[float | None, float]:
    if len(values) == 0:
        return None, 0.0
    mean = float(weights @ values / weights.sum())
    return mean, float(weights @ (values - mean) ** 2)


def _power_ss(points: Points) -> float:
    """Return the least sum of squares of y = a + b_i·x^h with one sign of all b_i, over all h."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    # With dose 0 among the points a negative power has no finite value there.
    has_zero = bool(np.isinf(points.ln_doses).any())
    low, high, count = _POWERS
    grid = np.linspace(_LEAST_POWER if has_zero else low, high, count)
    values = [_one_power_ss(points, float(power)) for power in grid]
    best = int(np.argmin(values))
    refined = minimize_scalar(
        lambda power: _one_power_ss(points, float(power)),
        bounds=(grid[max(best - 1, 0)], grid[min(best + 1, count - 1)]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return min(*values, float(refined.fun))


def _one_power_ss(points: Points, power: float) -> float:
    """Return the sum of squares of the best a and b_i; infinity if the signs of b_i differ."""
    import numpy as np

    if abs(power) < 1e-9:
        return math.inf
    finite = points.ln_doses[np.isfinite(points.ln_doses)]
    anchor = finite.max() if power > 0 else finite.min()
    basis = np.exp(power * (points.ln_doses - anchor))
    own = [np.where(points.sample == index, basis, 0.0) for index in range(points.count)]
    design = np.stack([np.ones_like(basis), *own], axis=-1)
    solution, ss = _linear_ss(points, design)
    is_one_direction = np.min(solution[1:]) * np.max(solution[1:]) > 0
    return ss if is_one_direction else math.inf


def _linear_ss(points: Points, design: FloatArray) -> tuple[FloatArray, float]:
    """Return the weighted least-squares solution of a linear model and its sum of squares."""
    import numpy as np

    root = np.sqrt(points.weights)
    found, *_ = np.linalg.lstsq(root[:, None] * design, root * points.means, rcond=None)
    solution = np.asarray(found, dtype=np.float64)
    return solution, float(points.weights @ (points.means - design @ solution) ** 2)


def _line_ss(points: Points) -> float:
    """Return the sum of squares of parallel lines over ln dose; infinity with dose 0."""
    import numpy as np

    if np.isinf(points.ln_doses).any():
        return math.inf
    own = [(points.sample == index).astype(float) for index in range(points.count)]
    design = np.stack([points.ln_doses, *own], axis=-1)
    return _linear_ss(points, design)[1]


def _plateau_ss(points: Points, parameters: FloatArray) -> float:
    """Return the least sum of squares with a sample, whose midpoint lies outside, on a plateau."""
    import numpy as np

    best = math.inf
    for index in range(points.count):
        ln_doses = points.of(index)[0]
        finite = ln_doses[np.isfinite(ln_doses)]
        if finite[0] <= parameters[3 + index] <= finite[-1]:
            continue
        for ln_c in (-_BEYOND, _BEYOND):
            start = parameters.copy()
            start[3 + index] = ln_c
            best = min(best, polish_shape(points, start, pinned=index).weighted_ss)
    return best
