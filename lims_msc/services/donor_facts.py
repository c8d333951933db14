"""Loads what follows for collections from the dated records of their donors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Group

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.collection_facts import CollectionFacts, GivenDrug, facts_of
from lims_msc.models import Batch, Collection, Responder, Treatment
from lims_msc.services.record_tables import chunks
from lims_msc.services.relations import day_of
from lims_msc.services.transplantations import transplants_of


def facts_of_collections(
    session: Session, collection_ids: Group[int]
) -> dict[int, CollectionFacts]:
    """Return what follows for each of these collections, by its number."""
    collections = {}
    for some in chunks(sorted(collection_ids)):
        chosen = select(
            Collection.id, Collection.code, Collection.donor_id, Collection.collected_on
        ).where(Collection.id.in_(some))
        collections.update({row.id: row for row in session.execute(chosen)})
    donors = {row.donor_id for row in collections.values()}
    drugs, transplants = _drugs(session, donors), transplants_of(session, donors)
    return {
        number: facts_of(
            day_of(row.code, row.collected_on, "the collection"),
            drugs.get(row.donor_id, ()),
            transplants.get(row.donor_id, ()),
        )
        for number, row in collections.items()
    }


def facts_of_materials(
    session: Session, batch_codes: Group[str], responder_codes: Group[str]
) -> tuple[dict[str, CollectionFacts], dict[str, CollectionFacts]]:
    """Return what follows for the collections of batches and of responders, by their codes."""
    numbers = []
    for table, codes in ((Batch, batch_codes), (Responder, responder_codes)):
        found: dict[str, int] = {}
        for some in chunks(sorted(codes)):
            chosen = select(table.code, table.collection_id).where(table.code.in_(some))
            found.update({code: n for code, n in session.execute(chosen) if n is not None})
        numbers.append(found)
    facts = facts_of_collections(session, {n for found in numbers for n in found.values()})
    batches, responders = ({code: facts[n] for code, n in found.items()} for found in numbers)
    return batches, responders


def _drugs(session: Session, donor_ids: Group[int]) -> dict[int, list[GivenDrug]]:
    found: dict[int, list[GivenDrug]] = defaultdict(list)
    for some in chunks(sorted(donor_ids)):
        chosen = select(Treatment).where(Treatment.donor_id.in_(some))
        for row in session.scalars(chosen.order_by(Treatment.started_on, Treatment.id)):
            found[row.donor_id].append(
                GivenDrug(
                    drug=row.drug,
                    treatment_class=row.treatment_class,
                    dose=row.dose,
                    dose_unit=row.dose_unit,
                    started_on=row.started_on,
                    stopped_on=row.stopped_on,
                )
            )
    return found
