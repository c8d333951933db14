"""Where a quantity of a fitted curve begins to be rejected: the search behind profile intervals.

The quantity is held by the search itself: midpoint, slope and asymmetry as a frozen coordinate, a
plateau as a fixed one, an absolute R50 as a point that the curve goes through.  All ends of all
curves are searched side by side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from lims_msc.science.curve_search import Descent, Limits, Rivals, descend
from lims_msc.science.curve_starts import DoseRange
from lims_msc.science.curves import CurveModel
from lims_msc.science.reduced_fit import reduced

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curve_optimum import Problem
    from lims_msc.science.curves import FloatArray
    from lims_msc.science.reduced_fit import Data, Ties

    IndexArray = NDArray[np.intp]

_SCAN_POINTS = 36
_SCAN_GROUP = 6
_MOST_REFINEMENTS = 60
_LARGEST_BLOCK = 60_000
_CLOSE = 1e-11


class Quantity(StrEnum):
    """What an interval can be made of; ``r50_absolute`` is the dose at which a level is reached."""

    EC50 = "ec50"
    HILL = "hill"
    ASYM = "asym"
    Y_ZERO = "y_zero"
    Y_INF = "y_inf"
    R50_ABSOLUTE = "r50_absolute"


ROWS = {Quantity.EC50: 0, Quantity.HILL: 1, Quantity.ASYM: 2}
"""The coordinates of the search that are quantities themselves."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One quantity of several fits: where it is, its scale, and what rejects a value of it.

    ``place`` is the quantity as the search holds it: its logarithm, or a plateau without its unit.
    """

    problem: Problem
    quantity: Quantity
    theta: FloatArray
    place: FloatArray
    step: FloatArray
    lowest: FloatArray
    highest: FloatArray
    least: FloatArray
    threshold: FloatArray
    level: FloatArray
    limits: Limits


@dataclass(slots=True)
class _Ends:
    """Both ends of all curves, low ones first: a value inside the interval, and one outside it.

    ``curve`` is the number of the curve and ``direction`` −1 or 1; ``outside`` is NaN as long as
    nothing is rejected.
    """

    curve: IndexArray
    direction: FloatArray
    inside: FloatArray
    outside: FloatArray
    theta_inside: FloatArray
    theta_outside: FloatArray

    @classmethod
    def of(cls, profile: Profile) -> _Ends:
        import numpy as np

        count = len(profile.place)
        curve = np.tile(np.arange(count), 2)
        theta = profile.theta[:, curve]
        return cls(
            curve,
            np.repeat([-1.0, 1.0], count),
            profile.place[curve],
            np.full(2 * count, np.nan),
            theta,
            theta.copy(),
        )


def ends_of(profile: Profile) -> FloatArray:
    """Return the places of the first rejected values, ``(2, curves)``, low ends first.

    NaN where nothing is rejected up to ``lowest`` or ``highest``.
    """
    import numpy as np

    ends = _Ends.of(profile)
    places = _scan_places(profile, ends)
    position = np.zeros(len(ends.curve), dtype=np.intp)
    going = np.arange(len(ends.curve))
    while going.size:
        _scan(profile, ends, places, position, going)
        going = going[np.isnan(ends.outside[going]) & (position[going] < _SCAN_POINTS)]
    found = np.flatnonzero(~np.isnan(ends.outside))
    if found.size:
        ends.outside[found] = _refined(profile, ends, found)
    return ends.outside.reshape(2, -1)


def _scan_places(profile: Profile, ends: _Ends) -> FloatArray:
    """Return values from the optimum outwards; steps grow from a part of the Wald interval."""
    import numpy as np

    limit = np.where(ends.direction > 0, profile.highest[ends.curve], profile.lowest[ends.curve])
    step = profile.step[ends.curve]
    parts = np.arange(1, _SCAN_POINTS + 1)[:, None] / _SCAN_POINTS
    away = step * np.expm1(parts * np.log1p(np.abs(limit - ends.inside) / step))
    result: FloatArray = ends.inside + ends.direction * away
    return result


def _scan(
    profile: Profile,
    ends: _Ends,
    places: FloatArray,
    position: IndexArray,
    going: IndexArray,
) -> None:
    """Look at the next few values of the ends that are still open, and move them."""
    import numpy as np

    rows = np.minimum(position[going, None] + np.arange(_SCAN_GROUP), _SCAN_POINTS - 1)
    curve = np.repeat(ends.curve[going], _SCAN_GROUP)
    place = places[rows, going[:, None]].reshape(-1)
    warm = np.repeat(ends.theta_inside[:, going], _SCAN_GROUP, axis=1)
    ss, theta = _least(profile, curve, place, warm, is_enough=True)
    is_out = (ss > profile.threshold[curve]).reshape(-1, _SCAN_GROUP)
    first = np.where(is_out.any(axis=1), is_out.argmax(axis=1), _SCAN_GROUP)
    begin = np.arange(len(going)) * _SCAN_GROUP
    last_in, moved = (begin + first - 1)[first > 0], going[first > 0]
    ends.inside[moved], ends.theta_inside[:, moved] = place[last_in], theta[:, last_in]
    position[going] += first
    at, stopped = (begin + first)[first < _SCAN_GROUP], going[first < _SCAN_GROUP]
    if not stopped.size:
        return
    # A search that gave up early may have been wrong; this one goes to the bottom.
    ends.theta_outside[:, stopped] = theta[:, at]
    ss, theta = _bottom(profile, ends, stopped, place[at])
    is_out = ss > profile.threshold[ends.curve[stopped]]
    rejected, kept = stopped[is_out], stopped[~is_out]
    ends.outside[rejected], ends.theta_outside[:, rejected] = place[at][is_out], theta[:, is_out]
    ends.inside[kept], ends.theta_inside[:, kept] = place[at][~is_out], theta[:, ~is_out]
    position[kept] += 1


def _bottom(
    profile: Profile, ends: _Ends, index: IndexArray, place: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the least sum of squares at a place, searched from both ends of the bracket."""
    import numpy as np

    count = len(index)
    warm = np.concatenate([ends.theta_inside[:, index], ends.theta_outside[:, index]], axis=1)
    curve = np.tile(ends.curve[index], 2)
    ss, theta = _least(profile, curve, np.tile(place, 2), warm, is_enough=False)
    better = np.where(ss[:count] <= ss[count:], 0, count) + np.arange(count)
    return ss[better], theta[:, better]


