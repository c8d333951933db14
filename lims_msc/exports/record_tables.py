"""The tables of materials and of review steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lims_msc.domain.exporting import (
    BatchRecord,
    PublicationBundle,
    ResponderRecord,
    ReviewRecord,
)
from lims_msc.exports.columns import Cell, Column, ColumnType, Table
from lims_msc.exports.rows import PLATE_COLUMNS, STUDY_COLUMNS, PlateRow, StudyRow


@dataclass(frozen=True, slots=True)
class MaterialRow(StudyRow):
    """A batch or a responder."""

    material: BatchRecord | ResponderRecord


@dataclass(frozen=True, slots=True)
class ReviewRow(PlateRow):
    """One step of a review."""

    review: ReviewRecord


def _of_batch(cell: Callable[[BatchRecord], Cell]) -> Callable[[MaterialRow], Cell]:
    return lambda row: cell(row.material) if isinstance(row.material, BatchRecord) else None


def _of_responder(cell: Callable[[ResponderRecord], Cell]) -> Callable[[MaterialRow], Cell]:
    return lambda row: cell(row.material) if isinstance(row.material, ResponderRecord) else None


def _material_rows(bundle: PublicationBundle) -> Iterator[MaterialRow]:
    yield from (MaterialRow(bundle, batch) for batch in bundle.batches)
    yield from (MaterialRow(bundle, responder) for responder in bundle.responders)


def _code(row: MaterialRow) -> str:
    material = row.material
    return material.batch_code if isinstance(material, BatchRecord) else material.responder_code


MATERIALS: Table[MaterialRow] = Table(
    path="data/materials.csv",
    one_row_per="MSC batch or responder",
    columns=(
        *STUDY_COLUMNS,
        Column(
            "material",
            "MSC batch or responder; columns of the other kind are empty",
            lambda r: "MSC batch" if isinstance(r.material, BatchRecord) else "responder",
        ),
        Column("code", "code of the batch or responder", _code),
        Column(
            "donor",
            "code of the donor; empty for a pool of several persons",
            lambda r: r.material.donor_code,
        ),
        Column("sex", "sex of the donor", _of_batch(lambda b: b.sex)),
        Column("tissue", "tissue that the MSC come from", _of_batch(lambda b: b.tissue)),
        Column(
            "health_status",
            "health of the donor at the collection",
            _of_batch(lambda b: b.health_status),
        ),
        Column(
            "diagnosis",
            "diagnosis of the donor at the collection",
            _of_batch(lambda b: b.diagnosis),
        ),
        Column(
            "age_at_collection_years",
            "age of the donor at the collection; empty where not recorded",
            _of_batch(lambda b: b.age_at_collection_years),
            ColumnType.NUMBER,
            "a",
        ),
        Column(
            "passage",
            "passage of the batch; empty where not recorded",
            _of_batch(lambda b: b.passage),
            ColumnType.INTEGER,
            "1",
        ),
        Column("cell_type", "cell type of the responder", _of_responder(lambda p: p.cell_type)),
        Column(
            "pool_size",
            "number of persons whose cells the responder holds",
            _of_responder(lambda p: p.pool_size),
            ColumnType.INTEGER,
            "1",
        ),
    ),
    rows=_material_rows,
)

REVIEWS: Table[ReviewRow] = Table(
    path="data/reviews.csv",
    one_row_per="step of a review",
    columns=(
        *PLATE_COLUMNS,
        Column(
            "analysis_version",
            "version of the analysis that was reviewed",
            lambda r: r.plate.analysis_version,
            ColumnType.INTEGER,
            "1",
        ),
        Column("action", "submit, approve, return or withdraw", lambda r: r.review.action),
        Column("person", "who did it", lambda r: r.review.actor_name),
        Column("at", "when it was done", lambda r: r.review.at, ColumnType.DATE_TIME),
        Column("reason", "why, in the person's words", lambda r: r.review.reason),
    ),
    rows=lambda bundle: (
        ReviewRow(bundle, plate, review) for plate in bundle.plates for review in plate.reviews
    ),
)
