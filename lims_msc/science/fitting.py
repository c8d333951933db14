"""Fits of the four-parameter logistic curve to replicate values, with statuses and reasons.

Least squares on the replicates over log dose; the optimum is the global one or is refused
(``four_pl_search``).  Standard errors are Gauss–Newton, s²(JᵀJ)⁻¹ with s² = RSS/(n − 4); intervals
are Wald with Student's t.  They hold the spread of the fitted values, not the error of controls by
which all of them were divided.  Wording and warnings of the result stand in ``fit_report``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.domain.fit import FitResult, FitStatus
from lims_msc.science.curves import FOUR_PL_EQUATION, four_pl_jacobian
from lims_msc.science.dose_effect import DoseMeans, dose_effect, dose_means, f_test
from lims_msc.science.fit_report import report
from lims_msc.science.four_pl_search import Optimum, limit_ss, search

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

FEWEST_DOSES = 5
_MARGIN = 1e-7
_LARGEST_CONDITION = 1e8
_FARTHEST_DECADES = 6.0
_STEEPEST_HILL = 60.0


@dataclass(frozen=True, slots=True)
class FourPlFit:
    """The numbers of a fit: ``y_zero, y_inf, ln_ec50, hill`` with their covariance.

    Numbers are there only if ``status`` is ``ok``.  ``lack_of_fit`` is F and p against the pure
    error, each ``None`` where replicates do not allow it.
    """

    data: DoseMeans
    status: FitStatus
    reason: str = ""
    parameters: FloatArray | None = None
    covariance: FloatArray | None = None
    rss: float = 0.0
    degrees_of_freedom: int = 0
    lack_of_fit: tuple[float | None, float | None] = (None, None)

    @property
    def numbers(self) -> tuple[FloatArray, FloatArray]:
        """Parameters and covariance.

        :raises ValueError: if the fit has none.
        """
        if self.parameters is None or self.covariance is None:
            raise ValueError(f"This fit has no numbers: {self.reason}")
        return self.parameters, self.covariance


def fit_four_pl(
    doses: Sequence[float], responses: Sequence[float], *, confidence: float = 0.95
) -> FitResult:
    """Return the 4PL of responses (one per well) over doses, or the reason why there is none.

    A dose of 0 may take part; it does not count towards the five doses that the model needs.

    :raises ValueError: if the lengths differ, a number is not finite, or a dose is negative.
    """
    return report(four_pl_fit(doses, responses), confidence)


def four_pl_fit(doses: Sequence[float], responses: Sequence[float]) -> FourPlFit:
    """Return the bare numbers of the fit, for reports, checks and batches."""
    data = dose_means(doses, responses)
    refusal = _refusal(data)
    if refusal is not None:
        return FourPlFit(data, *refusal)
    # Doses and responses are put on a common scale, so that no unit changes the search.
    scale = math.sqrt(data.total_ss / data.n)
    ln_dose, means, weights = weighted_means(data, scale)
    optimum = search(ln_dose, means, weights)
    rim = limit_ss(ln_dose, means, weights)
    is_at_rim = optimum.weighted_ss >= rim * (1 - _MARGIN) - 1e-13 * data.n
    if is_at_rim or _is_absurd(optimum, ln_dose):
        return FourPlFit(data, FitStatus.NO_FINITE_OPTIMUM, _NO_OPTIMUM)
    return _with_errors(data, ln_dose, weights, optimum, scale)


_NO_OPTIMUM = (
    "the residuals only fall towards an infinite slope or a midpoint beyond all doses, so slope "
    "and midpoint are not determined by these doses"
)


def _is_absurd(optimum: Optimum, ln_dose: FloatArray) -> bool:
    """Whether the optimum lies so far out that it is the rim of the model in effect."""
    import numpy as np

    _, _, ln_ec50, hill = optimum.parameters
    tested = ln_dose[np.isfinite(ln_dose)]
    off = max(tested[0] - ln_ec50, ln_ec50 - tested[-1])
    return bool(off > _FARTHEST_DECADES * math.log(10) or hill > _STEEPEST_HILL)


def _refusal(data: DoseMeans) -> tuple[FitStatus, str] | None:
    distinct = len(data.nonzero_doses)
    if distinct < FEWEST_DOSES:
        reason = f"the model needs {FEWEST_DOSES} different doses above zero; there are {distinct}"
        return FitStatus.TOO_FEW_DOSES, reason
    if data.total_ss == 0:
        return FitStatus.NOT_ESTIMABLE, "all responses are equal"
    if dose_effect(data).is_absent():
        reason = "the responses do not depend on the dose (p ≥ 0.05 between doses and for a trend)"
        return FitStatus.NOT_ESTIMABLE, reason
    return None


def weighted_means(
    data: DoseMeans, scale: float = 1.0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ln dose (dose 0 is ``-inf``), dose means divided by ``scale``, and replicates."""
    import numpy as np

    doses = np.array(data.doses)
    ln_dose = np.full(doses.shape, -np.inf)
    np.log(doses, out=ln_dose, where=doses > 0)
    return ln_dose, np.array(data.means) / scale, np.array(data.counts, dtype=float)


def _with_errors(
    data: DoseMeans, ln_dose: FloatArray, weights: FloatArray, optimum: Optimum, scale: float
) -> FourPlFit:
    import numpy as np

    jacobian = np.sqrt(weights)[:, None] * four_pl_jacobian(ln_dose, optimum.parameters)
    lengths = np.linalg.norm(jacobian, axis=0)
    if np.any(lengths == 0) or np.linalg.cond(jacobian / lengths) > _LARGEST_CONDITION:
        reason = "these doses do not tell the four parameters apart"
        return FourPlFit(data, FitStatus.NOT_ESTIMABLE, reason)
    lack_of_fit_ss = optimum.weighted_ss * scale * scale
    rss, df = lack_of_fit_ss + data.pure_error_ss, data.n - 4
    # A QR factor inverts JᵀJ without squaring its condition.
    upper = np.linalg.inv(np.linalg.qr(jacobian / lengths, mode="r"))
    unscaled = (upper @ upper.T) / np.outer(lengths, lengths)
    units = np.array([scale, scale, 1.0, 1.0])
    covariance = unscaled * np.outer(units, units) * (rss / df / scale**2)
    return FourPlFit(
        data=data,
        status=FitStatus.OK,
        parameters=optimum.parameters * units,
        covariance=covariance,
        rss=rss,
        degrees_of_freedom=df,
        lack_of_fit=f_test(
            lack_of_fit_ss, len(data.doses) - 4, data.pure_error_ss, data.pure_error_df
        ),
    )


__all__ = ["FOUR_PL_EQUATION", "FourPlFit", "fit_four_pl", "four_pl_fit"]
