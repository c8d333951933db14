"""The search for the least-squares curves of one shape: grid, polish, last digits, and the rim.

Several samples share the plateaus and the slope; each has its own midpoint.  For given slope and
midpoints the plateaus are linear, so a whole grid of slopes and midpoints costs one table of sums
for each sample.  The best valleys are polished by Levenberg–Marquardt, and Newton steps with exact
second derivatives find the last digits.  The optimum is then held against the limits to which
curves of one shape tend: steps, powers of the dose, and a sample that stays on one plateau.

Parameters stand in the order ``y_zero, y_inf, hill`` and then ``ln_c`` of every sample.  Responses
have been brought to a common scale by the caller; nothing here depends on their unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lims_msc.science.curves import FloatArray

_VALLEYS = 5
_HILLS = (0.1, 40.0, 21)
_MIDPOINTS = 61
_BEYOND_DOSES = 4.0
_SWEEPS = 3
_LEAST_SPREAD = 1e-9
_LARGEST_LN_C = 700.0
_LARGEST_LN_HILL = 20.0


@dataclass(frozen=True, slots=True)
class Points:
    """The dose means of all samples in one row; ``sample`` is the number of the sample of each.

    ``weights`` are sums of the weights of the responses.  A dose of 0 has ``ln_doses`` ``-inf``.
    """

    ln_doses: FloatArray
    means: FloatArray
    weights: FloatArray
    sample: NDArray[np.intp]
    count: int

    def of(self, index: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return ln doses, means and weights of one sample."""
        is_own = self.sample == index
        return self.ln_doses[is_own], self.means[is_own], self.weights[is_own]


@dataclass(frozen=True, slots=True)
class SharedOptimum:
    """The best curves of one shape and their weighted sum of squares around the dose means."""

    parameters: FloatArray
    weighted_ss: float


def shape_values(points: Points, parameters: FloatArray) -> FloatArray:
    """Return the curve at every point."""
    share, _ = _share(points, parameters)
    values: FloatArray = parameters[0] + (parameters[1] - parameters[0]) * share
    return values


def shape_jacobian(points: Points, parameters: FloatArray) -> FloatArray:
    """Return the derivatives of the curve at every point, one column for each parameter."""
    import numpy as np

    share, distance = _share(points, parameters)
    steepness = (parameters[1] - parameters[0]) * share * (1 - share)
    columns = [1 - share, share, steepness * distance]
    columns += [
        np.where(points.sample == index, -parameters[2] * steepness, 0.0)
        for index in range(points.count)
    ]
    return np.stack(columns, axis=-1)


def shape_hessian(points: Points, parameters: FloatArray) -> FloatArray:
    """Return half the second derivatives of the weighted sum of squares: JᵀWJ + Σ w·r·f″."""
    import numpy as np

    share, distance = _share(points, parameters)
    span, hill = parameters[1] - parameters[0], parameters[2]
    first = share * (1 - share)
    second = first * (1 - 2 * share)
    pull = points.weights * (shape_values(points, parameters) - points.means)
    jacobian = shape_jacobian(points, parameters)
    hessian = jacobian.T @ (points.weights[:, None] * jacobian)
    by_hill = float(pull @ (first * distance))
    extra = np.zeros_like(hessian)
    extra[0, 2], extra[1, 2] = -by_hill, by_hill
    extra[2, 2] = span * float(pull @ (second * distance**2)) / 2
    for index in range(points.count):
        own = np.where(points.sample == index, pull, 0.0)
        column = 3 + index
        extra[0, column] = hill * float(own @ first)
        extra[1, column] = -extra[0, column]
        extra[2, column] = -span * float(own @ (first + hill * second * distance))
        extra[column, column] = span * hill**2 * float(own @ second) / 2
    result: FloatArray = hessian + extra + extra.T
    return result


def search_shape(points: Points) -> SharedOptimum:
    """Return the best curves that the polish reaches from the best valleys of the grid.

    Whether they are a true optimum, :func:`rim_ss` tells.

    Source: Golub and Pereyra 1973, doi 10.1137/0710036, for plateaus that are linear.
    """
    found = [polish_shape(points, start) for start in _starts(points)]
    return sharpen_shape(points, min(found, key=lambda optimum: optimum.weighted_ss))


