"""Numbers that say how good a plate is: Z′, windows, stimulation index, CV, drift, rank trend.

They are those of DOMAIN 3.5.  A number that cannot be had is ``None`` with a reason in words.
Limits are not in here: they belong to the assay types.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lims_msc.science.moments import Moments, as_written, moments
from lims_msc.science.t_tests import NO_LOGARITHM

EQUAL_MEANS = "means are equal"
NO_SCATTER = "the wells do not scatter"
MAD_FACTOR = 1.482602218505602
"""1/Φ⁻¹(3/4): it makes the median absolute deviation of normal values their standard deviation."""
_LARGEST_LN = 690.0


@dataclass(frozen=True, slots=True)
class QualityNumber:
    """A quality number, or the reason why there is none."""

    value: float | None
    reason: str = ""


def z_prime(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return Z′ of two controls; with three wells each it is very uncertain, so show n beside it.

    ::

        Z′ = 1 − 3(s_P + s_N)/abs(mean P − mean N)

    Source: Zhang 1999, doi 10.1177/108705719900400206.
    """
    if min(len(high), len(low)) < 3:
        return QualityNumber(None, "Z′ needs at least three wells of each control")
    upper, lower = moments(high), moments(low)
    window = abs(upper.exact_mean - lower.exact_mean)
    if window == 0:
        return QualityNumber(None, EQUAL_MEANS)
    return QualityNumber(1 - 3 * (_sd(upper) + _sd(lower)) / float(window))


