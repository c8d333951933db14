"""Adjusted p values: published example, limits, and order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims_msc.science.multiplicity import benjamini_hochberg, bonferroni, hochberg, holm

P = st.lists(st.floats(0, 1), max_size=12)


def test_four_p_values_by_hand() -> None:
    p = [0.04, 0.01, 0.03, 0.02]
    assert bonferroni(p) == pytest.approx([0.16, 0.04, 0.12, 0.08])
    assert holm(p) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert hochberg(p) == pytest.approx([0.04] * 4)
    assert benjamini_hochberg(p) == pytest.approx([0.04] * 4)


@given(P)
def test_the_ways_stand_in_their_order_and_never_above_one(p: list[float]) -> None:
    rows = zip(p, benjamini_hochberg(p), hochberg(p), holm(p), bonferroni(p), strict=True)
    for row in rows:
        for less, more in pairwise(row):
            assert less <= more * (1 + 1e-12)
        assert row[-1] <= 1


@given(P.filter(bool))
def test_benjamini_hochberg_agrees_with_scipy(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p), rel=1e-12)


@pytest.mark.parametrize("adjust", [bonferroni, holm, hochberg, benjamini_hochberg])
def test_what_is_no_probability_is_refused(adjust: object) -> None:
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="Not a p value"):
            adjust([0.5, p])  # type: ignore[operator]
    assert adjust([]) == ()  # type: ignore[operator]
