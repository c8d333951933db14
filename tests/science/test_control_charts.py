"""Control charts: limits of each lot, provisional ones, bridging, Shewhart's individuals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.control_charts import (
    Bridge,
    ControlLimits,
    ControlRun,
    bridge_lots,
    bridged_limits,
    control_limits,
    individuals_chart,
    levey_jennings,
)
from lims_msc.science.westgard_rules import WestgardRule

TWENTY = [50.0 + (-1) ** place for place in range(20)]


def runs(values: list[float], lot: str = "A", start: int = 1) -> list[ControlRun]:
    return [ControlRun(str(n), value, lot) for n, value in enumerate(values, start=start)]


def test_limits_of_twenty_runs_are_final() -> None:
    """Ten of 49 and ten of 51: SD √(20/19)."""
    found = control_limits(TWENTY)
    assert (found.mean, found.sd) == (50.0, pytest.approx((20 / 19) ** 0.5))
    assert not found.is_provisional
    assert found.line(2) == pytest.approx(50 + 2 * (20 / 19) ** 0.5)
    assert found.deviation(50 - 3 * (20 / 19) ** 0.5) == pytest.approx(-3)
    assert found.text == "Mean 50, SD 1.03, n = 20 runs."


def test_fewer_runs_are_provisional_and_it_is_said() -> None:
    found = control_limits(TWENTY[:5])
    assert found.is_provisional
    assert found.text.endswith("n = 5 runs; provisional: fewer than 20 valid runs.")


def test_only_the_last_runs_count_where_that_is_asked() -> None:
    found = control_limits([900.0] * 10 + TWENTY, last=20)
    assert (found.mean, found.n) == (50.0, 20)
    with pytest.raises(ValueError, match="at least 20 runs"):
        control_limits(TWENTY, last=19)


def test_limits_that_cannot_be_had_have_a_reason() -> None:
    for found, word in (
        (control_limits([1.0, 2.0]), "at least 3"),
        (control_limits([4.0] * 9), "vary"),
    ):
        assert (found.mean, found.line(2), found.deviation(1.0)) == (None, None, None)
        assert word in found.text


def test_an_invalid_run_sets_no_limit_and_breaks_no_rule() -> None:
    wild = ControlRun("bad", 500.0, "A", is_valid=False)
    (chart,) = levey_jennings([*runs(TWENTY), wild])
    assert (chart.limits, chart.violations) == (control_limits(TWENTY), ())
    assert chart.runs[-1] is wild


def test_a_run_that_is_out_is_named() -> None:
    (chart,) = levey_jennings(runs([*TWENTY, 58.0]))
    rules = {violation.rule: violation.runs for violation in chart.violations}
    assert rules[WestgardRule.ONE_3S] == ("21",)


def test_every_lot_has_limits_of_its_own() -> None:
    """The second lot reads ten points higher: no run of it is out."""
    first, second = runs(TWENTY), runs([v + 10 for v in TWENTY], "B", start=21)
    old, new = levey_jennings([*first, *second])
    assert (old.lot, new.lot) == ("A", "B")
    assert (old.limits.mean, new.limits.mean) == (50.0, 60.0)
    assert (old.violations, new.violations) == ((), ())
    assert levey_jennings([]) == ()


def test_a_new_lot_is_judged_by_bridged_limits_until_it_has_its_own() -> None:
    bridge = bridge_lots([50.0, 49.0, 51.0, 50.0], [60.1, 58.9, 61.0, 60.0])
    start = runs([60.0, 70.0], "B", start=21)
    old, new = levey_jennings([*runs(TWENTY), *start], bridge=bridge)
    assert new.limits.is_bridged
    assert new.limits.mean == pytest.approx(60.0)
    assert new.limits.sd == old.limits.sd
    assert new.limits.n == 2
    assert "bridging study" in new.limits.text
    assert WestgardRule.ONE_3S in {violation.rule for violation in new.violations}
    settled = runs([v + 10 for v in TWENTY], "B", start=21)
    assert not levey_jennings([*runs(TWENTY), *settled], bridge=bridge)[1].limits.is_bridged
    assert not levey_jennings(runs(TWENTY[:5]), bridge=bridge)[0].limits.is_bridged


def test_a_bridge_has_an_interval_and_says_its_n() -> None:
    found = bridge_lots([50.0, 49.0, 51.0], [52.0, 52.0, 52.0])
    assert found.shift == pytest.approx(2.0)
    assert found.interval == pytest.approx((2 - 4.302652730 / 3**0.5, 2 + 4.302652730 / 3**0.5))
    assert "n = 3 runs with both" in found.text
    same = bridge_lots([50.0, 49.0, 51.0], [51.5, 50.5, 52.5])
    assert (same.shift, same.interval) == (1.5, (1.5, 1.5))


def test_lots_that_are_not_bridged_have_no_limits() -> None:
    few = bridge_lots([50.0, 49.0], [52.0, 52.0])
    assert few.shift is None
    assert "at least 3 runs with both lots" in few.text
    limits = control_limits(TWENTY)
    assert bridged_limits(limits, few, 1).text.startswith("No control limits (n = 1 runs): they")
    none = ControlLimits(None, None, 2, "they need at least 3 valid runs")
    moved = bridged_limits(none, Bridge(5, 1.0, (0.0, 2.0)), 1)
    assert moved.reason == "the lot before has none: they need at least 3 valid runs"
    with pytest.raises(ValueError, match="as many values"):
        bridge_lots([1.0], [1.0, 2.0])


def test_shewharts_limits_of_the_flow_rates_of_nist() -> None:
    """NIST/SEMATECH 6.3.2.2: mean 50.81, mean moving range 1.8778, limits 45.8159 and 55.8041."""
    found = individuals_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert found.center == pytest.approx(50.81)
    assert found.mean_range == pytest.approx(1.8778, abs=5e-5)
    # The handbook rounds d₂ to 1.128.
    assert (found.lower, found.upper) == pytest.approx((45.8159, 55.8041), abs=2e-3)
    assert found.upper_range == pytest.approx(3.267 * 1.8778, rel=1e-3)
    assert (found.outside, found.ranges_outside) == ((), ())


def test_a_jump_is_seen_in_the_value_and_in_the_range() -> None:
    found = individuals_chart([10.0, 10.2, 10.1, 9.9, 10.0, 10.2, 30.0, 10.1, 9.9, 10.0])
    assert found.outside == (6,)
    assert found.ranges_outside == (6, 7)
    for values, word in (([1.0, 2.0], "at least 3 runs"), ([4.0] * 5, "do not vary")):
        refused = individuals_chart(values)
        assert refused.center is None
        assert word in refused.reason


@given(
    st.lists(st.decimals(min_value=0, max_value=99, places=1).map(float), min_size=3, max_size=30)
)
def test_the_unit_of_the_control_does_not_matter(values: list[float]) -> None:
    (one,) = levey_jennings(runs(values))
    (two,) = levey_jennings(runs([round(1000 * value, 3) for value in values]))
    assert one.violations == two.violations
