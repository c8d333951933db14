"""A cell of a stored file among its neighbours, read again from the bytes that were uploaded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lims_msc.domain.workbook import Sheet, column_letters
from lims_msc.errors import NotFound
from lims_msc.registry import Registry
from lims_msc.services.source_files import load
from lims_msc.services.transaction import Database

_ROWS_AROUND = 6
_COLUMNS_AROUND = 6
_SHEET_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_TEXT_ADDRESS = re.compile(r"([1-9][0-9]{0,6}):([1-9][0-9]{0,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class WindowCell:
    """One cell of the window: its text, and whether it is the one that was asked for."""

    text: str
    is_target: bool


@dataclass(frozen=True, slots=True)
class CellWindow:
    """A part of a sheet around a cell."""

    file_id: int
    file_name: str
    sheet: str
    cell: str
    text: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[WindowCell, ...]], ...]


def window(
    database: Database, registry: Registry, file_id: int, *, sheet: str, cell: str
) -> CellWindow:
    """Return the surroundings of a cell of a stored file.

    :raises NotFound: if the file, the sheet or the cell is not there.
    """
    with database.reading() as session:
        source = load(session, file_id)
    workbook = registry.open_workbook(source)
    found = workbook.sheet(sheet) if sheet else workbook.sheets[0]
    if found is None:
        raise NotFound(f"The file '{source.file_name}' has no sheet '{sheet}'.")
    row, column = _position(found, cell)
    rows = range(max(1, row - _ROWS_AROUND), row + _ROWS_AROUND + 1)
    columns = range(max(1, column - _COLUMNS_AROUND), column + _COLUMNS_AROUND + 1)
    return CellWindow(
        file_id=file_id,
        file_name=source.file_name,
        sheet=sheet,
        cell=cell,
        text=_text(found, row, column),
        headings=tuple(str(c) if found.is_text else column_letters(c) for c in columns),
        rows=tuple(
            (r, tuple(WindowCell(_text(found, r, c), (r, c) == (row, column)) for c in columns))
            for r in rows
        ),
    )


def _position(sheet: Sheet, cell: str) -> tuple[int, int]:
    if sheet.is_text:
        if found := _TEXT_ADDRESS.fullmatch(cell):
            return int(found[1]), int(found[2])
    elif found := _SHEET_ADDRESS.fullmatch(cell):
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        return int(found[2]), column
    raise NotFound(f"'{cell}' is not the address of a cell.")


def _text(sheet: Sheet, row: int, column: int) -> str:
    found = sheet.get(row, column)
    if found is None:
        return ""
    return found.error or found.raw