def polish_shape(points: Points, start: FloatArray, *, pinned: int | None = None) -> SharedOptimum:
    """Return where Levenberg–Marquardt ends from a start, with its own best plateaus.

    It works on ln hill, which keeps the slope positive.  The midpoint of the sample ``pinned``
    stays where it is.
    """
    import numpy as np
    from scipy.optimize import least_squares

    root = np.sqrt(points.weights)
    free = [index for index in range(len(start)) if pinned is None or index != 3 + pinned]

    def natural(theta: FloatArray) -> FloatArray:
        # A search that runs away must end at the rim of the model, not at the rim of the numbers.
        parameters = start.copy()
        parameters[free] = theta
        parameters[2] = math.exp(np.clip(parameters[2], -_LARGEST_LN_HILL, _LARGEST_LN_HILL))
        parameters[3:] = np.clip(parameters[3:], -_LARGEST_LN_C, _LARGEST_LN_C)
        return parameters

    def residuals(theta: FloatArray) -> FloatArray:
        result: FloatArray = root * (shape_values(points, natural(theta)) - points.means)
        return result

    def jacobian(theta: FloatArray) -> FloatArray:
        parameters = natural(theta)
        columns = shape_jacobian(points, parameters)
        columns[:, 2] *= parameters[2]
        result: FloatArray = root[:, None] * columns[:, free]
        return result

    begin = _with_best_plateaus(points, start)
    begin[2] = math.log(begin[2])
    found = least_squares(
        residuals,
        begin[free],
        jac=jacobian,
        method="lm",
        xtol=1e-10,
        ftol=1e-13,
        gtol=1e-13,
        max_nfev=300,
    )
    return SharedOptimum(natural(found.x), float(2 * found.cost))


def sharpen_shape(points: Points, start: SharedOptimum) -> SharedOptimum:
    """Return the optimum after Newton steps, as long as they become shorter.

    Near the optimum the sum of squares no longer changes in double precision, and a search that
    compares sums stops with half of the digits; the gradient still knows the way.
    """
    import numpy as np

    parameters, shortest = start.parameters, math.inf
    while True:
        jacobian = shape_jacobian(points, parameters)
        lengths = np.sqrt(points.weights @ jacobian**2)
        if np.any(lengths == 0):
            return start
        pull = points.weights * (shape_values(points, parameters) - points.means)
        hessian = shape_hessian(points, parameters) / np.outer(lengths, lengths)
        step = np.linalg.lstsq(hessian, -(pull @ jacobian) / lengths, rcond=None)[0]
        length = float(np.linalg.norm(step))
        following = parameters + step / lengths
        is_inside = np.all(np.abs(following[3:]) < _LARGEST_LN_C) and following[2] > 0
        # Lengths that only fall come to an end in finite precision.
        if not (length < shortest and is_inside):
            break
        parameters, shortest = following, length
    ss = weighted_ss(points, parameters)
    return SharedOptimum(parameters, ss) if ss <= start.weighted_ss * (1 + 1e-9) else start


def weighted_ss(points: Points, parameters: FloatArray) -> float:
    """Return the weighted sum of squares of the dose means around the curves."""
    return float(points.weights @ (points.means - shape_values(points, parameters)) ** 2)


