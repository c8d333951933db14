"""Sigmoid standard curves of immunoassays, and what they read back (DOMAIN 2.5).

Fits are least squares on single wells, of a 4PL or of either 5PL family; the zero standard takes
part at concentration 0, where the curve is its plateau exactly.  Falling curves of competitive kits
are fitted as they are: whether a signal is low or high in concentration follows from the curve.
Which standards are accepted stands in ``standard_range``, what a report may show of a sample in
``reading_back``, and the fit itself in ``fitting``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from lims_msc.domain.fit import FitStatus
from lims_msc.science.curves import CurveModel
from lims_msc.science.fitting import CurveFit, fit_curve
from lims_msc.science.moments import is_measurable
from lims_msc.science.propagation import exp_or_open
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

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray


class StandardWeighting(StrEnum):
    """How the squared residual of a well is weighted, by its own observed signal."""

    NONE = "none"
    INVERSE = "1/y"
    INVERSE_SQUARE = "1/y^2"

    @property
    def power(self) -> int:
        """The k of the weight 1/y^k."""
        return {"none": 0, "1/y": 1, "1/y^2": 2}[self.value]


@dataclass(frozen=True, slots=True)
class SignalLimit:
    """A signal that can be told from the zero standard, and the concentration that gives it."""

    status: ReadBackStatus
    signal: float
    concentration: float | None


@dataclass(frozen=True, slots=True)
class StandardCurve:
    """A standard curve, or the reason why there is none; the standards are in the order given."""

    standards: tuple[Standard, ...]
    model: CurveModel
    weighting: StandardWeighting
    status: FitStatus
    reason: str = ""
    fit: CurveFit | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_falling(self) -> bool:
        """Whether the signal falls as the concentration rises."""
        if self.fit is None:
            return False
        y_zero, y_inf = self.fit.numbers[0][:2]
        return bool(y_inf < y_zero)

    def levels(self) -> tuple[StandardLevel, ...]:
        """Return what the curve reads back from the mean of each standard; empty without a curve.

        ::

            recovery = 100 · x(ȳ) / nominal     [%]
        """
        if self.fit is None:
            return ()
        found = []
        for standard in self.standards:
            place = self._place(WellGroup(standard.signals).mean)
            words = str(place.status) if place.in_well is None else "ok"
            found.append(standard_level(standard, words, place.in_well))
        return tuple(found)

    def read_back(
        self, signals: Sequence[float], *, dilution_factor: float = 1.0, confidence: float = 0.95
    ) -> ReadBack:
        """Return the concentration of a sample from the mean signal of its wells.

        ::

            4PL:    x = c · ((y − y_zero)/(y_inf − y))^(1/hill)
            5PL-r:  x = c · (F^(−1/asym) − 1)^(−1/hill)
            5PL-f:  x = c · ((1 − F)^(−1/asym) − 1)^(1/hill)
                    F = (y − y_zero)/(y_inf − y_zero)
            SE(ln x)² = gᵀ·C·g + (∂ln x/∂y)² · s²/(w(y)·m)

        y mean of the m wells, g gradient of ln x by the parameters of the curve, C their
        covariance, s² residual variance, w(y) = 1, 1/y or 1/y² as in the fit.  ``low`` and
        ``high`` are x·exp(± t·SE), ``low_linear`` and ``high_linear`` x·(1 ± t·SE), with Student's
        t; concentrations are times the dilution factor.  A signal beyond a plateau has no number.

        :raises ValueError: if there is no signal, a number is not finite, or the dilution factor
            or confidence makes no sense.

        Source: DOMAIN 2.5; O'Connell, Belanger and Haaland 1993, Chemometr Intell Lab Syst 20:97.
        """
        mean, wells = sample_mean(signals, dilution_factor), len(signals)
        if self.fit is None:
            return no_curve(mean, wells, dilution_factor, self.reason)
        place = self._place(mean)
        return ReadBack(
            place.status,
            is_falling=self.is_falling,
            signal_mean=mean,
            n_wells=wells,
            dilution_factor=dilution_factor,
            in_well=place.in_well,
            concentration=place.times(dilution_factor),
            errors=self._errors(place, mean, wells, dilution_factor, confidence),
            of_wells=tuple(self._place(y).times(dilution_factor) for y in signals),
            reason="" if place.in_well is not None else f"the signal is {place.status.words}",
        )

    def signal_limit(self, standard_deviations: float) -> SignalLimit | None:
        """Return the limit that lies a number of standard deviations from the zero standard.

        ::

            LoD: y = ȳ(0) ± 3·SD,    LoQ: y = ȳ(0) ± 10·SD;    x(y) on the curve

        + on a rising, − on a falling curve; SD of the wells of the zero standard.  ``None`` if
        there is no curve or fewer than two wells of the zero standard; no concentration where the
        limit lies beyond a plateau.

        Source: DOMAIN 2.5; ICH guideline Q2(R2).
        """
        zero = next((s for s in self.standards if s.concentration == 0), None)
        if self.fit is None or zero is None:
            return None
        group = WellGroup(zero.signals)
        if group.sd is None:
            return None
        signal = group.mean + standard_deviations * group.sd * (-1 if self.is_falling else 1)
        place = self._place(signal)
        return SignalLimit(place.status, signal, place.in_well)

    def _place(self, signal: float) -> _Place:
        fit = self._fit()
        found = fit.ln_dose_at(signal)
        if found is None:
            y_zero, y_inf = (float(plateau) for plateau in fit.numbers[0][:2])
            # Also a signal between the plateaus, but too near to one for a number, comes here.
            if signal < (y_zero + y_inf) / 2:
                return _Place(ReadBackStatus.BELOW_LOWER_ASYMPTOTE)
            return _Place(ReadBackStatus.ABOVE_UPPER_ASYMPTOTE)
        ln_in_well, gradient = found
        tested = [s.concentration for s in self.standards if s.concentration > 0]
        status = ReadBackStatus.IN_RANGE
        if ln_in_well < math.log(min(tested)):
            status = ReadBackStatus.BELOW_LOWEST_STANDARD
        if ln_in_well > math.log(max(tested)):
            status = ReadBackStatus.ABOVE_HIGHEST_STANDARD
        return _Place(status, ln_in_well, gradient)

    def _errors(
        self, place: _Place, mean: float, wells: int, dilution_factor: float, confidence: float
    ) -> ReadingErrors | None:
        fit = self._fit()
        quantile = t_quantile(fit.degrees_of_freedom, confidence)
        concentration, gradient = place.times(dilution_factor), place.gradient
        # A weighted fit knows no spread of signals that are not above zero.
        residual = fit.rss / fit.degrees_of_freedom * mean**self.weighting.power
        if concentration is None or gradient is None or residual <= 0:
            return None
        curve_only = float(gradient @ fit.numbers[1] @ gradient)
        # Both plateaus and the signal moved together leave the concentration where it is.
        by_signal = -float(gradient[0] + gradient[1])
        se_ln = math.sqrt(curve_only + by_signal**2 * residual / wells)
        ln_concentration = math.log(concentration)
        return ReadingErrors(
            se=concentration * se_ln,
            low=exp_or_open(ln_concentration - quantile * se_ln),
            high=exp_or_open(ln_concentration + quantile * se_ln),
            low_linear=concentration * (1 - quantile * se_ln),
            high_linear=concentration * (1 + quantile * se_ln),
            se_ln=se_ln,
            se_ln_curve_only=math.sqrt(curve_only),
        )

    def _fit(self) -> CurveFit:
        if self.fit is None:
            raise ValueError(f"There is no standard curve: {self.reason}")
        return self.fit


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a signal lies on the curve: ln of its concentration in the well, with its gradient."""

    status: ReadBackStatus
    ln_in_well: float | None = None
    gradient: FloatArray | None = None

    @property
    def in_well(self) -> float | None:
        return self.times(1.0)

    def times(self, dilution_factor: float) -> float | None:
        """Return the concentration times a factor; none beyond 200 decades."""
        if self.ln_in_well is None or not abs(self.ln_in_well) < _FARTHEST_LN:
            return None
        return math.exp(self.ln_in_well) * dilution_factor


