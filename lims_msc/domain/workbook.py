"""A workbook after it was opened safely: sheets of cells that hold values and remember their place.

The importers read this and nothing else.  Opening files is the business of
``importers/workbook.py``; no library of a file format is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from lims_msc.domain.findings import Finding
from lims_msc.domain.plate import SourceCell

CellValue = float | int | str | bool | datetime | date | time | timedelta | None


def column_letters(column: int) -> str:
    """Return the letters of a sheet column counted from 1: A, …, Z, AA, …"""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty.

    ``raw`` is the text of the value as the file has it.  ``error`` is a spreadsheet error such as
    ``#DIV/0!``.  ``formula_without_value`` marks a formula whose result was never stored: its value
    is ``None``, and whoever needs it must refuse with the address.  ``hidden`` cells stand in a
    hidden row or column.  ``is_percent`` marks a number that is shown as a percentage: 0.5 as 50%.
    """

    value: CellValue
    raw: str
    error: str = ""
    is_formula: bool = False
    formula_without_value: bool = False
    hidden: bool = False
    comment: str = ""
    is_percent: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its cells by ``(row, column)``, both counted from 1; empty cells are absent.

    ``is_text`` says that the file is text: its places are then ``line:column``.  ``memo`` keeps
    what was worked out about the sheet, by name: every importer looks at every file, and most
    begin with the same things.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell] = field(repr=False)
    hidden: bool = False
    is_text: bool = False
    memo: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def get(self, row: int, column: int) -> Cell | None:
        """Return the cell, or ``None`` where the sheet is empty."""
        return self.cells.get((row, column))

    def value(self, row: int, column: int) -> CellValue:
        """Return the cell's value, or ``None`` where the sheet is empty."""
        cell = self.cells.get((row, column))
        return None if cell is None else cell.value

    def address(self, row: int, column: int) -> str:
        """Return ``C14``, or ``14:3`` in a text file."""
        return f"{row}:{column}" if self.is_text else f"{column_letters(column)}{row}"

    def source(self, row: int, column: int) -> SourceCell:
        """Return the place of a cell as readings keep it."""
        return SourceCell("" if self.is_text else self.name, self.address(row, column))

    @property
    def last_row(self) -> int:
        """The last row that holds anything; 0 for an empty sheet."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The last column that holds anything; 0 for an empty sheet."""
        return max((column for _, column in self.cells), default=0)

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield each row that holds anything as its number and its cells by column."""
        rows: dict[int, dict[int, Cell]] | None = self.memo.get("rows")
        if rows is None:
            rows = {}
            for (row, column), cell in sorted(self.cells.items()):
                rows.setdefault(row, {})[column] = cell
            self.memo["rows"] = rows
        yield from rows.items()


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened file: its name, what container it was, its sheets in order, and what was noticed.

    ``container`` is ``xlsx``, ``xls`` or ``text``.
    """

    file_name: str
    container: str
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...] = ()

    def sheet(self, name: str) -> Sheet | None:
        """Return the sheet of that name, or ``None``."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)
