"""BioTek Gen5: matrices with interleaved reads, kinetics, spectra, area scans, several plates."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.biotek_gen5 import BioTekGen5
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

GEN5 = BioTekGen5()
Rows = list[list[Any]]
NUMBERS = list(range(1, 13))


def header(plate: str = "Plate 1") -> Rows:
    return [
        [],
        ["Software Version", "3.12.08"],
        [],
        ["Experiment File Path:", r"C:\run.xpt"],
        ["Protocol File Path:"],
        [],
        ["Plate Number", plate],
        ["Date", "4/11/2026"],
        ["Time", "5:27:15 PM"],
        ["Reader Type:", "Synergy H1"],
        ["Reader Serial Number:", "12345678"],
        ["Reading Type", "Reader"],
        [],
    ]


def procedure(*steps: Rows, kinetic: str = "") -> Rows:
    lines: Rows = [["Procedure Details"], [], ["Plate Type", "96 WELL PLATE"]]
    if kinetic:
        lines.append(["Start Kinetic", f"Runtime 1:00:00 (HH:MM:SS), Interval {kinetic}, 9 Reads"])
    for step in steps:
        lines += step
    return [*lines, *([["End Kinetic"]] if kinetic else []), ["Eject plate on completion"], []]


def step(what: str, *details: str, name: str = "", part: str = "Full Plate") -> Rows:
    first: Rows = [["Read", name], [None, what]] if name else [["    Read", what]]
    speed = "Read Speed: Normal,  Delay: 100 msec"
    return [*first, *([None, detail] for detail in (part, *details, speed))]


OD = step("Absorbance Endpoint", "Wavelengths:  450")
NAMED = step("Absorbance Endpoint", "Wavelengths:  450, 620", name="od")
GFP = step(
    "Fluorescence Endpoint",
    "Filter Set 1 (Green)",
    "    Excitation: 485/20,  Emission: 528/20",
    "    Optics: Top,  Gain: 35",
    name="gfp",
)


def value(row: int, column: int) -> str:
    return f"{row / 10 + column / 1000:.3f}"


def matrix(*labels: str, letters: str = "ABCDEFGH", title: str = "Results") -> Rows:
    """A matrix with a line for each label; the values of the second one are one higher."""
    lines: Rows = [[title], [None, *NUMBERS]]
    for letter in letters:
        for number, label in enumerate(labels):
            values = [value(ord(letter) - 64 + 10 * number, c) for c in NUMBERS]
            lines.append([letter if number == 0 else None, *values, label])
    return [*lines, []]


LAYOUT: Rows = [
    ["Layout"],
    [None, *NUMBERS],
    *(
        line
        for letter in "ABCDEFGH"
        for line in (
            [letter, *["SPL1"] * 12, "Well ID"],
            [None, *["0.5"] * 12, "Conc/Dil"],
        )
    ),
    [],
]


def as_text(*parts: Rows, separator: str = "\t", encoding: str = "utf-8") -> Source:
    rows = (row for part in parts for row in part)
    lines = (separator.join("" if v is None else str(v) for v in row) for row in rows)
    return Source("run.txt", "\r\n".join(lines).encode(encoding))


def as_workbook(*parts: Rows, pages: tuple[str, ...] = ("Plate 1 - Sheet1",)) -> Source:
    """The Excel export: keys in column A, tables from column B, numbers as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page)
        for row in (line for part in parts for line in part):
            is_key = len(row) <= 2 and row and row[0] is not None
            cells = [number(v) for v in row]
            sheet.append(cells if is_key or not row or row[0] == "Read" else [None, *cells])
    stream = io.BytesIO()
    book.save(stream)
    return Source("run.xlsx", stream.getvalue())


def number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def read(*parts: Rows, **options: str) -> FileReadings:
    return GEN5.read(open_workbook(as_text(*parts, **options)))


def refused(*parts: Rows, **options: str) -> set[str]:
    with pytest.raises(InputError) as refusal:
        read(*parts, **options)
    assert refusal.value.message
    return {f.code for f in refusal.value.findings if f.level is Level.ERROR}


