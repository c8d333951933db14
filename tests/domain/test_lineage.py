"""The graph of a lineage: what is kept of it, how it is listed, and where it is drawn."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.lineage import (
    Edge,
    Lineage,
    Node,
    NodeKind,
    TreeItem,
    fold,
    key_of,
    lineage,
    tree,
)
from lims_msc.domain.lineage_layout import NODE_HEIGHT, NODE_WIDTH, Drawing, lay_out

FAMILY = {
    "D": NodeKind.DONOR,
    "C": NodeKind.COLLECTION,
    "P1": NodeKind.BATCH,
    "P2": NodeKind.BATCH,
    "P3": NodeKind.BATCH,
    "P3b": NodeKind.BATCH,
    "R": NodeKind.RESPONDER,
    "X": NodeKind.PLATE,
}
FAMILY_EDGES = ("D>C", "C>P1", "P1>P2", "P2>P3", "P2>P3b", "P3>X", "P1>X", "R>X")


def graph_of(focus: str, kinds: dict[str, NodeKind], *edges: str) -> Lineage:
    nodes = [Node(key, kind, number, key) for number, (key, kind) in enumerate(kinds.items())]
    return lineage(focus, nodes, [Edge(*edge.split(">")) for edge in edges])


def batches(focus: str, *edges: str) -> Lineage:
    names = dict.fromkeys(name for edge in edges for name in edge.split(">"))
    return graph_of(focus, dict.fromkeys(names, NodeKind.BATCH), *edges)


def column_of(drawing: Drawing) -> dict[str, int]:
    lefts = sorted({place.x for place in drawing.nodes})
    return {place.node.key: lefts.index(place.x) for place in drawing.nodes}


def texts(items: tuple[TreeItem, ...]) -> list[object]:
    return [
        [item.node.key, texts(item.children)] if item.children else item.node.key for item in items
    ]


# --- the graph ----------------------------------------------------------------------------------


def test_an_edge_to_what_is_unknown_or_to_itself_is_left_out_and_one_is_kept_once() -> None:
    graph = graph_of("D", FAMILY, "D>C", "D>C", "D>D", "D>nobody", "nobody>C")
    assert graph.edges == (Edge("D", "C"),)


def test_a_node_is_found_by_its_key_and_named_by_its_kind() -> None:
    graph = graph_of("D", {"D": NodeKind.DONOR, "V": NodeKind.VIALS})
    assert [graph.node(key).kind.singular for key in ("D", "V")] == ["donor", ""]
    assert key_of(NodeKind.RESPONDER_VIALS, 7) == "responder_vials-7"
    with pytest.raises(KeyError, match="nobody"):
        graph.node("nobody")


def test_a_family_is_listed_from_the_donor_to_the_plates() -> None:
    listed = tree(graph_of("P3", FAMILY, *FAMILY_EDGES))
    assert texts(listed) == [
        ["D", [["C", [["P1", [["P2", [["P3", ["X"]], "P3b"]], "X"]]]]]],
        ["R", ["X"]],
    ]


def test_what_is_on_a_cycle_is_listed_once_and_then_said_to_stand_above() -> None:
    (first,) = tree(batches("A", "A>B", "B>A"))
    (second,) = first.children
    (again,) = second.children
    assert [first.node.key, second.node.key, again.node.key] == ["A", "B", "A"]
    assert (first.is_repeated, second.is_repeated, again.is_repeated) == (False, False, True)


# --- what is kept -------------------------------------------------------------------------------


def test_a_small_family_is_kept_whole() -> None:
    graph = graph_of("P3", FAMILY, *FAMILY_EDGES)
    assert fold(graph) == graph


def test_of_forty_five_plates_eight_are_kept_and_thirty_seven_are_counted() -> None:
    plates = {f"X{number:02}": NodeKind.PLATE for number in range(45)}
    kinds = {"B": NodeKind.BATCH, **plates}
    folded = fold(graph_of("B", kinds, *(f"B>{plate}" for plate in plates)))
    (more,) = [node for node in folded.nodes if node.more]
    assert (more.title, more.detail, more.beside) == ("and 37 more", "plates", "B")
    assert [node.key for node in folded.nodes[1:-1]] == list(plates)[:8]
    assert Edge("B", more.key) in folded.edges


def test_what_leads_to_a_node_is_folded_apart_from_what_came_of_it() -> None:
    around = {f"{side}{n}": NodeKind.BATCH for side in ("A", "Z") for n in range(3)}
    edges = [f"{name}>B" if name[0] == "A" else f"B>{name}" for name in around]
    folded = fold(graph_of("B", {"B": NodeKind.BATCH, **around}, *edges), most=1)
    before, after = folded.edges
    assert {folded.node(before.source).more, folded.node(after.target).more} == {3}
    assert (before.target, after.source) == ("B", "B")


def test_a_chain_of_a_hundred_passages_keeps_those_that_are_near() -> None:
    names = [f"P{number}" for number in range(100)]
    graph = batches("P50", *(f"{a}>{b}" for a, b in pairwise(names)))
    folded = fold(graph, most=11)
    assert [node.key for node in folded.nodes if not node.more] == names[45:56]
    assert [node.more for node in folded.nodes if node.more] == [1, 1]


# --- where it is drawn --------------------------------------------------------------------------


def test_every_record_stands_right_of_what_it_came_from() -> None:
    drawing = lay_out(graph_of("P3", FAMILY, *FAMILY_EDGES))
    columns = column_of(drawing)
    assert [columns[key] for key in ("D", "C", "P1", "P2", "P3", "P3b", "X")] == [
        *(0, 1, 2, 3, 4, 4, 5)
    ]
    assert columns["R"] == columns["X"] - 1
    assert not any(edge.is_backward for edge in drawing.edges)


def test_a_line_begins_and_ends_at_its_boxes() -> None:
    drawing = lay_out(graph_of("P3", FAMILY, *FAMILY_EDGES))
    places = {place.node.key: place for place in drawing.nodes}
    for edge in drawing.edges:
        numbers = [float(n) for n in re.findall(r"-?\d+\.\d", edge.path)]
        source, target = places[edge.edge.source], places[edge.edge.target]
        begin = [source.x + NODE_WIDTH, source.y + NODE_HEIGHT / 2]
        end = [target.x, target.y + NODE_HEIGHT / 2]
        assert [*numbers[:2], *numbers[-2:]] == pytest.approx([*begin, *end], abs=0.11)


def test_a_cycle_is_drawn_with_one_line_against_the_direction() -> None:
    drawing = lay_out(batches("A", "A>B", "B>C", "C>A"))
    assert [edge.edge for edge in drawing.edges if edge.is_backward] == [Edge("C", "A")]
    assert list(column_of(drawing).values()) == [0, 1, 2]


def test_a_single_record_is_a_drawing_too() -> None:
    drawing = lay_out(graph_of("D", {"D": NodeKind.DONOR}))
    (place,) = drawing.nodes
    assert (drawing.width, drawing.height) == (place.x * 2 + NODE_WIDTH, place.y * 2 + NODE_HEIGHT)


KEYS = [f"N{number}" for number in range(9)]


@settings(max_examples=60)
@given(
    kinds=st.lists(st.sampled_from(list(NodeKind)), min_size=9, max_size=9),
    pairs=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=25),
    most=st.integers(1, 12),
)
def test_any_graph_is_drawn_with_all_boxes_apart_and_listed_with_every_node(
    kinds: list[NodeKind], pairs: list[tuple[str, str]], most: int
) -> None:
    edges = [f"{a}>{b}" for a, b in pairs]
    graph = graph_of("N0", dict(zip(KEYS, kinds, strict=True)), *edges)
    folded = fold(graph, most=most, most_beside=2)
    assert sum(not node.more for node in folded.nodes) <= most
    for one in (graph, folded):
        drawing = lay_out(one)
        assert drawing == lay_out(one)
        assert [place.node for place in drawing.nodes] == list(one.nodes)
        for a, b in combinations(drawing.nodes, 2):
            assert abs(a.x - b.x) > NODE_WIDTH or abs(a.y - b.y) > NODE_HEIGHT
        for place in drawing.nodes:
            assert 0 < place.x < drawing.width - NODE_WIDTH
            assert 0 < place.y < drawing.height - NODE_HEIGHT
        columns = column_of(drawing)
        for line in drawing.edges:
            a, b = columns[line.edge.source], columns[line.edge.target]
            assert (b < a) if line.is_backward else (a < b)
        assert set(keys_in(tree(one))) == {node.key for node in one.nodes}


def keys_in(items: tuple[TreeItem, ...]) -> list[str]:
    return [key for item in items for key in (item.node.key, *keys_in(item.children))]
