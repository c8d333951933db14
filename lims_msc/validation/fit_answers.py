"""Words and numbers of a fitted curve under the names that reference cases use."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lims_msc.domain.fit import Estimate, FitStatus
from lims_msc.science.curves import ln_dose_at_share
from lims_msc.science.fit_report import NOT_REACHED, OUTSIDE, estimates, level_dose, share_dose
from lims_msc.science.fitting import CurveFit
from lims_msc.science.profile import profile_interval
from lims_msc.science.profile_search import Quantity

CONFIDENCE = 0.95
_LN10 = math.log(10)


def refused(fit: CurveFit) -> dict[str, Any]:
    """Return the answer of a fit without numbers: its status and why."""
    return {
        "status": fit.status.value,
        "reason": fit.reason,
        "ic50_absolute": {"status": "not_reached", "value": None, "reason": fit.reason},
        "ic50_relative": {"status": "not_reached", "value": None, "reason": fit.reason},
    }


def fitted(fit: CurveFit, location: str) -> dict[str, Any]:
    """Return parameters, errors and residuals; ``location`` names the place on the dose axis.

    It is ``ec50`` for the dose halfway between the plateaus, or ``c`` for the parameter.
    """
    held = {**fit.fixed}
    found: dict[str, Any] = {
        "status": fit.status.value,
        "model": fit.model.value,
        "params": _parameters(fit, location),
        "se": _errors(fit, location),
        "se_observed_information": _errors(fit, location, observed=True),
        "n": fit.n,
        "p": len(fit.names) - len(held) - len(fit.active),
        "df": fit.degrees_of_freedom,
        "rss": fit.rss,
        "s": math.sqrt(fit.rss / fit.degrees_of_freedom),
        "lack_of_fit": {"F": fit.lack_of_fit[0], "p": fit.lack_of_fit[1]},
    }
    return found | ({"fixed": held} if held else {})


def _parameters(fit: CurveFit, location: str) -> dict[str, float]:
    values = dict(zip(fit.names, map(float, fit.numbers[0]), strict=True))
    ln_c = values.pop("ln_c")
    values[location] = math.exp(ln_c)
    if location == "ec50":
        values["log10_ec50"] = ln_c / _LN10
    return values


def _errors(fit: CurveFit, location: str, *, observed: bool = False) -> dict[str, float | None]:
    """Return the standard errors of what is free, on the scales on which parameters are named."""
    covariance = fit.covariance_observed if observed else fit.covariance
    held = {*fit.fixed, *fit.active}
    free = [name for name in fit.names if name not in held]
    if covariance is None:
        return dict.fromkeys([location if name == "ln_c" else name for name in free])
    errors = dict(zip(fit.names, map(math.sqrt, covariance.diagonal()), strict=True))
    found: dict[str, float | None] = {name: float(errors[name]) for name in free}
    ln_c = float(fit.numbers[0][2])
    found[location] = math.exp(ln_c) * float(errors["ln_c"])
    if location == "ec50":
        del found["ln_c"]
        found["log10_ec50"] = float(errors["ln_c"]) / _LN10
    return found


def wald_intervals(fit: CurveFit) -> dict[str, list[float | None]]:
    """Return the Wald intervals of a 4PL, that of ec50 on both scales."""
    found = estimates(fit, CONFIDENCE)
    intervals = {
        name: ends(estimate) for name, estimate in found.items() if estimate.se is not None
    }
    ec50 = found["ec50"]
    intervals["ec50_from_log"] = intervals["ec50"]
    half = (found["log10_ec50"].value - (found["log10_ec50"].low or 0.0)) * _LN10 * ec50.value
    intervals["ec50"] = [ec50.value - half, ec50.value + half]
    return intervals


def profile_intervals(fit: CurveFit, names: Sequence[str]) -> dict[str, list[float | None]]:
    """Return the profile-likelihood intervals of the named quantities."""
    found: dict[str, list[float | None]] = {}
    for name in names:
        quantity = Quantity("ec50" if name == "log10_ec50" else name)
        interval = profile_interval(fit, quantity, confidence=CONFIDENCE)
        found[name] = [
            math.log10(end) if name == "log10_ec50" and end is not None else end for end in interval
        ]
    return found


def absolute_ic50(fit: CurveFit, level: float = 50.0) -> dict[str, Any]:
    """Return the dose at which the curve is at a level, for checking also outside the doses."""
    found = level_dose(fit, level, CONFIDENCE)
    if found.estimate is None:
        return {"status": found.status, "value": None, "reason": NOT_REACHED}
    answer = {
        "status": found.status,
        "value": found.estimate.value,
        "log10": math.log10(found.estimate.value),
        "se_log10": found.se_log10,
        "se": found.estimate.se,
        "ci95_wald_from_log": ends(found.estimate),
        "as_1_to_N": 1 / found.estimate.value,
    }
    return answer | ({"reason": OUTSIDE} if found.status == "extrapolated" else {})


def relative_ic50(fit: CurveFit) -> dict[str, Any]:
    """Return the dose halfway between the plateaus."""
    found = share_dose(fit, 0.5, CONFIDENCE)
    if found.estimate is None:
        return {"status": found.status, "value": None, "reason": OUTSIDE}
    value = found.estimate.value
    return {"status": found.status, "value": value, "as_1_to_N": 1 / value}


def effective_doses(fit: CurveFit, shares: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Return the doses at which the curve has gone shares of its way, with both intervals."""
    return {name: _effective_dose(fit, share) for name, share in shares.items()}


def _effective_dose(fit: CurveFit, share: float) -> dict[str, Any]:
    found = share_dose(fit, share, CONFIDENCE)
    place = ln_dose_at_share(share, fit.numbers[0], fit.model)
    if found.estimate is None or found.estimate.se is None or place is None:
        return {"value": None, "se": None, "ci95_log": [None, None], "reason": OUTSIDE}
    value, se = found.estimate.value, found.estimate.se
    high = found.estimate.high
    half = None if high is None else value * math.log(high / value)
    answer: dict[str, Any] = {
        "value": value,
        "se": se,
        "se_ln": se / value,
        "ci95_log": ends(found.estimate),
        "ci95_delta": [None, None] if half is None else [value - half, value + half],
    }
    if fit.covariance_observed is not None:
        variance = float(place[1] @ fit.covariance_observed @ place[1])
        answer["se_observed_information"] = value * math.sqrt(max(variance, 0.0))
    return answer


def ends(estimate: Estimate) -> list[float | None]:
    """Return both ends of an interval."""
    return [estimate.low, estimate.high]


def has_numbers(fit: CurveFit) -> bool:
    """Whether a fit has numbers to answer with."""
    return fit.status is FitStatus.OK
