"""Equivalence of donors' means: the margin decides, and it is always in the sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.comparison import ComparisonStatus
from lims_msc.science.two_one_sided import (
    Equivalence,
    equivalence_of_means,
    equivalence_of_ratio,
    equivalence_within_donors,
)

ONE, TWO = [60.0, 64.0, 59.0, 66.0, 62.0], [61.0, 63.0, 60.0, 67.0]
VALUES = st.lists(
    st.decimals(min_value=1, max_value=99, places=1).map(float), min_size=3, max_size=7
)


def test_both_tests_are_one_sided_welch_tests_against_the_margin() -> None:
    found = equivalence_of_means(ONE, TWO, (-10.0, 10.0))
    above = stats.ttest_ind([v + 10 for v in ONE], TWO, equal_var=False, alternative="greater")
    below = stats.ttest_ind([v - 10 for v in ONE], TWO, equal_var=False, alternative="less")
    assert found.p_above_lower == pytest.approx(above.pvalue, rel=1e-9)
    assert found.p_below_upper == pytest.approx(below.pvalue, rel=1e-9)
    assert found.is_equivalent


@given(VALUES, VALUES, st.floats(0.5, 40))
def test_equivalent_means_that_the_90_percent_interval_lies_in_the_margin(
    first: list[float], second: list[float], size: float
) -> None:
    found = equivalence_of_means(first, second, (-size, size))
    if found.interval is None:
        assert found.is_equivalent is None
        return
    low, high = found.interval
    near = min(abs(low + size), abs(high - size)) < 1e-9
    assert near or found.is_equivalent == (-size < low and high < size)


def test_not_shown_is_not_called_different_or_equal() -> None:
    found = equivalence_of_means(ONE, TWO, (-2.0, 2.0), names=("primed", "resting"))
    assert found.is_equivalent is False
    assert found.text.startswith(
        "primed and resting are not shown to be equivalent within the margin -2 to 2: mean "
    )
    assert "90 % CI" in found.text
    assert "n = 5 and 4 donors" in found.text


def test_within_donors_the_pairs_count() -> None:
    found = equivalence_within_donors(ONE, [v + 1 for v in ONE[:4]] + [62.0], (-3.0, 3.0))
    assert found.n == (5,)
    assert found.degrees_of_freedom == 4
    assert found.is_equivalent


def test_a_ratio_has_its_margin_as_a_ratio() -> None:
    found = equivalence_of_ratio(ONE, TWO, (0.8, 1.25))
    assert found.margin == (0.8, 1.25)
    assert found.estimate == pytest.approx(stats.gmean(ONE) / stats.gmean(TWO), rel=1e-12)
    assert found.is_equivalent
    turned = equivalence_of_ratio(TWO, ONE, (0.8, 1.25))
    assert turned.p == pytest.approx(found.p, rel=1e-9)


@pytest.mark.parametrize(
    ("found", "status", "word"),
    [
        (equivalence_of_means(ONE, [1.0, 2.0], (-1, 1)), ComparisonStatus.TOO_FEW, "fewer than 3"),
        (equivalence_of_means([1.0] * 3, [1.0] * 3, (-1, 1)), ComparisonStatus.UNDEFINED, "vary"),
        (equivalence_of_ratio(ONE, [1.0, 2.0, 0.0], (0.5, 2)), ComparisonStatus.UNDEFINED, "log"),
        (equivalence_of_ratio(ONE, [1.0, 2.0], (0.5, 2)), ComparisonStatus.TOO_FEW, "fewer than 3"),
    ],
)
def test_what_cannot_be_tested_has_a_reason(
    found: Equivalence, status: ComparisonStatus, word: str
) -> None:
    assert (found.status, found.p, found.is_equivalent) == (status, None, None)
    assert word in found.text


def test_margins_and_levels_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="margin that rises"):
        equivalence_of_means(ONE, TWO, (1.0, -1.0))
    with pytest.raises(ValueError, match="ratios above zero"):
        equivalence_of_ratio(ONE, TWO, (0.0, 2.0))
    with pytest.raises(ValueError, match="level"):
        equivalence_within_donors(ONE, ONE, (-1.0, 1.0), alpha=0.5)


def test_a_ratio_with_an_interval_beyond_all_numbers_has_no_test() -> None:
    found = equivalence_of_ratio([1, 1, 1], [1e-99, 1, 1e99], (0.8, 1.25), alpha=0.0005)
    assert (found.status, found.p) == (ComparisonStatus.UNDEFINED, None)
    assert "300 decades" in found.reason


def test_a_margin_without_an_end_is_refused() -> None:
    for margin in ((-float("inf"), 1.0), (-1.0, float("inf")), (float("nan"), 1.0)):
        with pytest.raises(ValueError, match="Not a margin that rises"):
            equivalence_of_means(ONE, TWO, margin)
