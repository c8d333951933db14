"""Checks of the controls of a plate: are they there, were the responders stimulated, is it even.

The limits are the defaults of DOMAIN 3.5.  A finding of level *error* means that no suppression is
computed from these controls.
"""

from __future__ import annotations

from collections.abc import Sequence

from lims_msc.assays.curve_groups import CurveGroup, Wells, controls_in_words
from lims_msc.assays.outlier_checks import outlier_findings
from lims_msc.assays.readouts import Readout
from lims_msc.assays.well_readings import WellReadings, neighbourhoods
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.plate import WellAddress
from lims_msc.science.quality import cv_percent, drift_percent, stimulation_index, z_prime
from lims_msc.science.suppression import CONTROL_TOO_LOW

MISSING = "controls_missing"
CV_WARN, CV_FAIL = 20.0, 35.0
Z_PRIME_WARN, Z_PRIME_FAIL = 0.4, 0.0
DRIFT_WARN = 15.0
CHECKS = (
    Check(MISSING, Level.ERROR, "no stimulated control of the same kind has a reading"),
    Check("stimulation_failed", Level.ERROR, "stimulated not above unstimulated, or SI below 2"),
    Check("already_normalised", Level.ERROR, "all stimulated controls are exactly 100 or 1"),
    Check("control_overflow", Level.WARNING, "stimulated controls too bright for the reader"),
    Check("single_control", Level.WARNING, "one control well only: no standard error"),
    Check("stimulation_weak", Level.WARNING, "SI below 5; BrdU 3; ³H-thymidine with PHA 10"),
    Check("z_prime_failed", Level.WARNING, "Z′ below 0"),
    Check("z_prime_low", Level.WARNING, "Z′ below 0.4"),
    Check("few_divided_failed", Level.WARNING, "% divided of the stimulated control below 20"),
    Check("few_divided", Level.WARNING, "% divided of the stimulated control below 50"),
    Check("resting_divide_failed", Level.WARNING, "% divided of the unstimulated control above 15"),
    Check("resting_divide", Level.WARNING, "% divided of the unstimulated control above 5"),
    Check("replicate_cv_failed", Level.WARNING, "CV of raw replicates above 35 %"),
    Check("replicate_cv", Level.WARNING, "CV of raw replicates above 20 %; ³H-thymidine 25 %"),
    Check("plate_drift", Level.WARNING, "two sets of stimulated controls differ by over 15 %"),
)
_NORMALISED_TO = (100.0, 1.0)


def check_controls(
    group: CurveGroup, readings: WellReadings, readout: Readout, other_controls: Sequence[str]
) -> list[Finding]:
    """Return what is wrong with the controls of a curve; curves with the same ones share it.

    ``other_controls`` are the stimulated controls that the plate has, in words, for the hint.
    """
    stimulated = readings.values(group.stimulated)
    if not stimulated and group.stimulated and readout.is_of_cultures:
        return [_without_concentration(group, readings)]
    if not stimulated:
        return [_missing(group, readings, other_controls)]
    findings = [*_normalised(group, readings), *_few(group, readings, readout)]
    findings += _overflow(group, readings)
    findings += _stimulation(group, readings, readout)
    findings += cv_findings("RESP_STIM", group.stimulated, readings, readout.limits.cv_warn)
    findings += outlier_findings("RESP_STIM", group.stimulated, readings)
    findings += outlier_findings("RESP_UNSTIM", group.unstimulated, readings)
    findings += _drift(group, readings)
    return findings


def cv_findings(
    name: str, wells: Wells, readings: WellReadings, warn_above: float = CV_WARN
) -> list[Finding]:
    """Return a warning if raw replicates scatter more than the limits allow."""
    values = readings.values(wells)
    cv = cv_percent(values).value
    # Around a mean of zero or below, a CV says nothing of the replicates.
    if cv is None or cv <= warn_above or sum(values) <= 0:
        return []
    is_failed = cv > CV_FAIL
    limit = f"fails the limit of {CV_FAIL:g} %" if is_failed else f"is above {warn_above:g} %"
    return [
        readings.finding(
            Level.WARNING,
            "replicate_cv_failed" if is_failed else "replicate_cv",
            f"The replicates of {name} scatter: their CV of '{cv:.1f} %' {limit}.",
            hint="Look for a technical reason before you exclude a well.",
            wells=readings.usable(wells),
        )
    ]