def robust_z_prime(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return Z′ from medians and median absolute deviations: one bad well hardly moves it.

    ::

        1 − 3(MAD_P + MAD_N)/abs(median P − median N),  MAD = 1.4826·median abs(x − median)

    Source: Zhang 1999, doi 10.1177/108705719900400206, with the estimates of Hampel 1974,
    doi 10.1080/01621459.1974.10482962.
    """
    if min(len(high), len(low)) < 3:
        return QualityNumber(None, "Z′ needs at least three wells of each control")
    window = abs(median(high) - median(low))
    if window == 0:
        return QualityNumber(None, "medians are equal")
    spread = scaled_mad(high) + scaled_mad(low)
    if spread == 0:
        return QualityNumber(None, "more than half of the wells of each control are equal")
    return QualityNumber(1 - 3 * spread / window)


def ssmd(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return the strictly standardised mean difference of two controls.

    ::

        SSMD = (mean P − mean N)/√(s_P² + s_N²)

    Source: Zhang 2007, doi 10.1016/j.ygeno.2006.12.014.
    """
    if min(len(high), len(low)) < 2:
        return QualityNumber(None, "SSMD needs at least two wells of each control")
    upper, lower = moments(high), moments(low)
    spread = math.hypot(_sd(upper), _sd(lower))
    if spread == 0:
        return QualityNumber(None, NO_SCATTER)
    return QualityNumber(float(upper.exact_mean - lower.exact_mean) / spread)


def signal_to_background(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return S/B, the mean of the high control over that of the low one."""
    if not high or not low:
        return QualityNumber(None, "S/B needs both controls")
    below = moments(low).mean
    if below == 0:
        return QualityNumber(None, "the mean of the low control is zero")
    return QualityNumber(moments(high).mean / below)


def signal_to_noise(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return S/N.

    ::

        S/N = (mean P − mean N)/s_N
    """
    if not high or len(low) < 2:
        return QualityNumber(None, "S/N needs two wells of the low control")
    upper, lower = moments(high), moments(low)
    if _sd(lower) == 0:
        return QualityNumber(None, NO_SCATTER)
    return QualityNumber(float(upper.exact_mean - lower.exact_mean) / _sd(lower))


def signal_window(high: Sequence[float], low: Sequence[float]) -> QualityNumber:
    """Return the signal window; at least 2 is asked of a screening assay.

    ::

        SW = (abs(mean P − mean N) − 3(s_P + s_N))/s_P

    Source: Sittampalam 1997, doi 10.1177/108705719700200306.
    """
    if min(len(high), len(low)) < 2:
        return QualityNumber(None, "the signal window needs at least two wells of each control")
    upper, lower = moments(high), moments(low)
    if _sd(upper) == 0:
        return QualityNumber(None, NO_SCATTER)
    window = float(abs(upper.exact_mean - lower.exact_mean))
    return QualityNumber((window - 3 * (_sd(upper) + _sd(lower))) / _sd(upper))


def stimulation_index(
    stimulated: Sequence[float], unstimulated: Sequence[float], blank: Sequence[float] = ()
) -> QualityNumber:
    """Return SI = (P − B)/(N − B), or P/N without blanks."""
    if not stimulated or not unstimulated:
        return QualityNumber(
            None, "the stimulation index needs stimulated and unstimulated responders"
        )
    floor = moments(blank).exact_mean if blank else Fraction(0)
    below = moments(unstimulated).exact_mean - floor
    if below <= 0:
        return QualityNumber(None, "unstimulated responders are not above the blank")
    return QualityNumber(float((moments(stimulated).exact_mean - floor) / below))


def cv_percent(values: Sequence[float]) -> QualityNumber:
    """Return the coefficient of variation of raw signals; near a mean of zero it says little.

    ::

        CV = 100·s/abs(mean)
    """
    if len(values) < 2:
        return QualityNumber(None, "a coefficient of variation needs at least two wells")
    group = moments(values)
    if group.exact_mean == 0:
        return QualityNumber(None, "the mean is zero")
    return QualityNumber(100 * _sd(group) / abs(group.mean))


def geometric_mean(values: Sequence[float]) -> QualityNumber:
    """Return the geometric mean, exp(mean ln x)."""
    if not values:
        return QualityNumber(None, "there is no value")
    if min(values) <= 0:
        return QualityNumber(None, NO_LOGARITHM)
    return QualityNumber(math.exp(moments([math.log(v) for v in values]).mean))


def geometric_sd_factor(values: Sequence[float]) -> QualityNumber:
    """Return the factor that a value scatters by, exp(s of ln x)."""
    if len(values) < 2:
        return QualityNumber(None, "a scatter needs at least two values")
    if min(values) <= 0:
        return QualityNumber(None, NO_LOGARITHM)
    return QualityNumber(math.exp(_sd(moments([math.log(v) for v in values]))))


def geometric_cv_percent(values: Sequence[float]) -> QualityNumber:
    """Return the geometric coefficient of variation of a log-normal quantity.

    ::

        GCV = 100·√(exp(s²) − 1),  s of ln x

    Source: Kirkwood 1979, doi 10.2307/2530139.
    """
    factor = geometric_sd_factor(values)
    if factor.value is None:
        return factor
    squared = math.log(factor.value) ** 2
    if squared > _LARGEST_LN:
        return QualityNumber(None, "the values scatter over too many decades for this number")
    return QualityNumber(100 * math.sqrt(math.expm1(squared)))


def drift_percent(first: Sequence[float], second: Sequence[float]) -> QualityNumber:
    """Return 100·abs(P₁ − P₂)/P of two sets of the same control, P the mean of all wells."""
    if not first or not second:
        return QualityNumber(None, "drift needs two sets of the stimulated control")
    overall = moments((*first, *second)).exact_mean
    if overall <= 0:
        return QualityNumber(None, "the mean is not above zero")
    difference = moments(first).exact_mean - moments(second).exact_mean
    return QualityNumber(float(100 * abs(difference) / overall))


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


def median(values: Sequence[float]) -> float:
    """Return the median.

    :raises ValueError: if there is no value, or one is not a finite number.
    """
    return float(_exact_median([as_written(value) for value in values]))


def scaled_mad(values: Sequence[float]) -> float:
    """Return 1.4826·median abs(x − median), a standard deviation that one wild value cannot move.

    :raises ValueError: if there is no value, or one is not a finite number.
    """
    exact = [as_written(value) for value in values]
    middle = _exact_median(exact)
    return MAD_FACTOR * float(_exact_median([abs(value - middle) for value in exact]))


def _exact_median(values: Sequence[Fraction]) -> Fraction:
    if not values:
        raise ValueError("There is no value to take a median of.")
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _sd(group: Moments) -> float:
    """Return the standard deviation of a group that is known to have two values."""
    return group.sd or 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    exact = [as_written(value) for value in values]
    ordered = sorted(exact)
    return [ordered.index(v) + (ordered.count(v) + 1) / 2 for v in exact]
