"""Which wells make a curve, and which controls it takes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from every_check import numbers_in
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.assays.b_cell import BCellProliferation
from lims_msc.assays.nk_proliferation import NKProliferation
from lims_msc.assays.t_cell import TCellProliferation
from lims_msc.domain.assay import AssayType
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, CurveResult, Signal
from lims_msc.domain.findings import Level
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.errors import InputError

Maker = Callable[[], Any]
ASSAYS: tuple[type[AssayType], ...] = (TCellProliferation, BCellProliferation, NKProliferation)


def shown(plate: Any, readout: str = "brdu_od") -> list[CurveResult]:
    analysis = plate.analyse(readout)
    return [curve for curve in analysis.curves if curve.key.mode is analysis.headline_mode]


def test_batches_priming_responders_and_stimuli_make_curves_of_their_own(
    new_plate: Maker,
) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.stimulated(2.0, 2.1, responder_code="R2")
    plate.stimulated(3.0, 3.1, stimulus="OKT3")
    plate.coculture(10, 0.5, 0.6)
    plate.coculture(10, 0.5, 0.6, batch_code="B2")
    plate.coculture(10, 0.5, 0.6, priming="IFN-γ")
    plate.coculture(10, 0.5, 0.6, responder_code="R2")
    plate.coculture(10, 0.5, 0.6, stimulus="OKT3")
    curves = shown(plate)
    assert len({curve.key for curve in curves}) == 5
    control_of = {(c.key.responder_code, c.key.stimulus): c.controls[0].mean for c in curves}
    assert control_of == pytest.approx(
        {("R1", "PHA"): 1.05, ("R2", "PHA"): 2.05, ("R1", "OKT3"): 3.05}
    )


def test_reference_msc_and_control_stroma_have_their_own_role(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.coculture(10, 0.9, 0.95, role=WellRole.NEG_STROMA)
    plate.coculture(10, 0.3, 0.35, role=WellRole.REF_MSC)
    plate.coculture(10, 0.5, 0.6)
    roles = [curve.key.role for curve in shown(plate)]
    assert roles == [WellRole.COCULT, WellRole.REF_MSC, WellRole.NEG_STROMA]
    finding = next(f for f in plate.analyse().findings if f.code == "mode_not_available")
    assert "reference batch 'B1'" in finding.message


def test_the_same_dose_in_other_numbers_is_the_same_dose(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    wells = plate.coculture(10, 0.5)
    wells += plate.coculture(None, 0.7)
    content = plate.contents[-1]
    dose = replace(
        plate.contents[-2].dose, msc_cells=Fraction(10_000), responder_cells=Fraction(100_000)
    )
    plate.contents[-1] = replace(content, dose=dose)
    (curve,) = shown(plate)
    (point,) = curve.points
    assert [replicate.well for replicate in point.replicates] == wells


def test_unstimulated_wells_with_the_drug_of_the_curve_are_preferred(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.stimulated(0.9, 1.0, treatment="1-MT")
    plain = plate.unstimulated(0.1, 0.11)
    treated = plate.unstimulated(0.2, 0.21, treatment="1-MT")
    plate.coculture(10, 0.5, 0.6)
    plate.coculture(10, 0.5, 0.6, treatment="1-MT")
    plate.coculture(10, 0.5, 0.6, batch_code="B2", treatment="other")
    plate.stimulated(1.0, 1.1, treatment="other")
    floors = {c.key.treatment: list(c.controls[1].wells) for c in shown(plate)}
    assert floors == {"": plain, "1-MT": treated, "other": plain}


def test_unstimulated_wells_of_another_responder_are_not_taken(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.unstimulated(0.1, 0.11, responder_code="R2")
    plate.coculture(10, 0.5, 0.6)
    assert plate.analyse().headline_mode is BackgroundMode.NONE


def test_msc_alone_without_a_dose_are_matched_by_their_cells(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.unstimulated(0.1, 0.12)
    plate.blank(0.05, 0.06)
    plate.coculture(10, 0.5, 0.6, msc_cells_per_well=10_000)
    plate.add(
        WellRole.MSC_ALONE,
        [0.2, 0.22],
        batch_code="B1",
        responder_code="",
        msc_cells_per_well=10_000,
    )
    plate.add(
        WellRole.MSC_ALONE, [0.9], batch_code="B1", responder_code="", msc_cells_per_well=20_000
    )
    plate.add(WellRole.MSC_ALONE, [0.9], batch_code="B1", responder_code="")
    (curve,) = shown(plate, "atp_rlu")
    assert curve.key.mode is BackgroundMode.FULL
    assert curve.points[0].background_mean == pytest.approx(0.21 + 0.11 - 0.055)


def test_a_plate_without_coculture_has_no_curve(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    analysis = plate.analyse()
    assert (analysis.curves, analysis.headline_mode) == ((), BackgroundMode.UNSTIM)


def test_the_anchor_and_the_confidence_are_those_of_the_settings(good_plate: Maker) -> None:
    analysis = good_plate().analyse(anchor_msc_per_responder=0.2, confidence=0.8)
    curve = analysis.curves[1]
    assert curve.suppression_at_anchor.value == curve.points[3].suppression_percent
    assert "80 %" in curve.suppression_at_anchor.interval
    assert analysis.settings == AnalysisSettings(0.2, 0.8)


@pytest.mark.parametrize("assay", ASSAYS)
def test_every_assay_says_what_it_is(assay: type[AssayType]) -> None:
    assert assay.key.endswith("proliferation")
    assert assay.title
    assert assay.version
    assert assay.responder_cell_types
    assert set(assay.required_roles) == {WellRole.RESP_STIM, WellRole.COCULT}
    assert "proliferation" in assay.higher_means
    wanted = {"brdu_od": "UNSTIM", "thymidine_cpm": "UNSTIM", "percent_divided": "NONE"}
    for readout in ("atp_rlu", "resazurin_rfu", "wst_od", "mtt_od"):
        wanted[readout] = "FULL"
    for readout, mode in wanted.items():
        assert assay().default_mode(readout) == mode
        assert assay.readouts[readout]


def test_an_unknown_readout_names_the_known_ones(good_plate: Maker) -> None:
    with pytest.raises(InputError, match="no readout 'elisa'") as caught:
        good_plate().analyse("elisa")
    assert "'brdu_od'" in caught.value.hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"confidence": 95.0},
        {"confidence": math.nan},
        {"anchor_msc_per_responder": 0.0},
        {"anchor_msc_per_responder": math.inf},
    ],
)
def test_settings_that_make_no_sense_are_refused(
    good_plate: Maker, wrong: dict[str, float]
) -> None:
    with pytest.raises(InputError) as caught:
        good_plate().analyse(**wrong)
    assert f"'{next(iter(wrong.values()))}'" in caught.value.message
    assert caught.value.hint


def test_a_layout_is_checked_before_anything_is_measured(new_plate: Maker) -> None:
    plate = new_plate()
    plate.coculture(10, 1)
    plate.coculture(0.1, 1, 1, batch_code="")
    plate.coculture(None, 1)
    zero = plate.coculture(10, 1)
    plate.contents[-1] = replace(
        plate.contents[-1], dose=replace(plate.contents[0].dose, msc_cells=Fraction(0))
    )
    found = TCellProliferation().check_layout(plate.layout)
    levels = {finding.code: finding.level for finding in found}
    assert levels == {
        "role_missing": Level.ERROR,
        "dose_missing": Level.ERROR,
        "controls_missing": Level.ERROR,
        "floor_missing": Level.WARNING,
        "batch_missing": Level.WARNING,
        "single_replicate": Level.WARNING,
        "dose_probably_reversed": Level.WARNING,
    }
    undosed = [f for f in found if f.code == "dose_missing"]
    assert undosed[1].well == str(zero[0])
    assert "RESP_STIM" in undosed[1].hint


def test_a_good_layout_passes(good_plate: Maker) -> None:
    plate = good_plate()
    plate.stimulated(1.0, 1.02, 1.01)
    assert TCellProliferation().check_layout(plate.layout) == ()


value = st.one_of(st.none(), st.floats(-10, 1e5), st.sampled_from([0.0, 1.0, 100.0, 1e-300, 1e29]))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_the_wells_no_number_is_infinite(
    new_plate: Maker, data: st.DataObject
) -> None:
    plate = new_plate()
    wells = st.lists(value, min_size=1, max_size=3)
    plate.stimulated(*data.draw(wells))
    plate.unstimulated(*data.draw(wells))
    plate.blank(*data.draw(wells))
    for one_to in (1, 2, 5, 10, 20):
        plate.coculture(one_to, *data.draw(wells))
        plate.background(WellRole.COCULT_UNSTIM, one_to, *data.draw(wells))
    analysis = plate.analyse("atp_rlu")
    assert analysis.curves
    assert all(math.isfinite(number) for number in numbers_in(analysis))
    assert all(curve.is_ok or curve.reason for curve in analysis.curves)


@settings(max_examples=8, deadline=None)
@given(gain=st.floats(1e-3, 1e5), offset=st.floats(0, 5))
def test_gain_and_offset_of_the_reader_change_nothing_once_the_floor_is_off(
    good_plate: Maker, gain: float, offset: float
) -> None:
    """All wells move, the blanks too, so even the stimulation index stays."""
    plate, moved = good_plate(), good_plate()
    for well, signal in moved.signals.items():
        moved.signals[well] = Signal(well, gain * (signal.value + offset))
    before, after = plate.analyse(), moved.analyse()
    for old, new in zip(before.curves, after.curves, strict=True):
        if old.key.mode is BackgroundMode.NONE:
            continue
        assert new.normalised_auc.value == pytest.approx(old.normalised_auc.value, rel=1e-6)
        assert new.r50.value == pytest.approx(old.r50.value, rel=1e-6)
        assert new.r50.low == pytest.approx(old.r50.low, rel=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.randoms())
def test_the_order_in_which_wells_are_listed_changes_nothing(
    good_plate: Maker, chance: Any
) -> None:
    plate, shuffled = good_plate(), good_plate()
    chance.shuffle(shuffled.contents)
    listed = list(shuffled.signals.items())
    chance.shuffle(listed)
    shuffled.signals = dict(listed)
    assert shuffled.analyse() == plate.analyse()


@settings(max_examples=8, deadline=None)
@given(st.randoms())
def test_where_on_the_plate_the_wells_stand_changes_no_number(
    good_plate: Maker, chance: Any
) -> None:
    plate = good_plate()
    before = plate.analyse()
    addresses = [content.well for content in plate.contents]
    chance.shuffle(addresses)
    moved = dict(zip([content.well for content in plate.contents], addresses, strict=True))
    contents = [replace(content, well=moved[content.well]) for content in plate.contents]
    signals = {moved[w]: Signal(moved[w], s.value) for w, s in plate.signals.items()}
    layout = PlateLayout.of(plate.layout.plate_format, contents)
    after = TCellProliferation().analyse(layout, signals, "brdu_od", AnalysisSettings())
    for old, new in zip(before.curves, after.curves, strict=True):
        assert new.normalised_auc == old.normalised_auc
        assert new.r50 == old.r50
        assert new.fit.residual_sd == pytest.approx(old.fit.residual_sd)


def test_importing_the_assays_loads_no_numeric_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, lims_msc.assays.t_cell, lims_msc.assays.b_cell, "
        "lims_msc.assays.nk_proliferation; "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
