"""Matrix: a table alone or below a header, viability as 0.87 or 87.00%, remarks of the counter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.revvity_matrix import RevvityMatrix
from lims_msc.importers.workbook import open_workbook
from sample_corpus import SampleReadings, by_sample

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

MATRIX = RevvityMatrix()
TABLE = (
    "Well Name,Live Count,Live Cells/mL,Live Mean Size,Viability,Dead Count,Dead Cells/mL,"
    "Dead Mean Size,Total Count,Total Cells/mL,Total Mean Size,Note:,Errors:\n"
    "P2-1,1165,2.28E+06,9.53,87.00%,177,3.43E+05,4.5,1342,2.62E+06,8.88,,\n"
    "P2-2,344,6.78E+05,15.54,96.00%,16,3.11E+04,6.51,360,7.09E+05,15.15,,No cells in image C\n"
)
HEADED = (
    "Plate Name,Plate Name: plate 7,,,,,,,\n"
    "Assay Name,Assay Name: AOPI,,,,,,,\n"
    "Instrument SN,MX-1,,,,,,,\n"
    ",,Row,Column,Well Name,Live Count,Live Concentration (E6),Viability (%),Dead Count,"
    "Aggregate Count,Errors\n"
    ",,0,0,POS,2249,4.41,90.00,240,56,\n"
    ",,0,1,NEG,1585,3.10,87.00,229,7,\n"
)


def read(text: str) -> FileReadings:
    """The readings of a text file."""
    return MATRIX.read(open_workbook(Source("run.csv", text.encode())))


class TestCorpus(SampleReadings):
    importer = RevvityMatrix
    folder, files, readings = "revvity-matrix", 2, 360


class TestContract(ImporterContract):
    importer = RevvityMatrix

    def own_files(self) -> Iterable[Source]:
        return [Source("a.csv", TABLE.encode()), Source("b.csv", HEADED.encode())]


def test_a_written_percentage_is_the_number_before_the_sign() -> None:
    file = read(TABLE)
    assert by_sample(file)["P2-1", "Viability"] == 87
    assert by_sample(file)["P2-1", "Live Cells/mL"] == 2_280_000
    assert {r.label: r.unit for r in file.plates[0].reads}["Viability"] == "%"
    assert [(f.level, f.code, f.cell) for f in file.findings] == [
        ("warning", "instrument_remark", "3:13")
    ]


def test_a_fraction_that_is_shown_as_a_percentage_stays_a_fraction_of_unit_one(
    make_workbook: Any, opened: Any
) -> None:
    rows: list[list[Any]] = [line.split(",") for line in TABLE.splitlines()]
    for row in rows[1:]:
        row[1:11] = [float(one.strip("%")) for one in row[1:11]]
        row[4] /= 100
    book = make_workbook(Cells=rows)
    for row in (2, 3):
        book["Cells"].cell(row, 5).number_format = "0%"
    file = MATRIX.read(opened(book))
    assert by_sample(file)["P2-1", "Viability"] == 0.87
    assert {r.label: r.unit for r in file.plates[0].reads}["Viability"] == "1"
    assert [f.code for f in file.findings] == ["instrument_remark"]


def test_a_table_in_the_third_column_below_a_header() -> None:
    file = read(HEADED)
    found = by_sample(file)
    assert found["POS", "Live Concentration (E6)"] == 4.41
    assert found["NEG", "Viability (%)"] == 87
    assert {f.name: f.value for f in file.facts}["serial number"] == "MX-1"
    (note,) = file.findings
    assert "'Aggregate Count'" in note.message


def test_decimal_commas() -> None:
    german = TABLE.replace(",", ";").replace(".", ",")
    assert by_sample(read(german)) == by_sample(read(TABLE))


def test_a_table_that_ends_early_is_refused() -> None:
    with pytest.raises(InputError, match="may be cut off"):
        read(HEADED[:-9])
