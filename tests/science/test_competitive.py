"""Percent bound of competitive assays."""

from __future__ import annotations

import math

import pytest

from lims_msc.domain.values import ValueStatus
from lims_msc.science.competitive import percent_bound
from lims_msc.science.propagation import mean_of

B0, NSB = mean_of("B0", (2.0, 2.2)), mean_of("NSB", (0.1, 0.1))


def test_percent_bound_takes_nonspecific_binding_off_both() -> None:
    """By hand: 100·(0.6 − 0.1)/(2.1 − 0.1)."""
    found = percent_bound(mean_of("sample", (0.5, 0.7)), B0, NSB)
    assert found.value == pytest.approx(25)
    assert found.se == pytest.approx(100 * math.hypot(0.1 / 2, 0.25 * 0.1 / 2))


def test_values_beyond_the_controls_are_kept() -> None:
    assert percent_bound(mean_of("sample", (2.3,)), B0, NSB).value == pytest.approx(110)
    assert percent_bound(mean_of("sample", (0.0,)), B0, NSB).value == pytest.approx(-5)


def test_binding_that_is_all_nonspecific_has_no_percentage() -> None:
    found = percent_bound(mean_of("sample", (0.5,)), NSB, mean_of("NSB 2", (0.1,)))
    assert found.status is ValueStatus.UNDEFINED
    assert "NSB" in found.reason
