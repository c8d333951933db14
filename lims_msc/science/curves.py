"""Sigmoid curves over log dose: 4PL and both 5PL families, with derivatives, bends and levels.

Every curve is ``y = y_zero + (y_inf − y_zero)·F`` with a share ``F`` between 0 and 1, so the two
plateaus stand in it linearly.  ``y_zero`` is the plateau at dose 0, ``y_inf`` the one at infinite
dose; a falling curve has ``y_zero > y_inf``.  The slope ``hill`` is always above 0.

All functions take ``ln_dose``; dose 0 is ``-inf`` and gives ``y_zero`` exactly.  Parameters stand
in the last axis in the order ``y_zero, y_inf, ln_c, hill`` and, in a 5PL, ``asym``; leading axes
are curves.  What fits them stands in ``curve_optimum`` and ``fitting``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]

BEND_CONSTANT = 4.6805
"""k of Sebaugh and McCray 2003: the curve bends at the fractions 1/(1 + k) and k/(1 + k)."""
_FAR = 1e100


class CurveModel(StrEnum):
    """The families of curves; the two 5PL are different curves, not two names of one.

    ::

        s = 1/(1 + (c/x)^hill)
        4pl     F = s                       c is the ec50
        5pl-r   F = s^asym                  c is not the ec50
        5pl-f   F = 1 − (1 − s)^asym        c is not the ec50

    Source: DOMAIN 3.3; Gottschalk and Dunn 2005, doi 10.1016/j.ab.2005.04.035
    """

    FOUR_PL = "4pl"
    FIVE_PL_R = "5pl-r"
    FIVE_PL_F = "5pl-f"

    @property
    def has_asymmetry(self) -> bool:
        """Whether the curve has the fifth parameter, ``asym``."""
        return self is not CurveModel.FOUR_PL

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in the order in which they stand everywhere."""
        return (*_NAMES, "asym") if self.has_asymmetry else _NAMES

    @property
    def equation(self) -> str:
        """The equation in words, x being the dose."""
        return _EQUATIONS[self]


