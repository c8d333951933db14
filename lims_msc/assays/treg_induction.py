"""Induction of regulatory T cells by MSC, paired by responder (DOMAIN 2.1).

CD4 T cells stand with and without MSC, or with and without medium that MSC have conditioned, for 3
to 7 days.  MSC raise the percentage of FOXP3+ cells: this is no suppression, and is never called
so.  Each responder is compared with itself; the responders are the n of the tests.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays import paired_checks
from lims_msc.assays.paired_checks import check_pairs, check_percentages
from lims_msc.assays.paired_groups import group_pairs
from lims_msc.assays.paired_values import PAIRED_FORMULA, values_of_pairs, values_over_responders
from lims_msc.assays.plate_assay import PlateAssay
from lims_msc.assays.readouts import PERCENT, Readout, titles
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.assay import Check
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, PlateAnalysis
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.layout import PlateLayout, WellRole

_TRANSIENT = (
    "FOXP3 rises for a while in any activated human T cell: it shows regulatory T cells only "
    "together with demethylation of the TSDR or with a test of their suppression."
)


def _foxp3(key: str, title: str) -> Readout:
    return Readout(
        key,
        f"{title} by flow, % of CD4+",
        BackgroundMode.NONE,
        sees_msc=False,
        is_bulk=False,
        limits=PERCENT,
        trap=_TRANSIENT,
        direction_text="A higher reading means more regulatory T cells; MSC are expected to raise "
        "it. Their effect is a difference and a fold, never a suppression.",
        formula_text=PAIRED_FORMULA,
    )


class TregInduction(PlateAssay):
    """Increase of FOXP3+ cells by MSC, within responders."""

    key: ClassVar[str] = "treg_induction"
    title: ClassVar[str] = "Induction of regulatory T cells"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ("CD4", "naive CD4", "CD4+CD25−", "PBMC")
    required_roles: ClassVar[tuple[WellRole, ...]] = (WellRole.RESP_STIM, WellRole.COCULT)
    higher_means: ClassVar[str] = (
        "A higher reading means more regulatory T cells, so an effect of MSC raises it."
    )
    known_readouts = (
        _foxp3("foxp3_percent", "FOXP3+"),
        _foxp3("cd25_foxp3_percent", "CD25+FOXP3+"),
        _foxp3("cd25neg_foxp3_percent", "CD25−FOXP3+"),
        _foxp3("cd25_foxp3_cd127low_percent", "CD25+FOXP3+CD127low"),
    )
    readouts = titles(known_readouts)
    checks: ClassVar[tuple[Check, ...]] = paired_checks.CHECKS

    def layout_findings(self, layout: PlateLayout) -> list[Finding]:
        """Return what is wrong or doubtful about the pairs that a layout plans."""
        return check_pairs(layout, group_pairs(layout), WellReadings({}))

    def compute(
        self,
        layout: PlateLayout,
        readings: WellReadings,
        readout: Readout,
        settings: AnalysisSettings,
    ) -> PlateAnalysis:
        """Return difference and fold of each responder, and their means over the responders."""
        groups = group_pairs(layout)
        about_readings = check_percentages(layout, readings, readout)
        findings = [*check_pairs(layout, groups, readings), *about_readings]
        wrong = errors_among(about_readings)
        values = [
            value
            for group in groups
            for value in (
                *values_of_pairs(group, readings, settings.confidence),
                *values_over_responders(group, readings, settings.confidence),
            )
        ]
        return PlateAnalysis(
            assay_key=self.key,
            headline_mode=BackgroundMode.NONE,
            curves=(),
            findings=tuple(findings),
            settings=settings,
            values=() if wrong else tuple(values),
        )
