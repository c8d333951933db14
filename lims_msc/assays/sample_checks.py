"""Checks of samples and quality controls of a standard-curve plate (DOMAIN 2.5)."""

from __future__ import annotations

from collections.abc import Sequence

from lims_msc.assays.assay_values import key_in_words
from lims_msc.assays.concentrations import Joined, Measured, recovery_of
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.values import ValueStatus

CHECKS = (
    Check("dilution_missing", Level.ERROR, "a sample states no dilution: no concentration"),
    Check("sample_without_reading", Level.WARNING, "no well of a sample has a reading"),
    Check("concentration_censored", Level.NOTE, "outside the range of the standards: a bound"),
    Check("sample_precision", Level.WARNING, "CV of duplicate concentrations above 20 % (25 %)"),
    Check("single_well", Level.NOTE, "one well of a sample: its precision is not known"),
    Check("dilutions_disagree", Level.WARNING, "dilutions of a sample differ by more than 20 %"),
    Check("control_recovery", Level.WARNING, "quality control outside 80 to 120 % of its value"),
)
_LOWEST_RECOVERY, _HIGHEST_RECOVERY = 80.0, 120.0
_LARGEST_DIFFERENCE_PERCENT = 20.0


def check_samples(measured: Sequence[Measured], readings: WellReadings, unit: str) -> list[Finding]:
    """Return what is wrong or doubtful about samples and quality controls."""
    findings = []
    for one in measured:
        findings += _missing(one, readings)
        findings += _precision(one, readings)
        findings += _censored(one, readings, unit)
        findings += _control(one, readings)
    return findings


def check_dilutions(joined: Sequence[Joined], readings: WellReadings) -> list[Finding]:
    """Return a warning about samples whose dilutions give different concentrations."""
    findings = []
    for one in joined:
        known = [part.report.value for part in one.parts if part.report.value is not None]
        if len(known) < 2:
            continue
        difference = 100 * (max(known) - min(known)) * len(known) / sum(known)
        if difference > _LARGEST_DIFFERENCE_PERCENT:
            findings.append(
                readings.finding(
                    Level.WARNING,
                    "dilutions_disagree",
                    f"The dilutions of {key_in_words(one.sample.key)} differ by "
                    f"'{difference:.0f} %': a factor may be wrong, or the sample disturbs the "
                    "assay.",
                    wells=[well for part in one.parts for well in part.sample.wells],
                )
            )
    return findings


def msc_alone_missing(layout: PlateLayout, readings: WellReadings) -> list[Finding]:
    """Return a warning for MSC whose own secretion was not measured."""
    samples = layout.with_role(WellRole.SAMPLE)
    alone = {(c.batch_code, c.priming) for c in samples if c.sample_of is WellRole.MSC_ALONE}
    with_msc = sorted(
        {
            (c.batch_code, c.priming)
            for c in samples
            if c.sample_of in {WellRole.COCULT, WellRole.REF_MSC}
        }
        - alone
    )
    return [
        readings.finding(
            MSC_ALONE.level,
            MSC_ALONE.code,
            f"There is no sample of MSC alone of batch '{batch}'"
            f"{f', {priming}' if priming else ''}: what they make themselves is not known.",
            hint="Measure supernatants of MSC alone (MSC_ALONE) on the same plate.",
        )
        for batch, priming in with_msc
    ]


MSC_ALONE = Check("msc_alone_missing", Level.WARNING, "no sample of the same MSC alone")


def _missing(one: Measured, readings: WellReadings) -> list[Finding]:
    content = one.sample.content
    if content.dilution_factor is None and not one.sample.is_control:
        return [
            readings.finding(
                Level.ERROR,
                "dilution_missing",
                f"The sample {one.sample} states no dilution, so it has no concentration.",
                hint="Write 1 for an undiluted sample.",
                wells=one.sample.wells,
            )
        ]
    if readings.usable(one.sample.wells):
        return []
    return [
        readings.finding(
            Level.WARNING,
            "sample_without_reading",
            f"No well of the sample {one.sample} has a reading.",
            wells=one.sample.wells,
        )
    ]


def _precision(one: Measured, readings: WellReadings) -> list[Finding]:
    is_single = len(readings.usable(one.sample.wells)) == 1
    return [
        readings.finding(
            Level.NOTE if is_single else Level.WARNING,
            "single_well" if is_single else "sample_precision",
            f"{one.sample}: {warning}.",
            wells=readings.usable(one.sample.wells),
        )
        for warning in one.report.warnings
    ]


def _censored(one: Measured, readings: WellReadings, unit: str) -> list[Finding]:
    sides = {ValueStatus.BELOW_RANGE: "less", ValueStatus.ABOVE_RANGE: "more"}
    if one.report.status not in sides:
        return []
    side = sides[one.report.status]
    hint = "Measure it at another dilution." if side == "more" else ""
    return [
        readings.finding(
            Level.NOTE,
            "concentration_censored",
            f"{one.sample} holds {side} than '{one.report.bound:.4g} {unit}': a bound, no number.",
            hint=hint,
            wells=readings.usable(one.sample.wells),
        )
    ]


def _control(one: Measured, readings: WellReadings) -> list[Finding]:
    recovery = recovery_of(one)
    if recovery is None or recovery.value is None:
        return []
    if _LOWEST_RECOVERY <= recovery.value <= _HIGHEST_RECOVERY:
        return []
    return [
        readings.finding(
            Level.WARNING,
            "control_recovery",
            f"The quality control {one.sample} reads '{recovery.value:.1f} %' of its stated "
            f"concentration, outside {_LOWEST_RECOVERY:g} to {_HIGHEST_RECOVERY:g} %.",
            hint="Standards, dilutions or the kit may be wrong: no sample of this plate is better.",
            wells=one.sample.wells,
        )
    ]