_NAMES = ("y_zero", "y_inf", "ln_c", "hill")
_EQUATIONS = {
    CurveModel.FOUR_PL: "y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill)",
    CurveModel.FIVE_PL_R: "y = y_zero + (y_inf − y_zero)/(1 + (c/x)^hill)^asym",
    CurveModel.FIVE_PL_F: "y = y_inf + (y_zero − y_inf)/(1 + (x/c)^hill)^asym",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The share F(t, asym), t = hill·(ln x − ln c), and its derivatives; all of one shape of array.

    ``by_t`` is ∂F/∂t and ``by_tt`` its derivative; ``by_asym`` holds ∂F/∂asym, ∂²F/∂asym² and
    ∂²F/∂t∂asym, and is ``None`` in a 4PL.
    """

    value: FloatArray
    by_t: FloatArray
    by_tt: FloatArray
    by_asym: tuple[FloatArray, FloatArray, FloatArray] | None = None


def shape_of(model: CurveModel, t: FloatArray, asym: FloatArray | None = None) -> Shape:
    """Return the share and its derivatives at ``t``; ``asym`` broadcasts against it.

    ::

        4pl     F = s;  F′ = s(1 − s);  F″ = F′(1 − 2s)
        5pl-r   F = s^g;  F′ = g·F·(1 − s);  F″ = F′·(g(1 − s) − s);  ∂F/∂g = F·ln s
        5pl-f   F(t) = 1 − F_r(−t)
    """
    import numpy as np
    from scipy.special import expit

    if model is CurveModel.FOUR_PL:
        s = expit(t)
        by_t = s * (1 - s)
        return Shape(s, by_t, by_t * (1 - 2 * s))
    turned = model is CurveModel.FIVE_PL_F
    g = np.asarray(asym)
    x = -t if turned else t
    s, rest, ln_s = expit(x), expit(-x), -np.logaddexp(0.0, -x)
    value = np.exp(g * ln_s)
    by_t = g * value * rest
    by_tt = by_t * (g * rest - s)
    by_g = value * ln_s
    by_gg = by_g * ln_s
    by_tg = by_t * (1 / g + ln_s)
    if turned:
        return Shape(-np.expm1(g * ln_s), by_t, -by_tt, (-by_g, -by_gg, by_tg))
    return Shape(value, by_t, by_tt, (by_g, by_gg, by_tg))


def distance(ln_dose: FloatArray, ln_c: FloatArray) -> FloatArray:
    """Return ln x − ln c; at dose 0 and at infinite dose a number beyond all, but finite."""
    import numpy as np

    # Infinity times the zero slope of the plateau would be no number.
    far = np.where(ln_dose > 0, _FAR, -_FAR)
    return np.where(np.isfinite(ln_dose), ln_dose, 0.0) - np.where(np.isfinite(ln_dose), ln_c, -far)


def curve_value(model: CurveModel, ln_dose: FloatArray, parameters: FloatArray) -> FloatArray:
    """Return the curve at each dose; parameters ``(…, p)`` give values ``(…, doses)``."""
    y_zero, y_inf, ln_c, hill, asym = _split(parameters)
    share = shape_of(model, hill * distance(ln_dose, ln_c), asym).value
    return y_zero + (y_inf - y_zero) * share


def curve_jacobian(model: CurveModel, ln_dose: FloatArray, parameters: FloatArray) -> FloatArray:
    """Return the derivatives of the curve by its parameters, in a new last axis."""
    import numpy as np

    y_zero, y_inf, ln_c, hill, asym = _split(parameters)
    away = distance(ln_dose, ln_c)
    shape = shape_of(model, hill * away, asym)
    span = y_inf - y_zero
    columns = [
        1 - shape.value,
        shape.value,
        -hill * span * shape.by_t,
        span * shape.by_t * away,
    ]
    if shape.by_asym is not None:
        columns.append(span * shape.by_asym[0])
    return np.stack(columns, axis=-1)


def weighted_curvature(
    model: CurveModel, ln_dose: FloatArray, parameters: FloatArray, factor: FloatArray
) -> FloatArray:
    """Return Σ over doses of ``factor``·∂²y/∂p∂q of one curve, a matrix over its parameters.

    With ``factor`` = weight × (curve − value) this is what the full Hessian of half the sum of
    squares has beyond JᵀJ.
    """
    import numpy as np

    y_zero, y_inf, ln_c, hill, asym = _split(parameters)
    away = distance(ln_dose, ln_c)
    shape = shape_of(model, hill * away, asym)
    first = [-hill * shape.by_t, shape.by_t * away]
    second = {
        (0, 0): hill * hill * shape.by_tt,
        (0, 1): -shape.by_t - hill * shape.by_tt * away,
        (1, 1): shape.by_tt * away * away,
    }
    if shape.by_asym is not None:
        by_asym, by_asym2, by_t_asym = shape.by_asym
        first.append(by_asym)
        second[0, 2] = -hill * by_t_asym
        second[1, 2] = away * by_t_asym
        second[2, 2] = by_asym2
    matrix = np.zeros((2 + len(first), 2 + len(first)))
    for i, derivative in enumerate(first):
        share = float(np.sum(factor * derivative))
        matrix[0, 2 + i] = matrix[2 + i, 0] = -share
        matrix[1, 2 + i] = matrix[2 + i, 1] = share
    span = float((y_inf - y_zero)[..., 0])
    for (i, j), derivative in second.items():
        value = span * float(np.sum(factor * derivative))
        matrix[2 + i, 2 + j] = matrix[2 + j, 2 + i] = value
    return matrix


def t_of_share(model: CurveModel, share: float, asym: float = 1.0) -> float:
    """Return the ``t`` = hill·(ln x − ln c) at which a curve has gone ``share`` of its way.

    ::

        5pl-r   s = share^(1/asym);  t = ln(s/(1 − s))
        5pl-f   1 − s = (1 − share)^(1/asym)
    """
    if model is CurveModel.FIVE_PL_F:
        return -_t_of_power(math.log1p(-share) / asym)
    return _t_of_power(math.log(share) / asym)


def _t_of_power(ln_s: float) -> float:
    if ln_s == 0:
        return math.inf
    return ln_s - math.log(-math.expm1(ln_s))


def bends(ec50: float, hill: float) -> tuple[float, float]:
    """Return the doses at which a 4PL leaves its first and reaches its second plateau.

    They lie where the share is 17.6 % and 82.4 %; an end beyond all numbers is 0 or infinity.

    Source: Sebaugh and McCray 2003, doi 10.1002/pst.62
    """
    step = math.log(BEND_CONSTANT) / hill
    return _exp(math.log(ec50) - step), _exp(math.log(ec50) + step)


def ln_dose_at(
    level: float, parameters: FloatArray, model: CurveModel = CurveModel.FOUR_PL
) -> tuple[float, FloatArray] | None:
    """Return ln of the dose at which one curve has the value ``level``, and its gradient.

    ::

        p = (level − y_zero)/(y_inf − y_zero);   ln x = ln c + t(p)/hill
        ∂ ln x/∂θ = −(∂y/∂θ)/(∂y/∂ ln x)

    The gradient is by the parameters in their order, so a standard error made with it takes in the
    error of the plateaus.  ``None`` if the level is not between the plateaus.
    """
    y_zero, y_inf = float(parameters[0]), float(parameters[1])
    if (level - y_zero) * (y_inf - level) <= 0:
        return None
    return ln_dose_at_share((level - y_zero) / (y_inf - y_zero), parameters, model, moves=True)


def ln_dose_at_share(
    share: float,
    parameters: FloatArray,
    model: CurveModel = CurveModel.FOUR_PL,
    *,
    moves: bool = False,
) -> tuple[float, FloatArray] | None:
    """Return ln of the dose at which one curve has gone a share of its way, and its gradient.

    Half of the way is the ec50, also of a 5PL.  With ``moves`` the level stands still while the
    plateaus move (an absolute level); without, the share does (ED10, ED50, ED90).  ``None`` where
    that dose is beyond all numbers.
    """
    import numpy as np

    y_zero, y_inf, ln_c, hill = (float(value) for value in parameters[:4])
    asym = float(parameters[4]) if model.has_asymmetry else 1.0
    t = t_of_share(model, share, asym)
    if not math.isfinite(t):
        return None
    shape = shape_of(model, np.array([t]), np.array([asym]))
    slope = float(shape.by_t[0])
    span = y_inf - y_zero
    plateaus = [-(1 - share) / span, -share / span] if moves else [0.0, 0.0]
    gradient = [value / (hill * slope) for value in plateaus] + [1.0, -t / (hill * hill)]
    if shape.by_asym is not None:
        gradient.append(-float(shape.by_asym[0][0]) / (hill * slope))
    return ln_c + t / hill, np.array(gradient)


def _split(
    parameters: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray | None]:
    asym = parameters[..., 4:5] if parameters.shape[-1] == 5 else None
    return (
        parameters[..., 0:1],
        parameters[..., 1:2],
        parameters[..., 2:3],
        parameters[..., 3:4],
        asym,
    )


def _exp(power: float) -> float:
    if power > 709:
        return math.inf
    return math.exp(power)
