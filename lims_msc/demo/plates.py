"""The invented plates: two studies, and how far each plate has come.

The study ``DEMO-PANEL`` is approved as a whole, so it can be exported; ``DEMO-ONGOING`` has one
plate in each of the states that a working day shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lims_msc.demo.demo_plate import DemoPlate, Ending, plate_map_of
from lims_msc.demo.layouts import Cells, Material, all_96, inner_96, inner_384
from lims_msc.demo.materials import IFN_GAMMA
from lims_msc.demo.other_plates import other_plates
from lims_msc.demo.potencies import RESTING, potencies_on
from lims_msc.demo.simulation import SignalScale, Unevenness, simulate
from lims_msc.demo.workbooks import Shape
from lims_msc.domain.curve import Signal
from lims_msc.domain.plate import ReadingKind, WellAddress

PANEL, ONGOING = "DEMO-PANEL", "DEMO-ONGOING"
STUDIES: Mapping[str, str] = {
    PANEL: "Simulated data: MSC of healthy, SLE and SSc donors on T, B and NK cells",
    ONGOING: "Simulated data: further donors, work in progress",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProliferationPlate(DemoPlate):
    """A plate whose readings rise with proliferation."""

    scale: SignalScale
    unevenness: Unevenness = field(default_factory=Unevenness)

    def signals(self, wells: Iterable[WellAddress]) -> Mapping[WellAddress, Signal]:
        """Return the signal of each of these wells."""
        return simulate(
            self.plate_map.layout,
            wells,
            scale=self.scale,
            potencies=potencies_on(self.cell_type),
            seed=self.code,
            unevenness=self.unevenness,
        )


_BRDU = SignalScale(
    plastic=0.041,
    blank=0.052,
    unstimulated=0.19,
    stimulated=1.64,
    msc_signal=0.0,
    well_cv=0.045,
    floor_sd=0.002,
    decimals=4,
)
_WST = SignalScale(
    plastic=0.043,
    blank=0.094,
    unstimulated=0.31,
    stimulated=1.92,
    msc_signal=0.42,
    well_cv=0.04,
    floor_sd=0.003,
    decimals=3,
)
_ATP = SignalScale(
    plastic=90,
    blank=310,
    unstimulated=14_500,
    stimulated=236_000,
    msc_signal=96_000,
    well_cv=0.05,
    floor_sd=25,
    decimals=0,
)
_ON_POOL = Cells("SIM-PBMC-POOL", 50_000, "anti-CD3 + anti-CD28 0.5 µg/mL")
_ON_PBMC = Cells("SIM-PBMC-1", 100_000, "anti-CD3 + anti-CD28 0.5 µg/mL")
_ON_B = Cells("SIM-B-1", 40_000, "CpG 2.5 µg/mL + CD40L 0.5 µg/mL")
_ON_NK_1 = Cells("SIM-NK-1", 100_000, "IL-2 100 U/mL")
_ON_NK_2 = Cells("SIM-NK-2", 100_000, "IL-2 100 U/mL")
_FIVE_DOSES = (2, 5, 10, 20, 50)
_SIX_DOSES = (2, 5, 10, 20, 50, 100)


def demo_plates() -> tuple[DemoPlate, ...]:
    """Return all plates: those of proliferation first, then the others."""
    return (*proliferation_plates(), *other_plates(PANEL))


def proliferation_plates() -> tuple[ProliferationPlate, ...]:
    """Return the plates of proliferation in the order in which they were worked on."""
    return (_t_panel(), _b_panel(), _nk_panel(), _t_ongoing(), _nk_ongoing(), _t_waiting())


def _t_panel() -> ProliferationPlate:
    six = ("H1", "H2", "L1", "L2", "S1", "S2")
    curves = [*_materials(six, RESTING), *_materials(six, IFN_GAMMA)]
    layout = inner_384(_ON_POOL, curves, _SIX_DOSES, with_background=False)
    return ProliferationPlate(
        plate_map=plate_map_of(
            PANEL, "SIM-T-01", "t_cell_proliferation", "brdu_od", layout, october_day=5
        ),
        cell_type="PBMC",
        scale=_BRDU,
        kind=ReadingKind.ABSORBANCE,
        wavelength_nm=450,
        measured_at=datetime(2026, 10, 9, 15, 57, 4, tzinfo=UTC),
        shape=Shape.MAGELLAN,
        ending=Ending.APPROVED,
        unevenness=Unevenness(left_to_right=0.03),
    )


def _b_panel() -> ProliferationPlate:
    curves = [
        *_materials(("H1", "H2", "L1", "L2", "S1", "S2"), RESTING),
        *_materials(("S2",), IFN_GAMMA),
    ]
    layout = inner_384(_ON_B, curves, _FIVE_DOSES, with_background=True)
    return ProliferationPlate(
        plate_map=plate_map_of(
            PANEL, "SIM-B-01", "b_cell_proliferation", "atp_rlu", layout, october_day=12
        ),
        cell_type="B cell",
        scale=_ATP,
        kind=ReadingKind.LUMINESCENCE,
        wavelength_nm=None,
        measured_at=datetime(2026, 10, 16, 10, 21, 33, tzinfo=UTC),
        shape=Shape.ICONTROL,
        ending=Ending.APPROVED,
        # One of three wells at the lowest dose: its curve keeps all its doses.
        unevenness=Unevenness(-0.02, frozenset({WellAddress.parse("F3")})),
    )


def _nk_panel() -> ProliferationPlate:
    layout = all_96(_ON_NK_1, _materials(("H1", "L1", "S2"), RESTING), _FIVE_DOSES)
    return ProliferationPlate(
        plate_map=plate_map_of(
            PANEL, "SIM-NK-01", "nk_proliferation", "wst_od", layout, october_day=13
        ),
        cell_type="NK cell",
        scale=_WST,
        kind=ReadingKind.ABSORBANCE,
        wavelength_nm=450,
        measured_at=datetime(2026, 10, 17, 11, 5, 48, tzinfo=UTC),
        shape=Shape.GRID,
        ending=Ending.APPROVED,
    )


def _t_ongoing() -> ProliferationPlate:
    layout = inner_96(_ON_PBMC, _materials(("H3", "L3", "S3"), RESTING), _FIVE_DOSES)
    return ProliferationPlate(
        plate_map=plate_map_of(
            ONGOING, "SIM-T-02", "t_cell_proliferation", "brdu_od", layout, october_day=26
        ),
        cell_type="PBMC",
        scale=_BRDU,
        kind=ReadingKind.ABSORBANCE,
        wavelength_nm=450,
        measured_at=datetime(2026, 10, 30, 14, 40, 19, tzinfo=UTC),
        shape=Shape.MAGELLAN,
        ending=Ending.SUBMITTED,
    )


def _nk_ongoing() -> ProliferationPlate:
    layout = inner_96(_ON_NK_2, _materials(("H3", "L2", "S3"), RESTING), _FIVE_DOSES)
    return ProliferationPlate(
        plate_map=plate_map_of(
            ONGOING, "SIM-NK-02", "nk_proliferation", "brdu_od", layout, october_day=27
        ),
        cell_type="NK cell",
        scale=replace(_BRDU, stimulated=1.31),
        kind=ReadingKind.ABSORBANCE,
        wavelength_nm=450,
        measured_at=datetime(2026, 10, 31, 9, 12, 55, tzinfo=UTC),
        shape=Shape.ICONTROL,
        ending=Ending.RETURNED,
        # A plate that stood at the door of the incubator: the reviewer sees it in the controls.
        unevenness=Unevenness(left_to_right=-0.45),
    )


def _t_waiting() -> ProliferationPlate:
    layout = inner_96(_ON_PBMC, _materials(("H3", "L3", "S3"), IFN_GAMMA), _FIVE_DOSES)
    return ProliferationPlate(
        plate_map=plate_map_of(
            ONGOING, "SIM-T-03", "t_cell_proliferation", "brdu_od", layout, october_day=26
        ),
        cell_type="PBMC",
        scale=_BRDU,
        kind=ReadingKind.ABSORBANCE,
        wavelength_nm=450,
        measured_at=datetime(2026, 10, 30, 15, 2, 7, tzinfo=UTC),
        shape=Shape.ICONTROL,
        ending=Ending.WAITING,
    )


def _materials(names: Sequence[str], priming: str) -> list[Material]:
    return [Material(f"SIM-MSC-{name}", priming) for name in names]
