"""Base of the assays that measure a secreted factor against a standard curve (DOMAIN 2.5).

Standards give a curve; samples give concentrations, bounds where they are outside its range.
Samples that name the role of a culture well are grouped as that well: of a factor that MSC lower,
suppression curves are computed from the concentrations; of one that they raise, change and fold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from lims_msc.assays import control_checks, sample_checks, standard_checks
from lims_msc.assays.change_values import CHANGE_FORMULA, censored_suppression, changes
from lims_msc.assays.concentrations import (
    Joined,
    cultures_of,
    join,
    measure,
    recovery_of,
    values_of,
)
from lims_msc.assays.plate_assay import PlateAssay
from lims_msc.assays.readouts import OD_SATURATES, Readout
from lims_msc.assays.sample_checks import check_dilutions, check_samples
from lims_msc.assays.samples import culture_plate, group_samples
from lims_msc.assays.signal_checks import NEGATIVE, SATURATED, TRAP, negative, saturated
from lims_msc.assays.standard_checks import (
    UNIT_CHECK,
    check_blank,
    check_direction,
    check_labels,
    check_magnitude,
    check_standards,
)
from lims_msc.assays.standards import Standards, curve_of_standards
from lims_msc.assays.suppression_assay import SuppressionAssay
from lims_msc.assays.suppression_checks import checks_for
from lims_msc.assays.well_readings import WELL_LEFT_OUT, WellReadings, lost_wells
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.layout import PlateLayout, WellRole

ROLES_USED = (WellRole.STD, WellRole.QC, WellRole.SAMPLE)
READ_BACK = (
    "concentration in the well from the mean signal of its wells on the standard curve, times the "
    "dilution factor; no blank is subtracted"
)
CENSORED_CULTURE = Check(
    "dose_censored", Level.WARNING, "a culture is out of range: its condition has no number"
)
_HIGHEST_OPTICAL_DENSITY = 10.0


@dataclass(frozen=True, slots=True)
class Analyte:
    """A factor with its readout, kind of kit, and highest standard that kits have, in pg/mL.

    ``is_lowered`` says that an effect of MSC is a suppression; otherwise it is a change.
    """

    readout: Readout
    name: str
    is_lowered: bool
    is_competitive: bool = False
    highest_standard_pg_per_ml: tuple[float, float] = (50.0, 1e5)

    @property
    def formula(self) -> str:
        """The formula of the result that is shown first."""
        return self.readout.formula if self.is_lowered else CHANGE_FORMULA


def checks_of(analytes: Mapping[str, Analyte], *extra: Check) -> tuple[Check, ...]:
    """Return the checks of an assay of these analytes."""
    lowered = [replace(a.readout, trap="") for a in analytes.values() if a.is_lowered]
    curves = checks_for(lowered) if lowered else ()
    of_cultures = [check for check in curves if check.code not in _NOT_OF_CULTURES]
    wells = (
        Check("role_missing", Level.ERROR, "a role that the assay needs has no well"),
        WELL_LEFT_OUT,
        NEGATIVE,
        SATURATED,
        TRAP,
    )
    every = (
        *wells,
        *standard_checks.CHECKS,
        UNIT_CHECK,
        *sample_checks.CHECKS,
        *extra,
        CENSORED_CULTURE,
        *(c for c in control_checks.CHECKS if c.code.startswith("replicate_cv")),
        *of_cultures,
    )
    return tuple({check.code: check for check in reversed(every)}.values())[::-1]


_NOT_OF_CULTURES = frozenset(
    {
        "role_missing",
        "floor_missing",
        "batch_missing",
        "edge_only",
        "well_left_out",
        "already_normalised",
        "control_overflow",
    }
)
"""Checks of readings and layouts that the samples' own checks stand for."""


class _Cultures(SuppressionAssay):
    """The suppression of concentrations, as if they were readings of the culture wells."""

    key: ClassVar[str] = "concentrations"
    title: ClassVar[str] = "Concentrations"
    version: ClassVar[str] = "1"


