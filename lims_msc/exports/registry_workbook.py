"""The workbook of all registered records: one sheet a kind, with drop-downs and input messages.

Equal records give equal bytes.  Texts are written as texts and numbers with every digit, whatever
Excel would make of them when they are typed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind, Value, Values
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.registry_template import (
    FORM_VERSION,
    LAST_ROW,
    LISTS_SHEET,
    READ_ME_SHEET,
    RegistryRequest,
    about,
    choices_of,
    shown_term,
)
from lims_msc.domain.workbook import column_letters
from lims_msc.errors import InputError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

_REQUIRED, _OPTIONAL = "FFBFD7DE", "FFEDF3F5"
_FORMATS = {FieldKind.DATE: "yyyy-mm-dd", FieldKind.WHOLE: "General", FieldKind.DECIMAL: "General"}
# Excel takes longer messages for a damaged file.
_TITLE_CHARACTERS, _PROMPT_CHARACTERS = 32, 255
_NARROWEST, _WIDEST = 12, 34
# Excel counts a day in 1900 that never was; days before it are written as text.
_FIRST_SAFE_DAY = date(1900, 3, 1)
_SAVED_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)


class RegistryWorkbook:
    """Writes the sheets ``Read me``, one for each kind of records, and the hidden ``Lists``."""

    media_type: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, request: RegistryRequest) -> bytes:
        """Return the workbook, empty or filled with records.

        :raises InputError: if a text cannot stand in a workbook, with its sheet and cell.
        """
        from openpyxl import Workbook

        workbook = Workbook()
        workbook.remove(workbook.active)
        workbook.properties.creator = "lims-msc"
        _write_read_me(workbook.create_sheet(READ_ME_SHEET), request)
        sheets = {kind.key: workbook.create_sheet(kind.sheet) for kind in KINDS}
        lists = _write_lists(workbook)
        for kind in KINDS:
            _write_headings(sheets[kind.key], kind)
            _write_records(sheets[kind.key], kind, request.records.get(kind.key, ()))
            _offer_choices(sheets[kind.key], kind, lists)
        buffer = io.BytesIO()
        workbook.save(buffer)
        return _without_moment(buffer.getvalue())


def _write_headings(sheet: Worksheet, kind: RecordKind) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    for column, field in enumerate(kind.fields, start=1):
        letters = column_letters(column)
        # The format of the column counts for the cells that nobody has filled yet.
        sheet.column_dimensions[letters].number_format = _FORMATS.get(field.kind, "@")
        width = min(max(len(field.title) + 3, _NARROWEST), _WIDEST)
        sheet.column_dimensions[letters].width = width
        cell = sheet.cell(1, column, field.title)
        cell.number_format = "@"
        cell.font = Font(bold=field.is_required)
        cell.fill = PatternFill("solid", fgColor=_REQUIRED if field.is_required else _OPTIONAL)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(about(field), "lims-msc", height=110, width=260)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{column_letters(len(kind.fields))}{LAST_ROW}"


def _write_records(sheet: Worksheet, kind: RecordKind, records: Iterable[Values]) -> None:
    for row, values in enumerate(records, start=2):
        for column, field in enumerate(kind.fields, start=1):
            value = values.get(field.name)
            if value is not None and value != "":
                _write_value(sheet, row, column, field, value)


def _write_value(sheet: Worksheet, row: int, column: int, field: Field, value: Value) -> None:
    if field.kind is FieldKind.TERM:
        value = shown_term(field, str(value))
    if isinstance(value, date) and value < _FIRST_SAFE_DAY:
        value = value.isoformat()
    cell = sheet.cell(row, column)
    cell.number_format = _FORMATS.get(field.kind, "@")
    if isinstance(value, date):
        cell.value = value
    elif isinstance(value, int | float):
        # openpyxl itself would round to 16 digits, and 0.1 + 0.2 has 17.
        cell.value = repr(value).removesuffix(".0")
        cell.data_type = "n"
    else:
        cell.value = _safe_text(sheet, row, column, str(value))
        # Never a formula, and never an error such as '#N/A'.
        cell.data_type = "s"


def _safe_text(sheet: Worksheet, row: int, column: int, text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (found := ILLEGAL_CHARACTERS_RE.search(text)) is None:
        return text
    finding = Finding(
        Level.ERROR,
        "registry.control_character",
        f"The text has the control character U+{ord(found[0]):04X}.",
        "Open the record, delete the character and save it.",
        sheet=sheet.title,
        cell=f"{column_letters(column)}{row}",
    )
    raise InputError(
        "The workbook cannot be written: a text holds a character that no workbook can hold.",
        hint="Correct the record, and export again.",
        findings=[finding],
    )


def _write_lists(workbook: Workbook) -> dict[tuple[str, ...], str]:
    """Write each list of choices once into a column of its own; return the range of each."""
    sheet = workbook.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    ranges: dict[tuple[str, ...], str] = {}
    for field in (field for kind in KINDS for field in kind.fields):
        choices = choices_of(field)
        if not choices or choices in ranges:
            continue
        letters = column_letters(len(ranges) + 1)
        for row, choice in enumerate(choices, start=1):
            cell = sheet.cell(row, len(ranges) + 1, choice)
            cell.number_format, cell.data_type = "@", "s"
        ranges[choices] = f"'{LISTS_SHEET}'!${letters}$1:${letters}${len(choices)}"
    return ranges


def _offer_choices(sheet: Worksheet, kind: RecordKind, lists: dict[tuple[str, ...], str]) -> None:
    for column, field in enumerate(kind.fields, start=1):
        validation = _validation(field, lists)
        validation.allow_blank = True
        validation.showInputMessage = validation.showErrorMessage = True
        validation.promptTitle = _shortened(field.title, _TITLE_CHARACTERS)
        validation.prompt = _shortened(about(field), _PROMPT_CHARACTERS)
        letters = column_letters(column)
        sheet.add_data_validation(validation)
        validation.add(f"{letters}2:{letters}{LAST_ROW}")


def _validation(field: Field, lists: dict[tuple[str, ...], str]) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    if field.kind is FieldKind.REFERENCE:
        of = f"'{kind_of(field.refers_to).sheet}'!$A"
        # As long as the other sheet is filled, so that the list does not end in blank lines.
        filled = f"OFFSET({of}$2,0,0,MAX(1,COUNTA({of}$2:$A${LAST_ROW})),1)"
        return DataValidation(type="list", formula1=filled, errorStyle="warning")
    if (choices := choices_of(field)) in lists:
        is_open = field.allows_other or field.kind is FieldKind.TERM
        style = "warning" if is_open else "stop"
        return DataValidation(type="list", formula1=lists[choices], errorStyle=style)
    if field.kind in {FieldKind.WHOLE, FieldKind.DECIMAL} and field.low is not None:
        is_whole = field.kind is FieldKind.WHOLE
        bounds = {"operator": "greaterThan" if field.is_above_low else "greaterThanOrEqual"}
        if field.high is not None and not field.is_above_low:
            bounds = {"operator": "between", "formula2": f"{field.high:g}"}
        return DataValidation(
            type="whole" if is_whole else "decimal", formula1=f"{field.low:g}", **bounds
        )
    return DataValidation()


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _write_read_me(sheet: Worksheet, request: RegistryRequest) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for row, (first, second) in enumerate(_read_me_lines(request), start=1):
        for column, text in enumerate((first, second), start=1):
            if text:
                cell = sheet.cell(row, column, text)
                cell.number_format, cell.data_type = "@", "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 1).font = Font(bold=not second)
        if first in _COLOURS:
            sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[first])
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 100


_COLOURS = {"dark, bold heading": _REQUIRED, "light heading": _OPTIONAL}


def _read_me_lines(request: RegistryRequest) -> Iterable[tuple[str, str]]:
    yield "Registered records of the laboratory", ""
    yield "Form", f"version {FORM_VERSION}, {request.software}, tables {request.revision}"
    yield (
        "Confidential",
        (
            "This is a working copy of the laboratory. It has consents and clinical facts of "
            "donors in it and is no publication; studies are published from their own page."
        ),
    )
    yield "How to fill this in", ""
    yield from _HOW_TO
    yield "Colours", ""
    yield "dark, bold heading", "required in each row"
    yield "light heading", "leave it empty where it is not known"
    yield "Sheets", ""
    for kind in KINDS:
        yield kind.sheet, kind.explanation


_HOW_TO = (
    ("Rows", "One record a row, from row 2. Leave the headings as they are."),
    ("Order", "Sheets may refer to each other, and to what is registered already."),
    ("Known records", "A row with a known code changes that record. Empty cells change nothing."),
    ("Codes", "Opaque: no names, initials, birth dates or hospital numbers, anywhere."),
    ("Dates", "Year-month-day, such as 2026-03-14. Other ways to write one are refused."),
    ("Numbers", "As numbers, without units and separators of thousands; 95 for 95 %."),
    ("Terms", "From the list, or a synonym or an identifier such as MONDO:0005301."),
    ("Hidden cells", "Are refused: clear filters before you save."),
    ("All or nothing", "Everything wrong is listed with its cell first, and nothing is stored."),
)


def _without_moment(workbook: bytes) -> bytes:
    """Return a workbook without the moment of saving, so that equal contents are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "docProps/core.xml":
                data = _SAVED_AT.sub(rb"\g<1>2026-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(part.filename, _ZIP_BEGINS)
            new.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
