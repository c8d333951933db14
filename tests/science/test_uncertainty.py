"""Standard errors of numbers that share groups of wells."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.uncertainty import (
    Spread,
    WellGroup,
    covariance,
    spread_of,
    t_interval,
    t_quantile,
)

GROUPS = {
    "a": WellGroup((1.0, 3.0)),
    "b": WellGroup((10.0, 12.0, 14.0)),
    "single": WellGroup((5.0,)),
    "same": WellGroup((2.0, 2.0)),
}


def test_a_group_knows_its_mean_its_spread_and_what_it_cannot_know() -> None:
    group, single = GROUPS["b"], GROUPS["single"]
    assert (group.n, group.mean, group.sd) == (3, 12.0, 2.0)
    assert group.variance_of_mean == pytest.approx(4 / 3)
    assert (single.mean, single.sd, single.variance_of_mean) == (5.0, None, None)


def test_the_spread_of_a_sum_adds_variances_with_welch_satterthwaite_degrees_of_freedom() -> None:
    """By hand: variances of means 1 (df 1) and 4/3 (df 2)."""
    spread = spread_of({"a": 1.0, "b": -1.0}, GROUPS)
    assert spread is not None
    assert spread.se == pytest.approx(math.sqrt(7 / 3))
    assert spread.degrees_of_freedom == pytest.approx((7 / 3) ** 2 / (1 + (4 / 3) ** 2 / 2))


def test_a_single_well_spoils_only_numbers_that_rest_on_it() -> None:
    assert spread_of({"a": 1.0, "single": 1.0}, GROUPS) is None
    assert spread_of({"a": 1.0, "single": 0.0}, GROUPS) == spread_of({"a": 1.0}, GROUPS)


def test_equal_replicates_give_no_interval_instead_of_a_point() -> None:
    spread = spread_of({"same": 1.0}, GROUPS)
    assert spread == Spread(0.0, None)
    assert not spread.allows_interval
    assert t_interval(5.0, spread, 0.95) is None


def test_covariance_comes_from_shared_groups_only() -> None:
    assert covariance({"a": 2.0, "b": 1.0}, {"a": 3.0}, GROUPS) == pytest.approx(6.0)
    assert covariance({"a": 1.0}, {"b": 1.0}, GROUPS) == 0
    assert covariance({"single": 1.0}, {"single": 1.0}, GROUPS) is None
    assert covariance({"single": 1.0}, {"single": 0.0}, GROUPS) == 0


def test_quantiles_are_those_of_the_printed_table() -> None:
    assert t_quantile(2, 0.95) == pytest.approx(4.303, abs=5e-4)
    assert t_quantile(10, 0.90) == pytest.approx(1.812, abs=5e-4)
    assert t_interval(1.0, Spread(1.0, 2.0), 0.95) == pytest.approx((-3.303, 5.303), abs=5e-4)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, math.nan])
def test_a_confidence_is_between_zero_and_one(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(5, confidence)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8), st.floats(-10, 10))
def test_variance_is_the_covariance_of_a_number_with_itself(
    values: list[float], weight: float
) -> None:
    groups = {"g": WellGroup(tuple(values))}
    spread = spread_of({"g": weight}, groups)
    assert spread is not None
    assert spread.se**2 == pytest.approx(covariance({"g": weight}, {"g": weight}, groups))
