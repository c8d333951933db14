"""The dose of half suppression: bracketed, censored, crossed several times, and its interval."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lims_msc.domain.curve import BackgroundMode, Summary, SummaryStatus
from lims_msc.science.half_suppression import r50
from lims_msc.science.suppression import (
    ControlWells,
    DoseWells,
    curve_of_percentages,
    suppression_curve,
)
from lims_msc.science.uncertainty import NO_INTERVAL, t_quantile


def half_of(*means: float, spread: float | None = None, lowest: float = 0.01) -> Summary:
    """R50 of dose means at ten-fold steps; ``spread`` puts two wells around each mean."""
    wells = [[m] if spread is None else [m - spread, m + spread] for m in means]
    return r50(curve_of_percentages([(lowest * 10**i, w) for i, w in enumerate(wells)]))


def test_a_bracketed_dose_is_interpolated_over_log_dose() -> None:
    found = half_of(10, 40, 80)
    assert found.status is SummaryStatus.BRACKETED
    assert found.value == pytest.approx(10 ** (-1 + 0.25))
    assert found.all_values == (found.value,)


def test_fifty_percent_at_a_tested_dose_is_that_dose() -> None:
    assert half_of(10, 50, 80).value == pytest.approx(0.1)
    assert half_of(50, 60, 80).value == pytest.approx(0.01)
    assert half_of(50, 60, 80).status is SummaryStatus.BRACKETED


def test_a_curve_that_never_reaches_fifty_is_censored_above() -> None:
    found = half_of(10, 20, 49.9)
    assert (found.status, found.value) == (SummaryStatus.ABOVE_HIGHEST_DOSE, None)
    assert found.bound == pytest.approx(1.0)
    assert "up to the highest dose" in found.reason


def test_a_curve_that_starts_above_fifty_is_censored_below() -> None:
    found = half_of(60, 70, 90)
    assert (found.status, found.value) == (SummaryStatus.BELOW_LOWEST_DOSE, None)
    assert found.bound == pytest.approx(0.01)
    assert "already at the lowest dose" in found.reason


@pytest.mark.parametrize(
    ("mean", "status"), [(40, "above_highest_dose"), (60, "below_lowest_dose")]
)
def test_a_single_dose_is_censored(mean: float, status: str) -> None:
    assert half_of(mean, spread=1).status == status


def test_a_single_dose_of_exactly_fifty_has_no_bounds() -> None:
    found = half_of(50, spread=1)
    assert (found.value, found.low, found.high) == (0.01, None, None)


def test_several_crossings_are_all_listed_and_the_lowest_is_shown_without_an_interval() -> None:
    found = half_of(0, 100, 0, 100, spread=1)
    assert found.status is SummaryStatus.NON_MONOTONE
    assert found.all_values == pytest.approx((10**-1.5, 10**-0.5, 10**0.5))
    assert found.value == found.all_values[0]
    assert (found.low, found.high) == (None, None)
    assert "3 times" in found.reason


def test_a_curve_that_falls_through_fifty_has_no_dose_of_half_suppression() -> None:
    """A reversed ratio must not come out as a potency."""
    found = half_of(80, 40, 10)
    assert (found.status, found.value) == (SummaryStatus.NON_MONOTONE, None)
    assert found.all_values == pytest.approx((10**-1.25,))
    assert "falls" in found.reason


def test_touching_fifty_once_is_not_monotone() -> None:
    found = half_of(10, 50, 20)
    assert found.status is SummaryStatus.NON_MONOTONE
    assert found.all_values == pytest.approx((0.1,))
    assert half_of(50, 20, 10).status is SummaryStatus.NON_MONOTONE


def test_without_a_curve_there_is_no_dose() -> None:
    found = r50(curve_of_percentages([]))
    assert (found.status, found.value) == (SummaryStatus.UNDEFINED, None)
    assert found.reason


def test_at_the_ends_of_the_interval_a_t_test_just_does_not_reject_fifty() -> None:
    """Independent doses, one segment: Var(S) = (1−w)²·v + w²·v, t at the df of the crossing."""
    found = half_of(10, 40, 80, spread=2)
    quantile = t_quantile(1 / ((0.75**4 + 0.25**4) / (0.75**2 + 0.25**2) ** 2), 0.95)
    for end in (found.low, found.high):
        assert end is not None
        share = math.log10(end) + 1
        first, last = (40, 80) if share >= 0 else (10, 40)
        share = share if share >= 0 else share + 1
        value = first + share * (last - first)
        error = math.sqrt(((1 - share) ** 2 + share**2) * 4)
        assert abs(value - 50) == pytest.approx(quantile * error)


def test_ends_beyond_the_tested_doses_are_open() -> None:
    found = half_of(45, 55, spread=4)
    assert found.status is SummaryStatus.BRACKETED
    assert (found.low, found.high) == (None, None)
    assert "not rejected" in found.interval


def test_one_end_may_be_open_alone() -> None:
    found = half_of(0, 45, 55, spread=0.5)
    assert found.low is not None
    flat_top = half_of(0, 30, 60, 62, spread=3)
    assert flat_top.low is not None
    assert flat_top.high is None


def test_an_interval_may_end_beyond_the_neighbouring_dose() -> None:
    found = half_of(-80, 48, 52, 180, spread=0.6)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.1
    assert found.high > 1.0


def test_a_plateau_that_has_only_the_error_of_the_control_is_passed_over() -> None:
    """Co-cultures without scatter: two equal doses share their whole error."""
    doses = [
        DoseWells(0.01, (80.0, 80.0)),
        DoseWells(0.1, (48.0, 48.0)),
        DoseWells(1.0, (48.0, 48.0)),
        DoseWells(10.0, (10.0, 10.0)),
    ]
    controls = ControlWells((99.0, 101.0))
    found = r50(suppression_curve(doses, controls, BackgroundMode.NONE))
    assert found.low is not None
    assert found.high is not None
    assert 1.0 < found.high < 10.0


def test_a_dose_of_a_single_well_ends_the_search_open() -> None:
    curve = curve_of_percentages(
        [(0.01, [0.0]), (0.1, [47.0, 49.0]), (1.0, [51.0, 53.0]), (10.0, [90.0, 92.0])]
    )
    found = r50(curve)
    assert found.status is SummaryStatus.BRACKETED
    assert found.low is None
    assert found.high is not None


def test_without_replicates_there_is_a_dose_but_no_interval() -> None:
    found = half_of(10, 40, 80)
    assert (found.low, found.high, found.interval) == (None, None, NO_INTERVAL)


def test_equal_replicates_pretend_no_certainty() -> None:
    found = half_of(10, 40, 80, spread=0)
    assert (found.low, found.high, found.interval) == (None, None, NO_INTERVAL)


def test_the_interval_holds_the_true_dose_in_about_95_of_100_plates() -> None:
    """Six wells of each control, three of each dose, all with 8 % scatter; shared controls."""
    chance = random.Random(11)
    true = {0.02: 20.0, 0.06: 40.0, 0.2: 65.0, 0.6: 85.0}
    true_dose = 0.06 * (0.2 / 0.06) ** 0.4

    def wells(mean: float, count: int) -> list[float]:
        return [mean * (1 + chance.gauss(0, 0.08)) for _ in range(count)]

    held = 0
    for _ in range(500):
        doses = [DoseWells(dose, wells(1 - 0.9 * s / 100, 3)) for dose, s in true.items()]
        controls = ControlWells(wells(1.0, 6), wells(0.1, 6))
        found = r50(suppression_curve(doses, controls, BackgroundMode.UNSTIM))
        held += (found.low or 0) <= true_dose <= (found.high or math.inf)
    assert 0.92 <= held / 500 <= 0.985


@given(
    st.lists(st.floats(-150, 150), min_size=1, max_size=8),
    st.floats(0.001, 30),
    st.floats(1e-4, 1),
)
def test_nothing_lies_outside_the_tested_doses(
    means: list[float], spread: float, lowest: float
) -> None:
    found = half_of(*means, spread=spread, lowest=lowest)
    highest = lowest * 10 ** (len(means) - 1)
    numbers = [found.value, found.low, found.high, found.bound, *found.all_values]
    for number in numbers:
        assert number is None or lowest * 0.999 <= number <= highest * 1.001
    if found.low is not None and found.value is not None:
        assert found.low <= found.value * (1 + 1e-9)
    if found.high is not None and found.value is not None:
        assert found.high >= found.value * (1 - 1e-9)
    assert (found.value is None) <= bool(found.reason)


@given(st.lists(st.floats(-50, 150), min_size=2, max_size=8), st.floats(0.01, 100))
def test_other_dose_units_move_the_dose_with_them(means: list[float], unit: float) -> None:
    assume(all(abs(mean - 50) > 1e-6 for mean in means))
    plain, scaled = half_of(*means, spread=3), half_of(*means, spread=3, lowest=0.01 * unit)
    assert plain.status == scaled.status
    for first, second in ((plain.value, scaled.value), (plain.low, scaled.low)):
        assert (first is None) == (second is None)
        if first is not None:
            assert second == pytest.approx(first * unit, rel=1e-6)
