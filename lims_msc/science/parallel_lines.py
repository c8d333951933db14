"""The parallel-line assay: straight lines over ln dose with one slope for reference and test.

The relative potency is the horizontal distance of the lines.  Whether the lines are straight and
parallel is tested beside it; this module reports these tests and judges nothing.  For curves with
plateaus there is ``common_shape``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims_msc.domain.fit import FitStatus
from lims_msc.science.dose_effect import DoseMeans, f_test
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import (
    OPEN_FIELLER,
    EstimatePair,
    FiellerInterval,
    Interval,
    RatioEstimate,
    fieller_interval,
    log_interval,
    ratio_estimate,
)
from lims_msc.science.uncertainty import t_quantile

_EQUIVALENCE_CONFIDENCE = 0.90
_ROUNDING = 1e-24
_LARGEST_LN = 600.0


@dataclass(frozen=True, slots=True)
class LineTest:
    """An F test with its degrees of freedom; ``f`` and ``p`` are ``None`` where there is none."""

    f: float | None
    df1: int
    df2: int
    p: float | None


@dataclass(frozen=True, slots=True)
class LinePotency:
    """The relative potency of a parallel-line assay; ``ln_value`` is its natural logarithm.

    ``g`` is Fieller's; from 1 on, the slope does not differ from zero and ``fieller`` is open.
    """

    value: float
    ln_value: float
    se_ln: float
    log_interval: Interval
    fieller: Interval
    g: float | None


@dataclass(frozen=True, slots=True)
class ParallelLineAssay:
    """Two lines of one slope over ln dose, and the tests of what they assume.

    ``slope`` is in units of the response for each factor e of the dose.  ``parallelism`` is tested
    against the residual of two free lines and against the pure error of replicates, ``linearity``
    against the pure error.  ``slope_ratio`` is that of the free lines, test over reference, with
    90 % intervals.  Numbers are there only if ``status`` is ``ok``.
    """

    status: FitStatus
    reason: str = ""
    slope: float | None = None
    slope_se: float | None = None
    residual_sd: float | None = None
    degrees_of_freedom: int | None = None
    potency: LinePotency | None = None
    parallelism_residual: LineTest | None = None
    parallelism_pure_error: LineTest | None = None
    linearity: LineTest | None = None
    slope_ratio: RatioEstimate | None = None


def parallel_line_assay(
    reference: DoseResponse, test: DoseResponse, *, confidence: float = 0.95
) -> ParallelLineAssay:
    """Return the relative potency of a test sample from two parallel lines over ln dose.

    ::

        y = a_i + b·ln x,   ln RP = (a_test − a_ref)/b

    Doses of both samples are in one unit, responses in one unit.  RP above 1 means that the test
    sample needs less than the reference for the same response.

    :raises ValueError: if the confidence is not between 0 and 1.

    Source: Finney 1978, Statistical Method in Biological Assay; Ph. Eur. 5.3; USP ⟨1034⟩.
    """
    refusal = _refusal(reference) or _refusal(test)
    lines = None if refusal else (_line(reference), _line(test))
    if lines is None:
        return ParallelLineAssay(FitStatus.TOO_FEW_DOSES, refusal)
    both = _Lines(*lines)
    if both.is_flat:
        reason = "the common slope is zero: the responses do not depend on the dose"
        return ParallelLineAssay(FitStatus.NOT_ESTIMABLE, reason)
    return _assay(both, reference.n + test.n, confidence)


def _refusal(sample: DoseResponse) -> str:
    if 0.0 in sample.doses:
        return f"the sample '{sample.name}' has the dose 0, which has no logarithm: leave it out"
    count = len(sample.means.doses)
    if count < 2:
        return f"a line needs 2 different doses; the sample '{sample.name}' has {count}"
    return ""


@dataclass(frozen=True, slots=True)
class _Line:
    """The sums of one sample around its weighted means of ln dose and response."""

    data: DoseMeans
    weight: float
    x_mean: float
    y_mean: float
    sxx: float
    sxy: float

    @property
    def size(self) -> float:
        """Σ w·mean², against which rounding is measured."""
        return math.fsum(w * m * m for m, w in zip(self.data.means, self.data.weights, strict=True))

    def residual_ss(self, slope: float) -> float:
        """Σ w·(mean − line)² over the doses, without the pure error."""
        return math.fsum(
            w * (m - self.y_mean - slope * (math.log(d) - self.x_mean)) ** 2
            for d, m, w in zip(self.data.doses, self.data.means, self.data.weights, strict=True)
        )


def _line(sample: DoseResponse) -> _Line:
    data = sample.means
    points = [
        (math.log(d), m, w) for d, m, w in zip(data.doses, data.means, data.weights, strict=True)
    ]
    weight = math.fsum(data.weights)
    x_mean = math.fsum(w * x for x, _, w in points) / weight
    y_mean = math.fsum(w * y for _, y, w in points) / weight
    return _Line(
        data=data,
        weight=weight,
        x_mean=x_mean,
        y_mean=y_mean,
        sxx=math.fsum(w * (x - x_mean) ** 2 for x, _, w in points),
        sxy=math.fsum(w * (x - x_mean) * (y - y_mean) for x, y, w in points),
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of reference and test."""

    reference: _Line
    test: _Line

    @property
    def pair(self) -> tuple[_Line, _Line]:
        return self.reference, self.test

    @property
    def sxx(self) -> float:
        return self.reference.sxx + self.test.sxx

    @property
    def slope(self) -> float:
        return (self.reference.sxy + self.test.sxy) / self.sxx

    @property
    def is_flat(self) -> bool:
        """Whether the common slope is nothing but rounding, or its potency beyond all numbers."""
        size = math.fsum(one.size for one in self.pair)
        if self.slope**2 * self.sxx <= _ROUNDING * size:
            return True
        return abs(self.test.y_mean - self.reference.y_mean) > _LARGEST_LN * abs(self.slope)

    @property
    def pure_error(self) -> tuple[float, int]:
        """The sum of squares of replicates around the means of their doses, and its df."""
        return (
            math.fsum(line.data.pure_error_ss for line in self.pair),
            sum(line.data.pure_error_df for line in self.pair),
        )

    @property
    def free_ss(self) -> float:
        """The residual sum of squares of two free lines, without the pure error."""
        return math.fsum(line.residual_ss(line.sxy / line.sxx) for line in self.pair)

    @property
    def slopes_ss(self) -> float:
        """What two free slopes explain beyond one common slope."""
        slope = self.slope
        return math.fsum(line.sxx * (line.sxy / line.sxx - slope) ** 2 for line in self.pair)


