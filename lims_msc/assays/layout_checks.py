"""Checks of a layout before anything is measured: roles, controls, doses and replicates."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.assays.curve_checks import large_dose
from lims_msc.assays.curve_groups import CurveGroup, controls_in_words, group_curves, undosed
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole

_UNMEASURED = WellReadings({})


def check_layout(layout: PlateLayout, required: Iterable[WellRole]) -> list[Finding]:
    """Return what is wrong or doubtful about a layout."""
    findings = [
        Finding(
            Level.ERROR,
            "role_missing",
            f"The layout has no well with the role '{role}' ({role.meaning}).",
            hint="Paint at least two such wells.",
        )
        for role in required
        if not layout.with_role(role)
    ]
    findings += undosed_findings(undosed(layout), _UNMEASURED)
    groups = group_curves(layout)
    findings += _missing_controls(groups)
    for group in groups:
        findings += _check_group(group)
    return findings


def undosed_findings(contents: Iterable[WellContent], readings: WellReadings) -> list[Finding]:
    """Return an error for each co-culture well whose dose is missing or zero."""
    findings = []
    for content in contents:
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
