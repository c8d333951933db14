"""Samples over dose are checked when they are made and reduced to weighted means."""

from __future__ import annotations

import numpy as np
import pytest

from lims_msc.science.dose_response import DoseResponse


def test_arrays_become_plain_numbers_and_a_weight_of_one_each() -> None:
    sample = DoseResponse.of("A", np.array([1, 2]), np.array([3.0, 4.0]))
    assert (sample.doses, sample.responses, sample.weights) == ((1.0, 2.0), (3.0, 4.0), ())
    assert (sample.all_weights, sample.n) == ((1.0, 1.0), 2)


def test_means_take_the_weights() -> None:
    sample = DoseResponse.of("A", [1, 1, 2], [10, 20, 5], [3, 1, 2])
    assert sample.means.means == (12.5, 5.0)
    assert sample.means.weights == (4.0, 2.0)
    assert sample.means.pure_error_ss == 3 * 2.5**2 + 7.5**2


@pytest.mark.parametrize(
    ("doses", "responses", "weights"),
    [
        ([1, 2], [3], None),
        ([1, 2], [3, 4], [1]),
        ([-1], [3], None),
        ([1], [float("nan")], None),
        ([float("inf")], [3], None),
        ([1], [3], [0]),
        ([1], [3], [float("inf")]),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    doses: list[float], responses: list[float], weights: list[float] | None
) -> None:
    with pytest.raises(ValueError, match=r"Not a|argument"):
        DoseResponse.of("A", doses, responses, weights)
