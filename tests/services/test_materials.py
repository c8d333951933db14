"""Registering donors, batches, responders and studies: what is refused and never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from conftest import People
from factories import new_batch, new_responder

from lims_msc.domain.findings import Finding
from lims_msc.domain.records.fields import Entry
from lims_msc.errors import Conflict, InputError, NotAllowed, NotFound
from lims_msc.services import materials, studies
from lims_msc.services import register as records
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]


def register(database: Database, people: People, **changes: Any) -> tuple[Finding, ...]:
    with database.unit_of_work(people.technician, "test") as session:
        return materials.register_batch(session, people.technician, new_batch(**changes))


def register_responder(database: Database, people: People, **changes: Any) -> tuple[Finding, ...]:
    with database.unit_of_work(people.technician, "test") as session:
        return materials.register_responder(session, people.technician, new_responder(**changes))


def test_a_batch_is_registered_with_its_donor_and_collection(
    database: Database, people: People
) -> None:
    register(
        database,
        people,
        health_status="patient",
        diagnosis=" systemic sclerosis ",
        collected_on=date(2026, 1, 2),
        age_at_collection_years=44.5,
        passage=3,
    )
    with database.reading() as session:
        (line,) = materials.batch_records(session)
    assert (line.batch_code, line.donor_code, line.sex, line.tissue) == (
        "INV-MSC-1",
        "D-1",
        "female",
        "BM",
    )
    assert (line.diagnosis, line.age_at_collection_years, line.passage) == (
        "systemic sclerosis",
        44.5,
        3,
    )


WRONG_BATCHES = [
    ({"batch_code": ""}, "batch_code"),
    ({"batch_code": "with space"}, "batch_code"),
    ({"batch_code": "-starts-with-dash"}, "batch_code"),
    ({"batch_code": "x" * 40}, "batch_code"),
    ({"batch_code": "MSC\n"}, "batch_code"),
    ({"batch_code": "Käthe"}, "batch_code"),
    ({"batch_code": "=1+1"}, "batch_code"),
    ({"donor_code": "../d"}, "donor_code"),
    ({"sex": "w"}, "sex"),
    ({"sex": ""}, "sex"),
    ({"tissue": "bone marrow"}, "tissue"),
    ({"health_status": ""}, "health_status"),
    ({"health_status": "patient"}, "diagnosis"),
    ({"health_status": "patient", "diagnosis": "  "}, "diagnosis"),
    ({"health_status": "healthy", "diagnosis": "SLE"}, "diagnosis"),
    ({"age_at_collection_years": -0.1}, "age_at_collection_years"),
    ({"age_at_collection_years": 121.0}, "age_at_collection_years"),
    ({"age_at_collection_years": float("nan")}, "age_at_collection_years"),
    ({"passage": -1}, "passage"),
    ({"passage": 61}, "passage"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG_BATCHES)
def test_a_wrong_field_of_a_batch_is_named(
    database: Database, people: People, counts: Counts, changes: dict[str, Any], field: str
) -> None:
    before = counts(database)
    with pytest.raises(InputError) as refusal:
        register(database, people, **changes)
    assert [finding.code for finding in refusal.value.findings] == [f"field.{field}"]
    assert refusal.value.findings[0].hint
    assert counts(database) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"responder_code": "a b"}, "responder_code"),
        ({"cell_type": "T-cell"}, "cell_type"),
        ({"pool_size": 0}, "pool_size"),
        ({"pool_size": 1001}, "pool_size"),
        ({"pool_size": 8, "donor_code": "D-1"}, "donor_code"),
        ({"pool_size": 1, "donor_code": "d 1"}, "donor_code"),
    ],
)
def test_a_wrong_field_of_a_responder_is_named(
    database: Database, people: People, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as refusal:
        register_responder(database, people, **changes)
    assert [finding.code for finding in refusal.value.findings] == [f"field.{field}"]


def test_all_wrong_fields_are_named_at_once(database: Database, people: People) -> None:
    with pytest.raises(InputError) as refusal:
        register(database, people, batch_code="", sex="w", tissue="x", passage=99)
    assert [finding.code for finding in refusal.value.findings] == [
        "field.batch_code",
        "field.sex",
        "field.tissue",
        "field.passage",
    ]


def test_a_code_is_used_once(lab: Database, people: People) -> None:
    with pytest.raises(Conflict, match="'INV-MSC-1' exists already"):
        register(lab, people)
    with pytest.raises(Conflict, match="'INV-PBMC-1' exists already"):
        register_responder(lab, people)


def test_a_donor_keeps_their_sex(lab: Database, people: People, counts: Counts) -> None:
    before = counts(lab)
    with pytest.raises(Conflict, match="'D-1' is registered with the sex 'female'"):
        register(lab, people, batch_code="B-2", sex="male")
    assert counts(lab) == before


def test_batches_with_the_same_facts_share_a_collection_and_others_do_not(
    lab: Database, people: People, counts: Counts
) -> None:
    register(lab, people, batch_code="B-2", passage=4)
    register(lab, people, batch_code="B-3", collected_on=date(2026, 1, 2))
    found = counts(lab)
    assert (found["msc_donor"], found["msc_collection"], found["msc_batch"]) == (1, 2, 3)


def only(database: Database, kind_key: str) -> records.Record:
    """Return the first record of a kind."""
    with database.reading() as session:
        return records.record(session, kind_key, 1)


@pytest.mark.parametrize("words", ["SLE", "systemic lupus erythematosus", "MONDO:0007915"])
def test_a_diagnosis_that_means_one_disease_is_stored_as_its_term(
    database: Database, people: People, words: str
) -> None:
    assert register(database, people, health_status="patient", diagnosis=words) == ()
    stored = only(database, "diagnosis").values
    assert (stored["disease"], stored["other_disease"]) == ("MONDO:0007915", "")


def test_a_disease_of_no_list_is_stored_in_its_words_and_said_to_be(
    database: Database, people: People
) -> None:
    (doubt,) = register(database, people, health_status="patient", diagnosis="gout of the toe")
    assert (doubt.level.value, doubt.code) == ("warning", "field.diagnosis")
    assert "'gout of the toe' is not in the list" in doubt.message
    assert only(database, "diagnosis").values["other_disease"] == "gout of the toe"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("MS", "multiple sclerosis"),
        ("MS?", "doubtful"),
        ("UC", "ulcerative colitis"),
        ("SS", "systemic sclerosis, Sjögren syndrome"),
        ("CD", "Crohn disease"),
    ],
)
def test_an_abbreviation_of_several_diseases_is_refused_with_them(
    database: Database, people: People, counts: Counts, words: str, said: str
) -> None:
    before = counts(database)
    with pytest.raises(InputError) as refusal:
        register(database, people, health_status="patient", diagnosis=words)
    (finding,) = refusal.value.findings
    assert finding.code == "field.diagnosis"
    assert said in finding.message
    assert counts(database) == before


@pytest.mark.parametrize(
    ("batch_code", "taken", "expected"),
    [
        ("B-9", [], "B-9-C"),
        ("B-9", ["B-9-C"], "B-9-C2"),
        ("b-o", ["B-0-C", "B-0-C2"], "b-o-C3"),
        ("x" * 39, [], "x" * 37 + "-C"),
    ],
)
def test_a_collection_of_a_quick_batch_gets_a_code_that_is_no_others(
    database: Database, people: People, batch_code: str, taken: list[str], expected: str
) -> None:
    facts = {"donor_code": "D-7", "tissue": "BM", "health_status": "unknown"}
    with database.unit_of_work(people.technician, "test") as session:
        entries = [Entry("collection", {"collection_code": code, **facts}) for code in taken]
        donor = Entry("donor", {"donor_code": "D-7", "sex": "male"})
        records.register(session, people.technician, [donor, *entries])
    register(database, people, batch_code=batch_code)
    with database.reading() as session:
        assert records.record_by_code(session, "collection", expected)


def test_a_donor_who_came_with_a_responder_gets_a_sex_with_a_batch(
    database: Database, people: People
) -> None:
    register_responder(database, people, donor_code="D-1", pool_size=1)
    assert only(database, "donor").values["sex"] == "unknown"
    register(database, people, sex="male")
    assert only(database, "donor").values["sex"] == "male"


def test_a_batch_that_looks_like_another_is_refused_in_the_form_too(
    lab: Database, people: People
) -> None:
    with pytest.raises(InputError) as refusal:
        register(lab, people, batch_code="INV-MSC-l")
    assert [finding.code for finding in refusal.value.findings] == ["field.batch_code"]
    assert "'INV-MSC-1', which is registered already" in refusal.value.findings[0].message


def test_a_batch_is_found_by_its_code(lab: Database) -> None:
    with lab.reading() as session:
        assert materials.batch_by_code(session, "INV-MSC-1").code == "INV-MSC-1"
        with pytest.raises(NotFound, match="'B-9'"):
            materials.batch_by_code(session, "B-9")


@pytest.mark.parametrize("who", ["reader", "administrator"])
def test_only_those_who_enter_records_register_materials(
    database: Database, people: People, counts: Counts, who: str
) -> None:
    actor = getattr(people, who)
    before = counts(database)
    for register_one, new in (
        (materials.register_batch, new_batch()),
        (materials.register_responder, new_responder()),
    ):
        with (
            pytest.raises(NotAllowed, match="may not register"),
            database.unit_of_work(actor, "test") as session,
        ):
            register_one(session, actor, new)  # type: ignore[operator]
    assert counts(database) == before


@pytest.mark.parametrize(
    ("code", "title", "words"),
    [("S 2", "x", "'S 2' is not a study code"), ("", "x", "''"), ("S-2", "  ", "has no title")],
)
def test_a_study_needs_a_code_and_a_title(
    lab: Database, people: People, code: str, title: str, words: str
) -> None:
    with (
        pytest.raises(InputError, match=words),
        lab.unit_of_work(people.data_manager, "test") as session,
    ):
        studies.open_study(session, people.data_manager, code=code, title=title)


def test_a_study_code_is_used_once_and_readers_open_none(lab: Database, people: People) -> None:
    with (
        pytest.raises(Conflict, match="'S-1' exists already"),
        lab.unit_of_work(people.technician, "test") as session,
    ):
        studies.open_study(session, people.technician, code="S-1", title="again")
    with (
        pytest.raises(NotAllowed, match="Rea Der may not open a study"),
        lab.unit_of_work(people.reader, "test") as session,
    ):
        studies.open_study(session, people.reader, code="S-2", title="x")
