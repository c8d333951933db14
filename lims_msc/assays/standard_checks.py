"""Checks of standards and blanks: unit, direction, order, recovery, and the blank (DOMAIN 2.5).

A finding of level *error* means that nothing is read back from these standards.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from lims_msc.assays.control_checks import cv_findings
from lims_msc.assays.standards import Standards
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellRole

UNIT_MISSING = Check("unit_missing", Level.ERROR, "the plate states no unit of concentrations")
DIRECTION = Check(
    "direction_wrong", Level.ERROR, "the curve falls for a sandwich kit, or rises for a competitive"
)
NO_RANGE = Check("standards_unusable", Level.ERROR, "no curve or line, or no accepted standards")
UNLABELLED = Check("standard_unlabelled", Level.WARNING, "a standard states no concentration")
CHECKS = (
    UNIT_MISSING,
    UNLABELLED,
    DIRECTION,
    NO_RANGE,
    Check(
        "standards_out_of_order", Level.WARNING, "signals of standards do not follow their order"
    ),
    Check("standard_rejected", Level.WARNING, "recovery beyond ±20 %; ±25 % at both limits"),
    Check("curve_doubtful", Level.WARNING, "the highest standard turns back"),
    Check("lack_of_fit", Level.WARNING, "standards deviate from the curve by more than replicates"),
    Check("blank_misplaced", Level.ERROR, "the blank reads more than the highest standard"),
    Check("blank_high", Level.WARNING, "the blank is not beyond the lowest standard"),
)
LINE_CHECKS = tuple(
    c for c in CHECKS if c.code not in {DIRECTION.code, "curve_doubtful", "lack_of_fit"}
)
UNIT_CHECK = Check("unit_implausible", Level.WARNING, "the highest standard suits another unit")
_PICOGRAMS_PER_ML: Mapping[str, float] = {
    "pg/mL": 1.0,
    "ng/mL": 1e3,
    "µg/mL": 1e6,
    "mg/mL": 1e9,
}
_LACK_OF_FIT_P = 0.01
_NOISE_SHARE = 0.05


def check_labels(layout: PlateLayout, readings: WellReadings) -> list[Finding]:
    """Return findings where the plate does not say what its standards hold, and in which unit."""
    findings = [
        readings.finding(
            UNLABELLED.level,
            UNLABELLED.code,
            "This STD well states no concentration and is left out.",
            hint="Write what the standard holds; 0 for the zero standard.",
            wells=[content.well],
        )
        for content in layout.with_role(WellRole.STD)
        if content.standard_concentration is None
    ]
    if layout.conditions.concentration_unit:
        return findings
    return [
        *findings,
        readings.finding(
            UNIT_MISSING.level,
            UNIT_MISSING.code,
            "The plate states no unit of concentrations, so a concentration would mean nothing.",
            hint="Write the unit of the standards, such as pg/mL, on the sheet Plate.",
        ),
    ]


def check_magnitude(
    standards: Standards, readings: WellReadings, plausible: tuple[float, float]
) -> list[Finding]:
    """Return a warning if the highest standard (pg/mL) is not what such kits have."""
    unit, top = standards.result.unit, max(standards.wells, default=0.0)
    factor = _PICOGRAMS_PER_ML.get(unit)
    if factor is None or top <= 0 or plausible[0] <= top * factor <= plausible[1]:
        return []
    return [
        readings.finding(
            UNIT_CHECK.level,
            UNIT_CHECK.code,
            f"The highest standard is '{top:g} {unit}', which such kits do not have.",
            hint="Check the unit: pg/mL and ng/mL are easily mixed up.",
            wells=standards.wells[top],
        )
    ]


def check_direction(
    standards: Standards, readings: WellReadings, *, is_competitive: bool
) -> list[Finding]:
    """Return an error if the curve runs against the kind of the kit."""
    if standards.reason or standards.is_falling is is_competitive:
        return []
    there, kind = ("falls", "sandwich") if standards.is_falling else ("rises", "competitive")
    return [
        readings.finding(
            DIRECTION.level,
            DIRECTION.code,
            f"The signal {there} with the concentration of the standards, but this is a {kind} "
            "kit.",
            hint="Check the readout and the concentrations of the standards.",
            wells=[well for wells in standards.wells.values() for well in wells],
        )
    ]


def check_standards(standards: Standards, readings: WellReadings) -> list[Finding]:
    """Return what is wrong or doubtful about the standards."""
    wells = [well for of_level in standards.wells.values() for well in of_level]
    findings = [
        finding
        for level, of_level in standards.wells.items()
        for finding in cv_findings(f"standard {level:g}", of_level, readings)
    ]
    findings += _order(standards, readings)
    if standards.reason:
        findings.append(
            readings.finding(
                NO_RANGE.level,
                NO_RANGE.code,
                f"Nothing can be read from the standards: {standards.reason}.",
                wells=wells,
            )
        )
    findings += _rejected(standards, readings)
    findings += [
        readings.finding(
            Level.WARNING, "curve_doubtful", f"The standard curve: {warning}.", wells=wells
        )
        for warning in standards.result.warnings
    ]
    p = standards.result.fit.lack_of_fit_p
    if p is not None and p < _LACK_OF_FIT_P:
        findings.append(
            readings.finding(
                Level.WARNING,
                "lack_of_fit",
                f"The standards deviate from the curve by more than their replicates (p = '{p:.2g}"
                "'): the curve has another shape, or a standard is wrong.",
                wells=wells,
            )
        )
    return findings


def check_blank(layout: PlateLayout, standards: Standards, readings: WellReadings) -> list[Finding]:
    """Return what is wrong if the blank reads no less than the standards above zero.

    On a falling curve the blank stands for nonspecific binding, below every standard too.
    """
    wells = readings.usable(content.well for content in layout.with_role(WellRole.BLANK))
    blank = readings.values(wells)
    known = [
        sum(values) / len(values)
        for level, of_level in sorted(standards.wells.items())
        if level > 0 and (values := readings.values(of_level))
    ]
    if not blank or not known or sum(blank) / len(blank) < min(known):
        return []
    mean = sum(blank) / len(blank)
    rises = known[-1] > known[0]
    if rises and mean > max(known):
        return [
            readings.finding(
                Level.ERROR,
                "blank_misplaced",
                f"The blank reads '{mean:.4g}', more than every standard ('{max(known):.4g}' at "
                "most): blank and standards do not stand where the plate map says.",
                hint="Look whether the standards are shifted by a row or a column.",
                wells=wells,
            )
        ]
    hint = "Blanks are not subtracted; check washing and the layout."
    if not rises:
        hint += " In a competitive kit the zero standard (B0) is a STD of 0, and no BLANK."
    return [
        readings.finding(
            Level.WARNING,
            "blank_high",
            f"The blank reads '{mean:.4g}', no less than the lowest signal of a standard "
            f"('{min(known):.4g}').",
            hint=hint,
            wells=wells,
        )
    ]


def _order(standards: Standards, readings: WellReadings) -> list[Finding]:
    """Return a warning about neighbouring standards whose signals are the wrong way round."""
    means = [
        (level, sum(values) / len(values))
        for level, wells in standards.wells.items()
        if (values := readings.values(wells))
    ]
    if len(means) < 3:
        return []
    rises = sum(1 if b[1] > a[1] else -1 for a, b in pairwise(means)) > 0
    span = max(mean for _, mean in means) - min(mean for _, mean in means)
    # The highest standard may turn back by a hook effect, which has a warning of its own.
    wrong = [
        (low, high)
        for low, high in pairwise(means[:-1])
        if (low[1] - high[1] if rises else high[1] - low[1]) > _NOISE_SHARE * span
    ]
    return [
        readings.finding(
            Level.WARNING,
            "standards_out_of_order",
            f"The standards '{low[0]:g}' and '{high[0]:g}' read '{low[1]:.4g}' and "
            f"'{high[1]:.4g}', against the order of the others: they may be swapped.",
            wells=(*standards.wells[low[0]], *standards.wells[high[0]]),
        )
        for low, high in wrong
    ]


def _rejected(standards: Standards, readings: WellReadings) -> list[Finding]:
    rejected = [
        level
        for level in standards.result.levels
        if not level.is_accepted and level.concentration > 0
    ]
    if not rejected:
        return []
    listed = "; ".join(
        f"{level.concentration:g}: {level.recovery_percent:.1f} %"
        if level.recovery_percent is not None
        else f"{level.concentration:g}: {level.reason}"
        for level in rejected
    )
    return [
        readings.finding(
            Level.WARNING,
            "standard_rejected",
            f"Standards are not read back within ±20 % (±25 % at both limits): '{listed}'.",
            hint="They bound no range: samples near them are given as bounds.",
            wells=[well for level in rejected for well in level.wells],
        )
    ]
