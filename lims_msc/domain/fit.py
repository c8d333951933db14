"""What a curve fit returns: numbers with intervals, or a status and a reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FitStatus(StrEnum):
    """Whether a fitted curve may be believed."""

    OK = "ok"
    NOT_ESTIMABLE = "not_estimable"
    """The responses do not depend on the dose: there is no curve to find."""
    NO_FINITE_OPTIMUM = "no_finite_optimum"
    """The residuals only fall towards an infinite slope or dose."""
    TOO_FEW_DOSES = "too_few_doses"
    """Fewer distinct doses than the model needs."""
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error and 95 % interval; an open end is ``None``."""

    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class FitResult:
    """One fitted curve.

    ``parameters`` are named as in the equation and empty unless ``status`` is ``ok``.  ``reason``
    says in words why there are no numbers; ``warnings`` say what to doubt about numbers that are
    there.  ``r50_absolute`` is the dose of 50 % suppression on the fitted curve, absent with
    ``r50_absolute_reason`` where the curve does not cross 50 % within the tested doses.
    """

    model: str
    equation: str
    status: FitStatus
    reason: str = ""
    warnings: tuple[str, ...] = ()
    parameters: tuple[tuple[str, Estimate], ...] = ()
    residual_sum_of_squares: float | None = None
    residual_sd: float | None = None
    degrees_of_freedom: int | None = None
    n_values: int = 0
    lack_of_fit_p: float | None = None
    r50_absolute: Estimate | None = None
    r50_absolute_status: str = ""
    r50_absolute_reason: str = ""
    standard_errors: str = "Gauss–Newton"

    def parameter(self, name: str) -> Estimate | None:
        """Return the estimate of that name, or ``None`` where there is none."""
        return dict(self.parameters).get(name)
