"""The only place that commits: a unit of work for writing, a session for reading.

Services take the session that is handed to them and never commit.  Everything that one unit of
work changes is stored together with its audit rows, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from lims_msc.database import WRITE_OPTION
from lims_msc.domain.actor import Actor
from lims_msc.errors import Conflict
from lims_msc.services.audit_trail import AuditContext, record_changes

Clock = Callable[[], datetime]
_FARTHEST_EAST = timedelta(hours=14)


def system_clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


class LabSession(Session):
    """A session whose every change leaves an audit row."""


event.listen(LabSession, "before_flush", record_changes.before_flush)
event.listen(LabSession, "after_flush", record_changes.after_flush)


@dataclass(frozen=True, slots=True)
class Database:
    """The engine, and the clock that all records are dated by."""

    engine: Engine
    clock: Clock = system_clock

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for reading; whatever is changed in it is thrown away."""
        with self._session() as session:
            yield session
            session.rollback()

    @contextmanager
    def unit_of_work(self, actor: Actor, reason: str) -> Iterator[Session]:
        """Open a session for writing; commit at the end, or undo everything on any exception.

        ``reason`` stands in each audit row; where a person gave one it is theirs.

        :raises Conflict: if the database refuses because somebody else stored the same meanwhile.
        """
        with self._session() as session:
            session.info["audit"] = AuditContext(actor, reason, self.clock)
            session.connection(execution_options={WRITE_OPTION: True})
            try:
                yield session
                session.commit()
            except IntegrityError as error:
                session.rollback()
                raise Conflict(
                    "Somebody stored the same at the same moment; nothing of yours was stored.",
                    hint="Open the page again and look before you repeat it.",
                ) from error
            except BaseException:
                session.rollback()
                raise

    def _session(self) -> Session:
        make = sessionmaker(self.engine, class_=LabSession, expire_on_commit=False)
        return make(info={"clock": self.clock})


def latest_today(session: Session) -> date:
    """Return the day that it is by now where the sun rises first, by the clock of the session.

    A laboratory in Auckland enters the day of its own calendar, which is that of UTC tomorrow.
    """
    clock: Clock = session.info["clock"]
    return clock().astimezone(timezone(_FARTHEST_EAST)).date()
