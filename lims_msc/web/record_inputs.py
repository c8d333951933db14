"""What a person typed into a field of a record, read as the field's value or told why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lims_msc.domain.records.fields import Field, FieldKind, Problem, Value
from lims_msc.domain.records.vocabularies import Term, vocabulary_of
from lims_msc.domain.records.wording import number_words, value_text
from lims_msc.domain.registry_numbers import Unclear, day_of_text, number_of_text
from lims_msc.web.record_wording import is_number


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a field, and what it means: a value, or a problem with terms to choose from.

    ``key`` is that of a chosen term, ``text`` what stands in the field of the page.
    """

    text: str
    value: Value
    key: str = ""
    problem: Problem | None = None
    candidates: tuple[Term, ...] = ()


def read_input(field: Field, form: Mapping[str, str], stored: Value = None) -> Typed:
    """Return what was typed into a field; ``stored`` is the value that the record has now."""
    if field.kind is FieldKind.TERM:
        return _read_term(field, form, stored)
    text = form.get(field.name, "").strip()
    if field.kind is FieldKind.NOTE:
        text = text.replace("\r\n", "\n")
    if not text:
        return Typed(text, field.empty)
    if field.kind is FieldKind.DATE:
        return _read_day(field, text)
    return _read_number(field, text) if is_number(field) else Typed(text, text)


def input_of(field: Field, value: Value) -> Typed:
    """Return a stored value as it stands in the field of a form."""
    if field.kind is FieldKind.TERM:
        return Typed(value_text(field, value), value, key=str(value or ""))
    text = value_text(field, value)
    if isinstance(value, float) and isinstance(number_of_text(text), Unclear):
        # Three digits behind the point look like thousands; one more and nobody can mistake them.
        text = f"{number_words(value)}0"
    return Typed(text, value)


def _read_term(field: Field, form: Mapping[str, str], stored: Value) -> Typed:
    vocabulary = vocabulary_of(field.vocabulary)
    words = form.get(f"{field.name}_words", "").strip()
    chosen = form.get(f"{field.name}_chosen", "") or form.get(field.name, "").strip()
    if chosen in vocabulary.by_key:
        return Typed(vocabulary.label(chosen), chosen, key=chosen)
    if not words and not chosen:
        return Typed("", "")
    words = words or chosen
    if stored and words == vocabulary.label(str(stored)):
        return Typed(words, stored, key=str(stored))
    found = vocabulary.resolve(words)
    if found.term is not None:
        return Typed(words, found.term.key, key=found.term.key)
    problem = Problem(field.name, found.message, found.hint)
    return Typed(words, "", problem=problem, candidates=found.candidates)


def _read_day(field: Field, text: str) -> Typed:
    day = day_of_text(text)
    if isinstance(day, Unclear):
        return _typed(
            field, text, Unclear(day.message, "Write year-month-day, such as 2026-03-14.")
        )
    return Typed(text, day)


def _read_number(field: Field, text: str) -> Typed:
    number = number_of_text(text)
    if isinstance(number, Unclear):
        return _typed(field, text, Unclear(number.message, _number_hint(field, text)))
    if field.kind is FieldKind.DECIMAL:
        return Typed(text, number)
    if number != int(number):
        return _typed(field, text, Unclear(f"'{text}' is not a whole number.", "Such as 3."))
    return Typed(text, int(number))


def _number_hint(field: Field, text: str) -> str:
    if field.kind is FieldKind.DECIMAL and isinstance(number_of_text(f"{text}0"), float):
        digits = text.replace(".", "").replace(",", "")
        return (
            f"Write {digits} without a separator of thousands, or with one more digit behind the "
            f"decimal sign, such as {text}0."
        )
    example = "3" if field.kind is FieldKind.WHOLE else "34 or 34.5"
    return f"Write the number alone, such as {example}; leave the field empty if it is not known."


def _typed(field: Field, text: str, read: Value | Unclear) -> Typed:
    if isinstance(read, Unclear):
        return Typed(text, field.empty, problem=Problem(field.name, read.message, read.hint))
    return Typed(text, read)
