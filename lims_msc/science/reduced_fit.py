"""The sum of squares of many curves as a function of midpoint, slope and asymmetry alone.

Given those, the plateaus of a sigmoid curve are a linear least-squares problem, so they are solved
exactly and never searched for (variable projection, Golub and Pereyra 1973,
doi 10.1137/0710036).  Each curve may be tied: to plateaus, or to a level at one dose.

All arrays have doses in the first axis and curves in the last.  A search stands at a point
``theta`` with the rows ``ln ec50, ln hill`` and, in a 5PL, ``ln asym``: the ec50 and not ``c``,
since ``c`` and ``asym`` of a 5PL can hardly be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from lims_msc.science.curves import CurveModel, distance, shape_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import FloatArray

    IndexArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ties:
    """What a curve may not choose freely, one number for each curve; ``None`` where it may.

    ``y_zero`` and ``y_inf`` are fixed plateaus.  ``through`` is ln dose and level of a point on the
    curve.  ``share`` is the part of the way at which the location parameter lies, usually half.
    """

    y_zero: FloatArray | None = None
    y_inf: FloatArray | None = None
    through: tuple[FloatArray, FloatArray] | None = None
    share: float = 0.5

    @property
    def fixed_plateaus(self) -> int:
        """The number of fixed plateaus."""
        return (self.y_zero is not None) + (self.y_inf is not None)

    def of(self, index: IndexArray) -> Ties:
        """Return the ties of some of the curves."""
        through = self.through
        return replace(
            self,
            y_zero=None if self.y_zero is None else self.y_zero[index],
            y_inf=None if self.y_inf is None else self.y_inf[index],
            through=None if through is None else (through[0][index], through[1][index]),
        )


Ends: TypeAlias = "tuple[FloatArray | None, FloatArray | None]"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lowest and highest value of each plateau, one number for each curve; ``None`` where open."""

    y_zero: Ends | None = None
    y_inf: Ends | None = None

    def allow(self, y_zero: FloatArray, y_inf: FloatArray) -> NDArray[np.bool_]:
        """Return which curves have both plateaus within their bounds."""
        import numpy as np

        allowed = np.ones(np.broadcast(y_zero, y_inf).shape, dtype=bool)
        for value, ends in ((y_zero, self.y_zero), (y_inf, self.y_inf)):
            low, high = ends or (None, None)
            if low is not None:
                allowed &= value >= low
            if high is not None:
                allowed &= value <= high
        return allowed

    def of(self, index: IndexArray) -> Bounds:
        """Return the bounds of some of the curves."""

        def part(ends: Ends | None) -> Ends | None:
            if ends is None:
                return None
            low, high = (None if end is None else end[index] for end in ends)
            return low, high

        return Bounds(part(self.y_zero), part(self.y_inf))


@dataclass(frozen=True, slots=True)
class Data:
    """Dose means of many curves: ``means`` and ``root_weights`` are ``(doses, curves)``.

    ``ln_dose`` is ``(doses, curves)``, or ``(doses, 1)`` where all curves share their doses;
    ``root_weights`` may have one column likewise.  A dose that a curve does not have has weight 0.
    """

    ln_dose: FloatArray
    means: FloatArray
    root_weights: FloatArray

    @property
    def count(self) -> int:
        """The number of curves."""
        return int(self.means.shape[1])

    def of(self, index: IndexArray) -> Data:
        """Return some of the curves, in the order of ``index``."""
        return Data(
            self.ln_dose if self.ln_dose.shape[1] == 1 else self.ln_dose[:, index],
            self.means[:, index],
            self.root_weights if self.root_weights.shape[1] == 1 else self.root_weights[:, index],
        )

    def total(self) -> FloatArray:
        """Return the sum of the weights of each curve."""
        result: FloatArray = (self.root_weights**2).sum(axis=0)
        return result


@dataclass(frozen=True, slots=True)
class Reduced:
    """The least sum of squares at ``theta``, its plateaus, and the derivatives of half of it.

    ``gradient`` is ``(p, curves)``, ``newton`` and ``gauss_newton`` are ``(p, p, curves)``.
    """

    ss: FloatArray
    y_zero: FloatArray
    y_inf: FloatArray
    gradient: FloatArray
    newton: FloatArray
    gauss_newton: FloatArray


@dataclass(frozen=True, slots=True)
class Share:
    """F at doses of curves, ``(doses, curves)``, and its derivatives by ``theta``."""

    value: FloatArray
    first: tuple[FloatArray, ...]
    second: dict[tuple[int, int], FloatArray]


