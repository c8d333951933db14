"""The search for the restricted maximum: boundaries, tiny variances, steps that go wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mixed_designs import DESIGNS, donors, fitted

from lims_msc.science.kenward_roger import KenwardRoger
from lims_msc.science.mixed_model import MixedModelFit, MixedModelStatus
from lims_msc.science.mixed_scaling import scaled_model
from lims_msc.science.reml_criterion import Likelihood
from lims_msc.science.reml_search import _Problem, factored, search
from lims_msc.science.satterthwaite import Satterthwaite

BY_NAME = {design["name"]: design for design in DESIGNS}


def with_variance_ratio(ratio: float, n: int = 40, wells: int = 3) -> dict[str, Any]:
    """Return donors whose between-donor variance over the residual's is estimated as a ratio.

    In a balanced one-way design the estimate is (MSB/MSW − 1)/wells, so the means are moved until
    the mean squares have that quotient.
    """
    design = donors(seed=4, n=n, wells=wells)
    y = np.array(design["columns"]["y"]).reshape(n, wells)
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / (n * (wells - 1))
    means = y.mean(axis=1) - y.mean()
    between = wells * (means**2).sum() / (n - 1)
    factor = np.sqrt(within * (1 + wells * ratio) / between)
    moved = y - y.mean(axis=1, keepdims=True) + factor * means[:, None]
    return {
        **design,
        "columns": {**design["columns"], "y": [float(value) for value in moved.ravel()]},
        "fixed": ["1"],
        "factor_levels": {},
    }


def ratio_of(fit: MixedModelFit) -> float:
    return fit.variance("var_donor") / fit.variance("var_residual")


@pytest.mark.parametrize("ratio", [2e-7, 5e-6, 3e-5, 1e-3, 1.0, 1e3, 1e6])
def test_a_variance_of_any_size_is_found(ratio: float) -> None:
    fit = fitted(with_variance_ratio(ratio))
    assert fit.status is MixedModelStatus.OK
    assert ratio_of(fit) == pytest.approx(ratio, rel=1e-5)
    assert not fit.is_singular
    (mean,) = fit.fixed
    assert mean.kenward_roger.degrees_of_freedom == pytest.approx(39, rel=1e-4)


def test_a_variance_below_zero_is_zero_and_said_to_be_at_the_boundary() -> None:
    fit = fitted(with_variance_ratio(-0.1))
    assert ratio_of(fit) == 0
    assert fit.is_singular


def test_a_ratio_beyond_the_search_is_no_residual_spread() -> None:
    fit = fitted(with_variance_ratio(1e10))
    assert fit.status is MixedModelStatus.NO_RESIDUAL_SPREAD


def problem_of(name: str) -> _Problem:
    model = scaled_model(fitted(BY_NAME[name]).design)
    assert model is not None
    return _Problem(model.products, Likelihood.REML)


def test_a_direction_that_was_given_up_too_early_comes_back() -> None:
    problem = problem_of("slope_crossed")
    widths = problem.products.widths
    wrong = [np.zeros((width, width)) for width in widths]
    found = problem.settle(wrong)
    best = search(problem.products)
    assert found.has_converged
    for ours, theirs in zip(found.ratios, best.ratios, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-6)


def test_without_an_end_to_the_search_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of("three_cohorts")
    monkeypatch.setattr(_Problem, "_fallen_direction", lambda _, found: list(found.ratios))
    start = [np.eye(width) for width in problem.products.widths]
    assert not problem.settle(start).has_converged


def test_a_step_uphill_is_not_taken_and_one_too_long_is_halved() -> None:
    problem = problem_of("singular_batch")
    factors = factored([np.eye(1)] * 3, 0.0)
    start = factors.parameters
    at = problem.at(factors.covariances(start))
    downhill = -problem.gradient(factors, start) / 100
    end, better = problem._shortened(factors, start, 64 * downhill, at, 1.0)
    assert better.criterion < at.criterion
    assert not np.allclose(end, start + 64 * downhill)
    stays, same = problem._shortened(factors, start, -downhill, at, 1.0)
    assert same is at
    assert stays is start


def test_a_search_that_stays_in_one_place_has_not_converged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = problem_of("singular_batch")

    def stay(_: Any, __: Any, start: Any, ___: Any, at: Any, size: float) -> Any:
        assert size > 0
        return start, at

    monkeypatch.setattr(_Problem, "_shortened", stay)
    assert not problem.newton(factored([np.eye(1)] * 3, 0.0)).has_converged


def test_factors_have_a_column_for_each_direction_that_varies() -> None:
    full = np.array([[4.0, 1.0], [1.0, 9.0]])
    alone = np.array([[4.0, 6.0], [6.0, 9.0]])
    factors = factored([full, alone, np.zeros((2, 2))], 1e-9)
    assert [matrix.shape for matrix in factors.matrices] == [(2, 2), (2, 1), (2, 0)]
    assert factors.matrices[0] @ factors.matrices[0].T == pytest.approx(full)
    assert factors.matrices[1] @ factors.matrices[1].T == pytest.approx(alone)
    assert [int(free.sum()) for free in factors.free] == [3, 2, 0]
    again = factors.covariances(factors.parameters)
    assert again[0] == pytest.approx(full)


def test_few_donors_leave_two_degrees_of_freedom_to_a_joint_satterthwaite_test() -> None:
    tests = Satterthwaite(
        np.diag([1.0, 2.0]),
        np.array([np.diag([1.0, 1.0]), np.diag([0.0, 3.0])]),
        np.diag([0.5, 0.4]),
    )
    f, df = tests.f_test(np.eye(2), np.array([1.0, 2.0]))
    assert f == pytest.approx((1 / 1 + 4 / 2) / 2)
    assert tests.degrees_of_freedom(np.array([1.0, 0.0])) == pytest.approx(4)
    assert tests.degrees_of_freedom(np.array([0.0, 1.0])) == pytest.approx(8 / 4.1)
    assert df == 2


def test_with_two_degrees_of_freedom_the_kenward_roger_test_is_the_plain_f_test() -> None:
    """One variance with W = 2σ⁴/m has exact F tests with m degrees of freedom."""
    for m in (1.0, 2.0, 4.0, 10.0):
        slopes = -np.eye(2)[None]
        tests = KenwardRoger(np.eye(2), np.eye(2), slopes, np.array([[2 / m]]))
        found = tests.f_test(np.eye(2), np.array([1.0, 2.0]))
        assert found == (pytest.approx(2.5), pytest.approx(m))
        assert tests.degrees_of_freedom(np.array([1.0, 0.0])) == pytest.approx(m)


def test_where_the_moments_of_f_do_not_exist_there_is_no_joint_test() -> None:
    """Three cohorts, one donor variance of 0 and hardly any overlap of donors and responders."""
    rng = np.random.default_rng(328)
    n_donors, n_responders = rng.integers(3, 7), rng.integers(2, 6)
    n = int(rng.integers(10, 30))
    donor, responder = rng.integers(0, n_donors, n), rng.integers(0, n_responders, n)
    y = 10 * (rng.random() < 0.3) * (rng.random(n) < 0.1)
    y = y + rng.normal(0, 3 * rng.random(), n_donors)[donor]
    y = y + rng.normal(0, 3 * rng.random(), n_responders)[responder] + rng.normal(0, 1, n)
    levels = ["a", "b", "c"]
    columns = {
        "y": [float(value) for value in y],
        "cohort": [levels[k % 3] for k in donor],
        "donor": [f"D{k}" for k in donor],
        "responder": [f"R{k}" for k in responder],
    }
    fit = fitted(
        {
            "columns": columns,
            "fixed": ["1", "cohort"],
            "random": ["(1 | donor)", "(1 | responder)"],
            "factor_levels": {"cohort": levels},
        }
    )
    (term,) = fit.terms
    assert term.kenward_roger.f is None
    assert term.kenward_roger.p is None
    assert term.satterthwaite.f == pytest.approx(0.8345930, rel=1e-5)
    # By pbkrtest: 0.619, 0.178 and 0.0626 degrees of freedom.
    ours = [effect.kenward_roger.degrees_of_freedom for effect in fit.fixed]
    assert ours == pytest.approx([0.61919, 0.177651, 0.0625601], rel=1e-4)
