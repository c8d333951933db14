"""The tables of materials and of review steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lims_msc.domain.collection_facts import CollectionFacts
from lims_msc.domain.exporting import (
    BatchRecord,
    PublicationBundle,
    ResponderRecord,
    ReviewRecord,
)
from lims_msc.domain.small_cells import OLDEST_AGE_YEARS, age_group
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


def _facts(row: MaterialRow) -> CollectionFacts | None:
    bundle, material = row.bundle, row.material
    if isinstance(material, BatchRecord):
        return bundle.batch_facts.get(material.batch_code)
    return bundle.responder_facts.get(material.responder_code)


def _of_facts(cell: Callable[[CollectionFacts], Cell]) -> Callable[[MaterialRow], Cell]:
    def cell_of(row: MaterialRow) -> Cell:
        found = _facts(row)
        return None if found is None else cell(found)

    return cell_of


def _age(batch: BatchRecord) -> float | None:
    """Return an age; nothing for an age that only a few persons reach."""
    age_years = batch.age_at_collection_years
    return None if age_years is None or age_years >= OLDEST_AGE_YEARS else age_years


def _months(facts: CollectionFacts) -> str:
    return "; ".join(
        f"HSCT {fact.transplant.number or '?'}: {fact.months or 'cannot be decided'}"
        for fact in facts.transplants
    )


_FACT_COLUMNS: tuple[Column[MaterialRow], ...] = (
    Column(
        "age_group_years",
        "ten years that the age falls into; 90+ where age_at_collection_years is left empty",
        _of_batch(lambda b: age_group(b.age_at_collection_years)),
    ),
    Column(
        "treatments_at_collection",
        "drugs that surely were going on at the collection of the MSC or of the blood",
        _of_facts(lambda f: "; ".join(fact.drug.drug for fact in f.ongoing)),
    ),
    Column(
        "prednisolone_equivalent_mg_per_day",
        "the glucocorticoids of that day as prednisolone; empty where none is recorded or one "
        "cannot be converted, never zero for that",
        _of_facts(lambda f: f.prednisolone.mg_per_day),
        ColumnType.NUMBER,
        "mg/d",
    ),
    Column(
        "prednisolone_equivalent_reason",
        "why it is empty",
        _of_facts(lambda f: f.prednisolone.reason),
    ),
    Column(
        "hsct_relation_to_collection",
        "whether transplants of blood stem cells (HSCT) came before or after the collection",
        _of_facts(lambda f: f.hsct_relation),
    ),
    Column(
        "months_from_hsct_to_collection",
        "months from each HSCT to the collection, negative where the HSCT came after it",
        _of_facts(_months),
    ),
)


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
            "age of the donor at the collection; empty where not recorded, and from 90 years on",
            _of_batch(_age),
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
        *_FACT_COLUMNS,
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
