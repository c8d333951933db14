"""Rules between records: every contradiction is named at its cell, and nothing is stored."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import People, SteppingClock
from contradictions import DAY, RULE, SLOT, WRONG, Row, batch, collection, vial
from registry_books import many_batches
from statements import sent_statements

from lims_msc.database import make_engine
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.plate import SourceCell
from lims_msc.domain.records.fields import Entry
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.registry_example import example_records
from lims_msc.errors import InputError
from lims_msc.models import ReleaseDecision, Vial
from lims_msc.services import register
from lims_msc.services.transaction import Database


def entries(rows: Iterable[Row]) -> list[Entry]:
    """Return rows as if they stood in a workbook: sheet by kind, a column for each field."""
    made: list[Entry] = []
    lines: dict[str, int] = {}
    for key, values in rows:
        kind = kind_of(key)
        lines[key] = lines.get(key, 1) + 1
        columns = {f.name: chr(ord("A") + i) for i, f in enumerate(kind.fields) if i < 26}
        places = {
            name: SourceCell(kind.sheet, f"{columns[name]}{lines[key]}")
            for name in values
            if name in columns
        }
        row = SourceCell(kind.sheet, f"{lines[key]}:{lines[key]}")
        made.append(Entry(key, values, places, row, "registry.xlsx"))
    return made


def example() -> list[Entry]:
    rows = example_records().items()
    return entries((key, values) for key, some in rows for values in some)


@pytest.fixture(scope="session")
def registered_file(
    migrated_file: Path, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("registered") / "lab.sqlite"))
    database = Database(make_engine(f"sqlite:///{path}"), SteppingClock())
    with database.unit_of_work(people.technician, "set up") as session:
        frozen = entries([vial("V-EX-B", **SLOT, slot="C8")])
        made = register.register(session, people.technician, [*example(), *frozen])
        assert made.findings == ()
        session.add(
            ReleaseDecision(
                batch_id=1,
                rule_set="own release",
                rule_set_version="v1.0",
                verdict="released",
                lines=[],
                comment="",
                code_version="1",
                decided_at=datetime(2026, 3, 1, tzinfo=UTC),
                decided_by_id="2",
                decided_by_name="Paula Irmer",
            )
        )
    database.engine.dispose()
    return path


@pytest.fixture
def registered(open_copy: Callable[[Path], Database], registered_file: Path) -> Database:
    """A laboratory with the records of the example, and a decision by its rule set."""
    return open_copy(registered_file)


def refused(database: Database, people: People, rows: Iterable[Row]) -> tuple[Finding, ...]:
    with (
        pytest.raises(InputError) as refusal,
        database.unit_of_work(people.technician, "test") as session,
    ):
        register.register(session, people.technician, entries(rows))
    return refusal.value.findings


@pytest.mark.parametrize(("rows", "cells", "words"), WRONG.values(), ids=WRONG)
def test_a_contradiction_is_named_at_its_cells_and_nothing_is_stored(  # noqa: PLR0917
    registered: Database,
    people: People,
    counts: Callable[[Database], dict[str, int]],
    rows: Sequence[Row],
    cells: Sequence[str],
    words: str,
) -> None:
    before = counts(registered)
    errors = [f for f in refused(registered, people, rows) if f.level is Level.ERROR]
    assert sorted(f"{error.sheet}!{error.cell}" for error in errors) == list(cells), errors
    assert any(words in f"{error.message} {error.hint}" for error in errors), errors
    assert all(error.file == "registry.xlsx" and error.hint for error in errors)
    assert counts(registered) == before


def test_one_broken_record_does_not_hide_what_is_wrong_between_the_others(
    registered: Database, people: People
) -> None:
    rows: list[Row] = [
        ("donor", {"donor_code": "D-O1", "sex": "male"}),
        ("donor", {"donor_code": "D-01", "sex": "male"}),
        collection("C-7", health_status="unknown"),
        collection("C-7", health_status="unknown"),
        batch("B-6", collection_code="C-NONE"),
        batch("B-7", parent_code="B-6"),
        batch("B-8", parent_code="B-8"),
    ]
    found = {f"{f.sheet}!{f.cell}" for f in errors_among(refused(registered, people, rows))}
    assert found == {"Donors!A3", "Collections!A3", "Batches!B2", "Batches!C4"}


# What is only doubtful: it is said, and stored all the same.
DOUBTFUL: Mapping[str, tuple[Sequence[Row], str, str]] = {
    "a patient without a diagnosis": (
        [collection("C-7", health_status="patient")],
        "Collections!E2",
        "no diagnosis is registered",
    ),
    "a parent of another collection": (
        [collection("C-7"), batch("B-7", collection_code="C-7", parent_code="MSC-EX-P2")],
        "Batches!C2",
        "of the collection 'C-7', and its parent 'MSC-EX-P2' of 'C-EX-A'",
    ),
    "a score far from the collection": (
        [
            (
                "activity_score",
                {
                    "collection_code": "C-EX-A",
                    "score_name": "EDSS",
                    "score": 2.0,
                    "assessed_on": date(2022, 1, 1),
                },
            )
        ],
        "Activity scores!D2",
        "864 days from the collection",
    ),
    "a test before isolation": (
        [
            batch("B-7", isolated_on=DAY),
            (
                "release_test",
                {
                    "batch_code": "B-7",
                    "test_name": "sterility",
                    "result_text": "no growth",
                    "tested_on": date(2024, 6, 1),
                },
            ),
        ],
        "Release tests!I2",
        "the test 'sterility' was done on '2024-06-01'",
    ),
}


@pytest.mark.parametrize(("rows", "cell", "words"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_is_said_and_stored(
    registered: Database, people: People, rows: Sequence[Row], cell: str, words: str
) -> None:
    with registered.unit_of_work(people.technician, "test") as session:
        made = register.register(session, people.technician, entries(rows))
    (finding,) = made.findings
    assert finding.level is Level.WARNING
    assert f"{finding.sheet}!{finding.cell}" == cell
    assert words in finding.message


# What looks like a contradiction and is none.
RIGHT: Mapping[str, Sequence[Row]] = {
    "a patient with a diagnosis in the same set": [
        collection("C-7", health_status="patient"),
        ("diagnosis", {"collection_code": "C-7", "disease": "MONDO:0005301", "onset": "2024"}),
    ],
    "a child of a child": [
        batch("B-7", parent_code="MSC-EX-P2", passage=3),
        batch("B-8", parent_code="B-7", passage=4),
    ],
    "a slot that a used vial left": [vial("V-7", **SLOT, slot="C7")],
    "the same slot in another box": [
        vial("V-7", **SLOT, slot="A1"),
        vial("V-8", **{**SLOT, "box": "B12"}, slot="A1"),
    ],
    "a vial that was registered as used, with its thaw": [
        vial("V-7", vial_state="used", frozen_on=DAY),
        ("thaw", {"vial_code": "V-7", "thawed_on": DAY, "viability_percent": None}),
    ],
    "a new version of a rule set": [
        ("release_rule", {**RULE, "rule_set_version": "v2", "test_name": "CD73", "limit": 95.0})
    ],
    "one year and one year older": [
        collection("C-7", collected_on=date(2025, 5, 14), age_at_collection_years=35.0)
    ],
    "a vial moved to another slot": [("vial", {"vial_code": "V-EX-B", "slot": "C9"})],
    "a second transplant in the month of the first": [
        (
            "transplant",
            {
                "donor_code": "D-EX-A",
                "transplant_number": 2,
                "transplant_type": "allogeneic",
                "performed_on": "2024-09",
            },
        )
    ],
    "an offset from a collection of the same donor": [
        (
            "transplant",
            {
                "donor_code": "D-EX-B",
                "transplant_number": 1,
                "transplant_type": "allogeneic",
                "offset_collection_code": "C-EX-B",
                "months_before_collection": 8.0,
            },
        )
    ],
    "the state that is stored": [("vial", {"vial_code": "V-EX-A", "vial_state": "used"})],
}


@pytest.mark.parametrize("rows", RIGHT.values(), ids=RIGHT)
def test_what_only_looks_like_a_contradiction_is_stored(
    registered: Database, people: People, rows: Sequence[Row]
) -> None:
    with registered.unit_of_work(people.technician, "test") as session:
        made = register.register(session, people.technician, entries(rows))
    assert made.findings == ()


def test_all_contradictions_are_named_at_once(registered: Database, people: People) -> None:
    names = ("ages that do not fit the days", "two vials in one slot", "a member of no pool")
    rows = [row for name in names for row in WRONG[name][0]]
    found = refused(registered, people, rows)
    assert sorted(f"{f.sheet}!{f.cell}" for f in found) == [
        "Collections!G2",
        "Pool members!A2",
        "Vials!L3",
    ]


def test_what_stays_as_it_is_stored_is_not_found_fault_with(
    registered: Database, people: People
) -> None:
    with registered.unit_of_work(people.technician, "of before there were rules") as session:
        session.get_one(Vial, 1).frozen_on = date(2025, 1, 1)
    with registered.reading() as session:
        stored = register.record_by_code(session, "vial", "V-EX-A").values
        again = register.plan(session, [Entry("vial", stored)])
        noted = register.plan(session, [Entry("thaw", {"vial_code": "V-EX-A", "used_for": "P-2"})])
    assert again.findings == ()
    (finding,) = noted.findings
    assert "thawed on '2024-07-01', before it was frozen on '2025-01-01'" in finding.message


def test_a_large_set_is_planned_in_few_statements(registered: Database) -> None:
    def planned(batches: int) -> int:
        made = [Entry(key, row) for key, rows in many_batches(batches).items() for row in rows]
        with registered.reading() as session, sent_statements(registered) as sent:
            assert not errors_among(register.plan(session, made).findings)
        return len(sent)

    assert planned(400) == planned(8) < 60