def notes(file: FileReadings) -> list[tuple[str, str]]:
    return [(f.level.value, f.code) for f in file.findings]


class TestCorpus(CorpusReadings):
    importer = BioTekGen5
    folder, files, readings = "biotek-gen5", 14, 8232


class TestContract(ImporterContract):
    importer = BioTekGen5

    def own_files(self) -> Iterable[Source]:
        one = (header(), procedure(OD), LAYOUT, matrix("450", "Blank 450"))
        return [as_text(*one, encoding="utf-16"), as_workbook(*one)]


# --- matrices ------------------------------------------------------------------------------------


def test_a_matrix_with_its_facts(by_well: Any) -> None:
    file = read(header(), procedure(OD), [["Actual Temperature:", "22.8"], []], matrix("450"))
    assert by_well(file)["H12"] == 0.812
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm) == ("450", ReadingKind.ABSORBANCE, 450)
    facts = {f.name: f.value for f in file.facts}
    assert facts["instrument"] == "Synergy H1"
    assert facts["serial number"] == "12345678"
    assert facts["software version"] == "3.12.08"
    assert facts["temperature"] == "22.8 °C"
    assert (facts["date"], facts["plate id"]) == ("4/11/2026", "Plate 1")
    assert file.findings == ()


def test_the_excel_export_is_the_same_page_one_column_to_the_right(by_well: Any) -> None:
    parts = (header(), procedure(NAMED), LAYOUT, matrix("od:450", "od:620"))
    text, book = read(*parts), GEN5.read(open_workbook(as_workbook(*parts)))
    assert by_well(book, label="od:620") == by_well(text, label="od:620")
    assert [p.reads for p in book.plates] == [p.reads for p in text.plates]


def test_lines_of_several_reads_are_told_apart_by_their_labels(by_well: Any) -> None:
    file = read(
        header(), procedure(NAMED, GFP), matrix("od:450", "od:620", "gfp:485/20,528/20", "Ratio")
    )
    assert {r.label: (r.kind, r.wavelength_nm, r.emission_nm) for r in file.plates[0].reads} == {
        "od:450": (ReadingKind.ABSORBANCE, 450, None),
        "od:620": (ReadingKind.ABSORBANCE, 620, None),
        "gfp:485/20,528/20": (ReadingKind.FLUORESCENCE, 485, 528),
    }
    assert by_well(file, label="od:620")["C7"] == 1.307
    assert notes(file) == [("note", "not_measured")]


@pytest.mark.parametrize(
    "label",
    [
        "Blank 450",
        "Blank od:450",
        "[Concentration]",
        "Conc",
        "Mean V [450]",
        "NormLum",
        "t at Max V",
    ],
)
def test_calculated_lines_are_never_readings(label: str) -> None:
    file = read(header(), procedure(OD), matrix("450", label))
    assert [r.label for r in file.plates[0].reads] == ["450"]
    assert notes(file) == [("note", "not_measured")]
    assert refused(header(), procedure(OD), matrix(label)) == {"plate_without_readings"}


def test_labels_of_older_versions_name_the_number_of_the_read() -> None:
    file = read(
        header(), procedure(OD, GFP), matrix("Read 1:450", "Read 2:485,528", "Blank Read 1:450")
    )
    assert [(r.label, r.emission_nm) for r in file.plates[0].reads] == [
        ("Read 1:450", None),
        ("Read 2:485,528", 528),
    ]


def test_a_matrix_that_is_named_by_its_title_only() -> None:
    rows = [row[:13] for row in matrix("450", title="450")]
    (one,) = read(header(), procedure(OD), rows).plates[0].reads
    assert (one.label, one.wavelength_nm) == ("450", 450)


def test_luminescence_has_no_wavelength() -> None:
    lum = step("Luminescence Endpoint", "    Emission: Full light", name="LUM")
    (one,) = read(header(), procedure(lum), matrix("LUM:Lum")).plates[0].reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == (ReadingKind.LUMINESCENCE, None, None)


