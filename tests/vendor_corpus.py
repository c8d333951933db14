"""Holding a vendor's importer against its folder of the shared corpus: inherit and name both.

Values, kinds, wavelengths and times go through the corpus's own comparison; the cells are opened
with the libraries of their formats, not with our opener.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar

import openpyxl
import pytest
import xlrd
from lims_msc.importers.workbook import open_workbook
from openpyxl.utils.cell import coordinate_to_tuple

from lims_msc.domain.importing import FileReadings, Importer, Source
from lims_msc.domain.plate import WellReading
from lims_msc.domain.workbook import Workbook

COLUMNS = (
    *("file", "plate", "well", "sample", "read_label", "kind", "wavelength_nm", "emission_nm"),
    *("time_s", "value", "marker", "raw", "unit", "sheet", "cell"),
)
FileOfCorpus = tuple[dict[str, str], bytes, Workbook]


@cache
def read_once(importer: type[Importer], name: str, data: bytes) -> FileReadings:
    """Read a file of the corpus once for all tests of an importer."""
    return importer().read(open_workbook(Source(name, data)))


@pytest.mark.shared
class CorpusReadings:
    """What an importer owes to the files of its folder."""

    importer: ClassVar[type[Importer]]
    folder: ClassVar[str]
    files: ClassVar[int]
    readings: ClassVar[int]

    def own(self, corpus_books: list[FileOfCorpus]) -> list[FileOfCorpus]:
        """Return the files of the folder."""
        mine = [b for b in corpus_books if b[0]["file"].split("/")[0] == self.folder]
        assert len(mine) == self.files
        return mine

    def read(self, entry: dict[str, str], data: bytes) -> FileReadings:
        """Return the readings of a file."""
        return read_once(self.importer, entry["file"].split("/")[-1], data)

    def test_it_claims_the_files_of_its_folder_and_no_others(
        self, corpus_books: list[FileOfCorpus]
    ) -> None:
        answers = {e["file"]: self.importer().sniff(book) for e, _, book in corpus_books}
        claimed = {name for name, answer in answers.items() if answer.is_mine}
        assert claimed == {entry["file"] for entry, _, _ in self.own(corpus_books)}
        assert not any(answer.is_generic for answer in answers.values())
        assert len(answers) == 102

    def test_every_expected_reading_is_there_and_none_is_left_over(
        self, shared: Path, corpus_books: list[FileOfCorpus], tmp_path: Path
    ) -> None:
        mine = self.own(corpus_books)
        with (tmp_path / "readings.csv").open("w", newline="", encoding="utf-8") as lines:
            out = csv.writer(lines)
            out.writerow(COLUMNS)
            for entry, data, _ in mine:
                out.writerows(rows_of(entry["file"], self.read(entry, data)))
        (tmp_path / "expected").symlink_to(shared / "corpus" / "expected")
        with (tmp_path / "MANIFEST.csv").open("w", newline="", encoding="utf-8") as lines:
            writer = csv.DictWriter(lines, list(mine[0][0]))
            writer.writeheader()
            writer.writerows(entry for entry, _, _ in mine)
        done = subprocess.run(
            [
                sys.executable,
                shared / "corpus" / "compare_readings.py",
                tmp_path / "readings.csv",
                tmp_path,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        n, m = self.files, self.readings
        assert done.stdout.strip() == f"{n} of {n} files exact; {m} of {m} readings met"

    def test_plates_are_named_as_expected(
        self, shared: Path, corpus_books: list[FileOfCorpus]
    ) -> None:
        for entry, data, _ in self.own(corpus_books):
            with (shared / "corpus" / entry["expected"]).open(newline="", encoding="utf-8") as rows:
                want = {(e["plate"], e["well"]) for e in csv.DictReader(rows)}
            plates = self.read(entry, data).plates
            have = {(p.plate, r.place) for p in plates for r in p.readings}
            assert have == want or (entry["coverage"] != "all" and have > want), entry["file"]

    def test_the_cell_of_each_reading_holds_its_value_when_others_open_it(
        self, corpus_books: list[FileOfCorpus]
    ) -> None:
        for entry, data, _ in self.own(corpus_books):
            look_up = plain_reader(data)
            for plate in self.read(entry, data).plates:
                for reading in plate.readings:
                    there = look_up(reading.source.sheet, reading.source.cell)
                    if reading.value is None:
                        assert str(there).strip() == reading.raw.strip(), f"{reading}"
                    else:
                        number = self.number_in(there, reading)
                        assert number == reading.value, f"{entry['file']} {reading}"

    def number_in(self, there: object, reading: WellReading) -> float:
        """Return the number that a cell says when another program opens it."""
        assert reading.raw
        return float(there.replace(",", ".") if isinstance(there, str) else there)


def text(value: float | None) -> str:
    """Return a number as the readings table prints it."""
    return "" if value is None else repr(value)


def rows_of(name: str, file: FileReadings) -> list[list[str]]:
    """Return the rows of the readings table."""
    return [
        [
            *(name, plate.plate, r.place, r.sample, r.read.label, r.read.kind.value),
            *map(text, (r.read.wavelength_nm, r.read.emission_nm, r.time_s, r.value)),
            *(r.marker or "", r.raw, r.read.unit, r.source.sheet, r.source.cell),
        ]
        for plate in file.plates
        for r in plate.readings
    ]


def plain_reader(data: bytes) -> Callable[[str, str], object]:
    """Look cells up with the library of the format, or by lines and fields, and not with ours."""
    if data.startswith(b"PK"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return lambda sheet, cell: book[sheet][cell].value
    if data.startswith(b"\xd0\xcf"):
        old = xlrd.open_workbook(file_contents=data)

        def from_old(sheet: str, cell: str) -> object:
            column, row = coordinate_to_tuple(cell)[::-1]
            return old.sheet_by_name(sheet).cell_value(row - 1, column - 1)

        return from_old
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = data.decode("utf-16")
    else:
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            content = data.decode("cp1252")
    lines = re.split("\r\n|\r|\n", content)
    mark = "\t" if "\t" in content else ";" if ";" in lines[0] else ","

    def from_text(sheet: str, cell: str) -> str:
        assert sheet == ""
        line, column = map(int, cell.split(":"))
        return next(csv.reader([lines[line - 1]], delimiter=mark))[column - 1]

    return from_text
