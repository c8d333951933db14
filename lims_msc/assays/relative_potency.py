"""Relative potency of the test batches of a plate against its reference MSC (DOMAIN 3.4).

Every co-culture curve is held against every reference curve (role REF_MSC) of the same responder,
stimulus, treatment and background mode.  Beside the relative potency stand the comparisons of shape
on which it rests; where it is withheld or does not exist, two numbers that need no common shape
stand in its place and say in their titles that they are no relative potency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lims_msc.assays.curve_groups import CurveGroup
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, Summary
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import AssayValue, ValueKey, ValueStatus
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import Interval
from lims_msc.science.potency import (
    PotencyEstimate,
    PotencyStatus,
    RelativePotency,
    relative_potency,
)
from lims_msc.science.similarity import ShapeComparison, SimilarityLimits
from lims_msc.science.suppression import SuppressionCurve, SuppressionStatus
from lims_msc.science.unlike_curves import area_ratio, suppression_difference

NOT_A_POTENCY = "not a relative potency"
_POINTS = "percentage points"
_FOLD = "fold"
_STATUSES: Mapping[PotencyStatus, ValueStatus] = {
    PotencyStatus.OK: ValueStatus.OK,
    PotencyStatus.WITHHELD: ValueStatus.WITHHELD,
    PotencyStatus.NOT_ESTIMABLE: ValueStatus.UNDEFINED,
}
_ERROR_OF_SHARED_CONTROLS = (
    "The interval holds the scatter of the co-culture wells of both curves. An error of the "
    "control wells that both curves share moves both alike and does not change the ratio"
)
_ERROR_OF_OWN_BACKGROUND = (
    "The interval holds the scatter of the co-culture wells of both curves, not the error of the "
    "background of each dose; an error of the control wells that both curves share moves both "
    "alike and does not change the ratio"
)


@dataclass(frozen=True, slots=True)
class GroupCurves:
    """The curves of one group of wells by mode; ``blocked`` is why its controls allow none."""

    group: CurveGroup
    curves: Mapping[BackgroundMode, SuppressionCurve]
    blocked: str = ""

    def allows(self, mode: BackgroundMode) -> bool:
        """Whether the wells allow this mode."""
        return self.curves[mode].status is not SuppressionStatus.NOT_AVAILABLE


def relative_potencies(
    measured: Iterable[GroupCurves], readings: WellReadings, settings: AnalysisSettings
) -> tuple[AssayValue, ...]:
    """Return the values of every test curve against every reference curve that belongs to it."""
    groups = tuple(measured)
    values: list[AssayValue] = []
    for test in groups:
        for reference in groups:
            if not _belong_together(reference.group, test.group):
                continue
            for mode in BackgroundMode:
                pair = _Pair(reference, test, mode)
                if pair.is_available:
                    values += _values(pair, readings, settings)
    return tuple(values)


def _belong_together(reference: CurveGroup, test: CurveGroup) -> bool:
    roles = (reference.role, test.role)
    is_pair = roles == (WellRole.REF_MSC, WellRole.COCULT)
    return is_pair and reference.control_key == test.control_key


@dataclass(frozen=True, slots=True)
class _Pair:
    """A test curve and a reference curve in one mode."""

    reference: GroupCurves
    test: GroupCurves
    mode: BackgroundMode

    @property
    def curves(self) -> tuple[SuppressionCurve, SuppressionCurve]:
        return self.reference.curves[self.mode], self.test.curves[self.mode]

    @property
    def is_available(self) -> bool:
        """Whether the wells allow this mode for both curves."""
        return self.reference.allows(self.mode) and self.test.allows(self.mode)

    @property
    def why_not(self) -> str:
        """Why one of the curves has no numbers, or ''."""
        reasons = [one.blocked for one in (self.reference, self.test)]
        reasons += [curve.reason for curve in self.curves]
        return next((reason for reason in reasons if reason), "")

    @property
    def key(self) -> ValueKey:
        return self.test.group.value_key(self.mode)

    @property
    def against(self) -> str:
        """The reference in words."""
        group = self.reference.group
        priming = f", {group.priming}" if group.priming else ""
        return f"against reference batch '{group.batch_code}'{priming}"

    @property
    def formula(self) -> str:
        """The formula of the suppression that both curves show."""
        return next((curve.definition for curve in self.curves if curve.definition), "")

    def samples(self) -> tuple[DoseResponse, DoseResponse]:
        """Return the suppression of every co-culture well of both curves over the dose."""
        names = (
            f"reference {self.reference.group.batch_code}".strip(),
            f"test {self.test.group.batch_code}".strip(),
        )
        reference, test = (
            DoseResponse.of(
                name,
                [point.msc_per_responder for point in curve.points for _ in point.per_well],
                [percent for point in curve.points for percent in point.per_well],
            )
            for name, curve in zip(names, self.curves, strict=True)
        )
        return reference, test

    def wells(self, readings: WellReadings) -> tuple[WellAddress, ...]:
        """Return the wells with a reading that the values of this mode rest on."""
        used: set[WellAddress] = set()
        for group in (self.reference.group, self.test.group):
            used |= {*group.stimulated}
            if self.mode in {BackgroundMode.UNSTIM, BackgroundMode.FULL}:
                used |= {*group.unstimulated}
            if self.mode is BackgroundMode.BLANK:
                used |= {*group.blank}
            for dose in group.doses:
                used |= {*dose.coculture}
                if self.mode is BackgroundMode.FULL:
                    used |= {*dose.coculture_unstimulated, *dose.msc_alone}
        return readings.usable(sorted(used))


def _values(pair: _Pair, readings: WellReadings, settings: AnalysisSettings) -> list[AssayValue]:
    make = _Maker(pair.key, pair.against, pair.wells(readings))
    if pair.why_not:
        definition = _definition(pair, settings)
        return [make.value(*_POTENCY, definition, ValueStatus.UNDEFINED, reason=pair.why_not)]
    found = relative_potency(
        *pair.samples(), limits=_limits(settings), confidence=settings.confidence
    )
    values = [_potency(make, found, _definition(pair, settings))]
    values += [_comparison(make, one, found) for one in found.comparisons if one.limits]
    if found.estimate is None:
        values += _instead(make, pair, settings)
    return values


_POTENCY = ("relative_potency", "Relative potency {against}", _FOLD)


def _limits(settings: AnalysisSettings) -> SimilarityLimits:
    points = settings.similarity_points
    return SimilarityLimits(
        hill_ratio=settings.similarity_slope_ratio,
        y_zero_difference=(-points, points),
        y_inf_difference=(-points, points),
    )


def _definition(pair: _Pair, settings: AnalysisSettings) -> str:
    low, high = settings.similarity_slope_ratio
    points = settings.similarity_points
    is_full = pair.mode is BackgroundMode.FULL
    errors = _ERROR_OF_OWN_BACKGROUND if is_full else _ERROR_OF_SHARED_CONTROLS
    return (
        "RP = ec50 of the reference / ec50 of the test, 4PL curves with the same plateaus and "
        "slope through all co-culture wells; above 1 the test batch is more potent. "
        f"{pair.formula}. Given only if the curves have one shape: 90 % intervals of the slope "
        f"ratio within {low:g} to {high:g} and of both plateau differences within ±{points:g} "
        f"points. {errors}. It speaks of one plate, not of runs or donors."
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the values of one pair, which share key, reference and wells."""

    key: ValueKey
    against: str
    wells: tuple[WellAddress, ...]

    def value(
        self,
        name: str,
        title: str,
        unit: str,
        definition: str,
        status: ValueStatus,
        *,
        number: float | None = None,
        se: float | None = None,
        ends: Interval | None = None,
        interval: str = "",
        reason: str = "",
    ) -> AssayValue:
        low, high = (None, None) if ends is None else (ends.low, ends.high)
        return AssayValue(
            key=self.key,
            name=name,
            title=title.format(against=self.against),
            unit=unit,
            status=status,
            value=number,
            se=se,
            low=low,
            high=high,
            reason=reason,
            interval=interval,
            definition=definition,
            wells=self.wells,
        )


