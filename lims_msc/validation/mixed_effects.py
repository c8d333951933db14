"""Recomputes the reference cases of mixed models: estimates, both kinds of tests, and variances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lims_msc.science.mixed_model import (
    CoefficientTest,
    EffectEstimate,
    FTest,
    MixedModelFit,
    fit_mixed_model,
    ml_log_likelihood,
)


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to one case, keyed as its ``expected`` is.

    A nested group is named with the outer column first; where the case names it the other way
    round, as lme4 does, so does the answer.
    """
    given = case["input"]
    fit = fit_mixed_model(
        given["columns"],
        given["response"],
        given["fixed"],
        given["random"],
        factor_levels=given["factor_levels"],
    )
    names = _names(fit, case["expected"].get("groups", {}))
    return {
        "status": fit.status.value,
        "reason": fit.reason,
        "n": fit.n_rows,
        "groups": {names[group]: n for group, n in fit.groups.items()},
        "fixed": {effect.name: _effect(effect) for effect in fit.fixed},
        "variance": {
            component.name.replace(component.group, names[component.group], 1): component.value
            for component in fit.variances
        },
        "singular": fit.is_singular,
        "icc": {names[group]: share for group, share in fit.icc},
        "reml_criterion": fit.criterion,
        "reml_loglik": fit.log_likelihood,
        "ml_loglik_lme4": ml_log_likelihood(fit),
        "term_tests": {
            test.term: {
                "numdf": test.numerator_df,
                "satterthwaite": _f_test(test.satterthwaite),
                "kenward_roger": _f_test(test.kenward_roger),
            }
            for test in fit.terms
        },
        "method": "REML",
    }


def _names(fit: MixedModelFit, asked: Mapping[str, Any]) -> dict[str, str]:
    names = {"residual": "residual"}
    for group in fit.groups:
        turned = ":".join(reversed(group.split(":")))
        names[group] = turned if turned in asked else group
    return names


def _effect(effect: EffectEstimate) -> dict[str, Any]:
    plain, adjusted = effect.satterthwaite, effect.kenward_roger
    return {
        "estimate": effect.estimate,
        "se": plain.standard_error,
        "satterthwaite": _t_test(plain),
        "kenward_roger": {"se": adjusted.standard_error, **_t_test(adjusted)},
    }


def _t_test(test: CoefficientTest) -> dict[str, Any]:
    return {
        "df": test.degrees_of_freedom,
        "t": test.t,
        "p": test.p,
        "ci95": [test.low, test.high],
    }


def _f_test(test: FTest) -> dict[str, Any]:
    return {"dendf": test.denominator_df, "F": test.f, "p": test.p}
