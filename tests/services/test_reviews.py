"""Reviews over the database: another person judges, and what was judged is what is stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import People
from factories import take
from sqlalchemy import select, text

from lims_msc.domain.actor import Actor
from lims_msc.domain.review import ReviewAction, ReviewState
from lims_msc.errors import IllegalTransition, InputError, NotAllowed, NotFound, StaleVersion
from lims_msc.models import Analysis, Import, ReviewEvent
from lims_msc.registry import Registry
from lims_msc.services import analyses, queries, reviews
from lims_msc.services.read_choices import ReadChoice
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]
SUBMIT, APPROVE = ReviewAction.SUBMIT, ReviewAction.APPROVE
RETURN, WITHDRAW = ReviewAction.RETURN, ReviewAction.WITHDRAW


def state(database: Database) -> str:
    with database.reading() as session:
        return session.get_one(Analysis, 1).state


@pytest.fixture
def submitted(analysed: Database, people: People) -> Database:
    """The technician imported; the reviewer has not touched the plate yet."""
    take(analysed, people.technician, 1, SUBMIT)
    return analysed


def test_each_step_is_an_event_bound_to_the_result_that_was_looked_at(
    submitted: Database, people: People
) -> None:
    take(submitted, people.reviewer, 1, RETURN, "  edge wells dried out  ")
    take(submitted, people.technician, 1, SUBMIT)
    take(submitted, people.technician, 1, WITHDRAW, "wrong plate")
    take(submitted, people.technician, 1, SUBMIT)
    take(submitted, people.reviewer, 1, APPROVE)
    with submitted.reading() as session:
        events = session.scalars(select(ReviewEvent).order_by(ReviewEvent.id)).all()
        result = session.get_one(Analysis, 1).result_sha256
        told = [(e.action, e.from_state, e.to_state, e.actor_name) for e in events]
        assert {event.result_sha256 for event in events} == {result}
        assert events[1].reason == "edge wells dried out"
    assert told == [
        ("submit", "draft", "submitted", "Tina Tester"),
        ("return", "submitted", "returned", "Paula Irmer"),
        ("submit", "returned", "submitted", "Tina Tester"),
        ("withdraw", "submitted", "draft", "Tina Tester"),
        ("submit", "draft", "submitted", "Tina Tester"),
        ("approve", "submitted", "approved", "Paula Irmer"),
    ]


def test_who_imported_the_plate_may_not_judge_it_whatever_their_roles(
    submitted: Database, everybody: Actor, people: People
) -> None:
    same_person = Actor(people.technician.user_id, "Tina Tester", everybody.roles)
    with pytest.raises(NotAllowed, match="Tina Tester imported or submitted this plate"):
        take(submitted, same_person, 1, APPROVE)
    assert state(submitted) == "submitted"


def test_who_submitted_the_plate_may_not_judge_it(analysed: Database, people: People) -> None:
    take(analysed, people.reviewer, 1, SUBMIT)
    with pytest.raises(NotAllowed, match="Paula Irmer imported or submitted"):
        take(analysed, people.reviewer, 1, APPROVE)
    with analysed.reading() as session:
        found = session.get_one(Analysis, 1)
        assert reviews.responsible_for(found) == {"1", "2"}
        assert reviews.possible(found, people.reviewer) == (WITHDRAW,)


@pytest.mark.parametrize("column", ["accepted_by_id", "uploaded_by_id", "created_by_id"])
def test_whoever_had_a_hand_in_the_plate_is_responsible_for_it(
    submitted: Database, people: People, column: str
) -> None:
    table = {
        "accepted_by_id": "msc_import",
        "uploaded_by_id": "msc_source_file",
        "created_by_id": "msc_analysis",
    }[column]
    with submitted.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = '2'"))
    with pytest.raises(NotAllowed, match="imported or submitted"):
        take(submitted, people.reviewer, 1, APPROVE)


@pytest.mark.parametrize("who", ["technician", "data_manager", "administrator", "reader"])
def test_only_a_reviewer_approves(submitted: Database, people: People, who: str) -> None:
    with pytest.raises(NotAllowed, match="may not approve an analysis"):
        take(submitted, getattr(people, who), 1, APPROVE)
    assert state(submitted) == "submitted"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_return_says_why(
    submitted: Database, people: People, counts: Counts, reason: str
) -> None:
    before = counts(submitted)
    with pytest.raises(InputError, match="To return an analysis a reason is needed"):
        take(submitted, people.reviewer, 1, RETURN, reason)
    assert counts(submitted) == before


def test_a_step_on_what_somebody_changed_meanwhile_is_refused(
    submitted: Database, people: People, counts: Counts
) -> None:
    before = counts(submitted)
    with (
        pytest.raises(StaleVersion, match="is submitted now; it was draft when you opened"),
        submitted.unit_of_work(people.reviewer, "test") as session,
    ):
        reviews.take(session, people.reviewer, 1, APPROVE, seen_state="draft")
    assert counts(submitted) == before


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE msc_curve SET result = json_set(result, '$.points[0].suppression_percent', 99.0)",
        "UPDATE msc_curve SET result = json_set(result, '$.r50.value', 0.001)",
        "UPDATE msc_curve SET result = json_set(result, '$.reason', 'fine')",
        "UPDATE msc_analysis SET result_sha256 = 'f'",
        "DELETE FROM msc_curve WHERE position = 0",
    ],
)
def test_a_curve_that_was_changed_behind_our_back_is_not_approved(
    submitted: Database, people: People, counts: Counts, tampering: str
) -> None:
    with submitted.engine.begin() as connection:
        connection.execute(text(tampering))
    before = counts(submitted)
    with pytest.raises(StaleVersion, match="not those that were computed"):
        take(submitted, people.reviewer, 1, APPROVE)
    assert counts(submitted) == before
    assert state(submitted) == "submitted"


def test_an_analysis_that_is_not_there_is_not_found(analysed: Database, people: People) -> None:
    with pytest.raises(NotFound, match="no analysis number 9"):
        take(analysed, people.technician, 9, SUBMIT)


def test_a_new_computation_supersedes_the_old_one_and_must_be_reviewed_itself(
    submitted: Database, registry: Registry, people: People
) -> None:
    take(submitted, people.reviewer, 1, APPROVE)
    with submitted.unit_of_work(people.technician, "computed again") as session:
        source = session.scalars(select(Import)).one()
        first = session.get_one(Analysis, 1)
        read = ReadChoice("", "", first.read_label, first.read_time_s)
        assert analyses.compute(session, registry, people.technician, source, read) == 2
    with submitted.reading() as session:
        old, new = session.get_one(Analysis, 1), session.get_one(Analysis, 2)
        assert (old.state, old.version) == ("superseded", 1)
        assert (new.state, new.version) == ("draft", 2)
        assert new.result_sha256 == old.result_sha256
        assert new.input_sha256 == old.input_sha256
        assert reviews.stored_result_digest(new) == new.result_sha256
        assert analyses.stored_input_digest(session, new) == new.input_sha256
        assert {line.state for line in queries.all_curves(session, registry)} == {"draft"}
    with pytest.raises(IllegalTransition, match="is superseded cannot be returned"):
        take(submitted, people.reviewer, 1, RETURN, "too late")


def test_a_page_of_an_analysis_says_what_its_reader_may_do(
    submitted: Database, registry: Registry, people: People
) -> None:
    with submitted.reading() as session:
        views = {
            actor.name: queries.analysis(session, registry, actor, 1)
            for actor in (people.technician, people.reviewer, people.reader)
        }
        drafts = queries.in_state(session, registry, ReviewState.SUBMITTED)
    assert {name: view.possible for name, view in views.items()} == {
        "Tina Tester": (WITHDRAW,),
        "Paula Irmer": (APPROVE, RETURN, WITHDRAW),
        "Rea Der": (),
    }
    assert {name for name, view in views.items() if view.is_own_work} == {"Tina Tester"}
    assert [line.code for line in drafts] == ["INV-PLATE-1"]
