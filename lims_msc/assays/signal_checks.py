"""Checks of the readings themselves: can they be what the readout says, in the unit it says.

A finding of level *error* means that the readings are something else, and nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.assays.curve_groups import ROLES_USED
from lims_msc.assays.readouts import Readout
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.plate import WellAddress

IMPOSSIBLE = Check(
    "value_impossible", Level.ERROR, "a reading is outside what the readout can be at all"
)
FRACTION = Check(
    "fraction_not_percent", Level.WARNING, "no percentage is above 1: probably fractions"
)
NEGATIVE = Check(
    "negative_signals", Level.WARNING, "wells with cells or samples well below 0: subtracted twice"
)
SATURATED = Check("signal_saturated", Level.WARNING, "optical densities above 3 are not linear")
THOUSANDS = Check(
    "counts_in_thousands", Level.WARNING, "stimulated controls below 100 counts per minute"
)
TRAP = Check("readout_trap", Level.NOTE, "what this readout does not show")
CHECKS = (IMPOSSIBLE, FRACTION, NEGATIVE, SATURATED, THOUSANDS, TRAP)
_ROUNDING = 1e-9
_SCATTER = 0.005


def check_signals(layout: PlateLayout, readings: WellReadings, readout: Readout) -> list[Finding]:
    """Return what the readings of all wells that curves use say about their unit and range."""
    used = [content.well for content in layout.with_role(*ROLES_USED)]
    cells = [well for well in used if layout.contents[well].role is not WellRole.BLANK]
    findings = [
        *impossible(used, readings, readout.limits.lowest, readout.limits.highest),
        *saturated(used, readings, readout.limits.saturated_above),
        *_thousands(layout, readings, readout),
    ]
    if readout.is_percent:
        findings += fractions(cells, readings)
    if readout.is_bulk:
        findings += negative(cells, readings)
    if readout.trap:
        findings.append(readings.finding(TRAP.level, TRAP.code, readout.trap))
    return findings


def impossible(
    wells: Iterable[WellAddress],
    readings: WellReadings,
    lowest: float | None,
    highest: float | None,
) -> list[Finding]:
    """Return an error for each well whose reading this readout cannot have."""
    findings = []
    for well in readings.usable(wells):
        value = readings.value(well) or 0.0
        limit = None
        if lowest is not None and value < lowest - _ROUNDING:
            limit = f"below '{lowest:g}'"
        if highest is not None and value > highest + _ROUNDING:
            limit = f"above '{highest:g}'"
        if limit:
            findings.append(
                readings.finding(
                    IMPOSSIBLE.level,
                    IMPOSSIBLE.code,
                    f"'{value:g}' is {limit}, which this readout cannot be.",
                    hint="Check that the readout of the plate map is that of the file.",
                    wells=[well],
                )
            )
    return findings


def fractions(wells: Iterable[WellAddress], readings: WellReadings) -> list[Finding]:
    """Return a warning if no percentage is above 1."""
    wells = readings.usable(wells)
    largest = max(readings.values(wells), default=0.0)
    if not 0 < largest <= 1:
        return []
    return [
        readings.finding(
            FRACTION.level,
            FRACTION.code,
            f"The highest percentage is '{largest:g}': these values are probably fractions.",
            hint="Write 45 for 45 %, not 0.45.",
            wells=wells,
        )
    ]


def saturated(
    wells: Iterable[WellAddress], readings: WellReadings, limit: float | None
) -> list[Finding]:
    """Return a warning that names the wells whose optical density is too high to be linear."""
    if limit is None:
        return []
    high = [w for w in readings.usable(wells) if (readings.highest_reading(w) or 0.0) > limit]
    if not high:
        return []
    return [
        readings.finding(
            SATURATED.level,
            SATURATED.code,
            f"Wells with an optical density above '{limit:g}' are no longer linear: high signals "
            "look more alike than they are.",
            hint="Dilute, or read earlier.",
            wells=high,
        )
    ]


def negative(wells: Iterable[WellAddress], readings: WellReadings) -> list[Finding]:
    """Return a warning that names the wells with cells or samples that read well below zero.

    A zero standard or an empty well scatters around zero; what lies within half a percent of the
    highest reading is such scatter and says nothing about the blank.
    """
    wells = readings.usable(wells)
    noise = _SCATTER * max((abs(value) for value in readings.values(wells)), default=0.0)
    below = [well for well in wells if (readings.value(well) or 0.0) < -noise]
    if not below:
        return []
    lowest = min(readings.values(below))
    return [
        readings.finding(
            NEGATIVE.level,
            NEGATIVE.code,
            f"Wells read below zero, down to '{lowest:.4g}': blank or reference wavelength were "
            "probably subtracted twice, by the reader and again afterwards.",
            hint="Import what the reader measured.",
            wells=below,
        )
    ]


def _thousands(layout: PlateLayout, readings: WellReadings, readout: Readout) -> list[Finding]:
    smallest = readout.limits.smallest_control
    wells = readings.usable(c.well for c in layout.with_role(WellRole.RESP_STIM))
    if smallest is None or not wells or max(readings.values(wells)) >= smallest:
        return []
    return [
        readings.finding(
            THOUSANDS.level,
            THOUSANDS.code,
            f"No stimulated control is above '{max(readings.values(wells)):g}' counts per minute: "
            "these are probably thousands of counts.",
            hint="Import counts per minute.",
            wells=wells,
        )
    ]
