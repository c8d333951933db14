"""Reading text exports: which encoding, which separator, which fields; lines and fields from 1."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from .guard import CELL_CHARACTERS, CELLS, COLUMNS, ROWS, refuse, too_large
from .raw_sheet import TEXT, RawSheet
from .xlsx import RawWorkbook

_SEPARATORS = "\t;|,"
_LINE_END = re.compile(r"\r\n|\r|\n")
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\ufffd]")
_QUOTED_LINES = 50
_NOT_TEXT_HINT = "Upload the instrument's own export as .xlsx, .xls, .csv or .txt."


def read_text(data: bytes) -> RawWorkbook:
    """Read a text file as one sheet of fields.

    :raises UnreadableWorkbook: if the bytes are no text, or a line or the file is over a limit.
    """
    text = decode(data)
    lines = _LINE_END.split(text.rstrip("\x1a"))
    if len(lines) > ROWS + 1:
        too_large(f"it has {len(lines):,} lines, too many", f"{ROWS:,} lines")
    separator = find_separator(lines)
    sheet = RawSheet("", is_text=True)
    for line_number, fields in _records(lines, separator):
        if len(fields) > COLUMNS:
            too_large(f"line {line_number} has too many fields", f"{COLUMNS:,} fields")
        for column, field in enumerate(fields, start=1):
            if field.strip():
                if len(field) > CELL_CHARACTERS:
                    refuse(
                        f"Line {line_number}, field {column}: the text is too long; the limit is"
                        f" {CELL_CHARACTERS:,} characters.",
                        "Open the file in a text editor and look for a missing line end or a"
                        " quotation mark that is never closed.",
                    )
                sheet.add(line_number, column, TEXT, field)
        if len(sheet.kinds) > CELLS:
            too_large("it has too many fields", f"{CELLS:,} fields")
    if not sheet.kinds:
        refuse(
            "The file is empty: it holds only blank lines.", "Export it from the instrument again."
        )
    return RawWorkbook("text", [sheet])


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or the Windows code page of Western Europe.

    :raises UnreadableWorkbook: if the bytes are not text in any of them.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(data, "utf-16")
    elif data.startswith(b"\xef\xbb\xbf"):
        text = _decoded(data, "utf-8-sig")
    elif _looks_like_utf16(data):
        little = data[1::2].count(0) >= data[::2].count(0)
        text = _decoded(data, "utf-16-le" if little else "utf-16-be")
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            # Five bytes have no character in this code page; readers put them nowhere.
            text = data.decode("cp1252", errors="replace")
    _check_characters(text)
    return text


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        refuse(
            "The text encoding of the file is damaged: it starts as Unicode and does not go on so.",
            "Export it from the instrument again.",
        )


def _looks_like_utf16(data: bytes) -> bool:
    sample = data[:4096]
    half = len(sample) // 2
    if half < 2 or len(data) % 2:
        return False
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    return max(even, odd) >= 0.4 * half and min(even, odd) <= 0.05 * half


def _check_characters(text: str) -> None:
    """Refuse what cannot be text: many control characters, or a single NUL inside a line."""
    strange = _STRANGE.findall(text)
    if not strange:
        return
    controls = [c for c in strange if c != "\ufffd"]
    if len(strange) > max(8, len(text) // 20) or (controls and "\0" not in controls):
        _refuse_binary()
    if controls:
        line = len(_LINE_END.findall(text[: text.index("\0")])) + 1
        refuse(
            f"Line {line} of the text file holds a NUL character, which text never does.",
            "The file may be damaged. Export it from the instrument again.",
        )


def _refuse_binary() -> None:
    refuse(
        "The file is neither text nor an Excel workbook; its format is not supported.",
        _NOT_TEXT_HINT,
    )


def find_separator(lines: list[str]) -> str:
    """Return what separates the fields: tab, semicolon, bar or comma.

    A comma may also be a decimal comma, so the others win where they stand in half as many lines.
    """
    sample = [line for line in lines if line.strip()][:2_000]
    having = {mark: sum(mark in line for line in sample) for mark in _SEPARATORS}
    most = max(having.values())
    if not most:
        return "\t"
    return next(mark for mark in _SEPARATORS if 2 * having[mark] >= most)


def _records(lines: list[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line where a record starts, and its fields.

    A field in quotation marks may run over a few lines.  A mark that is never closed is taken as
    an ordinary character, else it would swallow the rest of the file.
    """
    at = 0
    while at < len(lines):
        line = lines[at]
        if len(line) > COLUMNS * 64:
            refuse(
                f"Line {at + 1} of the text file is too long ({len(line):,} characters).",
                "Open the file in a text editor and look for missing line ends.",
            )
        if '"' not in line:
            yield at + 1, line.split(separator)
            at += 1
            continue
        end = _closing_line(lines, at)
        fields = None if end is None else _fields("\n".join(lines[at : end + 1]), separator)
        if end is None or fields is None:
            end, fields = at, line.split(separator)
        yield at + 1, fields
        at = end + 1


def _fields(record: str, separator: str) -> list[str] | None:
    """Return the fields of a record; ``None`` if its quotation marks do not enclose fields."""
    try:
        return next(csv.reader([record], delimiter=separator), [])
    except csv.Error:
        return None


def _closing_line(lines: list[str], at: int) -> int | None:
    marks = 0
    for end in range(at, min(at + _QUOTED_LINES, len(lines))):
        marks += lines[end].count('"')
        if marks % 2 == 0:
            return end
    return None
