"""Westgard's rules, each with the runs that break it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.westgard_rules import Violation, WestgardRule, westgard_violations


def broken(*deviations: float) -> dict[WestgardRule, list[str]]:
    found: dict[WestgardRule, list[str]] = {}
    named = [(str(place), value) for place, value in enumerate(deviations, start=1)]
    for violation in westgard_violations(named):
        found.setdefault(violation.rule, []).append(" ".join(violation.runs))
    return found


def test_quiet_runs_break_no_rule_and_lines_themselves_are_inside() -> None:
    assert broken() == {}
    assert broken(0.5, -0.5, 1.9, -1.9) == {}
    assert broken(2.0, 0.1, -2.0, 0.0) == {}


@pytest.mark.parametrize(
    ("deviations", "rule", "runs"),
    [
        ((0.0, 2.1, 0.0), WestgardRule.ONE_2S, ["2"]),
        ((0.0, -2.1, 3.5), WestgardRule.ONE_2S, ["2", "3"]),
        ((0.0, -3.1, 0.0), WestgardRule.ONE_3S, ["2"]),
        ((2.1, 2.2, 0.0), WestgardRule.TWO_2S, ["1 2"]),
        ((0.0, -2.1, -2.2, -2.3), WestgardRule.TWO_2S, ["2 3 4"]),
        ((2.1, -2.1, 0.0), WestgardRule.R_4S, ["1 2"]),
        ((-2.1, 2.1, -2.5), WestgardRule.R_4S, ["1 2", "2 3"]),
        ((1.1, 1.2, 1.3, 1.4), WestgardRule.FOUR_1S, ["1 2 3 4"]),
        ((0.0, -1.1, -1.2, -1.3, -1.4, -1.5, 1.1), WestgardRule.FOUR_1S, ["2 3 4 5 6"]),
        ((0.1,) * 10, WestgardRule.TEN_X, ["1 2 3 4 5 6 7 8 9 10"]),
        ((0.5, *(-0.1,) * 11), WestgardRule.TEN_X, ["2 3 4 5 6 7 8 9 10 11 12"]),
    ],
)
def test_each_rule_names_all_its_runs(
    deviations: tuple[float, ...], rule: WestgardRule, runs: list[str]
) -> None:
    assert broken(*deviations)[rule] == runs


@pytest.mark.parametrize(
    ("deviations", "rule"),
    [
        ((2.1, -2.1), WestgardRule.TWO_2S),
        ((2.1, 1.0, 2.1), WestgardRule.TWO_2S),
        ((2.1, 0.0, -2.1), WestgardRule.R_4S),
        ((3.9, -0.2), WestgardRule.R_4S),
        ((1.1, 1.2, 1.3, 0.9, 1.4), WestgardRule.FOUR_1S),
        ((0.1,) * 9, WestgardRule.TEN_X),
        ((*(0.1,) * 5, 0.0, *(0.1,) * 5), WestgardRule.TEN_X),
    ],
)
def test_near_misses_break_no_rule(deviations: tuple[float, ...], rule: WestgardRule) -> None:
    assert rule not in broken(*deviations)


def test_stretches_of_both_sides_stand_in_the_order_of_the_runs() -> None:
    assert broken(-2.1, -2.2, 2.1, 2.2)[WestgardRule.TWO_2S] == ["1 2", "3 4"]


def test_only_one_2s_is_a_warning_and_the_sentence_names_the_runs() -> None:
    warning = Violation(WestgardRule.ONE_2S, ("7",))
    error = Violation(WestgardRule.TWO_2S, ("7", "8"))
    assert (warning.is_warning, error.is_warning) == (True, False)
    assert warning.text == "Warning (1-2s): one run is more than 2 SD from the mean (7)."
    assert error.text.startswith("Out of control (2-2s): two or more runs in a row")
    assert error.text.endswith("(7, 8).")


@given(st.lists(st.floats(-4, 4), max_size=30))
def test_a_mirrored_chart_breaks_the_same_rules(deviations: list[float]) -> None:
    assert broken(*deviations) == broken(*(-value for value in deviations))
