"""SkanIt: stacked plates, several wavelengths, calculated steps, lists, kinetics, damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lims_msc.importers.skanit import SkanIt
from vendor_corpus import CorpusReadings

from lims_msc.domain.findings import errors_among
from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

SKANIT = SkanIt()
HEADER: list[list[Any]] = [
    ["Measurement results"],
    ["run 7.skax"],
    ["1/15/2026 10:00:00 AM"],
    [" "],
]


def plate(
    grid: Any, name: str = "Plate 1", line: str = "Wavelength: 450 nm", corner: str = "Abs"
) -> list[list[Any]]:
    """A plate with its sample names below."""
    names = [["Sample", *range(1, 13)]] + [
        [letter, *(f"Un{i:04d}" for i in range(1, 13))] for letter in "ABCDEFGH"
    ]
    return [[line], [" "], [name], [" "], *grid(corner=corner), [], *names, [], []]


def step(*plates: list[list[Any]], name: str = "Absorbance 1") -> list[list[Any]]:
    """A sheet of a step."""
    rows = [*HEADER, [name], *(row for one in plates for row in one)]
    return [*rows, ["Autoloading range A1 - M28"]]


def as_text(rows: list[list[Any]], separator: str = ",") -> bytes:
    """The rows as a text export."""
    lines = (separator.join("" if v is None else str(v) for v in row) for row in rows)
    return "\r\n".join(lines).encode("utf-8-sig")


class TestCorpus(CorpusReadings):
    importer = SkanIt
    folder, files, readings = "skanit", 4, 1204


class TestContract(ImporterContract):
    importer = SkanIt

    def own_files(self) -> Iterable[Source]:
        def grid(corner: str) -> list[list[Any]]:
            rows = enumerate("ABCDEFGH")
            values = [[letter, *(f"0.{i}{c:02d}" for c in range(1, 13))] for i, letter in rows]
            return [[corner, *range(1, 13)], *values]

        return [Source("run.csv", as_text(step(plate(grid), plate(grid, "P2"))))]


@pytest.fixture
def read(make_workbook: Any, opened: Any) -> Any:
    def done(**sheets: list[list[Any]]) -> FileReadings:
        return SKANIT.read(opened(make_workbook(**sheets)))

    return done


def test_a_step_with_plates_below_each_other(read: Any, grid: Any, by_well: Any) -> None:
    file = read(Absorbance__1_01=step(plate(grid), plate(grid, "M7")))
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("Plate 1", 96), ("M7", 96)]
    assert by_well(file, plate="M7")["H12"] == 0.812
    (one,) = file.plates[1].reads
    assert (one.label, one.kind, one.wavelength_nm) == ("Absorbance 1", ReadingKind.ABSORBANCE, 450)
    assert {f.name: f.value for f in file.facts} == {
        "session": "run 7.skax",
        "date": "1/15/2026 10:00:00 AM",
    }
    assert file.findings == ()


def test_two_wavelengths_of_a_plate_are_two_reads(read: Any, grid: Any) -> None:
    file = read(S=step(plate(grid), plate(grid, line="Wavelength: 620 nm")))
    assert [p.plate for p in file.plates] == ["Plate 1"]
    assert [r.wavelength_nm for r in file.plates[0].reads] == [450, 620]


def test_plates_of_one_name_are_told_apart(read: Any, grid: Any) -> None:
    file = read(S=step(plate(grid), plate(grid), plate(grid, "Q")))
    assert [p.plate for p in file.plates] == ["Plate 1#1", "Plate 1#2", "Q"]


@pytest.mark.parametrize(
    ("line", "corner", "expected"),
    [
        ("Wavelength: 0 nm", "RLU", ("luminescence", None, None)),
        ("Excitation: 485 nm, Emission: 538 nm", "RFU", ("fluorescence", 485, 538)),
        ("Wellenlänge: 450 nm", "Abs", ("absorbance", 450, None)),
    ],
)
def test_kind_and_wavelengths_are_those_of_the_lines_above(
    read: Any, grid: Any, line: str, corner: str, expected: tuple[Any, ...]
) -> None:
    file = read(S=step(plate(grid, line=line, corner=corner), name="Schritt 1"))
    (one,) = file.plates[0].reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == expected
    assert (file.plates[0].plate, one.label) == ("Plate 1", "Schritt 1")


def test_excitation_and_emission_on_lines_of_their_own(read: Any, grid: Any) -> None:
    below = plate(grid, line="Emission wavelength: 538 nm", corner="RFU")
    lines = [["Excitation wavelength: 485 nm"], *below]
    file = read(S=step(lines, name="Fluorescence 1"))
    (one,) = file.plates[0].reads
    assert (one.label, one.wavelength_nm, one.emission_nm) == ("Fluorescence 1", 485, 538)


def test_calculated_steps_are_left_and_told(read: Any, grid: Any, by_well: Any) -> None:
    file = read(
        Absorbance__1_01=step(plate(grid)),
        Blank__1_02=step(plate(grid, corner="Blank subtracted"), name="Blank Subtraction 1"),
        Curve__1_03=step(plate(grid, corner="Conc. [pg/ml]"), name="Standard Curve 1"),
        Mean__1_04=step(plate(grid, corner="Abs"), name="Average 1"),
    )
    assert len(by_well(file)) == 96
    assert [(f.level, f.code, f.sheet) for f in file.findings] == [
        ("note", "block_not_read", "Blank 1_02"),
        ("note", "block_not_read", "Curve 1_03"),
        ("note", "block_not_read", "Mean 1_04"),
    ]


def test_what_the_information_sheets_say(read: Any, grid: Any) -> None:
    file = read(
        Absorbance__1_01=step(plate(grid)),
        General=[[None, "Report generated with SW version", None, None, "SkanIt 7.1, ver. 7.1.0"]],
        Instrument=[
            [None, "Name", None, None, "Varioskan LUX"],
            [None, "Serial number", None, None, "3020-1"],
        ],
        Log=[[None, "Time", "Event", "Information"], [None, "10:00", "Temperature", "23.8°C"]],
        Notes=[["remember the lid"]],
    )
    facts = {f.name: (f.value, str(f.source)) for f in file.facts}
    assert facts["software version"] == ("SkanIt 7.1, ver. 7.1.0", "sheet 'General', cell E1")
    assert facts["instrument"][0] == "Varioskan LUX"
    assert facts["serial number"][0] == "3020-1"
    assert facts["temperature"][0] == "23.8°C"
    assert [(f.code, f.sheet) for f in file.findings] == [("sheet_not_read", "Notes")]


def test_a_grid_moved_by_a_row_and_a_column_is_the_same(read: Any, grid: Any, by_well: Any) -> None:
    rows = [[], *([None, *row] for row in step(plate(grid)))]
    file = read(S=rows)
    assert by_well(file)["C7"] == 0.307
    assert (file.plates[0].plate, file.plates[0].reads[0].wavelength_nm) == ("Plate 1", 450)


def test_a_line_added_inside_a_grid_never_shifts_it(read: Any, grid: Any) -> None:
    rows = step(plate(grid))
    at = next(i for i, row in enumerate(rows) if row[:1] == ["D"])
    moved = read(S=[*rows[:at], [], *rows[at:]])
    assert {str(r.well): r.value for r in moved.plates[0].readings}["D1"] == 0.401
    with pytest.raises(InputError) as refusal:
        read(S=[*rows[:at], [None, *[0.5] * 12], *rows[at:]])
    assert {"unclear_block", "no_grid"} <= {f.code for f in refusal.value.findings}


def test_part_of_a_plate_and_markers(read: Any, grid: Any, by_well: Any) -> None:
    def part(corner: str) -> list[list[Any]]:
        rows = grid("BCDEFG", first=2, last=11, corner=corner)
        rows[1][1] = "OVER"
        rows[2][2] = "NaN"
        return rows

    found = by_well(read(S=step(plate(part))))
    assert (len(found), found["B2"], found["C3"], found["G11"]) == (
        60,
        "overflow",
        "missing",
        0.711,
    )


def test_a_text_export_with_semicolons_and_decimal_commas(
    open_bytes: Any, grid: Any, by_well: Any
) -> None:
    text = as_text(step(plate(grid)), ";").replace(b"0.", b"0,")
    book = open_bytes(text, "run.csv")
    assert SKANIT.sniff(book).is_mine
    file = SKANIT.read(book)
    assert by_well(file)["H12"] == 0.812
    assert file.plates[0].readings[0].source.cell == "11:2"


def test_a_list_of_wells_is_read_by_its_headings(read: Any, by_well: Any) -> None:
    rows: list[list[Any]] = [
        *HEADER, ["Absorbance 1"], ["Wavelength: 540 nm"], [],
        ["Plate", "Well", "Sample", "Abs", "Blank corrected Abs", "Conc."],
    ]  # fmt: skip
    rows += [["P1", f"A0{i}", f"Un{i}", i / 10, i / 20, i * 7] for i in range(1, 5)]
    file = read(S=rows)
    assert by_well(file) == {"A1": 0.1, "A2": 0.2, "A3": 0.3, "A4": 0.4}
    assert (file.plates[0].plate, file.plates[0].reads[0].wavelength_nm) == ("P1", 540)
    assert [f.code for f in file.findings] == ["column_not_read"]


def test_kinetics_as_a_list_and_as_a_table(read: Any) -> None:
    head: list[list[Any]] = [*HEADER, ["Absorbance 1"], ["Wavelength: 540 nm"], []]
    times = [(0, 0.1), (30, 0.2)]
    listed = [[f"A{i}", t, v * i] for i in range(1, 4) for t, v in times]
    table = [[t, *(v * i for i in range(1, 4))] for t, v in times]
    want = sorted((f"A{i}", t, pytest.approx(v * i)) for i in range(1, 4) for t, v in times)
    for rows in (
        [*head, ["Well", "Time [s]", "Abs"], *listed],
        [*head, ["Time [s]", "A1", "A2", "A3"], *table],
    ):
        readings = read(S=rows).plates[0].readings
        assert sorted((str(r.well), r.time_s, r.value) for r in readings) == want


def test_grids_with_a_time_are_kinetics(read: Any, grid: Any) -> None:
    def timed(line: str) -> list[list[Any]]:
        return [["Wavelength: 450 nm"], *plate(grid, line=line)]

    file = read(S=step(timed("Kinetic time: 0:00:00"), timed("Kinetic time: 0:00:30")))
    assert {r.time_s for r in file.plates[0].readings} == {0, 30}
    file = read(S=step(timed("Reading 1"), timed("Reading 2")))
    assert [r.label for r in file.plates[0].reads] == [
        "Absorbance 1, Reading 1",
        "Absorbance 1, Reading 2",
    ]


def test_a_column_put_into_a_grid_is_refused(read: Any, grid: Any) -> None:
    rows = [[*row[:4], None, *row[4:]] for row in step(plate(grid))]
    with pytest.raises(InputError) as refusal:
        read(S=rows)
    assert {f.code for f in errors_among(refusal.value.findings)} == {"split_block"}


def test_a_grid_that_lacks_rows_or_columns_is_told(read: Any, grid: Any) -> None:
    rows = [row for row in step(plate(grid)) if row[:1] != ["C"]]
    file = read(S=[[*row[:4], *row[5:]] for row in rows])
    assert len(file.plates[0].readings) == 77
    assert [(f.code, f.message) for f in file.findings] == [
        ("wells_missing", "The block A10 to L17 has no row or column C, 4.")
    ]


def test_a_grid_that_lost_its_column_numbers_is_refused(read: Any, grid: Any) -> None:
    rows = [row for row in step(plate(grid), plate(grid, "P2")) if row[:1] != ["Abs"]]
    with pytest.raises(InputError, match="no column numbers stand above it"):
        read(S=rows)


def test_a_missing_wavelength_is_told_and_a_plate_is_never_a_step(read: Any, grid: Any) -> None:
    file = read(S=[row for row in step(plate(grid)) if row[:1] != ["Wavelength: 450 nm"]])
    assert [f.code for f in file.findings] == ["wavelength_missing"]
    file = read(S=[row for row in step(plate(grid)) if row[:1] != ["Absorbance 1"]])
    assert (file.plates[0].plate, file.plates[0].reads[0].label) == ("Plate 1", "absorbance")


@pytest.mark.parametrize("kept", [5, 13, 17])
def test_a_file_that_is_cut_off_is_refused(open_bytes: Any, grid: Any, kept: int) -> None:
    text = b"\r\n".join(as_text(step(plate(grid))).split(b"\r\n")[:kept])
    with pytest.raises(InputError, match=r"no readings|ends inside the plate"):
        SKANIT.read(open_bytes(text[:-3], "run.csv"))


def test_a_workbook_with_calculated_steps_only_has_no_readings(read: Any, grid: Any) -> None:
    with pytest.raises(InputError, match="no readings"):
        read(S=step(plate(grid, corner="Blank subtracted"), name="Blank Subtraction 1"))
