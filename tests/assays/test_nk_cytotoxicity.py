"""Killing by NK cells: specific lysis, its suppression by MSC, lytic units, and what stops them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from every_check import assert_every_check_is_met, findings_of
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.assays.nk_cytotoxicity import NKCytotoxicity
from lims_msc.domain.curve import PlateAnalysis, Signal
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import AssayValue, ValueStatus

Maker = Callable[[], Any]
LEVELS = {30: 700.0, 10: 500.0, 3: 300.0}


def targets(plate: Any, spontaneous: float = 100.0, maximum: float = 1100.0) -> None:
    """Release of targets alone and of lysed targets, three wells each."""
    for role, mean in ((WellRole.TGT_SPONT, spontaneous), (WellRole.TGT_MAX, maximum)):
        plate.add(role, [mean * 0.99, mean, mean * 1.01], responder_code="")


def killers(plate: Any, e_to_t: float | None, *values: float | None, **content: Any) -> Any:
    return plate.add(WellRole.E_T, values, effectors_per_target=e_to_t, **content)


def with_msc(plate: Any, e_to_t: float, *values: float, **content: Any) -> Any:
    given = {"batch_code": "B1", "priming": "resting", "one_to": 10, **content}
    return killers(plate, e_to_t, *values, **given)


def release_plate(new: Maker, **content: Any) -> Any:
    plate = new()
    targets(plate)
    for e_to_t, mean in LEVELS.items():
        killers(plate, e_to_t, mean - 10, mean, mean + 10, **content)
        with_msc(plate, e_to_t, mean / 2 - 5, mean / 2, mean / 2 + 5, **content)
    return plate


def analysed(plate: Any, readout: str = "calcein_rfu") -> PlateAnalysis:
    return plate.analyse(readout, NKCytotoxicity)


def named(analysis: PlateAnalysis, name: str, *, batch: str = "") -> list[AssayValue]:
    return [v for v in analysis.values if v.name == name and v.key.batch_code == batch]


def said(plate: Any, readout: str = "calcein_rfu") -> list[Finding]:
    return findings_of(analysed(plate, readout))


def ldh_plate(new: Maker, *, msc: bool) -> Any:
    """The worked example of DOMAIN 2.4."""
    plate = new()
    plate.blank(0.10)
    plate.add(WellRole.VOL_CORR, [0.12], responder_code="")
    plate.add(WellRole.TGT_SPONT, [0.42], responder_code="")
    plate.add(WellRole.TGT_MAX, [1.80], responder_code="")
    plate.add(WellRole.EFF_SPONT, [0.30], effectors_per_target=10)
    killers(plate, 10, 1.05, batch_code="B1", one_to=10)
    if msc:
        plate.background(WellRole.MSC_ALONE, 10, 0.18, responder_code="")
    return plate


@pytest.mark.parametrize(("msc", "percent"), [(False, 31.6), (True, 25.7)])
def test_the_worked_example_of_ldh_comes_out(
    new_plate: Maker, *, msc: bool, percent: float
) -> None:
    analysis = analysed(ldh_plate(new_plate, msc=msc), "ldh_od")
    (lysis,) = named(analysis, "specific_lysis", batch="B1")
    assert lysis.value == pytest.approx(percent, abs=0.05)
    assert len(lysis.wells) == 6 + msc
    codes = {finding.code for finding in analysis.findings}
    assert ("msc_alone_missing" in codes) is not msc


def test_release_is_between_spontaneous_and_maximum(new_plate: Maker) -> None:
    analysis = analysed(release_plate(new_plate))
    lysis = named(analysis, "specific_lysis")
    assert [v.key.effectors_per_target for v in lysis] == [3, 10, 30]
    assert [v.value for v in lysis] == pytest.approx([20, 40, 60])
    for value in lysis:
        assert value.low < value.value < value.high
        assert value.se > 0
        assert "X targets lysed" in value.definition
    assert (analysis.curves, {v.key.mode for v in analysis.values}) == ((), {""})


def test_killing_with_msc_is_compared_at_the_same_ratio_of_effectors(new_plate: Maker) -> None:
    analysis = analysed(release_plate(new_plate))
    suppression = named(analysis, "killing_suppression", batch="B1")
    assert [v.key.effectors_per_target for v in suppression] == [3, 10, 30]
    wanted = [100 * (1 - (m / 2 - 100) / (m - 100)) for m in (300, 500, 700)]
    assert [v.value for v in suppression] == pytest.approx(wanted)
    assert suppression[0].key.msc_per_responder == pytest.approx(0.1)
    assert len(suppression[0].wells) == 12
    assert named(analysis, "killing_suppression") == []


def test_more_killing_with_msc_is_a_negative_number(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate)
    killers(plate, 10, 400.0, 401.0)
    with_msc(plate, 10, 700.0, 701.0)
    (value,) = named(analysed(plate), "killing_suppression", batch="B1")
    assert value.value == pytest.approx(-100, rel=0.01)


def test_without_nk_cells_of_the_same_kind_there_is_no_suppression(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate)
    killers(plate, 10, 400.0, 401.0, stimulus="IL-15")
    killers(plate, 3, 400.0, 401.0, stimulus="IL-2")
    with_msc(plate, 10, 300.0, 301.0, stimulus="IL-2")
    analysis = analysed(plate)
    assert named(analysis, "killing_suppression", batch="B1") == []
    (finding,) = (f for f in analysis.findings if f.code == "control_population_missing")
    assert "E:T 10:1" in finding.message


def test_effectors_that_kill_nothing_have_nothing_to_suppress(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate)
    killers(plate, 10, 90.0, 91.0)
    with_msc(plate, 10, 300.0, 301.0)
    (value,) = named(analysed(plate), "killing_suppression", batch="B1")
    assert (value.status, value.value) == (ValueStatus.UNDEFINED, None)
    assert "nothing to suppress" in value.reason


def test_lytic_units_need_the_effectors_per_well(new_plate: Maker) -> None:
    """20 % at 3:1 with 10,000 targets: 10⁷ / 30,000 effectors."""
    assert named(analysed(release_plate(new_plate)), "lytic_units_20") == []
    plate = new_plate()
    targets(plate)
    for e_to_t, mean in LEVELS.items():
        killers(plate, e_to_t, mean - 10, mean + 10, responder_cells_per_well=10_000 * e_to_t)
    (units,) = named(analysed(plate), "lytic_units_20")
    (ratio,) = named(analysed(plate), "ratio_at_20_percent_lysis")
    assert units.value == pytest.approx(1e7 / 30_000)
    assert ratio.value == pytest.approx(3)
    assert "parallel" in units.definition


def test_lytic_units_are_never_extrapolated(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate)
    for e_to_t in (3, 10):
        killers(plate, e_to_t, 800 + e_to_t, 805, responder_cells_per_well=10_000 * e_to_t)
    (units,) = named(analysed(plate), "lytic_units_20")
    assert (units.status, units.value) == (ValueStatus.UNDEFINED, None)
    assert "already at the lowest" in units.reason


def test_disagreeing_numbers_of_targets_give_no_lytic_units(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate)
    for e_to_t, cells in ((3, 30_000), (10, 200_000)):
        killers(plate, e_to_t, 100 * e_to_t, responder_cells_per_well=cells)
    assert named(analysed(plate), "lytic_units_20") == []


def test_dead_targets_are_corrected_for_those_that_die_alone(new_plate: Maker) -> None:
    plate = new_plate()
    plate.add(WellRole.TGT_SPONT, [10.0, 10.0], responder_code="")
    killers(plate, 10, 55.0, 55.0)
    (lysis,) = named(analysed(plate, "dead_targets_percent"), "specific_lysis")
    assert lysis.value == pytest.approx(50)


def test_degranulation_is_a_difference_and_no_lysis(new_plate: Maker) -> None:
    plate = new_plate()
    plate.add(WellRole.EFF_SPONT, [5.0, 5.0])
    killers(plate, 1, 25.0, 25.0, responder_cells_per_well=10_000)
    killers(plate, 5, 35.0, 35.0, responder_cells_per_well=50_000)
    with_msc(plate, 1, 15.0, 15.0)
    analysis = analysed(plate, "cd107a_percent")
    assert [v.value for v in named(analysis, "degranulation_difference")] == [20, 30]
    (suppression,) = named(analysis, "degranulation_suppression", batch="B1")
    assert suppression.value == pytest.approx(50)
    assert named(analysis, "lytic_units_20") == []


def test_effectors_that_do_not_degranulate_have_nothing_to_suppress(new_plate: Maker) -> None:
    plate = new_plate()
    plate.add(WellRole.EFF_SPONT, [25.0, 25.0])
    killers(plate, 1, 20.0, 20.0)
    with_msc(plate, 1, 15.0, 15.0)
    (value,) = named(analysed(plate, "cd107a_percent"), "degranulation_suppression", batch="B1")
    assert (value.status, value.value) == (ValueStatus.UNDEFINED, None)
    assert "degranulate" in value.reason


def test_effectors_of_the_same_population_and_ratio_are_taken_off(new_plate: Maker) -> None:
    plate = new_plate()
    plate.blank(0.1, 0.1)
    plate.add(WellRole.VOL_CORR, [0.1, 0.1], responder_code="")
    targets(plate, 0.2, 1.1)
    plate.add(WellRole.EFF_SPONT, [0.2, 0.2], effectors_per_target=10)
    plate.add(WellRole.EFF_SPONT, [0.3, 0.3], effectors_per_target=30)
    own = plate.add(
        WellRole.EFF_SPONT,
        [0.4, 0.4],
        effectors_per_target=30,
        batch_code="B1",
        priming="resting",
        one_to=10,
    )
    for e_to_t in (10, 30):
        killers(plate, e_to_t, 0.7, 0.7)
        with_msc(plate, e_to_t, 0.7, 0.7)
    analysis = analysed(plate, "ldh_od")
    alone = [v.value for v in named(analysis, "specific_lysis")]
    assert alone == pytest.approx([100 * 0.4 / 0.9, 100 * 0.3 / 0.9])
    ten, thirty = named(analysis, "specific_lysis", batch="B1")
    assert set(own) <= set(thirty.wells)
    assert thirty.value == pytest.approx(100 * 0.2 / 0.9)
    assert (ten.status, ten.value) == (ValueStatus.UNDEFINED, None)
    assert "EFF_SPONT" in ten.reason


def test_msc_alone_without_a_ratio_are_matched_by_their_number(new_plate: Maker) -> None:
    plate = ldh_plate(new_plate, msc=False)
    plate.contents[-1] = replace(plate.contents[-1], msc_cells_per_well=10_000)
    for number, signal in ((10_000, 0.18), (20_000, 0.5)):
        content = {"batch_code": "B1", "responder_code": "", "msc_cells_per_well": number}
        plate.add(WellRole.MSC_ALONE, [signal], **content)
    (lysis,) = named(analysed(plate, "ldh_od"), "specific_lysis", batch="B1")
    assert lysis.value == pytest.approx(25.7, abs=0.05)


def test_swapped_spontaneous_and_maximum_wells_give_no_lysis(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate, spontaneous=1100, maximum=100)
    killers(plate, 10, 500.0, 510.0)
    analysis = analysed(plate)
    finding = next(f for f in analysis.findings if f.code == "release_swapped")
    assert finding.level is Level.ERROR
    (value,) = named(analysis, "specific_lysis")
    assert (value.status, value.value) == (ValueStatus.UNDEFINED, None)


@pytest.mark.parametrize(
    ("spontaneous", "code"), [(150, None), (250, "spontaneous_high"), (400, "spontaneous_failed")]
)
def test_targets_that_die_by_themselves_withhold_the_lysis(
    new_plate: Maker, spontaneous: float, code: str | None
) -> None:
    plate = new_plate()
    targets(plate, spontaneous=spontaneous)
    killers(plate, 10, 700.0, 710.0)
    analysis = analysed(plate)
    codes = {f.code for f in analysis.findings if f.code.startswith("spontaneous")}
    assert codes == ({code} if code else set())
    (value,) = named(analysis, "specific_lysis")
    assert (value.status is ValueStatus.WITHHELD) is (code == "spontaneous_failed")
    assert (value.value is None) is (code == "spontaneous_failed")


def test_targets_with_the_drug_of_the_test_are_preferred(new_plate: Maker) -> None:
    plate = new_plate()
    targets(plate)
    drug = plate.add(WellRole.TGT_SPONT, [200, 201], responder_code="", treatment="1-MT")
    killers(plate, 10, 700.0, 710.0, treatment="1-MT")
    (value,) = named(analysed(plate), "specific_lysis")
    assert set(drug) < set(value.wells)
    assert len(value.wells) == 7


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(1e-3, 1e3), offset=st.floats(0, 50))
def test_gain_and_offset_of_the_reader_change_no_lysis_by_release(
    new_plate: Maker, gain: float, offset: float
) -> None:
    plate, moved = release_plate(new_plate), release_plate(new_plate)
    for well, signal in moved.signals.items():
        moved.signals[well] = Signal(well, gain * (signal.value + offset))
    for old, new in zip(analysed(plate).values, analysed(moved).values, strict=True):
        assert new.value == pytest.approx(old.value)
        assert new.se == pytest.approx(old.se)


@settings(max_examples=8, deadline=None)
@given(st.randoms())
def test_the_order_in_which_wells_are_listed_changes_nothing(new_plate: Maker, chance: Any) -> None:
    plate, shuffled = release_plate(new_plate), release_plate(new_plate)
    chance.shuffle(shuffled.contents)
    assert analysed(shuffled) == analysed(plate)


def test_every_check_is_met(new_plate: Maker) -> None:
    def plate(*values: float | None, e_to_t: float | None = 10, **release: float) -> Any:
        made = new_plate()
        targets(made, **release)
        killers(made, e_to_t, *(values or (500.0, 505.0)))
        return made

    def percent(*values: float) -> list[Finding]:
        made = new_plate()
        made.add(WellRole.TGT_SPONT, [0.05, 0.06], responder_code="")
        killers(made, 10, *values)
        return said(made, "dead_targets_percent")

    blank, falling, alone, many = plate(), plate(), plate(), plate()
    blank.blank(500, 501)
    killers(falling, 30, 300.0, 301.0)
    with_msc(alone, 30, 300.0, 301.0)
    with_msc(many, 10, 300.0, 301.0, one_to=0.2)
    negative = plate(-50.0, 500.0)
    saturated = ldh_plate(new_plate, msc=True)
    killers(saturated, 10, 3.2, 3.3)
    missing = new_plate()
    killers(missing, 10, 500.0)
    assert_every_check_is_met(
        NKCytotoxicity,
        {
            "role_missing": NKCytotoxicity().check_layout(new_plate().layout),
            "ratio_missing": said(plate(e_to_t=None)),
            "controls_missing": said(missing),
            "release_swapped": said(plate(spontaneous=1100, maximum=100)),
            "spontaneous_failed": said(plate(spontaneous=400)),
            "spontaneous_high": said(plate(spontaneous=250)),
            "maximum_low": said(blank),
            "control_lysis_low": said(plate(200.0, 205.0)),
            "lysis_implausible": said(plate(1300.0, 1305.0)),
            "lysis_not_rising": said(falling),
            "ratio_probably_swapped": [*said(plate(e_to_t=0.1)), *said(many)],
            "control_population_missing": said(alone),
            "msc_alone_missing": said(ldh_plate(new_plate, msc=False), "ldh_od"),
            "single_replicate": said(plate(500.0)),
            "well_left_out": said(plate(500.0, None)),
            "value_impossible": percent(45.0, 101.0),
            "fraction_not_percent": percent(0.45, 0.46),
            "negative_signals": said(negative),
            "signal_saturated": said(saturated, "ldh_od"),
            "replicate_cv": said(plate(500.0, 700.0)),
            "replicate_cv_failed": said(plate(300.0, 700.0)),
            "readout_trap": said(plate()),
        },
    )


def test_an_impossible_percentage_withholds_every_lysis(new_plate: Maker) -> None:
    plate = new_plate()
    plate.add(WellRole.TGT_SPONT, [5.0, 6.0], responder_code="")
    killers(plate, 10, 45.0, 101.0)
    (value,) = named(analysed(plate, "dead_targets_percent"), "specific_lysis")
    assert (value.status, value.value) == (ValueStatus.WITHHELD, None)
    assert "'101' is above '100'" in value.reason
