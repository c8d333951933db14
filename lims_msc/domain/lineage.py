"""Where cells come from and what came of them: a graph of records, and what of it is shown.

Nothing here knows how records are stored; where nodes are drawn is in ``lineage_layout``.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class NodeKind(StrEnum):
    """What a node of a lineage stands for; the value is what several of them are called."""

    DONOR = "donors"
    GRAFT = "HSC grafts"
    COLLECTION = "collections"
    BATCH = "batches"
    VIALS = "groups of vials"
    RESPONDER = "responders"
    PLATE = "plates"
    RESPONDER_VIALS = "groups of vials of responders"

    @property
    def singular(self) -> str:
        """What one of them is called; nothing for vials, whose title says it."""
        return _SINGULAR.get(self, "")


_SINGULAR: Mapping[NodeKind, str] = {
    NodeKind.DONOR: "donor",
    NodeKind.GRAFT: "HSC graft",
    NodeKind.COLLECTION: "collection",
    NodeKind.BATCH: "batch",
    NodeKind.RESPONDER: "responder",
    NodeKind.PLATE: "plate",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A record in a lineage, or ``more`` records that are not drawn one by one.

    ``record_id`` is the number of the record; for vials, of their batch or responder.  ``detail``
    is what is said below the code.  ``beside`` is the key of the node whose page lists ``more``.
    """

    key: str
    kind: NodeKind
    record_id: int
    title: str
    detail: str = ""
    more: int = 0
    beside: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """From what, to what came of it, by the keys of the nodes."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """A graph of records; it may have cycles, as an autologous graft goes back to its giver."""

    focus: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, key: str) -> Node:
        """Return the node of that key.

        :raises KeyError: if there is none.
        """
        for found in self.nodes:
            if found.key == key:
                return found
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class TreeItem:
    """A node of the lineage as a nested list.

    ``is_repeated`` says that its children stand where it was listed before.
    """

    node: Node
    children: tuple[TreeItem, ...] = ()
    is_repeated: bool = False


@dataclass(slots=True)
class _Neighbours:
    """The neighbours of each node, in the order of the graph."""

    of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, edge: Edge) -> None:
        self.of[edge.source].append(edge.target)
        self.of[edge.target].append(edge.source)


def key_of(kind: NodeKind, record_id: int) -> str:
    """Return the key of the node of a record."""
    return f"{kind.name.lower()}-{record_id}"


def lineage(focus: str, nodes: Iterable[Node], edges: Iterable[Edge]) -> Lineage:
    """Return a graph with each node and each edge once; an edge to what is unknown is left out."""
    known = {node.key: node for node in nodes}
    kept = dict.fromkeys(
        edge
        for edge in edges
        if edge.source in known and edge.target in known and edge.source != edge.target
    )
    return Lineage(focus, tuple(known.values()), tuple(kept))


def fold(graph: Lineage, *, most: int = 60, most_beside: int = 8) -> Lineage:
    """Return the part of a lineage around its focus that can be drawn.

    Nodes are kept by their distance from the focus, at most ``most_beside`` of one kind beside one
    node, and at most ``most`` in all, in the order of the graph.  What is beside a kept node and
    not kept itself becomes one node for each kind, which says how many they are.
    """
    by_key = {node.key: node for node in graph.nodes}
    neighbours = _neighbours(graph.edges)
    kept = _nearest(graph.focus, by_key, neighbours, most, most_beside)
    nodes = [node for node in graph.nodes if node.key in kept]
    edges = [edge for edge in graph.edges if edge.source in kept and edge.target in kept]
    for key in [node.key for node in nodes]:
        for forward, kind, hidden in _hidden(graph.edges, by_key, kept, key):
            more = _more(key, kind, forward=forward, hidden=hidden)
            nodes.append(more)
            edges.append(Edge(key, more.key) if forward else Edge(more.key, key))
    return Lineage(graph.focus, tuple(nodes), tuple(edges))


def tree(graph: Lineage) -> tuple[TreeItem, ...]:
    """Return a lineage as nested lists, from what comes from nothing else to what came of it.

    Every node is in it; a cycle begins at its first node.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        children[edge.source].append(edge.target)
    targets = {edge.target for edge in graph.edges}
    by_key = {node.key: node for node in graph.nodes}
    listed: set[str] = set()
    roots = [node.key for node in graph.nodes if node.key not in targets]
    items = [_item(key, by_key, children, listed) for key in roots]
    # What is left lies on cycles that nothing leads to.
    items += [_item(node.key, by_key, children, listed) for node in _left(graph.nodes, listed)]
    return tuple(items)


def _left(nodes: Sequence[Node], listed: set[str]) -> Iterable[Node]:
    return (node for node in nodes if node.key not in listed)


def _item(
    key: str, by_key: Mapping[str, Node], children: Mapping[str, Sequence[str]], listed: set[str]
) -> TreeItem:
    if key in listed:
        return TreeItem(by_key[key], is_repeated=bool(children.get(key)))
    listed.add(key)
    below = children.get(key, ())
    return TreeItem(by_key[key], tuple(_item(k, by_key, children, listed) for k in below))


def _neighbours(edges: Iterable[Edge]) -> Mapping[str, Sequence[str]]:
    found = _Neighbours()
    for edge in edges:
        found.add(edge)
    return found.of


def _nearest(
    focus: str,
    by_key: Mapping[str, Node],
    neighbours: Mapping[str, Sequence[str]],
    most: int,
    most_beside: int,
) -> set[str]:
    """Return the keys of the nodes that are kept, breadth first from the focus."""
    kept = {focus}
    waiting = deque([focus])
    while waiting:
        key = waiting.popleft()
        beside: dict[NodeKind, int] = defaultdict(int)
        for other in neighbours.get(key, ()):
            kind = by_key[other].kind
            beside[kind] += 1
            if other not in kept and beside[kind] <= most_beside and len(kept) < most:
                kept.add(other)
                waiting.append(other)
    return kept


def _hidden(
    edges: Iterable[Edge], by_key: Mapping[str, Node], kept: set[str], key: str
) -> Iterable[tuple[bool, NodeKind, int]]:
    """Yield how many nodes of each kind beside a kept one are not kept, after it or before it."""
    counts: dict[tuple[bool, NodeKind], int] = defaultdict(int)
    for edge in edges:
        if edge.source == key and edge.target not in kept:
            counts[True, by_key[edge.target].kind] += 1
        elif edge.target == key and edge.source not in kept:
            counts[False, by_key[edge.source].kind] += 1
    return ((forward, kind, count) for (forward, kind), count in counts.items())


def _more(key: str, kind: NodeKind, *, forward: bool, hidden: int) -> Node:
    where = "after" if forward else "before"
    own_key = f"more-{kind.name.lower()}-{where}-{key}"
    return Node(own_key, kind, 0, f"and {hidden} more", kind, more=hidden, beside=key)
