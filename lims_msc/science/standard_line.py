"""Straight standard lines, as of L-kynurenine by Ehrlich's reagent (DOMAIN 2.6).

Ordinary least squares on single wells, with an intercept.  Reading back has Fieller's interval; a
number outside the standards is for checking only, and ``reading_back.reportable`` turns it into a
bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.domain.fit import FitStatus
from lims_msc.science.reading_back import (
    ReadBack,
    ReadBackStatus,
    ReadingErrors,
    no_curve,
    sample_mean,
)
from lims_msc.science.standard_range import (
    Standard,
    StandardLevel,
    checked_standards,
    standard_level,
)
from lims_msc.science.uncertainty import WellGroup, t_quantile

LINE_EQUATION = "y = intercept + slope·x"


@dataclass(frozen=True, slots=True)
class StandardLine:
    """A fitted standard line, or the reason why there is none.

    ``intercept`` is in units of the signal, ``slope`` in signal per concentration, with their
    standard errors.  ``residual_sd`` has n − 2 degrees of freedom.  ``mean_concentration`` and
    ``sum_of_squares`` (of concentrations around it) describe the wells of the standards.
    """

    standards: tuple[Standard, ...]
    status: FitStatus
    reason: str = ""
    intercept: float = 0.0
    slope: float = 0.0
    intercept_se: float = 0.0
    slope_se: float = 0.0
    residual_sd: float = 0.0
    r_squared: float = 0.0
    n: int = 0
    mean_concentration: float = 0.0
    sum_of_squares: float = 0.0

    @property
    def degrees_of_freedom(self) -> int:
        """Wells minus two."""
        return self.n - 2

    def levels(self) -> tuple[StandardLevel, ...]:
        """Return what the line reads back from each standard; empty without a line."""
        if self.status is not FitStatus.OK:
            return ()
        return tuple(
            standard_level(s, "ok", self._concentration_at(WellGroup(s.signals).mean))
            for s in self.standards
        )

    def read_back(
        self, signals: Sequence[float], *, dilution_factor: float = 1.0, confidence: float = 0.95
    ) -> ReadBack:
        """Return the concentration of a sample from the mean signal of its wells.

        ::

            x = (ȳ₀ − intercept) / slope
            SE(x)² = s²/b² · (1/m + 1/n + (ȳ₀ − ȳ)²/(b²·Sxx))              (delta method)
            interval: (ȳ₀ − ȳ − b(x − x̄))² ≤ t²·s²·(1/m + 1/n + (x − x̄)²/Sxx)    (Fieller)

        ȳ₀ mean of the m wells of the sample; n wells of the standards with means x̄ and ȳ,
        Sxx = Σ(x − x̄)²; b slope; s residual SD; t of Student's t with n − 2 degrees of freedom.
        All are times the dilution factor.  No error and no interval where the residual SD is zero.

        :raises ValueError: if there is no signal, a number is not finite, or the dilution factor
            or confidence makes no sense.

        Source: DOMAIN 2.6; Fieller 1954, J R Stat Soc B 16:175.
        """
        mean = sample_mean(signals, dilution_factor)
        if self.status is not FitStatus.OK:
            return no_curve(mean, len(signals), dilution_factor, self.reason)
        in_well = self._concentration_at(mean)
        return ReadBack(
            self._status_of(in_well),
            is_falling=False,
            signal_mean=mean,
            n_wells=len(signals),
            dilution_factor=dilution_factor,
            in_well=in_well,
            concentration=_times(in_well, dilution_factor),
            errors=self._errors(in_well, len(signals), dilution_factor, confidence),
            of_wells=tuple(_times(self._concentration_at(y), dilution_factor) for y in signals),
        )

    def _concentration_at(self, signal: float) -> float:
        return (signal - self.intercept) / self.slope

    def _status_of(self, in_well: float) -> ReadBackStatus:
        concentrations = [standard.concentration for standard in self.standards]
        if in_well < min(concentrations):
            return ReadBackStatus.BELOW_LOWEST_STANDARD
        if in_well > max(concentrations):
            return ReadBackStatus.ABOVE_HIGHEST_STANDARD
        return ReadBackStatus.IN_RANGE

    def _errors(
        self, in_well: float, wells: int, dilution_factor: float, confidence: float
    ) -> ReadingErrors | None:
        quantile = t_quantile(self.degrees_of_freedom, confidence)
        distance = in_well - self.mean_concentration
        spread = math.sqrt(self.sum_of_squares)
        if self.residual_sd == 0 or abs(distance) > _FARTHEST_SPREADS * spread:
            return None
        parts = 1 / wells + 1 / self.n + distance * distance / self.sum_of_squares
        se = self.residual_sd / self.slope * math.sqrt(parts)
        low, high = self._fieller(in_well, wells, quantile)
        return ReadingErrors(
            se=se * dilution_factor,
            low=None if low is None else low * dilution_factor,
            high=None if high is None else high * dilution_factor,
            low_linear=(in_well - quantile * se) * dilution_factor,
            high_linear=(in_well + quantile * se) * dilution_factor,
        )

    def _fieller(
        self, in_well: float, wells: int, quantile: float
    ) -> tuple[float | None, float | None]:
        # Everything is divided by the slope, so that no unit of the signals matters.
        reach = quantile * self.residual_sd / self.slope
        # Not above zero where the slope cannot be told from zero: then every concentration fits.
        a = 1 - reach * reach / self.sum_of_squares
        if a <= 0:
            return None, None
        distance, centre = in_well - self.mean_concentration, self.mean_concentration
        parts = distance * distance / self.sum_of_squares + (1 / wells + 1 / self.n) * a
        root = reach * math.sqrt(parts)
        return centre + (distance - root) / a, centre + (distance + root) / a


def fit_standard_line(standards: Sequence[Standard]) -> StandardLine:
    """Return the least-squares line through the single wells of the standards.

    ::

        y = intercept + slope · x
        slope = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)²,     intercept = ȳ − slope · x̄
        s² = Σ(y − intercept − slope·x)² / (n − 2)

    x concentration, y signal of a well; the zero standard takes part.  There is no line with fewer
    than three concentrations, or where the slope is not above zero at 95 % confidence.

    :raises ValueError: if a concentration is negative, there twice, or without wells, or if a
        number is not finite.

    Source: DOMAIN 2.6; Draper and Smith 1998, Applied Regression Analysis, chapter 1.
    """
    kept = checked_standards(standards)
    if len(kept) < _FEWEST_LEVELS:
        reason = f"a line needs {_FEWEST_LEVELS} different standards; there are {len(kept)}"
        return StandardLine(kept, FitStatus.TOO_FEW_DOSES, reason)
    line = _line_through(kept)
    if line.slope <= t_quantile(line.degrees_of_freedom, 0.95) * line.slope_se:
        reason = "the signal does not rise with the concentration of the standards"
        return StandardLine(kept, FitStatus.NOT_ESTIMABLE, reason)
    return line


def _line_through(standards: tuple[Standard, ...]) -> StandardLine:
    wells = [(standard.concentration, y) for standard in standards for y in standard.signals]
    n = len(wells)
    mean_x, mean_y = math.fsum(x for x, _ in wells) / n, math.fsum(y for _, y in wells) / n
    sxx = math.fsum((x - mean_x) ** 2 for x, _ in wells)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in wells) / sxx
    rss = math.fsum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in wells)
    total = math.fsum((y - mean_y) ** 2 for _, y in wells)
    sd = math.sqrt(rss / (n - 2))
    return StandardLine(
        standards,
        FitStatus.OK,
        intercept=mean_y - slope * mean_x,
        slope=slope,
        intercept_se=sd * math.sqrt(1 / n + mean_x * mean_x / sxx),
        slope_se=sd / math.sqrt(sxx),
        residual_sd=sd,
        r_squared=1 - rss / total if total > 0 else 0.0,
        n=n,
        mean_concentration=mean_x,
        sum_of_squares=sxx,
    )


def _times(in_well: float, dilution_factor: float) -> float | None:
    """Return a concentration times the dilution; none beyond all numbers."""
    value = in_well * dilution_factor
    return value if math.isfinite(value) else None


_FEWEST_LEVELS = 3
_FARTHEST_SPREADS = 1e40
