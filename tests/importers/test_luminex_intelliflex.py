"""INTELLIFLEX: a row a well, columns of bead regions, dry wells, lines of signatures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.luminex_intelliflex import LuminexIntelliflex
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker, ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

TABLE = (
    "INSTRUMENT TYPE,SERIAL NUMBER,PLATE NAME,PLATE START,ACTIVE USER,WELL LOCATION,WELL STATUS,"
    "SAMPLE ID,R25: RP1 ANALYTE NAME,R25: RP1 MEDIAN,R25: RP1 NET MEDIAN,R25: RP1 COUNT,"
    "R27: RP2 MEDIAN,R27: RP2 COUNT,R27: RP2 AVERAGE MFI\n"
    "INTELLIFLEX,IF1,RUN1,2/3/2026,N/A,A1,OK,U1,HPV,130.55,120.1,28,6.69,30,6.6\n"
    "INTELLIFLEX,IF1,RUN1,2/3/2026,N/A,B1,Dry,U2,NaN,NaN,NaN,NaN,NaN,NaN,NaN\n"
)


def read(text: str) -> FileReadings:
    """The readings of a text file."""
    return LuminexIntelliflex().read(open_workbook(Source("run.csv", text.encode())))


class TestCorpus(CorpusReadings):
    importer = LuminexIntelliflex
    folder, files, readings = "luminex-intelliflex", 1, 168


class TestContract(ImporterContract):
    importer = LuminexIntelliflex

    def own_files(self) -> Iterable[Source]:
        return [Source("a.csv", TABLE.encode())]


def test_medians_and_counts_of_each_region(by_well: Any) -> None:
    file = read(TABLE)
    assert by_well(file, label="R25: RP1 MEDIAN") == {"A1": 130.55, "B1": Marker.MISSING}
    assert by_well(file, label="R27: RP2 COUNT")["A1"] == 30
    assert [(r.label, r.kind) for r in file.plates[0].reads] == [
        ("R25: RP1 MEDIAN", ReadingKind.FLUORESCENCE),
        ("R25: RP1 COUNT", ReadingKind.OTHER),
        ("R27: RP2 MEDIAN", ReadingKind.FLUORESCENCE),
        ("R27: RP2 COUNT", ReadingKind.OTHER),
    ]
    assert file.plates[0].plate == "RUN1"
    assert {f.name: f.value for f in file.facts} == {
        "instrument": "INTELLIFLEX",
        "serial number": "IF1",
        "plate id": "RUN1",
        "date": "2/3/2026",
    }


def test_calculated_columns_and_the_status_of_a_well_are_told() -> None:
    findings = read(TABLE).findings
    (note,) = (f for f in findings if f.code == "columns_not_read")
    assert "'RP1 NET MEDIAN', 'RP2 AVERAGE MFI'" in note.message
    (status,) = (f for f in findings if f.code == "well_status")
    assert (status.level, status.well, "'Dry'" in status.message) == ("warning", "B1", True)


def test_signatures_below_the_wells_are_told_and_nothing_else() -> None:
    file = read(TABLE + "\nSigned by,anna,2/4/2026\n")
    (note,) = (f for f in file.findings if f.code == "row_not_read")
    assert note.cell == "5:1"
    assert len(file.plates[0].readings) == 8


def test_two_plates_of_one_table() -> None:
    file = read(TABLE + TABLE.splitlines()[1].replace("RUN1", "RUN2") + "\n")
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("RUN1", 8), ("RUN2", 4)]


def test_a_well_that_was_read_again_keeps_both_readings() -> None:
    file = read(TABLE + TABLE.splitlines()[1] + "\n")
    assert "R25: RP1 MEDIAN [2]" in {r.label for r in file.plates[0].reads}
    assert "measured_again" in {f.code for f in file.findings}


def test_decimal_commas(by_well: Any) -> None:
    file = read(TABLE.replace(",", ";").replace(".", ","))
    assert by_well(file, label="R25: RP1 MEDIAN")["A1"] == 130.55


def test_columns_more_and_fewer_shift_nothing(by_well: Any) -> None:
    lines = TABLE.splitlines()
    moved = "\n".join(["MODEL NAME," + lines[0], *("xMAP DR," + line for line in lines[1:])])
    assert by_well(read(moved), label="R27: RP2 MEDIAN")["A1"] == 6.69


def test_values_without_a_well_are_refused() -> None:
    with pytest.raises(InputError, match="'Z77' is not a well"):
        read(TABLE.replace(",A1,", ",Z77,"))


@pytest.mark.parametrize("cut", [6, 14, 45])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(InputError, match=r"cut off"):
        read(TABLE[:-cut])
