"""xPONENT: data blocks of medians and counts, locations of several plates, NaN, warnings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.luminex_xponent import LuminexXponent
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker, ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

XPONENT = LuminexXponent()
HEAD = (
    '"Program","xPONENT","","FlexMAP 3D"\r\n"Build","4.3.229.0"\r\n\r\n"SN","FM3D1"\r\n'
    '"BatchStartTime","5/17/2026 6:42:29 PM"\r\n\r\n"Results"\r\n\r\n'
)
WELLS = ("1(1,A1)", "2(1,B1)", "3(1,C1)", "4(1,D1)")


def block(kind: str, factor: float = 1, wells: Iterable[str] = WELLS) -> str:
    """A block of two analytes; the second has ten times the first one's values."""
    rows = [
        f'"{well}","Unknown{i}","{i * factor:g}","{i * factor * 10:g}","900"'
        for i, well in enumerate(wells, start=1)
    ]
    heads = '"Location","Sample","IL-6","TNF","Total Events"'
    return "\r\n".join([f'"DataType:","{kind}"', heads, *rows, "", ""])


TAIL = (
    '"DataType:","Units"\r\n"Analyte:","IL-6","TNF"\r\n"BeadID:","28","35"\r\n\r\n'
    '"DataType:","Warnings/Errors"\r\n"Location","Status","Message"\r\n'
    '"1,B1","Warning","Too few beads"\r\n\r\n-- CRC --\r\nCRC32: 40B50595\r\n'
)
FILE = HEAD + block("Median", 1.5) + block("Count", 20) + block("Net MFI", 1) + TAIL


def read(text: str) -> FileReadings:
    """The readings of a text file."""
    return XPONENT.read(open_workbook(Source("run.csv", text.encode())))


class TestCorpus(CorpusReadings):
    importer = LuminexXponent
    folder, files, readings = "luminex-xponent", 1, 16


class TestContract(ImporterContract):
    importer = LuminexXponent

    def own_files(self) -> Iterable[Source]:
        return [Source("a.csv", FILE.encode())]


def test_medians_and_counts_of_each_analyte(by_well: Any) -> None:
    file = read(FILE)
    assert by_well(file, label="Median TNF") == {"A1": 15, "B1": 30, "C1": 45, "D1": 60}
    assert by_well(file, label="Count IL-6") == {"A1": 20, "B1": 40, "C1": 60, "D1": 80}
    assert {(r.label, r.kind) for r in file.plates[0].reads} == {
        ("Median IL-6", ReadingKind.FLUORESCENCE),
        ("Median TNF", ReadingKind.FLUORESCENCE),
        ("Count IL-6", ReadingKind.OTHER),
        ("Count TNF", ReadingKind.OTHER),
    }
    facts = {f.name: f.value for f in file.facts}
    assert (facts["serial number"], facts["instrument"]) == ("FM3D1", "FlexMAP 3D")
    assert facts["software version"] == "4.3.229.0"


def test_calculated_blocks_are_left_and_warnings_passed_on() -> None:
    findings = read(FILE).findings
    assert [f.message.split("'")[1] for f in findings if f.level == "note"] == ["Net MFI", "Units"]
    (warning,) = (f for f in findings if f.level == "warning")
    assert (warning.code, warning.well) == ("instrument_remark", "B1")
    assert "Too few beads" in warning.message


def test_the_plate_is_the_one_of_the_location() -> None:
    wells = ("1(1,A1)", "2(1,A2)", "97(2,A1)", "98(2,A2)")
    file = read(HEAD + block("Median", wells=wells) + TAIL)
    assert [(p.plate, [str(w) for w in p.wells]) for p in file.plates] == [
        ("1", ["A1", "A2"]),
        ("2", ["A1", "A2"]),
    ]


def test_384_wells() -> None:
    file = read(HEAD + block("Median", wells=["1(1,A1)", "384(1,P24)"]) + TAIL)
    assert [str(w) for w in file.plates[0].wells] == ["A1", "P24"]


@pytest.mark.parametrize(("text", "marker"), [("NaN", Marker.MISSING), ("OOR >", Marker.OVERFLOW)])
def test_words_in_place_of_numbers_are_markers(text: str, marker: Marker, by_well: Any) -> None:
    file = read(FILE.replace('"15"', f'"{text}"', 1))
    assert by_well(file, label="Median TNF")["A1"] is marker


def test_a_missing_value_is_told(by_well: Any) -> None:
    file = read(FILE.replace('"15"', '""', 1))
    assert set(by_well(file, label="Median TNF")) == {"B1", "C1", "D1"}
    assert any("A1 of 'TNF'" in f.message for f in file.findings if f.code == "empty_wells")


def test_semicolons_and_decimal_commas(by_well: Any) -> None:
    german = FILE.replace('","', '";"').replace('"1.5"', '"1,5"').replace('"4.5"', '"4,5"')
    assert by_well(read(german), label="Median IL-6") == {"A1": 1.5, "B1": 3, "C1": 4.5, "D1": 6}


def test_a_file_that_excel_saved_again(by_well: Any) -> None:
    saved = FILE.replace('"1(1', "<1(1").replace('"', "").replace("<", "")
    for well in WELLS:
        saved = saved.replace(f"{well},Unk", f'"{well}",Unk')
    saved = saved.replace("\r\n", ",,,,\r\n")
    assert by_well(read(saved), label="Median TNF")["D1"] == 60


def test_a_location_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="'well one' is not a well"):
        read(FILE.replace("1(1,A1)", "well one", 1))


def test_a_well_in_two_rows_of_a_block_is_refused() -> None:
    with pytest.raises(InputError, match=r"stands here and in|cannot be read"):
        read(FILE.replace("2(1,B1)", "2(1,A1)", 1))


@pytest.mark.parametrize("end", ["3(1,C1)", '"Unknown4","6"', '"Unknown4","80"'])
def test_a_file_that_is_cut_off_is_refused(end: str) -> None:
    with pytest.raises(InputError, match=r"ends inside the block|cannot be read"):
        read(FILE[: FILE.index(end) + len(end)])


def test_calculated_blocks_alone_are_no_readings() -> None:
    with pytest.raises(InputError, match="no readings"):
        read(HEAD + block("Net MFI") + TAIL)
