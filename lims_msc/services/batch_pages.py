"""What the page of a batch shows: potency, release, growth, vials, family, counts and results."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims_msc.domain.findings import Finding
from lims_msc.domain.potency_series import PotencySeries
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.records.wording import disease_words
from lims_msc.domain.stock import Stock
from lims_msc.registry import Registry
from lims_msc.services.cell_counts import CountLine, counts_of_batch
from lims_msc.services.consents import consent_findings
from lims_msc.services.growth import Growth, growth_of
from lims_msc.services.potency_trend import trend_of_collection
from lims_msc.services.queries import curves_of_batch, values_of_batch
from lims_msc.services.read_models import CurveLine
from lims_msc.services.record_pages import HistoryLine, history
from lims_msc.services.record_tables import rows_where
from lims_msc.services.register import Record, record_by_code, records_of
from lims_msc.services.release import Decision, decisions_of
from lims_msc.services.stock import stock_of
from lims_msc.services.value_pages import ValueGroup, group_values


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A batch with what it came from, what came of it, and what was counted and measured of it.

    ``trend`` is of all batches of the same collection, ``curves`` and ``values`` of this one.
    """

    batch: Record
    collection: Record
    donor: Record
    parent: Record | None
    expanded: tuple[Record, ...]
    diagnoses: tuple[Record, ...]
    growth: Growth
    release_tests: tuple[Record, ...]
    decisions: tuple[Decision, ...]
    uses: tuple[Record, ...]
    stock: Stock
    consent: tuple[Finding, ...]
    trend: tuple[PotencySeries, ...]
    counts: tuple[CountLine, ...]
    curves: tuple[CurveLine, ...]
    values: tuple[ValueGroup, ...]
    history: tuple[HistoryLine, ...]

    @property
    def code(self) -> str:
        """The code of the batch."""
        return str(self.batch.values["batch_code"])

    @property
    def tissue(self) -> str:
        """The tissue of the collection in words."""
        return vocabulary_of("tissue").label(str(self.collection.values["tissue"]))

    @property
    def diagnosis(self) -> str:
        """The diseases at the collection in words, as far as any are recorded."""
        return "; ".join(
            disease_words(str(d.values["disease"]), str(d.values["other_disease"]))
            for d in self.diagnoses
        )


def batch_page(session: Session, registry: Registry, code: str) -> BatchPage:
    """Return what the page of a batch shows, in a number of statements that nothing raises.

    :raises NotFound: if there is none of that code.
    """
    batch = record_by_code(session, "batch", code)
    collection = record_by_code(session, "collection", str(batch.values["collection_code"]))
    parent_code = str(batch.values["parent_code"])
    return BatchPage(
        batch=batch,
        collection=collection,
        donor=record_by_code(session, "donor", str(collection.values["donor_code"])),
        parent=record_by_code(session, "batch", parent_code) if parent_code else None,
        expanded=_records_of(session, "batch", "parent_id", batch),
        diagnoses=_records_of(session, "diagnosis", "collection_id", collection),
        growth=growth_of(batch, _records_of(session, "passage", "batch_id", batch)),
        release_tests=_records_of(session, "release_test", "batch_id", batch),
        decisions=decisions_of(session, code),
        uses=_records_of(session, "in_vivo_use", "batch_id", batch),
        stock=stock_of(session, "batch", [code])[code],
        consent=consent_findings(session, batch_codes={code}),
        trend=trend_of_collection(session, registry, collection.record_id),
        counts=counts_of_batch(session, code),
        curves=curves_of_batch(session, registry, code),
        values=group_values(values_of_batch(session, registry, code)),
        history=history(session, batch),
    )


def _records_of(
    session: Session, kind_key: str, attribute: str, owner: Record
) -> tuple[Record, ...]:
    """Return the records of a kind that refer to the owner in this column."""
    kind = kind_of(kind_key)
    return records_of(session, kind, rows_where(session, kind, attribute, [owner.record_id]))
