"""The least-squares curve of each of many data sets, or the reason why there is none.

One engine for one curve and for a hundred thousand: starts from a grid (``curve_starts``), damped
Newton steps (``curve_search``), comparison with the rim of the model (``curve_limits``).  Bounds of
plateaus are an active set: every plateau is free, or lies on one of its bounds.  Statuses in words,
standard errors and scales of real data stand in ``fitting`` and ``batch_fit``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, TypeVar

from lims_msc.science.curve_limits import limit_ss
from lims_msc.science.curve_search import MOST_STEPS, Descent, Limits, Rivals, descend
from lims_msc.science.curve_starts import (
    FARTHEST_LN,
    FEW_VALLEYS,
    MOST_VALLEYS,
    STEEPEST_HILL,
    DoseRange,
    limits_of,
    valleys,
)
from lims_msc.science.reduced_fit import Bounds, Data, Ties, reduced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import CurveModel, FloatArray

    BoolArray = NDArray[np.bool_]
    IndexArray = NDArray[np.intp]

_MARGIN = 1e-7
_STEPS_BEFORE_LIMITS = 9
_PATIENCE = 10
_BLOCK = 700
_STEEPEST_OVER_GAP = STEEPEST_HILL * math.log(2)
FREE, LOW, HIGH = 0, 1, 2


class Rim(IntEnum):
    """In which direction the sum of squares only falls, if there is no finite optimum."""

    NONE = 0
    SLOPE = 1
    MIDPOINT = 2
    ASYMMETRY = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """Dose means of many curves with what is fixed or bounded in them.

    ``means`` have their spread as unit, and weights are 1 in the mean, so that no unit of the data
    changes a search.
    """

    model: CurveModel
    data: Data
    ties: Ties
    ln_hill: float | None = None
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def frozen(self) -> frozenset[int]:
        """The rows of ``theta`` that are no unknowns."""
        return frozenset() if self.ln_hill is None else frozenset({1})

    def of(self, index: IndexArray) -> Problem:
        """Return some of the curves."""
        return replace(
            self,
            data=self.data.of(index),
            ties=self.ties.of(index),
            bounds=self.bounds.of(index),
        )


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best curve of each data set; numbers count where ``rim`` is 0 and it has arrived.

    ``theta`` is ``ln ec50, ln hill`` and, in a 5PL, ``ln asym``.  ``active`` has a row for
    ``y_zero`` and one for ``y_inf``: 0 free or fixed, 1 at the lower bound, 2 at the upper one.
    """

    theta: FloatArray
    y_zero: FloatArray
    y_inf: FloatArray
    ss: FloatArray
    rim: NDArray[np.int8]
    has_arrived: BoolArray
    active: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Limit:
    """The best sum of squares at the rim of the model, and where that is."""

    ss: FloatArray
    rim: NDArray[np.int8]


def optimum(problem: Problem) -> Optimum:
    """Return the best curve of each data set within its bounds."""
    import numpy as np

    best = _looked_at_twice(problem, _best(problem)[0])
    bounds = problem.bounds
    is_outside = ~bounds.allow(best.y_zero, best.y_inf) | (best.rim != Rim.NONE)
    if bounds == Bounds() or not is_outside.any():
        return best
    rest = np.flatnonzero(is_outside)
    part = problem.of(rest)
    found, limit = _best(part, within=True)
    for state in _states(bounds):
        other, other_limit = _best(_tied(part, state), within=True)
        other = replace(other, active=np.repeat(np.array([state], np.int8).T, len(rest), axis=1))
        found = _merged(found, other, other.ss < found.ss)
        limit = _merged(limit, other_limit, other_limit.ss < limit.ss)
    is_lower = _beats(found.ss, limit.ss, part)
    rim = np.where((found.rim == Rim.NONE) & ~is_lower, limit.rim, found.rim)
    return _placed(best, replace(found, rim=rim), rest)


