"""Partial dates as ISO text: a year, a year and month, or a day; no part of one is invented."""

from __future__ import annotations

import calendar
import re
from datetime import date

from lims_msc.domain.records.fields import Value

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def partial_date_problem(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a partial date and what to write, or ``None``."""
    try:
        earliest(text)
    except ValueError:
        return f"'{text}' is no date.", "Write 2019, 2019-05 or 2019-05-14."
    return None


def earliest(text: str) -> date:
    """Return the first day that a partial date may mean.

    :raises ValueError: if the text is no partial date.
    """
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


def latest(text: str) -> date:
    """Return the last day that a partial date may mean.

    :raises ValueError: if the text is no partial date.
    """
    year, month, day = _parts(text)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def days_meant(value: Value) -> tuple[date, date] | None:
    """Return the first and the last day that a date may mean; ``None`` where it is none at all."""
    if isinstance(value, date):
        return value, value
    try:
        return earliest(str(value)), latest(str(value))
    except ValueError:
        return None


def is_certainly_before(first: Value, second: Value) -> bool:
    """Return whether a date lies before another, whichever days the two may mean.

    Where one of them is empty or no date, nothing is certain.
    """
    one, other = days_meant(first), days_meant(second)
    return one is not None and other is not None and one[1] < other[0]


def _parts(text: str) -> tuple[int, int | None, int | None]:
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no partial date")
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not 1 <= year <= 9999 or (month is not None and not 1 <= month <= 12):
        raise ValueError(f"'{text}' is no partial date")
    return year, month, day
