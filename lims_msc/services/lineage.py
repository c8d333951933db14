"""Reads the lineage of a donor's cells, or of a responder, in a fixed number of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, lazyload

from lims_msc.domain.lineage import Edge, Lineage, Node, NodeKind, key_of, lineage
from lims_msc.domain.records.stock import VIAL_STATES
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.errors import NotFound
from lims_msc.models import (
    Batch,
    Collection,
    Donor,
    HscGraft,
    Passage,
    Plate,
    PoolMember,
    Responder,
    Vial,
    Well,
)
from lims_msc.registry import Registry
from lims_msc.services.queries import assay_title
from lims_msc.services.register import Record, record

KINDS_WITH_LINEAGE = ("donor", "collection", "batch", "responder")


@dataclass(frozen=True, slots=True)
class _Scope:
    """What of the laboratory belongs to a lineage, as conditions that statements are made of.

    ``persons`` are the donors whose grafts belong to it as well.
    """

    donors: ColumnElement[bool]
    persons: Select[Any]
    collections: ColumnElement[bool]
    batches: ColumnElement[bool]
    vials: ColumnElement[bool]
    responders: ColumnElement[bool]
    wells: ColumnElement[bool]


@dataclass(slots=True)
class _Found:
    """Nodes and edges as they are found."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def add(self, kind: NodeKind, record_id: int, title: str, *details: str) -> None:
        detail = " · ".join(detail for detail in details if detail)
        self.nodes.append(Node(key_of(kind, record_id), kind, record_id, title, detail))

    def join(
        self, source: NodeKind, source_id: int | None, target: NodeKind, target_id: int | None
    ) -> None:
        if source_id is not None and target_id is not None:
            self.edges.append(Edge(key_of(source, source_id), key_of(target, target_id)))


def focus_of(session: Session, kind_key: str, record_id: int) -> Record:
    """Return the record that a lineage is drawn around.

    :raises NotFound: if there is none of that number, or records of the kind have no lineage.
    """
    if kind_key not in KINDS_WITH_LINEAGE:
        raise NotFound(
            f"There is no lineage of a record '{kind_key}'.",
            hint="A donor, a collection, a batch or a responder has one.",
        )
    return record(session, kind_key, record_id)


def lineage_of(session: Session, registry: Registry, kind_key: str, record_id: int) -> Lineage:
    """Return where a record's cells come from and what came of them.

    Of a donor, a collection and a batch it is everything from the same donor; of a responder the
    donors of its cells, and the batches and plates that it stood with.

    :raises NotFound: if there is none of that number, or records of the kind have no lineage.
    """
    focus_of(session, kind_key, record_id)
    is_responder = kind_key == "responder"
    scope = _of_responder(record_id) if is_responder else _of_donor(kind_key, record_id)
    found = _Found()
    _read_donors(session, scope, found)
    _read_collections(session, scope, found)
    _read_batches(session, scope, found)
    _read_vials(session, scope, found)
    _read_responders(session, scope, found)
    _read_plates(session, registry, scope, found)
    return lineage(key_of(NodeKind[kind_key.upper()], record_id), found.nodes, found.edges)


def _of_donor(kind_key: str, record_id: int) -> _Scope:
    """Return all that is of the donor of a record."""
    donor: Any = record_id
    if kind_key == "batch":
        own = select(Batch.collection_id).where(Batch.id == record_id).scalar_subquery()
        donor = select(Collection.donor_id).where(Collection.id == own).scalar_subquery()
    elif kind_key == "collection":
        donor = select(Collection.donor_id).where(Collection.id == record_id).scalar_subquery()
    collections = select(Collection.id).where(Collection.donor_id == donor)
    batches = select(Batch.id).where(Batch.collection_id.in_(collections))
    wells = Well.batch_id.in_(batches)
    beside = select(Well.responder_id).where(wells)
    return _Scope(
        donors=Donor.id == donor,
        persons=select(Donor.id).where(Donor.id == donor),
        collections=Collection.donor_id == donor,
        batches=Batch.collection_id.in_(collections),
        vials=Vial.batch_id.in_(batches),
        responders=or_(Responder.id.in_(beside), Responder.donor_id == donor),
        wells=wells,
    )


def _of_responder(record_id: int) -> _Scope:
    """Return what a responder is from, and what it stood with on plates."""
    batches = select(Well.batch_id).where(Well.responder_id == record_id)
    collections = select(Batch.collection_id).where(Batch.id.in_(batches))
    of_batches = select(Collection.donor_id).where(Collection.id.in_(collections))
    own = select(Responder.donor_id).where(Responder.id == record_id)
    members = select(PoolMember.donor_id).where(PoolMember.responder_id == record_id)
    return _Scope(
        donors=or_(Donor.id.in_(of_batches), Donor.id.in_(own), Donor.id.in_(members)),
        persons=own,
        collections=Collection.id.in_(collections),
        batches=Batch.id.in_(batches),
        vials=Vial.responder_id == record_id,
        responders=Responder.id == record_id,
        wells=Well.responder_id == record_id,
    )


