"""What the page of a batch shows: donor and collection, its cell counts and its results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lims_msc.domain.exporting import BatchRecord
from lims_msc.registry import Registry
from lims_msc.services.cell_counts import CountLine, counts_of_batch
from lims_msc.services.materials import TISSUES, batch_by_code, batch_records
from lims_msc.services.queries import curves_of_batch, values_of_batch
from lims_msc.services.read_models import CurveLine
from lims_msc.services.value_pages import ValueGroup, group_values


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A batch with what was counted and measured of it."""

    record: BatchRecord
    tissue: str
    collected_on: date | None
    medium: str
    counts: tuple[CountLine, ...]
    curves: tuple[CurveLine, ...]
    values: tuple[ValueGroup, ...]


def batch_page(session: Session, registry: Registry, code: str) -> BatchPage:
    """Return what the page of a batch shows.

    :raises NotFound: if there is none of that code.
    """
    batch = batch_by_code(session, code)
    (record,) = batch_records(session, [code])
    return BatchPage(
        record=record,
        tissue=TISSUES.get(batch.collection.tissue, batch.collection.tissue),
        collected_on=batch.collection.collected_on,
        medium=batch.medium,
        counts=counts_of_batch(session, code),
        curves=curves_of_batch(session, registry, code),
        values=group_values(values_of_batch(session, registry, code)),
    )
