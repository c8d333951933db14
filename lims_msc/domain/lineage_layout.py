"""Where the nodes of a lineage are drawn: columns from left to right, by plain arithmetic.

The same graph always gives the same drawing.  Columns follow the longest way from the beginning
(Sugiyama, Tagawa and Toda 1981, doi 10.1109/TSMC.1981.4308636); an edge that would close a cycle is
drawn against the direction.  Lengths are in the units of the drawing, about a pixel each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lims_msc.domain.lineage import Edge, Lineage, Node

NODE_WIDTH = 160.0
NODE_HEIGHT = 58.0
_COLUMN_GAP = 40.0
_ROW_GAP = 14.0
_MARGIN = 12.0
_WAYPOINT_HEIGHT = 6.0
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its upper left corner."""

    node: Node
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge as a path of cubic curves; ``is_backward`` if it runs against the columns."""

    edge: Edge
    path: str
    is_backward: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A lineage with the place of everything."""

    width: float
    height: float
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]


def lay_out(graph: Lineage) -> Drawing:
    """Return where each node and edge of a lineage is drawn."""
    backward = _backward(graph)
    forward = {edge: _turned(edge) if edge in backward else edge for edge in graph.edges}
    columns = _columns(graph.nodes, dict.fromkeys(forward.values()))
    chains = {edge: _chain(run, columns) for edge, run in forward.items()}
    places = _places(graph.nodes, columns, chains.values())
    bottom = max((places[node.key] + NODE_HEIGHT / 2 for node in graph.nodes), default=0.0)
    return Drawing(
        width=_left_of(max(columns.values(), default=0)) + NODE_WIDTH + _MARGIN,
        height=bottom + _MARGIN,
        nodes=tuple(
            PlacedNode(
                node,
                _left_of(columns[node.key]),
                round(places[node.key] - NODE_HEIGHT / 2, 1),
            )
            for node in graph.nodes
        ),
        edges=tuple(
            PlacedEdge(edge, _path(chain, columns[chain[0]], places), edge in backward)
            for edge, chain in chains.items()
        ),
    )


def _turned(edge: Edge) -> Edge:
    return Edge(edge.target, edge.source)


def _left_of(column: int) -> float:
    return _MARGIN + column * (NODE_WIDTH + _COLUMN_GAP)


