"""Outlier tests suggest and never delete; published examples, limits and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.outliers import (
    OutlierSide,
    OutlierStatus,
    generalised_esd,
    grubbs,
    grubbs_critical,
    grubbs_p,
    robust_outliers,
)

URANIUM = [199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57]
MASKED = [20.477, 31.0, 19.956, 17.877, 19.808, 18.192, 31.4, 19.477]
ROSNER = [
    *(-0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56),
    *(1.58, 1.65, 1.69, 1.70, 1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10),
    *(2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92),
    *(2.92, 2.93, 3.21, 3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01),
]
VALUES = st.lists(
    st.decimals(min_value=0, max_value=100, places=2).map(float), min_size=3, max_size=10
)


def test_the_uranium_example_of_nist() -> None:
    """NIST/SEMATECH 1.3.5.17.1: G = 2.4687, limits 2.03 (one-sided) and 2.1266."""
    both = grubbs(URANIUM)
    assert both.statistic == pytest.approx(2.4688, abs=5e-5)
    assert both.critical == pytest.approx(2.1266, abs=5e-5)
    assert (both.suspects, both.suspect_values, both.outliers) == ((7,), (245.57,), (7,))
    high = grubbs(URANIUM, side=OutlierSide.HIGHEST)
    assert high.critical == pytest.approx(2.0317, abs=5e-5)
    assert (both.p or 0) == pytest.approx(2 * (high.p or 0))
    low = grubbs(URANIUM, side=OutlierSide.LOWEST)
    assert (low.suspects, low.outliers) == ((0,), ())


def test_the_generalised_test_finds_three_outliers_in_rosners_example() -> None:
    """NIST/SEMATECH 1.3.5.17.3: R₁ 3.118, λ₁ 3.158; three outliers of up to ten."""
    found = generalised_esd(ROSNER, 10)
    assert len(found.steps) == 10
    assert found.steps[0].statistic == pytest.approx(3.118, abs=1e-3)
    assert found.steps[0].critical == pytest.approx(3.158, abs=1e-3)
    assert found.steps[2].statistic == pytest.approx(3.179, abs=1e-3)
    assert found.steps[2].critical == pytest.approx(3.144, abs=1e-3)
    assert found.outliers == (51, 52, 53)
    assert "suggests '6.01', '5.42', '5.34' as outliers" in found.text
    assert "It was not deleted" in found.text


def test_two_outliers_hide_each_other_from_grubbs_and_not_from_the_others() -> None:
    assert grubbs(MASKED).outliers == ()
    assert generalised_esd(MASKED, 3).outliers == (1, 6)
    assert robust_outliers(MASKED).outliers == (1, 6)


def test_the_robust_rule_by_hand() -> None:
    """Median 12, MAD 1: 30 is 18/1.4826 = 12.1 away."""
    found = robust_outliers([11, 12, 13, 12.5, 10, 30, 11.5])
    assert found.statistic == pytest.approx(18 / 1.4826, rel=1e-4)
    assert (found.outliers, found.p) == ((5,), None)
    calm = robust_outliers([11, 12, 13, 12.5, 10])
    assert (calm.outliers, calm.suspects) == ((), (4,))


def test_three_values_can_hardly_pass_and_equal_ones_are_at_the_limit() -> None:
    """With two equal values G is at its maximum 2/√3 and p is 0."""
    found = grubbs([55.5, 55.5, 20.0])
    assert (found.statistic, found.p) == (pytest.approx(2 / 3**0.5), 0.0)
    assert found.outliers == (2,)
    assert grubbs_p(1.0, 3) == pytest.approx(1.0)


def test_of_two_values_equally_far_the_first_is_the_suspect() -> None:
    assert grubbs([0.1, 0.2, 0.3]).suspects == (0,)
    assert grubbs([0.3, 0.2, 0.1]).suspects == (0,)


@given(VALUES, st.sampled_from([0.01, 100.0]), st.sampled_from([0.0, -50.0, 1e6]))
def test_another_unit_suggests_the_same_wells(
    values: list[float], factor: float, offset: float
) -> None:
    moved = [round(value * factor + offset, 5) for value in values]
    for test in (grubbs, robust_outliers):
        one, two = test(values), test(moved)
        assert (one.status, one.suspects, one.outliers) == (two.status, two.suspects, two.outliers)
    assert generalised_esd(values, 3).outliers == generalised_esd(moved, 3).outliers


@given(VALUES)
def test_grubbs_passes_exactly_where_p_is_below_alpha(values: list[float]) -> None:
    for side in OutlierSide:
        found = grubbs(values, alpha=0.1, side=side)
        if found.status is OutlierStatus.OK and found.p is not None:
            assert bool(found.outliers) == (found.p < 0.1)


def test_a_suggestion_says_which_value_why_and_that_nothing_was_deleted() -> None:
    assert grubbs(URANIUM).text == (
        "Grubbs' test suggests '245.57' as an outlier (G = 2.469, limit 2.127, n = 8). It was not "
        "deleted: exclude it only for a technical reason."
    )
    assert "suggests no outlier" in grubbs(MASKED).text
    assert "suggests no outlier (up to 1 looked for, n = 8)" in generalised_esd(MASKED, 1).text
    assert "suggests '31', '31.4' as outliers" in robust_outliers(MASKED).text
    assert "'245.57' as an outlier" in generalised_esd(URANIUM, 1).text


def test_values_that_allow_no_test_have_a_reason() -> None:
    for found, word in (
        (grubbs([1.0, 2.0]), "three values"),
        (grubbs([7.0] * 5), "do not vary"),
        (robust_outliers([1.0, 2.0, 3.0, 4.0]), "five values"),
        (robust_outliers([5.0, 5.0, 5.0, 5.0, 9.0]), "half of the values are equal"),
        (generalised_esd([1.0, 2.0], 1), "three values"),
        (generalised_esd([7.0] * 5, 2), "do not vary"),
    ):
        assert (found.status, found.outliers) == (OutlierStatus.UNDEFINED, ())
        assert word in found.text


def test_the_generalised_test_stops_where_the_rest_is_constant_or_too_small() -> None:
    found = generalised_esd([5.0, 5.0, 5.0, 5.0, 9.0], 3)
    assert ([step.index for step in found.steps], found.outliers) == ([4], (4,))
    assert len(generalised_esd([1.0, 2.0, 4.0, 9.0], 9).steps) == 2


def test_arguments_that_make_no_sense_are_refused() -> None:
    for alpha in (0.0, 1.0):
        with pytest.raises(ValueError, match="Not a level"):
            grubbs(URANIUM, alpha=alpha)
    with pytest.raises(ValueError, match="Not a number of outliers"):
        generalised_esd(URANIUM, 0)
    for refused in (lambda: grubbs_critical(2, 0.05), lambda: grubbs_p(1.0, 2)):
        with pytest.raises(ValueError, match="at least 3"):
            refused()