def test_a_label_that_stands_twice_in_a_row_is_two_reads(by_well: Any) -> None:
    file = read(header(), procedure(OD), matrix("450", "450"))
    assert [r.label for r in file.plates[0].reads] == ["450", "450 [2]"]
    assert by_well(file, label="450 [2]")["A1"] == 1.101


@pytest.mark.parametrize(
    ("mark", "marker"),
    [
        ("OVRFLW", "overflow"), ("MISSED", "missing"), ("?????", "error"),
        ("<0.000", "underflow"), ("*0.356*", "masked"),
    ],
)  # fmt: skip
def test_markers_keep_their_text_and_never_become_numbers(
    by_well: Any, mark: str, marker: str
) -> None:
    rows = matrix("450")
    rows[4][3] = mark
    file = read(header(), procedure(OD), rows)
    assert by_well(file)["C3"] == marker
    assert [r.raw for r in file.plates[0].readings if r.marker] == [mark]


@pytest.mark.parametrize("columns", [24, 48])
def test_384_and_1536_wells(by_well: Any, columns: int) -> None:
    letters = [chr(65 + i) if i < 26 else f"A{chr(39 + i)}" for i in range(columns * 2 // 3)]
    rows = [["Results"], [None, *range(1, columns + 1)]]
    rows += [[letter, *([i + 2.5] * columns), "450"] for i, letter in enumerate(letters)]
    wells = by_well(read(header(), procedure(OD), rows))
    assert len(wells) == columns**2 * 2 // 3
    assert wells[f"{letters[-1]}{columns}"] == len(letters) + 1.5


def test_wells_outside_the_region_that_was_read_are_no_news(by_well: Any) -> None:
    part = step("Absorbance Endpoint", "Wavelengths:  450", part="A1..C12")
    rows = matrix("450")
    for line in rows[5:-1]:
        line[1:13] = [None] * 12
    file = read(header(), procedure(part), rows)
    assert len(by_well(file)) == 36
    assert file.findings == ()


def test_an_empty_well_that_should_be_read_and_missing_rows_are_named() -> None:
    rows = matrix("450", letters="ABCDEF")
    rows[3][2] = None
    file = read(header(), procedure(OD), rows)
    assert [(f.code, f.well) for f in file.findings] == [
        ("empty_wells", "B2"),
        ("rows_missing", ""),
    ]


@given(at=st.integers(3, 25))
def test_a_blank_line_put_into_a_matrix_never_moves_a_well(at: int) -> None:
    rows = matrix("450", "Blank 450")
    whole = read(header(), procedure(OD), rows).plates[0].readings
    try:
        file = read(header(), procedure(OD), [*rows[:at], [], *rows[at:]])
    except InputError:
        return
    assert {(r.well, r.value) for r in file.plates[0].readings} <= {
        (r.well, r.value) for r in whole
    }
    is_whole = len(file.plates[0].readings) == len(whole)
    assert is_whole or "rows_missing" in {f.code for f in file.findings}


def test_values_without_plate_row_and_label_are_refused() -> None:
    rows = matrix("450")
    rows.insert(5, [None, *["1.5"] * 12])
    assert "unclear_block" in refused(header(), procedure(OD), rows)


@pytest.mark.parametrize("at", [2, 3, 4, 5])
def test_a_line_taken_from_between_others_is_refused_and_never_read_as_the_row_above(
    at: int,
) -> None:
    rows = matrix("450", "620", letters="ABC")
    del rows[at]
    od = step("Absorbance Endpoint", "Wavelengths:  450, 620")
    assert refused(header(), procedure(od), rows) & {"unclear_block", "plate_without_readings"}


def test_a_note_between_the_lines_changes_nothing(by_well: Any) -> None:
    rows = matrix("450", "Blank 450")
    noted = [*rows[:6], ["look at this"], *rows[6:]]
    assert by_well(read(header(), procedure(OD), noted)) == by_well(
        read(header(), procedure(OD), rows)
    )


def test_a_column_13_beside_the_plate_is_refused() -> None:
    rows = matrix("450")
    rows[1].append(13)
    for line in rows[2:10]:
        line.insert(13, "0.5")
    assert "unclear_block" in refused(header(), procedure(OD), rows)


def test_an_inserted_column_moves_no_well(by_well: Any) -> None:
    rows = [["note", *row] if row else row for row in matrix("450")]
    rows[0] = [None, "Results"]
    head = [[None, *row] for row in header() + procedure(OD)]
    assert by_well(read(head, rows))["C7"] == 0.307


# --- kinetics, spectra, area scans ---------------------------------------------------------------


def kinetic(label: str = "450", times: tuple[Any, ...] = ("0:00:22", "0:04:22")) -> Rows:
    return [
        [label],
        [],
        ["Time", f"T∞ {label}", "A1", "A2"],
        *([t, "37.0", f"0.{i + 1}50", f"0.{i + 1}60"] for i, t in enumerate(times)),
        ["0:00:00"],
        ["0:00:00"],
        [],
    ]


def timed(file: FileReadings) -> set[tuple[str, str, float | None, float | None]]:
    return {
        (r.read.label, str(r.well), r.time_s, r.value)
        for plate in file.plates
        for r in plate.readings
    }


def test_kinetics_leave_the_cycles_that_were_not_used() -> None:
    file = read(header(), procedure(OD, kinetic="0:04:00"), kinetic(), matrix("Max V [450]"))
    assert timed(file) == {
        ("450", "A1", 22, 0.15), ("450", "A2", 22, 0.16),
        ("450", "A1", 262, 0.25), ("450", "A2", 262, 0.26),
    }  # fmt: skip
    assert notes(file) == [("note", "not_measured")]


def test_kinetics_of_two_reads_and_a_calculated_one() -> None:
    file = read(
        header(), procedure(NAMED, kinetic="0:04:00"),
        kinetic("od:450"), kinetic("od:620"), kinetic("Blank od:450"),
    )  # fmt: skip
    assert {r.label: r.wavelength_nm for r in file.plates[0].reads} == {
        "od:450": 450,
        "od:620": 620,
    }
    assert notes(file) == [("note", "not_measured")]


def test_the_label_of_the_temperatures_names_kinetics_without_a_title() -> None:
    file = read(header(), procedure(OD, kinetic="0:04:00"), kinetic()[2:])
    assert {label for label, *_ in timed(file)} == {"450"}


def test_time_cells_of_a_workbook_count_on_after_a_day() -> None:
    times = (time(0, 15), datetime.fromisoformat("1900-01-01T00:15:00"))
    parts = (header(), procedure(OD, kinetic="2:30:00"), kinetic(times=times)[:-3])
    file = GEN5.read(open_workbook(as_workbook(*parts)))
    assert {t for _, _, t, _ in timed(file)} == {900, 87_300}


def test_a_first_cycle_without_a_time_is_zero_and_told() -> None:
    file = read(header(), procedure(OD, kinetic="0:04:00"), kinetic(times=(None, "0:04:00")))
    assert {t for _, _, t, _ in timed(file)} == {0, 240}
    assert notes(file) == [("warning", "first_time_missing")]


def test_a_later_cycle_without_a_time_is_refused() -> None:
    rows = kinetic(times=("0:00:22", None, "0:08:22"))
    assert refused(header(), procedure(OD, kinetic="0:04:00"), rows) == {"no_time"}


def test_a_gap_that_the_interval_does_not_explain_is_told() -> None:
    file = read(header(), procedure(OD, kinetic="0:04:00"), kinetic(times=("0:00:00", "48:00:00")))
    assert notes(file) == [("warning", "times_jump")]


def test_times_that_do_not_rise_are_refused() -> None:
    rows = kinetic(times=("0:00:22", "0:08:22", "0:04:22"))
    assert refused(header(), procedure(OD, kinetic="0:04:00"), rows) == {"times_do_not_rise"}


def test_a_cycle_that_was_taken_out_is_told() -> None:
    rows = kinetic(times=("0:00:22", "0:04:22", "0:12:22"))
    file = read(header(), procedure(OD, kinetic="0:04:00"), rows)
    assert notes(file) == [("warning", "times_jump")]


def test_a_column_put_between_the_wells_drops_none() -> None:
    rows = [[*row[:3], None, *row[3:]] for row in kinetic()]
    file = read(header(), procedure(OD, kinetic="0:04:00"), rows)
    assert {well for _, well, *_ in timed(file)} == {"A1", "A2"}


def test_blocks_of_columns_below_each_other_are_one_read() -> None:
    more = [["Time", "T° 450", "A3", "A4"], ["0:00:22", "37.0", "0.170", "0.180"]]
    file = read(header(), procedure(OD, kinetic="0:04:00"), kinetic()[:-3], [[]], more)
    assert {(label, well) for label, well, *_ in timed(file)} == {
        ("450", "A1"), ("450", "A2"), ("450", "A3"), ("450", "A4"),
    }  # fmt: skip


def test_a_blank_line_between_cycles_drops_nothing() -> None:
    rows = kinetic(times=("0:00:22", "0:04:22", "0:08:22"))
    file = read(header(), procedure(OD, kinetic="0:04:00"), [*rows[:4], [], *rows[4:]])
    assert len(timed(file)) == 6


def test_a_spectrum_has_a_read_for_each_wavelength() -> None:
    spectrum = step("Absorbance Spectrum", "Start: 300 nm,  Stop: 310 nm,  Step: 10 nm", name="S")
    rows: Rows = [["S:Spectrum"], [], ["Wavelength", "A1", "A2"], ["300", "0.1", "0.2"],
                  ["310", "0.3", "OVRFLW"], []]  # fmt: skip
    file = read(header(), procedure(spectrum), rows)
    assert {
        (str(r.well), r.read.label, r.read.wavelength_nm): r.value or r.marker
        for r in file.plates[0].readings
    } == {
        ("A1", "S:Spectrum", 300): 0.1, ("A2", "S:Spectrum", 300): 0.2,
        ("A1", "S:Spectrum", 310): 0.3, ("A2", "S:Spectrum", 310): "overflow",
    }  # fmt: skip


def test_an_emission_spectrum_keeps_its_excitation() -> None:
    what = "Excitation: 485/20,  Emission Start: 520 nm, Stop: 530 nm"
    spectrum = step("Fluorescence Spectrum", what, name="S")
    rows: Rows = [["S:EM Spectrum"], [], ["Wavelength", "A1"], ["520", "10"], ["530", "20"]]
    reads = read(header(), procedure(spectrum), rows).plates[0].reads
    assert [(r.wavelength_nm, r.emission_nm) for r in reads] == [(485, 520), (485, 530)]


def test_an_area_scan_has_a_read_for_each_point() -> None:
    scan = step("Fluorescence Area Scan", "Excitation: 485/20,  Emission: 528/20", name="gfp")
    rows: Rows = [["gfp:485,528"], [], ["X Read #", "Y Read #", "A1", "A2"], [1, 1], [1, 2, 5, 6],
                  [2, 1, 7, 8], [2, 2]]  # fmt: skip
    file = read(header(), procedure(scan), rows)
    assert [(r.read.label, str(r.well), r.value) for r in file.plates[0].readings] == [
        ("gfp:485,528 [1,2]", "A1", 5), ("gfp:485,528 [1,2]", "A2", 6),
        ("gfp:485,528 [2,1]", "A1", 7), ("gfp:485,528 [2,1]", "A2", 8),
    ]  # fmt: skip


def test_points_and_wavelengths_that_were_taken_out_are_told() -> None:
    scan = step("Fluorescence Area Scan", "Excitation: 485/20,  Emission: 528/20", name="gfp")
    points: Rows = [["gfp:485,528"], [], ["X Read #", "Y Read #", "A1"], [1, 1, 5], [2, 1, 7],
                    [2, 2, 8]]  # fmt: skip
    assert notes(read(header(), procedure(scan), points)) == [("warning", "rows_missing")]
    spectrum = step("Absorbance Spectrum", "Start: 300 nm,  Stop: 330 nm,  Step: 10 nm", name="S")
    rows: Rows = [["S:Spectrum"], [], ["Wavelength", "A1"], ["300", "0.1"], ["310", "0.1"],
                  ["330", "0.1"]]  # fmt: skip
    assert notes(read(header(), procedure(spectrum), rows)) == [("warning", "rows_missing")]


def test_a_point_that_is_none_is_refused() -> None:
    scan = step("Fluorescence Area Scan", "Excitation: 485/20,  Emission: 528/20", name="gfp")
    rows: Rows = [["gfp:485,528"], [], ["X Read #", "Y Read #", "A1"], [1, 1, 5], ["0.5", "x", 7]]
    assert refused(header(), procedure(scan), rows) == {"no_point"}


def test_a_read_that_the_procedure_does_not_have_is_told() -> None:
    file = read(header(), procedure(NAMED), matrix("od:450", "dna:260"))
    assert notes(file) == [("warning", "read_unknown")]


def test_wells_with_fewer_cycles_than_others_are_told() -> None:
    rows = kinetic()
    rows[4] = rows[4][:3]
    file = read(header(), procedure(OD, kinetic="0:04:00"), rows)
    assert [(f.code, f.well) for f in file.findings] == [("values_missing", "A2")]


def test_one_line_for_each_read_with_wells_side_by_side() -> None:
    rows: Rows = [["Results"], [], ["Well", "A1", "A2"], ["Well ID", "SPL1", "SPL2"],
                  ["450", "0.1", "0.2"], ["Blank 450", "0.0", "0.1"]]  # fmt: skip
    file = read(header(), procedure(OD), rows)
    assert [(str(r.well), r.value) for r in file.plates[0].readings] == [("A1", 0.1), ("A2", 0.2)]


# --- several tables and plates -------------------------------------------------------------------


def well_list(*values: str) -> Rows:
    lines = [["SPL", f"A{i}", v, v] for i, v in enumerate(values, start=1)]
    return [["Results"], [], ["Well ID", "Well", "450", "Blank 450"], *lines]


def test_a_list_of_wells_alone_is_read() -> None:
    file = read(header(), procedure(OD), well_list("0.5", "0.6"))
    assert [(str(r.well), r.value) for r in file.plates[0].readings] == [("A1", 0.5), ("A2", 0.6)]


def test_a_list_that_repeats_the_matrix_is_compared_with_it() -> None:
    same = read(header(), procedure(OD), matrix("450"), well_list("0.101", "0.102"))
    assert notes(same) == [("note", "not_measured")]
    other = read(header(), procedure(OD), matrix("450"), well_list("0.101", "0.999"))
    assert ("warning", "tables_disagree") in notes(other)
    (told,) = (f for f in other.findings if f.code == "tables_disagree")
    assert told.well == "A2"
    assert "0.102" in told.message
    assert "0.999" in told.message
    assert len(other.plates[0].readings) == 96


def test_plates_below_each_other_and_with_one_name_are_told_apart() -> None:
    one = header() + procedure(OD) + matrix("450")
    second = header("Plate 2") + matrix("450", letters="ABCDEFGH")
    file = read(one, second, one, encoding="utf-16")
    assert [(p.plate, len(p.readings)) for p in file.plates] == [
        ("Plate 1", 96), ("Plate 2", 96), ("Plate 1#2", 96),
    ]  # fmt: skip
    assert {r.wavelength_nm for p in file.plates for r in p.reads} == {450}


def test_plates_on_several_sheets() -> None:
    source = as_workbook(header(), procedure(OD), matrix("450"), pages=("Plate 1", "Plate 2"))
    file = GEN5.read(open_workbook(source))
    assert [(p.plate, p.readings[0].source.sheet) for p in file.plates] == [
        ("Plate 1", "Plate 1"),
        ("Plate 1#2", "Plate 2"),
    ]


# --- languages and damage ------------------------------------------------------------------------


def test_semicolons_and_decimal_commas(by_well: Any) -> None:
    rows = [
        [v.replace(".", ",") if isinstance(v, str) else v for v in row] for row in matrix("450")
    ]
    file = read(header(), procedure(OD), rows, separator=";")
    assert by_well(file)["H12"] == 0.812


def test_a_head_in_german(by_well: Any) -> None:
    head: Rows = [
        ["Softwareversion", "3.12.08"], ["Plattennummer", "Platte 1"], ["Readertyp:", "Synergy H1"],
        ["Seriennummer:", "123"], ["Prozedurdetails"], [], ["Plattentyp", "96"],
        ["Lesen", "Absorption Endpunkt"], [None, "Wellenlängen:  450"], [],
    ]  # fmt: skip
    file = read(head, matrix("450", "Blank 450", title="Ergebnisse"))
    assert file.plates[0].plate == "Platte 1"
    assert by_well(file, label="450")["A1"] == 0.101


def test_commas_between_fields_do_not_cut_a_pair_of_wavelengths(by_well: Any) -> None:
    file = read(header(), procedure(GFP), matrix("gfp:485,528"), separator=",")
    (one,) = file.plates[0].reads
    assert (one.label, one.emission_nm) == ("gfp:485,528", 528)
    assert by_well(file)["A1"] == 0.101


def test_a_workbook_whose_decimal_points_were_lost_is_shown_but_cannot_be_accepted() -> None:
    rows = matrix("450")
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(header(), procedure(OD), rows).data))
    sheet = book.active
    cells = [c for row in sheet.iter_rows(min_col=3) for c in row if isinstance(c.value, float)]
    for number, cell in enumerate(cells):
        cell.value = 1026 if number % 2 else f"{cell.value:.3f}"
    stream = io.BytesIO()
    book.save(stream)
    file = GEN5.read(open_workbook(Source("run.xlsx", stream.getvalue())))
    assert {r.value for r in file.plates[0].readings if r.raw == "1026"} == {1026}
    errors = {f.code for f in file.findings if f.level is Level.ERROR}
    assert "decimal_mark_lost" in errors


