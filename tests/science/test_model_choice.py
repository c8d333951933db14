"""Which model a curve gets, what is said about it, and several curves with one variance."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sigmoid_data import DOSES, wells

from lims_msc.domain.fit import Estimate, FitResult, FitStatus, FitVerdict
from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_effect import dose_means
from lims_msc.science.fit_report import estimates, report, share_dose
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.model_choice import (
    choose_curve,
    corrected_aic,
    fit_suppression_curve,
    may_gain,
)
from lims_msc.science.several_curves import ec50_ratio, with_pooled_variance

SKEWED = wells((2.0, 95.0, 0.3, 5.0, 0.15), scatter=0.5)


def test_four_doses_get_a_3pl_with_its_first_plateau_at_0() -> None:
    fit = fit_suppression_curve(*wells((0.0, 90.0, 0.3, 1.5), doses=DOSES[4:]))
    assert (fit.status, fit.model) == (FitStatus.OK, "3pl")
    assert fit.equation.endswith("y_zero = 0 (fixed)")
    assert fit.parameter("y_zero") == Estimate(0.0)
    assert "a 4PL needs 5 doses" in fit.choice


def test_three_doses_get_no_curve() -> None:
    fit = fit_suppression_curve(*wells((0.0, 90.0, 0.3, 1.5), doses=DOSES[5:]))
    assert (fit.verdict, fit.choice) == (FitVerdict.TOO_FEW_DOSES, "")
    assert fit.reason == "the model needs 4 different doses above zero; there are 3"
    assert fit.r50_relative_status == fit.r50_absolute_status == "too_few_doses"


def test_seven_doses_get_a_4pl_however_skewed_they_are() -> None:
    chosen = choose_curve(*wells((2.0, 95.0, 0.3, 5.0, 0.15), doses=DOSES[1:]))
    assert chosen.fit.model is CurveModel.FOUR_PL
    assert "needs 8" in chosen.choice


def test_a_skewed_curve_gets_the_5pl_that_fits_it_better_and_says_why() -> None:
    fit = fit_suppression_curve(*SKEWED)
    other = fit_curve(*SKEWED, model=CurveModel.FIVE_PL_F)
    assert fit.model == "5pl-r"
    assert fit.residual_sum_of_squares is not None
    assert other.status is not FitStatus.OK or other.rss >= fit.residual_sum_of_squares
    assert fit.choice.startswith("5pl-r against 4PL: F(1, 19) = ")
    c, ec50 = fit.parameter("c"), fit.parameter("ec50")
    assert c is not None
    assert ec50 is not None
    assert ec50.value != pytest.approx(c.value, rel=0.1)
    assert fit.value_at(ec50.value) == pytest.approx(_middle(fit), rel=1e-9)
    assert not any("bend" in warning for warning in fit.warnings)


def _middle(fit: FitResult) -> float:
    ends = [fit.parameter(name) for name in ("y_zero", "y_inf")]
    return sum(end.value for end in ends if end is not None) / 2


def test_a_symmetric_curve_keeps_its_4pl() -> None:
    x, y = wells((2.0, 95.0, 0.1, 1.5), scatter=4.0)
    chosen = choose_curve(x, y)
    assert chosen.fit.model is CurveModel.FOUR_PL
    assert "no other curve" in chosen.choice
    assert not may_gain(chosen.fit)
    one_well = choose_curve(x[::3], y[::3])
    assert one_well.fit.model is CurveModel.FOUR_PL
    assert may_gain(one_well.fit)
    assert "does not beat" in one_well.choice


def test_a_curve_for_which_no_5pl_is_determined_keeps_its_4pl() -> None:
    mean = [0.0, 1.0, 0.0, 20.0, 48.0, 50.0, 70.0, 95.0]
    y = [value + error for value in mean for error in (0.1, -0.1)]
    chosen = choose_curve([dose for dose in DOSES for _ in range(2)], y)
    assert chosen.fit.model is CurveModel.FOUR_PL
    assert "4PL" in chosen.choice


def test_aicc_is_that_of_the_formula_and_has_its_two_limits() -> None:
    fit = fit_curve(*wells((2.0, 95.0, 0.1, 1.5), scatter=4.0))
    n, k = 24, 5
    plain = n * math.log(2 * math.pi * fit.rss / n) + n + 2 * k
    assert corrected_aic(fit) == pytest.approx(plain + 2 * k * (k + 1) / (n - k - 1))
    assert corrected_aic(replace(fit, rss=0.0)) == -math.inf
    x, y = wells((2.0, 95.0, 0.1, 1.5), doses=DOSES[:5])
    few = fit_curve(x[::3], y[::3], needs_dose_effect=False)
    assert few.status is not FitStatus.OK or corrected_aic(few) == math.inf
    small = replace(fit, data=dose_means(DOSES[:5], [1.0, 2.0, 3.0, 4.0, 5.0]))
    assert corrected_aic(small) == math.inf


def test_relative_and_absolute_r50_are_both_there_with_both_intervals() -> None:
    fit = fit_suppression_curve(*wells((2.0, 80.0, 0.1, 1.5), scatter=2.0))
    assert fit.r50_relative is not None
    assert fit.r50_absolute is not None
    assert fit.r50_relative.value < fit.r50_absolute.value
    for name, value in (("ec50", fit.r50_relative), ("r50_absolute", fit.r50_absolute)):
        profile = fit.profile(name)
        assert profile is not None
        assert profile.value == pytest.approx(value.value)
        assert profile.low is not None
        assert profile.high is not None
        assert profile.low < value.value < profile.high
    assert fit.profile("hill") is None
    assert fit.standard_errors == "Gauss–Newton"


def test_a_midpoint_outside_the_doses_is_no_relative_r50() -> None:
    fit = fit_suppression_curve(*wells((0.0, 90.0, 2.0, 1.5), scatter=0.01))
    assert (fit.status, fit.verdict) == (FitStatus.OK, FitVerdict.EXTRAPOLATED)
    assert (fit.r50_relative, fit.r50_relative_status) == (None, "extrapolated")
    assert fit.r50_relative_reason == FitVerdict.EXTRAPOLATED.sentence


def test_lack_of_fit_is_the_first_thing_to_doubt() -> None:
    x, y = wells((2.0, 92.0, 0.1, 1.6), scatter=0.5)
    y[6:9] = [value - 40 for value in y[6:9]]
    fit = fit_suppression_curve(x, y)
    assert fit.verdict is FitVerdict.LACK_OF_FIT
    assert fit.warnings[0] == FitVerdict.LACK_OF_FIT.sentence


def test_numbers_beyond_300_decades_are_not_written() -> None:
    fit = CurveFit(
        data=dose_means(DOSES, [0.0] * 8),
        model=CurveModel.FIVE_PL_R,
        status=FitStatus.OK,
        parameters=np.array([0.0, 90.0, 0.0, 0.001, 0.2]),
        covariance=np.eye(5),
        rss=1.0,
        degrees_of_freedom=3,
    )
    assert "ec50" not in estimates(fit, 0.95)
    assert share_dose(fit, 0.5, 0.95).estimate is None
    found = report(fit, 0.95)
    assert found.r50_relative_status == "extrapolated"
    assert (found.r50_relative, found.profiles) == (None, ())
    assert FitVerdict.EXTRAPOLATED.sentence in found.warnings
    assert share_dose(fit, 1.0, 0.95).status == "not_reached"


def test_a_fixed_second_plateau_is_no_guess() -> None:
    x, y = wells((2.0, 90.0, 0.8, 1.5), scatter=0.1)
    free = report(fit_curve(x, y), 0.95, with_profiles=False)
    held = report(fit_curve(x, y, fixed={"y_inf": 90.0}), 0.95, with_profiles=False)
    assert any("upper bend" in warning for warning in free.warnings)
    assert not any("upper bend" in warning for warning in held.warnings)
    assert held.profiles == ()


def test_curves_with_one_variance_share_it_and_its_degrees_of_freedom() -> None:
    one = fit_curve(*wells((2.0, 92.0, 0.1, 1.6), scatter=1.0))
    two = fit_curve(*wells((2.0, 92.0, 0.2, 1.6), scatter=3.0))
    none = fit_curve(*wells((30.0, 30.0, 0.2, 1.6), scatter=3.0))
    pooled = with_pooled_variance([one, none, two])
    assert pooled[1] is none
    variance = (one.rss + two.rss) / 40
    for own, with_others in ((one, pooled[0]), (two, pooled[2])):
        assert with_others.degrees_of_freedom == 40
        factor = variance / (own.rss / 20)
        assert with_others.numbers[1] == pytest.approx(own.numbers[1] * factor)
        assert with_others.covariance_observed is not None
    ratio = ec50_ratio(pooled[0], pooled[2])
    assert ratio is not None
    assert ratio.value == pytest.approx(0.5, rel=0.1)
    without = with_pooled_variance([replace(one, covariance_observed=None)])
    assert without[0].covariance_observed is None


def test_an_ec50_beyond_all_numbers_has_no_ratio() -> None:
    fit = fit_curve(*wells((2.0, 92.0, 0.1, 1.6)))
    numbers = fit.numbers[0].copy()
    numbers[2] = 900.0
    assert ec50_ratio(fit, replace(fit, parameters=numbers)) is None
    endless = np.array([0.0, 90.0, 0.0, 1.0, math.inf])
    skewed = replace(fit, model=CurveModel.FIVE_PL_R, parameters=endless, covariance=np.eye(5))
    assert ec50_ratio(skewed, fit) is None
