"""Pairs of values of the same donors: paired t, Wilcoxon signed ranks, and the geometric fold.

Priming, conditioned medium or a treatment is compared within donors: taking the pairs apart throws
the donors' differences into the error.  Both sequences have the donors in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    rank_test,
    signed_rank_distribution,
)
from lims_msc.science.moments import as_written, differences, tie_tolerance
from lims_msc.science.t_tests import NO_LOGARITHM, mean_estimate, t_comparison
from lims_msc.science.two_groups import as_ratio, no_interval

NO_DIFFERENCE = "no donor has a difference"
EQUAL_DIFFERENCES = "the differences do not vary between donors"


@dataclass(frozen=True, slots=True)
class SignedRankNumbers:
    """Sums of the ranks of positive and negative differences, zeros dropped (Wilcoxon).

    ``shift`` is the median of the means of all pairs of differences, zeros among them.
    """

    n_nonzero: int
    n_zero: int
    sum_plus: float
    sum_minus: float
    has_ties: bool
    test: RankTest
    shift: float
    interval: tuple[float, float] | None


def paired_t(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return the t test of the mean of first − second within donors.

    ::

        t = mean(d)/(s_d/√n),  df = n − 1,  Cohen's dz = mean(d)/s_d

    :raises ValueError: if the lengths differ, or a value is not a finite number.
    """
    return _paired_t("paired t-test", differences(first, second), question)


def paired_fold(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return the geometric mean of first/second within donors, by a paired t test on logarithms.

    ::

        fold = exp(mean ln(x₁/x₂))

    ``details`` also has the plain mean of the folds, which is larger and has no such interval.

    :raises ValueError: if the lengths differ, or a value is not a finite number.
    """
    method, n = "paired t-test on logarithms", (len(first),)
    if any(as_written(value) <= 0 for value in (*first, *second)):
        return undefined(method, n, question, NO_LOGARITHM)
    folds = [a / b for a, b in zip(first, second, strict=True)]
    logs = [math.log(a) - math.log(b) for a, b in zip(first, second, strict=True)]
    # Rounding of logarithms is no spread: equal folds are equal.
    nothing = tie_tolerance([math.log(v) for v in (*first, *second)])
    if all(abs(log - logs[0]) <= nothing for log in logs):
        logs = logs[:1] * len(logs)
    found = as_ratio(_paired_t(method, logs, question))
    if found.estimate is None:
        return found
    return replace(
        found,
        estimate_name="geometric mean of the folds",
        details={"mean_of_folds": math.fsum(folds) / len(folds)},
    )


def wilcoxon_signed_rank(
    first: Sequence[float], second: Sequence[float], question: Question = DIFFERS
) -> Comparison:
    """Return the signed rank test of first − second; exact with ties too, zeros dropped.

    :raises ValueError: if the lengths differ, or a value is not a finite number.
    Source: Wilcoxon 1945, doi 10.2307/3001968.
    """
    n = (len(first),)
    refused = too_few("Wilcoxon signed rank test", n, question)
    if refused is not None:
        return refused
    numbers = signed_rank_numbers(first, second, confidence=question.confidence)
    method = f"Wilcoxon signed rank test ({numbers.test.how})"
    if numbers.n_nonzero == 0:
        return undefined(method, n, question, NO_DIFFERENCE)
    notes = []
    if numbers.n_zero:
        notes.append(f"{numbers.n_zero} of {n[0]} donors without a difference are left out")
    if numbers.interval is None:
        notes.append(no_interval(question.confidence))
    return Comparison(
        ComparisonStatus.OK,
        method,
        n,
        question,
        estimate_name="median shift within donors",
        estimate=numbers.shift,
        interval=numbers.interval,
        statistic_name="V",
        statistic=numbers.sum_plus,
        p=numbers.test.p(question.sidedness),
        details={"sum_minus": numbers.sum_minus, "n_nonzero": numbers.n_nonzero},
        notes=tuple(notes),
    )


def signed_rank_numbers(
    first: Sequence[float], second: Sequence[float], *, confidence: float = 0.95
) -> SignedRankNumbers:
    """Return the signed rank sums, their p values and the shift of pairs of any number.

    ::

        V = Σ ranks of abs(d) with d > 0
        z = (V − n(n + 1)/4) / √(n(n + 1)(2n + 1)/24 − Σ(t³ − t)/48)

    :raises ValueError: if the lengths differ, there is no pair, or a value is not a finite number.
    """
    all_steps = differences(first, second)
    if not all_steps:
        raise ValueError("There is no pair to compare.")
    nothing = tie_tolerance((*first, *second))
    steps = [step for step in all_steps if abs(step) > nothing]
    ranking = rank([abs(step) for step in steps], nothing)
    plus = sum(r for r, step in zip(ranking.doubled, steps, strict=True) if step > 0)
    n = len(steps)
    variance = n * (n + 1) * (2 * n + 1) / 24 - ranking.tie_term / 48
    distribution = signed_rank_distribution(ranking.doubled)
    shift, interval = _shift(all_steps, confidence)
    return SignedRankNumbers(
        n_nonzero=n,
        n_zero=len(all_steps) - n,
        sum_plus=plus / 2,
        sum_minus=(sum(ranking.doubled) - plus) / 2,
        has_ties=ranking.has_ties,
        test=rank_test(distribution, plus, plus / 2 - n * (n + 1) / 4, variance),
        shift=shift,
        interval=interval,
    )


def _paired_t(
    method: str,
    steps: Sequence[float],
    question: Question,
) -> Comparison:
    n = (len(steps),)
    refused = too_few(method, n, question)
    if refused is not None:
        return refused
    estimate = mean_estimate(steps)
    if estimate is None:
        return undefined(method, n, question, EQUAL_DIFFERENCES)
    return t_comparison(
        method,
        estimate,
        n,
        question,
        estimate_name="mean difference within donors",
        details={"cohens_dz": estimate.t / math.sqrt(len(steps))},
    )


def _shift(steps: Sequence[float], confidence: float) -> tuple[float, tuple[float, float] | None]:
    """Return the median of the pairwise means and its interval by inverting the test (Tukey)."""
    import numpy as np

    n, values = len(steps), np.array(steps, float)
    rows, columns = np.triu_indices(n)
    averages = np.sort((values[rows] + values[columns]) / 2)
    exact = signed_rank_distribution([2 * (index + 1) for index in range(n)])
    order = limit_order(exact, 0, (n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24), confidence)
    ends = (float(averages[order - 1]), float(averages[-order])) if order >= 1 else None
    return float(np.median(averages)), ends
