"""Values of registered records in words, as pages show them."""

from __future__ import annotations

from lims_msc.domain.records.fields import Field, FieldKind, RecordKind, Value
from lims_msc.domain.records.vocabularies import Term, vocabulary_of

_NUMBERS = frozenset({FieldKind.WHOLE, FieldKind.DECIMAL})


def value_text(field: Field, value: Value) -> str:
    """Return a value in words: terms by their label, numbers without a tail; empty for nothing."""
    if value is None or value == "":
        return ""
    if field.kind is FieldKind.TERM:
        return vocabulary_of(field.vocabulary).label(str(value))
    return number_words(value) if isinstance(value, float) else str(value)


def number_words(number: float) -> str:
    """Return a number as it was entered: ``0.83``, ``4200000`` and not ``4.2e+06``."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.15g}"


def term_of(field: Field, key: str) -> Term | None:
    """Return the term of a stored key; ``None`` for a key of before that is in no list."""
    return vocabulary_of(field.vocabulary).by_key.get(key)


def is_number(field: Field) -> bool:
    """Whether a field holds numbers, which tables align at their ends."""
    return field.kind in _NUMBERS


def in_sentence(kind: RecordKind) -> str:
    """Return the title of a kind within a sentence: ``donor``, but ``HSCT`` and ``MSC batch``."""
    return kind.noun


def linked_field(kind: RecordKind) -> Field:
    """Return the listed field that leads to the record itself: its code, else its first words."""
    if kind.code_field is not None:
        return kind.code_field
    listed = [field for field in kind.fields if field.is_listed]
    return next((field for field in listed if not field.refers_to), listed[0])
