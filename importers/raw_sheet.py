"""Cells on their way from the reading process: compact, of plain types only, written as JSON.

The child process builds ``RawSheet`` objects; the parent turns their JSON into domain sheets.
Nothing is ever unpickled, so a file that takes over the child gains nothing in the parent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook

NUMBER, TEXT, BOOLEAN, ERROR, NO_VALUE, MOMENT, DURATION = "nsbexdu"


@dataclass(slots=True)
class RawSheet:
    """One sheet: a place, a kind and the file's own text per cell; what is rare stands apart."""

    name: str
    hidden: bool = False
    is_text: bool = False
    places: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    moments: dict[int, str | float] = field(default_factory=dict)
    formulas: list[int] = field(default_factory=list)
    percents: list[int] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, row: int, column: int, kind: str, text: str) -> int:
        """Append a cell and return its index."""
        self.places += (row, column)
        self.kinds.append(kind)
        self.texts.append(text)
        return len(self.kinds) - 1

    def add_moment(self, index: int, value: datetime | date | time | timedelta) -> None:
        """Say which date, time or duration the number at an index stands for."""
        if isinstance(value, timedelta):
            self.kinds[index] = DURATION
            self.moments[index] = value.total_seconds()
        else:
            self.kinds[index] = MOMENT
            self.moments[index] = value.isoformat()

    def as_json(self) -> dict[str, Any]:
        """Return the sheet as plain types."""
        return {
            "name": self.name,
            "hidden": self.hidden,
            "is_text": self.is_text,
            "places": self.places,
            "kinds": "".join(self.kinds),
            "texts": self.texts,
            "moments": list(self.moments.items()),
            "formulas": self.formulas,
            "percents": self.percents,
            "hidden_rows": self.hidden_rows,
            "hidden_columns": self.hidden_columns,
            "comments": self.comments,
        }


def number(text: str) -> float | int | None:
    """Return the finite number that a numeric cell of a workbook stores, or ``None``.

    The text comes from the ``<v>`` of a numeric cell, so only Python's own extras must be kept out.
    """
    if text.isascii():
        digits = text.removeprefix("-")
        if digits.isdigit() and len(digits) <= 15:
            return int(text)
        if "_" not in text:
            try:
                value = float(text)
            except ValueError:
                return None
            if math.isfinite(value):
                return value
    return None


def workbook_from_json(file_name: str, data: Mapping[str, Any]) -> Workbook:
    """Build the domain workbook from what the reading process sent."""
    findings = tuple(
        Finding(Level(level), code, message, hint, sheet=sheet, cell=cell)
        for level, code, message, hint, sheet, cell in data["findings"]
    )
    sheets = tuple(_sheet(sheet) for sheet in data["sheets"])
    return Workbook(file_name, data["container"], sheets, findings)


def _sheet(data: Mapping[str, Any]) -> Sheet:
    places: Sequence[int] = data["places"]
    moments = {index: _moment(value) for index, value in data["moments"]}
    plain = zip(
        zip(places[::2], places[1::2], strict=True), data["kinds"], data["texts"], strict=True
    )
    cells: dict[tuple[int, int], Cell] = {}
    for index, (place, kind, text) in enumerate(plain):
        if kind == NUMBER:
            cells[place] = Cell(number(text), text)
        elif kind == TEXT:
            cells[place] = Cell(text, text)
        else:
            cells[place] = _rare_cell(kind, text, moments.get(index))
    _mark_rare(cells, data)
    return Sheet(data["name"], cells, data["hidden"], data["is_text"])


def _rare_cell(kind: str, text: str, moment: CellValue) -> Cell:
    if kind == BOOLEAN:
        return Cell(text == "TRUE", text)
    if kind == ERROR:
        return Cell(None, text, error=text)
    if kind == NO_VALUE:
        return Cell(None, text, is_formula=True, formula_without_value=True)
    return Cell(moment, text)


def _moment(value: str | float) -> CellValue:
    if not isinstance(value, str):
        return timedelta(seconds=value)
    return (
        datetime.fromisoformat(value)
        if len(value) > 9 and "-" in value[:5]
        else time.fromisoformat(value)
    )


def _mark_rare(cells: dict[tuple[int, int], Cell], data: Mapping[str, Any]) -> None:
    """Set the marks that few cells carry: formula, percentage, hidden, comment."""
    marks: dict[tuple[int, int], dict[str, Any]] = {}
    places = data["places"]
    for name, mark in (("formulas", "is_formula"), ("percents", "is_percent")):
        for index in data[name]:
            marks.setdefault((places[2 * index], places[2 * index + 1]), {})[mark] = True
    hidden_rows, hidden_columns = set(data["hidden_rows"]), data["hidden_columns"]
    if hidden_rows or hidden_columns:
        for row, column in cells:
            if row in hidden_rows or any(low <= column <= high for low, high in hidden_columns):
                marks.setdefault((row, column), {})["hidden"] = True
    for row, column, comment in data["comments"]:
        if (row, column) in cells:
            marks.setdefault((row, column), {})["comment"] = comment
    for place, mark_set in marks.items():
        cells[place] = replace(cells[place], **mark_set)
