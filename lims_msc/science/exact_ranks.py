"""Ranks with ties, and the exact null distributions of rank sums and signed ranks.

Ties keep their mean ranks, and the distribution is that of all assignments of *these* ranks, so a
p value with ties is exact as well.  Ranks are doubled where they stand in integer sums: a mean rank
of 2.5 counts as 5.  Distributions are built item by item in double precision; all terms are
positive, so even tiny tails keep their digits.  Not in here: which groups are compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from lims_msc.science.comparison import Sidedness
from lims_msc.science.moments import tie_tolerance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGEST_WORK = 5e8
"""Additions that an exact distribution may take: about half a second, two groups of a hundred."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Doubled mean ranks of values in their order, and the sizes of the groups of equal ones."""

    doubled: tuple[int, ...]
    tie_sizes: tuple[int, ...]

    @property
    def has_ties(self) -> bool:
        """Whether some values are equal."""
        return any(size > 1 for size in self.tie_sizes)

    @property
    def tie_term(self) -> int:
        """Σ (t³ − t) over the groups of equal values."""
        return sum(size**3 - size for size in self.tie_sizes)


@dataclass(frozen=True, slots=True)
class NullDistribution:
    """The probabilities of the sums 0, 1, 2, … of (doubled) ranks if the groups do not differ.

    ``scale`` is what a doubled rank is divided by: 2 where no rank is a half, else 1.
    """

    probabilities: NDArray[np.float64]
    scale: int
    center_doubled: int

    def at_most(self, doubled_sum: int) -> float:
        """Return the probability of this sum or a smaller one."""
        return _total(self.probabilities[: doubled_sum // self.scale + 1])

    def at_least(self, doubled_sum: int) -> float:
        """Return the probability of this sum or a larger one."""
        return _total(self.probabilities[max(-(-doubled_sum // self.scale), 0) :])

    def as_far(self, doubled_sum: int) -> float:
        """Return the probability of a sum as far from the middle as this one, on both sides."""
        distance = abs(doubled_sum - self.center_doubled)
        if distance == 0:
            return 1.0
        low = self.center_doubled - distance
        below = self.at_most(low) if low >= 0 else 0.0
        return min(1.0, below + self.at_least(self.center_doubled + distance))


def rank(values: Sequence[float], tolerance: float | None = None) -> Ranking:
    """Return mean ranks; values that differ by rounding only count as equal.

    ``tolerance`` is the distance that is rounding, by default that of values of this size.
    """
    order = sorted(range(len(values)), key=lambda index: values[index])
    tolerance = tie_tolerance(values) if tolerance is None else tolerance
    doubled, sizes, start = [0] * len(values), [], 0
    for position in range(1, len(order) + 1):
        is_same = (
            position < len(order)
            and values[order[position]] - values[order[position - 1]] <= tolerance
        )
        if is_same:
            continue
        for index in order[start:position]:
            doubled[index] = start + 1 + position
        sizes.append(position - start)
        start = position
    return Ranking(tuple(doubled), tuple(sizes))


def rank_sum_distribution(doubled: Sequence[int], chosen: int) -> NullDistribution | None:
    """Return the distribution of the rank sum of ``chosen`` of the items, all choices alike.

    ``None`` where it would take too long; then a test takes the normal distribution and says so.
    """
    import numpy as np

    scale, ranks = _scaled(doubled)
    # The sum of the others is the total less this sum: the smaller group needs less work.
    fewer = min(chosen, len(ranks) - chosen)
    largest = sum(sorted(ranks)[len(ranks) - fewer :])
    if len(ranks) * max(fewer, 1) * float(largest + 1) > _LARGEST_WORK:
        return None
    ways = np.zeros((fewer + 1, largest + 1))
    ways[0, 0] = 1.0
    for number in ranks:
        ways[1:, number:] += ways[:-1, : largest + 1 - number]
    counts = ways[fewer]
    if fewer != chosen:
        total = sum(ranks)
        mirrored = np.zeros(total + 1)
        mirrored[total - largest :] = counts[::-1]
        counts = mirrored
    center = chosen * (len(ranks) + 1)
    return NullDistribution(counts / math.comb(len(ranks), chosen), scale, center)


def signed_rank_distribution(doubled: Sequence[int]) -> NullDistribution | None:
    """Return the distribution of the sum of the ranks with a plus sign, all signs alike.

    ``None`` where it would take too long.
    """
    import numpy as np

    scale, ranks = _scaled(doubled)
    total = sum(ranks)
    if len(ranks) * float(total + 1) > _LARGEST_WORK:
        return None
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    for number in ranks:
        chances *= 0.5
        chances[number:] += chances[: total + 1 - number].copy()
    return NullDistribution(chances, scale, sum(doubled) // 2)


@dataclass(frozen=True, slots=True)
class RankTest:
    """The p values of a rank sum: exact, or a normal approximation where that takes too long.

    ``p_doubled`` is twice the smaller tail; ``p_by_distance`` the chance of a sum as far from its
    middle on either side.  Without ties they agree.  ``z`` and ``z_corrected`` (for continuity) are
    ``None`` where all ranks are tied.
    """

    p_doubled: float | None
    p_by_distance: float | None
    p_less: float | None
    p_greater: float | None
    z: float | None
    z_corrected: float | None
    half_step: float = 0.0
    """The correction for continuity on the scale of ``z``."""

    @property
    def how(self) -> str:
        """How p was found, in words."""
        if self.p_doubled is not None:
            return "exact"
        return "normal approximation with continuity correction"

    def p(self, sidedness: Sidedness) -> float | None:
        """Return the p value of an alternative; ``None`` where neither way gives one."""
        if self.p_doubled is not None:
            return {
                Sidedness.TWO_SIDED: self.p_doubled,
                Sidedness.LESS: self.p_less,
                Sidedness.GREATER: self.p_greater,
            }[sidedness]
        if self.z is None or self.z_corrected is None:
            return None
        if sidedness is Sidedness.TWO_SIDED:
            return normal_p(self.z_corrected)
        # The correction of one tail moves towards that tail's own side of the middle.
        sign = 1.0 if sidedness is Sidedness.GREATER else -1.0
        return 0.5 * math.erfc((sign * self.z - self.half_step) / math.sqrt(2))


def rank_test(
    distribution: NullDistribution | None, doubled_sum: int, distance: float, variance: float
) -> RankTest:
    """Return the p values of a rank sum at a distance from its middle, with its null variance."""
    z, corrected, half_step = None, None, 0.0
    if variance > 0:
        sigma = math.sqrt(variance)
        z, half_step = distance / sigma, 0.5 / sigma
        corrected = math.copysign(max(abs(distance) - 0.5, 0.0), distance) / sigma
    if distribution is None:
        return RankTest(None, None, None, None, z, corrected, half_step)
    less, greater = distribution.at_most(doubled_sum), distribution.at_least(doubled_sum)
    doubled = min(1.0, 2 * min(less, greater))
    return RankTest(
        doubled, distribution.as_far(doubled_sum), less, greater, z, corrected, half_step
    )


def limit_order(
    distribution: NullDistribution | None,
    smallest_doubled: int,
    middle_and_variance: tuple[float, float],
    confidence: float,
) -> int:
    """Return which of the sorted differences ends an interval that inverts a rank test.

    It is the largest k with P(sum ≤ smallest + k − 1) ≤ (1 − confidence)/2; 0 where there is none.
    Without a distribution the normal approximation is taken.
    """
    from scipy.special import ndtri

    tail = (1 - confidence) / 2
    if distribution is None:
        middle, variance = middle_and_variance
        return max(math.floor(middle + float(ndtri(tail)) * math.sqrt(variance)), 0)
    start = smallest_doubled // distribution.scale
    reached = accumulate(distribution.probabilities[start:].tolist())
    return sum(1 for _ in takewhile(lambda chance: chance <= tail, reached))


def normal_p(z: float) -> float:
    """Return the two-sided p value of a standard normal number."""
    return math.erfc(abs(z) / math.sqrt(2))


def _scaled(doubled: Sequence[int]) -> tuple[int, list[int]]:
    if all(number % 2 == 0 for number in doubled):
        return 2, [number // 2 for number in doubled]
    return 1, list(doubled)


def _total(probabilities: NDArray[np.float64]) -> float:
    return min(1.0, math.fsum(probabilities.tolist()))
