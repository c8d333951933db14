"""Numbers that say how good a plate is: Z′, stimulation index, CV, drift, rank trend (DOMAIN 3.5).

A number that cannot be had is ``None`` with a reason in words.  Limits are not in here: they belong
to the assay types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.science.uncertainty import WellGroup


@dataclass(frozen=True, slots=True)
class QualityNumber:
    """A quality number, or the reason why there is none."""

    value: float | None
    reason: str = ""


def z_prime(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return Z′ = 1 − 3(s_P + s_N)/abs(P − N) (Zhang 1999, doi 10.1177/108705719900400206).

    With three wells each it is very uncertain: show n beside it.
    """
    if min(len(high), len(low)) < 3:
        return QualityNumber(None, "Z′ needs at least three wells of each control")
    upper, lower = WellGroup(tuple(high)), WellGroup(tuple(low))
    window = abs(upper.mean - lower.mean)
    if window == 0:
        return QualityNumber(None, "means are equal")
    return QualityNumber(1 - 3 * ((upper.sd or 0.0) + (lower.sd or 0.0)) / window)


def stimulation_index(
    stimulated: Sequence[float], unstimulated: Sequence[float], blank: Sequence[float] = ()
) -> QualityNumber:
    """Return SI = (P − B)/(N − B), or P/N without blanks."""
    if not stimulated or not unstimulated:
        return QualityNumber(
            None, "the stimulation index needs stimulated and unstimulated responders"
        )
    floor = WellGroup(tuple(blank)).mean if blank else 0.0
    below = WellGroup(tuple(unstimulated)).mean - floor
    if below <= 0:
        return QualityNumber(None, "unstimulated responders are not above the blank")
    return QualityNumber((WellGroup(tuple(stimulated)).mean - floor) / below)


def cv_percent(values: Sequence[float]) -> QualityNumber:
    """Return the coefficient of variation of raw signals, 100·s/mean."""
    if len(values) < 2:
        return QualityNumber(None, "a coefficient of variation needs at least two wells")
    group = WellGroup(tuple(values))
    if group.mean <= 0:
        return QualityNumber(None, "the mean is not above zero")
    return QualityNumber(100 * (group.sd or 0.0) / group.mean)


def drift_percent(first: Sequence[float], second: Sequence[float]) -> QualityNumber:
    """Return 100·abs(P₁ − P₂)/P of two sets of the same control, P the mean of all wells."""
    if not first or not second:
        return QualityNumber(None, "drift needs two sets of the stimulated control")
    overall = WellGroup((*first, *second)).mean
    if overall <= 0:
        return QualityNumber(None, "the mean is not above zero")
    difference = WellGroup(tuple(first)).mean - WellGroup(tuple(second)).mean
    return QualityNumber(100 * abs(difference) / overall)


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> QualityNumber:
    """Return Spearman's rank correlation, ties sharing their mean rank."""
    if len(x) < 3:
        return QualityNumber(None, "a trend needs at least three doses")
    first, second = _ranks(x), _ranks(y)
    middle = (len(x) + 1) / 2
    a, b = [r - middle for r in first], [r - middle for r in second]
    spread = (sum(v * v for v in a) * sum(v * v for v in b)) ** 0.5
    if spread == 0:
        return QualityNumber(None, "all values are equal")
    return QualityNumber(sum(p * q for p, q in zip(a, b, strict=True)) / spread)


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [ordered.index(v) + (ordered.count(v) + 1) / 2 for v in values]
