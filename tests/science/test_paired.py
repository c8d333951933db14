"""Tests within donors: paired t, signed ranks, folds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.comparison import Comparison, ComparisonStatus, Question, Sidedness
from lims_msc.science.paired import (
    paired_fold,
    paired_t,
    signed_rank_numbers,
    wilcoxon_signed_rank,
)

PRIMED = [59.7, 74.8, 81.4, 75.8, 66.7, 72.8, 58.4]
RESTING = [52.9, 58.1, 70.8, 64.6, 60.9, 60.8, 60.1]
PAIRS = st.lists(
    st.tuples(
        st.decimals(min_value=1, max_value=99, places=1).map(float),
        st.decimals(min_value=1, max_value=99, places=1).map(float),
    ),
    min_size=3,
    max_size=9,
)
ALTERNATIVES = (
    (Sidedness.TWO_SIDED, "two-sided"),
    (Sidedness.GREATER, "greater"),
    (Sidedness.LESS, "less"),
)


@pytest.mark.parametrize(("sidedness", "alternative"), ALTERNATIVES)
def test_paired_tests_agree_with_scipy_in_every_alternative(
    sidedness: Sidedness, alternative: str
) -> None:
    question = Question(sidedness=sidedness)
    t = stats.ttest_rel(PRIMED, RESTING, alternative=alternative)
    found = paired_t(PRIMED, RESTING, question)
    assert (found.statistic, found.p) == pytest.approx((t.statistic, t.pvalue), rel=1e-10)
    assert found.degrees_of_freedom == (6,)
    want = stats.wilcoxon(PRIMED, RESTING, alternative=alternative, method="exact").pvalue
    ranks = wilcoxon_signed_rank(PRIMED, RESTING, question)
    assert ranks.p == pytest.approx(want, rel=1e-12)
    assert ranks.method == "Wilcoxon signed rank test (exact)"


def test_equal_and_zero_differences_are_seen_in_decimals() -> None:
    """1.3 − 1.2 and 0.4 − 0.3 differ as binary numbers; 2.2 − 2.2 is dropped."""
    numbers = signed_rank_numbers([1.3, 0.4, 2.2, 5.0], [1.2, 0.3, 2.2, 6.0])
    assert (numbers.n_nonzero, numbers.n_zero, numbers.has_ties) == (3, 1, True)
    assert (numbers.sum_plus, numbers.sum_minus) == (3.0, 3.0)
    assert numbers.test.p_doubled == 1.0
    found = wilcoxon_signed_rank([1.3, 0.4, 2.2, 5.0], [1.2, 0.3, 2.2, 6.0])
    assert "1 of 4 donors without a difference are left out" in found.text


@given(PAIRS)
def test_reversed_pairs_change_the_sign_and_nothing_else(pairs: list[tuple[float, float]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    for test in (paired_t, wilcoxon_signed_rank, paired_fold):
        one, two = test(first, second), test(second, first)
        assert (one.status, one.n) == (two.status, two.n)
        if one.estimate is None or two.estimate is None:
            continue
        assert one.p == pytest.approx(two.p, rel=1e-8)
        same = 1 / two.estimate if test is paired_fold else -two.estimate
        assert one.estimate == pytest.approx(same, rel=1e-9, abs=1e-9)


@given(PAIRS, st.randoms())
def test_the_order_of_donors_does_not_matter(
    pairs: list[tuple[float, float]], random: object
) -> None:
    mixed = pairs.copy()
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one = signed_rank_numbers([a for a, _ in pairs], [b for _, b in pairs])
    two = signed_rank_numbers([a for a, _ in mixed], [b for _, b in mixed])
    assert one == two


def test_the_interval_of_the_shift_is_that_of_ordered_pair_means() -> None:
    """For 7 donors the third of 28 means from each end holds 95 %."""
    steps = [round(a - b, 6) for a, b in zip(PRIMED, RESTING, strict=True)]
    means = sorted((a + b) / 2 for i, a in enumerate(steps) for b in steps[i:])
    found = wilcoxon_signed_rank(PRIMED, RESTING)
    assert found.estimate == pytest.approx((means[13] + means[14]) / 2)
    assert found.interval == pytest.approx((means[2], means[-3]))


def test_few_donors_have_a_p_and_no_95_percent_interval() -> None:
    found = wilcoxon_signed_rank([3.0, 5.0, 9.0], [1.0, 2.0, 4.0])
    assert (found.p, found.interval) == (pytest.approx(0.25), None)
    assert "too few donors for an interval of 95 %" in found.text.lower()


def test_a_fold_is_geometric_and_the_plain_mean_of_folds_stands_beside_it() -> None:
    found = paired_fold([2.0, 8.0, 4.0], [1.0, 1.0, 1.0])
    assert found.estimate == pytest.approx(4)
    assert found.details["mean_of_folds"] == pytest.approx(14 / 3)
    t = stats.ttest_1samp([math.log(v) for v in (2, 8, 4)], 0)
    assert found.p == pytest.approx(t.pvalue, rel=1e-10)


@pytest.mark.parametrize("test", [paired_t, wilcoxon_signed_rank, paired_fold])
def test_two_donors_are_not_tested(test: object) -> None:
    found: Comparison = test([2.0, 3.0], [1.0, 1.0])  # type: ignore[operator]
    assert (found.status, found.p) == (ComparisonStatus.TOO_FEW, None)
    assert "n = 2 donors" in found.text


@pytest.mark.parametrize(
    ("test", "first", "word"),
    [
        (paired_t, [2.3, 3.3, 4.3], "do not vary"),
        (paired_fold, [2.2, 4.4, 6.6], "do not vary"),
        (paired_fold, [2.2, -4.4, 6.6], "no logarithm"),
        (wilcoxon_signed_rank, [1.1, 2.2, 3.3], "no donor has a difference"),
    ],
)
def test_pairs_that_allow_no_test_say_why(test: object, first: list[float], word: str) -> None:
    second = [1.3, 2.3, 3.3] if test is paired_t else [1.1, 2.2, 3.3]
    found: Comparison = test(first, second)  # type: ignore[operator]
    assert (found.status, found.p) == (ComparisonStatus.UNDEFINED, None)
    assert word in found.text


def test_pairs_that_are_none_are_refused() -> None:
    for test in (paired_t, wilcoxon_signed_rank, paired_fold):
        with pytest.raises(ValueError, match="argument"):
            test([1.0, 2.0, 3.0], [1.0, 2.0])
        assert test([], []).status is ComparisonStatus.TOO_FEW
    with pytest.raises(ValueError, match="no pair"):
        signed_rank_numbers([], [])


def test_a_fold_of_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="Not a measured value"):
        paired_fold([math.nan, 1, 2], [0, 1, 2])
