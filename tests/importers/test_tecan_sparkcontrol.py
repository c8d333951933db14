"""Tecan SparkControl: grids, lists, kinetics in both directions, scans, and what people type."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import openpyxl
import pytest
from lims_msc.importers.tecan_sparkcontrol import TecanSparkControl
from lims_msc.importers.workbook import open_workbook
from vendor_corpus import CorpusReadings

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

SPARK = TecanSparkControl()
Rows = list[list[Any]]


def header(plate: str = "[GRE96ft] - Greiner 96 Flat", plate_id: str = "") -> Rows:
    return [
        ["Method name: MTT"],
        ["Application: SparkControl", None, None, None, "V3.2"],
        ["Device: Spark", None, None, None, "Serial number: 1700000001"],
        [],
        ["Date:", None, None, None, "2026-01-15"],
        ["Plate", None, None, None, plate],
        ["Plate-ID (Stacker)", None, None, None, plate_id or None],
        ["List of actions in this measurement script:"],
        ["Plate"],
        [None, "Absorbance", None, None, None, None, "Label 1"],
        ["Name", None, None, None, "GRE96ft"],
        [],
    ]


def mode(name: str, what: str = "Absorbance", part: str = "A1-H12", **settings: Any) -> Rows:
    """The settings of a read: absorbance at 570 nm unless others are named."""
    lines = settings or {"Measurement wavelength [nm]": 570}
    return [
        ["Mode", what],
        ["Name", name],
        *([key.replace("_", " "), None, None, None, value] for key, value in lines.items()),
        ["Number of flashes", None, None, None, 10],
        ["Part of Plate", None, None, None, part],
        [],
        ["Start Time", None, None, None, "2026-01-15 10:00:00"],
        ["Temperature [°C]", None, None, None, 25.5],
        [],
    ]


END: Rows = [[], ["End Time", None, None, None, "2026-01-15 10:01:00"], []]


def save(*rows: Rows, sheet: str = "Result sheet") -> Source:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in (line for part in rows for line in part):
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return Source("run.xlsx", stream.getvalue())


def read(*rows: Rows) -> FileReadings:
    return SPARK.read(open_workbook(save(*rows)))


def as_text(rows: Rows, separator: str = ",") -> Source:
    lines = (separator.join("" if v is None else str(v) for v in row) for row in rows)
    return Source("run.csv", "\r\n".join(lines).encode("utf-8-sig"))


@pytest.fixture
def spark_grid(grid: Callable[..., Rows]) -> Rows:
    return grid(corner="<>")


class TestCorpus(CorpusReadings):
    importer = TecanSparkControl
    folder, files, readings = "tecan-sparkcontrol", 5, 7243


class TestContract(ImporterContract):
    importer = TecanSparkControl

    def own_files(self) -> Iterable[Source]:
        table = [["<>", 1, 2], ["A", 0.1, "OVER"], ["B", 0.3, 0.4]]
        one = header() + mode("Label 1", part="A1-B2")
        return [save(one, table, END), as_text(one + VALUE_LIST + END)]


VALUE_LIST: Rows = [["<>", "Value", "Time [ms]"], ["A1", 0.0921, 0], ["A2", 0.0942, 204]]
KINETIC_DOWN: Rows = [
    ["Cycle Nr.", "Time [s]", "Temp. [°C]", "A1", "A2", "A3"],
    ["1", 0, 24.7, 0.1, 0.2, None],
    ["2", 30.5, 24.6, 0.3, "OVER", None],
]
SCAN: Rows = [["Wavel.", "A1", "A2"], [520, 1, 2], [522, 3, 4]]
KINETIC_ACROSS: Rows = [
    ["Cycle Nr.", "1", "2"],
    ["Time [s]", 0, 30.5],
    ["Temp. [°C]", 24.7, 24.6],
    ["A1", 0.1, 0.3],
    ["A2", 0.2, "OVER"],
]
EMISSION_SCAN = {
    "Excitation wavelength [nm]": 482.9999999999999,
    "Excitation bandwidth [nm]": 20,
    "Emission wavelength start [nm]": 520,
    "Emission wavelength end [nm]": 522,
    "Emission wavelength step size [nm]": 2,
}


def test_a_grid_with_its_settings_and_facts(spark_grid: Rows, by_well: Any) -> None:
    file = read(header(plate_id="P-12"), mode("MTT"), spark_grid, END)
    assert by_well(file)["H12"] == 0.812
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm) == ("MTT", ReadingKind.ABSORBANCE, 570)
    facts = {f.name: f.value for f in file.facts}
    assert facts["software version"] == "V3.2"
    assert facts["serial number"] == "1700000001"
    assert facts["method"] == "MTT"
    assert facts["temperature"] == "25.5 °C"
    assert facts["plate id"] == file.plates[0].plate == "P-12"
    assert file.findings == ()


def test_units_in_a_column_of_their_own_are_read_too(spark_grid: Rows) -> None:
    settings = mode("L", "Fluorescence Top Reading", Excitation_wavelength=485)
    settings[2] = ["Excitation wavelength", None, None, None, 485, "nm"]
    settings.insert(3, ["Emission wavelength", None, None, None, 535, "nm"])
    (one,) = read(header(), settings, spark_grid, END).plates[0].reads
    assert (one.kind, one.wavelength_nm, one.emission_nm) == (ReadingKind.FLUORESCENCE, 485, 535)


def test_an_export_in_german_with_decimal_commas(by_well: Any) -> None:
    rows = [
        ["Methodenname: MTT"],
        ["Anwendung: SparkControl", "", "", "", "V3.2"],
        ["Gerät: Spark", "", "", "", "Seriennummer: 1700000001"],
        ["Modus", "Absorption"],
        ["Name", "Messung"],
        ["Messwellenlänge [nm]", "", "", "", "570"],
        ["Startzeit", "", "", "", "15.01.2026 10:00:00"],
        ["<>", "1", "2"],
        ["A", "0,101", "1,102"],
        ["B", "0,201", "OVER"],
    ]
    source = as_text(rows, ";")
    assert SPARK.sniff(open_workbook(source)).is_mine
    file = SPARK.read(open_workbook(source))
    assert by_well(file) == {"A1": 0.101, "A2": 1.102, "B1": 0.201, "B2": "overflow"}
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm) == ("Messung", ReadingKind.ABSORBANCE, 570)


def test_empty_wells_outside_the_part_of_the_plate_are_no_news(
    grid: Callable[..., Rows], by_well: Any
) -> None:
    rows = grid(corner="<>")
    for line in rows[1:]:
        if line[0] not in "CD":
            line[1:] = [None] * 12
    file = read(header(), mode("L", part="C1-C12;D1-D12"), rows, END)
    assert set(by_well(file)) == {f"{r}{c}" for r in "CD" for c in range(1, 13)}
    assert file.findings == ()


def test_an_empty_well_inside_the_part_of_the_plate_is_named(spark_grid: Rows) -> None:
    spark_grid[3][5] = None
    file = read(header(), mode("L"), spark_grid, END)
    assert [(f.code, f.well) for f in file.findings] == [("empty_wells", "C5")]


def test_rows_that_were_cut_away_are_named(spark_grid: Rows) -> None:
    file = read(header(), mode("L"), spark_grid[:7], END)
    assert [(f.code, f.well) for f in file.findings] == [("wells_missing", "G1")]


def test_a_value_in_a_well_that_was_not_read_is_named(spark_grid: Rows, by_well: Any) -> None:
    file = read(header(), mode("L", part="A1-H11"), spark_grid, END)
    assert [(f.code, f.well, f.cell) for f in file.findings] == [
        ("outside_part_of_plate", "A12", "M23")
    ]
    assert len(by_well(file)) == 96


def test_384_wells_of_which_few_were_read(by_well: Any) -> None:
    rows: Rows = [["<>", *map(str, range(1, 25))], *([chr(65 + i)] for i in range(16))]
    rows[3] = ["C", *[None] * 10, 47088, 6600]
    settings = mode("L", "Luminescence", "C11-C12", Output="Counts / s")
    file = read(header("[GRE384fw] - Greiner 384 Flat White"), settings, rows, END)
    assert by_well(file) == {"C11": 47088, "C12": 6600}
    assert file.plates[0].reads[0].kind is ReadingKind.LUMINESCENCE
    assert file.findings == ()


def test_a_list_of_values_takes_its_time_stamps_for_no_kinetics(by_well: Any) -> None:
    rows = header() + mode("L", part="A1-A2") + VALUE_LIST + END
    file = SPARK.read(open_workbook(as_text(rows)))
    assert by_well(file) == {"A1": 0.0921, "A2": 0.0942}
    assert {r.time_s for r in file.plates[0].readings} == {None}
    assert file.findings == ()


@pytest.mark.parametrize("table", [KINETIC_DOWN, KINETIC_ACROSS])
def test_kinetics_in_both_directions(table: Rows) -> None:
    file = read(header(), mode("L", part="A1-A2"), [["L"]], table, END)
    got = {(str(r.well), r.time_s, r.value, r.marker) for r in file.plates[0].readings}
    assert got == {
        ("A1", 0, 0.1, None),
        ("A1", 30.5, 0.3, None),
        ("A2", 0, 0.2, None),
        ("A2", 30.5, None, "overflow"),
    }
    assert file.plates[0].reads[0].label == "L"


def test_kinetics_of_two_reads_are_told_apart_by_the_names_above_them() -> None:
    file = read(
        header(),
        [["Mode", "Kinetic"], ["Interval time", None, None, None, "00:00:30"], []],
        mode("OD", part="A1-A2"),
        mode("GFP", "Fluorescence", "A1-A2", **{
            "Excitation wavelength [nm]": 485, "Emission wavelength [nm]": 535,
        }),
        [["GFP"]], KINETIC_DOWN, [[]],
        [["OD"]], KINETIC_DOWN, END,
    )  # fmt: skip
    labels = {r.label: (r.kind.value, r.wavelength_nm) for r in file.plates[0].reads}
    assert labels == {"GFP": ("fluorescence", 485), "OD": ("absorbance", 570)}
    assert len(file.plates[0].readings) == 8


@pytest.mark.parametrize("is_turned", [False, True])
def test_an_emission_scan_has_a_read_for_each_wavelength(*, is_turned: bool) -> None:
    table = [["Wavel.", 520, 522], ["A1", 1, 3], ["A2", 2, 4]] if is_turned else SCAN
    settings = mode("S", "Fluorescence Intensity Scan", "A1-A2", **EMISSION_SCAN)
    file = read(header(), settings, table, END)
    got = {
        (str(r.well), r.read.wavelength_nm, r.read.emission_nm): r.value
        for r in file.plates[0].readings
    }
    assert got == {
        ("A1", 483, 520): 1, ("A2", 483, 520): 2, ("A1", 483, 522): 3, ("A2", 483, 522): 4,
    }  # fmt: skip


def test_an_absorbance_scan_sweeps_the_measurement() -> None:
    settings = mode("S", "Absorbance Scan", "A1-A2", **{
        "Wavelength start [nm]": 400, "Wavelength end [nm]": 402,
    })  # fmt: skip
    file = read(header(), settings, [["Wavel.", "A1", "A2"], [400, 0.1, 0.2], [402, 0.3, 0.4]])
    assert [(r.wavelength_nm, r.emission_nm) for r in file.plates[0].reads] == [
        (400, None),
        (402, None),
    ]


def test_a_wavelength_that_cannot_be_one_is_refused() -> None:
    settings = mode("S", "Fluorescence Intensity Scan", "A1-A2", **EMISSION_SCAN)
    with pytest.raises(InputError) as refusal:
        read(header(), settings, [*SCAN[:2], ["mean", 3, 4]], END)
    assert [(f.code, f.cell) for f in refusal.value.findings] == [("no_wavelength", "A28")]


@pytest.mark.parametrize(
    "table", [KINETIC_DOWN, [["Wavel.", "A1", "A2"], [520, 1, 2], [522, 3, 4]]]
)
def test_a_blank_line_put_into_a_table_is_refused_and_never_drops_the_rest(table: Rows) -> None:
    settings = mode("S", "Fluorescence Intensity Scan", "A1-A2", **EMISSION_SCAN)
    with pytest.raises(InputError) as refusal:
        read(header(), settings, [*table[:2], [], *table[2:]], END)
    assert [f.code for f in refusal.value.findings if f.level is Level.ERROR] == [
        "table_interrupted"
    ]


@pytest.mark.parametrize("table", [KINETIC_DOWN, SCAN])
def test_a_note_put_into_a_table_is_refused_and_never_drops_the_rest(table: Rows) -> None:
    settings = mode("S", "Fluorescence Intensity Scan", "A1-A2", **EMISSION_SCAN)
    with pytest.raises(InputError) as refusal:
        read(header(), settings, [*table[:2], ["look"], *table[2:]], END)
    assert "table_interrupted" in {f.code for f in refusal.value.findings}


def test_a_cycle_or_a_wavelength_that_was_taken_out_is_told() -> None:
    cycles = [*KINETIC_DOWN, ["4", 91.5, 24.6, 0.5, 0.6, None]]
    file = read(header(), mode("L", part="A1-A2"), cycles, END)
    assert [f.code for f in file.findings] == ["marker", "cycles_missing"]
    announced = {**EMISSION_SCAN, "Emission scan number": 3}
    file = read(header(), mode("S", "Fluorescence Scan", "A1-A2", **announced), SCAN, END)
    assert [f.code for f in file.findings] == ["wavelengths_missing"]


def test_a_line_of_numbers_put_into_kinetics_is_refused() -> None:
    rows = [*KINETIC_DOWN, [None, 0.777, 0.777, 0.777, 0.777, None]]
    with pytest.raises(InputError) as refusal:
        read(header(), mode("L", part="A1-A2"), rows, END)
    assert "times_do_not_rise" in {f.code for f in refusal.value.findings}


def test_a_note_above_the_only_table_is_not_its_name(spark_grid: Rows) -> None:
    file = read(header(), mode("MTT"), [["look at this"]], spark_grid, END)
    assert [r.label for r in file.plates[0].reads] == ["MTT"]


@pytest.mark.parametrize("at", [2, 3, 7])
def test_a_column_put_between_the_wells_drops_none(spark_grid: Rows, by_well: Any, at: int) -> None:
    rows = [[*row[:at], None, *row[at:]] for row in spark_grid]
    file = read(header(), mode("L"), rows, END)
    assert len(by_well(file)) == 96
    assert file.findings == ()


def test_an_inserted_column_and_lines_move_no_well(spark_grid: Rows, by_well: Any) -> None:
    rows = header() + mode("L") + spark_grid + END
    shifted = [[], *([None, row[0] if row else None, None, *row[1:]] for row in rows)]
    assert by_well(read(shifted))["C7"] == 0.307


def test_the_reference_is_a_read_and_the_difference_is_not(spark_grid: Rows) -> None:
    settings = mode("ELISA", **{
        "Measurement wavelength [nm]": 450, "Reference wavelength [nm]": 570,
    })  # fmt: skip
    rows = [*spark_grid, [], ["Reference"], *spark_grid, [], ["Difference"], *spark_grid]
    file = read(header(), settings, rows, END)
    assert [(r.label, r.wavelength_nm) for r in file.plates[0].reads] == [
        ("ELISA", 450),
        ("ELISA: Reference", 570),
    ]
    assert [(f.code, f.level) for f in file.findings] == [("calculated", Level.NOTE)]


def test_formulas_and_notes_beside_and_below_are_named_and_not_read(spark_grid: Rows) -> None:
    spark_grid[0] += ["Start", "mean"]
    spark_grid[1] += [None, "=AVERAGE(B23:M23)"]
    notes = [[], ["Ex", "Blank", "Sample", "Sample"], ["Ex", 1, 2, 10]]
    file = read(header(), mode("L"), spark_grid, END, notes)
    assert len(file.plates[0].readings) == 96
    assert [(f.code, f.cell, f.level) for f in file.findings] == [
        ("typed_not_read", "N22", Level.NOTE),
        ("typed_not_read", "A35", Level.NOTE),
    ]


def test_one_name_measured_twice_gives_two_reads(spark_grid: Rows) -> None:
    file = read(header(), mode("L"), spark_grid, END, mode("L"), spark_grid, END)
    assert [r.label for r in file.plates[0].reads] == ["L", "L [2]"]


def test_runs_below_each_other_are_plates_of_their_own(spark_grid: Rows) -> None:
    one = header() + mode("L") + spark_grid + END
    file = read(one, one)
    assert [(p.plate, len(p.readings)) for p in file.plates] == [
        ("Result sheet", 96),
        ("Result sheet#2", 96),
    ]


@pytest.mark.parametrize("kept", [5, 14, 21])
def test_a_file_that_is_cut_off_is_refused_in_words(spark_grid: Rows, kept: int) -> None:
    rows = (header() + mode("L") + spark_grid)[:kept]
    with pytest.raises(InputError) as refusal:
        read(rows)
    assert "hold" in refusal.value.message or "has no values" in refusal.value.message


def test_a_table_without_settings_is_refused(spark_grid: Rows) -> None:
    with pytest.raises(InputError) as refusal:
        read(header(), spark_grid)
    assert [f.code for f in refusal.value.findings] == ["table_without_settings"]
