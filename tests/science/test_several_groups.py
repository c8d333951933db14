"""Tests of several groups: exact sums, Welch, Kruskal–Wallis exact and approximate."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.comparison import Comparison, ComparisonStatus, Question
from lims_msc.science.several_groups import (
    anova,
    kruskal_numbers,
    kruskal_wallis,
    variance_table,
    welch_anova,
    welch_ratio,
)

GROUPS = [[61.5, 59.2, 57.1, 55.0], [68.9, 68.1, 67.5], [64.3, 61.8, 58.4, 51.9, 53.2]]
MANY = st.lists(
    st.lists(st.decimals(min_value=0, max_value=100, places=1).map(float), min_size=3, max_size=6),
    min_size=2,
    max_size=4,
)


def test_the_tests_agree_with_scipy() -> None:
    f = stats.f_oneway(*GROUPS)
    found = anova(GROUPS)
    assert (found.statistic, found.p) == pytest.approx((f.statistic, f.pvalue), rel=1e-10)
    assert found.degrees_of_freedom == (2, 9)
    h = stats.kruskal(*GROUPS)
    ranks = kruskal_wallis(GROUPS)
    assert ranks.statistic == pytest.approx(h.statistic, rel=1e-12)
    assert ranks.details["p_chi_squared"] == pytest.approx(h.pvalue, rel=1e-12)


def test_welchs_f_of_two_groups_is_the_square_of_welchs_t() -> None:
    t = stats.ttest_ind(GROUPS[0], GROUPS[2], equal_var=False)
    found = welch_anova([GROUPS[0], GROUPS[2]])
    assert found.statistic == pytest.approx(t.statistic**2, rel=1e-12)
    assert found.p == pytest.approx(t.pvalue, rel=1e-10)
    assert found.degrees_of_freedom == pytest.approx((1, t.df), rel=1e-12)


@given(MANY, st.sampled_from([1e3, 1e9, 1e12]))
def test_an_offset_of_a_trillion_changes_nothing(groups: list[list[float]], offset: float) -> None:
    moved = [[value + offset for value in group] for group in groups]
    # A tenth is not lost at a trillion only because sums are made of the written decimals.
    one, two = variance_table(groups), variance_table(moved)
    assert one.within == pytest.approx(two.within, rel=1e-3, abs=1e-2)
    written = [[float(f"{value + offset:.1f}") for value in group] for group in groups]
    assert variance_table(written) == one


@pytest.mark.parametrize(
    "groups",
    [[[1.0, 2.0, 6.0], [3.0, 5.0], [4.0, 7.0]], [[1.0, 1.0, 2.0], [2.0, 3.0], [1.0, 4.0]]],
)
def test_exact_kruskal_wallis_agrees_with_all_arrangements(groups: list[list[float]]) -> None:
    values = [value for group in groups for value in group]
    every = []
    for first in combinations(range(7), 3):
        others = [place for place in range(7) if place not in first]
        for second in combinations(others, 2):
            third = [place for place in others if place not in second]
            parts = [[values[place] for place in part] for part in (first, second, third)]
            every.append(float(stats.kruskal(*parts).statistic))
    seen = float(stats.kruskal(*groups).statistic)
    found = kruskal_numbers(groups)
    assert found is not None
    assert found.p_exact == pytest.approx(sum(h >= seen - 1e-9 for h in every) / len(every))


def test_the_method_says_whether_p_is_exact() -> None:
    small = kruskal_wallis([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    assert small.method == "Kruskal–Wallis test (exact)"
    assert small.p == pytest.approx(6 / 1680)
    large = kruskal_wallis([[float(v) for v in range(s, 90, 3)] for s in range(3)])
    assert large.method == "Kruskal–Wallis test (χ² approximation)"
    assert large.p == large.details["p_chi_squared"]


def test_the_sentence_names_every_group_size() -> None:
    text = anova(GROUPS, Question(names=("marrow", "cord", "fat"))).text
    assert text.startswith("n = 4, 3 and 5 donors; one-way analysis of variance, F = ")
    assert "two-sided" not in text


def test_a_p_below_all_numbers_is_not_printed_as_zero() -> None:
    close = [[base + place * 1e-9 for place in range(60)] for base in (0.0, 1.0)]
    found = anova(close)
    assert found.p == 0.0
    assert found.text.endswith("p < 1e-300.")


@pytest.mark.parametrize("test", [anova, welch_anova, kruskal_wallis])
def test_small_and_constant_groups_are_refused_with_a_reason(test: object) -> None:
    small: Comparison = test([[1.0, 2.0], *GROUPS])  # type: ignore[operator]
    assert (small.status, small.p) == (ComparisonStatus.TOO_FEW, None)
    flat: Comparison = test([[2.0] * 3, [2.0] * 4])  # type: ignore[operator]
    assert (flat.status, flat.p) == (ComparisonStatus.UNDEFINED, None)
    with pytest.raises(ValueError, match="two or more groups"):
        test([GROUPS[0]])  # type: ignore[operator]


def test_welch_needs_spread_in_every_group() -> None:
    assert welch_ratio([[1.0, 2.0, 4.0], [5.0, 5.0, 5.0]]) is None
    assert welch_ratio([[1.0, 2.0, 4.0], [5.0]]) is None
    assert variance_table([[1.0, 2.0, 4.0], [5.0, 5.0, 5.0]]).ratio is not None
    apart = variance_table([[1.0, 1.0], [5.0, 5.0]])
    assert (apart.within, apart.between, apart.ratio) == (0.0, 16.0, None)


def test_an_f_beyond_all_numbers_is_no_number() -> None:
    groups = [[1e90, 1e90, 1e90], [0.0, 1e-90, 0.0], [1.0, 1.0, 1.0]]
    assert variance_table(groups).ratio is None
    assert anova(groups).status is ComparisonStatus.UNDEFINED
