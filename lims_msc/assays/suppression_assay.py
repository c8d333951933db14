"""The way from the layout and signals of a plate to suppression curves of proliferation.

Subclasses name their cells and readouts; everything else is the same for T, B and NK cells.  All
background modes that the wells allow are computed.  A finding of level *error* about the controls
of a curve means that the curve has no numbers, and says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from lims_msc.assays.control_checks import MISSING, check_controls
from lims_msc.assays.curve_checks import check_curve, check_group
from lims_msc.assays.curve_groups import (
    ROLES_USED,
    CurveGroup,
    controls_in_words,
    group_curves,
    undosed,
)
from lims_msc.assays.curve_results import curve_result, undefined_result
from lims_msc.assays.layout_checks import check_curves, undosed_findings
from lims_msc.assays.plate_assay import PlateAssay
from lims_msc.assays.readouts import Readout
from lims_msc.assays.relative_potency import GroupCurves, relative_potencies
from lims_msc.assays.signal_checks import check_signals
from lims_msc.assays.suppression_checks import MODE_MISSING, NOTE, OTHER_MODE
from lims_msc.assays.well_readings import WellReadings, lost_wells
from lims_msc.domain.curve import (
    AnalysisSettings,
    BackgroundMode,
    CurveResult,
    PlateAnalysis,
)
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.science.suppression import (
    ControlWells,
    DoseWells,
    SuppressionCurve,
    SuppressionStatus,
    suppression_curve,
)

_MODES_AFTER_DEFAULT = (BackgroundMode.UNSTIM, BackgroundMode.BLANK, BackgroundMode.NONE)
_FEWEST_DOSES_WITH_BACKGROUND = 3
_OF_CULTURES = (
    "These are cultures whose samples have a concentration in the range of the standards; "
    "the blank of the kit is none."
)


class SuppressionAssay(PlateAssay):
    """Base of the assays that compare a signal with and without MSC.

    ``notes`` are sentences that stand with every result of the assay.
    """

    required_roles: ClassVar[tuple[WellRole, ...]] = (WellRole.RESP_STIM, WellRole.COCULT)
    higher_means: ClassVar[str] = (
        "A higher reading means more proliferation, so suppression lowers it."
    )
    notes: ClassVar[tuple[str, ...]] = ()

    def layout_findings(self, layout: PlateLayout) -> list[Finding]:
        """Return what is wrong or doubtful about the curves that a layout plans."""
        return check_curves(layout)

    def compute(
        self,
        layout: PlateLayout,
        readings: WellReadings,
        readout: Readout,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return the curves of the plate in all modes that its wells allow."""
        groups = group_curves(layout)
        used = sorted({content.well for content in layout.with_role(*ROLES_USED)})
        findings = [
            *undosed_findings(undosed(layout), readings),
            *lost_wells(layout, readings, used),
        ]
        findings += [readings.finding(NOTE.level, NOTE.code, note) for note in self.notes]
        about_signals = check_signals(layout, readings, readout)
        findings += about_signals
        blocked = _check_all_controls(layout, groups, readings, readout, findings)
        wrong = errors_among(about_signals)
        computed = [
            GroupCurves(
                group,
                _curves(group, readings, readout),
                wrong[0].message if wrong else blocked[group.control_key],
            )
            for group in groups
        ]
        headline = _headline(computed, readout.default_mode)
        findings += _mode_findings(computed, readout, headline, readings)
        return PlateAnalysis(
            assay_key=self.key,
            headline_mode=headline,
            curves=_results(computed, headline, readings, readout, settings),
            findings=tuple(findings),
            settings=settings,
            values=relative_potencies(computed, readings, settings),
        )


def _check_all_controls(
    layout: PlateLayout,
    groups: tuple[CurveGroup, ...],
    readings: WellReadings,
    readout: Readout,
    findings: list[Finding],
) -> dict[tuple[str, str, str], str]:
    """Add the findings about each set of controls once; return why it blocks, or ''."""
    there = sorted(
        {
            controls_in_words((c.responder_code, c.stimulus, c.treatment))
            for c in layout.with_role(WellRole.RESP_STIM)
        }
    )
    blocked: dict[tuple[str, str, str], str] = {}
    for group in groups:
        if group.control_key not in blocked:
            found = check_controls(group, readings, readout, there)
            findings += found
            stops = [*errors_among(found), *(one for one in found if one.code == MISSING)]
            blocked[group.control_key] = stops[0].message if stops else ""
    return blocked


