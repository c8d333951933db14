"""What a damaged code was before Excel made a number or a date of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_OF = {name.lower(): number for number, name in enumerate(_MONTHS, start=1)}
# Excel in German knows its own names of months, and the English ones as far as they are the same.
_MONTH_OF |= {"mrz": 3, "mär": 3, "mae": 3, "mai": 5, "okt": 10, "dez": 12}
_WORD_AND_NUMBER = re.compile(r"([a-zä]{3,9})[-. ]?(\d{1,4})|(\d{1,4})[-. ]?([a-zä]{3,9})")
_TWO_NUMBERS = re.compile(r"(\d{1,4})[-./](\d{1,4})")
_MOST_NAMED = 5


def probable_codes(value: object, codes: Iterable[str]) -> tuple[str, ...]:
    """Return which of these codes Excel turns into this number or date."""
    if isinstance(value, datetime | date):
        found = (code for code in codes if _becomes_day(code, value))
    elif isinstance(value, int | float):
        found = (code for code in codes if _becomes_number(code, value))
    else:
        return ()
    return tuple(sorted(found))[:_MOST_NAMED]


def guesses(value: object) -> tuple[str, ...]:
    """Return what may have been typed where no code is known that fits: ``SEP2``, ``2-9``."""
    if not isinstance(value, date):
        return ()
    month = _MONTHS[value.month - 1]
    names = (month, "SEPT") if month == "SEP" else (month,)
    return (
        *(f"{name}{value.day}" for name in names),
        f"{month}-{value.day}",
        f"{value.day}-{value.month}",
    )


def _becomes_number(code: str, value: float) -> bool:
    try:
        return code.isascii() and "_" not in code and float(code) == value
    except ValueError:
        return False


def _becomes_day(code: str, day: date) -> bool:
    if found := _WORD_AND_NUMBER.fullmatch(code.lower()):
        word, number = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _MONTH_OF.get(word[:3]) == day.month and _is_of(int(number), day)
    if found := _TWO_NUMBERS.fullmatch(code):
        first, second = int(found[1]), int(found[2])
        return (first == day.month and _is_of(second, day)) or (
            second == day.month and _is_of(first, day)
        )
    return False


def _is_of(number: int, day: date) -> bool:
    """Whether a number beside a month is the day, or the year where no day was typed."""
    return number == day.day or (day.day == 1 and number in {day.year, day.year % 100})
