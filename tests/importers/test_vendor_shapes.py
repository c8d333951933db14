"""Tecan exports in shapes of our own: other languages, moved anchors, several runs, kinetics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from lims_msc.importers.tecan_icontrol import TecanIControl
from lims_msc.importers.tecan_magellan import TecanMagellan

from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError

ICONTROL, MAGELLAN = TecanIControl(), TecanMagellan()


def header(program: str = "Application", plate: str = "") -> list[list[Any]]:
    return [
        [f"{program}: Tecan i-control", None, None, None, "Tecan i-control , 2.0.10.0"],
        ["Device: infinite 200Pro", None, None, None, "Serial number: 1503001234"],
        [],
        ["Date:", datetime.fromisoformat("2026-01-15")],
        ["Plate-ID (Stacker)", None, None, None, plate or None],
        [],
    ]


def absorbance(grid: Any, label: str = "Label1", nm: int = 450) -> list[list[Any]]:
    return [
        [f"Label: {label}"],
        ["Mode", None, None, None, "Absorbance"],
        ["Measurement Wavelength", None, None, None, nm, "nm"],
        ["Bandwidth", None, None, None, 9, "nm"],
        ["Start Time:", "1/15/2026 10:00:00 AM"],
        [],
        [None, "Temperature: 24.6 °C"],
        *grid(corner="<>"),
        [],
        ["End Time:", "1/15/2026 10:00:40 AM"],
    ]


# --- i-control --------------------------------------------------------------------------------


def test_an_endpoint_export_with_its_facts(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    file = ICONTROL.read(opened(make_workbook(Sheet2=header() + absorbance(grid), Sheet1=[])))
    assert by_well(file)["H12"] == 0.812
    (read,) = file.plates[0].reads
    assert (read.label, read.kind, read.wavelength_nm) == ("Label1", ReadingKind.ABSORBANCE, 450)
    facts = {f.name: (f.value, f.source.cell) for f in file.facts}
    assert facts["serial number"] == ("1503001234", "E2")
    assert facts["temperature"] == ("24.6 °C", "B13")
    assert facts["software version"][0] == "Tecan i-control , 2.0.10.0"
    assert file.findings == ()


def test_an_export_in_german(make_workbook: Any, opened: Any, grid: Any, by_well: Any) -> None:
    rows = [
        *header("Programm"),
        ["Label: Label1"],
        ["Modus", None, None, None, "Fluoreszenz von oben"],
        ["Anregungswellenlänge", None, None, None, 485, "nm"],
        ["Emissionswellenlänge", None, None, None, 535, "nm"],
        ["Anregungsbandbreite", None, None, None, 9, "nm"],
        ["Startzeit:", "15.01.2026 10:00:00"],
        *grid(corner="<>"),
    ]
    book = opened(make_workbook(Tabelle1=rows))
    assert ICONTROL.sniff(book).is_mine
    file = ICONTROL.read(book)
    (read,) = file.plates[0].reads
    assert (read.kind, read.wavelength_nm, read.emission_nm) == (ReadingKind.FLUORESCENCE, 485, 535)
    assert len(by_well(file)) == 96


def test_an_inserted_column_and_line_move_no_well(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = [[], *([None, *row] for row in header() + absorbance(grid))]
    assert by_well(ICONTROL.read(opened(make_workbook(Sheet2=rows))))["C7"] == 0.307


def test_two_labels_are_two_reads(make_workbook: Any, opened: Any, grid: Any, by_well: Any) -> None:
    rows = header() + absorbance(grid) + [[], *absorbance(grid, "Reference", 620)]
    file = ICONTROL.read(opened(make_workbook(Sheet2=rows)))
    assert [(r.label, r.wavelength_nm) for r in file.plates[0].reads] == [
        ("Label1", 450),
        ("Reference", 620),
    ]
    assert len(by_well(file, label="Reference")) == 96


def test_runs_below_each_other_are_plates_of_their_own(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = header() + absorbance(grid) + [[]] + header() + absorbance(grid)
    file = ICONTROL.read(opened(make_workbook(Sheet2=rows)))
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("Sheet2", 96), ("Sheet2#2", 96)]


def test_runs_on_several_sheets_are_named_by_plate_id(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    book = make_workbook(
        One=header(plate="P-7") + absorbance(grid), Two=header() + absorbance(grid)
    )
    assert [p.plate for p in ICONTROL.read(opened(book)).plates] == ["P-7", "Two"]


def test_over_is_an_overflow_and_never_a_number(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = header() + absorbance(grid)
    rows[14][3] = "OVER"
    file = ICONTROL.read(opened(make_workbook(Sheet2=rows)))
    assert by_well(file)["A3"] == "overflow"
    assert [(f.well, f.cell) for f in file.findings] == [("A3", "D15")]


def test_wells_outside_the_plate_that_was_measured_are_refused(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    def export(plate: str, block: list[list[Any]]) -> list[list[Any]]:
        return [*header(), ["Plate", None, None, None, plate], *absorbance(lambda **_: block)]

    rows = export("Greiner 96 Flat Bottom [GRE96ft.pdfx]", grid(last=24, corner="<>"))
    with pytest.raises(InputError) as refused:
        ICONTROL.read(opened(make_workbook(Sheet2=rows)))
    assert "A13" in str(refused.value.findings[0])
    assert "outside the plate of 96 wells" in str(refused.value.findings[0])
    rows = export("Greiner 384 Flat Bottom [GRE384fw.pdfx]", grid(last=24, corner="<>"))
    assert len(ICONTROL.read(opened(make_workbook(Sheet2=rows))).plates[0].readings) == 192


KINETIC = [
    ["Label: OD"],
    ["Kinetic Cycles", None, None, None, 3],
    ["Measurement Wavelength", None, None, None, 600, "nm"],
    [],
]


@pytest.mark.parametrize("is_turned", [False, True])
def test_kinetics_with_wells_down_or_across(
    make_workbook: Any, opened: Any, *, is_turned: bool
) -> None:
    table = [
        ["Cycle Nr.", 1, 2, 3],
        ["Time [s]", 0, 60.5, 121],
        ["Temp. [°C]", 37, 37.1, 37.2],
        ["A1", 0.1, 0.2, 0.3],
        ["A2", 0.4, 0.5, 0.6],
        ["A3", 0.7, 0.8, 0.9],
    ]
    if is_turned:
        table = [list(row) for row in zip(*table, strict=True)]
    file = ICONTROL.read(opened(make_workbook(Sheet2=header() + KINETIC + table)))
    assert sorted((str(r.well), r.time_s, r.value) for r in file.plates[0].readings) == sorted(
        (f"A{w}", t, round(0.3 * (w - 1) + 0.1 * i, 1))
        for w in (1, 2, 3)
        for i, t in ((1, 0), (2, 60.5), (3, 121))
    )


def test_a_value_in_a_cycle_without_a_time_is_refused(make_workbook: Any, opened: Any) -> None:
    table = [["Cycle Nr.", 1, 2], ["Time [s]", 0], ["Temp. [°C]", 37], ["A1", 0.1, 0.2]]
    with pytest.raises(InputError, match="well A1: The value stands in a cycle without a time"):
        ICONTROL.read(opened(make_workbook(Sheet2=header() + KINETIC + table)))


def test_the_mean_of_several_points_in_a_well_is_its_reading(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    table = [["Well", "Mean", "StDev", "0;1", "1;1"]] + [
        [f"A{i}", i / 10, 0.001, i / 10 - 0.01, i / 10 + 0.01] for i in range(1, 5)
    ]
    file = ICONTROL.read(opened(make_workbook(Sheet2=header() + KINETIC + table)))
    assert by_well(file) == {"A1": 0.1, "A2": 0.2, "A3": 0.3, "A4": 0.4}


def test_a_measurement_that_was_never_finished_is_refused(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = header() + absorbance(grid)[:6]
    with pytest.raises(InputError, match="The measurement 'Label1' has no readings"):
        ICONTROL.read(opened(make_workbook(Sheet2=rows)))


def test_a_text_export_with_all_values_over_one_is_read(
    open_bytes: Any, grid: Any, by_well: Any
) -> None:
    rows = header() + absorbance(grid)
    text = "\r\n".join(
        "\t".join(
            "" if v is None else f"{v + 1:.3f}" if isinstance(v, float) else str(v) for v in row
        )
        for row in rows
    )
    file = ICONTROL.read(open_bytes(text.encode("utf-8-sig"), "run.txt"))
    assert by_well(file)["A1"] == 1.101
    german = text.replace(".", ",").replace("Tecan i-control , 2,0", "Tecan i-control , 2.0")
    assert by_well(ICONTROL.read(open_bytes(german.encode("utf-8-sig"), "run.txt")))["A1"] == 1.101


# --- Magellan and Sunrise ---------------------------------------------------------------------

LINES = [
    ["Date of measurement: 2026-01-15/Time of measurement: 10:00:00"],
    ["elisa.mth"],
    ["run-001.wsp"],
    ["Instrument serial number: 12901000001"],
    ["Measurement mode: Absorbance"],
    ["Measurement wavelength: 450 nm"],
    ["Plate definition file: GRE96ft.pdf"],
    ["Meas. temperature: Raw data: 23.4 °C"],
]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_magellan_list_in_any_order_of_columns(
    make_workbook: Any, opened: Any, by_well: Any, order: tuple[int, int]
) -> None:
    columns = [["Well positions", "A1", "B1", "H12"], ["Raw data", 0.1, "OVER", 0.3]]
    rows = [list(r) for r in zip(*(columns[i] for i in order), strict=True)] + LINES
    book = opened(make_workbook(Export=rows))
    assert MAGELLAN.sniff(book).is_mine
    file = MAGELLAN.read(book)
    assert by_well(file) == {"A1": 0.1, "B1": "overflow", "H12": 0.3}
    assert file.plates[0].reads[0].wavelength_nm == 450
    facts = {f.name: f.value for f in file.facts}
    assert (facts["serial number"], facts["date"], facts["time"]) == (
        "12901000001",
        "2026-01-15",
        "10:00:00",
    )


def test_listed_wells_without_a_value_are_named(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    rows = [["Raw data", "Well positions"], [0.1, "A1"], [None, "A2"], [0.3, "A3"]]
    file = MAGELLAN.read(opened(make_workbook(Export=rows + LINES)))
    assert by_well(file) == {"A1": 0.1, "A3": 0.3}
    assert [(f.code, f.well) for f in file.findings] == [("empty_wells", "A2")]


def test_calculated_columns_of_magellan_are_left_and_told(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    rows = [["Well positions", "Raw data", "Blanked", "Conc. [ng/ml]"]] + [
        [f"A{i}", i / 10, i / 20, i * 100] for i in range(1, 5)
    ]
    file = MAGELLAN.read(opened(make_workbook(Export=rows + LINES)))
    assert by_well(file) == {"A1": 0.1, "A2": 0.2, "A3": 0.3, "A4": 0.4}
    assert [f.message for f in file.findings] == [
        "The column 'Blanked' is calculated and was not read.",
        "The column 'Conc. [ng/ml]' is calculated and was not read.",
    ]


def test_a_magellan_kinetic_has_a_column_for_each_time(make_workbook: Any, opened: Any) -> None:
    rows = [
        ["Raw data", "Raw data", "Well positions"],
        ["0s", "60s", None],
        ["24.8 °C", "25.0 °C", None],
        [0.1, 0.2, "A1"],
        [0.3, 0.4, "A2"],
        [0.5, 0.6, "A3"],
    ]
    file = MAGELLAN.read(opened(make_workbook(Export=rows + LINES)))
    assert [(str(r.well), r.time_s, r.value) for r in file.plates[0].readings] == [
        ("A1", 0, 0.1),
        ("A1", 60, 0.2),
        ("A2", 0, 0.3),
        ("A2", 60, 0.4),
        ("A3", 0, 0.5),
        ("A3", 60, 0.6),
    ]


def test_wells_side_by_side_with_a_line_for_each_cycle(make_workbook: Any, opened: Any) -> None:
    rows = [
        [f"Monday, January 5, 2026: 10:{i:02d}:00 / {i * 60} sec / 37.1°C"] for i in range(3)
    ] + [[], ["A1", 0.11, 0.12, 0.13, "A2", 0.21, 0.22, 0.23]]
    book = make_workbook(Magellan__Sheet__1=rows)
    file = MAGELLAN.read(opened(book))
    assert [(str(r.well), r.time_s, r.value, r.source.cell) for r in file.plates[0].readings][
        3:
    ] == [
        ("A2", 0, 0.21, "F5"),
        ("A2", 60, 0.22, "G5"),
        ("A2", 120, 0.23, "H5"),
    ]
    book["Magellan Sheet 1"]["H5"] = None
    with pytest.raises(InputError, match="Well A2 has 2 values, but the sheet lists 3 times"):
        MAGELLAN.read(opened(book))


def test_a_sunrise_grid_with_its_settings_apart(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = [
        ["SUNRISE;   Serial number: 1202006000;   Firmware: V 3.31;   XFLUOR4 Version: V 4.50"],
        ["Date:", None, None, None, None, datetime.fromisoformat("2026-01-15")],
        ["Measurement mode:", None, None, None, None, "Absorbance"],
        ["Measurement wavelength:", None, None, None, None, 450, "nm"],
        ["Rawdata"],
        *grid(corner="<>"),
    ]
    file = MAGELLAN.read(opened(make_workbook(Sheet1=rows)))
    assert len(by_well(file)) == 96
    (read,) = file.plates[0].reads
    assert (read.label, read.kind, read.wavelength_nm) == ("Rawdata", ReadingKind.ABSORBANCE, 450)
    assert {f.name: f.value for f in file.facts}["serial number"] == "1202006000"


def test_a_list_whose_rows_name_two_plates_gives_two_plates(
    make_workbook: Any, opened: Any
) -> None:
    rows = [["Raw data", "Well positions", "Plate"]] + [
        [0.1, well, plate] for plate in ("P1", "P2") for well in ("A1", "A2", "A3")
    ]
    file = MAGELLAN.read(opened(make_workbook(Export=rows + LINES)))
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("P1", 3), ("P2", 3)]


@pytest.mark.parametrize("importer", [ICONTROL, MAGELLAN])
def test_a_plain_grid_is_not_of_tecan(
    importer: Any, make_workbook: Any, opened: Any, grid: Any
) -> None:
    assert not importer.sniff(opened(make_workbook(Raw=grid(corner="<>")))).is_mine
