"""Activity of indoleamine 2,3-dioxygenase from kynurenine in supernatants (DOMAIN 2.6).

L-kynurenine is read by Ehrlich's reagent on a straight standard line.  MSC of human origin raise
it when IFN-γ primes them; mouse MSC make nitric oxide instead.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays import ido_checks
from lims_msc.assays.concentrations import join, measure, recovery_of, values_of
from lims_msc.assays.ido_checks import check_conditions, check_ido_layout, check_kynurenine
from lims_msc.assays.ido_groups import group_conditions
from lims_msc.assays.ido_values import ACTIVITY_FORMULA, ido_of, values_of_ido
from lims_msc.assays.plate_assay import PlateAssay
from lims_msc.assays.readouts import OD_SATURATES, Limits, Readout, titles
from lims_msc.assays.sample_checks import check_dilutions, check_samples
from lims_msc.assays.samples import group_samples
from lims_msc.assays.signal_checks import TRAP, negative, saturated
from lims_msc.assays.standard_checks import check_blank, check_labels, check_standards
from lims_msc.assays.standard_curve_assay import ROLES_USED
from lims_msc.assays.standards import Standards, line_of_standards
from lims_msc.assays.well_readings import WellReadings, lost_wells
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.layout import PlateLayout, WellRole

_READ_BACK = (
    "[Kyn] = (signal − intercept)/slope of the standard line, times the dilution factor; no blank "
    "is subtracted"
)
_STOPS = frozenset({"unit_missing", "unit_not_micromolar", "standards_unusable", "blank_misplaced"})


class IdoActivity(PlateAssay):
    """Kynurenine made by MSC, their IDO activity, and its induction by priming."""

    key: ClassVar[str] = "ido_activity"
    title: ClassVar[str] = "IDO activity (kynurenine)"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ()
    required_roles: ClassVar[tuple[WellRole, ...]] = (WellRole.STD, WellRole.SAMPLE)
    higher_means: ClassVar[str] = (
        "A higher reading means more kynurenine, so more activity; priming with IFN-γ raises it."
    )
    known_readouts = (
        Readout(
            "kynurenine_od",
            "Kynurenine by Ehrlich's reagent, optical density at 480 to 492 nm",
            BackgroundMode.NONE,
            sees_msc=True,
            rises_with="kynurenine",
            limits=Limits(saturated_above=OD_SATURATES),
            trap="The activity depends on whether MSC were counted at the start or at the end of "
            "the culture; phenol red and other metabolites absorb too.",
            direction_text="A higher reading means more kynurenine; MSC raise it, more so when "
            "primed. It is an activity, never a suppression.",
            formula_text=ACTIVITY_FORMULA,
        ),
    )
    readouts = titles(known_readouts)
    checks: ClassVar[tuple[Check, ...]] = ido_checks.CHECKS

    def layout_findings(self, layout: PlateLayout) -> list[Finding]:
        """Return what the plate must state for an activity, and does not."""
        unmeasured = WellReadings({})
        return [*check_labels(layout, unmeasured), *check_ido_layout(layout, unmeasured)]

    def compute(
        self,
        layout: PlateLayout,
        readings: WellReadings,
        readout: Readout,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return the standard line, kynurenine, activities and inductions."""
        confidence = settings.confidence
        standards = line_of_standards(layout, readings, confidence)
        findings = _about_plate(layout, standards, readings, readout)
        stops = [finding for finding in errors_among(findings) if finding.code in _STOPS]
        blocked = standards.reason or (stops[0].message if stops else "")
        samples = group_samples(layout)
        measured = [measure(one, standards, readings, confidence, blocked) for one in samples]
        joined = join(measured)
        unit = layout.conditions.concentration_unit
        conditions = group_conditions(joined)
        found = [
            ido_of(condition, layout.conditions, standards.limits.lowest, blocked)
            for condition in conditions
        ]
        findings += check_samples(measured, readings, unit)
        findings += check_dilutions(joined, readings)
        findings += check_conditions(conditions, readings)
        findings += check_kynurenine(found, readings)
        values = [v for one in joined for v in values_of(one, "kynurenine", unit, _READ_BACK)]
        values += [rate for one in measured if (rate := recovery_of(one)) is not None]
        return PlateAnalysis(
            assay_key=self.key,
            headline_mode=BackgroundMode.NONE,
            curves=(),
            findings=tuple(findings),
            settings=settings,
            values=(*values, *values_of_ido(found, confidence)),
            standard_curves=(standards.result,),
        )


def _about_plate(
    layout: PlateLayout, standards: Standards, readings: WellReadings, readout: Readout
) -> list[Finding]:
    wells = [content.well for content in layout.with_role(*ROLES_USED)]
    return [
        *check_labels(layout, readings),
        *check_ido_layout(layout, readings),
        *lost_wells(layout, readings, wells),
        *negative(wells, readings),
        *saturated(wells, readings, readout.limits.saturated_above),
        *check_standards(standards, readings),
        *check_blank(layout, standards, readings),
        readings.finding(TRAP.level, TRAP.code, readout.trap),
    ]
