"""Fits of sigmoid curves to replicate values, with statuses and reasons.

Least squares on the replicates over log dose; the optimum is the global one or is refused
(``curve_optimum``).  Standard errors are Gauss–Newton, s²(JᵀWJ)⁻¹ with s² = RSS/(n − p).  They hold
the spread of the fitted values, not the error of controls by which all of them were divided.  Many
curves at once stand in ``batch_fit``, the choice between models in ``model_choice``, wording and
warnings of the result in ``fit_report``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from lims_msc.domain.fit import FitResult, FitStatus
from lims_msc.science.curve_optimum import FREE, Optimum, Problem, optimum
from lims_msc.science.curves import CurveModel, curve_value, ln_dose_at
from lims_msc.science.dose_effect import DoseMeans, dose_effect, dose_means, f_test
from lims_msc.science.fit_covariance import gauss_newton_covariance, observed_covariance
from lims_msc.science.fit_report import report
from lims_msc.science.reduced_fit import Bounds, Data, Ties, ln_c_of

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

Ends: TypeAlias = tuple[float | None, float | None]
FIXABLE = ("y_zero", "y_inf", "hill")
PLATEAUS = ("y_zero", "y_inf")
NO_OPTIMUM = (
    "the residuals only fall towards an infinite slope or a midpoint beyond all doses, so slope "
    "and midpoint are not determined by these doses"
)
NOT_CONVERGED = "the search for the least-squares curve did not come to rest"


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
    """
    given, ends = dict(fixed or {}), dict(bounds or {})
    _check(given, ends)
    data = dose_means(doses, responses, weights)
    refusal = refusal_of(data, len(model.names) - len(given), needs_dose_effect=needs_dose_effect)
    if refusal is not None:
        return CurveFit(data, model, *refusal, fixed=given)
    scaling = Scaling.of(data)
    found = optimum(scaling.problem(data, model, given, ends))
    status = found.status()[0]
    if status is not FitStatus.OK:
        reason = NO_OPTIMUM if status is FitStatus.NO_FINITE_OPTIMUM else NOT_CONVERGED
        return CurveFit(data, model, status, reason, fixed=given)
    return _with_errors(data, model, given, found, scaling)


def fit_four_pl(
    doses: Sequence[float], responses: Sequence[float], *, confidence: float = 0.95
) -> FitResult:
    """Return the 4PL of responses (one per well) over doses, or the reason why there is none.

    :raises ValueError: if the lengths differ, a number is not finite, or a dose is negative.
    """
    return report(fit_curve(doses, responses), confidence)


@dataclass(frozen=True, slots=True)
class Scaling:
    """What turns the responses of a data set into numbers without a unit: (y − shift)/scale."""

    shift: float
    scale: float
    weight: float

    @classmethod
    def of(cls, data: DoseMeans) -> Scaling:
        """Return grand mean, root mean square around it, and mean weight."""
        total = math.fsum(data.weights)
        shift = math.fsum(m * w for m, w in zip(data.means, data.weights, strict=True)) / total
        return cls(shift, math.sqrt(data.total_ss / total) or 1.0, total / data.n)

    def problem(
        self,
        data: DoseMeans,
        model: CurveModel,
        fixed: Mapping[str, float],
        bounds: Mapping[str, Ends],
    ) -> Problem:
        """Return the data set as a batch of one."""
        import numpy as np

        def scaled(value: float | None) -> FloatArray | None:
            return None if value is None else np.array([(value - self.shift) / self.scale])

        ties = Ties(y_zero=scaled(fixed.get("y_zero")), y_inf=scaled(fixed.get("y_inf")))
        limits = [bounds.get(name) for name in PLATEAUS]
        return Problem(
            model,
            Data(
                ln_doses(data)[:, None],
                (np.array(data.means)[:, None] - self.shift) / self.scale,
                np.sqrt(np.array(data.weights)[:, None] / self.weight),
            ),
            ties,
            math.log(fixed["hill"]) if "hill" in fixed else None,
            Bounds(
                *(None if ends is None else (scaled(ends[0]), scaled(ends[1])) for ends in limits)
            ),
        )


def ln_doses(data: DoseMeans) -> FloatArray:
    """Return ln of the doses; dose 0 is ``-inf``."""
    import numpy as np

    doses = np.array(data.doses)
    result = np.full(doses.shape, -np.inf)
    np.log(doses, out=result, where=doses > 0)
    return result


