"""Rows, columns and edge of a plate of one condition."""

from __future__ import annotations

import pytest
from scipy import stats

from lims_msc.science.plate_effects import Direction, Place, plate_effects

EVEN = {(r, c): 100.0 + (r + c) % 2 for r in range(8) for c in range(12)}


def is_edge(place: Place) -> bool:
    return place[0] in {0, 7} or place[1] in {0, 11}


def test_a_dry_edge_is_found_and_rows_and_columns_have_their_own_number() -> None:
    dry = {place: value - 20 * is_edge(place) for place, value in EVEN.items()}
    rows, columns, edge = plate_effects(dry, 8, 12)
    assert [effect.direction for effect in (rows, columns, edge)] == list(Direction)
    rim = [value for place, value in dry.items() if is_edge(place)]
    inside = [value for place, value in dry.items() if not is_edge(place)]
    assert edge.p == pytest.approx(stats.ttest_ind(rim, inside, equal_var=False).pvalue, rel=1e-8)
    mean = sum(dry.values()) / 96
    assert edge.difference_percent == pytest.approx(-100 * 20 / mean)
    assert edge.n_wells == 96


def test_a_gradient_over_columns_is_no_effect_of_rows() -> None:
    tilted = {(r, c): value + c for (r, c), value in EVEN.items()}
    rows, columns, _ = plate_effects(tilted, 8, 12)
    by_column = [[tilted[r, c] for r in range(8)] for c in range(12)]
    assert columns.p == pytest.approx(stats.f_oneway(*by_column).pvalue, rel=1e-8)
    assert columns.difference_percent == pytest.approx(100 * 11 / 106)
    assert rows.p is not None
    assert rows.p > 0.5


def test_places_that_cannot_be_compared_have_a_reason() -> None:
    rows, columns, edge = plate_effects({(0, 0): 1.0, (0, 1): 2.0, (1, 3): 3.0}, 8, 12)
    assert (rows.difference_percent, columns.difference_percent) == (None, None)
    assert "two rows with two wells" in rows.reason
    assert "two columns with two wells" in columns.reason
    assert "two wells on the edge" in edge.reason


def test_wells_without_scatter_have_a_difference_and_no_p() -> None:
    wells = {(1, 1): 4.0, (1, 2): 4.0, (2, 1): 6.0, (2, 2): 6.0, (0, 0): 5.0, (0, 1): 5.0}
    rows, _, edge = plate_effects(wells, 8, 12)
    assert (rows.difference_percent, rows.p) == (pytest.approx(40.0), None)
    assert "do not scatter" in rows.reason
    assert edge.p is not None
    flat = plate_effects(dict.fromkeys(wells, 5.0), 8, 12)[2]
    assert (flat.difference_percent, flat.p) == (0.0, None)


def test_a_mean_of_zero_has_no_percentage_and_wells_must_be_on_the_plate() -> None:
    negative = {place: -value for place, value in EVEN.items()}
    assert {effect.reason for effect in plate_effects(negative, 8, 12)} == {
        "the mean is not above zero"
    }
    with pytest.raises(ValueError, match="Not a well of 8 rows"):
        plate_effects({(8, 0): 1.0}, 8, 12)
