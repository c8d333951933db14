"""Answers the reference cases of outlier tests: Grubbs, its limits, and generalised ESD."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lims_msc.science.moments import moments
from lims_msc.science.outliers import (
    OutlierStatus,
    generalised_esd,
    grubbs,
    grubbs_critical,
    grubbs_p,
)


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a case of the kind ``grubbs``."""
    given = case["input"]
    if "x" not in given:
        return {"table": _table(given["n"], given["alpha"])}
    if "max_outliers" in given:
        return _deviates(given["x"], given["max_outliers"], given["alpha"])
    return _grubbs(given["x"], given["alpha"])


def _grubbs(values: Sequence[float], alpha: float) -> dict[str, Any]:
    group, test = moments(values), grubbs(values, alpha=alpha)
    found: dict[str, Any] = {
        "n": group.n,
        "mean": group.mean,
        "sd": group.sd,
        "status": str(test.status),
        "reason": test.reason,
    }
    if test.status is not OutlierStatus.OK or test.statistic is None:
        empty = {"critical": None, "p_bonferroni_bound": None, "outlier": None}
        nothing = dict.fromkeys(("G", "suspect_index", "suspect_value", "outlier_index"))
        return found | nothing | {"two_sided": empty, "one_sided": dict(empty)}
    # The one-sided test is that of the side on which the suspect lies.
    for name, is_two_sided in (("two_sided", True), ("one_sided", False)):
        critical = grubbs_critical(group.n, alpha, two_sided=is_two_sided)
        found[name] = {
            "critical": critical,
            "p_bonferroni_bound": grubbs_p(test.statistic, group.n, two_sided=is_two_sided),
            "outlier": test.statistic > critical,
        }
    return found | {
        "G": test.statistic,
        "G_maximum_possible": (group.n - 1) / math.sqrt(group.n),
        "suspect_index": test.suspects[0],
        "suspect_value": test.suspect_values[0],
    }


def _deviates(values: Sequence[float], max_outliers: int, alpha: float) -> dict[str, Any]:
    test = generalised_esd(values, max_outliers, alpha=alpha)
    return {
        "status": str(test.status),
        "steps": [
            {"R": s.statistic, "lambda": s.critical, "index": s.index, "value": s.value}
            for s in test.steps
        ],
        "outliers": len(test.outliers),
        "outlier_indices": list(test.outliers),
    }


def _table(sizes: Sequence[int], alphas: Sequence[float]) -> list[dict[str, Any]]:
    return [
        {
            "n": n,
            "alpha": alpha,
            "two_sided": grubbs_critical(n, alpha),
            "one_sided": grubbs_critical(n, alpha, two_sided=False),
        }
        for n in sizes
        for alpha in alphas
    ]