def _read_donors(session: Session, scope: _Scope, found: _Found) -> None:
    """Read the donors, their grafts, and whom these were from or for."""
    of_persons = or_(
        HscGraft.recipient_id.in_(scope.persons), HscGraft.graft_donor_id.in_(scope.persons)
    )
    grafts = list(session.scalars(select(HscGraft).where(of_persons).order_by(HscGraft.code)))
    others = or_(
        Donor.id.in_(select(HscGraft.recipient_id).where(of_persons)),
        Donor.id.in_(select(HscGraft.graft_donor_id).where(of_persons)),
    )
    donors = select(Donor).where(or_(scope.donors, others)).order_by(Donor.code)
    for donor in session.scalars(donors):
        found.add(NodeKind.DONOR, donor.id, donor.code, donor.sex)
    for graft in grafts:
        is_own = graft.graft_donor_id == graft.recipient_id
        found.add(NodeKind.GRAFT, graft.id, graft.code, graft.graft_source, "own" if is_own else "")
        found.join(NodeKind.DONOR, graft.graft_donor_id, NodeKind.GRAFT, graft.id)
        if not is_own:
            found.join(NodeKind.GRAFT, graft.id, NodeKind.DONOR, graft.recipient_id)


def _read_collections(session: Session, scope: _Scope, found: _Found) -> None:
    chosen = select(Collection).where(scope.collections).options(lazyload("*"))
    tissues = vocabulary_of("tissue")
    for row in session.scalars(chosen.order_by(Collection.collected_on, Collection.code)):
        day = row.collected_on.isoformat() if row.collected_on else ""
        found.add(NodeKind.COLLECTION, row.id, row.code, tissues.label(row.tissue), day)
        found.join(NodeKind.DONOR, row.donor_id, NodeKind.COLLECTION, row.id)


def _read_batches(session: Session, scope: _Scope, found: _Found) -> None:
    passages = select(func.count(Passage.id)).where(Passage.batch_id == Batch.id)
    chosen = (
        select(Batch, passages.scalar_subquery())
        .where(scope.batches)
        .options(lazyload("*"))
        .order_by(Batch.code)
    )
    rows = [(batch, count) for batch, count in session.execute(chosen)]
    known = {batch.id for batch, _ in rows}
    for batch, count in rows:
        passage = "passage not recorded" if batch.passage is None else f"P{batch.passage}"
        words = f"{count} {'culture' if count == 1 else 'cultures'}" if count else ""
        found.add(NodeKind.BATCH, batch.id, batch.code, passage, words)
        if batch.parent_id in known:
            found.join(NodeKind.BATCH, batch.parent_id, NodeKind.BATCH, batch.id)
        else:
            found.join(NodeKind.COLLECTION, batch.collection_id, NodeKind.BATCH, batch.id)


def _read_vials(session: Session, scope: _Scope, found: _Found) -> None:
    """Read how many vials there are of each batch, or of the responder, by their state."""
    chosen = (
        select(Vial.batch_id, Vial.responder_id, Vial.vial_state, func.count())
        .where(scope.vials)
        .group_by(Vial.batch_id, Vial.responder_id, Vial.vial_state)
        .order_by(Vial.batch_id, Vial.responder_id)
    )
    counts: dict[tuple[int | None, int | None], Counter[str]] = defaultdict(Counter)
    for batch_id, responder_id, state, count in session.execute(chosen):
        counts[batch_id, responder_id][state] += count
    for (batch_id, responder_id), states in counts.items():
        kind = NodeKind.VIALS if batch_id is not None else NodeKind.RESPONDER_VIALS
        owner = NodeKind.BATCH if batch_id is not None else NodeKind.RESPONDER
        number = batch_id if batch_id is not None else responder_id
        total = states.total()
        title = f"{total} {'vial' if total == 1 else 'vials'}"
        words = (f"{states[state]} {state}" for state in VIAL_STATES if states[state])
        found.add(kind, number or 0, title, ", ".join(words))
        found.join(owner, number, kind, number)


def _read_responders(session: Session, scope: _Scope, found: _Found) -> None:
    cells = vocabulary_of("cell")
    chosen = select(Responder).where(scope.responders).options(lazyload("*"))
    rows = list(session.scalars(chosen.order_by(Responder.code)))
    for row in rows:
        pool = f"pool of {row.pool_size}" if row.pool_size > 1 else ""
        found.add(NodeKind.RESPONDER, row.id, row.code, cells.label(row.cell_type), pool)
        found.join(NodeKind.DONOR, row.donor_id, NodeKind.RESPONDER, row.id)
    members = select(PoolMember.donor_id, PoolMember.responder_id).join(
        Responder, Responder.id == PoolMember.responder_id
    )
    for donor_id, responder_id in session.execute(members.where(scope.responders)):
        found.join(NodeKind.DONOR, donor_id, NodeKind.RESPONDER, responder_id)


def _read_plates(session: Session, registry: Registry, scope: _Scope, found: _Found) -> None:
    """Read the plates, each with the batches and responders that stand on it."""
    chosen = (
        select(Plate.id, Plate.code, Plate.assay_key, Well.batch_id, Well.responder_id)
        .join(Well, Well.plate_id == Plate.id)
        .where(scope.wells)
        .distinct()
        .order_by(Plate.code, Well.batch_id, Well.responder_id)
    )
    for plate_id, rows in _by_plate(session.execute(chosen)):
        _, code, assay_key, _, _ = rows[0]
        found.add(NodeKind.PLATE, plate_id, code, assay_title(registry, assay_key))
        for _, _, _, batch_id, responder_id in rows:
            found.join(NodeKind.BATCH, batch_id, NodeKind.PLATE, plate_id)
            found.join(NodeKind.RESPONDER, responder_id, NodeKind.PLATE, plate_id)


def _by_plate(rows: Iterable[Any]) -> Iterable[tuple[int, list[Any]]]:
    plates: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        plates[row[0]].append(row)
    return plates.items()
