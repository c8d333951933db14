"""Two independent groups of donors: t tests, Mann–Whitney, and the ratio of geometric means.

Every value is the one value of a donor (``donor_means``).  The functions that end in ``_numbers``
give the plain numbers of any two samples; the others refuse groups of fewer than three donors and
say in words what was found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from lims_msc.science.comparison import (
    DIFFERS,
    Comparison,
    ComparisonStatus,
    Question,
    too_few,
    undefined,
)
from lims_msc.science.exact_ranks import (
    RankTest,
    limit_order,
    rank,
    rank_sum_distribution,
    rank_test,
)
from lims_msc.science.moments import (
    Moments,
    as_written,
    differences,
    moments,
    moments_of_summary,
)
from lims_msc.science.propagation import exp_or_open
from lims_msc.science.t_tests import (
    NO_LOGARITHM,
    NO_SPREAD,
    TEstimate,
    cohens_d,
    hedges_g,
    student_estimate,
    t_comparison,
    welch_estimate,
)

BEYOND_NUMBERS = "the interval of the ratio spans more than 300 decades and is not given"
NO_PAIRING = "no pairing information: the groups are taken as different donors"


@dataclass(frozen=True, slots=True)
class MannWhitneyNumbers:
    """U of both groups with its p values, and the shift first − second with its interval.

    ``probability_first_greater`` counts equal pairs as half.
    """

    u_first: float
    u_second: float
    rank_sum_first: float
    has_ties: bool
    test: RankTest
    shift: float
    interval: tuple[float, float] | None
    probability_first_greater: float


def welch_t(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return Welch's t test of the difference of means; variances need not be equal.

    ::

        t = (mean₁ − mean₂)/√(s₁²/n₁ + s₂²/n₂)

    :raises ValueError: if a value is not a finite number.
    Source: Welch 1947, doi 10.1093/biomet/34.1-2.28.
    """
    return _t_comparison("Welch's t-test", welch_estimate, (first, second), question)


