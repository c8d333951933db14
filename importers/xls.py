"""Reading old binary .xls workbooks (Excel 97 to 2003) and telling them from other OLE files."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from lims_msc.domain.workbook import column_letters
from lims_msc.errors import UnreadableWorkbook

from .guard import CELL_CHARACTERS, CELLS, ROWS, SHEETS, damaged, refuse, too_large
from .number_formats import Shown, moment, shown_as
from .raw_sheet import BOOLEAN, ERROR, NUMBER, TEXT, RawSheet
from .xlsx import RawWorkbook, too_long_text

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD = (
    "The workbook is password protected (encrypted).",
    "Remove the password in Excel (File, Info, Protect Workbook) and save it again.",
)
_FORMULA_RECORD, _BEGIN_RECORD, _END_RECORD = 0x0006, 0x0809, 0x000A


def check_ole(data: bytes) -> None:
    """Refuse OLE files that are no readable .xls workbook, saying what they are.

    :raises UnreadableWorkbook: if the file is encrypted or of another program.
    """

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        refuse(*PASSWORD)
    if holds("Workbook") or holds("Book"):
        if holds("_VBA_PROJECT"):
            refuse(
                "The old .xls workbook contains macros, which are not accepted.",
                "Save it in Excel as 'Excel workbook (.xlsx)' and upload that file.",
            )
        return
    what = "a Word document" if holds("WordDocument") else "not an Excel workbook"
    refuse(
        f"The file is an old Office file but {what}.",
        "Upload the instrument's own export as .xlsx, .xls, .csv or .txt.",
    )


def read_xls(data: bytes) -> RawWorkbook:
    """Read the sheets of an old binary workbook.

    :raises UnreadableWorkbook: if the file is damaged, encrypted or over a limit.
    """
    import io

    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), on_demand=True
        )
        return _read_book(book)
    except (MemoryError, UnreadableWorkbook):
        raise
    except Exception as problem:
        # The library lets many kinds of errors through where a file is damaged.
        if "encrypted" in str(problem):
            raise UnreadableWorkbook(PASSWORD[0], hint=PASSWORD[1]) from problem
        raise UnreadableWorkbook(
            "The file is damaged: the old .xls workbook cannot be read.",
            hint="Open it in Excel, save it as 'Excel workbook (.xlsx)' and upload that file.",
        ) from problem


def _read_book(book: Book) -> RawWorkbook:
    if book.nsheets > SHEETS:
        too_large("it has too many sheets", f"{SHEETS} sheets")
    result = RawWorkbook("xls")
    shown = [
        shown_as(xf.format_key, book.format_map[xf.format_key].format_str)
        if xf.format_key in book.format_map
        else Shown.NUMBER
        for xf in book.xf_list
    ]
    cells = 0
    for index in range(book.nsheets):
        raw = _SheetReader(book, index, shown).read()
        cells += len(raw.kinds)
        if cells > CELLS:
            too_large("it has too many cells with values", f"{CELLS:,} cells")
        result.sheets.append(raw)
    return result


class _SheetReader:
    """Fills a ``RawSheet`` from a sheet of the library."""

    def __init__(self, book: Book, index: int, shown: list[Shown]) -> None:
        self._book, self._shown = book, shown
        self._sheet: Sheet = book.sheet_by_index(index)
        self._formulas = _formula_places(book, index)
        self.raw = RawSheet(self._sheet.name, hidden=self._sheet.visibility != 0)

    def read(self) -> RawSheet:
        """Return the sheet with its cells."""
        sheet, raw = self._sheet, self.raw
        if sheet.nrows > ROWS:
            too_large(f"the sheet '{sheet.name}' has too many rows", f"{ROWS:,} rows")
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                at = self._add(row, column)
                if at is not None and (row, column) in self._formulas:
                    raw.formulas.append(at)
        raw.hidden_rows = [row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden]
        raw.hidden_columns = [
            (column + 1, column + 1) for column, info in sheet.colinfo_map.items() if info.hidden
        ]
        raw.comments = [
            (row + 1, column + 1, note.text) for (row, column), note in sheet.cell_note_map.items()
        ]
        return raw

    def _add(self, row: int, column: int) -> int | None:
        import xlrd

        kind, value = self._sheet.cell_type(row, column), self._sheet.cell_value(row, column)
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or value == "":
            return None
        if kind == xlrd.XL_CELL_TEXT:
            if len(value) > CELL_CHARACTERS:
                too_long_text(
                    f"cell {column_letters(column + 1)}{row + 1} of the sheet '{self.raw.name}'"
                )
            return self.raw.add(row + 1, column + 1, TEXT, value)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return self.raw.add(row + 1, column + 1, BOOLEAN, "TRUE" if value else "FALSE")
        if kind == xlrd.XL_CELL_ERROR:
            text = xlrd.error_text_from_code.get(value, "#ERROR!")
            return self.raw.add(row + 1, column + 1, ERROR, text)
        return self._add_number(row, column, float(value))

    def _add_number(self, row: int, column: int, value: float) -> int:
        text = repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        at = self.raw.add(row + 1, column + 1, NUMBER, text)
        style = self._sheet.cell_xf_index(row, column)
        how = self._shown[style] if 0 <= style < len(self._shown) else Shown.NUMBER
        if how is Shown.PERCENT:
            self.raw.percents.append(at)
        elif how is not Shown.NUMBER:
            when = moment(value, how, is_1904=bool(self._book.datemode))
            if when is not None:
                self.raw.add_moment(at, when)
        return at


def _formula_places(book: Any, index: int) -> set[tuple[int, int]]:
    """Return row and column, from 0, of the formula cells of a sheet.

    The library gives results only, so the sheet's records are walked once more; see [MS-XLS],
    section 2.4.127.
    """
    stream, at = book.mem, book._sh_abs_posn[index]  # noqa: SLF001 - no public way to the records
    places: set[tuple[int, int]] = set()
    depth = 0
    while at + 4 <= len(stream):
        record, size = struct.unpack_from("<HH", stream, at)
        if record == _BEGIN_RECORD:
            depth += 1
        elif record == _END_RECORD:
            depth -= 1
            if depth == 0:
                return places
        elif record == _FORMULA_RECORD and size >= 4:
            places.add(struct.unpack_from("<HH", stream, at + 4))
        at += 4 + size
    return damaged("a sheet of the old .xls workbook has no end")
