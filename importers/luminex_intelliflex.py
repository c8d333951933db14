"""Luminex INTELLIFLEX: a table with one row a well and some columns for each bead region.

Medians and counts are readings; average, net and background values are not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import DecimalMark, decimal_mark, shorten, well_of
from .harvest import Harvest, some
from .headed_table import HeadedTable, find_headed_tables
from .measured import numbered_read, tell_no_well
from .read_settings import Settings
from .table_remarks import tell_again, tell_column_facts, tell_columns_left, tell_cut_off, words

_WELL, _PLATE, _STATUS = words(r"well location"), words(r"plate name"), words(r"well status")
_MEASURED = words(r"(?P<region>.+?): ?RP[0-9] (?P<what>median|count)")
_OF_REGION = words(r".+?: ?RP[0-9] .+")
_GOOD = words(r"ok|completed?|success(?:ful)?|passed|read|acquired")
_RUN = (
    ("instrument", words(r"model name|instrument type")),
    ("serial number", words(r"serial number")),
    ("software version", words(r"software version")),
    ("plate id", _PLATE),
    ("date", words(r"plate start")),
    ("protocol", words(r"protocol name")),
    ("user", words(r"active user|authorized user")),
)


class LuminexIntelliflex:
    """Reads tables of INTELLIFLEX."""

    key: ClassVar[str] = "luminex_intelliflex"
    title: ClassVar[str] = "Luminex INTELLIFLEX"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has well locations and medians of bead regions."""
        for sheet in workbook.sheets:
            for table in _tables(sheet):
                where = sheet.source(table.heading_row, min(table.headings))
                return Sniff(
                    is_mine=True,
                    reason=f"The row of {where} has well locations and medians of bead regions.",
                )
        return Sniff(is_mine=False, reason="No table has well locations and bead regions.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return medians and counts of each bead region in every well.

        :raises InputError: if there are none, or a row with values names no well.
        """
        harvest = Harvest(workbook)
        seen: dict[object, int] = {}
        for sheet in workbook.sheets:
            for table in () if sheet.hidden else _tables(sheet):
                _take(harvest, table, seen)
        return harvest.result()


def _tables(sheet: Sheet) -> tuple[HeadedTable, ...]:
    return find_headed_tables(
        sheet,
        lambda heads: any(map(_WELL.fullmatch, heads)) and any(map(_MEASURED.fullmatch, heads)),
    )


def _take(harvest: Harvest, table: HeadedTable, seen: dict[object, int]) -> None:
    sheet = table.sheet
    wells, first = table.column(_WELL) or 1, min(table.headings)
    columns = {c: _read(found[0], found["what"]) for c, found in table.columns(_MEASURED).items()}
    cells = [sheet.get(row, column) for row in table.rows for column in columns]
    mark = decimal_mark([c for c in cells if c is not None], beside=sheet.cells.values())
    left: list[int] = []
    taken: list[int] = []
    again: list[str] = []
    for row in table.rows:
        well = well_of(sheet.get(row, wells))
        if well is None:
            # A row that starts as the others do is a well whose line is cut off, no signature.
            is_like_others = taken and table.text(row, first) == table.text(taken[-1], first)
            if is_like_others or any(table.text(row, column) for column in columns):
                tell_no_well(harvest, sheet, (row, wells))
            else:
                left.append(row)
            continue
        taken.append(row)
        again += _take_row(harvest, table, (row, well, columns, mark), seen)
        _tell_status(harvest, table, row, well)
    _tell_left(harvest, table, left, again)
    tell_cut_off(harvest, replace(table, rows=tuple(taken)), columns)
    tell_column_facts(harvest, table, _RUN, taken)


def _read(heading: str, what: str) -> Read:
    if what.lower() == "count":
        return Read(heading, ReadingKind.OTHER, unit="{beads}")
    return Settings(ReadingKind.FLUORESCENCE).read(heading)


def _take_row(
    harvest: Harvest,
    table: HeadedTable,
    what: tuple[int, WellAddress, dict[int, Read], DecimalMark],
    seen: dict[object, int],
) -> list[str]:
    """Take the readings of a well; return it if it was there before."""
    row, well, columns, mark = what
    plate = table.text(row, table.column(_PLATE))
    is_again = False
    for column, first in columns.items():
        if not table.text(row, column):
            continue
        read = numbered_read(first, seen, (plate, well))
        is_again = is_again or read != first
        harvest.take(table.sheet, (row, column), plate=plate, read=read, well=well, mark=mark)
    return [str(well)] if is_again else []


def _tell_status(harvest: Harvest, table: HeadedTable, row: int, well: WellAddress) -> None:
    column = table.column(_STATUS)
    text = table.text(row, column)
    if column is not None and text and not _GOOD.fullmatch(text):
        harvest.tell(
            Level.WARNING,
            "well_status",
            f"The instrument gives the well the status '{shorten(text)}'.",
            hint="Look whether the well should be left out.",
            sheet=table.sheet,
            place=(row, column),
            well=well,
        )


def _tell_left(harvest: Harvest, table: HeadedTable, rows: list[int], again: list[str]) -> None:
    """Name wells that stand twice, lines that are no wells, and columns that are no readings."""
    tell_again(harvest, table, "wells", again)
    if rows:
        harvest.tell(
            Level.NOTE,
            "row_not_read",
            f"Rows below the wells, such as signatures, were not read: {some(map(str, rows))}.",
            sheet=table.sheet,
            place=(rows[0], min(table.headings)),
        )
    kinds = {
        heading.rsplit(": ", 1)[-1]: column
        for column, heading in table.headings.items()
        if _OF_REGION.fullmatch(heading) and not _MEASURED.fullmatch(heading)
    }
    tell_columns_left(harvest, table, {column: kind for kind, column in kinds.items()})
