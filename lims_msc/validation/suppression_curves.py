"""Answers the reference cases of suppression curves: summaries of the means, and fitted curves.

Which fits a case asks for are the names in ``expected``; what is fixed, bounded or left out in a
fit is part of the question and is read from there, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lims_msc.science.dose_effect import dose_effect, dose_means
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.half_suppression import r50
from lims_msc.science.summaries import (
    DoseSpacing,
    maximum,
    normalised_auc,
    suppression_at_dose,
)
from lims_msc.science.suppression import SuppressionCurve, curve_of_percentages
from lims_msc.validation import fit_answers

_ANCHOR = 0.1
_QUANTITIES = ("log10_ec50", "ec50", "y_zero", "y_inf", "hill")


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return summaries, dose effect and fits of a case of the kind ``suppression_curves``."""
    wells = _wells(case["input"])
    found: dict[str, Any] = {"descriptive": _descriptive(wells), "dose_effect": _effect(wells)}
    for name, asked in case["expected"].items():
        if name.startswith("fit_") and isinstance(asked, Mapping):
            found[name] = _fit(name, asked, wells)
    return found


def _wells(given: Mapping[str, Any]) -> list[tuple[int | float, int, float | None]]:
    """Return N of the ratio 1:N, the number of the replicate, and the suppression of each well."""
    values = given["suppression_percent"]
    replicates = given.get("replicate") or [0] * len(values)
    return list(zip(given["N"], replicates, values, strict=True))


def _measured(
    wells: list[tuple[int | float, int, float | None]],
) -> tuple[list[float], list[float]]:
    rows = [(1 / n, value) for n, _, value in wells if value is not None]
    return [dose for dose, _ in rows], [value for _, value in rows]


def _descriptive(wells: list[tuple[int | float, int, float | None]]) -> dict[str, Any]:
    by_ratio: dict[int | float, list[float]] = {n: [] for n, _, _ in wells}
    for n, _, value in wells:
        if value is not None:
            by_ratio[n].append(value)
    curve = curve_of_percentages([(1 / n, values) for n, values in by_ratio.items() if values])
    area, highest, half = normalised_auc(curve), maximum(curve), r50(curve)
    anchor = suppression_at_dose(curve, _ANCHOR)
    doses = [point.msc_per_responder for point in curve.points]
    decades = math.log10(doses[-1] / doses[0]) if doses else 0.0
    means = {n: curve_mean(values) for n, values in by_ratio.items()}
    measured = {n: mean for n, mean in means.items() if mean is not None}
    return {
        "means": {f"1:{n:g}": mean for n, mean in means.items()},
        "auc_log10": _times(area.value, decades),
        "auc_log2": _times(area.value, decades / math.log10(2)),
        "auc_linear_dose": _linear_area(curve, doses),
        "mean_suppression": area.value,
        "suppression_at_dose_0.1": anchor.value,
        "max_suppression": {
            "value": highest.value,
            "N": max(measured, key=measured.__getitem__) if measured else None,
        },
        "r50_abs_interpolated": {
            "status": half.status.value,
            "value": half.value,
            "bound": half.bound,
            "reason": half.reason,
        },
        "interpolated_50_crossings": list(half.all_values),
    }


def curve_mean(values: list[float]) -> float | None:
    """Return the mean of replicate wells; ``None`` where none was read."""
    return math.fsum(values) / len(values) if values else None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _linear_area(curve: SuppressionCurve, doses: list[float]) -> float | None:
    area = normalised_auc(curve, spacing=DoseSpacing.LINEAR).value
    return _times(area, doses[-1] - doses[0]) if doses else None


def _effect(wells: list[tuple[int | float, int, float | None]]) -> dict[str, Any]:
    data = dose_means(*_measured(wells))
    found = dose_effect(data)
    return {
        "pure_error_ss": data.pure_error_ss,
        "pure_error_df": data.pure_error_df,
        "rss_constant": data.total_ss,
        "anova_F": found.anova_f,
        "anova_p": found.anova_p,
        "trend_p": found.trend_p,
    }


def _fit(
    name: str, asked: Mapping[str, Any], wells: list[tuple[int | float, int, float | None]]
) -> dict[str, Any]:
    left_out = asked.get("excluded")
    if left_out is not None:
        wells = [w for w in wells if (w[0], w[1]) != (left_out["N"], left_out["replicate"])]
    fixed = dict(asked.get("fixed") or {})
    if name == "fit_hill_fixed_1":
        fixed = {"hill": 1.0}
    bounds = {key: (ends[0], ends[1]) for key, ends in asked.get("bounds", {}).items()}
    fit = fit_curve(*_measured(wells), fixed=fixed, bounds=bounds)
    if not fit_answers.has_numbers(fit):
        return fit_answers.refused(fit)
    found = fit_answers.fitted(fit, "ec50")
    if bounds:
        return found | {"active": list(fit.active)}
    return found | _intervals(fit)


def _intervals(fit: CurveFit) -> dict[str, Any]:
    names = [name for name in _QUANTITIES if name not in fit.fixed]
    return {
        "ci95_wald": fit_answers.wald_intervals(fit),
        "ci95_profile": fit_answers.profile_intervals(fit, names),
        "ic50_absolute": fit_answers.absolute_ic50(fit),
        "ic50_relative": fit_answers.relative_ic50(fit),
    }
