"""Registered families of batches for tests: one donor, three generations, vials and a responder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from conftest import People
from sqlalchemy import ColumnElement, Connection, insert, select

from lims_msc.domain.records.fields import Entry, Value
from lims_msc.models import Analysis, Batch, Curve, Plate
from lims_msc.models.base import Table
from lims_msc.services import register
from lims_msc.services.transaction import Database


def entry(kind_key: str, **values: Value) -> Entry:
    """Return the record of a kind with these values."""
    return Entry(kind_key, values)


def add(database: Database, people: People, entries: Iterable[Entry]) -> None:
    """Register these records in a unit of work of their own."""
    with database.unit_of_work(people.technician, "set up") as session:
        register.register(session, people.technician, entries)


def batch(code: str, collection: str, passage: int | None = None, parent: str = "") -> Entry:
    return entry(
        "batch", batch_code=code, collection_code=collection, passage=passage, parent_code=parent
    )


def collection(code: str, donor: str = "FAM-DONOR") -> Entry:
    return entry(
        "collection",
        collection_code=code,
        donor_code=donor,
        tissue="BM",
        health_status="healthy",
        health_criteria="questionnaire",
        collected_on=date(2026, 1, 7),
    )


def three_generations() -> tuple[Entry, ...]:
    """Return a donor with a graft of somebody else, two collections, and four batches."""
    return (
        entry("donor", donor_code="FAM-DONOR", sex="female"),
        entry("donor", donor_code="FAM-GIVER", sex="male"),
        entry(
            "hsc_graft",
            graft_code="FAM-GRAFT",
            recipient_code="FAM-DONOR",
            graft_donor_code="FAM-GIVER",
            graft_source="bone marrow",
            graft_manipulation="none",
        ),
        collection("FAM-COL-A"),
        collection("FAM-COL-B"),
        batch("FAM-P1", "FAM-COL-A", 1),
        batch("FAM-P2", "FAM-COL-A", 2, parent="FAM-P1"),
        batch("FAM-P3", "FAM-COL-A", 3, parent="FAM-P2"),
        batch("FAM-OTHER", "FAM-COL-B", 3),
        entry("responder", responder_code="FAM-PBMC", cell_type="PBMC", donor_code="FAM-DONOR"),
    )


def mouse(code: str, batch_code: str, arm: str = "MSC") -> Entry:
    """Return a dose to one mouse with EAE on day 12."""
    return entry(
        "in_vivo_use",
        use_code=code,
        batch_code=batch_code,
        recipient_kind="animal model",
        recipient=f"M-{code}",
        species="Mus musculus",
        animal_model="EAE",
        study_arm=arm,
        route="intravenous",
        dose=1e6,
        dose_unit="cells",
        given_on_day=12,
    )


def outcomes(
    code: str, values: Mapping[int, float], measure: str = "clinical score"
) -> list[Entry]:
    """Return what was measured after a dose on which day; lower is better."""
    return [
        entry(
            "outcome",
            use_code=code,
            measured_on_day=day,
            measure=measure,
            outcome=value,
            unit="points",
            better_is="lower",
        )
        for day, value in values.items()
    ]


def patient(code: str, batch_code: str, recipient: str) -> Entry:
    """Return a dose to a patient of which nothing was measured yet."""
    return entry(
        "in_vivo_use",
        use_code=code,
        batch_code=batch_code,
        recipient_kind="patient",
        recipient=recipient,
        route="intravenous",
        dose=1e6,
        dose_unit="cells/kg",
    )


def copy_curve(
    database: Database,
    batch_code: str,
    plate_code: str,
    *,
    state: str = "draft",
    readout: str = "",
    r50: dict[str, object] | None = None,
) -> None:
    """Store the headline curve of the invented plate again: on another plate, of another batch."""
    with database.engine.begin() as connection:
        curve = _row(connection, Curve, Curve.is_headline.is_(True))
        analysis = _row(connection, Analysis, Analysis.id == curve["analysis_id"])
        plate = _row(connection, Plate, Plate.id == analysis["plate_id"])
        plate_id = _copy(connection, Plate, plate, code=plate_code)
        analysis_id = _copy(
            connection,
            Analysis,
            analysis,
            plate_id=plate_id,
            state=state,
            readout=readout or analysis["readout"],
        )
        batch_id = connection.scalar(select(Batch.id).where(Batch.code == batch_code))
        result = {**curve["result"], "r50": r50} if r50 else curve["result"]
        _copy(connection, Curve, curve, analysis_id=analysis_id, batch_id=batch_id, result=result)


def _row(
    connection: Connection, table: type[Table], condition: ColumnElement[bool]
) -> dict[str, Any]:
    found = connection.execute(select(table.__table__).where(condition).limit(1)).mappings()
    return dict(found.one())


def _copy(
    connection: Connection, table: type[Table], row: dict[str, Any], **changes: object
) -> int:
    values = {name: value for name, value in row.items() if name != "id"}
    made = connection.execute(insert(table).values({**values, **changes}))
    (number,) = made.inserted_primary_key or (0,)
    return int(number)
