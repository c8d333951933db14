"""Reading one sheet of an .xlsx package: its cells with places, kinds and texts as stored."""

from __future__ import annotations

import re
from typing import ClassVar

from lims_msc.domain.workbook import column_letters
from lims_msc.errors import UnreadableWorkbook

from .guard import CELL_CHARACTERS, CELLS, COLUMNS, MERGES, ROWS, damaged, too_large
from .number_formats import Shown, iso_moment, moment
from .raw_sheet import BOOLEAN, ERROR, NO_VALUE, NUMBER, TEXT, RawSheet, number
from .safe_xml import XmlReader

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_MERGED_CELLS = 1_000_000
# Empty but formatted rows are honest; this many are not.
_ROW_ELEMENTS = 100_000


def place_of(address: str) -> tuple[int, int] | None:
    """Return row and column of an address such as ``C14``, or ``None`` if there is no such cell."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    return (row, column) if column <= COLUMNS and row <= 1_048_576 else None


class SheetReader(XmlReader):
    """Fills a ``RawSheet``; counts cells as it goes and believes no declared dimension."""

    starts: ClassVar[dict[str, str]] = {
        "row": "_row",
        "c": "_cell",
        "v": "_value",
        "f": "_formula",
        "is": "_inline",
        "t": "_run",
        "rPh": "_phonetic",
        "col": "_column",
        "mergeCell": "_merge",
    }
    ends: ClassVar[dict[str, str]] = {
        "c": "_end_cell",
        "v": "_end_value",
        "t": "_end_run",
        "rPh": "_end_phonetic",
    }

    def __init__(
        self,
        sheet: RawSheet,
        texts: list[str],
        shown: list[Shown],
        *,
        is_1904: bool,
    ) -> None:
        super().__init__(sheet.name)
        self.cells_before = 0
        self.findings: list[tuple[str, str, str, str, str, str]] = []
        self._sheet, self._texts, self._shown, self._is_1904 = sheet, texts, shown, is_1904
        self._row_number = self._column_number = 0
        self._type, self._style = "n", ""
        self._stored: str | None = None
        self._runs: list[str] = []
        self._is_formula = self._in_inline = self._in_phonetic = False
        self._letters: dict[str, int] = {}
        self._seen: set[int] = set()
        self._merges = self._merged = self._rows = 0

    # --- rows, columns, merges ---------------------------------------------------------------

    def _row(self, attributes: dict[str, str]) -> None:
        self._rows += 1
        if self._rows > _ROW_ELEMENTS:
            too_large(f"the sheet '{self._sheet.name}' has too many rows", f"{ROWS:,} rows")
        text = attributes.get("r")
        if text is None:
            self._row_number += 1
        elif _DIGITS.fullmatch(text) and 1 <= int(text) <= 1_048_576:
            self._row_number = int(text)
        else:
            damaged(f"the sheet '{self._sheet.name}' has an impossible row number '{text[:20]}'")
        self._column_number = 0
        if attributes.get("hidden") in ("1", "true"):
            self._sheet.hidden_rows.append(self._row_number)

    def _column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            low, high = attributes.get("min", ""), attributes.get("max", "")
            if _DIGITS.fullmatch(low) and _DIGITS.fullmatch(high):
                self._sheet.hidden_columns.append((int(low), int(high)))

    def _merge(self, attributes: dict[str, str]) -> None:
        self._merges += 1
        if self._merges > MERGES:
            too_large(
                f"the sheet '{self._sheet.name}' has too many merged areas",
                f"{MERGES} merged areas",
            )
        first, _, last = attributes.get("ref", "").partition(":")
        start, end = place_of(first), place_of(last or first)
        if start is None or end is None:
            damaged(f"the sheet '{self._sheet.name}' has an impossible merged area")
        self._merged += (abs(end[0] - start[0]) + 1) * (abs(end[1] - start[1]) + 1)
        if self._merged > _MERGED_CELLS:
            too_large(
                f"a merged area of the sheet '{self._sheet.name}' reaches to {last}",
                f"{_MERGED_CELLS:,} merged cells",
            )

    # --- cells -------------------------------------------------------------------------------

    def _cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        if address is None:
            self._column_number += 1
        else:
            self._column_number = self._column_of(address)
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._stored = None
        self._runs = []
        self._is_formula = self._in_inline = False

    def _column_of(self, address: str) -> int:
        row = str(self._row_number)
        letters = address.removesuffix(row)
        column = self._letters.get(letters)
        if column is None or len(letters) + len(row) != len(address):
            place = place_of(address)
            if place is None or place[0] != self._row_number:
                damaged(
                    f"the sheet '{self._sheet.name}' has the impossible cell reference"
                    f" '{address[:20]}' in row {self._row_number}"
                )
            column = self._letters[letters] = place[1]
        return column

    def _formula(self, _: dict[str, str]) -> None:
        self._is_formula = True

    def _value(self, _: dict[str, str]) -> None:
        self.captured = []

    def _end_value(self) -> None:
        self._stored = self.text_taken()

    def _inline(self, _: dict[str, str]) -> None:
        self._in_inline = True

    def _run(self, _: dict[str, str]) -> None:
        if self._in_inline and not self._in_phonetic:
            self.captured = []

    def _end_run(self) -> None:
        if self._in_inline and not self._in_phonetic:
            self._runs.append(self.text_taken())

    def _phonetic(self, _: dict[str, str]) -> None:
        self._in_phonetic = True

    def _end_phonetic(self) -> None:
        self._in_phonetic = False

    def _text(self, text: str) -> None:
        if self.captured is not None:
            self.captured.append(text)
            if len(text) > CELL_CHARACTERS or len(self.captured) > 64:
                self._check_length(sum(map(len, self.captured)))

    def _check_length(self, length: int) -> None:
        if length > CELL_CHARACTERS:
            raise UnreadableWorkbook(
                f"Sheet '{self._sheet.name}', cell {self._address}: the text is too long;"
                f" the limit is {CELL_CHARACTERS:,} characters.",
                hint="Shorten the text in Excel, save the workbook and upload it again.",
            )

    @property
    def _address(self) -> str:
        return f"{column_letters(self._column_number)}{self._row_number}"

    # --- the end of a cell -------------------------------------------------------------------

    def _end_cell(self) -> None:
        stored, kind = self._stored, self._type
        if self._runs:
            stored, kind = "".join(self._runs), "str"
            self._check_length(len(stored))
        if not stored:
            # An empty text is a result; no result at all is not.
            if self._is_formula and not (stored == "" and kind == "str"):
                self._sheet.formulas.append(self._add(NO_VALUE, ""))
            return
        added = self._add_stored(kind, stored)
        if added is not None and self._is_formula:
            self._sheet.formulas.append(added)

    def _add_stored(self, kind: str, stored: str) -> int | None:
        """Add a value by the type that the file gives it; texts without a type are results."""
        if kind == "n":
            return self._add_number(stored)
        if kind == "s":
            return self._add_shared(stored)
        if kind == "d":
            return self._add_iso(stored)
        if kind == "b":
            return self._add(BOOLEAN, "TRUE" if stored in ("1", "true") else "FALSE")
        return self._add(ERROR if kind == "e" else TEXT, stored)

    def _add(self, kind: str, text: str) -> int:
        row, column = self._row_number, self._column_number
        if row > ROWS or column > COLUMNS:
            too_large(
                f"sheet '{self._sheet.name}' has a value far outside, in cell {self._address}",
                f"{ROWS:,} rows",
            )
        key = row * 16_385 + column
        if key in self._seen:
            damaged(f"the sheet '{self._sheet.name}' holds the cell {self._address} twice")
        self._seen.add(key)
        if self.cells_before + len(self._seen) > CELLS:
            too_large("it has too many cells with values", f"{CELLS:,} cells")
        return self._sheet.add(row, column, kind, text)

    def _add_number(self, text: str) -> int:
        text = text.strip()
        value = number(text)
        if value is None:
            # NaN, INF and 1e400 stay text, so that no importer can take them for numbers.
            return self._add(TEXT, text)
        index = self._add(NUMBER, text)
        style = int(self._style) if self._style.isascii() and self._style.isdigit() else 0
        shown = self._shown[style] if style < len(self._shown) else Shown.NUMBER
        if shown is Shown.NUMBER:
            return index
        if shown is Shown.PERCENT:
            self._sheet.percents.append(index)
            return index
        when = moment(value, shown, is_1904=self._is_1904)
        if when is None:
            self._no_such_date(text)
        else:
            self._sheet.add_moment(index, when)
        return index

    def _no_such_date(self, text: str) -> None:
        self.findings.append(
            (
                "warning",
                "impossible_date",
                f"The number '{text}' is formatted as a date, but there is no such date.",
                "Enter the date again in Excel.",
                self._sheet.name,
                self._address,
            )
        )

    def _add_shared(self, text: str) -> int | None:
        if not _DIGITS.fullmatch(text) or int(text) >= len(self._texts):
            damaged(
                f"cell {self._address} of the sheet '{self._sheet.name}' points at a text that is"
                " not there"
            )
        shared = self._texts[int(text)]
        return self._add(TEXT, shared) if shared else None

    def _add_iso(self, text: str) -> int:
        when = iso_moment(text)
        if when is None:
            return self._add(TEXT, text)
        index = self._add(NUMBER, text)
        self._sheet.add_moment(index, when)
        return index
