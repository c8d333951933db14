"""What every invented plate has: its map, its reader file, and how far it is taken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from lims_msc.demo.workbooks import ReaderRun, Shape, write_workbook
from lims_msc.domain.curve import Signal
from lims_msc.domain.layout import PlateLayout
from lims_msc.domain.plate import ReadingKind, WellAddress
from lims_msc.domain.plate_map import PlateMap

OPERATOR = "Demo technician (simulated data)"


class Ending(StrEnum):
    """How far a plate is taken."""

    APPROVED = "approved"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WAITING = "waiting for file"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlate(ABC):
    """One invented plate: its map, the shape of its workbook, and its ending.

    ``cell_type`` is that of its responders.
    """

    plate_map: PlateMap
    cell_type: str
    kind: ReadingKind
    wavelength_nm: int | None
    measured_at: datetime
    shape: Shape
    ending: Ending

    @abstractmethod
    def signals(self, wells: Iterable[WellAddress]) -> Mapping[WellAddress, Signal]:
        """Return the signal of each of these wells; the same every time."""

    @property
    def code(self) -> str:
        """The plate's code."""
        return self.plate_map.plate_code

    @property
    def map_file_name(self) -> str:
        """The file name of its plate map."""
        return f"{self.code}_plate-map.xlsx"

    @property
    def reader_file_name(self) -> str:
        """The file name of its reader workbook."""
        return f"{self.code}_{self.shape.value.lower().replace(' ', '-')}.xlsx"

    def run(self) -> ReaderRun:
        """Return what the reader is made to have measured."""
        layout = self.plate_map.layout
        return ReaderRun(
            plate_code=self.code,
            plate_format=layout.plate_format,
            measured_at=self.measured_at,
            kind=self.kind,
            wavelength_nm=self.wavelength_nm,
            signals=self.signals(_wells_read(layout, self.shape)),
        )

    def reader_workbook(self) -> bytes:
        """Return the reader workbook."""
        return write_workbook(self.run(), self.shape)


def plate_map_of(
    study: str,
    plate: str,
    assay: str,
    readout: str,
    layout: PlateLayout,
    *,
    october_day: int,
    arrest: str = "irradiation 25 Gy",
) -> PlateMap:
    """Return the map of a plate that was set up on a day of October 2026."""
    run_on = datetime(2026, 10, october_day, tzinfo=UTC).date()
    return PlateMap(
        study_code=study,
        experiment_code=f"SIM-RUN-{run_on:%m%d}",
        plate_code=plate,
        run_on=run_on,
        operator=OPERATOR,
        assay_key=assay,
        readout=readout,
        arrest=arrest,
        layout=layout,
    )


def _wells_read(layout: PlateLayout, shape: Shape) -> tuple[WellAddress, ...]:
    """Return the wells that the reader is told to read: all, or in i-control the used rectangle."""
    if shape is not Shape.ICONTROL:
        return layout.plate_format.wells()
    used = [well for well, content in layout.contents.items() if content.role.is_read]
    rows, columns = [well.row for well in used], [well.column for well in used]
    return tuple(
        WellAddress(row, column)
        for row in range(min(rows), max(rows) + 1)
        for column in range(min(columns), max(columns) + 1)
    )
