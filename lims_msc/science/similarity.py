"""Whether two curves have one shape: equivalence of slope and plateaus, and the F test beside it.

Both curves are fitted by themselves, with one residual variance for both.  They are similar where
the 90 % intervals of slope ratio and plateau differences lie inside limits that were set before
(two one-sided tests); an interval that is too wide is no similarity.  The extra-sum-of-squares F
test is reported for information: with much noise it passes falsely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape import CommonShapeFit
from lims_msc.science.curves import CurveModel
from lims_msc.science.dose_effect import f_test
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import (
    DifferenceEstimate,
    EstimatePair,
    Interval,
    RatioEstimate,
    difference_estimate,
    ratio_estimate,
)
from lims_msc.science.fit_covariance import gauss_newton_covariance
from lims_msc.science.fitting import CurveFit, fit_curve, ln_doses
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

Limits: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SimilarityLimits:
    """The limits of equivalence; a parameter whose limits are ``None`` is shown, not judged.

    Ratios are test over reference, differences test minus reference in the unit of the response
    (for suppression, percentage points).
    """

    hill_ratio: Limits | None = (0.67, 1.5)
    y_zero_difference: Limits | None = (-15.0, 15.0)
    y_inf_difference: Limits | None = (-15.0, 15.0)
    y_inf_ratio: Limits | None = None
    range_ratio: Limits | None = None
    confidence: float = 0.90


@dataclass(frozen=True, slots=True)
class SeparateFits:
    """The 4PL of each sample by itself, and their pooled residual variance.

    ``rss`` and ``degrees_of_freedom`` are sums of both.  The covariances are Gauss–Newton with the
    pooled variance and stand in the order ``y_zero, y_inf, ln_c, hill``, as the parameters do.
    Numbers are there only if ``status`` is ``ok``.
    """

    status: FitStatus
    reason: str = ""
    reference: FloatArray | None = None
    test: FloatArray | None = None
    reference_covariance: FloatArray | None = None
    test_covariance: FloatArray | None = None
    rss: float = 0.0
    degrees_of_freedom: int = 0

    @property
    def numbers(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Parameters of reference and test, and the covariance of each.

        :raises ValueError: if one of the fits has none.
        """
        found = (self.reference, self.test, self.reference_covariance, self.test_covariance)
        if any(one is None for one in found):
            raise ValueError(f"These fits have no numbers: {self.reason}")
        return found  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class ShapeComparison:
    """One parameter of the test curve against that of the reference curve.

    ``interval`` is the one that is judged: of a ratio that on the log scale.  ``is_equivalent`` is
    ``None`` where no limits are set.
    """

    name: str
    title: str
    estimate: RatioEstimate | DifferenceEstimate
    limits: Limits | None
    confidence: float

    @property
    def interval(self) -> Interval:
        """The interval that is held against the limits."""
        if isinstance(self.estimate, RatioEstimate):
            return self.estimate.log_interval
        return self.estimate.interval

    @property
    def is_equivalent(self) -> bool | None:
        """Whether the interval lies inside the limits."""
        return None if self.limits is None else self.interval.is_inside(*self.limits)

    def __str__(self) -> str:
        value = self.estimate.value
        number = "has no value" if value is None else f"{value:.3g}"
        words = f"{self.title} {number}, {100 * self.confidence:g} % interval {self.interval}"
        if self.interval.reason:
            words += f" ({self.interval.reason})"
        if self.limits is None:
            return words
        within = "within" if self.is_equivalent else "not within"
        return f"{words}, {within} {self.limits[0]:g} to {self.limits[1]:g}"


@dataclass(frozen=True, slots=True)
class ExtraSumOfSquares:
    """The F test of one shape against separate curves, and its χ² form; for information only."""

    f: float | None
    df1: int
    df2: int
    p: float | None
    chi2: float | None
    chi2_p: float | None


def fit_separately(reference: DoseResponse, test: DoseResponse) -> SeparateFits:
    """Return the 4PL of each sample by itself with the pooled residual variance.

    ::

        s² = (RSS_ref + RSS_test)/(df_ref + df_test)

    Weights of both samples must be on one scale.

    Source: DOMAIN 3.4; USP ⟨1034⟩, unconstrained model.
    """
    fits = [_own_fit(one) for one in (reference, test)]
    for sample, fit in zip((reference, test), fits, strict=True):
        if fit.status is not FitStatus.OK:
            return SeparateFits(
                fit.status, f"the sample '{sample.name}' has no curve of its own: {fit.reason}"
            )
    rss = math.fsum(fit.rss for fit in fits)
    df = sum(fit.degrees_of_freedom for fit in fits)
    return SeparateFits(
        status=FitStatus.OK,
        reference=fits[0].parameters,
        test=fits[1].parameters,
        reference_covariance=_covariance(fits[0]) * (rss / df),
        test_covariance=_covariance(fits[1]) * (rss / df),
        rss=rss,
        degrees_of_freedom=df,
    )


