"""Sentences of a mixed model: n is donors, methods are named, doubts are said."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from mixed_designs import DESIGNS, donors, dyestuff, fitted

from lims_msc.science.mixed_model import FTest, MixedModelFit
from lims_msc.science.mixed_report import MixedReport, ReportWords, p_text, report

BY_NAME = {design["name"]: design for design in DESIGNS}
DONOR = ReportWords(unit="donor")


@cache
def report_of(name: str) -> MixedReport:
    return report(fit_of(name), DONOR)


@cache
def fit_of(name: str) -> MixedModelFit:
    return fitted(BY_NAME[name])


def test_donors_are_n_and_wells_are_counted_beside_them() -> None:
    found = report(fitted(donors()), DONOR)
    assert found.sample == "n = 8 donors (24 wells); cohort: 4 healthy, 4 SLE."
    assert "n = 24" not in found.text


def test_method_and_model_are_named() -> None:
    words = ReportWords(unit="donor", response="suppression at 1:10 in percent")
    method = report(fitted(donors()), words).method
    assert method.startswith("Suppression at 1:10 in percent was analysed with the linear mixed")
    assert "y ~ 1 + cohort + (1 | donor)" in method
    assert "restricted maximum likelihood (REML)" in method
    assert "two-sided tests" in method
    assert "Kenward–Roger" in method


def test_an_estimate_is_told_with_interval_test_and_exact_p() -> None:
    found = report(dyestuff(), ReportWords(unit="batch", rows="samples"))
    assert found.sample == "n = 6 batches (30 samples)."
    assert found.effects == ("mean: 1527 (95 % CI 1478 to 1577), t(5.0) = 78.80, p = 6.23 × 10⁻⁹.",)
    assert found.variance == "Variance: 41.8 % between batches and 58.2 % residual."
    assert found.warnings == ()
    assert found.text.endswith("58.2 % residual.")


def test_an_effect_within_an_interaction_says_where_it_holds() -> None:
    found = " ".join(report_of("interaction_3x2_age").effects)
    assert "mean (at age 0, cohort healthy, priming none): " in found
    assert "cohort SLE against healthy (at priming none): " in found
    assert "priming IFNg against none (at cohort healthy): " in found
    assert "age: " in found
    assert "cohort RA × priming IFNg: " in found
    assert "cohort as a whole: F(2, " in found


def test_what_varies_within_donors_is_said_so() -> None:
    sample = report_of("interaction_3x2_age").sample
    assert "priming (none, IFNg) varies within donors" in sample
    assert "cohort: 5 healthy, 5 SLE, 5 RA" in sample
    assert "runs" in sample


def test_nested_groups_are_told_as_within() -> None:
    found = report_of("nested_crossed_unbalanced")
    assert "batches within donors" in found.sample
    assert "% between batches within donors" in found.variance


def test_slopes_leave_no_shares_of_the_variance() -> None:
    assert "no shares of the total" in report_of("slope_crossed").variance


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("singular_batch", "the variance between levels of donor:batch is estimated as 0"),
        ("priming_slope", "coefficients of donor are perfectly correlated"),
    ],
)
def test_a_singular_fit_is_told_with_what_it_means(name: str, words: str) -> None:
    (warning,) = report_of(name).warnings
    assert words in warning
    assert "count wells as if they were independent" in warning


def test_a_slope_without_variance_is_named() -> None:
    design = BY_NAME["slope_uncorrelated"]
    y = [
        value - 9 * ratio
        for value, ratio in zip(
            design["columns"]["y"], design["columns"]["log2_ratio"], strict=True
        )
    ]
    columns = {**design["columns"], "y": y, "day": [float(i % 2) for i in range(len(y))]}
    fit = fitted({**design, "columns": columns, "random": ["(1 | donor)", "(0 + day | donor)"]})
    assert fit.singular == ("the variance of day between donor is 0",)


def test_few_levels_lead_to_the_advice_of_a_test_on_donor_values() -> None:
    found = report(fitted(donors(n=4)), DONOR)
    (warning,) = found.warnings
    assert "fewer than 5 levels of donor (4)" in warning
    assert "A test on one value per donor is advised." in warning


def test_a_fit_without_numbers_is_told_with_its_reason() -> None:
    design = donors()
    columns = {**design["columns"], "y": [float(d[1:]) ** 2 for d in design["columns"]["donor"]]}
    found = report(fitted(design, columns=columns), DONOR)
    assert found.method.startswith("There is no fit of y ~ 1 + cohort + (1 | donor): the fixed")
    assert found.effects == ()
    assert found.text == f"{found.method} {found.sample}"


def test_a_joint_test_without_degrees_of_freedom_says_so() -> None:
    fit = fit_of("three_cohorts")
    (term,) = fit.terms
    bare = replace(term, kenward_roger=FTest(None, None, None))
    found = report(replace(fit, terms=(bare,)), DONOR)
    assert "cohort: no joint test; the approximation has no degrees of freedom here." in found.text


def test_an_interval_without_bounds_is_said_so() -> None:
    fit = fitted(donors())
    bare = replace(fit.fixed[1].kenward_roger, low=None, high=None, degrees_of_freedom=1e-3)
    effect = replace(fit.fixed[1], kenward_roger=bare)
    assert "(95 % CI without bounds)" in report(replace(fit, fixed=(effect,)), DONOR).text


def test_the_unit_has_to_be_a_group_of_the_model() -> None:
    with pytest.raises(ValueError, match='unit "patient" is not a group of this model: donor'):
        report(fitted(donors()), ReportWords(unit="patient"))


def test_plurals_can_be_given() -> None:
    words = ReportWords(unit="donor", plurals={"donor": "persons"})
    assert "n = 8 persons" in report(fitted(donors()), words).sample


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0146764, "p = 0.0147"),
        (0.5, "p = 0.500"),
        (1.0, "p = 1.00"),
        (0.000356, "p = 3.56 × 10⁻⁴"),
        (4.1159e-10, "p = 4.12 × 10⁻¹⁰"),
        (0.0, "p < 10⁻³⁰⁰"),
    ],
)
def test_p_is_exact(p: float, text: str) -> None:
    assert p_text(p) == text


def test_numbers_keep_four_digits_and_a_true_minus_sign() -> None:
    design = donors()
    for scale, shown in ((1e-9, "e−"), (1e9, "e+")):
        columns = {**design["columns"], "y": [v * scale for v in design["columns"]["y"]]}
        text = report(fitted(design, columns=columns), DONOR).effects[0]
        assert shown in text
        assert "-" not in text
