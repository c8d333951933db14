"""What a cell of a plate map holds: nothing, something unusable, or a number that is clear.

A number that Excel may have changed is never guessed: a decimal comma in a text, a date that was a
number, a percentage.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lims_msc.domain.dose import ratio_text
from lims_msc.domain.workbook import Cell

_PLAIN_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)
_PERHAPS_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Which numbers a cell may hold, and what to write instead of another one.

    ``lowest`` itself is allowed unless ``is_open``.
    """

    lowest: float
    highest: float
    hint: str
    is_open: bool = False

    def problem(self, number: float, text: str) -> str:
        """Return what is wrong with a number, or nothing."""
        if number < self.lowest or (self.is_open and number == self.lowest):
            least = "not above" if self.is_open else "less than"
            return f"'{text}' is {least} {self.lowest:g}."
        if number > self.highest:
            return f"'{text}' is more than {self.highest:g}."
        return ""


def number_of(cell: Cell, rule: NumberRule) -> tuple[float | None, str]:
    """Return the number of a cell, or ``None`` and what is wrong with it."""
    value, text = cell.value, _shown(cell)
    if isinstance(value, str):
        if problem := _problem_of_text(value.strip()):
            return None, problem
        value = float(value.strip())
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return None, f"Excel has turned the number into {described(cell)}."
    elif not math.isfinite(value):
        return None, f"'{text}' is not a number."
    elif cell.is_percent:
        return None, f"'{text}' is shown as a percentage."
    problem = rule.problem(value, text)
    return (None, problem) if problem else (float(value), "")


def _problem_of_text(text: str) -> str:
    if "," in text:
        return f"'{text}' is a text with a comma, which may stand for decimals or thousands."
    if _PERHAPS_THOUSANDS.fullmatch(text):
        return f"'{text}' is a text whose point may stand for decimals or thousands."
    if not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}' is not a number."
    return ""


def unusable(cell: Cell) -> tuple[str, str] | None:
    """Return what is wrong with a cell that shows nothing usable, and what to do; else ``None``."""
    if cell.error:
        return (
            f"The cell shows the error '{cell.error}'.",
            "Correct the formula or write the value.",
        )
    if cell.formula_without_value:
        return (
            "The cell holds a formula whose result was never stored.",
            "Open the file in Excel and save it, or write the value.",
        )
    return None


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing, or spaces."""
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def described(cell: Cell) -> str:
    """Return in words what Excel made of an entry that was meant otherwise."""
    value = cell.value
    if isinstance(value, time | timedelta):
        return f"the time {value}"
    if isinstance(value, datetime):
        return f"the date {value.isoformat(' ')}" if value.time() != time() else _day(value.date())
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, bool):
        return f"'{value}'"
    if isinstance(value, int | float) and 0 < value < 1:
        return f"the number {value:g} ({ratio_text(value)} in one order, or a time of day)"
    return f"the number {value}"


def _day(day: date) -> str:
    return f"the date {day.isoformat()}"


def _shown(cell: Cell) -> str:
    return str(cell.raw or cell.value).strip()
