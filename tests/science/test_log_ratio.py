"""Relative proliferation on the log scale, and back to suppression."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from mixed_designs import donors, fitted

from lims_msc.science.log_ratio import geometric_mean, ln_ratios, suppression_of
from lims_msc.science.mixed_terms import UnusableDesign


def test_suppression_and_relative_proliferation_belong_to_each_other() -> None:
    assert ln_ratios([50.0, 0.0, -100.0]) == pytest.approx((math.log(0.5), 0.0, math.log(2)))
    assert suppression_of(0.25) == 75.0


@pytest.mark.parametrize("too_much", [100.0, 112.5, math.nan])
def test_over_complete_suppression_has_no_logarithm(too_much: float) -> None:
    with pytest.raises(UnusableDesign, match=f'"{too_much:g}" % in row 2') as told:
        ln_ratios([80.0, too_much])
    assert told.value.hint == "Analyse suppression untransformed."


def test_of_many_such_rows_the_first_ten_are_named() -> None:
    with pytest.raises(UnusableDesign, match="8, 9, 10 and 1 more"):
        ln_ratios([100.0] * 11)


def test_a_mean_of_ln_r_becomes_a_suppression_with_its_interval_turned_round() -> None:
    design = donors()
    percent = [value / 2 + 30 for value in design["columns"]["y"]]
    columns = {**design["columns"], "ln_r": ln_ratios(percent)}
    fit = fitted(design, columns=columns, response="ln_r")
    mean = geometric_mean(fit.fixed[0])
    assert mean.ratio == pytest.approx(math.exp(fit.fixed[0].estimate))
    assert mean.suppression_percent == pytest.approx(100 * (1 - mean.ratio))
    assert mean.high is not None
    assert mean.suppression_interval_percent is not None
    low, high = mean.suppression_interval_percent
    assert low < mean.suppression_percent < high
    assert low == pytest.approx(100 * (1 - mean.high))


@pytest.mark.parametrize("ends", [(None, None), (-800.0, 800.0)])
def test_an_interval_without_bounds_stays_without(ends: tuple[float | None, float | None]) -> None:
    effect = fitted(donors()).fixed[1]
    low, high = ends
    wide = replace(
        effect, estimate=-0.5, kenward_roger=replace(effect.kenward_roger, low=low, high=high)
    )
    mean = geometric_mean(wide)
    assert mean.ratio == pytest.approx(math.exp(-0.5))
    assert (mean.low, mean.high, mean.suppression_interval_percent) == (None, None, None)
