"""Several fitted curves of one experiment: one residual variance, and ratios of their ec50."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from lims_msc.domain.fit import FitStatus
from lims_msc.science.curves import ln_dose_at_share
from lims_msc.science.equivalence import EstimatePair, RatioEstimate, ratio_estimate
from lims_msc.science.fitting import CurveFit
from lims_msc.science.uncertainty import t_quantile


def with_pooled_variance(fits: Sequence[CurveFit]) -> tuple[CurveFit, ...]:
    """Return the fits with the residual variance of all of them, and its degrees of freedom.

    ::

        s² = Σ RSS/Σ (n − p) over the fits that have numbers

    ``rss`` stays that of each curve.  Fits without numbers stay as they are.

    Source: Ritz and Streibig 2005, doi 10.18637/jss.v012.i05
    """
    found = [fit for fit in fits if fit.status is FitStatus.OK]
    df = sum(fit.degrees_of_freedom for fit in found)
    rss = math.fsum(fit.rss for fit in found)
    return tuple(_scaled(fit, rss / df, df) if fit in found else fit for fit in fits)


def _scaled(fit: CurveFit, variance: float, df: int) -> CurveFit:
    factor = variance / (fit.rss / fit.degrees_of_freedom)
    observed = fit.covariance_observed
    return replace(
        fit,
        covariance=fit.numbers[1] * factor,
        covariance_observed=None if observed is None else observed * factor,
        degrees_of_freedom=df,
    )


def ec50_ratio(
    first: CurveFit, second: CurveFit, *, confidence: float = 0.95
) -> RatioEstimate | None:
    """Return ec50 of the first over that of the second curve, fitted apart from each other.

    ::

        se_ln² = Var(ln ec50₁) + Var(ln ec50₂)

    Degrees of freedom are those of the first curve, so give curves with a pooled variance.
    ``None`` where an ec50 is beyond all numbers.

    :raises ValueError: if a fit has no numbers.
    """
    places = [_ln_ec50(fit) for fit in (first, second)]
    if any(abs(place) > 600 for place, _ in places):
        return None
    (one, one_variance), (two, two_variance) = places
    upper, lower = math.exp(one), math.exp(two)
    pair = EstimatePair(upper, lower, one_variance * upper**2, two_variance * lower**2)
    return ratio_estimate(pair, t_quantile(first.degrees_of_freedom, confidence))


def _ln_ec50(fit: CurveFit) -> tuple[float, float]:
    """Return ln ec50 and its variance; infinity where it is beyond all numbers."""
    parameters, covariance = fit.numbers
    found = ln_dose_at_share(0.5, parameters, fit.model)
    if found is None:
        return math.inf, math.inf
    place, gradient = found
    return place, float(gradient @ covariance @ gradient)