def student_t(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return Student's t test with a pooled variance, for information beside Welch's.

    :raises ValueError: if a value is not a finite number.
    """
    return _t_comparison("Student's t-test", student_estimate, (first, second), question)


def welch_t_of_summaries(
    first: tuple[float, float, int],
    second: tuple[float, float, int],
    question: Question = DIFFERS,
) -> Comparison:
    """Return Welch's t test of published (mean, SD, n); the result says that pairing is unknown.

    :raises ValueError: if a standard deviation is negative or an n below 1.
    """
    groups = moments_of_summary(*first), moments_of_summary(*second)
    found = _judged("Welch's t-test", welch_estimate(*groups), groups, question)
    return replace(found, notes=(NO_PAIRING,))


def geometric_mean_ratio(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return first/second as the ratio of geometric means, by Welch's t test on logarithms.

    ::

        ratio = exp(mean ln x₁ − mean ln x₂)

    :raises ValueError: if a value is not a finite number.
    """
    method, n = "Welch's t-test on logarithms", (len(first), len(second))
    if any(as_written(value) <= 0 for value in (*first, *second)):
        return undefined(method, n, question, NO_LOGARITHM)
    logs = [math.log(v) for v in first], [math.log(v) for v in second]
    return as_ratio(_t_comparison(method, welch_estimate, logs, question))


def mann_whitney(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return the Mann–Whitney test; exact with ties too, two-sided p is twice the smaller tail.

    The estimate is the Hodges–Lehmann shift, the median of all differences first − second.

    :raises ValueError: if a value is not a finite number.
    Source: Mann & Whitney 1947, doi 10.1214/aoms/1177730491; Hodges & Lehmann 1963,
    doi 10.1214/aoms/1177704172.
    """
    n = (len(first), len(second))
    refused = too_few("Mann–Whitney test", n, question)
    if refused is not None:
        return refused
    numbers = mann_whitney_numbers(first, second, confidence=question.confidence)
    method = f"Mann–Whitney test ({numbers.test.how})"
    if numbers.test.z is None:
        return undefined(method, n, question, "all values are equal")
    return Comparison(
        ComparisonStatus.OK,
        method,
        n,
        question,
        estimate_name="Hodges–Lehmann shift",
        estimate=numbers.shift,
        interval=numbers.interval,
        statistic_name="U",
        statistic=numbers.u_first,
        p=numbers.test.p(question.sidedness),
        details={
            "p_by_distance": numbers.test.p_by_distance,
            "probability_first_greater": numbers.probability_first_greater,
        },
        notes=() if numbers.interval else (no_interval(question.confidence),),
    )


def mann_whitney_numbers(
    first: Sequence[float], second: Sequence[float], *, confidence: float = 0.95
) -> MannWhitneyNumbers:
    """Return U, its p values and the shift of two samples of any size.

    ::

        U₁ = Σ ranks₁ − n₁(n₁ + 1)/2
        z  = (U₁ − n₁n₂/2) / √(n₁n₂/12 · (N + 1 − Σ(t³ − t)/(N(N − 1))))

    :raises ValueError: if a group is empty or a value is not a finite number.
    """
    moments(first), moments(second)
    n, m = len(first), len(second)
    ranking = rank((*first, *second))
    doubled_sum = sum(ranking.doubled[:n])
    u, middle = doubled_sum / 2 - n * (n + 1) / 2, n * m / 2
    untied = n * m * (n + m + 1) / 12
    # Where all values are equal this is exactly zero.
    variance = n * m / 12 * (n + m + 1 - ranking.tie_term / ((n + m) * (n + m - 1)))
    steps = _sorted_steps(first, second)
    without_ties = rank_sum_distribution([2 * (index + 1) for index in range(n + m)], n)
    order = limit_order(without_ties, n * (n + 1), (middle, untied), confidence)
    return MannWhitneyNumbers(
        u_first=u,
        u_second=n * m - u,
        rank_sum_first=doubled_sum / 2,
        has_ties=ranking.has_ties,
        test=rank_test(
            rank_sum_distribution(ranking.doubled, n), doubled_sum, u - middle, variance
        ),
        shift=median(steps),
        interval=(steps[order - 1], steps[-order]) if order else None,
        probability_first_greater=u / (n * m),
    )


def _sorted_steps(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Return all differences first − second, rising."""
    import numpy as np

    # Without what all values have in common, differences of large values keep their digits.
    common = [first[0]] * (len(first) + len(second))
    moved = np.array(differences((*first, *second), common))
    steps = np.subtract.outer(moved[: len(first)], moved[len(first) :]).ravel()
    return [float(step) for step in np.sort(steps)]


def as_ratio(found: Comparison) -> Comparison:
    """Return a comparison of logarithms with its estimate and interval as a ratio."""
    if found.estimate is None or found.interval is None:
        return found
    low, high = map(exp_or_open, found.interval)
    is_number = low is not None and high is not None
    return replace(
        found,
        estimate_name="ratio of geometric means",
        estimate=math.exp(found.estimate),
        interval=(low, high) if low is not None and high is not None else None,
        details={},
        notes=found.notes if is_number else (*found.notes, BEYOND_NUMBERS),
    )


def _t_comparison(
    method: str,
    estimate: Callable[[Moments, Moments], TEstimate | None],
    samples: tuple[Sequence[float], Sequence[float]],
    question: Question,
) -> Comparison:
    refused = too_few(method, [len(sample) for sample in samples], question)
    if refused is not None:
        return refused
    groups = moments(samples[0]), moments(samples[1])
    return _judged(method, estimate(*groups), groups, question)


def _judged(
    method: str, estimate: TEstimate | None, groups: tuple[Moments, Moments], question: Question
) -> Comparison:
    n = (groups[0].n, groups[1].n)
    refused = too_few(method, n, question)
    if refused is not None:
        return refused
    if estimate is None:
        return undefined(method, n, question, NO_SPREAD)
    details = {"cohens_d": cohens_d(*groups), "hedges_g": hedges_g(*groups)}
    return t_comparison(method, estimate, n, question, details=details)


def no_interval(confidence: float) -> str:
    """Return why a rank test has no interval."""
    return f"there are too few donors for an interval of {100 * confidence:g} %"
