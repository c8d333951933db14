"""What the checks of a plate say, at which level, about which wells."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from lims_msc.domain.curve import BackgroundMode, CurveResult, PlateAnalysis, Signal
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import Marker

Maker = Callable[[], Any]


def said(analysis: PlateAnalysis) -> dict[str, Finding]:
    """The findings by code, of the plate and of the curves in the mode shown first."""
    shown = [c for c in analysis.curves if c.key.mode is analysis.headline_mode]
    found = [*analysis.findings, *(finding for curve in shown for finding in curve.findings)]
    return {finding.code: finding for finding in found}


def first_curve(analysis: PlateAnalysis) -> CurveResult:
    return next(c for c in analysis.curves if c.key.mode is analysis.headline_mode)


def test_a_good_plate_has_nothing_to_complain_about_but_the_mode_it_cannot_do(
    good_plate: Maker,
) -> None:
    analysis = good_plate().analyse()
    assert set(said(analysis)) == {"mode_not_available"}
    assert analysis.findings[0].level is Level.NOTE
    assert "FULL" in analysis.findings[0].message
    assert "COCULT_UNSTIM" in analysis.findings[0].message
    assert analysis.headline_mode is BackgroundMode.UNSTIM
    assert all(curve.is_ok for curve in analysis.curves)


def test_without_the_control_of_the_same_stimulus_there_is_a_reason_and_no_number(
    new_plate: Maker,
) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1, stimulus="OKT3")
    plate.coculture(10, 0.5, 0.6)
    analysis = plate.analyse()
    finding = said(analysis)["controls_missing"]
    assert finding.level is Level.ERROR
    assert "stimulus 'PHA'" in finding.message
    assert "OKT3" in finding.hint
    (curve,) = analysis.curves
    assert (curve.status, curve.points, curve.r50) == ("undefined", (), None)
    assert "stimulus 'PHA'" in curve.reason


def test_another_treatment_is_another_control(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1, treatment="1-MT")
    plate.coculture(10, 0.5, 0.6)
    assert said(plate.analyse())["controls_missing"].level is Level.ERROR


def test_no_control_on_the_whole_plate_is_said_so(new_plate: Maker) -> None:
    plate = new_plate()
    plate.coculture(10, 0.5, 0.6)
    assert "The plate has none" in said(plate.analyse())["controls_missing"].hint


def test_controls_that_were_not_read_are_missing_controls(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(Marker.OVERFLOW, Marker.OVERFLOW)
    plate.coculture(10, 0.5, 0.6)
    analysis = plate.analyse()
    assert "has a reading" in said(analysis)["controls_missing"].message
    assert said(analysis)["controls_missing"].well == "A1, A2"
    assert [str(well) for well in analysis.curves[0].missing_wells] == ["A1", "A2"]


@pytest.mark.parametrize("marker", [Marker.MISSING, Marker.OVERFLOW, Marker.MASKED])
def test_a_well_without_a_number_is_named_with_its_cell_and_left_out(
    good_plate: Maker, marker: Marker
) -> None:
    plate = good_plate()
    (well,) = plate.coculture(10, marker)
    analysis = plate.analyse()
    finding = said(analysis)["well_left_out"]
    assert (finding.level, finding.well) == (Level.WARNING, str(well))
    assert (finding.sheet, finding.cell) == ("Raw", str(well))
    assert marker.value in finding.message
    curve = first_curve(analysis)
    assert curve.missing_wells == (well,)
    assert [len(point.replicates) for point in curve.points] == [3] * 5


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e200, 1e-200])
def test_a_number_that_no_reader_prints_is_left_out(good_plate: Maker, value: float) -> None:
    plate = good_plate()
    (well,) = plate.coculture(10, 0.6)
    plate.signals[well] = Signal(well, value)
    assert "no usable number" in said(plate.analyse())["well_left_out"].message


def test_a_well_of_the_layout_that_the_file_does_not_have_is_named(good_plate: Maker) -> None:
    plate = good_plate()
    (well,) = plate.coculture(10, 0.6)
    del plate.signals[well]
    finding = said(plate.analyse())["well_left_out"]
    assert (finding.well, finding.cell) == (str(well), "")
    assert "was not read" in finding.message


def test_the_readings_of_wells_that_are_not_used_are_not_asked_for(good_plate: Maker) -> None:
    plate = good_plate()
    plate.add(WellRole.EDGE_FILL, [None])
    plate.add(WellRole.EXCLUDED, [None])
    assert "well_left_out" not in said(plate.analyse())


def test_a_stimulated_control_that_overflows_makes_suppression_look_smaller(
    good_plate: Maker,
) -> None:
    plate = good_plate()
    plate.stimulated(Marker.OVERFLOW)
    assert "smaller than it is" in said(plate.analyse())["control_overflow"].message


def test_single_wells_are_warned_about(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0)
    plate.unstimulated(0.1)
    plate.coculture(10, 0.5)
    analysis = plate.analyse()
    assert said(analysis)["single_replicate"].well == "C1"
    assert said(analysis)["single_control"].level is Level.WARNING
    assert first_curve(analysis).points[0].se_percent is None


def test_a_dose_without_any_reading_is_named(good_plate: Maker) -> None:
    plate = good_plate()
    plate.coculture(100, None, None)
    assert "MSC:responder 1:100" in said(plate.analyse())["dose_without_reading"].message


def test_a_curve_without_any_reading_is_undefined(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.coculture(10, None, None)
    curve = first_curve(plate.analyse())
    assert (curve.status, curve.reason) == ("undefined", "there is no reading of a co-culture")


def test_responders_that_did_not_proliferate_give_no_number(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(0.20, 0.21)
    plate.unstimulated(0.25, 0.26)
    plate.coculture(10, 0.1, 0.1)
    analysis = plate.analyse()
    assert said(analysis)["stimulation_failed"].level is Level.ERROR
    assert "not above the background" in said(analysis)["stimulation_failed"].message
    assert analysis.curves
    assert all(curve.status == "undefined" and curve.reason for curve in analysis.curves)


@pytest.mark.parametrize(
    ("stimulated", "code", "level"),
    [
        (0.19, "stimulation_failed", Level.ERROR),
        (0.29, "stimulation_weak", Level.WARNING),
        (0.56, None, None),
    ],
)
def test_the_stimulation_index_has_two_limits(
    good_plate: Maker, new_plate: Maker, stimulated: float, code: str | None, level: Level | None
) -> None:
    """Unstimulated 0.15, blank 0.05: the index is 1.4, 2.4 and 5.1."""
    plate = new_plate()
    plate.stimulated(stimulated, stimulated + 0.001, stimulated - 0.001)
    plate.unstimulated(0.15, 0.151, 0.149)
    plate.blank(0.05, 0.05)
    plate.coculture(10, 0.16, 0.161)
    found = said(plate.analyse())
    codes = {c for c in found if c.startswith("stimulation")}
    assert codes == ({code} if code else set())
    if code:
        assert found[code].level is level


def test_gated_percentages_have_limits_of_their_own(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(45, 46, 44)
    plate.unstimulated(6, 6.5, 7)
    plate.coculture(10, 20, 21)
    found = said(plate.analyse("percent_divided"))
    assert found["few_divided"].level is Level.WARNING
    assert found["resting_divide"].level is Level.WARNING
    weak = new_plate()
    weak.stimulated(19, 18, 20)
    weak.unstimulated(16, 17, 16)
    weak.coculture(10, 17, 16)
    found = said(weak.analyse("percent_divided"))
    assert {"few_divided_failed", "resting_divide_failed"} <= set(found)


@pytest.mark.parametrize(
    ("values", "code"),
    [((0.9, 1.2, 1.4), "replicate_cv"), ((0.5, 1.2, 1.9), "replicate_cv_failed")],
)
def test_replicates_that_scatter_are_named_but_kept(
    good_plate: Maker, values: tuple[float, ...], code: str
) -> None:
    plate = good_plate()
    wells = plate.coculture(100, *values)
    analysis = plate.analyse()
    assert said(analysis)[code].well == ", ".join(str(well) for well in wells)
    assert len(first_curve(analysis).points[0].replicates) == 3


@pytest.mark.parametrize(
    ("floor", "code"), [((0.01, 0.2, 0.5), "z_prime_low"), ((0.01, 0.1, 0.9), "z_prime_failed")]
)
def test_a_small_window_is_a_warning(new_plate: Maker, floor: tuple[float, ...], code: str) -> None:
    plate = new_plate()
    plate.stimulated(1.8, 1.7, 1.9)
    plate.unstimulated(*floor)
    plate.coculture(10, 0.9, 0.95)
    assert code in said(plate.analyse())


def test_two_sets_of_controls_that_differ_show_drift(good_plate: Maker) -> None:
    plate = good_plate()
    plate.stimulated(1.4, 1.42, 1.38)
    finding = said(plate.analyse())["plate_drift"]
    assert finding.well == "A1, A2, A3, I1, I2, I3"
    even = good_plate()
    even.stimulated(1.0, 1.02, 1.03)
    assert "plate_drift" not in said(even.analyse())


@pytest.mark.parametrize("value", [100.0, 1.0])
def test_values_that_look_normalised_give_no_number(new_plate: Maker, value: float) -> None:
    plate = new_plate()
    plate.stimulated(value, value, value)
    plate.coculture(10, 0.4 * value, 0.5 * value)
    analysis = plate.analyse("percent_divided")
    assert said(analysis)["already_normalised"].level is Level.ERROR
    assert all("look normalised" in curve.reason for curve in analysis.curves)


def test_a_single_control_of_a_hundred_is_only_doubted(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(100)
    plate.coculture(10, 40, 50)
    analysis = plate.analyse("percent_divided")
    assert said(analysis)["already_normalised"].level is Level.WARNING
    assert first_curve(analysis).is_ok


def test_a_curve_that_falls_with_the_dose_is_probably_reversed(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.05, 0.97)
    plate.unstimulated(0.1, 0.11, 0.1)
    for one_to, mean in ((2, 0.95), (5, 0.8), (10, 0.6), (20, 0.4), (50, 0.2)):
        plate.coculture(one_to, mean, mean * 1.02)
    analysis = plate.analyse()
    assert said(analysis)["order_probably_reversed"].level is Level.WARNING
    assert first_curve(analysis).r50.value is None


def test_a_flat_curve_has_no_dose_response_but_is_not_called_reversed(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.05, 0.97)
    plate.unstimulated(0.1, 0.11, 0.1)
    for one_to, mean in ((2, 0.93), (5, 0.92), (10, 0.91), (20, 0.90)):
        plate.coculture(one_to, mean)
    found = said(plate.analyse())
    assert found["no_dose_response"].level is Level.NOTE
    assert "order_probably_reversed" not in found


def test_more_than_two_msc_per_responder_are_doubted(good_plate: Maker) -> None:
    plate = good_plate()
    plate.coculture(0.2, 0.2, 0.21)
    finding = said(plate.analyse())["dose_probably_reversed"]
    assert "5:1" in finding.message


def test_wells_without_a_dose_are_left_out_and_named(good_plate: Maker) -> None:
    plate = good_plate()
    (well,) = plate.coculture(None, 0.5)
    analysis = plate.analyse()
    finding = said(analysis)["dose_missing"]
    assert (finding.level, finding.well) == (Level.ERROR, str(well))
    assert first_curve(analysis).is_ok


def test_suppression_above_hundred_is_noted_and_kept(good_plate: Maker) -> None:
    plate = good_plate()
    plate.coculture(1, 0.05, 0.06)
    analysis = plate.analyse()
    assert said(analysis)["above_100_percent"].level is Level.NOTE
    assert first_curve(analysis).points[-1].suppression_percent > 100


def test_a_readout_that_sees_msc_without_their_background_is_flagged(good_plate: Maker) -> None:
    analysis = good_plate().analyse("wst_od")
    found = said(analysis)
    assert analysis.headline_mode is BackgroundMode.UNSTIM
    assert found["mode_not_available"].level is Level.WARNING
    assert found["other_mode_shown"].level is Level.WARNING
    assert "underestimated" in found["no_msc_background"].message


@pytest.mark.parametrize(
    ("blanks", "mode"), [((0.05, 0.06), BackgroundMode.BLANK), ((), BackgroundMode.NONE)]
)
def test_without_unstimulated_responders_the_next_mode_is_shown_and_said_so(
    new_plate: Maker, blanks: tuple[float, ...], mode: BackgroundMode
) -> None:
    plate = new_plate()
    plate.stimulated(1.0, 1.1)
    plate.blank(*blanks)
    plate.coculture(10, 0.5, 0.6)
    analysis = plate.analyse()
    assert analysis.headline_mode is mode
    assert f"'{mode}' is shown instead" in said(analysis)["other_mode_shown"].message


def test_doses_without_their_own_background_are_left_out_of_the_full_mode(
    invented_plate: Maker,
) -> None:
    plate = invented_plate()
    wells = plate.coculture(100, 1.61, 1.6, 1.63)
    analysis = plate.analyse("atp_rlu")
    assert analysis.headline_mode is BackgroundMode.FULL
    finding = said(analysis)["dose_without_background"]
    assert finding.well == ", ".join(str(well) for well in wells)
    assert first_curve(analysis).points[0].msc_per_responder == 0.02


def test_too_few_backgrounds_make_no_full_curve(good_plate: Maker) -> None:
    plate = good_plate()
    plate.background(WellRole.COCULT_UNSTIM, 2, 0.15, 0.16)
    analysis = plate.analyse("atp_rlu")
    assert analysis.headline_mode is BackgroundMode.UNSTIM
    assert "too few doses" in said(analysis)["mode_not_available"].message
