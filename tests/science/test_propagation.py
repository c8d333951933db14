"""Errors through formulas: against numbers by hand and against numeric derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.values import ValueStatus
from lims_msc.science.propagation import (
    WellNumber,
    WellResult,
    defined,
    exp_or_open,
    mean_of,
    undefined,
)

A, B = (4.0, 6.0), (1.0, 2.0, 3.0)


def test_a_sum_and_a_difference_add_variances() -> None:
    """By hand: variances of means 1 and 1/3."""
    a, b = mean_of("a", A), mean_of("b", B)
    for number, value in ((a + b, 7.0), (a - b, 3.0)):
        assert number.value == value
        assert number.spread is not None
        assert number.spread.se == pytest.approx(math.sqrt(4 / 3))


def test_a_ratio_has_the_variance_of_the_delta_method() -> None:
    """By hand: (1/2)²·1 + (5/4)²·(1/3)."""
    spread = (mean_of("a", A) / mean_of("b", B)).spread
    assert spread is not None
    assert spread.se == pytest.approx(math.sqrt(1 / 4 + 25 / 48))


def test_shared_wells_cancel() -> None:
    a = mean_of("a", A)
    assert (a - a).spread == (a / a).spread
    assert (a - a).spread is not None
    assert (a - a).spread.se == 0
    assert (a - a).interval() is None


def test_constants_may_stand_on_either_side() -> None:
    b = mean_of("b", B)
    assert (1 + b).value == (b + 1).value == 3
    assert (1 - b).value == -1
    assert (3 * b).value == (b * 3).value == 6
    assert (b / 2).value == 1


@pytest.mark.parametrize(
    "formula",
    [
        lambda a, b: 100 * ((a - b) / (a + 2 * b)),
        lambda a, b: (a / b).log(),
        lambda a, b: (a - 2 * b).exp(),
    ],
)
def test_gradients_are_those_of_small_steps(
    formula: Callable[[WellNumber, WellNumber], WellNumber],
) -> None:
    a, b, step = mean_of("a", A), mean_of("b", B), 1e-6
    gradient = formula(a, b).gradient
    by_a = (formula(a + step, b).value - formula(a - step, b).value) / (2 * step)
    by_b = (formula(a, b + step).value - formula(a, b - step).value) / (2 * step)
    assert gradient == {"a": pytest.approx(by_a), "b": pytest.approx(by_b)}


def test_intervals_use_welch_satterthwaite() -> None:
    """One group of two wells has one degree of freedom: t = 12.706, SE = 1."""
    assert mean_of("a", A).interval() == pytest.approx((5 - 12.7062, 5 + 12.7062), abs=1e-4)


def test_the_interval_on_the_log_is_symmetric_there_and_open_where_it_leaves_all_numbers() -> None:
    low, high = mean_of("a", (9.0, 11.0)).log_interval() or (None, None)
    assert low is not None
    assert high is not None
    assert low * high == pytest.approx(100)
    assert mean_of("a", (1.0, 1e6)).log_interval(0.9999) == (None, None)
    assert mean_of("a", (5.0,)).log_interval() is None
    assert exp_or_open(800) is None


def test_a_single_well_gives_a_value_without_error() -> None:
    result = defined(mean_of("a", (5.0,)))
    assert (result.status, result.value, result.se) == (ValueStatus.OK, 5.0, None)
    assert result.interval() is None


def test_a_result_shows_its_number_with_error_and_interval() -> None:
    result = defined(mean_of("a", A), ("doubtful",))
    assert (result.value, result.se, result.warnings) == (5.0, 1.0, ("doubtful",))
    assert result.interval() == mean_of("a", A).interval()


def test_an_undefined_result_has_a_reason_and_nothing_else() -> None:
    result = undefined("no targets")
    assert result == WellResult(ValueStatus.UNDEFINED, reason="no targets")
    assert (result.value, result.se, result.interval()) == (None, None, None)


def test_numbers_too_large_to_compute_with_are_no_result() -> None:
    for number in (WellNumber(math.inf), WellNumber(math.nan)):
        assert defined(number).status is ValueStatus.UNDEFINED
    far = (mean_of("a", A) - 5) * 1e250
    assert far.value == 0
    assert defined(far).status is ValueStatus.UNDEFINED


def test_two_groups_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="'a'"):
        mean_of("a", A) + mean_of("a", B)


@pytest.mark.parametrize("wells", [(), (1.0, math.nan), (math.inf,), (1e200,)])
def test_a_group_needs_finite_readings(wells: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="'a'"):
        mean_of("a", wells)


@given(
    st.lists(st.floats(1, 100), min_size=2, max_size=6),
    st.lists(st.floats(1, 100), min_size=2, max_size=6),
    st.floats(0.01, 1000),
)
def test_a_ratio_does_not_know_the_unit_of_its_signals(
    above: list[float], below: list[float], unit: float
) -> None:
    plain = mean_of("a", above) / mean_of("b", below)
    scaled = mean_of("a", [unit * y for y in reversed(above)]) / mean_of(
        "b", [unit * y for y in below]
    )
    assert scaled.value == pytest.approx(plain.value)
    assert plain.spread is not None
    assert scaled.spread is not None
    assert scaled.spread.se == pytest.approx(plain.spread.se, abs=1e-12)
