"""What is said of cultures whose samples are out of range, and of a blank in a wrong place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from elisa_plates import co_cultures, kit, sample
from every_check import findings_of

from lims_msc.assays.cytokine_elisa import CytokineElisa
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import ValueStatus

Maker = Callable[[], Any]


def said(plate: Any, readout: str = "ifn_gamma") -> dict[str, Finding]:
    return {f.code: f for f in findings_of(plate.analyse(readout, CytokineElisa))}


def test_controls_out_of_range_leave_the_concentrations_on_a_plate_that_can_be_kept(
    new_plate: Maker,
) -> None:
    plate = kit(new_plate())
    sample(plate, 9000, of=WellRole.RESP_STIM)
    co_cultures(plate, (10, 400), (2, 200))
    analysis = plate.analyse("ifn_gamma", CytokineElisa)
    assert not errors_among(findings_of(analysis))
    finding = {f.code: f for f in findings_of(analysis)}["controls_missing"]
    assert finding.level is Level.WARNING
    assert "have no concentration" in finding.message
    assert "dilution" in finding.hint
    assert {curve.status for curve in analysis.curves} == {"undefined"}
    assert {curve.reason for curve in analysis.curves} == {finding.message}
    numbers = [v for v in analysis.values if v.status is ValueStatus.OK]
    assert len(numbers) == 2


def test_a_dose_is_said_to_lack_a_concentration_and_not_a_reading(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 800, of=WellRole.RESP_STIM)
    found = said(co_cultures(plate, (2, 5), (5, 200), (10, 400)))
    assert "has no concentration" in found["dose_without_reading"].message
    assert "only one culture" in found["single_replicate"].message
    assert "one supernatant are one culture" in found["single_replicate"].hint
    assert "control culture with a concentration" in found["single_control"].message
    assert "the blank of the kit is none" in found["mode_not_available"].hint
    assert not any("reading" in f.message for f in found.values())


def test_a_blank_above_every_standard_stops_the_plate(new_plate: Maker) -> None:
    plate = kit(new_plate())
    sample(plate, 300)
    plate.blank(2.9, 2.8)
    finding = said(plate)["blank_misplaced"]
    assert finding.level is Level.ERROR
    assert "'2.85'" in finding.message
    assert "shifted by a row" in finding.hint
    (value,) = plate.analyse("ifn_gamma", CytokineElisa).values
    assert (value.status, value.value) == (ValueStatus.WITHHELD, None)


@pytest.mark.parametrize("blank", [2.3, 1.0])
def test_a_zero_standard_that_is_called_a_blank_is_explained(
    new_plate: Maker, blank: float
) -> None:
    plate = kit(new_plate(), falls=True)
    sample(plate, 300, falls=True)
    plate.blank(blank, blank)
    finding = said(plate, "pge2")["blank_high"]
    assert finding.level is Level.WARNING
    assert "(B0) is a STD of 0" in finding.hint
