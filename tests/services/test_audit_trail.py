"""The audit trail: every change has its row, and no row can be changed unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from conftest import People
from factories import STUDY, add_plate, invented_map_file, take
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from lims_msc.domain.importing import Source
from lims_msc.domain.review import ReviewAction
from lims_msc.errors import InputError
from lims_msc.models import AuditRow, Study
from lims_msc.registry import Registry
from lims_msc.services import imports, plate_maps
from lims_msc.services.audit_trail import first_broken_row
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]


def rows(database: Database) -> list[AuditRow]:
    with database.reading() as session:
        found = list(session.scalars(select(AuditRow).order_by(AuditRow.id)))
        session.expunge_all()
        return found


def test_each_change_has_one_row_with_who_when_what_and_why(lab: Database, people: People) -> None:
    before = len(rows(lab))
    with lab.unit_of_work(people.data_manager, "title was wrong") as session:
        study = session.scalars(select(Study)).one()
        study.title = "Which ones suppress?"
    *_, row = rows(lab)
    assert len(rows(lab)) == before + 1
    assert (row.actor_id, row.actor_name) == ("3", "Dan Manager")
    assert (row.action, row.table_name, row.record_id) == ("change", "msc_study", 1)
    assert row.changes == {"title": {"from": "Do they suppress?", "to": "Which ones suppress?"}}
    assert row.reason == "title was wrong"
    assert datetime(2026, 3, 14, 11, tzinfo=UTC) < row.at < datetime(2026, 3, 14, 12, tzinfo=UTC)


def test_a_new_record_is_told_with_all_its_values(lab: Database) -> None:
    told = {row.table_name: row for row in rows(lab)}
    assert set(told) == {"msc_study", "msc_donor", "msc_collection", "msc_batch", "msc_responder"}
    assert {row.action for row in told.values()} == {"create"}
    assert told["msc_study"].changes["code"] == STUDY
    assert told["msc_responder"].changes["pool_size"] == 8
    assert told["msc_study"].record_id == 1


def test_setting_the_same_value_again_is_no_change(lab: Database, people: People) -> None:
    before = len(rows(lab))
    with lab.unit_of_work(people.technician, "test") as session:
        study = session.scalars(select(Study)).one()
        study.title = str(study.title)
    assert len(rows(lab)) == before


def test_a_deleted_record_leaves_what_it_held(lab: Database, people: People) -> None:
    with lab.unit_of_work(people.data_manager, "opened twice") as session:
        session.delete(session.scalars(select(Study)).one())
    *_, row = rows(lab)
    assert (row.action, row.changes["title"]) == ("delete", "Do they suppress?")


def test_a_plate_is_told_by_its_file_and_not_by_hundreds_of_wells(
    lab: Database, registry: Registry, people: People
) -> None:
    before = len(rows(lab))
    add_plate(lab, registry, people.technician)
    new = rows(lab)[before:]
    told = sorted(row.table_name for row in new)
    assert told == ["msc_experiment", "msc_plate", "msc_source_file"]
    data = new[0].changes["data"]
    assert data["sha256"] == new[0].changes["sha256"]
    assert data["size_bytes"] == len(invented_map_file(registry).data)


def test_the_whole_way_of_a_plate_is_told_and_the_chain_holds(
    analysed: Database, people: People
) -> None:
    take(analysed, people.technician, 1, ReviewAction.SUBMIT)
    take(analysed, people.reviewer, 1, ReviewAction.APPROVE, "controls are fine")
    last = rows(analysed)[-2:]
    assert {row.table_name for row in last} == {"msc_analysis", "msc_review_event"}
    assert {row.actor_name for row in last} == {"Paula Irmer"}
    assert {row.reason for row in last} == {"controls are fine"}
    with analysed.reading() as session:
        assert first_broken_row(session) is None


@pytest.mark.parametrize("upload", ["reader", "plate_map"])
def test_a_refused_upload_leaves_one_row_and_nothing_else(
    lab: Database, registry: Registry, people: People, counts: Counts, upload: str
) -> None:
    plate_id = add_plate(lab, registry, people.technician)
    before = counts(lab)
    source = Source("shopping.csv", b"milk,2\r\nbread,1\r\n")
    uploads = {
        "reader": partial(imports.receive, lab, registry, people.technician, plate_id),
        "plate_map": partial(plate_maps.register_plate, lab, registry, people.technician),
    }
    with pytest.raises(InputError) as refusal:
        uploads[upload](source)
    assert counts(lab) == before | {"msc_audit": before["msc_audit"] + 1}
    *_, row = rows(lab)
    assert (row.action, row.actor_name) == ("refuse", "Tina Tester")
    assert row.reason == refusal.value.message
    assert row.changes["file_name"] == "shopping.csv"
    assert len(row.changes["sha256"]) == 64
    with lab.reading() as session:
        assert first_broken_row(session) is None


@pytest.mark.parametrize("table", ["msc_audit", "msc_review_event"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET actor_name = 'x'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_is_only_added_to(
    analysed: Database, people: People, counts: Counts, table: str, statement: str
) -> None:
    take(analysed, people.technician, 1, ReviewAction.SUBMIT)
    before = counts(analysed)
    with (
        pytest.raises(DatabaseError, match=f"rows of {table} are only ever added"),
        analysed.engine.begin() as connection,
    ):
        connection.execute(text(statement.format(table)))
    assert counts(analysed) == before


TAMPERING = {
    "another person": "UPDATE msc_audit SET actor_name = 'Mallory' WHERE id = 3",
    "another time": "UPDATE msc_audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 3",
    "another reason": "UPDATE msc_audit SET reason = '' WHERE id = 3",
    "another record": "UPDATE msc_audit SET record_id = 77 WHERE id = 3",
    "another action": "UPDATE msc_audit SET action = 'delete' WHERE id = 3",
    "other values": "UPDATE msc_audit SET changes = '{}' WHERE id = 3",
    "another digest": "UPDATE msc_audit SET row_sha256 = 'f' WHERE id = 3",
    "another link": "UPDATE msc_audit SET previous_sha256 = 'f' WHERE id = 3",
    "a row taken out": "DELETE FROM msc_audit WHERE id = 3",
    "the first row taken out": "DELETE FROM msc_audit WHERE id = 1",
    "two rows swapped": "UPDATE msc_audit SET id = CASE id WHEN 3 THEN -3 ELSE id END",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_a_row_that_was_changed_behind_our_back_is_found(lab: Database, what: str) -> None:
    with lab.engine.begin() as connection:
        for operation in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER msc_audit_no_{operation}"))
        connection.execute(text(TAMPERING[what]))
    with lab.reading() as session:
        assert first_broken_row(session) is not None


def test_the_number_of_the_first_broken_row_is_told(lab: Database) -> None:
    with lab.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER msc_audit_no_update"))
        connection.execute(text("UPDATE msc_audit SET reason = 'x' WHERE id IN (2, 4)"))
    with lab.reading() as session:
        assert first_broken_row(session) == 2
