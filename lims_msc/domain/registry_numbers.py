"""Numbers and dates that stand in a workbook as text: what is clear, what may mean two things."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,20}(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPED = re.compile(
    r"[+-]?[1-9]\d{0,2}(?:(?P<group>[.,'\u2019 \u00a0\u2009\u202f])\d{3})"
    r"(?:(?P=group)\d{3})*(?:[.,]\d+)?"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_THREE_NUMBERS = re.compile(r"(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4}|\d{2})", re.ASCII)
_DATE_HINT = "Write year-month-day, such as 2026-03-14, or enter a date."


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a cell gives no value: a sentence, and what to do."""

    message: str
    hint: str


def number_of_text(text: str) -> float | Unclear:
    """Return the number that a text means, if it can mean only one."""
    plain = text.translate(_MINUS)
    if _TWO_READINGS.fullmatch(plain):
        decimal, whole = plain.replace(",", "."), re.sub("[.,]", "", plain)
        return Unclear(
            f"'{text}' may mean {decimal} or {whole}.",
            "Format the cell as a number and type the number again.",
        )
    # 1e400 is more than any number that a computer keeps.
    if _PLAIN.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain)
    if _COMMA.fullmatch(plain) and math.isfinite(float(plain.replace(",", "."))):
        return float(plain.replace(",", "."))
    if _GROUPED.fullmatch(plain):
        return Unclear(
            f"'{text}' has separators of thousands.",
            "Write the number without them, into a cell that is formatted as a number.",
        )
    return Unclear(
        f"'{text}' is not a number.",
        "Write the number alone: units stand in the heading. Leave the cell empty if not known.",
    )


def day_of_text(text: str) -> date | Unclear:
    """Return the day that a text says as year-month-day; nothing else is taken for a day."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return Unclear(f"There is no day '{text}'.", _DATE_HINT)
    return unclear_date(text, _DATE_HINT)


def unclear_date(text: str, hint: str) -> Unclear:
    """Return what a text that is no ISO date may mean, with both readings where there are two."""
    found = _THREE_NUMBERS.fullmatch(text)
    if found is None:
        return Unclear(f"'{text}' is no date.", hint)
    first, second, year = (int(part) for part in found.groups())
    of_century = " Its year has only two digits." if len(found[3]) == 2 else ""
    year += 2000 if len(found[3]) == 2 else 0
    readings = dict.fromkeys(
        day.isoformat() for pair in ((second, first), (first, second)) if (day := _day(year, *pair))
    )
    if not readings:
        return Unclear(f"'{text}' is no date.", hint)
    words = " or ".join(readings)
    is_clear = len(readings) == 1 and not of_century
    why = "is not written year-month-day" if is_clear else "is not a clear date"
    return Unclear(f"'{text}' {why}: it may mean {words}.{of_century}", hint)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
