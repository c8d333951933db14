"""Fisher's test: every table against counting, odds ratios at their ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.comparison import ComparisonStatus, Question, Sidedness
from lims_msc.science.contingency import fisher_exact, fisher_numbers

COUNTS = st.integers(0, 12)


def test_the_lady_tasting_tea() -> None:
    found = fisher_numbers([[3, 1], [1, 3]])
    assert found.p_two_sided == pytest.approx(34 / 70)
    assert (found.p_less, found.p_greater) == pytest.approx((69 / 70, 17 / 70))
    assert found.odds_ratio == 9
    assert found.conditional_odds_ratio == pytest.approx(6.408319658199674, rel=1e-10)
    assert (found.lower, found.upper) == pytest.approx((0.211735595, 626.243531), rel=1e-8)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_p_values_agree_with_scipy(a: int, b: int, c: int, d: int) -> None:
    table = [[a, b], [c, d]]
    if a + b + c + d == 0:
        return
    found = fisher_numbers(table)
    for got, alternative in (
        (found.p_two_sided, "two-sided"),
        (found.p_less, "less"),
        (found.p_greater, "greater"),
    ):
        assert got == pytest.approx(stats.fisher_exact(table, alternative).pvalue, rel=1e-9)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
def test_odds_ratios_agree_with_scipy(a: int, b: int, c: int, d: int) -> None:
    found, want = fisher_numbers([[a, b], [c, d]]), stats.contingency.odds_ratio([[a, b], [c, d]])
    ends = want.confidence_interval(0.95)
    assert found.conditional_odds_ratio == pytest.approx(want.statistic, rel=1e-6)
    assert (found.lower, found.upper) == pytest.approx((ends.low, ends.high), rel=1e-6)


def test_empty_cells_have_ends_at_zero_or_without_end() -> None:
    high, low = fisher_numbers([[7, 0], [2, 6]]), fisher_numbers([[0, 7], [6, 2]])
    assert (high.odds_ratio, high.conditional_odds_ratio, high.upper) == (None, None, None)
    assert high.lower == pytest.approx(1.8128663667256963, rel=1e-9)
    assert (low.odds_ratio, low.conditional_odds_ratio, low.lower) == (0.0, 0.0, 0.0)
    assert low.upper == pytest.approx(1 / 1.8128663667256963, rel=1e-9)


def test_exchanged_rows_turn_the_odds_ratio_over() -> None:
    one, two = fisher_numbers([[11, 3], [4, 12]]), fisher_numbers([[4, 12], [11, 3]])
    assert one.p_two_sided == two.p_two_sided
    assert (one.p_less, one.p_greater) == (two.p_greater, two.p_less)
    assert one.conditional_odds_ratio is not None
    assert two.conditional_odds_ratio == pytest.approx(1 / one.conditional_odds_ratio, rel=1e-10)


def test_the_sentence_says_donors_and_an_infinite_ratio() -> None:
    named = Question(names=("healthy", "SLE"))
    found = fisher_exact([[11, 3], [4, 12]], named)
    assert found.text.startswith("Conditional odds ratio (healthy against SLE) 9.953, 95 % CI 1.58")
    assert "n = 14 and 16 donors; Fisher's exact test, two-sided, p = 0.00922." in found.text
    infinite = fisher_exact([[7, 0], [2, 6]], named)
    assert infinite.estimate is None
    assert "The odds ratio is infinite, and above 1.813 with 95 % confidence" in infinite.text
    greater = fisher_exact([[11, 3], [4, 12]], Question(sidedness=Sidedness.GREATER))
    assert greater.p == pytest.approx(0.004610285156699256)


def test_tables_without_information_are_refused() -> None:
    assert fisher_exact([[2, 0], [3, 3]]).status is ComparisonStatus.TOO_FEW
    same = fisher_exact([[5, 0], [4, 0]])
    assert (same.status, same.p) == (ComparisonStatus.UNDEFINED, None)
    assert "same outcome" in same.text
    numbers = fisher_numbers([[5, 0], [4, 0]])
    assert (numbers.p_two_sided, numbers.odds_ratio, numbers.upper) == (1.0, None, None)


@pytest.mark.parametrize(
    "table", [[[1, 2]], [[1, 2, 3], [1, 2, 3]], [[1, -2], [3, 4]], [[1, 2.5], [3, 4]], [[0, 0]] * 2]
)
def test_what_is_no_table_of_counts_is_refused(table: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="table"):
        fisher_numbers(table)


def test_a_table_without_rows_or_with_an_endless_count_is_refused() -> None:
    for table in ([], [[1, 2]], [[float("inf"), 1], [2, 3]], [[float("nan"), 1], [2, 3]]):
        with pytest.raises(ValueError, match="Not a table"):
            fisher_exact(table)  # type: ignore[arg-type]
