"""Fits of thousands of curves in one call, and what a single fit is made of.

Everything is worked out for all curves side by side, in blocks that fit the processor's cache, so
that the time for a curve does not depend on how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lims_msc.domain.fit import FitStatus, FitVerdict
from lims_msc.science.curve_optimum import FREE, Optimum, Problem, optimum
from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_effect import dose_effects, f_tests
from lims_msc.science.dose_table import DoseTable, Scaling
from lims_msc.science.fit_covariance import gauss_newton_covariance
from lims_msc.science.reduced_fit import Bounds, Ties, ln_c_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from lims_msc.science.curves import FloatArray

    Masked: TypeAlias = np.ma.MaskedArray[tuple[int, ...], np.dtype[np.float64]]

Ends: TypeAlias = tuple[float | None, float | None]
FIXABLE = ("y_zero", "y_inf", "hill")
PLATEAUS = ("y_zero", "y_inf")
ALPHA = 0.05
_BLOCK = 16_000


@dataclass(frozen=True, slots=True)
class CurveFits:
    """Fits of many curves, one for each row of the arrays.

    ``status`` and ``verdict`` hold a ``FitStatus`` and a ``FitVerdict`` for each curve.  Numbers
    count where the status is ``ok`` and are masked elsewhere, so that ``tolist`` gives ``None``.
    ``parameters`` is ``(curves, p)`` in the order of ``model.names`` and ``covariance``
    ``(curves, p, p)``, Gauss–Newton, with 0 for parameters that are fixed or on a bound;
    ``active`` is 0, 1 or 2 for ``y_zero`` and ``y_inf`` free, on the lower or on the upper bound.
    """

    model: CurveModel
    status: NDArray[np.object_]
    verdict: NDArray[np.object_]
    parameters: Masked
    covariance: Masked
    active: NDArray[np.int8]
    rss: Masked
    degrees_of_freedom: NDArray[np.int64]
    n: NDArray[np.int64]
    lack_of_fit_f: Masked
    lack_of_fit_p: Masked

    def __len__(self) -> int:
        return len(self.status)

    @property
    def se(self) -> Masked:
        """Standard errors of the parameters, ``(curves, p)``."""
        import numpy as np

        variance = np.einsum("nii->ni", self.covariance.data)
        return np.ma.MaskedArray(
            np.sqrt(np.where(self.parameters.mask, 0.0, variance)), self.parameters.mask
        )

    def reasons(self) -> list[str]:
        """Return why a curve has no numbers, or what is wrong with them, in words; else ''."""
        return [verdict.sentence for verdict in self.verdict]


def fit_curves(
    doses: ArrayLike,
    responses: ArrayLike,
    *,
    model: CurveModel = CurveModel.FOUR_PL,
    weights: ArrayLike | None = None,
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, Ends] | None = None,
    needs_dose_effect: bool = True,
) -> CurveFits:
    """Return the least-squares curves of many data sets.

    ``responses`` is ``(curves, doses)`` or ``(curves, doses, replicates)``; NaN is a missing well.
    ``doses`` is ``(doses,)`` where all curves share them, or ``(curves, doses)``; 0 may be among
    them, and no dose twice in a row.  ``weights`` has the shape of the responses.  The rest is as
    in ``fitting.fit_curve``, and so are the numbers.

    :raises ValueError: if shapes do not match, a dose is negative, not finite or there twice, a
        response is infinite, a weight is not above 0, or a parameter cannot be fixed or bounded.
    """
    given, ends = dict(fixed or {}), dict(bounds or {})
    check_fixed(given, ends)
    x, y, w = _arrays(doses, responses, weights)
    parts = []
    for begin in range(0, max(len(y), 1), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        table = DoseTable.of_wells(
            x if len(x) == 1 else x[block], y[block], None if w is None else w[block]
        )
        parts.append(solve(table, model, given, ends, needs_dose_effect=needs_dose_effect))
    return _joined(parts)


def _joined(parts: list[CurveFits]) -> CurveFits:
    import numpy as np

    arrays: dict[str, Any] = {}
    for name in CurveFits.__slots__[1:]:
        values = [getattr(part, name) for part in parts]
        if isinstance(values[0], np.ma.MaskedArray):
            data = np.concatenate([value.data for value in values])
            arrays[name] = np.ma.MaskedArray(data, np.concatenate([v.mask for v in values]))
        else:
            arrays[name] = np.concatenate(values)
    return CurveFits(parts[0].model, **arrays)


def _arrays(
    doses: ArrayLike, responses: ArrayLike, weights: ArrayLike | None
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return doses that rise along rows, with responses and weights in the same order."""
    import numpy as np

    y = np.asarray(responses, dtype=float)
    y = y[:, :, None] if y.ndim == 2 else y
    x = np.atleast_2d(np.asarray(doses, dtype=float))
    w = None if weights is None else np.asarray(weights, dtype=float).reshape(y.shape)
    if y.ndim != 3 or x.shape not in {(1, y.shape[1]), y.shape[:2]}:
        raise ValueError(f"Doses {x.shape} do not match responses {y.shape}.")
    order = np.argsort(x, axis=1, kind="stable")
    x = np.take_along_axis(x, order, axis=1)
    if not np.all(np.isfinite(x)) or np.any(x < 0) or np.any(np.diff(x, axis=1) == 0):
        raise ValueError("Doses must be finite, not below 0, and different from each other.")
    if np.isinf(y).any():
        raise ValueError("A response is infinite; a well without one is NaN.")
    if w is not None and not np.all((w > 0) & np.isfinite(w) | np.isnan(y)):
        raise ValueError("Weights must be above 0 and finite.")
    if np.all(np.diff(order, axis=1) == 1):
        return x, y, w
    order = np.broadcast_to(order, y.shape[:2])[:, :, None]
    y = np.take_along_axis(y, order, axis=1)
    return x, y, None if w is None else np.take_along_axis(w, order, axis=1)


