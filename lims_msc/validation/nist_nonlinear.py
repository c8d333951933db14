"""Answers the sets of NIST for nonlinear regression that are sigmoid curves over log dose.

Rat42 is a 4PL and Rat43 a 5PL with their first plateau at 0 and the dose exp(x).  The other sets
need a general least-squares engine, which is no part of this product.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lims_msc.science.curves import CurveModel
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.validation.fit_answers import has_numbers, refused

_LOGISTIC = "b1/(1+exp(b2-b3*x))"
_RICHARDS = "b1/((1+exp(b2-b3*x))**(1/b4))"
_MODELS = {_LOGISTIC: CurveModel.FOUR_PL, _RICHARDS: CurveModel.FIVE_PL_R}


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fit of a case of the kind ``nist_nonlinear``, or why there is none.

    ::

        b1/(1 + exp(b2 − b3·x)) = y_inf/(1 + (c/dose)^hill),   dose = exp(x)
        y_inf = b1,  hill = b3,  ln c = b2/b3,  asym = 1/b4
    """
    given = case["input"]
    model = _MODELS.get("".join(given["model"].split()))
    if model is None:
        return {"reason": f"'{given['model']}' is no sigmoid curve over log dose"}
    fit = fit_curve(
        [math.exp(x) for x in given["x"]],
        [float(y) for y in given["y"]],
        model=model,
        fixed={"y_zero": 0.0},
        needs_dose_effect=False,
    )
    return _numbers(fit) if has_numbers(fit) else refused(fit)


def _numbers(fit: CurveFit) -> dict[str, Any]:
    values = dict(zip(fit.names, map(float, fit.numbers[0]), strict=True))
    errors = dict(zip(fit.names, map(math.sqrt, fit.numbers[1].diagonal()), strict=True))
    hill, ln_c = values["hill"], values["ln_c"]
    gradient = [0.0, 0.0, hill, ln_c, 0.0][: len(fit.names)]
    variance = float(gradient @ fit.numbers[1] @ gradient)
    params = {"b1": values["y_inf"], "b2": hill * ln_c, "b3": hill}
    se = {"b1": errors["y_inf"], "b2": math.sqrt(max(variance, 0.0)), "b3": errors["hill"]}
    if fit.model.has_asymmetry:
        params["b4"] = 1 / values["asym"]
        se["b4"] = errors["asym"] / values["asym"] ** 2
    return {
        "status": fit.status.value,
        "params": params,
        "se": se,
        "rss": fit.rss,
        "s": math.sqrt(fit.rss / fit.degrees_of_freedom),
        "df": fit.degrees_of_freedom,
        "n": fit.n,
        "as_4pl": {
            "fixed": dict(fit.fixed),
            "y_inf": values["y_inf"],
            "ec50": math.exp(ln_c),
            "ln_ec50": ln_c,
            "hill": hill,
            "se": {"y_inf": errors["y_inf"], "hill": errors["hill"], "ln_ec50": errors["ln_c"]},
        },
    }
