"""VICTOR: the list of wells, kinetics, titled tables that people make, damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

import pytest
from lims_msc.importers.victor import Victor
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

VICTOR = Victor()
HEADINGS = [
    *("Plate", "Repeat", "Well", "Type"),
    *("Time", "Absorbance @ 450 (0.1s) (A)", "Time", "Luminescence (1.0s) (CPS)"),
]


def row(well: str, od: Any, cps: Any, *, repeat: int = 1, plate: int = 1) -> list[Any]:
    """A row of the list, with the seconds after the start of its measurements."""
    first, second = time(0, repeat - 1, 5), time(0, repeat - 1, 35)
    return [plate, repeat, well, "M", first, od, second, cps]


LIST = [HEADINGS, row("A01", 0.5, 900), row("A02", 0.25, 800), row("B12", "OVER", 700)]
TABLE = [["Time [s]", "A1", "A2", "A3"], [19.7, 0.1, 0.2, 0.3], [336.3, 0.4, 0.5, 0.6]]


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(**sheets: list[list[Any]]) -> FileReadings:
        return VICTOR.read(opened(make_workbook(**sheets)))

    return done


class TestCorpus(CorpusReadings):
    importer = Victor
    folder, files, readings = "victor", 1, 4608


class TestContract(ImporterContract):
    importer = Victor

    def own_files(self) -> Iterable[Source]:
        lines = ["\t".join(HEADINGS), "1\t1\tA01\tM\t00:00:05\t0.5\t00:00:35\t900"]
        return [Source("list.txt", "\r\n".join(lines).encode())]


def test_a_list_of_two_labels_measured_once(read: Any, by_well: Any) -> None:
    file = read(List=LIST, Protocol=[["Protocol name", "OD and light"], ["Serial", "4201234"]])
    od, light = file.plates[0].reads
    assert (od.kind, od.wavelength_nm) == (ReadingKind.ABSORBANCE, 450)
    assert (light.kind, light.wavelength_nm) == (ReadingKind.LUMINESCENCE, None)
    assert by_well(file, label=od.label) == {"A1": 0.5, "A2": 0.25, "B12": "overflow"}
    assert {r.time_s for r in file.plates[0].readings} == {None}
    assert {f.name: f.value for f in file.facts}["serial number"] == "4201234"
    assert {f.code for f in file.findings} == {"marker", "sheet_not_read"}


def test_repeats_of_a_well_are_cycles_with_their_times(read: Any) -> None:
    rows = [HEADINGS, row("A01", 0.5, 900), row("A01", 0.6, 950, repeat=2)]
    (plate,) = read(List=rows).plates
    assert [(r.read.label[:3], r.time_s, r.value) for r in plate.readings] == [
        ("Abs", 5, 0.5),
        ("Lum", 35, 900),
        ("Abs", 65, 0.6),
        ("Lum", 95, 950),
    ]


def test_a_cycle_without_a_time_is_refused(read: Any) -> None:
    second = row("A01", 0.6, 950, repeat=2)
    second[4] = None
    with pytest.raises(InputError, match="this row states no time"):
        read(List=[HEADINGS, row("A01", 0.5, 900), second])


def test_two_plates_of_a_list(read: Any) -> None:
    file = read(List=[*LIST, row("A01", 0.7, 600, plate=2)])
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("1", 6), ("2", 2)]


def test_fluorescence_has_the_wavelengths_of_its_label(read: Any) -> None:
    rows = [[*HEADINGS[:5], "Fluorescein (485nm/535nm, 1.0s) (Counts)"], row("A01", 5, 0)[:6]]
    (one,) = read(List=rows).plates[0].reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == (ReadingKind.FLUORESCENCE, 485, 535)


def test_inserted_row_and_column_move_no_well(read: Any, by_well: Any) -> None:
    rows = [[], *([None, *line] for line in [LIST[0], [], *LIST[1:]])]
    assert by_well(read(List=rows), label=HEADINGS[5])["A2"] == 0.25


def test_titled_tables_and_nothing_else(make_workbook: Any, opened: Any) -> None:
    rows = [["OD600:600"], *TABLE, [], ["GFP:485,528"], *TABLE, [], ["LUMI:Lum"], *TABLE]
    book = opened(make_workbook(plate=rows))
    assert VICTOR.sniff(book).is_mine
    (plate,) = VICTOR.read(book).plates
    assert [(r.label, r.kind, r.wavelength_nm, r.emission_nm) for r in plate.reads] == [
        ("OD600:600", ReadingKind.ABSORBANCE, 600, None),
        ("GFP:485,528", ReadingKind.FLUORESCENCE, 485, 528),
        ("LUMI:Lum", ReadingKind.LUMINESCENCE, None, None),
    ]
    assert [(r.time_s, r.value) for r in plate.readings[:4:3]] == [(19.7, 0.1), (336.3, 0.4)]


@pytest.mark.parametrize("title", ["growth", "Time: see below", ""])
def test_other_tables_are_not_claimed(make_workbook: Any, opened: Any, title: str) -> None:
    book = opened(make_workbook(plate=[[title], *TABLE]))
    assert not VICTOR.sniff(book).is_mine


def test_decimal_commas(open_bytes: Any, by_well: Any) -> None:
    lines = ["\t".join(HEADINGS), "1\t1\tA01\tM\t00:00:05,10\t0,525\t00:00:35,10\t900"]
    file = VICTOR.read(open_bytes("\r\n".join(lines).encode(), "list.txt"))
    assert by_well(file, label=HEADINGS[5]) == {"A1": 0.525}


def test_a_row_without_a_well_is_refused(read: Any) -> None:
    with pytest.raises(InputError, match="'Mean' is not a well"):
        read(List=[*LIST, row("Mean", 0.375, 850)])


def test_a_list_that_is_cut_off_is_refused_in_words(read: Any) -> None:
    with pytest.raises(InputError, match="no readings"):
        read(List=[HEADINGS])