def _assay(lines: _Lines, n: int, confidence: float) -> ParallelLineAssay:
    pure_ss, pure_df = lines.pure_error
    df = n - 3
    variance = (pure_ss + math.fsum(one.residual_ss(lines.slope) for one in lines.pair)) / df
    doses = sum(len(line.data.means) for line in lines.pair)
    free_ss = lines.free_ss + pure_ss
    return ParallelLineAssay(
        status=FitStatus.OK,
        slope=lines.slope,
        slope_se=math.sqrt(variance / lines.sxx),
        residual_sd=math.sqrt(variance),
        degrees_of_freedom=df,
        potency=_potency(lines, variance, t_quantile(df, confidence)),
        parallelism_residual=_test(lines.slopes_ss, 1, free_ss, n - 4),
        parallelism_pure_error=_test(lines.slopes_ss, 1, pure_ss, pure_df),
        linearity=_test(lines.free_ss, doses - 4, pure_ss, pure_df),
        slope_ratio=_slope_ratio(lines, free_ss, n - 4),
    )


def _test(explained_ss: float, df1: int, residual_ss: float, df2: int) -> LineTest:
    f, p = f_test(explained_ss, df1, residual_ss, df2)
    return LineTest(f, df1, df2, p)


def _potency(lines: _Lines, variance: float, t: float) -> LinePotency:
    reference, test = lines.pair
    pair = EstimatePair(
        numerator=test.y_mean - reference.y_mean,
        denominator=lines.slope,
        numerator_variance=variance * (1 / test.weight + 1 / reference.weight),
        denominator_variance=variance / lines.sxx,
    )
    shift = reference.x_mean - test.x_mean
    distance = pair.numerator / pair.denominator
    # Means and common slope are independent, so only their own variances enter.
    se_ln = math.sqrt(
        (pair.numerator_variance + distance**2 * pair.denominator_variance) / lines.slope**2
    )
    fieller = fieller_interval(pair, t)
    ln_value = distance + shift
    return LinePotency(
        value=math.exp(ln_value),
        ln_value=ln_value,
        se_ln=se_ln,
        log_interval=log_interval(math.exp(ln_value), se_ln, t),
        fieller=_from_log(fieller, shift),
        g=fieller.g,
    )


def _from_log(interval: FiellerInterval, shift: float) -> Interval:
    """Return the ends, shifted on the log scale, on the scale of the ratio."""
    if interval.low is None or interval.high is None:
        return interval
    ends = interval.low + shift, interval.high + shift
    if max(map(abs, ends)) > _LARGEST_LN:
        return Interval(None, None, OPEN_FIELLER)
    return Interval(math.exp(ends[0]), math.exp(ends[1]))


def _slope_ratio(lines: _Lines, free_ss: float, df: int) -> RatioEstimate | None:
    if df < 1:
        return None
    reference, test = lines.pair
    pair = EstimatePair(
        numerator=test.sxy / test.sxx,
        denominator=reference.sxy / reference.sxx,
        numerator_variance=free_ss / df / test.sxx,
        denominator_variance=free_ss / df / reference.sxx,
    )
    return ratio_estimate(pair, t_quantile(df, _EQUIVALENCE_CONFIDENCE))
