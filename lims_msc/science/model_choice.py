"""Which sigmoid curve a suppression curve gets: 3PL, 4PL or one of the two 5PL (DOMAIN 3.3).

The number of different doses says what may be asked of the data; a fifth parameter must earn its
place in an F test and in AICc.  What the choice was made by is said with the result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.domain.fit import FitResult, FitStatus
from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_effect import dose_means, f_test
from lims_msc.science.fit_report import report
from lims_msc.science.fitting import CurveFit, fit_curve

FEWEST_DOSES_4PL = 5
FEWEST_DOSES_3PL = 4
FEWEST_DOSES_5PL = 8
ALPHA = 0.05
_FIVE = (CurveModel.FIVE_PL_R, CurveModel.FIVE_PL_F)


@dataclass(frozen=True, slots=True)
class ChosenCurve:
    """A fitted curve and why it is this one."""

    fit: CurveFit
    choice: str


def fit_suppression_curve(
    doses: Sequence[float], responses: Sequence[float], *, confidence: float = 0.95
) -> FitResult:
    """Return the curve of suppression (one value per well, %) over doses, or why there is none.

    It has Wald and profile-likelihood intervals.  A dose of 0 may take part; it does not count
    towards the doses that a model needs.

    :raises ValueError: if the lengths differ, a number is not finite, or a dose is negative.
    """
    chosen = choose_curve(doses, responses)
    return report(chosen.fit, confidence, choice=chosen.choice)


def choose_curve(doses: Sequence[float], responses: Sequence[float]) -> ChosenCurve:
    """Return the fit of the model that the doses allow and the data ask for.

    ::

        8 or more different doses above 0: the better 5PL, if it beats the 4PL both in
            F = (RSS₄ − RSS₅)/(RSS₅/(n − 5)), p < 0.05, and in AICc
        5 or more: 4PL;   4: 3PL, its plateau at dose 0 fixed at 0 % suppression

    :raises ValueError: if the lengths differ, a number is not finite, or a dose is negative.

    Source: DOMAIN 3.3; AICc: Hurvich and Tsai 1989, doi 10.1093/biomet/76.2.297
    """
    distinct = len(dose_means(doses, responses).nonzero_doses)
    if distinct < FEWEST_DOSES_4PL:
        fit = fit_curve(doses, responses, fixed={"y_zero": 0.0})
        words = f"3PL with the plateau at dose 0 fixed at 0 %: a 4PL needs {FEWEST_DOSES_4PL} doses"
        return ChosenCurve(fit, words if distinct == FEWEST_DOSES_3PL else "")
    four = fit_curve(doses, responses)
    if four.status is not FitStatus.OK:
        return ChosenCurve(four, "")
    if distinct < FEWEST_DOSES_5PL:
        return ChosenCurve(four, f"4PL: a 5PL needs {FEWEST_DOSES_5PL} different doses")
    if not may_gain(four):
        return ChosenCurve(four, "4PL: no other curve through these doses would fit them better")
    return _four_or_five(four, [fit_curve(doses, responses, model=model) for model in _FIVE])


def may_gain(four: CurveFit) -> bool:
    """Return whether any curve with a fifth parameter could beat this 4PL in the F test.

    No curve has less than the pure error, so where even that is not better by enough, none is.
    """
    pure = four.data.pure_error_ss
    p = f_test(four.rss - pure, 1, pure, four.degrees_of_freedom - 1)[1]
    return p is None or p < ALPHA


def _four_or_five(four: CurveFit, fives: list[CurveFit]) -> ChosenCurve:
    found = [fit for fit in fives if fit.status is FitStatus.OK]
    if not found:
        return ChosenCurve(four, "4PL: neither 5PL is determined by these doses")
    five = min(found, key=lambda fit: fit.rss)
    f, p = f_test(four.rss - five.rss, 1, five.rss, five.degrees_of_freedom)
    gain = corrected_aic(four) - corrected_aic(five)
    words = (
        f"{five.model.value} against 4PL: F(1, {five.degrees_of_freedom}) = "
        f"{'beyond all numbers' if f is None else format(f, '.3g')}, "
        f"p = {1.0 if p is None else p:.2g}, AICc lower by {gain:.3g}"
    )
    if p is not None and p < ALPHA and gain > 0:
        return ChosenCurve(five, words)
    return ChosenCurve(four, f"4PL, which the 5PL does not beat ({words})")


def corrected_aic(fit: CurveFit) -> float:
    """Return Akaike's information criterion with the correction for few values.

    ::

        AICc = n·ln(2π·RSS/n) + n + 2k + 2k(k + 1)/(n − k − 1),   k parameters, the variance too

    It is minus infinity for a curve without residuals, and infinity for too few values.

    :raises ValueError: if the fit has no numbers.

    Source: Hurvich and Tsai 1989, doi 10.1093/biomet/76.2.297
    """
    k = len(fit.numbers[0]) - len(fit.fixed) - len(fit.active) + 1
    if fit.n <= k + 1:
        return math.inf
    if fit.rss == 0:
        return -math.inf
    likelihood = fit.n * (math.log(2 * math.pi * fit.rss / fit.n) + 1)
    return likelihood + 2 * k + 2 * k * (k + 1) / (fit.n - k - 1)
