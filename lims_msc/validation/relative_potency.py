"""Recomputes the cases of relative potency: curves of one shape, and parallel lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape import CommonShapeFit, fit_common_shape
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import Interval, RatioEstimate
from lims_msc.science.parallel_lines import LineTest, ParallelLineAssay, parallel_line_assay
from lims_msc.science.potency import potency_estimate
from lims_msc.science.similarity import (
    SeparateFits,
    SimilarityLimits,
    compare_shapes,
    extra_sum_of_squares,
    fit_separately,
)

_SAMPLES = ("reference", "test")
_RATIO_LIMITS = (0.80, 1.25)
_LIMITS = SimilarityLimits(
    hill_ratio=_RATIO_LIMITS,
    y_zero_difference=None,
    y_inf_difference=None,
    y_inf_ratio=_RATIO_LIMITS,
    range_ratio=_RATIO_LIMITS,
)


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the science floor computes for a case, named and nested as it asks.

    A case that asks for a ``slope`` is a parallel-line assay; all others are pairs of 4PL curves.
    """
    reference, test = (_sample(case["input"], name) for name in _SAMPLES)
    if "slope" in case["expected"]:
        return _lines(parallel_line_assay(reference, test))
    common = fit_common_shape([reference, test])
    separate = fit_separately(reference, test)
    return {
        "constrained": _constrained(common),
        "relative_potency": _potency(common),
        "unconstrained": _unconstrained(separate),
        "parallelism": _parallelism(common, separate),
        "equivalence": _equivalence(separate),
    }


def _sample(given: Mapping[str, Any], name: str) -> DoseResponse:
    """Return the wells of one sample; wells without a reading are left out."""
    weights = given.get("weights") or [1.0] * len(given["dose"])
    rows = [
        (dose, response, weight)
        for dose, response, sample, weight in zip(
            given["dose"], given["response"], given["sample"], weights, strict=True
        )
        if sample == name and response is not None
    ]
    return DoseResponse(name, *zip(*rows, strict=True))


def _ends(interval: Interval) -> list[float | None]:
    return [interval.low, interval.high]


def _no_numbers(status: FitStatus, reason: str) -> dict[str, Any]:
    return {"status": status.value, "reason": reason}


def _constrained(fit: CommonShapeFit) -> dict[str, Any]:
    if fit.status is not FitStatus.OK:
        return _no_numbers(fit.status, fit.reason)
    parameters, covariance = fit.numbers
    errors = [math.sqrt(variance) for variance in covariance.diagonal()]
    names = ("y_zero", "y_inf", "hill")
    return {
        "params": {name: float(value) for name, value in zip(names, parameters, strict=False)}
        | {"ec50_ref": fit.ec50(0), "ec50_test": fit.ec50(1)},
        "rss": fit.rss,
        "df": fit.degrees_of_freedom,
        "s": fit.residual_sd,
        "se": dict(zip((*names, "ln_ec50_ref", "ln_ec50_test"), errors, strict=True)),
    }


def _potency(fit: CommonShapeFit) -> dict[str, Any]:
    definition = "ec50_ref / ec50_test (constrained model)"
    if fit.status is not FitStatus.OK:
        names = ("ci95_log", "ci95_delta_linear", "ci95_fieller_ec50_ratio", "ci95_profile")
        return (
            _no_numbers(fit.status, fit.reason)
            | dict.fromkeys(("value", "ln", "se_ln", "fieller_g"))
            | {name: [None, None] for name in names}
            | {"definition": definition}
        )
    found = potency_estimate(fit)
    return {
        "value": found.value,
        "ln": found.ln_value,
        "se_ln": found.se_ln,
        "ci95_log": _ends(found.log_interval),
        "ci95_delta_linear": _ends(found.linear_interval),
        "ci95_fieller_ec50_ratio": _ends(found.fieller),
        "fieller_g": found.fieller.g,
        "ci95_profile": _ends(found.profile),
        "definition": definition,
    }


def _unconstrained(fits: SeparateFits) -> dict[str, Any]:
    if fits.status is not FitStatus.OK:
        return _no_numbers(fits.status, fits.reason)
    reference, test, v_ref, v_test = fits.numbers
    curves = {
        name: {
            "y_zero": float(one[0]),
            "y_inf": float(one[1]),
            "ec50": math.exp(one[2]),
            "hill": float(one[3]),
        }
        for name, one in (("ref", reference), ("test", test))
    }
    return curves | {
        "rss": fits.rss,
        "df": fits.degrees_of_freedom,
        "ec50_ratio": math.exp(reference[2] - test[2]),
        "se_ln_ec50_ratio": math.sqrt(v_ref[2, 2] + v_test[2, 2]),
    }


def _parallelism(common: CommonShapeFit, separate: SeparateFits) -> dict[str, Any]:
    for fit in (common, separate):
        if fit.status is not FitStatus.OK:
            names = ("F", "df1", "df2", "p", "chi2", "chi2_p", "rejected_0.05")
            return _no_numbers(fit.status, fit.reason) | dict.fromkeys(names)
    found = extra_sum_of_squares(common, separate)
    return {
        "F": found.f,
        "df1": found.df1,
        "df2": found.df2,
        "p": found.p,
        "chi2": found.chi2,
        "chi2_p": found.chi2_p,
        "rejected_0.05": None if found.p is None else found.p < 0.05,
    }


def _equivalence(fits: SeparateFits) -> dict[str, Any]:
    if fits.status is not FitStatus.OK:
        return _no_numbers(fits.status, fits.reason)
    answers: dict[str, Any] = {}
    for one in compare_shapes(fits, _LIMITS):
        if isinstance(one.estimate, RatioEstimate):
            answers[one.name] = {
                "ratio": one.estimate.value,
                "se_ln": one.estimate.se_ln,
                "ci90_delta_log": _ends(one.estimate.log_interval),
                "ci90_fieller": _ends(one.estimate.fieller),
                "equivalent_0.80_1.25": one.is_equivalent,
            }
        else:
            answers[one.name] = {
                "difference": one.estimate.value,
                "se": one.estimate.se,
                "ci90": _ends(one.interval),
            }
    return answers


def _lines(assay: ParallelLineAssay) -> dict[str, Any]:
    potency = assay.potency
    if potency is None:
        return _no_numbers(assay.status, assay.reason) | {"slope": None}
    return {
        "slope": assay.slope,
        "slope_se": assay.slope_se,
        "s": assay.residual_sd,
        "df": assay.degrees_of_freedom,
        "relative_potency": {
            "value": potency.value,
            "ln": potency.ln_value,
            "se_ln_delta": potency.se_ln,
            "ci95_fieller": _ends(potency.fieller),
            "fieller_g": potency.g,
            "ci95_delta_log": _ends(potency.log_interval),
        },
        "parallelism": _line_test(assay.parallelism_residual, "_residual")
        | _line_test(assay.parallelism_pure_error, "_pure_error"),
        "linearity": {"df1": assay.linearity.df1 if assay.linearity else 0}
        | _line_test(assay.linearity, ""),
    }


def _line_test(test: LineTest | None, suffix: str) -> dict[str, Any]:
    found = test or LineTest(None, 0, 0, None)
    return {f"F{suffix}": found.f, f"df2{suffix}": found.df2, f"p{suffix}": found.p}
