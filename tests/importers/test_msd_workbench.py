"""Discovery Workbench: a row for each spot, several plates, the table on any sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.msd_workbench import MsdWorkbench
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

HEADINGS = "Sample,Assay,Well,Spot,Concentration,Signal,Adjusted Signal,Mean,Calc. Concentration"
ROWS = (
    "S1,IL-6,A01,1,54.2,3513.5,3513,3421,53.2\n"
    "S1,IL-6,A02,1,54.2,3328,3328,3421,55.0\n"
    "S1,TNF,A01,2,331,341,341,328,NaN\n"
)


def table(plate: str = "P7", rows: str = ROWS) -> str:
    """A plate as text."""
    return f"Plate_{plate},,,,,,,,\n{HEADINGS}\n{rows}"


def read(text: str) -> FileReadings:
    """The readings of a text file."""
    return MsdWorkbench().read(open_workbook(Source("run.csv", text.encode())))


class TestCorpus(CorpusReadings):
    importer = MsdWorkbench
    folder, files, readings = "msd-workbench", 2, 28


class TestContract(ImporterContract):
    importer = MsdWorkbench

    def own_files(self) -> Iterable[Source]:
        return [Source("a.csv", table().encode())]


def test_each_assay_and_spot_is_a_read(by_well: Any) -> None:
    file = read(table())
    assert by_well(file, label="Signal IL-6 spot 1") == {"A1": 3513.5, "A2": 3328}
    assert by_well(file, label="Signal TNF spot 2") == {"A1": 341}
    assert {r.kind for r in file.plates[0].reads} == {"luminescence"}
    assert file.plates[0].plate == "P7"
    (note,) = file.findings
    assert "'Adjusted Signal', 'Mean', 'Calc. Concentration'" in note.message


@pytest.mark.parametrize("gap", ["", "\n", "\n\n\n\n"])
def test_plates_below_each_other(gap: str) -> None:
    file = read(table() + gap + table("P8"))
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("P7", 3), ("P8", 3)]


def test_the_table_on_a_sheet_of_a_workbook(make_workbook: Any, opened: Any, by_well: Any) -> None:
    rows: list[list[Any]] = [line.split(",") for line in table().splitlines()]
    for row in rows[2:]:
        row[3], row[5] = int(row[3]), float(row[5])
    data = [["Machine ID :", "42"], ["MSD Read Software Version :", "MMPR 2.0.10"]]
    file = MsdWorkbench().read(opened(make_workbook(MSD__Data=data, Results=[[], *rows])))
    assert by_well(file, label="Signal IL-6 spot 1")["A1"] == 3513.5
    assert {f.name: f.value for f in file.facts} == {
        "serial number": "42",
        "software version": "MMPR 2.0.10",
        "plate id": "P7",
    }


def test_decimal_commas(by_well: Any) -> None:
    german = table().replace(",", ";").replace(".5;", ",5;")
    assert by_well(read(german), label="Signal IL-6 spot 1")["A1"] == 3513.5


def test_a_column_more_shifts_nothing(by_well: Any) -> None:
    moved = "\n".join(f"x,{line}" for line in table().splitlines())
    assert by_well(read(moved), label="Signal TNF spot 2") == {"A1": 341}


@pytest.mark.parametrize(("text", "marker"), [("NaN", Marker.MISSING), ("OOR >", Marker.OVERFLOW)])
def test_words_in_place_of_signals_are_markers(text: str, marker: Marker, by_well: Any) -> None:
    file = read(table(rows=ROWS.replace("3328,3328", f"{text},3328")))
    assert by_well(file, label="Signal IL-6 spot 1")["A2"] is marker


def test_a_missing_signal_is_told() -> None:
    file = read(table(rows=ROWS.replace("3328,3328", ",3328")))
    assert [f.cell for f in file.findings if f.code == "empty_wells"] == ["2:6"]


def test_a_spot_in_two_rows_keeps_both_readings() -> None:
    file = read(table(rows=ROWS + ROWS.splitlines()[0] + "\n"))
    assert "Signal IL-6 spot 1 [2]" in {r.label for r in file.plates[0].reads}


def test_a_signal_without_a_well_is_refused() -> None:
    with pytest.raises(InputError, match="'Q99' is not a well"):
        read(table(rows=ROWS.replace("A02", "Q99")))


@pytest.mark.parametrize("cut", [16, 12])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(InputError, match="may be cut off"):
        read(table()[:-cut])
