"""Suspect wells are named and kept; of triplicates nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lims_msc.domain.curve import PlateAnalysis
from lims_msc.domain.findings import Finding, Level

Maker = Callable[[], Any]
CALM = (1.60, 1.62, 1.58, 1.66, 1.61, 1.64, 1.59, 1.63)


def outliers(analysis: PlateAnalysis) -> list[Finding]:
    shown = [c for c in analysis.curves if c.key.mode is analysis.headline_mode]
    found = [*analysis.findings, *(finding for curve in shown for finding in curve.findings)]
    return [finding for finding in found if finding.code == "outlier_suggested"]


def plate(new_plate: Maker, *stimulated: float, coculture: tuple[float, ...] = (0.8, 0.8)) -> Any:
    made = new_plate()
    made.unstimulated(0.20, 0.22, 0.21)
    made.stimulated(*stimulated)
    made.coculture(10, *coculture)
    made.coculture(20, 1.2, 1.25)
    return made


def test_calm_controls_have_no_suspect(new_plate: Maker) -> None:
    assert outliers(plate(new_plate, *CALM).analyse()) == []


def test_a_wild_control_is_a_note_that_names_well_cell_and_both_tests(new_plate: Maker) -> None:
    (finding,) = outliers(plate(new_plate, *CALM, 2.4).analyse())
    assert finding.level is Level.NOTE
    assert (finding.well, finding.cell) == ("B9", "B9")
    assert "Among the 9 replicates of RESP_STIM B9 '2.4' lies far from the others" in (
        finding.message
    )
    assert "Median absolute deviation rule: largest score" in finding.message
    assert "Grubbs' test: G" in finding.message
    assert "Nothing is left out." in finding.message
    assert "technical reason" in finding.hint


def test_a_suspect_stays_in_every_number(new_plate: Maker) -> None:
    """The control mean is that of all nine wells."""
    wild = plate(new_plate, *CALM, 2.4).analyse()
    (curve, *_) = [c for c in wild.curves if c.key.mode is wild.headline_mode]
    control = (sum(CALM) + 2.4) / 9
    wanted = 100 * (1 - (0.8 - 0.21) / (control - 0.21))
    assert curve.points[-1].suppression_percent == pytest.approx(wanted)


def test_five_wells_are_looked_at_by_the_robust_rule_only(new_plate: Maker) -> None:
    (finding,) = outliers(plate(new_plate, 1.60, 1.62, 1.58, 1.61, 2.4).analyse())
    assert "Grubbs" not in finding.message


@pytest.mark.parametrize("n", [2, 3, 4])
def test_of_few_replicates_nothing_is_said(new_plate: Maker, n: int) -> None:
    assert outliers(plate(new_plate, *CALM[: n - 1], 2.4).analyse()) == []


def test_co_culture_wells_are_looked_at_too(new_plate: Maker) -> None:
    wells = (0.80, 0.82, 0.78, 0.81, 0.79, 1.9)
    (finding,) = outliers(plate(new_plate, *CALM, coculture=wells).analyse())
    assert "MSC:responder 1:10" in finding.message
    assert finding.well == "C6"
