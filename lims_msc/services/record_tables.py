"""Registered records as rows: which table a kind is kept in, and values to and from its columns.

A field has the column of its own name; the code of the record itself is ``code``, and a reference
``x_code`` is the key ``x_id``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from lims_msc import models
from lims_msc.domain.records.fields import Field, FieldKind, RecordKind, Value
from lims_msc.domain.records.kinds import kind_of
from lims_msc.errors import NotFound
from lims_msc.models.base import Table

TABLES: Mapping[str, type[Table]] = {
    "donor": models.Donor,
    "consent": models.Consent,
    "collection": models.Collection,
    "diagnosis": models.Diagnosis,
    "activity_score": models.ActivityScore,
    "treatment": models.Treatment,
    "hsc_graft": models.HscGraft,
    "transplant": models.Transplant,
    "recipe": models.Recipe,
    "recipe_step": models.RecipeStep,
    "batch": models.Batch,
    "passage": models.Passage,
    "release_rule": models.ReleaseRule,
    "release_test": models.ReleaseTest,
    "bank": models.Bank,
    "responder": models.Responder,
    "pool_member": models.PoolMember,
    "vial": models.Vial,
    "thaw": models.Thaw,
    "in_vivo_use": models.InVivoUse,
    "outcome": models.Outcome,
}
# SQLite takes a limited number of values in one statement.
_CHUNK = 500
_Item = TypeVar("_Item")


def table_of(kind: RecordKind) -> type[Table]:
    """Return the table of a kind."""
    return TABLES[kind.key]


def attribute_of(field: Field) -> str:
    """Return the name of the column that a field is kept in."""
    if field.kind is FieldKind.CODE:
        return "code"
    if field.kind is FieldKind.REFERENCE:
        return f"{field.name.removesuffix('_code')}_id"
    return field.name


def chunks(items: Iterable[_Item]) -> Iterator[Sequence[_Item]]:
    """Yield the items in pieces that one statement can take."""
    everything = list(items)
    for start in range(0, len(everything), _CHUNK):
        yield everything[start : start + _CHUNK]


def ids_of_codes(session: Session, kind: RecordKind, codes: Collection[str]) -> dict[str, int]:
    """Return the number of each of these codes that is registered."""
    table: Any = table_of(kind)
    found: dict[str, int] = {}
    for some in chunks(codes):
        rows = session.execute(select(table.code, table.id).where(table.code.in_(some)))
        found.update((code, number) for code, number in rows)
    return found


def id_of_code(session: Session, kind: RecordKind, code: str) -> int:
    """Return the number of a registered code.

    :raises NotFound: if there is none of that code.
    """
    number = ids_of_codes(session, kind, [code]).get(code)
    if number is None:
        raise NotFound(f"There is no {kind.noun} '{code}'.")
    return number


def codes_of_ids(session: Session, kind: RecordKind, numbers: Collection[int]) -> dict[int, str]:
    """Return the code of each of these numbers."""
    table: Any = table_of(kind)
    found: dict[int, str] = {}
    for some in chunks(numbers):
        rows = session.execute(select(table.id, table.code).where(table.id.in_(some)))
        found.update((number, code) for number, code in rows)
    return found


def rows_where(
    session: Session, kind: RecordKind, attribute: str, values: Collection[Any]
) -> list[Table]:
    """Return the rows whose column holds one of these values, by number."""
    table: Any = table_of(kind)
    found: list[Table] = []
    for some in chunks(values):
        column = getattr(table, attribute)
        chosen = select(table).where(column.in_(some)).options(lazyload("*")).order_by(table.id)
        found += session.scalars(chosen)
    return found


def values_of(session: Session, kind: RecordKind, rows: Sequence[Table]) -> list[dict[str, Value]]:
    """Return the values of rows by field, references as codes; one statement for each reference."""
    codes = {
        field.name: codes_of_ids(
            session,
            kind_of(field.refers_to),
            {number for row in rows if (number := getattr(row, attribute_of(field))) is not None},
        )
        for field in kind.references
    }
    return [{field.name: _value(row, field, codes) for field in kind.fields} for row in rows]


def columns_of(
    kind: RecordKind, values: Mapping[str, Value], ids: Mapping[tuple[str, str], int]
) -> dict[str, Any]:
    """Return values as columns; ``ids`` has the number of each code by kind and code.

    An empty number takes the default of its column, if the column cannot be empty.
    """
    columns: dict[str, Any] = {}
    for name, value in values.items():
        field, attribute = kind.field(name), attribute_of(kind.field(name))
        if field.kind is FieldKind.REFERENCE:
            columns[attribute] = ids[field.refers_to, str(value)] if value else None
        elif value is None:
            columns[attribute] = _default_of(kind, attribute)
        else:
            columns[attribute] = value
    return columns


def _default_of(kind: RecordKind, attribute: str) -> Any:
    column = table_of(kind).__table__.c[attribute]
    is_needed = not column.nullable and column.default is not None
    return getattr(column.default, "arg", None) if is_needed else None


def _value(row: Table, field: Field, codes: Mapping[str, Mapping[int, str]]) -> Value:
    kept: Value = getattr(row, attribute_of(field))
    if field.kind is FieldKind.REFERENCE:
        return codes[field.name][kept] if isinstance(kept, int) else ""
    return field.empty if kept is None else kept
