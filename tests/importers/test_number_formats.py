"""Which number formats show dates, durations and percentages, and what day a number is."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.number_formats import Shown, iso_moment, moment, shown_as


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy-mm-dd", Shown.DATE),
        ("dd/mm/yyyy hh:mm", Shown.DATE),
        ("[$-407]d. mmm yyyy", Shown.DATE),
        ("[h]:mm:ss", Shown.DURATION),
        ("[mm]:ss", Shown.DURATION),
        ("0.00%", Shown.PERCENT),
        ("0.000", Shown.NUMBER),
        ('0.0 "days"', Shown.NUMBER),
        ("0.0 \\d", Shown.NUMBER),
        ("[Red]0.00", Shown.NUMBER),
        ("0;[Red]-0;d", Shown.NUMBER),
        ('0 "open', Shown.NUMBER),
        ("[[[[", Shown.NUMBER),
    ],
)
def test_formats_of_people(code: str, shown: Shown) -> None:
    assert shown_as(164, code) is shown


@pytest.mark.parametrize(
    ("format_id", "shown"),
    [
        (0, Shown.NUMBER),
        (9, Shown.PERCENT),
        (14, Shown.DATE),
        (22, Shown.DATE),
        (46, Shown.DURATION),
    ],
)
def test_built_in_formats(format_id: int, shown: Shown) -> None:
    assert shown_as(format_id, None) is shown


def test_a_hostile_format_costs_no_time() -> None:
    start = perf_counter()
    assert shown_as(164, "[" * 1_000_000) is Shown.NUMBER
    assert perf_counter() - start < 1


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("serial", "is_1904", "expected"),
    [
        (1, False, day("1900-01-01")),
        (59, False, day("1900-02-28")),
        (60, False, None),
        (61, False, day("1900-03-01")),
        (46037.4375, False, day("2026-01-15T10:30")),
        (0, True, day("1904-01-01")),
        (44575.4375, True, day("2026-01-15T10:30")),
        (0.5, False, time(12)),
        (-1, False, None),
        (2_958_466, False, None),
        (2_958_465, False, day("9999-12-31")),
    ],
)
def test_days_are_counted_from_1900_or_1904(
    serial: float, is_1904: object, expected: object
) -> None:
    assert moment(serial, Shown.DATE, is_1904=bool(is_1904)) == expected


@given(st.floats(min_value=0, max_value=1e5))
def test_durations_keep_their_milliseconds(days: float) -> None:
    found = moment(days, Shown.DURATION, is_1904=False)
    assert isinstance(found, timedelta)
    assert found.total_seconds() == pytest.approx(days * 86_400, abs=0.0006)


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_no_number_is_an_error(serial: float, is_1904: object) -> None:
    found = moment(serial, Shown.DATE, is_1904=bool(is_1904))
    assert found is None or isinstance(found, datetime | time)
    long = moment(serial, Shown.DURATION, is_1904=bool(is_1904))
    assert long is None or isinstance(long, timedelta)


def test_dates_written_as_text_in_the_file() -> None:
    assert iso_moment("2026-01-15T10:30:00") == day("2026-01-15T10:30")
    assert iso_moment("10:30:00") == time(10, 30)
    assert iso_moment("soon") is None
