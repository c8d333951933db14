"""GloMax: grids beside the list by well, tables that disagree, ratios, partial plates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from lims_msc.importers.glomax import GloMax
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

GLOMAX = GloMax()
PARAMETERS: list[list[Any]] = [
    [None, None, None, "Luciferase"],
    [None, "Execution Date:", None, datetime.fromisoformat("2026-01-15T10:00:00")],
    ["Instrument:", None, None, "GloMax® Navigator"],
    [None, "Serial Number:", None, 9111000123],
    [None, "Software Ver:", None, "3.1.0"],
]


def results(*titles: str, columns: int = 12, rows: str = "ABCDEFGH") -> list[list[Any]]:
    """A results sheet with a grid for each step: the k-th grid holds k * (row * 100 + column)."""
    sheet: list[list[Any]] = [[None, None, None, "Result: Luciferase 2026.01.15"], []]
    for k, title in enumerate(titles, start=1):
        sheet += [
            [f"{title}, Kinetics"],
            [None, "Emission Filter:", None, "None"],
            [None, "Reading:", None, 1, None, *range(1, 13)],
        ]
        for i, letter in enumerate("ABCDEFGH", start=1):
            values = [k * (i * 100 + c) for c in range(1, columns + 1)] if letter in rows else []
            sheet.append([None, None, None, None, letter, *values])
        sheet.append([])
    return sheet


def by_well_sheet(*names: str, columns: int = 12, rows: str = "ABCDEFGH") -> list[list[Any]]:
    """The list by well that belongs to ``results``."""
    sheet: list[list[Any]] = [[None, None, None, "Protocol: Luciferase"], []]
    for i, letter in enumerate("ABCDEFGH", start=1):
        for c in range(1, columns + 1) if letter in rows else ():
            sheet.append([f"{letter}:{c}", None, None, "n", "t(sec)", "value"])
            for k, name in enumerate(names, start=1):
                time = 0 if k == 1 else 14.8 + c / 100
                sheet.append([None, name, None, k, time, k * (i * 100 + c)])
            sheet.append([])
    return sheet


LUMINESCENCES = ("Luminescence", "Luminescence")


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(**sheets: list[list[Any]]) -> FileReadings:
        return GLOMAX.read(opened(make_workbook(Protocol=PARAMETERS, **sheets)))

    return done


class TestCorpus(CorpusReadings):
    importer = GloMax
    folder, files, readings = "glomax", 2, 228

    def test_every_edited_well_of_the_grid_is_told(self, corpus_books: list) -> None:
        edited = []
        for entry, data, _ in self.own(corpus_books):
            found = [f for f in self.read(entry, data).findings if f.code == "tables_disagree"]
            assert "sheet 'Results By Well', cell F8" in found[0].message
            edited += [found[0].message.split(" cells are")[0]]
        assert edited == ["190", "36"]


class TestContract(ImporterContract):
    importer = GloMax

    def own_files(self) -> Iterable[Source]:
        rows = [*PARAMETERS[2:], *results("Luminescence"), *by_well_sheet("Luminescence")]
        lines = (",".join("" if v is None else str(v) for v in row) for row in rows)
        return [Source("run.csv", "\r\n".join(lines).encode())]


def test_two_luminescences_with_their_times(read: Any, by_well: Any) -> None:
    file = read(Results=results(*LUMINESCENCES), Results__By__Well=by_well_sheet(*LUMINESCENCES))
    assert [r.label for r in file.plates[0].reads] == ["Luminescence 1", "Luminescence 2"]
    assert by_well(file, label="Luminescence 2")["H12"] == 1624
    times = {
        (r.read.label, str(r.well)): (r.time_s, r.source.sheet) for r in file.plates[0].readings
    }
    assert times["Luminescence 1", "B3"] == (0, "Results")
    assert times["Luminescence 2", "B3"] == (14.83, "Results")
    facts = {f.name: f.value for f in file.facts}
    assert (facts["instrument"], facts["serial number"], facts["software version"]) == (
        "GloMax® Navigator", "9111000123", "3.1.0",
    )  # fmt: skip
    assert facts["date"] == "2026-01-15 10:00:00"
    assert file.findings == ()


def test_one_luminescence_is_an_endpoint(read: Any) -> None:
    file = read(Results=results("Luminescence"), By__Well=by_well_sheet("Luminescence"))
    assert {(r.read.label, r.time_s) for r in file.plates[0].readings} == {("Luminescence", None)}


def test_a_grid_that_was_edited_is_told_with_both_cells(read: Any, by_well: Any) -> None:
    grids = results("Luminescence")
    grids[5][6] = 999
    file = read(Results=grids, By__Well=by_well_sheet("Luminescence"))
    (told,) = file.findings
    assert (told.level, told.code, told.sheet, told.cell, told.well) == (
        "warning", "tables_disagree", "Results", "G6", "A2",
    )  # fmt: skip
    assert "says '999'" in told.message
    assert "says '102' in sheet 'By Well', cell F7" in told.message
    assert by_well(file)["A2"] == 999


def test_a_well_that_stands_in_one_table_only_is_told(read: Any) -> None:
    file = read(
        Results=results("Luminescence", rows="ABC"),
        By__Well=by_well_sheet("Luminescence", rows="ABCD", columns=3),
    )
    one_sided = [(f.sheet, f.well) for f in file.findings if f.code == "in_one_table"]
    assert ("By Well", "D1") in one_sided
    file = read(
        Results=results("Luminescence", columns=3, rows="ABC"),
        By__Well=by_well_sheet("Luminescence", columns=2, rows="ABC"),
    )
    one_sided = [(f.sheet, f.well) for f in file.findings if f.code == "in_one_table"]
    assert one_sided == [("Results", "A3"), ("Results", "B3"), ("Results", "C3")]


def test_part_of_a_plate(read: Any, by_well: Any) -> None:
    part = {"columns": 6, "rows": "ABC"}
    file = read(Results=results("Luminescence", **part), L=by_well_sheet("Luminescence", **part))
    assert (len(by_well(file)), by_well(file)["C6"]) == (18, 306)
    assert [f.code for f in file.findings] == ["empty_wells"]


def test_ratios_are_left_and_told(read: Any, by_well: Any) -> None:
    file = read(Results=results("Luminescence", "Ratio"), By__Well=by_well_sheet("Luminescence"))
    assert len(by_well(file)) == 96
    assert [(f.code, f.cell) for f in file.findings] == [("block_not_read", "E17")]


def test_other_kinds_have_their_wavelengths(read: Any) -> None:
    rows = results("Absorbance", "Fluorescence")
    rows[3] = [None, "Filter:", None, "450nm"]
    rows[15:16] = [[None, "Excitation:", None, "Blue 475nm"], [None, "Emission:", None, "500-550"]]
    reads = read(Results=rows).plates[0].reads
    assert [(r.kind, r.wavelength_nm, r.emission_nm) for r in reads] == [
        (ReadingKind.ABSORBANCE, 450, None),
        (ReadingKind.FLUORESCENCE, 475, None),
    ]


def test_a_list_that_does_not_fit_the_grids_gives_no_times(read: Any) -> None:
    file = read(Results=results("Luminescence"), By__Well=by_well_sheet(*LUMINESCENCES))
    assert {r.time_s for r in file.plates[0].readings} == {None}
    assert [f.code for f in file.findings] == ["list_not_used"]


def test_the_list_alone_is_read(make_workbook: Any, opened: Any, by_well: Any) -> None:
    book = opened(make_workbook(Sheet1=by_well_sheet(*LUMINESCENCES)))
    assert GLOMAX.sniff(book).is_mine
    file = GLOMAX.read(book)
    assert by_well(file, label="Luminescence 1")["H12"] == 812
    assert {r.read.kind for r in file.plates[0].readings} == {ReadingKind.LUMINESCENCE}
    assert [f.code for f in file.findings] == ["no_grids"]


def test_a_column_put_into_a_grid_is_refused(read: Any) -> None:
    rows = [[*row[:9], None, *row[9:]] for row in results("Luminescence")]
    with pytest.raises(InputError) as refusal:
        read(Results=rows)
    assert [f.code for f in refusal.value.findings] == ["split_block", "split_block"]


def test_an_added_row_and_column_change_nothing(read: Any, by_well: Any) -> None:
    rows = [[], *([None, *row] for row in results("Luminescence"))]
    listed = [[], *([None, *row] for row in by_well_sheet("Luminescence"))]
    file = read(Results=rows, By__Well=listed)
    assert by_well(file)["C7"] == 307
    assert file.findings == ()


def test_markers_and_decimal_commas(read: Any, by_well: Any) -> None:
    grids = results("Luminescence")
    grids[5][5], grids[5][6], grids[5][7] = "OVER", "12,5", "13,25"
    found = by_well(read(Results=grids))
    assert (found["A1"], found["A2"], found["A3"]) == ("overflow", 12.5, 13.25)


def test_a_plate_is_named_by_its_barcode(read: Any) -> None:
    file = read(Results=[[None, "Plate ID:", None, "P-7"], *results("Luminescence")])
    assert [p.plate for p in file.plates] == ["P-7"]


def test_a_file_without_results_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="no readings"):
        read(Results=results("Luminescence")[:4])


def test_a_line_inside_a_grid_without_a_row_letter_is_refused(read: Any) -> None:
    grids = results("Luminescence")
    grids.insert(8, [None, None, None, None, None, *range(1, 13)])
    with pytest.raises(InputError, match="values but no plate row"):
        read(Results=grids)
