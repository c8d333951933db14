"""Partial dates: what days they may mean, and when an order of two of them is certain."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.records.fields import Value
from lims_msc.domain.records.partial_dates import (
    days_meant,
    earliest,
    is_certainly_before,
    latest,
    partial_date_problem,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-05-14", date(2019, 5, 14), date(2019, 5, 14)),
    ],
)
def test_the_days_that_a_partial_date_may_mean(text: str, first: date, last: date) -> None:
    assert (earliest(text), latest(text)) == days_meant(text) == (first, last)
    assert partial_date_problem(text) is None


@pytest.mark.parametrize(
    "text", ["", "19", "2019-13", "2019-02-30", "2019-5", "05/2019", "0000", "2019-05-14 ", "٢٠١٩"]
)
def test_what_is_no_partial_date_means_no_day(text: str) -> None:
    assert partial_date_problem(text) is not None
    assert days_meant(text) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2018", "2019"),
        ("2019-04", "2019-05-01"),
        ("2019-05-14", date(2019, 5, 15)),
        (date(2019, 5, 14), "2019-06"),
    ],
)
def test_an_order_is_certain_if_no_day_of_either_contradicts(first: Value, second: Value) -> None:
    assert is_certainly_before(first, second)
    assert not is_certainly_before(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2019", "2019-12-31"),
        ("2019-05", "2019"),
        ("2019-05-14", "2019-05-14"),
        ("", "2019"),
        (None, date(2019, 1, 1)),
        ("2018", "soon"),
    ],
)
def test_an_order_that_may_be_otherwise_is_not_certain(first: Value, second: Value) -> None:
    assert not is_certainly_before(first, second)
    assert not is_certainly_before(second, first)


_DAYS = st.dates(date(1950, 1, 1), date(2050, 1, 1))


@given(one=_DAYS, other=_DAYS, lengths=st.tuples(*[st.sampled_from([4, 7, 10])] * 2))
@settings(max_examples=60)
def test_what_is_certain_of_dates_in_part_is_true_of_the_days(
    one: date, other: date, lengths: tuple[int, int]
) -> None:
    first, second = one.isoformat()[: lengths[0]], other.isoformat()[: lengths[1]]
    assert earliest(first) <= one <= latest(first)
    if is_certainly_before(first, second):
        assert one < other
