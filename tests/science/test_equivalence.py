"""Ratios and differences: Fieller and delta intervals, open ends with reasons, equivalence."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.equivalence import (
    NO_LOGARITHM,
    OPEN_FIELLER,
    EstimatePair,
    Interval,
    difference_estimate,
    fieller_interval,
    log_interval,
    ratio_estimate,
)
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.uncertainty import t_quantile

T = 2.0
PAIR = EstimatePair(
    numerator=12.0,
    denominator=10.0,
    numerator_variance=1.44,
    denominator_variance=1.0,
    covariance=0.6,
)


def distance(pair: EstimatePair, ratio: float) -> float:
    """How many standard errors numerator − ratio·denominator is from zero."""
    variance = (
        pair.numerator_variance - 2 * ratio * pair.covariance + ratio**2 * pair.denominator_variance
    )
    return abs(pair.numerator - ratio * pair.denominator) / math.sqrt(variance)


def test_ratio_has_the_delta_interval_on_the_log() -> None:
    found = ratio_estimate(PAIR, T)
    # 0.1² + 0.1² − 2·0.6/120 = 0.01, worked by hand.
    assert (found.value, found.se_ln) == (1.2, pytest.approx(0.1))
    assert found.log_interval.low == pytest.approx(1.2 * math.exp(-0.2))
    assert found.log_interval.high == pytest.approx(1.2 * math.exp(0.2))


@given(
    st.floats(-50, 50),
    st.floats(1, 50),
    st.floats(0.01, 4),
    st.floats(0.01, 4),
    st.floats(-0.9, 0.9),
)
def test_ends_of_fieller_are_the_ratios_that_are_just_rejected(
    numerator: float, denominator: float, sd: float, g_root: float, correlation: float
) -> None:
    sd_denominator = denominator * g_root / T
    pair = EstimatePair(
        numerator, denominator, sd**2, sd_denominator**2, correlation * sd * sd_denominator
    )
    found = fieller_interval(pair, T)
    assert found.g == pytest.approx(g_root**2)
    if g_root >= 1:
        assert (found.low, found.high, found.reason) == (None, None, OPEN_FIELLER)
        return
    if g_root > 0.999:
        return
    assert found.low is not None
    assert found.high is not None
    assert found.low <= numerator / denominator <= found.high
    assert distance(pair, found.low) == pytest.approx(T, rel=1e-6)
    assert distance(pair, found.high) == pytest.approx(T, rel=1e-6)


def test_fieller_of_a_negative_denominator_is_the_same_ratio() -> None:
    turned = replace(PAIR, numerator=-12.0, denominator=-10.0)
    one, other = fieller_interval(PAIR, T), fieller_interval(turned, T)
    assert (one.low, one.high) == (pytest.approx(other.low), pytest.approx(other.high))


def test_fieller_agrees_with_the_delta_method_where_errors_are_small() -> None:
    small = replace(PAIR, numerator_variance=1.44e-8, denominator_variance=1e-8, covariance=0.6e-8)
    fieller, log = fieller_interval(small, T), ratio_estimate(small, T).log_interval
    assert (fieller.low, fieller.high) == (
        pytest.approx(log.low, abs=1e-7),
        pytest.approx(log.high, abs=1e-7),
    )


def test_exact_estimates_have_intervals_of_no_width() -> None:
    exact = EstimatePair(3.0, 2.0, 0.0, 0.0)
    found = ratio_estimate(exact, T)
    assert (found.log_interval.low, found.log_interval.high) == (1.5, 1.5)
    assert (found.fieller.low, found.fieller.high, found.fieller.g) == (1.5, 1.5, 0.0)


def test_numerator_and_denominator_that_move_together_have_no_error() -> None:
    together = EstimatePair(12.0, 10.0, 1.44, 1.0, 1.2)
    assert ratio_estimate(together, T).se_ln == pytest.approx(0, abs=1e-8)


def test_a_ratio_below_zero_has_no_logarithm() -> None:
    found = ratio_estimate(replace(PAIR, numerator=-12.0), T)
    assert (found.value, found.se_ln) == (-1.2, None)
    assert found.log_interval == Interval(None, None, NO_LOGARITHM)
    assert found.fieller.low is not None


def test_nothing_is_divided_by_zero() -> None:
    found = ratio_estimate(replace(PAIR, denominator=0.0), T)
    assert (found.value, found.se_ln) == (None, None)
    assert (found.fieller.low, found.fieller.g) == (None, None)
    assert found.fieller.reason == OPEN_FIELLER


def test_ends_beyond_all_numbers_are_open() -> None:
    found = log_interval(2.0, 500.0, T)
    assert (found.low, found.high) == (None, None)
    assert "beyond all numbers" in found.reason


def test_difference_takes_the_covariance() -> None:
    found = difference_estimate(PAIR, T)
    assert (found.value, found.se) == (2.0, pytest.approx(math.sqrt(1.24)))
    assert found.interval.low == pytest.approx(2 - 2 * math.sqrt(1.24))
    assert found.interval.high == pytest.approx(2 + 2 * math.sqrt(1.24))


def test_equivalence_needs_both_ends_within_the_limits() -> None:
    assert Interval(0.8, 1.2).is_inside(0.67, 1.5)
    assert Interval(0.67, 1.5).is_inside(0.67, 1.5)
    assert not Interval(0.6, 1.2).is_inside(0.67, 1.5)
    assert not Interval(0.8, 1.6).is_inside(0.67, 1.5)
    assert not Interval(None, 1.2).is_inside(0.67, 1.5)
    assert not Interval(0.8, None).is_inside(0.67, 1.5)


def test_open_ends_are_named() -> None:
    assert str(Interval(None, 1.25)) == "open to 1.25"
    assert str(Interval(0.5, None)) == "0.5 to open"


def fits_of(case: dict[str, Any]) -> dict[str, CurveFit]:
    """Return the curve of each group of a case with several curves."""
    given = case["input"]
    fits = {}
    for name in case["expected"]["curves"]:
        rows = [i for i, group in enumerate(given["group"]) if group == name]
        fits[name] = fit_curve(
            [given["dose"][i] for i in rows],
            [given["response"][i] for i in rows],
            fixed=case["expected"].get("fixed"),
        )
    return fits


@pytest.mark.shared
def test_ratios_of_ec50_of_published_herbicide_curves_agree(
    reference_cases: Callable[[str], list[dict[str, Any]]],
) -> None:
    cases = [case for case in reference_cases("dose_response") if "s-alba" in case["id"]]
    assert len(cases) == 2
    for case in cases:
        fits = fits_of(case)
        df = sum(fit.degrees_of_freedom for fit in fits.values())
        pooled = sum(fit.rss for fit in fits.values()) / df
        for names, want in case["expected"]["ratios"].items():
            pairs = []
            for kind in ("covariance", "covariance_observed"):
                numbers = []
                for fit in (fits[name] for name in names.split("/")):
                    own = fit.rss / fit.degrees_of_freedom
                    ec50 = math.exp(fit.numbers[0][2])
                    variance = getattr(fit, kind)[2, 2] * pooled / own * ec50**2
                    numbers.append((ec50, variance))
                (n, v_n), (d, v_d) = numbers
                pairs.append(ratio_estimate(EstimatePair(n, d, v_n, v_d), t_quantile(df, 0.95)))
            plain, observed = pairs
            assert plain.value == pytest.approx(want["ec50_ratio"], rel=1e-6)
            assert plain.se_ln * plain.value == pytest.approx(want["se"], rel=1e-5)
            log = [plain.log_interval.low, plain.log_interval.high]
            assert np.allclose(log, want["ci95_log"], rtol=1e-5)
            fieller = [observed.fieller.low, observed.fieller.high]
            assert np.allclose(fieller, want["ci95_fieller_observed_information"], rtol=1e-5)