def compare_shapes(fits: SeparateFits, limits: SimilarityLimits) -> tuple[ShapeComparison, ...]:
    """Return slope ratio, plateau differences and plateau ratios, each with its interval.

    ::

        hill_test/hill_ref,  y_test − y_ref for both plateaus,  y_inf,test/y_inf,ref,
        (y_inf − y_zero)_test/(y_inf − y_zero)_ref

    :raises ValueError: if the fits have no numbers, or the confidence is not between 0 and 1.

    Source: DOMAIN 3.4; USP ⟨1032⟩, equivalence of parameters.
    """
    t = t_quantile(fits.degrees_of_freedom, limits.confidence)
    confidence = limits.confidence

    def ratio(
        name: str, title: str, weights: Sequence[float], of: Limits | None
    ) -> ShapeComparison:
        estimate = ratio_estimate(_pair(fits, weights), t)
        return ShapeComparison(name, title, estimate, of, confidence)

    def difference(
        name: str, title: str, weights: Sequence[float], of: Limits | None
    ) -> ShapeComparison:
        estimate = difference_estimate(_pair(fits, weights), t)
        return ShapeComparison(name, title, estimate, of, confidence)

    return (
        ratio("hill", "slope ratio (test/reference)", _HILL, limits.hill_ratio),
        difference(
            "y_zero_difference",
            "difference of the plateaus at dose 0 (test − reference)",
            _Y_ZERO,
            limits.y_zero_difference,
        ),
        difference(
            "y_inf_difference",
            "difference of the plateaus at high dose (test − reference)",
            _Y_INF,
            limits.y_inf_difference,
        ),
        ratio(
            "y_inf",
            "ratio of the plateaus at high dose (test/reference)",
            _Y_INF,
            limits.y_inf_ratio,
        ),
        ratio("range", "ratio of the ranges (test/reference)", _RANGE, limits.range_ratio),
    )


def extra_sum_of_squares(common: CommonShapeFit, separate: SeparateFits) -> ExtraSumOfSquares:
    """Return the F test of three shared parameters against separate curves.

    ::

        F = ((RSS_common − RSS_separate)/3) / (RSS_separate/df),   χ² = 3·F

    Source: Bates and Watts 1988, Nonlinear Regression Analysis, chapter 3; USP ⟨1034⟩.
    """
    from scipy.special import chdtrc

    extra = max(common.rss - separate.rss, 0.0)
    df1 = common.degrees_of_freedom - separate.degrees_of_freedom
    f, p = f_test(extra, df1, separate.rss, separate.degrees_of_freedom)
    if f is None:
        return ExtraSumOfSquares(None, df1, separate.degrees_of_freedom, p, None, None)
    chi2 = df1 * f
    return ExtraSumOfSquares(f, df1, separate.degrees_of_freedom, p, chi2, float(chdtrc(df1, chi2)))


_Y_ZERO = (1.0, 0.0, 0.0, 0.0)
_Y_INF = (0.0, 1.0, 0.0, 0.0)
_HILL = (0.0, 0.0, 0.0, 1.0)
_RANGE = (-1.0, 1.0, 0.0, 0.0)


def _pair(fits: SeparateFits, weights: Sequence[float]) -> EstimatePair:
    """Return Σ weight·parameter of test and reference with their variances."""
    import numpy as np

    reference, test, reference_covariance, test_covariance = fits.numbers
    of = np.array(weights)
    return EstimatePair(
        numerator=float(of @ test),
        denominator=float(of @ reference),
        numerator_variance=float(of @ test_covariance @ of),
        denominator_variance=float(of @ reference_covariance @ of),
    )


def _own_fit(sample: DoseResponse) -> CurveFit:
    return fit_curve(
        sample.doses,
        sample.responses,
        model=CurveModel.FOUR_PL,
        weights=sample.weights or None,
    )


def _covariance(fit: CurveFit) -> FloatArray:
    """Return the covariance of a fit for a residual variance of 1."""
    import numpy as np

    parameters, _ = fit.numbers
    covariance: FloatArray = gauss_newton_covariance(
        fit.model,
        ln_doses(fit.data)[None, :],
        np.array(fit.data.weights)[None, :],
        parameters[None, :],
        range(len(parameters)),
    )[0]
    return covariance
