"""The reference cases of fitted curves, computed elsewhere at 50 digits, come out as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from reference_values import Case, close, measured

from lims_msc.domain.fit import FitStatus
from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_effect import dose_effect, dose_means
from lims_msc.science.fit_report import estimates, level_dose
from lims_msc.science.fitting import fit_curve
from lims_msc.science.model_choice import choose_curve, fit_suppression_curve
from lims_msc.science.profile import profile_interval
from lims_msc.science.profile_search import Quantity

Cases = Callable[[str], list[dict[str, Any]]]
pytestmark = pytest.mark.shared


def test_dose_effects_agree(reference_cases: Cases) -> None:
    for case in reference_cases("suppression_curves"):
        want = case["expected"]["dose_effect"]
        pairs = measured(case)
        found = dose_effect(dose_means([dose for dose, _ in pairs], [y for _, y in pairs]))
        assert found.anova_f == pytest.approx(want["anova_F"], rel=1e-9), case["id"]
        assert found.anova_p == pytest.approx(want["anova_p"], rel=1e-8), case["id"]
        assert found.trend_p == pytest.approx(want["trend_p"], rel=1e-8), case["id"]


def test_fits_of_suppression_curves_agree(reference_cases: Cases) -> None:
    for case in reference_cases("suppression_curves"):
        want, pairs = case["expected"]["fit_4pl"], measured(case)
        doses, values = [dose for dose, _ in pairs], [value for _, value in pairs]
        fit = fit_suppression_curve(doses, values)
        assert fit.status == want["status"], case["id"]
        if want["status"] != "ok":
            assert fit.reason, case["id"]
            assert (fit.parameters, fit.r50_absolute) == ((), None), case["id"]
            continue
        assert_fit_agrees(case, want, doses, values)


def assert_fit_agrees(case: Case, want: Case, doses: list[float], values: list[float]) -> None:
    fit, bare = fit_suppression_curve(doses, values), fit_curve(doses, values)
    for name, value in want["params"].items():
        estimate = fit.parameter(name)
        assert estimate is not None
        assert estimate.value == close(case, value), (case["id"], name)
        assert estimate.se == close(case, want["se"][name], error=True), (case["id"], name)
        ends = want["ci95_wald"]["ec50_from_log" if name == "ec50" else name]
        assert estimate.low == close(case, ends[0], error=True), (case["id"], name)
        assert estimate.high == close(case, ends[1], error=True), (case["id"], name)
    assert fit.residual_sum_of_squares == close(case, want["rss"]), case["id"]
    assert fit.residual_sd == close(case, want["s"]), case["id"]
    assert (fit.degrees_of_freedom, fit.n_values) == (want["df"], want["n"]), case["id"]
    lack_of_fit = want["lack_of_fit"]
    assert bare.lack_of_fit[0] == close(case, lack_of_fit["F"], error=True), case["id"]
    assert fit.lack_of_fit_p == close(case, lack_of_fit["p"], error=True), case["id"]
    half = want["ic50_absolute"]
    assert fit.r50_absolute_status == half["status"], case["id"]
    if half["status"] == "interpolated":
        assert fit.r50_absolute is not None
        assert fit.r50_absolute.value == close(case, half["value"]), case["id"]
        assert fit.r50_absolute.se == close(case, half["se"], error=True), case["id"]
        assert fit.r50_absolute.low == close(case, half["ci95_wald_from_log"][0], error=True)
    else:
        assert fit.r50_absolute is None, case["id"]
        assert fit.r50_absolute_reason, case["id"]


def test_profile_intervals_of_the_midpoint_agree_open_ends_included(
    reference_cases: Cases,
) -> None:
    ends = []
    for case in reference_cases("suppression_curves"):
        want = case["expected"]["fit_4pl"].get("ci95_profile")
        if want is None:
            continue
        pairs = measured(case)
        fit = fit_curve([dose for dose, _ in pairs], [value for _, value in pairs])
        for found, end in zip(profile_interval(fit, Quantity.EC50), want["ec50"], strict=True):
            rel = case["tolerance"]["profile_rel"]
            assert found == (None if end is None else pytest.approx(end, rel=rel)), case["id"]
            ends.append(end)
    assert None in ends
    assert len(ends) > 20


def test_fits_of_published_falling_curves_with_a_zero_dose_agree(reference_cases: Cases) -> None:
    """Toxicity data: the response falls, and dose 0 takes part."""
    compared = 0
    for case in reference_cases("dose_response"):
        want = case["expected"].get("4pl")
        if want is None or "group" in case["input"]:
            continue
        fit = fit_curve(case["input"]["dose"], case["input"]["response"])
        assert fit.status == want["status"], case["id"]
        if fit.status is not FitStatus.OK:
            continue
        found = estimates(fit, 0.95)
        for ours, theirs in (("y_zero", "y_zero"), ("y_inf", "y_inf"), ("ec50", "c")):
            assert found[ours].value == close(case, want["params"][theirs]), case["id"]
        assert found["hill"].se == close(case, want["se"]["hill"], error=True), case["id"]
        compared += 1
    assert compared >= 3


def test_the_published_effective_dose_of_ryegrass_agrees(reference_cases: Cases) -> None:
    """ED50 3.05795 of the R package drc; 50 % of the control is another dose, 3.2091."""
    (case,) = [c for c in reference_cases("dose_response") if c["id"] == "dr-ryegrass"]
    fit = fit_curve(case["input"]["dose"], case["input"]["response"])
    assert estimates(fit, 0.95)["ec50"].value == pytest.approx(3.05795, rel=1e-5)
    half_of_control = level_dose(fit, 7.749345 / 2, 0.95)
    assert half_of_control.estimate is not None
    assert half_of_control.estimate.value == pytest.approx(3.2091, rel=1e-4)


def test_the_published_5pl_of_ryegrass_agrees_and_does_not_beat_the_4pl(
    reference_cases: Cases,
) -> None:
    """DOMAIN 5.5: F = 0.44, p = 0.51 on the doses of the data; its ED50 3.0235 is not its c."""
    (case,) = [c for c in reference_cases("dose_response") if c["id"] == "dr-ryegrass"]
    doses, responses = case["input"]["dose"], case["input"]["response"]
    four = fit_curve(doses, responses)
    five = fit_curve(doses, responses, model=CurveModel.FIVE_PL_F)
    assert (four.rss - five.rss) / (five.rss / five.degrees_of_freedom) == pytest.approx(
        0.44, abs=0.01
    )
    found = estimates(five, 0.95)
    assert found["ec50"].value == pytest.approx(3.0235, abs=5e-5)
    assert found["c"].value == pytest.approx(2.2154, rel=1e-2)
    assert choose_curve(doses, responses).fit.model is CurveModel.FOUR_PL
