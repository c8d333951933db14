"""Tables that leave: exact numbers, harmless texts, nothing invented for what is missing."""

import csv
import io
import json
import math
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.exporting import PublicationBundle
from lims_msc.exports.columns import Column, Table, cell_text, harmless_text
from lims_msc.exports.curve_tables import POINTS
from lims_msc.exports.figure_panels import SOURCE_DATA
from lims_msc.exports.record_tables import MATERIALS, REVIEWS
from lims_msc.exports.tables import WELLS
from lims_msc.exports.tidy import DATA_TABLES, CurvesCsv, ReadingsCsv, write_dictionary

from .bundles import (
    COMMA_BATCH,
    EVIL_PRIMING,
    FIRST_FILE,
    NOT_EVALUABLE,
    sha256,
    tricky_bundle,
    values_bundle,
)

Rows = list[dict[str, str]]


def rows_of(data: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


def curves_and_values() -> PublicationBundle:
    curves = tricky_bundle()
    return replace(curves, plates=(*curves.plates, *values_bundle().plates))


def plain(text: str) -> str:
    """Undo the protection as the dictionary says: remove one apostrophe."""
    return text.removeprefix("'")


@pytest.fixture(scope="module")
def readings() -> Rows:
    return rows_of(ReadingsCsv().write(tricky_bundle(), {}))


@pytest.fixture(scope="module")
def curves() -> Rows:
    return rows_of(CurvesCsv().write(tricky_bundle(), {}))


def test_a_reading_keeps_every_digit_and_names_file_sheet_and_cell(readings: Rows) -> None:
    first = readings[0]
    assert float(first["value"]) == 0.1 + 0.2
    assert first["file"] == "Platte 1.xlsx"
    assert first["file_sha256"] == sha256(FIRST_FILE)
    assert (first["sheet"], first["cell"]) == ("Raw, data", "C14")
    assert (first["plate"], first["well"], first["wavelength_nm"]) == ("P-1", "B2", "450.0")
    assert float(readings[3]["value"]) == 5e-324
    assert float(readings[3]["time_s"]) == 60.5


def test_a_reading_says_what_stood_in_its_well(readings: Rows) -> None:
    first = readings[0]
    assert (first["role"], first["batch"]) == ("COCULT", COMMA_BATCH)
    assert plain(first["priming"]) == EVIL_PRIMING
    assert float(first["msc_per_responder"]) == 0.1
    assert readings[2]["role"] == ""


def test_a_marker_stands_in_for_a_value_that_is_not_there(readings: Rows) -> None:
    assert (readings[1]["value"], readings[1]["marker"], readings[1]["raw"]) == (
        "",
        "overflow",
        "OVER",
    )
    assert all((row["value"] == "") == (row["marker"] != "") for row in readings)


def test_every_row_says_that_the_data_are_simulated() -> None:
    for table in (*DATA_TABLES, SOURCE_DATA):
        rows = rows_of(table.write(curves_and_values()))
        assert {row["data_origin"] for row in rows} == {"simulated"}, table.path
    measured = rows_of(CurvesCsv().write(tricky_bundle(is_simulated=False), {}))
    assert {row["data_origin"] for row in measured} == {"measured"}


def test_every_row_of_a_plate_says_how_far_its_review_is(readings: Rows) -> None:
    states = {row["plate"]: row["review_state"] for row in readings}
    assert states == {"P-1": "approved", "P-2": "draft"}


def test_suppression_below_0_and_above_100_is_not_clipped() -> None:
    points = rows_of(POINTS.write(tricky_bundle()))
    percent = [float(row["suppression_percent"]) for row in points[:3]]
    assert percent[0] == pytest.approx(-36.583333, abs=1e-6)
    assert percent[2] == pytest.approx(104.833333, abs=1e-6)
    assert json.loads(points[1]["well_suppression_percent"]) == [0.1 + 0.2, 1e-17, 12.0]
    assert points[1]["wells"] == "C2 C3 C4"


def test_a_standard_error_that_is_not_known_is_empty() -> None:
    points = rows_of(POINTS.write(tricky_bundle()))
    single = [row for row in points if row["n_wells"] == "1"]
    assert single
    assert {row["se_percent"] for row in single} == {""}


def test_a_censored_r50_has_a_bound_and_no_value(curves: Rows) -> None:
    censored = curves[1]
    assert censored["r50_msc_per_responder"] == ""
    assert censored["r50_status"] == "above_highest_dose"
    assert float(censored["r50_bound_msc_per_responder"]) == 0.5
    assert censored["r50_ratio"] == "not reached up to MSC:responder 1:2"


def test_a_bracketed_r50_names_the_order_of_its_ratio(curves: Rows) -> None:
    assert float(curves[0]["r50_msc_per_responder"]) == 0.2
    assert curves[0]["r50_ratio"] == "MSC:responder 1:5.0"
    assert (curves[0]["r50_low_msc_per_responder"], curves[0]["r50_high_msc_per_responder"]) == (
        "0.15",
        "",
    )
    assert json.loads(curves[0]["r50_all_crossings"]) == [0.2]


def test_a_curve_without_numbers_has_a_reason_and_no_zero(curves: Rows) -> None:
    undefined = curves[2]
    assert (undefined["status"], undefined["reason"]) == ("undefined", NOT_EVALUABLE)
    numbers = [name for name in undefined if name.endswith("_percent") or name.startswith("fit_")]
    assert {undefined[name] for name in numbers} == {""}


def test_a_fit_that_failed_has_its_reason_and_no_parameters(curves: Rows) -> None:
    failed = curves[1]
    assert failed["fit_status"] == "too_few_doses"
    assert failed["fit_reason"] == "2 doses, and 4 are needed"
    assert failed["fit_ec50"] == ""


def test_the_mode_is_part_of_every_curve(curves: Rows) -> None:
    assert [(row["mode"], row["is_headline"]) for row in curves] == [
        ("FULL", "yes"),
        ("FULL", "yes"),
        ("FULL", "yes"),
        ("NONE", "no"),
    ]
    assert curves[3]["definition"] == "S = 100·(1 − T/P), no background subtracted"


def test_wells_materials_and_reviews_come_back_as_they_were() -> None:
    bundle = tricky_bundle()
    well = rows_of(WELLS.write(bundle))[0]
    assert well["note"] == "pipetted\nby “Jürgen”"
    assert well["ratio"] == "MSC:responder 1:10"
    assert (well["map_sheet"], well["map_cell"]) == ("Wells", "A2")
    materials = rows_of(MATERIALS.write(bundle))
    assert [row["code"] for row in materials] == [COMMA_BATCH, "MSC-2", "PBMC-01"]
    assert (materials[1]["age_at_collection_years"], materials[1]["passage"]) == ("", "")
    review = rows_of(REVIEWS.write(bundle))[1]
    assert plain(review["reason"]) == "+1, looks right"
    assert review["at"] == "2026-01-03T09:30:00+00:00"


def test_every_column_of_every_table_is_in_the_dictionary() -> None:
    tables = (*DATA_TABLES, SOURCE_DATA)
    lines = rows_of(write_dictionary(tables))
    explained = {(line["file"], line["column"]) for line in lines if line["meaning"]}
    for table in tables:
        head = table.write(tricky_bundle()).decode("utf-8").splitlines()[0].split(",")
        assert {(table.path, name) for name in head} <= explained
        assert len(set(head)) == len(head), table.path
    own = {column for file, column in explained if file == "data/dictionary.csv"}
    assert {"file", "column", "meaning", "unit", "type", "ontology_id"} <= own


def test_every_number_column_has_a_unit_and_the_apostrophe_is_explained() -> None:
    lines = rows_of(write_dictionary(DATA_TABLES))
    assert all(line["unit"] for line in lines if line["type"] in {"number", "integer"})
    assert any("apostrophe" in line["meaning"] for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "-",
        "+49 30",
    ],
)
def test_a_text_that_a_spreadsheet_would_calculate_is_dead(text: str) -> None:
    assert harmless_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.012", "+3", "1E-3", "A1", "1:10", " =1"])
