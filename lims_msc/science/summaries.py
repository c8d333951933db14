"""Summaries of a suppression curve: anchor dose, area, dose of half suppression, maximum.

All are piecewise linear in the suppression of the doses, so their standard errors follow from the
gradients of the points, with the controls that all doses share (DOMAIN 3.2).  Intervals take the
quantile of Student's t with Welch–Satterthwaite degrees of freedom.  They speak of the wells of one
plate, not of donors or runs.  Nothing is extrapolated beyond the tested doses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from lims_msc.domain.curve import Summary, SummaryStatus
from lims_msc.domain.dose import ratio_text
from lims_msc.science.suppression import SuppressionCurve
from lims_msc.science.uncertainty import NO_INTERVAL, Spread, t_interval

_SAME_DOSE = 0.01


class DoseSpacing(StrEnum):
    """How doses stand on the axis under which the area is taken."""

    LOG10 = "log10"
    LINEAR = "linear"
    EQUAL_STEPS = "equal steps"


def suppression_at_dose(
    curve: SuppressionCurve, msc_per_responder: float, *, confidence: float = 0.95
) -> Summary:
    """Return suppression (%) at a dose: measured within ±1 %, else log-linear interpolation."""
    doses = _doses(curve)
    name, place = "suppression_at_anchor", f"MSC:responder {ratio_text(msc_per_responder)}"
    if not doses or msc_per_responder <= 0:
        return _without(name, "%", f"the curve has no dose near {place}")
    found = dose_weights(doses, msc_per_responder)
    if found is None:
        reason = f"the dose {place} lies outside the tested doses, and nothing is extrapolated"
        return _without(name, "%", reason)
    return _linear(curve, name, *found, confidence)


def dose_weights(
    doses: Sequence[float], msc_per_responder: float
) -> tuple[SummaryStatus, list[float]] | None:
    """Return the weights that rising doses have in the suppression at a dose above 0.

    The dose itself within ±1 %, else its two neighbours on a line over log dose; ``None`` outside
    the tested doses.
    """
    weights = [0.0] * len(doses)
    nearest = min(range(len(doses)), key=lambda i: abs(doses[i] - msc_per_responder))
    if abs(doses[nearest] / msc_per_responder - 1) <= _SAME_DOSE + 1e-12:
        weights[nearest] = 1.0
        return SummaryStatus.MEASURED, weights
    if not doses[0] < msc_per_responder < doses[-1]:
        return None
    return SummaryStatus.INTERPOLATED, line_weights(doses, msc_per_responder)


def line_weights(doses: Sequence[float], msc_per_responder: float) -> list[float]:
    """Return the weights of rising doses on the line over log dose at a dose that they cover."""
    weights = [0.0] * len(doses)
    right = next(i for i in range(1, len(doses)) if doses[i] >= msc_per_responder)
    share = math.log(msc_per_responder / doses[right - 1]) / math.log(
        doses[right] / doses[right - 1]
    )
    weights[right - 1], weights[right] = 1 - share, share
    return weights


def normalised_auc(
    curve: SuppressionCurve,
    *,
    spacing: DoseSpacing = DoseSpacing.LOG10,
    confidence: float = 0.95,
) -> Summary:
    """Return the mean suppression (%) over the tested doses: trapezoid area divided by its width.

    Only areas over the same doses and with the same spacing may be compared.
    """
    positions = dose_positions(_doses(curve), spacing)
    width = positions[-1] - positions[0] if positions else 0.0
    if width <= 0:
        return _without("normalised_auc", "%", "an area needs at least two doses")
    weights = [weight / width for weight in trapezoid_weights(positions)]
    return _linear(curve, "normalised_auc", SummaryStatus.MEASURED, weights, confidence)


def dose_positions(doses: Sequence[float], spacing: DoseSpacing) -> list[float]:
    """Return where rising doses stand on the axis."""
    if spacing is DoseSpacing.LOG10:
        return [math.log10(dose) for dose in doses]
    if spacing is DoseSpacing.LINEAR:
        return list(doses)
    return [float(index) for index in range(len(doses))]


def trapezoid_weights(positions: Sequence[float]) -> list[float]:
    """Return the weight of each point in the trapezoid area Σ ½(yᵢ + yᵢ₊₁)(xᵢ₊₁ − xᵢ)."""
    weights = [0.0] * len(positions)
    for index in range(len(positions) - 1):
        half = (positions[index + 1] - positions[index]) / 2
        weights[index] += half
        weights[index + 1] += half
    return weights


def maximum(curve: SuppressionCurve, *, confidence: float = 0.95) -> Summary:
    """Return the highest mean suppression (%) of a dose; ``reason`` names that dose.

    The interval is that of this dose; it does not allow for having picked the highest one.
    """
    if not curve.points:
        return _without("maximum", "%", curve.reason or "the curve has no dose")
    best = max(curve.points, key=lambda point: point.suppression_percent)
    weights = [float(point is best) for point in curve.points]
    return _linear(
        curve,
        "maximum",
        SummaryStatus.MEASURED,
        weights,
        confidence,
        reason=f"at MSC:responder {ratio_text(best.msc_per_responder)}",
        note="; the choice of the highest dose is not allowed for",
    )


def _doses(curve: SuppressionCurve) -> list[float]:
    return [point.msc_per_responder for point in curve.points]


def _without(name: str, unit: str, reason: str) -> Summary:
    return Summary(name=name, unit=unit, status=SummaryStatus.UNDEFINED, reason=reason)


def interval_words(spread: Spread | None, confidence: float, method: str) -> str:
    """Return how an interval was made, for people, or why there is none."""
    if spread is None or spread.degrees_of_freedom is None:
        return NO_INTERVAL
    df = spread.degrees_of_freedom
    return (
        f"{100 * confidence:g} %, {method}, Student's t with {df:.3g} degrees of freedom "
        "(Welch–Satterthwaite); wells of this plate, shared controls included"
    )


def _linear(
    curve: SuppressionCurve,
    name: str,
    status: SummaryStatus,
    weights: Sequence[float],
    confidence: float,
    *,
    reason: str = "",
    note: str = "",
) -> Summary:
    """Return the summary Σ weight·S with its delta-method interval."""
    value = math.fsum(
        weight * point.suppression_percent
        for weight, point in zip(weights, curve.points, strict=True)
    )
    spread = curve.spread_of(weights)
    ends = None if spread is None else t_interval(value, spread, confidence)
    low, high = ends or (None, None)
    words = interval_words(spread, confidence, "delta method")
    return Summary(
        name=name,
        unit="%",
        status=status,
        value=value,
        low=low,
        high=high,
        reason=reason,
        interval=words + (note if ends else ""),
    )
