"""Answers the reference cases of standard curves: fits, standards read back, range, unknowns.

Which fits a case asks for are the names in ``expected``; family, weighting and parameters held at a
value are part of the question and are read from there, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lims_msc.science.curves import CurveModel, ln_dose_at_share
from lims_msc.science.fitting import CurveFit
from lims_msc.science.reading_back import ReadBack
from lims_msc.science.standard_curve import (
    SignalLimit,
    StandardCurve,
    StandardWeighting,
    fit_standard_curve,
)
from lims_msc.science.standard_range import (
    RECOVERY_AND_CV_20,
    Standard,
    StandardLevel,
    quantitation_range,
)

_LIMITS = {"lod_3sd": 3.0, "loq_10sd": 10.0}
_WEIGHTINGS = {"w1": StandardWeighting.INVERSE, "w2": StandardWeighting.INVERSE_SQUARE}


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the curves of a case of the kind ``elisa`` and what they read back."""
    standards = [
        Standard(float(level["conc"]), _wells(level["od"])) for level in case["input"]["standards"]
    ]
    unknowns = case["input"]["unknowns"]
    return {
        name: _curve(_fitted(standards, name, asked), unknowns)
        for name, asked in case["expected"].items()
        if isinstance(asked, Mapping)
    }


def _wells(signals: Sequence[float | None]) -> tuple[float, ...]:
    """Return the wells that were read; ``null`` stands for one that was not."""
    return tuple(float(signal) for signal in signals if signal is not None)


def _fitted(standards: Sequence[Standard], name: str, asked: Mapping[str, Any]) -> StandardCurve:
    parts = name.split("_")
    family = asked.get("family") or ("-".join(parts[:2]) if parts[0] == "5pl" else parts[0])
    weighting = asked.get("weighting") or _WEIGHTINGS.get(parts[-1], StandardWeighting.NONE)
    return fit_standard_curve(
        standards,
        model=CurveModel(family),
        weighting=StandardWeighting(weighting),
        fixed=asked.get("fixed"),
    )


def _curve(curve: StandardCurve, unknowns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    levels = curve.levels()
    limits = quantitation_range(levels, RECOVERY_AND_CV_20)
    found: dict[str, Any] = {
        "status": str(curve.status),
        "reason": curve.reason,
        "family": str(curve.model),
        "weighting": str(curve.weighting),
        "standards": [_level(level) for level in levels],
        "quantitation_range": {
            "lloq": limits.lowest,
            "uloq": limits.highest,
            "rule": limits.rule.text,
            "reason": limits.reason,
        },
        "unknowns": [_unknown(curve, unknown) for unknown in unknowns],
    }
    for name, deviations in _LIMITS.items():
        limit = curve.signal_limit(deviations)
        if limit is not None:
            found[name] = _limit(limit)
    return found | ({} if curve.fit is None else _fit(curve.fit, curve.weighting))


def _fit(fit: CurveFit, weighting: StandardWeighting) -> dict[str, Any]:
    parameters, covariance = fit.numbers
    values = {name: float(v) for name, v in zip(fit.names, parameters, strict=True)}
    free = [name for name in fit.names if name not in fit.fixed]
    c = math.exp(values["ln_c"])
    half = ln_dose_at_share(0.5, parameters, fit.model)
    errors = _errors(covariance, fit.names, free) | {
        "c": c * math.sqrt(float(covariance[2, 2])),
    }
    observed = fit.covariance_observed
    found: dict[str, Any] = {
        "params": values | {"c": c, "ec50_relative": None if half is None else math.exp(half[0])},
        "se": errors,
        "n": fit.n,
        "p": len(free),
        "df": fit.degrees_of_freedom,
        "s": math.sqrt(fit.rss / fit.degrees_of_freedom),
        "rss" if weighting is StandardWeighting.NONE else "weighted_rss": fit.rss,
    }
    if fit.fixed:
        found["fixed"] = dict(fit.fixed)
    found["se_observed_information"] = (
        None if observed is None else _errors(observed, fit.names, free)
    )
    return found


def _errors(covariance: Any, names: Sequence[str], free: Sequence[str]) -> dict[str, float]:
    variances = dict(zip(names, covariance.diagonal(), strict=True))
    return {name: math.sqrt(float(variances[name])) for name in free}


def _level(level: StandardLevel) -> dict[str, Any]:
    return {
        "conc": level.concentration,
        "mean_od": level.signal_mean,
        "cv_od_percent": level.cv_percent,
        "back_calculated": level.back_calculated,
        "status": level.status,
        "recovery_percent": level.recovery_percent,
    }


def _unknown(curve: StandardCurve, unknown: Mapping[str, Any]) -> dict[str, Any]:
    read = curve.read_back(_wells(unknown["od"]), dilution_factor=float(unknown["dilution"]))
    found: dict[str, Any] = {
        "id": unknown["id"],
        "mean_od": read.signal_mean,
        "dilution": unknown["dilution"],
        "status": str(read.status),
        "reason": read.reason,
        "concentration": read.concentration,
    }
    return found if read.concentration is None else found | _numbers(read)


def _numbers(read: ReadBack) -> dict[str, Any]:
    errors = read.errors
    return {
        "in_well": read.in_well,
        "se_ln": None if errors is None else errors.se_ln,
        "se_ln_curve_only": None if errors is None else errors.se_ln_curve_only,
        "ci95": None if errors is None else [errors.low, errors.high],
        "ci95_linear": None if errors is None else [errors.low_linear, errors.high_linear],
        "mean_of_wells": read.mean_of_wells,
        "cv_conc_percent": read.cv_percent.value,
    }


def _limit(limit: SignalLimit) -> dict[str, Any]:
    reached = limit.concentration is not None
    return {
        "signal": limit.signal,
        "conc": limit.concentration,
        "status": "ok" if reached else str(limit.status),
    }
