"""A wrong answer is caught, whatever is wrong with it; a right one passes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_cases import reference_case

from lims_msc.domain.fit import FitStatus
from lims_msc.validation.comparing import compare, plain
from lims_msc.validation.quantities import ToleranceRule
from lims_msc.validation.tolerances import Tolerance, tolerance_of

EXPECTED: dict[str, Any] = {
    "descriptive": {
        "auc_log2": 306.75,
        "means": {"1:2": 84.5, "1:1": 0.0},
        "max_suppression": {"value": 84.5, "N": 2, "definition": "highest mean"},
        "r50_abs_interpolated": {"status": "above_highest_dose", "value": None},
    },
    "dose_effect": {"anova_p": 5e-20, "anova_F": 1.0},
    "fit_4pl": {
        "status": "ok",
        "df": 17,
        "params": {"ec50": 0.1, "hill": 1.4},
        "se": {"ec50": 0.003},
        "ci95_profile": {"ec50": [0.09, None]},
    },
}
TOLERANCE = {"rel": 1e-6, "abs": 1e-9, "se_rel": 1e-5, "profile_rel": 1e-4}
COMPARED = {
    "descriptive/auc_log2",
    "descriptive/means/1:2",
    "descriptive/means/1:1",
    "descriptive/max_suppression/value",
    "descriptive/max_suppression/N",
    "descriptive/r50_abs_interpolated/status",
    "descriptive/r50_abs_interpolated/value",
    "dose_effect/anova_p",
    "fit_4pl/status",
    "fit_4pl/df",
    "fit_4pl/params/ec50",
    "fit_4pl/params/hill",
    "fit_4pl/se/ec50",
    "fit_4pl/ci95_profile/ec50/0",
    "fit_4pl/ci95_profile/ec50/1",
}
CASE = reference_case("suppression_curves", EXPECTED, TOLERANCE)


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return the expected answer with another value at a place."""
    answer = copy.deepcopy(EXPECTED)
    *above, last = place.split("/")
    node: Any = answer
    for part in above:
        node = node[part]
    node[int(last) if isinstance(node, list) else last] = value
    return answer


def failed(answer: dict[str, Any]) -> dict[str, str]:
    return {c.place: c.problem for c in compare(CASE, answer) if not c.passed}


def test_the_expected_answer_passes_and_every_value_of_the_table_is_compared() -> None:
    comparisons = compare(CASE, EXPECTED)
    assert {c.place for c in comparisons} == COMPARED
    assert failed(EXPECTED) == {}
    assert max(c.relative_error or 0 for c in comparisons) == 0


@pytest.mark.parametrize(
    ("place", "wrong", "problem"),
    [
        ("fit_4pl/params/ec50", None, "no number where there is one"),
        ("fit_4pl/params/ec50", "0.1", "no number where there is one"),
        ("fit_4pl/params/ec50", True, "no number where there is one"),
        ("fit_4pl/params/ec50", float("nan"), "it is not finite"),
        ("fit_4pl/params/ec50", float("inf"), "it is not finite"),
        ("fit_4pl/params/ec50", -0.1, "it is out of tolerance"),
        ("fit_4pl/df", 16, "it is out of tolerance"),
        ("fit_4pl/ci95_profile/ec50/1", 1e9, "a number where there is none"),
        ("fit_4pl/ci95_profile/ec50/1", float("nan"), "a number where there is none"),
        ("descriptive/r50_abs_interpolated/value", 0.0, "a number where there is none"),
        ("descriptive/r50_abs_interpolated/value", "", "it is something else"),
        ("descriptive/r50_abs_interpolated/status", "bracketed", "it is something else"),
        ("descriptive/r50_abs_interpolated/status", None, "it is something else"),
        ("fit_4pl/status", "OK", "it is something else"),
        ("dose_effect/anova_p", 0.0, "it is out of tolerance"),
        ("descriptive/means/1:1", 1e-8, "it is out of tolerance"),
    ],
)
def test_a_planted_wrong_answer_is_caught(place: str, wrong: Any, problem: str) -> None:
    assert failed(changed(place, wrong)) == {place: problem}


