"""What may be said of two suppression curves that have not one shape; none is a relative potency.

Two numbers compare a test curve with a reference curve of the same plate: the difference of their
suppression at one dose, and the ratio of their mean suppression over the doses that both cover.
Their intervals take in every group of wells, and controls that both curves share only once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lims_msc.domain.curve import Summary, SummaryStatus
from lims_msc.domain.dose import ratio_text
from lims_msc.science.summaries import (
    dose_weights,
    interval_words,
    line_weights,
    trapezoid_weights,
)
from lims_msc.science.suppression import SuppressionCurve
from lims_msc.science.uncertainty import (
    Gradient,
    Spread,
    WellGroup,
    spread_of,
    t_interval,
)

SHARED_GROUPS = ("P", "N", "B")


def suppression_difference(
    reference: SuppressionCurve,
    test: SuppressionCurve,
    msc_per_responder: float,
    *,
    confidence: float = 0.95,
) -> Summary:
    """Return the suppression of the test minus that of the reference at a dose, in points.

    ::

        S_test(d) − S_ref(d)

    Each is measured within ±1 % of the dose, else on the log-linear line between its neighbours.

    :raises ValueError: if the curves do not share their control wells.

    Source: DOMAIN 3.2 and 3.4.
    """
    name = "suppression_difference_at_anchor"
    sums = [_at_dose(curve, msc_per_responder) for curve in (reference, test)]
    if sums[0] is None or sums[1] is None:
        which = "reference" if sums[0] is None else "test"
        place = f"MSC:responder {ratio_text(msc_per_responder)}"
        return _without(name, "points", f"the {which} curve does not cover the dose {place}")
    gradient = _together(sums[0], sums[1], (-1.0, 1.0))
    spread = spread_of(gradient, _all_groups(reference, test))
    value = sums[1].value - sums[0].value
    ends = None if spread is None else t_interval(value, spread, confidence)
    low, high = ends or (None, None)
    return Summary(
        name=name,
        unit="points",
        status=SummaryStatus.MEASURED,
        value=value,
        low=low,
        high=high,
        interval=interval_words(spread, confidence, "delta method"),
    )


def area_ratio(
    reference: SuppressionCurve, test: SuppressionCurve, *, confidence: float = 0.95
) -> Summary:
    """Return the mean suppression of the test over that of the reference, on their common doses.

    ::

        nAUC_test/nAUC_ref,   nAUC = area over log10 dose / width of the doses that both cover

    There is no ratio where the mean suppression of the reference is not clearly above 0.

    :raises ValueError: if the curves do not share their control wells.

    Source: DOMAIN 3.2 (b) and 3.4; interval by the delta method on the log of the ratio.
    """
    name = "normalised_auc_ratio"
    window = _window(reference, test)
    if window is None:
        return _without(name, "", "the curves have no range of doses in common")
    below, above = (_mean_over(curve, window) for curve in (reference, test))
    groups = _all_groups(reference, test)
    own = spread_of(_together(below, above, (1.0, 0.0)), groups)
    if below.value <= 0 or _holds_zero(below.value, own, confidence):
        return _without(name, "", "the mean suppression of the reference is not clearly above 0")
    ratio = above.value / below.value
    # Relative changes of the two areas; their difference is the relative change of the ratio.
    gradient = _together(below, above, (-ratio / below.value, 1 / below.value))
    spread = spread_of(gradient, groups)
    low, high = _ends_of_ratio(ratio, spread, confidence)
    words = interval_words(spread, confidence, "delta method on the log")
    if low is None and spread is not None and spread.allows_interval:
        words = "no interval: the ratio is not above 0 and has no logarithm"
    return Summary(
        name=name,
        unit="",
        status=SummaryStatus.MEASURED,
        value=ratio,
        low=low,
        high=high,
        interval=words,
    )


@dataclass(frozen=True, slots=True)
class _Sum:
    """A weighted sum of the points of one curve with its gradient by the means of wells."""

    value: float
    gradient: Gradient


def _sum(curve: SuppressionCurve, weights: Sequence[float]) -> _Sum:
    value = math.fsum(
        weight * point.suppression_percent
        for weight, point in zip(weights, curve.points, strict=True)
    )
    return _Sum(value, curve.gradient_of(weights))


def _at_dose(curve: SuppressionCurve, msc_per_responder: float) -> _Sum | None:
    doses = [point.msc_per_responder for point in curve.points]
    found = dose_weights(doses, msc_per_responder) if doses else None
    return None if found is None else _sum(curve, found[1])


def _window(*curves: SuppressionCurve) -> tuple[float, float] | None:
    """Return the lowest and the highest dose that all curves cover."""
    if not all(curve.points for curve in curves):
        return None
    low = max(curve.points[0].msc_per_responder for curve in curves)
    high = min(curve.points[-1].msc_per_responder for curve in curves)
    return (low, high) if low < high else None


def _mean_over(curve: SuppressionCurve, window: tuple[float, float]) -> _Sum:
    """Return the mean suppression between two doses, the ends on the line between neighbours."""
    doses = [point.msc_per_responder for point in curve.points]
    inner = [dose for dose in doses if window[0] < dose < window[1]]
    stops = [window[0], *inner, window[1]]
    heights = trapezoid_weights([math.log10(dose) for dose in stops])
    width = math.log10(window[1] / window[0])
    total = [0.0] * len(doses)
    for stop, height in zip(stops, heights, strict=True):
        weights = line_weights(doses, stop)
        total = [a + height / width * b for a, b in zip(total, weights, strict=True)]
    return _sum(curve, total)


def _all_groups(reference: SuppressionCurve, test: SuppressionCurve) -> Mapping[str, WellGroup]:
    """Return the wells of both curves: controls once, the others under the name of their curve."""
    together: dict[str, WellGroup] = {}
    for prefix, curve in (("reference", reference), ("test", test)):
        for name, group in curve.groups.items():
            key = _key(prefix, name)
            if together.setdefault(key, group) != group:
                raise ValueError(f"The curves do not share the control wells '{name}'.")
    return together


def _key(prefix: str, name: str) -> str:
    return name if name in SHARED_GROUPS else f"{prefix} {name}"


def _together(below: _Sum, above: _Sum, weights: tuple[float, float]) -> Gradient:
    total: dict[str, float] = {}
    for one, prefix, weight in ((below, "reference", weights[0]), (above, "test", weights[1])):
        for name, slope in one.gradient.items():
            key = _key(prefix, name)
            total[key] = total.get(key, 0.0) + weight * slope
    return total


def _holds_zero(value: float, spread: Spread | None, confidence: float) -> bool:
    ends = None if spread is None else t_interval(value, spread, confidence)
    return ends is not None and ends[0] <= 0


def _ends_of_ratio(
    ratio: float, spread: Spread | None, confidence: float
) -> tuple[float | None, float | None]:
    if spread is None or ratio <= 0:
        return None, None
    on_log = Spread(spread.se / ratio, spread.degrees_of_freedom)
    ends = t_interval(math.log(ratio), on_log, confidence)
    return (None, None) if ends is None else (math.exp(ends[0]), math.exp(ends[1]))


def _without(name: str, unit: str, reason: str) -> Summary:
    return Summary(name=name, unit=unit, status=SummaryStatus.UNDEFINED, reason=reason)
