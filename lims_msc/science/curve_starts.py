"""Where a search for a curve starts: the valleys of a whole grid of midpoints and slopes.

The sum of squares of a sigmoid curve often has several valleys.  Given midpoint, slope and
asymmetry its plateaus are linear, so that the sums of a whole grid are a few matrix products, for
all curves that share their doses at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.curve_search import LARGEST_LN_ASYM, Limits
from lims_msc.science.curves import CurveModel
from lims_msc.science.reduced_fit import Data, Ties, share_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import FloatArray

    IndexArray = NDArray[np.intp]

FARTHEST_LN = 6.0 * math.log(10)
"""A midpoint more than six decades off the tested doses is no midpoint."""
STEEPEST_HILL = 60.0
_LN_ASYM = (-3.0, -1.5, 0.0, 1.5, 3.0)
FEW_VALLEYS, MOST_VALLEYS = 4, 12
_MARGINS = {FEW_VALLEYS: 0.12, MOST_VALLEYS: 0.6}
_SLOPE_STEP = 0.45
_AROUND = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
_BEYOND = (0.25, 0.6, 1.1, 1.8, 2.8, 4.5)
_LARGEST_BLOCK = 120_000


@dataclass(frozen=True, slots=True)
class DoseRange:
    """Lowest and highest tested ln dose above dose 0, and the smallest gap; one for each column."""

    low: FloatArray
    high: FloatArray
    gap: FloatArray

    @classmethod
    def of(cls, ln_dose: FloatArray, root_weights: FloatArray) -> DoseRange:
        """Return the range of doses that have a weight; doses rise in the first axis."""
        import numpy as np

        is_tested = np.isfinite(ln_dose) & (root_weights > 0)
        low = np.where(is_tested, ln_dose, math.inf).min(axis=0)
        high = np.where(is_tested, ln_dose, -math.inf).max(axis=0)
        before = np.maximum.accumulate(np.where(is_tested, ln_dose, -math.inf), axis=0)[:-1]
        gaps = np.where(is_tested[1:], np.where(is_tested, ln_dose, 0.0)[1:] - before, math.inf)
        gap = np.where(gaps > 0, gaps, math.inf).min(axis=0, initial=math.inf)
        return cls(low, high, np.minimum(gap, np.maximum(high - low, 1e-9)))

    def some(self, index: IndexArray) -> DoseRange:
        """Return the ranges of some of the curves."""
        if len(self.low) == 1:
            return self
        return DoseRange(self.low[index], self.high[index], self.gap[index])


def limits_of(model: CurveModel, doses: DoseRange) -> Limits:
    """Return how far a search may go before its curve is the rim of the model."""
    import numpy as np

    width = doses.high - doses.low
    flattest = np.log(1e-4 / np.maximum(width, 1e-9))
    steepest = np.log(np.maximum(2 * STEEPEST_HILL, 80.0 / doses.gap))
    far = FARTHEST_LN + 3.0
    low, high = [doses.low - far, flattest], [doses.high + far, steepest]
    if model.has_asymmetry:
        low.append(np.full_like(flattest, -LARGEST_LN_ASYM))
        high.append(np.full_like(flattest, LARGEST_LN_ASYM))
    return Limits(np.stack(low), np.stack(high))


def valleys(
    model: CurveModel,
    data: Data,
    ties: Ties,
    doses: DoseRange,
    *,
    ln_hill: float | None = None,
    most: int = FEW_VALLEYS,
) -> tuple[IndexArray, FloatArray]:
    """Return starts for the search: the index of the curve, and ``theta`` in columns.

    Each curve has one start at least, and several where its sum of squares has several valleys that
    may be the deepest.  ``ln_hill`` is given where the slope is fixed; ``most`` is the number of
    valleys of a curve that are looked into, and the more they are, the shallower ones count.
    """
    import numpy as np

    grid = _Grid.over(model, data, doses, ln_hill)
    per_curve = grid.theta.shape[2] * (1 if grid.is_shared else len(data.means))
    block = max(1, _LARGEST_BLOCK // per_curve)
    found = []
    for begin in range(0, data.count, block):
        index = np.arange(begin, min(begin + block, data.count))
        curve, point = _deepest(grid.sums(model, data, ties, index), grid.shape, most)
        theta = grid.theta[:, 0 if grid.is_shared else index[curve], point]
        found.append((index[curve], theta))
    return np.concatenate([i for i, _ in found]), np.concatenate([t for _, t in found], axis=1)


@dataclass(frozen=True, slots=True)
class _Grid:
    """All starts: ``theta`` is ``(p, 1 or curves, points)``, the points laid out as ``shape``."""

    theta: FloatArray
    shape: tuple[int, int, int]
    share: FloatArray | None

    @property
    def is_shared(self) -> bool:
        """Whether all curves have the same grid."""
        return bool(self.theta.shape[1] == 1)

    @classmethod
    def over(cls, model: CurveModel, data: Data, doses: DoseRange, ln_hill: float | None) -> _Grid:
        import numpy as np

        middle = _midpoints(data, doses)
        slope = _slopes(doses, ln_hill)
        asym = np.array(_LN_ASYM if model.has_asymmetry else (0.0,))
        count = max(middle.shape[0], slope.shape[0])
        shape = (len(asym), middle.shape[1], slope.shape[1])
        axes = np.broadcast_arrays(
            middle[:, None, :, None], slope[:, None, None, :], asym[None, :, None, None]
        )
        theta = np.stack([np.broadcast_to(axis, (count, *shape)) for axis in axes])
        theta = theta.reshape(3, count, -1)[: 3 if model.has_asymmetry else 2]
        share = None
        if count == 1:
            share = share_of(model, data.ln_dose, theta[:, 0], derivatives=False).value
        return cls(theta, shape, share)

    def sums(self, model: CurveModel, data: Data, ties: Ties, index: IndexArray) -> FloatArray:
        """Return the least sum of squares of some curves at all points, ``(curves, points)``."""
        import numpy as np

        part, bound = data.of(index), ties.of(index)
        weights = part.root_weights**2
        if self.share is not None:
            share = self.share

            def sums(factor: FloatArray, values: FloatArray) -> FloatArray:
                result: FloatArray = factor.T @ values
                return result
        else:
            theta = self.theta[:, index]
            share = share_of(model, part.ln_dose[:, :, None], theta, derivatives=False).value

            def sums(factor: FloatArray, values: FloatArray) -> FloatArray:
                whole = np.broadcast_to(factor, part.means.shape)
                summed: FloatArray = np.einsum("kn,kng->ng", whole, values)
                return summed

        return _least_sums(part.means, weights, bound, share, sums)


def _least_sums(
    means: FloatArray,
    weights: FloatArray,
    ties: Ties,
    share: FloatArray,
    sums: Callable[[FloatArray, FloatArray], FloatArray],
) -> FloatArray:
    """Return the sum of squares with the best plateaus, from sums over the doses."""
    import numpy as np

    total = weights.sum(axis=0)
    if ties.y_zero is None and ties.y_inf is not None:
        share, offset = share - 1, ties.y_inf
    elif ties.y_zero is not None:
        offset = ties.y_zero
    else:
        offset = (weights * means).sum(axis=0) / total
    y = means - offset
    constant = (weights * y * y).sum(axis=0)[:, None]
    across, square = sums(weights * y, share), sums(weights, share * share)
    if ties.y_zero is not None and ties.y_inf is not None:
        span = (ties.y_inf - ties.y_zero)[:, None]
        both: FloatArray = constant - 2 * span * across + span * span * square
        return both
    if not ties.fixed_plateaus:
        square = square - sums(weights, share) ** 2 / total[:, None]
    # Where all doses lie on one plateau the ratio is nothing but rounding.
    is_flat = square < 1e-12 * total[:, None]
    inverse = np.where(is_flat, 0.0, 1 / np.where(is_flat, 1.0, square))
    np.square(across, out=across)
    across *= -inverse
    across += constant
    return across


def _deepest(
    sums: FloatArray, shape: tuple[int, int, int], most: int
) -> tuple[IndexArray, IndexArray]:
    """Return curve and grid point of the valleys that may be the deepest of their curve."""
    import numpy as np

    count = len(sums)
    lowest = sums.min(axis=1)
    allowance = _MARGINS[most] * (sums.max(axis=1) - lowest)
    rim = ((0, 0), (0, 0), (1, 1), (1, 1))
    # Starts need no more than seven digits, and half of the bytes are compared in half of the time.
    rough = sums.astype(np.float32).reshape(count, *shape)
    cube = np.pad(rough, rim, constant_values=np.inf)
    centre = cube[:, :, 1:-1, 1:-1]
    is_valley = centre <= (lowest + allowance).astype(np.float32)[:, None, None, None]
    for i, j in _AROUND:
        neighbour = cube[:, :, 1 + i : 1 + i + shape[1], 1 + j : 1 + j + shape[2]]
        # Of equal neighbours only the last counts, or a plain would be a valley at every point.
        is_valley &= (centre < neighbour) if (i, j) > (0, 0) else (centre <= neighbour)
    curve, point = np.nonzero(is_valley.reshape(count, -1))
    missing = np.setdiff1d(np.arange(count), curve)
    curve = np.concatenate([curve, missing])
    point = np.concatenate([point, sums[missing].argmin(axis=1)])
    order = np.lexsort((sums[curve, point], curve))
    curve, point = curve[order], point[order]
    kept = np.arange(len(curve)) - np.searchsorted(curve, curve, side="left") < most
    return curve[kept], point[kept]


def _midpoints(data: Data, doses: DoseRange) -> FloatArray:
    """Return midpoints in and between the doses and beyond both ends, ``(1 or curves, points)``."""
    import numpy as np

    x = np.clip(data.ln_dose, doses.low, doses.high)
    within = 4 if len(x) <= 16 else max(1, 64 // len(x))
    parts = np.arange(within) / within
    inner = x[:-1, None, :] + np.diff(x, axis=0)[:, None, :] * parts[None, :, None]
    inner = inner.reshape(-1, x.shape[1])
    beyond = np.array(_BEYOND)[:, None] * np.maximum((doses.high - doses.low) / 4.0, doses.gap)
    rows = [doses.low - beyond[::-1], inner, doses.high[None, :], doses.high + beyond]
    result: FloatArray = np.concatenate(rows).T
    return result


def _slopes(doses: DoseRange, ln_hill: float | None) -> FloatArray:
    """Return ln hill from a curve far wider than the doses to one far narrower than a gap."""
    import numpy as np

    if ln_hill is not None:
        return np.array([[ln_hill]])
    flattest = np.log(0.35 / np.maximum(doses.high - doses.low, 1e-9))
    steepest = np.log(12.0 / doses.gap)
    count = int(np.clip(np.ceil((steepest - flattest).max() / _SLOPE_STEP) + 1, 8, 30))
    result: FloatArray = np.linspace(flattest, steepest, count).T
    return result
