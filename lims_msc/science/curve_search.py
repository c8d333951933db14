"""The search for the least-squares curve of many data sets at once, from starts to optimum.

Damped Newton steps (Levenberg 1944, Marquardt 1963) on midpoint, slope and asymmetry alone
(``reduced_fit``), all curves side by side: curves that have arrived, or have run out of all limits,
drop out of the arrays.  Where the starts come from stands in ``curve_starts``; whether an optimum
is one, or only the rim of the model, in ``curve_limits``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.curves import CurveModel
from lims_msc.science.reduced_fit import Data, Reduced, Ties, reduced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import FloatArray

    BoolArray = NDArray[np.bool_]
    IndexArray = NDArray[np.intp]

LARGEST_LN_ASYM = math.log(1e4)
MOST_STEPS = 100
_ARRIVED = 1e-10
_NEARLY_ARRIVED = 1e-5
_LONGEST_STEP = (1.0, 0.5, 1.0)
_MOST_DAMPING = 1e10
_LITTLE_DAMPING = 2e-3
_STEPS_BETWEEN_LOOKS = 3
_LARGEST_GAIN = 30.0
_GAIN_TO_LIMIT = 4.0
_SAME_PLACE = 0.05


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search may go, ``(p, 1 or curves)``; beyond, the curve is the rim of the model."""

    low: FloatArray
    high: FloatArray

    def of(self, index: NDArray[np.intp]) -> Limits:
        """Return the limits of some of the curves."""
        if self.low.shape[1] == 1:
            return self
        return Limits(self.low[:, index], self.high[:, index])


@dataclass(frozen=True, slots=True)
class Rivals:
    """What a search has to beat, or it need not go on.

    ``curve`` is the number of the data set of each search, rising; several searches of one data set
    are rivals.  ``floor`` is the sum of squares that a search must get below, for each data set;
    with ``is_enough`` a search that is below it has done its work.
    """

    curve: IndexArray
    floor: FloatArray | None = None
    is_enough: bool = False


@dataclass(frozen=True, slots=True)
class Descent:
    """Where each search ended.

    ``has_arrived`` is true where it came to rest, ``is_done`` also where it ran out of the limits
    or was given up.
    """

    theta: FloatArray
    ss: FloatArray
    has_arrived: BoolArray
    is_done: BoolArray

    @classmethod
    def joined(cls, parts: list[Descent]) -> Descent:
        """Return the searches of several blocks as one."""
        import numpy as np

        return cls(
            np.concatenate([part.theta for part in parts], axis=1),
            np.concatenate([part.ss for part in parts]),
            np.concatenate([part.has_arrived for part in parts]),
            np.concatenate([part.is_done for part in parts]),
        )


def descend(
    model: CurveModel,
    data: Data,
    start: FloatArray,
    ties: Ties,
    limits: Limits,
    *,
    frozen: frozenset[int] = frozenset(),
    rivals: Rivals | None = None,
    most_steps: int = MOST_STEPS,
) -> Descent:
    """Return where damped Newton steps lead from each start.

    ``start`` is ``(p, searches)``.  The rows of ``theta`` named by ``frozen`` stay as they are.
    """
    import numpy as np

    moving = [row for row in range(start.shape[0]) if row not in frozen]
    state = _State.begin(model, data, start, ties, limits)
    count = start.shape[1]
    theta, ss = start.copy(), state.at.ss.copy()
    has_arrived, is_done = np.zeros((2, count), dtype=bool)
    for number in range(most_steps if moving else 0):
        if not state.index.size:
            break
        done, arrived = state.step(moving)
        theta[:, state.index], ss[state.index] = state.theta, state.at.ss
        if rivals is not None:
            is_look = number % _STEPS_BETWEEN_LOOKS == _STEPS_BETWEEN_LOOKS - 1
            done |= _is_beaten(rivals, state, theta, ss, looks_back=is_look)
        has_arrived[state.index] |= arrived
        is_done[state.index] |= done
        state.keep(~done)
    if not moving:
        has_arrived[:] = is_done[:] = True
    return Descent(theta, ss, has_arrived, is_done)


