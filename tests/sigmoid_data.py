"""Curves with and without scatter, written out here and not with the code under test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

DOSES = [2.0**-k for k in range(7, -1, -1)]
SCATTER = (0.7, -0.3, -0.4)


def share(dose: float, c: float, hill: float, asym: float = 1.0, *, turned: bool = False) -> float:
    """Return how far a curve has gone: s^asym, or 1 − (1 − s)^asym where it is turned."""
    if dose == 0:
        return 0.0
    s = 1 / (1 + (c / dose) ** hill)
    return 1 - (1 - s) ** asym if turned else s**asym


def wells(
    shape: Sequence[float],
    *,
    scatter: float = 1.0,
    doses: Sequence[float] = tuple(DOSES),
    turned: bool = False,
) -> tuple[list[float], list[float]]:
    """Return three wells a dose around ``y_zero, y_inf, c, hill`` and perhaps ``asym``."""
    y_zero, y_inf, c, hill, *rest = shape
    x, y = [], []
    for index, dose in enumerate(doses):
        mean = y_zero + (y_inf - y_zero) * share(dose, c, hill, *rest, turned=turned)
        for replicate, error in enumerate(SCATTER):
            x.append(dose)
            y.append(mean + scatter * error * (1 + ((3 * index + replicate) % 4) / 4))
    return x, y


def plates(count: int, *, sd: float = 4.0, seed: int = 5) -> np.ndarray:
    """Return random complete, incomplete and weak curves, ``(curves, doses, 3)``."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(-4.0, 0.7, count)
    span, hill = rng.uniform(15, 100, count), np.exp(rng.uniform(-0.4, 1.0, count))
    t = hill[:, None] * (np.log(DOSES) - middle[:, None])
    means = span[:, None] / (1 + np.exp(-t))
    return means[:, :, None] + rng.normal(0, sd, (count, len(DOSES), 3))


def numeric_slope(function: Callable[[np.ndarray], Any], at: np.ndarray, index: int) -> np.ndarray:
    """Return the central difference of a function of parameters."""
    step = np.zeros_like(at)
    step[..., index] = 1e-6 * max(1.0, math.fabs(float(at.reshape(-1, at.shape[-1])[0, index])))
    high, low = np.asarray(function(at + step)), np.asarray(function(at - step))
    return (high - low) / (2 * step[..., index].max())
