"""The audit trail: who changed what, when and why, each row chained to the one before it.

Rows are written by listeners of our own session class, with the same connection and in the same
transaction as the change itself, so that neither is ever stored without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.orm import InstanceState, Session

from lims_msc.domain.actor import Actor
from lims_msc.models import AuditRow, Base, Reading, Well

FIRST_SHA256 = "0" * 64
# Readings and wells are stored by the hundred with one import or one plate map, never change, and
# are told by the digest of their file: one audit row for the import speaks for them.
_TOLD_BY_THEIR_PARENT = (Reading, Well)
_NEVER_SHOWN = frozenset({"password_hash"})


@dataclass(slots=True)
class AuditContext:
    """On whose behalf, why and by which clock a unit of work changes things."""

    actor: Actor
    reason: str
    clock: Callable[[], datetime]
    pending: list[tuple[str, Base, dict[str, Any]]] = field(default_factory=list)


class RecordChanges:
    """The two listeners: what changed is seen before a flush, the new keys only after it."""

    def before_flush(self, session: Session, _context: object, _instances: object) -> None:
        """Note what is about to be stored.

        :raises RuntimeError: if a session writes outside a unit of work, or would change or
            delete an audit row.
        """
        audit: AuditContext | None = session.info.get("audit")
        changed = [*session.new, *session.dirty, *session.deleted]
        if audit is None:
            if changed:
                raise RuntimeError("Changes are stored in a unit of work, with an actor.")
            return
        for record in session.new:
            audit.pending.append(("create", record, _values(record)))
        for record in session.dirty:
            if differences := _differences(record):
                audit.pending.append(("change", record, differences))
        for record in session.deleted:
            audit.pending.append(("delete", record, _values(record)))

    def after_flush(self, session: Session, _context: object) -> None:
        """Append an audit row for each change that was just stored."""
        audit: AuditContext | None = session.info.get("audit")
        if audit is None:
            return
        pending, audit.pending = audit.pending, []
        told = [
            (action, record.__tablename__, getattr(record, "id", None), changes)
            for action, record, changes in pending
            if not isinstance(record, _TOLD_BY_THEIR_PARENT)
        ]
        if told:
            append(session.connection(), audit, told)


record_changes = RecordChanges()


def append(
    connection: Connection,
    audit: AuditContext,
    told: Iterable[tuple[str, str, int | None, Mapping[str, Any]]],
) -> None:
    """Add rows to the trail, each chained to the one before it.

    :param told: action, table, number of the record and what changed, for each row.
    """
    last = select(AuditRow.row_sha256).order_by(AuditRow.id.desc()).limit(1)
    previous = connection.scalar(last) or FIRST_SHA256
    rows = []
    for action, table_name, record_id, changes in told:
        row: dict[str, Any] = {
            "at": _utc(audit.clock()),
            "actor_id": audit.actor.user_id,
            "actor_name": audit.actor.name,
            "action": action,
            "table_name": table_name,
            "record_id": record_id,
            "changes": dict(changes),
            "reason": audit.reason,
            "previous_sha256": previous,
        }
        previous = _digest(row)
        rows.append({**row, "row_sha256": previous})
    # All at once: a workbook of records changes tens of thousands of them.
    connection.execute(insert(AuditRow), rows)


def note(session: Session, action: str, table_name: str, changes: Mapping[str, Any]) -> None:
    """Add a row about something that is no change of a record, such as a refused upload."""
    append(session.connection(), session.info["audit"], [(action, table_name, None, changes)])


def first_broken_row(session: Session) -> int | None:
    """Return the number of the first row that does not follow from the one before it, if any."""
    previous = FIRST_SHA256
    for row in session.scalars(select(AuditRow).order_by(AuditRow.id)):
        content = {
            column.key: getattr(row, column.key)
            for column in AuditRow.__table__.columns
            if column.key not in {"id", "row_sha256"}
        }
        if row.previous_sha256 != previous or row.row_sha256 != _digest(content):
            return row.id
        previous = row.row_sha256
    return None


def _utc(moment: datetime) -> datetime:
    # In UTC, as it is read back, so that the digest is the same then.
    if moment.tzinfo is None:
        raise ValueError(f"A point in time needs a time zone: {moment!r}")
    return moment.astimezone(UTC)


def _digest(row: Mapping[str, Any]) -> str:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _values(record: Base) -> dict[str, Any]:
    state: InstanceState[Base] = inspect(record)
    return {
        key: _shown(key, state.dict[key])
        for key in state.mapper.column_attrs.keys()  # noqa: SIM118 (not a mapping)
        if key in state.dict and key != "id"
    }


def _differences(record: Base) -> dict[str, Any]:
    state: InstanceState[Base] = inspect(record)
    found = {}
    for key in state.mapper.column_attrs.keys():  # noqa: SIM118 (not a mapping)
        history = state.attrs[key].history
        if history.has_changes():
            old = next(iter(history.deleted or ()), None)
            found[key] = {
                "from": _shown(key, old),
                "to": _shown(key, next(iter(history.added or ()), None)),
            }
    return found


def _shown(key: str, value: object) -> object:
    if key in _NEVER_SHOWN:
        return "(not shown)"
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest(), "size_bytes": len(value)}
    if key == "result":
        return "(see the curve)"
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
