"""Limits of blank and detection, and the minimum significant ratio."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.detection_limits import detection_limits, minimum_significant_ratio


def test_the_limits_by_hand() -> None:
    """Blanks −4, 0, 4 (SD 4) and low values 9, 10, 11 (SD 1)."""
    found = detection_limits([-4, 0, 4], [9, 10, 11])
    assert found.limit_of_blank == pytest.approx(6.58)
    assert found.limit_of_detection == pytest.approx(6.58 + 1.645)
    assert found.is_provisional
    assert "n = 3 blank and 3 low values; provisional, below 20" in found.text


def test_a_published_pair_of_limits_comes_out() -> None:
    """Piede 2023: limits of 6.8 % and 13.6 %, which is one SD of 4.13 % for both."""
    sd = 6.8 / 1.645
    values = [sign * sd * math.sqrt(19 / 20) for sign in (-1, 1) for _ in range(10)]
    found = detection_limits(values, [20 + value for value in values])
    assert found.limit_of_blank == pytest.approx(6.8)
    assert found.limit_of_detection == pytest.approx(13.6)
    assert not found.is_provisional
    assert [found.is_distinguishable_from_zero(s) for s in (13.5, 13.7, -20.0)] == [
        False,
        True,
        True,
    ]


def test_limits_that_cannot_be_had_have_a_reason() -> None:
    for found, word in (
        (detection_limits([1.0], [1.0, 2.0]), "at least two"),
        (detection_limits([1.0, 1.0], [1.0, 2.0]), "do not vary"),
        (detection_limits([1.0, 2.0], [2.0, 2.0]), "do not vary"),
    ):
        assert (found.limit_of_blank, found.limit_of_detection) == (None, None)
        assert found.is_distinguishable_from_zero(50.0) is None
        assert word in found.text


def test_the_ratio_by_hand() -> None:
    """log10 of 0.1, 1, 10 has SD 1: 10^(2√2) = 674-fold."""
    found = minimum_significant_ratio([[0.1, 1.0, 10.0]])
    assert (found.sd_log10, found.n_runs, found.n_batches) == (pytest.approx(1), 3, 1)
    assert found.value == pytest.approx(10 ** (2 * math.sqrt(2)))
    assert "(minimum significant ratio, n = 3 runs of 1 batches)" in found.text


def test_batches_are_pooled_around_their_own_means() -> None:
    """Two batches of SD 0.1 and 0.3 (two runs each): variance (0.01 + 0.09)/2."""
    one = [10 ** (0.1 / math.sqrt(2)), 10 ** (-0.1 / math.sqrt(2))]
    two = [100 * 10 ** (0.3 / math.sqrt(2)), 100 * 10 ** (-0.3 / math.sqrt(2))]
    found = minimum_significant_ratio([one, two, [5.0]])
    assert found.sd_log10 == pytest.approx(math.sqrt(0.05))
    assert (found.n_runs, found.n_batches) == (4, 2)


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=6), st.sampled_from([10.0, 1e-3]))
def test_the_unit_of_the_potency_does_not_matter(runs: list[float], factor: float) -> None:
    one = minimum_significant_ratio([runs]).value
    two = minimum_significant_ratio([[factor * run for run in reversed(runs)]]).value
    assert two == pytest.approx(one, rel=1e-9)


def test_too_few_runs_have_no_ratio_and_potencies_are_above_zero() -> None:
    for runs in ([], [[1.0, 2.0]], [[1.0], [2.0], [3.0]]):
        found = minimum_significant_ratio(runs)
        assert found.value is None
        assert "at least 3 runs of the same batch" in found.text
    for potency in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above zero"):
            minimum_significant_ratio([[1.0, potency]])


def test_a_ratio_beyond_all_numbers_has_a_reason() -> None:
    found = minimum_significant_ratio([[1e-150, 1, 1e150]])
    assert found.value is None
    assert "scatter too much" in found.text
