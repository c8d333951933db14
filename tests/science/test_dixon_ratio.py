"""Dixon's Q: its integral against a closed form, published limits and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from lims_msc.science.dixon_ratio import dixon_critical, dixon_q, dixon_tail
from lims_msc.science.outliers import OutlierSide, OutlierStatus


@pytest.mark.parametrize("q", [0.0, 0.3, 0.9, 0.9413, 0.988, 0.9999])
def test_for_three_values_the_density_is_known_in_closed_form(q: float) -> None:
    """Its density is 3√3/(2π)/(r² − r + 1)."""
    tail, _ = quad(lambda r: 3 * math.sqrt(3) / (2 * math.pi) / (r * r - r + 1), q, 1)
    assert dixon_tail(q, 3) == pytest.approx(tail, rel=1e-9)


def test_published_limits_of_both_sides_come_out() -> None:
    """Rorabacher 1991, table 1: 95 % confidence on either side, printed with three digits."""
    printed = {3: 0.970, 4: 0.829, 5: 0.710, 6: 0.625, 7: 0.568, 8: 0.526, 9: 0.493, 10: 0.466}
    for n, limit in printed.items():
        # The old tables were made by hand from the density and are off by up to three units.
        assert dixon_critical(n, 0.05) == pytest.approx(limit, abs=0.003)
    one_sided = {3: 0.941, 4: 0.765, 5: 0.642, 7: 0.507, 10: 0.412}
    for n, limit in one_sided.items():
        assert dixon_critical(n, 0.05, two_sided=False) == pytest.approx(limit, abs=0.001)


def test_simulated_samples_pass_the_limit_as_often_as_they_should() -> None:
    random = np.random.default_rng(20240611)
    for n in (4, 7, 10):
        ordered = np.sort(random.standard_normal((200_000, n)), axis=1)
        q = (ordered[:, -1] - ordered[:, -2]) / (ordered[:, -1] - ordered[:, 0])
        share = float(np.mean(q > dixon_critical(n, 0.05, two_sided=False)))
        assert share == pytest.approx(0.05, abs=0.002)


def test_the_example_of_dean_and_dixon() -> None:
    """40.02, 40.12, 40.16, 40.18, 40.20: Q = 0.10/0.18 of the lowest."""
    found = dixon_q([40.12, 40.16, 40.02, 40.20, 40.18])
    assert found.statistic == pytest.approx(0.10 / 0.18)
    assert (found.suspects, found.outliers) == ((2,), ())
    assert found.p == pytest.approx(2 * dixon_tail(10 / 18, 5))
    high = dixon_q([40.12, 40.16, 40.02, 40.20, 40.18], side=OutlierSide.HIGHEST)
    assert (high.suspects, high.suspect_values) == ((3,), (40.20,))


def test_a_wild_value_is_suggested_and_not_deleted() -> None:
    found = dixon_q([1.00, 1.02, 1.01, 1.03, 9.0], side=OutlierSide.HIGHEST)
    assert found.outliers == (4,)
    assert "Dixon's Q suggests '9' as an outlier" in found.text
    assert "not deleted" in found.text
    low = dixon_q([1.00, 1.02, 1.01, 1.03, 9.0], side=OutlierSide.LOWEST)
    assert (low.suspects, low.outliers) == ((0,), ())


def test_q_passes_its_limit_exactly_where_p_is_below_alpha() -> None:
    random = np.random.default_rng(7)
    for n in range(3, 11):
        values = [float(v) for v in random.standard_normal(n).round(3)]
        found = dixon_q(values, alpha=0.2)
        assert found.p is not None
        assert bool(found.outliers) == (found.p < 0.2)
        moved = dixon_q([round(1000 * v + 5, 3) for v in values], alpha=0.2)
        assert (moved.suspects, moved.outliers) == (found.suspects, found.outliers)


def test_other_numbers_of_values_and_constant_ones_are_not_tested() -> None:
    for values, word in (([1.0, 2.0], "3 to 10"), ([1.0] * 11, "3 to 10"), ([2.0] * 4, "vary")):
        found = dixon_q(values)
        assert found.status is OutlierStatus.UNDEFINED
        assert word in found.text
    for q, n in ((0.5, 2), (0.5, 11), (1.5, 5)):
        with pytest.raises(ValueError, match="Not a ratio"):
            dixon_tail(q, n)
    with pytest.raises(ValueError, match="Not a level"):
        dixon_critical(5, 0.0)