def _missing(group: CurveGroup, readings: WellReadings, others: Sequence[str]) -> Finding:
    wanted = controls_in_words(group.control_key)
    there = f"The plate has them for: {'; '.join(others)}." if others else "The plate has none."
    if group.stimulated:
        message = f"No stimulated control (RESP_STIM) with {wanted} has a reading."
    else:
        message = f"There is no stimulated control (RESP_STIM) with {wanted} on this plate."
    return readings.finding(
        Level.ERROR,
        MISSING,
        message,
        hint=f"Suppression needs it on the same plate. {there}",
        wells=group.stimulated,
    )


def _without_concentration(group: CurveGroup, readings: WellReadings) -> Finding:
    """Return the warning that takes the suppression away and leaves the concentrations."""
    return readings.finding(
        Level.WARNING,
        MISSING,
        f"The stimulated controls (RESP_STIM) with {controls_in_words(group.control_key)} have no "
        "concentration, as their samples say: there is no suppression.",
        hint="Measure them at a dilution that is in the range of the standards.",
        wells=group.stimulated,
    )


def _normalised(group: CurveGroup, readings: WellReadings) -> list[Finding]:
    values = set(readings.values(group.stimulated))
    if len(values) > 1 or not values <= set(_NORMALISED_TO):
        return []
    value = values.pop()
    # A single well may be 100 by chance; several equal ones are not readings of an instrument.
    is_certain = len(readings.usable(group.stimulated)) > 1
    return [
        readings.finding(
            Level.ERROR if is_certain else Level.WARNING,
            "already_normalised",
            f"All stimulated controls are exactly '{value:g}': these values look normalised.",
            hint="Import the raw signals of the reader, not percentages of the control.",
            wells=readings.usable(group.stimulated),
        )
    ]


def _few(group: CurveGroup, readings: WellReadings, readout: Readout) -> list[Finding]:
    measured = "culture with a concentration" if readout.is_of_cultures else "with a reading"
    named = (("stimulated", group.stimulated), ("unstimulated", group.unstimulated))
    return [
        readings.finding(
            Level.WARNING,
            "single_control",
            f"There is only one {name} control {measured}, so no suppression that uses it "
            "has a standard error.",
            hint=f"Plan at least two {'cultures' if readout.is_of_cultures else 'wells'}, "
            "better three.",
            wells=readings.usable(wells),
        )
        for name, wells in named
        if len(readings.values(wells)) == 1
    ]


def _overflow(group: CurveGroup, readings: WellReadings) -> list[Finding]:
    wells = readings.overflowed(group.stimulated)
    if not wells:
        return []
    return [
        readings.finding(
            Level.WARNING,
            "control_overflow",
            "Stimulated controls are too bright for the reader; the mean of the others is too "
            "low, and suppression looks smaller than it is.",
            hint="Read the plate again with a lower gain.",
            wells=wells,
        )
    ]


def _stimulation(group: CurveGroup, readings: WellReadings, readout: Readout) -> list[Finding]:
    high, low = readings.values(group.stimulated), readings.values(group.unstimulated)
    wells = readings.usable((*group.stimulated, *group.unstimulated))
    findings: list[Finding] = []
    if low and sum(high) / len(high) <= sum(low) / len(low):
        message = (
            f"Stimulation failed: the {CONTROL_TOO_LOW} of unstimulated responders "
            f"('{sum(high) / len(high):.4g}' and '{sum(low) / len(low):.4g}')."
        )
        hint = "Check that the two controls are not swapped in the layout."
        return [
            readings.finding(Level.ERROR, "stimulation_failed", message, hint=hint, wells=wells)
        ]
    findings += _stimulation_index(group, readings, readout, wells)
    if readout.is_bulk:
        findings += _window(high, low, readings, wells)
    findings += _divided(group, readings, readout)
    return findings