def _is_beaten(
    rivals: Rivals, state: _State, theta: FloatArray, ss: FloatArray, *, looks_back: bool
) -> BoolArray:
    """Return which searches cannot win: far above a rival or the floor, or behind one in its place.

    A search falls by about twice ``gain`` where its sum of squares tends to a limit like an
    exponential, and less elsewhere.  Looking back, one that crawls has lost as well.
    """
    import numpy as np

    first = np.flatnonzero(np.diff(rivals.curve, prepend=-1))
    number = np.cumsum(np.diff(rivals.curve, prepend=rivals.curve[0]) > 0)[state.index]
    best = np.minimum.reduceat(ss, first)[number]
    own = ss[state.index]
    is_beaten = own - _LARGEST_GAIN * state.gain > best * (1 + 1e-9)
    if rivals.floor is not None:
        floor = rivals.floor[rivals.curve[state.index]]
        patience = _LARGEST_GAIN if rivals.is_enough else _GAIN_TO_LIMIT
        is_beaten |= own - patience * state.gain > floor
        if rivals.is_enough:
            is_beaten |= best <= floor
    if looks_back:
        leader = np.full(len(first), -1)
        everybody = np.cumsum(np.diff(rivals.curve, prepend=rivals.curve[0]) > 0)
        is_leader = ss == np.minimum.reduceat(ss, first)[everybody]
        leader[everybody[is_leader]] = np.flatnonzero(is_leader)
        leader = leader[number]
        away = np.abs(state.theta - theta[:, leader])
        away[0] *= np.exp(state.theta[1])
        is_beaten |= (leader != state.index) & np.all(away < _SAME_PLACE, axis=0)
        fallen = state.last_look - own
        is_beaten |= own - _LARGEST_GAIN * fallen > best
        # A valley of its own would have been found by now.
        is_beaten |= ~state.is_convex & (own > best * (1 + 1e-6)) & np.isfinite(fallen)
        state.last_look = own.copy()
    return np.asarray(is_beaten)


@dataclass(slots=True)
class _State:
    """The searches that are still on their way; ``gain`` is what the last step promised."""

    model: CurveModel
    data: Data
    ties: Ties
    limits: Limits
    index: IndexArray
    theta: FloatArray
    at: Reduced
    damping: FloatArray
    last_length: FloatArray
    gain: FloatArray
    last_look: FloatArray
    is_convex: BoolArray

    @classmethod
    def begin(
        cls, model: CurveModel, data: Data, start: FloatArray, ties: Ties, limits: Limits
    ) -> _State:
        import numpy as np

        count = start.shape[1]
        return cls(
            model,
            data,
            ties,
            limits,
            np.arange(count),
            start.copy(),
            reduced(model, data, start, ties),
            np.full(count, 1e-3),
            np.full(count, math.inf),
            np.full(count, math.inf),
            np.full(count, math.inf),
            np.ones(count, dtype=bool),
        )

    def step(self, moving: list[int]) -> tuple[BoolArray, BoolArray]:
        """Take one step; return which searches need no other, and which of these have arrived."""
        import numpy as np

        step = np.zeros_like(self.theta)
        step[moving], self.is_convex = _newton_step(self.at, self.damping, moving)
        scaled = np.abs(step)
        scaled[0] *= np.exp(self.theta[1])
        longest = np.array(_LONGEST_STEP[: len(step)])[:, None]
        shrink = 1 / np.maximum((scaled / longest).max(axis=0), 1.0)
        length = scaled.max(axis=0) * shrink
        # What a damped, shortened or Gauss–Newton step promises says little about the bottom.
        is_sure = self.is_convex & (shrink == 1) & (self.damping <= _LITTLE_DAMPING)
        promise = -np.einsum("pn,pn->n", self.at.gradient, step)
        self.gain = np.where(is_sure, promise, math.inf)
        tried = self.theta + step * shrink
        there = reduced(self.model, self.data, tried, self.ties)
        # Near the optimum the sum of squares knows no more; there the step alone tells.
        is_better = there.ss <= self.at.ss + (1e-12 * self.at.ss + 1e-28)
        taken = step * shrink
        bend = np.einsum("pn,pqn,qn->n", taken, self.at.newton, taken)
        expected = -2 * np.einsum("pn,pn->n", self.at.gradient, taken) - bend
        fallen = self.at.ss - there.ss
        self._move(is_better, tried, there)
        self.damping = self._new_damping(is_better, fallen / np.maximum(expected, 1e-300))
        slows = (length < _NEARLY_ARRIVED) & (length > self.last_length / 2)
        stuck = self.damping > _MOST_DAMPING
        arrived = (is_better & ((length < _ARRIVED) | slows)) | (stuck & (length < _NEARLY_ARRIVED))
        self.last_length = np.where(is_better, length, self.last_length)
        self.gain = np.where(is_better, self.gain, math.inf)
        out = np.any((self.theta < self.limits.low) | (self.theta > self.limits.high), axis=0)
        return arrived | stuck | out, arrived & ~out

    def _new_damping(self, is_better: BoolArray, ratio: FloatArray) -> FloatArray:
        """Return less damping where the step kept its promise, and more where it did not."""
        import numpy as np

        less = np.where(self.damping < 1e-6, 0.0, self.damping / 10)
        kept = np.where(ratio > 0.5, less, np.where(ratio > 0.1, self.damping, self.damping * 2))
        return np.where(is_better, kept, np.maximum(self.damping * 4, 0.02))

    def _move(self, is_better: BoolArray, tried: FloatArray, there: Reduced) -> None:
        import numpy as np

        if bool(is_better.all()):
            self.theta, self.at = tried, there
            return
        self.theta = np.where(is_better, tried, self.theta)
        self.at = Reduced(
            *(
                np.where(is_better, getattr(there, name), getattr(self.at, name))
                for name in Reduced.__slots__
            )
        )

    def keep(self, is_kept: BoolArray) -> None:
        """Drop the searches that are done."""
        import numpy as np

        if bool(is_kept.all()):
            return
        rest = np.flatnonzero(is_kept)
        self.data, self.ties = self.data.of(rest), self.ties.of(rest)
        self.limits, self.index = self.limits.of(rest), self.index[rest]
        self.theta = self.theta[:, rest]
        self.at = Reduced(*(getattr(self.at, name)[..., rest] for name in Reduced.__slots__))
        self.damping, self.last_length = self.damping[rest], self.last_length[rest]
        self.gain, self.last_look = self.gain[rest], self.last_look[rest]
        self.is_convex = self.is_convex[rest]