def _refined(profile: Profile, ends: _Ends, index: IndexArray) -> FloatArray:
    """Return where the least sum of squares is the threshold, by regula falsi (Illinois).

    It works on the root of the rise over the optimum, which is nearly a straight line.
    """
    import numpy as np

    curve = ends.curve[index]
    least = profile.least[curve]
    goal = np.sqrt(profile.threshold[curve] - least)

    def height(part: IndexArray, place: FloatArray) -> FloatArray:
        ss, _ = _bottom(profile, ends, index[part], place)
        result: FloatArray = np.sqrt(np.maximum(ss - least[part], 0.0)) - goal[part]
        return result

    going = np.arange(len(index))
    a, b = ends.inside[index], ends.outside[index]
    f_a, f_b = height(going, a), height(going, b)
    best, last = b.copy(), np.zeros(len(index))
    rounds = 0
    while going.size:
        part = f_a[going] / np.where(f_a[going] < f_b[going], f_a[going] - f_b[going], -np.inf)
        middle = a[going] + np.clip(part, 0.0, 1.0) * (b[going] - a[going])
        f = height(going, middle)
        best[going], is_out = middle, f > 0
        out, within = going[is_out], going[~is_out]
        moved = np.abs(middle - np.where(is_out, b[going], a[going]))
        b[out], f_b[out] = middle[is_out], f[is_out]
        a[within], f_a[within] = middle[~is_out], f[~is_out]
        # The end that stays twice has its height halved, or the bracket would never close.
        f_a[out] *= np.where(last[out] > 0, 0.5, 1.0)
        f_b[within] *= np.where(last[within] < 0, 0.5, 1.0)
        last[going] = np.where(is_out, 1.0, -1.0)
        small = _CLOSE * np.maximum(np.abs(middle - profile.place[curve[going]]), 1e-9)
        is_done = (np.abs(f) < _CLOSE * goal[going]) | (moved < small)
        rounds += 1
        going = going[~is_done & (rounds < _MOST_REFINEMENTS)]
    return best


