"""The four-parameter logistic curve: value, derivatives, bends, and the dose at a level.

    y = y_zero + (y_inf − y_zero) / (1 + (ec50/x)^hill),   hill > 0

``y_zero`` is the plateau at dose 0, ``y_inf`` the one at infinite dose; a falling curve has
``y_zero > y_inf``.  The curve depends on the dose through ``hill·(ln x − ln ec50)`` only, so all
functions take ``ln_dose``; dose 0 is ``-inf`` and gives ``y_zero`` exactly.  Parameters stand in
the last axis in the order ``y_zero, y_inf, ln_ec50, hill``; leading axes are curves, so thousands
of them may be computed at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

FOUR_PL_EQUATION = "y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill)"
BEND_CONSTANT = 4.6805
"""k of Sebaugh and McCray 2003: the curve bends at the fractions 1/(1 + k) and k/(1 + k)."""


def logistic_share(ln_dose: FloatArray, ln_ec50: FloatArray, hill: FloatArray) -> FloatArray:
    """Return s = 1/(1 + (ec50/x)^hill), the share of the way from ``y_zero`` to ``y_inf``.

    ``ln_dose`` has the doses in its last axis; the parameters have one trailing axis of length 1.
    """
    from scipy.special import expit

    share: FloatArray = expit(hill * (ln_dose - ln_ec50))
    return share


def four_pl(ln_dose: FloatArray, parameters: FloatArray) -> FloatArray:
    """Return the curve at each dose; parameters ``(…, 4)`` give values ``(…, doses)``."""
    y_zero, y_inf, ln_ec50, hill = _split(parameters)
    return y_zero + (y_inf - y_zero) * logistic_share(ln_dose, ln_ec50, hill)


def four_pl_jacobian(ln_dose: FloatArray, parameters: FloatArray) -> FloatArray:
    """Return the derivatives by ``y_zero, y_inf, ln_ec50, hill`` in a new last axis."""
    import numpy as np

    y_zero, y_inf, ln_ec50, hill = _split(parameters)
    share = logistic_share(ln_dose, ln_ec50, hill)
    slope = (y_inf - y_zero) * share * (1 - share)
    # At dose 0 the distance is infinite and the slope zero: their product is zero.
    distance = np.where(np.isfinite(ln_dose), ln_dose, ln_ec50) - ln_ec50
    return np.stack([1 - share, share, -hill * slope, slope * distance], axis=-1)


def bends(ec50: float, hill: float) -> tuple[float, float]:
    """Return the doses at which the curve leaves its first and reaches its second plateau.

    They lie where the share is 17.6 % and 82.4 %; an end beyond all numbers is 0 or infinity.
    """
    step = math.log(BEND_CONSTANT) / hill
    return _exp(math.log(ec50) - step), _exp(math.log(ec50) + step)


def ln_dose_at(level: float, parameters: FloatArray) -> tuple[float, FloatArray] | None:
    """Return ln of the dose at which one curve has the value ``level``, and its gradient.

    The gradient is by ``y_zero, y_inf, ln_ec50, hill``, so a standard error made with it takes in
    the error of the plateaus.  ``None`` if the level is not between the plateaus.
    """
    import numpy as np

    y_zero, y_inf, ln_ec50, hill = (float(value) for value in parameters)
    below, above = level - y_zero, y_inf - level
    if below * above <= 0:
        return None
    ln_odds = math.log(below / above)
    gradient = np.array(
        [-1 / (below * hill), -1 / (above * hill), 1.0, -ln_odds / (hill * hill)], dtype=float
    )
    return ln_ec50 + ln_odds / hill, gradient


def _split(parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    return (
        parameters[..., 0:1],
        parameters[..., 1:2],
        parameters[..., 2:3],
        parameters[..., 3:4],
    )


def _exp(power: float) -> float:
    if power > 709:
        return math.inf
    return math.exp(power)
