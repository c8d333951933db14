"""What pages ask about a field: its term, whether it holds numbers, whether it is the link."""

from __future__ import annotations

from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.vocabularies import Term, vocabulary_of

_NUMBERS = frozenset({FieldKind.WHOLE, FieldKind.DECIMAL})


def term_of(field: Field, key: str) -> Term | None:
    """Return the term of a stored key; ``None`` for a key of before that is in no list."""
    return vocabulary_of(field.vocabulary).by_key.get(key)


def is_number(field: Field) -> bool:
    """Whether a field holds numbers, which tables align at their ends."""
    return field.kind in _NUMBERS


def linked_field(kind: RecordKind) -> Field:
    """Return the listed field that leads to the record itself: its code, else its first words."""
    if kind.code_field is not None:
        return kind.code_field
    listed = [field for field in kind.fields if field.is_listed]
    return next((field for field in listed if not field.refers_to), listed[0])
