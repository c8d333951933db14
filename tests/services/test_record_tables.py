"""Every kind of records has a table whose columns are its fields, and can hold what they allow."""

from __future__ import annotations

import pytest
from sqlalchemy import Date, Float, Integer, String, Table

from lims_msc.domain.records.codes import MOST_CHARACTERS
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.services.record_tables import TABLES, attribute_of, table_of

COLUMN_TYPES = {
    FieldKind.WHOLE: Integer,
    FieldKind.DECIMAL: Float,
    FieldKind.DATE: Date,
    FieldKind.REFERENCE: Integer,
}


def longest_text(field: Field) -> int:
    """Return how many characters a field may hold."""
    if field.kind is FieldKind.CODE:
        return MOST_CHARACTERS
    if field.kind is FieldKind.PARTIAL_DATE:
        return len("2019-05-14")
    if field.kind is FieldKind.TERM:
        return max(len(term.key) for term in vocabulary_of(field.vocabulary).terms)
    if field.kind is FieldKind.CHOICE and not field.allows_other:
        return max(map(len, field.choices))
    return field.max_length


def test_every_kind_has_a_table_of_its_own_and_refers_to_kinds_before_it() -> None:
    keys = [kind.key for kind in KINDS]
    assert list(TABLES) == keys
    assert len({table_of(kind).__tablename__ for kind in KINDS}) == len(KINDS)
    for position, kind in enumerate(KINDS):
        assert {field.refers_to for field in kind.references} <= set(keys[: position + 1])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_the_columns_of_a_table_are_the_fields_of_its_kind(kind: RecordKind) -> None:
    table = table_of(kind).__table__
    assert isinstance(table, Table)
    assert {column.name for column in table.c} == {"id", *map(attribute_of, kind.fields)}
    for field in kind.fields:
        column = table.c[attribute_of(field)]
        assert isinstance(column.type, COLUMN_TYPES.get(field.kind, String)), field.name
        if field.kind is FieldKind.REFERENCE:
            (key,) = column.foreign_keys
            other = table_of(kind_of(field.refers_to))
            assert key.column.table.name == other.__tablename__, field.name
        elif isinstance(column.type, String) and column.type.length is not None:
            assert column.type.length >= longest_text(field), field.name
