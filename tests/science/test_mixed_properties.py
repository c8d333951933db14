"""What a mixed model may not depend on: order of rows, names of levels, units, zero points."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixed_designs import DESIGNS, donors, fitted, uneven_runs

from lims_msc.science.mixed_model import MixedModelFit, MixedModelStatus
from lims_msc.science.mixed_moments import moments
from lims_msc.science.mixed_scaling import scaled_model
from lims_msc.science.reml_criterion import (
    Likelihood,
    covariances,
    derivatives,
    profiled,
    restricted,
)

BY_NAME = {design["name"]: design for design in DESIGNS} | {"uneven_runs": uneven_runs()}
SOME = ["three_cohorts", "slope_crossed", "runs_across_batches", "singular_batch"]


@cache
def fit_of(name: str) -> MixedModelFit:
    return fitted(BY_NAME[name])


def numbers(fit: MixedModelFit) -> dict[str, float]:
    """Return everything that a fit shows, by name."""
    found = {component.name: component.value for component in fit.variances}
    for effect in fit.fixed:
        for kind, test in (("s", effect.satterthwaite), ("k", effect.kenward_roger)):
            found[f"{effect.name} {kind} se"] = test.standard_error
            found[f"{effect.name} {kind} df"] = test.degrees_of_freedom
            found[f"{effect.name} {kind} t"] = test.t
        found[effect.name] = effect.estimate
    for term in fit.terms:
        found[f"{term.term} F"] = term.kenward_roger.f
        found[f"{term.term} df"] = term.kenward_roger.denominator_df or 0.0
    return found


def assert_same(ours: MixedModelFit, theirs: MixedModelFit) -> None:
    assert ours.status is theirs.status is MixedModelStatus.OK
    assert numbers(ours) == pytest.approx(numbers(theirs), rel=1e-6, abs=1e-7)
    assert ours.criterion == pytest.approx(theirs.criterion, abs=1e-8)


@pytest.mark.parametrize("name", SOME)
def test_the_order_of_rows_and_columns_does_not_matter(name: str) -> None:
    design = BY_NAME[name]
    order = np.random.default_rng(5).permutation(len(design["columns"]["y"]))
    turned = dict(reversed(design["columns"].items()))
    columns = {key: [values[i] for i in order] for key, values in turned.items()}
    shuffled = fitted(design, columns=columns, random=list(reversed(design["random"])))
    assert_same(shuffled, fit_of(name))


@pytest.mark.parametrize("name", SOME)
def test_names_of_groups_do_not_matter(name: str) -> None:
    design, columns = BY_NAME[name], dict(BY_NAME[name]["columns"])
    for group in ("donor", "batch", "run", "responder"):
        if group in columns:
            columns[group] = [f"{value[::-1]} of {group}" for value in columns[group]]
    assert_same(fitted(design, columns=columns), fit_of(name))


@settings(max_examples=5, deadline=None)
@given(
    factor=st.floats(1e-3, 1e3),
    sign=st.sampled_from([-1, 1]),
    shift=st.floats(-1e4, 1e4),
    name=st.sampled_from(SOME[:2]),
)
def test_units_and_zero_of_the_response_only_rescale(
    factor: float, sign: int, shift: float, name: str
) -> None:
    a = factor * sign
    design, plain = BY_NAME[name], fit_of(name)
    y = [a * value + shift for value in design["columns"]["y"]]
    scaled = fitted(design, columns={**design["columns"], "y": y})
    for ours, theirs in zip(scaled.fixed, plain.fixed, strict=True):
        moved = a * theirs.estimate + (shift if theirs.name == "(Intercept)" else 0)
        assert ours.estimate == pytest.approx(moved, rel=1e-6, abs=1e-6 * factor)
        for mine, other in (
            (ours.satterthwaite, theirs.satterthwaite),
            (ours.kenward_roger, theirs.kenward_roger),
        ):
            assert mine.standard_error == pytest.approx(factor * other.standard_error, rel=1e-5)
            assert mine.degrees_of_freedom == pytest.approx(other.degrees_of_freedom, rel=1e-4)
    for component, other_component in zip(scaled.variances, plain.variances, strict=True):
        wanted = factor**2 * other_component.value
        assert component.value == pytest.approx(wanted, rel=1e-4, abs=1e-6 * factor**2)


def test_the_zero_of_a_covariate_with_a_random_slope_only_moves_the_intercept() -> None:
    """lme4's default search fails here: a covariate of 2000 ± 1 correlates with its intercept."""
    design, plain = BY_NAME["slope_crossed"], fit_of("slope_crossed")
    ratio = [value + 2000 for value in design["columns"]["log2_ratio"]]
    moved = fitted(design, columns={**design["columns"], "log2_ratio": ratio})
    for name in ("log2_ratio", "cohortSLE:log2_ratio"):
        ours = next(effect for effect in moved.fixed if effect.name == name)
        theirs = next(effect for effect in plain.fixed if effect.name == name)
        assert ours.estimate == pytest.approx(theirs.estimate, rel=1e-6)
        assert ours.kenward_roger.p == pytest.approx(theirs.kenward_roger.p, rel=1e-5)
    for component in ("var_donor_log2_ratio", "var_responder", "var_residual"):
        assert moved.variance(component) == pytest.approx(plain.variance(component), rel=1e-5)


