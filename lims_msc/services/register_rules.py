"""Rules between records: what no field can say alone, such as a thaw before its freezing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from lims_msc.domain.records.fields import Entry, Problem

if TYPE_CHECKING:
    from lims_msc.services.register_plan import PlannedRecord


def check_together(
    session: Session,  # noqa: ARG001 (to be filled)
    records: Sequence[PlannedRecord],  # noqa: ARG001
) -> Iterable[tuple[Entry, Problem]]:
    """Yield what is wrong between records, as they will be, with the entry that it is said of."""
    return ()
