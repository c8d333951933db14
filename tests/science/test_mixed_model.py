"""Mixed models: estimates and tests as lme4, lmerTest and pbkrtest give them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from mixed_designs import DESIGNS, donors, dyestuff, fitted

from lims_msc.science.mixed_model import (
    MixedModelFit,
    MixedModelStatus,
    _t_test,
    fit_mixed_model,
    ml_log_likelihood,
)
from lims_msc.science.reml_search import Optimum
from lims_msc.validation.mixed_effects import answer

BY_NAME = {design["name"]: design for design in DESIGNS}


@cache
def fit_of(name: str) -> MixedModelFit:
    """Return the fit of a design as it is."""
    return fitted(BY_NAME[name])


@pytest.mark.parametrize("name", BY_NAME)
def test_estimates_and_satterthwaite_tests_are_those_of_lmer_test(name: str) -> None:
    fit, wanted = fit_of(name), BY_NAME[name]["answers"]
    assert fit.status is MixedModelStatus.OK
    assert fit.criterion == pytest.approx(wanted["criterion"], abs=1e-8)
    assert fit.is_singular == wanted["singular"]
    assert {effect.name for effect in fit.fixed} == set(wanted["satterthwaite"])
    for effect in fit.fixed:
        theirs, ours = wanted["satterthwaite"][effect.name], effect.satterthwaite
        assert effect.estimate == pytest.approx(theirs["estimate"], rel=1e-6)
        assert ours.standard_error == pytest.approx(theirs["se"], rel=1e-6)
        assert ours.degrees_of_freedom == pytest.approx(theirs["df"], rel=1e-5)
        assert ours.t == pytest.approx(theirs["t"], rel=1e-6)
        assert ours.p == pytest.approx(theirs["p"], rel=1e-4)
    for test in fit.terms:
        terms = wanted["terms"][test.term]
        assert test.numerator_df == terms["numdf"]
        assert test.satterthwaite.f == pytest.approx(terms["F"], rel=1e-5)
        assert test.satterthwaite.denominator_df == pytest.approx(terms["dendf"], rel=1e-5)
        assert test.satterthwaite.p == pytest.approx(terms["p"], rel=1e-4)


@pytest.mark.parametrize("name", BY_NAME)
def test_kenward_roger_tests_are_those_of_pbkrtest(name: str) -> None:
    fit, wanted = fit_of(name), BY_NAME[name]["answers"]
    for effect in fit.fixed:
        theirs, ours = wanted["kenward_roger"][effect.name], effect.kenward_roger
        assert ours.standard_error == pytest.approx(theirs["se"], rel=1e-6)
        assert ours.degrees_of_freedom == pytest.approx(theirs["df"], rel=1e-6)
        assert ours.p == pytest.approx(theirs["p"], rel=1e-4)
    for test in fit.terms:
        terms = wanted["kenward_roger_terms"][test.term]
        assert test.kenward_roger.f == pytest.approx(terms["F"], rel=1e-6)
        assert test.kenward_roger.denominator_df == pytest.approx(terms["dendf"], rel=1e-6)
        assert test.kenward_roger.p == pytest.approx(terms["p"], rel=1e-4)


@pytest.mark.parametrize("name", BY_NAME)
def test_variances_are_those_of_lme4(name: str) -> None:
    fit = fit_of(name)
    ours = sorted(component.value for component in fit.variances)
    theirs = sorted(BY_NAME[name]["answers"]["variances"].values())
    assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-8)


@pytest.mark.shared
def test_all_reference_cases_are_met(
    reference_cases: Callable[[str], list[dict[str, Any]]],
) -> None:
    for case in reference_cases("mixed_effects"):
        _assert_leaves(case["id"], case["expected"], answer(case))


def _assert_leaves(place: str, wanted: Any, ours: Any) -> None:
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            is_answered = key in ours
            assert is_answered or key in _NOT_ANSWERED, f"{place}/{key} is not answered"
            if is_answered:
                _assert_leaves(f"{place}/{key}", value, ours[key])
    elif isinstance(wanted, float):
        assert ours == pytest.approx(wanted, rel=1e-6, abs=1e-7), place
    elif isinstance(wanted, list):
        assert ours == pytest.approx(wanted, rel=1e-6), place
    else:
        assert ours == wanted, place


_NOT_ANSWERED = {
    "wald_z_p",  # the wrong test of a mixed model
    "sd_residual",
    "icc_definition",
    "donor_means_t",  # a test of its own, not of the mixed model
    "pseudo_replicated_t",  # the wrong test
    "profile_ci95_lme4",
}


def test_the_worked_example_of_variance_between_batches_comes_out() -> None:
    """DOMAIN 5.6: a nested standard error of 19.383 against a naive one of 11.506."""
    fit = dyestuff()
    (mean,) = fit.fixed
    assert mean.estimate == pytest.approx(1527.5)
    assert fit.variance("var_batch") == pytest.approx(1764.05)
    assert fit.variance("var_residual") == pytest.approx(2451.25)
    assert dict(fit.icc)["batch"] == pytest.approx(0.4184874148933646)
    assert mean.kenward_roger.standard_error == pytest.approx(19.383412152318968)
    assert mean.kenward_roger.degrees_of_freedom == pytest.approx(5)
    assert mean.satterthwaite.degrees_of_freedom == pytest.approx(5)
    assert (fit.n_rows, fit.groups) == (30, {"batch": 6})
    assert fit.log_likelihood == pytest.approx(-159.82713842112776)
    assert ml_log_likelihood(fit) == pytest.approx(-163.663529940568)


def test_a_balanced_design_gives_the_t_test_of_donor_means() -> None:
    design = donors()
    fit = fitted(design)
    y = np.array(design["columns"]["y"]).reshape(-1, 3).mean(axis=1)
    healthy, sle = y[0::2], y[1::2]
    pooled = math.sqrt((healthy.var(ddof=1) + sle.var(ddof=1)) / 4)
    effect = fit.fixed[1]
    assert effect.estimate == pytest.approx(sle.mean() - healthy.mean())
    assert effect.kenward_roger.standard_error == pytest.approx(pooled)
    assert effect.kenward_roger.degrees_of_freedom == pytest.approx(6)
    assert effect.kenward_roger.t == pytest.approx((sle.mean() - healthy.mean()) / pooled)
    low, high = effect.kenward_roger.low, effect.kenward_roger.high
    assert (low + high) / 2 == pytest.approx(effect.estimate)
    assert low < effect.estimate < high


def test_on_the_boundary_only_kenward_roger_keeps_the_donors_degrees_of_freedom() -> None:
    design = donors(seed=3, n=10, donor_sd=0.0)
    y = design["columns"]["y"]
    for i in range(0, len(y), 3):
        y[i] -= sum(y[i : i + 3]) - 180 + (i % 6) * 4
    fit = fitted(design)
    effect = fit.fixed[1]
    assert fit.singular == ("the variance between levels of donor is estimated as 0",)
    assert fit.variance("var_donor") == 0
    assert effect.satterthwaite.degrees_of_freedom == pytest.approx(28)
    assert effect.kenward_roger.degrees_of_freedom == pytest.approx(8)
    assert dict(fit.icc) == {"donor": 0.0}


def test_any_contrast_of_coefficients_can_be_tested() -> None:
    fit = fit_of("three_cohorts")
    turned = fitted(BY_NAME["three_cohorts"], factor_levels={"cohort": ["SLE", "RA", "healthy"]})
    assert fit.tests is not None
    ours = fit.tests.contrast({"cohortRA": 1, "cohortSLE": -1})
    same = next(effect for effect in turned.fixed if effect.name == "cohortRA")
    assert ours.name == "1 cohortRA + -1 cohortSLE"
    assert ours.estimate == pytest.approx(same.estimate)
    for mine, other in (
        (ours.kenward_roger, same.kenward_roger),
        (ours.satterthwaite, same.satterthwaite),
    ):
        assert mine.standard_error == pytest.approx(other.standard_error)
        assert mine.degrees_of_freedom == pytest.approx(other.degrees_of_freedom)
    with pytest.raises(ValueError, match='no coefficient "cohortMS"'):
        fit.tests.contrast({"cohortMS": 1})
    with pytest.raises(ValueError, match="weight other than 0"):
        fit.tests.contrast({"cohortRA": 0})


def test_a_slope_gives_a_covariance_and_no_shares_of_the_variance() -> None:
    fit = fit_of("slope_crossed")
    assert [component.name for component in fit.variances] == [
        "var_donor_intercept",
        "cov_donor_intercept_log2_ratio",
        "var_donor_log2_ratio",
        "var_responder",
        "var_residual",
    ]
    assert fit.icc == ()
    with pytest.raises(KeyError):
        fit.variance("var_run")


def test_rows_without_any_residual_spread_get_a_reason_instead_of_numbers() -> None:
    design = donors()
    by_donor = {"columns": dict(design["columns"])}
    numbers = [float(donor[1:]) ** 1.5 for donor in design["columns"]["donor"]]
    exact = [60.0 if cohort == "SLE" else 70.0 for cohort in design["columns"]["cohort"]]
    for y in (numbers, exact):
        fit = fitted(design, columns={**by_donor["columns"], "y": y})
        assert fit.status is MixedModelStatus.NO_RESIDUAL_SPREAD
        assert "explain every row exactly" in fit.reason
        assert (fit.fixed, fit.tests, fit.log_likelihood) == ((), None, None)
        assert ml_log_likelihood(fit) is None


def test_a_search_that_does_not_settle_gives_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    import lims_msc.science.mixed_model as module

    found = module.search

    def unsettled(*arguments: Any) -> Optimum:
        best = found(*arguments)
        return Optimum(best.factors, best.ratios, best.at, has_converged=False)

    monkeypatch.setattr(module, "search", unsettled)
    fit = fitted(donors())
    assert fit.status is MixedModelStatus.NOT_CONVERGED
    assert "did not settle" in fit.reason
    assert fit.variances == ()


def test_an_answer_names_nested_groups_as_the_case_does() -> None:
    design = BY_NAME["nested_crossed_unbalanced"]
    given = {**{key: design[key] for key in ("columns", "fixed", "random")}, "response": "y"}
    given["factor_levels"] = design["factor_levels"]
    ours = answer({"input": given, "expected": {"groups": {"batch:donor": 0}}})
    assert set(ours["groups"]) == {"donor", "batch:donor", "responder"}
    assert "var_batch:donor" in ours["variance"]
    plain = answer({"input": given, "expected": {}})
    assert set(plain["icc"]) == {"donor", "donor:batch", "responder"}


def test_a_fit_needs_no_levels_where_there_is_no_factor() -> None:
    columns = donors()["columns"]
    fit = fit_mixed_model(columns, "y", ["1", "age"], ["(1 | donor)"])
    assert isinstance(fit, MixedModelFit)
    assert [effect.name for effect in fit.fixed] == ["(Intercept)", "age"]


def test_hardly_any_degrees_of_freedom_leave_the_interval_open() -> None:
    test = _t_test(1.0, 1.0, 1e-4)
    assert (test.low, test.high) == (None, None)
    assert 0.99 < test.p <= 1
