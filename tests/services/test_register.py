"""The register: what is new, changed or the same; correcting, renaming, removing; the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from conftest import People
from sqlalchemy import select

from lims_msc.domain.actor import Actor
from lims_msc.domain.records.fields import Entry, RecordKind, Value
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.registry_example import example_records
from lims_msc.errors import Conflict, InputError, NotAllowed, NotFound, StaleVersion
from lims_msc.models import AuditRow, ReleaseDecision
from lims_msc.services import register
from lims_msc.services.audit_trail import first_broken_row
from lims_msc.services.register_plan import Action
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]


def example() -> list[Entry]:
    """Return a record or two of each kind, those that others refer to last."""
    kinds = example_records()
    return [Entry(kind.key, row) for kind in reversed(KINDS) for row in kinds[kind.key]]


def store(database: Database, people: People, *entries: Entry, reason: str = "test") -> None:
    with database.unit_of_work(people.technician, reason) as session:
        register.register(session, people.technician, entries)


@pytest.fixture
def full(database: Database, people: People) -> Database:
    """A laboratory with the example of each kind."""
    store(database, people, *example(), reason="set up")
    return database


def of(database: Database, kind_key: str, number: int = 1) -> register.Record:
    with database.reading() as session:
        return register.record(session, kind_key, number)


def amend(
    database: Database, people: People, known: register.Record, **values: Value
) -> register.Plan:
    with database.unit_of_work(people.technician, "typing mistake") as session:
        return register.amend(
            session,
            people.technician,
            known.kind.key,
            known.record_id,
            values,
            version=known.version,
        )


def remove(database: Database, people: People, known: register.Record) -> None:
    with database.unit_of_work(people.technician, "entered twice") as session:
        register.remove(
            session, people.technician, known.kind.key, known.record_id, version=known.version
        )


def rename(database: Database, people: People, known: register.Record, code: str) -> None:
    with database.unit_of_work(people.technician, "typing mistake") as session:
        register.rename(
            session,
            people.technician,
            known.kind.key,
            known.record_id,
            code,
            version=known.version,
        )


def trail(database: Database, reason: str) -> list[tuple[str, str, Mapping[str, object]]]:
    with database.reading() as session:
        assert first_broken_row(session) is None
        rows = session.scalars(select(AuditRow).where(AuditRow.reason == reason))
        return [(row.action, row.table_name, row.changes) for row in rows.all()]


def test_records_may_be_entered_in_any_order_and_a_second_time_change_nothing(
    full: Database, people: People
) -> None:
    rows = len(trail(full, "set up"))
    assert rows == len(example())
    with full.reading() as session:
        again = register.plan(session, example())
    assert {planned.action for planned in again.records} == {Action.SAME}
    assert again.findings == ()
    store(full, people, *example(), reason="again")
    assert trail(full, "again") == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_record_of_each_kind_is_read_back_as_it_was_entered(
    full: Database, kind: RecordKind
) -> None:
    for number, row in enumerate(example_records()[kind.key], start=1):
        stored = of(full, kind.key, number).values
        assert {name: stored[name] for name in row} == row
        rest = {f.name: f.empty for f in kind.fields if f.name not in row}
        assert {name: stored[name] for name in rest} == rest


def test_fields_that_were_not_entered_stay_as_they_are(full: Database, people: People) -> None:
    before = of(full, "batch").values
    store(full, people, Entry("batch", {"batch_code": "MSC-EX-P1", "operator": "B. Schwarz"}))
    assert of(full, "batch").values == {**before, "operator": "B. Schwarz"}


def test_each_changed_record_has_one_row_in_the_trail_with_its_reason(
    full: Database, people: People
) -> None:
    changed = [
        Entry("batch", {"batch_code": "MSC-EX-P1", "operator": "B. Schwarz", "note": "late"}),
        Entry("donor", {"donor_code": "D-EX-A", "sex": "female"}),
        Entry("vial", {"vial_code": "V-EX-A", "volume_ml": 1.5}),
    ]
    store(full, people, *changed, reason="read again")
    assert trail(full, "read again") == [
        (
            "change",
            "msc_batch",
            {
                "operator": {"from": "A. Weiss", "to": "B. Schwarz"},
                "note": {"from": "", "to": "late"},
            },
        ),
        ("change", "msc_vial", {"volume_ml": {"from": 1.0, "to": 1.5}}),
    ]


def test_an_empty_part_of_what_tells_a_record_apart_is_the_same_however_it_is_written(
    full: Database, people: People
) -> None:
    score = {"collection_code": "C-EX-A", "score_name": "PASI", "score": 3.0}
    store(full, people, Entry("activity_score", score))
    for empty in (None, ""):
        with full.reading() as session:
            made = register.plan(
                session, [Entry("activity_score", {**score, "assessed_on": empty})]
            )
        assert made.records[0].record_id == 2


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_nothing_however_it_is_written(
    full: Database, people: People, nothing: Value
) -> None:
    emptied = {"batch_code": "MSC-EX-P1", "note": nothing, "isolated_on": nothing}
    store(full, people, Entry("batch", {**emptied, "nucleated_cells_seeded": nothing}))
    stored = of(full, "batch").values
    assert [stored[name] for name in ("note", "isolated_on", "nucleated_cells_seeded")] == [
        *("", None, None)
    ]
    with full.reading() as session:
        again = register.plan(session, [Entry("batch", {**emptied, "recipe_code": nothing})])
    assert again.records[0].changes.keys() <= {"recipe_code"}


def test_an_emptied_number_that_cannot_be_empty_takes_its_default(
    full: Database, people: People
) -> None:
    pool = of(full, "responder", 2)
    store(full, people, Entry("pool_member", {"responder_code": pool.name, "donor_code": "D-EX-A"}))
    remove(full, people, of(full, "pool_member", 1))
    remove(full, people, of(full, "pool_member", 2))
    amend(full, people, pool, **{**pool.values, "pool_size": None})
    assert of(full, "responder", 2).values["pool_size"] == 1


def test_only_one_of_two_who_enter_the_same_record_stores_it(
    full: Database, people: People, counts: Counts
) -> None:
    donor = Entry("donor", {"donor_code": "D-7", "sex": "male"})
    with full.reading() as session:
        seen = register.plan(session, [donor, Entry("donor", {"donor_code": "D-8", "sex": "male"})])
    store(full, people, donor)
    before = counts(full)
    with (
        pytest.raises(Conflict, match="at the same moment"),
        full.unit_of_work(people.reviewer, "test") as session,
    ):
        register.store(session, seen)
    assert counts(full) == before
    with (
        pytest.raises(Conflict, match="The donor 'D-7' exists already"),
        full.unit_of_work(people.reviewer, "test") as session,
    ):
        register.create(session, people.reviewer, donor)


def test_children_may_be_entered_before_their_parents(full: Database, people: People) -> None:
    def batch(code: str, parent: str) -> Entry:
        values = {"batch_code": code, "collection_code": "C-EX-A", "parent_code": parent}
        return Entry("batch", values)

    store(full, people, batch("B-9", "B-8"), batch("B-8", "B-7"), batch("B-7", "MSC-EX-P2"))
    with full.reading() as session:
        parents = {
            code: register.record_by_code(session, "batch", code).values["parent_code"]
            for code in ("B-9", "B-8", "B-7")
        }
    assert parents == {"B-9": "B-8", "B-8": "B-7", "B-7": "MSC-EX-P2"}


def test_one_record_is_created_and_found_by_its_code(full: Database, people: People) -> None:
    with full.unit_of_work(people.technician, "test") as session:
        entry = Entry("donor", {"donor_code": "D-7", "sex": "male"})
        assert register.plan(session, [entry]).count(Action.CREATE, "donor") == 1
        number = register.create(session, people.technician, entry)
        assert register.record_by_code(session, "donor", "D-7").record_id == number
        with pytest.raises(NotFound, match="no donor 'D-8'"):
            register.record_by_code(session, "donor", "D-8")


def test_a_record_is_amended_as_it_was_seen_or_not_at_all(full: Database, people: People) -> None:
    seen = of(full, "collection")
    amend(full, people, seen, smoking="former")
    with pytest.raises(StaleVersion, match="'C-EX-A' since you opened it"):
        amend(full, people, seen, smoking="current")
    assert of(full, "collection").values["smoking"] == "former"


@pytest.mark.parametrize(
    ("kind_key", "values", "field", "words"),
    [
        ("batch", {"batch_code": "MSC-EX-P9"}, "batch_code", "from 'MSC-EX-P1' to 'MSC-EX-P9'"),
        ("passage", {"passage": 2}, "passage", "from '1' to '2'"),
        ("diagnosis", {"disease": "MONDO:0005314"}, "disease", "from 'MONDO:0005301'"),
    ],
)
def test_what_tells_a_record_apart_does_not_change_by_the_way(  # noqa: PLR0917
    full: Database, people: People, kind_key: str, values: dict[str, Value], field: str, words: str
) -> None:
    with pytest.raises(InputError) as refusal:
        amend(full, people, of(full, kind_key), **values)
    (finding,) = refusal.value.findings
    assert finding.code == f"field.{field}"
    assert words in finding.message
    assert finding.hint


def test_a_wrong_code_is_corrected_and_what_refers_to_it_follows(
    full: Database, people: People
) -> None:
    rename(full, people, of(full, "collection"), "C-NEW")
    assert of(full, "batch").values["collection_code"] == "C-NEW"
    assert of(full, "diagnosis").values["collection_code"] == "C-NEW"
    assert trail(full, "typing mistake") == [
        ("change", "msc_collection", {"code": {"from": "C-EX-A", "to": "C-NEW"}})
    ]
    # A zero in place of an O is just such a mistake.
    rename(full, people, of(full, "donor", 2), "D-O")
    rename(full, people, of(full, "donor", 2), "D-0")


@pytest.mark.parametrize(
    ("kind_key", "code", "error", "words"),
    [
        ("donor", "SEPT2", InputError, "'SEPT2' is not safe as a code"),
        ("donor", "", InputError, "The code is empty"),
        ("donor", "D-EX-B", Conflict, "'D-EX-B' exists already"),
        ("donor", "d-ex-b", InputError, "'d-ex-b' is easily taken for 'D-EX-B'"),
        ("passage", "P-1", InputError, "has no code of its own"),
    ],
)
def test_a_code_that_is_not_good_or_another_s_is_refused(  # noqa: PLR0917
    full: Database,
    people: People,
    kind_key: str,
    code: str,
    error: type[InputError | Conflict],
    words: str,
) -> None:
    known = of(full, kind_key)
    with pytest.raises(error) as refusal:
        rename(full, people, known, code)
    told = [refusal.value.message, *(finding.message for finding in refusal.value.findings)]
    assert any(words in message for message in told)
    assert of(full, kind_key).values == known.values


@pytest.mark.parametrize("kind_key", ["batch", "responder"])
def test_a_code_that_stands_in_results_stays(
    analysed: Database, people: People, kind_key: str
) -> None:
    with pytest.raises(Conflict, match="stands on plates, and results name it: INV-PLATE-1"):
        rename(analysed, people, of(analysed, kind_key), "NEW-1")


def test_what_nothing_refers_to_is_removed_and_stays_in_the_trail(
    full: Database, people: People
) -> None:
    remove(full, people, of(full, "outcome"))
    with pytest.raises(NotFound, match="no outcome number 1"):
        of(full, "outcome")
    ((action, table, told),) = trail(full, "entered twice")
    assert (action, table, told["outcome"]) == ("delete", "msc_outcome", 1.5)


@pytest.mark.parametrize(
    ("kind_key", "words"),
    [
        ("donor", ["1 Collection: 'C-EX-A'", "1 Consent", "1 HSC graft: 'G-EX-A'", "1 HSCT"]),
        ("collection", ["2 MSC batches: 'MSC-EX-P1', 'MSC-EX-P2'", "1 Diagnosis"]),
        ("vial", ["1 Thaw"]),
        ("recipe", ["1 Step of a recipe"]),
    ],
)
def test_what_others_refer_to_stays_and_it_is_said_who_they_are(
    full: Database, people: People, counts: Counts, kind_key: str, words: list[str]
) -> None:
    before = counts(full)
    with pytest.raises(Conflict, match="others refer to it") as refusal:
        remove(full, people, of(full, kind_key))
    assert all(word in refusal.value.message for word in words), refusal.value.message
    assert counts(full) == before


def test_a_batch_on_a_plate_stays(analysed: Database, people: People) -> None:
    with pytest.raises(Conflict, match=r"\d+ wells of plates"):
        remove(analysed, people, of(analysed, "batch"))


def test_a_rule_by_which_batches_were_decided_about_stays(full: Database, people: People) -> None:
    rule = of(full, "release_rule")
    decision = ReleaseDecision(
        batch_id=2,
        rule_set=rule.values["rule_set"],
        rule_set_version=rule.values["rule_set_version"],
        verdict="released",
        lines=[],
        comment="",
        code_version="1",
        decided_at=full.clock(),
        decided_by_id="2",
        decided_by_name="Paula Irmer",
    )
    with full.unit_of_work(people.reviewer, "decided") as session:
        session.add(decision)
    with pytest.raises(Conflict, match="batches were decided about by it"):
        remove(full, people, rule)
    with pytest.raises(InputError) as refusal:
        amend(full, people, rule, limit=70.0)
    assert "Give the rule set a new version" in refusal.value.findings[0].hint


def test_only_those_who_may_enter_records_do(full: Database, people: People) -> None:
    donor = of(full, "donor")

    def works(actor: Actor) -> list[Callable[[], object]]:
        def work(do: Callable[..., object], *arguments: object, **version: str) -> object:
            with full.unit_of_work(actor, "test") as session:
                return do(session, actor, *arguments, **version)

        entry = Entry("donor", {"donor_code": f"D-{actor.user_id}", "sex": "male"})
        version = {"version": donor.version}
        return [
            lambda: work(register.register, [entry]),
            lambda: work(register.create, entry),
            lambda: work(register.amend, "donor", 1, {"note": "x"}, **version),
            lambda: work(register.remove, "donor", 1, **version),
            lambda: work(register.rename, "donor", 1, "D-7", **version),
        ]

    for actor in (people.reader, people.administrator):
        for work in works(actor):
            with pytest.raises(NotAllowed):
                work()
    for actor in (people.technician, people.reviewer, people.data_manager):
        works(actor)[0]()