def _potency(make: _Maker, found: RelativePotency, definition: str) -> AssayValue:
    status, estimate = _STATUSES[found.status], found.estimate
    if estimate is None:
        return make.value(*_POTENCY, definition, status, reason=found.reason)
    return make.value(
        *_POTENCY,
        definition,
        status,
        number=estimate.value,
        se=estimate.value * estimate.se_ln,
        ends=estimate.log_interval,
        interval=_interval_words(estimate, found.common.degrees_of_freedom),
    )


def _interval_words(estimate: PotencyEstimate, degrees_of_freedom: int) -> str:
    words = (
        f"{100 * estimate.confidence:g} %, delta method on the log, Student's t with "
        f"{degrees_of_freedom} degrees of freedom; by profile likelihood {estimate.profile}, by "
        f"Fieller {estimate.fieller}"
    )
    reasons = [
        one.reason
        for one in (estimate.log_interval, estimate.profile, estimate.fieller)
        if one.reason
    ]
    return "; ".join([words, *dict.fromkeys(reasons)])


_COMPARISONS: Mapping[str, tuple[str, str, str]] = {
    "hill": ("slope_ratio", "Slope ratio {against}", _FOLD),
    "y_zero_difference": (
        "plateau_at_no_msc_difference",
        "Difference of the fitted plateaus without MSC {against}",
        _POINTS,
    ),
    "y_inf_difference": (
        "plateau_at_high_msc_difference",
        "Difference of the fitted plateaus at high MSC {against}",
        _POINTS,
    ),
}


