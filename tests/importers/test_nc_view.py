"""NC-View: thin blanks as thousands marks, exponents, and what the status column warns of."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from lims_msc.importers.nc_view import NCView
from lims_msc.importers.workbook import open_workbook
from sample_corpus import SampleReadings, by_sample

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

HEADINGS = (
    "NAME,SAMPLE ID,PROTOCOL,OPERATOR,INSTRUMENT,STATUS,TOTAL (cells/ml),LIVE (cells/ml),"
    "DEAD (cells/ml),VIABILITY (%),DIAMETER (µm),DEBRIS INDEX"
)
FIRST = "26-001,1,Count,anna,S/N: 900,OK,274\u00a0000,124\u00a0000,150\u00a0000,45.1,12.2,65"
SECOND = (
    "26-002,2,Count,anna,S/N: 900,Warning: Foreign object,1.07E+06,1.02E+06,54\u00a0400,94.9,16,10"
)


def read(*lines: str) -> FileReadings:
    """The readings of lines below the headings."""
    data = "\r\n".join((HEADINGS, *lines)).encode()
    return NCView().read(open_workbook(Source("run.csv", data)))


class TestCorpus(SampleReadings):
    importer = NCView
    folder, files, readings = "nc-view", 1, 160


class TestContract(ImporterContract):
    importer = NCView

    def own_files(self) -> Iterable[Source]:
        return [Source("run.csv", f"{HEADINGS}\n{FIRST}\n{SECOND}".encode())]


def test_thousands_between_thin_blanks_and_exponents_are_numbers() -> None:
    found = by_sample(read(FIRST, SECOND))
    assert found["26-001", "TOTAL (cells/ml)"] == 274_000
    assert found["26-002", "LIVE (cells/ml)"] == 1_020_000
    assert found["26-002", "DEAD (cells/ml)"] == 54_400
    assert found["26-001", "DIAMETER (µm)"] == 12.2


def test_units_are_those_of_the_headings() -> None:
    units = {r.label: r.unit for r in read(FIRST).plates[0].reads}
    assert units["LIVE (cells/ml)"] == "{cells}/mL"
    assert (units["VIABILITY (%)"], units["DIAMETER (µm)"]) == ("%", "um")


def test_what_the_status_warns_of_is_told_with_its_cell() -> None:
    file = read(FIRST, SECOND)
    (warning,) = (f for f in file.findings if f.level == "warning")
    assert (warning.code, warning.cell) == ("instrument_remark", "3:6")
    assert "'26-002': Warning: Foreign object" in warning.message


def test_serial_numbers_stand_without_their_sign() -> None:
    assert ("serial number", "900") in {(f.name, f.value) for f in read(FIRST).facts}


def test_a_sample_without_a_name_has_its_sample_id() -> None:
    assert {r.sample for r in read(FIRST.replace("26-001", "")).plates[0].readings} == {"1"}


@pytest.mark.parametrize("limit", ["<5\u00a0000", "<5000", "< 5.0E+03", "<LLOQ"])
def test_a_limit_is_a_marker(limit: str) -> None:
    found = by_sample(read(FIRST.replace("124\u00a0000", limit), SECOND))
    assert found["26-001", "LIVE (cells/ml)"] is Marker.UNDERFLOW


def test_a_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(InputError, match="may be cut off"):
        read(FIRST, SECOND[:-11])
