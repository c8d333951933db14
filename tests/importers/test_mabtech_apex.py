"""Apex: a row for each population of a well, masked wells, grid sheets that agree or do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.mabtech_apex import MabtechApex
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

HEADINGS = [
    *("Plate", "Well", "Machine ID", "Analyte Secreting Population", "LED Filter"),
    *("Spot Forming Units (SFU)", "Average Relative Spot Volume LED490 (RSV490)", "Masked"),
]
INFO = [["Plate Name:", "P7"], ["Machine ID:", "IRIS 9"], ["Plate Read Date:", "2026-10-01"]]
POPULATIONS = ("LED490 Total", "LED550 Total")


def database(plate: str = "P7", wells: Iterable[str] = ("A1", "A2", "B1", "B2")) -> list[list[Any]]:
    """The long table; the second population has 100 spots more than the first."""
    rows = [HEADINGS]
    for i, well in enumerate(wells):
        for j, population in enumerate(POPULATIONS):
            rows.append([plate, well, 9, population, population, i + 100 * j, 5000, "NO"])
    return rows


def grids(change: float = 0) -> list[list[Any]]:
    """The counts as grids."""
    rows: list[list[Any]] = []
    for j, population in enumerate(POPULATIONS):
        base = 100 * j
        rows += [[population], [None, 1, 2], ["A", base, base + 1], ["B", base + 2, base + 3], []]
    rows[3][2] += change
    return rows


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(**sheets: list[list[Any]]) -> FileReadings:
        return MabtechApex().read(opened(make_workbook(**sheets)))

    return done


class TestCorpus(CorpusReadings):
    importer = MabtechApex
    folder, files, readings = "mabtech-apex", 1, 96


class TestContract(ImporterContract):
    importer = MabtechApex

    def own_files(self) -> Iterable[Source]:
        lines = (",".join(map(str, row)) for row in database())
        return [Source("run.csv", "\n".join(lines).encode())]


def test_each_population_is_a_read(read: Any, by_well: Any) -> None:
    file = read(Plate__Info=INFO, Plate__Database=database())
    label = "Spot Forming Units (SFU) LED550 Total"
    assert by_well(file, label=label) == {"A1": 100, "A2": 101, "B1": 102, "B2": 103}
    assert file.plates[0].plate == "P7"
    assert str(file.plates[0].readings[0].source) == "sheet 'Plate Database', cell F2"
    assert {f.name: f.value for f in file.facts} == {
        "plate id": "P7",
        "serial number": "IRIS 9",
        "date": "2026-10-01",
    }
    (note,) = file.findings
    assert "Average Relative Spot Volume" in note.message


def test_grids_that_agree_are_only_named(read: Any) -> None:
    file = read(**{"Plate__Database": database(), "Spot Forming Units (SFU)": grids()})
    assert len(file.plates[0].readings) == 8
    assert {f.code for f in file.findings} == {"columns_not_read", "sheet_not_read"}


def test_a_grid_that_disagrees_is_told_with_both_cells(read: Any) -> None:
    file = read(**{"Plate__Database": database(), "Spot Forming Units (SFU)": grids(5)})
    (warning,) = (f for f in file.findings if f.code == "tables_disagree")
    assert (warning.level, warning.well) == ("warning", "B2")
    assert (warning.sheet, warning.cell) == ("Spot Forming Units (SFU)", "C4")
    assert "sheet 'Plate Database', cell F8" in warning.message


def test_a_masked_well_keeps_its_count_and_is_told(read: Any, by_well: Any) -> None:
    rows = database()
    rows[1][-1] = "YES"
    file = read(Plate__Database=rows)
    assert by_well(file, label="Spot Forming Units (SFU) LED490 Total")["A1"] == 0
    (warning,) = (f for f in file.findings if f.code == "masked")
    assert (warning.well, warning.cell) == ("A1", "H2")


def test_two_plates_of_one_table(read: Any) -> None:
    file = read(D=[*database(), *database("P8", ["A1"])[1:]])
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("P7", 8), ("P8", 2)]


def test_a_marker_is_no_count(read: Any) -> None:
    rows = database()
    rows[1][5] = "TNTC"
    assert read(D=rows).plates[0].readings[0].marker == "overflow"


def test_a_count_without_a_well_is_refused(read: Any) -> None:
    rows = database()
    rows[3][1] = "Z99"
    with pytest.raises(InputError, match="'Z99' is not a well"):
        read(D=rows)


def test_the_grids_alone_are_not_read(read: Any) -> None:
    with pytest.raises(InputError, match="no readings"):
        read(**{"Spot Forming Units (SFU)": grids()})
