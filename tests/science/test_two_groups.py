"""Tests of two groups of donors: numbers, refusals, and what the sentence says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.comparison import Comparison, ComparisonStatus, Question, Sidedness, in_words
from lims_msc.science.moments import moments
from lims_msc.science.t_tests import cohens_d, hedges_g, mean_estimate, student_estimate
from lims_msc.science.t_tests import welch_estimate as welch_of
from lims_msc.science.two_groups import (
    geometric_mean_ratio,
    mann_whitney,
    mann_whitney_numbers,
    student_t,
    welch_t,
    welch_t_of_summaries,
)

HEALTHY = [80.5, 72.1, 68.8, 68.5, 69.8, 65.1]
SLE = [71.3, 58.4, 65.2, 57.8, 56.3]
NAMED = Question(names=("healthy", "SLE"))
VALUES = st.lists(
    st.decimals(min_value=-50, max_value=150, places=2).map(float), min_size=3, max_size=8
)
TESTS = (welch_t, student_t, mann_whitney, geometric_mean_ratio)
ALTERNATIVES = (
    (Sidedness.TWO_SIDED, "two-sided"),
    (Sidedness.GREATER, "greater"),
    (Sidedness.LESS, "less"),
)


@pytest.mark.parametrize(("sidedness", "alternative"), ALTERNATIVES)
def test_t_tests_agree_with_scipy_in_every_alternative(
    sidedness: Sidedness, alternative: str
) -> None:
    question = Question(sidedness=sidedness)
    for test, equal in ((welch_t, False), (student_t, True)):
        want = stats.ttest_ind(HEALTHY, SLE, equal_var=equal, alternative=alternative)
        found = test(HEALTHY, SLE, question)
        assert found.statistic == pytest.approx(want.statistic, rel=1e-12)
        assert found.p == pytest.approx(want.pvalue, rel=1e-10)
        assert found.degrees_of_freedom == pytest.approx((want.df,), rel=1e-12)


def test_the_interval_stays_two_sided_for_one_sided_questions() -> None:
    want = stats.ttest_ind(HEALTHY, SLE, equal_var=False).confidence_interval(0.9)
    for sidedness, _ in ALTERNATIVES:
        found = welch_t(HEALTHY, SLE, Question(sidedness=sidedness, confidence=0.9))
        assert found.interval == pytest.approx((want.low, want.high), rel=1e-10)


@given(VALUES, VALUES)
def test_exchanged_groups_change_the_sign_and_nothing_else(
    first: list[float], second: list[float]
) -> None:
    for test in (welch_t, student_t, mann_whitney):
        one, two = test(first, second), test(second, first)
        assert one.status == two.status
        if one.p is None or one.estimate is None or two.estimate is None:
            continue
        assert one.p == pytest.approx(two.p, rel=1e-9)
        assert one.estimate == pytest.approx(-two.estimate, abs=1e-9)


@given(VALUES, VALUES, st.sampled_from([0.001, 1000.0]), st.sampled_from([0.0, 1e6]))
def test_another_unit_of_the_values_leaves_p_as_it_is(
    first: list[float], second: list[float], factor: float, offset: float
) -> None:
    def moved(values: list[float]) -> list[float]:
        return [round(value * factor + offset, 6) for value in values]

    for test in (welch_t, mann_whitney):
        one, two = test(first, second), test(moved(first), moved(second))
        assert one.p == (None if two.p is None else pytest.approx(two.p, rel=1e-8))


def test_mann_whitney_agrees_with_scipy_where_scipy_is_exact() -> None:
    for sidedness, alternative in ALTERNATIVES:
        want = stats.mannwhitneyu(HEALTHY, SLE, alternative=alternative, method="exact")
        found = mann_whitney(HEALTHY, SLE, Question(sidedness=sidedness))
        assert found.statistic == want.statistic
        assert found.p == pytest.approx(want.pvalue, rel=1e-12)
        assert found.method == "Mann–Whitney test (exact)"


def test_mann_whitney_with_ties_is_exact_and_both_two_sided_ways_are_given() -> None:
    x, y = [3, 2, 5, 3, 1, 1, 2, 3], [3, 5, 3, 2, 4, 6, 7, 5, 5]
    found = mann_whitney(x, y)
    assert found.p == pytest.approx(0.02451665981077746, rel=1e-12)
    assert found.details["p_by_distance"] == pytest.approx(0.020691073632250104, rel=1e-12)
    assert found.estimate == -2.0
    numbers = mann_whitney_numbers(x, y)
    want = stats.mannwhitneyu(x, y, method="asymptotic").pvalue
    z = numbers.test.z_corrected
    assert z is not None
    assert math.erfc(abs(z) / math.sqrt(2)) == pytest.approx(want, rel=1e-12)


def test_the_interval_of_the_shift_is_that_of_the_ordered_differences() -> None:
    """Of 30 differences the 4th from each end, as R gives for 5 against 6 donors."""
    x = [77.55, 65.17, 71.93, 90.57, 77.24]
    y = [56.71, 63.8, 69.75, 71.09, 53.9, 41.87]
    steps = sorted(a - b for a in x for b in y)
    found = mann_whitney(x, y)
    assert found.estimate == pytest.approx(16.625)
    assert found.interval == pytest.approx((steps[3], steps[-4]))


def test_three_against_three_cannot_be_below_a_tenth_and_have_no_95_percent_interval() -> None:
    found = mann_whitney([81.2, 77.5, 79.9], [52.0, 60.1, 48.8])
    assert (found.p, found.interval) == (pytest.approx(0.1), None)
    assert "too few donors for an interval of 95 %" in found.text.lower()
    assert mann_whitney([81.2, 77.5, 79.9], [52.0, 60.1, 48.8], Question(confidence=0.8)).interval


def test_very_large_groups_are_tested_by_the_normal_distribution_and_it_is_said() -> None:
    x, y = [float(v) for v in range(700)], [v + 20.5 for v in range(700)]
    found = mann_whitney(x, y)
    want = stats.mannwhitneyu(x, y, method="asymptotic").pvalue
    assert found.p == pytest.approx(want, rel=1e-9)
    assert "normal approximation with continuity correction" in found.text
    assert found.interval is not None
    assert found.interval[0] < -20.5 < found.interval[1]


def test_a_ratio_of_geometric_means_is_a_difference_of_logarithms() -> None:
    found = geometric_mean_ratio([2, 4, 8], [1, 2, 4], NAMED)
    assert found.estimate == pytest.approx(2)
    assert found.interval is not None
    assert found.interval[0] * found.interval[1] == pytest.approx(4)
    assert "Ratio of geometric means (healthy against SLE) 2" in found.text


def test_effect_sizes_by_hand() -> None:
    """Means 10 and 7, pooled SD 1, and the exact correction Γ(2)/(√2·Γ(1.5)) of 4 df."""
    one, two = moments([9, 10, 11]), moments([6, 7, 8])
    assert cohens_d(one, two) == pytest.approx(3)
    assert hedges_g(one, two) == pytest.approx(3 / (math.sqrt(2) * math.gamma(1.5)))
    alone = moments([1.0])
    assert cohens_d(alone, alone) is None
    assert hedges_g(moments([1.0, 2.0]), alone) is None
    assert student_estimate(alone, alone) is None
    assert welch_of(alone, one) is None
    assert welch_of(one, alone) is None


@pytest.mark.parametrize("test", TESTS)
def test_fewer_than_three_donors_are_not_tested(test: object) -> None:
    found: Comparison = test([60.0, 70.0], HEALTHY)  # type: ignore[operator]
    assert found.status is ComparisonStatus.TOO_FEW
    assert (found.p, found.estimate, found.n) == (None, None, (2, 6))
    assert "fewer than 3" in found.text


@pytest.mark.parametrize("test", TESTS)
def test_values_without_any_spread_give_no_p_and_no_estimate_of_its_error(test: object) -> None:
    found: Comparison = test([5.0] * 4, [5.0] * 3)  # type: ignore[operator]
    assert found.status is ComparisonStatus.UNDEFINED
    assert (found.p, found.interval) == (None, None)
    assert found.reason in found.text


def test_a_ratio_of_values_below_zero_is_refused_with_its_reason() -> None:
    found = geometric_mean_ratio([2, 4, -1], [1, 2, 4])
    assert (found.status, found.p) == (ComparisonStatus.UNDEFINED, None)
    assert "no logarithm" in found.text


def test_the_sentence_says_donors_interval_test_and_exact_p() -> None:
    found = welch_t(HEALTHY, SLE, NAMED)
    assert found.is_significant
    assert found.text == (
        "Mean difference (healthy against SLE) 9, 95 % CI 0.7897 to 17.21, "
        "n = 6 and 5 donors; Welch's t-test, two-sided, t = 2.535, df = 7.863, p = 0.0354."
    )


def test_what_is_not_significant_is_never_called_equal() -> None:
    found = welch_t([70.0, 60.0, 75.0], [69.0, 61.0, 74.0], NAMED)
    assert not found.is_significant
    assert "does not show that there is none" in found.text
    assert "equal" not in found.text


def test_published_summaries_are_compared_and_flagged() -> None:
    found = welch_t_of_summaries((10, 1, 3), (7, 1, 3), NAMED)
    direct = welch_t([9, 10, 11], [6, 7, 8], NAMED)
    assert (found.p, found.statistic) == (direct.p, direct.statistic)
    assert "No pairing information" in found.text
    assert welch_t_of_summaries((10, 1, 2), (7, 1, 3)).status is ComparisonStatus.TOO_FEW


def test_a_mean_has_an_interval_if_its_values_vary() -> None:
    found = mean_estimate([9, 10, 11])
    assert found is not None
    assert found.interval() == pytest.approx(
        stats.t.interval(0.95, 2, loc=10, scale=1 / math.sqrt(3)), rel=1e-10
    )
    assert mean_estimate([1.0]) is None
    assert mean_estimate([4.0, 4.0]) is None


def test_lists_in_words_and_confidences_that_make_no_sense() -> None:
    assert [in_words(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]
    for confidence in (0.0, 1.0, 95.0):
        with pytest.raises(ValueError, match="Not a confidence"):
            Question(confidence=confidence)


def test_a_ratio_keeps_its_estimate_where_its_interval_is_beyond_all_numbers() -> None:
    asked = Question(confidence=0.999)
    found = geometric_mean_ratio([1, 1, 1], [1e-99, 1, 1e99], asked)
    assert found.estimate == pytest.approx(1)
    assert found.interval is None
    assert "spans more than 300 decades" in found.text
