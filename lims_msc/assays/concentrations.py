"""Concentrations of samples as values: numbers in the range of the standards, bounds outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lims_msc.assays.samples import Culture, Sample
from lims_msc.assays.standards import Standards
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.science.reading_back import ReadBack, Reportable, reportable

NO_DILUTION = "the dilution of this sample is not stated, so what it held is not known"
NO_READING = "no well of this sample has a reading"
BETWEEN = "one dilution is above the range and another below it; measure one between them"


@dataclass(frozen=True, slots=True)
class Measured:
    """A sample at one dilution with what the standards say about it."""

    sample: Sample
    report: Reportable
    read: ReadBack | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A sample with all its dilutions, and what they say together."""

    parts: tuple[Measured, ...]
    report: Reportable

    @property
    def sample(self) -> Sample:
        """The sample at its first dilution."""
        return self.parts[0].sample


def measure(
    sample: Sample, standards: Standards, readings: WellReadings, confidence: float, blocked: str
) -> Measured:
    """Return the concentration of a sample at one dilution.

    ``blocked`` says why nothing can be read from these standards.
    """
    signals = readings.values(sample.wells)
    dilution = sample.content.dilution_factor
    if dilution is None and sample.is_control:
        dilution = 1.0
    for reason in (blocked, "" if signals else NO_READING, "" if dilution else NO_DILUTION):
        if reason:
            return Measured(sample, Reportable(ValueStatus.WITHHELD, reason=reason))
    read = standards.fit.read_back(signals, dilution_factor=dilution or 1.0, confidence=confidence)
    return Measured(sample, reportable(read, standards.limits), read)


def join(measured: Sequence[Measured]) -> tuple[Joined, ...]:
    """Return each sample once, in the order of its first dilution on the plate."""
    parts: dict[tuple[object, ...], list[Measured]] = {}
    for one in measured:
        parts.setdefault(one.sample.identity, []).append(one)
    return tuple(Joined(tuple(found), _together(found)) for found in parts.values())


def cultures_of(joined: Sequence[Joined]) -> list[Culture]:
    """Return the concentration of each sample for the culture that it was taken from.

    Where one of several replicate cultures is out of range, none of them has a number: the mean of
    the others would be too high or too low.
    """
    censored = {one.sample.condition for one in joined if one.report.bound is not None}
    return [
        Culture(
            one.sample.content,
            None if one.sample.condition in censored else one.report.value,
        )
        for one in joined
    ]


def values_of(joined: Joined, analyte: str, unit: str, how: str) -> list[AssayValue]:
    """Return the concentration of a sample; with several dilutions, also that of each."""
    if len(joined.parts) == 1:
        return [_value(joined.sample, joined.report, analyte, unit, how)]
    each = [
        replace(
            _value(one.sample, one.report, analyte, unit, how),
            name=f"concentration_diluted_{one.sample.dilution.replace(' ', '_')}",
            title=f"Concentration of {analyte}, from the dilution {one.sample.dilution}",
        )
        for one in joined.parts
    ]
    together = _value(joined.sample, joined.report, analyte, unit, how)
    wells = tuple(sorted(well for one in joined.parts for well in one.sample.wells))
    return [replace(together, wells=wells, definition=f"mean of dilutions in range; {how}"), *each]


def recovery_of(measured: Measured) -> AssayValue | None:
    """Return what was found of the stated concentration of a quality control, in percent."""
    nominal = measured.sample.content.standard_concentration
    if not measured.sample.is_control or not nominal or measured.report.value is None:
        return None
    return AssayValue(
        key=measured.sample.key,
        name="recovery",
        title="Recovery of the quality control",
        unit="%",
        status=ValueStatus.OK,
        value=100 * measured.report.value / nominal,
        definition="100 · measured/stated concentration",
        wells=measured.sample.wells,
    )


def _value(sample: Sample, report: Reportable, analyte: str, unit: str, how: str) -> AssayValue:
    has_interval = report.low is not None or report.high is not None
    return AssayValue(
        key=sample.key,
        name="concentration",
        title=f"Concentration of {analyte}",
        unit=unit,
        status=report.status,
        value=report.value,
        se=report.se,
        low=report.low,
        high=report.high,
        bound=report.bound,
        reason=report.reason,
        interval="error of the standard curve and of the reading" if has_interval else "",
        definition=how,
        wells=sample.wells,
    )


def _together(parts: Sequence[Measured]) -> Reportable:
    reports = [one.report for one in parts]
    known = [report for report in reports if report.value is not None]
    if len(known) == 1:
        return known[0]
    if known:
        mean = sum(report.value or 0.0 for report in known) / len(known)
        return Reportable(ValueStatus.OK, value=mean)
    bounded = [report for report in reports if report.bound is not None]
    sides = {report.status for report in bounded}
    if len(sides) > 1:
        return Reportable(ValueStatus.UNDEFINED, reason=BETWEEN)
    if sides == {ValueStatus.BELOW_RANGE}:
        return min(bounded, key=lambda report: report.bound or 0.0)
    if sides == {ValueStatus.ABOVE_RANGE}:
        return max(bounded, key=lambda report: report.bound or 0.0)
    return reports[0]
