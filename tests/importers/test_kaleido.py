"""Kaleido: both generations, several plates and loops, analyses, pictures, damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.kaleido import Kaleido
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

KALEIDO = Kaleido()
GRID = [",1,2,3", "A,0.101,0.102,0.103", "B,0.201,0.202,0.203"]
MAP = ["Platemap", ",1,2,3", "A,-,-,-", "B,-,-,-", ""]
OLD_END = [
    "Measurement Basic Information",
    "Software version:,,Kaleido 2.0.3058.999",
    "Instrument Serial Number:,,7654321",
    *MAP,
    "Measurements:",
    "Meas,,,,",
    "Tech,,,,ABS mono 1",
    "Excitation wavelength [nm],,,,450",
    "",
    "Meas,,,,",
    "Tech,,,,FI 2",
    "Excitation wavelength [nm],,,,485",
    "Emission wavelength [nm],,,,535",
    "Exported with Kaleido 2.0.3058.999 and xslt version 2.0.0",
]
NEW_END = [
    "Measurement Information",
    "Measurement Started,,2026-01-15 10:00:00",
    *MAP,
    "Details of Measurement Sequence",
    "",
    "Operation,,,Luminescence 1",
    "Measurement Time [s],,,0.2",
    "",
    "Operation,,,Fluorescence intensity 1",
    "Excitation Wavelength [nm],,,550",
    "Emission Wavelength [nm],,,580",
    "Exported with Kaleido 3.0.3067.999",
]
FIELDS = "Barcode,Repeat,Loop no,Well scan x,Well scan y,Exc wl / filter,Ems wl,TRF Window"


def old(name: str, barcode: str = "P-1", grid: list[str] = GRID, more: str = "") -> list[str]:
    """A plate of the older generation, with the no-break spaces that it writes."""
    line = f"Barcode:\u00a0{barcode},\u00a0PlateRepeat:\u00a01,\u00a0WellRepeat:\u00a01{more}"
    return ["", f"Results for\u00a0{name}", "", line, *grid, ""]


def new(name: str, values: str = "P-1,1,,,,,,", more: str = "") -> list[str]:
    """A plate of the newer generation."""
    return [f"Result for {name}", f"{FIELDS}{more},", values, "", *GRID, "", ""]


HEAD = ["EnSight Results from", "Protocol Name,proliferation", ""]


@pytest.fixture
def read(open_bytes: Any) -> Any:
    def done(*parts: list[str]) -> FileReadings:
        lines = (line for part in parts for line in part)
        return KALEIDO.read(open_bytes("\r\n".join(lines).encode(), "plate.csv"))

    return done


class TestCorpus(CorpusReadings):
    importer = Kaleido
    folder, files, readings = "kaleido", 3, 288


class TestContract(ImporterContract):
    importer = Kaleido

    def own_files(self) -> Iterable[Source]:
        lines = [*old("ABS mono 1"), *OLD_END]
        return [Source("plate.csv", "\r\n".join(lines).encode())]


def test_the_older_generation_with_two_measurements(read: Any, by_well: Any) -> None:
    file = read(old("ABS mono 1"), old("FI 2"), OLD_END)
    (plate,) = file.plates
    assert plate.plate == "P-1"
    assert [(r.label, r.kind, r.wavelength_nm, r.emission_nm) for r in plate.reads] == [
        ("Results for ABS mono 1", ReadingKind.ABSORBANCE, 450, None),
        ("Results for FI 2", ReadingKind.FLUORESCENCE, 485, 535),
    ]
    assert by_well(file, label="Results for FI 2")["B3"] == 0.203
    facts = {f.name: f.value for f in file.facts}
    assert (facts["serial number"], facts["software version"]) == (
        "7654321",
        "Kaleido 2.0.3058.999",
    )
    assert file.findings == ()


def test_the_newer_generation_with_two_plates(read: Any) -> None:
    file = read(HEAD, new("Luminescence 1"), new("Luminescence 1", "P-2,1,,,,,,"), NEW_END)
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("P-1", 6), ("P-2", 6)]
    assert file.plates[0].reads[0].kind is ReadingKind.LUMINESCENCE


def test_wavelengths_above_the_plate_go_before_those_of_the_operation(read: Any) -> None:
    file = read(HEAD, new("Fluorescence intensity 1", "P-1,1,,,,540 nm,600 nm,"), NEW_END)
    (one,) = file.plates[0].reads
    assert (one.wavelength_nm, one.emission_nm) == (540, 600)


def test_repeats_and_loops_are_told_apart_in_the_label(read: Any) -> None:
    file = read(
        HEAD, new("Luminescence 1"), new("Luminescence 1", "P-1,2,,,,,,"),
        new("Luminescence 1", "P-1,1,3,,,,,"), NEW_END,
    )  # fmt: skip
    assert [r.label for r in file.plates[0].reads] == [
        "Result for Luminescence 1",
        "Result for Luminescence 1 repeat 2",
        "Result for Luminescence 1 loop no 3",
    ]


def test_results_of_an_analysis_are_left_and_told(read: Any, by_well: Any) -> None:
    analysed = [row.replace("0.", "9.") for row in GRID]
    file = read(
        old("ABS mono 1"),
        ["Analysis Result\u00a0default", *old("Blank corrected 1", grid=analysed)],
        OLD_END,
    )
    assert by_well(file)["A1"] == 0.101
    assert [f.code for f in file.findings] == ["block_not_read"]
    assert "'Results for Blank corrected 1') is calculated" in file.findings[0].message


def test_pictures_are_no_readings_but_their_analysis_is(read: Any) -> None:
    pictures = [GRID[0], "A,1.tiff,2.tiff,3.tiff", "B,4.tiff,5.tiff,6.tiff"]
    counted = old("Image Analysis ( IMG 1 )", more=",\u00a0AnalysisParameter:\u00a0Cell count")
    file = read(old("IMG 1", grid=pictures), ["Analysis Result"], counted, OLD_END)
    (one,) = file.plates[0].reads
    assert one.label == "Results for Image Analysis ( IMG 1 ): Cell count"
    assert one.kind is ReadingKind.OTHER
    assert [f.cell for f in file.findings] == ["5:1"]


def test_overflow_and_an_unread_well(read: Any, by_well: Any) -> None:
    grid = [GRID[0], "A,0.101,OVER,", GRID[2]]
    file = read(old("ABS mono 1", grid=grid), OLD_END)
    assert by_well(file)["A2"] == "overflow"
    assert "A3" not in by_well(file)


def test_decimal_commas_and_semicolons(open_bytes: Any, by_well: Any) -> None:
    lines = [*HEAD, *new("Fluorescence intensity 1"), *NEW_END]
    text = "\r\n".join(lines).replace(",", ";").replace("0.", "0,").replace("3,3", "3.3")
    assert by_well(KALEIDO.read(open_bytes(text.encode(), "plate.csv")))["A2"] == 0.102


def test_a_copy_in_excel_with_another_row_and_column(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    lines = ["", *HEAD, *new("Luminescence 1"), *NEW_END]
    rows = [[None, *(field or None for field in line.split(","))] for line in lines]
    book = opened(make_workbook(Copy=rows))
    assert KALEIDO.sniff(book).is_mine
    assert by_well(KALEIDO.read(book), plate="P-1")["B1"] == 0.201


def test_a_measurement_that_is_described_nowhere_is_told(read: Any, codes: Any) -> None:
    assert codes(read(HEAD, new("Step 7"), NEW_END)) == {"mode_unknown"}


def test_a_file_that_is_cut_off_is_refused_in_words(read: Any) -> None:
    with pytest.raises(InputError, match="Below 'Result for Luminescence 1' there is no plate"):
        read(HEAD, new("Luminescence 1")[:4])
    with pytest.raises(InputError, match="no readings"):
        read(HEAD)


def test_a_file_without_its_last_line_is_doubted(read: Any, codes: Any) -> None:
    assert codes(read(HEAD, new("Luminescence 1"))) == {"end_missing"}


def test_a_line_that_was_deleted_from_a_plate_is_missed(read: Any, by_well: Any) -> None:
    file = read(old("ABS mono 1", grid=[GRID[0], GRID[2], "C,1,2,3"]), OLD_END)
    assert by_well(file)["B1"] == 0.201
    assert [f.message.split(" to ")[1] for f in file.findings] == [
        "7:4 has the columns of a plate of 6 wells, but not its rows A."
    ]


def test_a_column_of_notes_left_of_the_export_changes_nothing(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    lines = [*old("ABS mono 1"), *OLD_END]
    rows = [["Sample", *(field or None for field in line.split(","))] for line in lines]
    file = KALEIDO.read(opened(make_workbook(Copy=rows)))
    assert by_well(file, plate="P-1")["B3"] == 0.203
    assert file.plates[0].readings[0].source.cell == "C6"
