"""Finding kinetic blocks: wells as rows under a row of times, wells as columns beside a column of
times, and one block per well whose first line of values is the mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lims_msc.domain.plate import WellAddress
from lims_msc.domain.workbook import Cell, Sheet

from .cells import DecimalMark, heading_seconds, seconds_of, text_of, well_of
from .well_list import WellTable, find_well_tables

_BRACKETED_UNIT = re.compile(r".{0,40}[\[(][A-Za-z]{1,7}[\])]")
_TIME_WORD = re.compile(r"(?:time|zeit|tempo|temps|tiempo)\b.{0,30}", re.IGNORECASE)
_TEMPERATURE = re.compile(r"t.{0,30}[°º]? ?C\]?|t°.{0,20}", re.IGNORECASE)

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TimedBlock:
    """Readings over time of some wells: which cell holds which well at which second.

    ``untimed`` are filled cells in places where the block states no time.
    """

    sheet: Sheet = field(repr=False)
    first_row: int
    last_row: int
    title: str
    entries: tuple[tuple[WellAddress, float, Place], ...]
    untimed: tuple[tuple[WellAddress, Place], ...] = ()


def is_time_heading(text: str) -> bool:
    """Whether a heading announces times: ``Time``, ``Zeit [s]``, ``Kinetic time (min)``."""
    if _TIME_WORD.match(text):
        return True
    return bool(_BRACKETED_UNIT.fullmatch(text)) and heading_seconds(text) is not None


def find_timed_blocks(
    sheet: Sheet, first_row: int, last_row: int, mark: DecimalMark
) -> tuple[TimedBlock, ...]:
    """Return the kinetic blocks that start between two rows of a sheet, from top to bottom."""
    rows = {r: cells for r, cells in sheet.rows() if first_row <= r <= last_row}
    blocks = [
        block
        for row, cells in rows.items()
        if (block := _wells_as_rows(sheet, rows, row, cells, mark)) is not None
    ]
    for table in find_well_tables(sheet):
        if not first_row <= table.heading_row <= last_row:
            continue
        times = [
            c
            for c in table.side_columns
            if is_time_heading(text_of(sheet.get(table.heading_row, c)))
        ]
        if len(times) == 1:
            blocks.append(_wells_as_columns(table, times[0], mark))
    return tuple(sorted(blocks, key=lambda b: b.first_row))


def _wells_as_columns(table: WellTable, time_column: int, mark: DecimalMark) -> TimedBlock:
    sheet, heading_row = table.sheet, table.heading_row
    unit_s = heading_seconds(text_of(sheet.get(heading_row, time_column)))
    entries, untimed = [], []
    for row in table.rows:
        cell = sheet.get(row, time_column)
        time_s = None if cell is None else seconds_of(cell, unit_s, mark)
        for column, well in table.wells.items():
            if text_of(sheet.get(row, column)):
                if time_s is None:
                    untimed.append((well, (row, column)))
                else:
                    entries.append((well, time_s, (row, column)))
    title = _title(sheet, heading_row, time_column)
    return TimedBlock(sheet, heading_row, table.rows[-1], title, tuple(entries), tuple(untimed))


def _wells_as_rows(
    sheet: Sheet,
    rows: dict[int, dict[int, Cell]],
    row: int,
    cells: dict[int, Cell],
    mark: DecimalMark,
) -> TimedBlock | None:
    """Read a row of times with its wells below, or the mean of one well that stands above it."""
    column = min(cells)
    heading = text_of(cells[column])
    if not _BRACKETED_UNIT.fullmatch(heading) or (unit_s := heading_seconds(heading)) is None:
        return None
    times = {
        c: time_s
        for c, cell in cells.items()
        if c > column and (time_s := seconds_of(cell, unit_s, mark)) is not None
    }
    data_row = row + 1
    if _TEMPERATURE.fullmatch(text_of(sheet.get(data_row, column))):
        data_row += 1
    above = well_of(sheet.get(row - 1, column))
    wells: dict[int, WellAddress] = {}
    if above is not None:
        wells[data_row] = above
    else:
        while (well := well_of(sheet.get(data_row, column))) is not None:
            wells[data_row] = well
            data_row += 1
    if not wells:
        return None
    filled = [
        (well, (data_row, c))
        for data_row, well in wells.items()
        for c in rows.get(data_row, {})
        if c > column and text_of(sheet.get(data_row, c))
    ]
    entries = [(well, times[place[1]], place) for well, place in filled if place[1] in times]
    untimed = [(well, place) for well, place in filled if place[1] not in times]
    # The cycle numbers stand above the times, and a title, where there is one, above those.
    title = "" if above is not None else _title(sheet, row - 1, column)
    return TimedBlock(sheet, row, max(wells), title, tuple(entries), tuple(untimed))


def _title(sheet: Sheet, heading_row: int, column: int) -> str:
    """Return the text that stands alone in the row above a block."""
    row = heading_row - 1
    alone = all(not text_of(sheet.get(row, c)) for c in range(column + 1, column + 6))
    return text_of(sheet.get(row, column)) if alone else ""
