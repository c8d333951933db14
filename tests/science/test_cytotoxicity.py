"""Killing assays: worked examples, shared controls, and wells for which lysis has no meaning."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.values import ValueStatus
from lims_msc.science.cytotoxicity import (
    LysisPoint,
    dead_target_lysis,
    degranulation_difference,
    killing_suppression,
    ldh_lysis,
    lytic_units,
    maximum_over_blank,
    release_lysis,
    spontaneous_share_percent,
)
from lims_msc.science.propagation import WellNumber, WellResult, defined, mean_of, undefined

SPONTANEOUS, MAXIMUM = (180.0, 200.0, 220.0), (980.0, 1000.0, 1020.0)


def _release(wells: tuple[float, ...], name: str = "test") -> WellResult:
    return release_lysis(
        mean_of(name, wells), mean_of("spontaneous", SPONTANEOUS), mean_of("maximum", MAXIMUM)
    )


def _percent(value: float, name: str = "lysis") -> WellResult:
    return defined(mean_of(name, (value - 1, value + 1)))


def _ldh(**changed: float | None) -> WellResult:
    """DOMAIN 2.4: medium 0.10, volume 0.12, E:T 1.05, S 0.42, X 1.80, F 0.30, MSC 0.18."""
    od = {"test": 1.05, "effectors": 0.30, "spontaneous": 0.42, "maximum": 1.80, "medium": 0.10}
    od |= {"volume_control": 0.12} | {k: v for k, v in changed.items() if v is not None}
    return ldh_lysis(**{name: mean_of(name, (value,)) for name, value in od.items()})


def test_release_by_hand() -> None:
    """100·(600 − 200)/(1000 − 200), variances of means 100/3, 400/3, 400/3 (n − 1)."""
    lysis = _release((590.0, 600.0, 610.0))
    assert lysis.value == pytest.approx(50)
    by_hand = 100 / 800 * math.sqrt(100 / 3 + (0.5**2 + 0.5**2) * 400 / 3)
    assert lysis.se == pytest.approx(by_hand)


def test_ldh_gives_the_worked_example_with_and_without_msc() -> None:
    assert _ldh().value == pytest.approx(100 * 0.43 / 1.36)
    assert _ldh(msc_alone=0.18).value == pytest.approx(100 * 0.35 / 1.36)
    assert (round(_ldh().value or 0, 1), round(_ldh(msc_alone=0.18).value or 0, 1)) == (31.6, 25.7)


def test_the_medium_of_ldh_enters_once_with_its_weight() -> None:
    """d/dm of 100·(E − F − S + m)/(X − V − S + m) = 100·(1 − SL/100)/window."""
    lysis = _ldh()
    assert lysis.number is not None
    assert lysis.number.gradient["medium"] == pytest.approx(100 / 1.36 * (1 - 0.43 / 1.36))


def test_dead_targets_by_hand() -> None:
    lysis = dead_target_lysis(mean_of("test", (55.0,)), mean_of("alone", (10.0,)))
    assert lysis.value == pytest.approx(50)


def test_degranulation_is_a_difference_in_points() -> None:
    found = degranulation_difference(mean_of("with", (30.0, 34.0)), mean_of("alone", (2.0, 4.0)))
    assert found.value == pytest.approx(29)
    assert found.se == pytest.approx(math.sqrt(4 + 1))


def test_suppression_of_killing_counts_shared_controls_once() -> None:
    """1 − (Ew − S)/(E − S): the maximum cancels and must leave no error behind."""
    suppression = killing_suppression(
        _release((390.0, 410.0), "with"), _release((590.0, 610.0), "without")
    )
    assert suppression.value == pytest.approx(50)
    assert suppression.number is not None
    assert suppression.number.gradient["maximum"] == pytest.approx(0, abs=1e-12)
    s2, e2 = 400 / 3, 100.0
    by_hand = 100 * math.sqrt(
        e2 / 400**2 + 200**2 * e2 / 400**4 + (1 / 400 - 200 / 400**2) ** 2 * s2
    )
    assert suppression.se == pytest.approx(by_hand)


def test_more_killing_with_msc_is_a_negative_suppression() -> None:
    found = killing_suppression(_percent(60, "with"), _percent(40, "without"))
    assert found.value == pytest.approx(-50)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (
            release_lysis(mean_of("t", (5.0,)), mean_of("s", (9.0,)), mean_of("x", (9.0,))),
            "maximum",
        ),
        (_ldh(maximum=0.4), "maximum"),
        (dead_target_lysis(mean_of("t", (100.0,)), mean_of("s", (100.0,))), "all targets"),
        (dead_target_lysis(mean_of("t", (101.0,)), mean_of("s", (10.0,))), "101"),
        (degranulation_difference(mean_of("t", (5.0,)), mean_of("s", (-1.0,))), "-1"),
        (killing_suppression(_percent(20), _percent(0, "none")), "nothing to suppress"),
        (killing_suppression(undefined("no maximum"), _percent(5)), "no maximum"),
        (killing_suppression(_percent(5), undefined("no spontaneous")), "no spontaneous"),
        (spontaneous_share_percent(mean_of("s", (5.0,)), mean_of("x", (0.0,))), "above zero"),
        (maximum_over_blank(mean_of("x", (5.0,)), mean_of("b", (0.0,))), "above zero"),
    ],
)
def test_wells_without_a_meaning_have_a_reason(found: WellResult, word: str) -> None:
    assert (found.status, found.value, found.se) == (ValueStatus.UNDEFINED, None, None)
    assert word in found.reason


@pytest.mark.parametrize(("signal", "percent"), [(100.0, -12.5), (1080.0, 110.0)])
def test_impossible_lysis_is_kept_and_warned_about(signal: float, percent: float) -> None:
    lysis = _release((signal - 1, signal + 1))
    assert lysis.value == pytest.approx(percent)
    assert f"{percent:.1f} %" in lysis.warnings[0]


def test_plausible_lysis_has_no_warning() -> None:
    assert _release((170.0, 170.0)).warnings == ()


def test_quality_of_targets_by_hand() -> None:
    spontaneous, maximum = mean_of("s", SPONTANEOUS), mean_of("x", MAXIMUM)
    assert spontaneous_share_percent(spontaneous, maximum).value == pytest.approx(20)
    assert maximum_over_blank(maximum, mean_of("b", (50.0,))).value == pytest.approx(20)


def test_lytic_units_by_hand() -> None:
    """20 % lies half-way between 10 % at 2:1 and 30 % at 8:1 on the log: 4:1."""
    points = [LysisPoint(8, _percent(30, "b")), LysisPoint(2, _percent(10, "a"))]
    units = lytic_units(points, 5000)
    assert units.ratio.value == pytest.approx(4)
    assert units.units.value == pytest.approx(1e7 / (5000 * 4))
    assert units.crossings == (pytest.approx(4),)
    assert units.units.warnings == ()
    # d ln(E:T)/dSL = −0.5·ln 4/20 for both points, whose means have the variance 1.
    by_hand = 500 * 0.5 * math.log(4) / 20 * math.sqrt(2)
    assert units.units.se == pytest.approx(by_hand)
    assert lytic_units(points, 5000, lysis_percent=30).ratio.value == pytest.approx(8)


@pytest.mark.parametrize(
    ("percents", "word"),
    [
        ([], "no E:T ratio"),
        ([5, 10, 15], "stays below"),
        ([25, 30, 40], "already at the lowest"),
        ([40, 20.5, 5], "falls through"),
        ([20], "do not bracket"),
        ([20, 20], "do not bracket"),
    ],
)
def test_lysis_that_is_not_bracketed_gives_no_lytic_units(percents: list[float], word: str) -> None:
    points = [LysisPoint(2.0**i, _percent(p, f"g{i}")) for i, p in enumerate(percents)]
    units = lytic_units(points, 5000)
    assert (units.units.value, units.ratio.value, units.crossings) == (None, None, ())
    assert word in units.units.reason


def test_several_crossings_give_the_lowest_with_a_warning() -> None:
    points = [LysisPoint(2.0**i, _percent(p, f"g{i}")) for i, p in enumerate([10, 30, 10, 30])]
    units = lytic_units(points, 5000)
    assert units.ratio.value == pytest.approx(2**0.5)
    assert units.crossings == tuple(pytest.approx(2**x) for x in (0.5, 1.5, 2.5))
    assert "several" in units.units.warnings[0]


@pytest.mark.parametrize("percents", [[20, 30], [10, 20], [10, 20, 10]])
def test_lysis_just_at_the_level_is_a_crossing(percents: list[float]) -> None:
    points = [LysisPoint(2.0**i, _percent(p, f"g{i}")) for i, p in enumerate(percents)]
    assert lytic_units(points, 5000).crossings == (pytest.approx(2.0 ** percents.index(20)),)


def test_points_without_lysis_take_no_part() -> None:
    points = [
        LysisPoint(2, _percent(10, "a")),
        LysisPoint(4, undefined("no wells")),
        LysisPoint(8, _percent(30, "b")),
    ]
    assert lytic_units(points, 5000).ratio.value == pytest.approx(4)


@pytest.mark.parametrize("ratios", [(0.0, 1.0), (math.inf, 1.0), (2.0, 2.0)])
def test_ratios_that_make_no_sense_are_refused(ratios: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="effectors to targets"):
        lytic_units([LysisPoint(ratio, _percent(20)) for ratio in ratios], 5000)


@pytest.mark.parametrize("targets", [0.0, math.nan, math.inf])
def test_targets_that_make_no_sense_are_refused(targets: float) -> None:
    with pytest.raises(ValueError, match="targets per well"):
        lytic_units([], targets)


@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.permutations(range(3)))
def test_release_does_not_know_unit_offset_and_order(
    unit: float, offset: float, order: list[int]
) -> None:
    def changed(name: str, wells: tuple[float, ...]) -> WellNumber:
        return mean_of(name, tuple(unit * wells[i] + offset for i in order))

    test = (300.0, 320.0, 350.0)
    found = release_lysis(changed("t", test), changed("s", SPONTANEOUS), changed("x", MAXIMUM))
    assert found.value == pytest.approx(_release(test).value)
    assert found.se == pytest.approx(_release(test).se)