def fit_standard_curve(
    standards: Sequence[Standard],
    *,
    model: CurveModel = CurveModel.FOUR_PL,
    weighting: StandardWeighting = StandardWeighting.NONE,
    fixed: Mapping[str, float] | None = None,
) -> StandardCurve:
    """Return the curve of a model through the single wells of the standards.

    ::

        minimise Σ w·(y − f(x))²,     w = 1, 1/y or 1/y² with y the observed signal of the well

    ``fixed`` holds parameters at a value, such as ``y_zero`` at the mean of a blank.  A signal that
    is not above zero, or as good as zero, has no weight; then there is no weighted curve.

    :raises ValueError: if a concentration is negative, there twice, or without wells, if a number
        is not finite, or if ``fixed`` names what cannot be fixed.

    Source: DOMAIN 2.5 and 3.3; Findlay and Dillard 2007, doi 10.1208/aapsj0902029.
    """
    kept = checked_standards(standards)
    wells = [(standard.concentration, y) for standard in kept for y in standard.signals]
    unweighable = _unweighable(wells, weighting)
    if unweighable:
        return StandardCurve(kept, model, weighting, FitStatus.NOT_ESTIMABLE, unweighable)
    power = weighting.power
    fit = fit_curve(
        [x for x, _ in wells],
        [y for _, y in wells],
        model=model,
        weights=[y**-power for _, y in wells] if power else None,
        fixed=dict(fixed or {}),
        needs_dose_effect=False,
    )
    if fit.status is not FitStatus.OK:
        return StandardCurve(kept, model, weighting, fit.status, fit.reason)
    curve = StandardCurve(kept, model, weighting, FitStatus.OK, fit=fit)
    return replace(curve, warnings=_hook_warning(curve))


def _unweighable(wells: Sequence[tuple[float, float]], weighting: StandardWeighting) -> str:
    wrong = [(x, y) for x, y in wells if y <= 0 or not is_measurable(y)]
    if weighting is StandardWeighting.NONE or not wrong:
        return ""
    x, y = wrong[0]
    return (
        f"a well of the standard {x:g} reads {y:g}, and the weight {weighting} needs signals that "
        "can be told from zero and are above it; fit without weights, or let the lower plateau "
        "stand for the blank"
    )


def _hook_warning(curve: StandardCurve) -> tuple[str, ...]:
    """Return a warning if the highest standard turns back against the direction of the curve."""
    rising = sorted(curve.standards, key=lambda standard: standard.concentration)
    last, before = rising[-1], rising[-2]
    sign = -1.0 if curve.is_falling else 1.0
    overlap = max(sign * y for y in last.signals) >= min(sign * y for y in before.signals)
    means = [WellGroup(standard.signals).mean for standard in rising]
    if overlap or abs(means[-1] - means[-2]) < _HOOK_SHARE * (max(means) - min(means)):
        return ()
    warning = (
        f"the highest standard, {last.concentration:g}, turns back from the one before it: hook "
        "effect or a wrong dilution; consider the fit without it"
    )
    return (warning,)


_HOOK_SHARE = 0.05
_FARTHEST_LN = 200 * math.log(10)