@pytest.mark.parametrize("place", sorted(COMPARED))
def test_a_missing_value_is_caught(place: str) -> None:
    answer = copy.deepcopy(EXPECTED)
    *above, last = place.split("/")
    node: Any = answer
    for part in above:
        node = node[int(part) if isinstance(node, list) else part]
    if isinstance(node, list):
        del node[int(last) :]
    else:
        del node[last]
    assert failed(answer)[place] == "it is not answered"


@pytest.mark.parametrize("answer", [{}, {"fit_4pl": None, "descriptive": [1, 2], "dose_effect": 3}])
def test_an_answer_of_another_shape_fails_everywhere(answer: dict[str, Any]) -> None:
    assert set(failed(answer)) == COMPARED


NUMBERS = {
    "descriptive/auc_log2": 1e-6 * 306.75 + 1e-9,
    "fit_4pl/params/ec50": 1e-6 * 0.1 + 1e-9,
    "fit_4pl/se/ec50": 1e-5 * 0.003 + 1e-9,
    "fit_4pl/ci95_profile/ec50/0": 1e-4 * 0.09 + 1e-9,
    "dose_effect/anova_p": 1e-5 * 5e-20,
}


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("place", "width"), NUMBERS.items())
def test_twice_the_tolerance_fails_and_half_of_it_passes(
    place: str, width: float, sign: int
) -> None:
    (wanted,) = (c.wanted for c in compare(CASE, EXPECTED) if c.place == place)
    assert failed(changed(place, wanted + 2 * sign * width)) == {place: "it is out of tolerance"}
    near = changed(place, wanted + sign * width / 2)
    assert failed(near) == {}
    (comparison,) = (c for c in compare(CASE, near) if c.place == place)
    assert comparison.relative_error == pytest.approx(width / 2 / wanted, rel=1e-6)


@given(factor=st.floats(-2, 2), place=st.sampled_from(sorted(NUMBERS)))
def test_what_passes_is_within_the_tolerance_and_nothing_else(factor: float, place: str) -> None:
    (wanted,) = (c.wanted for c in compare(CASE, EXPECTED) if c.place == place)
    got = wanted + factor * NUMBERS[place]
    within = abs(got - wanted) <= NUMBERS[place] * (1 + 1e-9)
    beyond = abs(got - wanted) >= NUMBERS[place] * (1 - 1e-9)
    assert within if failed(changed(place, got)) == {} else beyond


def test_a_list_with_more_entries_than_there_should_be_is_caught() -> None:
    case = reference_case("grubbs", {"outliers": 1, "outlier_indices": [4]})
    assert all(c.passed for c in compare(case, {"outliers": 1, "outlier_indices": [4]}))
    (failure,) = (
        c for c in compare(case, {"outliers": 1, "outlier_indices": [4, 6]}) if not c.passed
    )
    assert (failure.place, failure.wanted, failure.got) == (
        "outlier_indices",
        "1 entries",
        "2 entries",
    )


def test_an_empty_list_is_an_answer() -> None:
    case = reference_case("grubbs", {"outliers": 0, "outlier_indices": []})
    assert all(c.passed for c in compare(case, {"outliers": 0, "outlier_indices": []}))
    (failure,) = (c for c in compare(case, {"outliers": 0, "outlier_indices": [2]}) if not c.passed)
    assert failure.place == "outlier_indices"


@pytest.mark.parametrize(("wanted", "got"), [(True, 1), (False, 0), (True, False), (True, "true")])
def test_a_decision_is_a_boolean(wanted: object, got: object) -> None:
    case = reference_case("grubbs", {"two_sided": {"outlier": wanted}})
    (comparison,) = compare(case, {"two_sided": {"outlier": got}})
    assert not comparison.passed


def test_names_with_slashes_are_places_of_their_own() -> None:
    expected = {"4pl/a": {"params": {"c": 1.0}}}
    case = reference_case("dose_response", expected)
    assert compare(case, {"4pl": {"a": {"params": {"c": 1.0}}}}) == compare(case, {})


