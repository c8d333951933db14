"""Checks of one curve: replicates, scatter, doses, direction, and background of the MSC."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lims_msc.assays.control_checks import cv_findings
from lims_msc.assays.curve_groups import CurveGroup
from lims_msc.assays.outlier_checks import outlier_findings
from lims_msc.assays.readouts import Readout
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.dose import ratio_text
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.plate import WellAddress
from lims_msc.science.quality import rank_correlation
from lims_msc.science.suppression import SuppressionCurve, doses_in_words

SUPPORT = Check(
    "support_rises_with_dose",
    Level.NOTE,
    "suppression surely falls as the dose rises, of cells that MSC may support",
)
CHECKS = (
    Check("dose_without_reading", Level.WARNING, "no well of a dose has a reading"),
    Check("single_replicate", Level.WARNING, "one well of a dose: no standard error"),
    Check("dose_probably_reversed", Level.WARNING, "more than two MSC per responder"),
    Check("order_probably_reversed", Level.WARNING, "suppression surely falls as the dose rises"),
    SUPPORT,
    Check("no_dose_response", Level.NOTE, "rank correlation of suppression and dose below 0.5"),
    Check("above_100_percent", Level.NOTE, "suppression above 100 %: kept as it is"),
    Check("dose_without_background", Level.WARNING, "a dose has no background in the mode FULL"),
    Check("no_msc_background", Level.WARNING, "the readout sees MSC and the mode leaves them in"),
)
_REVERSED_TREND = -0.7
_NO_TREND = 0.5
_SMALLEST_FALL_PERCENT = 10.0


def check_group(group: CurveGroup, readings: WellReadings, readout: Readout) -> list[Finding]:
    """Return what can be said about the co-culture wells of a curve in any mode."""
    findings: list[Finding] = []
    for dose in group.doses:
        place = f"MSC:responder {ratio_text(dose.msc_per_responder)}"
        measured = readings.usable(dose.coculture)
        if not measured:
            findings.append(_no_reading(place, readings, dose.coculture, readout))
        elif len(measured) == 1:
            findings.append(_single(place, readings, measured, readout))
        findings += cv_findings(place, dose.coculture, readings, readout.limits.cv_warn)
        findings += outlier_findings(place, dose.coculture, readings)
        if dose.is_probably_reversed:
            findings.append(large_dose(place, dose.coculture, readings))
    return findings


def large_dose(place: str, wells: Sequence[WellAddress], readings: WellReadings) -> Finding:
    """Return the warning that a dose has more MSC than responders, by more than two to one."""
    return readings.finding(
        Level.WARNING,
        "dose_probably_reversed",
        f"'{place}' is more than two MSC per responder: the order is probably reversed.",
        hint="Confirm which number of the ratio counts the MSC.",
        wells=wells,
    )


def check_curve(
    curve: SuppressionCurve,
    group: CurveGroup,
    mode: BackgroundMode,
    readout: Readout,
    readings: WellReadings,
) -> list[Finding]:
    """Return what can be said about the suppression values of a curve in one mode."""
    findings = [*_direction(curve, readout, readings), *_above_hundred(curve, readings)]
    if curve.doses_left_out:
        left_out = doses_in_words(curve.doses_left_out)
        findings.append(
            readings.finding(
                Level.WARNING,
                "dose_without_background",
                f"'{left_out}' has no background of its own and is left out in the mode {mode}.",
                hint="It needs COCULT_UNSTIM wells, or MSC_ALONE and BLANK wells.",
                wells=[
                    well
                    for dose in group.doses
                    if dose.msc_per_responder in curve.doses_left_out
                    for well in dose.coculture
                ],
            )
        )
    if readout.sees_msc and mode is not BackgroundMode.FULL:
        findings.append(
            readings.finding(
                Level.WARNING,
                "no_msc_background",
                f"This readout also sees the MSC, and the mode {mode} does not subtract them: "
                "suppression is underestimated, most of all at high doses.",
                hint="Add COCULT_UNSTIM or MSC_ALONE wells and use the mode FULL.",
            )
        )
    return findings


def _no_reading(
    place: str, readings: WellReadings, wells: Sequence[WellAddress], readout: Readout
) -> Finding:
    none = f"No well of '{place}' has a reading"
    if readout.is_of_cultures:
        none = f"'{place}' has no concentration, as the samples of its cultures say"
    return readings.finding(
        Level.WARNING,
        "dose_without_reading",
        f"{none}; the curve lacks this dose.",
        wells=wells,
    )


def _single(
    place: str, readings: WellReadings, wells: Sequence[WellAddress], readout: Readout
) -> Finding:
    message = f"'{place}' has only one well with a reading, so it has no standard error."
    hint = "Plan at least two wells for each dose, better three."
    if readout.is_of_cultures:
        message = f"'{place}' has only one culture with a concentration: no standard error."
        hint = (
            "Wells of one supernatant are one culture; plan at least two cultures for each dose, "
            "each with a sample code of its own."
        )
    return readings.finding(Level.WARNING, "single_replicate", message, hint=hint, wells=wells)


def _direction(curve: SuppressionCurve, readout: Readout, readings: WellReadings) -> list[Finding]:
    doses = [point.msc_per_responder for point in curve.points]
    values = [point.suppression_percent for point in curve.points]
    trend = rank_correlation(doses, values).value
    if trend is None or trend >= _NO_TREND:
        return []
    falls = f"Suppression falls from '{values[0]:.0f} %' to '{values[-1]:.0f} %' as the dose rises"
    is_sure = trend <= _REVERSED_TREND and _falls_for_sure(curve)
    if is_sure and readout.any_sign:
        return [
            readings.finding(
                Level.NOTE,
                SUPPORT.code,
                f"{falls}: MSC may support these cells, so this may be the answer.",
                hint="If it surprises, confirm which number of the ratio counts the MSC.",
            )
        ]
    if is_sure:
        return [
            readings.finding(
                Level.WARNING,
                "order_probably_reversed",
                f"{falls}: the order of the ratio is probably reversed.",
                hint="Confirm which number of the ratio counts the MSC.",
            )
        ]
    return [
        readings.finding(
            Level.NOTE,
            "no_dose_response",
            f"Suppression does not rise with the dose (rank correlation '{trend:.2f}').",
        )
    ]


def _falls_for_sure(curve: SuppressionCurve) -> bool:
    """Whether the fall from lowest to highest dose is large, and larger than its error."""
    first, last = curve.points[0], curve.points[-1]
    fall = first.suppression_percent - last.suppression_percent
    weights = [1.0, *([0.0] * (len(curve.points) - 2)), -1.0]
    spread = curve.spread_of(weights)
    error = 0.0 if spread is None else spread.se
    return fall > max(_SMALLEST_FALL_PERCENT, 2 * error) and math.isfinite(fall)


def _above_hundred(curve: SuppressionCurve, readings: WellReadings) -> list[Finding]:
    doses = [p.msc_per_responder for p in curve.points if p.suppression_percent > 100]
    if not doses:
        return []
    return [
        readings.finding(
            Level.NOTE,
            "above_100_percent",
            f"Suppression is above 100 % at '{doses_in_words(doses)}': the co-culture is below its "
            "background. The value is kept as it is.",
        )
    ]