def test_the_reference_level_does_not_matter_to_a_term_within_an_interaction() -> None:
    design = BY_NAME["interaction_3x2_age"]
    turned = fitted(
        design, factor_levels={"cohort": ["RA", "healthy", "SLE"], "priming": ["IFNg", "none"]}
    )
    ours = {test.term: test for test in turned.terms}
    for test in fit_of("interaction_3x2_age").terms:
        assert ours[test.term].kenward_roger.f == pytest.approx(test.kenward_roger.f)
        assert ours[test.term].kenward_roger.p == pytest.approx(test.kenward_roger.p, rel=1e-5)
        assert ours[test.term].satterthwaite.f == pytest.approx(test.satterthwaite.f)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), spread=st.sampled_from([0.0, 1.0, 8.0]))
def test_no_start_finds_a_better_fit_than_the_one_that_is_returned(
    seed: int, spread: float
) -> None:
    design = donors(seed, n=7, wells=4, donor_sd=spread)
    fit = fitted(design)
    model = scaled_model(fit.design)
    assert model is not None
    assert fit.criterion is not None
    ratios = [0.0, *np.geomspace(1e-4, 1e4, 60)]
    scan = min(profiled(model.products, [np.array([[r]])]).criterion for r in ratios)
    assert fit.criterion <= model.criterion(scan, Likelihood.REML) + 1e-9


@pytest.mark.parametrize(
    ("name", "n_crossed"),
    [
        ("runs_across_batches", 5),
        ("slope_crossed", 4),
        ("nested_crossed_unbalanced", 6),
        ("priming_slope", 0),
        ("uneven_runs", 19),
    ],
)
def test_sums_from_eliminated_groups_are_those_of_the_full_covariance_matrix(
    name: str, n_crossed: int
) -> None:
    design = fit_of(name).design
    model = scaled_model(design)
    assert model is not None
    assert model.products.n_crossed == n_crossed
    rng = np.random.default_rng(2)
    ratios = []
    for width in model.products.widths:
        half = rng.normal(size=(width, width))
        ratios.append(half @ half.T)
    n = design.n_rows
    v = np.eye(n)
    for effect, scale, ratio in zip(design.random, model.effect_maps, ratios, strict=True):
        basis = effect.values @ scale
        same = effect.level_of_row[:, None] == effect.level_of_row[None]
        v += np.where(same, basis @ ratio @ basis.T, 0)
    x = design.fixed_matrix() @ model.coefficient_map
    y = (design.response - design.fixed_matrix() @ model.offset) / model.response_scale
    xy = np.column_stack([x, y])
    found = moments(model.products, ratios)
    assert found.gram == pytest.approx(xy.T @ np.linalg.solve(v, xy), rel=1e-9, abs=1e-9)
    assert found.log_determinant == pytest.approx(np.linalg.slogdet(v)[1])
    slopes, traces = _full_derivatives(design, model, v, xy)
    assert found.slopes == pytest.approx(slopes, rel=1e-8, abs=1e-8)
    assert found.traces == pytest.approx(traces, rel=1e-8)


def _full_derivatives(design: Any, model: Any, v: Any, xy: Any) -> tuple[Any, Any]:
    inverse = np.linalg.inv(v)
    slopes, traces = [], []
    for effect, scale in zip(design.random, model.effect_maps, strict=True):
        basis = effect.values @ scale
        same = effect.level_of_row[:, None] == effect.level_of_row[None]
        for a in range(basis.shape[1]):
            for b in range(a + 1):
                g = np.outer(basis[:, a], basis[:, b]) * same
                g = g if a == b else g + g.T
                slopes.append(-xy.T @ inverse @ g @ inverse @ xy)
                traces.append(np.trace(inverse @ g))
    return np.array(slopes), np.array(traces)


def test_the_exact_derivatives_are_those_of_finite_differences() -> None:
    model = scaled_model(fit_of("slope_crossed").design)
    assert model is not None
    at = np.array([0.8, 0.1, 0.4, 0.3, 1.2])
    exact = derivatives(lambda gamma: [restricted(model.products, gamma).traces], at)[0]
    for k in range(len(at)):
        step = np.zeros(len(at))
        step[k] = 1e-5
        ahead = restricted(model.products, at + step).traces
        behind = restricted(model.products, at - step).traces
        assert exact[k] == pytest.approx((ahead - behind) / 2e-5, rel=1e-5, abs=1e-5)
    ratios = covariances(model.products.widths, at[:-1])
    for likelihood in Likelihood:
        here = profiled(model.products, ratios, likelihood)
        nudged = [r + 1e-6 * np.eye(len(r)) for r in ratios]
        change = profiled(model.products, nudged, likelihood).criterion - here.criterion
        wanted = 1e-6 * sum(float(np.trace(slope)) for slope in here.gradient)
        assert change == pytest.approx(wanted, rel=1e-4)
