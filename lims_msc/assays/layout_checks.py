"""Checks of a layout before anything is measured: roles, controls, doses and replicates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lims_msc.assays.curve_checks import large_dose
from lims_msc.assays.curve_groups import CurveGroup, controls_in_words, group_curves, undosed
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress

_UNMEASURED = WellReadings({})
CHECKS = (
    Check("role_missing", Level.ERROR, "a role that the assay needs has no well"),
    Check("dose_missing", Level.ERROR, "a co-culture well has no dose, or the dose 'no MSC'"),
    Check(
        "conditioned_medium", Level.WARNING, "a conditioned medium is no dose: it is in no curve"
    ),
    Check("floor_missing", Level.WARNING, "no unstimulated responders"),
    Check("batch_missing", Level.WARNING, "co-culture wells name no batch"),
    Check("edge_only", Level.WARNING, "a condition stands in outer wells only, others do not"),
)


def check_curves(layout: PlateLayout) -> list[Finding]:
    """Return what is wrong or doubtful about the curves that a layout plans."""
    findings = undosed_findings(undosed(layout), _UNMEASURED)
    groups = group_curves(layout)
    findings += _missing_controls(groups)
    for group in groups:
        findings += _check_group(group)
    return findings + _edges(layout, groups)


def missing_roles(layout: PlateLayout, required: Iterable[WellRole]) -> list[Finding]:
    """Return an error for each role that has no well."""
    return [
        Finding(
            Level.ERROR,
            "role_missing",
            f"The layout has no well with the role '{role}' ({role.meaning}).",
            hint="Paint at least two such wells.",
        )
        for role in required
        if not layout.with_role(role)
    ]


def undosed_findings(contents: Iterable[WellContent], readings: WellReadings) -> list[Finding]:
    """Return an error for each co-culture well whose dose is missing or zero.

    Conditioned medium has none and needs none: it is named, and belongs to no curve.
    """
    findings = []
    for content in contents:
        if content.dose is None and content.is_conditioned_medium:
            findings.append(
                readings.finding(
                    Level.WARNING,
                    "conditioned_medium",
                    f"'{content.treatment}' is no ratio of cells: this well stands on no axis of "
                    "doses, and this assay computes nothing from it.",
                    wells=[content.well],
                )
            )
            continue
        if content.dose is None:
            message = f"This {content.role} well has no dose and is left out."
            hint = "Give it the numbers of MSC and responders."
        else:
            message = f"This {content.role} well has the dose 'no MSC' and is left out."
            hint = f"A well of stimulated responders without MSC has the role {WellRole.RESP_STIM}."
        findings.append(
            readings.finding(Level.ERROR, "dose_missing", message, hint=hint, wells=[content.well])
        )
    return findings


def _missing_controls(groups: Iterable[CurveGroup]) -> list[Finding]:
    without = sorted({group.control_key for group in groups if not group.stimulated})
    return [
        Finding(
            Level.ERROR,
            "controls_missing",
            f"There is no stimulated control (RESP_STIM) with {controls_in_words(key)}.",
            hint="Co-culture and control must name the same responder, stimulus and treatment.",
        )
        for key in without
    ]


def _edges(layout: PlateLayout, groups: Sequence[CurveGroup]) -> list[Finding]:
    """Return a warning about conditions that stand in outer wells only, where others do not."""
    conditions = {
        f"RESP_STIM with {controls_in_words(group.control_key)}": group.stimulated
        for group in groups
    } | {
        f"MSC:responder {ratio_text(dose.msc_per_responder)} of {group}": dose.coculture
        for group in groups
        for dose in group.doses
    }
    outer = [
        name
        for name, wells in conditions.items()
        if len(wells) > 1 and all(_is_outer(layout, well) for well in wells)
    ]
    if layout.plate_format < PlateFormat.WELLS_96 or len(outer) in {0, len(conditions)}:
        return []
    return [
        Finding(
            Level.WARNING,
            "edge_only",
            f"These conditions stand in outer wells only, others do not: {'; '.join(outer)}.",
            hint="Outer wells dry out: leave them, or give every condition some of them.",
            well=", ".join(str(well) for name in outer for well in conditions[name]),
        )
    ]


def _is_outer(layout: PlateLayout, well: WellAddress) -> bool:
    plate = layout.plate_format
    return well.row in {1, plate.rows} or well.column in {1, plate.columns}


def _check_group(group: CurveGroup) -> list[Finding]:
    findings = []
    if not group.unstimulated:
        findings.append(
            Finding(
                Level.WARNING,
                "floor_missing",
                f"There are no unstimulated responders (RESP_UNSTIM) for {group}.",
                hint="Without them it cannot be seen whether the stimulation worked.",
            )
        )
    if not group.batch_code:
        findings.append(
            Finding(
                Level.WARNING,
                "batch_missing",
                f"Co-culture wells of {group} name no batch.",
                well=", ".join(str(well) for dose in group.doses for well in dose.coculture),
            )
        )
    for dose in group.doses:
        place = f"MSC:responder {ratio_text(dose.msc_per_responder)}"
        if len(dose.coculture) == 1:
            findings.append(
                Finding(
                    Level.WARNING,
                    "single_replicate",
                    f"'{place}' of {group} has one well only, so it has no standard error.",
                    hint="Plan at least two wells for each dose, better three.",
                    well=str(dose.coculture[0]),
                )
            )
        if dose.is_probably_reversed:
            findings.append(large_dose(place, dose.coculture, _UNMEASURED))
    return findings
