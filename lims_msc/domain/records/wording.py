"""Values of registered records in words, the same on pages, in histories and in messages."""

from __future__ import annotations

from lims_msc.domain.records.fields import Field, FieldKind, Value
from lims_msc.domain.records.vocabularies import vocabulary_of


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


def disease_words(key: str, other: str) -> str:
    """Return a diagnosis in words: the label of its term, else what was written in its place."""
    return vocabulary_of("disease").label(key) if key else other
