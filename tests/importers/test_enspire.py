"""EnSpire: lists of spectra and of single readings, plates, several plates, damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.enspire import EnSpire
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

ENSPIRE = EnSpire()
INFO = "Plate\tRepeat\tBarcode\tMeasurement date\tChamber temperature at start\t"
END = [
    "",
    "",
    "Basic assay information ",
    'Serial#: \t\t\t\t="2300999"',
    "",
    "Operations:",
    "Plate 1",
    "  Measurement",
    "    Meas\t\t\t\tA",
    "    Tech\t\t\t\tAbsorbance",
    "  Measurement",
    "    Meas\t\t\t\tC",
    "    Tech\t\t\t\tLuminescence",
    "",
    "Measurements:",
    "Meas \t\t\t\tA",
    "Excitation wavelength\t\t\t\t450 nm",
    "",
    "Meas \t\t\t\tB",
    "Excitation wavelength\t\t\t\t485 nm",
    "Emission wavelength\t\t\t\t535 nm",
    "",
    "Exported with EnSpire Workstation version 4.10.3005.9999",
]
SPECTRA = [
    "Well\tSample\tMeasB:Result\tMeasB:WavelengthExc\tMeasB:WavelengthEms\t",
    "A01\tS1\t100\t445\t480\t",
    "A01\tS1\t110\t445\t481\t",
    "A02\tS2\tOVER\t445\t480\t",
    "A02\tS2\t130\t445\t481\t",
]
SINGLE = ["Well\tMeasA:Result\tMeasC:Result\t", "A01\t0.5\t900\t", "A02\t0.25\t800\t"]


def page(rows: list[str], barcode: str = '=""', number: int = 1) -> list[str]:
    """Plate information with a list or plates below."""
    line = f"{number}\t1\t{barcode}\t2026-01-15 10:00:00\t22.5\t"
    return ["Plate information ", INFO, line, "", "No background information available.", "", *rows]


def data(*pages: list[str], end: list[str] = END) -> bytes:
    return "\r\n".join([*(line for one in pages for line in [*one, ""]), *end]).encode("cp1252")


@pytest.fixture
def read(open_bytes: Any) -> Any:
    def done(*pages: list[str]) -> FileReadings:
        return ENSPIRE.read(open_bytes(data(*pages), "list.csv"))

    return done


class TestCorpus(CorpusReadings):
    importer = EnSpire
    folder, files, readings = "enspire", 1, 1539


class TestContract(ImporterContract):
    importer = EnSpire

    def own_files(self) -> Iterable[Source]:
        return [Source("list.csv", data(page(SPECTRA)))]


def test_a_spectrum_has_a_read_for_each_wavelength_in_any_order_of_columns(read: Any) -> None:
    file = read(page(SPECTRA, '="P-1"'))
    (plate,) = file.plates
    assert plate.plate == "P-1"
    assert [
        (str(r.well), r.read.wavelength_nm, r.read.emission_nm, r.value) for r in plate.readings
    ] == [
        ("A1", 445, 480, 100),
        ("A1", 445, 481, 110),
        ("A2", 445, 480, None),
        ("A2", 445, 481, 130),
    ]
    assert {(r.label, r.kind) for r in plate.reads} == {("MeasB", ReadingKind.FLUORESCENCE)}
    facts = {f.name: f.value for f in file.facts}
    assert facts["serial number"] == "2300999"
    assert facts["software version"] == "4.10.3005.9999"


def test_measurements_without_wavelength_columns_take_them_from_the_settings(read: Any) -> None:
    file = read(page(SINGLE))
    assert [(r.label, r.kind, r.wavelength_nm) for r in file.plates[0].reads] == [
        ("MeasA", ReadingKind.ABSORBANCE, 450),
        ("MeasC", ReadingKind.LUMINESCENCE, None),
    ]
    assert file.findings == ()


def test_a_measurement_that_is_described_nowhere_is_told(read: Any, codes: Any) -> None:
    file = read(page([row.replace("MeasA", "MeasX") for row in SINGLE]))
    assert codes(file) == {"mode_unknown"}


def test_other_columns_are_named(read: Any) -> None:
    rows = [SINGLE[0] + "MeasA:Blanked\t", *(row + "0.1\t" for row in SINGLE[1:])]
    file = read(page(rows))
    assert [f.message for f in file.findings] == ["The column 'MeasA:Blanked' was not read."]
    assert len(file.plates[0].readings) == 4


def test_two_plates_with_lists_of_their_own(read: Any) -> None:
    file = read(page(SINGLE), page(SINGLE, number=2))
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("1", 4), ("2", 4)]


def test_plates_with_labels_are_read_with_their_settings(read: Any, by_well: Any) -> None:
    rows = ["Results for Meas B -  (RFU)", "\t01\t02\t", "A\t101\t102\t", "B\t201\t202\t"]
    file = read(page(rows))
    assert by_well(file) == {"A1": 101, "A2": 102, "B1": 201, "B2": 202}
    (one,) = file.plates[0].reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == (ReadingKind.FLUORESCENCE, 485, 535)


def test_a_blank_line_between_headings_and_list_moves_nothing(read: Any, by_well: Any) -> None:
    file = read(page([SINGLE[0], "", *SINGLE[1:]]))
    assert by_well(file, label="MeasA") == {"A1": 0.5, "A2": 0.25}


def test_decimal_commas_are_read(open_bytes: Any, by_well: Any) -> None:
    text = data(page([row.replace(".", ",") for row in SINGLE])).replace(b"22.5", b"22,5")
    file = ENSPIRE.read(open_bytes(text, "list.csv"))
    assert by_well(file, label="MeasA") == {"A1": 0.5, "A2": 0.25}


def test_a_copy_in_excel_with_another_column_before_it(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    lines = [*page(SINGLE), *END]
    rows = [[None, *(field or None for field in line.split("\t"))] for line in lines]
    book = opened(make_workbook(Copy=rows))
    assert ENSPIRE.sniff(book).is_mine
    assert by_well(ENSPIRE.read(book), label="MeasA") == {"A1": 0.5, "A2": 0.25}


def test_a_row_without_a_well_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="'Mean' is not a well"):
        read(page([*SINGLE, "Mean\t0.375\t850\t"]))


def test_a_list_that_is_cut_off_is_refused_in_words(open_bytes: Any) -> None:
    book = open_bytes("\r\n".join(page(SPECTRA[:1])).encode(), "cut.csv")
    assert ENSPIRE.sniff(book).is_mine
    with pytest.raises(InputError, match="no readings"):
        ENSPIRE.read(book)
