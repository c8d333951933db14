"""Samples on invented 4PL curves, and a second computation of their fit, for tests of potency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from lims_msc.science.dose_response import DoseResponse

DOSES = tuple(2.0**-k for k in range(8))
SCATTER = (0.7, -0.3, -0.4, 0.9, -0.6, 0.1)
Array = NDArray[np.float64]


def four_pl_sample(
    name: str,
    y_zero: float,
    y_inf: float,
    ec50: float,
    hill: float,
    *,
    scatter: float = 1.0,
    doses: Sequence[float] = DOSES,
    replicates: Sequence[int] = (3,),
    weights: Sequence[float] | None = None,
) -> DoseResponse:
    """Wells around a 4PL written out here, not with the code under test.

    ``replicates`` and ``weights`` are gone through again and again.
    """
    x, y = [], []
    shift = len(name)
    for index, dose in enumerate(doses):
        mean = y_zero + (y_inf - y_zero) / (1 + (ec50 / dose) ** hill) if dose else y_zero
        for well in range(replicates[index % len(replicates)]):
            error = SCATTER[(5 * index + well + shift) % 6] * (1 + ((3 * index + well) % 4) / 4)
            x.append(dose)
            y.append(mean + scatter * error)
    w = None if weights is None else [weights[i % len(weights)] for i in range(len(x))]
    return DoseResponse.of(name, x, y, w)


def wells_of(samples: Sequence[DoseResponse]) -> tuple[Array, Array, Array, NDArray[np.intp]]:
    """Return ln dose, response, weight and number of the sample of every single well."""
    with np.errstate(divide="ignore"):
        ln_dose = np.log(np.concatenate([one.doses for one in samples]))
    return (
        np.maximum(ln_dose, -1e4),
        np.concatenate([one.responses for one in samples]),
        np.concatenate([one.all_weights for one in samples]),
        np.repeat(np.arange(len(samples)), [one.n for one in samples]),
    )


def shared_fit_by_scipy(
    samples: Sequence[DoseResponse], start: Sequence[float], ln_potency: float | None = None
) -> tuple[Array, float, Array]:
    """Return parameters, RSS and (JᵀWJ)⁻¹ of curves of one shape through all wells.

    Parameters are ``y_zero, y_inf, hill`` and ln ec50 of each sample; with ``ln_potency`` the
    second sample has no midpoint of its own but that of the first, shifted by it.
    """
    ln_dose, y, w, sample = wells_of(samples)

    def residuals(p: Array) -> Array:
        ln_c = p[3:] if ln_potency is None else np.array([p[3], p[3] - ln_potency])
        share = 1 / (1 + np.exp(np.clip(-p[2] * (ln_dose - ln_c[sample]), -700, 700)))
        result: Array = np.sqrt(w) * (y - p[0] - (p[1] - p[0]) * share)
        return result

    found = least_squares(
        residuals, np.array(start), jac="3-point", x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    return found.x, 2 * float(found.cost), np.linalg.pinv(found.jac.T @ found.jac)
