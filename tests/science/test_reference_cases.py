"""The reference cases, computed elsewhere at 50 digits, come out within their own tolerances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from reference_values import Case, close, measured

from lims_msc.science.half_suppression import r50
from lims_msc.science.summaries import (
    DoseSpacing,
    maximum,
    normalised_auc,
    suppression_at_dose,
)
from lims_msc.science.suppression import SuppressionCurve, curve_of_percentages

Cases = Callable[[str], list[dict[str, Any]]]
pytestmark = pytest.mark.shared


def mean_curve(case: Case) -> SuppressionCurve:
    by_dose: dict[float, list[float]] = {}
    for dose, value in measured(case):
        by_dose.setdefault(dose, []).append(value)
    return curve_of_percentages(list(by_dose.items()))


def test_summaries_of_curves_agree(reference_cases: Cases) -> None:
    for case in reference_cases("suppression_curves"):
        want, curve = case["expected"]["descriptive"], mean_curve(case)
        area = normalised_auc(curve)
        assert area.value == close(case, want["mean_suppression"]), case["id"]
        width = want["auc_log10"] / want["mean_suppression"]
        assert area.value * width == close(case, want["auc_log10"]), case["id"]
        linear = normalised_auc(curve, spacing=DoseSpacing.LINEAR)
        assert linear.value * (1 - 1 / 64) == close(case, want["auc_linear_dose"]), case["id"]
        steps = normalised_auc(curve, spacing=DoseSpacing.EQUAL_STEPS)
        assert steps.value * 6 == close(case, want["auc_equal_steps"]), case["id"]
        anchor = suppression_at_dose(curve, 0.1)
        assert anchor.value == close(case, want["suppression_at_dose_0.1"]), case["id"]
        assert maximum(curve).value == close(case, want["max_suppression"]["value"]), case["id"]
        half, half_wanted = r50(curve), want["r50_abs_interpolated"]
        assert half.status == half_wanted["status"], case["id"]
        if half_wanted["value"] is None:
            assert (half.value, half.bound) == (None, half_wanted["bound"]), case["id"]
        else:
            assert half.value == close(case, half_wanted["value"]), case["id"]


def test_errors_of_areas_agree_where_every_dose_has_replicates(reference_cases: Cases) -> None:
    compared = 0
    for case in reference_cases("suppression_curves"):
        want = case["expected"]["descriptive"].get("auc_log2_se")
        if want is None:
            continue
        curve = mean_curve(case)
        weights = [0.5, 1, 1, 1, 1, 1, 0.5]
        spread = curve.spread_of(weights)
        assert spread is not None
        assert spread.se == close(case, want, error=True), case["id"]
        compared += 1
    assert compared > 5
