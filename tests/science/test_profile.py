"""Profile-likelihood intervals: right where they can be checked, open where data bound nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sigmoid_data import DOSES, plates, wells

from lims_msc.domain.fit import FitStatus
from lims_msc.science.batch_fit import fit_curves
from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_table import DoseTable
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.profile import profile_interval, profile_intervals
from lims_msc.science.profile_search import Quantity
from lims_msc.science.uncertainty import t_quantile

COMPLETE = wells((2.0, 92.0, 0.08, 1.8), scatter=3.0)


def threshold(fit: CurveFit) -> float:
    t = t_quantile(fit.degrees_of_freedom, 0.95)
    return fit.rss * (1 + t * t / fit.degrees_of_freedom)


@pytest.mark.parametrize("name", ["y_zero", "y_inf", "hill"])
def test_at_an_end_the_curve_with_that_parameter_fixed_is_just_rejected(name: str) -> None:
    fit = fit_curve(*COMPLETE)
    for end in profile_interval(fit, Quantity(name)):
        assert end is not None
        held = fit_curve(*COMPLETE, fixed={name: end})
        assert held.rss == pytest.approx(threshold(fit), rel=1e-8)


@pytest.mark.parametrize("fixed", [{}, {"y_zero": 2.0}, {"y_inf": 92.0}, {"hill": 1.8}])
def test_at_an_end_of_the_absolute_r50_no_curve_through_it_is_good_enough(
    fixed: dict[str, float],
) -> None:
    """Fixing y_inf so that a curve of given slope reaches 50 there, over all slopes."""
    fit = fit_curve(*COMPLETE, fixed=fixed)
    low, high = profile_interval(fit, Quantity.R50_ABSOLUTE)
    assert low is not None
    assert high is not None
    found = fit.ln_dose_at(50.0)
    assert found is not None
    ln_dose, gradient = found
    half = t_quantile(fit.degrees_of_freedom, 0.95) * math.sqrt(
        gradient @ fit.numbers[1] @ gradient
    )
    assert math.log(low) == pytest.approx(ln_dose - half, abs=0.15 * half)
    assert math.log(high) == pytest.approx(ln_dose + half, abs=0.15 * half)


def test_with_a_fixed_slope_and_midpoint_only_the_plateaus_are_left_to_find() -> None:
    fit = fit_curve(*COMPLETE, fixed={"hill": 1.8})
    low, high = profile_interval(fit, Quantity.EC50)
    assert low is not None
    assert high is not None
    assert low < math.exp(fit.numbers[0][2]) < high


def test_between_two_fixed_plateaus_an_absolute_r50_moves_like_the_midpoint() -> None:
    half_way = fit_curve(*COMPLETE, fixed={"y_zero": 0.0, "y_inf": 100.0})
    absolute = profile_interval(half_way, Quantity.R50_ABSOLUTE)
    assert absolute == pytest.approx(profile_interval(half_way, Quantity.EC50), rel=1e-7)
    other = fit_curve(*COMPLETE, fixed={"y_zero": 0.0, "y_inf": 90.0})
    low, high = profile_interval(other, Quantity.R50_ABSOLUTE)
    found = other.ln_dose_at(50.0)
    assert found is not None
    assert low is not None
    assert high is not None
    assert low < math.exp(found[0]) < high


@pytest.mark.parametrize("model", [CurveModel.FIVE_PL_R, CurveModel.FIVE_PL_F])
def test_a_5pl_has_intervals_of_midpoint_and_asymmetry(model: CurveModel) -> None:
    x, y = wells((2.0, 95.0, 0.1, 2.0, 0.5), scatter=0.5, turned=model is CurveModel.FIVE_PL_F)
    fit = fit_curve(x, y, model=model)
    low, high = profile_interval(fit, Quantity.ASYM)
    assert low is not None
    assert high is not None
    assert low < fit.numbers[0][4] < high
    ends = profile_interval(fit, Quantity.EC50)
    assert all(end is not None for end in ends)


def test_the_interval_is_the_wald_interval_where_the_curve_is_complete() -> None:
    fit = fit_curve(*wells((2.0, 92.0, 0.08, 2.0), scatter=0.1))
    se = math.sqrt(fit.numbers[1][2, 2])
    half = t_quantile(fit.degrees_of_freedom, 0.95) * se
    low, high = profile_interval(fit, Quantity.EC50)
    assert low == pytest.approx(math.exp(fit.numbers[0][2] - half), rel=1e-3)
    assert high == pytest.approx(math.exp(fit.numbers[0][2] + half), rel=1e-3)


def test_it_is_open_where_the_doses_end_before_the_curve() -> None:
    fit = fit_curve(*wells((0.0, 90.0, 1.5, 0.8), scatter=2.0))
    low, high = profile_interval(fit, Quantity.EC50)
    assert low is not None
    assert low < 1.5
    assert high is None
    assert profile_interval(fit, Quantity.Y_INF)[1] is None


def test_a_steep_curve_has_no_upper_end_of_its_slope() -> None:
    fit = fit_curve(*wells((2.0, 92.0, 0.1, 5.0), scatter=15.0))
    low, high = profile_interval(fit, Quantity.HILL)
    assert low is not None
    assert high is None


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    fit = fit_curve(*COMPLETE)
    narrow = profile_interval(fit, Quantity.EC50, confidence=0.5)
    wide = profile_interval(fit, Quantity.EC50, confidence=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]  # type: ignore[operator]


def test_what_is_fixed_or_not_there_has_no_interval() -> None:
    fit = fit_curve(*COMPLETE, fixed={"y_zero": 2.0})
    assert profile_interval(fit, Quantity.Y_ZERO) == (None, None)
    assert profile_interval(fit, Quantity.R50_ABSOLUTE, level=99.0) == (None, None)
    with pytest.raises(ValueError, match="no asymmetry"):
        profile_interval(fit, Quantity.ASYM)
    with pytest.raises(ValueError, match="no numbers"):
        profile_interval(fit_curve([0.1], [1.0]), Quantity.EC50)
    bounded = fit_curve(*COMPLETE, bounds={"y_zero": (5.0, None)})
    with pytest.raises(ValueError, match="on its bound"):
        profile_interval(bounded, Quantity.EC50)


@pytest.mark.parametrize("quantity", [Quantity.EC50, Quantity.R50_ABSOLUTE])
def test_intervals_of_many_are_those_of_one(quantity: Quantity) -> None:
    y = plates(10, seed=11)
    fits = fit_curves(DOSES, y)
    table = DoseTable.of_wells(np.array(DOSES)[None], y, None)
    low, high = profile_intervals(table, fits, quantity)
    own = DoseTable.of_wells(np.tile(DOSES, (10, 1)), y, None)
    low_of_own, high_of_own = profile_intervals(own, fits, quantity)
    x = [dose for dose in DOSES for _ in range(3)]
    for index in range(len(y)):
        alone = fit_curve(x, y[index].ravel().tolist())
        wanted = (None, None)
        if alone.status is FitStatus.OK:
            wanted = profile_interval(alone, quantity)  # type: ignore[assignment]
        for ends in ((low, high), (low_of_own, high_of_own)):
            for found, want in zip(ends, wanted, strict=True):
                got = found.tolist()[index]
                assert got == (None if want is None else pytest.approx(want, rel=1e-6))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Incomplete curves, for which Wald intervals hold it in 79 % of cases only."""
    rng = np.random.default_rng(17)
    truth = math.exp(0.3)
    mean = 90 / (1 + (truth / np.array(DOSES)) ** 1.2)
    y = mean[None, :, None] + rng.normal(0, 4, (150, 8, 3))
    fits = fit_curves(DOSES, y)
    table = DoseTable.of_wells(np.array(DOSES)[None], y, None)
    low, high = profile_intervals(table, fits, Quantity.EC50)
    ok = np.array([status is FitStatus.OK for status in fits.status])
    holds = (low.filled(0.0) <= truth) & (truth <= high.filled(np.inf))
    assert holds[ok].mean() > 0.9
