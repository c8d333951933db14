"""Means and sums of squares of decimals: no digit is lost before the last step."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.moments import (
    as_written,
    differences,
    is_measurable,
    moments,
    moments_of_summary,
    tie_tolerance,
)

READINGS = st.lists(
    st.decimals(min_value=-1000, max_value=1000, places=3).map(float), min_size=2, max_size=12
)


def test_a_large_offset_costs_no_digits() -> None:
    small, large = moments([0.4, 0.3, 0.5]), moments([1e12 + 0.4, 1e12 + 0.3, 1e12 + 0.5])
    assert small.exact_mean == Fraction(4, 10)
    assert large.exact_sum_of_squares == small.exact_sum_of_squares == Fraction(2, 100)
    assert large.sd == pytest.approx(0.1, rel=1e-15)


def test_a_single_value_has_a_mean_and_no_spread() -> None:
    alone = moments([7.5])
    assert (alone.mean, alone.exact_variance, alone.sd) == (7.5, None, None)


def test_differences_of_decimals_are_equal_where_they_look_equal() -> None:
    assert differences([0.3, 0.2], [0.2, 0.1]) == [0.1, 0.1]
    with pytest.raises(ValueError, match="argument"):
        differences([1.0, 2.0], [1.0])


def test_a_published_mean_with_its_sd_stands_for_its_values() -> None:
    summary, whole = moments_of_summary(10, 1, 3), moments([9, 10, 11])
    assert summary == whole
    for mean, sd, n in ((1.0, -1.0, 3), (1.0, 1.0, 0)):
        with pytest.raises(ValueError, match="Not a number of values"):
            moments_of_summary(mean, sd, n)


def test_what_is_no_measured_value_is_refused() -> None:
    for value in (float("nan"), float("inf"), 1e101):
        with pytest.raises(ValueError, match="Not a measured value"):
            as_written(value)
    with pytest.raises(ValueError, match="no value"):
        moments([])


def test_ties_allow_for_the_rounding_of_means_and_not_for_more() -> None:
    tolerance = tie_tolerance([1.65, -3.0])
    assert abs((1.1 + 2.2) / 2 - 1.65) <= tolerance < 1e-14
    assert tie_tolerance([]) == 0.0


@given(READINGS, st.randoms())
def test_the_order_of_values_does_not_matter(values: list[float], random: object) -> None:
    shuffled = values.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert moments(shuffled) == moments(values)


@given(READINGS)
def test_the_sum_of_squares_is_that_of_the_definition(values: list[float]) -> None:
    exact = [as_written(value) for value in values]
    mean = sum(exact, Fraction(0)) / len(exact)
    assert moments(values).exact_sum_of_squares == sum((v - mean) ** 2 for v in exact)


def test_a_value_after_a_hundred_zeros_is_zero() -> None:
    for value in (-0.0, 1e-101, -3e-300, 5e-324):
        assert as_written(value) == 0
    assert as_written(1e-99) > 0
    assert moments([1e-300, 2e-300]).sd == 0


def test_what_is_measurable_is_zero_or_within_a_hundred_decades() -> None:
    assert all(is_measurable(value) for value in (0.0, -1e-99, 1e99))
    for value in (1e-101, 1e101, float("nan"), float("inf")):
        assert not is_measurable(value)
