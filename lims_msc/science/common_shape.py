"""4PL curves of one shape: plateaus and slope are shared, every sample has its own midpoint.

::

    y = y_zero + (y_inf − y_zero) / (1 + (c_i/x)^hill),   hill > 0

Samples that differ only in potency differ by a horizontal shift of such curves.  The optimum is the
global one or is refused (``common_shape_search``, ``common_shape_rim``).  Standard errors are
Gauss–Newton, s²(JᵀWJ)⁻¹ with s² = RSS/(n − 3 − samples).  Whether the samples do have one shape is
not asked here (``similarity``), and neither is what the shift is worth (``potency``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lims_msc.domain.fit import FitStatus
from lims_msc.science.common_shape_rim import rim_ss
from lims_msc.science.common_shape_search import (
    Points,
    SharedOptimum,
    search_shape,
    shape_jacobian,
)
from lims_msc.science.dose_effect import DoseMeans, dose_effect
from lims_msc.science.dose_response import DoseResponse
from lims_msc.science.fit_covariance import LARGEST_CONDITION
from lims_msc.science.fitting import ln_doses

if TYPE_CHECKING:
    from lims_msc.science.curves import FloatArray

FEWEST_DOSES_OF_SHAPE = 5
FEWEST_DOSES_OF_SAMPLE = 3
_MARGIN = 1e-7
_FARTHEST_DECADES = 6.0
_STEEPEST_HILL = 60.0

NO_OPTIMUM = (
    "the residuals only fall towards an infinite slope or a midpoint beyond all doses, so the "
    "shared slope and the midpoints are not determined by these doses"
)


@dataclass(frozen=True, slots=True)
class CommonShapeFit:
    """Curves of one shape through several samples.

    ``parameters`` are ``y_zero, y_inf, hill`` and then ``ln_c`` of each sample in the order of
    ``samples``; ``covariance`` has the same order.  Numbers are there only if ``status`` is
    ``ok``; ``reason`` says in words why there are none.  ``rss`` is Σ w·(y − f)².  ``searched``
    holds the dose means and the optimum on the scale of the search, where a sum of squares of 1 is
    worth ``ss_unit`` on the scale of ``rss``.
    """

    samples: tuple[DoseResponse, ...]
    status: FitStatus
    reason: str = ""
    parameters: FloatArray | None = None
    covariance: FloatArray | None = None
    rss: float = 0.0
    degrees_of_freedom: int = 0
    searched: tuple[Points, SharedOptimum] | None = field(default=None, repr=False)
    ss_unit: float = 1.0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return ("y_zero", "y_inf", "hill", *(f"ln_c_{one.name}" for one in self.samples))

    @property
    def numbers(self) -> tuple[FloatArray, FloatArray]:
        """Parameters and covariance.

        :raises ValueError: if the fit has none.
        """
        if self.parameters is None or self.covariance is None:
            raise ValueError(f"This fit has no numbers: {self.reason}")
        return self.parameters, self.covariance

    @property
    def search(self) -> tuple[Points, SharedOptimum]:
        """The dose means and the optimum on the scale of the search.

        :raises ValueError: if the fit has no numbers.
        """
        if self.searched is None:
            raise ValueError(f"This fit has no numbers: {self.reason}")
        return self.searched

    @property
    def residual_sd(self) -> float:
        """s, the root of RSS over degrees of freedom; for weighted fits that of weight 1."""
        return math.sqrt(self.rss / self.degrees_of_freedom)

    def ec50(self, index: int) -> float:
        """Return the midpoint of one sample in units of the dose.

        :raises ValueError: if the fit has no numbers.
        """
        return math.exp(self.numbers[0][3 + index])


def fit_common_shape(samples: Sequence[DoseResponse]) -> CommonShapeFit:
    """Return the 4PL curves of one shape through two or more samples, or why there are none.

    ::

        least Σ w·(y − f)² over y_zero, y_inf, hill and one ln c for each sample

    Doses share a unit, responses share a unit, and weights of the samples share a scale.  A dose of
    0 may take part.  One sample needs five different doses above zero, every sample three.

    :raises ValueError: with fewer than two samples, or two of the same name.

    Source: DOMAIN 3.4; USP ⟨1034⟩, constrained model.
    """
    together = tuple(samples)
    if len(together) < 2 or len({one.name for one in together}) < len(together):
        raise ValueError("A common shape needs two or more samples with different names.")
    refusal = _refusal(together)
    if refusal is not None:
        return CommonShapeFit(together, *refusal)
    means = [one.means for one in together]
    points, centre, scale = _scaled(means)
    optimum = search_shape(points)
    if _is_at_rim(points, optimum):
        return CommonShapeFit(together, FitStatus.NO_FINITE_OPTIMUM, NO_OPTIMUM)
    pure_error_ss = math.fsum(one.pure_error_ss for one in means)
    return _with_errors(together, points, optimum, pure_error_ss, (centre, scale))


def _refusal(samples: tuple[DoseResponse, ...]) -> tuple[FitStatus, str] | None:
    counts = [len(one.means.nonzero_doses) for one in samples]
    if max(counts) < FEWEST_DOSES_OF_SHAPE:
        reason = (
            f"the shared shape needs {FEWEST_DOSES_OF_SHAPE} different doses above zero in one "
            f"sample or more; there are at most {max(counts)}"
        )
        return FitStatus.TOO_FEW_DOSES, reason
    for one, count in zip(samples, counts, strict=True):
        if count < FEWEST_DOSES_OF_SAMPLE:
            reason = (
                f"the sample '{one.name}' has {count} different doses above zero; a midpoint "
                f"needs {FEWEST_DOSES_OF_SAMPLE}"
            )
            return FitStatus.TOO_FEW_DOSES, reason
        if dose_effect(one.means).is_absent():
            reason = (
                f"the responses of the sample '{one.name}' do not depend on the dose (p ≥ 0.05 "
                "between doses and for a trend)"
            )
            return FitStatus.NOT_ESTIMABLE, reason
    return None


def _scaled(samples: Sequence[DoseMeans]) -> tuple[Points, float, float]:
    """Return all points with responses around 0 and of size 1, and the centre and size taken out.

    Weights are brought to the mean 1, so that no unit of responses or weights changes the search.
    """
    import numpy as np

    weights = np.concatenate([one.weights for one in samples])
    means = np.concatenate([one.means for one in samples])
    centre = float(weights @ means / weights.sum())
    scale = math.sqrt(float(weights @ (means - centre) ** 2) / float(weights.sum()))
    points = Points(
        ln_doses=np.concatenate([ln_doses(one) for one in samples]),
        means=(means - centre) / scale,
        weights=weights / weights.mean(),
        sample=np.concatenate(
            [np.full(len(one.means), index) for index, one in enumerate(samples)]
        ),
        count=len(samples),
    )
    return points, centre, scale


def _is_at_rim(points: Points, optimum: SharedOptimum) -> bool:
    """Whether the optimum is no better than the limits of the model, or so far out as to be one."""
    import numpy as np

    tested = points.ln_doses[np.isfinite(points.ln_doses)]
    midpoints = optimum.parameters[3:]
    off = max(float(tested.min() - midpoints.min()), float(midpoints.max() - tested.max()))
    if off > _FARTHEST_DECADES * math.log(10) or optimum.parameters[2] > _STEEPEST_HILL:
        return True
    total = float(points.weights.sum())
    return optimum.weighted_ss >= rim_ss(points, optimum) * (1 - _MARGIN) - 1e-13 * total


def is_degenerate(points: Points, parameters: FloatArray) -> bool:
    """Whether the doses do not tell the parameters apart (scaled Jacobian near singular)."""
    import numpy as np

    jacobian, lengths = _rooted_jacobian(points, parameters)
    if np.any(lengths == 0):
        return True
    return bool(np.linalg.cond(jacobian / lengths) > LARGEST_CONDITION)


def unscaled_covariance(points: Points, parameters: FloatArray) -> FloatArray:
    """Return (JᵀWJ)⁻¹ of parameters that are not degenerate, by a QR factor of the Jacobian.

    Source: Gauss–Newton; Bates and Watts 1988, Nonlinear Regression Analysis, chapter 2.
    """
    import numpy as np

    jacobian, lengths = _rooted_jacobian(points, parameters)
    # A QR factor inverts JᵀJ without squaring its condition.
    upper = np.linalg.inv(np.linalg.qr(jacobian / lengths, mode="r"))
    result: FloatArray = (upper @ upper.T) / np.outer(lengths, lengths)
    return result


def _rooted_jacobian(points: Points, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the Jacobian with the roots of the weights, and the lengths of its columns."""
    import numpy as np

    jacobian: FloatArray = np.sqrt(points.weights)[:, None] * shape_jacobian(points, parameters)
    lengths: FloatArray = np.linalg.norm(jacobian, axis=0)
    return jacobian, lengths


