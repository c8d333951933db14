"""Finding lists with one row per well, and tables with one column per well.

Which columns hold readings is decided by the importers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lims_msc.domain.plate import WellAddress
from lims_msc.domain.workbook import Cell, Sheet

from .cells import text_of, well_of

_WELL_HEADING = re.compile(
    r"wells?|well ?(?:positions?|id|name|no\.?|number|address)|positions?|pos\.?|kavität|vertiefung"
    r"|pozzetto|puits",
    re.IGNORECASE,
)
_FEWEST_WELLS = 3
_LONGEST_GAP = 2
_HEADING_ROWS = 4


@dataclass(frozen=True, slots=True)
class WellList:
    """A column of wells with the rows that belong to it.

    ``heading_row`` is the row of the headings, 0 if the list has none; the rows between it and the
    first well hold times, temperatures or units.  ``strange`` are cells of the well column, inside
    the list, that name no well.
    """

    sheet: Sheet = field(repr=False)
    column: int
    wells: Mapping[int, WellAddress]
    heading_row: int
    strange: tuple[tuple[int, int], ...] = ()

    @property
    def first_row(self) -> int:
        """The row of the first well."""
        return min(self.wells)

    @property
    def last_row(self) -> int:
        """The row of the last well."""
        return max(self.wells)

    @property
    def heading(self) -> str:
        """The heading of the well column."""
        return self.heading_of(self.column)

    def heading_of(self, column: int) -> str:
        """Return the heading of a column; empty if there is none."""
        return text_of(self.sheet.get(self.heading_row, column)) if self.heading_row else ""

    @property
    def other_columns(self) -> tuple[int, ...]:
        """The columns beside the wells that hold anything in the rows of the list."""
        found = {
            column
            for (row, column) in self.sheet.cells
            if row in self.wells and column != self.column
        }
        return tuple(sorted(found))

    def cells(self, column: int) -> list[tuple[int, Cell]]:
        """Return the filled cells of a column in the rows of the list."""
        return [
            (row, cell)
            for row in self.wells
            if (cell := self.sheet.get(row, column)) is not None and text_of(cell)
        ]

    def repeats(self) -> dict[WellAddress, list[int]]:
        """Return the wells that the list names more than once, with their rows."""
        rows: dict[WellAddress, list[int]] = {}
        for row, well in self.wells.items():
            rows.setdefault(well, []).append(row)
        return {well: found for well, found in rows.items() if len(found) > 1}


def find_well_lists(sheet: Sheet) -> tuple[WellList, ...]:
    """Return the lists of a sheet, from left to right; a column headed as wells wins its rows."""
    by_column: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in sheet.cells.items():
        by_column.setdefault(column, {})[row] = cell
    found = [
        well_list
        for column in sorted(by_column)
        for well_list in _lists_in_column(sheet, column, dict(sorted(by_column[column].items())))
    ]
    named = [w for w in found if _WELL_HEADING.fullmatch(w.heading)]
    rest = [
        w
        for w in found
        if w not in named and len(set(w.wells.values())) == len(w.wells) and not _shadowed(w, named)
    ]
    return tuple(named + rest)


def _shadowed(candidate: WellList, named: list[WellList]) -> bool:
    """Whether a column only looks like wells ('D01', 'S1') beside the true well column."""
    return any(set(candidate.wells) & set(other.wells) for other in named)


def _lists_in_column(sheet: Sheet, column: int, cells: Mapping[int, Cell]) -> list[WellList]:
    lists: list[WellList] = []
    wells: dict[int, WellAddress] = {}
    strange: list[tuple[int, int]] = []
    for row, cell in cells.items():
        well = well_of(cell)
        if wells and row - max(wells) > _LONGEST_GAP + 1:
            lists += _list(sheet, column, wells, strange)
            wells, strange = {}, []
        if well is not None:
            wells[row] = well
        elif wells and text_of(cell):
            strange.append((row, column))
    return lists + _list(sheet, column, wells, strange)


def _list(
    sheet: Sheet, column: int, wells: dict[int, WellAddress], strange: list[tuple[int, int]]
) -> list[WellList]:
    if len(wells) < _FEWEST_WELLS:
        return []
    inside = tuple(place for place in strange if place[0] < max(wells))
    if len(inside) > len(wells) // 4:
        return []
    return [WellList(sheet, column, wells, _heading_row(sheet, column, min(wells)), inside)]


def _heading_row(sheet: Sheet, column: int, first: int) -> int:
    """Return the nearest row above that names the wells, or else has a word over them."""
    rows = range(first - 1, max(0, first - 1 - _HEADING_ROWS), -1)
    for row in rows:
        if _WELL_HEADING.fullmatch(text_of(sheet.get(row, column))):
            return row
    for row in rows:
        if isinstance(sheet.value(row, column), str) and text_of(sheet.get(row, column)):
            return row
    return 0


@dataclass(frozen=True, slots=True)
class WellTable:
    """A table with a heading row of wells, one column each, and a row per cycle or plate."""

    sheet: Sheet = field(repr=False)
    heading_row: int
    wells: Mapping[int, WellAddress]
    rows: tuple[int, ...]

    @property
    def side_columns(self) -> tuple[int, ...]:
        """The headed columns left of the wells: time, temperature, plate."""
        first = min(self.wells)
        return tuple(c for c in range(1, first) if text_of(self.sheet.get(self.heading_row, c)))


def find_well_tables(sheet: Sheet) -> tuple[WellTable, ...]:
    """Return the tables of a sheet whose heading row names at least three wells side by side."""
    tables: list[WellTable] = []
    rows = dict(sheet.rows())
    for row, cells in rows.items():
        if tables and row <= tables[-1].rows[-1]:
            continue
        wells = wells_side_by_side(cells)
        table = well_table_at(sheet, rows, row, wells)
        if table is not None and len(wells) >= _FEWEST_WELLS:
            tables.append(table)
    return tuple(tables)


def well_table_at(
    sheet: Sheet,
    rows: Mapping[int, Mapping[int, Cell]],
    heading_row: int,
    wells: Mapping[int, WellAddress],
) -> WellTable | None:
    """Return the table below some wells of a heading row; ``None`` if it has no rows.

    :param rows: the filled rows of the sheet, each with its cells by column.
    """
    below: list[int] = []
    while (following := heading_row + len(below) + 1) in rows:
        cells = rows[following]
        if not any(c in cells for c in wells) or any(well_of(cells.get(c)) for c in wells):
            break
        below.append(following)
    return WellTable(sheet, heading_row, wells, tuple(below)) if below else None


def wells_across(cells: Mapping[int, Cell]) -> dict[int, WellAddress]:
    """Return the wells that a row names from left to right, until one comes again.

    Columns may lie between them; a second table with the same headings is left.
    """
    wells: dict[int, WellAddress] = {}
    for column, cell in sorted(cells.items()):
        well = well_of(cell)
        if well in wells.values():
            break
        if well is not None:
            wells[column] = well
    return wells


def wells_side_by_side(cells: Mapping[int, Cell]) -> dict[int, WellAddress]:
    """Return the wells that neighbouring cells of a row name, each once; empty if they do not."""
    wells = _longest_run({c: w for c, cell in cells.items() if (w := well_of(cell))})
    return wells if len(set(wells.values())) == len(wells) else {}


def _longest_run(wells: dict[int, WellAddress]) -> dict[int, WellAddress]:
    """Keep the longest run of neighbouring columns; single wells elsewhere are names."""
    best: dict[int, WellAddress] = {}
    run: dict[int, WellAddress] = {}
    for column in sorted(wells):
        run = {**run, column: wells[column]} if column - 1 in run else {column: wells[column]}
        if len(run) > len(best):
            best = run
    return best
