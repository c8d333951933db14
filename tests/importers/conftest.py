"""Fixtures of the importer tests: the shared corpus, workbooks made on the spot, opened files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import SHARED
from lims_msc.importers.workbook import open_workbook

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.workbook import Workbook


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared files beside the project."""
    return SHARED


@pytest.fixture(scope="session")
def corpus_books(shared: Path) -> list[tuple[dict[str, str], bytes, Workbook]]:
    """Every file of the corpus: its line of the manifest, its bytes, and what opening gave."""
    with (shared / "corpus" / "MANIFEST.csv").open(newline="", encoding="utf-8") as lines:
        entries = list(csv.DictReader(lines))
    books = []
    for entry in entries:
        data = (shared / "corpus" / entry["file"]).read_bytes()
        books.append((entry, data, open_workbook(Source(entry["file"].split("/")[-1], data))))
    return books


@pytest.fixture(scope="session")
def open_bytes() -> Callable[..., Workbook]:
    """Open bytes under a name as an upload."""

    def opened(data: bytes, name: str = "upload.xlsx") -> Workbook:
        return open_workbook(Source(name, data))

    return opened


@pytest.fixture
def make_workbook() -> Callable[..., openpyxl.Workbook]:
    """Make a workbook from rows by sheet name."""

    def made(**sheets: list[list[Any]]) -> openpyxl.Workbook:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name.replace("__", " "))
            for row in rows:
                sheet.append(row)
        return book

    return made


@pytest.fixture(scope="session")
def saved() -> Callable[[openpyxl.Workbook], bytes]:
    """Return the bytes of a workbook."""

    def data(book: openpyxl.Workbook) -> bytes:
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return data


@pytest.fixture
def opened(
    open_bytes: Callable[..., Workbook], saved: Callable[[openpyxl.Workbook], bytes]
) -> Callable[[openpyxl.Workbook], Workbook]:
    """Save a workbook and open it as an upload."""

    def result(book: openpyxl.Workbook) -> Workbook:
        return open_bytes(saved(book))

    return result


@pytest.fixture(scope="session")
def by_well() -> Callable[..., dict[str, float | str]]:
    """Return value or marker by well of the only plate, or of the plate and label asked for."""

    def values(
        file: FileReadings, plate: str | None = None, label: str | None = None
    ) -> dict[str, float | str]:
        found: dict[str, float | str] = {}
        for one in file.plates:
            for reading in one.readings:
                if plate in (None, one.plate) and label in (None, reading.read.label):
                    well = str(reading.well)
                    assert well not in found, f"{well} is there twice"
                    found[well] = reading.value if reading.value is not None else reading.marker
        return found

    return values


@pytest.fixture(scope="session")
def codes() -> Callable[[FileReadings], set[str]]:
    """Return the codes of the findings of a file."""
    return lambda file: {finding.code for finding in file.findings}


@pytest.fixture(scope="session")
def grid() -> Callable[..., list[list[Any]]]:
    """Rows of a labelled plate block whose values are row / 10 + column / 1000."""

    def rows(
        letters: str = "ABCDEFGH", first: int = 1, last: int = 12, corner: Any = None
    ) -> list[Any]:
        numbers = list(range(first, last + 1))
        return [[corner, *numbers]] + [
            [letter, *(well_value(ord(letter) - 64, n) for n in numbers)] for letter in letters
        ]

    return rows


def well_value(row: int, column: int) -> float:
    """The value that the made-up plates hold in a well: A1 is 0.101, H12 is 0.812."""
    return round(row / 10 + column / 1000, 3)