class StandardCurveAssay(PlateAssay):
    """Concentrations of a factor, and what MSC do to it."""

    required_roles: ClassVar[tuple[WellRole, ...]] = (WellRole.STD, WellRole.SAMPLE)
    analytes: ClassVar[Mapping[str, Analyte]]
    has_msc_control: ClassVar[bool] = True

    def formula(self, readout: str) -> str:
        """Return the formula of suppression, or of change for what MSC raise.

        :raises InputError: if the assay has no such readout.
        """
        return self.analytes[self.readout(readout).key].formula

    def layout_findings(self, layout: PlateLayout) -> list[Finding]:
        """Return whether the plate states its unit, and has MSC alone."""
        unmeasured = WellReadings({})
        findings = check_labels(layout, unmeasured)
        if self.has_msc_control:
            findings += sample_checks.msc_alone_missing(layout, unmeasured)
        return findings

    def compute(
        self,
        layout: PlateLayout,
        readings: WellReadings,
        readout: Readout,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return standard curve, concentrations, and suppression or change by MSC."""
        analyte = self.analytes[readout.key]
        standards = curve_of_standards(layout, readings, settings)
        findings = _about_plate(layout, standards, analyte, readings)
        errors = errors_among(findings)
        blocked = standards.reason or (errors[0].message if errors else "")
        measured = [
            measure(sample, standards, readings, settings.confidence, blocked)
            for sample in group_samples(layout)
        ]
        joined = join(measured)
        unit = layout.conditions.concentration_unit
        findings += check_samples(measured, readings, unit)
        findings += check_dilutions(joined, readings)
        if self.has_msc_control:
            findings += sample_checks.msc_alone_missing(layout, readings)
        findings += self.more_findings(joined, readings)
        values = [v for one in joined for v in values_of(one, analyte.name, unit, READ_BACK)]
        values += [found for one in measured if (found := recovery_of(one)) is not None]
        analysis = _of_cultures(layout, joined, analyte, readings, settings)
        return replace(
            analysis,
            assay_key=self.key,
            findings=(*findings, *_cultures_findings(analysis, joined, readings)),
            values=(*values, *analysis.values),
            standard_curves=(standards.result,),
        )

    def more_findings(self, _joined: tuple[Joined, ...], _readings: WellReadings) -> list[Finding]:
        """Return what only this assay has to say about its samples."""
        return []


def _about_plate(
    layout: PlateLayout, standards: Standards, analyte: Analyte, readings: WellReadings
) -> list[Finding]:
    wells = [content.well for content in layout.with_role(*ROLES_USED)]
    findings = [*check_labels(layout, readings), *lost_wells(layout, readings, wells)]
    findings += negative(wells, readings)
    # Larger readings are fluorescence or luminescence, which saturate elsewhere.
    if max(readings.values(wells), default=0.0) <= _HIGHEST_OPTICAL_DENSITY:
        findings += saturated(wells, readings, OD_SATURATES)
    findings += check_standards(standards, readings)
    findings += check_direction(standards, readings, is_competitive=analyte.is_competitive)
    findings += check_magnitude(standards, readings, analyte.highest_standard_pg_per_ml)
    findings += check_blank(layout, standards, readings)
    if analyte.readout.trap:
        findings.append(readings.finding(TRAP.level, TRAP.code, analyte.readout.trap))
    return findings


def _of_cultures(
    layout: PlateLayout,
    joined: tuple[Joined, ...],
    analyte: Analyte,
    readings: WellReadings,
    settings: AnalysisSettings,
) -> PlateAnalysis:
    """Return suppression curves and bounds of what MSC lower, changes of what they raise."""
    cultures, of_cultures = culture_plate(layout, cultures_of(joined), readings.signals)
    if not analyte.is_lowered:
        values = changes(
            cultures, joined, layout.conditions.concentration_unit, settings.confidence
        )
        return PlateAnalysis("", BackgroundMode.NONE, (), settings=settings, values=tuple(values))
    readout = replace(analyte.readout, trap="", is_of_cultures=True)
    analysis = _Cultures().compute(cultures, WellReadings(of_cultures), readout, settings)
    bounds = censored_suppression(cultures, joined, settings.confidence)
    return replace(analysis, values=(*bounds, *analysis.values))


def _cultures_findings(
    analysis: PlateAnalysis, joined: tuple[Joined, ...], readings: WellReadings
) -> list[Finding]:
    """Return the findings about cultures; one whose concentration is a bound is named as such."""
    findings = [f for f in analysis.findings if f.code != WELL_LEFT_OUT.code]
    used = {well for curve in analysis.curves for well in curve.missing_wells}
    findings += [
        readings.finding(
            CENSORED_CULTURE.level,
            CENSORED_CULTURE.code,
            f"{one.sample} is outside the range of the standards: this condition has no number, "
            "for the mean of its other cultures would be wrong.",
            wells=one.sample.wells,
        )
        for one in joined
        if one.sample.wells[0] in used and one.report.bound is not None
    ]
    return findings
