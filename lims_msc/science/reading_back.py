"""What a standard curve or line says about a sample, for checking and for reports.

``ReadBack`` has every number that can be computed, also outside the standards: it is for checking.
A report shows a ``Reportable``: a number within the limits of quantitation, and otherwise only a
bound, the limit times the dilution factor (DOMAIN 2.5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.values import ValueStatus
from lims_msc.science.moments import is_measurable
from lims_msc.science.quality import QualityNumber, cv_percent
from lims_msc.science.standard_range import QuantitationRange
from lims_msc.science.uncertainty import WellGroup


class ReadBackStatus(StrEnum):
    """Where a mean signal lies on a standard curve.

    The asymptotes are named by the signal: on a falling curve a signal above the upper asymptote
    means *less* than any standard.
    """

    IN_RANGE = "in_range"
    BELOW_LOWEST_STANDARD = "below_lowest_standard"
    ABOVE_HIGHEST_STANDARD = "above_highest_standard"
    BELOW_LOWER_ASYMPTOTE = "below_lower_asymptote"
    ABOVE_UPPER_ASYMPTOTE = "above_upper_asymptote"
    NO_CURVE = "no_curve"
    """The standards gave no curve to read from."""

    @property
    def words(self) -> str:
        """The status for people: the signal is …"""
        return _WORDS[self]


_WORDS = {
    ReadBackStatus.IN_RANGE: "between the lowest and the highest standard",
    ReadBackStatus.BELOW_LOWEST_STANDARD: "below the lowest standard",
    ReadBackStatus.ABOVE_HIGHEST_STANDARD: "above the highest standard",
    ReadBackStatus.BELOW_LOWER_ASYMPTOTE: "at or below the lower plateau of the standard curve",
    ReadBackStatus.ABOVE_UPPER_ASYMPTOTE: "at or above the upper plateau of the standard curve",
    ReadBackStatus.NO_CURVE: "without a standard curve",
}


@dataclass(frozen=True, slots=True)
class ReadingErrors:
    """Standard errors and intervals of a concentration, times the dilution factor.

    ``se_ln`` is the standard error of the logarithm with the errors of curve and reading,
    ``se_ln_curve_only`` with that of the curve alone; a straight line has neither, but ``se``.
    ``low`` and ``high`` are symmetric on the log, for a line those of Fieller; ``low_linear`` and
    ``high_linear`` are value ± t·SE.  An open end is ``None``.
    """

    se: float
    low: float | None
    high: float | None
    low_linear: float
    high_linear: float
    se_ln: float | None = None
    se_ln_curve_only: float | None = None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A sample on a standard curve; concentrations but ``in_well`` are times the dilution factor.

    ``concentration`` is a number for checking, also outside the standards.  ``errors`` are absent
    where the residuals of the standards do not allow them.  ``of_wells`` are the concentrations of
    the single wells, ``None`` for a well that the curve does not reach; their mean and CV exist
    where there are two or more and all have a number.
    """

    status: ReadBackStatus
    is_falling: bool
    signal_mean: float
    n_wells: int
    dilution_factor: float
    in_well: float | None = None
    concentration: float | None = None
    errors: ReadingErrors | None = None
    of_wells: tuple[float | None, ...] = ()
    reason: str = ""

    @property
    def mean_of_wells(self) -> float | None:
        """The mean of the concentrations of the single wells."""
        known = self._known_wells()
        return WellGroup(known).mean if known else None

    @property
    def cv_percent(self) -> QualityNumber:
        """The CV of the concentrations of the single wells, or why there is none."""
        if len(self.of_wells) < 2:
            return QualityNumber(None, "a coefficient of variation needs at least two wells")
        known = self._known_wells()
        if not known:
            return QualityNumber(None, "a well of this sample is beyond the standard curve")
        return cv_percent(known)

    @property
    def is_below(self) -> bool:
        """Whether the sample holds less than the lowest standard."""
        low_end = (
            ReadBackStatus.ABOVE_UPPER_ASYMPTOTE
            if self.is_falling
            else ReadBackStatus.BELOW_LOWER_ASYMPTOTE
        )
        return self.status in {ReadBackStatus.BELOW_LOWEST_STANDARD, low_end}

    def _known_wells(self) -> tuple[float, ...]:
        known = tuple(value for value in self.of_wells if value is not None)
        return known if 2 <= len(known) == len(self.of_wells) else ()


