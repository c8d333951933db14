"""Division indices: the worked example, their identities and floors, and samples without cells."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.values import ValueStatus
from lims_msc.science.dye_dilution import (
    NO_CELLS,
    NO_DIVISION,
    DivisionIndex,
    division_indices,
    index_suppression,
)
from lims_msc.science.propagation import mean_of

COUNTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=9)


def test_the_worked_example_has_six_different_numbers() -> None:
    """DOMAIN 2.1.1: N = 1000, 800, 1200, 1600, 800."""
    found = division_indices([1000, 800, 1200, 1600, 800])
    expected = {
        "pct_divided_final": 81.48,
        "precursor_frequency": 48.72,
        "division_index": 0.9231,
        "proliferation_index_flowjo": 1.8947,
        "expansion_index": 2.7692,
        "replication_index": 4.6316,
    }
    for index in DivisionIndex:
        digits = 5e-3 if expected[index] > 10 else 5e-5
        assert found.get(index).value == pytest.approx(expected[index], abs=digits)


def test_half_of_the_cells_with_four_divisions_each() -> None:
    """DOMAIN 2.1.1: the division index is 2, the proliferation index 4."""
    found = division_indices([100, 0, 0, 0, 1600])
    assert found.division_index.value == pytest.approx(2)
    assert found.proliferation_index_flowjo.value == pytest.approx(4)
    assert found.precursor_frequency.value == pytest.approx(50)


def test_cells_that_do_not_divide_stand_at_the_floors_and_have_no_index_of_divided_cells() -> None:
    found = division_indices([500, 0, 0])
    for index in DivisionIndex:
        if index in {
            DivisionIndex.PROLIFERATION_INDEX_FLOWJO,
            DivisionIndex.REPLICATION_INDEX,
        }:
            assert found.get(index).value is None
            assert found.get(index).reason == NO_DIVISION
        else:
            assert found.get(index).value == index.floor


def test_cells_that_all_divide_once_stand_at_the_floors_of_divided_cells() -> None:
    found = division_indices([0, 64])
    assert found.proliferation_index_flowjo.value == 1
    assert found.replication_index.value == 2


@pytest.mark.parametrize("counts", [[], [0, 0, 0]])
def test_no_cells_give_no_index(counts: list[float]) -> None:
    found = division_indices(counts)
    assert {found.get(index).value for index in DivisionIndex} == {None}
    assert found.division_index.reason == NO_CELLS


@pytest.mark.parametrize("cells", [-1.0, math.nan, math.inf])
def test_counts_that_make_no_sense_are_refused(cells: float) -> None:
    with pytest.raises(ValueError, match="number of cells"):
        division_indices([10, cells])


@given(COUNTS)
def test_the_division_index_is_the_divided_share_times_the_proliferation_index(
    counts: list[float],
) -> None:
    found = division_indices(counts)
    share, index = found.precursor_frequency.value, found.proliferation_index_flowjo.value
    if share is not None and index is not None:
        assert found.division_index.value == pytest.approx(share / 100 * index)


@given(COUNTS, st.floats(1e-3, 1e3))
def test_indices_do_not_depend_on_the_number_of_cells_and_keep_above_their_floors(
    counts: list[float], factor: float
) -> None:
    found, scaled = division_indices(counts), division_indices([factor * n for n in counts])
    for index in DivisionIndex:
        value = found.get(index).value
        if value is None:
            continue
        assert value >= index.floor * (1 - 1e-12)
        assert scaled.get(index).value == pytest.approx(value)


def test_suppression_takes_the_floor_off_both() -> None:
    """By hand: expansion index 1.5 against 3 is (1 − 0.5/2) = 75 %, not 50 %."""
    test, control = mean_of("T", (1.4, 1.6)), mean_of("P", (2.9, 3.1))
    found = index_suppression(test, control, DivisionIndex.EXPANSION_INDEX)
    assert found.value == pytest.approx(75)
    assert found.se == pytest.approx(100 * math.hypot(0.1 / 2, 0.5 * 0.1 / 4))
    plain = index_suppression(test, control, DivisionIndex.DIVISION_INDEX)
    assert plain.value == pytest.approx(50)


def test_a_control_at_the_floor_has_no_suppression() -> None:
    found = index_suppression(
        mean_of("T", (1.2,)), mean_of("P", (1.0,)), DivisionIndex.EXPANSION_INDEX
    )
    assert found.status is ValueStatus.UNDEFINED
    assert "expansion_index" in found.reason
