"""Whether responses depend on the dose at all: one-way analysis of variance and linear trend.

A curve fitted to responses without a dose effect has no midpoint worth a number, so fits ask here
first.  ``pure error`` is the spread of replicates around the mean of their own dose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


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

    :raises ValueError: if the lengths differ, a number is not finite, a dose is negative, or a
        weight is not above 0.
    """
    factors = [1.0] * len(responses) if weights is None else weights
    by_dose: dict[float, list[tuple[float, float]]] = {}
    for dose, response, weight in zip(doses, responses, factors, strict=True):
        if not (math.isfinite(dose) and math.isfinite(response)) or dose < 0:
            raise ValueError(f"Not a dose and a response: {dose!r}, {response!r}")
        if not (math.isfinite(weight) and weight > 0):
            raise ValueError(f"Not a weight above 0: {weight!r}")
        by_dose.setdefault(dose, []).append((response, weight))
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
    between_df = len(data.doses) - 1
    between = max(data.total_ss - data.pure_error_ss, 0.0)
    anova_f, anova_p = f_test(between, between_df, data.pure_error_ss, data.pure_error_df)
    return DoseEffect(anova_f, anova_p, _trend_p(data))


def f_test(
    explained_ss: float, explained_df: int, residual_ss: float, residual_df: int
) -> tuple[float | None, float | None]:
    """Return F and its p; ``None`` where degrees of freedom or all spread are missing.

    Without any residual spread F is beyond all numbers: it is ``None`` and p is 0.
    """
    from scipy.special import fdtrc

    if explained_df < 1 or residual_df < 1 or (explained_ss == 0 and residual_ss == 0):
        return None, None
    if residual_ss == 0:
        return None, 0.0
    f = (explained_ss / explained_df) / (residual_ss / residual_df)
    if not math.isfinite(f):
        return None, 0.0
    return f, float(fdtrc(explained_df, residual_df, f))


def _trend_p(data: DoseMeans) -> float | None:
    """Return the p of the slope of all responses (dose 0 left out) over ln dose."""
    points = [
        (math.log(dose), mean, weight)
        for dose, mean, weight in zip(data.doses, data.means, data.weights, strict=True)
        if dose > 0
    ]
    n = sum(count for dose, count in zip(data.doses, data.counts, strict=True) if dose > 0)
    if len(points) < 3:
        return None
    total = math.fsum(weight for *_, weight in points)
    x_mean = math.fsum(x * weight for x, _, weight in points) / total
    y_mean = math.fsum(y * weight for _, y, weight in points) / total
    sxx = math.fsum(weight * (x - x_mean) ** 2 for x, _, weight in points)
    sxy = math.fsum(weight * (x - x_mean) * (y - y_mean) for x, y, weight in points)
    explained = sxy * sxy / sxx
    spread = math.fsum(weight * (y - y_mean) ** 2 for _, y, weight in points)
    residual = max(spread - explained, 0.0) + data.pure_error_ss
    return f_test(explained, 1, residual, n - 2)[1]
