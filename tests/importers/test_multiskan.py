"""Multiskan: lists of raw absorbances, results beside them, and iterations without labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.multiskan import Multiskan
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

MULTISKAN = Multiskan()
HEADINGS = ["Well", "Wavelength(s) [nm]", "Raw absorbance", "Measurement time(s)"]


def raw(
    rows: list[list[Any]], title: str = "Raw data", headings: list[str] = HEADINGS
) -> list[list[Any]]:
    """A sheet of raw data."""
    return [[title], [], [], [], headings, *rows]


ENDPOINT = raw([["A 1", 450, 0.101, 0], ["A 2", 450, 0.102, 0.4], ["H 12", 450, 0.812, 9.1]])


def iteration(number: int, add: float = 0.0, rows: int = 8, columns: int = 12) -> list[str]:
    """An iteration of a grid without labels."""
    grid = [
        "\t" + "\t".join(f"{r / 10 + c / 1000 + add:.3f}" for c in range(1, columns + 1))
        for r in range(1, rows + 1)
    ]
    return [f"\tIteration: {number}", *grid, *["\t" * 12] * (8 - rows), ""]


def spectrum(*parts: list[str]) -> list[str]:
    """A text export of one plate."""
    lines = [line for part in parts for line in part]
    return ["Results of Photometric1", "", "\tPlate:1 - Wavelength:340", "", *lines]


def read(lines: list[str]) -> FileReadings:
    return MULTISKAN.read(open_workbook(Source("run.txt", "\r\n".join(lines).encode())))


class TestCorpus(CorpusReadings):
    importer = Multiskan
    folder, files, readings = "multiskan", 2, 1427


class TestContract(ImporterContract):
    importer = Multiskan

    def own_files(self) -> Iterable[Source]:
        listed = "\n".join(";".join(map(str, row)) for row in ENDPOINT)
        return [
            Source("bare.txt", "\n".join(spectrum(iteration(1), iteration(2))).encode()),
            Source("list.csv", listed.replace(".", ",").encode()),
        ]


def test_an_endpoint_list_has_no_times(make_workbook: Any, opened: Any, by_well: Any) -> None:
    info = [
        ["Session information"],
        [None, None, "Name", "Multiskan Sky"],
        [None, None, "Serial number:", "1530-1"],
        [None, None, "Version", "1.44.16.0"],
        [None, None, "Set temperature", "25 °C"],
    ]
    book = opened(make_workbook(Raw__data__450__nm=ENDPOINT, General=info))
    assert MULTISKAN.sniff(book).is_mine
    file = MULTISKAN.read(book)
    assert by_well(file) == {"A1": 0.101, "A2": 0.102, "H12": 0.812}
    assert {(r.time_s, r.read.wavelength_nm) for r in file.plates[0].readings} == {(None, 450)}
    assert {f.name: f.value for f in file.facts} == {
        "instrument": "Multiskan Sky", "serial number": "1530-1",
        "software version": "1.44.16.0", "temperature": "25 °C",
    }  # fmt: skip
    assert file.findings == ()


def test_a_well_that_stands_on_several_lines_is_kinetic(make_workbook: Any, opened: Any) -> None:
    rows = [[f"{w} 2", 340, 0.1 * i, 6.0 * i] for w in "ABC" for i in (1, 2)]
    file = MULTISKAN.read(opened(make_workbook(Raw=raw(rows))))
    assert [(str(r.well), r.time_s) for r in file.plates[0].readings][:3] == [
        ("A2", 6), ("A2", 12), ("B2", 6),
    ]  # fmt: skip
    rows[3][3] = None
    with pytest.raises(InputError, match="no wavelength or no time"):
        MULTISKAN.read(opened(make_workbook(Raw=raw(rows))))


def test_several_wavelengths_are_several_reads(make_workbook: Any, opened: Any) -> None:
    rows = [[f"A {i}", nm, 0.1, 0] for nm in (450, 620) for i in (1, 2, 3)]
    one = MULTISKAN.read(opened(make_workbook(Raw=raw(rows))))
    apart = make_workbook(Raw__450=raw(rows[:3]), Raw__620=raw(rows[3:]))
    two = MULTISKAN.read(opened(apart))
    for file in (one, two):
        assert [r.wavelength_nm for r in file.plates[0].reads] == [450, 620]
        assert {r.time_s for r in file.plates[0].readings} == {None}


def test_a_result_that_differs_from_the_raw_data_is_told(make_workbook: Any, opened: Any) -> None:
    rows = [[f"{w} 2", 340, value, 6.0 * i] for w in "ABC" for i, value in enumerate((0.1, 0.2))]
    results = [["Reading", "A2", "B2", "C2"], [0, 0.1, 0.1, 0.1], [1, 0.2, 0.9, 0.2]]
    file = MULTISKAN.read(opened(make_workbook(Results=results, Raw=raw(rows))))
    told = next(f for f in file.findings if f.code == "tables_disagree")
    assert (told.sheet, told.cell, told.well) == ("Results", "C3", "B2")
    assert "sheet 'Raw', cell C9" in told.message
    assert [r.value for r in file.plates[0].readings if str(r.well) == "B2"] == [0.1, 0.2]


def test_a_moved_list_with_markers_in_german(make_workbook: Any, opened: Any, by_well: Any) -> None:
    headings = ["Well", "Wellenlänge(n) [nm]", "Roh-Extinktion", "Messzeit(en)"]
    values = ["0,5", "OVER", "1,5"]
    rows = raw([[f"A {i}", 450, v, 0] for i, v in enumerate(values, 1)], headings=headings)
    file = MULTISKAN.read(opened(make_workbook(Roh=[[], *([None, *row] for row in rows)])))
    assert by_well(file) == {"A1": 0.5, "A2": "overflow", "A3": 1.5}


def test_bare_iterations_are_counted_from_a1_and_that_is_told() -> None:
    file = read(spectrum(iteration(1), iteration(2, add=0.5)))
    readings = {(r.read.label, str(r.well)): r for r in file.plates[0].readings}
    assert len(readings) == 192
    assert readings["Iteration: 2", "H12"].value == 1.312
    assert readings["Iteration: 1", "A1"].source.cell == "6:2"
    assert (file.plates[0].plate, file.plates[0].reads[0].wavelength_nm) == ("Plate:1", 340)
    assert [f.code for f in file.findings] == ["wells_counted"]


def test_part_of_a_plate_in_bare_iterations() -> None:
    file = read(spectrum(iteration(1, rows=6, columns=10), iteration(2, rows=6, columns=10)))
    assert len(file.plates[0].wells) == 60
    assert str(file.plates[0].wells[-1]) == "F10"


@pytest.mark.parametrize("at", [5, 6, 9, 14])
@pytest.mark.parametrize("line", ["", "\t0.5"])
def test_a_line_added_to_bare_iterations_is_refused(at: int, line: str) -> None:
    lines = spectrum(iteration(1), iteration(2), iteration(3))
    with pytest.raises(InputError, match="a line was added or removed"):
        read([*lines[:at], line, *lines[at:]])
    with pytest.raises(InputError, match="a line was added or removed"):
        read([*lines[: at + 1], *lines[at + 2 :]])


def test_a_line_added_to_the_only_iteration_is_refused() -> None:
    lines = spectrum(iteration(1))
    assert len(read(lines).plates[0].readings) == 96
    for line in ("", "\t0.5"):
        with pytest.raises(InputError, match="not clear which rows"):
            read([*lines[:7], line, *lines[7:]])


def test_values_beyond_a_plate_or_below_no_iteration_are_refused() -> None:
    with pytest.raises(InputError) as refusal:
        read(spectrum(iteration(1, columns=13), iteration(2)))
    assert refusal.value.findings[1].message == "The value is outside a plate of 8 rows."
    lines = spectrum(iteration(1), iteration(2))
    with pytest.raises(InputError, match="belongs to no iteration"):
        read([*lines[:3], "\t0.5", *lines[4:]])


def test_an_iteration_without_a_plate_above_it_is_refused() -> None:
    lines = spectrum(iteration(1), iteration(2))
    later = [line.replace("340", "420") for line in spectrum(iteration(1))[2:]]
    with pytest.raises(InputError, match="2 cells"):
        read([*lines[:2], "", *lines[3:], *later])


@pytest.mark.parametrize("kept", [1, 3, 5, 18])
def test_a_file_that_is_cut_off_is_refused(kept: int) -> None:
    with pytest.raises(InputError) as refusal:
        read(spectrum(iteration(1), iteration(2))[:kept])
    assert refusal.value.message
