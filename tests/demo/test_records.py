"""What the demonstration registers beside batches is taken; a second time changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from conftest import People
from factories import add_demo_materials

from lims_msc.demo.records import demo_records
from lims_msc.domain.records.kinds import KINDS
from lims_msc.services import register
from lims_msc.services.register_plan import Action
from lims_msc.services.transaction import Database

# The quick registration of batches and responders makes these.
MADE_BY_QUICK_FORMS = {"donor", "collection", "diagnosis", "responder"}
NOT_SHOWN = {"activity_score", "release_rule", "bank", "pool_member"}


def test_the_records_of_the_demonstration_are_taken_and_a_second_time_change_nothing(
    database: Database, people: People
) -> None:
    # The story of the demonstration ends in spring; nothing of it may lie ahead.
    database = Database(database.engine, lambda: datetime(2026, 6, 1, tzinfo=UTC))
    add_demo_materials(database, people.technician)
    with database.unit_of_work(people.technician, "demonstration") as session:
        first = register.register(session, people.technician, demo_records())
    assert first.findings == ()
    with database.reading() as session:
        again = register.plan(session, demo_records())
    assert again.count(Action.SAME) == len(again.records) == len(first.records)
    kinds = {entry.kind_key for entry in demo_records()}
    assert kinds == {kind.key for kind in KINDS} - MADE_BY_QUICK_FORMS - NOT_SHOWN