def check_fixed(fixed: Mapping[str, float], bounds: Mapping[str, Ends]) -> None:
    """Check what is fixed or bounded.

    :raises ValueError: if a parameter is fixed or bounded that cannot be.
    """
    for name, value in fixed.items():
        if name not in FIXABLE or not math.isfinite(value) or (name == "hill" and value <= 0):
            raise ValueError(f"Not a parameter that can be fixed: {name!r} = {value!r}")
    for name, (low, high) in bounds.items():
        is_in_order = low is None or high is None or low < high
        if name not in PLATEAUS or name in fixed or not is_in_order:
            raise ValueError(f"Not bounds of a free plateau: {name!r} from {low!r} to {high!r}")


def solve(
    table: DoseTable,
    model: CurveModel,
    fixed: Mapping[str, float],
    bounds: Mapping[str, Ends],
    *,
    needs_dose_effect: bool = True,
) -> CurveFits:
    """Return the fits of the curves of a table: refusals, optimum, errors and verdicts."""
    import numpy as np

    free = [i for i, name in enumerate(model.names) if name not in fixed]
    verdict = refusals(table, len(free), needs_dose_effect=needs_dose_effect)
    size, count = len(model.names), len(verdict)
    parameters = np.full((count, size), np.nan)
    covariance = np.full((count, size, size), np.nan)
    ss, active = np.full(count, np.nan), np.zeros((count, 2), dtype=np.int8)
    tried = np.flatnonzero(verdict == FitVerdict.OK)
    if tried.size:
        part = table.of(tried)
        scaling = Scaling.of(part)
        found = optimum(problem_of(part, scaling, model, fixed, bounds))
        values, errors = _natural(part, scaling, model, free, found)
        verdict[tried] = _verdicts(found, errors)
        parameters[tried] = _exactly(values, fixed)
        covariance[tried] = errors
        ss[tried] = found.ss * scaling.scale**2 * scaling.weight
        active[tried] = found.active.T
    return _fits(model, table, verdict, (parameters, covariance, ss, active), len(free))


def refusals(table: DoseTable, free: int, *, needs_dose_effect: bool = True) -> NDArray[np.object_]:
    """Return for which curves nothing is fitted: too few doses above 0, or no dose effect."""
    import numpy as np

    words = np.array([FitVerdict.OK, FitVerdict.FLAT, FitVerdict.TOO_FEW_DOSES], dtype=object)
    is_flat = table.total_ss == 0
    if needs_dose_effect:
        _, between_p, trend_p = dose_effects(table)
        is_flat |= ~(between_p < ALPHA) & ~(trend_p < ALPHA)
    verdict: NDArray[np.object_] = words[np.where(table.nonzero_dose_count <= free, 2, is_flat * 1)]
    return verdict


def problem_of(
    table: DoseTable,
    scaling: Scaling,
    model: CurveModel,
    fixed: Mapping[str, float],
    bounds: Mapping[str, Ends],
) -> Problem:
    """Return the search for the curves of a table, without units."""

    def ends_of(name: str) -> tuple[FloatArray | None, FloatArray | None] | None:
        ends = bounds.get(name)
        return None if ends is None else (scaling.scaled(ends[0]), scaling.scaled(ends[1]))

    return Problem(
        model,
        scaling.data(table),
        Ties(y_zero=scaling.scaled(fixed.get("y_zero")), y_inf=scaling.scaled(fixed.get("y_inf"))),
        math.log(fixed["hill"]) if "hill" in fixed else None,
        Bounds(ends_of("y_zero"), ends_of("y_inf")),
    )


