"""The standards of a plate: their curve or line, and the range that they allow (DOMAIN 2.5, 2.6).

Blanks are never subtracted: the lower plateau of the curve, or the intercept of the line, takes
them in.  The range holds the longest run of standards that are read back well enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lims_msc.assays.samples import Wells
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.curve import AnalysisSettings
from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.values import StandardCurveResult
from lims_msc.domain.values import StandardLevel as LevelResult
from lims_msc.science.curves import CurveModel
from lims_msc.science.fitting import CurveFit
from lims_msc.science.propagation import exp_or_open
from lims_msc.science.reading_back import ReadBack
from lims_msc.science.standard_curve import StandardCurve, StandardWeighting
from lims_msc.science.standard_line import LINE_EQUATION, StandardLine, fit_standard_line
from lims_msc.science.standard_model import standard_curve_of
from lims_msc.science.standard_range import (
    LIGAND_BINDING,
    QuantitationRange,
    Standard,
    StandardLevel,
    quantitation_range,
)
from lims_msc.science.uncertainty import t_quantile

NO_STANDARDS = "no well of a standard has a reading"


class ReadsBack(Protocol):
    """What a curve and a line have in common."""

    def levels(self) -> tuple[StandardLevel, ...]:
        """Return what is read back from each standard."""
        ...

    def read_back(
        self, signals: Sequence[float], *, dilution_factor: float = 1.0, confidence: float = 0.95
    ) -> ReadBack:
        """Return what is read back from a sample."""
        ...


@dataclass(frozen=True, slots=True)
class Standards:
    """The standards of a plate with their wells by concentration, what they fit, and their range.

    ``reason`` says why nothing can be read from them; then ``fit`` is not asked.
    """

    fit: ReadsBack
    wells: dict[float, Wells]
    levels: tuple[StandardLevel, ...]
    limits: QuantitationRange
    result: StandardCurveResult
    reason: str
    is_falling: bool = False


def standard_wells(layout: PlateLayout) -> dict[float, Wells]:
    """Return the wells of each standard, by rising concentration."""
    found: dict[float, Wells] = {}
    for content in layout.with_role(WellRole.STD):
        level = content.standard_concentration
        if level is not None:
            found[level] = (*found.get(level, ()), content.well)
    return dict(sorted(found.items()))


def curve_of_standards(
    layout: PlateLayout, readings: WellReadings, settings: AnalysisSettings
) -> Standards:
    """Return the sigmoid of the standards of a plate."""
    kept, wells = _standards(layout, readings)
    curve = standard_curve_of(kept, StandardWeighting(settings.standard_weighting))
    fit = _no_fit("4pl", CurveModel.FOUR_PL.equation, curve.status, curve.reason)
    if curve.fit is not None:
        parameters = tuple(_sigmoid_parameters(curve.fit, settings.confidence))
        fit = FitResult(
            model=curve.model.value,
            equation=curve.model.equation,
            status=FitStatus.OK,
            warnings=curve.warnings,
            parameters=parameters,
            residual_sum_of_squares=curve.fit.rss,
            residual_sd=math.sqrt(curve.fit.rss / curve.fit.degrees_of_freedom),
            degrees_of_freedom=curve.fit.degrees_of_freedom,
            n_values=curve.fit.n,
            lack_of_fit_p=curve.fit.lack_of_fit[1],
        )
    return _result(curve, wells, fit, str(curve.weighting), layout, is_falling=curve.is_falling)


def line_of_standards(layout: PlateLayout, readings: WellReadings, confidence: float) -> Standards:
    """Return the straight line of the standards of a plate."""
    kept, wells = _standards(layout, readings)
    line = fit_standard_line(kept)
    fit = _no_fit("line", LINE_EQUATION, line.status, line.reason)
    if line.status is FitStatus.OK:
        quantile = t_quantile(line.degrees_of_freedom, confidence)
        fit = FitResult(
            model="line",
            equation=LINE_EQUATION,
            status=FitStatus.OK,
            parameters=(
                ("intercept", _wald(line.intercept, line.intercept_se, quantile)),
                ("slope", _wald(line.slope, line.slope_se, quantile)),
            ),
            residual_sum_of_squares=line.residual_sd**2 * line.degrees_of_freedom,
            residual_sd=line.residual_sd,
            degrees_of_freedom=line.degrees_of_freedom,
            n_values=line.n,
            standard_errors="ordinary least squares",
        )
    return _result(line, wells, fit, "none", layout)


def _standards(
    layout: PlateLayout, readings: WellReadings
) -> tuple[list[Standard], dict[float, Wells]]:
    wells = {level: readings.usable(of) for level, of in standard_wells(layout).items()}
    kept = [
        Standard(level, tuple(values))
        for level, of_level in wells.items()
        if (values := readings.values(of_level))
    ]
    return kept, wells


def _result(
    fit: StandardCurve | StandardLine,
    wells: dict[float, Wells],
    report: FitResult,
    weighting: str,
    layout: PlateLayout,
    *,
    is_falling: bool = False,
) -> Standards:
    levels = fit.levels()
    limits = quantitation_range(levels, LIGAND_BINDING)
    reason = fit.reason or limits.reason
    if not fit.standards:
        reason = NO_STANDARDS
    result = StandardCurveResult(
        unit=layout.conditions.concentration_unit,
        weighting=weighting,
        fit=report,
        levels=tuple(
            _level(level, wells[level.concentration], is_accepted=is_accepted)
            for level, is_accepted in zip(levels, limits.accepted, strict=True)
        ),
        lowest=limits.lowest,
        highest=limits.highest,
        range_rule=LIGAND_BINDING.text,
        reason=reason,
        warnings=report.warnings,
    )
    return Standards(fit, wells, levels, limits, result, reason, is_falling)


def _level(level: StandardLevel, wells: Wells, *, is_accepted: bool) -> LevelResult:
    return LevelResult(
        concentration=level.concentration,
        wells=wells,
        signal_mean=level.signal_mean,
        cv_percent=level.cv_percent,
        back_calculated=level.back_calculated,
        recovery_percent=level.recovery_percent,
        is_accepted=is_accepted,
        reason="" if level.back_calculated is not None else _beyond(level.status),
    )


def _beyond(status: str) -> str:
    return f"its mean signal is {status.replace('_', ' ')} of the curve"


def _sigmoid_parameters(fit: CurveFit, confidence: float) -> list[tuple[str, Estimate]]:
    values, covariance = fit.numbers
    quantile = t_quantile(fit.degrees_of_freedom, confidence)
    found = []
    for name, value, variance in zip(fit.names, values, covariance.diagonal(), strict=True):
        estimate = _wald(float(value), math.sqrt(float(variance)), quantile)
        if name == "ln_c":
            plain = "c" if fit.model.has_asymmetry else "ec50"
            found.append((plain, _from_log(estimate)))
        else:
            found.append((name, estimate))
    return found


def _wald(value: float, se: float, quantile: float) -> Estimate:
    return Estimate(value, se, value - quantile * se, value + quantile * se)


def _from_log(estimate: Estimate) -> Estimate:
    """Return the estimate of a logarithm on the plain scale; far ends are open."""
    value = math.exp(estimate.value)
    return Estimate(
        value,
        value * (estimate.se or 0.0),
        exp_or_open(estimate.low or 0.0),
        exp_or_open(estimate.high or 0.0),
    )


def _no_fit(model: str, equation: str, status: FitStatus, reason: str) -> FitResult:
    return FitResult(model=model, equation=equation, status=status, reason=reason)