@dataclass(frozen=True, slots=True)
class _Basis:
    """The curve as offset + span·C, C = scale·F + shift; ``span`` is ``None`` where it is free."""

    c: Share
    offset: FloatArray
    span: FloatArray | None
    scale: FloatArray | float
    shift: FloatArray


def reduced(
    model: CurveModel, data: Data, theta: FloatArray, ties: Ties, *, derivatives: bool = True
) -> Reduced:
    """Return the least sum of squares of each curve at its ``theta``.

    ::

        y = offset + A·C
        free plateaus         C = F − mean of F, offset = mean of y (both weighted)
        one point is given    C = F − F at its dose, offset = its level
        A = Σw·C·(y − offset)/Σw·C²
        gradient_j = A·Σw·r·C_j
        H_ij = A²·Σw·C_i·C_j + A·Σw·r·C_ij − h_i·h_j/Σw·C²,   h_j = A·Σw·C·C_j + Σw·r·C_j

    H is the Schur complement of the full Hessian over the plateaus, so a Newton step here is the
    Newton step of the full problem.

    Source: Golub and Pereyra 1973, doi 10.1137/0710036
    """
    share = share_of(model, data.ln_dose, theta, ties.share, derivatives=derivatives)
    basis = _basis(model, data, theta, share, ties)
    root = data.root_weights
    c = root * basis.c.value
    y = root * (data.means - basis.offset)
    cc = _dot(c, c)
    span = _ratio(_dot(c, y), cc) if basis.span is None else basis.span
    r = span * c - y
    ss = _dot(r, r)
    y_zero = basis.offset + span * basis.shift
    y_inf = y_zero + span * basis.scale
    if not derivatives:
        nothing = ss[None, :]
        return Reduced(ss, y_zero, y_inf, nothing, nothing, nothing)
    return Reduced(ss, y_zero, y_inf, *_derivatives(basis, root, _Residual(c, cc, r, span)))


def share_of(
    model: CurveModel,
    ln_dose: FloatArray,
    theta: FloatArray,
    share: float = 0.5,
    *,
    derivatives: bool = True,
) -> Share:
    """Return F of each curve at the doses, t being hill·(ln x − ln ec50) + t(half)."""
    import numpy as np

    hill = np.exp(theta[1])
    scaled = hill * distance(ln_dose, theta[0])
    asym = np.exp(theta[2]) if model.has_asymmetry else None
    shift, by_q, by_qq = t_of_way(model, theta, share)
    shape = shape_of(model, scaled + shift, asym)
    if not derivatives:
        return Share(shape.value, (), {})
    by_w, by_v = -hill * shape.by_t, scaled * shape.by_t
    bent = shape.by_tt * scaled + shape.by_t
    second = {(0, 0): hill * hill * shape.by_tt, (0, 1): -hill * bent, (1, 1): scaled * bent}
    if asym is None or shape.by_asym is None:
        return Share(shape.value, (by_w, by_v), second)
    f_q, f_tq = asym * shape.by_asym[0], asym * shape.by_asym[2]
    f_qq = f_q + asym * asym * shape.by_asym[1]
    turned = f_tq + shape.by_tt * by_q
    second[0, 2] = -hill * turned
    second[1, 2] = scaled * turned
    second[2, 2] = f_qq + by_q * (f_tq + turned) + by_qq * shape.by_t
    return Share(shape.value, (by_w, by_v, f_q + shape.by_t * by_q), second)


def ln_c_of(model: CurveModel, theta: FloatArray, share: float = 0.5) -> FloatArray:
    """Return ``ln c`` of curves whose location parameter lies at a share of the way."""
    import numpy as np

    result: FloatArray = theta[0] - t_of_way(model, theta, share)[0] / np.exp(theta[1])
    return result


def t_of_way(
    model: CurveModel, theta: FloatArray, share: FloatArray | float
) -> tuple[FloatArray | float, FloatArray | float, FloatArray | float]:
    """Return the t = hill·(ln x − ln c) at which curves have gone their share of the way.

    The other two are its first and second derivative by ``ln asym``.
    """
    import numpy as np

    if not model.has_asymmetry:
        return np.log(share / (1 - share)), 0.0, 0.0
    turned = model is CurveModel.FIVE_PL_F
    length = -np.log1p(-share) if turned else -np.log(share)
    power = np.minimum(length * np.exp(-theta[2]), 700.0)
    z, rest = np.exp(-power), -np.expm1(-power)
    t = -power - np.log(rest)
    by_q = power / rest
    by_qq = -by_q + z * by_q * by_q
    return (-t, -by_q, -by_qq) if turned else (t, by_q, by_qq)