def _natural(
    table: DoseTable, scaling: Scaling, model: CurveModel, free: Sequence[int], found: Optimum
) -> tuple[FloatArray, FloatArray]:
    """Return parameters and (JᵀWJ)⁻¹, both in the units of the data."""
    import numpy as np

    rows = [found.y_zero, found.y_inf, ln_c_of(model, found.theta), np.exp(found.theta[1])]
    if model.has_asymmetry:
        rows.append(np.exp(found.theta[2]))
    parameters = np.stack(rows, axis=-1)
    ln_dose = np.broadcast_to(table.ln_dose, table.means.shape).T
    errors = np.full((*parameters.shape, parameters.shape[1]), np.nan)
    for state in np.unique(found.active, axis=1).T:
        index = np.flatnonzero((found.active == state[:, None]).all(axis=0))
        kept = [i for i in free if i > 1 or state[i] == FREE]
        errors[index] = gauss_newton_covariance(
            model, ln_dose[index], table.weights.T[index], parameters[index], kept
        )
    units = np.ones_like(parameters)
    units[:, :2] = scaling.scale[:, None]
    parameters[:, :2] = parameters[:, :2] * units[:, :2] + scaling.shift[:, None]
    units /= scaling.scale[:, None]
    return parameters, errors * units[:, :, None] * units[:, None, :]


def _exactly(parameters: FloatArray, fixed: Mapping[str, float]) -> FloatArray:
    """Return the parameters with those that were given just as they were given."""
    for index, name in enumerate(("y_zero", "y_inf", "ln_c", "hill")):
        if name in fixed:
            parameters[:, index] = fixed[name]
    return parameters


def _verdicts(found: Optimum, errors: FloatArray) -> NDArray[np.object_]:
    import numpy as np

    words = np.array(
        [
            FitVerdict.OK,
            FitVerdict.SLOPE_NOT_IDENTIFIED,
            FitVerdict.NOT_BRACKETED,
            FitVerdict.ASYMMETRY_NOT_IDENTIFIED,
            FitVerdict.NOT_CONVERGED,
            FitVerdict.NOT_SEPARABLE,
        ],
        dtype=object,
    )
    code = np.where(np.isnan(errors).any(axis=(1, 2)), 5, 0)
    code = np.where(found.has_arrived, code, 4)
    verdict: NDArray[np.object_] = words[np.where(found.rim > 0, found.rim, code)]
    return verdict


def _fits(
    model: CurveModel,
    table: DoseTable,
    verdict: NDArray[np.object_],
    numbers: tuple[FloatArray, FloatArray, FloatArray, NDArray[np.int8]],
    free: int,
) -> CurveFits:
    """Return the fits, with residual variance, lack of fit and the last two verdicts."""
    import numpy as np

    parameters, errors, ss, active = numbers
    unknowns = free - (active > 0).sum(axis=1)
    df = np.maximum(table.n - unknowns, 0)
    is_ok = np.array([word.status is FitStatus.OK for word in verdict], dtype=bool)
    rss = ss + table.pure_error_ss
    variance = rss / np.maximum(df, 1)
    f, p = f_tests(
        np.where(is_ok, ss, 0.0),
        np.where(is_ok, table.dose_count - unknowns, 0),
        table.pure_error_ss,
        table.n - table.dose_count,
    )
    low, high = table.lowest_and_highest_dose()
    middle = ln_middle(model, parameters)
    verdict[is_ok & ~((low <= middle) & (middle <= high))] = FitVerdict.EXTRAPOLATED
    verdict[is_ok & (p < ALPHA)] = FitVerdict.LACK_OF_FIT
    return CurveFits(
        model=model,
        status=np.array([word.status for word in verdict], dtype=object),
        verdict=verdict,
        parameters=_masked(parameters, is_ok),
        covariance=_masked(errors * variance[:, None, None], is_ok),
        active=active,
        rss=_masked(rss, is_ok),
        degrees_of_freedom=df,
        n=table.n,
        lack_of_fit_f=_masked(f, is_ok),
        lack_of_fit_p=_masked(p, is_ok),
    )


def _masked(values: FloatArray, is_ok: NDArray[np.bool_]) -> Masked:
    """Return the values with those masked that are none."""
    import numpy as np

    hidden = np.broadcast_to(~is_ok.reshape(-1, *[1] * (values.ndim - 1)), values.shape)
    return np.ma.MaskedArray(values, hidden | np.isnan(values))


def ln_middle(model: CurveModel, parameters: FloatArray) -> FloatArray:
    """Return ln of the dose halfway between the plateaus of each curve, the ec50 of any family."""
    import numpy as np

    theta = np.log(parameters[:, 3:]).T
    theta = np.concatenate([np.zeros((1, len(parameters))), theta])
    result: FloatArray = parameters[:, 2] - ln_c_of(model, theta)
    return result