def _looked_at_twice(problem: Problem, found: Optimum) -> Optimum:
    """Return the optima, those that seemed to be steps or are none after a search from everywhere.

    The valley of a very steep curve is narrow, and one in 5,000 was missed at first sight.  Along
    the ridge of an asymmetric curve a search may be given up before it is at rest or at the rim;
    these are few, so only they get the patience that the ridge takes.
    """
    import numpy as np

    steps = np.flatnonzero(found.rim == Rim.SLOPE)
    if steps.size:
        again, _ = _best(problem.of(steps), patience=1)
        found = _settled(found, again, steps, again.rim == Rim.NONE)
    on_the_way = np.flatnonzero((found.rim == Rim.NONE) & ~found.has_arrived)
    if on_the_way.size:
        again, _ = _best(problem.of(on_the_way), patience=_PATIENCE)
        is_settled = again.has_arrived | (again.rim != Rim.NONE)
        found = _settled(found, again, on_the_way, is_settled)
    return found


def _settled(found: Optimum, again: Optimum, index: IndexArray, is_settled: BoolArray) -> Optimum:
    """Return the optima with those that the second look settled in their places."""
    import numpy as np

    kept = np.flatnonzero(is_settled)
    arrays = (getattr(again, name)[..., kept] for name in Optimum.__slots__)
    return _placed(found, Optimum(*arrays), index[kept])


def _states(bounds: Bounds) -> list[tuple[int, int]]:
    """Return every way in which plateaus may lie on bounds, but for none at all."""
    choices = []
    for ends in (bounds.y_zero, bounds.y_inf):
        low, high = ends or (None, None)
        choices.append(
            [FREE, *([LOW] if low is not None else []), *([HIGH] if high is not None else [])]
        )
    return [(a, b) for a in choices[0] for b in choices[1] if a or b]


def _tied(problem: Problem, state: tuple[int, int]) -> Problem:
    """Return the problem with plateaus fixed on their bounds, which then bound them no more."""
    ties, bounds = problem.ties, problem.bounds
    for name, choice in zip(("y_zero", "y_inf"), state, strict=True):
        if choice != FREE:
            ends = getattr(problem.bounds, name)
            ties = replace(ties, **{name: ends[choice - 1]})
            bounds = replace(bounds, **{name: None})
    return replace(problem, ties=ties, bounds=bounds)


def _best(problem: Problem, *, within: bool = False, patience: int = 0) -> tuple[Optimum, _Limit]:
    """Return the best curve, and the best at the rim; bounds count only ``within``.

    Without any curve within the bounds its sum of squares is infinite.  With patience a search
    starts from more valleys, gives up none, and takes that many times the usual steps.
    """
    import numpy as np

    model, data, ties = problem.model, problem.data, problem.ties
    doses = DoseRange.of(data.ln_dose, data.root_weights)
    limits = limits_of(model, doses)
    has_rivals = not (within or patience)
    most = MOST_VALLEYS if patience else FEW_VALLEYS
    curve, descent = _begun(problem, doses, limits, valley_count=most, has_rivals=has_rivals)
    lowest = np.minimum.reduceat(descent.ss, np.flatnonzero(np.diff(curve, prepend=-1)))
    limit = _limit(problem, doses, lowest, within=within)
    floor = None
    if has_rivals:
        floor = np.minimum(limit.ss * (1 - _MARGIN), lowest * (1 + _MARGIN))
    steps = MOST_STEPS * max(patience, 1)
    descent = _continued(problem, descent, curve, floor, limits, most_steps=steps)
    at = reduced(model, data.of(curve), descent.theta, ties.of(curve), derivatives=False)
    ss = at.ss
    if within:
        ss = np.where(problem.bounds.of(curve).allow(at.y_zero, at.y_inf), ss, math.inf)
    # Of two that are as good as equal, the one that came to rest counts.
    order = np.lexsort((ss * (1 + 1e-9 * ~descent.has_arrived), curve))
    first = order[np.searchsorted(curve[order], np.arange(data.count), side="left")]
    theta, ss = descent.theta[:, first], ss[first]
    rim = _outside(theta, doses, limits)
    rim = np.where((rim == Rim.NONE) & ~_beats(ss, limit.ss, problem), limit.rim, rim)
    active = np.zeros((2, data.count), dtype=np.int8)
    arrived = descent.has_arrived[first]
    return Optimum(theta, at.y_zero[first], at.y_inf[first], ss, rim, arrived, active), limit


