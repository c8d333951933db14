"""Suppression of wells: formula, modes, errors, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lims_msc.domain.curve import BackgroundMode
from lims_msc.science.suppression import (
    CONTROL_TOO_LOW,
    NO_COCULTURE,
    NO_STIMULATED_CONTROL,
    OUT_OF_RANGE,
    ControlWells,
    DoseSuppression,
    DoseWells,
    SuppressionStatus,
    curve_of_percentages,
    doses_in_words,
    suppression_curve,
)

NONE, UNSTIM = BackgroundMode.NONE, BackgroundMode.UNSTIM
FULL, BLANK = BackgroundMode.FULL, BackgroundMode.BLANK
CONTROLS = ControlWells(stimulated=(10.0, 12.0), unstimulated=(2.0, 4.0), blank=(1.0, 1.0))
signals = st.lists(st.floats(0.01, 100), min_size=2, max_size=6)


def one_point(wells: DoseWells, controls: ControlWells, mode: BackgroundMode) -> DoseSuppression:
    curve = suppression_curve([wells], controls, mode)
    assert curve.status is SuppressionStatus.OK, curve.reason
    (point,) = curve.points
    return point


@pytest.mark.parametrize(
    ("mode", "suppression_percent"),
    [
        (NONE, 100 * (1 - 6 / 11)),
        (UNSTIM, 100 * (1 - 3 / 8)),
        (FULL, 100 * (1 - 2 / 8)),
        (BLANK, 100 * (1 - 5 / 10)),
    ],
)
def test_each_mode_subtracts_its_own_background(
    mode: BackgroundMode, suppression_percent: float
) -> None:
    wells = DoseWells(0.1, (5.0, 7.0), coculture_unstimulated=(3.5, 4.5))
    assert one_point(wells, CONTROLS, mode).suppression_percent == pytest.approx(
        suppression_percent
    )


def test_msc_alone_stand_in_where_unstimulated_coculture_is_absent() -> None:
    """M + N − B: the medium is in both, so the blank is taken off once."""
    wells = DoseWells(0.1, (5.0, 7.0), msc_alone=(1.5, 2.5))
    point = one_point(wells, CONTROLS, FULL)
    assert point.background_mean == pytest.approx(2 + 3 - 1)
    assert point.suppression_percent == pytest.approx(100 * (1 - 2 / 8))


def test_means_are_formed_before_the_ratio() -> None:
    point = one_point(DoseWells(0.1, (1.0, 9.0)), ControlWells((5.0, 15.0)), NONE)
    assert point.suppression_percent == pytest.approx(50)
    assert point.per_well == pytest.approx((90, 10))


def test_a_curve_says_which_background_it_used() -> None:
    with_u = DoseWells(0.1, (5.0,), coculture_unstimulated=(3.0,))
    with_m = DoseWells(0.2, (5.0,), msc_alone=(1.0,))
    definitions = [
        suppression_curve(doses, CONTROLS, FULL).definition
        for doses in ([with_u], [with_m], [with_u, with_m])
    ]
    assert "U = unstimulated co-culture" in definitions[0]
    assert "M + N − B" in definitions[1]
    assert "U = unstimulated co-culture" in definitions[2]
    assert "where U is absent" in definitions[2]


def test_msc_alone_without_blank_are_no_background() -> None:
    curve = suppression_curve(
        [DoseWells(0.1, (5.0,), msc_alone=(1.0,))], ControlWells((10.0,), (2.0,)), FULL
    )
    assert curve.status is SuppressionStatus.NOT_AVAILABLE
    assert "COCULT_UNSTIM" in curve.reason
    assert "BLANK" in curve.reason


def test_a_dose_without_its_own_background_is_left_out_and_named() -> None:
    doses = [DoseWells(0.5, (5.0,), (3.0,)), DoseWells(0.1, (6.0,))]
    curve = suppression_curve(doses, CONTROLS, FULL)
    assert [point.msc_per_responder for point in curve.points] == [0.5]
    assert curve.doses_left_out == (0.1,)


@pytest.mark.parametrize(
    ("controls", "mode", "word"),
    [
        (ControlWells(()), NONE, NO_STIMULATED_CONTROL),
        (ControlWells((10.0,)), UNSTIM, "RESP_UNSTIM"),
        (ControlWells((10.0,)), FULL, "RESP_UNSTIM"),
        (ControlWells((10.0,), (2.0,)), BLANK, "BLANK"),
    ],
)
def test_a_mode_without_its_wells_says_which_are_needed(
    controls: ControlWells, mode: BackgroundMode, word: str
) -> None:
    curve = suppression_curve([DoseWells(0.1, (5.0,))], controls, mode)
    assert curve.status is SuppressionStatus.NOT_AVAILABLE
    assert word in curve.reason


@pytest.mark.parametrize("mode", list(BackgroundMode))
@pytest.mark.parametrize("stimulated", [3.0, 2.9])
def test_responders_that_were_not_stimulated_give_no_number_in_any_mode(
    mode: BackgroundMode, stimulated: float
) -> None:
    controls = ControlWells((stimulated,), (3.0,), (0.0,))
    curve = suppression_curve([DoseWells(0.1, (2.0,), (1.0,))], controls, mode)
    assert (curve.status, curve.reason) == (SuppressionStatus.UNDEFINED, CONTROL_TOO_LOW)
    assert curve.points == ()


def test_a_control_of_zero_without_background_gives_no_number() -> None:
    curve = suppression_curve([DoseWells(0.1, (2.0,))], ControlWells((0.0, 0.0)), NONE)
    assert (curve.status, curve.reason) == (SuppressionStatus.UNDEFINED, CONTROL_TOO_LOW)


def test_the_floor_of_an_index_is_subtracted_where_nothing_else_is() -> None:
    """Expansion indices 2.5 and 4 with the floor 1: half of the expansion is left."""
    wells = DoseWells(0.1, (2.4, 2.6))
    controls = ControlWells(stimulated=(3.9, 4.1), unstimulated=(1.1, 1.1))
    (point,) = suppression_curve([wells], controls, NONE, floor=1.0).points
    assert point.suppression_percent == pytest.approx(50)
    assert point.per_well == pytest.approx((100 * (1 - 1.4 / 3), 100 * (1 - 1.6 / 3)))
    assert point.background_mean == 1.0
    assert "(T − 1)/(P − 1)" in suppression_curve([wells], controls, NONE, floor=1.0).definition
    with_floor, without = (
        suppression_curve([wells], controls, UNSTIM, floor=floor) for floor in (1.0, 0.0)
    )
    assert with_floor == without


def test_a_control_at_the_floor_of_its_index_gives_no_number() -> None:
    curve = suppression_curve([DoseWells(0.1, (1.0,))], ControlWells((1.0,)), NONE, floor=1.0)
    assert (curve.status, curve.reason) == (SuppressionStatus.UNDEFINED, CONTROL_TOO_LOW)


def test_the_error_with_a_floor_is_that_of_the_shifted_index() -> None:
    shifted = suppression_curve(
        [DoseWells(0.1, (1.4, 1.6))], ControlWells(stimulated=(2.9, 3.1)), NONE
    )
    raw = suppression_curve(
        [DoseWells(0.1, (2.4, 2.6))], ControlWells(stimulated=(3.9, 4.1)), NONE, floor=1.0
    )
    assert raw.points[0].se_percent == pytest.approx(shifted.points[0].se_percent)


def test_a_dose_without_readings_is_not_zero_but_absent() -> None:
    doses = [DoseWells(0.1, ()), DoseWells(0.2, (5.0,))]
    curve = suppression_curve(doses, CONTROLS, NONE)
    assert [point.msc_per_responder for point in curve.points] == [0.2]
    nothing = suppression_curve([DoseWells(0.1, ())], CONTROLS, NONE)
    assert (nothing.status, nothing.reason) == (SuppressionStatus.UNDEFINED, NO_COCULTURE)


def test_numbers_beyond_all_range_are_refused_instead_of_infinite() -> None:
    controls = ControlWells((1e-300, 1.1e-300), (0.0, 0.0))
    curve = suppression_curve([DoseWells(0.1, (1e90,))], controls, UNSTIM)
    assert (curve.status, curve.reason) == (SuppressionStatus.UNDEFINED, OUT_OF_RANGE)


@pytest.mark.parametrize("lonely", ["coculture", "stimulated", "unstimulated"])
def test_one_well_of_any_group_gives_no_standard_error(lonely: str) -> None:
    groups = {"coculture": (5.0, 6.0), "stimulated": (10.0, 11.0), "unstimulated": (1.0, 2.0)}
    groups[lonely] = groups[lonely][:1]  # type: ignore[assignment]
    controls = ControlWells(groups["stimulated"], groups["unstimulated"])
    point = one_point(DoseWells(0.1, groups["coculture"]), controls, UNSTIM)
    assert point.se_percent is None
    assert math.isfinite(point.suppression_percent)


def test_the_error_of_a_control_above_and_below_the_fraction_enters_once() -> None:
    """By hand: T 4, 6; P 9, 11; N 0, 4. R = 3/8; all variances of means are 1, 1, 4."""
    point = one_point(DoseWells(0.1, (4.0, 6.0)), ControlWells((9.0, 11.0), (0.0, 4.0)), UNSTIM)
    ratio = 3 / 8
    variance = (1 + ratio**2 * 1 + (1 - ratio) ** 2 * 4) / 64
    assert point.se_percent == pytest.approx(100 * math.sqrt(variance))


def numeric_gradient_error(
    coculture: Sequence[float], stimulated: Sequence[float], unstimulated: Sequence[float]
) -> float:
    """The standard error from differences of the formula itself, written out anew."""

    def suppression(t: float, p: float, n: float) -> float:
        return 100 * (1 - (t - n) / (p - n))

    groups = (coculture, stimulated, unstimulated)
    means = [sum(g) / len(g) for g in groups]
    total = 0.0
    for index, group in enumerate(groups):
        step = 1e-4 * abs(means[1] - means[2])
        up, down = list(means), list(means)
        up[index] += step
        down[index] -= step
        slope = (suppression(*up) - suppression(*down)) / (2 * step)
        squares = sum((v - means[index]) ** 2 for v in group)
        total += slope**2 * squares / (len(group) - 1) / len(group)
    return math.sqrt(total)


@given(signals, signals, signals)
def test_the_standard_error_follows_the_formula(
    coculture: list[float], stimulated: list[float], unstimulated: list[float]
) -> None:
    window = sum(stimulated) / len(stimulated) - sum(unstimulated) / len(unstimulated)
    assume(window > 1)
    point = one_point(DoseWells(0.1, coculture), ControlWells(stimulated, unstimulated), UNSTIM)
    wanted = numeric_gradient_error(coculture, stimulated, unstimulated)
    assert point.se_percent == pytest.approx(wanted, rel=1e-4, abs=1e-9)


@given(signals, signals, signals, st.randoms())
def test_the_order_of_wells_does_not_matter(
    coculture: list[float], stimulated: list[float], unstimulated: list[float], chance: object
) -> None:
    assume(sum(stimulated) / len(stimulated) > sum(unstimulated) / len(unstimulated) + 0.1)
    first = one_point(DoseWells(0.1, coculture), ControlWells(stimulated, unstimulated), UNSTIM)
    for wells in (coculture, stimulated, unstimulated):
        chance.shuffle(wells)  # type: ignore[attr-defined]
    second = one_point(DoseWells(0.1, coculture), ControlWells(stimulated, unstimulated), UNSTIM)
    assert second.suppression_percent == first.suppression_percent
    assert second.se_percent == first.se_percent
    assert sorted(second.per_well) == sorted(first.per_well)


@given(signals, signals, signals, st.floats(1e-6, 1e6), st.floats(-50, 50))
def test_gain_and_offset_of_the_reader_do_not_matter_with_the_floor_subtracted(
    coculture: list[float],
    stimulated: list[float],
    unstimulated: list[float],
    gain: float,
    offset: float,
) -> None:
    assume(sum(stimulated) / len(stimulated) > sum(unstimulated) / len(unstimulated) + 1)

    def read(values: list[float]) -> list[float]:
        return [gain * (value + offset) for value in values]

    plain = one_point(DoseWells(0.1, coculture), ControlWells(stimulated, unstimulated), UNSTIM)
    moved = one_point(
        DoseWells(0.1, read(coculture)), ControlWells(read(stimulated), read(unstimulated)), UNSTIM
    )
    assert moved.suppression_percent == pytest.approx(plain.suppression_percent, rel=1e-6, abs=1e-6)
    assert moved.se_percent == pytest.approx(plain.se_percent, rel=1e-6, abs=1e-6)


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
@settings(max_examples=200)
def test_nothing_is_ever_clipped(coculture: float, stimulated: float) -> None:
    point = one_point(DoseWells(0.1, (coculture,)), ControlWells((stimulated,)), NONE)
    assert point.suppression_percent == pytest.approx(100 - 100 * coculture / stimulated)
    assert (point.suppression_percent < 0) == (coculture > stimulated)


def test_suppression_above_hundred_is_kept() -> None:
    point = one_point(DoseWells(0.1, (1.0, 1.0)), ControlWells((10.0,), (2.0,)), UNSTIM)
    assert point.suppression_percent == pytest.approx(112.5)


def test_given_percentages_make_a_curve_with_the_spread_of_their_wells() -> None:
    curve = curve_of_percentages([(0.2, [40.0, 60.0]), (0.1, [10.0])])
    assert [point.suppression_percent for point in curve.points] == [10.0, 50.0]
    assert [point.se_percent for point in curve.points] == [None, pytest.approx(10.0)]
    assert curve_of_percentages([]).status is SuppressionStatus.UNDEFINED


def test_doses_are_said_as_ratios_of_msc_to_responders() -> None:
    assert doses_in_words([0.1, 0.2]) == "MSC:responder 1:10, 1:5"
