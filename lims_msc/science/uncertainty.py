"""Groups of replicate wells, and the delta method for numbers that share some of them.

Every number of a suppression curve is a smooth function of the means of independent groups of
wells (co-culture at a dose, stimulated control, unstimulated control, …).  It is described by its
gradient: how it changes with each group mean.  Two doses of a plate share the same controls; their
covariance follows from the gradients and needs no further formula.  What the wells do *not* tell,
the spread between donors, runs or plates, is not in here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Gradient: TypeAlias = Mapping[str, float]

NO_INTERVAL = "no interval: a group of wells that it rests on has a single well or no spread"


@dataclass(frozen=True, slots=True)
class WellGroup:
    """The readings of replicate wells of one condition; at least one."""

    values: tuple[float, ...]

    @property
    def n(self) -> int:
        """The number of wells."""
        return len(self.values)

    @property
    def mean(self) -> float:
        """The arithmetic mean, which does not depend on the order of the wells."""
        return math.fsum(self.values) / self.n

    @property
    def sd(self) -> float | None:
        """The standard deviation (n − 1); ``None`` for a single well."""
        if self.n < 2:
            return None
        mean = self.mean
        return math.sqrt(math.fsum((v - mean) ** 2 for v in self.values) / (self.n - 1))

    @property
    def variance_of_mean(self) -> float | None:
        """s²/n; ``None`` for a single well."""
        sd = self.sd
        return None if sd is None else sd * sd / self.n


@dataclass(frozen=True, slots=True)
class Spread:
    """The standard error of a number, and the degrees of freedom of that standard error.

    ``degrees_of_freedom`` is ``None`` where the standard error is zero.
    """

    se: float
    degrees_of_freedom: float | None

    @property
    def allows_interval(self) -> bool:
        """Whether there is any spread to build an interval on."""
        return self.degrees_of_freedom is not None


def covariance(first: Gradient, second: Gradient, groups: Mapping[str, WellGroup]) -> float | None:
    """Return the covariance of two numbers: Σ over shared groups of g₁·g₂·s²/n.

    ``None`` if a group that both rest on has a single well.
    """
    terms = []
    for name in first.keys() & second.keys():
        weight = first[name] * second[name]
        if weight == 0:
            continue
        variance = groups[name].variance_of_mean
        if variance is None:
            return None
        terms.append(weight * variance)
    return math.fsum(terms)


def spread_of(gradient: Gradient, groups: Mapping[str, WellGroup]) -> Spread | None:
    """Return the standard error of a number with the Welch–Satterthwaite degrees of freedom.

    Variance Σ g²·s²/n; df = variance² / Σ (g²·s²/n)²/(n − 1).  ``None`` if a group that the number
    rests on has a single well.
    """
    parts = []
    for name, weight in gradient.items():
        if weight == 0:
            continue
        variance = groups[name].variance_of_mean
        if variance is None:
            return None
        parts.append((weight * weight * variance, groups[name].n - 1))
    total = math.fsum(part for part, _ in parts)
    if total == 0:
        return Spread(0.0, None)
    # Shares of the total keep the squares in range whatever the unit of the signals is.
    shares = math.fsum((part / total) ** 2 / df for part, df in parts)
    return Spread(math.sqrt(total), 1 / shares)


def t_quantile(degrees_of_freedom: float, confidence: float) -> float:
    """Return the two-sided quantile of Student's t for a confidence such as 0.95.

    :raises ValueError: if the confidence is not between 0 and 1.
    """
    from scipy.special import stdtrit

    if not 0 < confidence < 1:
        raise ValueError(f"Not a confidence between 0 and 1: {confidence!r}")
    return float(stdtrit(degrees_of_freedom, 0.5 + confidence / 2))


def t_interval(value: float, spread: Spread, confidence: float) -> tuple[float, float] | None:
    """Return value ± t·SE; ``None`` where there is no spread."""
    if spread.degrees_of_freedom is None:
        return None
    half = t_quantile(spread.degrees_of_freedom, confidence) * spread.se
    return value - half, value + half