def _begun(
    problem: Problem, doses: DoseRange, limits: Limits, *, valley_count: int, has_rivals: bool
) -> tuple[IndexArray, Descent]:
    """Return the curve of each search, and where all searches are after their first steps.

    In blocks that fit the processor's cache; what is left after these steps is few and goes on
    together.  Where bounds count there are no rivals: the lowest may lie outside of them.
    """
    import numpy as np

    curves, parts = [], []
    for begin in range(0, problem.data.count, _BLOCK):
        index = np.arange(begin, min(begin + _BLOCK, problem.data.count))
        data, ties = problem.data.of(index), problem.ties.of(index)
        ranges = doses.some(index)
        curve, start = valleys(
            problem.model, data, ties, ranges, ln_hill=problem.ln_hill, most=valley_count
        )
        parts.append(
            descend(
                problem.model,
                data.of(curve),
                start,
                ties.of(curve),
                limits.of(index[curve]),
                frozen=problem.frozen,
                rivals=Rivals(curve) if has_rivals else None,
                most_steps=_STEPS_BEFORE_LIMITS,
            )
        )
        curves.append(index[curve])
    return np.concatenate(curves), Descent.joined(parts)


def _continued(
    problem: Problem,
    descent: Descent,
    curve: IndexArray,
    floor: FloatArray | None,
    limits: Limits,
    *,
    most_steps: int,
) -> Descent:
    """Return the searches after all of their steps; those that end at the rim are given up."""
    import numpy as np

    rest = np.flatnonzero(~descent.is_done)
    if not rest.size:
        return descent
    found = descend(
        problem.model,
        problem.data.of(curve[rest]),
        descent.theta[:, rest],
        problem.ties.of(curve[rest]),
        limits.of(curve[rest]),
        frozen=problem.frozen,
        rivals=None if floor is None else Rivals(curve[rest], floor),
        most_steps=most_steps,
    )
    theta, has_arrived = descent.theta.copy(), descent.has_arrived.copy()
    theta[:, rest], has_arrived[rest] = found.theta, found.has_arrived
    return replace(descent, theta=theta, has_arrived=has_arrived)


def _limit(problem: Problem, doses: DoseRange, ss: FloatArray, *, within: bool) -> _Limit:
    import numpy as np

    limit, is_step = limit_ss(
        problem.data,
        problem.ties,
        doses,
        ss,
        ln_hill=problem.ln_hill,
        bounds=problem.bounds if within else None,
    )
    return _Limit(limit, np.where(is_step, Rim.SLOPE, Rim.MIDPOINT).astype(np.int8))


def _beats(ss: FloatArray, rim: FloatArray, problem: Problem) -> BoolArray:
    """Return which curves are better than all curves at the rim, by more than rounding."""
    import numpy as np

    noise = 1e-13 * problem.data.total()
    return np.asarray(ss < rim * (1 - _MARGIN) - noise)


def _outside(theta: FloatArray, doses: DoseRange, limits: Limits) -> NDArray[np.int8]:
    """Return which optima lie so far out that they are the rim of the model in effect."""
    import numpy as np

    rim = np.zeros(theta.shape[1], dtype=np.int8)
    if len(theta) > 2:
        is_out = (theta[2] <= limits.low[2]) | (theta[2] >= limits.high[2])
        rim[is_out] = Rim.ASYMMETRY
    steepest = np.maximum(STEEPEST_HILL, _STEEPEST_OVER_GAP / doses.gap)
    rim[theta[1] > np.log(steepest)] = Rim.SLOPE
    off = np.maximum(doses.low - theta[0], theta[0] - doses.high)
    rim[(off > FARTHEST_LN) | (theta[1] < limits.low[1])] = Rim.MIDPOINT
    return rim


Record = TypeVar("Record", Optimum, _Limit)


def _merged(first: Record, second: Record, takes_second: BoolArray) -> Record:
    import numpy as np

    return type(first)(
        *(
            np.where(takes_second, getattr(second, name), getattr(first, name))
            for name in first.__slots__
        )
    )


def _placed(whole: Optimum, part: Optimum, index: IndexArray) -> Optimum:
    arrays = []
    for name in Optimum.__slots__:
        array = getattr(whole, name).copy()
        array[..., index] = getattr(part, name)
        arrays.append(array)
    return Optimum(*arrays)
