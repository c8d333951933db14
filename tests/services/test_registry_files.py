"""Importing the workbook of records: all or nothing, with every mistake named by its cell."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from conftest import People, SteppingClock
from openpyxl import Workbook as Book
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from registry_books import Change, many_batches, plain, saved
from sqlalchemy import select

from lims_msc.database import make_engine
from lims_msc.domain.actor import Actor
from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.registry_example import example_records
from lims_msc.errors import InputError, NotAllowed, StaleVersion
from lims_msc.models import AuditRow, Donor, SourceFile
from lims_msc.registry import Registry
from lims_msc.services import register, registry_files
from lims_msc.services.registry_files import DryRun, RegistryRefused
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]


def changed_example(*changes: Change) -> Source:
    return plain(example_records(), *changes)


def refused(
    database: Database, registry: Registry, people: People, source: Source
) -> RegistryRefused:
    with pytest.raises(RegistryRefused) as refusal:
        registry_files.accept(database, registry, people.technician, source, reason="test")
    return refusal.value


@pytest.fixture(scope="session")
def stocked_file(
    migrated_file: Path,
    registry: Registry,
    people: People,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("stocked") / "lab.sqlite"))
    database = Database(make_engine(f"sqlite:///{path}"), SteppingClock())
    registry_files.accept(database, registry, people.technician, changed_example())
    with database.unit_of_work(people.technician, "codes of before they were checked") as session:
        session.add_all([Donor(code="00123", sex="male"), Donor(code="1E5", sex="male")])
    database.engine.dispose()
    return path


@pytest.fixture
def stocked(open_copy: Callable[[Path], Database], stocked_file: Path) -> Database:
    """A laboratory that has the example, and donors whose codes Excel would change."""
    return open_copy(stocked_file)


SEPT2 = datetime(2024, 9, 2)  # noqa: DTZ001
# What is changed in the example, the cell of the error, and words of it.
WRONG: Mapping[str, tuple[tuple[Change, ...], str, str]] = {
    "a code twice": ((("Donors", "A3", "D-EX-A"),), "Donors!A3", "'D-EX-A' is entered twice"),
    "no such day": ((("Consents", "D2", "2024-02-30"),), "Consents!D2", "no day '2024-02-30'"),
    "day or month": (
        (("Consents", "D2", "03/04/2024"),),
        "Consents!D2",
        "2024-04-03 or 2024-03-04",
    ),
    "age too high": ((("Collections", "G2", 340),), "Collections!G2", "'340' is out of range"),
    "age below zero": ((("Collections", "G2", -1),), "Collections!G2", "'-1' is out of range"),
    "harvest below zero": ((("Passages", "F2", -5),), "Passages!F2", "'-5' is out of range"),
    "nothing seeded": ((("Passages", "E2", 0),), "Passages!E2", "'0' is out of range"),
    "colliding words": ((("Diagnoses", "B2", "MS"),), "Diagnoses!B2", "multiple sclerosis"),
    "disease or tissue": ((("Diagnoses", "B2", "UC"),), "Diagnoses!B2", "ulcerative colitis"),
    "SEPT2 as text": ((("Donors", "A3", "SEPT2"),), "Donors!A3", "'SEPT2' is not safe as a code"),
    "1E5 as text": ((("Recipes", "A2", "1E5"),), "Recipes!A2", "'1E5' is not safe as a code"),
    "00123 as text": ((("Banks", "A2", "00123"),), "Banks!A2", "'00123' is not safe as a code"),
    "SEPT2 as a date": ((("Donors", "A3", SEPT2),), "Donors!A3", "Probably 'SEP2' or 'SEPT2'"),
    "1E5 as a number": ((("Collections", "B3", 100000),), "Collections!B3", "Probably '1E5'"),
    "00123 as a number": ((("Collections", "B3", 123),), "Collections!B3", "Probably '00123'"),
    "a Cyrillic letter": ((("Donors", "A4", "D-ЕX"), ("Donors", "B4", "male")), "Donors!A4", "'Е'"),
    "unknown reference": ((("Batches", "B2", "C-NONE"),), "Batches!B2", "no collection 'C-NONE'"),
    "a required cell": (
        (("Donors", "B2", None), ("Donors", "A2", "D-NEW")),
        "Donors!B2",
        "is empty",
    ),
    "no such choice": ((("Donors", "B2", "femal"),), "Donors!B2", "'femal' is not one of"),
    "too long": ((("Vials", "I2", "x" * 41),), "Vials!I2", "41 characters is too long"),
    "half a step": ((("Recipe steps", "B2", 1.5),), "Recipe steps!B2", "'1.5' is not a whole"),
    "thousands": ((("Passages", "F2", "1.234"),), "Passages!F2", "may mean 1.234 or 1234"),
    "its own parent": ((("Batches", "C2", "MSC-EX-P1"),), "Batches!C2", "lead back to itself"),
    "a circle": ((("Batches", "C2", "MSC-EX-P2"),), "Batches!C2", "MSC-EX-P2 → MSC-EX-P1"),
}


@pytest.mark.parametrize(("changes", "place", "words"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_with_its_cell_and_nothing_of_the_workbook_is_taken(  # noqa: PLR0917
    stocked: Database,
    registry: Registry,
    people: People,
    counts: Counts,
    changes: tuple[Change, ...],
    place: str,
    words: str,
) -> None:
    before = counts(stocked)
    error = refused(stocked, registry, people, changed_example(*changes))
    told = {f"{f.sheet}!{f.cell}": f"{f.message} {f.hint}" for f in error.seen.errors}
    assert any(at.startswith(place) and words in text for at, text in told.items()), told
    after = counts(stocked)
    assert after.pop("msc_audit") == before.pop("msc_audit") + 1
    assert after == before


def test_all_mistakes_are_named_at_once_in_the_order_of_the_workbook(
    stocked: Database, registry: Registry, people: People
) -> None:
    chosen = [WRONG[name][0][0] for name in ("harvest below zero", "1E5 as a number")]
    more = [("Donors", "A3", SEPT2), ("Donors", "B3", "femal"), ("Thaws", "D2", 140)]
    error = refused(stocked, registry, people, changed_example(*chosen, *more))
    places = [f"{f.sheet}!{f.cell}" for f in error.seen.errors]
    assert places == ["Donors!A3", "Donors!B3", "Collections!B3", "Passages!F2", "Thaws!D2"]
    assert "5 things must be corrected" in error.message
    assert error.findings == error.seen.findings


def test_a_code_that_cannot_be_read_does_not_make_others_unknown(
    database: Database, registry: Registry, people: People
) -> None:
    error = refused(database, registry, people, changed_example(("Donors", "A3", SEPT2)))
    assert [f"{f.sheet}!{f.cell}" for f in error.seen.errors] == ["Donors!A3"]


def test_a_dry_run_counts_by_kind_and_stores_nothing(
    database: Database, registry: Registry, people: People, counts: Counts
) -> None:
    before = counts(database)
    source = plain(many_batches(8))
    seen = registry_files.dry_run(database, registry, people.technician, source)
    assert {count.kind.key: count.new for count in seen.counts} == {
        **dict.fromkeys(("donor", "consent", "collection"), 2),
        "diagnosis": 1,
        **dict.fromkeys(("batch", "passage", "vial", "release_test"), 8),
    }
    assert [count.kind for count in seen.counts] == [
        kind for kind in KINDS if kind.key in {count.kind.key for count in seen.counts}
    ]
    assert seen.can_be_accepted
    assert counts(database) == before


def test_changes_are_shown_from_old_to_new_with_their_cells_and_need_a_reason(
    stocked: Database, registry: Registry, people: People
) -> None:
    source = changed_example(
        ("Collections", "G2", 35),
        ("Diagnoses", "D2", None),
        ("Responders", "B2", "NK cell"),
        ("Banks", "C2", "2027-01-31"),
    )
    seen = registry_files.dry_run(stocked, registry, people.technician, source)
    assert [(c.record, c.field_title, c.old, c.new, str(c.place)) for c in seen.changes] == [
        ("C-EX-A", "Age at collection (years)", "34.5", "35", "sheet 'Collections', cell G2"),
        ("PB-EX", "Valid until", "2026-01-31", "2027-01-31", "sheet 'Banks', cell C2"),
        ("PBMC-EX-B", "Cells", "PBMC", "NK cell", "sheet 'Responders', cell B2"),
    ]
    with pytest.raises(RegistryRefused, match="3 registered records change, and no reason"):
        registry_files.accept(stocked, registry, people.technician, source, reason=" ")
    registry_files.accept(stocked, registry, people.technician, source, reason="typing mistakes")
    with stocked.reading() as session:
        kept = register.record_by_code(session, "collection", "C-EX-A").values
        diagnosis = register.record(session, "diagnosis", 1).values
        reasons = session.scalars(select(AuditRow.reason).where(AuditRow.action == "change"))
        assert set(reasons) == {"typing mistakes"}
    assert kept["age_at_collection_years"] == 35
    assert diagnosis["onset"] == "2019-05"  # an empty cell erases nothing


def test_what_changed_since_it_was_shown_is_not_stored(
    stocked: Database, registry: Registry, people: People
) -> None:
    first, second = (changed_example(("Collections", "G2", age)) for age in (35, 36))
    seen = registry_files.dry_run(stocked, registry, people.technician, first)
    registry_files.accept(stocked, registry, people.technician, second, reason="mine")
    with pytest.raises(StaleVersion, match="something else by now"):
        registry_files.accept(
            stocked, registry, people.technician, first, reason="yours", version=seen.version
        )


def test_a_good_upload_is_kept_byte_for_byte_and_one_with_mistakes_is_not(
    database: Database, registry: Registry, people: People
) -> None:
    good = changed_example()
    seen, file_id = registry_files.receive(database, registry, people.technician, good)
    assert file_id is not None
    assert seen.can_be_accepted
    again = registry_files.look_again(database, registry, people.technician, file_id)
    assert again.version == seen.version
    bad = changed_example(("Donors", "D1", "Geburtsdatum"), ("Donors", "D2", "1.2.1980"))
    seen, no_file = registry_files.receive(database, registry, people.technician, bad)
    assert no_file is None
    assert "Geburtsdatum" in seen.errors[0].message
    with pytest.raises(InputError, match="no workbook of records"):
        registry_files.receive(
            database, registry, people.technician, Source("notes.csv", b"a,b\n1,2\n")
        )
    with database.reading() as session:
        (stored,) = session.scalars(select(SourceFile))
        assert (stored.purpose, stored.file_name) == ("registry", "registry.xlsx")
        assert stored.data == good.data
        rows = list(session.scalars(select(AuditRow)))
        assert [row.action for row in rows] == ["create", "refuse", "refuse"]
        assert "1980" not in repr([(row.changes, row.reason) for row in rows])
    registry_files.accept_file(
        database, registry, people.technician, file_id, reason="first import", version=again.version
    )
    with database.reading() as session:
        told = session.scalars(select(AuditRow).where(AuditRow.action == "import")).one()
        assert told.changes["records"]["batch"] == [2, 0, 0]
        assert told.reason == "first import"


def test_an_export_is_recorded_with_its_digest_and_its_numbers_of_records(
    stocked: Database, registry: Registry, people: People
) -> None:
    with stocked.unit_of_work(people.reviewer, "export") as session:
        made = registry_files.export_workbook(session, registry, people.reviewer)
    with stocked.reading() as session:
        told = session.scalars(select(AuditRow).where(AuditRow.action == "export")).one()
        assert told.changes["file_name"] == made.file_name == "registry-2026-03-14.xlsx"
        assert told.changes["sha256"] == hashlib.sha256(made.data).hexdigest()
        assert told.changes["records"]["donor"] == 4
        assert told.actor_name == people.reviewer.name


def test_only_those_who_may_import_and_only_those_who_may_export(
    database: Database, registry: Registry, people: People
) -> None:
    source = plain({})

    def imports(actor: Actor) -> DryRun:
        return registry_files.dry_run(database, registry, actor, source)

    def accepts(actor: Actor) -> DryRun:
        return registry_files.accept(database, registry, actor, source)

    def exports(actor: Actor) -> object:
        with database.unit_of_work(actor, "test") as session:
            return registry_files.export_workbook(session, registry, actor)

    for actor in (people.technician, people.reviewer, people.data_manager):
        imports(actor)
        accepts(actor)
    for actor in (people.reviewer, people.data_manager):
        exports(actor)
    for actor in (people.reader, people.administrator):
        for work in (imports, accepts, exports):
            with pytest.raises(NotAllowed):
                work(actor)
    with pytest.raises(NotAllowed):
        exports(people.technician)


def test_warnings_do_not_stand_in_the_way(
    database: Database, registry: Registry, people: People
) -> None:
    source = changed_example(("Vials", "K2", 11))
    seen = registry_files.accept(database, registry, people.technician, source)
    assert [(f.level, f.cell) for f in seen.findings] == [(Level.WARNING, "K1")]


FROM_1904: Mapping[str, list[list[object]]] = {
    "Donors": [["Donor code", "Sex", "Note"], ["D-1", "male"]],
    "Consents": [["Donor code", "Version of the form", "Given on"], ["D-1", "v1", SEPT2]],
}


def test_dates_counted_from_1904_are_told(
    database: Database, registry: Registry, people: People
) -> None:
    book = Book()
    book.epoch = CALENDAR_MAC_1904
    for title, rows in FROM_1904.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    source = saved(book)
    registry_files.accept(database, registry, people.technician, source)
    seen = registry_files.dry_run(database, registry, people.technician, source)
    assert "date_system_1904" in [f.code for f in seen.findings]
    with database.reading() as session:
        assert register.record(session, "consent", 1).values["given_on"] == SEPT2.date()