def _basis(model: CurveModel, data: Data, theta: FloatArray, share: Share, ties: Ties) -> _Basis:
    import numpy as np

    zero = np.zeros(1)
    if ties.through is not None:
        return _through(model, theta, share, ties, ties.through)
    if ties.y_zero is not None:
        span = None if ties.y_inf is None else ties.y_inf - ties.y_zero
        return _Basis(share, ties.y_zero, span, 1.0, zero)
    if ties.y_inf is not None:
        # The same curve seen from its other plateau: C = F − 1 vanishes there.
        turned = Share(share.value - 1, share.first, share.second)
        return _Basis(turned, ties.y_inf, None, 1.0, zero - 1)
    weights = data.root_weights**2
    total = weights.sum(axis=0)
    mean = _dot(weights, share.value) / total
    first = tuple(part - _dot(weights, part) / total for part in share.first)
    centred = Share(share.value - mean, first, share.second)
    return _Basis(centred, _dot(weights, data.means) / total, None, 1.0, -mean)


def _through(
    model: CurveModel,
    theta: FloatArray,
    share: Share,
    ties: Ties,
    point: tuple[FloatArray, FloatArray],
) -> _Basis:
    """Return the curve that goes through a point, and perhaps also has one plateau fixed."""
    import numpy as np

    ln_dose, level = point
    derivatives = bool(share.first)
    there = share_of(model, ln_dose[None, :], theta, ties.share, derivatives=derivatives)
    fixed = ties.y_inf if ties.y_zero is None else ties.y_zero
    if fixed is None:
        first = tuple(a - b for a, b in zip(share.first, there.first, strict=True))
        second = {key: share.second[key] - there.second[key] for key in share.second}
        centred = Share(share.value - there.value, first, second)
        return _Basis(centred, level, None, 1.0, -there.value[0])
    if ties.y_zero is None:
        share, there = _less_one(share), _less_one(there)
    scale = 1 / _away_from_0(there.value[0])
    shift = -scale if ties.y_zero is None else np.zeros(1)
    return _Basis(_quotient(share, there), fixed, level - fixed, scale, shift)


def _less_one(share: Share) -> Share:
    return Share(share.value - 1, share.first, share.second)


def _away_from_0(values: FloatArray) -> FloatArray:
    """Return the values, none closer to 0 than squares can bear.

    Far away from its midpoint a curve has not even begun.
    """
    import numpy as np

    result: FloatArray = np.copysign(np.maximum(np.abs(values), 1e-140), values)
    return result


def _quotient(upper: Share, lower: Share) -> Share:
    """Return F/F₀ with its derivatives."""
    divisor = _away_from_0(lower.value)
    value = upper.value / divisor
    first = tuple((a - value * b) / divisor for a, b in zip(upper.first, lower.first, strict=True))
    second = {
        (i, j): (
            upper.second[i, j]
            - first[i] * lower.first[j]
            - first[j] * lower.first[i]
            - value * lower.second[i, j]
        )
        / divisor
        for i, j in upper.second
    }
    return Share(value, first, second)


@dataclass(frozen=True, slots=True)
class _Residual:
    """C and the residuals, both times the root of the weights; Σw·C², and the span."""

    c: FloatArray
    cc: FloatArray
    r: FloatArray
    span: FloatArray


def _derivatives(
    basis: _Basis, root: FloatArray, residual: _Residual
) -> tuple[FloatArray, FloatArray, FloatArray]:
    import numpy as np

    c, cc, r, span = residual.c, residual.cc, residual.r, residual.span
    first = [root * part for part in basis.c.first]
    size, count = len(first), r.shape[1]
    gradient = np.empty((size, count))
    newton, gauss = np.empty((size, size, count)), np.empty((size, size, count))
    wr = root * r
    is_free = basis.span is None
    across = [_dot(c, part) for part in first] if is_free else []
    slopes = [_dot(r, part) for part in first]
    for i in range(size):
        gradient[i] = span * slopes[i]
        for j in range(i, size):
            square = span * span * _dot(first[i], first[j])
            curved = square + span * _dot(wr, basis.c.second[i, j])
            if is_free:
                h_i, h_j = (span * across[k] + slopes[k] for k in (i, j))
                curved = curved - _ratio(h_i * h_j, cc)
                square = square - _ratio(span * span * across[i] * across[j], cc)
            newton[i, j] = newton[j, i] = curved
            gauss[i, j] = gauss[j, i] = square
    return gradient, newton, gauss


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    import numpy as np

    if a.shape[1] == 1 and b.shape[1] > 1:
        result: FloatArray = a[:, 0] @ b
        return result
    summed: FloatArray = np.einsum("kn,kn->n", a, b)
    return summed


def _ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return a/b, and 0 where a curve has no height to divide by."""
    import numpy as np

    return np.where(b > 1e-280, a / np.maximum(b, 1e-280), 0.0)
