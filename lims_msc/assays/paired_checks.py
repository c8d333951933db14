"""Checks of comparisons within responders: pairs, percentages, gates, number of responders."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.assays import control_checks
from lims_msc.assays.control_checks import cv_findings
from lims_msc.assays.curve_checks import large_dose
from lims_msc.assays.paired_groups import WITHOUT, Pair, PairedGroup, unpairable
from lims_msc.assays.readouts import Readout
from lims_msc.assays.signal_checks import FRACTION, IMPOSSIBLE, TRAP, fractions, impossible
from lims_msc.assays.well_readings import WELL_LEFT_OUT, WellReadings, lost_wells
from lims_msc.domain.assay import Check
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.science.comparison import SMALLEST_N

UNPAIRED = Check("pair_missing", Level.ERROR, "a responder has no well without MSC of its kind")
FEW = Check("few_responders", Level.NOTE, "fewer than three responders: no test over responders")
CHECKS = (
    Check("role_missing", Level.ERROR, "a role that the assay needs has no well"),
    Check("dose_missing", Level.ERROR, "a well with MSC has no dose and no conditioned medium"),
    UNPAIRED,
    Check("batch_missing", Level.WARNING, "wells with MSC name no batch"),
    Check("dose_probably_reversed", Level.WARNING, "more than two MSC per responder"),
    Check("conditioned_medium", Level.NOTE, "a conditioned medium is no ratio of cells"),
    FEW,
    WELL_LEFT_OUT,
    IMPOSSIBLE,
    FRACTION,
    *(check for check in control_checks.CHECKS if check.code.startswith("replicate_cv")),
    Check("fmo_missing", Level.NOTE, "no FMO or isotype control shows where the gate stands"),
    Check("fmo_high", Level.WARNING, "the FMO control reads as much as cells without MSC"),
    TRAP,
)


def check_pairs(
    layout: PlateLayout, groups: Iterable[PairedGroup], readings: WellReadings
) -> list[Finding]:
    """Return what is wrong or doubtful about the pairs of a plate."""
    findings = [
        readings.finding(
            Level.ERROR,
            "dose_missing",
            f"This {content.role} well has neither a dose nor a treatment and is left out.",
            hint="Give it the numbers of MSC and responders; for conditioned medium, name it as "
            "the treatment.",
            wells=[content.well],
        )
        for content in unpairable(layout)
    ]
    for group in groups:
        findings += _check_group(layout, group, readings)
    return findings + _gates(layout, readings)


def check_percentages(
    layout: PlateLayout, readings: WellReadings, readout: Readout
) -> list[Finding]:
    """Return what the readings of all used wells say about their unit, range and scatter."""
    roles = (*WITHOUT, *WITHOUT.values())
    wells = [content.well for content in layout.with_role(*roles)]
    return [
        *lost_wells(layout, readings, wells),
        *impossible(wells, readings, readout.limits.lowest, readout.limits.highest),
        *fractions(wells, readings),
        readings.finding(TRAP.level, TRAP.code, readout.trap),
    ]


def _check_group(layout: PlateLayout, group: PairedGroup, readings: WellReadings) -> list[Finding]:
    wells = [well for pair in group.pairs for well in pair.with_msc]
    findings = [finding for pair in group.pairs for finding in _check_pair(pair, readings)]
    if not group.key.batch_code:
        findings.append(
            readings.finding(
                Level.WARNING, "batch_missing", f"Wells of {group} name no batch.", wells=wells
            )
        )
    dose = layout.contents[wells[0]].dose
    if dose is not None and dose.is_probably_reversed:
        place = f"MSC:responder {ratio_text(dose.msc_per_responder)}"
        findings.append(large_dose(place, wells, readings))
    if group.is_conditioned_medium:
        findings.append(
            readings.finding(
                Level.NOTE,
                "conditioned_medium",
                f"'{group.key.treatment}' has no dose and is taken for conditioned medium, which "
                "is no ratio of cells: it stands on no axis of doses.",
                wells=wells,
            )
        )
    if len(group.pairs) < SMALLEST_N:
        findings.append(
            readings.finding(
                FEW.level,
                FEW.code,
                f"{group} has '{len(group.pairs)}' responders; a test over responders needs "
                f"{SMALLEST_N}.",
                hint="Wells are no responders: more wells do not help.",
            )
        )
    return findings


def _check_pair(pair: Pair, readings: WellReadings) -> list[Finding]:
    if not pair.without_msc:
        role = WITHOUT[pair.key.role]
        return [
            readings.finding(
                UNPAIRED.level,
                UNPAIRED.code,
                f"There is no well without MSC ({role}) to pair with {pair}.",
                hint="It must name the same responder, stimulus and treatment.",
                wells=pair.with_msc,
            )
        ]
    return [
        *cv_findings(f"{pair}", pair.with_msc, readings),
        *cv_findings(f"its pair without MSC ({pair})", pair.without_msc, readings),
    ]


def _gates(layout: PlateLayout, readings: WellReadings) -> list[Finding]:
    wells = [content.well for content in layout.with_role(WellRole.FMO)]
    if not wells:
        return [
            readings.finding(
                Level.NOTE,
                "fmo_missing",
                "There is no FMO or isotype control (FMO): nothing shows where the gate stands.",
            )
        ]
    background = readings.values(wells)
    control_wells = [c.well for c in layout.with_role(*WITHOUT.values())]
    cells = readings.values(control_wells)
    if not background or not cells or max(background) < sum(cells) / len(cells):
        return []
    return [
        readings.finding(
            Level.WARNING,
            "fmo_high",
            f"The FMO control reads up to '{max(background):.3g} %', no less than the cells "
            "without MSC: the gate holds background.",
            hint="Set the gate by the FMO control and export again.",
            wells=wells,
        )
    ]
