"""Deciding what the bytes of an upload are and reading them; runs in the reading process.

``workbook.py`` starts that process and talks to it.
"""

from __future__ import annotations

from typing import Any

from lims_msc.errors import UnreadableWorkbook

from .guard import check_size, refuse
from .text_file import read_text
from .xls import OLE_SIGNATURE, check_ole, read_xls
from .xlsx import RawWorkbook, read_xlsx

_PICTURE_HINT = "Upload the instrument's own export as .xlsx, .xls, .csv or .txt."
_SIGNATURES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"7z\xbc\xaf", "a 7-zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a database"),
)


def read_upload(file_name: str, data: bytes) -> RawWorkbook:
    """Recognise the container by content and read it.

    Only one thing is taken from the name: a file called .xlsx that is none is refused with the
    remedy, as Excel itself would refuse it.

    :raises UnreadableWorkbook: if the bytes are refused or cannot be read.
    """
    check_size(data)
    for signature, what in _SIGNATURES:
        if data.startswith(signature) and (len(signature) > 2 or b"\0" in data[:64]):
            refuse(f"The file is {what}, not an Excel workbook or a text export.", _PICTURE_HINT)
    if data.startswith(b"PK"):
        return read_xlsx(data)
    is_called_xlsx = file_name.lower().endswith((".xlsx", ".xlsm"))
    if data.startswith(OLE_SIGNATURE):
        check_ole(data)
        if is_called_xlsx:
            refuse(
                "The file is named .xlsx but is not an xlsx workbook: it is an old .xls workbook"
                " (Excel 97 to 2003).",
                "Rename it to .xls, or save it in Excel as 'Excel workbook (.xlsx)'.",
            )
        return read_xls(data)
    _refuse_markup(data)
    if is_called_xlsx:
        refuse(
            "The file is named .xlsx but is not an Excel workbook: it is text or an unknown"
            " format.",
            "If it is a text export of the instrument, rename it to .txt or .csv and upload it"
            " again.",
        )
    return read_text(data)


def _refuse_markup(data: bytes) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")):
        refuse(
            "The file is a web page (HTML), as some programs write for Excel, not a workbook.",
            "Open it in Excel, save it as 'Excel workbook (.xlsx)' and upload that file.",
        )
    if start.startswith((b"<?xml", b"<workbook")):
        refuse(
            "The file is an XML document, not an Excel workbook.",
            "Open it in Excel, save it as 'Excel workbook (.xlsx)' and upload that file.",
        )


def answer(file_name: str, data: bytes) -> dict[str, Any]:
    """Read an upload and return the answer of the reading process: sheets, or a refusal."""
    try:
        book = read_upload(file_name, data)
    except UnreadableWorkbook as refusal:
        return {"refused": refusal.message, "hint": refusal.hint}
    return {
        "container": book.container,
        "sheets": [sheet.as_json() for sheet in book.sheets],
        "findings": book.findings,
    }
