"""Answers the reference cases of plate quality from two controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lims_msc.science.moments import moments
from lims_msc.science.quality import (
    MAD_FACTOR,
    cv_percent,
    robust_z_prime,
    signal_to_background,
    signal_to_noise,
    signal_window,
    ssmd,
    z_prime,
)


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a case of the kind ``zprime``."""
    high, low = case["input"]["high"], case["input"]["low"]
    upper, lower = moments(high), moments(low)
    z = z_prime(high, low)
    return {
        "mean_high": upper.mean,
        "mean_low": lower.mean,
        "sd_high": upper.sd,
        "sd_low": lower.sd,
        "status": "undefined" if z.value is None else "ok",
        "reason": z.reason,
        "zprime": z.value,
        "robust_zprime": robust_z_prime(high, low).value,
        "mad_constant": MAD_FACTOR,
        "ssmd": ssmd(high, low).value,
        "signal_to_background": signal_to_background(high, low).value,
        "signal_to_noise": signal_to_noise(high, low).value,
        "signal_window": signal_window(high, low).value,
        "cv_high_percent": cv_percent(high).value,
        "cv_low_percent": cv_percent(low).value,
    }
