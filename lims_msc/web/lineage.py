"""The drawing of where a batch comes from and what came of it."""

from __future__ import annotations

from flask import render_template, url_for
from sqlalchemy.orm import Session

from lims_msc.domain.lineage import Lineage, Node, NodeKind, fold, tree
from lims_msc.domain.lineage_layout import NODE_HEIGHT, NODE_WIDTH, lay_out
from lims_msc.services import lineage
from lims_msc.services.register import Record
from lims_msc.web.addresses import Address
from lims_msc.web.state import State, state

_RECORDS = {
    NodeKind.DONOR: "donor",
    NodeKind.GRAFT: "hsc_graft",
    NodeKind.COLLECTION: "collection",
    NodeKind.RESPONDER: "responder",
}


def show(kind_key: str, record_id: int) -> str:
    """Draw the lineage of a donor, a collection, a batch or a responder."""
    lab = state()
    with lab.database.reading() as session:
        record = lineage.focus_of(session, kind_key, record_id)
        graph = fold(lineage.lineage_of(session, lab.registry, kind_key, record_id))
    addresses = {node.key: _address(graph, node) for node in graph.nodes}
    return render_template(
        "lims_msc/lineage.html",
        record=record,
        graph=graph,
        drawing=lay_out(graph),
        tree=tree(graph),
        addresses=addresses,
        node_width=NODE_WIDTH,
        node_height=NODE_HEIGHT,
    )


def load_panel(_session: Session, _lab: State, record: Record) -> dict[str, object]:
    """Return what the panel on the page of a record needs: the record."""
    return {"record": record}


def _address(graph: Lineage, node: Node) -> str:
    """Return the page of a node; of nodes that are folded, the page that lists them."""
    if node.more:
        return _address(graph, graph.node(node.beside))
    if node.kind is NodeKind.PLATE:
        return url_for("lims_msc.plate", plate_id=node.record_id)
    if node.kind is NodeKind.BATCH:
        return url_for("lims_msc.batch", code=node.title)
    if node.kind is NodeKind.VIALS:
        return url_for("lims_msc.batch_vials", code=_owner(graph, node).title)
    if node.kind is NodeKind.RESPONDER_VIALS:
        return url_for("lims_msc.responder_vials", code=_owner(graph, node).title)
    kind_key = _RECORDS[node.kind]
    return url_for("lims_msc.record", kind_key=kind_key, record_id=node.record_id)


def _owner(graph: Lineage, node: Node) -> Node:
    return graph.node(next(edge.source for edge in graph.edges if edge.target == node.key))


ADDRESSES: tuple[Address, ...] = (("GET", "/lineage/<kind_key>/<int:record_id>", "lineage", show),)
