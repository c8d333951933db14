"""What a cell of the workbook of records says, by the kind of its field; nothing is guessed.

What may be entered into a field at all (bounds, length, known codes) is asked when the records are
planned.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta

from lims_msc.domain.records.fields import Field, FieldKind, Value
from lims_msc.domain.records.partial_dates import partial_date_problem
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.registry_codes import guesses, probable_codes
from lims_msc.domain.registry_numbers import Unclear, day_of_text, number_of_text, unclear_date
from lims_msc.domain.workbook import Cell

KnownCodes = Callable[[], Collection[str]]
"""Returns the codes that a field may hold, as far as they are known, to tell a damaged one."""

_AS_TEXT = "Format the column as text and type it again."
_PARTIAL_HINT = "Format the cell as text and write 2019, 2019-05 or 2019-05-14."
_WHAT_IT_IS = "Write what is meant, as text."
_MOST_CANDIDATES = 6


def same_words(text: str) -> str:
    """Return what two spellings share: case, width, kinds of space and of µ make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing: no value, no error, no formula, or only space."""
    if cell.error or cell.formula_without_value:
        return False
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def value_of(field: Field, cell: Cell, known_codes: KnownCodes) -> Value | Unclear:
    """Return the value of a cell that is not blank, or why it has none."""
    if cell.error:
        return Unclear(
            f"The cell shows the error '{cell.error}'.",
            "Correct the formula, or write the value.",
        )
    if cell.formula_without_value:
        return Unclear(
            "The cell holds a formula whose result was never stored.",
            "Open the file in Excel and save it, or write the value.",
        )
    if field.kind in {FieldKind.CODE, FieldKind.REFERENCE}:
        return _code(cell, known_codes)
    return _READERS[field.kind](field, cell)


def _code(cell: Cell, known_codes: KnownCodes) -> Value | Unclear:
    value = cell.value
    if isinstance(value, str):
        return value.strip()
    known = probable_codes(value, known_codes())
    likely = " or ".join(f"'{code}'" for code in known or guesses(value))
    start = f"Probably {likely}: f" if likely else "F"
    hint = f"{start}{_AS_TEXT[1:]}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        hint += " Zeros in front, and what stood around an E, are lost."
    return Unclear(f"Excel has made {_described(cell)} of this code.", hint)


def _text(_field: Field, cell: Cell) -> Value | Unclear:
    value = cell.value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float) or cell.is_percent:
        return Unclear(f"Excel has made {_described(cell)} of this text.", _AS_TEXT)
    return cell.raw if cell.raw and not cell.is_formula else f"{value:.15g}"


def _decimal(_field: Field, cell: Cell) -> float | Unclear:
    value = cell.value
    if isinstance(value, str):
        return number_of_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Unclear(
            f"Excel has made {_described(cell)} of this number.",
            "Format the cell as a number and type the number again.",
        )
    if cell.is_percent:
        return Unclear(
            f"'{cell.raw}' is shown as {value * 100:.10g} %.",
            "Format the cell as a number, and write 95 where 95 % is meant.",
        )
    return float(value)


def _whole(field: Field, cell: Cell) -> int | Unclear:
    number = _decimal(field, cell)
    if isinstance(number, Unclear):
        return number
    if number != int(number):
        return Unclear(f"'{number:.15g}' is not a whole number.", "Write a whole number.")
    return int(number)


def _day(_field: Field, cell: Cell) -> date | Unclear:
    value = cell.value
    if isinstance(value, str):
        return day_of_text(value.strip())
    if isinstance(value, datetime) and value.time() != time():
        return Unclear(
            f"'{value.isoformat(' ')}' has a time of day.",
            "Write the day alone, such as 2026-03-14.",
        )
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    return Unclear(
        f"The cell holds {_described(cell)}, not a date.",
        "Write year-month-day, such as 2026-03-14, or enter a date.",
    )


def _partial_day(_field: Field, cell: Cell) -> Value | Unclear:
    value = cell.value
    if isinstance(value, bool):
        return Unclear(f"The cell holds {_described(cell)}, not a date.", _PARTIAL_HINT)
    if isinstance(value, int | float):
        value = f"{value:.15g}"
    if isinstance(value, str):
        text = value.strip()
        return text if partial_date_problem(text) is None else unclear_date(text, _PARTIAL_HINT)
    if isinstance(value, date) and value.day != 1:
        return value.isoformat()[:10]
    if isinstance(value, date):
        # Of "2019-05" Excel makes the first of May, which nobody may have meant.
        day = value.isoformat()[:10]
        return Unclear(f"Excel may have made the day {day} of the month {day[:7]}.", _PARTIAL_HINT)
    return Unclear(f"The cell holds {_described(cell)}, not a date.", _PARTIAL_HINT)


def _choice(field: Field, cell: Cell) -> Value | Unclear:
    value = cell.value
    if isinstance(value, bool) and {"yes", "no"} == set(field.choices):
        return Unclear(f"The cell holds {_described(cell)}.", "Write yes or no.")
    text = _text(field, cell)
    if isinstance(text, Unclear):
        return text
    words = same_words(str(text))
    return next((choice for choice in field.choices if same_words(choice) == words), text)


def _term(field: Field, cell: Cell) -> Value | Unclear:
    if not isinstance(cell.value, str):
        return Unclear(f"Excel has made {_described(cell)} of this entry.", _WHAT_IT_IS)
    vocabulary = vocabulary_of(field.vocabulary)
    words = " ".join(cell.value.split())
    if words in vocabulary.by_key and vocabulary.by_key[words].is_choosable:
        return words
    found = vocabulary.resolve(words)
    if found.term is not None:
        return found.term.key
    names = ", ".join(f"'{term.label}'" for term in found.candidates[:_MOST_CANDIDATES])
    message = found.message or f"'{words}' is not a term of the list of {field.title.lower()}."
    if names and not all(term.label in message for term in found.candidates[:_MOST_CANDIDATES]):
        message = f"{message} It may mean {names}."
    return Unclear(message, found.hint or "Choose from the list, or write the term out.")


_READERS: Mapping[FieldKind, Callable[[Field, Cell], Value | Unclear]] = {
    FieldKind.TEXT: _text,
    FieldKind.NOTE: _text,
    FieldKind.WHOLE: _whole,
    FieldKind.DECIMAL: _decimal,
    FieldKind.DATE: _day,
    FieldKind.PARTIAL_DATE: _partial_day,
    FieldKind.CHOICE: _choice,
    FieldKind.TERM: _term,
}


def _described(cell: Cell) -> str:
    """Return in words what Excel holds where something else was meant."""
    value = cell.value
    if isinstance(value, bool):
        return f"the truth value '{str(value).upper()}'"
    if isinstance(value, time | timedelta):
        return f"the time '{value}'"
    if isinstance(value, datetime) and value.time() == time():
        return f"the date {value.date().isoformat()}"
    if isinstance(value, date):
        return f"the date {value.isoformat()}"
    return f"the number {cell.raw or value}"
