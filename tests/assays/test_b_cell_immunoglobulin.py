"""Immunoglobulins: medium blanks, both signs, and every check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from elisa_checks import FALLING, Plates, plates_of_checks
from elisa_plates import co_cultures, kit, sample
from every_check import assert_every_check_is_met, findings_of

from lims_msc.assays.b_cell_immunoglobulin import BCellImmunoglobulin
from lims_msc.domain.curve import BackgroundMode, CurveResult, PlateAnalysis
from lims_msc.domain.layout import WellRole

Maker = Callable[[], Any]


def plate_of(new: Maker, medium: float | None, *doses: tuple[float, float]) -> Any:
    plate = kit(new(), unit="ng/mL")
    sample(plate, 80_000, of=WellRole.RESP_STIM, dilution=200)
    if medium is not None:
        sample(plate, medium, of=WellRole.BLANK, dilution=200)
    return co_cultures(plate, *doses, dilution=200)


def analysed(plate: Any) -> PlateAnalysis:
    return plate.analyse("igg", BCellImmunoglobulin)


def in_mode(analysis: PlateAnalysis, mode: BackgroundMode) -> CurveResult:
    (curve,) = (c for c in analysis.curves if c.key.mode is mode)
    return curve


def test_suppression_of_secretion_and_support_are_both_answers(new_plate: Maker) -> None:
    analysis = analysed(plate_of(new_plate, 100, (10, 40_000), (5, 100_000)))
    curve = in_mode(analysis, BackgroundMode.NONE)
    assert [p.suppression_percent for p in curve.points] == pytest.approx([50, -25], abs=1)
    codes = {f.code for f in findings_of(analysis)}
    assert "order_probably_reversed" not in codes
    assert "medium_holds_immunoglobulin" not in codes
    assert BackgroundMode.BLANK not in {c.key.mode for c in analysis.curves}


def test_immunoglobulin_of_the_medium_is_named_and_subtracted_in_its_own_mode(
    new_plate: Maker,
) -> None:
    analysis = analysed(plate_of(new_plate, 20_000, (10, 50_000)))
    assert analysis.headline_mode is BackgroundMode.NONE
    (finding,) = (f for f in analysis.findings if f.code == "medium_holds_immunoglobulin")
    assert "underestimated" in finding.message
    shown = in_mode(analysis, BackgroundMode.NONE).points[0].suppression_percent
    subtracted = in_mode(analysis, BackgroundMode.BLANK).points[0].suppression_percent
    assert (shown, subtracted) == pytest.approx((37.5, 50), abs=1)


def test_nothing_is_divided_by_cells_that_nobody_counted(new_plate: Maker) -> None:
    plate = plate_of(new_plate, 100, (10, 40_000))
    analysis = analysed(plate)
    assert {v.name for v in analysis.values} == {"concentration"}
    assert "count them" in next(f.message for f in analysis.findings if f.code == "readout_trap")


def test_every_check_of_immunoglobulins_is_met(new_plate: Maker) -> None:
    plates = Plates(new_plate, BCellImmunoglobulin, "igg", "ng/mL")
    good = plates.said(plates.plate())
    assert_every_check_is_met(
        BCellImmunoglobulin,
        {
            **plates_of_checks(plates, other_unit="mg/mL"),
            "support_rises_with_dose": plates.said(plates.plate(FALLING)),
            "readout_trap": good,
            "assay_note": good,
            "medium_blank_missing": good,
            "medium_holds_immunoglobulin": plates.said(plate_of(new_plate, 20_000, (10, 50_000))),
        },
    )
