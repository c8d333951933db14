"""The invented plate of the methods page: numbers that can be checked with a pocket calculator.

One batch, one responder, five doses, round readings without any noise model.  Half suppression is
reached at MSC:responder 1:6.4 without background, 1:9.0 with the unstimulated control and 1:9.6
with the full background: the mode is part of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from lims_msc.demo.workbooks import ReaderRun, Shape, write_workbook
from lims_msc.domain.curve import Signal
from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, ReadingKind, WellAddress
from lims_msc.domain.plate_map import PlateMap

BATCH, RESPONDER = "INV-MSC-1", "INV-PBMC-1"
PLATE = "INV-PLATE-1"
_STIMULUS = "PHA 5 µg/mL"
_RESPONDER_CELLS = 100_000

BLANK = (0.05, 0.05, 0.05)
UNSTIMULATED = (0.20, 0.22, 0.21)
STIMULATED = (1.62, 1.58, 1.66)
COCULTURES: Mapping[int, tuple[tuple[float, ...], tuple[float, ...]]] = {
    50_000: ((0.55, 0.58, 0.52), (0.30, 0.31, 0.29)),
    20_000: ((0.72, 0.70, 0.77), (0.25, 0.24, 0.26)),
    10_000: ((0.95, 0.99, 0.91), (0.23, 0.22, 0.24)),
    5_000: ((1.25, 1.30, 1.21), (0.22, 0.22, 0.22)),
    2_000: ((1.60, 1.72, 1.66), (0.21, 0.21, 0.21)),
}
"""Readings by MSC per well: with the stimulus, and without it."""


def invented_plate_map(study_code: str = "INVENTED") -> PlateMap:
    """Return the plate map; its study, batch and responder must be registered before it is."""
    contents = [content for content, _ in _wells()]
    return PlateMap(
        study_code=study_code,
        experiment_code="INV-RUN-1",
        plate_code=PLATE,
        run_on=date(2026, 3, 14),
        operator="invented (simulated data)",
        assay_key="t_cell_proliferation",
        readout="wst_od",
        arrest="",
        layout=PlateLayout.of(PlateFormat.WELLS_96, contents),
    )


def invented_signals() -> dict[WellAddress, Signal]:
    """Return the reading of each well that the plate map uses."""
    return {content.well: Signal(content.well, value) for content, value in _wells()}


def invented_plate_workbook(shape: Shape = Shape.GRID) -> bytes:
    """Return the reader workbook of the plate: only the wells that its map uses are read."""
    run = ReaderRun(
        plate_code=PLATE,
        plate_format=PlateFormat.WELLS_96,
        measured_at=datetime(2026, 3, 14, 16, 0, tzinfo=UTC),
        kind=ReadingKind.ABSORBANCE,
        wavelength_nm=450,
        signals=invented_signals(),
    )
    return write_workbook(run, shape)


def _wells() -> Iterator[tuple[WellContent, float]]:
    """Yield each well with its reading: controls in row B, a dose a row from C to G."""
    controls: tuple[tuple[int, WellRole, tuple[float, ...]], ...] = (
        (2, WellRole.RESP_STIM, STIMULATED),
        (5, WellRole.RESP_UNSTIM, UNSTIMULATED),
        (8, WellRole.BLANK, BLANK),
    )
    for column, role, values in controls:
        for place, value in enumerate(values):
            yield _control(WellAddress(2, column + place), role), value
    for row, (msc_cells, (stimulated, unstimulated)) in enumerate(COCULTURES.items(), start=3):
        for column, role, values in (
            (2, WellRole.COCULT, stimulated),
            (5, WellRole.COCULT_UNSTIM, unstimulated),
        ):
            for place, value in enumerate(values):
                yield _coculture(WellAddress(row, column + place), role, msc_cells), value


def _control(well: WellAddress, role: WellRole) -> WellContent:
    if role is WellRole.BLANK:
        return WellContent(well=well, role=role)
    return WellContent(
        well=well,
        role=role,
        responder_code=RESPONDER,
        stimulus=_STIMULUS if role is WellRole.RESP_STIM else "",
        responder_cells_per_well=_RESPONDER_CELLS,
    )


def _coculture(well: WellAddress, role: WellRole, msc_cells: int) -> WellContent:
    return WellContent(
        well=well,
        role=role,
        batch_code=BATCH,
        priming="resting",
        responder_code=RESPONDER,
        stimulus=_STIMULUS if role is WellRole.COCULT else "",
        dose=Dose.from_cells(msc_cells=msc_cells, responder_cells=_RESPONDER_CELLS),
        msc_cells_per_well=msc_cells,
        responder_cells_per_well=_RESPONDER_CELLS,
    )
