"""Plate quality: numbers by hand, and reasons where there is no number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.quality import (
    MAD_FACTOR,
    QualityNumber,
    cv_percent,
    drift_percent,
    geometric_cv_percent,
    geometric_mean,
    geometric_sd_factor,
    median,
    rank_correlation,
    robust_z_prime,
    scaled_mad,
    signal_to_background,
    signal_to_noise,
    signal_window,
    ssmd,
    stimulation_index,
    z_prime,
)

WELLS = st.lists(
    st.decimals(min_value=1, max_value=999, places=2).map(float), min_size=3, max_size=8
)


def test_z_prime_by_hand() -> None:
    """Means 10 and 2, standard deviations 1 and 1: 1 − 6/8."""
    assert z_prime([9, 10, 11], [1, 2, 3]).value == pytest.approx(0.25)
    assert z_prime([1, 2, 3], [9, 10, 11]).value == pytest.approx(0.25)


def test_robust_z_prime_hardly_moves_with_one_bad_well() -> None:
    """Medians 10 and 2, MAD 1 and 1: 1 − 6·1.4826/8."""
    wanted = 1 - 6 * MAD_FACTOR / 8
    assert robust_z_prime([9, 10, 11], [1, 2, 3]).value == pytest.approx(wanted)
    good = robust_z_prime([8, 9, 10, 11, 12], [1, 2, 3]).value
    assert robust_z_prime([8, 9, 10, 11, 900], [1, 2, 3]).value == pytest.approx(good)


def test_windows_by_hand() -> None:
    """Means 10 and 2, standard deviations 1 and 1."""
    high, low = [9, 10, 11], [1, 2, 3]
    assert ssmd(high, low).value == pytest.approx(8 / math.sqrt(2))
    assert ssmd(low, high).value == pytest.approx(-8 / math.sqrt(2))
    assert signal_to_background(high, low).value == pytest.approx(5)
    assert signal_to_noise(high, low).value == pytest.approx(8)
    assert signal_window(high, low).value == pytest.approx(2)
    assert signal_window(low, high).value == pytest.approx(2)


def test_the_stimulation_index_takes_the_blank_off_both() -> None:
    assert stimulation_index([1.62], [0.21]).value == pytest.approx(7.714, abs=5e-4)
    assert stimulation_index([1.62], [0.21], [0.05]).value == pytest.approx(9.8125)


def test_the_invented_plate_has_its_published_z_prime() -> None:
    found = z_prime([1.62, 1.58, 1.66], [0.20, 0.22, 0.21])
    assert found.value == pytest.approx(0.8936, abs=5e-5)


def test_cv_and_drift_by_hand() -> None:
    assert cv_percent([9, 10, 11]).value == pytest.approx(10)
    assert cv_percent([-9, -10, -11]).value == pytest.approx(10)
    assert drift_percent([12, 12], [8, 8]).value == pytest.approx(40)


def test_geometric_numbers_by_hand() -> None:
    """Logarithms of base 2: 0, 1, 2."""
    assert geometric_mean([1, 2, 4]).value == pytest.approx(2)
    assert geometric_sd_factor([1, 2, 4]).value == pytest.approx(2)
    wanted = 100 * math.sqrt(math.exp(math.log(2) ** 2) - 1)
    assert geometric_cv_percent([1, 2, 4]).value == pytest.approx(wanted)


@given(WELLS, WELLS, st.sampled_from([0.001, 1000.0]), st.randoms())
def test_unit_and_order_of_wells_do_not_matter(
    high: list[float], low: list[float], factor: float, random: object
) -> None:
    def moved(values: list[float]) -> list[float]:
        mixed = [round(value * factor, 6) for value in values]
        random.shuffle(mixed)  # type: ignore[attr-defined]
        return mixed

    for number in (z_prime, robust_z_prime, ssmd, signal_to_background, signal_window):
        one, two = number(high, low), number(moved(high), moved(low))
        same = None if one.value is None else pytest.approx(one.value, rel=1e-9, abs=1e-9)
        assert two.value == same
    assert cv_percent(moved(high)).value == pytest.approx(cv_percent(high).value, abs=1e-9)
    assert geometric_cv_percent(moved(high)).value == pytest.approx(
        geometric_cv_percent(high).value, rel=1e-6, abs=1e-6
    )


@given(WELLS)
def test_median_and_its_deviation_agree_with_scipy(values: list[float]) -> None:
    wanted = stats.median_abs_deviation(values, scale="normal")
    assert scaled_mad(values) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    with pytest.raises(ValueError, match="no value"):
        median([])


def test_rank_correlation_shares_ranks_between_ties() -> None:
    assert rank_correlation([1, 2, 3], [5, 9, 40]).value == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [40, 9, 5]).value == pytest.approx(-1)
    assert rank_correlation([1, 2, 3, 4], [1, 1, 2, 2]).value == pytest.approx(2 / 5**0.5)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (z_prime([1, 2], [0, 0, 0]), "three wells"),
        (z_prime([1, 2, 3], [2, 2, 2]), "equal"),
        (z_prime([0.1, 0.2, 0.3], [0.2, 0.2, 0.2]), "equal"),
        (robust_z_prime([1, 2], [0, 0, 0]), "three wells"),
        (robust_z_prime([1, 2, 3], [0, 2, 9]), "medians are equal"),
        (robust_z_prime([7, 7, 8], [1, 1, 2]), "more than half"),
        (ssmd([1], [0, 1]), "two wells"),
        (ssmd([1, 1], [0, 0]), "do not scatter"),
        (signal_to_background([], [1]), "both controls"),
        (signal_to_background([1], [-1, 1]), "zero"),
        (signal_to_noise([1], [1]), "two wells"),
        (signal_to_noise([1], [1, 1]), "do not scatter"),
        (signal_window([1], [1, 2]), "two wells"),
        (signal_window([1, 1], [1, 2]), "do not scatter"),
        (geometric_mean([]), "no value"),
        (geometric_mean([1, 0]), "no logarithm"),
        (geometric_sd_factor([1]), "two values"),
        (geometric_cv_percent([1, -2]), "no logarithm"),
        (stimulation_index([], [1]), "stimulated and unstimulated"),
        (stimulation_index([1], []), "stimulated and unstimulated"),
        (stimulation_index([5], [0.1], [0.2]), "not above the blank"),
        (cv_percent([1]), "two wells"),
        (cv_percent([-1, 1]), "the mean is zero"),
        (drift_percent([1], []), "two sets"),
        (drift_percent([0], [0]), "not above zero"),
        (rank_correlation([1, 2], [1, 2]), "three doses"),
        (rank_correlation([1, 2, 3], [4, 4, 4]), "equal"),
    ],
)
def test_a_number_that_cannot_be_had_has_a_reason(found: QualityNumber, word: str) -> None:
    assert found.value is None
    assert word in found.reason


def test_a_reading_that_is_no_number_is_refused_everywhere() -> None:
    wrong = [1.0, math.nan, 2.0]
    for number in (stimulation_index, drift_percent, rank_correlation, z_prime):
        with pytest.raises(ValueError, match="Not a measured value"):
            number([3.0, 4.0, 5.0], wrong)


def test_a_scatter_beyond_all_numbers_has_a_reason() -> None:
    found = geometric_cv_percent([1e-12, 1, 1e12])
    assert (found.value, "too many decades" in found.reason) == (None, True)


def test_the_stimulation_index_keeps_its_digits_under_a_large_blank() -> None:
    assert stimulation_index([1e12 + 0.3], [1e12 + 0.1], [1e12]).value == pytest.approx(
        3, rel=1e-15
    )
    assert drift_percent([0.3], [0.1]).value == pytest.approx(100, rel=1e-15)
