"""The curves at the rim of a model: what a sigmoid tends to at infinite slope or midpoint.

Where the sum of squares only falls towards such a rim, no finite curve is the least-squares curve,
and midpoint and slope are not determined by the doses.  The limits have closed forms, so a found
optimum is compared with the best of them:

* a step, on whose edge one dose may lie at any height between (infinite slope),
* a power of the dose, and between rising and falling powers a straight line over log dose (one or
  both plateaus infinite),
* a constant.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lims_msc.science.reduced_fit import Bounds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curve_starts import DoseRange
    from lims_msc.science.curves import FloatArray
    from lims_msc.science.reduced_fit import Data, Ties

    BoolArray = NDArray[np.bool_]

_LARGEST_POWER = 12.0
_POWER_STEP = 0.25


def limit_ss(
    data: Data,
    ties: Ties,
    doses: DoseRange,
    reached: FloatArray,
    *,
    ln_hill: float | None = None,
    bounds: Bounds | None = None,
) -> tuple[FloatArray, BoolArray]:
    """Return the smallest sum of squares at the rim, for each curve, and whether it is a step's.

    ``reached`` is the sum of squares of the optimum; powers are worked out to the last digit only
    where they come near it.  With a fixed slope (``ln_hill``) there is no step, and one power.
    A bounded plateau is not infinite, so that a power that needs it is no limit.
    """
    import numpy as np

    bounds = bounds or Bounds()
    best = _constant_ss(data, ties)
    step = np.full_like(best, math.inf)
    if ln_hill is None:
        step = _step_ss(data, ties, bounds)
    for powers in _powers(data, ties, doses, ln_hill, bounds):
        best = np.minimum(best, _power_ss(data, ties, powers, reached))
    return np.minimum(best, step), step <= best


def _constant_ss(data: Data, ties: Ties) -> FloatArray:
    """Return the sum of squares around the best constant that the plateaus allow."""
    import numpy as np

    weights = data.root_weights**2
    level = (weights * data.means).sum(axis=0) / weights.sum(axis=0)
    if ties.y_zero is not None and ties.y_inf is not None:
        ends = np.stack([ties.y_zero, ties.y_inf])
        level = np.clip(level, ends.min(axis=0), ends.max(axis=0))
    result: FloatArray = (weights * (data.means - level) ** 2).sum(axis=0)
    return result


def _step_ss(data: Data, ties: Ties, bounds: Bounds) -> FloatArray:
    """Return the least sum of squares of a step, with or without one dose on its edge."""
    import numpy as np

    weights = np.broadcast_to(data.root_weights**2, data.means.shape)
    count = len(weights)
    best = np.full(data.count, math.inf)
    for left in range(1, count):
        low, low_ss = _level(data.means[:left], weights[:left], ties.y_zero)
        for right in (left, left + 1):
            if right >= count:
                continue
            high, high_ss = _level(data.means[right:], weights[right:], ties.y_inf)
            edge, edge_weight = data.means[left:right], weights[left:right]
            between = (np.minimum(low, high) <= edge) & (edge <= np.maximum(low, high))
            is_possible = np.all(between | (edge_weight == 0), axis=0) & bounds.allow(low, high)
            best = np.where(is_possible, np.minimum(best, low_ss + high_ss), best)
    return best


def _level(
    means: FloatArray, weights: FloatArray, fixed: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    import numpy as np

    total = weights.sum(axis=0)
    level = (weights * means).sum(axis=0) / np.where(total > 0, total, 1.0)
    if fixed is not None:
        level = fixed
    return level, (weights * (means - level) ** 2).sum(axis=0)


def _powers(
    data: Data, ties: Ties, doses: DoseRange, ln_hill: float | None, bounds: Bounds
) -> list[FloatArray]:
    """Return the exponents of the powers of the dose that the plateaus allow, as grids."""
    import numpy as np

    signs = []
    if ties.y_inf is None and bounds.y_inf is None:
        signs.append(1.0)
    if ties.y_zero is None and bounds.y_zero is None and not bool(np.isinf(data.ln_dose[0]).any()):
        # With dose 0 on the plate a negative power, or the line, has no finite value there.
        signs.append(-1.0)
    if ln_hill is not None:
        return [np.array([sign * math.exp(ln_hill)]) for sign in signs]
    # The exponents are those of a curve over a few units of log dose, whatever the doses span.
    unit = 4.0 / float(np.median(np.maximum(doses.high - doses.low, 1e-9)))
    count = round(_LARGEST_POWER / _POWER_STEP)
    steps = np.arange(count + 1) * _POWER_STEP * unit
    if len(signs) == 2 and not ties.fixed_plateaus:
        return [np.concatenate([-steps[:0:-1], steps])]
    smallest = 0.5 * _POWER_STEP * unit
    return [sign * np.concatenate([[smallest], steps[1:]]) for sign in signs]


def _power_ss(data: Data, ties: Ties, powers: FloatArray, reached: FloatArray) -> FloatArray:
    """Return the least sum of squares of y = a + c·x^p over all p of the grid and between."""
    import numpy as np

    everywhere = _ss_of_grid(data, ties, powers)
    best = everywhere.argmin(axis=1)
    found: FloatArray = everywhere.min(axis=1)
    if len(powers) == 1:
        return found
    inner = np.clip(best, 1, len(powers) - 2)
    rows = np.arange(data.count)
    around = np.stack([everywhere[rows, inner + k] for k in (-1, 0, 1)])
    # Between the points of the grid the sum falls at most by a part of what it rises beside them.
    near = np.flatnonzero(found - (around.max(axis=0) - found) <= reached + 1e-12)
    if not near.size:
        return found
    part, bound = data.of(near), ties.of(near)
    centre, width = powers[inner[near]], float(powers[2] - powers[1])
    values, lowest = around[:, near], found[near]
    for _ in range(4):
        centre = np.clip(centre + width * _vertex(values), powers.min(), powers.max())
        width /= 8
        tried = [np.clip(centre + k * width, powers.min(), powers.max()) for k in (-1, 0, 1)]
        values = np.stack([_ss_of_power(part, bound, power) for power in tried])
        lowest = np.minimum(lowest, values.min(axis=0))
    found[near] = lowest
    return found


def _vertex(values: FloatArray) -> FloatArray:
    """Return where the parabola through values at −1, 0 and 1 is lowest, within −1 and 1."""
    import numpy as np

    bend = values[0] - 2 * values[1] + values[2]
    slope = (values[2] - values[0]) / 2
    downhill = -np.sign(slope)
    vertex = np.where(bend > 0, -slope / np.where(bend > 0, bend, 1.0), downhill)
    result: FloatArray = np.clip(vertex, -1.0, 1.0)
    return result


def _ss_of_grid(data: Data, ties: Ties, powers: FloatArray) -> FloatArray:
    """Return the sum of squares for each curve and power; one matrix product for shared doses."""
    import numpy as np

    if data.ln_dose.shape[1] > 1:
        columns = [_ss_of_power(data, ties, np.full(data.count, power)) for power in powers]
        return np.stack(columns, axis=1)
    basis = _basis(data.ln_dose, powers, is_centred=not ties.fixed_plateaus)
    weights = data.root_weights**2
    total = weights.sum(axis=0)[:, None]
    y = data.means - _offset(data, ties, weights)
    across, square = (weights * y).T @ basis, weights.T @ (basis * basis)
    if not ties.fixed_plateaus:
        square = square - (weights.T @ basis) ** 2 / total
    constant = (weights * y * y).sum(axis=0)[:, None]
    result: FloatArray = constant - across**2 / np.where(square > 1e-12 * total, square, math.inf)
    return result


def _ss_of_power(data: Data, ties: Ties, power: FloatArray) -> FloatArray:
    """Return the sum of squares of a + c·x^p, a being free or the fixed plateau."""
    import numpy as np

    weights = data.root_weights**2
    basis = _basis(data.ln_dose, power, is_centred=not ties.fixed_plateaus)
    if not ties.fixed_plateaus:
        basis = basis - (weights * basis).sum(axis=0) / weights.sum(axis=0)
    y = data.means - _offset(data, ties, weights)
    across, square = (weights * basis * y).sum(axis=0), (weights * basis * basis).sum(axis=0)
    constant = (weights * y * y).sum(axis=0)
    result: FloatArray = constant - across**2 / np.where(square > 0, square, math.inf)
    return result


def _offset(data: Data, ties: Ties, weights: FloatArray) -> FloatArray:
    fixed = ties.y_zero if ties.y_zero is not None else ties.y_inf
    if fixed is not None:
        return fixed
    result: FloatArray = (weights * data.means).sum(axis=0) / weights.sum(axis=0)
    return result


def _basis(ln_dose: FloatArray, power: FloatArray, *, is_centred: bool) -> FloatArray:
    """Return x^p scaled to at most 1, or (x^p − 1)/p, which at p = 0 is ln x."""
    import numpy as np

    finite = np.where(np.isfinite(ln_dose), ln_dose, math.inf).min(axis=0)
    anchor = np.where(power > 0, ln_dose[-1], finite)
    is_tested = np.isfinite(ln_dose)
    away = np.where(is_tested, ln_dose, 0.0) - np.where(is_tested, anchor, 0.0)
    grown = np.where(is_tested, power * away, -math.inf)
    if not is_centred:
        result: FloatArray = np.exp(grown)
        return result
    growing = np.expm1(grown) / np.where(power == 0, 1.0, power)
    return np.where((power == 0) & is_tested, away, growing)
