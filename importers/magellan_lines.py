"""What Magellan and Sunrise write around the readings: names, settings, facts of the run."""

from __future__ import annotations

import re

from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.workbook import Sheet

from .cells import text_of
from .harvest import Harvest
from .plate_grid import declared_format
from .read_settings import Settings, settings_from

_SHEET_NAME = re.compile(r"Magellan[0-9]* Sheet [0-9]+")
_SUNRISE = re.compile(
    r"[A-Z0-9 ]{3,30}; +Serial number: ?.+;.*(?:XFLUOR|Firmware).*", re.IGNORECASE
)
_PLATE_TYPE = re.compile(r"Plate definition file: ?(.+)", re.IGNORECASE)
_LINES = (
    ("method", re.compile(r"[^\\/:]+\.mth", re.IGNORECASE)),
    ("workspace", re.compile(r"[^\\/:]+\.wsp", re.IGNORECASE)),
    ("serial number", re.compile(r"Instrument serial number: ?(.+)", re.IGNORECASE)),
    ("plate type", _PLATE_TYPE),
    ("temperature", re.compile(r"Meas\. temperature: ?(.+)", re.IGNORECASE)),
    ("date", re.compile(r"Date of measurement: ?([^/]+?)(?:/.*)?", re.IGNORECASE)),
    ("time", re.compile(r"Date of measurement:.*/ ?Time of measurement: ?(.+)", re.IGNORECASE)),
    ("unit", re.compile(r"Unit: ?(.+)", re.IGNORECASE)),
)
_SUNRISE_FACTS = (
    ("serial number", re.compile(r"Serial number: ?([^;]+)", re.IGNORECASE)),
    ("firmware", re.compile(r"Firmware: ?([^;]+)", re.IGNORECASE)),
    ("software version", re.compile(r"(XFLUOR[^;]*)", re.IGNORECASE)),
)
_TELLING_LINES = {"method", "workspace", "serial number", "plate type", "temperature"}
_FEWEST_LINES = 2


def signs_of(sheet: Sheet) -> str:
    """Return what shows that Magellan or Sunrise wrote a sheet; empty if nothing does."""
    if _SHEET_NAME.fullmatch(sheet.name) and sheet.cells:
        return f"The sheet is named '{sheet.name}'."
    names: dict[str, str] = {}
    for place, cell in sheet.cells.items():
        if not isinstance(cell.value, str) or len(cell.value) < 5:
            continue
        text = text_of(cell)
        if _SUNRISE.fullmatch(text):
            return f"{sheet.source(*place)} says '{text[:60]}'."
        names |= {
            name: text[:60]
            for name, pattern in _LINES
            if name in _TELLING_LINES and pattern.fullmatch(text)
        }
    if len(names) >= _FEWEST_LINES:
        return f"The sheet says {' and '.join(repr(n) for n in list(names.values())[:2])}."
    return ""


def tell_facts(harvest: Harvest, sheet: Sheet) -> None:
    """Keep what the lines of a sheet say about instrument, method and time."""
    for place, cell in sheet.cells.items():
        text = text_of(cell)
        if _SUNRISE.fullmatch(text):
            harvest.fact("instrument", sheet, place, text.split(";")[0].strip())
            for name, pattern in _SUNRISE_FACTS:
                found = pattern.search(text)
                if found:
                    harvest.fact(name, sheet, place, found[1].strip())
            continue
        for name, pattern in _LINES:
            found = pattern.fullmatch(text)
            if found:
                value = found[1] if pattern.groups else text
                harvest.fact(name, sheet, place, value)
        if text in ("Date:", "Time:"):
            _tell_right_of(harvest, sheet, text.rstrip(":").lower(), place)


def named_format(sheet: Sheet) -> PlateFormat | None:
    """Return the plate format that the plate definition file is named after."""
    lines = (text_of(cell) for cell in sheet.cells.values())
    found = {match[1] for line in lines if (match := _PLATE_TYPE.fullmatch(line))}
    return declared_format(found.pop()) if len(found) == 1 else None


def _tell_right_of(harvest: Harvest, sheet: Sheet, name: str, place: tuple[int, int]) -> None:
    for column in range(place[1] + 1, place[1] + 9):
        cell = sheet.get(place[0], column)
        if cell is not None and text_of(cell):
            harvest.fact(name, sheet, (place[0], column), str(cell.value))
            return


def settings_of(sheet: Sheet) -> tuple[Settings, ...]:
    """Return what the sheet's lines say: ``key: value`` in one cell, or key and value apart."""
    pairs: list[tuple[str, str]] = []
    for row, cells in sheet.rows():
        columns = list(cells)
        text = text_of(cells[columns[0]])
        key, colon, value = text.partition(":")
        if colon and value.strip():
            pairs.append((key, value.strip()))
        elif len(columns) > 1 and isinstance(cells[columns[0]].value, str):
            pairs.append((key, text_of(sheet.get(row, columns[1]))))
    return settings_from(pairs)
