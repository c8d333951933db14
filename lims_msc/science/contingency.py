"""Fisher's exact test of a table of two rows and two columns, such as responders by cohort."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lims_msc.science.comparison import (
    DIFFERS,
    Comparison,
    ComparisonStatus,
    Question,
    Sidedness,
    too_few,
    undefined,
)

_METHOD = "Fisher's exact test"
_AS_LIKELY = Fraction(10_000_001, 10_000_000)


@dataclass(frozen=True, slots=True)
class FisherNumbers:
    """Exact p values and odds ratios of a table [[a, b], [c, d]].

    The two-sided p sums the tables that are no more likely than the one seen.  ``odds_ratio`` is
    a·d/(b·c), ``conditional_odds_ratio`` the one that makes the table most likely for its margins.
    ``None`` is a number that is infinite, or 0/0 (then ``is_informative`` is false).
    """

    p_two_sided: float
    p_less: float
    p_greater: float
    odds_ratio: float | None
    conditional_odds_ratio: float | None
    lower: float | None
    upper: float | None
    is_informative: bool


def fisher_exact(table: Sequence[Sequence[int]], question: Question = DIFFERS) -> Comparison:
    """Return Fisher's test of counts of donors; a row is a group, a column an outcome.

    :raises ValueError: if the table is not two by two, or a count is negative or no whole number.
    Source: Fisher 1935, doi 10.2307/2342435.
    """
    numbers = fisher_numbers(table, confidence=question.confidence)
    n = (sum(table[0]), sum(table[1]))
    refused = too_few(_METHOD, n, question)
    if refused is not None:
        return refused
    if not numbers.is_informative:
        return undefined(_METHOD, n, question, "all donors have the same outcome")
    p = {
        Sidedness.TWO_SIDED: numbers.p_two_sided,
        Sidedness.LESS: numbers.p_less,
        Sidedness.GREATER: numbers.p_greater,
    }[question.sidedness]
    low, high = numbers.lower, numbers.upper
    notes = []
    if numbers.conditional_odds_ratio is None:
        notes.append(
            f"the odds ratio is infinite, and above {low:.4g} with "
            f"{100 * question.confidence:g} % confidence"
        )
    return Comparison(
        ComparisonStatus.OK,
        _METHOD,
        n,
        question,
        estimate_name="conditional odds ratio",
        estimate=numbers.conditional_odds_ratio,
        interval=None if low is None or high is None else (low, high),
        p=p,
        details={"odds_ratio": numbers.odds_ratio},
        notes=tuple(notes),
    )


def fisher_numbers(table: Sequence[Sequence[int]], *, confidence: float = 0.95) -> FisherNumbers:
    """Return exact p values and odds ratios of a table of any counts.

    ::

        P(a | margins) = C(a + b, a)·C(c + d, c)/C(N, a + c)

    The interval holds the odds ratios that neither tail rejects at (1 − confidence)/2.

    :raises ValueError: if the table is not two by two, or a count is negative or no whole number.
    """
    a, b, c, d = _counts(table)
    lowest, highest = max(0, a - d), min(a + b, a + c)
    values = range(lowest, highest + 1)
    ways = [math.comb(a + b, x) * math.comb(c + d, a + c - x) for x in values]
    total, seen = sum(ways), ways[a - lowest]
    tails = _Tails(values, [math.log(way) for way in ways])
    tail = (1 - confidence) / 2
    is_lowest, is_highest = a == lowest, a == highest
    return FisherNumbers(
        p_two_sided=sum(way for way in ways if way <= seen * _AS_LIKELY) / total,
        p_less=sum(ways[: a - lowest + 1]) / total,
        p_greater=sum(ways[a - lowest :]) / total,
        odds_ratio=a * d / (b * c) if b * c else None,
        conditional_odds_ratio=_odds(
            lambda log_odds: tails.mean(log_odds) - a, is_zero=is_lowest, is_infinite=is_highest
        ),
        lower=_odds(lambda log_odds: tails.at_least(a, log_odds) - tail, is_zero=is_lowest),
        upper=_odds(lambda log_odds: tail - tails.at_most(a, log_odds), is_infinite=is_highest),
        is_informative=lowest < highest,
    )


@dataclass(frozen=True, slots=True)
class _Tails:
    """The distribution of the first cell for given margins and a given odds ratio."""

    values: range
    log_ways: Sequence[float]

    def _chances(self, log_odds: float) -> list[float]:
        logs = [w + x * log_odds for w, x in zip(self.log_ways, self.values, strict=True)]
        top = max(logs)
        weights = [math.exp(number - top) for number in logs]
        total = math.fsum(weights)
        return [weight / total for weight in weights]

    def mean(self, log_odds: float) -> float:
        chances = self._chances(log_odds)
        return math.fsum(x * p for x, p in zip(self.values, chances, strict=True))

    def at_least(self, count: int, log_odds: float) -> float:
        return math.fsum(self._chances(log_odds)[count - self.values.start :])

    def at_most(self, count: int, log_odds: float) -> float:
        return math.fsum(self._chances(log_odds)[: count - self.values.start + 1])


def _odds(
    rising: Callable[[float], float], *, is_zero: bool = False, is_infinite: bool = False
) -> float | None:
    """Return the odds ratio at which a function that rises with its logarithm is zero."""
    from scipy.optimize import brentq

    if is_infinite:
        return None
    if is_zero:
        return 0.0
    end = 1.0
    while rising(-end) > 0 or rising(end) < 0:
        end *= 2
    return math.exp(brentq(rising, -end, end, xtol=1e-13, rtol=1e-14))


def _counts(table: Sequence[Sequence[int]]) -> tuple[int, int, int, int]:
    cells = [count for row in table for count in row]
    is_table = len(table) == 2 and all(len(row) == 2 for row in table)
    if not is_table or any(not 0 <= count < math.inf or count != int(count) for count in cells):
        raise ValueError(f"Not a table of two rows and two columns of counts: {table!r}")
    a, b, c, d = (int(count) for count in cells)
    if a + b + c + d == 0:
        raise ValueError("The table has no count above zero.")
    return a, b, c, d
