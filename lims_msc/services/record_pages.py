"""What the page of a registered record shows: the records that belong to it, and its history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, lazyload

from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.records.wording import value_text
from lims_msc.models import AuditRow
from lims_msc.services.record_tables import attribute_of, codes_of_ids, table_of
from lims_msc.services.register import Record, records_of

MOST_CHILDREN = 200
"""How many records of one kind a page shows; the list of the kind has all of them."""

Children = tuple[tuple[RecordKind, tuple[Record, ...]], ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of a record: by whom, when, why, and each field with its old and new value."""

    at: datetime
    actor_name: str
    action: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]

    @property
    def text(self) -> str:
        """The changed fields in words: ``Passage: 3 → 4; Medium: DMEM``."""
        return "; ".join(
            f"{title}: {old} → {new}" if self.action == "change" else f"{title}: {new or old}"
            for title, old, new in self.changes
        )


def owner_fields(kind: RecordKind, owner: RecordKind) -> tuple[Field, ...]:
    """Return the fields by which records of a kind belong on the page of an owner.

    A kind whose owner may be left empty, such as a vial of a batch or of responders, belongs to
    everything that it refers to.
    """
    if not kind.owner:
        return ()
    named = kind.field(kind.owner)
    fields = (named,) if named.is_required else kind.references
    return tuple(f for f in fields if f.refers_to == owner.key and kind.key != owner.key)


def children(session: Session, record: Record, limit: int = MOST_CHILDREN) -> Children:
    """Return the records that belong to a record, by kind; kinds without any are there too.

    The first ``limit`` of each kind; as many statements as there are kinds and references.
    """
    return tuple(
        (kind, _children_of(session, record, kind, fields, limit))
        for kind in KINDS
        if (fields := owner_fields(kind, record.kind))
    )


def history(session: Session, record: Record) -> tuple[HistoryLine, ...]:
    """Return every change of a record, the newest first."""
    name = table_of(record.kind).__tablename__
    chosen = (
        select(AuditRow)
        .where(AuditRow.table_name == name, AuditRow.record_id == record.record_id)
        .order_by(AuditRow.id.desc())
    )
    rows = session.scalars(chosen).all()
    codes = _codes_of_history(session, record.kind, rows)
    return tuple(
        HistoryLine(
            row.at,
            row.actor_name,
            row.action,
            row.reason,
            tuple(_changes(record.kind, row, codes)),
        )
        for row in rows
    )


def _children_of(
    session: Session, record: Record, kind: RecordKind, fields: Sequence[Field], limit: int
) -> tuple[Record, ...]:
    table: Any = table_of(kind)
    belongs = or_(*(getattr(table, attribute_of(f)) == record.record_id for f in fields))
    chosen = select(table).where(belongs).options(lazyload("*")).order_by(table.id).limit(limit)
    return records_of(session, kind, session.scalars(chosen).all())


def _codes_of_history(
    session: Session, kind: RecordKind, rows: Iterable[AuditRow]
) -> dict[str, dict[int, str]]:
    """Return the code of each number that a reference ever had, by column."""
    numbers: dict[str, set[int]] = defaultdict(set)
    columns = {attribute_of(field): field for field in kind.references}
    for row in rows:
        for column in columns.keys() & row.changes.keys():
            numbers[column].update(n for n in _old_and_new(row, column) if isinstance(n, int))
    return {
        column: codes_of_ids(session, kind_of(columns[column].refers_to), some)
        for column, some in numbers.items()
    }


def _changes(
    kind: RecordKind, row: AuditRow, codes: Mapping[str, Mapping[int, str]]
) -> Iterable[tuple[str, str, str]]:
    for field in kind.fields:
        column = attribute_of(field)
        if column in row.changes:
            old, new = (
                _shown(field, value, codes.get(column, {})) for value in _old_and_new(row, column)
            )
            if old != new:
                yield field.title, old, new


def _old_and_new(row: AuditRow, column: str) -> tuple[object, object]:
    kept = row.changes[column]
    if row.action == "change":
        return kept["from"], kept["to"]
    return (kept, None) if row.action == "delete" else (None, kept)


def _shown(field: Field, value: object, codes: Mapping[int, str]) -> str:
    if value is None or value == "":
        return "empty" if field.kind is not FieldKind.CODE else ""
    if field.kind is FieldKind.REFERENCE and isinstance(value, int):
        return codes.get(value, f"number {value}, which was removed")
    return value_text(field, value if isinstance(value, int | float) else str(value))
