"""A unit of work: everything of it is stored with its trail, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from conftest import People
from factories import add_materials, new_batch
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lims_msc.errors import Conflict, NotFound
from lims_msc.models import AuditRow, Batch, Donor, Study
from lims_msc.services import materials
from lims_msc.services.audit_trail import first_broken_row
from lims_msc.services.transaction import Database, system_clock

Counts = Callable[[Database], dict[str, int]]


class Interrupted(BaseException):
    """Something like Ctrl-C in the middle."""


@pytest.mark.parametrize("failure", [ValueError("x"), NotFound("x"), Interrupted()])
def test_after_any_failure_nothing_is_stored(
    lab: Database, people: People, counts: Counts, failure: BaseException
) -> None:
    before = counts(lab)

    def work() -> None:
        with lab.unit_of_work(people.technician, "test") as session:
            materials.register_batch(session, people.technician, new_batch(batch_code="B-2"))
            session.flush()
            raise failure

    with pytest.raises(type(failure)):
        work()
    assert counts(lab) == before


def test_a_collision_in_the_database_is_told_as_a_conflict(
    lab: Database, people: People, counts: Counts
) -> None:
    before = counts(lab)
    with (
        pytest.raises(Conflict, match="nothing of yours was stored"),
        lab.unit_of_work(people.technician, "test") as session,
    ):
        session.add_all([Donor(code="D-9", sex="male", note=""), Study(code="S-1", title="x")])
    assert counts(lab) == before


def add(session: Session, _batch: Batch) -> None:
    session.add(Donor(code="D-9", sex="male", note=""))


def edit(_session: Session, batch: Batch) -> None:
    batch.medium = "other"


def delete(session: Session, batch: Batch) -> None:
    session.delete(batch)


@pytest.mark.parametrize("change", [add, edit, delete])
def test_a_change_outside_a_unit_of_work_is_refused(
    lab: Database, counts: Counts, change: Callable[[Session, Batch], None]
) -> None:
    before = counts(lab)
    with lab.reading() as session:
        change(session, session.scalars(select(Batch)).one())
        with pytest.raises(RuntimeError, match="in a unit of work, with an actor"):
            session.flush()
    assert counts(lab) == before


def test_what_a_reading_session_executes_is_thrown_away(lab: Database, counts: Counts) -> None:
    with lab.reading() as session:
        session.execute(text("UPDATE msc_donor SET sex = 'male'"))
    with lab.reading() as session:
        assert session.scalars(select(Donor.sex)).all() == ["female"]


def test_keys_between_tables_hold(lab: Database, people: People) -> None:
    with pytest.raises(Conflict), lab.unit_of_work(people.technician, "test") as session:
        session.add(Batch(code="B-9", collection_id=999, passage=None, medium=""))


def test_a_point_in_time_without_a_zone_is_refused(database: Database, people: People) -> None:
    naive = Database(database.engine, lambda: datetime.fromisoformat("2026-03-14T09:00"))
    with pytest.raises(ValueError, match="needs a time zone"):
        add_materials(naive, people.technician)


def test_the_trail_holds_for_a_clock_of_another_zone(database: Database, people: People) -> None:
    berlin = timezone(timedelta(hours=1))
    summer = Database(database.engine, lambda: datetime(2026, 3, 14, 10, 0, tzinfo=berlin))
    add_materials(summer, people.technician)
    with database.reading() as session:
        assert first_broken_row(session) is None
        stored = set(session.scalars(select(AuditRow.at)))
    assert stored == {datetime(2026, 3, 14, 9, 0, tzinfo=UTC)}


def test_the_clock_of_an_installation_is_in_utc() -> None:
    assert system_clock().utcoffset() == timedelta(0)
