"""Relative potency of a test sample against a reference, given only where their curves are alike.

::

    RP = ec50_ref / ec50_test        of the curves of one shape; above 1 the test is more potent

The number with its intervals is :func:`potency_estimate`.  :func:`relative_potency` also judges: it
withholds the number where the shapes differ, or cannot be compared, or a midpoint lies outside the
tested doses.  What may be said instead stands in ``unlike_curves`` and is no relative potency.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape import CommonShapeFit, fit_common_shape
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.equivalence import (
    EstimatePair,
    FiellerInterval,
    Interval,
    fieller_interval,
    log_interval,
)
from lims_msc.science.potency_profile import profile_interval
from lims_msc.science.similarity import (
    ExtraSumOfSquares,
    SeparateFits,
    ShapeComparison,
    SimilarityLimits,
    compare_shapes,
    extra_sum_of_squares,
    fit_separately,
)
from lims_msc.science.uncertainty import t_quantile


class PotencyStatus(StrEnum):
    """Whether there is a relative potency."""

    OK = "ok"
    WITHHELD = "withheld"
    """A shift can be computed, but it is no relative potency: the curves are not shown alike."""
    NOT_ESTIMABLE = "not_estimable"
    """There is no fit of one shape."""


@dataclass(frozen=True, slots=True)
class PotencyEstimate:
    """ec50_ref / ec50_test of a fit of one shape, with four intervals at one ``confidence``.

    ``log_interval`` is symmetric on the log, ``linear_interval`` on the ratio itself, ``fieller``
    is that of the ratio of the two midpoints, ``profile`` that of the likelihood.
    """

    value: float
    ln_value: float
    se_ln: float
    confidence: float
    log_interval: Interval
    linear_interval: Interval
    fieller: FiellerInterval
    profile: Interval


@dataclass(frozen=True, slots=True)
class RelativePotency:
    """The judged result: ``estimate`` is there only if ``status`` is ``ok``, else ``reason``.

    ``comparisons`` show slope and plateaus of both curves, ``f_test`` is for information only.
    """

    status: PotencyStatus
    reason: str
    common: CommonShapeFit
    separate: SeparateFits | None = None
    comparisons: tuple[ShapeComparison, ...] = ()
    f_test: ExtraSumOfSquares | None = None
    estimate: PotencyEstimate | None = None


def relative_potency(
    reference: DoseResponse,
    test: DoseResponse,
    *,
    limits: SimilarityLimits | None = None,
    confidence: float = 0.95,
) -> RelativePotency:
    """Return the relative potency of a test sample, or why it is withheld or does not exist.

    ::

        RP = ec50_ref / ec50_test,  y_zero, y_inf and hill shared

    Doses of both samples are in one unit and responses in one unit; RP has none.  The number is
    given if slope ratio and plateau differences are equivalent within ``limits``, and both
    midpoints lie within the tested doses of their sample.

    :raises ValueError: if the samples have one name, or a confidence is not between 0 and 1.

    Source: DOMAIN 3.4; USP ⟨1032⟩ and ⟨1034⟩; Ph. Eur. 5.3.
    """
    common = fit_common_shape([reference, test])
    if common.status is not FitStatus.OK:
        return RelativePotency(PotencyStatus.NOT_ESTIMABLE, common.reason, common)
    separate = fit_separately(reference, test)
    if separate.status is not FitStatus.OK:
        reason = f"whether the curves have one shape cannot be judged: {separate.reason}"
        return RelativePotency(PotencyStatus.WITHHELD, reason, common, separate)
    comparisons = compare_shapes(separate, limits or SimilarityLimits())
    reason = _unlike(comparisons) or _outside(common)
    return RelativePotency(
        status=PotencyStatus.WITHHELD if reason else PotencyStatus.OK,
        reason=reason,
        common=common,
        separate=separate,
        comparisons=comparisons,
        f_test=extra_sum_of_squares(common, separate),
        estimate=None if reason else potency_estimate(common, confidence=confidence),
    )


def potency_estimate(
    fit: CommonShapeFit, *, reference: int = 0, test: int = 1, confidence: float = 0.95
) -> PotencyEstimate:
    """Return the ratio of two midpoints of a fit of one shape, whatever the samples look like.

    ::

        ln RP = ln c_ref − ln c_test,   se_ln² = v_ref + v_test − 2·v_ref,test

    ``reference`` and ``test`` are the places of the samples in the fit.  The intervals take
    Student's t with the degrees of freedom of the fit.

    :raises ValueError: if the fit has no numbers, or the confidence is not between 0 and 1.

    Source: DOMAIN 3.4; USP ⟨1034⟩; Fieller 1954, doi 10.1111/j.2517-6161.1954.tb00159.x.
    """
    parameters, covariance = fit.numbers
    t = t_quantile(fit.degrees_of_freedom, confidence)
    places = (3 + reference, 3 + test)
    v_ref, v_test = (float(covariance[place, place]) for place in places)
    mixed = float(covariance[places])
    ln_value = float(parameters[places[0]] - parameters[places[1]])
    value = math.exp(ln_value)
    # Rounding may leave a trace below zero where both midpoints move together.
    se_ln = math.sqrt(max(v_ref + v_test - 2 * mixed, 0.0))
    # Both midpoints are divided by that of the test, which changes no ratio.
    pair = EstimatePair(value, 1.0, v_ref * value**2, v_test, mixed * value)
    return PotencyEstimate(
        value=value,
        ln_value=ln_value,
        se_ln=se_ln,
        confidence=confidence,
        log_interval=log_interval(value, se_ln, t),
        linear_interval=Interval(value * (1 - t * se_ln), value * (1 + t * se_ln)),
        fieller=fieller_interval(pair, t),
        profile=profile_interval(fit, reference=reference, test=test, confidence=confidence),
    )


def _unlike(comparisons: Sequence[ShapeComparison]) -> str:
    """Return which parameters are not shown to be equivalent, or ''."""
    failures = [str(one) for one in comparisons if one.is_equivalent is False]
    return f"the curves are not shown to have one shape: {'; '.join(failures)}" if failures else ""


def _outside(fit: CommonShapeFit) -> str:
    """Return which midpoint lies outside the tested doses of its sample, or ''."""
    for index, sample in enumerate(fit.samples):
        tested, ec50 = sample.means.nonzero_doses, fit.ec50(index)
        if not tested[0] <= ec50 <= tested[-1]:
            return (
                f"the midpoint of the sample '{sample.name}', {ec50:.3g}, lies outside its tested "
                f"doses {tested[0]:.3g} to {tested[-1]:.3g}, and nothing is extrapolated"
            )
    return ""
