"""Kynurenine and IDO activity: the worked example, bounds, and concentrations that cannot be."""

from __future__ import annotations

import math

import pytest

from lims_msc.domain.values import ValueStatus
from lims_msc.science.ido_activity import (
    fold_induction,
    ido_activity,
    kynurenine_difference,
    kynurenine_to_tryptophan,
)
from lims_msc.science.propagation import WellResult, defined, mean_of, undefined

MEDIUM = mean_of("medium", (1.0, 3.0))


def _activity(value: float, name: str) -> WellResult:
    return defined(mean_of(name, (value - 0.5, value + 0.5)))


def test_the_worked_example() -> None:
    """DOMAIN 2.6: 45 µM in 0.2 mL by 2×10⁴ cells in 24 h are 18.75 nmol/h/10⁶ cells."""
    difference = kynurenine_difference(mean_of("msc", (46.0, 48.0)), MEDIUM)
    assert difference.value == pytest.approx(45)
    activity = ido_activity(difference, volume_ml=0.2, cells=2e4, hours=24)
    assert activity.value == pytest.approx(18.75)
    assert activity.se == pytest.approx(18.75 / 45 * math.sqrt(2))


def test_more_kynurenine_than_tryptophan_is_kept_and_warned_about() -> None:
    culture = mean_of("msc", (46.0, 48.0))
    found = kynurenine_difference(culture, MEDIUM, starting_tryptophan_micromolar=25)
    assert found.value == pytest.approx(45)
    assert "tryptophan" in found.warnings[0]
    assert kynurenine_difference(culture, MEDIUM, starting_tryptophan_micromolar=125).warnings == ()
    activity = ido_activity(found, volume_ml=0.2, cells=2e4, hours=24)
    assert activity.warnings == found.warnings


def test_less_kynurenine_than_medium_is_kept_and_warned_about() -> None:
    found = kynurenine_difference(mean_of("msc", (0.5,)), MEDIUM)
    assert found.value == pytest.approx(-1.5)
    assert "less kynurenine" in found.warnings[0]


def test_medium_below_the_standards_is_subtracted_with_a_warning() -> None:
    found = kynurenine_difference(mean_of("msc", (5.0,)), MEDIUM, medium_is_below_range=True)
    assert found.value == pytest.approx(3)
    assert "below the range" in found.warnings[0]


def test_the_bound_of_a_difference_becomes_the_bound_of_the_activity() -> None:
    below = WellResult(ValueStatus.BELOW_RANGE, bound=4.5, reason="below LLOQ")
    activity = ido_activity(below, volume_ml=0.2, cells=2e4, hours=24)
    assert activity.status is ValueStatus.BELOW_RANGE
    assert activity.bound == pytest.approx(1.875)
    nothing = ido_activity(undefined("no wells"), volume_ml=0.2, cells=2e4, hours=24)
    assert nothing == undefined("no wells")


@pytest.mark.parametrize(
    "wrong",
    [{"volume_ml": 0.0}, {"cells": -1.0}, {"hours": math.inf}],
)
def test_amounts_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    amounts = {"volume_ml": 0.2, "cells": 2e4, "hours": 24.0} | wrong
    with pytest.raises(ValueError, match="above zero"):
        ido_activity(_activity(5, "a"), **amounts)


@pytest.mark.parametrize("start", [0.0, math.nan])
def test_a_starting_concentration_is_above_zero(start: float) -> None:
    with pytest.raises(ValueError, match="tryptophan"):
        kynurenine_difference(MEDIUM, MEDIUM, starting_tryptophan_micromolar=start)


def test_fold_induction_by_hand() -> None:
    found = fold_induction(_activity(20, "primed"), _activity(4, "unprimed"), unprimed_limit=1)
    assert (found.status, found.value, found.bound) == (ValueStatus.OK, pytest.approx(5), None)
    assert found.se == pytest.approx(math.hypot(0.5 / 4, 20 * 0.5 / 16))
    assert fold_induction(_activity(20, "primed"), _activity(4, "unprimed")).value == 5


@pytest.mark.parametrize(
    ("unprimed", "limit"),
    [
        (_activity(0.5, "unprimed"), 2.0),
        (_activity(-1, "unprimed"), 2.0),
        (WellResult(ValueStatus.BELOW_RANGE, bound=2.0, reason="below LLOQ"), None),
    ],
)
def test_an_unprimed_activity_below_its_limit_gives_a_bound(
    unprimed: WellResult, limit: float | None
) -> None:
    found = fold_induction(_activity(20, "primed"), unprimed, unprimed_limit=limit)
    assert (found.status, found.value) == (ValueStatus.ABOVE_RANGE, None)
    assert found.bound == pytest.approx(10)
    assert "limit of quantitation" in found.reason


@pytest.mark.parametrize(
    ("primed", "unprimed", "limit", "word"),
    [
        (undefined("no primed wells"), _activity(4, "u"), None, "no primed wells"),
        (_activity(20, "p"), undefined("no unprimed wells"), 1.0, "no unprimed wells"),
        (_activity(20, "p"), _activity(-1, "u"), None, "limit is not known"),
        (_activity(20, "p"), WellResult(ValueStatus.BELOW_RANGE), None, "limit is not known"),
        (_activity(1, "p"), _activity(0.5, "u"), 2.0, "neither"),
    ],
)
def test_a_fold_without_a_meaning_has_a_reason(
    primed: WellResult, unprimed: WellResult, limit: float | None, word: str
) -> None:
    found = fold_induction(primed, unprimed, unprimed_limit=limit)
    assert (found.status, found.value, found.bound) == (ValueStatus.UNDEFINED, None, None)
    assert word in found.reason


def test_a_limit_is_above_zero() -> None:
    with pytest.raises(ValueError, match="activity above zero"):
        fold_induction(_activity(20, "p"), _activity(4, "u"), unprimed_limit=0)


def test_kynurenine_to_tryptophan_by_hand() -> None:
    found = kynurenine_to_tryptophan(mean_of("kyn", (9.0, 11.0)), mean_of("trp", (40.0,)))
    assert (found.value, found.se) == (pytest.approx(0.25), None)
    spent = kynurenine_to_tryptophan(mean_of("kyn", (9.0,)), mean_of("trp", (0.0,)))
    assert spent.status is ValueStatus.UNDEFINED
    assert "used up" in spent.reason