def _with_errors(
    samples: tuple[DoseResponse, ...],
    points: Points,
    optimum: SharedOptimum,
    pure_error_ss: float,
    scaling: tuple[float, float],
) -> CommonShapeFit:
    import numpy as np

    if is_degenerate(points, optimum.parameters):
        reason = "these doses do not tell the shared shape and the midpoints apart"
        return CommonShapeFit(samples, FitStatus.NOT_ESTIMABLE, reason)
    unscaled = unscaled_covariance(points, optimum.parameters)
    centre, scale = scaling
    unit_weight = math.fsum(w for one in samples for w in one.all_weights) / len(points.means)
    ss_unit = unit_weight * scale**2
    rss = optimum.weighted_ss * ss_unit + pure_error_ss
    df = sum(one.n for one in samples) - len(optimum.parameters)
    units, shift = np.ones(len(optimum.parameters)), np.zeros(len(optimum.parameters))
    units[:2], shift[:2] = scale, centre
    return CommonShapeFit(
        samples=samples,
        status=FitStatus.OK,
        parameters=optimum.parameters * units + shift,
        covariance=unscaled * np.outer(units, units) * (rss / df / ss_unit),
        rss=rss,
        degrees_of_freedom=df,
        searched=(points, optimum),
        ss_unit=ss_unit,
    )
