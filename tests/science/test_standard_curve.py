"""Standard curves: against an independent fit, on falling and asymmetric curves, and refusals."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from lims_msc.domain.fit import FitStatus
from lims_msc.domain.values import ValueStatus
from lims_msc.science.curves import CurveModel
from lims_msc.science.reading_back import ReadBackStatus, reportable
from lims_msc.science.standard_curve import (
    StandardCurve,
    StandardWeighting,
    fit_standard_curve,
)
from lims_msc.science.standard_range import Standard, quantitation_range

LADDER = (0.0, 7.8, 15.6, 31.2, 62.5, 125.0, 250.0, 500.0, 1000.0)
NOISE = (
    0.4,
    -0.7,
    0.9,
    -0.2,
    -0.8,
    0.6,
    0.1,
    -0.5,
    0.3,
    0.7,
    -0.9,
    0.2,
    0.5,
    -0.4,
    -0.1,
    0.8,
    -0.6,
    1,
)


def _four_pl(x: float, y_zero: float, y_inf: float, c: float, hill: float) -> float:
    return y_zero if x == 0 else y_zero + (y_inf - y_zero) / (1 + (c / x) ** hill)


def _standards(
    y_zero: float = 0.06, y_inf: float = 2.8, noise: float = 0.02
) -> tuple[Standard, ...]:
    """Return two wells for each standard, 2 % off an invented curve in both directions."""
    found = []
    for index, x in enumerate(LADDER):
        y = _four_pl(x, y_zero, y_inf, 120.0, 1.3)
        wells = tuple(y * (1 + noise * NOISE[2 * index + k]) for k in (0, 1))
        found.append(Standard(x, wells))
    return tuple(found)


RISING, FALLING = _standards(), _standards(2.8, 0.06)


@pytest.fixture(scope="module")
def curve() -> StandardCurve:
    return fit_standard_curve(RISING)


def _simple(signal: float, parameters: np.ndarray) -> float:
    y_zero, y_inf, ln_c, hill = parameters
    return float(ln_c + math.log((signal - y_zero) / (y_inf - signal)) / hill)


@pytest.mark.parametrize("weighting", list(StandardWeighting))
@pytest.mark.parametrize("standards", [RISING, FALLING], ids=["rising", "falling"])
def test_concentrations_and_errors_are_those_of_scipy(
    standards: tuple[Standard, ...], weighting: StandardWeighting
) -> None:
    """curve_fit for the curve; the error of ln x by numeric derivatives of its closed form."""
    x = np.array([s.concentration for s in standards for _ in s.signals])
    y = np.array([signal for s in standards for signal in s.signals])
    power = {"none": 0, "1/y": 1, "1/y^2": 2}[weighting]
    start = [standards[0].signals[0], standards[-1].signals[0], math.log(120), 1.2]

    def model(x: np.ndarray, y_zero: float, y_inf: float, ln_c: float, hill: float) -> np.ndarray:
        return np.array([_four_pl(v, y_zero, y_inf, math.exp(ln_c), hill) for v in x])

    found, covariance = optimize.curve_fit(
        model, x, y, start, sigma=y ** (power / 2), ftol=1e-14, xtol=1e-14, gtol=1e-14
    )
    residual = float(np.sum((y - model(x, *found)) ** 2 / y**power)) / (len(y) - 4)
    signals = (0.9, 0.96, 0.93)
    mean = sum(signals) / 3
    steps = np.eye(4) * 1e-6
    gradient = np.array(
        [(_simple(mean, found + h) - _simple(mean, found - h)) / 2e-6 for h in steps]
    )
    by_signal = (_simple(mean + 1e-6, found) - _simple(mean - 1e-6, found)) / 2e-6
    read = fit_standard_curve(standards, weighting=weighting).read_back(signals, dilution_factor=20)
    assert read.concentration == pytest.approx(20 * math.exp(_simple(mean, found)), rel=1e-6)
    assert read.errors is not None
    curve_only = float(gradient @ covariance @ gradient)
    assert read.errors.se_ln_curve_only == pytest.approx(math.sqrt(curve_only), rel=1e-4)
    se_ln = math.sqrt(curve_only + by_signal**2 * residual * mean**power / 3)
    assert read.errors.se_ln == pytest.approx(se_ln, rel=1e-4)
    t = stats.t.ppf(0.975, len(y) - 4)
    assert read.errors.low == pytest.approx(read.concentration * math.exp(-t * se_ln), rel=1e-4)
    assert read.errors.high_linear == pytest.approx(read.concentration * (1 + t * se_ln), rel=1e-4)
    assert read.errors.se == pytest.approx(read.concentration * se_ln, rel=1e-4)


def test_standards_read_themselves_back(curve: StandardCurve) -> None:
    levels = curve.levels()
    assert [level.concentration for level in levels] == list(LADDER)
    assert levels[0].recovery_percent is None
    for level in levels[2:]:
        assert level.status == "ok"
        assert level.recovery_percent == pytest.approx(100, abs=10)


def test_a_signal_beyond_a_plateau_has_no_number(curve: StandardCurve) -> None:
    high, low = curve.read_back([9.0, 9.1], dilution_factor=3), curve.read_back([0.0])
    assert high.status is ReadBackStatus.ABOVE_UPPER_ASYMPTOTE
    assert low.status is ReadBackStatus.BELOW_LOWER_ASYMPTOTE
    for read in (high, low):
        assert (read.in_well, read.concentration, read.errors) == (None, None, None)
        assert "plateau" in read.reason
    limits = quantitation_range(curve.levels())
    assert reportable(high, limits).bound == 3000
    assert reportable(low, limits).status is ValueStatus.BELOW_RANGE


def test_a_signal_at_a_plateau_has_no_number(curve: StandardCurve) -> None:
    assert curve.fit is not None
    y_zero, y_inf = (float(plateau) for plateau in curve.fit.numbers[0][:2])
    assert curve.read_back([y_zero]).status is ReadBackStatus.BELOW_LOWER_ASYMPTOTE
    assert curve.read_back([y_inf]).status is ReadBackStatus.ABOVE_UPPER_ASYMPTOTE


def test_outside_the_standards_there_is_a_number_for_checking_only(curve: StandardCurve) -> None:
    low, high = curve.read_back([0.08, 0.09]), curve.read_back([2.74, 2.74])
    assert low.status is ReadBackStatus.BELOW_LOWEST_STANDARD
    assert high.status is ReadBackStatus.ABOVE_HIGHEST_STANDARD
    limits = quantitation_range(curve.levels())
    for read in (low, high):
        assert read.concentration is not None
        assert reportable(read, limits).value is None
        assert reportable(read, limits).bound is not None


def test_on_a_falling_curve_a_high_signal_is_little_analyte() -> None:
    falling = fit_standard_curve(FALLING)
    limits = quantitation_range(falling.levels())
    assert falling.is_falling
    none, much = falling.read_back([3.5]), falling.read_back([0.01])
    assert none.status is ReadBackStatus.ABOVE_UPPER_ASYMPTOTE
    assert reportable(none, limits).status is ValueStatus.BELOW_RANGE
    assert much.status is ReadBackStatus.BELOW_LOWER_ASYMPTOTE
    assert reportable(much, limits).status is ValueStatus.ABOVE_RANGE
    assert (falling.read_back([0.5]).in_well or 0) > (falling.read_back([1.5]).in_well or 0)


def test_a_concentration_beyond_200_decades_is_no_number(curve: StandardCurve) -> None:
    """A hill near nothing spreads the plateaus over more decades than there are numbers."""
    assert curve.fit is not None
    spread_out = np.array([0.0, 2.0, math.log(120.0), 0.002])
    flat = replace(curve, fit=replace(curve.fit, parameters=spread_out))
    read = flat.read_back([0.2])
    assert read.status is ReadBackStatus.BELOW_LOWEST_STANDARD
    assert (read.in_well, read.concentration, read.errors) == (None, None, None)
    assert "below the lowest standard" in read.reason
    assert reportable(read, quantitation_range(curve.levels())).status is ValueStatus.BELOW_RANGE


def test_a_concentration_of_wells_is_missing_where_one_is_beyond_the_curve(
    curve: StandardCurve,
) -> None:
    read = curve.read_back([2.7, 3.4])
    assert read.of_wells[1] is None
    assert read.mean_of_wells is None


@pytest.mark.parametrize("model", [CurveModel.FIVE_PL_R, CurveModel.FIVE_PL_F])
def test_both_asymmetric_families_read_their_own_curve_back(model: CurveModel) -> None:
    """Standards on a 5PL with small noise; the closed inverse of the equation is the reference."""

    def signal(x: float) -> float:
        if x == 0:
            return 0.05
        if model is CurveModel.FIVE_PL_R:
            return 0.05 + 2.5 / (1 + (150 / x) ** 1.5) ** 0.5
        return 2.55 - 2.5 / (1 + (x / 60) ** 1.5) ** 0.5

    standards = [
        Standard(x, (signal(x) + 1e-4 * NOISE[i], signal(x) - 1e-4 * NOISE[i]))
        for i, x in enumerate((*LADDER, 2000.0, 4000.0))
    ]
    curve = fit_standard_curve(standards, model=model)
    for x in (12.0, 90.0, 700.0):
        assert curve.read_back([signal(x)]).in_well == pytest.approx(x, rel=1e-2)


def test_the_lower_plateau_may_be_held_at_a_value() -> None:
    curve = fit_standard_curve(RISING[1:], fixed={"y_zero": 0.06})
    assert curve.fit is not None
    assert curve.fit.numbers[0][0] == 0.06
    assert curve.fit.degrees_of_freedom == 16 - 3


@pytest.mark.parametrize("weighting", [StandardWeighting.INVERSE, StandardWeighting.INVERSE_SQUARE])
def test_a_signal_not_above_zero_has_no_weight(weighting: StandardWeighting) -> None:
    with_negative = [Standard(0.0, (-0.002, 0.003)), *RISING[1:]]
    curve = fit_standard_curve(with_negative, weighting=weighting)
    assert curve.status is FitStatus.NOT_ESTIMABLE
    assert "-0.002" in curve.reason
    assert str(weighting) in curve.reason
    assert curve.levels() == ()
    assert not curve.is_falling
    assert curve.signal_limit(3) is None
    read = curve.read_back([1.0])
    assert (read.status, read.reason) == (ReadBackStatus.NO_CURVE, curve.reason)
    assert fit_standard_curve(with_negative).status is FitStatus.OK


def test_a_weighted_curve_knows_no_error_of_a_signal_that_is_not_above_zero() -> None:
    curve = fit_standard_curve(
        RISING[1:], weighting=StandardWeighting.INVERSE, fixed={"y_zero": -0.5}
    )
    read = curve.read_back([-0.1])
    assert read.concentration is not None
    assert read.errors is None


def test_too_few_standards_give_no_curve() -> None:
    curve = fit_standard_curve(RISING[:4])
    assert curve.status is FitStatus.TOO_FEW_DOSES
    assert "5" in curve.reason
    with pytest.raises(ValueError, match="no standard curve"):
        curve._fit()


def test_limits_of_detection_stand_off_the_zero_standard_in_the_direction_of_the_curve(
    curve: StandardCurve,
) -> None:
    limit = curve.signal_limit(3)
    assert limit is not None
    first, second = RISING[0].signals
    sd = abs(first - second) / math.sqrt(2)
    assert limit.signal == pytest.approx((first + second) / 2 + 3 * sd)
    assert limit.concentration == pytest.approx(curve.read_back([limit.signal]).in_well)
    falling = fit_standard_curve(FALLING).signal_limit(3)
    assert falling is not None
    assert falling.signal < sum(FALLING[0].signals) / 2


def test_a_limit_beyond_a_plateau_or_without_zero_wells_has_no_concentration() -> None:
    far = fit_standard_curve([Standard(0.0, (0.0, 2.0)), *RISING[1:]]).signal_limit(10)
    assert far is not None
    assert (far.status, far.concentration) == (ReadBackStatus.ABOVE_UPPER_ASYMPTOTE, None)
    assert fit_standard_curve(RISING[1:]).signal_limit(3) is None
    single = [Standard(0.0, (0.06,)), *RISING[1:]]
    assert fit_standard_curve(single).signal_limit(3) is None


@pytest.mark.parametrize("standards", [RISING, FALLING], ids=["rising", "falling"])
def test_a_top_standard_that_turns_back_is_warned_about(standards: tuple[Standard, ...]) -> None:
    assert fit_standard_curve(standards).warnings == ()
    turned = standards[-4].signals
    hooked = (*standards[:-1], replace(standards[-1], signals=turned))
    curve = fit_standard_curve(hooked)
    assert "1000" in curve.warnings[0]
    assert "hook" in curve.warnings[0]
    assert (quantitation_range(curve.levels()).highest or 0) < 1000


def test_wells_that_agree_at_the_top_are_no_hook() -> None:
    top = (RISING[-2].signals[0] - 0.01, RISING[-2].signals[1] - 0.01)
    assert fit_standard_curve((*RISING[:-1], Standard(1000.0, top))).warnings == ()


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.permutations(RISING))
def test_units_and_order_change_nothing(
    signal_unit: float, concentration_unit: float, order: list[Standard]
) -> None:
    plain = fit_standard_curve(RISING).read_back([0.7, 0.75])
    changed = fit_standard_curve(
        [
            Standard(
                concentration_unit * s.concentration,
                tuple(signal_unit * y for y in reversed(s.signals)),
            )
            for s in order
        ]
    ).read_back([signal_unit * 0.75, signal_unit * 0.7])
    assert changed.status is plain.status
    assert changed.in_well == pytest.approx(concentration_unit * (plain.in_well or 0), rel=1e-6)
    assert changed.errors is not None
    assert plain.errors is not None
    assert changed.errors.se_ln == pytest.approx(plain.errors.se_ln, rel=1e-5)


def test_intervals_hold_the_truth_in_95_of_100_plates() -> None:
    """The error of curve and reading together, for a sample of two wells in mid-curve."""
    random, hits = np.random.default_rng(3), 0
    truth = _four_pl(80.0, 0.06, 2.8, 120.0, 1.3)
    for _ in range(80):
        standards = [
            Standard(x, tuple(_four_pl(x, 0.06, 2.8, 120.0, 1.3) + random.normal(0, 0.03, 2)))
            for x in LADDER
        ]
        errors = fit_standard_curve(standards).read_back(truth + random.normal(0, 0.03, 2)).errors
        assert errors is not None
        hits += (errors.low or 0) <= 80 <= (errors.high or math.inf)
    assert 71 <= hits <= 80


def test_a_signal_that_is_as_good_as_zero_has_no_weight() -> None:
    with_nothing = [Standard(0.0, (1e-300, 0.003)), *RISING[1:]]
    curve = fit_standard_curve(with_nothing, weighting=StandardWeighting.INVERSE_SQUARE)
    assert curve.status is FitStatus.NOT_ESTIMABLE
    assert "reads 1e-300" in curve.reason
    unweighted = fit_standard_curve(with_nothing)
    assert unweighted.status is FitStatus.OK
    assert unweighted.levels()[0].cv_percent == pytest.approx(100 * math.sqrt(2))
