"""Answers the reference cases of dose–response curves: effective doses of one or several curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from lims_msc.science.curves import CurveModel
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.profile import profile_interval
from lims_msc.science.profile_search import Quantity
from lims_msc.science.several_curves import ec50_ratio, with_pooled_variance
from lims_msc.validation import fit_answers

_SHARES = {"ED10": 0.1, "ED50": 0.5, "ED90": 0.9}


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the curves of a case of the kind ``dose_response``.

    The names in ``expected`` say which models are asked for, and ``fixed`` which plateaus are held.
    A case with groups has one curve for each, with one residual variance.
    """
    given = case["input"]
    if "group" in given:
        return _groups(given, case["expected"])
    return {
        name: _curve(given, name, asked)
        for name, asked in case["expected"].items()
        if isinstance(asked, Mapping)
    }


def _curve(given: Mapping[str, Any], name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    model = CurveModel(name.replace("_", "-")) if name.startswith("5pl") else CurveModel.FOUR_PL
    fixed = asked.get("fixed") or ({"y_inf": 0.0} if name == "3pl_yinf0" else {})
    weights = given.get("weights") or [1.0] * len(given["dose"])
    wells = [
        (float(x), float(y), float(weight))
        for x, y, weight in zip(given["dose"], given["response"], weights, strict=True)
        if y is not None
    ]
    fit = fit_curve(
        [x for x, _, _ in wells],
        [y for _, y, _ in wells],
        model=model,
        fixed=fixed,
        weights=[weight for _, _, weight in wells],
    )
    if not fit_answers.has_numbers(fit):
        return fit_answers.refused(fit)
    found = _numbers(fit)
    low, high = profile_interval(fit, Quantity.EC50)
    return found | {"ci95_profile_c": [low, high]}


def _numbers(fit: CurveFit) -> dict[str, Any]:
    found = fit_answers.fitted(fit, "c")
    return found | {"effective_dose": fit_answers.effective_doses(fit, _SHARES)}


def _groups(given: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    rows = list(zip(given["group"], given["dose"], given["response"], strict=True))
    names = list(dict.fromkeys(group for group, _, _ in rows))
    fixed = dict.fromkeys(expected.get("fixed") or (), 0.0)
    fits = [
        fit_curve(
            [float(x) for group, x, y in rows if group == name and y is not None],
            [float(y) for group, _, y in rows if group == name and y is not None],
            fixed=fixed,
        )
        for name in names
    ]
    pooled = dict(zip(names, with_pooled_variance(fits), strict=True))
    good = {name: fit for name, fit in pooled.items() if fit_answers.has_numbers(fit)}
    rss = math.fsum(fit.rss for fit in good.values())
    df = max((fit.degrees_of_freedom for fit in good.values()), default=0)
    return {
        "model": "4pl, one curve per group, pooled residual variance",
        "fixed": fixed,
        "rss": rss,
        "df": df,
        "s": math.sqrt(rss / df) if df else None,
        "curves": {
            name: _pooled(fit, rss / df) if name in good else fit_answers.refused(fit)
            for name, fit in pooled.items()
        },
        "ratios": {
            f"{one}/{two}": _ratio(good[one], good[two]) for one, two in combinations(good, 2)
        },
    }


def _pooled(fit: CurveFit, variance: float) -> dict[str, Any]:
    return _numbers(fit) | {"s": math.sqrt(variance)}


def _ratio(first: CurveFit, second: CurveFit) -> dict[str, Any]:
    found = ec50_ratio(first, second)
    if found is None or found.value is None or found.se_ln is None:
        return {"ec50_ratio": None, "se": None, "ci95_log": [None, None]}
    return {
        "ec50_ratio": found.value,
        "se": found.value * found.se_ln,
        "ci95_log": [found.log_interval.low, found.log_interval.high],
        "ci95_fieller": [found.fieller.low, found.fieller.high],
    }
