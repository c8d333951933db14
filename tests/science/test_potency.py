"""Relative potency: right numbers and intervals, and withheld with the reason where it must be."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from curve_pairs import DOSES, four_pl_sample, shared_fit_by_scipy, wells_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize_scalar

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape import fit_common_shape
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import Interval
from lims_msc.science.potency import (
    PotencyEstimate,
    PotencyStatus,
    potency_estimate,
    relative_potency,
)
from lims_msc.science.potency_profile import OPEN_PROFILE, profile_interval
from lims_msc.science.similarity import SimilarityLimits

REFERENCE = four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=2)
TEST = four_pl_sample("test", 1, 94, 0.05, 1.6, scatter=2, replicates=(2, 4))
START = [2, 92, 1.65, math.log(0.11), math.log(0.05)]


def estimate(*samples: DoseResponse, confidence: float = 0.95) -> PotencyEstimate:
    return potency_estimate(fit_common_shape(samples), confidence=confidence)


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def test_a_test_that_needs_half_the_dose_has_the_potency_two() -> None:
    for y_zero, y_inf in ((3, 91), (91, 3)):
        reference = four_pl_sample("ref", y_zero, y_inf, 0.1, 1.7, scatter=0.5)
        test = four_pl_sample("test", y_zero, y_inf, 0.05, 1.7, scatter=0.5)
        found = relative_potency(reference, test)
        assert (found.status, found.reason) == (PotencyStatus.OK, "")
        assert found.estimate is not None
        assert found.estimate.value == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_estimate_agrees_with_an_independent_fit(confidence: float) -> None:
    found = estimate(REFERENCE, TEST, confidence=confidence)
    (*_, a, b), rss, unscaled = shared_fit_by_scipy([REFERENCE, TEST], START)
    df = REFERENCE.n + TEST.n - 5
    v = unscaled * rss / df
    t = stats.t.ppf(0.5 + confidence / 2, df)
    assert found.ln_value == pytest.approx(a - b, rel=1e-6)
    assert found.value == pytest.approx(math.exp(a - b), rel=1e-6)
    se = math.sqrt(v[3, 3] + v[4, 4] - 2 * v[3, 4])
    assert found.se_ln == pytest.approx(se, rel=1e-5)
    wanted = (found.value * math.exp(-t * se), found.value * math.exp(t * se))
    assert ends(found.log_interval) == pytest.approx(wanted, rel=1e-5)
    wanted = (found.value * (1 - t * se), found.value * (1 + t * se))
    assert ends(found.linear_interval) == pytest.approx(wanted, rel=1e-5)
    assert found.fieller.g == pytest.approx(t**2 * v[4, 4], rel=1e-5)
    # At its ends, ec50_ref − ρ·ec50_test is just t standard errors from zero.
    for end in ends(found.fieller):
        gradient = np.array([math.exp(a), -end * math.exp(b)])
        distance = abs(gradient.sum()) / math.sqrt(gradient @ v[3:, 3:] @ gradient)
        assert distance == pytest.approx(t, rel=1e-4)
    assert found.confidence == confidence


def test_ends_of_the_profile_are_just_rejected_by_an_independent_fit() -> None:
    found = estimate(REFERENCE, TEST)
    _, rss, _ = shared_fit_by_scipy([REFERENCE, TEST], START)
    df = REFERENCE.n + TEST.n - 5
    threshold = rss * (1 + stats.t.ppf(0.975, df) ** 2 / df)
    for end in ends(found.profile):
        _, at_end, _ = shared_fit_by_scipy([REFERENCE, TEST], START[:4], math.log(end))
        assert at_end == pytest.approx(threshold, rel=1e-7)
    assert found.profile.low < found.value < found.profile.high  # type: ignore[operator]


def test_profile_with_weights_and_dose_0_agrees_too() -> None:
    pair = [
        four_pl_sample(name, 95, 4, ec50, 1.2, doses=(0, *DOSES), scatter=4, weights=(0.3, 1, 2.5))
        for name, ec50 in (("ref", 0.1), ("test", 0.2))
    ]
    start = [95, 4, 1.2, math.log(0.1), math.log(0.2)]
    _, rss, _ = shared_fit_by_scipy(pair, start)
    df = pair[0].n + pair[1].n - 5
    for end in ends(profile_interval(fit_common_shape(pair), confidence=0.8)):
        _, at_end, _ = shared_fit_by_scipy(pair, start[:4], math.log(end))
        assert at_end == pytest.approx(rss * (1 + stats.t.ppf(0.9, df) ** 2 / df), rel=1e-7)


def test_any_two_of_several_samples_may_be_compared() -> None:
    third = four_pl_sample("third", 2, 92, 0.2, 1.7, scatter=2)
    fit = fit_common_shape([REFERENCE, TEST, third])
    chain = [
        potency_estimate(fit, reference=one, test=other) for one, other in pairwise((0, 1, 2, 0))
    ]
    assert sum(one.ln_value for one in chain) == pytest.approx(0, abs=1e-12)
    low, high = ends(chain[2].profile)
    assert low < chain[2].value < high
    back = potency_estimate(fit, reference=0, test=2)
    assert ends(back.profile) == pytest.approx((1 / high, 1 / low), rel=1e-6)


def test_swapped_samples_have_the_reciprocal_potency() -> None:
    there, back = estimate(REFERENCE, TEST), estimate(TEST, REFERENCE)
    assert there.value == pytest.approx(1 / back.value, rel=1e-9)
    for one, other in (
        (there.log_interval, back.log_interval),
        (there.profile, back.profile),
        (there.fieller, back.fieller),
    ):
        low, high = ends(other)
        assert ends(one) == pytest.approx((1 / high, 1 / low), rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_potency_does_not_depend_on_units(dose: float, factor: float, shift: float) -> None:
    changed = [
        DoseResponse.of(
            one.name,
            [dose * x for x in one.doses],
            [factor * (y + shift) for y in one.responses],
        )
        for one in (REFERENCE, TEST)
    ]
    plain, scaled = estimate(REFERENCE, TEST), estimate(*changed)
    assert scaled.value == pytest.approx(plain.value, rel=1e-8)
    for name in ("log_interval", "linear_interval", "fieller", "profile"):
        assert ends(getattr(scaled, name)) == pytest.approx(ends(getattr(plain, name)), rel=1e-6)


def test_no_scatter_is_no_uncertainty() -> None:
    exact = [
        four_pl_sample(name, 0, 64, ec50, 1, scatter=0)
        for name, ec50 in (("ref", 0.25), ("test", 0.125))
    ]
    found = estimate(*exact)
    assert found.value == pytest.approx(2, rel=1e-9)
    assert ends(found.log_interval) == pytest.approx((2, 2), rel=1e-6)
    assert ends(found.profile) == pytest.approx((2, 2), rel=1e-4)


def test_a_potency_that_the_doses_do_not_bound_has_open_ends() -> None:
    # Much scatter: whatever the shift, some curve of one shape does as well.
    pair = [four_pl_sample(name, 40, 60, 0.1, 1, scatter=9) for name in ("ref", "test")]
    fit = fit_common_shape(pair)
    found = profile_interval(fit, confidence=0.9999999)
    assert found.low is None or found.high is None
    assert found.reason == OPEN_PROFILE


def test_an_end_where_the_curves_become_powers_of_the_dose_is_exact() -> None:
    pair = [
        four_pl_sample(name, 3, 91, ec50, 1, scatter=3, doses=DOSES[3:])
        for name, ec50 in (("ref", 0.15), ("test", 0.8))
    ]
    fit = fit_common_shape(pair)
    end = profile_interval(fit).low
    assert end is not None
    ln_dose, y, _, sample = wells_of(pair)
    moved = ln_dose + math.log(end) * (sample == 1)

    def power_rss(h: float) -> float:
        design = np.stack([np.ones_like(moved), np.exp(h * moved)], axis=-1)
        return float(np.linalg.lstsq(design, y, rcond=None)[1][0])

    best = minimize_scalar(power_rss, bounds=(0.05, 5), method="bounded", options={"xatol": 1e-9})
    df = fit.degrees_of_freedom
    threshold = fit.rss * (1 + stats.t.ppf(0.975, df) ** 2 / df)
    assert best.fun == pytest.approx(threshold, rel=1e-7)


def test_only_potencies_of_like_curves_are_given() -> None:
    for test, parameter in (
        (four_pl_sample("test", 3, 65, 0.11, 1.7), "plateaus at high dose"),
        (four_pl_sample("test", 30, 91, 0.11, 1.7), "plateaus at dose 0"),
        (four_pl_sample("test", 3, 91, 0.11, 4), "slope ratio"),
    ):
        found = relative_potency(REFERENCE, test)
        assert (found.status, found.estimate) == (PotencyStatus.WITHHELD, None)
        assert found.reason.startswith("the curves are not shown to have one shape: ")
        assert parameter in found.reason
        assert "not within" in found.reason
        assert found.f_test is not None
        assert found.f_test.p is not None
        assert found.f_test.p < 0.05


def test_limits_are_those_of_the_lab() -> None:
    low = four_pl_sample("test", 3, 65, 0.11, 1.7)
    wide = SimilarityLimits(y_inf_difference=(-40, 40))
    assert relative_potency(REFERENCE, low, limits=wide).status is PotencyStatus.OK
    narrow = SimilarityLimits(y_inf_difference=(-0.1, 0.1))
    assert relative_potency(REFERENCE, TEST, limits=narrow).status is PotencyStatus.WITHHELD


def test_a_test_too_short_for_a_curve_of_its_own_is_withheld() -> None:
    short = four_pl_sample("test", 3, 91, 0.11, 1.7, doses=DOSES[:4])
    found = relative_potency(REFERENCE, short)
    assert (found.status, found.estimate) == (PotencyStatus.WITHHELD, None)
    assert "cannot be judged: the sample 'test' has no curve of its own" in found.reason
    assert found.common.status is FitStatus.OK


def test_a_midpoint_outside_the_tested_doses_is_withheld() -> None:
    weak = four_pl_sample("test", 3, 91, 1.3, 1.7, scatter=0.01)
    reference = four_pl_sample("ref", 3, 91, 0.11, 1.7, scatter=0.01)
    for pair in ((reference, weak), (weak, reference)):
        found = relative_potency(*pair)
        assert (found.status, found.estimate) == (PotencyStatus.WITHHELD, None)
        assert "the midpoint of the sample 'test', 1.3" in found.reason
        assert "outside its tested doses 0.00781 to 1" in found.reason


def test_samples_without_a_common_curve_have_none() -> None:
    flat = four_pl_sample("test", 40, 40, 0.1, 1)
    found = relative_potency(REFERENCE, flat)
    assert (found.status, found.estimate) == (PotencyStatus.NOT_ESTIMABLE, None)
    assert found.reason == found.common.reason
    with pytest.raises(ValueError, match="has no numbers"):
        potency_estimate(found.common)
    with pytest.raises(ValueError, match="has no numbers"):
        profile_interval(found.common)


def test_nonsense_confidence_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="confidence"):
        relative_potency(REFERENCE, TEST, confidence=95)
