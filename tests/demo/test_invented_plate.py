"""The invented plate gives the three ratios that the methods page prints."""

from __future__ import annotations

import pytest

from lims_msc.demo.invented import invented_plate_map, invented_signals
from lims_msc.domain.curve import AnalysisSettings, BackgroundMode, CurveResult
from lims_msc.domain.wording import r50_text
from lims_msc.registry import Registry


@pytest.fixture
def curves(registry: Registry) -> dict[BackgroundMode, CurveResult]:
    plate_map = invented_plate_map()
    assay = registry.assay(plate_map.assay_key)
    result = assay.analyse(
        plate_map.layout, invented_signals(), plate_map.readout, AnalysisSettings()
    )
    assert result.headline_mode is BackgroundMode.FULL
    return {curve.key.mode: curve for curve in result.curves}


@pytest.mark.parametrize(
    ("mode", "ratio"),
    [
        (BackgroundMode.NONE, "1:6.4"),
        (BackgroundMode.UNSTIM, "1:9.0"),
        (BackgroundMode.FULL, "1:9.6"),
    ],
)
def test_half_suppression_depends_on_the_background_mode(
    curves: dict[BackgroundMode, CurveResult], mode: BackgroundMode, ratio: str
) -> None:
    assert r50_text(curves[mode].r50) == ratio


def test_suppression_with_the_full_background_is_that_of_the_table(
    curves: dict[BackgroundMode, CurveResult],
) -> None:
    points = {p.msc_per_responder: p for p in curves[BackgroundMode.FULL].points}
    expected = {0.02: -2.84, 0.05: 26.71, 0.1: 48.94, 0.2: 65.96, 0.5: 82.27}
    assert {dose: round(p.suppression_percent, 2) for dose, p in points.items()} == expected
