"""Differences of means with a standard error on Student's t: the numbers under every t test.

Variances are formed exactly (``moments``), so a large offset of the values costs no digits.  No
donors and no words in here: ``two_groups``, ``paired`` and ``two_one_sided`` say what is compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lims_msc.science.comparison import Comparison, ComparisonStatus, Question, Sidedness
from lims_msc.science.moments import Moments, differences, moments
from lims_msc.science.uncertainty import t_quantile

NO_SPREAD = "the values do not vary within the groups"
NO_LOGARITHM = "a value is not above zero and has no logarithm"


@dataclass(frozen=True, slots=True)
class TEstimate:
    """A difference (or mean) with its standard error, which is above zero, and its df."""

    value: float
    se: float
    degrees_of_freedom: float

    @property
    def t(self) -> float:
        """The difference over its standard error."""
        return self.value / self.se

    def p(self, sidedness: Sidedness = Sidedness.TWO_SIDED, *, null: float = 0.0) -> float:
        """Return the p value of the difference ``null``."""
        from scipy.special import stdtr

        t = (self.value - null) / self.se
        if sidedness is Sidedness.TWO_SIDED:
            return 2 * float(stdtr(self.degrees_of_freedom, -abs(t)))
        tail = -t if sidedness is Sidedness.GREATER else t
        return float(stdtr(self.degrees_of_freedom, tail))

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval value ± t·SE."""
        half = t_quantile(self.degrees_of_freedom, confidence) * self.se
        return self.value - half, self.value + half


def mean_estimate(values: Sequence[float]) -> TEstimate | None:
    """Return the mean with s/√n and n − 1 df; ``None`` for a single value or no spread.

    :raises ValueError: if there is no value.
    """
    group = moments(values)
    variance = group.exact_variance
    if not variance:
        return None
    return TEstimate(group.mean, math.sqrt(variance / group.n), group.n - 1)


def paired_estimate(first: Sequence[float], second: Sequence[float]) -> TEstimate | None:
    """Return the mean of first − second within pairs; ``None`` for one pair or no spread.

    :raises ValueError: if the lengths differ or there is no pair.
    """
    return mean_estimate(differences(first, second))


def welch_estimate(first: Moments, second: Moments) -> TEstimate | None:
    """Return the difference of means with separate variances; ``None`` where there is no spread.

    ::

        SE² = v₁ + v₂,  v = s²/n
        df  = (v₁ + v₂)² / (v₁²/(n₁ − 1) + v₂²/(n₂ − 1))

    A group of a single value has no variance, so there is no answer either.

    Source: Welch 1947, doi 10.1093/biomet/34.1-2.28.
    """
    if first.exact_variance is None or second.exact_variance is None:
        return None
    one, two = first.exact_variance / first.n, second.exact_variance / second.n
    total = one + two
    if total == 0:
        return None
    shares = (one / total) ** 2 / (first.n - 1) + (two / total) ** 2 / (second.n - 1)
    return TEstimate(_difference(first, second), math.sqrt(total), float(1 / shares))


def student_estimate(first: Moments, second: Moments) -> TEstimate | None:
    """Return the difference of means with one pooled variance; ``None`` where it is zero.

    ::

        SE² = s²·(1/n₁ + 1/n₂),  s² = (SS₁ + SS₂)/(n₁ + n₂ − 2)
    """
    variance = _pooled_variance(first, second)
    if not variance:
        return None
    spread = variance * (Fraction(1, first.n) + Fraction(1, second.n))
    df = first.n + second.n - 2
    return TEstimate(_difference(first, second), math.sqrt(spread), df)


def cohens_d(first: Moments, second: Moments) -> float | None:
    """Return the difference of means over the pooled standard deviation; ``None`` without one."""
    variance = _pooled_variance(first, second)
    return _difference(first, second) / math.sqrt(variance) if variance else None


def hedges_g(first: Moments, second: Moments) -> float | None:
    """Return Cohen's d with the exact correction of its bias; ``None`` where there is no d.

    ::

        g = d · Γ(m/2) / (√(m/2) · Γ((m − 1)/2)),  m = n₁ + n₂ − 2

    Source: Hedges 1981, doi 10.3102/10769986006002107.
    """
    d, m = cohens_d(first, second), first.n + second.n - 2
    if d is None or m < 2:
        return None
    correction = math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)
    return d * correction


def t_comparison(
    method: str,
    estimate: TEstimate,
    n: tuple[int, ...],
    question: Question,
    *,
    estimate_name: str = "mean difference",
    details: Mapping[str, float | None] | None = None,
) -> Comparison:
    """Return a difference as the result of a t test."""
    return Comparison(
        ComparisonStatus.OK,
        method,
        n,
        question,
        estimate_name=estimate_name,
        estimate=estimate.value,
        interval=estimate.interval(question.confidence),
        statistic_name="t",
        statistic=estimate.t,
        degrees_of_freedom=(estimate.degrees_of_freedom,),
        p=estimate.p(question.sidedness),
        details=details or {},
    )


def _difference(first: Moments, second: Moments) -> float:
    return float(first.exact_mean - second.exact_mean)


def _pooled_variance(first: Moments, second: Moments) -> Fraction | None:
    df = first.n + second.n - 2
    if df < 1:
        return None
    return (first.exact_sum_of_squares + second.exact_sum_of_squares) / df
