"""SoftMax Pro: plate and time layout, kinetics, spectra, scans, group tables, and damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.softmax_pro import SoftMaxPro
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

SOFTMAX = SoftMaxPro()


def plate_fields(
    layout: str = "PlateFormat",
    read_type: str = "Endpoint",
    wavelengths: str = "450",
    *,
    cycles: tuple[str, str, str] = ("1", "", ""),
    area: tuple[int, int, int, int] = (1, 8, 1, 12),
    data: str = "Raw",
) -> str:
    """A plate line of an absorbance read; ``area`` is first row, rows, first column, columns."""
    fields = ["Plate:", "Plate1", "1.3", layout, read_type, "Absorbance", data, "FALSE", *cycles]
    fields += ["", "", "", str(len(wavelengths.split())), wavelengths + " ", str(area[2])]
    return "\t".join([*fields, str(area[3]), "96", str(area[0]), str(area[1]), "", ""])


def light_fields(read_type: str, mode: str, *, sweep: str = "", wavelengths: str = "525") -> str:
    """A plate line of a fluorescence read of the whole plate, excited at 485 nm."""
    fields = ["Plate:", "F1", "1.3", "PlateFormat", read_type, mode, "FALSE", "Raw", "FALSE"]
    fields += ["1", "", "", "", "", "", "1", wavelengths, "1", "12", "96", "485", "Automatic"]
    return "\t".join(
        [*fields, "515", sweep, "485" if sweep else "", "6", "Medium", "", "", "1", "8"]
    )


NUMBERS = [str(n) for n in range(1, 13)]
HEADING = "\t".join(["", "Temperature(¡C)", *NUMBERS])


def value(row: int, column: int) -> str:
    return f"{row / 10 + column / 1000:.3f}"


def lines(first: str = "", rows: Iterable[int] = range(1, 9), add: int = 0) -> list[str]:
    """The lines of a grid, with blank lines for rows that were not read."""
    read = list(rows)
    return [
        "\t".join(
            [
                first if row == min(read) else "",
                "24.5" if row == min(read) else "",
                *(value(row + add, c) if row in read else "" for c in range(1, 13)),
            ]
        )
        for row in range(1, 9)
    ]


def export(*sections: list[str]) -> str:
    """A file of sections."""
    body = [line for section in sections for line in [*section, "~End"]]
    ending = "Original Filename: run 7; Date Last Saved: 1/15/2026 10:00:00 AM"
    return "\r\n".join([f"##BLOCKS= {len(sections)}", *body, ending])


def read(content: str, encoding: str = "utf-16") -> FileReadings:
    return SOFTMAX.read(open_workbook(Source("run.txt", content.encode(encoding))))


PLATE = [plate_fields(), HEADING, *lines()]
REDUCED = ["", "\t".join(["", "", *NUMBERS]), *lines(add=1)]
WELLS = [f"{row}{column}" for row in "ABCDEFGH" for column in range(1, 13)]
TIME_HEADING = "\t".join(["", "Temperature(¡C)", *WELLS])


class TestCorpus(CorpusReadings):
    importer = SoftMaxPro
    folder, files, readings = "softmax-pro", 8, 2088


class TestContract(ImporterContract):
    importer = SoftMaxPro

    def own_files(self) -> Iterable[Source]:
        return [
            Source("plate.txt", export(PLATE + REDUCED).encode("utf-16")),
            Source("group.txt", export(GROUP).encode()),
        ]


def test_a_plate_without_row_letters_takes_its_rows_from_its_lines(by_well: Any) -> None:
    file = read(export(PLATE))
    assert by_well(file) == {
        f"{r}{c}": float(value(i, c)) for i, r in enumerate("ABCDEFGH", 1) for c in range(1, 13)
    }
    (one,) = file.plates[0].reads
    assert (file.plates[0].plate, one.kind, one.wavelength_nm, one.unit) == (
        "Plate1", ReadingKind.ABSORBANCE, 450, "{OD}",
    )  # fmt: skip
    facts = {f.name: f.value for f in file.facts}
    assert facts == {
        "original file": "run 7", "date saved": "1/15/2026 10:00:00 AM",
        "plate id": "Plate1", "temperature": "24.5",
    }  # fmt: skip
    assert file.findings == ()


def test_the_reduced_copy_below_is_left_and_told(by_well: Any) -> None:
    file = read(export(PLATE + REDUCED))
    assert by_well(file)["A1"] == 0.101
    assert [(f.code, f.cell) for f in file.findings] == [("table_not_read", "13:3")]


def two_wavelengths(wavelengths: str) -> list[str]:
    """A plate with two grids side by side and an empty column between them."""
    rights = [line.replace("24.5", "").partition("\t")[2] for line in lines(add=1)]
    rows = [f"{left}\t{right}" for left, right in zip(lines(), rights, strict=True)]
    return [plate_fields(wavelengths=wavelengths), "\t".join([HEADING, "", *NUMBERS]), *rows]


def test_wavelengths_side_by_side_are_reads_of_their_own() -> None:
    file = read(export(two_wavelengths("450 620")))
    assert [r.wavelength_nm for r in file.plates[0].reads] == [450, 620]
    of_620 = [r for r in file.plates[0].readings if r.read.wavelength_nm == 620]
    assert (len(of_620), of_620[0].value, of_620[0].source.cell) == (96, 0.201, "4:16")


def test_one_wavelength_read_twice_gives_two_labels() -> None:
    file = read(export(two_wavelengths("450 450")))
    assert [r.label for r in file.plates[0].reads] == ["Plate: Plate1 [1]", "Plate: Plate1 [2]"]


def test_more_wavelengths_than_grids_are_refused() -> None:
    with pytest.raises(InputError, match=r"2 grids stand side by side, but .* names 3 wavelengths"):
        read(export(two_wavelengths("450 540 620")))


@given(top=st.integers(1, 8), count=st.integers(1, 8))
def test_a_part_of_a_plate_keeps_its_rows(top: int, count: int) -> None:
    rows = range(top, min(8, top + count - 1) + 1)
    file = read(export([plate_fields(area=(top, len(rows), 1, 12)), HEADING, *lines(rows=rows)]))
    assert {(w.row, w.column) for w in file.plates[0].wells} == {
        (r, c) for r in rows for c in range(1, 13)
    }
    assert all(r.value == float(value(r.well.row, r.well.column)) for r in file.plates[0].readings)
    assert file.findings == ()


@pytest.mark.parametrize("at", range(2, 10))
@pytest.mark.parametrize("what", ["", "\t\tremark"])
def test_a_line_added_to_a_grid_never_shifts_it(at: int, what: str) -> None:
    with pytest.raises(InputError, match=r"does not fit|headings|were read"):
        read(export([*PLATE[:at], what, *PLATE[at:]]))


@pytest.mark.parametrize("at", range(2, 9))
def test_a_blank_line_added_to_a_partial_plate_never_shifts_it(at: int) -> None:
    plate = [plate_fields(area=(3, 4, 1, 12)), HEADING, *lines(rows=range(3, 7))]
    if at < 8:
        with pytest.raises(InputError, match=r"should be the rows of the plate, and no values"):
            read(export([*plate[:at], "", *plate[at:]]))
    else:
        assert len(read(export([*plate[:at], "", *plate[at:]])).plates[0].readings) == 48


def test_a_line_taken_from_a_grid_never_shifts_it() -> None:
    with pytest.raises(InputError, match="does not fit"):
        read(export([*PLATE[:5], *PLATE[6:], *REDUCED]))


def test_the_reduced_copy_is_never_taken_for_readings_that_lost_their_heading() -> None:
    with pytest.raises(InputError, match="column numbers above the readings is missing"):
        read(export([PLATE[0], *PLATE[2:], *REDUCED]))


def test_a_plate_exported_with_reduced_values_only_is_refused() -> None:
    with pytest.raises(InputError, match="reduced values only"):
        read(export([plate_fields(data="Reduced"), HEADING, *lines()]))


def test_a_well_that_was_read_and_is_empty_is_named() -> None:
    plate = [plate_fields(), HEADING, *(line.replace("0.307", "") for line in lines())]
    file = read(export(plate))
    assert len(file.plates[0].readings) == 95
    assert [f.code for f in file.findings] == ["empty_wells"]
    assert "C7" in file.findings[0].message


@pytest.mark.parametrize(
    ("mark", "marker"),
    [("Path?", "error"), ("Range?", "error"), ("#Sat", "overflow"), ("Masked", "masked")],
)
def test_words_in_place_of_a_number_are_markers(by_well: Any, mark: str, marker: str) -> None:
    file = read(export([line.replace("0.307", mark) for line in PLATE]))
    assert by_well(file)["C7"] == marker
    assert [(f.well, f.cell) for f in file.findings] == [("C7", "6:9")]


def test_a_decimal_comma_throughout_is_read_beside_groups_with_points(by_well: Any) -> None:
    plate = [PLATE[0], *(line.replace(".", ",") for line in PLATE[1:])]
    assert by_well(read(export(plate, GROUP)))["H12"] == 0.812


def test_one_decimal_comma_in_a_file_with_points_is_read_and_named(by_well: Any) -> None:
    file = read(export([line.replace("0.307", "0,31") for line in PLATE]))
    assert by_well(file)["C7"] == 0.31
    assert [(f.code, f.well) for f in file.findings] == [("other_decimal_mark", "C7")]


@pytest.mark.parametrize("times", [("0:00", "0:30", "1:00"), ("00:00:00", "00:00:30", "00:01:00")])
def test_kinetics_in_the_plate_layout(times: tuple[str, ...]) -> None:
    body = [line for i, t in enumerate(times) for line in [*lines(t, add=i), "\t\t"]]
    file = read(
        export([plate_fields("PlateFormat", "Kinetic", cycles=("3", "60", "30")), HEADING, *body])
    )
    of_a1 = [(r.time_s, r.value) for r in file.plates[0].readings if str(r.well) == "A1"]
    assert of_a1 == [(0, 0.101), (30, 0.201), (60, 0.301)]
    assert file.findings == ()


def test_a_line_added_between_cycles_is_refused() -> None:
    body = [line for t in ("0:00", "0:30") for line in [*lines(t), ""]]
    head = [plate_fields("PlateFormat", "Kinetic", cycles=("2", "30", "30")), HEADING]
    for at in (0, 4, 9, 13):
        with pytest.raises(InputError, match="does not fit"):
            read(export([*head, *body[:at], "", *body[at:]]))


@pytest.mark.parametrize("at", range(9, 17))
def test_a_line_taken_from_the_last_cycle_is_refused(at: int) -> None:
    body = [line for t in ("0:00", "0:30") for line in [*lines(t), ""]]
    head = [plate_fields("PlateFormat", "Kinetic", cycles=("2", "30", "30")), HEADING]
    with pytest.raises(InputError, match=r"where row H should be|does not fit"):
        read(export([*head, *body[:at], *body[at + 1 :]]))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\t1\t450 \t", "\t\t1\t450 \t", "names 1 nm|but says|not clear|were read"),
        ("\t1\t450 \t", "\t2\t450 \t", "names 1 wavelengths, but says '2'"),
        ("\t1\t450 \t", "\t1\t45 \t", "names 45 nm, which is no wavelength"),
    ],
)
def test_a_plate_line_whose_fields_contradict_each_other_is_refused(
    old: str, new: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(export([PLATE[0].replace(old, new), *PLATE[1:]]))


def test_a_plate_that_lost_its_first_line_is_refused() -> None:
    for sections in ([PLATE[1:], PLATE], [PLATE[1:], GROUP]):
        with pytest.raises(InputError) as refusal:
            read(export(*sections))
        assert "no_section" in {f.code for f in refusal.value.findings}


def test_a_mode_that_is_not_known_is_told() -> None:
    file = read(export([PLATE[0].replace("Absorbance", "Alpha"), *PLATE[1:]]))
    assert [f.code for f in file.findings] == ["mode_unknown"]


def test_a_time_that_cannot_be_read_is_refused() -> None:
    body = [line for t in ("0:00", "later") for line in [*lines(t), ""]]
    with pytest.raises(InputError, match="'later' is not the time of a cycle"):
        read(export([plate_fields("PlateFormat", "Kinetic"), HEADING, *body]))


def test_cycles_that_do_not_keep_to_the_interval_are_told() -> None:
    body = [line for t in ("00:00:00", "00:05:00") for line in [*lines(t), ""]]
    head = plate_fields("PlateFormat", "Kinetic", cycles=("2", "60", "30"))
    assert [f.code for f in read(export([head, HEADING, *body])).findings] == ["other_interval"]


def time_line(first: str = "", add: int = 0) -> str:
    values = (value(r + add, c) for r in range(1, 9) for c in range(1, 13))
    return "\t".join([first, "24.5", *values])


def test_the_time_layout_with_two_wavelengths_over_time() -> None:
    head = plate_fields("TimeFormat", "Kinetic", "450 620", cycles=("2", "15", "15"))
    parts = [[time_line(f"00:00:{15 * i:02d}", add=i + 2 * k) for i in range(2)] for k in range(2)]
    file = read(export([head, "Time" + TIME_HEADING, *parts[0], "", *parts[1]]))
    of_b2 = [
        (r.read.wavelength_nm, r.time_s, r.value)
        for r in file.plates[0].readings
        if str(r.well) == "B2"
    ]
    assert of_b2 == [(450, 0, 0.202), (450, 15, 0.302), (620, 0, 0.402), (620, 15, 0.502)]
    assert file.findings == ()


def test_a_blank_line_inside_the_time_layout_is_refused() -> None:
    head = plate_fields("TimeFormat", "Kinetic", cycles=("2", "15", "15"))
    rows = ["Time" + TIME_HEADING, time_line("0:00"), "", time_line("0:15")]
    with pytest.raises(InputError, match="2 lines of readings in 2 parts"):
        read(export([head, *rows]))


def test_a_spectrum_has_a_read_for_each_wavelength() -> None:
    head = plate_fields("TimeFormat", "Spectrum", wavelengths="", cycles=("", "", ""))
    rows = ["Wavelength(nm)" + TIME_HEADING, *(time_line(str(nm)) for nm in (400, 410, 420))]
    file = read(export([head, *rows]))
    assert [(r.wavelength_nm, r.kind) for r in file.plates[0].reads] == [
        (nm, ReadingKind.ABSORBANCE) for nm in (400, 410, 420)
    ]
    assert {r.time_s for r in file.plates[0].readings} == {None}


def test_fluorescence_has_excitation_and_emission() -> None:
    file = read(export([light_fields("Endpoint", "Fluorescence"), HEADING, *lines()]))
    (one,) = file.plates[0].reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == (ReadingKind.FLUORESCENCE, 485, 525)


def test_an_emission_spectrum_sweeps_the_emission() -> None:
    body = [line for nm in ("510", "520") for line in [*lines(nm), ""]]
    head = light_fields("Spectrum", "Fluorescence", sweep="EmSweep", wavelengths="")
    file = read(export([head, HEADING, *body]))
    reads = [(r.wavelength_nm, r.emission_nm) for r in file.plates[0].reads]
    assert reads == [(485, 510), (485, 520)]


def test_the_points_of_a_well_scan_are_told_apart() -> None:
    body = [line for point in "123" for line in [*lines(point, add=int(point)), ""]]
    file = read(export([light_fields("Well Scan", "Time Resolved"), HEADING, *body]))
    assert [r.label for r in file.plates[0].reads] == [f"Plate: F1, point {i}" for i in (1, 2, 3)]
    assert {r.kind for r in file.plates[0].reads} == {ReadingKind.FLUORESCENCE}


def test_two_plates_of_one_name_are_told_apart(by_well: Any) -> None:
    file = read(export(PLATE, [PLATE[0], HEADING, *lines(add=1)]))
    assert [p.plate for p in file.plates] == ["Plate1#1", "Plate1#2"]
    assert by_well(file, plate="Plate1#2")["A1"] == 0.201


GROUP = [
    "Group: Unknowns",
    "Sample\tWells\tRFU_Values\tConc pg/mL\tMean\tPlate",
    "01\tA1\t1203.000\t5.1\t5.0\tP7",
    " \tA2\t1180.000\t4.9\t \tP7",
    "",
    "02\tB12\t#Sat\t \t \tP7",
    "",
    "Group Column\tFormula Name\tFormula\tPrecision\tNotation",
    "1\tSample\t!SampleNames\t2 decimal places\tNumeric",
    "2\tWells\t!WellIDs\t2 decimal places\tNumeric",
    "3\tRFU_Values\t!WellValues\t3 decimal places\tNumeric",
    "4\tConc\tInterpX(Std@Curve,RFU_Values)\t3 decimal places\tNumeric",
    "5\tMean\tAverage(Conc)\t3 decimal places\tNumeric",
    "6\tPlate\t!WellPlateName\t3 decimal places\tNumeric",
    "",
    "Group Summaries",
]


def test_a_group_alone_is_read_from_its_column_of_well_values(by_well: Any) -> None:
    file = read(export(GROUP), "utf-8")
    assert by_well(file) == {"A1": 1203, "A2": 1180, "B12": "overflow"}
    assert (file.plates[0].plate, file.plates[0].reads[0].kind) == ("P7", ReadingKind.FLUORESCENCE)
    assert file.findings[0].code == "group_values"


def test_a_well_of_two_groups_is_one_reading_unless_they_differ(by_well: Any) -> None:
    again = [line.replace("Unknowns", "Controls") for line in GROUP]
    assert len(by_well(read(export(GROUP, again)))) == 3
    with pytest.raises(InputError, match="Well A1 of 'RFU_Values' stands here and in 4:3"):
        read(export(GROUP, [line.replace("1203", "1204") for line in again]))


def test_a_group_beside_a_plate_is_calculated() -> None:
    file = read(export(PLATE, GROUP))
    assert [len(p.readings) for p in file.plates] == [96]
    assert [f.code for f in file.findings] == ["group_not_read"]


def test_a_group_line_without_a_well_is_refused() -> None:
    with pytest.raises(InputError, match="'A1,A2' is not a well"):
        read(export([line.replace("\tA1\t", "\tA1,A2\t") for line in GROUP]))


@pytest.mark.parametrize("kept", [1, 2, 5, 10])
def test_a_file_that_is_cut_off_is_refused(kept: int) -> None:
    file = export(PLATE + REDUCED).split("\r\n")
    with pytest.raises(InputError) as refusal:
        read("\r\n".join(file[:kept]))
    assert refusal.value.message


def test_a_file_cut_off_between_plates_says_how_many_there_should_be() -> None:
    content = export(PLATE, [PLATE[0].replace("Plate1", "P2"), *PLATE[1:]])
    file = read(content[: content.index("Plate:\tP2")])
    assert [f.code for f in file.findings] == ["sections_missing"]
    assert "says that it has 2 sections, but 1 are there" in file.findings[0].message


def as_excel_opens_it(field: str) -> float | str | None:
    return float(field) if field.replace(".", "", 1).isdigit() else field or None


def test_a_file_saved_again_as_a_workbook_is_the_same(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    rows: list[list[Any]] = [
        [None, *map(as_excel_opens_it, one.split("\t"))]
        for one in export(PLATE + REDUCED).split("\r\n")
    ]
    book = opened(make_workbook(Sheet1=rows))
    assert SOFTMAX.sniff(book).is_mine
    file = SOFTMAX.read(book)
    assert by_well(file)["H12"] == 0.812
    assert file.plates[0].readings[0].source.cell == "D4"


def test_cuvettes_are_told(by_well: Any) -> None:
    file = read(export(PLATE, ["CuvetteSet:\tCuvettes\t1.3", "1\t0.5"]))
    assert len(by_well(file)) == 96
    assert [f.code for f in file.findings] == ["cuvettes_not_read"]
