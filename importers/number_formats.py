"""Which number formats show dates, durations or percentages, and what date a number is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_DURATION = 46
_BUILT_IN_PERCENT = {9, 10}
_LAST_DAY = 2_958_466
_MILLISECONDS_PER_DAY = 86_400_000
_MIDNIGHT = datetime(1900, 1, 1)  # noqa: DTZ001 - a workbook knows no time zone


class Shown(StrEnum):
    """How a number is shown."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    DURATION = "duration"


def shown_as(format_id: int, code: str | None) -> Shown:
    """Say how a number format shows its numbers.

    :param format_id: the number of the format; those below 164 are built in.
    :param code: the format's own code, such as ``yyyy-mm-dd``; ``None`` for a built-in one.
    """
    if code is not None:
        return _shown_by_code(code)
    if format_id == _BUILT_IN_DURATION:
        return Shown.DURATION
    if format_id in _BUILT_IN_DATES:
        return Shown.DATE
    return Shown.PERCENT if format_id in _BUILT_IN_PERCENT else Shown.NUMBER


def _shown_by_code(code: str) -> Shown:  # noqa: C901 - one branch for each sign of a code
    """Scan a format code once, from left to right; a regular expression here can take seconds."""
    has_date = has_percent = False
    position, first_section_end = 0, len(code)
    while position < first_section_end:
        character = code[position]
        if character == '"':
            closing = code.find('"', position + 1)
            position = len(code) if closing < 0 else closing
        elif character == "[":
            closing = code.find("]", position)
            if closing < 0:
                break
            if code[position + 1 : closing].lower() in ("h", "hh", "m", "mm", "s", "ss"):
                return Shown.DURATION
            position = closing
        elif character in "\\_*":
            position += 1
        elif character == ";":
            break
        elif character == "%":
            has_percent = True
        elif character in "dDmMhHyYsS":
            has_date = True
        position += 1
    if has_date:
        return Shown.DATE
    return Shown.PERCENT if has_percent else Shown.NUMBER


def moment(serial: float, shown: Shown, *, is_1904: bool) -> datetime | time | timedelta | None:
    """Return the date, time of day or duration that a stored number stands for.

    Excel counts days from 1 January 1900, with a 29 February 1900 that never was; files from old
    Macs count from 1904.  ``None`` if there is no such date.
    """
    if shown is Shown.DURATION:
        return _duration(serial)
    if not 0 <= serial < _LAST_DAY:
        return None
    days, fraction = divmod(serial, 1)
    since_midnight = timedelta(milliseconds=round(fraction * _MILLISECONDS_PER_DAY))
    if serial < 1 and not is_1904:
        return None if since_midnight.days else (_MIDNIGHT + since_midnight).time()
    if is_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook knows no time zone
    else:
        if int(days) == 60:
            return None
        start = datetime(1899, 12, 31 if days < 60 else 30)  # noqa: DTZ001 - as above
    try:
        return start + timedelta(days=days) + since_midnight
    except OverflowError:
        return None


def _duration(days: float) -> timedelta | None:
    try:
        return timedelta(milliseconds=round(days * _MILLISECONDS_PER_DAY))
    except OverflowError:
        return None


def iso_moment(text: str) -> datetime | date | time | None:
    """Read the ISO text of a cell that stores its date as text; ``None`` if it is not one."""
    for read in (datetime.fromisoformat, time.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None
