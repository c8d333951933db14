"""Plate quality: numbers by hand, and reasons where there is no number."""

from __future__ import annotations

import pytest

from lims_msc.science.quality import (
    QualityNumber,
    cv_percent,
    drift_percent,
    rank_correlation,
    stimulation_index,
    z_prime,
)


def test_z_prime_by_hand() -> None:
    """Means 10 and 2, standard deviations 1 and 1: 1 − 6/8."""
    assert z_prime([9, 10, 11], [1, 2, 3]).value == pytest.approx(0.25)
    assert z_prime([1, 2, 3], [9, 10, 11]).value == pytest.approx(0.25)


def test_the_stimulation_index_takes_the_blank_off_both() -> None:
    assert stimulation_index([1.62], [0.21]).value == pytest.approx(7.714, abs=5e-4)
    assert stimulation_index([1.62], [0.21], [0.05]).value == pytest.approx(9.8125)


def test_cv_and_drift_by_hand() -> None:
    assert cv_percent([9, 10, 11]).value == pytest.approx(10)
    assert drift_percent([12, 12], [8, 8]).value == pytest.approx(40)


def test_rank_correlation_shares_ranks_between_ties() -> None:
    assert rank_correlation([1, 2, 3], [5, 9, 40]).value == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [40, 9, 5]).value == pytest.approx(-1)
    assert rank_correlation([1, 2, 3, 4], [1, 1, 2, 2]).value == pytest.approx(2 / 5**0.5)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (z_prime([1, 2], [0, 0, 0]), "three wells"),
        (z_prime([1, 2, 3], [2, 2, 2]), "equal"),
        (stimulation_index([], [1]), "stimulated and unstimulated"),
        (stimulation_index([1], []), "stimulated and unstimulated"),
        (stimulation_index([5], [0.1], [0.2]), "not above the blank"),
        (cv_percent([1]), "two wells"),
        (cv_percent([-1, 1]), "not above zero"),
        (drift_percent([1], []), "two sets"),
        (drift_percent([0], [0]), "not above zero"),
        (rank_correlation([1, 2], [1, 2]), "three doses"),
        (rank_correlation([1, 2, 3], [4, 4, 4]), "equal"),
    ],
)
def test_a_number_that_cannot_be_had_has_a_reason(found: QualityNumber, word: str) -> None:
    assert found.value is None
    assert word in found.reason