def test_a_text_that_nothing_calculates_stays_as_it_is(text: str) -> None:
    assert harmless_text(text) == text


def test_no_cell_of_any_table_begins_like_a_formula_unless_it_is_a_number() -> None:
    for table in (*DATA_TABLES, SOURCE_DATA):
        text = table.write(curves_and_values()).decode()
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")):
                    assert math.isfinite(float(cell))


ONE_TEXT: Table[str] = Table("t.csv", "text", (Column("text", "a text", str),), lambda _: ())


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_every_text_comes_back_exactly(text: str) -> None:
    assert plain(harmless_text(text)) == text
    assert plain(rows_of(ONE_TEXT.write_rows([text, "end"]))[0 if text else -1]["text"]) == (
        text or "end"
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_comes_back_exactly(number: float) -> None:
    assert float(cell_text(number)) == number


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_cannot_leave(number: float) -> None:
    with pytest.raises(ValueError, match="not a number that may leave"):
        cell_text(number)


def test_numbers_of_numpy_are_written_as_plain_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    assert cell_text(numpy.float64(0.5)) == "0.5"


def test_importing_the_exporters_loads_no_drawing_library() -> None:
    program = (
        "import sys, lims_msc.exports.tidy, lims_msc.exports.figures, lims_msc.exports.pack\n"
        "print(*sorted({'matplotlib', 'numpy', 'openpyxl'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
