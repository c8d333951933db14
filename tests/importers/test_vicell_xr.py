"""Vi-CELL XR: headings in two rows, numbers as text, rows of column numbers, text reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.vicell_xr import ViCellXR
from lims_msc.importers.workbook import open_workbook
from sample_corpus import SampleReadings, by_sample

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

XR = ViCellXR()
SUMMARY: list[list[Any]] = [
    ["Vi-CELL XR 2.06.3"],
    ["Unit S/N:  AN1"],
    [],
    ["Sample ID", "Cell type", "Dilution", "Sample date/time", "Total", "Viable", "Viability",
     "Total cells", "Viable cells", "Avg. diam.", "Avg. circ.", "Images", "Trypan blue"],
    [None, None, "factor", None, "cells", "cells", "(%)", "/ml (x10^6)", "/ml (x10^6)",
     "(microns)", None, None, "mixing cycles"],
    ["CLB1", "CHO", "3.00", "7 Oct 2026", 1943, 1925, "98.1", "3.20", "3.14", "13.9", "0.872", 50,
     3],
    ["CLB2", "CHO", "3.00", "7 Oct 2026", 933, 917, "98.3", "3.17", "3.11", "14.0", "0.866", 50, 3],
]  # fmt: skip
REPORT = (
    "Vi-CELL XR 2.06.3\r\n\r\nSample ID : CLB1\r\nRunDate : 29 Sep 2026  5:21:32 AM\r\n"
    "Unit S/N : AW1\r\n\r\nResults:\r\nImages : 50\r\nTotal cells : 4263\r\n"
    "Viable cells : 4133\r\nNonviable cells : 130\r\nViability (%) : 97.0\r\n"
    "Total cells / ml (x 10^6) : 90.2\r\nTotal viable cells / ml (x 10^6) : 87.4\r\n"
    "Average diameter (microns) : 17.3\r\nAverage circularity : 0.861\r\n"
    "Average cells / image : 85.3\r\n\r\nSettings:\r\nCell type : CHO\r\nComment :\r\n"
)


def read_report(text: str) -> FileReadings:
    """The readings of a text report."""
    return XR.read(open_workbook(Source("run.txt", text.encode())))


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(rows: list[list[Any]]) -> FileReadings:
        return XR.read(opened(make_workbook(Summary=rows)))

    return done


class TestCorpus(SampleReadings):
    importer = ViCellXR
    folder, files, readings = "vicell-xr", 3, 358


class TestContract(ImporterContract):
    importer = ViCellXR

    def own_files(self) -> Iterable[Source]:
        return [Source("run.txt", REPORT.encode())]


def test_headings_in_two_rows_are_one_label(read: Any) -> None:
    file = read(SUMMARY)
    found = by_sample(file)
    assert found["CLB1", "Total cells"] == 1943
    assert found["CLB1", "Total cells /ml (x10^6)"] == 3.2
    assert found["CLB2", "Avg. diam. (microns)"] == 14
    assert len(found) == 14
    assert {f.name: f.value for f in file.facts}["serial number"] == "AN1"


def test_small_numbers_as_text_beside_large_counts_are_of_other_columns(read: Any) -> None:
    assert {f.code for f in read(SUMMARY).findings} == {"columns_not_read", "numbers_as_text"}


def test_a_summary_is_known_without_its_title(make_workbook: Any, opened: Any) -> None:
    book = opened(make_workbook(Summary=SUMMARY[3:]))
    assert XR.sniff(book).is_mine
    assert len(by_sample(XR.read(book))) == 14


@pytest.mark.parametrize("at", [4, 5])
def test_a_hidden_row_of_column_numbers_is_no_sample(
    make_workbook: Any, opened: Any, at: int
) -> None:
    rows = [*SUMMARY[:at], list(range(1, 14)), *SUMMARY[at:]]
    book = make_workbook(Summary=rows)
    book["Summary"].row_dimensions[at + 1].hidden = True
    file = XR.read(opened(book))
    assert {r.sample for r in file.plates[0].readings} == {"CLB1", "CLB2"}
    assert by_sample(file)["CLB1", "Viability (%)"] == 98.1


def test_hidden_samples_are_read_and_told(make_workbook: Any, opened: Any) -> None:
    book = make_workbook(Summary=SUMMARY)
    book["Summary"].row_dimensions[7].hidden = True
    file = XR.read(opened(book))
    assert len(by_sample(file)) == 14
    (hidden,) = (f for f in file.findings if f.code == "hidden")
    assert "CLB2" in hidden.message


def test_a_report_on_one_sample() -> None:
    file = read_report(REPORT)
    found = by_sample(file)
    assert found["CLB1", "Viability (%)"] == 97
    assert found["CLB1", "Total viable cells / ml (x 10^6)"] == 87.4
    assert len(found) == 8
    viability = next(r for r in file.plates[0].readings if r.read.label == "Viability (%)")
    assert (str(viability.source), viability.raw) == ("line 12:1", "97.0")
    assert {f.name: f.value for f in file.facts}["serial number"] == "AW1"


def test_a_comma_in_a_report_never_cuts_a_number_short() -> None:
    """The comma separates fields in most text files, and decimals in this one."""
    german = REPORT.replace("97.0", "97,3").replace("90.2", "90,2").replace("87.4", "87,4")
    german = german.replace("17.3", "17,3").replace("0.861", "0,861").replace("85.3", "85,3")
    found = by_sample(read_report(german + "SizeData : 1,2,3\r\nCircData : 0,0,1\r\n"))
    assert found["CLB1", "Viability (%)"] == 97.3
    assert found["CLB1", "Average circularity"] == 0.861
    assert found["CLB1", "Total cells"] == 4263


def test_a_sample_with_a_comma_in_its_name() -> None:
    text = REPORT.replace("CLB1", "CLB1, day 2") + "SizeData : 1,2,3\r\nCircData : 0,0,1\r\n" * 9
    assert {r.sample for r in read_report(text).plates[0].readings} == {"CLB1, day 2"}


def test_a_report_without_a_sample_is_refused() -> None:
    with pytest.raises(InputError, match="names no sample"):
        read_report(REPORT.replace("CLB1", ""))


def test_two_reports_in_one_file_are_refused() -> None:
    with pytest.raises(InputError, match="more than one line for 'Total cells'"):
        read_report(REPORT + REPORT)


@pytest.mark.parametrize("end", ["Viability (%) : 9", "Total cells : 4263", "Unit S/N"])
def test_a_report_that_is_cut_off_is_refused(end: str) -> None:
    with pytest.raises(InputError, match=r"may be cut off|no readings"):
        read_report(REPORT[: REPORT.index(end) + len(end)])
