"""Two people take the last vial, 1,000 times: one gets it, the other is told."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
from conftest import People
from sqlalchemy import func, select

from lims_msc.database import make_engine
from lims_msc.domain.actor import Actor
from lims_msc.errors import Conflict
from lims_msc.models import AuditRow, Batch, Collection, Donor, Vial
from lims_msc.services import stock
from lims_msc.services.audit_trail import first_broken_row
from lims_msc.services.transaction import Database

ROUNDS = 1_000


@pytest.fixture
def freezer(database_file: Path, people: People) -> Path:
    """A freezer with the last vial of each of 1,000 batches."""
    database = Database(make_engine(f"sqlite:///{database_file}"))
    with database.unit_of_work(people.technician, "set up") as session:
        donor = Donor(code="D-1", sex="female")
        collection = Collection(code="C-1", donor=donor, tissue="BM", health_status="healthy")
        batches = [Batch(code=f"B-{n}", collection=collection) for n in range(ROUNDS)]
        session.add_all(batches)
        session.flush()
        session.add_all(
            Vial(code=f"{batch.code}-V01", batch_id=batch.id, vial_state="available")
            for batch in batches
        )
    database.engine.dispose()
    return database_file


class Taker(threading.Thread):
    """A person at a computer of their own: another engine, another connection."""

    def __init__(self, path: Path, actor: Actor, start_line: threading.Barrier) -> None:
        super().__init__()
        self.database = Database(make_engine(f"sqlite:///{path}"))
        self.actor = actor
        self.start_line = start_line
        self.told: list[str] = []

    def run(self) -> None:
        for number in range(ROUNDS):
            self.start_line.wait(timeout=60)
            self.told.append(self._take(f"B-{number}"))
        self.database.engine.dispose()

    def _take(self, batch_code: str) -> str:
        try:
            with self.database.unit_of_work(self.actor, "a race") as session:
                taken = stock.take(session, self.actor, "batch", batch_code, purpose="a race")
        except Conflict as refusal:
            return refusal.message
        except BaseException:
            self.start_line.abort()  # the other one must not wait for ever
            raise
        return f"got {taken.code}"


def test_of_two_people_who_take_the_last_vial_one_gets_it_and_the_other_is_told_by_whom(
    freezer: Path, people: People
) -> None:
    start_line = threading.Barrier(2)
    takers = [Taker(freezer, actor, start_line) for actor in (people.technician, people.reviewer)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()

    winners: Counter[str] = Counter()
    for number, pair in enumerate(zip(takers[0].told, takers[1].told, strict=True)):
        got = f"got B-{number}-V01"
        assert pair.count(got) == 1, pair
        winner = takers[pair.index(got)].actor
        late = pair[1 - pair.index(got)]
        assert late.startswith(f"The last vial of batch 'B-{number}' was taken by {winner.name} at")
        winners[winner.name] += 1
    assert sum(winners.values()) == ROUNDS
    # A race that one of them always wins is none.
    assert len(winners) == 2, winners
    _check_what_is_stored(freezer, winners)


def _check_what_is_stored(freezer: Path, winners: Counter[str]) -> None:
    database = Database(make_engine(f"sqlite:///{freezer}"))
    with database.reading() as session:
        assert first_broken_row(session) is None
        states = session.execute(select(Vial.vial_state, func.count()).group_by(Vial.vial_state))
        assert [tuple(row) for row in states] == [("used", ROUNDS)]
        changes = select(AuditRow).where(
            AuditRow.table_name == "msc_vial", AuditRow.action == "change"
        )
        rows = session.scalars(changes).all()
        assert Counter(row.actor_name for row in rows) == winners
        assert len({row.record_id for row in rows}) == ROUNDS
        assert {row.reason for row in rows} == {"a race"}
    database.engine.dispose()
