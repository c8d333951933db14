"""Three or more groups of donors: analysis of variance, Welch's, and Kruskal–Wallis.

Every value is the one value of a donor.  These tests ask whether the groups differ at all; which of
them do is a matter of pairwise tests with ``multiplicity``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lims_msc.science.comparison import (
    DIFFERS,
    Comparison,
    ComparisonStatus,
    Question,
    too_few,
    undefined,
)
from lims_msc.science.exact_ranks import rank
from lims_msc.science.moments import Moments, moments
from lims_msc.science.t_tests import NO_SPREAD

_LARGEST_COUNT_OF_ARRANGEMENTS = 1_000_000
_LARGEST_F = 10**300
Groups = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class VarianceRatio:
    """F with its degrees of freedom and p."""

    f: float
    df_between: int
    df_within: float
    p: float


@dataclass(frozen=True, slots=True)
class VarianceTable:
    """Sums of squares between and within groups; ``ratio`` is ``None`` without spread within."""

    between: float
    within: float
    ratio: VarianceRatio | None


@dataclass(frozen=True, slots=True)
class KruskalNumbers:
    """H corrected for ties, its χ² p, and its exact p where there are few enough arrangements."""

    h: float
    df: int
    p_chi_squared: float
    p_exact: float | None


def anova(groups: Groups, question: Question = DIFFERS) -> Comparison:
    """Return the one-way analysis of variance of groups.

    ::

        F = (SS_between/(k − 1)) / (SS_within/(N − k))

    :raises ValueError: if there are fewer than two groups, or one is empty.
    """
    table = variance_table(groups)
    method = "one-way analysis of variance"
    return _f_comparison(method, groups, question, table.ratio)


def welch_anova(groups: Groups, question: Question = DIFFERS) -> Comparison:
    """Return Welch's analysis of variance of groups, whose variances need not be equal.

    :raises ValueError: if there are fewer than two groups, or one is empty.
    """
    return _f_comparison("Welch's analysis of variance", groups, question, welch_ratio(groups))


def kruskal_wallis(groups: Groups, question: Question = DIFFERS) -> Comparison:
    """Return the Kruskal–Wallis test; exact for small groups, else from χ², as the method says.

    :raises ValueError: if there are fewer than two groups, or one is empty.
    """
    numbers, n = kruskal_numbers(groups), _sizes(groups)
    is_exact = numbers is not None and numbers.p_exact is not None
    method = f"Kruskal–Wallis test ({'exact' if is_exact else 'χ² approximation'})"
    refused = too_few(method, n, question)
    if refused is not None:
        return refused
    if numbers is None:
        return undefined(method, n, question, "all values are equal")
    return Comparison(
        ComparisonStatus.OK,
        method,
        n,
        question,
        statistic_name="H",
        statistic=numbers.h,
        degrees_of_freedom=(numbers.df,),
        p=numbers.p_chi_squared if numbers.p_exact is None else numbers.p_exact,
        details={"p_chi_squared": numbers.p_chi_squared},
    )


def variance_table(groups: Groups) -> VarianceTable:
    """Return the sums of squares between and within groups, and their ratio.

    :raises ValueError: if there are fewer than two groups, or one is empty.
    """
    sets = _moments(groups)
    total = sum(one.n for one in sets)
    grand = sum((one.n * one.exact_mean for one in sets), Fraction(0)) / total
    between = sum((one.n * (one.exact_mean - grand) ** 2 for one in sets), Fraction(0))
    within = sum((one.exact_sum_of_squares for one in sets), Fraction(0))
    df1, df2 = len(sets) - 1, total - len(sets)
    if within == 0:
        return VarianceTable(float(between), 0.0, None)
    ratio = _ratio((between / df1) / (within / df2), df1, df2)
    return VarianceTable(float(between), float(within), ratio)


def welch_ratio(groups: Groups) -> VarianceRatio | None:
    """Return Welch's F; ``None`` where a group has a single value or no spread.

    ::

        w = n/s²,  m = Σ w·mean/Σ w,  Λ = Σ (1 − w/Σw)²/(n − 1)
        F = (Σ w·(mean − m)²/(k − 1)) / (1 + 2(k − 2)·Λ/(k² − 1)),  df₂ = (k² − 1)/(3Λ)

    :raises ValueError: if there are fewer than two groups, or one is empty.
    Source: Welch 1951, doi 10.1093/biomet/38.3-4.330.
    """
    sets, k = _moments(groups), len(groups)
    weights = [one.n / v for one in sets if (v := one.exact_variance)]
    if len(weights) < k:
        return None
    total = sum(weights, Fraction(0))
    middle = sum((w * one.exact_mean for w, one in zip(weights, sets, strict=True)), Fraction(0))
    middle /= total
    spread = sum(
        (w * (one.exact_mean - middle) ** 2 for w, one in zip(weights, sets, strict=True)),
        Fraction(0),
    )
    share = sum(
        ((1 - w / total) ** 2 / (one.n - 1) for w, one in zip(weights, sets, strict=True)),
        Fraction(0),
    )
    f = (spread / (k - 1)) / (1 + 2 * (k - 2) * share / (k * k - 1))
    return _ratio(f, k - 1, float((k * k - 1) / (3 * share)))


def kruskal_numbers(groups: Groups) -> KruskalNumbers | None:
    """Return H of groups of any size; ``None`` where all values are equal.

    ::

        H = (12/(N(N + 1))·Σ R²/n − 3(N + 1)) / (1 − Σ(t³ − t)/(N³ − N))

    :raises ValueError: if there are fewer than two groups, or one is empty.
    Source: Kruskal & Wallis 1952, doi 10.1080/01621459.1952.10483441.
    """
    from scipy.special import chdtrc

    _moments(groups)
    sizes = _sizes(groups)
    ranking = rank([value for group in groups for value in group])
    total = sum(sizes)
    correction = 1 - Fraction(ranking.tie_term, total**3 - total)
    if correction == 0:
        return None
    sums, start = [], 0
    for size in sizes:
        sums.append(sum(ranking.doubled[start : start + size]))
        start += size
    squares = sum(
        (Fraction(s * s, 4 * size) for s, size in zip(sums, sizes, strict=True)), Fraction(0)
    )
    h = float((squares * 12 / (total * (total + 1)) - 3 * (total + 1)) / correction)
    df = len(sizes) - 1
    return KruskalNumbers(h, df, float(chdtrc(df, h)), _exact_p(ranking.doubled, sizes, sums))


def _exact_p(doubled: Sequence[int], sizes: tuple[int, ...], sums: Sequence[int]) -> float | None:
    """Return the share of arrangements of the ranks whose Σ R²/n is not below the one seen."""
    arrangements = math.factorial(sum(sizes))
    for size in sizes:
        arrangements //= math.factorial(size)
    if arrangements > _LARGEST_COUNT_OF_ARRANGEMENTS:
        return None
    # A state is one whole number that holds how many values each group has so far, and the sums of
    # their ranks, each in bits of its own: keys of that kind are several times faster than tuples.
    bits = sum(doubled).bit_length()
    mask = (1 << bits) - 1
    places = [(2 * index * bits, (2 * index + 1) * bits) for index in range(len(sizes))]
    states = {0: 1}
    for number in doubled:
        following: dict[int, int] = {}
        for state, ways in states.items():
            for (count, so_far), size in zip(places, sizes, strict=True):
                if (state >> count) & mask < size:
                    new = state + (1 << count) + (number << so_far)
                    following[new] = following.get(new, 0) + ways
        states = following
    common = math.lcm(*sizes)
    shares = [common // size for size in sizes]

    def spread(found: Sequence[int]) -> int:
        return sum(share * s * s for share, s in zip(shares, found, strict=True))

    seen = spread(sums)
    as_far = sum(
        ways
        for state, ways in states.items()
        if spread([(state >> so_far) & mask for _, so_far in places]) >= seen
    )
    return as_far / arrangements


def _moments(groups: Groups) -> list[Moments]:
    if len(groups) < 2:
        raise ValueError(f"Not two or more groups to compare: {len(groups)}")
    return [moments(group) for group in groups]


def _sizes(groups: Groups) -> tuple[int, ...]:
    return tuple(len(group) for group in groups)


def _ratio(f: Fraction, df1: int, df2: float) -> VarianceRatio | None:
    from scipy.special import fdtrc

    # A spread within groups that leaves F beyond all numbers is no spread to test against.
    if f > _LARGEST_F:
        return None
    return VarianceRatio(float(f), df1, df2, float(fdtrc(df1, df2, float(f))))


def _f_comparison(
    method: str, groups: Groups, question: Question, ratio: VarianceRatio | None
) -> Comparison:
    n = _sizes(groups)
    refused = too_few(method, n, question)
    if refused is not None:
        return refused
    if ratio is None:
        return undefined(method, n, question, NO_SPREAD)
    return Comparison(
        ComparisonStatus.OK,
        method,
        n,
        question,
        statistic_name="F",
        statistic=ratio.f,
        degrees_of_freedom=(ratio.df_between, ratio.df_within),
        p=ratio.p,
    )
