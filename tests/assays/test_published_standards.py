"""The published standard curve of DOMAIN 5.4 on a plate, from the data beside the project."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import SHARED

from lims_msc.assays.cytokine_elisa import CytokineElisa
from lims_msc.domain.curve import PlateAnalysis
from lims_msc.domain.layout import PlateConditions, WellRole
from lims_msc.domain.values import ValueStatus

Maker = Callable[[], Any]
CASES = SHARED / "references" / "elisa.json"


@pytest.fixture(scope="module")
def published(new_plate: Maker) -> PlateAnalysis:
    """Return the plate of DNase run 1 with unknowns, without weights as published."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == "elisa-dnase-run01")
    plate = new_plate()
    plate.conditions = PlateConditions(concentration_unit="ng/mL")
    for standard in case["input"]["standards"]:
        plate.add(WellRole.STD, standard["od"], standard_concentration=standard["conc"])
    for od in (0.5, 1.0, 1.5, 0.015, 2.4):
        plate.add(WellRole.SAMPLE, [od], sample_code=f"{od}", dilution_factor=1.0)
    return plate.analyse("ifn_gamma", CytokineElisa, standard_weighting="none")


@pytest.mark.shared
def test_the_published_curve_comes_out(published: PlateAnalysis) -> None:
    (curve,) = published.standard_curves
    expected = {"y_zero": -0.007897, "y_inf": 2.377238, "ec50": 4.51499, "hill": 0.94111}
    for name, value in expected.items():
        assert curve.fit.parameter(name).value == pytest.approx(value, rel=1e-3)
    assert (curve.fit.degrees_of_freedom, curve.weighting) == (12, "none")
    assert curve.fit.residual_sd == pytest.approx(0.019806, rel=1e-3)


@pytest.mark.shared
def test_the_lowest_standard_is_not_read_back_and_bounds_no_range(published: PlateAnalysis) -> None:
    (curve,) = published.standard_curves
    recoveries = [level.recovery_percent for level in curve.levels]
    assert recoveries == pytest.approx(
        [74.9, 111.9, 100.9, 99.8, 94.9, 105.6, 97.0, 100.9], abs=0.05
    )
    assert [level.is_accepted for level in curve.levels] == [False] + 7 * [True]
    assert curve.lowest == pytest.approx(0.1953125)
    assert curve.highest == 12.5


@pytest.mark.shared
def test_unknowns_are_numbers_in_range_and_bounds_outside(published: PlateAnalysis) -> None:
    values = {value.key.sample_code: value for value in published.values}
    for od, concentration in (("0.5", 1.1256), ("1.0", 3.2402), ("1.5", 8.0285)):
        assert values[od].value == pytest.approx(concentration, rel=1e-4)
    below, above = values["0.015"], values["2.4"]
    assert (below.status, below.value) == (ValueStatus.BELOW_RANGE, None)
    assert below.bound == pytest.approx(0.1953125)
    assert (above.status, above.value, above.bound) == (ValueStatus.ABOVE_RANGE, None, 12.5)
