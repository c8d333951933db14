"""Answers the reference cases of means and coefficients of variation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lims_msc.science.moments import moments
from lims_msc.science.quality import (
    cv_percent,
    geometric_cv_percent,
    geometric_mean,
    geometric_sd_factor,
)
from lims_msc.science.t_tests import mean_estimate


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a case of the kind ``cv``."""
    values = case["input"]["x"]
    group, estimate = moments(values), mean_estimate(values)
    return {
        "mean": group.mean,
        "sd": group.sd,
        "cv_percent": cv_percent(values).value,
        "geometric_mean": geometric_mean(values).value,
        "geometric_cv_percent": geometric_cv_percent(values).value,
        "geometric_sd_factor": geometric_sd_factor(values).value,
        "mean_ci95": None if estimate is None else list(estimate.interval()),
    }
