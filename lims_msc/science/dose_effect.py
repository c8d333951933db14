"""Whether responses depend on the dose at all: one-way analysis of variance and linear trend.

A curve fitted to responses without a dose effect has no midpoint worth a number, so fits ask here
first.  ``pure error`` is the spread of replicates around the mean of their own dose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lims_msc.science.dose_table import DoseTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import FloatArray

    IntArray: TypeAlias = NDArray[np.int64]


_LARGEST, _SMALLEST = 1e100, 1e-100


@dataclass(frozen=True, slots=True)
class DoseMeans:
    """Responses reduced to their dose means; doses rise and may begin with 0.

    ``weights`` are sums over the responses of a dose, and means are weighted; without weights each
    response counts 1.  ``pure_error_ss`` and ``total_ss`` are (weighted) sums of squares around the
    dose means and the grand mean.
    """

    doses: tuple[float, ...]
    means: tuple[float, ...]
    counts: tuple[int, ...]
    weights: tuple[float, ...]
    pure_error_ss: float
    total_ss: float

    @property
    def n(self) -> int:
        """The number of responses."""
        return sum(self.counts)

    @property
    def pure_error_df(self) -> int:
        """The degrees of freedom of the pure error."""
        return self.n - len(self.doses)

    @property
    def nonzero_doses(self) -> tuple[float, ...]:
        """The doses other than 0."""
        return tuple(dose for dose in self.doses if dose > 0)


@dataclass(frozen=True, slots=True)
class DoseEffect:
    """Tests of a dose effect; ``None`` where the data do not allow the test."""

    anova_f: float | None
    anova_p: float | None
    trend_p: float | None

    def is_absent(self, alpha: float = 0.05) -> bool:
        """Whether no test that could be made finds an effect."""
        found = [p for p in (self.anova_p, self.trend_p) if p is not None]
        return all(p >= alpha for p in found)


def dose_means(
    doses: Sequence[float], responses: Sequence[float], weights: Sequence[float] | None = None
) -> DoseMeans:
    """Return the responses grouped by dose.

    :raises ValueError: if the lengths differ, a number is not finite, a dose is negative, a weight
        is not above 0, or the squares of the responses would be no numbers.
    """
    factors = [1.0] * len(responses) if weights is None else weights
    by_dose: dict[float, list[tuple[float, float]]] = {}
    for dose, response, weight in zip(doses, responses, factors, strict=True):
        if not (math.isfinite(dose) and math.isfinite(response)) or dose < 0:
            raise ValueError(f"Not a dose and a response: {dose!r}, {response!r}")
        if not abs(response) < _LARGEST:
            raise ValueError(f"Not a response of less than a hundred digits: {response!r}")
        if not (math.isfinite(weight) and weight > 0):
            raise ValueError(f"Not a weight above 0: {weight!r}")
        by_dose.setdefault(dose, []).append((response, weight))
    largest = max((abs(response) for response in responses), default=0.0)
    if 0 < largest < _SMALLEST:
        raise ValueError(f"Not responses that can be told from zero: at most {largest!r}")
    ordered = sorted(by_dose.items())
    means = [_mean(values) for _, values in ordered]
    grand = _mean([pair for _, values in ordered for pair in values])
    return DoseMeans(
        doses=tuple(dose for dose, _ in ordered),
        means=tuple(means),
        counts=tuple(len(values) for _, values in ordered),
        weights=tuple(math.fsum(weight for _, weight in values) for _, values in ordered),
        pure_error_ss=math.fsum(
            weight * (value - mean) ** 2
            for (_, values), mean in zip(ordered, means, strict=True)
            for value, weight in values
        ),
        total_ss=math.fsum(
            weight * (value - grand) ** 2 for _, values in ordered for value, weight in values
        ),
    )


def _mean(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the weighted mean; 0 of nothing."""
    total = math.fsum(weight for _, weight in pairs)
    return math.fsum(value * weight for value, weight in pairs) / total if pairs else 0.0


def dose_effect(data: DoseMeans) -> DoseEffect:
    """Return the F test between doses, and the t test of a straight line over log dose."""
    effects = dose_effects(DoseTable.of_one(data))
    return DoseEffect(*(_number(values) for values in effects))


def dose_effects(table: DoseTable) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return F and p between doses, and p of the trend, of each curve; NaN where there is no test.

    ::

        F = (SS between doses/(k − 1)) / (SS within doses/(n − k)),   k doses, n responses
        trend: the slope of the responses over ln dose, dose 0 left out, tested with n − 2 df

    Source: Draper and Smith 1998, Applied Regression Analysis, chapters 1 and 2.
    """
    import numpy as np

    between = np.maximum(table.total_ss - table.pure_error_ss, 0.0)
    within_df = table.n - table.dose_count
    f, p = f_tests(between, table.dose_count - 1, table.pure_error_ss, within_df)
    return f, p, _trend_p(table)


def f_test(
    explained_ss: float, explained_df: int, residual_ss: float, residual_df: int
) -> tuple[float | None, float | None]:
    """Return F and its p; ``None`` where degrees of freedom or all spread are missing.

    Without any residual spread F is beyond all numbers: it is ``None`` and p is 0.
    """
    import numpy as np

    found = f_tests(
        np.array([explained_ss]),
        np.array([explained_df]),
        np.array([residual_ss]),
        np.array([residual_df]),
    )
    f, p = (_number(values) for values in found)
    return f, p


def f_tests(
    explained_ss: FloatArray,
    explained_df: IntArray,
    residual_ss: FloatArray,
    residual_df: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """Return F and its p of many tests; NaN where :func:`f_test` has ``None``."""
    import numpy as np
    from scipy.special import fdtrc

    can_be = (explained_df >= 1) & (residual_df >= 1) & ((explained_ss > 0) | (residual_ss > 0))
    upper = np.where(can_be, explained_ss / np.maximum(explained_df, 1), 0.0)
    lower = np.where(can_be, residual_ss / np.maximum(residual_df, 1), 1.0)
    with np.errstate(over="ignore"):
        f = upper / np.where(lower > 0, lower, 1.0)
    is_number = can_be & (lower > 0) & np.isfinite(f)
    p = fdtrc(np.maximum(explained_df, 1), np.maximum(residual_df, 1), np.where(is_number, f, 0.0))
    return (
        np.where(is_number, f, np.nan),
        np.where(is_number, p, np.where(can_be, 0.0, np.nan)),
    )


def _trend_p(table: DoseTable) -> FloatArray:
    """Return the p of the slope of all responses (dose 0 left out) over ln dose."""
    import numpy as np

    is_tested = table.doses > 0
    weights = np.where(is_tested, table.weights, 0.0)
    total = weights.sum(axis=0)
    total = np.where(total > 0, total, 1.0)
    x = np.where(is_tested, table.ln_dose, 0.0)
    x = x - (weights * x).sum(axis=0) / total
    y = table.means - (weights * table.means).sum(axis=0) / total
    sxx, sxy = (weights * x * x).sum(axis=0), (weights * x * y).sum(axis=0)
    explained = sxy * sxy / np.where(sxx > 0, sxx, 1.0)
    spread = (weights * y * y).sum(axis=0)
    residual = np.maximum(spread - explained, 0.0) + table.pure_error_ss
    n = np.where(is_tested, table.counts, 0).sum(axis=0)
    p = f_tests(explained, np.ones_like(n), residual, n - 2)[1]
    return np.where(table.nonzero_dose_count < 3, np.nan, p)


def _number(values: FloatArray) -> float | None:
    """Return the one number of an array of one; ``None`` where it is none."""
    value = float(values[0])
    return None if math.isnan(value) else value
