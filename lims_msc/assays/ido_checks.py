"""Checks of an IDO activity plate: medium, volumes, cells, resting MSC, tryptophan (DOMAIN 2.6)."""

from __future__ import annotations

from collections.abc import Sequence

from lims_msc.assays import control_checks, sample_checks, standard_checks
from lims_msc.assays.ido_groups import IdoCondition, resting_twin
from lims_msc.assays.ido_values import MICROMOLAR, NO_MEDIUM, Ido
from lims_msc.assays.signal_checks import NEGATIVE, SATURATED, TRAP
from lims_msc.assays.well_readings import WELL_LEFT_OUT, WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout

UNIT = Check("unit_not_micromolar", Level.ERROR, "the standards are not in µM")
TRYPTOPHAN_OF_RPMI_MICROMOLAR = 25.0
_SHARE_OF_TRYPTOPHAN = 0.8
CHECKS = (
    Check("role_missing", Level.ERROR, "a role that the assay needs has no well"),
    Check("medium_missing", Level.ERROR, "no sample of medium without cells (BLANK)"),
    UNIT,
    Check("culture_conditions_missing", Level.ERROR, "no supernatant volume or hours of culture"),
    Check("cells_missing", Level.ERROR, "a sample does not state its MSC per well"),
    Check("resting_missing", Level.NOTE, "no resting MSC of the same batch: no induction"),
    Check(
        "kynurenine_doubtful", Level.WARNING, "less kynurenine than medium, or medium below range"
    ),
    Check("tryptophan_limit", Level.NOTE, "kynurenine above 80 % of the tryptophan of RPMI, 25 µM"),
    WELL_LEFT_OUT,
    NEGATIVE,
    SATURATED,
    TRAP,
    *standard_checks.LINE_CHECKS,
    *sample_checks.CHECKS,
    *(check for check in control_checks.CHECKS if check.code.startswith("replicate_cv")),
)


def check_ido_layout(layout: PlateLayout, readings: WellReadings) -> list[Finding]:
    """Return what the plate must state for an activity, and does not."""
    findings = []
    unit = layout.conditions.concentration_unit
    if unit and unit != MICROMOLAR:
        findings.append(
            readings.finding(
                UNIT.level,
                UNIT.code,
                f"The standards are in '{unit}'; the activity is defined for kynurenine in "
                f"{MICROMOLAR}.",
                hint="Write the concentrations of the standards in µM.",
            )
        )
    missing = [
        title
        for title, stated in (
            ("Supernatant volume (mL)", layout.conditions.supernatant_volume_ml),
            ("Culture time (h)", layout.conditions.culture_hours),
        )
        if not stated
    ]
    if missing:
        named = " and ".join(f"'{title}'" for title in missing)
        findings.append(
            readings.finding(
                Level.ERROR,
                "culture_conditions_missing",
                f"An activity is kynurenine per hour and cells, but {named} "
                f"{'is' if len(missing) == 1 else 'are'} empty.",
                hint="Fill it on the sheet 'Plate': 0.2 for a well of 200 µL, 24 for a day.",
            )
        )
    return findings


def check_conditions(conditions: Sequence[IdoCondition], readings: WellReadings) -> list[Finding]:
    """Return what is missing of the samples with MSC."""
    findings = []
    for condition in conditions:
        wells = condition.wells
        if not condition.medium:
            findings.append(
                readings.finding(
                    Level.ERROR,
                    "medium_missing",
                    f"{condition}: {NO_MEDIUM}.",
                    hint="Measure medium as a sample of BLANK.",
                    wells=wells,
                )
            )
        if not condition.content.msc_cells_per_well:
            findings.append(
                readings.finding(
                    Level.ERROR,
                    "cells_missing",
                    f"{condition} does not state its MSC per well, so it has no activity.",
                    hint="Write the MSC that were counted, at the end of the culture if possible.",
                    wells=wells,
                )
            )
        if condition.is_primed and resting_twin(condition, conditions) is None:
            findings.append(
                readings.finding(
                    Level.NOTE,
                    "resting_missing",
                    f"There are no resting MSC to compare {condition} with, so no induction.",
                    wells=wells,
                )
            )
    return findings


def check_kynurenine(found: Sequence[Ido], readings: WellReadings) -> list[Finding]:
    """Return what to doubt about the kynurenine that MSC made."""
    findings = []
    for ido in found:
        wells = ido.condition.wells
        findings += [
            readings.finding(
                Level.WARNING,
                "kynurenine_doubtful",
                f"{ido.condition}: {warning}.",
                hint="The medium is subtracted as it was read, also where that is below the range.",
                wells=wells,
            )
            for warning in ido.difference.warnings
        ]
        made = ido.difference.value
        if made is not None and made > _SHARE_OF_TRYPTOPHAN * TRYPTOPHAN_OF_RPMI_MICROMOLAR:
            findings.append(
                readings.finding(
                    Level.NOTE,
                    "tryptophan_limit",
                    f"{ido.condition} made '{made:.3g} µM' of kynurenine; each needs a tryptophan, "
                    f"and RPMI holds about {TRYPTOPHAN_OF_RPMI_MICROMOLAR:g} µM: if it was used "
                    "up, strong batches are under-read.",
                    hint="Compare with the tryptophan at the start, or sample earlier.",
                    wells=wells,
                )
            )
    return findings
