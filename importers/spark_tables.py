"""The tables of values in a SparkControl export: grids, lists, kinetics and scans.

Which read a table belongs to is decided by the importer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lims_msc.domain.plate import WellAddress
from lims_msc.domain.workbook import Sheet

from .cells import LONGEST_NM, SHORTEST_NM, DecimalMark, parse_number, text_of, well_of
from .icontrol_sections import Export
from .kinetic_block import TimedBlock, find_timed_blocks
from .plate_grid import Block, Rows, find_blocks
from .well_list import well_table_at, wells_across

CORNER = "<>"
_VALUE = re.compile(r"value|wert|mean|mittelwert|valore|media|valeur|moyenne", re.IGNORECASE)
_WAVELENGTHS = re.compile(r"wavel|wellenl|lunghezza|longueur|longitud", re.IGNORECASE)
_TITLE_ROWS = 2

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PlacedList:
    """Values one below the other, each beside the well it belongs to."""

    sheet: Sheet = field(repr=False)
    first_row: int
    last_row: int
    last_column: int
    entries: tuple[tuple[WellAddress, Place], ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """Values over wavelengths: well, wavelength in nm and place of each.

    ``unclear`` are cells that should state a wavelength and do not.
    """

    sheet: Sheet = field(repr=False)
    first_row: int
    last_row: int
    last_column: int
    entries: tuple[tuple[WellAddress, float, Place], ...]
    unclear: tuple[Place, ...] = ()


Data = Block | TimedBlock | PlacedList | Scan


@dataclass(frozen=True, slots=True)
class Table:
    """A table of values with the text that stands alone above it."""

    data: Data
    title: str
    title_at: Place

    @property
    def first_row(self) -> int:
        """The sheet row where the table starts."""
        return self.data.corner[0] if isinstance(self.data, Block) else self.data.first_row

    @property
    def last_row(self) -> int:
        """The last sheet row of the table."""
        return self.data.last_row

    @property
    def last_column(self) -> int:
        """The last sheet column that holds values of the table."""
        if isinstance(self.data, TimedBlock):
            return max((place[1] for *_, place in self.data.entries), default=1)
        return self.data.last_column


def find_tables(export: Export, mark: DecimalMark) -> list[Table]:
    """Return the tables of an export from top to bottom."""
    sheet = export.sheet
    found: list[Data] = [*_grids(export)]
    found += find_timed_blocks(sheet, export.first_row, export.last_row, mark)
    rows = dict(sheet.rows())
    for row in range(export.first_row, export.last_row + 1):
        data = _placed_list(export, row) or _scan(export, rows, row, mark)
        if data is not None:
            found.append(data)
    tables = [_titled(export, data) for data in found]
    return sorted(tables, key=lambda table: table.first_row)


def _grids(export: Export) -> list[Block]:
    """Return the grids; one that an inserted column cut in two is put together."""
    grids: dict[Place, Block] = {}
    for block in find_blocks(export.sheet):
        corner = block.corner
        if export.holds(corner[0]) and text_of(export.sheet.get(*corner)) == CORNER:
            before = grids.get(corner)
            places = {**before.places, **block.places} if before else block.places
            grids[corner] = replace(block, places=places)
    return list(grids.values())


def _titled(export: Export, data: Data) -> Table:
    """Find the text that stands alone in the key column above a table."""
    first_row = data.corner[0] if isinstance(data, Block) else data.first_row
    for row in range(first_row - 1, first_row - 1 - _TITLE_ROWS, -1):
        text = export.key(row) if row >= export.first_row else ""
        place = export.value_place(row)
        if text and place is None:
            return Table(data, text, (row, export.column))
        if text and not isinstance(data, TimedBlock):
            break
    return Table(data, "", (first_row, export.column))


def _placed_list(export: Export, row: int) -> PlacedList | None:
    """Read a list headed ``<>``, ``Value``, ``Time [ms]``."""
    sheet, column = export.sheet, export.column
    if export.key(row) != CORNER:
        return None
    headed = [
        c
        for c in range(column + 1, column + 9)
        if _VALUE.fullmatch(text_of(sheet.get(row, c)).split(" [")[0])
    ]
    if not headed:
        return None
    entries: list[tuple[WellAddress, Place]] = []
    while (well := well_of(sheet.get(row + len(entries) + 1, column))) is not None:
        entries.append((well, (row + len(entries) + 1, headed[0])))
    return PlacedList(sheet, row, row + len(entries), headed[0], tuple(entries))


def _scan(export: Export, rows: Rows, row: int, mark: DecimalMark) -> Scan | None:
    """Read a scan whose wells stand side by side, or one below the other."""
    if not _WAVELENGTHS.match(export.key(row)):
        return None
    sheet, column = export.sheet, export.column
    table = well_table_at(sheet, rows, row, wells_across(rows[row]))
    if table is not None:
        places = [(r, c) for r in table.rows for c in table.wells]
        stated = {r: _wavelength(sheet, (r, column), mark) for r in table.rows}
        entries = tuple((table.wells[c], nm, (r, c)) for r, c in places if (nm := stated[r]))
        unclear = tuple((r, column) for r, nm in stated.items() if nm is None)
        last_column = max(table.wells)
        return Scan(sheet, row, table.rows[-1], last_column, entries, unclear)
    across = {
        c: nm
        for c in rows.get(row, {})
        if c > column and (nm := _wavelength(sheet, (row, c), mark))
    }
    wells: dict[int, WellAddress] = {}
    while (well := well_of(sheet.get(row + len(wells) + 1, column))) is not None:
        wells[row + len(wells) + 1] = well
    if not across or not wells:
        return None
    entries = tuple((w, nm, (r, c)) for r, w in wells.items() for c, nm in across.items())
    return Scan(sheet, row, max(wells), max(across), entries)


def _wavelength(sheet: Sheet, place: Place, mark: DecimalMark) -> float | None:
    """Return the wavelength in nm that a cell states, if it can be one."""
    cell = sheet.get(*place)
    if cell is None or isinstance(cell.value, bool):
        return None
    if isinstance(cell.value, int | float):
        value: float | None = float(cell.value)
    else:
        value = parse_number(text_of(cell).removesuffix("nm").strip(), mark)
    if value is None or not SHORTEST_NM <= value <= LONGEST_NM:
        return None
    return round(value, 3)
