"""The headings of a sheet of the workbook of records: which column is which field.

Headings that ask who somebody is are refused on every sheet, and what stands below them is never
repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.fields import Field, RecordKind
from lims_msc.domain.registry_cells import is_blank, same_words
from lims_msc.domain.workbook import Sheet, column_letters

IDENTIFYING = "registry.identifying"
_WHO = re.compile(
    r"(?:donor|patient|spender|proband)?'?s?[ -]?name|name of (?:the )?(?:donor|patient)|initials?"
    r"|initialen|.*\b(?:first|last|given|family|full|maiden) ?names?\b.*|surname|forename"
    r"|.*(?:vor|nach|familien|patienten)name.*|.*geburt.*|geb\.?"  # codespell:ignore vor
    r"|.*\bbirth.*|.*birthda.*"
    r"|d\.?o\.?b\.?|.*\bdob\b.*|mrn|.*medical record.*"
    r"|.*(?:patient|hospital|case|fall|klinik)(?:en)?[ -]?(?:number|no\.?|nr\.?|id|nummer)"
    r"|.*(?:insurance|versicher|krankenkasse|social security).*|ssn|svnr"
    r"|e-?mail.*|(?:tele)?phone.*|telefon.*|address|adresse|anschrift"  # codespell:ignore adresse
    r"|street|stra(?:ss|ß)e|plz|postcode|zip(?: code)?"
)
_OPAQUE = (
    "Delete the column: donors are known by opaque codes only. Keep the link between code and "
    "person elsewhere."
)
_ROWS_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a sheet by field name, and what is wrong with its first row."""

    columns: Mapping[str, int]
    findings: tuple[Finding, ...]


def read_headings(kind: RecordKind, sheet: Sheet) -> Headings:
    """Return where each field of a kind stands on a sheet."""
    by_words = {same_words(field.title): field for field in kind.fields}
    columns: dict[str, int] = {}
    findings: list[Finding] = []
    for column in range(1, sheet.last_column + 1):
        cell = sheet.get(1, column)
        title = "" if cell is None or is_blank(cell) else str(cell.value).strip()
        field = by_words.get(same_words(title))
        if field is None:
            findings += _unknown_heading(sheet, column, title)
        elif field.name in columns:
            first = sheet.address(1, columns[field.name])
            message = f"The heading '{title}' stands here a second time; the first is in {first}."
            findings.append(_at(sheet, column, message, "Delete one of the two columns."))
        else:
            columns[field.name] = column
    return Headings(columns, (*findings, *_missing(kind, sheet, columns)))


def kind_meant(sheet: Sheet, kinds: Iterable[RecordKind]) -> RecordKind | None:
    """Return the kind whose headings a sheet has, more than half of them and all that are needed.

    So a sheet of the form is known that was renamed, or copied within the file.
    """
    titles = {
        same_words(cell.value)
        for (row, _), cell in sheet.cells.items()
        if row == 1 and isinstance(cell.value, str)
    }
    for kind in kinds:
        needed = {f.title for f in kind.fields if f.is_required or f.name in kind.identity}
        known = sum(same_words(field.title) in titles for field in kind.fields)
        if titles.issuperset(map(same_words, needed)) and 2 * known > len(kind.fields):
            return kind
    return None


def identifying_headings(sheet: Sheet) -> Iterable[Finding]:
    """Yield a finding for each heading of a sheet that is no form of ours and asks who one is."""
    for (row, column), cell in sorted(sheet.cells.items()):
        if row <= _ROWS_LOOKED_AT and isinstance(cell.value, str) and _says_who(cell.value):
            yield _who_finding(sheet, row, column, cell.value.strip())


def _unknown_heading(sheet: Sheet, column: int, title: str) -> Iterable[Finding]:
    if title and _says_who(title):
        yield _who_finding(sheet, 1, column, title)
        return
    row = _first_filled(sheet, column)
    if title and row is None:
        message = f"'{title}' is no heading of this sheet; the column is empty and passed over."
        hint = "Delete the column, or write a heading of the form."
        yield _at(sheet, column, message, hint, Level.WARNING)
    elif title:
        message = f"'{title}' is no heading of this sheet, and values stand below it."
        yield _at(sheet, column, message, "Write a heading of the form, or delete the column.")
    elif row is not None:
        message = (
            f"This column has no heading, but the cell {sheet.address(row, column)} is filled."
        )
        yield _at(sheet, column, message, "Write a heading of the form, or delete the column.")


def _missing(kind: RecordKind, sheet: Sheet, columns: Mapping[str, int]) -> Iterable[Finding]:
    absent = [field for field in kind.fields if field.name not in columns]
    needed = [field for field in absent if field.is_required or field.name in kind.identity]
    if not columns:
        message = "The first row has none of the headings of this sheet."
        yield _at(sheet, 1, message, "Copy the first row of the template here; fill from row 2.")
    elif needed:
        message = f"{_named(needed)} missing."
        hint = "Write the heading into the first row, as in the template."
        yield _at(sheet, 1, message, hint)
    elif absent:
        message = f"{_named(absent)} missing; what is registered there stays as it is."
        hint = "Copy the heading from the template if you want to fill it in."
        yield _at(sheet, 1, message, hint, Level.WARNING)


def _named(fields: Iterable[Field]) -> str:
    titles = [f"'{field.title}'" for field in fields]
    return f"The heading{'s' if len(titles) > 1 else ''} {', '.join(titles)} " + (
        "are" if len(titles) > 1 else "is"
    )


def _first_filled(sheet: Sheet, column: int) -> int | None:
    filled: dict[int, int] | None = sheet.memo.get("first_filled")
    if filled is None:
        filled = {}
        for (row, at), cell in sheet.cells.items():
            if row > 1 and not is_blank(cell):
                filled[at] = min(row, filled.get(at, row))
        sheet.memo["first_filled"] = filled
    return filled.get(column)


def _says_who(text: str) -> bool:
    return len(text) < 80 and _WHO.fullmatch(same_words(text).rstrip(":")) is not None


def _who_finding(sheet: Sheet, row: int, column: int, title: str) -> Finding:
    return Finding(
        Level.ERROR,
        IDENTIFYING,
        f"The column '{title}' says who somebody is; its contents are not repeated here.",
        _OPAQUE,
        sheet=sheet.name,
        cell=sheet.address(row, column),
    )


def _at(sheet: Sheet, column: int, message: str, hint: str, level: Level = Level.ERROR) -> Finding:
    return Finding(
        level,
        "registry.heading",
        message,
        hint,
        sheet=sheet.name,
        cell=f"{column_letters(column)}1",
    )
