"""Cases of suppression, plate quality, outliers and groups: every value, and own hard cases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from lims_msc.validation import cv, group_tests, grubbs, percent_suppression, zprime
from lims_msc.validation.case_files import ReferenceCase, read_case_file, shipped_case_files
from lims_msc.validation.recomputing import recompute

REFERENCES = Path(__file__).resolve().parents[3] / "shared" / "references"
KINDS = ("percent_suppression", "zprime", "cv", "grubbs", "group_tests")
NOT_OURS = {"note", "definition", "certified_F", "zprime_population_sd"}
"""Words, a certified value that stands there twice, and a Z′ of n instead of n − 1."""
SHIPPED = [case for book in shipped_case_files() for case in book.cases if case.kind in KINDS]


def values_that_differ(case: ReferenceCase) -> list[str]:
    """Hold *every* number that is expected against the answer, not only what is compared."""
    computed = recompute(case).computed
    found: list[str] = []

    def walk(want: Any, got: Any, place: str) -> None:
        if isinstance(want, dict):
            for key, inner in want.items():
                if key not in NOT_OURS:
                    walk(inner, got.get(key, "nothing"), f"{place}/{key}")
        elif isinstance(want, list):
            assert isinstance(got, list), place
            for index, (inner, ours) in enumerate(zip(want, got, strict=True)):
                walk(inner, ours, f"{place}/{index}")
        elif isinstance(want, float):
            rel = 1e-6 if "ci95" in place else max(case.tolerance.get("rel", 0), 1e-9)
            if got != pytest.approx(want, rel=rel, abs=1e-12):
                found.append(f"{place}: {want} {got}")
        elif want != got:
            found.append(f"{place}: {want} {got}")

    walk(dict(case.expected), computed, case.id)
    return found


@pytest.mark.parametrize("case", SHIPPED, ids=lambda case: case.id)
def test_every_value_of_a_shipped_case_agrees(case: ReferenceCase) -> None:
    assert values_that_differ(case) == []


def test_every_kind_is_shipped() -> None:
    assert set(Counter(case.kind for case in SHIPPED)) == set(KINDS)


@pytest.mark.shared
@pytest.mark.parametrize("kind", KINDS)
def test_every_value_of_the_full_cases_agrees(kind: str) -> None:
    path = REFERENCES / f"{kind}.json"
    cases = read_case_file(path.name, path.read_bytes()).cases
    assert len(cases) >= 3
    assert [values for case in cases if (values := values_that_differ(case))] == []


def test_single_wells_have_suppression_without_an_error() -> None:
    given: dict[str, Any] = {
        "coculture": [20.0],
        "stimulated_control": [100.0, 120.0],
        "unstimulated_background": [10.0],
        "unstimulated_with_msc": [12.0],
    }
    found = percent_suppression.answer({"input": given, "expected": {}})
    assert (found["status"], found["mean"]) == ("ok", pytest.approx(90.0))
    assert (found["se_delta_all_sources"], found["sd_of_wells"], found["se_wells_only"]) == (
        None,
        None,
        None,
    )
    assert found["full_correction"]["mean"] == pytest.approx(92.0)
    assert found["full_correction"]["se_delta_all_sources"] is None
    none = percent_suppression.answer({"input": {**given, "stimulated_control": [9.0]}})
    assert (none["status"], none["per_well"], none["mean"]) == ("undefined", None, None)
    assert none["full_correction"] == {"mean": None, "se_delta_all_sources": None}


def test_controls_that_do_not_scatter_have_no_standardised_difference() -> None:
    found = zprime.answer({"input": {"high": [5.0] * 3, "low": [1.0] * 3}})
    assert (found["ssmd"], found["signal_window"], found["robust_zprime"]) == (None, None, None)
    few = zprime.answer({"input": {"high": [5.0, 6.0], "low": [1.0, 2.0]}})
    assert (few["status"], few["zprime"]) == ("undefined", None)
    assert few["reason"]


def test_values_below_zero_have_a_spread_and_no_geometric_mean() -> None:
    found = cv.answer({"input": {"x": [-3.0, -1.0, -2.0]}})
    assert (found["mean"], found["cv_percent"]) == (-2.0, pytest.approx(50))
    assert (found["geometric_mean"], found["geometric_cv_percent"]) == (None, None)
    alone = cv.answer({"input": {"x": [2.0]}})
    assert (alone["sd"], alone["cv_percent"], alone["mean_ci95"]) == (None, None, None)


def test_outlier_tests_that_cannot_be_made_answer_with_no_number() -> None:
    for values in ([7.0] * 4, [1.0, 2.0]):
        found = grubbs.answer({"input": {"x": values, "alpha": 0.05}})
        assert (found["status"], found["G"], found["suspect_index"]) == ("undefined", None, None)
        assert found["two_sided"] == {"critical": None, "p_bonferroni_bound": None, "outlier": None}
        assert found["reason"]
    steps = grubbs.answer({"input": {"x": [7.0] * 4, "alpha": 0.05, "max_outliers": 2}})
    assert (steps["outliers"], steps["outlier_indices"], steps["steps"]) == (0, [], [])


def test_groups_without_spread_answer_with_no_number() -> None:
    flat = {"x": [1.0] * 3, "y": [1.0] * 3, "groups": [[1.0] * 3, [1.0] * 3]}
    pairs = group_tests.answer({"input": flat, "expected": {"paired": {}}})["paired"]
    assert pairs == {
        "t": None,
        "df": None,
        "p": None,
        "ci95": None,
        "mean_difference": 0.0,
        "cohens_dz": None,
    }
    several = group_tests.answer({"input": flat, "expected": {"F": 0}})
    assert (several["F"], several["p"], several["kruskal_wallis"]) == (None, None, None)
    ranks = group_tests.answer({"input": flat, "expected": {"U_x": 0}})
    assert (ranks["p_exact_two_sided_doubled"], ranks["p_asymptotic"]) == (1.0, None)


def test_names_of_no_known_test_are_refused() -> None:
    with pytest.raises(ValueError, match="No test is known that gives 'chi, df'"):
        group_tests.answer({"input": {}, "expected": {"chi": 0, "df": 0}})


@pytest.mark.parametrize("seed", range(12))
def test_drawn_scores_with_many_ties_agree_with_all_permutations(seed: int) -> None:
    """scipy counts every arrangement of small samples, ties among them."""
    random = np.random.default_rng(seed)
    n, m = (int(size) for size in random.integers(3, 6, size=2))
    x, y = random.integers(1, 6, n).tolist(), random.integers(1, 6, m).tolist()
    found = group_tests.answer({"input": {"x": x, "y": y}, "expected": {"U_x": 0}})
    every = stats.PermutationMethod(n_resamples=np.inf)
    for name, alternative in (("less", "less"), ("greater", "greater")):
        want = stats.mannwhitneyu(x, y, alternative=alternative, method=every).pvalue
        assert found[f"p_exact_{name}"] == pytest.approx(want, rel=1e-9)
    pairs = {"x": random.integers(1, 6, 7).tolist(), "y": random.integers(1, 6, 7).tolist()}
    steps = [a - b for a, b in zip(pairs["x"], pairs["y"], strict=True) if a != b]
    signed = group_tests.answer({"input": pairs, "expected": {"V_plus": 0}})
    assert (signed["n_nonzero"], signed["zeros"]) == (len(steps), 7 - len(steps))
    if steps:
        want = stats.wilcoxon(steps, method=every).pvalue
        assert signed["p_exact_two_sided"] == pytest.approx(want, rel=1e-9)