def _stimulation_index(
    group: CurveGroup, readings: WellReadings, readout: Readout, wells: Sequence[WellAddress]
) -> list[Finding]:
    limits, warn = readout.limits.index, readout.limits.index_warn(group.stimulus)
    if limits is None or warn is None:
        return []
    index = stimulation_index(
        readings.values(group.stimulated),
        readings.values(group.unstimulated),
        readings.values(group.blank),
    ).value
    if index is None or index >= warn:
        return []
    if index < limits[1]:
        return [
            readings.finding(
                Level.ERROR,
                "stimulation_failed",
                f"Stimulation failed: the stimulation index of '{index:.2f}' is below "
                f"{limits[1]:g}.",
                hint="There is too little proliferation to be suppressed.",
                wells=wells,
            )
        ]
    return [
        readings.finding(
            Level.WARNING,
            "stimulation_weak",
            f"Stimulation is weak: the stimulation index of '{index:.2f}' is below {warn:g}.",
            wells=wells,
        )
    ]


def _window(
    high: list[float], low: list[float], readings: WellReadings, wells: Sequence[WellAddress]
) -> list[Finding]:
    z = z_prime(high, low).value
    if z is None or z >= Z_PRIME_WARN:
        return []
    is_failed = z < Z_PRIME_FAIL
    limit = Z_PRIME_FAIL if is_failed else Z_PRIME_WARN
    return [
        readings.finding(
            Level.WARNING,
            "z_prime_failed" if is_failed else "z_prime_low",
            f"Z′ of '{z:.2f}' is below {limit:g} ({len(high)} stimulated and {len(low)} "
            "unstimulated wells).",
            wells=wells,
        )
    ]


def _divided(group: CurveGroup, readings: WellReadings, readout: Readout) -> list[Finding]:
    """Return warnings about percentages of dividing cells."""
    findings = []
    high, low = readings.values(group.stimulated), readings.values(group.unstimulated)
    if (limits := readout.limits.stimulated_percent) is not None:
        percent = sum(high) / len(high)
        is_failed = percent < limits[1]
        if percent < limits[0]:
            findings.append(
                readings.finding(
                    Level.WARNING,
                    f"few_divided{'_failed' if is_failed else ''}",
                    f"Only '{percent:.1f} %' of the stimulated responders divide, less than "
                    f"{limits[is_failed]:g} %.",
                    wells=readings.usable(group.stimulated),
                )
            )
    if (limits := readout.limits.resting_percent) is not None and low:
        percent = sum(low) / len(low)
        is_failed = percent > limits[1]
        if percent > limits[0]:
            findings.append(
                readings.finding(
                    Level.WARNING,
                    f"resting_divide{'_failed' if is_failed else ''}",
                    f"'{percent:.1f} %' of the unstimulated responders divide, more than "
                    f"{limits[is_failed]:g} %.",
                    wells=readings.usable(group.unstimulated),
                )
            )
    return findings


def _drift(group: CurveGroup, readings: WellReadings) -> list[Finding]:
    sets = [
        s for s in neighbourhoods(readings.usable(group.stimulated)) if len(readings.values(s)) > 1
    ]
    if len(sets) != 2:
        return []
    drift = drift_percent(readings.values(sets[0]), readings.values(sets[1])).value
    if drift is None or drift <= DRIFT_WARN:
        return []
    return [
        readings.finding(
            Level.WARNING,
            "plate_drift",
            f"The two sets of stimulated controls differ by '{drift:.1f} %', more than "
            f"{DRIFT_WARN:g} %: the plate is not even.",
            wells=(*sets[0], *sets[1]),
        )
    ]
