"""4PL fits: the right numbers, honest refusals, and warnings about what to doubt."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.fit import FitResult, FitStatus, FitVerdict
from lims_msc.science.curves import CurveModel, bends, curve_jacobian, curve_value, ln_dose_at
from lims_msc.science.dose_effect import DoseEffect, dose_effect, dose_means, f_test
from lims_msc.science.fit_report import estimates, level_dose
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.model_choice import fit_suppression_curve
from lims_msc.science.profile import profile_interval
from lims_msc.science.profile_search import Quantity

DOSES = [2.0**-k for k in range(8)]
SCATTER = (0.7, -0.3, -0.4)


def curve(
    y_zero: float,
    y_inf: float,
    ec50: float,
    hill: float,
    *,
    scatter: float = 1.0,
    doses: list[float] = DOSES,
) -> tuple[list[float], list[float]]:
    """Three wells a dose around a 4PL; written out here, not with the code under test."""
    x, y = [], []
    for index, dose in enumerate(doses):
        mean = y_zero + (y_inf - y_zero) / (1 + (ec50 / dose) ** hill) if dose else y_zero
        for replicate, error in enumerate(SCATTER):
            x.append(dose)
            y.append(mean + scatter * error * (1 + ((3 * index + replicate) % 4) / 4))
    return x, y


def value(fit: FitResult, name: str) -> float:
    estimate = fit.parameter(name)
    assert estimate is not None, fit.reason
    return estimate.value


def test_parameters_of_a_curve_without_scatter_come_back() -> None:
    fit = fit_suppression_curve(*curve(3, 91, 0.11, 1.7, scatter=0))
    assert fit.status is FitStatus.OK
    for name, wanted in (("y_zero", 3), ("y_inf", 91), ("ec50", 0.11), ("hill", 1.7)):
        assert value(fit, name) == pytest.approx(wanted, rel=1e-8)
    assert value(fit, "log10_ec50") == pytest.approx(math.log10(0.11))


@settings(max_examples=12, deadline=None)
@given(
    st.floats(-20, 20),
    st.floats(50, 110),
    st.floats(0.02, 0.4),
    st.floats(0.6, 4),
)
def test_any_curve_within_its_doses_comes_back(
    y_zero: float, y_inf: float, ec50: float, hill: float
) -> None:
    fit = fit_suppression_curve(*curve(y_zero, y_inf, ec50, hill, scatter=0))
    assert value(fit, "ec50") == pytest.approx(ec50, rel=1e-5)
    assert value(fit, "hill") == pytest.approx(hill, rel=1e-5)


def test_a_falling_curve_has_a_positive_slope_and_says_that_it_falls() -> None:
    fit = fit_suppression_curve(*curve(95, 2, 0.1, 2))
    assert value(fit, "y_zero") > value(fit, "y_inf")
    assert value(fit, "hill") > 0
    assert any("falls" in warning for warning in fit.warnings)
    assert fit.r50_absolute_status == "interpolated"


def test_a_zero_dose_is_the_first_plateau_and_does_not_count_as_a_dose() -> None:
    fit = fit_curve(*curve(8, 0.5, 0.1, 2, doses=[0.0, *DOSES[::2]]))
    assert (fit.status, fit.verdict) == (FitStatus.TOO_FEW_DOSES, FitVerdict.TOO_FEW_DOSES)
    assert fit.reason == "the model needs 5 different doses above zero; there are 4"
    fit = fit_suppression_curve(*curve(80, 5, 0.1, 2, doses=[0.0, *DOSES]))
    assert value(fit, "y_zero") == pytest.approx(80, abs=1)


def test_the_order_of_wells_does_not_matter() -> None:
    x, y = curve(3, 91, 0.11, 1.7, scatter=4)
    first, second = fit_suppression_curve(x, y), fit_suppression_curve(x[::-1], y[::-1])
    assert value(second, "ec50") == pytest.approx(value(first, "ec50"), rel=1e-10)
    assert second.warnings == first.warnings


@pytest.mark.parametrize(("gain", "unit"), [(1e-9, 1.0), (1e9, 1.0), (1.0, 1e-6), (1.0, 1e6)])
def test_units_of_dose_and_response_do_not_matter(gain: float, unit: float) -> None:
    x, y = curve(3, 91, 0.11, 1.7, scatter=4)
    plain = fit_suppression_curve(x, y)
    scaled = fit_suppression_curve([dose * unit for dose in x], [response * gain for response in y])
    assert value(scaled, "ec50") == pytest.approx(value(plain, "ec50") * unit, rel=1e-9)
    assert value(scaled, "y_inf") == pytest.approx(value(plain, "y_inf") * gain, rel=1e-9)


@pytest.mark.parametrize("kept", [1, 3])
def test_fewer_than_four_doses_are_too_few(kept: int) -> None:
    fit = fit_suppression_curve(*curve(0, 90, 0.1, 1.5, doses=DOSES[:kept]))
    assert fit.status is FitStatus.TOO_FEW_DOSES
    assert f"there are {kept}" in fit.reason
    assert fit.parameters == ()


def test_no_values_at_all_are_too_few_doses() -> None:
    assert fit_suppression_curve([], []).status is FitStatus.TOO_FEW_DOSES


def test_responses_without_a_dose_effect_have_no_midpoint() -> None:
    fit = fit_suppression_curve(*curve(30, 30, 0.1, 1, scatter=5))
    assert fit.status is FitStatus.NOT_ESTIMABLE
    assert "do not depend on the dose" in fit.reason
    assert (fit.parameters, fit.r50_absolute) == ((), None)
    assert fit.r50_absolute_reason == fit.reason


def test_equal_responses_have_no_midpoint() -> None:
    fit = fit_suppression_curve(DOSES, [40.0] * 8)
    assert (fit.status, fit.reason) == (FitStatus.NOT_ESTIMABLE, "all responses are equal")


def test_a_step_has_no_finite_slope() -> None:
    x, y = curve(5, 85, 0.17, 80)
    fit = fit_suppression_curve(x, y)
    assert fit.status is FitStatus.NO_FINITE_OPTIMUM
    assert "infinite slope" in fit.reason


def test_a_straight_line_over_log_dose_has_no_finite_midpoint() -> None:
    x = [dose for dose in DOSES for _ in SCATTER]
    y = [60 + 20 * math.log10(dose) + error for dose in DOSES for error in SCATTER]
    assert fit_suppression_curve(x, y).status is FitStatus.NO_FINITE_OPTIMUM


def test_doses_that_see_only_the_tail_of_a_curve_do_not_tell_its_parameters() -> None:
    """All doses lie far above the midpoint, and the scatter is a billionth."""
    y = [
        (19.230454624808, 19.230454625575),
        (19.230454625170, 19.230454622963),
        (19.230454624937, 19.230454625415),
        (19.230454614939, 19.230454614977),
        (19.230454088998, 19.230454091121),
        (19.230424095311, 19.230424094634),
    ]
    doses = [dose for dose in DOSES[:6] for _ in range(2)]
    fit = fit_suppression_curve(doses, [value for pair in y for value in pair])
    assert fit.status in {FitStatus.NOT_ESTIMABLE, FitStatus.NO_FINITE_OPTIMUM}
    assert "not determined" in fit.reason or "tell the four parameters apart" in fit.reason
    assert fit.parameters == ()


@pytest.mark.parametrize("power", [0.8, -0.8])
def test_a_curve_that_only_turns_away_from_a_plateau_has_no_finite_midpoint(power: float) -> None:
    x = [dose for dose in DOSES for _ in SCATTER]
    y = [10 + 5 * dose**power + error / 100 for dose in DOSES for error in SCATTER]
    assert fit_suppression_curve(x, y).status is FitStatus.NO_FINITE_OPTIMUM


def test_a_power_of_the_dose_with_a_zero_dose_has_no_finite_midpoint() -> None:
    doses = [0.0, *DOSES]
    x = [dose for dose in doses for _ in SCATTER]
    y = [10 + 5 * dose**0.8 + error / 100 for dose in doses for error in SCATTER]
    assert fit_suppression_curve(x, y).status is FitStatus.NO_FINITE_OPTIMUM


@pytest.mark.parametrize(
    ("shape", "warning"),
    [
        ((-60, 100, 0.04, 0.9), "lower plateau not supported"),
        ((0, 130, 0.1, 1.5), "upper plateau not supported"),
        ((0, 90, 3.0, 1.5), "outside the tested doses"),
        ((0, 90, 0.1, 9.0), "hill"),
        ((0, 90, 0.012, 1.5), "below the lower bend"),
        ((0, 90, 0.8, 1.5), "above the upper bend"),
    ],
)
def test_a_doubtful_curve_has_numbers_and_a_warning(
    shape: tuple[float, float, float, float], warning: str
) -> None:
    fit = fit_suppression_curve(*curve(*shape, scatter=0.01))
    assert fit.status is FitStatus.OK
    assert any(warning in words for words in fit.warnings), fit.warnings


def test_a_wide_interval_of_the_midpoint_is_a_warning() -> None:
    fit = fit_suppression_curve(*curve(0, 90, 1.5, 0.8, scatter=2))
    assert fit.status is FitStatus.OK
    assert any("wider than 10-fold" in words for words in fit.warnings), fit.warnings


def test_a_good_curve_has_no_warning() -> None:
    assert fit_suppression_curve(*curve(2, 92, 0.08, 2.0)).warnings == ()


def test_half_suppression_outside_the_doses_is_never_shown() -> None:
    x, y = curve(0, 90, 2.0, 1.5, scatter=0.01)
    fit = fit_suppression_curve(x, y)
    assert (fit.r50_absolute, fit.r50_absolute_status) == (None, "extrapolated")
    assert fit.r50_absolute_reason == "50 % lies outside the tested doses"
    for_checking = level_dose(fit_curve(x, y), 50, 0.95)
    assert for_checking.estimate is not None
    assert for_checking.estimate.value == pytest.approx(2 * (50 / 40) ** (1 / 1.5), rel=1e-2)


def test_half_suppression_that_is_not_between_the_plateaus_is_not_reached() -> None:
    fit = fit_suppression_curve(*curve(0, 40, 0.1, 1.5))
    assert (fit.r50_absolute, fit.r50_absolute_status) == (None, "not_reached")
    assert "plateaus" in fit.r50_absolute_reason


def test_a_level_beyond_all_numbers_has_no_estimate() -> None:
    """The fitted plateau is a hair above 50 on a shallow curve: the dose is 10 to the thousands."""
    fit = CurveFit(
        data=dose_means(DOSES, [0.0] * 8),
        model=CurveModel.FOUR_PL,
        status=FitStatus.OK,
        parameters=np.array([0.0, 50.0 + 1e-9, 0.0, 0.01]),
        covariance=np.eye(4),
        rss=1.0,
        degrees_of_freedom=4,
    )
    assert level_dose(fit, 50, 0.95).status == "extrapolated"
    assert level_dose(fit, 50, 0.95).estimate is None


def test_the_standard_errors_are_those_of_repeated_experiments() -> None:
    """The spread of the estimate over simulated plates is what the fit says it is."""
    rng = np.random.default_rng(7)
    x = [dose for dose in DOSES for _ in range(3)]
    mean = np.array([90 / (1 + (0.1 / dose) ** 1.5) for dose in x])
    fits = [fit_curve(x, list(mean + rng.normal(0, 3, mean.size))) for _ in range(60)]
    found = [estimates(fit, 0.95)["log10_ec50"] for fit in fits]
    errors = [estimate.se for estimate in found if estimate.se is not None]
    spread = np.std([estimate.value for estimate in found], ddof=1)
    assert spread == pytest.approx(np.mean(errors), rel=0.3)
    covered = [e.low <= -1 <= e.high for e in found if e.low is not None and e.high is not None]
    assert len(errors) == len(covered) == 60
    assert sum(covered) >= 51


def test_the_profile_interval_is_the_wald_interval_where_the_curve_is_complete() -> None:
    x, y = curve(2, 92, 0.08, 2.0)
    low, high = profile_interval(fit_curve(x, y), Quantity.EC50)
    wald = fit_suppression_curve(x, y).parameter("ec50")
    assert wald is not None
    assert low == pytest.approx(wald.low, rel=0.01)
    assert high == pytest.approx(wald.high, rel=0.01)


def test_the_profile_interval_is_open_where_the_doses_end_before_the_curve() -> None:
    low, high = profile_interval(fit_curve(*curve(0, 90, 1.5, 0.8, scatter=2)), Quantity.EC50)
    assert low is not None
    assert low < 1.5
    assert high is None


def is_measured(response: float) -> bool:
    """Say whether a response is zero or far enough from it that its square is a number."""
    return response == 0 or abs(response) >= 1e-90


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4).filter(is_measured), min_size=5, max_size=24))
def test_whatever_the_responses_no_number_is_infinite(responses: list[float]) -> None:
    x = [DOSES[index % 8] for index in range(len(responses))]
    fit = fit_suppression_curve(x, responses)
    found = [estimate for _, estimate in fit.parameters]
    found += [fit.r50_absolute] if fit.r50_absolute else []
    for estimate in found:
        for number in (estimate.value, estimate.se, estimate.low, estimate.high):
            assert number is None or math.isfinite(number)
    assert (fit.status is FitStatus.OK) == bool(fit.parameters)
    assert (fit.status is FitStatus.OK) or fit.reason


@pytest.mark.parametrize(
    ("doses", "responses"),
    [([0.1], [math.nan]), ([-0.1], [1.0]), ([math.inf], [1.0]), ([0.1, 0.2], [1.0])],
)
def test_what_is_no_dose_or_no_response_is_refused(
    doses: list[float], responses: list[float]
) -> None:
    with pytest.raises(ValueError, match=r"Not a dose|zip\(\)"):
        fit_suppression_curve(doses, responses)


def test_a_refused_fit_hands_out_no_numbers() -> None:
    with pytest.raises(ValueError, match="no numbers"):
        _ = fit_curve([0.1], [1.0]).numbers


def test_derivatives_are_those_of_the_curve() -> None:
    ln_dose = np.array([-math.inf, -3.0, -1.0, 0.5])
    parameters = np.array([3.0, 91.0, -2.0, 1.7])
    found = curve_jacobian(CurveModel.FOUR_PL, ln_dose, parameters)
    for index in range(4):
        step = np.zeros(4)
        step[index] = 1e-6
        slope = (
            curve_value(CurveModel.FOUR_PL, ln_dose, parameters + step)
            - curve_value(CurveModel.FOUR_PL, ln_dose, parameters - step)
        ) / 2e-6
        assert found[:, index] == pytest.approx(slope, abs=1e-6)
    many = curve_value(CurveModel.FOUR_PL, ln_dose, np.stack([parameters, parameters]))
    assert many.shape == (2, 4)


def test_bends_lie_at_the_published_fractions() -> None:
    """Ryegrass, DOMAIN 5.5: bends at 1.8225 and 5.1309."""
    assert bends(3.05795, 2.98223) == pytest.approx((1.8225, 5.1309), rel=1e-4)
    assert bends(1.0, 0.001) == (0.0, math.inf)


def test_a_level_outside_the_plateaus_has_no_dose() -> None:
    parameters = np.array([0.0, 40.0, 0.0, 1.0])
    assert ln_dose_at(50.0, parameters) is None
    assert ln_dose_at(40.0, parameters) is None
    found = ln_dose_at(20.0, parameters)
    assert found is not None
    assert found[0] == pytest.approx(0.0)


def test_tests_that_the_data_do_not_allow_are_absent() -> None:
    assert f_test(1.0, 0, 1.0, 5) == (None, None)
    assert f_test(0.0, 2, 0.0, 5) == (None, None)
    assert f_test(1.0, 2, 0.0, 5) == (None, 0.0)
    assert f_test(1e300, 1, 1e-300, 5) == (None, 0.0)
    pair = dose_means([0.1, 0.2], [1.0, 2.0])
    assert pair.pure_error_df == 0
    effect = dose_effect(pair)
    assert effect == DoseEffect(None, None, None)
    assert effect.is_absent()


def test_responses_whose_squares_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="less than a hundred digits"):
        dose_means([0.1, 0.2], [1.0, -1e101])
    with pytest.raises(ValueError, match="told from zero"):
        dose_means([0.1, 0.2], [1e-160, -3e-160])
    assert dose_means([0.1, 0.2], [1e-160, 1.0]).means == (1e-160, 1.0)
