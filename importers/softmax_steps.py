"""The times of SoftMax Pro's kinetic cycles.

They are printed as ``0:30`` (minutes and seconds), ``00:00:30`` or ``1.02:00:00`` (days before the
point), and Excel makes hours of the first form.  The interval in the plate line tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lims_msc.domain.findings import Level
from lims_msc.domain.workbook import Cell, Sheet

from .cells import DecimalMark, seconds_of, text_of
from .harvest import Harvest

_MINUTES = re.compile(r"([0-9]+):([0-5]?[0-9](?:\.[0-9]+)?)", re.ASCII)
_HOURS = re.compile(r"(?:([0-9]+)\.)?([0-9]+):([0-5]?[0-9]):([0-5]?[0-9](?:[.,][0-9]+)?)", re.ASCII)
_TOLERANCE = 0.25


def step_seconds(
    harvest: Harvest, sheet: Sheet, steps: Sequence[tuple[int, int]], interval_s: float | None
) -> dict[tuple[int, int], float]:
    """Return the seconds of each step by its place; empty if one of them cannot be read.

    :param interval_s: the interval between cycles that the plate line states.
    """
    stated = {place: _seconds(sheet.get(*place)) for place in steps}
    for place, time_s in stated.items():
        if time_s is None:
            harvest.tell(
                Level.ERROR,
                "no_time",
                f"'{text_of(sheet.get(*place))}' is not the time of a cycle.",
                hint="Export the kinetic measurement again.",
                sheet=sheet,
                place=place,
            )
    times = {place: time_s for place, time_s in stated.items() if time_s is not None}
    if len(times) < len(stated):
        return {}
    rises = [b - a for a, b in zip(list(times.values()), list(times.values())[1:], strict=False)]
    rise = min((r for r in rises if r > 0), default=None)
    if rise is None or not interval_s:
        return times
    is_sure = all(_HOURS.fullmatch(text_of(sheet.get(*place))) for place in steps)
    for factor in (1.0,) if is_sure else (1.0, 60.0, 1 / 60):
        if abs(rise * factor - interval_s) <= _TOLERANCE * interval_s:
            return {place: time_s * factor for place, time_s in times.items()}
    harvest.tell(
        Level.WARNING,
        "other_interval",
        f"The cycles are {rise:g} s apart, but the plate's first line says {interval_s:g} s.",
        hint="Check the times before they are used.",
        sheet=sheet,
        place=steps[0],
    )
    return times


def _seconds(cell: Cell | None) -> float | None:
    if cell is None:
        return None
    text = text_of(cell)
    minutes, hours = _MINUTES.fullmatch(text), _HOURS.fullmatch(text)
    if minutes:
        return int(minutes[1]) * 60 + float(minutes[2])
    if hours:
        days, hour, minute = (int(part or 0) for part in hours.groups()[:3])
        return (days * 24 + hour) * 3600.0 + minute * 60 + float(hours[4].replace(",", "."))
    return seconds_of(cell, 1.0, DecimalMark.POINT)
