"""Every reading of the shared corpus: value, kind, wavelengths, time, plate and its cell."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import warnings
from pathlib import Path

import openpyxl
import pytest
import xlrd
from lims_msc.importers.generic_grid import GenericGrid
from lims_msc.importers.generic_list import GenericList
from lims_msc.importers.tecan_icontrol import TecanIControl
from lims_msc.importers.tecan_magellan import TecanMagellan

from lims_msc.domain.importing import FileReadings, Importer
from lims_msc.errors import InputError

pytestmark = pytest.mark.shared

IMPORTERS: tuple[Importer, ...] = (GenericGrid(), GenericList(), TecanIControl(), TecanMagellan())
VENDOR_FOLDERS = {"tecan_icontrol": "tecan-icontrol", "tecan_magellan": "tecan-magellan"}
FOLDERS = (*VENDOR_FOLDERS.values(), "generic")
COLUMNS = (
    *("file", "plate", "well", "sample", "read_label", "kind", "wavelength_nm", "emission_nm"),
    *("time_s", "value", "marker", "raw", "unit", "sheet", "cell"),
)


@pytest.fixture(scope="session")
def files_read(corpus_books: list) -> dict[str, tuple[dict[str, str], FileReadings]]:
    read = {}
    for entry, _, workbook in corpus_books:
        if entry["file"].split("/")[0] in FOLDERS:
            answers = [(i, i.sniff(workbook)) for i in IMPORTERS]
            mine = [i for i, a in answers if a.is_mine and not a.is_generic] or [
                i for i, a in answers if a.is_mine
            ]
            assert len(mine) == 1, f"{entry['file']}: {mine}"
            read[entry["file"]] = (entry, mine[0].read(workbook))
    return read


def text(value: float | None) -> str:
    return "" if value is None else repr(value)


def rows_of(name: str, file: FileReadings) -> list[list[str]]:
    return [
        [
            name,
            plate.plate,
            str(r.well),
            r.sample,
            r.read.label,
            r.read.kind.value,
            text(r.read.wavelength_nm),
            text(r.read.emission_nm),
            text(r.time_s),
            text(r.value),
            r.marker or "",
            r.raw,
            r.read.unit,
            r.source.sheet,
            r.source.cell,
        ]
        for plate in file.plates
        for r in plate.readings
    ]


def test_the_shared_comparison_finds_every_file_exact(
    shared: Path, files_read: dict, tmp_path: Path
) -> None:
    with (tmp_path / "readings.csv").open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines)
        out.writerow(COLUMNS)
        for name, (_, file) in files_read.items():
            out.writerows(rows_of(name, file))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "expected").symlink_to(shared / "corpus" / "expected")
    with (corpus / "MANIFEST.csv").open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(next(iter(files_read.values()))[0]))
        writer.writeheader()
        writer.writerows(entry for entry, _ in files_read.values())
    compare = shared / "corpus" / "compare_readings.py"
    done = subprocess.run(
        [sys.executable, compare, tmp_path / "readings.csv", corpus],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "23 of 23 files exact; 9527 of 9527 readings met"


def test_plate_kind_wavelengths_and_time_are_those_expected(shared: Path, files_read: dict) -> None:
    for name, (entry, file) in files_read.items():
        # One file names its plate in half of the rows only; the next test says what it becomes.
        has_plates = not name.endswith("SLA01P01_OD.xlsx")
        with (shared / "corpus" / entry["expected"]).open(newline="", encoding="utf-8") as lines:
            want = {
                (
                    e["plate"] if has_plates else "",
                    e["well"],
                    e["kind"],
                    e["wavelength_nm"],
                    round(float(e["time_s"] or 0), 1),
                )
                for e in csv.DictReader(lines)
            }
        have = {
            (
                plate.plate if has_plates else "",
                str(r.well),
                r.read.kind,
                "/".join(f"{w:g}" for w in (r.read.wavelength_nm, r.read.emission_nm) if w),
                round(r.time_s or 0.0, 1),
            )
            for plate in file.plates
            for r in plate.readings
        }
        assert not want - have, f"{name}: {sorted(want - have)[:3]}"
        if entry["coverage"] == "all":
            assert not have - want, f"{name}: {sorted(have - want)[:3]}"


def test_the_one_plate_with_a_half_filled_name_column_is_one_plate(files_read: dict) -> None:
    file = files_read["tecan-magellan/SLA01P01_OD.xlsx"][1]
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("96WEL008", 96)]
    assert [f.code for f in file.findings] == ["plate_name_missing"]


def test_the_source_cell_holds_the_value_when_other_programs_open_it(
    shared: Path, files_read: dict
) -> None:
    for name, (_, file) in files_read.items():
        look_up = plain_reader((shared / "corpus" / name).read_bytes())
        for plate in file.plates:
            for reading in plate.readings:
                there = look_up(reading.source.sheet, reading.source.cell)
                if reading.value is None:
                    assert str(there).strip() == reading.raw.strip(), f"{name} {reading}"
                else:
                    assert float(there) == reading.value, f"{name} {reading}"


def plain_reader(data: bytes):  # noqa: ANN201 - one of three local functions
    """Look cells up with the library of the format, or by lines and fields, and not with ours."""
    if data.startswith(b"PK"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        return lambda sheet, cell: book[sheet][cell].value
    if data.startswith(b"\xd0\xcf"):
        old = xlrd.open_workbook(file_contents=data)

        def from_old(sheet: str, cell: str) -> object:
            letters, row = re.fullmatch("([A-Z]+)([0-9]+)", cell).groups()
            column = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(letters)))
            return old.sheet_by_name(sheet).cell_value(int(row) - 1, column - 1)

        return from_old
    lines = data.decode("utf-8-sig").splitlines()

    def from_text(sheet: str, cell: str) -> str:
        assert sheet == ""
        line, column = map(int, cell.split(":"))
        mark = "\t" if any("\t" in one for one in lines) else ","
        return next(csv.reader([lines[line - 1]], delimiter=mark))[column - 1]

    return from_text


def test_vendor_importers_claim_their_own_files_and_no_others(corpus_books: list) -> None:
    claims = 0
    for entry, _, workbook in corpus_books:
        mine = {i.key for i in IMPORTERS if i.sniff(workbook).is_mine}
        folder = entry["file"].split("/")[0]
        assert mine & set(VENDOR_FOLDERS) == {k for k, f in VENDOR_FOLDERS.items() if f == folder}
        assert not {"generic_grid", "generic_list"} <= mine, entry["file"]
        claims += bool(mine)
    assert len(corpus_books) == 102
    assert claims > 23


def test_a_generic_importer_never_files_a_value_in_a_well_that_has_another(
    shared: Path, corpus_books: list
) -> None:
    """Where it takes a file of another program at all, all of its numbers are right."""
    read = 0
    for entry, _, workbook in corpus_books:
        if entry["file"].split("/")[0] in FOLDERS or entry["coverage"] != "all":
            continue
        with (shared / "corpus" / entry["expected"]).open(newline="", encoding="utf-8") as lines:
            expected: dict[str, list[float]] = {}
            for e in csv.DictReader(lines):
                if re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", e["value"]):
                    expected.setdefault(e["well"], []).append(float(e["value"]))
        for importer in IMPORTERS:
            if not importer.sniff(workbook).is_mine:
                continue
            try:
                file = importer.read(workbook)
            except InputError:
                continue
            read += 1
            for reading in (r for p in file.plates for r in p.readings if r.value is not None):
                known = expected.get(str(reading.well), [])
                assert any(v == pytest.approx(reading.value, rel=1e-9) for v in known), (
                    f"{entry['file']}: {reading}"
                )
    assert read > 10
