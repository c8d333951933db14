"""Loads what decides how batches and responders are related, and has the relations computed."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.relations import (
    Material,
    MscSource,
    PairRelation,
    Relation,
    ResponderSource,
    relation,
)
from lims_msc.domain.transplants import CollectionDay
from lims_msc.models import Batch, Collection, Donor, PoolMember, Responder
from lims_msc.services.record_tables import chunks
from lims_msc.services.transplantations import transplants_of

Pair = tuple[str, str]
_MARROW = "BM"
# Cellosaurus, the register of cell lines.
_CELL_LINE = "CVCL_"


def relations_of(session: Session, pairs: Iterable[Pair]) -> dict[Pair, Relation]:
    """Return the relation of each pair of batch code and responder code that is registered.

    Five statements for up to 500 codes, however many pairs there are.
    """
    wanted = dict.fromkeys(pair for pair in pairs if all(pair))
    batches = _batches(session, {batch for batch, _ in wanted})
    responders = _responders(session, {responder for _, responder in wanted})
    donors = {number for number, _ in (*batches.values(), *responders.values())}
    transplants = transplants_of(session, donors - {0})
    found = {}
    for pair in wanted:
        if pair[0] not in batches or pair[1] not in responders:
            continue
        (msc_donor, msc), (donor, responder) = batches[pair[0]], responders[pair[1]]
        found[pair] = relation(
            replace(msc, transplants=transplants.get(msc_donor, ())),
            replace(responder, transplants=transplants.get(donor, ())),
        )
    return found


def pair_relations(session: Session, pairs: Iterable[Pair]) -> tuple[PairRelation, ...]:
    """Return the relations of these pairs as lines of a page, by batch and responder."""
    found = relations_of(session, pairs)
    return tuple(PairRelation(*pair, found[pair]) for pair in sorted(found))


def day_of(code: str | None, collected_on: date | None, instead: str) -> CollectionDay:
    """Return a collection with its name in a sentence; ``instead`` where there is none."""
    name = f"the collection '{code}'" if code else instead
    return CollectionDay(code or "", collected_on, name)


def _batches(session: Session, codes: Group[str]) -> dict[str, tuple[int, MscSource]]:
    """Return the source of each batch with the number of its donor."""
    found = {}
    for some in chunks(sorted(codes)):
        chosen = (
            select(Batch.code, Donor.id, Donor.code, Collection.code)
            .add_columns(Collection.collected_on, Collection.tissue)
            .join(Collection, Batch.collection_id == Collection.id)
            .join(Donor, Collection.donor_id == Donor.id)
            .where(Batch.code.in_(some))
        )
        for code, donor_id, donor, collection, day, tissue in session.execute(chosen):
            where = day_of(collection, day, f"the collection of '{code}'")
            source = MscSource(code, donor, where, is_marrow=tissue == _MARROW)
            found[code] = donor_id, source
    return found


def _responders(session: Session, codes: Group[str]) -> dict[str, tuple[int, ResponderSource]]:
    """Return the source of each responder with the number of its donor, 0 where there is none."""
    members = _members(session, codes)
    found = {}
    own, of_blood = aliased(Donor), aliased(Donor)
    for some in chunks(sorted(codes)):
        chosen = (
            select(Responder.code, Responder.cell_type, Responder.pool_size)
            .add_columns(func.coalesce(own.id, of_blood.id), func.coalesce(own.code, of_blood.code))
            .add_columns(Collection.code, Collection.collected_on)
            .outerjoin(own, Responder.donor_id == own.id)
            .outerjoin(Collection, Responder.collection_id == Collection.id)
            .outerjoin(of_blood, Collection.donor_id == of_blood.id)
            .where(Responder.code.in_(some))
        )
        for code, cells, persons, donor_id, donor, collection, day in session.execute(chosen):
            source = ResponderSource(
                responder_code=code,
                material=_material(cells, persons, donor, members.get(code, ())),
                donor_code=donor or "",
                collection=day_of(collection, day, f"the blood of '{code}'"),
                members=members.get(code, ()),
                persons=max(persons, len(members.get(code, ()))),
            )
            found[code] = donor_id or 0, source
    return found


def _members(session: Session, codes: Group[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for some in chunks(sorted(codes)):
        chosen = (
            select(Responder.code, Donor.code)
            .join(PoolMember, PoolMember.responder_id == Responder.id)
            .join(Donor, PoolMember.donor_id == Donor.id)
            .where(Responder.code.in_(some))
            .order_by(Donor.code)
        )
        for responder, donor in session.execute(chosen):
            found[responder] = (*found.get(responder, ()), donor)
    return found


def _material(cell_type: str, persons: int, donor: str | None, members: Group[str]) -> Material:
    term = vocabulary_of("cell").by_key.get(cell_type)
    if term is not None and _CELL_LINE in term.identifier:
        return Material.CELL_LINE
    if persons > 1 or len(members) > 1:
        return Material.POOL
    return Material.PERSON if donor else Material.NOT_RECORDED
