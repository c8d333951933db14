"""The least-squares curve of each of many data sets, or the reason why there is none.

One engine for one curve and for a hundred thousand: starts from a grid (``curve_starts``), damped
Newton steps (``curve_search``), comparison with the rim of the model (``curve_limits``).  Bounds of
plateaus are an active set: every plateau is free, or lies on one of its bounds.  Statuses in words,
standard errors and scales of real data stand in ``fitting`` and ``batch_fit``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lims_msc.domain.fit import FitStatus
from lims_msc.science.curve_limits import limit_ss
from lims_msc.science.curve_search import Limits, descend
from lims_msc.science.curve_starts import (
    FARTHEST_LN,
    STEEPEST_HILL,
    DoseRange,
    limits_of,
    valleys,
)
from lims_msc.science.reduced_fit import Bounds, Data, Ties

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import CurveModel, FloatArray

    BoolArray = NDArray[np.bool_]
    IndexArray = NDArray[np.intp]

_MARGIN = 1e-7
_STEEPEST_OVER_GAP = STEEPEST_HILL * math.log(2)
FREE, LOW, HIGH = 0, 1, 2


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
    """The best curve of each data set; numbers count where ``status`` is ``ok``.

    ``theta`` is ``ln ec50, ln hill`` and, in a 5PL, ``ln asym``.  ``active`` has a row for
    ``y_zero`` and one for ``y_inf``: 0 free or fixed, 1 at the lower bound, 2 at the upper one.
    """

    theta: FloatArray
    y_zero: FloatArray
    y_inf: FloatArray
    ss: FloatArray
    is_finite: BoolArray
    has_arrived: BoolArray
    active: NDArray[np.int8]

    def status(self) -> NDArray[np.object_]:
        """Return the status of each curve."""
        import numpy as np

        words = np.array(
            [FitStatus.OK, FitStatus.NOT_CONVERGED, FitStatus.NO_FINITE_OPTIMUM], dtype=object
        )
        status: NDArray[np.object_] = words[np.where(self.is_finite, ~self.has_arrived, 2)]
        return status


def optimum(problem: Problem) -> Optimum:
    """Return the best curve of each data set within its bounds."""
    import numpy as np

    best, _ = _best(problem)
    bounds = problem.bounds
    is_outside = ~bounds.allow(best.y_zero, best.y_inf) | ~best.is_finite
    if bounds == Bounds() or not is_outside.any():
        return best
    rest = np.flatnonzero(is_outside)
    part = problem.of(rest)
    found, found_rim = _best(part, within=True)
    for state in _states(bounds):
        other, other_rim = _best(_tied(part, state), within=True)
        other = replace(other, active=np.repeat(np.array([state], np.int8).T, len(rest), axis=1))
        found = _merged(found, other, other.ss < found.ss)
        found_rim = np.minimum(found_rim, other_rim)
    is_finite = _beats(found.ss, found_rim, part) & found.is_finite & np.isfinite(found.ss)
    return _placed(best, replace(found, is_finite=is_finite), rest)


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
    ties = problem.ties
    for name, choice in zip(("y_zero", "y_inf"), state, strict=True):
        if choice != FREE:
            ends = getattr(problem.bounds, name)
            ties = replace(ties, **{name: ends[choice - 1]})
    return replace(problem, ties=ties)


def _best(problem: Problem, *, within: bool = False) -> tuple[Optimum, FloatArray]:
    """Return the best curve, and the sum of squares at the rim; bounds count only ``within``.

    Without any curve within the bounds its sum of squares is infinite.
    """
    import numpy as np

    model, data, ties = problem.model, problem.data, problem.ties
    doses = DoseRange.of(data.ln_dose, data.root_weights)
    limits = limits_of(model, doses)
    curve, start = valleys(model, data, ties, doses, ln_hill=problem.ln_hill)
    narrow = limits if limits.low.shape[1] == 1 else limits.of(curve)
    descent = descend(model, data.of(curve), start, ties.of(curve), narrow, frozen=problem.frozen)
    at = descent.at
    ss = at.ss
    if within:
        allowed = problem.bounds.of(curve).allow(at.y_zero, at.y_inf)
        ss = np.where(allowed, ss, math.inf)
    # Of two that are as good as equal, the one that came to rest counts.
    order = np.lexsort((ss * (1 + 1e-9 * ~descent.has_arrived), curve))
    first = order[np.searchsorted(curve[order], np.arange(data.count), side="left")]
    rim = limit_ss(
        data,
        ties,
        doses,
        ss[first],
        ln_hill=problem.ln_hill,
        bounds=problem.bounds if within else None,
    )
    theta = descent.theta[:, first]
    is_inside = _is_inside(theta, doses, limits)
    return (
        Optimum(
            theta,
            at.y_zero[first],
            at.y_inf[first],
            ss[first],
            is_inside & _beats(ss[first], rim, problem),
            descent.has_arrived[first],
            np.zeros((2, data.count), dtype=np.int8),
        ),
        rim,
    )


def _beats(ss: FloatArray, rim: FloatArray, problem: Problem) -> BoolArray:
    """Return which curves are better than all curves at the rim, by more than rounding."""
    import numpy as np

    noise = 1e-13 * problem.data.total()
    return np.asarray(ss < rim * (1 - _MARGIN) - noise)


def _is_inside(theta: FloatArray, doses: DoseRange, limits: Limits) -> BoolArray:
    """Return which optima are not so far out that they are the rim of the model in effect."""
    import numpy as np

    off = np.maximum(doses.low - theta[0], theta[0] - doses.high)
    steepest = np.maximum(STEEPEST_HILL, _STEEPEST_OVER_GAP / doses.gap)
    inside = (off <= FARTHEST_LN) & (theta[1] <= np.log(steepest))
    return np.asarray(inside & np.all((theta >= limits.low) & (theta <= limits.high), axis=0))


def _merged(first: Optimum, second: Optimum, takes_second: BoolArray) -> Optimum:
    import numpy as np

    return Optimum(
        *(
            np.where(takes_second, getattr(second, name), getattr(first, name))
            for name in Optimum.__slots__
        )
    )


def _placed(whole: Optimum, part: Optimum, index: IndexArray) -> Optimum:
    arrays = []
    for name in Optimum.__slots__:
        array = getattr(whole, name).copy()
        array[..., index] = getattr(part, name)
        arrays.append(array)
    return Optimum(*arrays)
