"""Sheets of the workbook of records, read as the opener hands them over."""

from __future__ import annotations

from factories import sheet

from lims_msc.domain.findings import errors_among
from lims_msc.domain.records.fields import RecordKind
from lims_msc.domain.registry_sheets import (
    RegistryContents,
    read_registry,
)
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook

Entered = CellValue | Cell


GOOD = {
    "donor_code": "D-1",
    "collection_code": "C-1",
    "recipe_code": "R-1",
    "vial_code": "V-1",
    "consent_version": "v1",
    "disease": "multiple sclerosis",
    "step_number": 1,
}


def of_kind(kind: RecordKind, *rows: dict[str, Entered]) -> Sheet:
    """Return the sheet of a kind with its headings and these rows."""
    headings = [field.title for field in kind.fields]
    lines = [[row.get(field.name) for field in kind.fields] for row in rows]
    return sheet(kind.sheet, [headings, *lines])


def read(*sheets: Sheet, registered: dict[str, list[str]] | None = None) -> RegistryContents:
    known = registered or {}
    return read_registry(Workbook("r.xlsx", "xlsx", sheets), lambda key: known.get(key, []))


def one(kind: RecordKind, name: str, value: Entered, **known: list[str]) -> object:
    """Return what a cell of a field gives: its value, or the message and hint of its finding."""
    row = {field.name: GOOD[field.name] for field in kind.fields if field.name in GOOD}
    found = read(of_kind(kind, {**row, name: value}), registered=known)
    if errors := errors_among(found.findings):
        (error,) = errors
        column = [field.name for field in kind.fields].index(name)
        assert (error.sheet, error.cell) == (kind.sheet, f"{chr(65 + column)}2")
        return f"{error.message} {error.hint}"
    return found.entries[0].values.get(name)
