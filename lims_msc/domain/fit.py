"""What a curve fit returns: numbers with intervals, or a status and a reason why there are none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class FitStatus(StrEnum):
    """Whether there is a fitted curve."""

    OK = "ok"
    NOT_ESTIMABLE = "not_estimable"
    """The responses do not depend on the dose, or the doses do not tell the parameters apart."""
    NO_FINITE_OPTIMUM = "no_finite_optimum"
    """The residuals only fall towards an infinite slope or dose."""
    TOO_FEW_DOSES = "too_few_doses"
    """Fewer distinct doses than the model needs."""
    NOT_CONVERGED = "not_converged"


class FitVerdict(StrEnum):
    """In one word, what is wrong with a fitted curve; finer than its status.

    Curves with one of the last two have numbers, which are to be doubted; the others have none.
    """

    OK = "ok"
    TOO_FEW_DOSES = "too_few_doses"
    FLAT = "flat"
    SLOPE_NOT_IDENTIFIED = "slope_not_identified"
    NOT_BRACKETED = "not_bracketed"
    ASYMMETRY_NOT_IDENTIFIED = "asymmetry_not_identified"
    NOT_SEPARABLE = "not_separable"
    NOT_CONVERGED = "not_converged"
    LACK_OF_FIT = "lack_of_fit"
    EXTRAPOLATED = "extrapolated"

    @property
    def sentence(self) -> str:
        """The same in words; empty for ``ok``."""
        return _SENTENCES[self]

    @property
    def status(self) -> FitStatus:
        """The status of a curve with this verdict."""
        return _STATUSES[self]


_SENTENCES = {
    FitVerdict.OK: "",
    FitVerdict.TOO_FEW_DOSES: "there are fewer different doses than the curve needs",
    FitVerdict.FLAT: (
        "the responses do not depend on the dose (p ≥ 0.05 between doses and for a trend)"
    ),
    FitVerdict.SLOPE_NOT_IDENTIFIED: (
        "the residuals only fall towards an infinite slope: the curve is a step between two doses, "
        "so slope and midpoint are not determined by these doses"
    ),
    FitVerdict.NOT_BRACKETED: (
        "the residuals only fall towards a midpoint beyond all doses: the tested doses do not "
        "bracket the curve, so slope and midpoint are not determined by them"
    ),
    FitVerdict.ASYMMETRY_NOT_IDENTIFIED: (
        "the residuals only fall towards a curve without end of asymmetry, so its parameters are "
        "not determined by these doses"
    ),
    FitVerdict.NOT_SEPARABLE: "these doses do not tell the parameters of the curve apart",
    FitVerdict.NOT_CONVERGED: "the search for the least-squares curve did not come to rest",
    FitVerdict.LACK_OF_FIT: (
        "the dose means lie off the curve by more than the scatter of the wells explains "
        "(p < 0.05): another shape is behind these data"
    ),
    FitVerdict.EXTRAPOLATED: "the midpoint (ec50) lies outside the tested doses",
}
_STATUSES = {
    FitVerdict.OK: FitStatus.OK,
    FitVerdict.TOO_FEW_DOSES: FitStatus.TOO_FEW_DOSES,
    FitVerdict.FLAT: FitStatus.NOT_ESTIMABLE,
    FitVerdict.SLOPE_NOT_IDENTIFIED: FitStatus.NO_FINITE_OPTIMUM,
    FitVerdict.NOT_BRACKETED: FitStatus.NO_FINITE_OPTIMUM,
    FitVerdict.ASYMMETRY_NOT_IDENTIFIED: FitStatus.NO_FINITE_OPTIMUM,
    FitVerdict.NOT_SEPARABLE: FitStatus.NOT_ESTIMABLE,
    FitVerdict.NOT_CONVERGED: FitStatus.NOT_CONVERGED,
    FitVerdict.LACK_OF_FIT: FitStatus.OK,
    FitVerdict.EXTRAPOLATED: FitStatus.OK,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error and interval; an open end is ``None``."""

    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FitResult:
    """One fitted curve.

    ``parameters`` are named as in the equation and empty unless ``status`` is ``ok``.  ``reason``
    says in words why there are no numbers; ``warnings`` say what to doubt about numbers that are
    there.  ``r50_relative`` is the dose halfway between the fitted plateaus (ec50) and
    ``r50_absolute`` the dose of 50 % suppression on the fitted curve; each is absent with a reason
    where it is not within the tested doses.  ``profiles`` are the profile-likelihood intervals of
    numbers whose Wald intervals stand beside their values; an open end is ``None``.
    ``standard_errors`` names the kind of standard error, ``choice`` how the model was chosen.
    """

    model: str
    equation: str
    status: FitStatus
    reason: str = ""
    verdict: FitVerdict = FitVerdict.OK
    warnings: tuple[str, ...] = ()
    parameters: tuple[tuple[str, Estimate], ...] = ()
    residual_sum_of_squares: float | None = None
    residual_sd: float | None = None
    degrees_of_freedom: int | None = None
    n_values: int = 0
    lack_of_fit_p: float | None = None
    r50_relative: Estimate | None = None
    r50_relative_status: str = ""
    r50_relative_reason: str = ""
    r50_absolute: Estimate | None = None
    r50_absolute_status: str = ""
    r50_absolute_reason: str = ""
    profiles: tuple[tuple[str, Estimate], ...] = ()
    standard_errors: str = "Gauss–Newton"
    choice: str = ""

    def parameter(self, name: str) -> Estimate | None:
        """Return the estimate of that name, or ``None`` where there is none."""
        return dict(self.parameters).get(name)

    def value_at(self, dose: float) -> float | None:
        """Return the fitted curve at a dose, or ``None`` where there is no curve.

        ::

            s = 1/(1 + (c/x)^hill), c being the ec50 of a 4PL
            4pl, 3pl   y_zero + (y_inf − y_zero)·s
            5pl-r      y_zero + (y_inf − y_zero)·s^asym
            5pl-f      y_inf + (y_zero − y_inf)·(1 − s)^asym
        """
        number = {name: estimate.value for name, estimate in self.parameters}
        middle = number.get("c", number.get("ec50"))
        if middle is None or not number.keys() >= {"y_zero", "y_inf", "hill"}:
            return None
        t = number["hill"] * (math.log(dose) - math.log(middle)) if dose > 0 else -math.inf
        asym, is_turned = number.get("asym", 1.0), self.model == "5pl-f"
        share = _power_of_logistic(-t if is_turned else t, asym)
        start, end = number["y_zero"], number["y_inf"]
        return end + (start - end) * share if is_turned else start + (end - start) * share

    def profile(self, name: str) -> Estimate | None:
        """Return the profile-likelihood interval of a number, or ``None`` where there is none."""
        return dict(self.profiles).get(name)


def _power_of_logistic(t: float, asym: float) -> float:
    """Return (1/(1 + e^−t))^asym without an overflow on either side."""
    if t > 0:
        return math.exp(-asym * math.log1p(math.exp(-t)))
    return math.exp(asym * (t - math.log1p(math.exp(t)))) if t > -700 else 0.0
