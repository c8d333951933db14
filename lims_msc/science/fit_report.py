"""What a fit says to people: estimates with intervals, doses of half an effect, and warnings.

Limits of the warnings: DOMAIN 3.3; the rule of two doses beyond each bend: Sebaugh 2011,
doi 10.1002/pst.426.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.domain.fit import Estimate, FitResult, FitStatus, FitVerdict
from lims_msc.science.curves import bends, ln_dose_at_share
from lims_msc.science.profile import profile_interval
from lims_msc.science.profile_search import Quantity
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray
    from lims_msc.science.fitting import CurveFit

_LN10 = math.log(10)
_LOWEST_PLATEAU, _HIGHEST_PLATEAU = -25.0, 110.0
_HILL_RANGE = (0.2, 8.0)
_WIDEST_FOLD = 10.0
_MOST_DECADES = 300
HALF = 50.0
NOT_REACHED = "50 % is not between the fitted plateaus"
OUTSIDE = "50 % lies outside the tested doses"


@dataclass(frozen=True, slots=True)
class LevelDose:
    """The dose at which a fitted curve reaches a level or a share of its way.

    ``status`` is ``interpolated``, ``extrapolated`` (there is a number, for checking, which no
    report may show) or ``not_reached``.  ``se_log10`` is the standard error of its log10.
    """

    status: str
    estimate: Estimate | None = None
    se_log10: float | None = None


def report(
    fit: CurveFit, confidence: float, *, with_profiles: bool = True, choice: str = ""
) -> FitResult:
    """Return the fit in the words and numbers that people get."""
    if fit.status is not FitStatus.OK:
        return _refused(fit, choice)
    model, equation = _model(fit)
    parameters = estimates(fit, confidence)
    profiles = _profiles(fit, confidence) if with_profiles else {}
    middle, half = share_dose(fit, 0.5, confidence), level_dose(fit, HALF, confidence)
    return FitResult(
        model=model,
        equation=equation,
        status=FitStatus.OK,
        verdict=fit.verdict,
        warnings=_warnings(fit, parameters, profiles),
        parameters=tuple(parameters.items()),
        residual_sum_of_squares=fit.rss,
        residual_sd=math.sqrt(fit.rss / fit.degrees_of_freedom),
        degrees_of_freedom=fit.degrees_of_freedom,
        n_values=fit.data.n,
        lack_of_fit_p=fit.lack_of_fit[1],
        r50_relative=middle.estimate if middle.status == "interpolated" else None,
        r50_relative_status=middle.status,
        r50_relative_reason=_middle_reason(middle),
        r50_absolute=half.estimate if half.status == "interpolated" else None,
        r50_absolute_status=half.status,
        r50_absolute_reason=_REASONS[half.status],
        profiles=tuple(profiles.items()),
        choice=choice,
    )


def _refused(fit: CurveFit, choice: str) -> FitResult:
    model, equation = _model(fit)
    return FitResult(
        model=model,
        equation=equation,
        status=fit.status,
        reason=fit.reason,
        verdict=fit.verdict,
        n_values=fit.data.n,
        r50_relative_status=fit.verdict.value,
        r50_relative_reason=fit.reason,
        r50_absolute_status=fit.verdict.value,
        r50_absolute_reason=fit.reason,
        choice=choice,
    )


_REASONS = {"interpolated": "", "extrapolated": OUTSIDE, "not_reached": NOT_REACHED}


def _middle_reason(middle: LevelDose) -> str:
    return "" if middle.status == "interpolated" else FitVerdict.EXTRAPOLATED.sentence


def _model(fit: CurveFit) -> tuple[str, str]:
    """Return the name of the model, which counts what is free, and its equation."""
    equation = fit.model.equation
    if not fit.fixed:
        return fit.model.value, equation
    given = ", ".join(f"{name} = {value:g} (fixed)" for name, value in fit.fixed.items())
    return f"{len(fit.names) - len(fit.fixed)}pl", f"{equation}, {given}"


def estimates(fit: CurveFit, confidence: float) -> dict[str, Estimate]:
    """Return the parameters of an ``ok`` fit with Wald intervals.

    ``y_zero, y_inf, ec50, log10_ec50, hill`` and, of a 5PL, ``c`` and ``asym``.  The intervals of
    ``ec50`` and ``c`` are symmetric on the log and transformed back.  A fixed parameter has no
    standard error.
    """
    parameters, covariance = fit.numbers
    quantile = t_quantile(fit.degrees_of_freedom, confidence)
    plain = {
        name: Estimate(float(value))
        if name in fit.fixed or name in fit.active
        else _wald(float(value), math.sqrt(float(variance)), quantile)
        for name, value, variance in zip(fit.names, parameters, covariance.diagonal(), strict=True)
    }
    ln_c = plain.pop("ln_c")
    middle = ln_dose_at_share(0.5, parameters, fit.model)
    log10_ec50 = _log10(fit, middle, quantile)
    found = {"y_zero": plain["y_zero"], "y_inf": plain["y_inf"]}
    if log10_ec50 is not None:
        found |= {"ec50": _from_log10(log10_ec50), "log10_ec50": log10_ec50}
    found["hill"] = plain["hill"]
    if fit.model.has_asymmetry:
        se = math.sqrt(float(covariance[2, 2])) / _LN10
        found["c"] = _from_log10(_wald(ln_c.value / _LN10, se, quantile))
        found["asym"] = plain["asym"]
    return found


def level_dose(fit: CurveFit, level: float, confidence: float) -> LevelDose:
    """Return the dose at which an ``ok`` fit reaches a level.

    ::

        SE(log10 x)² = gᵀ·C·g/ln(10)²,   g gradient of ln x, C covariance of the parameters

    Its standard error takes in the error of the plateaus.

    Source: DOMAIN 3.2 and 3.3; delta method.
    """
    return _placed(fit, fit.ln_dose_at(level), confidence)


def share_dose(fit: CurveFit, share: float, confidence: float) -> LevelDose:
    """Return the dose at which an ``ok`` fit has gone a share of its way (0.5: the ec50)."""
    return _placed(fit, ln_dose_at_share(share, fit.numbers[0], fit.model), confidence)


def _placed(fit: CurveFit, found: tuple[float, FloatArray] | None, confidence: float) -> LevelDose:
    if found is None:
        return LevelDose("not_reached")
    tested = fit.data.nonzero_doses
    # A hair of rounding does not put the lowest or the highest dose outside of the tested ones.
    room = 1e-12
    is_inside = math.log(tested[0]) - room <= found[0] <= math.log(tested[-1]) + room
    estimate = _log10(fit, found, t_quantile(fit.degrees_of_freedom, confidence))
    status = "interpolated" if is_inside else "extrapolated"
    if estimate is None:
        return LevelDose(status)
    return LevelDose(status, _from_log10(estimate), estimate.se)


def _log10(
    fit: CurveFit, found: tuple[float, FloatArray] | None, quantile: float
) -> Estimate | None:
    """Return log10 of a dose; ``None`` beyond 300 decades."""
    if found is None or abs(found[0]) > _MOST_DECADES * _LN10:
        return None
    ln_dose, gradient = found
    variance = float(gradient @ fit.numbers[1] @ gradient)
    return _wald(ln_dose / _LN10, math.sqrt(max(variance, 0.0)) / _LN10, quantile)


def _wald(value: float, se: float, quantile: float) -> Estimate:
    return Estimate(value, se, value - quantile * se, value + quantile * se)


def _from_log10(estimate: Estimate) -> Estimate:
    """Return the estimate on the plain scale; ends beyond 300 decades are open."""
    value = 10**estimate.value
    se = None if estimate.se is None else value * _LN10 * estimate.se
    return Estimate(value, se, _power_of_ten(estimate.low), _power_of_ten(estimate.high))


def _power_of_ten(power: float | None) -> float | None:
    return None if power is None or abs(power) > _MOST_DECADES else 10**power


def _profiles(fit: CurveFit, confidence: float) -> dict[str, Estimate]:
    """Return the profile-likelihood intervals of ec50 and of the absolute R50, where it is."""
    found = {}
    for quantity, place in (
        (Quantity.EC50, ln_dose_at_share(0.5, fit.numbers[0], fit.model)),
        (Quantity.R50_ABSOLUTE, fit.ln_dose_at(HALF)),
    ):
        if place is not None and abs(place[0]) < _MOST_DECADES * _LN10:
            low, high = profile_interval(fit, quantity, confidence=confidence, level=HALF)
            found[quantity.value] = Estimate(math.exp(place[0]), None, low, high)
    return found


def _warnings(
    fit: CurveFit, parameters: dict[str, Estimate], profiles: dict[str, Estimate]
) -> tuple[str, ...]:
    y_zero, y_inf = parameters["y_zero"].value, parameters["y_inf"].value
    found = [*_plateau_warnings(y_zero, y_inf), *_dose_warnings(fit, parameters, profiles)]
    if fit.verdict is FitVerdict.LACK_OF_FIT:
        found.insert(0, FitVerdict.LACK_OF_FIT.sentence)
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


def _dose_warnings(
    fit: CurveFit, parameters: dict[str, Estimate], profiles: dict[str, Estimate]
) -> list[str]:
    tested = fit.data.nonzero_doses
    ec50, hill = parameters.get("ec50"), parameters["hill"].value
    if ec50 is None:
        return [FitVerdict.EXTRAPOLATED.sentence]
    found = []
    if not tested[0] <= ec50.value <= tested[-1]:
        found.append(FitVerdict.EXTRAPOLATED.sentence)
    widest = profiles.get("ec50", ec50)
    if widest.low is None or widest.high is None or widest.high > _WIDEST_FOLD * widest.low:
        found.append("the 95 % interval of the midpoint is wider than 10-fold")
    if fit.model.has_asymmetry:
        return found
    first, second = bends(ec50.value, hill)
    if "y_zero" not in fit.fixed and sum(dose <= first for dose in fit.data.doses) < 2:
        found.append("fewer than two doses below the lower bend: that plateau is a guess")
    if "y_inf" not in fit.fixed and sum(dose >= second for dose in tested) < 2:
        found.append("fewer than two doses above the upper bend: that plateau is a guess")
    return found
