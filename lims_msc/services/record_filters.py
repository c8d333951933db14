"""What a list is narrowed to: filters, and a search by the beginning of a code.

Each restriction is known twice: as what an index finds, for few records, and as a check of one
record, for many.  A check hides its column from the indexes, so that the order's own index is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.kinds import kind_of
from lims_msc.models import Collection, Diagnosis, Donor
from lims_msc.services.record_order import Line, Order
from lims_msc.services.record_tables import attribute_of, table_of

FEW = 1000
"""Up to this many matches are read whole and sorted; of more, the order's index finds a page."""

MOST_CHECKED = 10_000
"""Up to this many matches of one of several restrictions are checked against the others."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One restriction: the queries of an index that find its records, and the check of one."""

    finders: tuple[Select[Any], ...]
    check: ColumnElement[bool]


def filter_fields(kind: RecordKind) -> tuple[Field, ...]:
    """Return the fields by whose values the list of a kind can be narrowed.

    Batches have those of their collection and its diagnoses too, and the passage.
    """
    closed = {FieldKind.CHOICE, FieldKind.TERM}
    own = [f for f in kind.fields if f.is_listed and f.kind in closed]
    if kind.key != "batch":
        return tuple(own)
    collection, diagnosis = kind_of("collection"), kind_of("diagnosis")
    return (
        collection.field("tissue"),
        collection.field("health_status"),
        diagnosis.field("disease"),
        kind.field("passage"),
        *own,
    )


def restriction_of(kind: RecordKind, field: Field, value: str) -> Restriction:
    """Return the restriction to records whose field has a value; references are codes."""
    table: Any = table_of(kind)
    if kind.key == "batch" and field.name in {"tissue", "health_status"}:
        column = getattr(Collection, field.name)
        return _through(table, table.collection_id, Collection, (Collection.id, column), value)
    if kind.key == "batch" and field.name == "disease":
        columns = (Diagnosis.collection_id, Diagnosis.disease)
        return _through(table, table.collection_id, Diagnosis, columns, value)
    column = getattr(table, attribute_of(field))
    if field.kind is FieldKind.REFERENCE:
        # Aliased, because a batch may refer to another batch.
        other: Any = aliased(table_of(kind_of(field.refers_to)))
        return _through(table, column, other, (other.id, other.code), value)
    if field.kind is FieldKind.WHOLE:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        return Restriction((_finder(table, column == number),), func.coalesce(column, -1) == number)
    return Restriction((_finder(table, column == value),), func.coalesce(column, "") == value)


def search_of(kind: RecordKind, words: str) -> Restriction:
    """Return the restriction to records whose code, or a code they refer to, begins with words."""
    table: Any = table_of(kind)
    finders: list[Select[Any]] = []
    checks: list[ColumnElement[bool]] = []
    if kind.code_field is not None:
        ranges = _ranges(table.code, words)
        finders += [_finder(table, some) for some in ranges]
        checks += ranges
    for field in searched_references(kind):
        other: Any = table_of(kind_of(field.refers_to))
        column = getattr(table, attribute_of(field))
        for some in _ranges(other.code, words):
            finders.append(_finder(table, some).join(other, column == other.id))
            checks.append(exists().where(other.id == column, some))
        if other is Collection:
            for some in _ranges(Donor.code, words):
                finders.append(
                    _finder(table, some)
                    .join(Collection, column == Collection.id)
                    .join(Donor, Collection.donor_id == Donor.id)
                )
                same = and_(Collection.id == column, Collection.donor_id == Donor.id)
                checks.append(exists().where(same, some))
    return Restriction(tuple(finders), or_(*checks))


def searched_references(kind: RecordKind) -> tuple[Field, ...]:
    """Return the references whose codes a search looks at; never to the kind itself."""
    return tuple(f for f in kind.references if f.is_listed and f.refers_to != kind.key)


def lines_if_few(
    session: Session, order: Order, restrictions: Sequence[Restriction]
) -> tuple[Line, ...] | None:
    """Return every record that meets the restrictions, or ``None`` where they are many.

    Of several restrictions the one that finds the fewest is followed, and the others are checked.
    """
    most = FEW if len(restrictions) == 1 else MOST_CHECKED
    counts = session.execute(select(*(_count(r, most) for r in restrictions))).one()
    fewest = min(range(len(restrictions)), key=lambda position: int(counts[position]))
    if counts[fewest] > most:
        return None
    others = [r.check for r in restrictions if r is not restrictions[fewest]]
    parts = [
        finder.with_only_columns(
            order.number.label("number"), order.column.label("key"), maintain_column_froms=True
        )
        .where(*others)
        .limit(FEW + 1)
        .subquery()
        for finder in restrictions[fewest].finders
    ]
    found = session.execute(union_all(*(select(part.c.number, part.c.key) for part in parts)))
    lines = tuple(dict.fromkeys((number, key) for number, key in found))
    return lines if len(lines) <= FEW else None


def _count(restriction: Restriction, most: int) -> ColumnElement[int]:
    """Return how many records a restriction finds, as a subquery that stops behind ``most``."""
    parts = (finder.limit(most + 1).subquery() for finder in restriction.finders)
    some = union_all(*(select(part) for part in parts)).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _through(
    table: Any, reference: Any, other: Any, columns: tuple[Any, Any], value: str
) -> Restriction:
    """Return the restriction by another table: its column that is referred to, and the value's."""
    key, column = columns
    finder = _finder(table, column == value).join(other, reference == key)
    return Restriction((finder,), exists().where(key == reference, column == value))


def _finder(table: Any, condition: ColumnElement[bool]) -> Select[Any]:
    return select(table.id).select_from(table).where(condition)


def _ranges(code: Any, words: str) -> list[ColumnElement[bool]]:
    """Return the codes that begin with the words as typed, in capitals, and in small letters.

    A range of the index for each; what ignores case in the database cannot use the index of codes.
    """
    variants: Iterable[str] = dict.fromkeys((words, words.upper(), words.lower()))
    return [and_(code >= some, code < f"{some}\uffff") for some in variants]


Filters = Mapping[str, str]
"""The value of each field that a list is narrowed by, by the field's name."""
