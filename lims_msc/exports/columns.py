"""What a column of an exported table is, and how its cells are written.

A column carries its line of the data dictionary and the way to its cell, so no column is written
that the dictionary does not explain.  The tables themselves are in ``tables`` and ``curve_tables``.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from lims_msc.domain.exporting import PublicationBundle

Cell: TypeAlias = str | int | float | datetime | None
RowT_contra = TypeVar("RowT_contra", contravariant=True)

# A spreadsheet takes a text for a formula by its first character (CWE-1236); the full-width forms
# are turned into the plain ones when they are typed in some languages.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)

TEXT_RULE = (
    "A text that begins with = + - @, a tab, a line break, a full-width form of these, or an "
    "apostrophe has one apostrophe put before it, so that no spreadsheet takes it for a formula. "
    "Remove that one apostrophe to get the exact text. Texts that are plain numbers stay as they "
    "are."
)
EMPTY_RULE = (
    "An empty cell is a missing or inapplicable value, never zero; the marker, status or reason "
    "column beside it says why."
)
NUMBER_RULE = (
    "Numbers have a decimal point, no thousands separator, and all digits that are needed to get "
    "back the same double-precision value. Texts are UTF-8; lines end with CR LF (RFC 4180)."
)


class ColumnType(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE_TIME = "date-time (ISO 8601)"
    NUMBERS = "list of numbers (JSON)"


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT_contra]):
    """One column: its line of the dictionary and how a row gives its cell.

    ``unit`` is a UCUM code, empty where there is none; ``ontology_id`` is the term of OBI or BAO.
    """

    name: str
    meaning: str
    cell: Callable[[RowT_contra], Cell]
    type: ColumnType = ColumnType.TEXT
    unit: str = ""
    ontology_id: str = ""


RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Table(Generic[RowT]):
    """One exported table: its path in the pack, what a row is, its columns, its rows."""

    path: str
    one_row_per: str
    columns: tuple[Column[RowT], ...]
    rows: Callable[[PublicationBundle], Iterable[RowT]]

    def write(self, bundle: PublicationBundle) -> bytes:
        """Return the table as CSV (RFC 4180, UTF-8)."""
        return self.write_rows(self.rows(bundle))

    def write_rows(self, rows: Iterable[RowT]) -> bytes:
        """Return the given rows as CSV (RFC 4180, UTF-8).

        :raises ValueError: if a number is not finite, which is an error of the program.
        """
        # Written as bytes at once: a large table as text would take four times the memory.
        data = io.BytesIO()
        text = io.TextIOWrapper(data, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        for row in rows:
            writer.writerow([cell_text(column.cell(row)) for column in self.columns])
        text.flush()
        return data.getvalue()


def cell_text(value: Cell) -> str:
    """Return a cell as it is written; texts are made harmless, numbers keep every digit."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless_text(str(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is not a number that may leave.")
        return repr(float(value))
    return repr(int(value))


def harmless_text(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would see a formula.

    A text that has an apostrophe already gets a second one, so that removing one always gives the
    text back.
    """
    if text.startswith("'"):
        return f"'{text}"
    if text.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def number_list(numbers: Iterable[float]) -> str:
    """Return numbers as a JSON list with all their digits: ``[1.5, -2.0]``."""
    return f"[{', '.join(repr(float(number)) for number in numbers)}]"
