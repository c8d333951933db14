"""What refers to a registered record: other records, plates, counts and decisions, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, func, select
from sqlalchemy.orm import Session

from lims_msc.domain.records.fields import RecordKind
from lims_msc.domain.records.kinds import KINDS
from lims_msc.models import Base, Plate, Well
from lims_msc.services.record_tables import table_of

_MOST_NAMED = 5
_WORDS: Mapping[str, tuple[str, str]] = {
    "msc_well": ("well of a plate", "wells of plates"),
    "msc_curve": ("curve", "curves"),
    "msc_cell_count": ("cell count", "cell counts"),
    "msc_release_decision": ("release decision", "release decisions"),
}


def uses_of(session: Session, kind: RecordKind, record_id: int) -> tuple[str, ...]:
    """Return what refers to a record: ``2 Collections: 'C-1', 'C-2'``, ``96 wells of plates``."""
    kinds = {table_of(other).__tablename__: other for other in KINDS}
    return tuple(
        text
        for column in _referring(table_of(kind).__tablename__)
        if (text := _use(session, kinds.get(column.table.name), column, record_id))
    )


def plates_of(session: Session, kind: RecordKind, record_id: int) -> tuple[str, ...]:
    """Return the codes of the plates on which a batch or a responder stands."""
    columns: Mapping[str, Any] = {"batch": Well.batch_id, "responder": Well.responder_id}
    if kind.key not in columns:
        return ()
    chosen = select(Plate.code).where(
        Plate.id.in_(select(Well.plate_id).where(columns[kind.key] == record_id))
    )
    return tuple(session.scalars(chosen.order_by(Plate.code)))


def _referring(table_name: str) -> Iterator[Column[Any]]:
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            if key.column.table.name == table_name:
                yield key.parent


def _use(session: Session, kind: RecordKind | None, column: Column[Any], record_id: int) -> str:
    table = column.table
    count = session.scalar(select(func.count()).select_from(table).where(column == record_id)) or 0
    if not count:
        return ""
    one, several = (kind.title, kind.plural) if kind else _WORDS[table.name]
    text = f"{count} {one if count == 1 else several}"
    if kind is None or kind.code_field is None:
        return text
    chosen = select(table.c.code).where(column == record_id).order_by(table.c.id)
    named = ", ".join(f"'{code}'" for code in session.scalars(chosen.limit(_MOST_NAMED)))
    return f"{text}: {named}{' and more' if count > _MOST_NAMED else ''}"
