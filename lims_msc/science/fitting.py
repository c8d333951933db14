"""Fits of sigmoid curves to replicate values, with statuses and reasons.

Least squares on the replicates over log dose; the optimum is the global one or is refused
(``curve_optimum``).  Standard errors are Gauss–Newton, s²(JᵀWJ)⁻¹ with s² = RSS/(n − p).  They hold
the spread of the fitted values, not the error of controls by which all of them were divided.  Many
curves at once stand in ``batch_fit``, the choice between models in ``model_choice``, wording and
warnings of the result in ``fit_report``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lims_msc.domain.fit import FitStatus, FitVerdict
from lims_msc.science.batch_fit import PLATEAUS, Ends, check_fixed, solve
from lims_msc.science.curve_optimum import FREE
from lims_msc.science.curves import CurveModel, curve_value, ln_dose_at
from lims_msc.science.dose_effect import DoseMeans, dose_means
from lims_msc.science.dose_table import DoseTable
from lims_msc.science.fit_covariance import observed_covariance

if TYPE_CHECKING:
    from lims_msc.science.batch_fit import CurveFits, Masked
    from lims_msc.science.curves import FloatArray


@dataclass(frozen=True, slots=True)
class CurveFit:
    """The numbers of a fit, in the order of ``names``, with their covariance.

    Numbers are there only if ``status`` is ``ok``.  ``fixed`` are parameters that were given;
    ``active`` names the plateaus that lie on a bound.  Rows and columns of both are 0 in the
    covariances: ``covariance`` is Gauss–Newton, ``covariance_observed`` that of the full Hessian,
    ``None`` where it is not positive definite.  ``rss`` is Σ w·r² over all responses.
    ``lack_of_fit`` is F and p against the pure error, ``None`` where replicates do not allow it.
    """

    data: DoseMeans
    model: CurveModel
    status: FitStatus
    reason: str = ""
    verdict: FitVerdict = FitVerdict.OK
    fixed: Mapping[str, float] = field(default_factory=dict)
    active: tuple[str, ...] = ()
    parameters: FloatArray | None = None
    covariance: FloatArray | None = None
    covariance_observed: FloatArray | None = None
    rss: float = 0.0
    degrees_of_freedom: int = 0
    lack_of_fit: tuple[float | None, float | None] = (None, None)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in their order; ``exp(ln_c)`` is the ec50 of a 4PL only."""
        return self.model.names

    @property
    def n(self) -> int:
        """The number of responses."""
        return self.data.n

    @property
    def numbers(self) -> tuple[FloatArray, FloatArray]:
        """Parameters and covariance.

        :raises ValueError: if the fit has none.
        """
        if self.parameters is None or self.covariance is None:
            raise ValueError(f"This fit has no numbers: {self.reason}")
        return self.parameters, self.covariance

    def value_at(self, ln_dose: FloatArray) -> FloatArray:
        """Return the fitted curve at ln doses; dose 0 is ``-inf``.

        :raises ValueError: if the fit has no numbers.
        """
        import numpy as np

        return curve_value(self.model, np.asarray(ln_dose, dtype=float), self.numbers[0])

    def ln_dose_at(self, level: float) -> tuple[float, FloatArray] | None:
        """Return ln of the dose at which the curve has a value, and its gradient.

        The gradient is by the parameters; ``None`` if the level is not between the plateaus.

        :raises ValueError: if the fit has no numbers.
        """
        return ln_dose_at(level, self.numbers[0], self.model)


def fit_curve(
    doses: Sequence[float],
    responses: Sequence[float],
    *,
    model: CurveModel = CurveModel.FOUR_PL,
    weights: Sequence[float] | None = None,
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, Ends] | None = None,
    needs_dose_effect: bool = True,
) -> CurveFit:
    """Return the least-squares curve of responses (one per well) over doses, or why there is none.

    ::

        minimise Σ w·(y − curve(x))²

    ``weights`` multiply the squared residuals, one for each response.  ``fixed`` gives values of
    any of ``y_zero, y_inf, hill``; ``bounds`` gives lowest and highest value of plateaus, ``None``
    where open.  A dose of 0 may take part; doses above 0 must be more than the free parameters.
    Without ``needs_dose_effect`` (standard curves) a curve is not refused for being flat.

    :raises ValueError: if the lengths differ, a number is not finite, a dose is negative, a weight
        is not above 0, or a parameter is fixed or bounded that cannot be.

    Source: DOMAIN 3.3; Bates and Watts 1988, Nonlinear Regression Analysis, chapter 2.
    """
    given = dict(fixed or {})
    check_fixed(given, bounds or {})
    data = dose_means(doses, responses, weights)
    fits = solve(
        DoseTable.of_one(data), model, given, bounds or {}, needs_dose_effect=needs_dose_effect
    )
    verdict = fits.verdict[0]
    if verdict.status is not FitStatus.OK:
        reason = _reason(verdict, data, len(model.names) - len(given))
        return CurveFit(data, model, verdict.status, reason, verdict, fixed=given)
    return _with_numbers(data, fits, given)


def _with_numbers(data: DoseMeans, fits: CurveFits, fixed: Mapping[str, float]) -> CurveFit:
    """Return the one fit of a batch of one."""
    active = tuple(
        name for name, state in zip(PLATEAUS, fits.active[0], strict=True) if state != FREE
    )
    parameters, rss = fits.parameters.data[0], float(fits.rss.data[0])
    df = int(fits.degrees_of_freedom[0])
    return CurveFit(
        data=data,
        model=fits.model,
        status=FitStatus.OK,
        verdict=fits.verdict[0],
        fixed=fixed,
        active=active,
        parameters=parameters,
        covariance=fits.covariance.data[0],
        covariance_observed=_observed(data, fits.model, parameters, {*fixed, *active}, rss / df),
        rss=rss,
        degrees_of_freedom=df,
        lack_of_fit=(_number(fits.lack_of_fit_f), _number(fits.lack_of_fit_p)),
    )


def _reason(verdict: FitVerdict, data: DoseMeans, free: int) -> str:
    """Return the sentence of a refusal, with the numbers of this curve where there are any."""
    if verdict is FitVerdict.TOO_FEW_DOSES:
        there = len(data.nonzero_doses)
        return f"the model needs {free + 1} different doses above zero; there are {there}"
    if verdict is FitVerdict.FLAT and data.total_ss == 0:
        return "all responses are equal"
    return verdict.sentence


def _observed(
    data: DoseMeans,
    model: CurveModel,
    parameters: FloatArray,
    fixed: Collection[str],
    variance: float,
) -> FloatArray | None:
    import numpy as np

    free = [i for i, name in enumerate(model.names) if name not in fixed]
    means = (ln_doses(data), np.array(data.means), np.array(data.weights))
    found = observed_covariance(model, means, parameters, free)
    return None if found is None else found * variance


def _number(values: Masked) -> float | None:
    value: float | None = values.tolist()[0]
    return value


def ln_doses(data: DoseMeans) -> FloatArray:
    """Return ln of the doses; dose 0 is ``-inf``."""
    import numpy as np

    doses = np.array(data.doses)
    result = np.full(doses.shape, -np.inf)
    np.log(doses, out=result, where=doses > 0)
    return result
