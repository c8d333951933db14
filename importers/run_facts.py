"""What a file says about its run in lines of key and value: plate, date, instrument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise

from lims_msc.domain.findings import Level
from lims_msc.domain.workbook import Cell, Sheet

from .cells import text_of
from .harvest import Harvest

_PLATE_KEY = re.compile(
    r"(?:plate|platten?)[ -]?(?:id|name|no\.?|nr\.?|number|barcode|code)?|barcode", re.IGNORECASE
)
_KEYS = (
    ("plate id", _PLATE_KEY),
    (
        "date",
        re.compile(r"date|datum|read at|read on|date of measurement|gemessen am", re.IGNORECASE),
    ),
    ("time", re.compile(r"time|uhrzeit|time of measurement", re.IGNORECASE)),
    ("instrument", re.compile(r"instrument|reader|device|gerät", re.IGNORECASE)),
    ("serial number", re.compile(r"serial(?: number| no\.?)?|seriennummer", re.IGNORECASE)),
    ("software version", re.compile(r"software(?: version)?|version", re.IGNORECASE)),
    ("protocol", re.compile(r"protocol|protokoll|method|assay", re.IGNORECASE)),
    ("temperature", re.compile(r"temperature|temperatur", re.IGNORECASE)),
    ("user", re.compile(r"user|operator|benutzer", re.IGNORECASE)),
)
_HEADER_ROWS = 30
_DATE_TEXT = re.compile(r"([0-9]{1,2})[.]([0-9]{1,2})[.]([0-9]{4})", re.ASCII)
# Fewer plates than this are numbered by hand; barcodes have more digits.
_COUNTED_PLATES = 1000
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def plate_name_above(sheet: Sheet, header_row: int) -> str:
    """Return the plate's name from the nearest line above a block such as ``Plate ID: P-0001``."""
    for row in range(header_row - 1, max(0, header_row - 1 - _HEADER_ROWS), -1):
        found = _key_and_value(sheet, row, 1) or _key_and_value(sheet, row, 2)
        if found and _PLATE_KEY.fullmatch(found[0]):
            return text_of(found[1])
    return ""


def tell_run_facts(harvest: Harvest, sheet: Sheet) -> None:
    """Keep the lines of key and value at the top of a sheet, and doubt dates that cannot be."""
    for row in range(1, min(sheet.last_row, _HEADER_ROWS) + 1):
        found = _key_and_value(sheet, row, 1)
        if found is None:
            continue
        key, cell, place = found
        for name, pattern in _KEYS:
            if pattern.fullmatch(key):
                value = "" if isinstance(cell.value, str) else str(cell.value)
                harvest.fact(name, sheet, place, value)
                if name == "date":
                    _doubt_date(harvest, sheet, cell, place)


def tell_named_facts(
    harvest: Harvest, sheet: Sheet, patterns: Iterable[tuple[str, re.Pattern[str]]]
) -> set[str]:
    """Keep what stands right of the keys that a program prints, and return the facts' names.

    The value is the next filled cell of the line; lines of more than three cells are tables.
    """
    patterns = tuple(patterns)
    told: set[str] = set()
    for row, cells in sheet.rows():
        filled = [(column, cell) for column, cell in cells.items() if text_of(cell)]
        if len(filled) > 3:
            continue
        for (_, key), (column, value) in pairwise(filled):
            for name, pattern in patterns:
                if pattern.fullmatch(text_of(key).rstrip(": ")):
                    said = "" if isinstance(value.value, str) else str(value.value)
                    harvest.fact(name, sheet, (row, column), said)
                    told.add(name)
    return told


def doubt_plate_name(harvest: Harvest, sheet: Sheet, place: tuple[int, int]) -> None:
    """Warn once for a sheet if Excel may have changed a plate's name into a number or a date.

    Small whole numbers count plates; larger ones may have lost leading zeros or been ``1E5``.
    """
    cell = sheet.get(*place)
    if cell is None or sheet.is_text or isinstance(cell.value, str) or cell.value is None:
        return
    is_count = isinstance(cell.value, int | float) and 0 <= cell.value < _COUNTED_PLATES
    if not is_count or isinstance(cell.value, bool):
        harvest.tell_once(
            Level.WARNING,
            "name_is_no_text",
            f"The plate's name '{cell.value}' is a number, date, time or true/false.",
            hint="Excel may have changed it. Compare it with the plate, and type it as text.",
            sheet=sheet,
            place=place,
        )


def _key_and_value(sheet: Sheet, row: int, column: int) -> tuple[str, Cell, tuple[int, int]] | None:
    key, value = sheet.get(row, column), sheet.get(row, column + 1)
    if key is None or not isinstance(key.value, str) or value is None or not text_of(value):
        return None
    if all(text_of(sheet.get(row, column + step)) for step in (2, 3)):
        return None  # the headings of a table, not a line of key and value
    return text_of(key).rstrip(": "), value, (row, column + 1)


def _doubt_date(harvest: Harvest, sheet: Sheet, cell: Cell, place: tuple[int, int]) -> None:
    problem = ""
    if isinstance(cell.value, date) and not _FIRST_YEAR <= cell.value.year <= _LAST_YEAR:
        problem = f"The date '{cell.value}' cannot be the date of the measurement."
    elif isinstance(cell.value, str) and (found := _DATE_TEXT.fullmatch(text_of(cell))):
        day, month, year = map(int, found.groups())
        try:
            datetime(year, month, day)  # noqa: DTZ001 - only whether there is such a day
        except ValueError:
            problem = f"The date '{text_of(cell)}' does not exist."
    if problem:
        harvest.tell(
            Level.WARNING,
            "impossible_date",
            problem,
            hint="Correct the date in the file, or enter it with the plate.",
            sheet=sheet,
            place=place,
        )
