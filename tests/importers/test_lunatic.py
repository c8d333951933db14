"""Lunatic and Stunner: lists in any order of columns, spectra, missing values, damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from lims_msc.importers.lunatic import Lunatic
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

LUNATIC = Lunatic()
HEADINGS = "Plate ID,Plate Position,Sample name,Concentration (ng/ul),A260/A280,A260,Instrument ID"
ROWS = ["P-1,A1,s1,182.6,1.94,3.65,123456", "P-1,B1,s2,1500.0,N/A,30.5,123456"]


@pytest.fixture
def read(open_bytes: Any) -> Any:
    def done(*lines: str) -> FileReadings:
        return LUNATIC.read(open_bytes("\r\n".join(lines).encode(), "list.csv"))

    return done


class TestCorpus(CorpusReadings):
    importer = Lunatic
    folder, files, readings = "lunatic", 2, 34


class TestContract(ImporterContract):
    importer = Lunatic

    def own_files(self) -> Iterable[Source]:
        return [Source("list.csv", "\r\n".join([HEADINGS, *ROWS]).encode())]


def test_only_absorbances_are_readings_and_strong_ones_are_no_fault(
    read: Any, by_well: Any
) -> None:
    file = read(HEADINGS, *ROWS)
    assert by_well(file, plate="P-1") == {"A1": 3.65, "B1": 30.5}
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm, one.unit) == (
        "A260",
        ReadingKind.ABSORBANCE,
        260,
        "{OD}/cm",
    )
    assert [f.message for f in file.findings] == [
        "Calculated columns that were not read: 'Concentration (ng/ul)', 'A260/A280'."
    ]
    assert {f.name: f.value for f in file.facts} == {"serial number": "123456"}


def test_a_spectrum_has_a_read_for_each_column(read: Any) -> None:
    file = read(
        "Plate ID,Plate Position,Sample name,A230 (10mm),A231 (10mm),A260,Background (A340)",
        "P-1,A1,s1,0.728,0.696,0.58,0.16",
    )
    assert [(r.read.label, r.read.wavelength_nm, r.value) for r in file.plates[0].readings] == [
        ("A230 (10mm)", 230, 0.728),
        ("A231 (10mm)", 231, 0.696),
        ("A260", 260, 0.58),
    ]


def test_missing_and_negative_zero_values(read: Any, by_well: Any) -> None:
    file = read(HEADINGS, "P-1,A1,water,-0.1,N/A,-0.00,7", "P-1,B1,s2,9,1.9,N/A,7")
    assert by_well(file) == {"A1": 0.0, "B1": "missing"}


def test_headings_with_line_breaks_below_a_report_head(make_workbook: Any, opened: Any) -> None:
    rows = [
        ["Report"],
        ["Date", datetime.fromisoformat("2026-01-15T10:00:00")],
        ["Instrument", 123456.0],
        ["Software version", "8.2.0.999"],
        [],
        [None, "Table"],
        [None, "Plate ID", "Plate\nPosition", "Concentration\n(ng/ul)", "A260"],
        [None, "P-1", "A1", 182.6, 3.65],
    ]
    file = LUNATIC.read(opened(make_workbook(Report=rows)))
    assert [(str(r.well), r.source.cell) for r in file.plates[0].readings] == [("A1", "E8")]
    assert {f.name: f.value for f in file.facts} == {
        "date": "2026-01-15 10:00:00",
        "serial number": "123456",
        "software version": "8.2.0.999",
    }


def test_two_plates_of_one_list(read: Any) -> None:
    file = read(HEADINGS, *ROWS, ROWS[0].replace("P-1", "P-2"))
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("P-1", 2), ("P-2", 1)]


def test_a_well_that_was_measured_again_is_told(read: Any, codes: Any) -> None:
    file = read(HEADINGS, *ROWS, ROWS[0].replace("3.65", "3.70"))
    assert [(r.read.label, r.value) for r in file.plates[0].readings if str(r.well) == "A1"] == [
        ("A260", 3.65),
        ("A260 [2]", 3.7),
    ]
    assert "measured_again" in codes(file)


def test_decimal_commas_and_semicolons(open_bytes: Any, by_well: Any) -> None:
    text = "\r\n".join([HEADINGS, *ROWS]).replace(",", ";").replace(".", ",")
    assert by_well(LUNATIC.read(open_bytes(text.encode(), "list.csv")))["B1"] == 30.5


def test_a_row_without_a_well_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="'Mean' is not a well"):
        read(HEADINGS, *ROWS, "P-1,Mean,,841.3,,17.1,")


def test_a_list_without_absorbances_is_refused_in_words(read: Any) -> None:
    with pytest.raises(InputError, match="no column of absorbances"):
        read("Plate ID,Plate Position,Concentration (ng/ul)", "P-1,A1,182.6")


def test_a_list_that_is_cut_off_is_refused_in_words(read: Any) -> None:
    with pytest.raises(InputError, match="no readings"):
        read(HEADINGS)
