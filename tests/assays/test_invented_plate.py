"""The invented plate of DOMAIN 5.10 gives the numbers of its table, in all four modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lims_msc.domain.curve import BackgroundMode, CurveResult, SummaryStatus
from lims_msc.domain.fit import FitStatus
from lims_msc.domain.layout import WellRole

Maker = Callable[[], Any]
DOSES = (0.02, 0.05, 0.1, 0.2, 0.5)


def curve_in(plate: Any, mode: BackgroundMode) -> CurveResult:
    analysis = plate.analyse("atp_rlu")
    (curve,) = [c for c in analysis.curves if c.key.mode is mode]
    return curve


@pytest.mark.parametrize(
    ("mode", "suppression_percent"),
    [
        (BackgroundMode.NONE, (-2.47, 22.63, 41.36, 54.94, 66.05)),
        (BackgroundMode.UNSTIM, (-2.84, 26.00, 47.52, 63.12, 75.89)),
        (BackgroundMode.FULL, (-2.84, 26.71, 48.94, 65.96, 82.27)),
    ],
)
def test_suppression_of_every_dose(
    invented_plate: Maker, mode: BackgroundMode, suppression_percent: tuple[float, ...]
) -> None:
    points = curve_in(invented_plate(), mode).points
    assert tuple(point.msc_per_responder for point in points) == DOSES
    found = [point.suppression_percent for point in points]
    assert found == pytest.approx(suppression_percent, abs=0.005)


def test_blank_mode_by_hand(invented_plate: Maker) -> None:
    curve = curve_in(invented_plate(), BackgroundMode.BLANK)
    assert curve.points[2].suppression_percent == pytest.approx(100 * (1 - 0.9 / 1.57))
    assert [point.se_percent for point in curve.points] == [None] * 5  # one blank only


def test_standard_errors_in_the_full_mode(invented_plate: Maker) -> None:
    points = curve_in(invented_plate(), BackgroundMode.FULL).points
    found = [point.se_percent for point in points]
    assert found == pytest.approx([3.01, 2.22, 1.90, 1.64, 1.33], abs=0.005)


@pytest.mark.parametrize(
    ("mode", "r50", "normalised_auc"),
    [
        (BackgroundMode.NONE, 0.15544, 37.35),
        (BackgroundMode.UNSTIM, 0.11166, 42.91),
        (BackgroundMode.FULL, 0.10443, 45.01),
    ],
)
def test_summaries(
    invented_plate: Maker, mode: BackgroundMode, r50: float, normalised_auc: float
) -> None:
    curve = curve_in(invented_plate(), mode)
    assert curve.r50.value == pytest.approx(r50, abs=5e-6)
    assert curve.r50.status is SummaryStatus.BRACKETED
    assert curve.r50.low < r50 < curve.r50.high
    assert curve.normalised_auc.value == pytest.approx(normalised_auc, abs=0.005)
    assert curve.suppression_at_anchor.status is SummaryStatus.MEASURED
    assert curve.suppression_at_anchor.value == curve.points[2].suppression_percent
    assert curve.maximum.value == curve.points[-1].suppression_percent


def test_the_fit_of_the_full_mode_is_there_and_warns_of_its_lower_plateau(
    invented_plate: Maker,
) -> None:
    fit = curve_in(invented_plate(), BackgroundMode.FULL).fit
    assert fit.status is FitStatus.OK
    for name, wanted, digits in (
        ("hill", 0.822, 5e-4),
        ("y_zero", -61.3, 0.05),
        ("y_inf", 100.1, 0.05),
        ("ec50", 0.0398, 5e-5),
    ):
        assert fit.parameter(name).value == pytest.approx(wanted, abs=digits)
    assert fit.r50_absolute.value == pytest.approx(0.1052, abs=5e-5)
    assert any("lower plateau not supported" in warning for warning in fit.warnings)
    assert "shared controls" in fit.standard_errors


def test_the_full_mode_is_shown_first_and_every_mode_says_what_it_is(
    invented_plate: Maker,
) -> None:
    analysis = invented_plate().analyse("atp_rlu")
    assert analysis.headline_mode is BackgroundMode.FULL
    assert [curve.key.mode for curve in analysis.curves] == list(BackgroundMode)
    assert len({curve.definition for curve in analysis.curves}) == 4
    assert analysis.findings == ()


def test_a_curve_lists_the_controls_of_its_formula_and_no_others(invented_plate: Maker) -> None:
    plate = invented_plate()
    roles = {
        mode: [control.role for control in curve_in(plate, mode).controls]
        for mode in BackgroundMode
    }
    assert roles[BackgroundMode.NONE] == [WellRole.RESP_STIM]
    assert roles[BackgroundMode.UNSTIM] == [WellRole.RESP_STIM, WellRole.RESP_UNSTIM]
    assert roles[BackgroundMode.BLANK] == [WellRole.RESP_STIM, WellRole.BLANK]
    full = curve_in(plate, BackgroundMode.FULL).controls
    assert [c.role for c in full[2:]] == [WellRole.COCULT_UNSTIM] * 5
    assert tuple(c.msc_per_responder for c in full[2:]) == DOSES
    assert full[0].mean == pytest.approx(1.62)
    assert full[0].sd == pytest.approx(0.04)
    assert [str(well) for well in full[0].wells] == ["A1", "A2", "A3"]


def test_every_replicate_knows_its_well(invented_plate: Maker) -> None:
    point = curve_in(invented_plate(), BackgroundMode.NONE).points[-1]
    assert [str(r.well) for r in point.replicates] == ["D1", "D2", "D3"]
    assert [r.signal for r in point.replicates] == [0.55, 0.58, 0.52]
    assert point.replicates[0].suppression_percent == pytest.approx(100 * (1 - 0.55 / 1.62))


def test_msc_alone_take_the_place_of_unstimulated_coculture(
    invented_plate: Maker, new_plate: Maker
) -> None:
    """Wells of MSC alone whose signal makes M + N − B the same background as U."""
    plate, twin = invented_plate(), new_plate()
    twin.stimulated(1.62, 1.58, 1.66)
    twin.unstimulated(0.20, 0.22, 0.21)
    twin.blank(0.05, 0.05)
    for one_to in (2, 5, 10, 20, 50):
        values = {
            role: [
                plate.signals[content.well].value
                for content in plate.contents
                if content.role is role and content.dose.responder_cells == one_to
            ]
            for role in (WellRole.COCULT, WellRole.COCULT_UNSTIM)
        }
        alone = [value - 0.21 + 0.05 for value in values[WellRole.COCULT_UNSTIM]]
        twin.coculture(one_to, *values[WellRole.COCULT])
        twin.background(WellRole.MSC_ALONE, one_to, *alone, responder_code="")
    with_u, with_m = (curve_in(p, BackgroundMode.FULL) for p in (plate, twin))
    found = [point.suppression_percent for point in with_m.points]
    assert found == pytest.approx([point.suppression_percent for point in with_u.points])
    assert "M + N − B" in with_m.definition
    assert WellRole.MSC_ALONE in {control.role for control in with_m.controls}
    assert WellRole.BLANK in {control.role for control in with_m.controls}
