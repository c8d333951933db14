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

    ``pure_error_ss`` and ``total_ss`` are sums of squares around the dose means and the grand mean.
    """

    doses: tuple[float, ...]
    means: tuple[float, ...]
    counts: tuple[int, ...]
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


def dose_means(doses: Sequence[float], responses: Sequence[float]) -> DoseMeans:
    """Return the responses grouped by dose.

    :raises ValueError: if the lengths differ, or a number is not finite, or a dose is negative.
    """
    by_dose: dict[float, list[float]] = {}
    for dose, response in zip(doses, responses, strict=True):
        if not (math.isfinite(dose) and math.isfinite(response)) or dose < 0:
            raise ValueError(f"Not a dose and a response: {dose!r}, {response!r}")
        by_dose.setdefault(dose, []).append(response)
    ordered = sorted(by_dose.items())
    means = [math.fsum(values) / len(values) for _, values in ordered]
    grand = math.fsum(responses) / len(responses) if responses else 0.0
    return DoseMeans(
        doses=tuple(dose for dose, _ in ordered),
        means=tuple(means),
        counts=tuple(len(values) for _, values in ordered),
        pure_error_ss=math.fsum(
            (value - mean) ** 2
            for (_, values), mean in zip(ordered, means, strict=True)
            for value in values
        ),
        total_ss=math.fsum((value - grand) ** 2 for value in responses),
    )


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
        (math.log(dose), mean, count)
        for dose, mean, count in zip(data.doses, data.means, data.counts, strict=True)
        if dose > 0
    ]
    n = sum(count for *_, count in points)
    if len(points) < 3:
        return None
    x_mean = math.fsum(x * count for x, _, count in points) / n
    y_mean = math.fsum(y * count for _, y, count in points) / n
    sxx = math.fsum(count * (x - x_mean) ** 2 for x, _, count in points)
    sxy = math.fsum(count * (x - x_mean) * (y - y_mean) for x, y, count in points)
    explained = sxy * sxy / sxx
    spread = math.fsum(count * (y - y_mean) ** 2 for _, y, count in points)
    residual = max(spread - explained, 0.0) + data.pure_error_ss
    return f_test(explained, 1, residual, n - 2)[1]
