"""The profile-likelihood interval of a relative potency.

It holds all shifts of the test curve whose best curves of one shape are not significantly worse
than the fit: RSS(shift) ≤ RSS·(1 + t²/df).  For a given shift the doses of the test sample are
moved by it, and both samples are one curve.  An end is open where no shift is rejected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lims_msc.science.common_shape import CommonShapeFit
from lims_msc.science.common_shape_rim import far_midpoints_ss
from lims_msc.science.common_shape_search import (
    Points,
    SharedOptimum,
    best_of_grid,
    polish_shape,
)
from lims_msc.science.equivalence import Interval
from lims_msc.science.uncertainty import t_quantile

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

OPEN_PROFILE = "potencies up to six decades beyond the range of the doses are not rejected"
_FARTHEST_DECADES = 6.0
_LONGEST_STEP = 0.25
_SHORTEST_STEP = 1e-9
_ROUNDING = 1e-16


def profile_interval(
    fit: CommonShapeFit, *, reference: int = 0, test: int = 1, confidence: float = 0.95
) -> Interval:
    """Return the profile-likelihood interval of the relative potency of two samples of a fit.

    ::

        {exp θ : min RSS with ln c_ref − ln c_test = θ  ≤  RSS·(1 + t²/df)}

    :raises ValueError: if the fit has no numbers, or the confidence is not between 0 and 1.

    Source: Bates and Watts 1988, Nonlinear Regression Analysis, chapter 6.
    """
    parameters, covariance = fit.numbers
    t = t_quantile(fit.degrees_of_freedom, confidence)
    points, optimum = fit.search
    pair = _Pair(points, reference, test)
    allowed = fit.rss * t * t / fit.degrees_of_freedom / fit.ss_unit
    ln_potency = float(parameters[3 + reference] - parameters[3 + test])
    if allowed < _ROUNDING * float(points.weights.sum()):
        # Curves through every point: what is left of the sum of squares is rounding.
        return Interval(math.exp(ln_potency), math.exp(ln_potency))
    variance = (
        covariance[3 + reference, 3 + reference]
        + covariance[3 + test, 3 + test]
        - 2 * covariance[3 + reference, 3 + test]
    )
    step = min(t * math.sqrt(max(float(variance), 0.0)) / 2 + _SHORTEST_STEP, _LONGEST_STEP)
    start, threshold = pair.without_test(optimum.parameters), optimum.weighted_ss + allowed
    low, high = (_end(pair, start, (ln_potency, sign * step), threshold) for sign in (-1, 1))
    return Interval(low, high, OPEN_PROFILE if low is None or high is None else "")


@dataclass(frozen=True, slots=True)
class _Pair:
    """The points of a fit, of which the test sample may be moved onto the reference."""

    points: Points
    reference: int
    test: int

    def moved(self, ln_potency: float) -> Points:
        """Return the points with test and reference as one sample, the last one."""
        import numpy as np

        sample = self.points.sample
        is_test = sample == self.test
        order = [i for i in range(self.points.count) if i not in {self.reference, self.test}]
        number = np.full(self.points.count, len(order))
        number[order] = np.arange(len(order))
        return replace(
            self.points,
            ln_doses=np.where(is_test, self.points.ln_doses + ln_potency, self.points.ln_doses),
            sample=number[sample],
            count=len(order) + 1,
        )

    def without_test(self, parameters: FloatArray) -> FloatArray:
        """Return the parameters of the moved points at the optimum."""
        import numpy as np

        others = [i for i in range(self.points.count) if i not in {self.reference, self.test}]
        return np.array([*parameters[:3], *parameters[3:][others], parameters[3 + self.reference]])

    @property
    def farthest(self) -> float:
        """The largest shift, up or down, that is looked at."""
        import numpy as np

        tested = self.points.ln_doses[np.isfinite(self.points.ln_doses)]
        return float(tested.max() - tested.min()) + _FARTHEST_DECADES * math.log(10)


def _end(
    pair: _Pair, parameters: FloatArray, way: tuple[float, float], threshold: float
) -> float | None:
    """Return the first potency on the way that is rejected; ``way`` is its ln and the step."""
    inside, step = way
    while abs(inside) <= pair.farthest:
        beyond = inside + step
        found = best_of_grid(pair.moved(beyond))
        if found.weighted_ss > threshold:
            found = _least(pair.moved(beyond), (parameters, found.parameters))
        if found.weighted_ss > threshold:
            starts = (parameters, found.parameters)
            return math.exp(_crossing(pair, starts, (inside, beyond), threshold))
        inside, parameters = beyond, found.parameters
        step = math.copysign(min(abs(step) * 1.5, _LONGEST_STEP), step)
    return None


def _crossing(
    pair: _Pair, starts: Sequence[FloatArray], ends: tuple[float, float], threshold: float
) -> float:
    """Return where the least sum of squares reaches the threshold between two shifts."""
    from scipy.optimize import brentq

    return float(
        brentq(
            lambda x: _least(pair.moved(x), starts).weighted_ss - threshold,
            *ends,
            xtol=1e-9,
            rtol=1e-12,
        )
    )


def _least(points: Points, starts: Sequence[FloatArray]) -> SharedOptimum:
    """Return the best curves for one shift that are reached from the starts."""
    import numpy as np

    polished = (polish_shape(points, start) for start in starts)
    found = min(polished, key=lambda one: one.weighted_ss)
    tested = points.ln_doses[np.isfinite(points.ln_doses)]
    if tested.min() <= found.parameters[3:].min() <= found.parameters[3:].max() <= tested.max():
        return found
    # A search for a midpoint far off comes to rest before it arrives; its limit is known.
    return replace(found, weighted_ss=min(found.weighted_ss, far_midpoints_ss(points)))
