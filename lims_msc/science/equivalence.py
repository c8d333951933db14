"""Ratios and differences of two estimates, their intervals, and whether they are equivalent.

Ratios get two intervals: the delta method on the log, and that of Fieller, which stays right where
the error of the denominator is not small.  Equivalence is the two one-sided tests: a 90 % interval
that lies inside limits which were set before.  A ratio without a sign or an interval without an end
is no number here but a reason.  Which parameters of curves are compared is in ``similarity``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """The ends of an interval; an end that the data do not bound is ``None`` with a ``reason``."""

    low: float | None
    high: float | None
    reason: str = ""

    def is_inside(self, low: float, high: float) -> bool:
        """Whether both ends exist and lie within these limits."""
        if self.low is None or self.high is None:
            return False
        return low <= self.low and self.high <= high

    def __str__(self) -> str:
        low = "open" if self.low is None else f"{self.low:.3g}"
        high = "open" if self.high is None else f"{self.high:.3g}"
        return f"{low} to {high}"


@dataclass(frozen=True, slots=True)
class FiellerInterval(Interval):
    """Fieller's interval with its ``g``, the squared t quantile over the squared t of the
    denominator; from g = 1 on, the interval has no ends.  ``None`` if the denominator is 0.
    """

    g: float | None = None


@dataclass(frozen=True, slots=True)
class EstimatePair:
    """A numerator and a denominator with their variances and covariance."""

    numerator: float
    denominator: float
    numerator_variance: float
    denominator_variance: float
    covariance: float = 0.0


@dataclass(frozen=True, slots=True)
class RatioEstimate:
    """A ratio with its standard error on the log scale and two intervals.

    ``value`` is ``None`` if the denominator is 0; ``se_ln`` is ``None`` if the ratio is not above
    zero, which has no logarithm.
    """

    value: float | None
    se_ln: float | None
    log_interval: Interval
    fieller: FiellerInterval


@dataclass(frozen=True, slots=True)
class DifferenceEstimate:
    """A difference with its standard error and its interval, difference ± t·SE."""

    value: float
    se: float
    interval: Interval


NO_LOGARITHM = "the ratio is not above zero, so it has no interval on the log scale"
OPEN_FIELLER = (
    "the denominator does not differ from zero at this confidence (g ≥ 1), so Fieller's interval "
    "has no ends"
)


def ratio_estimate(pair: EstimatePair, t: float) -> RatioEstimate:
    """Return numerator / denominator with the delta method on the log, and with Fieller.

    ::

        se_ln² = v_n/n² + v_d/d² − 2·v_nd/(n·d),   interval  ratio · exp(±t·se_ln)

    ``t`` is the two-sided quantile of Student's t for the degrees of freedom of the variances.

    Source: delta method; USP ⟨1034⟩ for ratios of potency on the log scale.
    """
    fieller = fieller_interval(pair, t)
    if pair.denominator == 0:
        return RatioEstimate(None, None, Interval(None, None, NO_LOGARITHM), fieller)
    ratio = pair.numerator / pair.denominator
    if ratio <= 0:
        return RatioEstimate(ratio, None, Interval(None, None, NO_LOGARITHM), fieller)
    variance = (
        pair.numerator_variance / pair.numerator**2
        + pair.denominator_variance / pair.denominator**2
        - 2 * pair.covariance / (pair.numerator * pair.denominator)
    )
    # Rounding may leave a trace below zero where numerator and denominator move together.
    se_ln = math.sqrt(max(variance, 0.0))
    return RatioEstimate(ratio, se_ln, log_interval(ratio, se_ln, t), fieller)


def log_interval(value: float, se_ln: float, t: float) -> Interval:
    """Return value · exp(±t·se_ln); an end beyond all numbers is open.

    Source: delta method.
    """
    if t * se_ln + abs(math.log(value)) > _LARGEST_LN:
        return Interval(None, None, "its ends on the log scale are beyond all numbers")
    return Interval(value * math.exp(-t * se_ln), value * math.exp(t * se_ln))


def fieller_interval(pair: EstimatePair, t: float) -> FiellerInterval:
    """Return all ratios ρ for which numerator − ρ·denominator does not differ from zero.

    ::

        (n − ρ·d)² ≤ t²·(v_n − 2·ρ·v_nd + ρ²·v_d),   g = t²·v_d/d²

    The ends are the roots of this quadratic if g < 1, else there are none.

    Source: Fieller 1954, J R Stat Soc B 16:175, doi 10.1111/j.2517-6161.1954.tb00159.x.
    """
    n, d = pair.numerator, pair.denominator
    if d == 0:
        return FiellerInterval(None, None, OPEN_FIELLER, None)
    g = t * t * pair.denominator_variance / (d * d)
    if not g < 1:
        return FiellerInterval(None, None, OPEN_FIELLER, g)
    # Divided by d², so that neither unit nor size of the estimates matters.
    ratio, mixed = n / d, t * t * pair.covariance / (d * d)
    middle = (ratio - mixed) / (1 - g)
    own = t * t * pair.numerator_variance / (d * d)
    # (ratio − mixed)² − (1 − g)·(ratio² − own), without the difference of large squares.
    under = g * ratio**2 - 2 * ratio * mixed + mixed**2 + (1 - g) * own
    half = math.sqrt(max(under, 0.0)) / (1 - g)
    return FiellerInterval(middle - half, middle + half, "", g)


def difference_estimate(pair: EstimatePair, t: float) -> DifferenceEstimate:
    """Return numerator − denominator with the interval difference ± t·SE.

    ::

        SE² = v_n + v_d − 2·v_nd

    Source: variance of a difference.
    """
    value = pair.numerator - pair.denominator
    variance = pair.numerator_variance + pair.denominator_variance - 2 * pair.covariance
    se = math.sqrt(max(variance, 0.0))
    return DifferenceEstimate(value, se, Interval(value - t * se, value + t * se))


_LARGEST_LN = 690.0