def _curves(
    group: CurveGroup, readings: WellReadings, readout: Readout
) -> dict[BackgroundMode, SuppressionCurve]:
    doses = [
        DoseWells(
            msc_per_responder=dose.msc_per_responder,
            coculture=readings.values(dose.coculture),
            coculture_unstimulated=readings.values(dose.coculture_unstimulated),
            msc_alone=readings.values(dose.msc_alone),
        )
        for dose in group.doses
    ]
    controls = ControlWells(
        stimulated=readings.values(group.stimulated),
        unstimulated=readings.values(group.unstimulated),
        blank=readings.values(group.blank),
    )
    curves = {
        mode: suppression_curve(doses, controls, mode, floor=readout.floor)
        for mode in BackgroundMode
    }
    full = curves[BackgroundMode.FULL]
    if full.doses_left_out and len(full.points) < _FEWEST_DOSES_WITH_BACKGROUND:
        curves[BackgroundMode.FULL] = SuppressionCurve(
            SuppressionStatus.NOT_AVAILABLE,
            "too few doses have a background of their own: they need COCULT_UNSTIM wells, or "
            "MSC_ALONE wells together with BLANK wells",
        )
    return curves


def _headline(computed: list[GroupCurves], default: BackgroundMode) -> BackgroundMode:
    """Return the first mode that every curve with controls has."""
    evaluable = [one for one in computed if any(one.allows(mode) for mode in BackgroundMode)]
    # The last of these, NONE, needs no more than the stimulated control.
    return next(
        mode
        for mode in (default, *_MODES_AFTER_DEFAULT)
        if all(one.allows(mode) for one in evaluable)
    )


def _mode_findings(
    computed: list[GroupCurves],
    readout: Readout,
    headline: BackgroundMode,
    readings: WellReadings,
) -> list[Finding]:
    """Return which modes the wells do not allow, and which wells they would need."""
    default = readout.default_mode
    missing: dict[tuple[BackgroundMode, str], list[str]] = {}
    for one in computed:
        for mode in BackgroundMode:
            if not one.allows(mode) and any(one.allows(other) for other in BackgroundMode):
                missing.setdefault((mode, one.curves[mode].reason), []).append(str(one.group))
    findings = [
        readings.finding(
            Level.WARNING if mode is default else Level.NOTE,
            MODE_MISSING.code,
            f"The mode {mode} is not available for {'; '.join(names)}: {reason}.",
            hint=_OF_CULTURES if readout.is_of_cultures else "",
        )
        for (mode, reason), names in missing.items()
    ]
    if headline is not default:
        findings.append(
            readings.finding(
                Level.WARNING,
                OTHER_MODE.code,
                f"The usual mode of this readout is '{default}'; '{headline}' is shown instead.",
                hint="Never compare results of two modes.",
            )
        )
    return findings


def _results(
    computed: list[GroupCurves],
    headline: BackgroundMode,
    readings: WellReadings,
    readout: Readout,
    settings: AnalysisSettings,
) -> tuple[CurveResult, ...]:
    results = []
    for one in computed:
        modes = [mode for mode in BackgroundMode if one.allows(mode)] or [headline]
        about_wells = check_group(one.group, readings, readout)
        for mode in modes:
            curve = one.curves[mode]
            findings = [*about_wells, *check_curve(curve, one.group, mode, readout, readings)]
            results.append(
                replace(
                    undefined_result(
                        one.group, mode, readings, one.blocked or curve.reason, about_wells
                    ),
                    definition=readout.formula_in(mode),
                )
                if one.blocked or curve.status is not SuppressionStatus.OK
                else curve_result(
                    one.group, mode, readings, curve, settings=settings, findings=findings
                )
            )
    return tuple(results)
