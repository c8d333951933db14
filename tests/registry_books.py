"""Filled workbooks of records: made over the template itself, as a person would fill it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from openpyxl import load_workbook
from openpyxl.workbook import Workbook as Book

from lims_msc.domain.importing import Source
from lims_msc.domain.records.fields import RecordKind, Values
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.registry_template import value_in_words
from lims_msc.domain.workbook import Cell, Workbook
from lims_msc.registry import Registry
from lims_msc.services import registry_files

Records: TypeAlias = Mapping[str, Sequence[Values]]
Row: TypeAlias = Mapping[str, object]
Change: TypeAlias = tuple[str, str, object]
"""A sheet, a cell, and what stands there instead."""


def template_book(registry: Registry) -> Book:
    return load_workbook(io.BytesIO(registry_files.template(registry).data))


def saved(book: Book, name: str = "registry.xlsx") -> Source:
    buffer = io.BytesIO()
    book.save(buffer)
    return Source(name, buffer.getvalue())


def fill(book: Book, kind: RecordKind, rows: Iterable[Row], first_row: int = 2) -> None:
    """Enter rows by field name below the headings of a sheet, terms as they are shown."""
    sheet = book[kind.sheet]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, start=first_row):
        for name, value in row.items():
            field = kind.field(name)
            shown = value_in_words(field, value) if field.vocabulary else value  # type: ignore[arg-type]
            if shown not in {None, ""}:
                cell = sheet.cell(number, columns[field.title], shown)
                if isinstance(shown, str):
                    cell.data_type = "s"


def filled(registry: Registry, records: Records, name: str = "registry.xlsx") -> Source:
    """Return the template filled with records."""
    book = template_book(registry)
    for key, rows in records.items():
        fill(book, kind_of(key), rows)
    return saved(book, name)


def plain(records: Records, *changes: Change, name: str = "registry.xlsx") -> Source:
    """Return the sheets of records without lists and messages, with other values in some cells.

    ``None`` empties a cell.  It is much faster to make than the template.
    """
    book = Book()
    book.remove(book.active)
    for kind in KINDS:
        book.create_sheet(kind.sheet).append([field.title for field in kind.fields])
        fill(book, kind, records.get(kind.key, ()))
    for sheet, cell, value in changes:
        book[sheet][cell] = value
    return saved(book, name)


def cells_of(workbook: Workbook) -> dict[str, dict[str, Cell]]:
    """Return all cells of a workbook by sheet and address."""
    return {
        sheet.name: {sheet.address(*place): cell for place, cell in sheet.cells.items()}
        for sheet in workbook.sheets
    }


def many_batches(count: int) -> Records:
    """Return so many batches, in families of four, with all that belongs to them."""
    records: dict[str, list[Values]] = {kind.key: [] for kind in KINDS}
    for family in range(count // 4):
        for key, values in _family(family):
            records[key].append(values)
    return {key: rows for key, rows in records.items() if rows}


def _family(number: int) -> Iterable[tuple[str, Values]]:
    donor, collection = f"D-{number:05d}", f"C-{number:05d}"
    day = date(2015, 1, 5) + timedelta(days=number)
    is_patient = number % 2 == 0
    yield "donor", {"donor_code": donor, "sex": ("female", "male")[number % 2]}
    yield (
        "consent",
        {
            "donor_code": donor,
            "consent_version": "v2.0",
            "given_on": day,
            "permits_export": "yes",
            "permits_sharing": "yes",
        },
    )
    yield (
        "collection",
        {
            "collection_code": collection,
            "donor_code": donor,
            "collected_on": day,
            "tissue": ("BM", "AT", "UC")[number % 3],
            "health_status": "patient" if is_patient else "healthy",
            "health_criteria": "" if is_patient else "no chronic disease",
            "age_at_collection_years": 20 + number % 50 + 0.25,
        },
    )
    if is_patient:
        yield (
            "diagnosis",
            {
                "collection_code": collection,
                "disease": "MONDO:0005301",
                "onset": f"{2000 + number % 14}",
                "disease_status": "active",
            },
        )
    for passage in range(1, 5):
        yield from _batch(number, collection, passage, day + timedelta(days=14 * passage))


def _batch(family: int, collection: str, passage: int, day: date) -> Iterable[tuple[str, Values]]:
    code = f"MSC-{family:05d}-P{passage}"
    yield (
        "batch",
        {
            "batch_code": code,
            "collection_code": collection,
            "parent_code": f"MSC-{family:05d}-P{passage - 1}" if passage > 1 else "",
            "passage": passage,
            "isolated_on": day - timedelta(days=14 * passage),
            "medium": "DMEM low glucose",
            "serum_source": "human platelet lysate",
            "serum_lot": f"HPL-{family % 40}",
            "heparin": "yes",
            "oxygen_percent": 5.0,
        },
    )
    harvested = 4.2e6 + 1000.5 * family
    yield (
        "passage",
        {
            "batch_code": code,
            "passage": passage,
            "seeded_on": day,
            "harvested_on": day + timedelta(days=6),
            "seeded_viable_cells": 6e5,
            "harvested_viable_cells": harvested,
            "culture_hours": 144.0,
            "confluence_percent": 80.0,
        },
    )
    yield (
        "vial",
        {
            "vial_code": f"V-{family:05d}-{passage}",
            "batch_code": code,
            "frozen_on": day + timedelta(days=6),
            "viable_cells_per_vial": 1e6,
            "volume_ml": 1.0,
            "tank": "T2",
            "rack": f"R{family // 100}",
            "box": f"B{family % 100}",
            "slot": f"A{passage}",
            "vial_state": "available",
        },
    )
    yield (
        "release_test",
        {
            "batch_code": code,
            "test_name": "viability",
            "result": 90 + passage / 3,
            "unit": "%",
            "tested_on": day + timedelta(days=6),
        },
    )
