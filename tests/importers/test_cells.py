"""What single cells say: a text is a number only if all of it is one, and nothing is guessed."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.cells import (
    DecimalMark,
    decimal_mark,
    heading_seconds,
    parse_duration,
    parse_number,
    read_cell,
    read_text_value,
    seconds_of,
    wavelengths_in,
    well_of,
)

from lims_msc.domain.plate import Marker
from lims_msc.domain.workbook import Cell

POINT, COMMA, UNKNOWN = DecimalMark.POINT, DecimalMark.COMMA, DecimalMark.UNKNOWN
finite = st.floats(allow_nan=False, allow_infinity=False)


def cell(value: object) -> Cell:
    return Cell(value, str(value))  # type: ignore[arg-type]


@given(finite)
def test_every_finite_number_survives_its_own_text(number: float) -> None:
    assert parse_number(repr(number), POINT) == number


@given(finite)
def test_a_decimal_comma_gives_the_same_number(number: float) -> None:
    assert parse_number(repr(number).replace(".", ","), COMMA) == number


@given(st.text(max_size=20), st.sampled_from(DecimalMark))
def test_no_text_ever_becomes_an_infinite_or_unsaid_number(text: str, mark: DecimalMark) -> None:
    number = parse_number(text, mark)
    if number is not None:
        assert math.isfinite(number)
        assert all(c in "0123456789+-.,eE'\u2212" or c.isspace() for c in text)


@given(st.text(max_size=30), st.sampled_from(DecimalMark))
def test_every_text_is_blank_a_number_or_a_marker(text: str, mark: DecimalMark) -> None:
    found = read_text_value(text, mark)
    assert found is None or (found.value is None) != (found.marker is None)


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1_000",
        "1e400",
        "0x10",
        "١٢٣",
        "１２",
        "1.2.3",
        "1,2,3",
        "½",
        "1 e5",
        "--1",
        "1-",
        "True",
        "12 nm",
        "0.5 OD",
        "1.232.733",
    ],
)
def test_what_float_or_people_might_take_for_a_number_is_none(text: str) -> None:
    assert parse_number(text, POINT) is None
    assert parse_number(text, COMMA) is None


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        (" 0.3594333", POINT, 0.3594333),
        ("0.5\u00a0", POINT, 0.5),
        ("'0.5", POINT, 0.5),
        ("\u22120.5", POINT, -0.5),
        ("1.5e-3", POINT, 0.0015),
        (".5", POINT, 0.5),
        ("0,123", COMMA, 0.123),
        ("1,234", COMMA, 1.234),
        ("1.234,5", COMMA, 1234.5),
        ("1\u202f234,5", COMMA, 1234.5),
        ("1,234.5", POINT, 1234.5),
        ("12", UNKNOWN, 12.0),
    ],
)
def test_numbers_as_instruments_and_people_write_them(
    text: str, mark: DecimalMark, number: float
) -> None:
    assert parse_number(text, mark) == number


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("1,234", POINT),
        ("1.234", COMMA),
        ("1.234", UNKNOWN),
        ("1,234", UNKNOWN),
        ("1.234.567", POINT),
        ("0,123", POINT),
        ("0.123", COMMA),
        ("1\u202f234,5", POINT),
    ],
)
def test_thousands_or_decimals_is_a_finding_and_never_a_guess(text: str, mark: DecimalMark) -> None:
    found = read_text_value(text, mark)
    assert found is not None
    assert (found.value, found.marker, found.code) == (None, Marker.ERROR, "ambiguous_number")
    assert f"'{text}'" in found.problem


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        ("OVER", Marker.OVERFLOW),
        ("OVRFLW", Marker.OVERFLOW),
        ("#SAT", Marker.OVERFLOW),
        ("****", Marker.OVERFLOW),
        (">4.000", Marker.OVERFLOW),
        (">ULOQ", Marker.OVERFLOW),
        ("> 1.5E+07", Marker.OVERFLOW),
        ("<LLOQ", Marker.UNDERFLOW),
        ("<5\u00a0000", Marker.UNDERFLOW),
        ("TNTC", Marker.OVERFLOW),
        ("Overflow", Marker.OVERFLOW),
        ("####", Marker.OVERFLOW),
        ("> 4,0", Marker.OVERFLOW),
        ("<0.000", Marker.UNDERFLOW),
        ("<0,05", Marker.UNDERFLOW),
        ("OOR <", Marker.UNDERFLOW),
        ("*0.356*", Marker.MASKED),
        ("Masked", Marker.MASKED),
        ("NaN", Marker.MISSING),
        ("N/A", Marker.MISSING),
        ("n.d.", Marker.MISSING),
        ("---", Marker.MISSING),
        ("MISSED", Marker.MISSING),
        ("?????", Marker.ERROR),
        ("Path?", Marker.ERROR),
        ("#DIV/0!", Marker.ERROR),
        ("INF", Marker.ERROR),
        ("1e400", Marker.ERROR),
        ("50%", Marker.ERROR),
        ("bubble", Marker.ERROR),
    ],
)
def test_markers_keep_their_meaning_and_are_no_numbers(text: str, marker: Marker) -> None:
    found = read_text_value(text, POINT)
    assert found is not None
    assert (found.value, found.marker) == (None, marker)
    assert text in found.problem


def test_blank_cells_are_nothing() -> None:
    assert read_text_value(" \u00a0 ", POINT) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "not_a_number"),
        (datetime.fromisoformat("2026-02-01"), "date_in_well"),
        (time(1, 2), "date_in_well"),
        (timedelta(hours=30), "date_in_well"),
    ],
)
def test_dates_and_booleans_are_no_readings(value: object, code: str) -> None:
    found = read_cell(cell(value), POINT)
    assert found is not None
    assert (found.value, found.marker, found.code) == (None, Marker.ERROR, code)


def test_a_number_shown_as_a_percentage_stays_and_is_told() -> None:
    found = read_cell(Cell(0.5, "0.5", is_percent=True), POINT)
    assert found is not None
    assert (found.value, found.code) == (0.5, "percent")


def texts(*values: object) -> list[Cell]:
    return [cell(value) for value in values]


def test_the_decimal_mark_comes_from_texts_that_leave_no_doubt() -> None:
    assert decimal_mark(texts("0.5", "1.234", "12")) is POINT
    assert decimal_mark(texts("0,5", "1,234", "12")) is COMMA
    assert decimal_mark(texts("1,234", "2,345")) is UNKNOWN
    assert decimal_mark(texts("12", "13")) is UNKNOWN


def test_beside_true_numbers_a_comma_is_no_decimal_comma() -> None:
    assert decimal_mark(texts("0,123", "0,456", 0.5)) is POINT


def test_a_temperature_in_the_file_settles_doubtful_readings() -> None:
    doubtful = texts("1.234", "2.345")
    assert decimal_mark(doubtful, beside=texts("Temperature: 23.1 °C")) is POINT
    assert decimal_mark(doubtful, beside=texts("Temperatur: 23,1 °C")) is COMMA
    assert decimal_mark(doubtful, beside=texts("12.41.29", "V_2.11", "29/05/2013")) is UNKNOWN


def test_optical_densities_are_never_over_a_thousand() -> None:
    assert decimal_mark(texts("1.234", "2.345"), is_absorbance=True) is POINT
    assert decimal_mark(texts("1,234", "2,345"), is_absorbance=True) is COMMA
    assert decimal_mark(texts("1,234", "2.345"), is_absorbance=True) is UNKNOWN


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("60 s", 60),
        ("600s", 600),
        ("1.5 min", 90),
        ("1,5 min", 90),
        ("0 h 15 min", 900),
        ("1:30", 5400),
        ("0:01:30", 90),
        ("30:00:00", 108000),
        ("2 Std", 7200),
        ("1802 sec", 1802),
    ],
)
def test_durations_in_words(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "12", "3 wells", "1:99", "5 s later", "24.8 °C", "A1"]
)
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


def test_time_cells_of_every_sort() -> None:
    assert seconds_of(cell(time(0, 1, 30)), None, POINT) == 90
    assert seconds_of(cell(timedelta(hours=30)), None, POINT) == 108_000
    assert seconds_of(cell(datetime.fromisoformat("1900-01-01T06:00")), None, POINT) == 108_000
    assert seconds_of(cell(2), 60.0, POINT) == 120
    assert seconds_of(cell("1,5"), 60.0, COMMA) == 90
    assert seconds_of(cell(2), None, POINT) is None
    assert seconds_of(cell(datetime.fromisoformat("2026-01-01")), None, POINT) is None


@pytest.mark.parametrize(
    ("heading", "seconds"),
    [
        ("Time [s]", 1),
        ("Zeit [min]", 60),
        ("Time (h)", 3600),
        ("time / ms", 0.001),
        ("Time", None),
        ("Temp. [°C]", None),
    ],
)
def test_units_of_time_in_headings(heading: str, seconds: float | None) -> None:
    assert heading_seconds(heading) == seconds


@pytest.mark.parametrize(
    ("label", "wavelengths"),
    [
        ("450", (450,)),
        ("450 nm", (450,)),
        ("OD450", (450,)),
        ("OD600:600", (600,)),
        ("A260", (260,)),
        ("480520", (480, 520)),
        ("480,520", (480, 520)),
        ("485/20,528/20", (485, 528)),
        ("Raw Data (485 nm / 520 nm)", (485, 520)),
        ("595.5nm", (595.5,)),
        ("96", ()),
        ("Sheet1", ()),
        ("12345", ()),
        ("520480", ()),
        ("A1", ()),
        ("2024", ()),
        ("Plate 450", ()),
        ("a 500 µl tube", ()),
    ],
)
def test_wavelengths_in_labels(label: str, wavelengths: tuple[float, ...]) -> None:
    assert wavelengths_in(label) == wavelengths


@pytest.mark.parametrize("text", ["A1", "a01", " H 12", "AF48"])
def test_wells_as_people_write_them(text: str) -> None:
    assert well_of(cell(text)) is not None


@pytest.mark.parametrize("text", ["A0", "A49", "AG1", "1A", "A1,B1", "Ä1", "A1 ok", "S01-01", "5"])
def test_what_is_no_well_is_none(text: str) -> None:
    assert well_of(cell(text)) is None
    assert well_of(cell(5)) is None
