"""Both 5PL, 3PL, bounds and weights: values, derivatives, levels, and parameters that come back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sigmoid_data import DOSES, numeric_slope, share, wells

from lims_msc.domain.fit import FitStatus, FitVerdict
from lims_msc.science import fit_covariance
from lims_msc.science.curves import (
    CurveModel,
    curve_jacobian,
    curve_value,
    ln_dose_at,
    ln_dose_at_share,
    t_of_share,
    weighted_curvature,
)
from lims_msc.science.fitting import fit_curve
from lims_msc.science.reduced_fit import Data, Ties, reduced

LN_DOSE = np.array([-math.inf, -3.0, -1.0, 0.5])
SHAPES = {
    CurveModel.FOUR_PL: (3.0, 91.0, -2.0, 1.7),
    CurveModel.FIVE_PL_R: (3.0, 91.0, -2.0, 1.7, 0.4),
    CurveModel.FIVE_PL_F: (90.0, 5.0, -1.0, 1.2, 2.5),
}
MODELS = list(CurveModel)


@pytest.mark.parametrize("model", MODELS)
def test_values_are_those_of_the_formula_and_dose_0_is_the_first_plateau(model: CurveModel) -> None:
    y_zero, y_inf, ln_c, hill, *rest = SHAPES[model]
    found = curve_value(model, LN_DOSE, np.array(SHAPES[model]))
    turned = model is CurveModel.FIVE_PL_F
    for value, ln_dose in zip(found, LN_DOSE, strict=True):
        part = share(math.exp(ln_dose), math.exp(ln_c), hill, *rest, turned=turned)
        assert value == pytest.approx(y_zero + (y_inf - y_zero) * part, rel=1e-12)
    assert found[0] == y_zero
    assert model.equation.count("hill") == 1
    assert ("asym" in model.equation) is model.has_asymmetry


@pytest.mark.parametrize("model", MODELS)
def test_derivatives_are_those_of_the_curve(model: CurveModel) -> None:
    at = np.array(SHAPES[model])
    jacobian = curve_jacobian(model, LN_DOSE, at)
    factor = np.array([0.3, -1.0, 2.0, 0.7])
    curvature = weighted_curvature(model, LN_DOSE, at, factor)
    for index in range(len(at)):
        slope = numeric_slope(lambda p: curve_value(model, LN_DOSE, p), at, index)
        assert jacobian[:, index] == pytest.approx(slope, abs=1e-6)
        bend = numeric_slope(lambda p: factor @ curve_jacobian(model, LN_DOSE, p), at, index)
        assert curvature[index] == pytest.approx(bend, abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_the_dose_of_a_level_and_its_gradient_are_those_of_the_curve(model: CurveModel) -> None:
    at = np.array(SHAPES[model])
    found = ln_dose_at(50.0, at, model)
    assert found is not None
    assert curve_value(model, np.array([found[0]]), at) == pytest.approx([50.0], rel=1e-12)
    for index in range(len(at)):
        slope = numeric_slope(lambda p: ln_dose_at(50.0, p, model)[0], at, index)  # type: ignore[index]
        assert found[1][index] == pytest.approx(float(slope), rel=1e-5, abs=1e-8)
    assert ln_dose_at(200.0, at, model) is None


def test_all_of_the_way_lies_beyond_all_doses() -> None:
    assert t_of_share(CurveModel.FOUR_PL, 1.0) == math.inf
    assert ln_dose_at_share(1.0, np.array(SHAPES[CurveModel.FOUR_PL])) is None


ONE = np.ones(1)
TIES = [
    Ties(),
    Ties(y_zero=0.1 * ONE),
    Ties(y_inf=2.1 * ONE),
    Ties(y_zero=0.1 * ONE, y_inf=2.1 * ONE, share=0.3),
    Ties(through=(-1.5 * ONE, 1.1 * ONE)),
    Ties(y_zero=0.1 * ONE, through=(-1.5 * ONE, 1.1 * ONE)),
    Ties(y_inf=2.1 * ONE, through=(-1.5 * ONE, 1.1 * ONE)),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("ties", TIES)
def test_slopes_of_the_reduced_sum_of_squares_are_its_slopes(model: CurveModel, ties: Ties) -> None:
    data = Data(
        np.array([-math.inf, -4.0, -3.0, -2.0, -1.0, 0.0])[:, None],
        np.array([0.2, 0.1, 0.6, 1.2, 1.9, 2.3])[:, None],
        np.sqrt([1.0, 2.0, 1.0, 0.5, 3.0, 1.0])[:, None],
    )
    theta = np.array([[-2.2], [0.3], [0.4]])[: 3 if model.has_asymmetry else 2]
    found = reduced(model, data, theta, ties)

    def half(at: np.ndarray) -> float:
        return float(reduced(model, data, at[:, None], ties, derivatives=False).ss[0]) / 2

    def gradient(at: np.ndarray) -> np.ndarray:
        return reduced(model, data, at[:, None], ties).gradient[:, 0]

    for index in range(len(theta)):
        slope = numeric_slope(half, theta[:, 0], index)
        assert found.gradient[index, 0] == pytest.approx(float(slope), abs=1e-7)
        bend = numeric_slope(gradient, theta[:, 0], index)
        assert found.newton[index, :, 0] == pytest.approx(bend, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("asym", [0.5, 2.0])
@pytest.mark.parametrize("model", [CurveModel.FIVE_PL_R, CurveModel.FIVE_PL_F])
def test_parameters_of_a_5pl_without_scatter_come_back(model: CurveModel, asym: float) -> None:
    turned = model is CurveModel.FIVE_PL_F
    shape = (4.0, 95.0, 0.1, 1.8, asym)
    fit = fit_curve(*wells(shape, scatter=0, turned=turned), model=model)
    assert fit.names == ("y_zero", "y_inf", "ln_c", "hill", "asym")
    wanted = [4.0, 95.0, math.log(0.1), 1.8, asym]
    assert list(fit.numbers[0]) == pytest.approx(wanted, rel=1e-6)
    assert fit.value_at(np.array([-math.inf])) == pytest.approx([4.0], rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.5, 3.0), st.floats(0.03, 0.4), st.floats(-30, 30), st.permutations(range(24)))
def test_order_of_wells_and_units_change_no_5pl(
    hill: float, c: float, offset: float, order: list[int]
) -> None:
    x, y = wells((5.0, 95.0, c, hill, 0.7), scatter=2.0)
    one = fit_curve(x, y, model=CurveModel.FIVE_PL_R)
    two = fit_curve(
        [x[i] * 1e3 for i in order], [y[i] * 10 + offset for i in order], model=one.model
    )
    assert two.verdict is one.verdict
    if one.status is FitStatus.OK:
        assert two.rss == pytest.approx(100 * one.rss, rel=1e-7)
        assert two.numbers[0][3] == pytest.approx(one.numbers[0][3], rel=1e-4)


def test_a_mirrored_curve_is_of_the_other_5pl_family() -> None:
    """Turned over on both axes, s^g becomes 1 − (1 − s)^g."""
    x, y = wells((5.0, 95.0, 0.1, 1.5, 0.6), scatter=2.0)
    one = fit_curve(x, y, model=CurveModel.FIVE_PL_R)
    two = fit_curve([1 / dose for dose in x], [-v for v in y], model=CurveModel.FIVE_PL_F)
    assert two.rss == pytest.approx(one.rss, rel=1e-9)
    assert two.numbers[0][4] == pytest.approx(one.numbers[0][4], rel=1e-5)


@pytest.mark.parametrize(
    "fixed",
    [{"y_zero": 2.0}, {"y_inf": 92.0}, {"hill": 1.6}, {"y_zero": 2.0, "y_inf": 92.0}],
)
def test_a_fixed_parameter_stays_as_it_is_and_has_no_error(fixed: dict[str, float]) -> None:
    x, y = wells((2.0, 92.0, 0.1, 1.6), scatter=1.0)
    free, fit = fit_curve(x, y), fit_curve(x, y, fixed=fixed)
    for index, name in enumerate(fit.names):
        if name in fixed:
            assert fit.numbers[0][index] == fixed[name]
            assert not fit.numbers[1][index].any()
            assert fit.covariance_observed is not None
            assert not fit.covariance_observed[:, index].any()
    assert fit.rss >= free.rss
    assert fit.degrees_of_freedom == free.degrees_of_freedom + len(fixed)


def test_two_plateaus_that_the_data_contradict_leave_no_finite_curve() -> None:
    x, y = wells((90.0, 2.0, 0.1, 1.6), scatter=1.0)
    fit = fit_curve(x, y, fixed={"y_zero": 0.0, "y_inf": 100.0})
    assert fit.verdict is FitVerdict.NOT_BRACKETED
    assert fit.reason == fit.verdict.sentence


@pytest.mark.parametrize(
    ("bounds", "active"),
    [
        ({"y_zero": (0.0, None)}, ("y_zero",)),
        ({"y_zero": (0.0, None), "y_inf": (None, 100.0)}, ("y_zero", "y_inf")),
        ({"y_zero": (-50.0, 50.0), "y_inf": (0.0, 200.0)}, ()),
        ({"y_inf": (None, 90.0)}, ("y_inf",)),
    ],
)
def test_a_plateau_lies_on_its_bound_only_where_the_data_push_it(
    bounds: dict[str, tuple[float | None, float | None]], active: tuple[str, ...]
) -> None:
    x, y = wells((-8.0, 107.0, 0.1, 1.4), scatter=1.0)
    fit = fit_curve(x, y, bounds=bounds)
    assert fit.active == active
    held = {}
    for name in active:
        low, high = bounds[name]
        held[name] = low if name == "y_zero" else high
    assert fit.rss == pytest.approx(fit_curve(x, y, fixed=held).rss, rel=1e-9)  # type: ignore[arg-type]
    values = dict(zip(fit.names, fit.numbers[0], strict=True))
    for name, (low, high) in bounds.items():
        assert low is None or values[name] >= low - 1e-9
        assert high is None or values[name] <= high + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.floats(-20, -6), st.floats(104, 120), st.floats(0.05, 0.4), st.floats(0.8, 2.5))
def test_a_curve_that_leaves_both_bounds_lies_on_both(
    y_zero: float, y_inf: float, c: float, hill: float
) -> None:
    """Rounding must not put a plateau that lies on its bound outside of it."""
    x, y = wells((y_zero, y_inf, c, hill), scatter=1.0)
    fit = fit_curve(x, y, bounds={"y_zero": (0.0, None), "y_inf": (None, 100.0)})
    held = [{"y_zero": 0.0, "y_inf": 100.0}, {"y_zero": 0.0}, {"y_inf": 100.0}]
    allowed = []
    for fixed in held:
        other = fit_curve(x, y, fixed=fixed)
        if other.status is FitStatus.OK:
            low, high = other.numbers[0][:2]
            allowed += [other.rss] if low >= 0 and high <= 100 else []
    assert fit.status is FitStatus.OK
    assert fit.rss == pytest.approx(min(allowed), rel=1e-9)


def test_bounds_make_a_curve_that_runs_away_finite() -> None:
    x = [dose for dose in DOSES for _ in range(3)]
    y = [60 + 9 * math.log(dose) + error for dose in DOSES for error in (0.5, -0.2, -0.3)]
    assert fit_curve(x, y).verdict is FitVerdict.NOT_BRACKETED
    fit = fit_curve(x, y, bounds={"y_zero": (0.0, None), "y_inf": (None, 100.0)})
    assert fit.status is FitStatus.OK
    assert fit.active == ("y_zero",)
    step = [0.0] * 12 + [90.0] * 12
    y = [value + error for value, error in zip(step, (0.5, -0.2, -0.3) * 8, strict=True)]
    assert fit_curve(x, y, bounds={"y_zero": (-5.0, None)}).verdict is (
        FitVerdict.SLOPE_NOT_IDENTIFIED
    )


def test_a_weight_counts_as_so_many_wells() -> None:
    x, y = wells((2.0, 92.0, 0.1, 1.6), scatter=4.0)
    weighted = fit_curve(x, y, weights=[2.0] * 3 + [1.0] * 21)
    doubled = fit_curve(x[:3] + x, y[:3] + y)
    assert weighted.numbers[0] == pytest.approx(doubled.numbers[0], rel=1e-8)
    assert weighted.rss == pytest.approx(doubled.rss)
    assert weighted.degrees_of_freedom == doubled.degrees_of_freedom - 3


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf])
def test_what_is_no_weight_is_refused(weight: float) -> None:
    x, y = wells((2.0, 92.0, 0.1, 1.6))
    with pytest.raises(ValueError, match="Not a weight"):
        fit_curve(x, y, weights=[weight] * len(x))


@pytest.mark.parametrize("fixed", [{"ec50": 1.0}, {"hill": 0.0}, {"y_zero": math.nan}])
def test_what_cannot_be_fixed_is_refused(fixed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="can be fixed"):
        fit_curve(*wells((2.0, 92.0, 0.1, 1.6)), fixed=fixed)


@pytest.mark.parametrize(
    "bounds", [{"hill": (0.2, 8.0)}, {"y_zero": (5.0, 5.0)}, {"y_inf": (0.0, None)}]
)
def test_what_cannot_be_bounded_is_refused(
    bounds: dict[str, tuple[float | None, float | None]],
) -> None:
    with pytest.raises(ValueError, match="Not bounds"):
        fit_curve(*wells((2.0, 92.0, 0.1, 1.6)), bounds=bounds, fixed={"y_inf": 90.0})


def test_a_flat_standard_curve_may_be_asked_for() -> None:
    x, y = wells((30.0, 31.0, 0.1, 1.6), scatter=5.0)
    assert fit_curve(x, y).verdict is FitVerdict.FLAT
    assert fit_curve(x, y, needs_dose_effect=False).verdict is not FitVerdict.FLAT


def test_parameters_that_cannot_be_told_apart_have_no_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fit_covariance, "LARGEST_CONDITION", 5.0)
    fit = fit_curve(*wells((2.0, 92.0, 0.1, 1.6)))
    assert (fit.status, fit.verdict) == (FitStatus.NOT_ESTIMABLE, FitVerdict.NOT_SEPARABLE)
    assert "tell the parameters" in fit.reason


def test_a_hessian_that_is_no_minimum_has_no_inverse() -> None:
    ln_dose, weights = np.log(DOSES), np.ones(8)
    means = (ln_dose, np.linspace(0, 100, 8), weights)
    model, free = CurveModel.FOUR_PL, [0, 1, 2, 3]
    flat = np.array([50.0, 50.0, -2.0, 1.0])
    assert fit_covariance.observed_covariance(model, means, flat, free) is None
    astray = np.array([200.0, -100.0, -2.0, 1.0])
    assert fit_covariance.observed_covariance(model, means, astray, free) is None
    of_flat = fit_covariance.gauss_newton_covariance(
        model, ln_dose[None], weights[None], flat[None], free
    )
    assert np.isnan(of_flat).all()


NEARLY_STEPS = {
    12.17488816: [
        *(-3.42, -3.33, -2.85, -0.55, -5.28, 7.6, 0.5, -0.28, -0.72, 10.05, 6.99, 3.83),
        *(18.0, 17.01, 11.3, 18.5, 8.71, 15.92, 17.32, 17.05, 17.01, 8.97, 11.83, 14.08),
    ],
    9.06402211: [
        *(-2.82, 8.81, -8.34, -0.52, 1.8, 2.72, -0.25, -5.01, -7.15, 2.39, 3.34, -1.26),
        *(2.92, 3.04, -1.66, -1.41, -5.98, 7.11, 13.26, 8.11, 10.0, 17.2, 15.98, 21.6),
    ],
}


@pytest.mark.parametrize("hill", NEARLY_STEPS)
def test_a_curve_in_a_narrow_valley_is_no_step(hill: float) -> None:
    """Simulated wells whose best curve is so steep that a search of few starts takes it for one."""
    x = [dose for dose in DOSES for _ in range(3)]
    fit = fit_curve(x, NEARLY_STEPS[hill])
    assert fit.status is FitStatus.OK
    assert fit.numbers[0][3] == pytest.approx(hill, rel=1e-7)


def test_an_asymmetric_curve_without_an_end_is_none_and_not_a_search_without_rest() -> None:
    """Noise bends these wells so that the 5PL-f only gains as its upper plateau leaves all bounds.

    With asym → 0 the family tends to y_zero + k·ln(1 + (x/c)^hill), which fits better than any of
    its curves whose midpoint is within six decades of the doses.
    """
    doses = [*np.repeat(2000.0 / 2.0 ** np.arange(8), 2), 0.0, 0.0, 0.0, 0.0]
    signals = [2.0861, 2.1101, 1.4761, 1.4394, 1.55, 1.177, 0.9986, 1.0302, 0.6117, 0.2852]
    signals += [0.5219, 0.355, 0.2995, 0.1695, 0.0542, 0.3681, 0.0992, 0.0055, 0.0872, 0.2108]
    fit = fit_curve(doses, signals, model=CurveModel.FIVE_PL_F, needs_dose_effect=False)
    assert fit.status is FitStatus.NO_FINITE_OPTIMUM
