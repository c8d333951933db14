"""Which standards are accepted, and what range they span."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.science.standard_range import (
    LIGAND_BINDING,
    RECOVERY_AND_CV_20,
    AcceptanceRule,
    QuantitationRange,
    Standard,
    StandardLevel,
    checked_standards,
    quantitation_range,
    standard_level,
)

LADDER = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)


def _levels(
    recoveries: list[float | None], cvs: dict[int, float | None] | None = None
) -> list[StandardLevel]:
    found = []
    for index, (nominal, recovery) in enumerate(zip(LADDER, recoveries, strict=False)):
        back = None if recovery is None else nominal * recovery / 100
        status = "above_upper_asymptote" if recovery is None else "ok"
        cv = (cvs or {}).get(index, 5.0)
        found.append(StandardLevel(nominal, 1.0, 2, status, back, recovery, cv))
    return found


def _range(
    recoveries: list[float | None],
    rule: AcceptanceRule = RECOVERY_AND_CV_20,
    cvs: dict[int, float | None] | None = None,
) -> QuantitationRange:
    return quantitation_range(_levels(recoveries, cvs), rule)


def test_all_accepted_standards_span_the_range() -> None:
    found = _range([100] * 8)
    assert (found.lowest, found.highest, found.reason) == (1, 128, "")
    assert found.run == LADDER
    assert found.accepted == (True,) * 8


def test_the_range_is_the_longest_run_and_not_the_hull() -> None:
    """An accepted standard beyond a failed one is outside the range."""
    found = _range([100, 140, 100, 100, 100, 60, 100, 100])
    assert (found.lowest, found.highest) == (4, 16)
    assert found.accepted == (True, False, True, True, True, False, True, True)


def test_a_hook_at_the_top_ends_the_range_below_it() -> None:
    found = _range([115, 138, 111, 101, 90, 112, None, 25])
    assert (found.lowest, found.highest) == (4, 32)


def test_of_two_runs_of_one_length_the_lower_counts() -> None:
    assert _range([100, 100, 0, 100, 100]).run == (1, 2)


@pytest.mark.parametrize(
    ("recovery", "passes"), [(80, True), (79.9, False), (120, True), (121, False)]
)
def test_recovery_counts_to_its_limit(recovery: float, *, passes: bool) -> None:
    assert _range([recovery]).accepted == (passes,)


def test_a_recovery_at_the_limit_passes_in_spite_of_rounding() -> None:
    level = standard_level(Standard(0.7, (1.0,)), "ok", 0.7 * 1.2)
    assert (level.recovery_percent or 0) > 120
    assert quantitation_range([level]).lowest == 0.7


def test_an_imprecise_standard_breaks_the_run_where_the_rule_asks_for_precision() -> None:
    assert _range([100] * 8, cvs={2: 20.1}).run == (8, 16, 32, 64, 128)
    assert _range([100] * 8, LIGAND_BINDING, cvs={2: 20.1}).run == LADDER


def test_a_single_well_has_no_cv_and_passes_but_a_mean_below_zero_does_not() -> None:
    single = StandardLevel(1.0, 0.5, 1, "ok", 1.0, 100.0, None)
    negative = StandardLevel(1.0, -0.1, 2, "ok", 1.0, 100.0, None)
    assert quantitation_range([single]).lowest == 1
    assert quantitation_range([negative]).lowest is None


def test_ligand_binding_is_wider_at_the_limits_only() -> None:
    found = _range([76, 100, 100, 100, 100, 100, 100, 124], LIGAND_BINDING)
    assert (found.lowest, found.highest) == (1, 128)
    assert _range([76, 100, 100, 100, 100, 100, 100, 124]).run == LADDER[1:-1]
    found = _range([100, 76, 100, 100, 100, 100, 100, 100], LIGAND_BINDING)
    assert (found.lowest, found.accepted[:2]) == (2, (True, True))


def test_ligand_binding_needs_three_quarters_of_the_standards() -> None:
    enough = _range([0, 0, 100, 100, 100, 100, 100, 100], LIGAND_BINDING)
    assert (enough.lowest, enough.highest) == (4, 128)
    too_few = _range([0, 0, 0, 100, 100, 100, 100, 100], LIGAND_BINDING)
    assert (too_few.lowest, too_few.highest, too_few.run) == (None, None, ())
    assert "5 of 8" in too_few.reason
    assert _range([0, 0, 0, 100, 100, 100, 100, 100]).lowest == 8


def test_no_accepted_standard_gives_no_range_and_a_reason() -> None:
    for found in (_range([10, 300, None]), _range([10, 300, None], LIGAND_BINDING)):
        assert (found.lowest, found.highest) == (None, None)
        assert found.reason == "no standard is accepted"


def test_the_zero_standard_takes_no_part() -> None:
    zero = standard_level(Standard(0.0, (0.1, 0.2)), "ok", 0.0)
    assert (zero.back_calculated, zero.recovery_percent) == (0.0, None)
    found = quantitation_range([zero])
    assert found.accepted == (False,)
    assert "above zero" in found.reason


def test_a_level_has_recovery_and_cv() -> None:
    level = standard_level(Standard(10.0, (0.9, 1.1)), "ok", 9.0)
    assert level.recovery_percent == pytest.approx(90)
    assert level.cv_percent == pytest.approx(100 * math.sqrt(0.02))
    assert (level.signal_mean, level.n_wells) == (pytest.approx(1.0), 2)
    lost = standard_level(Standard(10.0, (0.9,)), "above_upper_asymptote", None)
    assert (lost.recovery_percent, lost.cv_percent) == (None, None)


@pytest.mark.parametrize(
    ("standards", "word"),
    [
        ([Standard(-1.0, (1.0,))], "-1.0"),
        ([Standard(math.nan, (1.0,))], "nan"),
        ([Standard(1.0, (1.0,)), Standard(1.0, (2.0,))], "twice"),
        ([Standard(1.0, ())], "no wells"),
        ([Standard(1.0, (math.inf,))], "inf"),
        ([Standard(1.0, (-1e101,))], "1e.101"),
        ([Standard(1e-101, (1.0,))], "1e-101"),
        ([Standard(1.0, (1e-300, -2e-300))], "largest is 2e-300"),
    ],
)
def test_standards_that_make_no_sense_are_refused(standards: list[Standard], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        checked_standards(standards)


@given(st.lists(st.floats(50, 150), min_size=1, max_size=8), st.randoms())
def test_the_order_of_the_levels_does_not_matter(recoveries: list[float], random: object) -> None:
    levels = _levels(list(recoveries))
    mixed = list(levels)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    for rule in (RECOVERY_AND_CV_20, LIGAND_BINDING):
        first, second = quantitation_range(levels, rule), quantitation_range(mixed, rule)
        assert (first.lowest, first.highest, first.run) == (
            second.lowest,
            second.highest,
            second.run,
        )
        assert dict(zip(mixed, second.accepted, strict=True)) == dict(
            zip(levels, first.accepted, strict=True)
        )
