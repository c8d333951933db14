"""Dixon's Q for 3 to 10 values, with its null distribution by numerical integration.

No table of limits is used: the probability of a ratio is an integral over where the lowest value of
a normal sample lies and how far its second highest is above it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from lims_msc.science.moments import as_written
from lims_msc.science.outliers import OutlierSide, OutlierStatus, OutlierTest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SMALLEST_N, _LARGEST_N = 3, 10
_NOT_FOR_THIS_N = f"it is for {_SMALLEST_N} to {_LARGEST_N} values"
_FARTHEST = 9.0
_NODES = 96


def dixon_q(
    values: Sequence[float], *, alpha: float = 0.05, side: OutlierSide = OutlierSide.EITHER
) -> OutlierTest:
    """Return Dixon's test of the highest or lowest of 3 to 10 values.

    ::

        Q = r₁₀ = gap to the next value/range

    On either side p is twice the one-sided p; for Q below 0.5 that is an upper bound.

    :raises ValueError: if alpha is not between 0 and 1, or a value is not a finite number.
    Source: Dean & Dixon 1951, doi 10.1021/ac60052a025; Rorabacher 1991, doi 10.1021/ac00002a010.
    """
    n, method = len(values), "Dixon's Q"
    if not _SMALLEST_N <= n <= _LARGEST_N:
        return OutlierTest(OutlierStatus.UNDEFINED, method, n, _NOT_FOR_THIS_N)
    order = sorted(range(n), key=lambda index: values[index])
    exact = [as_written(values[index]) for index in order]
    width = exact[-1] - exact[0]
    if width == 0:
        return OutlierTest(OutlierStatus.UNDEFINED, method, n, "the values do not vary")
    high, low = (exact[-1] - exact[-2]) / width, (exact[1] - exact[0]) / width
    is_high = high >= low if side is OutlierSide.EITHER else side is OutlierSide.HIGHEST
    q, index = (float(high), order[-1]) if is_high else (float(low), order[0])
    sides = 2 if side is OutlierSide.EITHER else 1
    critical = dixon_critical(n, alpha, two_sided=sides == 2)
    return OutlierTest(
        OutlierStatus.OK,
        method,
        n,
        suspects=(index,),
        suspect_values=(values[index],),
        statistic_name="Q",
        statistic=q,
        critical=critical,
        p=min(1.0, sides * dixon_tail(q, n)),
        outliers=(index,) if q > critical else (),
    )


@lru_cache(maxsize=256)
def dixon_critical(n: int, alpha: float, *, two_sided: bool = True) -> float:
    """Return the limit of Q for n normal values.

    :raises ValueError: if n is not 3 to 10, or alpha is not between 0 and 1.
    """
    from scipy.optimize import brentq

    if not 0 < alpha < 1:
        raise ValueError(f"Not a level between 0 and 1: {alpha!r}")
    tail = alpha / 2 if two_sided else alpha
    return float(brentq(lambda q: dixon_tail(q, n) - tail, 0.0, 1.0, xtol=1e-12))


def dixon_tail(q: float, n: int) -> float:
    """Return the probability that the highest of n normal values has a ratio above q.

    ::

        P = n(n − 1)(n − 2) ∫∫ φ(a)·φ(w)·(Φ(w) − Φ(a))ⁿ⁻³·(1 − Φ(a + s)) (1 − q) ds da
        a lowest value, w = a + (1 − q)·s second highest value

    :raises ValueError: if n is not 3 to 10, or q is not between 0 and 1.
    Source: Dixon 1951, doi 10.1214/aoms/1177729693.
    """
    import numpy as np
    from scipy.special import ndtr

    if not _SMALLEST_N <= n <= _LARGEST_N or not 0 <= q <= 1:
        raise ValueError(f"Not a ratio of 3 to 10 values: {q!r} of {n!r}")
    nodes, weights = _gauss_legendre()
    a, a_weight = _FARTHEST * nodes, _FARTHEST * weights
    s, s_weight = _FARTHEST * (nodes + 1), _FARTHEST * weights
    second = a[:, None] + (1 - q) * s[None, :]
    density = np.exp(-0.5 * (a[:, None] ** 2 + second**2)) / (2 * math.pi)
    between = ndtr(second) - ndtr(a)[:, None]
    inner = density * between ** (n - 3) * ndtr(-(a[:, None] + s[None, :]))
    integral = float(a_weight @ inner @ s_weight)
    return n * (n - 1) * (n - 2) * (1 - q) * integral


@lru_cache(maxsize=1)
def _gauss_legendre() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights
