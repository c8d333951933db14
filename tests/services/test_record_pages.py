"""The page of a record: what belongs to it, and every change that was made to it."""

from __future__ import annotations

import pytest
from conftest import People

from lims_msc.domain.records.fields import Entry, Value
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.services import register
from lims_msc.services.record_pages import children, history, owner_fields
from lims_msc.services.transaction import Database


def add(database: Database, people: People, kind_key: str, **values: Value) -> int:
    with database.unit_of_work(people.technician, "set up") as session:
        return register.create(session, people.technician, Entry(kind_key, values))


@pytest.fixture
def stocked(lab: Database, people: People) -> Database:
    """A laboratory with a bank, a responder in it, and vials of a batch and of the responder."""
    add(lab, people, "bank", bank_code="BANK-1", title="Of the year")
    add(lab, people, "donor", donor_code="D-9", sex="female")
    add(
        lab,
        people,
        "collection",
        collection_code="C-9",
        donor_code="D-9",
        tissue="BM",
        health_status="unknown",
    )
    add(lab, people, "batch", batch_code="B-9", collection_code="C-9")
    add(
        lab,
        people,
        "responder",
        responder_code="R-9",
        cell_type="PBMC",
        donor_code="D-9",
        bank_code="BANK-1",
        pool_size=1,
    )
    add(lab, people, "vial", vial_code="V-1", batch_code="B-9", vial_state="available")
    add(lab, people, "vial", vial_code="V-2", responder_code="R-9", vial_state="available")
    return lab


@pytest.mark.parametrize(
    ("kind_key", "code", "expected"),
    [
        ("donor", "D-9", {"collection": ["C-9"], "responder": ["R-9"]}),
        ("collection", "C-9", {"batch": ["B-9"]}),
        ("batch", "B-9", {"vial": ["V-1"]}),
        ("bank", "BANK-1", {"responder": ["R-9"]}),
        ("responder", "R-9", {"vial": ["V-2"]}),
    ],
)
def test_a_page_has_what_belongs_to_its_record(
    stocked: Database, kind_key: str, code: str, expected: dict[str, list[str]]
) -> None:
    with stocked.reading() as session:
        groups = children(session, register.record_by_code(session, kind_key, code))
    found = {kind.key: [record.name for record in records] for kind, records in groups if records}
    assert found == expected
    order = [kind.key for kind in KINDS]
    keys = [kind.key for kind, _ in groups]
    assert keys == sorted(keys, key=order.index)


def test_kinds_that_nothing_is_recorded_of_are_there_to_be_added(stocked: Database) -> None:
    with stocked.reading() as session:
        groups = children(session, register.record_by_code(session, "donor", "D-9"))
    empty = [kind.key for kind, records in groups if not records]
    assert empty == ["consent", "treatment", "hsc_graft", "transplant"]


def test_no_more_children_are_read_than_a_page_shows(stocked: Database, people: People) -> None:
    for number in range(3, 8):
        add(
            stocked,
            people,
            "vial",
            vial_code=f"V-{number}",
            batch_code="B-9",
            vial_state="available",
        )
    with stocked.reading() as session:
        groups = children(session, register.record_by_code(session, "batch", "B-9"), limit=2)
    assert [len(records) for kind, records in groups if kind.key == "vial"] == [2]


def test_the_owner_of_a_kind_is_what_its_declaration_says() -> None:
    named = owner_fields(kind_of("hsc_graft"), kind_of("donor"))
    assert [field.name for field in named] == ["recipient_code"]
    assert owner_fields(kind_of("batch"), kind_of("batch")) == ()
    assert owner_fields(kind_of("donor"), kind_of("collection")) == ()


def test_history_tells_who_changed_what_from_what_and_why(
    stocked: Database, people: People
) -> None:
    add(stocked, people, "bank", bank_code="BANK-2", title="Of the next year")
    with stocked.unit_of_work(people.data_manager, "moved to the other freezer") as session:
        known = register.record_by_code(session, "responder", "R-9")
        changes: dict[str, Value] = {
            "bank_code": "BANK-2",
            "purity_percent": 97.5,
            "cell_type": "T cell",
        }
        register.amend(
            session,
            people.data_manager,
            "responder",
            known.record_id,
            changes,
            version=known.version,
        )
    with stocked.reading() as session:
        newest, oldest = history(session, register.record_by_code(session, "responder", "R-9"))
    assert (newest.actor_name, newest.action, newest.reason) == (
        "Dan Manager",
        "change",
        "moved to the other freezer",
    )
    assert newest.changes == (
        ("Cells", vocabulary_of("cell").label("PBMC"), "T cell"),
        ("Bank code", "BANK-1", "BANK-2"),
        ("Purity (%)", "empty", "97.5"),
    )
    assert newest.text.endswith("; Bank code: BANK-1 → BANK-2; Purity (%): empty → 97.5")
    assert (oldest.actor_name, oldest.action, oldest.reason) == ("Tina Tester", "create", "set up")
    assert "Responder code: R-9" in oldest.text
    assert "Donor code: D-9" in oldest.text
    assert oldest.at < newest.at


def test_history_says_that_a_reference_was_removed_since(stocked: Database, people: People) -> None:
    with stocked.unit_of_work(people.technician, "no longer in a bank") as session:
        known = register.record_by_code(session, "responder", "R-9")
        register.amend(
            session,
            people.technician,
            "responder",
            known.record_id,
            {"bank_code": ""},
            version=known.version,
        )
        session.flush()
        bank = register.record_by_code(session, "bank", "BANK-1")
        register.remove(session, people.technician, "bank", bank.record_id, version=bank.version)
    with stocked.reading() as session:
        newest, _ = history(session, register.record_by_code(session, "responder", "R-9"))
    assert newest.text == "Bank code: number 1, which was removed → empty"
