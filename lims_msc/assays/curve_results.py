"""One suppression curve as a result: points with wells, controls, summaries and fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lims_msc.assays.curve_groups import CurveGroup, DoseGroup, Wells
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.curve import (
    AnalysisSettings,
    BackgroundMode,
    ControlGroup,
    CurveResult,
    DosePoint,
    Replicate,
)
from lims_msc.domain.findings import Finding
from lims_msc.domain.fit import FitResult
from lims_msc.domain.layout import WellRole
from lims_msc.science.half_suppression import r50
from lims_msc.science.model_choice import fit_suppression_curve
from lims_msc.science.summaries import maximum, normalised_auc, suppression_at_dose
from lims_msc.science.suppression import DEFINITIONS, DoseSuppression, SuppressionCurve
from lims_msc.science.uncertainty import WellGroup

_FIT_ERRORS = (
    "Gauss–Newton, from the scatter of the co-culture wells; the error of the shared controls is "
    "not in it"
)


def undefined_result(
    group: CurveGroup,
    mode: BackgroundMode,
    readings: WellReadings,
    reason: str,
    findings: Iterable[Finding],
) -> CurveResult:
    """Return a curve without a number, and why."""
    return CurveResult(
        key=group.key(mode),
        status="undefined",
        reason=reason,
        definition=DEFINITIONS[mode],
        missing_wells=_missing_wells(group, mode, readings),
        findings=tuple(findings),
    )


def curve_result(
    group: CurveGroup,
    mode: BackgroundMode,
    readings: WellReadings,
    curve: SuppressionCurve,
    *,
    settings: AnalysisSettings,
    findings: Iterable[Finding],
) -> CurveResult:
    """Return a curve with its points, summaries and fitted curve."""
    by_dose = {dose.msc_per_responder: dose for dose in group.doses}
    points = tuple(
        _dose_point(point, by_dose[point.msc_per_responder], readings) for point in curve.points
    )
    confidence = settings.confidence
    return CurveResult(
        key=group.key(mode),
        status="ok",
        reason="",
        definition=curve.definition,
        points=points,
        controls=_controls(group, curve, readings),
        missing_wells=_missing_wells(group, mode, readings),
        suppression_at_anchor=suppression_at_dose(
            curve, settings.anchor_msc_per_responder, confidence=confidence
        ),
        normalised_auc=normalised_auc(curve, confidence=confidence),
        r50=r50(curve, confidence=confidence),
        maximum=maximum(curve, confidence=confidence),
        fit=_fit(points, confidence),
        findings=tuple(findings),
    )


def _dose_point(point: DoseSuppression, dose: DoseGroup, readings: WellReadings) -> DosePoint:
    wells = readings.usable(dose.coculture)
    return DosePoint(
        msc_per_responder=point.msc_per_responder,
        suppression_percent=point.suppression_percent,
        se_percent=point.se_percent,
        signal_mean=point.signal_mean,
        background_mean=point.background_mean,
        replicates=tuple(
            Replicate(well, signal, percent)
            for well, signal, percent in zip(
                wells, readings.values(wells), point.per_well, strict=True
            )
        ),
    )


def _fit(points: tuple[DosePoint, ...], confidence: float) -> FitResult:
    pairs = [
        (point.msc_per_responder, replicate.suppression_percent)
        for point in points
        for replicate in point.replicates
    ]
    fit = fit_suppression_curve(
        [dose for dose, _ in pairs], [y for _, y in pairs], confidence=confidence
    )
    return replace(fit, standard_errors=_FIT_ERRORS)


def _controls(
    group: CurveGroup, curve: SuppressionCurve, readings: WellReadings
) -> tuple[ControlGroup, ...]:
    """Return the controls that stand in the formula of this curve, and no others."""
    plate: Mapping[str, tuple[WellRole, Wells]] = {
        "P": (WellRole.RESP_STIM, group.stimulated),
        "N": (WellRole.RESP_UNSTIM, group.unstimulated),
        "B": (WellRole.BLANK, group.blank),
    }
    used = {name for point in curve.points for name in point.gradient}
    controls = [
        _control(role, readings.usable(wells), curve.groups[name], None)
        for name, (role, wells) in plate.items()
        if name in used
    ]
    by_dose = {dose.msc_per_responder: dose for dose in group.doses}
    for point in curve.points:
        dose = by_dose[point.msc_per_responder]
        own: Mapping[str, tuple[WellRole, Wells]] = {
            "U": (WellRole.COCULT_UNSTIM, dose.coculture_unstimulated),
            "M": (WellRole.MSC_ALONE, dose.msc_alone),
        }
        controls += [
            _control(*_usable(own[name[0]], readings), curve.groups[name], point.msc_per_responder)
            for name in point.gradient
            if name[0] in own
        ]
    return tuple(controls)


def _usable(control: tuple[WellRole, Wells], readings: WellReadings) -> tuple[WellRole, Wells]:
    role, wells = control
    return role, readings.usable(wells)


def _control(
    role: WellRole, wells: Wells, group: WellGroup, msc_per_responder: float | None
) -> ControlGroup:
    return ControlGroup(role, wells, group.mean, group.sd, msc_per_responder)


def _missing_wells(group: CurveGroup, mode: BackgroundMode, readings: WellReadings) -> Wells:
    """Return the wells without a number, among those that this mode asks for."""
    wells = [well for dose in group.doses for well in dose.coculture] + [*group.stimulated]
    if mode in {BackgroundMode.UNSTIM, BackgroundMode.FULL}:
        wells += group.unstimulated
    if mode is BackgroundMode.BLANK:
        wells += group.blank
    if mode is BackgroundMode.FULL:
        for dose in group.doses:
            wells += (*dose.coculture_unstimulated, *dose.msc_alone)
    return readings.lost(sorted(set(wells)))
