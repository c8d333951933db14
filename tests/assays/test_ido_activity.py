"""IDO activity: kynurenine over medium, per hour and million MSC, and its induction by priming."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from every_check import assert_every_check_is_met, findings_of
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.assays.ido_activity import IdoActivity
from lims_msc.domain.curve import BackgroundMode, PlateAnalysis, Signal
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import PlateConditions, WellRole
from lims_msc.domain.plate import Marker
from lims_msc.domain.values import AssayValue, ValueStatus

Maker = Callable[[], Any]
LADDER = (0.0, 12.5, 25.0, 50.0, 100.0, 200.0)
CONDITIONS = PlateConditions("µM", supernatant_volume_ml=0.2, culture_hours=24)


def od(kynurenine: float) -> float:
    return 0.06 + 0.004 * kynurenine


def line(plate: Any, conditions: PlateConditions = CONDITIONS) -> Any:
    plate.conditions = conditions
    for level in LADDER:
        pair = [od(level) - 0.0005, od(level) + 0.0005]
        plate.add(WellRole.STD, pair, responder_code="", standard_concentration=level)
    return plate


def sample(
    plate: Any,
    kynurenine: float,
    of: WellRole = WellRole.MSC_ALONE,
    *,
    dilution: float | None = 2,
    **content: Any,
) -> Any:
    """Add two wells of a supernatant with this much kynurenine (µM)."""
    given: dict[str, Any] = {"sample_of": of, "dilution_factor": dilution, "responder_code": ""}
    if of is WellRole.MSC_ALONE:
        given |= {"batch_code": "B1", "priming": "resting", "msc_cells_per_well": 20_000}
    inside = od(kynurenine / (dilution or 1))
    values = [inside - 0.001, inside + 0.001]
    return plate.add(WellRole.SAMPLE, values, **{**given, **content})


def full_plate(new: Maker, *, medium: float = 30, resting: float = 34, primed: float = 75) -> Any:
    plate = line(new())
    sample(plate, medium, WellRole.BLANK)
    sample(plate, resting)
    sample(plate, primed, priming="IFN-γ 20 ng/mL 24 h")
    return plate


def analysed(plate: Any) -> PlateAnalysis:
    return plate.analyse("kynurenine_od", IdoActivity)


def named(analysis: PlateAnalysis, name: str) -> list[AssayValue]:
    return [value for value in analysis.values if value.name == name]


def said(plate: Any) -> list[Finding]:
    return findings_of(analysed(plate))


def test_the_worked_example_comes_out(new_plate: Maker) -> None:
    """45 µM in 0.2 mL by 20,000 MSC in 24 h (DOMAIN 2.6)."""
    analysis = analysed(full_plate(new_plate))
    resting, primed = named(analysis, "ido_activity")
    assert primed.value == pytest.approx(18.75)
    assert primed.unit == "nmol/h/10⁶ MSC"
    assert primed.key.priming == "IFN-γ 20 ng/mL 24 h"
    assert resting.value == pytest.approx(18.75 * 4 / 45)
    made = named(analysis, "kynurenine_difference")
    assert [v.value for v in made] == pytest.approx([4, 45])
    assert len(primed.wells) == 4
    assert (analysis.curves, analysis.headline_mode) == ((), BackgroundMode.NONE)


def test_the_standard_line_stands_with_its_range(new_plate: Maker) -> None:
    (curve,) = analysed(full_plate(new_plate)).standard_curves
    assert (curve.fit.model, curve.unit, curve.weighting) == ("line", "µM", "none")
    assert curve.fit.parameter("slope").value == pytest.approx(0.004)
    assert curve.fit.parameter("intercept").value == pytest.approx(0.06)
    assert (curve.lowest, curve.highest) == (12.5, 200)
    assert [level.is_accepted for level in curve.levels] == [False, True, True, True, True, True]


def test_induction_is_a_bound_where_resting_msc_make_too_little(new_plate: Maker) -> None:
    """4 µM more than medium is below the lowest standard times the dilution, 25 µM."""
    (fold,) = named(analysed(full_plate(new_plate)), "fold_induction")
    assert (fold.status, fold.value) == (ValueStatus.ABOVE_RANGE, None)
    assert fold.bound == pytest.approx(45 / 25)
    assert "resting activity" in fold.definition


def test_induction_is_a_number_where_both_activities_are(new_plate: Maker) -> None:
    plate = full_plate(new_plate, medium=40, resting=80, primed=240)
    (fold,) = named(analysed(plate), "fold_induction")
    assert (fold.value, fold.status) == (pytest.approx(5), ValueStatus.OK)
    assert len(fold.wells) == 6


def test_resting_msc_below_the_standards_give_a_bound(new_plate: Maker) -> None:
    plate = full_plate(new_plate, medium=2, resting=20, primed=102)
    analysis = analysed(plate)
    (fold,) = named(analysis, "fold_induction")
    assert (fold.status, fold.bound) == (ValueStatus.ABOVE_RANGE, pytest.approx(100 / 23))
    resting, _ = named(analysis, "ido_activity")
    assert (resting.status, resting.value) == (ValueStatus.BELOW_RANGE, None)
    assert resting.bound == pytest.approx(23 * 0.2 * 1e6 / (20_000 * 24))


def test_msc_that_cannot_be_told_from_medium_have_no_activity(new_plate: Maker) -> None:
    plate = full_plate(new_plate, medium=40, resting=10, primed=200)
    resting, primed = named(analysed(plate), "ido_activity")
    assert (resting.status, resting.value, resting.bound) == (ValueStatus.UNDEFINED, None, None)
    assert primed.value is not None


def test_kynurenine_above_the_standards_is_a_bound(new_plate: Maker) -> None:
    plate = full_plate(new_plate, primed=1000)
    _, primed = named(analysed(plate), "kynurenine_difference")
    assert (primed.status, primed.value) == (ValueStatus.ABOVE_RANGE, None)
    assert primed.bound == pytest.approx(400 - 30)


def test_medium_above_the_standards_is_no_medium(new_plate: Maker) -> None:
    _, primed = named(analysed(full_plate(new_plate, medium=1000)), "kynurenine_difference")
    assert (primed.status, primed.value) == (ValueStatus.UNDEFINED, None)


def test_replicate_cultures_give_an_error_and_duplicates_of_one_do_not(new_plate: Maker) -> None:
    one = named(analysed(full_plate(new_plate)), "ido_activity")
    assert [v.se for v in one] == [None, None]
    plate = line(new_plate())
    for code, amount in (("a", 78), ("b", 72), ("c", 75)):
        sample(plate, 30 + (amount - 75) / 10, WellRole.BLANK, sample_code=code)
        sample(plate, amount, priming="IFN-γ", sample_code=code)
    (activity,) = named(analysed(plate), "ido_activity")
    assert activity.value == pytest.approx(18.75)
    assert activity.low < 18.75 < activity.high
    assert activity.key.sample_code == ""


def test_medium_with_the_same_treatment_is_preferred(new_plate: Maker) -> None:
    plate = full_plate(new_plate)
    own = sample(plate, 60, WellRole.BLANK, treatment="1-MT")
    sample(plate, 75, treatment="1-MT")
    treated = named(analysed(plate), "kynurenine_difference")[-1]
    assert treated.value == pytest.approx(15)
    assert set(own) <= set(treated.wells)


def test_resting_msc_of_the_same_number_are_the_pair(new_plate: Maker) -> None:
    plate = line(new_plate())
    sample(plate, 30, WellRole.BLANK)
    sample(plate, 90, msc_cells_per_well=10_000, sample_code="few")
    sample(plate, 150, sample_code="many")
    sample(plate, 390, priming="IFN-γ")
    (fold,) = named(analysed(plate), "fold_induction")
    assert fold.value == pytest.approx(360 / 120)


@pytest.mark.parametrize(
    ("conditions", "name"),
    [
        (PlateConditions("µM", None, 24), "ido_activity"),
        (PlateConditions("µM", 0.2, None), "ido_activity"),
        (PlateConditions("", 0.2, 24), "kynurenine_difference"),
        (PlateConditions("µg/mL", 0.2, 24), "kynurenine_difference"),
    ],
)
def test_what_the_formula_needs_and_the_plate_does_not_state_gives_no_number(
    new_plate: Maker, conditions: PlateConditions, name: str
) -> None:
    plate = full_plate(new_plate)
    plate.conditions = conditions
    values = named(analysed(plate), name)
    assert values
    assert all(value.value is None and value.reason for value in values)


def test_activity_is_no_suppression(new_plate: Maker) -> None:
    assay = IdoActivity()
    assert "never a suppression" in assay.direction("kynurenine_od")
    assert "ΔKyn" in assay.formula("kynurenine_od")
    words = " ".join(v.title + v.definition for v in analysed(full_plate(new_plate)).values)
    assert "suppression" not in words.casefold()


@settings(max_examples=8, deadline=None)
@given(gain=st.floats(1e-2, 1e3), offset=st.floats(0, 2))
def test_gain_and_offset_of_the_reader_change_no_activity(
    new_plate: Maker, gain: float, offset: float
) -> None:
    plate, moved = full_plate(new_plate), full_plate(new_plate)
    for well, signal in moved.signals.items():
        moved.signals[well] = Signal(well, gain * (signal.value + offset))
    for old, new in zip(analysed(plate).values, analysed(moved).values, strict=True):
        assert new.value == (None if old.value is None else pytest.approx(old.value, rel=1e-6))


@settings(max_examples=5, deadline=None)
@given(chance=st.randoms())
def test_the_order_in_which_wells_are_listed_changes_nothing(new_plate: Maker, chance: Any) -> None:
    plate, shuffled = full_plate(new_plate), full_plate(new_plate)
    chance.shuffle(shuffled.contents)
    assert analysed(shuffled) == analysed(plate)


def test_every_check_is_met(new_plate: Maker) -> None:
    def with_conditions(**stated: Any) -> list[Finding]:
        plate = full_plate(new_plate)
        plate.conditions = replace(CONDITIONS, **stated)
        return said(plate)

    def moved(level: float, factor: float) -> list[Finding]:
        plate = full_plate(new_plate)
        for content in plate.contents:
            if content.standard_concentration == level:
                old = plate.signals[content.well]
                plate.signals[content.well] = replace(old, value=old.value * factor)
        return said(plate)

    def with_reading(*values: float | Marker) -> list[Finding]:
        plate = full_plate(new_plate)
        for content, value in zip(plate.contents[-2:], values, strict=False):
            is_marker = isinstance(value, Marker)
            plate.signals[content.well] = Signal(
                content.well, None if is_marker else value, value if is_marker else None
            )
        return said(plate)

    good = said(full_plate(new_plate))
    no_medium, no_cells, undiluted, disagree = (
        line(new_plate()),
        full_plate(new_plate),
        full_plate(new_plate),
        full_plate(new_plate),
    )
    primed = line(new_plate())
    sample(primed, 30, WellRole.BLANK)
    sample(primed, 75, priming="IFN-γ")
    sample(no_medium, 75)
    sample(no_cells, 75, msc_cells_per_well=None)
    sample(undiluted, 75, dilution=None)
    sample(disagree, 75, priming="TNF-α", dilution=2, sample_code="A")
    sample(disagree, 150, priming="TNF-α", dilution=4, sample_code="A")
    few, control, blank = full_plate(new_plate), full_plate(new_plate), full_plate(new_plate)
    few.contents = [c for c in few.contents if c.standard_concentration in {None, 0.0, 200.0}]
    sample(control, 200, dilution=1)
    control.contents[-2:] = [
        replace(c, role=WellRole.QC, standard_concentration=100.0) for c in control.contents[-2:]
    ]
    blank.blank(0.5, 0.5)
    misplaced = full_plate(new_plate)
    misplaced.blank(2.9, 2.9)
    unlabelled = full_plate(new_plate)
    unlabelled.add(WellRole.STD, [0.2])
    assert_every_check_is_met(
        IdoActivity,
        {
            "role_missing": IdoActivity().check_layout(new_plate().layout),
            "medium_missing": said(no_medium),
            "unit_not_micromolar": with_conditions(concentration_unit="µg/mL"),
            "culture_conditions_missing": with_conditions(culture_hours=None),
            "cells_missing": said(no_cells),
            "resting_missing": said(primed),
            "kynurenine_doubtful": said(full_plate(new_plate, medium=20)),
            "tryptophan_limit": good,
            "well_left_out": with_reading(0.2, Marker.MISSING),
            "negative_signals": with_reading(-0.01),
            "signal_saturated": with_reading(3.2),
            "readout_trap": good,
            "unit_missing": with_conditions(concentration_unit=""),
            "standard_unlabelled": said(unlabelled),
            "standards_unusable": said(few),
            "standards_out_of_order": moved(100, 0.4),
            "standard_rejected": moved(25, 1.3),
            "blank_high": said(blank),
            "blank_misplaced": said(misplaced),
            "dilution_missing": said(undiluted),
            "sample_without_reading": with_reading(Marker.MISSING, Marker.MISSING),
            "concentration_censored": said(full_plate(new_plate, primed=1000)),
            "sample_precision": with_reading(0.15, 0.3),
            "single_well": with_reading(0.2, Marker.MISSING),
            "dilutions_disagree": said(disagree),
            "control_recovery": said(control),
            "replicate_cv": with_two_standards(full_plate(new_plate), 0.35),
            "replicate_cv_failed": with_two_standards(full_plate(new_plate), 0.6),
        },
    )


def with_two_standards(plate: Any, spread: float) -> list[Finding]:
    """Return what is said where the duplicates of one standard lie this far apart."""
    wells = [c.well for c in plate.contents if c.standard_concentration == 50.0]
    for well, sign in zip(wells, (-1, 1), strict=True):
        plate.signals[well] = Signal(well, od(50) * (1 + sign * spread / 2))
    return said(plate)


def test_only_what_the_plate_does_not_state_is_asked_for(new_plate: Maker) -> None:
    plate = full_plate(new_plate)
    plate.conditions = replace(CONDITIONS, supernatant_volume_ml=None)
    (finding,) = (f for f in said(plate) if f.code == "culture_conditions_missing")
    assert "'Supernatant volume (mL)' is empty" in finding.message
    assert "Culture time" not in finding.message
    assert "sheet 'Plate'" in finding.hint
