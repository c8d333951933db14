"""What the page of a plate shows of its standard curves, and the numbers behind their charts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.domain.fit import FitResult
from lims_msc.domain.value_wording import number_text, range_text
from lims_msc.domain.values import StandardCurveResult, StandardLevel
from lims_msc.errors import NotFound
from lims_msc.models import Analysis, Plate
from lims_msc.science.curves import CurveModel, curve_value
from lims_msc.services.codec import standard_curves_from_json
from lims_msc.services.exports import current_analysis
from lims_msc.services.value_pages import Signals, WellPlace, places_of, signals_of_analysis

_LINE = ("intercept", "slope")
_STEPS = 120


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One standard of the table: what it holds, what was read, and what is read back."""

    level: StandardLevel
    wells: tuple[WellPlace, ...]
    concentration: str
    back_calculated: str


@dataclass(frozen=True, slots=True)
class StandardCurveView:
    """A standard curve with its levels in words."""

    result: StandardCurveResult
    range_text: str
    parameters: str
    levels: tuple[LevelRow, ...]


def standard_curves(session: Session, analysis_id: int) -> tuple[StandardCurveView, ...]:
    """Return the standard curves of an analysis."""
    analysis = session.get_one(Analysis, analysis_id)
    signals = signals_of_analysis(session, analysis_id)
    return tuple(
        StandardCurveView(
            result=curve,
            range_text=range_text(curve),
            parameters=_parameters(curve.fit),
            levels=tuple(_level_row(level, signals) for level in curve.levels),
        )
        for curve in standard_curves_from_json(analysis.standard_curves)
    )


def charts(session: Session, plate_id: int) -> dict[str, Any]:
    """Return the points, the fitted line and the limits of each standard curve of a plate.

    :raises NotFound: if there is no such plate, or it has no readings yet.
    """
    plate = session.get(Plate, plate_id)
    analysis = current_analysis(session, plate_id)
    if plate is None or analysis is None:
        raise NotFound(f"There is no plate number {plate_id} with readings.")
    signals = signals_of_analysis(session, analysis.id)
    stored = standard_curves_from_json(analysis.standard_curves)
    return {"curves": [_chart(curve, signals) for curve in stored]}


def standard_line(fit: FitResult, lowest: float, highest: float) -> list[tuple[float, float]]:
    """Return ``(concentration, signal)`` on the fitted curve, between two concentrations.

    A sigmoid is drawn evenly over the log, a straight line by its two ends.  Empty where the fit
    has no numbers, or the concentrations span nothing.
    """
    values = {name: estimate.value for name, estimate in fit.parameters}
    if not lowest < highest:
        return []
    if values.keys() >= set(_LINE):
        return [(x, values["intercept"] + values["slope"] * x) for x in (lowest, highest)]
    if fit.model not in set(CurveModel) or lowest <= 0:
        return []
    model = CurveModel(fit.model)
    middle = values.get("ec50", values.get("c"))
    needed = [name for name in model.names if name != "ln_c"]
    if middle is None or not values.keys() >= set(needed):
        return []
    import numpy as np

    ln_x = np.linspace(math.log(lowest), math.log(highest), _STEPS + 1)
    parameters = [math.log(middle) if name == "ln_c" else values[name] for name in model.names]
    signals = curve_value(model, ln_x, np.array(parameters))
    return [(float(x), float(y)) for x, y in zip(np.exp(ln_x), signals, strict=True)]


def _chart(curve: StandardCurveResult, signals: Signals) -> dict[str, Any]:
    is_log = not {name for name, _ in curve.fit.parameters} & set(_LINE)
    # A concentration of 0 has no place on a log axis; the table has it.
    shown = [level for level in curve.levels if level.concentration > 0 or not is_log]
    held = [level.concentration for level in shown]
    return {
        "unit": curve.unit,
        "is_log": is_log,
        "lowest": curve.lowest,
        "highest": curve.highest,
        "levels": [
            {
                "concentration": level.concentration,
                "label": number_text(level.concentration),
                "signal_mean": level.signal_mean,
                "is_accepted": level.is_accepted,
                "wells": [_chart_well(place) for place in places_of(level.wells, signals)],
            }
            for level in shown
        ],
        "line": standard_line(curve.fit, min(held), max(held)) if held else [],
    }


def _chart_well(place: WellPlace) -> dict[str, Any]:
    return {
        "well": str(place.well),
        "signal": place.signal,
        "sheet": place.source.sheet if place.source else "",
        "cell": place.source.cell if place.source else "",
    }


def _level_row(level: StandardLevel, signals: Signals) -> LevelRow:
    back = level.back_calculated
    return LevelRow(
        level=level,
        wells=places_of(level.wells, signals),
        concentration=number_text(level.concentration),
        back_calculated="" if back is None else number_text(back),
    )


def _parameters(fit: FitResult) -> str:
    return ", ".join(
        f"{name} {number_text(estimate.value)}"
        + ("" if estimate.se is None else f" ± {number_text(estimate.se)}")
        for name, estimate in fit.parameters
    )
