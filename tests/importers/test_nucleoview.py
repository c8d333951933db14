"""NucleoView: one sample a file, with semicolons, tabs or colons; limits and remarks as text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from lims_msc.importers.nucleoview import NucleoView
from lims_msc.importers.workbook import open_workbook
from sample_corpus import SampleReadings, by_sample

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

NUCLEOVIEW = NucleoView()
REPORT = (
    "Viability and Cell Count Assay; ;\r\nImage;2026-0012-c;\r\nOperator;DrScientist;\r\n"
    "Viability (%);68.2;\r\nLive (cells/ml);2.45E6;\r\nDead (cells/ml);1.14E6;\r\n"
    "Total (cells/ml);3.58E6;\r\n ; ;\r\nEstimated cell diameter (um);9.1;\r\n"
    "Cell diameter standard deviation (um);6.9;\r\nMultiplication factor;1.000;\r\n;\r\n"
    "Instrument type;NucleoView NC-200\r\nInstrument s/n;s/n 9000\r\n"
    "Application SW version;1.4.2.0\r\n"
)
LINES = (
    "Source ID:\t99-00009\nTime (UTC):\t2026-01-02 09:49:29\nSample ID:\tday 3\n"
    "Instrument:\tS/N:999\nTotal (cells/ml):\t1.12E+06\nLive (cells/ml):\t9.28E+05\n"
    "Dead (cells/ml):\t1.90E+05\nViability (%):\t83.0\nDiameter (um):\t9.7\nStatus:\tOK\n"
)


def read(text: str) -> FileReadings:
    """The readings of a report."""
    return NUCLEOVIEW.read(open_workbook(Source("run.csv", text.encode())))


class TestCorpus(SampleReadings):
    importer = NucleoView
    folder, files, readings = "nucleoview", 2, 9


class TestContract(ImporterContract):
    importer = NucleoView

    def own_files(self) -> Iterable[Source]:
        return [Source("a.csv", REPORT.encode()), Source("b.txt", LINES.encode())]


def test_keys_and_values_with_semicolons() -> None:
    file = read(REPORT)
    found = by_sample(file)
    assert found["2026-0012-c", "Live (cells/ml)"] == 2_450_000
    assert found["2026-0012-c", "Estimated cell diameter (um)"] == 9.1
    assert len(found) == 5
    facts = {f.name: f.value for f in file.facts}
    assert (facts["serial number"], facts["software version"]) == ("9000", "1.4.2.0")
    assert file.findings == ()


@pytest.mark.parametrize("between", ["\t", " "])
def test_keys_and_values_with_colons(between: str) -> None:
    book = open_workbook(Source("run.txt", LINES.replace("\t", between).encode()))
    assert NUCLEOVIEW.sniff(book).is_mine
    found = by_sample(NUCLEOVIEW.read(book))
    assert found["day 3", "Dead (cells/ml)"] == 190_000
    assert found["day 3", "Diameter (um)"] == 9.7


@pytest.mark.parametrize("text", ["<8", "Not determined"])
def test_a_diameter_that_was_not_determined_is_told_and_is_no_reading(text: str) -> None:
    file = read(REPORT.replace("diameter (um);9.1", f"diameter [um];{text}"))
    assert len(by_sample(file)) == 4
    (warning,) = file.findings
    assert (warning.level, warning.code, warning.cell) == ("warning", "not_determined", "9:2")
    assert f"'{text}'" in warning.message


@pytest.mark.parametrize("text", ["3.58E6 (Out of optimal range)", "about 4E6"])
def test_a_number_with_a_remark_is_no_plain_number(text: str) -> None:
    file = read(REPORT.replace("3.58E6", text))
    assert by_sample(file)["2026-0012-c", "Total (cells/ml)"] is Marker.ERROR
    assert any(text in f.message for f in file.findings)


def test_decimal_commas() -> None:
    german = REPORT.replace("68.2", "68,2").replace("9.1;", "9,1;").replace("2.45E6", "2,45E6")
    found = by_sample(read(german.replace("1.14E6", "1,14E6").replace("3.58E6", "3,58E6")))
    assert found == by_sample(read(REPORT))


def test_a_line_that_is_missing_leaves_the_others() -> None:
    found = by_sample(read(REPORT.replace("Live (cells/ml);2.45E6;\r\n", "")))
    assert len(found) == 4


@pytest.mark.parametrize("end", ["Viability (%);68.2", "Total (cells/ml);3.5"])
def test_a_report_that_is_cut_off_is_refused(end: str) -> None:
    with pytest.raises(InputError, match=r"may be cut off|no readings"):
        read(REPORT[: REPORT.index(end) + len(end)])
