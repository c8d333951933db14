"""Soluble factors: concentrations, bounds, suppression of what MSC lower, change of the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from elisa_plates import LADDER, co_cultures, kit, sample
from every_check import findings_of
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.assays.cytokine_elisa import CytokineElisa
from lims_msc.domain.curve import BackgroundMode, CurveResult, PlateAnalysis, Signal
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellRole
from lims_msc.domain.plate import Marker
from lims_msc.domain.values import AssayValue, ValueStatus

Maker = Callable[[], Any]


def analysed(plate: Any, readout: str = "ifn_gamma", **settings: float) -> PlateAnalysis:
    return plate.analyse(readout, CytokineElisa, **settings)


def named(analysis: PlateAnalysis, name: str, role: WellRole | None = None) -> list[AssayValue]:
    return [v for v in analysis.values if v.name == name and role in {None, v.key.role}]


def shown(analysis: PlateAnalysis) -> CurveResult:
    (curve,) = (c for c in analysis.curves if c.key.mode is analysis.headline_mode)
    return curve


def lowered_plate(new: Maker, *doses: tuple[float, float], **content: Any) -> Any:
    plate = kit(new())
    sample(plate, 800, of=WellRole.RESP_STIM, **content)
    sample(plate, 100, of=WellRole.RESP_UNSTIM)
    sample(plate, 60, of=WellRole.MSC_ALONE, one_to=10)
    return co_cultures(plate, *(doses or ((2, 100), (5, 200), (10, 400), (20, 600))), **content)


def test_samples_are_read_back_and_multiplied_by_their_dilution(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 300, dilution=2, sample_code="A")
    sample(plate, 3000, dilution=10, sample_code="B")
    values = named(analysed(plate), "concentration")
    assert [v.value for v in values] == pytest.approx([300, 3000], rel=0.02)
    assert [v.key.sample_code for v in values] == ["A", "B"]
    for value in values:
        assert value.unit == "pg/mL"
        assert value.low < value.value < value.high
        assert "no blank is subtracted" in value.definition


def test_the_standard_curve_stands_with_its_range_and_every_level(new_plate: Maker) -> None:
    (curve,) = analysed(kit(new_plate())).standard_curves
    assert [level.concentration for level in curve.levels] == list(LADDER)
    assert all(level.is_accepted and len(level.wells) == 2 for level in curve.levels)
    assert (curve.lowest, curve.highest, curve.unit) == (15.6, 1000, "pg/mL")
    assert curve.weighting == "1/y^2"
    assert curve.fit.model == "4pl"
    assert curve.fit.parameter("ec50").value == pytest.approx(200, rel=0.05)
    assert curve.fit.parameter("ec50").low < 200 < curve.fit.parameter("ec50").high
    assert "75..125 %" in curve.range_rule
    assert curve.reason == ""


@pytest.mark.parametrize(
    ("concentration", "status", "bound"),
    [(10, ValueStatus.BELOW_RANGE, 31.2), (9000, ValueStatus.ABOVE_RANGE, 2000)],
)
def test_outside_the_standards_there_is_a_bound_times_the_dilution_and_no_number(
    new_plate: Maker, concentration: float, status: ValueStatus, bound: float
) -> None:
    plate = kit(new_plate())
    sample(plate, concentration, sample_code="A")
    (value,) = named(analysed(plate), "concentration")
    assert (value.status, value.value, value.bound) == (status, None, bound)
    assert value.low is None
    assert value.high is None


def test_what_msc_lower_is_suppressed_in_concentration(new_plate: Maker) -> None:
    analysis = analysed(lowered_plate(new_plate))
    assert analysis.headline_mode is BackgroundMode.NONE
    curve = shown(analysis)
    assert [p.suppression_percent for p in curve.points] == pytest.approx(
        [25, 50, 75, 87.5], abs=1.5
    )
    assert curve.definition == CytokineElisa().formula("ifn_gamma")
    assert curve.r50.value == pytest.approx(0.1, rel=0.1)
    assert named(analysis, "percent_change") == []
    assert BackgroundMode.UNSTIM in {c.key.mode for c in analysis.curves}


def test_duplicates_of_one_supernatant_are_no_replicate_cultures(new_plate: Maker) -> None:
    """Two wells of one sample say nothing about cultures; two samples do."""
    (point, *_) = shown(analysed(lowered_plate(new_plate))).points
    assert (len(point.replicates), point.se_percent) == (1, None)
    plate = lowered_plate(new_plate, (10, 400), sample_code="a")
    sample(plate, 820, of=WellRole.RESP_STIM, sample_code="b")
    co_cultures(plate, (10, 420), sample_code="b")
    (point,) = shown(analysed(plate)).points
    assert len(point.replicates) == 2
    assert point.se_percent > 0


def test_a_dose_out_of_range_has_no_number_but_a_bound(new_plate: Maker) -> None:
    plate = lowered_plate(new_plate, (2, 8), (5, 200), (10, 400))
    analysis = analysed(plate)
    curve = shown(analysis)
    assert [p.msc_per_responder for p in curve.points] == pytest.approx([0.1, 0.2])
    assert len(curve.missing_wells) == 1
    (bound,) = named(analysis, "suppression_percent")
    assert (bound.status, bound.value) == (ValueStatus.ABOVE_RANGE, None)
    assert bound.bound == pytest.approx(100 * (1 - 31.2 / 800), abs=0.5)
    assert bound.key.msc_per_responder == 0.5
    codes = {f.code for f in findings_of(analysis)}
    assert {"dose_censored", "concentration_censored"} <= codes
    assert "well_left_out" not in codes


def test_a_control_out_of_range_gives_no_suppression(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 9000, of=WellRole.RESP_STIM)
    co_cultures(plate, (10, 400), (2, 9000))
    analysis = analysed(plate)
    assert shown(analysis).status == "undefined"
    (bound,) = named(analysis, "suppression_percent")
    assert (bound.status, bound.bound) == (ValueStatus.UNDEFINED, None)
    assert "both" in bound.reason


def test_where_one_of_several_cultures_is_out_of_range_the_others_are_no_mean(
    new_plate: Maker,
) -> None:
    """The mean of the two in range would be too high."""
    plate = lowered_plate(new_plate, (2, 40), (10, 400))
    co_cultures(plate, (2, 45), sample_code="b")
    co_cultures(plate, (2, 8), sample_code="c")
    curve = shown(analysed(plate))
    assert [p.msc_per_responder for p in curve.points] == [0.1]
    assert len(curve.missing_wells) == 3


def raised_plate(new: Maker, *, falls: bool = False, without: float = 100) -> Any:
    plate = kit(new(), falls=falls)
    sample(plate, without, of=WellRole.RESP_STIM, falls=falls)
    sample(plate, 300, of=WellRole.MSC_ALONE, one_to=10, falls=falls)
    return co_cultures(plate, (10, 600), falls=falls)


@pytest.mark.parametrize(("readout", "falls"), [("il_6", False), ("pge2", True)])
def test_what_msc_raise_is_a_change_and_a_fold_and_no_suppression(
    new_plate: Maker, readout: str, *, falls: bool
) -> None:
    analysis = analysed(raised_plate(new_plate, falls=falls), readout)
    (change,), (fold,) = named(analysis, "percent_change"), named(analysis, "fold")
    (excess,) = named(analysis, "excess_over_sum")
    assert (change.value, fold.value) == pytest.approx((500, 6), rel=0.02)
    assert excess.value == pytest.approx(200, rel=0.1)
    assert (excess.unit, len(excess.wells)) == ("pg/mL", 6)
    assert change.key.msc_per_responder == 0.1
    assert analysis.curves == ()
    words = " ".join(f"{v.name} {v.title} {v.definition}" for v in analysis.values)
    assert "suppression" not in words.casefold()
    assert "never a suppression" in CytokineElisa().direction(readout)
    assert "(T − P)/P" in CytokineElisa().formula(readout)


@pytest.mark.parametrize(
    ("without", "test", "status", "bound"),
    [
        (5, 600, ValueStatus.ABOVE_RANGE, 600 / 31.2),
        (9000, 600, ValueStatus.BELOW_RANGE, 600 / 2000),
        (100, 9000, ValueStatus.ABOVE_RANGE, 20),
        (100, 5, ValueStatus.BELOW_RANGE, 0.312),
        (5, 5, ValueStatus.UNDEFINED, None),
    ],
)
def test_a_fold_of_bounds_is_a_bound(
    new_plate: Maker, without: float, test: float, status: ValueStatus, bound: float | None
) -> None:
    plate = kit(new_plate())
    sample(plate, without, of=WellRole.RESP_STIM)
    sample(plate, 5, of=WellRole.MSC_ALONE, one_to=10)
    co_cultures(plate, (10, test))
    analysis = analysed(plate, "il_6")
    (change,), (fold,) = named(analysis, "percent_change"), named(analysis, "fold")
    assert (fold.status, fold.value) == (status, None)
    assert (change.status, change.value) == (status, None)
    assert fold.bound == (None if bound is None else pytest.approx(bound, rel=0.02))
    if bound is not None:
        assert change.bound == pytest.approx(100 * (bound - 1), rel=0.1)
    assert named(analysis, "excess_over_sum")[0].status is ValueStatus.UNDEFINED


def test_cultures_that_are_partly_out_of_range_have_no_mean(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 100, of=WellRole.RESP_STIM)
    co_cultures(plate, (10, 600), sample_code="a")
    co_cultures(plate, (10, 9000), sample_code="b")
    (fold,) = named(analysed(plate, "il_6"), "fold")
    assert (fold.status, fold.value) == (ValueStatus.UNDEFINED, None)
    assert "some samples" in fold.reason


def test_without_a_control_there_is_no_change(new_plate: Maker) -> None:
    plate = co_cultures(kit(new_plate()), (10, 600))
    (fold,) = named(analysed(plate, "il_6"), "fold")
    assert fold.status is ValueStatus.UNDEFINED
    assert "no sample of this condition" in fold.reason


def test_several_dilutions_of_a_sample_are_one_concentration(new_plate: Maker) -> None:
    plate = kit(new_plate())
    first = sample(plate, 6000, dilution=2, sample_code="A")
    second = sample(plate, 6000, dilution=10, sample_code="A")
    third = sample(plate, 6300, dilution=20, sample_code="A")
    analysis = analysed(plate)
    (value,) = named(analysis, "concentration")
    assert value.value == pytest.approx(6150, rel=0.02)
    assert value.wells == (*first, *second, *third)
    (above,) = named(analysis, "concentration_diluted_2")
    assert (above.status, above.bound) == (ValueStatus.ABOVE_RANGE, 2000)
    (ten,) = named(analysis, "concentration_diluted_10")
    assert ten.value == pytest.approx(6000, rel=0.02)


@pytest.mark.parametrize(
    ("concentrations", "status", "bound"),
    [
        ((9000, 90000), ValueStatus.ABOVE_RANGE, 10_000),
        ((5, 5), ValueStatus.BELOW_RANGE, 31.2),
        ((9000, 5), ValueStatus.UNDEFINED, None),
    ],
)
def test_dilutions_out_of_range_give_the_closest_bound(
    new_plate: Maker,
    concentrations: tuple[float, float],
    status: ValueStatus,
    bound: float | None,
) -> None:
    plate = kit(new_plate())
    for dilution, concentration in zip((2, 10), concentrations, strict=True):
        sample(plate, concentration, dilution=dilution, sample_code="A")
    (value,) = named(analysed(plate), "concentration")
    assert (value.status, value.value, value.bound) == (status, None, bound)


def test_one_dilution_in_range_is_the_concentration_with_its_interval(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 6000, dilution=2, sample_code="A")
    sample(plate, 6000, dilution=10, sample_code="A")
    (value,) = named(analysed(plate), "concentration")
    assert value.value == pytest.approx(6000, rel=0.02)
    assert value.low < value.value < value.high


def test_without_a_dilution_a_sample_has_no_concentration(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 100, dilution=None, sample_code="A")
    (value,) = named(analysed(plate), "concentration")
    assert (value.status, value.value, value.bound) == (ValueStatus.WITHHELD, None, None)
    assert "dilution" in value.reason


def test_a_quality_control_is_compared_with_what_it_states(new_plate: Maker) -> None:
    plate = kit(new_plate())
    for code, stated in (("low", 100.0), ("high", 300.0)):
        sample(plate, stated, dilution=1, sample_code=code)
        plate.contents[-2:] = [
            replace(c, role=WellRole.QC, dilution_factor=None, standard_concentration=stated)
            for c in plate.contents[-2:]
        ]
    analysis = analysed(plate)
    assert [v.value for v in named(analysis, "recovery")] == pytest.approx([100, 100], abs=3)
    assert "control_recovery" not in {f.code for f in analysis.findings}


@pytest.mark.parametrize(("readout", "falls"), [("ifn_gamma", True), ("pge2", False)])
def test_a_kit_that_runs_the_other_way_gives_no_number(
    new_plate: Maker, readout: str, *, falls: bool
) -> None:
    plate = kit(new_plate(), falls=falls)
    sample(plate, 100, of=WellRole.RESP_STIM, falls=falls)
    analysis = analysed(plate, readout)
    assert "direction_wrong" in {f.code for f in analysis.findings}
    (value,) = named(analysis, "concentration")
    assert (value.status, value.value) == (ValueStatus.WITHHELD, None)


@pytest.mark.parametrize("spoil", ["unit", "standards", "readings"])
def test_without_unit_or_standards_nothing_is_read_back(new_plate: Maker, spoil: str) -> None:
    plate = lowered_plate(new_plate)
    if spoil == "unit":
        plate.conditions = PlateConditions()
    if spoil == "standards":
        plate.contents = [c for c in plate.contents if c.standard_concentration in {None, 1000}]
    if spoil == "readings":
        for content in plate.contents:
            if content.role is WellRole.STD:
                plate.signals[content.well] = Signal(content.well, None, Marker.OVERFLOW)
    analysis = analysed(plate)
    assert all(v.value is None and v.reason for v in analysis.values)
    assert all(not curve.is_ok for curve in analysis.curves)
    assert analysis.standard_curves


def test_a_sample_without_reading_has_no_number(new_plate: Maker) -> None:
    plate = kit(new_plate())
    for well in sample(plate, 100, sample_code="A"):
        plate.signals[well] = Signal(well, None, Marker.MISSING)
    (value,) = named(analysed(plate), "concentration")
    assert (value.status, value.value) == (ValueStatus.WITHHELD, None)


@settings(max_examples=6, deadline=None)
@given(gain=st.floats(1e-2, 1e3))
def test_the_gain_of_the_reader_changes_no_concentration(new_plate: Maker, gain: float) -> None:
    plate, moved = lowered_plate(new_plate), lowered_plate(new_plate)
    for well, signal in moved.signals.items():
        moved.signals[well] = Signal(well, gain * signal.value)
    for old, new in zip(analysed(plate).values, analysed(moved).values, strict=True):
        assert new.value == pytest.approx(old.value, rel=1e-5)
        assert new.low == pytest.approx(old.low, rel=1e-4)


@settings(max_examples=6, deadline=None)
@given(chance=st.randoms())
def test_where_the_wells_stand_and_how_they_are_listed_changes_no_number(
    new_plate: Maker, chance: Any
) -> None:
    plate = lowered_plate(new_plate)
    before = {v.key: v.value for v in analysed(plate).values}
    addresses = [content.well for content in plate.contents]
    chance.shuffle(addresses)
    moved = dict(zip([c.well for c in plate.contents], addresses, strict=True))
    contents = [replace(c, well=moved[c.well]) for c in plate.contents]
    chance.shuffle(contents)
    layout = PlateLayout.of(plate.plate_format, contents, plate.conditions)
    signals = {moved[w]: Signal(moved[w], s.value) for w, s in plate.signals.items()}
    after = CytokineElisa().analyse(layout, signals, "ifn_gamma", analysed(plate).settings)
    assert {v.key: v.value for v in after.values} == pytest.approx(before)