def best_of_grid(points: Points) -> SharedOptimum:
    """Return the best curves of the grid with their best plateaus, without a polish."""
    parameters = _with_best_plateaus(points, _starts(points)[0])
    return SharedOptimum(parameters, weighted_ss(points, parameters))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over the points of some samples, one for each slope and midpoint of a grid.

    ``a`` Σw, ``y`` Σw·y, ``b`` Σw·s, ``c`` Σw·s², ``z`` Σw·s·y with the share s.
    """

    a: float
    y: float
    b: FloatArray
    c: FloatArray
    z: FloatArray

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(
            self.a + other.a,
            self.y + other.y,
            self.b + other.b,
            self.c + other.c,
            self.z + other.z,
        )

    def __sub__(self, other: _Sums) -> _Sums:
        return self + _Sums(-other.a, -other.y, -other.b, -other.c, -other.z)

    def reshaped(self, index: Any) -> _Sums:
        """Return the sums with another indexing of the grid."""
        return _Sums(self.a, self.y, self.b[index], self.c[index], self.z[index])

    @property
    def explained(self) -> FloatArray:
        """The sum of squares that the best plateaus explain."""
        import numpy as np

        spread = self.c - self.b**2 / self.a
        gain = np.square(self.z - self.b * self.y / self.a) / np.maximum(spread, 1e-300)
        # Where all doses lie on one plateau the ratio is nothing but rounding.
        result: FloatArray = np.where(spread > _LEAST_SPREAD * self.a, gain, 0.0)
        return result


def _starts(points: Points) -> list[FloatArray]:
    """Return parameters at the deepest valleys of the grid, best first; plateaus are left at 0.

    For every slope and every midpoint of the first sample, the other samples take the midpoint
    that is best beside those before; with more than two samples all are then gone over again.
    """
    import numpy as np
    from scipy.ndimage import maximum_filter

    hills = np.geomspace(*_HILLS)
    middles, tables = zip(
        *(_table(points, index, hills) for index in range(points.count)), strict=True
    )
    rows = np.arange(len(hills))[:, None]
    choice = np.zeros((points.count, len(hills), _MIDPOINTS), dtype=int)
    choice[0] = np.arange(_MIDPOINTS)
    total = tables[0]
    for index in range(1, points.count):
        choice[index] = _best_beside(total, tables[index])
        total = total + tables[index].reshaped((rows, choice[index]))
    for _ in range(_SWEEPS if points.count > 2 else 0):
        for index in range(1, points.count):
            others = total - tables[index].reshaped((rows, choice[index]))
            choice[index] = _best_beside(others, tables[index])
            total = others + tables[index].reshaped((rows, choice[index]))
    explained = total.explained
    peaks = np.argwhere(explained >= maximum_filter(explained, size=3, mode="nearest"))
    order = np.argsort(-explained[tuple(peaks.T)], kind="stable")[:_VALLEYS]
    return [
        np.array(
            [0.0, 0.0, hills[row]]
            + [middle[choice[index, row, column]] for index, middle in enumerate(middles)]
        )
        for row, column in peaks[order]
    ]


def _table(points: Points, index: int, hills: FloatArray) -> tuple[FloatArray, _Sums]:
    """Return the midpoints of the grid of one sample, and its sums for each slope and midpoint."""
    import numpy as np
    from scipy.special import expit

    ln_doses, means, weights = points.of(index)
    finite = ln_doses[np.isfinite(ln_doses)]
    middles = np.linspace(finite.min() - _BEYOND_DOSES, finite.max() + _BEYOND_DOSES, _MIDPOINTS)
    share = expit(hills[:, None, None] * (ln_doses - middles[:, None]))
    sums = _Sums(
        a=float(weights.sum()),
        y=float(weights @ means),
        b=share @ weights,
        c=(share * share) @ weights,
        z=share @ (weights * means),
    )
    return middles, sums


def _best_beside(others: _Sums, own: _Sums) -> NDArray[np.intp]:
    """Return for each slope and first midpoint which midpoint of this sample is the best."""
    import numpy as np

    together = others.reshaped((slice(None), slice(None), None)) + own.reshaped(
        (slice(None), None, slice(None))
    )
    best: NDArray[np.intp] = np.argmax(together.explained, axis=-1)
    return best


def _share(points: Points, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the share of the way to ``y_inf``, and ln dose − ln_c (0 where the dose is 0)."""
    import numpy as np
    from scipy.special import expit

    ln_c = parameters[3:][points.sample]
    share: FloatArray = expit(parameters[2] * (points.ln_doses - ln_c))
    # At dose 0 the distance is infinite and the slope zero: their product is zero.
    return share, np.where(np.isfinite(points.ln_doses), points.ln_doses, ln_c) - ln_c


def _with_best_plateaus(points: Points, parameters: FloatArray) -> FloatArray:
    import numpy as np

    share, _ = _share(points, parameters)
    root = np.sqrt(points.weights)
    design = root[:, None] * np.stack([1 - share, share], axis=-1)
    result = parameters.copy()
    result[:2] = np.linalg.lstsq(design, root * points.means, rcond=None)[0]
    return result
