"""Mabtech Apex (IRIS and ASTOR readers): a table with one row for each population of each well.

Counts of spots are readings.  The grid sheets beside the table are views of it and are compared.
"""

from __future__ import annotations

import re
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import DecimalMark, decimal_mark, read_cell, shorten, text_of, well_of
from .harvest import Harvest, some
from .headed_table import HeadedTable, find_headed_tables
from .measured import numbered_read, tell_no_well
from .plate_grid import Block, find_blocks
from .sample_report import key_lines, tell_report_facts
from .table_remarks import tell_again, tell_columns_left, words

_WELL, _PLATE, _MASKED = words(r"well"), words(r"plate"), words(r"masked")
_NOTED = words(r"has note")
_POPULATION = words(r"analyte secreting population")
_SPOTS = words(r"spot forming units(?: \(sfu\))?")
_LAYOUT = words(r"layout-.*|read date|saved date|machine id|led filter|spot joining threshold")
_YES = words(r"yes|true|ja|1")
_RUN = (
    ("plate id", words(r"plate name")),
    ("date", words(r"plate read date")),
    ("serial number", words(r"machine id")),
    ("software version", words(r"(?:software )?version")),
    ("user", words(r"saved by")),
)
_Spots = dict[tuple[str, WellAddress], tuple[float, tuple[int, int]]]


class MabtechApex:
    """Reads workbooks of Apex."""

    key: ClassVar[str] = "mabtech_apex"
    title: ClassVar[str] = "Mabtech Apex"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx",)

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has wells, analyte secreting populations and spot forming units."""
        for sheet in workbook.sheets:
            for table in _tables(sheet):
                where = sheet.source(table.heading_row, min(table.headings))
                return Sniff(
                    is_mine=True,
                    reason=f"The row of {where} has wells, populations and spot forming units.",
                )
        return Sniff(is_mine=False, reason="No table has populations and spot forming units.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the count of spots of each population in every well.

        :raises InputError: if there are none, or a row names no well.
        """
        harvest = Harvest(workbook)
        shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
        seen: dict[object, int] = {}
        for sheet in shown:
            tables = _tables(sheet)
            if not tables:
                tell_report_facts(harvest, key_lines(sheet), _RUN)
            for table in tables:
                spots = _take(harvest, table, seen)
                for other in shown:
                    if _SPOTS.fullmatch(other.name):
                        _compare(harvest, table, spots, other)
        grids = [sheet.name for sheet in shown if not _tables(sheet) and find_blocks(sheet)]
        if grids:
            harvest.tell(
                Level.NOTE,
                "sheet_not_read",
                f"Sheets that show the table again, as grids, were not read: {some(grids)}.",
            )
        return harvest.result()


def _tables(sheet: Sheet) -> tuple[HeadedTable, ...]:
    return find_headed_tables(
        sheet,
        lambda heads: all(any(map(p.fullmatch, heads)) for p in (_WELL, _POPULATION, _SPOTS)),
    )


def _take(harvest: Harvest, table: HeadedTable, seen: dict[object, int]) -> _Spots:
    """Take the counts of a table; return them by population and well, to be compared."""
    sheet, spots = table.sheet, table.column(_SPOTS)
    wells, populations = table.column(_WELL), table.column(_POPULATION)
    taken: _Spots = {}
    if spots is None or wells is None:
        return taken
    cells = [cell for row in table.rows if (cell := sheet.get(row, spots)) is not None]
    mark = decimal_mark(cells)
    again: list[str] = []
    for row in table.rows:
        well = well_of(sheet.get(row, wells))
        if well is None:
            if table.text(row, spots):
                tell_no_well(harvest, sheet, (row, wells))
            continue
        population, plate = table.text(row, populations), table.text(row, table.column(_PLATE))
        label = f"{table.headings[spots]} {population}".strip()
        read = numbered_read(
            first := Read(label, ReadingKind.OTHER, unit="{spots}"), seen, (plate, well)
        )
        again += [] if read == first else [str(well)]
        harvest.take(sheet, (row, spots), plate=plate, read=read, well=well, mark=mark)
        value = _number(sheet, (row, spots), mark)
        if value is not None:
            taken[population, well] = value, (row, spots)
        _tell_marks(harvest, table, row, well)
    tell_again(harvest, table, "wells", again)
    told = (_WELL, _PLATE, _POPULATION, _SPOTS, _MASKED, _NOTED, _LAYOUT)
    left = {c: h for c, h in table.headings.items() if not any(p.fullmatch(h) for p in told)}
    tell_columns_left(harvest, table, left)
    return taken


def _number(sheet: Sheet, place: tuple[int, int], mark: DecimalMark) -> float | None:
    cell = sheet.get(*place)
    found = None if cell is None else read_cell(cell, mark)
    return None if found is None else found.value


def _tell_marks(harvest: Harvest, table: HeadedTable, row: int, well: WellAddress) -> None:
    """Say that a part of a well was masked, or that somebody wrote a note on it."""
    for pattern, code, what in (
        (_MASKED, "masked", "A part of the well was masked before counting."),
        (_NOTED, "noted", "There is a note on the well; it may stand on the sheet of notes."),
    ):
        column = table.column(pattern)
        if column is not None and _YES.fullmatch(table.text(row, column)):
            harvest.tell(
                Level.WARNING,
                code,
                what,
                hint="Look whether the well should be left out.",
                sheet=table.sheet,
                place=(row, column),
                well=well,
            )


def _compare(harvest: Harvest, table: HeadedTable, spots: _Spots, grid_sheet: Sheet) -> None:
    """Warn where a grid shows another count than the table."""
    for block in find_blocks(grid_sheet):
        population = _title(block)
        for well, place, cell in block.filled():
            known = spots.get((population, well))
            found = read_cell(cell, DecimalMark.POINT)
            if known is None or found is None or found.value is None or found.value == known[0]:
                continue
            where = table.sheet.source(*known[1])
            harvest.tell(
                Level.WARNING,
                "tables_disagree",
                f"The grid shows {found.value:g} spots of '{shorten(population)}', the table in"
                f" {where} has {known[0]:g}.",
                hint="The table was imported. Find out which one was changed.",
                sheet=grid_sheet,
                place=place,
                well=well,
            )


def _title(block: Block) -> str:
    """Return the population that the nearest filled cell above the row letters names."""
    row, column = block.corner
    texts = (text_of(block.sheet.get(above, column)) for above in (row, row - 1, row - 2))
    return re.sub(r"\s+", " ", next((text for text in texts if text), ""))
