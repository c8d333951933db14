"""Exports: nothing leaves that was not approved, and what left is recorded."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from conftest import People
from factories import add_plate, invented_reader_file, take
from sqlalchemy import select, text

from lims_msc.domain.actor import Actor
from lims_msc.domain.review import ReviewAction
from lims_msc.errors import IllegalTransition, NotAllowed, NotFound, StaleVersion
from lims_msc.models import AuditRow, Export, Study
from lims_msc.registry import Registry
from lims_msc.services import exports, queries
from lims_msc.services.exports import ExportedFile
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]


def export(
    database: Database,
    registry: Registry,
    actor: Actor,
    format_key: str = "curves_csv",
    study_id: int = 1,
) -> ExportedFile:
    with database.unit_of_work(actor, "for the paper") as session:
        return exports.export_study(session, registry, actor, study_id, format_key)


def approve(database: Database, people: People) -> None:
    take(database, people.technician, 1, ReviewAction.SUBMIT)
    take(database, people.reviewer, 1, ReviewAction.APPROVE)


@pytest.fixture
def approved(analysed: Database, people: People) -> Database:
    approve(analysed, people)
    return analysed


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_a_study_with_a_plate_that_is_not_approved_does_not_leave(
    analysed: Database, registry: Registry, people: People, counts: Counts, state: str
) -> None:
    if state != "draft":
        take(analysed, people.technician, 1, ReviewAction.SUBMIT)
    if state == "returned":
        take(analysed, people.reviewer, 1, ReviewAction.RETURN, "repeat it")
    before = counts(analysed)
    with pytest.raises(IllegalTransition) as refusal:
        export(analysed, registry, people.reviewer)
    assert f"plate 'INV-PLATE-1' is {state}" in refusal.value.message
    assert counts(analysed) == before


def test_every_plate_that_blocks_is_named(
    analysed: Database, registry: Registry, people: People
) -> None:
    add_plate(analysed, registry, people.technician, "P-2")
    add_plate(analysed, registry, people.technician, "P-3")
    with pytest.raises(IllegalTransition) as refusal:
        export(analysed, registry, people.reviewer)
    for words in (
        "plate 'INV-PLATE-1' is draft",
        "plate 'P-2' waits for its reader file",
        "plate 'P-3' waits",
    ):
        assert words in refusal.value.message
    with analysed.reading() as session:
        assert len(queries.study(session, registry, 1).blocking) == 3


def test_a_study_without_plates_does_not_leave(
    lab: Database, registry: Registry, people: People
) -> None:
    with pytest.raises(IllegalTransition, match="the study has no plates"):
        export(lab, registry, people.reviewer)


@pytest.mark.parametrize("who", ["technician", "reader", "administrator"])
def test_only_a_reviewer_or_a_data_manager_exports(
    approved: Database, registry: Registry, people: People, who: str
) -> None:
    with pytest.raises(NotAllowed, match="may not export a study"):
        export(approved, registry, getattr(people, who))


@pytest.mark.parametrize("format_key", ["curves_csv", "readings_csv", "figure_svg", "pack"])
def test_the_same_study_gives_the_same_bytes_and_each_export_is_recorded(
    approved: Database, registry: Registry, people: People, format_key: str
) -> None:
    first = export(approved, registry, people.reviewer, format_key)
    second = export(approved, registry, people.data_manager, format_key)
    assert first == second
    assert first.file_name.startswith("S-1")
    with approved.reading() as session:
        records = session.scalars(select(Export).order_by(Export.id)).all()
        told = [(e.format_key, e.sha256, e.size_bytes, e.exported_by_name) for e in records]
        reasons = session.scalars(
            select(AuditRow.reason).where(AuditRow.table_name == "msc_export")
        ).all()
    digest = hashlib.sha256(first.data).hexdigest()
    assert told == [
        (format_key, digest, len(first.data), "Paula Irmer"),
        (format_key, digest, len(first.data), "Dan Manager"),
    ]
    assert reasons == ["for the paper", "for the paper"]


def test_the_pack_holds_the_raw_file_byte_for_byte(
    approved: Database, registry: Registry, people: People
) -> None:
    made = export(approved, registry, people.reviewer, "pack")
    with zipfile.ZipFile(io.BytesIO(made.data)) as pack:
        contents = {pack.read(name) for name in pack.namelist()}
    assert invented_reader_file().data in contents


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE msc_curve SET result = json_set(result, '$.points[0].suppression_percent', 99.0)",
        "UPDATE msc_reading SET value = value + 1 WHERE position = 3",
        "UPDATE msc_well SET role = 'EXCLUDED' WHERE id = 3",
        "UPDATE msc_well SET dose_responder = '7' WHERE dose_responder IS NOT NULL",
        "UPDATE msc_analysis SET result_sha256 = 'f'",
        "UPDATE msc_source_file SET data = x'00'",
        "UPDATE msc_source_file SET sha256 = 'f' || id",
    ],
)
def test_what_was_changed_after_the_approval_does_not_leave(
    approved: Database, registry: Registry, people: People, counts: Counts, tampering: str
) -> None:
    with approved.engine.begin() as connection:
        connection.execute(text(tampering))
    before = counts(approved)
    with pytest.raises(
        StaleVersion, match=r"is not what was approved|are not those that were uploaded"
    ):
        export(approved, registry, people.reviewer, "pack")
    assert counts(approved) == before


def test_an_unknown_study_or_format_is_not_found(
    approved: Database, registry: Registry, people: People
) -> None:
    with pytest.raises(NotFound, match="no study number 9"):
        export(approved, registry, people.reviewer, study_id=9)
    with pytest.raises(NotFound, match="no export format 'docx'") as refusal:
        export(approved, registry, people.reviewer, "docx")
    assert "pack" in refusal.value.hint


def test_a_plate_may_be_looked_at_as_a_table_before_it_is_approved(
    analysed: Database, registry: Registry, people: People, counts: Counts
) -> None:
    before = counts(analysed)
    waiting = add_plate(analysed, registry, people.technician, "P-2")
    with analysed.reading() as session:
        made = exports.table_of_plate(session, registry, 1, "readings_csv")
        with pytest.raises(NotFound, match="'P-2' has no readings yet"):
            exports.table_of_plate(session, registry, waiting, "readings_csv")
        with pytest.raises(NotFound, match="no plate number 9"):
            exports.table_of_plate(session, registry, 9, "readings_csv")
    assert made.file_name == "INV-PLATE-1-readings.csv"
    assert counts(analysed)["msc_export"] == before["msc_export"]


def test_the_bundle_is_of_the_study_and_not_of_the_moment_of_writing(
    approved: Database, registry: Registry
) -> None:
    with approved.reading() as session:
        study = session.get_one(Study, 1)
        plates = exports._plates(session, study)
        first = exports.build_bundle(session, registry, study, plates)
        again = exports.build_bundle(session, registry, study, plates)
    assert first == again
    assert [review.action for review in first.plates[0].reviews] == ["submit", "approve"]
    assert first.created_at == first.plates[0].reviews[-1].at
    assert {batch.batch_code for batch in first.batches} == {"INV-MSC-1"}
    assert {responder.pool_size for responder in first.responders} == {8}
    assert len(first.raw_files) == 2
