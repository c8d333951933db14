"""Published numbers: what papers report comes out of the wells that they describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lims_msc.assays.b_cell import BCellProliferation
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode
from lims_msc.domain.layout import WellRole

Maker = Callable[[], Any]


@pytest.mark.parametrize(
    ("cells", "control", "with_msc", "expected"),
    [
        ("MNC", 51, (31, 41, 21), (39.2, 19.6, 58.8)),
        ("T", 56, (31, 47, 19), (44.6, 16.1, 66.1)),
        ("CD4", 54, (26, 47, 15), (51.9, 13.0, 72.2)),
        ("CD8", 59, (38, 49, 21), (35.6, 16.9, 64.4)),
        ("B", 18, (9, 18, 7), (50.0, 0.0, 61.1)),
    ],
)
def test_three_sources_of_msc_on_five_kinds_of_lymphocytes(
    new_plate: Maker,
    cells: str,
    control: float,
    with_msc: tuple[float, ...],
    expected: tuple[float, ...],
) -> None:
    """Ribeiro 2013, doi 10.1186/scrt336, table 1; marrow, umbilical cord, fat."""
    plate = new_plate()
    plate.stimulated(control, responder_code=cells)
    for source, value in zip(("1 BM", "2 UCM", "3 AT"), with_msc, strict=True):
        plate.coculture(10, value, batch_code=source, responder_code=cells)
    analysis = BCellProliferation().analyse(
        plate.layout, plate.signals, "percent_divided", AnalysisSettings()
    )
    assert analysis.headline_mode is BackgroundMode.NONE
    found = [curve.suppression_at_anchor.value for curve in analysis.curves]
    assert found == pytest.approx(expected, abs=0.05)


def test_few_msc_may_double_proliferation(new_plate: Maker) -> None:
    """Le Blanc 2003: 10 to 1000 MSC gave 40 to 190 % of control, 10 000 and more 10 to 90 %."""
    plate = new_plate()
    plate.stimulated(20000, 20400, 19600)
    plate.unstimulated(400, 420, 380)
    for one_to, percent in ((10000, 190), (1000, 140), (100, 40), (10, 90), (2, 10)):
        plate.coculture(one_to, *(percent / 100 * v for v in (20000, 20400, 19600)))
    curves = plate.analyse("thymidine_cpm").curves
    (none,) = [c for c in curves if c.key.mode is BackgroundMode.NONE]
    found = [point.suppression_percent for point in none.points]
    assert found == pytest.approx([-90, -40, 60, 10, 90])
    assert none.r50.status == "non_monotone"
    assert len(none.r50.all_values) == 3


def test_resting_lymphocytes_with_msc_are_a_background_and_no_curve(new_plate: Maker) -> None:
    plate = new_plate()
    plate.stimulated(10, 11, 12)
    plate.background(WellRole.COCULT_UNSTIM, 10, 2, 2, 2)
    assert plate.analyse().curves == ()
