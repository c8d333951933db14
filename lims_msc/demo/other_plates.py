"""The invented plates whose results are no proliferation: an ELISA of IFN-γ, and a killing assay.

Signals follow the models that the analyses assume (DOMAIN 2.4, 2.5), with noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from lims_msc.demo.demo_plate import DemoPlate, Ending, plate_map_of
from lims_msc.demo.layouts import Cells, Material
from lims_msc.demo.other_layouts import elisa_96, killing_96
from lims_msc.demo.potencies import RESTING, Potency, potencies_on
from lims_msc.demo.simulation import suppressed_share
from lims_msc.demo.workbooks import Shape
from lims_msc.domain.curve import Signal
from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import ReadingKind, WellAddress

_STIMULATED_PG_PER_ML, _UNSTIMULATED_PG_PER_ML = 5200.0, 40.0
_OF_MSC_PG_PER_ML = 8.0
_KILLED_AT_MOST, _HALF_KILLED_AT = 0.78, 6.0
_SPONTANEOUS_RFU, _MAXIMUM_RFU, _PLASTIC_RFU = 2600.0, 21_400.0, 140.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ElisaPlate(DemoPlate):
    """Optical densities of a sandwich ELISA."""

    def signals(self, wells: Iterable[WellAddress]) -> Mapping[WellAddress, Signal]:
        """Return the optical density of each well.

        ::

            OD = 0.06 + 3.3 / (1 + (640/x)^1.15)        x in pg/mL in the well
        """
        random = Random(self.code)  # noqa: S311 (signals of a demonstration keep no secret)
        contents, potencies = self.plate_map.layout.contents, potencies_on(self.cell_type)
        cultures: dict[str, float] = {}
        found = {}
        for well in wells:
            content = contents.get(well)
            in_well = 0.0 if content is None else _in_well(content, potencies, cultures, random)
            share = 0.0 if in_well <= 0 else 1 / (1 + math.pow(640 / in_well, 1.15))
            density = (0.06 + 3.3 * share) * math.exp(random.gauss(0, 0.018))
            plastic = 0.041 + random.gauss(0, 0.001)
            found[well] = Signal(well, round(plastic if content is None else density, 3))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class KillingPlate(DemoPlate):
    """Fluorescence of calcein that killed targets let go."""

    def signals(self, wells: Iterable[WellAddress]) -> Mapping[WellAddress, Signal]:
        """Return the fluorescence of each well.

        ::

            killed = 0.78 · r / (r + 6) · (1 − share suppressed by the MSC)      r = E:T
        """
        random = Random(self.code)  # noqa: S311 (signals of a demonstration keep no secret)
        contents, potencies = self.plate_map.layout.contents, potencies_on(self.cell_type)
        found = {}
        for well in wells:
            released = _PLASTIC_RFU
            if (content := contents.get(well)) is not None:
                span = _MAXIMUM_RFU - _SPONTANEOUS_RFU
                released = _SPONTANEOUS_RFU + span * _killed(content, potencies)
            found[well] = Signal(well, round(released * math.exp(random.gauss(0, 0.03)), 0))
        return found


def other_plates(study: str) -> tuple[DemoPlate, ...]:
    """Return the ELISA and the killing assay of a study, both approved."""
    materials = [Material(f"SIM-MSC-{name}", RESTING) for name in ("H1", "L1", "S2")]
    pbmc = Cells("SIM-PBMC-1", 100_000, "anti-CD3 + anti-CD28 0.5 µg/mL")
    effectors = Cells("SIM-NK-1", 50_000, "IL-2 100 U/mL")
    elisa = elisa_96(pbmc, materials[:2], (2, 5, 10, 20, 50))
    killing = killing_96(effectors, materials, Dose.from_cells(msc_cells=1, responder_cells=10))
    return (
        ElisaPlate(
            plate_map=plate_map_of(
                study, "SIM-ELISA-01", "cytokine_elisa", "ifn_gamma", elisa, october_day=20
            ),
            cell_type="PBMC",
            kind=ReadingKind.ABSORBANCE,
            wavelength_nm=450,
            measured_at=datetime(2026, 10, 23, 13, 12, 40, tzinfo=UTC),
            shape=Shape.MAGELLAN,
            ending=Ending.APPROVED,
        ),
        KillingPlate(
            plate_map=plate_map_of(
                study, "SIM-KILL-01", "nk_cytotoxicity", "calcein_rfu", killing, october_day=21
            ),
            cell_type="NK cell",
            kind=ReadingKind.FLUORESCENCE,
            wavelength_nm=485,
            measured_at=datetime(2026, 10, 21, 17, 45, 2, tzinfo=UTC),
            shape=Shape.GRID,
            ending=Ending.APPROVED,
        ),
    )


def _in_well(
    content: WellContent,
    potencies: Mapping[str, Potency],
    cultures: dict[str, float],
    random: Random,
) -> float:
    """Return the concentration in a well; wells of one sample hold the same supernatant."""
    if content.standard_concentration is not None:
        return content.standard_concentration
    if content.sample_code not in cultures:
        scatter = math.exp(random.gauss(0, 0.06))
        cultures[content.sample_code] = _secreted(content, potencies) * scatter
    return cultures[content.sample_code] / (content.dilution_factor or 1.0)


def _secreted(content: WellContent, potencies: Mapping[str, Potency]) -> float:
    """Return what a culture has secreted, in pg/mL."""
    if content.sample_of is WellRole.MSC_ALONE:
        return _OF_MSC_PG_PER_ML
    if content.sample_of is WellRole.RESP_UNSTIM:
        return _UNSTIMULATED_PG_PER_ML
    window = _STIMULATED_PG_PER_ML - _UNSTIMULATED_PG_PER_ML
    return _UNSTIMULATED_PG_PER_ML + window * (1 - _suppressed(content, potencies))


def _killed(content: WellContent, potencies: Mapping[str, Potency]) -> float:
    """Return the share of targets that let go of their dye beyond spontaneous release."""
    if content.role is WellRole.TGT_MAX:
        return 1.0
    ratio = content.effectors_per_target
    if ratio is None:
        return 0.0
    killed = _KILLED_AT_MOST * ratio / (ratio + _HALF_KILLED_AT)
    return killed * (1 - _suppressed(content, potencies))


def _suppressed(content: WellContent, potencies: Mapping[str, Potency]) -> float:
    if content.dose is None or not content.batch_code:
        return 0.0
    potency = potencies[content.batch_code]
    return suppressed_share(potency, content.priming, content.dose.msc_per_responder)