def test_a_version_that_excel_took_for_a_date_is_told() -> None:
    head = header()
    head[1][1] = date(2017, 7, 2)
    file = GEN5.read(open_workbook(as_workbook(head, procedure(OD), matrix("450"))))
    assert notes(file) == [("note", "version_is_date")]


def test_fitted_curves_and_lines_nobody_knows_are_named() -> None:
    curves: Rows = [["Curve Fitting Results"], [], ["Curve Name", "Curve Formula", "A", "B"],
                    ["Curve", "Y=A*X+B", "0.003", "0.05"], []]  # fmt: skip
    file = read(header(), procedure(OD), matrix("450"), curves, [["sum", "1.5", "2.5"]])
    assert notes(file) == [("note", "lines_not_read"), ("warning", "lines_not_read")]


@pytest.mark.parametrize("kept", [10, 18, 24])
def test_a_file_that_is_cut_off_is_refused_in_words(kept: int) -> None:
    rows = (header() + procedure(OD) + matrix("450"))[:kept]
    with pytest.raises(InputError) as refusal:
        read(rows)
    assert "hold" in refusal.value.message or "no measured values" in refusal.value.message


def test_a_line_that_is_cut_off_before_its_label_is_refused() -> None:
    rows = matrix("450")[:-2]
    rows[-1] = rows[-1][:7]
    assert "no_label" in refused(header(), procedure(OD), rows)


def test_a_page_without_a_head_is_known_by_its_procedure() -> None:
    book = open_workbook(as_text(procedure(OD), matrix("450")))
    assert GEN5.sniff(book).is_mine
    assert len(GEN5.read(book).plates[0].readings) == 96
