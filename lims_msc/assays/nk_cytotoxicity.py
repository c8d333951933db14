"""Killing of target cells by NK cells that were, or were not, with MSC (DOMAIN 2.4).

NK cells are cultured with or without MSC, usually taken off them, counted, and mixed with labelled
targets such as K562.  Two ratios stand side by side: MSC per NK cell in the culture (the dose), and
effectors per target in the test (E:T).
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays import killing_checks
from lims_msc.assays.killing_checks import (
    SPONTANEOUS_FAILED,
    check_controls,
    check_killing,
    check_population,
    check_readings,
    ratios_missing,
)
from lims_msc.assays.killing_groups import group_populations
from lims_msc.assays.killing_readouts import KILLING
from lims_msc.assays.killing_values import killing_of, values_of
from lims_msc.assays.nk_proliferation import NK_CELLS
from lims_msc.assays.plate_assay import PlateAssay
from lims_msc.assays.readouts import Readout, titles
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.layout import PlateLayout, WellRole


class NKCytotoxicity(PlateAssay):
    """Specific lysis of targets by NK cells, and its suppression by MSC."""

    key: ClassVar[str] = "nk_cytotoxicity"
    title: ClassVar[str] = "NK-cell cytotoxicity"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = NK_CELLS
    required_roles: ClassVar[tuple[WellRole, ...]] = (WellRole.E_T,)
    higher_means: ClassVar[str] = (
        "A higher specific lysis means more killing, so suppression lowers it."
    )
    known_readouts = tuple(kind.readout for kind in KILLING.values())
    readouts = titles(known_readouts)
    checks: ClassVar[tuple[Check, ...]] = killing_checks.CHECKS

    def layout_findings(self, layout: PlateLayout) -> list[Finding]:
        """Return the wells with targets that name no E:T ratio."""
        return ratios_missing(layout, WellReadings({}))

    def compute(
        self,
        layout: PlateLayout,
        readings: WellReadings,
        readout: Readout,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return lysis, suppression of killing and lytic units."""
        kind = KILLING[readout.key]
        populations = group_populations(layout, grows_with_effectors=kind.grows_with_effectors)
        findings = check_readings(layout, readings, kind)
        unusable = [f for f in errors_among(findings) if f.code == "value_impossible"]
        killings = []
        for population in populations:
            about = check_population(population, kind, readings)
            findings += about
            stops = [f for f in errors_among(about) if f.code == SPONTANEOUS_FAILED]
            blocked = (unusable + stops)[0].message if unusable or stops else ""
            killings.append(killing_of(population, kind, readings, blocked))
        findings += check_controls(populations, kind, readings)
        for killing in killings:
            findings += check_killing(killing, killings, kind, readings)
        return PlateAnalysis(
            assay_key=self.key,
            headline_mode=BackgroundMode.NONE,
            curves=(),
            findings=tuple(dict.fromkeys(findings)),
            settings=settings,
            values=tuple(values_of(killings, kind, readings, settings.confidence)),
        )