def _targets(edges: Iterable[Edge]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        found[edge.source].append(edge.target)
    return found


def _backward(graph: Lineage) -> set[Edge]:
    """Return the edges that close a cycle, found depth first in the order of the graph."""
    targets = _targets(graph.edges)
    entered = {edge.target for edge in graph.edges}
    starts = [n.key for n in graph.nodes if n.key not in entered] + [n.key for n in graph.nodes]
    done: set[str] = set()
    found: set[Edge] = set()
    for start in starts:
        if start in done:
            continue
        open_keys = {start: None}
        ways: list[tuple[str, Iterator[str]]] = [(start, iter(targets.get(start, ())))]
        while ways:
            key, rest = ways[-1]
            other = next(rest, None)
            if other is None:
                ways.pop()
                del open_keys[key]
                done.add(key)
            elif other in open_keys:
                found.add(Edge(key, other))
            elif other not in done:
                open_keys[other] = None
                ways.append((other, iter(targets.get(other, ()))))
    return found


def _columns(nodes: Sequence[Node], edges: Iterable[Edge]) -> dict[str, int]:
    """Return the column of each node: after all that leads to it, and no further left than needed.

    A node that nothing leads to stands directly before the first that it leads to.
    """
    edges = tuple(edges)
    targets = _targets(edges)
    columns = {node.key: 0 for node in nodes}
    for key in _in_order(nodes, edges):
        for other in targets.get(key, ()):
            columns[other] = max(columns[other], columns[key] + 1)
    entered = {edge.target for edge in edges}
    for node in nodes:
        if node.key not in entered and targets.get(node.key):
            columns[node.key] = min(columns[other] for other in targets[node.key]) - 1
    return columns


def _in_order(nodes: Sequence[Node], edges: Sequence[Edge]) -> Iterator[str]:
    """Yield the keys so that each comes after all that lead to it; the edges have no cycle."""
    targets = _targets(edges)
    waits_for: dict[str, int] = defaultdict(int)
    for edge in edges:
        waits_for[edge.target] += 1
    ready = [node.key for node in nodes if not waits_for[node.key]]
    for key in ready:
        yield key
        for other in targets.get(key, ()):
            waits_for[other] -= 1
            if not waits_for[other]:
                ready.append(other)


def _chain(edge: Edge, columns: Mapping[str, int]) -> tuple[str, ...]:
    """Return the way of an edge: its two nodes, and a waypoint in each column between them."""
    between = range(columns[edge.source] + 1, columns[edge.target])
    waypoints = (f"{edge.source}>{edge.target}@{column}" for column in between)
    return (edge.source, *waypoints, edge.target)


def _places(
    nodes: Sequence[Node], columns: Mapping[str, int], chains: Iterable[Sequence[str]]
) -> dict[str, float]:
    """Return the middle of each node and waypoint from the top."""
    layers: dict[int, dict[str, float]] = defaultdict(dict)
    for node in nodes:
        layers[columns[node.key]][node.key] = NODE_HEIGHT
    beside: dict[str, list[str]] = defaultdict(list)
    for chain in dict.fromkeys(chains):
        for step, key in enumerate(chain):
            layers[columns[chain[0]] + step].setdefault(key, _WAYPOINT_HEIGHT)
        for first, second in pairwise(chain):
            beside[first].append(second)
            beside[second].append(first)
    places: dict[str, float] = {}
    for column in sorted(layers):
        places |= _packed(layers[column], places, beside, spread=False)
    for sweep in range(_SWEEPS):
        for column in sorted(layers, reverse=sweep % 2 == 0):
            places |= _packed(layers[column], places, beside, spread=True)
    top = min(
        (place - NODE_HEIGHT / 2 for key, place in places.items() if key in columns), default=0.0
    )
    return {key: place - top + _MARGIN for key, place in places.items()}


def _packed(
    heights: Mapping[str, float],
    places: Mapping[str, float],
    beside: Mapping[str, Sequence[str]],
    *,
    spread: bool,
) -> dict[str, float]:
    """Return a column ordered by where its neighbours are, nothing over anything else.

    ``spread`` moves each as near to the middle of its neighbours as the others allow: the mean of
    the two packings from the top and from the bottom keeps every distance that both of them keep.
    """
    wanted = {
        key: _mean([places[other] for other in beside.get(key, ()) if other in places])
        for key in heights
    }
    known = {key: places.get(key, 0.0) if place is None else place for key, place in wanted.items()}
    order = sorted(heights, key=lambda key: known[key])
    if not spread:
        known = dict.fromkeys(order, 0.0)
    down = _from_the_top(order, heights, known)
    mirrored = {key: -place for key, place in known.items()}
    up = _from_the_top(order[::-1], heights, mirrored)
    return {key: (down[key] - up[key]) / 2 for key in order}


def _from_the_top(
    order: Sequence[str], heights: Mapping[str, float], wanted: Mapping[str, float]
) -> dict[str, float]:
    found: dict[str, float] = {}
    free = float("-inf")
    for key in order:
        found[key] = max(wanted[key], free + heights[key] / 2)
        free = found[key] + heights[key] / 2 + _ROW_GAP
    return found


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _path(chain: Sequence[str], column: int, places: Mapping[str, float]) -> str:
    """Return the path through a chain, from the right edge of a box to the left edge of the next.

    Beside waypoints the path runs straight through the column.
    """
    x, y = _left_of(column) + NODE_WIDTH, places[chain[0]]
    parts = [f"M{x:.1f} {y:.1f}"]
    for step, key in enumerate(chain[1:], start=1):
        left, place = _left_of(column + step), places[key]
        middle = (x + left) / 2
        parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {place:.1f} {left:.1f} {place:.1f}")
        x, y = left, place
        if step < len(chain) - 1:
            x = left + NODE_WIDTH
            parts.append(f"H{x:.1f}")
    return " ".join(parts)
