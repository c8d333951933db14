"""The dose of half suppression by log-linear interpolation, with its interval (DOMAIN 3.2 c).

R50 is read from the line through the means, at the lowest dose at which it reaches 50 %.  Its
interval holds all doses next to it on that line at which a t test does not reject S = 50: at a dose
between two tested ones, S is a weighted mean of both, so the ends are roots of a quadratic, as in
Fieller's theorem.  Where the tested doses end before such a root, that side is open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims_msc.domain.curve import Summary, SummaryStatus
from lims_msc.domain.dose import ratio_text
from lims_msc.science.summaries import interval_words
from lims_msc.science.suppression import SuppressionCurve
from lims_msc.science.uncertainty import t_quantile

_NAME, _UNIT = "r50", "MSC per responder"


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A place on the line: the segment that starts at point ``segment``, and the share of it."""

    segment: int
    share: float
    is_rising: bool


def r50(curve: SuppressionCurve, *, level: float = 50.0, confidence: float = 0.95) -> Summary:
    """Return the lowest tested dose (MSC per responder) at which suppression reaches ``level`` %.

    ``bracketed`` has a value.  ``above_highest_dose`` and ``below_lowest_dose`` have only the
    ``bound``.  ``non_monotone`` lists every crossing and shows the lowest one, unless the curve
    starts above the level: then its lowest crossing is a fall, and no dose is given.
    """
    if not curve.points:
        return Summary(_NAME, _UNIT, SummaryStatus.UNDEFINED, reason=curve.reason or "no dose")
    crossings = _crossings(curve, level)
    if not crossings:
        return _censored(curve, level)
    values = tuple(dict.fromkeys(_dose_at(curve, crossing) for crossing in crossings))
    if not crossings[0].is_rising:
        reason = (
            f"suppression starts above {level:g} % and falls through it as the dose rises, so "
            "these crossings are not doses from which on it is reached"
        )
        return Summary(_NAME, _UNIT, SummaryStatus.NON_MONOTONE, reason=reason, all_values=values)
    if len(crossings) > 1:
        reason = (
            f"the curve crosses {level:g} % {len(crossings)} times; the value is the lowest "
            "crossing, without an interval"
        )
        return Summary(
            _NAME,
            _UNIT,
            SummaryStatus.NON_MONOTONE,
            value=values[0],
            reason=reason,
            all_values=values,
        )
    return _bracketed(curve, crossings[0], level, confidence)


def _crossings(curve: SuppressionCurve, level: float) -> list[_Crossing]:
    above = [point.suppression_percent - level for point in curve.points]
    found = [_Crossing(0, 0.0, is_rising=True)] if above[0] == 0 else []
    for index in range(len(above) - 1):
        here, there = above[index], above[index + 1]
        if (here >= 0) != (there >= 0):
            found.append(_Crossing(index, here / (here - there), is_rising=there >= 0))
    return found


def _censored(curve: SuppressionCurve, level: float) -> Summary:
    points = curve.points
    if points[0].suppression_percent < level:
        bound = points[-1].msc_per_responder
        reason = (
            f"suppression stays below {level:g} % up to the highest dose, "
            f"MSC:responder {ratio_text(bound)}"
        )
        return Summary(_NAME, _UNIT, SummaryStatus.ABOVE_HIGHEST_DOSE, reason=reason, bound=bound)
    bound = points[0].msc_per_responder
    reason = (
        f"suppression is above {level:g} % already at the lowest dose, "
        f"MSC:responder {ratio_text(bound)}"
    )
    return Summary(_NAME, _UNIT, SummaryStatus.BELOW_LOWEST_DOSE, reason=reason, bound=bound)


def _dose_at(curve: SuppressionCurve, crossing: _Crossing) -> float:
    left = curve.points[crossing.segment].msc_per_responder
    if crossing.share == 0:
        return left
    right = curve.points[crossing.segment + 1].msc_per_responder
    if crossing.share == 1:
        return right
    return math.exp((1 - crossing.share) * math.log(left) + crossing.share * math.log(right))


def _bracketed(
    curve: SuppressionCurve, crossing: _Crossing, level: float, confidence: float
) -> Summary:
    value = _dose_at(curve, crossing)
    weights = [0.0] * len(curve.points)
    weights[crossing.segment] = 1 - crossing.share
    if crossing.share > 0:
        weights[crossing.segment + 1] = crossing.share
    spread = curve.spread_of(weights)
    low = high = None
    if spread is not None and spread.degrees_of_freedom is not None:
        quantile = t_quantile(spread.degrees_of_freedom, confidence)
        low = _end(curve, crossing, level, quantile, step=-1)
        high = _end(curve, crossing, level, quantile, step=1)
    return Summary(
        name=_NAME,
        unit=_UNIT,
        status=SummaryStatus.BRACKETED,
        value=value,
        low=low,
        high=high,
        interval=interval_words(spread, confidence, "doses at which S = 50 is not rejected"),
        all_values=(value,),
    )


def _end(
    curve: SuppressionCurve, crossing: _Crossing, level: float, quantile: float, *, step: int
) -> float | None:
    """Return the nearest dose on one side at which the level is rejected.

    ``None`` if there is none within the tested doses.  The search also ends,
    open, at a dose whose error is unknown.
    """
    segment, start = crossing.segment, crossing.share
    while 0 <= segment < len(curve.points) - 1:
        roots = _roots(curve, segment, level, quantile)
        if roots is None:
            return None
        ahead = [root for root in roots if (root - start) * step > 0 and 0 <= root <= 1]
        if ahead:
            share = min(ahead, key=lambda root: abs(root - start))
            return _dose_at(curve, _Crossing(segment, share, is_rising=True))
        segment, start = segment + step, 0.0 if step > 0 else 1.0
    return None


def _roots(
    curve: SuppressionCurve, segment: int, level: float, quantile: float
) -> list[float] | None:
    """Return where (S − level)² = t²·Var(S) along a segment, as shares of it."""
    first, second = (p.suppression_percent - level for p in curve.points[segment : segment + 2])
    own, other = curve.covariance(segment, segment), curve.covariance(segment + 1, segment + 1)
    shared = curve.covariance(segment, segment + 1)
    if own is None or other is None or shared is None:
        return None
    squared = quantile * quantile
    rise = second - first
    a = rise * rise - squared * (own - 2 * shared + other)
    b = 2 * (first * rise - squared * (shared - own))
    c = first * first - squared * own
    if a == 0:
        return [] if b == 0 else [-c / b]
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    # This form keeps its digits when one root is much smaller than the other.
    q = -(b + math.copysign(math.sqrt(discriminant), b)) / 2
    return [q / a] if q == 0 else [q / a, c / q]
