"""Anchor dose, area and maximum: what is measured, interpolated, or not there at all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.curve import BackgroundMode, SummaryStatus
from lims_msc.science.summaries import (
    DoseSpacing,
    dose_positions,
    maximum,
    normalised_auc,
    suppression_at_dose,
    trapezoid_weights,
)
from lims_msc.science.suppression import (
    ControlWells,
    DoseWells,
    SuppressionCurve,
    curve_of_percentages,
    suppression_curve,
)
from lims_msc.science.uncertainty import NO_INTERVAL


def curve_of(*points: tuple[float, list[float]]) -> SuppressionCurve:
    return curve_of_percentages(points)


RISING = curve_of((0.01, [9.0, 11.0]), (0.1, [39.0, 41.0]), (1.0, [79.0, 81.0]))


@pytest.mark.parametrize("dose", [0.1, 0.1009, 0.0991])
def test_a_dose_within_one_percent_of_the_anchor_is_the_anchor(dose: float) -> None:
    found = suppression_at_dose(curve_of((dose, [40.0, 42.0]), (1.0, [80.0])), 0.1)
    assert (found.status, found.value) == (SummaryStatus.MEASURED, 41.0)


def test_between_two_doses_the_anchor_is_interpolated_over_log_dose() -> None:
    found = suppression_at_dose(RISING, math.sqrt(0.1))
    assert found.status is SummaryStatus.INTERPOLATED
    assert found.value == pytest.approx(60)


@pytest.mark.parametrize("anchor", [0.0098, 1.02, 5.0, 1e-6])
def test_outside_the_tested_doses_there_is_no_number_but_a_reason(anchor: float) -> None:
    found = suppression_at_dose(RISING, anchor)
    assert (found.status, found.value) == (SummaryStatus.UNDEFINED, None)
    assert "outside the tested doses" in found.reason


@pytest.mark.parametrize(("curve", "anchor"), [(curve_of(), 0.1), (RISING, 0.0), (RISING, -1.0)])
def test_no_dose_and_no_curve_give_no_anchor(curve: SuppressionCurve, anchor: float) -> None:
    found = suppression_at_dose(curve, anchor)
    assert (found.status, found.value) == (SummaryStatus.UNDEFINED, None)
    assert found.reason


def test_the_interval_of_an_interpolated_value_is_that_of_the_weighted_mean() -> None:
    """Both neighbours have SE 1 and 1 df: half and half gives SE √½ with 2 df, t = 4.3027."""
    found = suppression_at_dose(RISING, math.sqrt(0.1))
    assert found.low == pytest.approx(60 - 4.302653 * math.sqrt(0.5), rel=1e-6)
    assert found.high == pytest.approx(60 + 4.302653 * math.sqrt(0.5), rel=1e-6)
    assert "95 %" in found.interval
    assert "2 degrees of freedom" in found.interval


def test_a_narrower_confidence_gives_a_narrower_interval() -> None:
    wide = suppression_at_dose(RISING, 0.1)
    narrow = suppression_at_dose(RISING, 0.1, confidence=0.8)
    assert wide.low < narrow.low < 40 < narrow.high < wide.high  # type: ignore[operator]
    assert "80 %" in narrow.interval


def test_without_replicates_the_interval_is_absent_and_says_why() -> None:
    found = suppression_at_dose(curve_of((0.1, [40.0]), (1.0, [80.0, 82.0])), 0.1)
    assert (found.value, found.low, found.high) == (40.0, None, None)
    assert found.interval == NO_INTERVAL


def test_the_area_is_the_mean_suppression_over_the_doses() -> None:
    assert normalised_auc(RISING).value == pytest.approx((10 + 40) / 4 + (40 + 80) / 4)
    linear = normalised_auc(RISING, spacing=DoseSpacing.LINEAR).value
    assert linear == pytest.approx((25 * 0.09 + 60 * 0.9) / 0.99)


def test_equal_steps_do_not_look_at_the_doses() -> None:
    uneven = curve_of((0.01, [10.0]), (0.9, [40.0]), (1.0, [80.0]))
    assert normalised_auc(uneven, spacing=DoseSpacing.EQUAL_STEPS).value == pytest.approx(42.5)


def test_an_area_of_stimulation_is_negative() -> None:
    assert normalised_auc(curve_of((0.1, [-40.0]), (1.0, [-10.0]))).value == pytest.approx(-25)


@pytest.mark.parametrize(
    "curve",
    [
        curve_of(),
        curve_of((0.1, [50.0])),
        curve_of((1e-4, [50.0]), (1.0000000000000002e-4, [60.0])),  # the same dose but for rounding
    ],
)
def test_one_dose_has_no_area(curve: SuppressionCurve) -> None:
    found = normalised_auc(curve)
    assert (found.status, found.value) == (SummaryStatus.UNDEFINED, None)
    assert "two doses" in found.reason


def test_doses_that_share_their_control_do_not_average_its_error_away() -> None:
    """Ten doses with exact co-cultures: the area is as uncertain as the control, S = 100 − 50·R."""
    doses = [DoseWells(2.0**-k, (5.0, 5.0)) for k in range(10)]
    curve = suppression_curve(doses, ControlWells((9.0, 11.0)), BackgroundMode.NONE)
    area = normalised_auc(curve)
    half_width = 12.706205 * 100 * 0.5 * 1.0 / 10  # t(1)·100·R·SE(P)/P
    assert area.value == pytest.approx(50)
    assert area.high == pytest.approx(50 + half_width, rel=1e-6)


@given(st.lists(st.integers(1, 100_000).map(lambda n: n / 1000), min_size=2, unique=True))
def test_the_area_of_a_constant_curve_is_that_constant_with_any_spacing(
    doses: list[float],
) -> None:
    curve = curve_of_percentages([(dose, [37.0, 37.0]) for dose in doses])
    for spacing in DoseSpacing:
        assert normalised_auc(curve, spacing=spacing).value == pytest.approx(37.0)


def test_trapezoids_weigh_the_ends_by_half() -> None:
    assert dose_positions([0.1, 1.0, 10.0], DoseSpacing.LOG10) == pytest.approx([-1, 0, 1])
    assert trapezoid_weights([-1, 0, 1]) == [0.5, 1.0, 0.5]


def test_the_maximum_is_a_mean_of_a_dose_and_names_it() -> None:
    found = maximum(curve_of((0.1, [60.0, 80.0]), (0.5, [10.0, 99.0])))
    assert found.value == 70.0
    assert found.reason == "at MSC:responder 1:10"
    assert "choice of the highest dose" in found.interval


def test_without_a_curve_there_is_no_maximum() -> None:
    found = maximum(curve_of())
    assert (found.status, found.value) == (SummaryStatus.UNDEFINED, None)
    assert found.reason