def test_what_explains_or_is_not_shown_is_not_compared() -> None:
    expected = {"p_asymptotic": 0.1, "certified_F": 2.0, "note": "x", "t": 1.0}
    assert [c.place for c in compare(reference_case("group_tests", expected), {})] == ["t"]


def test_the_relative_error_of_zero_is_none() -> None:
    case = reference_case("cv", {"mean": 0.0}, {"rel": 1e-8, "abs": 1e-3})
    (comparison,) = compare(case, {"mean": 1e-4})
    assert (comparison.passed, comparison.relative_error) == (True, None)


@pytest.mark.parametrize(
    ("rule", "named", "tolerance"),
    [
        (ToleranceRule.ESTIMATE, {}, Tolerance(1e-6, 0)),
        (ToleranceRule.ESTIMATE, {"rel": 1e-9, "abs": 1e-8, "se_rel": 1}, Tolerance(1e-9, 1e-8)),
        (ToleranceRule.ESTIMATE, {"estimate_rel": 1e-5}, Tolerance(1e-5, 0)),
        (ToleranceRule.STANDARD_ERROR, {}, Tolerance(1e-5, 0)),
        (ToleranceRule.STANDARD_ERROR, {"rel": 1e-9}, Tolerance(1e-9, 0)),
        (ToleranceRule.STANDARD_ERROR, {"rel": 1e-9, "se_rel": 1e-4}, Tolerance(1e-4, 0)),
        (ToleranceRule.PROFILE_LIMIT, {"rel": 1e-9}, Tolerance(1e-4, 0)),
        (ToleranceRule.P_VALUE, {}, Tolerance(1e-5, 0)),
        (ToleranceRule.P_VALUE, {"se_rel": 1e-4, "abs": 1e-3}, Tolerance(1e-4, 0)),
        (ToleranceRule.P_VALUE, {"se_rel": 1e-4, "p_rel": 2e-3}, Tolerance(2e-3, 0)),
        (ToleranceRule.VARIANCE, {"variance_abs": 1e-4}, Tolerance(1e-3, 1e-4)),
        (ToleranceRule.VARIANCE, {"variance_rel": 1e-5, "abs": 1e-6}, Tolerance(1e-5, 1e-6)),
        (ToleranceRule.ODDS_RATIO_LIMIT, {"or_ci_rel": 1e-3, "rel": 1e-9}, Tolerance(1e-3, 0)),
    ],
)
def test_the_tolerance_is_what_the_case_names_or_the_default_of_the_rule(
    rule: ToleranceRule, named: dict[str, float], tolerance: Tolerance
) -> None:
    assert tolerance_of(rule, named) == tolerance


@pytest.mark.parametrize(("condition", "relative"), [(90.0, 1e-4), (3.0, 1e-6), (None, 1e-6)])
def test_only_ill_conditioned_fits_have_the_tolerance_of_such(
    condition: float | None, relative: float
) -> None:
    fit = {"params": {"c": 1.0}, "condition_number_scaled_jacobian": condition}
    named = {"rel": 1e-6, "ill_conditioned_rel": 1e-4}
    (comparison,) = compare(reference_case("elisa", {"5pl_f": fit}, named), {})
    assert comparison.tolerance.relative == relative


def test_answers_of_numpy_and_of_enumerations_become_plain() -> None:
    answer = {
        "a": np.float64(0.5),
        "b": np.int64(3),
        "c": np.bool_(1),
        "d": np.array([1.0, 2.0]),
        "e": (FitStatus.OK, None),
    }
    made = plain(answer)
    assert made == {"a": 0.5, "b": 3, "c": True, "d": [1.0, 2.0], "e": ["ok", None]}
    assert [type(value) for value in made.values()] == [float, int, bool, list, list]
    assert type(made["e"][0]) is str


def test_an_answer_of_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="no number, word, list or mapping"):
        plain({"a": object()})