def sample_mean(signals: Sequence[float], dilution_factor: float) -> float:
    """Return the mean signal of the wells of a sample.

    :raises ValueError: if there is no signal, one is not finite, or the dilution factor is not
        above zero; if one is beyond a hundred decades.
    """
    if len(signals) == 0:
        raise ValueError("A sample needs at least one well.")
    for signal in signals:
        if not (is_measurable(signal) or abs(signal) < 1):
            raise ValueError(f"Not a signal: {signal!r}")
    if not (dilution_factor > 0 and is_measurable(dilution_factor)):
        raise ValueError(f"Not a dilution factor above zero: {dilution_factor!r}")
    return WellGroup(tuple(signals)).mean


def no_curve(signal_mean: float, wells: int, dilution_factor: float, reason: str) -> ReadBack:
    """Return what can be said of a sample where the standards gave no curve."""
    return ReadBack(
        ReadBackStatus.NO_CURVE,
        is_falling=False,
        signal_mean=signal_mean,
        n_wells=wells,
        dilution_factor=dilution_factor,
        reason=reason,
    )


@dataclass(frozen=True, slots=True)
class Reportable:
    """What a report may show: a number with its interval, a bound, or a reason.

    ``below_range`` and ``above_range`` have only a ``bound``; ``withheld`` has neither.
    """

    status: ValueStatus
    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    bound: float | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()


LARGEST_CV_PERCENT, LARGEST_CV_PERCENT_AT_LIMITS = 20.0, 25.0
"""Largest CV of the concentrations of replicate wells (DOMAIN 2.5)."""


def reportable(read: ReadBack, limits: QuantitationRange) -> Reportable:
    """Return what a report may show of a sample.

    ::

        LLOQ ≤ x ≤ ULOQ:   x · dilution factor
        x < LLOQ:          < LLOQ · dilution factor
        x > ULOQ:          > ULOQ · dilution factor

    x concentration in the well.  A signal beyond a plateau has no x and gives the bound of its
    side.  Without limits of quantitation nothing is reported.  A CV of the concentrations of
    replicate wells above 20 % (25 % next to a limit) is warned about.

    Source: DOMAIN 2.5.
    """
    if limits.lowest is None or limits.highest is None:
        return Reportable(ValueStatus.WITHHELD, reason=limits.reason)
    if read.status is ReadBackStatus.NO_CURVE:
        return Reportable(ValueStatus.WITHHELD, reason=read.reason)
    is_low = read.is_below if read.in_well is None else read.in_well < limits.lowest
    is_high = not read.is_below if read.in_well is None else read.in_well > limits.highest
    if is_low:
        bound = limits.lowest * read.dilution_factor
        reason = "below the lower limit of quantitation (LLOQ)"
        return Reportable(ValueStatus.BELOW_RANGE, bound=bound, reason=reason)
    if is_high:
        bound = limits.highest * read.dilution_factor
        reason = "above the upper limit of quantitation (ULOQ)"
        return Reportable(ValueStatus.ABOVE_RANGE, bound=bound, reason=reason)
    errors = read.errors
    return Reportable(
        ValueStatus.OK,
        value=read.concentration,
        se=None if errors is None else errors.se,
        low=None if errors is None else errors.low,
        high=None if errors is None else errors.high,
        warnings=_precision_warnings(read, limits.run),
    )


def _precision_warnings(read: ReadBack, run: Sequence[float]) -> tuple[str, ...]:
    if len(read.of_wells) < 2:
        return ("a single well was read, so its precision is not known",)
    cv = read.cv_percent
    if cv.value is None:
        return (cv.reason,)
    largest = LARGEST_CV_PERCENT
    if read.in_well is not None and _is_next_to_limit(read.in_well, run):
        largest = LARGEST_CV_PERCENT_AT_LIMITS
    if cv.value <= largest:
        return ()
    return (f"the CV of the concentrations is {cv.value:.1f} %, above {largest:g} %",)


def _is_next_to_limit(in_well: float, run: Sequence[float]) -> bool:
    """Whether the standard next to a concentration, on the log, is the first or last of the run."""
    nearest = min(run, key=lambda standard: abs(math.log(in_well / standard)))
    return nearest in {run[0], run[-1]}
