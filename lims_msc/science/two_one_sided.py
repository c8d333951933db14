"""Equivalence of donors' means by two one-sided tests (TOST), with a margin that is always stated.

A difference that is not significant is not shown to be absent; this test is the way to show that it
is small.  The margin must be chosen before the data are seen.  Equivalence of the *parameters* of
curves is not in here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lims_msc.science.comparison import ComparisonStatus, Sidedness, in_words, too_few
from lims_msc.science.moments import as_written, moments
from lims_msc.science.propagation import exp_or_open
from lims_msc.science.t_tests import (
    NO_LOGARITHM,
    NO_SPREAD,
    TEstimate,
    paired_estimate,
    welch_estimate,
)
from lims_msc.science.two_groups import BEYOND_NUMBERS

_TWO = ("first", "second")
Margin = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A difference (or ratio) of donors' means against a margin.

    ``interval`` has the confidence 1 − 2α: the means are equivalent if it lies inside the margin,
    which is the same as ``p`` (the larger of both tests) below α.
    """

    status: ComparisonStatus
    method: str
    n: tuple[int, ...]
    margin: Margin
    alpha: float
    names: tuple[str, str] = _TWO
    reason: str = ""
    estimate_name: str = "mean difference"
    estimate: float | None = None
    interval: tuple[float, float] | None = None
    degrees_of_freedom: float | None = None
    p_above_lower: float | None = None
    p_below_upper: float | None = None

    @property
    def p(self) -> float | None:
        """The larger of the p values of the two tests."""
        if self.p_above_lower is None or self.p_below_upper is None:
            return None
        return max(self.p_above_lower, self.p_below_upper)

    @property
    def is_equivalent(self) -> bool | None:
        """Whether both tests pass; ``None`` where there is no test."""
        return None if self.p is None else self.p < self.alpha

    @property
    def text(self) -> str:
        """The result in words, as a paper would print it."""
        donors = f"n = {in_words([str(n) for n in self.n])} donors"
        if self.estimate is None or self.interval is None:
            return f"No test ({self.method}; {donors}): {self.reason}."
        low, high = self.margin
        verdict = "equivalent" if self.is_equivalent else "not shown to be equivalent"
        return (
            f"{self.names[0]} and {self.names[1]} are {verdict} within the margin {low:g} to "
            f"{high:g}: {self.estimate_name} {self.estimate:.4g}, "
            f"{100 * (1 - 2 * self.alpha):g} % CI {self.interval[0]:.4g} to "
            f"{self.interval[1]:.4g}, {donors}; {self.method}, df = "
            f"{self.degrees_of_freedom:.4g}, p = {self.p:.3g}."
        )


def equivalence_of_means(
    first: Sequence[float],
    second: Sequence[float],
    margin: Margin,
    *,
    names: tuple[str, str] = _TWO,
    alpha: float = 0.05,
) -> Equivalence:
    """Return whether first − second of two groups of donors lies within the margin (Welch).

    ::

        t₁ = (d − lower)/SE,  t₂ = (d − upper)/SE

    :raises ValueError: if the margin does not rise, or a group is empty.
    Source: Schuirmann 1987, doi 10.1007/BF01068419.
    """
    n = (len(first), len(second))
    asked = _asked("two one-sided Welch t-tests", n, margin, names, alpha)
    return _judged(asked, welch_estimate(moments(first), moments(second)))


def equivalence_within_donors(
    first: Sequence[float],
    second: Sequence[float],
    margin: Margin,
    *,
    names: tuple[str, str] = _TWO,
    alpha: float = 0.05,
) -> Equivalence:
    """Return whether the mean of first − second within the same donors lies within the margin.

    :raises ValueError: if the margin does not rise, the lengths differ, or there is no pair.
    """
    asked = _asked("two one-sided paired t-tests", (len(first),), margin, names, alpha)
    return _judged(asked, paired_estimate(first, second))


def equivalence_of_ratio(
    first: Sequence[float],
    second: Sequence[float],
    margin: Margin,
    *,
    names: tuple[str, str] = _TWO,
    alpha: float = 0.05,
) -> Equivalence:
    """Return whether the ratio of geometric means first/second lies within the margin.

    :raises ValueError: if the margin does not rise or is not above zero, or a group is empty.
    """
    n = (len(first), len(second))
    asked = _asked("two one-sided Welch t-tests on logarithms", n, margin, names, alpha)
    if margin[0] <= 0:
        raise ValueError(f"Not a margin of ratios above zero: {margin!r}")
    if any(as_written(value) <= 0 for value in (*first, *second)):
        return replace(asked, status=ComparisonStatus.UNDEFINED, reason=NO_LOGARITHM)
    logs = moments([math.log(v) for v in first]), moments([math.log(v) for v in second])
    ends = math.log(margin[0]), math.log(margin[1])
    found = replace(_judged(replace(asked, margin=ends), welch_estimate(*logs)), margin=margin)
    if found.estimate is None or found.interval is None:
        return found
    low, high = map(exp_or_open, found.interval)
    if low is None or high is None:
        return replace(asked, status=ComparisonStatus.UNDEFINED, reason=BEYOND_NUMBERS)
    return replace(
        found,
        estimate_name="ratio of geometric means",
        estimate=math.exp(found.estimate),
        interval=(low, high),
    )


def _asked(
    method: str, n: tuple[int, ...], margin: Margin, names: tuple[str, str], alpha: float
) -> Equivalence:
    """Return the question, without an answer yet."""
    if not -math.inf < margin[0] < margin[1] < math.inf:
        raise ValueError(f"Not a margin that rises: {margin!r}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"Not a level between 0 and 0.5: {alpha!r}")
    return Equivalence(ComparisonStatus.OK, method, n, margin, alpha, names)


def _judged(asked: Equivalence, estimate: TEstimate | None) -> Equivalence:
    refused = too_few(asked.method, asked.n)
    if refused is not None:
        return replace(asked, status=refused.status, reason=refused.reason)
    if estimate is None:
        return replace(asked, status=ComparisonStatus.UNDEFINED, reason=NO_SPREAD)
    return replace(
        asked,
        estimate=estimate.value,
        interval=estimate.interval(1 - 2 * asked.alpha),
        degrees_of_freedom=estimate.degrees_of_freedom,
        p_above_lower=estimate.p(Sidedness.GREATER, null=asked.margin[0]),
        p_below_upper=estimate.p(Sidedness.LESS, null=asked.margin[1]),
    )
