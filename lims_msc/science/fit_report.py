"""What a fit says to people: estimates with intervals, warnings, and the dose of 50 % suppression.

Limits of the warnings: DOMAIN 3.3; the rule of two doses beyond each bend: Sebaugh 2011,
doi 10.1002/pst.426.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.science.curves import bends
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from lims_msc.science.fitting import CurveFit

_LN10 = math.log(10)
_LOWEST_PLATEAU, _HIGHEST_PLATEAU = -25.0, 110.0
_HILL_RANGE = (0.2, 8.0)
_WIDEST_FOLD = 10.0
NOT_REACHED = "50 % is not between the fitted plateaus"
OUTSIDE = "50 % lies outside the tested doses"


@dataclass(frozen=True, slots=True)
class LevelDose:
    """The dose at which a fitted curve reaches a level.

    ``status`` is ``interpolated``, ``extrapolated`` (there is a number, for checking, which no
    report may show) or ``not_reached``.
    """

    status: str
    estimate: Estimate | None = None


def report(fit: CurveFit, confidence: float) -> FitResult:
    """Return the fit in the words and numbers that people get."""
    if fit.status is not FitStatus.OK:
        return FitResult(
            model=fit.model.value,
            equation=fit.model.equation,
            status=fit.status,
            reason=fit.reason,
            n_values=fit.data.n,
            r50_absolute_status="not_reached",
            r50_absolute_reason=fit.reason,
        )
    parameters = estimates(fit, confidence)
    half = level_dose(fit, 50.0, confidence)
    is_inside = half.status == "interpolated"
    reasons = {"extrapolated": OUTSIDE, "not_reached": NOT_REACHED}
    return FitResult(
        model=fit.model.value,
        equation=fit.model.equation,
        status=FitStatus.OK,
        warnings=_warnings(fit, parameters),
        parameters=tuple(parameters.items()),
        residual_sum_of_squares=fit.rss,
        residual_sd=math.sqrt(fit.rss / fit.degrees_of_freedom),
        degrees_of_freedom=fit.degrees_of_freedom,
        n_values=fit.data.n,
        lack_of_fit_p=fit.lack_of_fit[1],
        r50_absolute=half.estimate if is_inside else None,
        r50_absolute_status=half.status,
        r50_absolute_reason=reasons.get(half.status, ""),
    )


def estimates(fit: CurveFit, confidence: float) -> dict[str, Estimate]:
    """Return ``y_zero, y_inf, ec50, log10_ec50, hill`` of an ``ok`` fit with Wald intervals.

    The interval of ``ec50`` is symmetric on the log and transformed back.
    """
    y_zero, y_inf, ln_ec50, hill = (float(value) for value in fit.numbers[0])
    se = [math.sqrt(float(variance)) for variance in fit.numbers[1].diagonal()]
    quantile = t_quantile(fit.degrees_of_freedom, confidence)
    log10_ec50 = _wald(ln_ec50 / _LN10, se[2] / _LN10, quantile)
    return {
        "y_zero": _wald(y_zero, se[0], quantile),
        "y_inf": _wald(y_inf, se[1], quantile),
        "ec50": _from_log10(log10_ec50),
        "log10_ec50": log10_ec50,
        "hill": _wald(hill, se[3], quantile),
    }


def level_dose(fit: CurveFit, level: float, confidence: float) -> LevelDose:
    """Return the dose at which an ``ok`` fit reaches a level.

    Its standard error takes in the error of the plateaus.
    """
    found = fit.ln_dose_at(level)
    if found is None:
        return LevelDose("not_reached")
    ln_dose, gradient = found
    variance = float(gradient @ fit.numbers[1] @ gradient)
    quantile = t_quantile(fit.degrees_of_freedom, confidence)
    tested = fit.data.nonzero_doses
    is_inside = math.log(tested[0]) <= ln_dose <= math.log(tested[-1])
    if abs(ln_dose / _LN10) > 300:
        return LevelDose("extrapolated")
    estimate = _from_log10(_wald(ln_dose / _LN10, math.sqrt(variance) / _LN10, quantile))
    return LevelDose("interpolated" if is_inside else "extrapolated", estimate)


def _wald(value: float, se: float, quantile: float) -> Estimate:
    return Estimate(value, se, value - quantile * se, value + quantile * se)


def _from_log10(estimate: Estimate) -> Estimate:
    """Return the estimate on the plain scale; ends beyond 300 decades are open."""
    value = 10**estimate.value
    se = None if estimate.se is None else value * _LN10 * estimate.se
    return Estimate(value, se, _power_of_ten(estimate.low), _power_of_ten(estimate.high))


def _power_of_ten(power: float | None) -> float | None:
    return None if power is None or abs(power) > 300 else 10**power


def _warnings(fit: CurveFit, parameters: dict[str, Estimate]) -> tuple[str, ...]:
    y_zero, y_inf = parameters["y_zero"].value, parameters["y_inf"].value
    found = [*_plateau_warnings(y_zero, y_inf), *_dose_warnings(fit, parameters)]
    if y_inf < y_zero:
        found.append("the fitted curve falls as the dose rises")
    hill = parameters["hill"].value
    if not _HILL_RANGE[0] <= hill <= _HILL_RANGE[1]:
        found.append(
            f"the slope (hill {hill:.3g}) is outside {_HILL_RANGE[0]:g} to {_HILL_RANGE[1]:g}"
        )
    return tuple(found)


def _plateau_warnings(y_zero: float, y_inf: float) -> list[str]:
    lower, upper = min(y_zero, y_inf), max(y_zero, y_inf)
    found = []
    if lower < _LOWEST_PLATEAU:
        found.append(f"lower plateau not supported: the fitted one is {lower:.1f} %")
    if upper > _HIGHEST_PLATEAU:
        found.append(f"upper plateau not supported: the fitted one is {upper:.1f} %")
    return found


def _dose_warnings(fit: CurveFit, parameters: dict[str, Estimate]) -> list[str]:
    tested = fit.data.nonzero_doses
    ec50, hill = parameters["ec50"], parameters["hill"].value
    found = []
    if not tested[0] <= ec50.value <= tested[-1]:
        found.append("the midpoint (ec50) lies outside the tested doses")
    if ec50.low is None or ec50.high is None or ec50.high > _WIDEST_FOLD * ec50.low:
        found.append("the 95 % interval of the midpoint is wider than 10-fold")
    first, second = bends(ec50.value, hill)
    if sum(dose <= first for dose in fit.data.doses) < 2:
        found.append("fewer than two doses below the lower bend: that plateau is a guess")
    if sum(dose >= second for dose in tested) < 2:
        found.append("fewer than two doses above the upper bend: that plateau is a guess")
    return found
