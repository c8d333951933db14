"""Answers the reference cases of suppression at one dose, well by well and in the mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lims_msc.domain.curve import BackgroundMode
from lims_msc.science.moments import moments
from lims_msc.science.suppression import (
    ControlWells,
    DoseSuppression,
    DoseWells,
    SuppressionCurve,
    suppression_curve,
)

_ANY_DOSE = 1.0


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of a case of the kind ``percent_suppression``."""
    given = case["input"]
    mode = BackgroundMode.UNSTIM if given["unstimulated_background"] else BackgroundMode.NONE
    curve, point = _suppression(given, mode)
    found: dict[str, Any] = {"status": str(curve.status), "reason": curve.reason}
    found |= _wells(point)
    found["mean"] = None if point is None else point.suppression_percent
    found["se_delta_all_sources"] = None if point is None else point.se_percent
    _, plain = _suppression(given, BackgroundMode.NONE)
    found["without_background"] = None if plain is None else plain.suppression_percent
    if given["unstimulated_with_msc"]:
        _, full = _suppression(given, BackgroundMode.FULL)
        found["full_correction"] = {
            "mean": None if full is None else full.suppression_percent,
            "se_delta_all_sources": None if full is None else full.se_percent,
        }
    return found


def _suppression(
    given: Mapping[str, Any], mode: BackgroundMode
) -> tuple[SuppressionCurve, DoseSuppression | None]:
    dose = DoseWells(_ANY_DOSE, given["coculture"], given["unstimulated_with_msc"] or ())
    controls = ControlWells(given["stimulated_control"], given["unstimulated_background"] or ())
    curve = suppression_curve([dose], controls, mode)
    return curve, curve.points[0] if curve.points else None


def _wells(point: DoseSuppression | None) -> dict[str, Any]:
    if point is None:
        return {"per_well": None, "sd_of_wells": None, "se_wells_only": None}
    wells = moments(point.per_well)
    return {
        "per_well": list(point.per_well),
        "sd_of_wells": wells.sd,
        "se_wells_only": None if wells.sd is None else wells.sd / wells.n**0.5,
    }
