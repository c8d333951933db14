"""Checks one record against the declaration of its kind: what is required, choices, bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from lims_msc.domain.records.codes import code_problem
from lims_msc.domain.records.fields import Field, FieldKind, Problem, RecordKind, Value, Values
from lims_msc.domain.records.partial_dates import days_meant, partial_date_problem
from lims_msc.domain.records.vocabularies import vocabulary_of

# Older dates are what Excel makes of an empty cell or of a count, or a year of two digits.
_FIRST_DAY = date(1901, 1, 1)
# No workbook can hold them, so that one of them would hold back the export of all records.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MEANT: Mapping[FieldKind, tuple[type, str]] = {
    FieldKind.WHOLE: (int, "a whole number"),
    FieldKind.DECIMAL: (int | float, "a number"),  # type: ignore[dict-item]
    FieldKind.DATE: (date, "a day"),
}


def problems_of(
    kind: RecordKind, values: Values, today: date, *, has_new_code: bool = True
) -> tuple[Problem, ...]:
    """Return everything that is wrong with a record; rules of the kind only see sound fields.

    A code that is registered already is not looked at again: ``has_new_code`` says whether it is.
    """
    fields = [f for f in kind.fields if has_new_code or f.kind is not FieldKind.CODE]
    mistaken = {f.name: p for f in fields if (p := _type_problem(f, values[f.name])) is not None}
    fields = [field for field in fields if field.name not in mistaken]
    problems = list(mistaken.values())
    problems += [p for field in fields for p in _field_problems(field, values[field.name])]
    problems += [p for field in fields for p in _day_problems(field, values[field.name], today)]
    if not problems:
        problems = [p for check in kind.checks for p in check(values)]
    return tuple(problems)


def _type_problem(field: Field, value: Value) -> Problem | None:
    """Return that a value is of another type than its field, as programs may hand it over."""
    meant, words = _MEANT.get(field.kind, (str, "text"))
    is_other = isinstance(value, bool | datetime) or not isinstance(value, meant)
    if value is None or not is_other:
        return None
    return Problem(
        field.name, f"'{value}' is not {words}, as '{field.title}' is.", f"Give {words}."
    )


def _field_problems(field: Field, value: Value) -> Iterable[Problem]:
    if value == field.empty or value is None:
        if field.is_required:
            yield Problem(field.name, f"{field.title} is empty.", field.hint or "Fill it in.")
        return
    if isinstance(value, str):
        yield from _text_problems(field, value)
    elif isinstance(value, int | float):
        yield from _number_problems(field, value)


def _day_problems(field: Field, value: Value, today: date) -> Iterable[Problem]:
    """Yield what is wrong with a date as such: that it lies ahead, or in a time before all this."""
    if field.kind not in {FieldKind.DATE, FieldKind.PARTIAL_DATE}:
        return
    days = days_meant(value)
    if days is None:
        return
    if days[0] > today and not field.may_lie_ahead:
        yield Problem(
            field.name,
            f"'{value}' lies in the future.",
            f"Check the year, and whether day and month are swapped; today is {today}.",
        )
    if days[1] < _FIRST_DAY:
        yield Problem(
            field.name,
            f"'{value}' is too long ago for '{field.title}'.",
            "Check the year; Excel makes dates of 1900 of small numbers.",
        )


def _text_problems(field: Field, value: str) -> Iterable[Problem]:
    if (problem := _form_problem(field.kind, value)) is not None:
        yield Problem(field.name, *problem)
    elif (mark := _NO_TEXT.search(value)) is not None:
        before = value[: mark.start()][-20:]
        yield Problem(
            field.name,
            f"The text has the control character U+{ord(mark[0]):04X}"
            f"{f', after {before!r}' if before else ' at its beginning'}.",
            "Delete it there, and type a space or a line break instead.",
        )
    elif field.kind is FieldKind.TERM and (found := _term_problem(field, value)) is not None:
        yield found
    elif field.kind is FieldKind.CHOICE and not field.allows_other and value not in field.choices:
        yield Problem(
            field.name,
            f"'{value}' is not one of the choices of '{field.title}'.",
            f"One of {', '.join(field.choices)}.",
        )
    elif len(value) > field.max_length:
        yield Problem(
            field.name,
            f"The text of {len(value)} characters is too long for '{field.title}'.",
            f"At most {field.max_length} characters.",
        )


def _term_problem(field: Field, key: str) -> Problem | None:
    terms = vocabulary_of(field.vocabulary)
    term = terms.by_key.get(key)
    if term is None:
        message = f"'{key}' is not a term of the list of {field.title.lower()}."
        return Problem(field.name, message, "Search for it by name, synonym or identifier.")
    if not term.is_choosable:
        found = terms.resolve(key)
        return Problem(field.name, found.message, found.hint)
    return None


def _form_problem(kind: FieldKind, value: str) -> tuple[str, str] | None:
    if kind is FieldKind.CODE:
        return code_problem(value)
    return partial_date_problem(value) if kind is FieldKind.PARTIAL_DATE else None


def _number_problems(field: Field, value: float) -> Iterable[Problem]:
    is_low = field.low is not None and (
        value <= field.low if field.is_above_low else value < field.low
    )
    if not math.isfinite(value):
        yield Problem(field.name, f"'{value}' is no number.", "Write a number.")
    elif is_low or (field.high is not None and value > field.high):
        yield Problem(
            field.name,
            f"'{value:g}' is out of range for '{field.title}'.",
            f"Expected {bounds_text(field)}.",
        )


def bounds_text(field: Field) -> str:
    """Return the bounds of a number in words: ``0 to 120``, ``more than 0``, ``at least 0``."""
    low = "" if field.low is None else f"{field.low:g}"
    if field.high is None:
        return f"{'more than' if field.is_above_low else 'at least'} {low}"
    if field.is_above_low:
        return f"more than {low} and at most {field.high:g}"
    return f"{low} to {field.high:g}"