def _newton_step(
    at: Reduced, damping: FloatArray, moving: list[int]
) -> tuple[FloatArray, BoolArray]:
    """Return the damped Newton step, or the Gauss–Newton step, and where the sum is convex."""
    import numpy as np

    rows = np.ix_(moving, moving)
    newton, gauss, gradient = at.newton[rows], at.gauss_newton[rows], at.gradient[moving]
    scale = np.einsum("iin->in", gauss)
    scale = np.where(scale > 0, scale, 1.0)
    step, is_convex = _solve(newton, gradient, scale, damping)
    if not bool(is_convex.all()):
        bent = np.flatnonzero(~is_convex)
        step[:, bent] = _turned_step(
            newton[..., bent], gradient[:, bent], scale[:, bent], damping[bent]
        )
    return step, is_convex


def _turned_step(
    matrix: FloatArray, gradient: FloatArray, scale: FloatArray, damping: FloatArray
) -> FloatArray:
    """Return the Newton step that goes downhill also in directions in which the sum bends down.

    ::

        M = V·Λ·Vᵀ;   step = −V·(|Λ| + damping)⁻¹·Vᵀ·gradient   (in coordinates of unit scale)
    """
    import numpy as np

    root = np.sqrt(scale)
    values, vectors = np.linalg.eigh(np.moveaxis(matrix / (root[:, None] * root[None]), -1, 0))
    along = np.einsum("nij,in->nj", vectors, gradient / root)
    lengths = np.maximum(np.abs(values), 1e-6) + np.maximum(damping, 1e-3)[:, None]
    step: FloatArray = -np.einsum("nij,nj->in", vectors, along / lengths) / root
    return step


def _solve(
    matrix: FloatArray, gradient: FloatArray, scale: FloatArray, damping: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Return −(M + damping·scale)⁻¹·gradient by LDLᵀ, and where M is positive definite."""
    import numpy as np

    size = len(gradient)
    lower: dict[tuple[int, int], FloatArray] = {}
    pivots: list[FloatArray] = []
    right: list[FloatArray] = []
    is_positive = np.ones(gradient.shape[1], dtype=bool)
    for i in range(size):
        value, side = matrix[i, i] + damping * scale[i], -gradient[i]
        for j in range(i):
            entry = matrix[i, j] - sum(
                (lower[i, k] * lower[j, k] * pivots[k] for k in range(j)), start=np.zeros(1)
            )
            lower[i, j] = entry / pivots[j]
            value = value - lower[i, j] ** 2 * pivots[j]
            side = side - lower[i, j] * right[j]
        is_positive &= value > 1e-13 * scale[i]
        pivots.append(np.where(value > 1e-300, value, scale[i]))
        right.append(side)
    step = np.empty_like(gradient)
    for i in reversed(range(size)):
        step[i] = right[i] / pivots[i] - sum(
            (lower[j, i] * step[j] for j in range(i + 1, size)), start=np.zeros(1)
        )
    return step, is_positive