def _least(
    profile: Profile, index: IndexArray, place: FloatArray, warm: FloatArray, *, is_enough: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the least sum of squares of all curves with the quantity at a place, and theta.

    With ``is_enough`` the search starts from the best point of a grid too, and ends as soon as the
    value is known to be rejected or not.
    """
    import numpy as np

    starts = [warm, *(_candidates(profile, index) if is_enough else [])]
    results = []
    block = max(1, _LARGEST_BLOCK // len(starts))
    for begin in range(0, len(index), block):
        part = slice(begin, begin + block)
        chosen = [start[:, part] for start in starts]
        results.append(_searched(profile, index[part], place[part], chosen, is_enough=is_enough))
    return (
        np.concatenate([found.ss for found in results]),
        np.concatenate([found.theta for found in results], axis=1),
    )


def _searched(
    profile: Profile,
    index: IndexArray,
    place: FloatArray,
    starts: list[FloatArray],
    *,
    is_enough: bool,
) -> Descent:
    """Return where the search ends that begins at the best of the starts."""
    import numpy as np

    problem = profile.problem
    row = ROWS.get(profile.quantity)
    if row is None and problem.ties.fixed_plateaus == 2:
        row = 0
    ties, data = _tied(profile, index, place), problem.data.of(index)
    starts = [start.copy() for start in starts]
    for start in starts if row is not None else []:
        start[row] = place
    rivals = Rivals(np.arange(len(index)), profile.threshold[index], is_enough=True)
    return descend(
        problem.model,
        data,
        starts[0] if len(starts) == 1 else _best_start(problem.model, data, ties, starts),
        ties,
        profile.limits.of(index),
        frozen=problem.frozen if row is None else problem.frozen | {row},
        rivals=rivals if is_enough else None,
    )


def _tied(profile: Profile, index: IndexArray, place: FloatArray) -> Ties:
    """Return the ties of curves whose quantity is held, where it is not a coordinate."""
    ties = profile.problem.ties.of(index)
    if profile.quantity is Quantity.Y_ZERO:
        return replace(ties, y_zero=place)
    if profile.quantity is Quantity.Y_INF:
        return replace(ties, y_inf=place)
    if profile.quantity is Quantity.R50_ABSOLUTE and ties.fixed_plateaus < 2:
        return replace(ties, through=(place, profile.level[index]))
    return ties


def _candidates(profile: Profile, index: IndexArray) -> list[FloatArray]:
    """Return a coarse grid of starts, each ``(p, len(index))``."""
    import numpy as np

    data, model = profile.problem.data, profile.problem.model
    doses = DoseRange.of(data.ln_dose, data.root_weights)
    low, high, gap = (
        np.broadcast_to(values, (data.count,))[index]
        for values in (doses.low, doses.high, doses.gap)
    )
    width = np.maximum(high - low, 1e-9)
    optimum = profile.theta[:, index]
    middles = [low + part * width for part in np.linspace(-0.6, 1.6, 15)]
    flattest, steepest = np.log(0.35 / width), np.log(12.0 / gap)
    slopes = [flattest + part * (steepest - flattest) for part in np.linspace(0, 1, 15)]
    if 1 in profile.problem.frozen or profile.quantity is Quantity.HILL:
        slopes = [optimum[1]]
    if profile.quantity is Quantity.EC50:
        middles = [optimum[0]]
    elif len(slopes) > 1:
        middles, slopes = middles[::2], slopes[::2]
    asyms = [0.0]
    if model.has_asymmetry:
        asyms = [optimum[2] + offset for offset in (-2.0, 0.0, 2.0)]
    grid = [np.stack([m, s, a + 0.0 * m]) for m in middles for s in slopes for a in asyms]
    return [theta[: len(optimum)] for theta in grid]


def _best_start(model: CurveModel, data: Data, ties: Ties, choices: list[FloatArray]) -> FloatArray:
    import numpy as np

    count, number = data.count, len(choices)
    everybody = np.tile(np.arange(count), number)
    theta = np.concatenate(choices, axis=1)
    ss = reduced(model, data.of(everybody), theta, ties.of(everybody), derivatives=False).ss
    best = ss.reshape(number, count).argmin(axis=0)
    return theta[:, best * count + np.arange(count)]
