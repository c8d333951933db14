"""Which passage of a batch a count belongs to, and what it says of the harvest of that passage."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.harvests import CountedHarvest, counted_harvest
from lims_msc.errors import InputError
from lims_msc.models import Batch, CellCount, Passage


def passages_of(session: Session, batch: Batch) -> tuple[int, ...]:
    """Return the registered passages of a batch, the newest first."""
    newest = select(Passage.passage).filter_by(batch_id=batch.id).order_by(Passage.passage.desc())
    return tuple(session.scalars(newest))


def passage_named(session: Session, batch: Batch, passage: int | None) -> Passage | None:
    """Return the registered passage of that number; ``None`` for what is of no passage.

    :raises InputError: if the batch has no such passage.
    """
    if passage is None:
        return None
    chosen = select(Passage).filter_by(batch_id=batch.id, passage=passage)
    if (found := session.scalar(chosen)) is not None:
        return found
    known = ", ".join(f"P{number}" for number in reversed(passages_of(session, batch)))
    registered = f"Registered are {known}" if known else "None is registered"
    hint = f"{registered}. Register the passage first, or give the count to none."
    message = f"The batch '{batch.code}' has no registered passage '{passage}'."
    finding = Finding(Level.ERROR, "field.passage", message, hint)
    raise InputError(message, hint=f"Nothing was stored. {hint}", findings=[finding])


def harvest_by(count: CellCount, passage: Passage | None) -> CountedHarvest | None:
    """Return what a count says of the harvest of its passage; ``None`` for a count of none."""
    if passage is None:
        return None
    return counted_harvest(
        count.viable_cells_per_ml, passage.harvest_volume_ml, passage.harvested_viable_cells
    )
