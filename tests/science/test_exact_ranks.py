"""Null distributions of rank tests against counting every arrangement."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.comparison import Sidedness
from lims_msc.science.exact_ranks import (
    limit_order,
    rank,
    rank_sum_distribution,
    rank_test,
    signed_rank_distribution,
)

SCORES = st.lists(st.integers(1, 5), min_size=3, max_size=9)


def test_equal_values_share_their_mean_rank() -> None:
    ranking = rank([3, 1, 3, 2])
    assert ranking.doubled == (7, 2, 7, 4)
    assert (ranking.has_ties, ranking.tie_term) == (True, 6)
    assert rank([2.0, 1.0]).has_ties is False
    assert rank([]).doubled == ()


def test_means_that_differ_by_rounding_only_are_tied() -> None:
    assert rank([(1.1 + 2.2) / 2, 1.65]).has_ties
    assert not rank([1.65, 1.6500001]).has_ties


@given(SCORES, st.data())
def test_rank_sums_with_ties_agree_with_counting(values: list[int], data: st.DataObject) -> None:
    chosen = data.draw(st.integers(1, len(values) - 1))
    doubled = rank(values).doubled
    sums = [sum(subset) for subset in combinations(doubled, chosen)]
    found = rank_sum_distribution(doubled, chosen)
    assert found is not None
    center = chosen * (len(values) + 1)
    for seen in set(sums):
        assert found.at_most(seen) == pytest.approx(sum(s <= seen for s in sums) / len(sums))
        assert found.at_least(seen) == pytest.approx(sum(s >= seen for s in sums) / len(sums))
        far = sum(abs(s - center) >= abs(seen - center) for s in sums)
        assert found.as_far(seen) == pytest.approx(far / len(sums))


@given(SCORES)
def test_signed_ranks_with_ties_agree_with_counting(values: list[int]) -> None:
    doubled = rank(values).doubled
    sums = [
        sum(r for r, sign in zip(doubled, signs, strict=True) if sign)
        for signs in product((False, True), repeat=len(doubled))
    ]
    found = signed_rank_distribution(doubled)
    assert found is not None
    for seen in set(sums):
        assert found.at_most(seen) == pytest.approx(sum(s <= seen for s in sums) / len(sums))
        assert found.at_least(seen) == pytest.approx(sum(s >= seen for s in sums) / len(sums))


def test_tiny_tails_of_large_groups_keep_their_digits() -> None:
    """Two groups of 60, fully apart: one arrangement in C(120, 60)."""
    doubled = rank(list(range(120))).doubled
    found = rank_sum_distribution(doubled, 60)
    assert found is not None
    assert found.at_most(60 * 61) == pytest.approx(1 / 96614908840363322603893139521372656, 1e-12)
    other = rank_sum_distribution(doubled, 100)
    assert other is not None
    assert other.at_most(100 * 101) == other.at_least(100 * 141)


def test_groups_that_are_too_large_have_no_exact_distribution() -> None:
    doubled = rank(list(range(1200))).doubled
    assert rank_sum_distribution(doubled, 600) is None
    assert signed_rank_distribution(doubled) is None


def test_the_normal_approximation_has_the_continuity_correction_of_both_sides() -> None:
    """The values of R's wilcox.test with exact = FALSE, by scipy."""
    x, y = [1.0, 4.0, 6.5, 9.0], [2.0, 3.0, 5.0, 8.0, 10.0]
    ranking = rank([*x, *y])
    total = sum(ranking.doubled[:4])
    u = total / 2 - 10
    variance = 4 * 5 * 10 / 12
    found = rank_test(None, total, u - 10, variance)
    assert found.how == "normal approximation with continuity correction"
    for sidedness, name in (
        (Sidedness.TWO_SIDED, "two-sided"),
        (Sidedness.LESS, "less"),
        (Sidedness.GREATER, "greater"),
    ):
        want = stats.mannwhitneyu(x, y, alternative=name, method="asymptotic").pvalue
        assert found.p(sidedness) == pytest.approx(want, rel=1e-12)
    assert rank_test(None, total, 0.0, 0.0).p(Sidedness.TWO_SIDED) is None


def test_interval_orders_agree_with_the_tables_of_r() -> None:
    """``qwilcox(0.025, 5, 6)`` is 4 and ``qsignrank(0.025, 12)`` is 14."""
    ranks = [2 * (place + 1) for place in range(11)]
    assert limit_order(rank_sum_distribution(ranks, 5), 30, (15.0, 30.0), 0.95) == 4
    twelve = [2 * (place + 1) for place in range(12)]
    assert limit_order(signed_rank_distribution(twelve), 0, (39.0, 162.5), 0.95) == 14
    six = [2 * (place + 1) for place in range(6)]
    assert limit_order(rank_sum_distribution(six, 3), 12, (4.5, 5.25), 0.95) == 0
    assert limit_order(None, 0, (5000.0, 250000.0), 0.95) == 4020