def refusal_of(
    data: DoseMeans, free: int, *, needs_dose_effect: bool = True
) -> tuple[FitStatus, str] | None:
    """Return why no curve with so many free parameters is fitted to these data, if so."""
    distinct, needed = len(data.nonzero_doses), free + 1
    if distinct < needed:
        reason = f"the model needs {needed} different doses above zero; there are {distinct}"
        return FitStatus.TOO_FEW_DOSES, reason
    if data.total_ss == 0:
        return FitStatus.NOT_ESTIMABLE, "all responses are equal"
    if needs_dose_effect and dose_effect(data).is_absent():
        reason = "the responses do not depend on the dose (p ≥ 0.05 between doses and for a trend)"
        return FitStatus.NOT_ESTIMABLE, reason
    return None


def _check(fixed: Mapping[str, float], bounds: Mapping[str, Ends]) -> None:
    for name, value in fixed.items():
        if name not in FIXABLE or not math.isfinite(value) or (name == "hill" and value <= 0):
            raise ValueError(f"Not a parameter that can be fixed: {name!r} = {value!r}")
    for name, (low, high) in bounds.items():
        is_in_order = low is None or high is None or low < high
        if name not in PLATEAUS or name in fixed or not is_in_order:
            raise ValueError(f"Not bounds of a free plateau: {name!r} from {low!r} to {high!r}")


def _with_errors(
    data: DoseMeans,
    model: CurveModel,
    fixed: Mapping[str, float],
    found: Optimum,
    scaling: Scaling,
) -> CurveFit:
    import numpy as np

    active = tuple(
        name for name, at in zip(PLATEAUS, found.active[:, 0], strict=True) if at != FREE
    )
    parameters = natural_parameters(model, found)[0]
    ln_dose, weights = ln_doses(data), np.array(data.weights)
    free = [i for i, name in enumerate(model.names) if name not in fixed and name not in active]
    unscaled = gauss_newton_covariance(model, ln_dose[None], weights[None], parameters[None], free)[
        0
    ]
    if np.isnan(unscaled).any():
        reason = f"these doses do not tell the {_COUNTS[len(free)]} parameters apart"
        return CurveFit(data, model, FitStatus.NOT_ESTIMABLE, reason, fixed=fixed)
    means = (np.array(data.means) - scaling.shift) / scaling.scale
    observed = observed_covariance(model, (ln_dose, means, weights), parameters, free)
    units = np.array([scaling.scale, scaling.scale, 1.0, 1.0, 1.0])[: len(parameters)]
    lack_of_fit_ss = float(found.ss[0]) * scaling.scale**2 * scaling.weight
    rss, df = lack_of_fit_ss + data.pure_error_ss, data.n - len(free)
    factor = np.outer(units, units) * (rss / df / scaling.scale**2)
    return CurveFit(
        data=data,
        model=model,
        status=FitStatus.OK,
        fixed=fixed,
        active=active,
        parameters=_exactly(
            parameters * units + scaling.shift * (np.arange(len(units)) < 2), fixed
        ),
        covariance=unscaled * factor,
        covariance_observed=None if observed is None else observed * factor,
        rss=rss,
        degrees_of_freedom=df,
        lack_of_fit=f_test(
            lack_of_fit_ss, len(data.doses) - len(free), data.pure_error_ss, data.pure_error_df
        ),
    )


_COUNTS = {1: "free", 2: "two", 3: "three", 4: "four", 5: "five"}


def natural_parameters(model: CurveModel, found: Optimum) -> FloatArray:
    """Return ``y_zero, y_inf, ln_c, hill`` and ``asym`` of each curve, ``(curves, p)``."""
    import numpy as np

    rows = [found.y_zero, found.y_inf, ln_c_of(model, found.theta), np.exp(found.theta[1])]
    if model.has_asymmetry:
        rows.append(np.exp(found.theta[2]))
    return np.stack(rows, axis=-1)


def _exactly(parameters: FloatArray, fixed: Mapping[str, float]) -> FloatArray:
    """Return the parameters with those that were given just as they were given."""
    for index, name in enumerate(("y_zero", "y_inf", "ln_c", "hill")):
        if name in fixed:
            parameters[index] = fixed[name]
    return parameters