def _comparison(make: _Maker, one: ShapeComparison, found: RelativePotency) -> AssayValue:
    """Return one comparison of shape with the interval that was held against the limits."""
    separate = found.separate
    df = separate.degrees_of_freedom if separate else 0
    return make.value(
        *_COMPARISONS[one.name],
        f"{one.title}, from separate 4PL fits with one residual variance. {one}",
        ValueStatus.OK,
        number=one.estimate.value,
        ends=one.interval,
        interval=(
            f"{100 * one.confidence:g} %, delta method{_on_log(one)}, Student's t with {df} "
            "degrees of freedom"
        ),
    )


def _on_log(one: ShapeComparison) -> str:
    return " on the log" if one.name == "hill" else ""


def _instead(make: _Maker, pair: _Pair, settings: AnalysisSettings) -> Sequence[AssayValue]:
    """Return what can be said of curves that are not shown to have one shape."""
    anchor, confidence = settings.anchor_msc_per_responder, settings.confidence
    place = f"MSC:responder {ratio_text(anchor)}"
    difference = suppression_difference(*pair.curves, anchor, confidence=confidence)
    ratio = area_ratio(*pair.curves, confidence=confidence)
    return [
        _summary(
            make,
            difference,
            f"Difference of suppression at {place} {{against}} ({NOT_A_POTENCY})",
            _POINTS,
            f"suppression of the test minus that of the reference at {place}, in points; it "
            f"depends on the dose and is {NOT_A_POTENCY}. {pair.formula}",
        ),
        _summary(
            make,
            ratio,
            f"Ratio of mean suppression {{against}} ({NOT_A_POTENCY})",
            _FOLD,
            "nAUC of the test / nAUC of the reference over log10 dose, on the doses that both "
            f"cover; it depends on these doses and is {NOT_A_POTENCY}. {pair.formula}",
        ),
    ]


def _summary(make: _Maker, summary: Summary, title: str, unit: str, definition: str) -> AssayValue:
    status = ValueStatus.UNDEFINED if summary.value is None else ValueStatus.OK
    return make.value(
        summary.name,
        title,
        unit,
        definition,
        status,
        number=summary.value,
        ends=Interval(summary.low, summary.high),
        interval=summary.interval,
        reason=summary.reason,
    )
