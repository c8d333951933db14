"""Unchained Labs Lunatic and Stunner: lists with one row per well, with or without a report head.

Absorbances are readings; concentrations, ratios and backgrounds are results and are not.
"""

from __future__ import annotations

import re
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook
from lims_msc.errors import InputError

from .cells import DecimalMark, decimal_mark, text_of, well_of
from .harvest import Harvest, some
from .headed_table import HeadedTable, find_headed_tables, key_and_value
from .measured import numbered_read, tell_no_well

_PLATE = re.compile(r"plate ?id", re.IGNORECASE)
_POSITION = re.compile(r"plate ?position", re.IGNORECASE)
_ABSORBANCE = re.compile(r"A ?([0-9]{3,4})(?: ?\([0-9.]+ ?[mc]m\))?")
_RESULT = re.compile(r"a ?[0-9]{3,4}\b.*|.*concentration.*")
_HEAD_FACTS = (
    ("date", re.compile(r"date", re.IGNORECASE)),
    ("serial number", re.compile(r"instrument(?: id)?", re.IGNORECASE)),
    ("software version", re.compile(r"software version", re.IGNORECASE)),
    ("protocol", re.compile(r"application", re.IGNORECASE)),
    ("user", re.compile(r"test performed by", re.IGNORECASE)),
    ("experiment", re.compile(r"experiment name", re.IGNORECASE)),
    ("plate type", re.compile(r"plate type", re.IGNORECASE)),
)
_COLUMN_FACTS = {"date", "serial number", "protocol", "plate type"}
_UNIT = "{OD}/cm"
"""The program states absorbances as they would be over 10 mm."""


class Lunatic:
    """Reads lists of Lunatic and Stunner."""

    key: ClassVar[str] = "lunatic"
    title: ClassVar[str] = "Unchained Labs Lunatic and Stunner"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a list has the columns Plate ID, Plate Position and results."""
        for sheet in workbook.sheets:
            for found in _lists(sheet):
                where = sheet.source(found.heading_row, min(found.headings))
                return Sniff(
                    is_mine=True,
                    reason=f"{where} starts the headings Plate ID, Plate Position and results.",
                )
        return Sniff(
            is_mine=False, reason="No list has the columns Plate ID, Plate Position and results."
        )

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the absorbances of all lists.

        :raises InputError: if there are none, or a row names no well.
        """
        harvest = Harvest(workbook)
        lists = [w for s in workbook.sheets if not s.hidden for w in _lists(s)]
        if lists and not any(found.columns(_ABSORBANCE) for found in lists):
            raise InputError(
                "The list has results, but no column of absorbances such as 'A260'.",
                hint="Add the absorbances to the columns of the export.",
            )
        seen: dict[object, int] = {}
        for found in lists:
            _tell_facts(harvest, found)
            _take_list(harvest, found, seen)
        return harvest.result()


def _lists(sheet: Sheet) -> tuple[HeadedTable, ...]:
    return find_headed_tables(
        sheet,
        lambda words: (
            any(map(_PLATE.fullmatch, words))
            and any(map(_POSITION.fullmatch, words))
            and any(map(_RESULT.fullmatch, words))
        ),
    )


def _take_list(harvest: Harvest, found: HeadedTable, seen: dict[object, int]) -> None:
    sheet = found.sheet
    position, plate_column = found.column(_POSITION), found.column(_PLATE)
    columns = found.columns(_ABSORBANCE)
    cells = [cell for (row, _), cell in sheet.cells.items() if row in found.rows]
    mark = decimal_mark(cells, beside=cells)
    again: list[str] = []
    for row in found.rows:
        well = None if position is None else well_of(sheet.get(row, position))
        if well is None:
            tell_no_well(harvest, sheet, (row, position or min(found.headings)))
            continue
        plate = found.text(row, plate_column)
        for column, heading in columns.items():
            again += _take(harvest, (sheet, row, column), (plate, well, heading), mark, seen)
    if again:
        harvest.tell(
            Level.WARNING,
            "measured_again",
            f"Some wells were measured more than once: {some(again)}.",
            hint="Later readings have '[2]' and so on after their name.",
            sheet=sheet,
            place=(found.heading_row, min(found.headings)),
        )
    _tell_left(harvest, found, set(columns))


def _take(
    harvest: Harvest,
    at: tuple[Sheet, int, int],
    of: tuple[str, WellAddress, re.Match[str]],
    mark: DecimalMark,
    seen: dict[object, int],
) -> list[str]:
    """Take one absorbance; return the well if it was measured before."""
    sheet, row, column = at
    plate, well, heading = of
    if not text_of(sheet.get(row, column)):
        return []
    first = Read(heading[0], ReadingKind.ABSORBANCE, float(heading[1]), unit=_UNIT)
    read = numbered_read(first, seen, (plate, well))
    harvest.take(sheet, (row, column), plate=plate, read=read, well=well, mark=mark)
    return [] if read == first else [str(well)]


def _tell_facts(harvest: Harvest, found: HeadedTable) -> None:
    """Keep the lines above the list, and what its columns say of instrument and run."""
    sheet = found.sheet
    for row, cells in sheet.rows():
        if row >= found.heading_row:
            break
        key, column = key_and_value(cells)
        for name, pattern in _HEAD_FACTS:
            if column is not None and pattern.fullmatch(key):
                _fact(harvest, name, sheet, (row, column))
    for name, pattern in _HEAD_FACTS:
        column = found.column(pattern) if name in _COLUMN_FACTS else None
        said: set[str] = set()
        for row in found.rows if column is not None else ():
            words = found.text(row, column)
            if words and words not in said:
                said.add(words)
                _fact(harvest, name, sheet, (row, column or 0))


def _fact(harvest: Harvest, name: str, sheet: Sheet, place: tuple[int, int]) -> None:
    value = sheet.value(*place)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    harvest.fact(name, sheet, place, "" if value is None else str(value))


def _tell_left(harvest: Harvest, found: HeadedTable, taken: set[int]) -> None:
    """Name the columns of results that are no readings."""
    left = {
        c: words
        for c, words in found.headings.items()
        if c not in taken and re.search(r"A[0-9]{3}|concentration|background", words, re.IGNORECASE)
    }
    if left:
        harvest.tell(
            Level.NOTE,
            "calculated_column",
            f"Calculated columns that were not read: {', '.join(map(repr, left.values()))}.",
            sheet=found.sheet,
            place=(found.heading_row, min(left)),
        )
