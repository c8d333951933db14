"""Doublings, their level and doubling time: the worked example, and a reason for each gap."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.expansion import (
    CulturePassage,
    Known,
    doubling_time_h,
    growth_of,
    population_doublings,
)

COUNTS = st.floats(1e2, 1e12)


def test_the_worked_example_of_the_domain_reference() -> None:
    (grown,) = growth_of([CulturePassage(3, 0.6e6, 4.2e6, 96.0)], 3.4)
    assert grown.population_doublings.value == pytest.approx(2.807, abs=5e-4)
    assert grown.population_doubling_level.value == pytest.approx(6.207, abs=5e-4)
    assert grown.doubling_time_h.value == pytest.approx(34.2, abs=0.05)
    assert grown.doublings_since_first_record == grown.population_doublings


@pytest.mark.parametrize(
    ("harvested", "doublings"), [(2e6, 1.0), (8e6, 3.0), (1e6, 0.0), (5e5, -1.0)]
)
def test_doublings_are_to_the_base_of_two(harvested: float, doublings: float) -> None:
    assert population_doublings(1e6, harvested).value == pytest.approx(doublings, abs=1e-12)


@pytest.mark.parametrize(
    ("seeded", "harvested", "reason"),
    [
        (None, 1e6, "viable cells seeded are not recorded"),
        (0.0, 1e6, "viable cells seeded are not recorded"),
        (math.nan, 1e6, "viable cells seeded are not recorded"),
        (1e6, None, "viable cells harvested are not recorded"),
        (1e6, math.inf, "viable cells harvested are not recorded"),
        (1e6, 0.0, "nothing was harvested, which is no number of doublings"),
    ],
)
def test_what_is_not_known_has_a_reason_and_no_number(
    seeded: float | None, harvested: float | None, reason: str
) -> None:
    doublings = population_doublings(seeded, harvested)
    assert doublings == Known(None, reason)
    assert doubling_time_h(doublings, 96.0) == Known(None, reason)


@pytest.mark.parametrize(
    ("doublings", "hours", "reason"),
    [
        (0.0, 96.0, "no growth"),
        (-1.0, 96.0, "no growth"),
        (5e-324, 96.0, "no growth that could be told from none"),
        (2.0, None, "the hours of culture are not recorded"),
        (2.0, 0.0, "the hours of culture are not recorded"),
    ],
)
def test_without_growth_or_hours_there_is_no_doubling_time(
    doublings: float, hours: float | None, reason: str
) -> None:
    assert doubling_time_h(Known(doublings), hours) == Known(None, reason)


def test_an_unknown_start_leaves_the_doublings_since_the_first_record() -> None:
    first, second = growth_of([CulturePassage(2, 1e6, 4e6), CulturePassage(1, 1e6, 2e6)], None)
    assert (first.passage, second.passage) == (1, 2)
    assert second.doublings_since_first_record.value == pytest.approx(3.0)
    unknown = Known(None, "the doublings before P1 are unknown")
    assert first.population_doubling_level == second.population_doubling_level == unknown


def test_after_a_gap_no_level_is_guessed() -> None:
    grown = growth_of(
        [CulturePassage(1, 1e6, 2e6), CulturePassage(3, 1e6, 2e6), CulturePassage(4, 1e6, 2e6)], 2.0
    )
    assert [g.population_doubling_level.value for g in grown] == [3.0, None, None]
    assert {g.population_doubling_level.reason for g in grown[1:]} == {"P2 is not recorded"}
    assert [g.population_doublings.value for g in grown] == [1.0, 1.0, 1.0]


def test_after_a_passage_without_doublings_no_level_is_guessed() -> None:
    grown = growth_of(
        [CulturePassage(1, 1e6, None), CulturePassage(2, 1e6, 2e6), CulturePassage(4, 1e6, 2e6)],
        2.0,
    )
    reason = "P1: viable cells harvested are not recorded"
    assert [g.population_doubling_level for g in grown] == [Known(None, reason)] * 3


def test_a_passage_stands_once() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        growth_of([CulturePassage(1, 1e6, 2e6), CulturePassage(1, 1e6, 2e6)], 0.0)


@given(COUNTS, COUNTS, st.floats(0.1, 1e3))
def test_doublings_do_not_depend_on_the_unit_of_the_counts(
    seeded: float, harvested: float, factor: float
) -> None:
    first = population_doublings(seeded, harvested).value
    scaled = population_doublings(factor * seeded, factor * harvested).value
    assert first == pytest.approx(scaled, abs=1e-9)


@given(COUNTS, COUNTS, COUNTS)
def test_two_cultures_in_a_row_double_as_often_as_one_over_both(
    seeded: float, between: float, harvested: float
) -> None:
    both = growth_of(
        [CulturePassage(1, seeded, between), CulturePassage(2, between, harvested)], 0.0
    )
    one = population_doublings(seeded, harvested).value
    assert both[-1].population_doubling_level.value == pytest.approx(one, abs=1e-9)
