"""The lineage that is read for a record: from the donor to the plates, step by step."""

from __future__ import annotations

import pytest
from conftest import People
from families import add, batch, entry, three_generations
from statements import sent_statements

from lims_msc.demo.invented import BATCH, RESPONDER
from lims_msc.domain.lineage import Lineage, Node, NodeKind
from lims_msc.errors import NotFound
from lims_msc.registry import Registry
from lims_msc.services import register
from lims_msc.services.lineage import lineage_of
from lims_msc.services.transaction import Database


@pytest.fixture
def family(analysed: Database, people: People) -> Database:
    """The laboratory with an analysed plate, and a family of three generations beside it."""
    add(analysed, people, three_generations())
    vials = [
        entry("vial", vial_code=f"FAM-V{n}", batch_code="FAM-P2", vial_state="available")
        for n in range(3)
    ]
    add(analysed, people, vials)
    return analysed


def read(database: Database, registry: Registry, kind_key: str, code: str) -> Lineage:
    with database.reading() as session:
        number = register.record_by_code(session, kind_key, code).record_id
        return lineage_of(session, registry, kind_key, number)


def named_edges(graph: Lineage) -> set[tuple[str, str]]:
    names: dict[str, Node] = {node.key: node for node in graph.nodes}
    return {(names[edge.source].title, names[edge.target].title) for edge in graph.edges}


@pytest.mark.parametrize(
    ("kind_key", "code"),
    [("donor", "FAM-DONOR"), ("collection", "FAM-COL-B"), ("batch", "FAM-P3")],
)
def test_a_family_of_three_generations_is_read_from_any_of_its_records(
    family: Database, registry: Registry, kind_key: str, code: str
) -> None:
    graph = read(family, registry, kind_key, code)
    assert graph.node(graph.focus).title == code
    assert named_edges(graph) == {
        ("FAM-GIVER", "FAM-GRAFT"),
        ("FAM-GRAFT", "FAM-DONOR"),
        ("FAM-DONOR", "FAM-COL-A"),
        ("FAM-DONOR", "FAM-COL-B"),
        ("FAM-COL-A", "FAM-P1"),
        ("FAM-P1", "FAM-P2"),
        ("FAM-P2", "FAM-P3"),
        ("FAM-P2", "3 vials"),
        ("FAM-COL-B", "FAM-OTHER"),
        ("FAM-DONOR", "FAM-PBMC"),
    }
    (vials,) = [node for node in graph.nodes if node.kind is NodeKind.VIALS]
    assert vials.detail == "3 available"


def test_a_batch_leads_to_its_plates_and_to_the_responders_that_stood_on_them(
    family: Database, registry: Registry
) -> None:
    graph = read(family, registry, "batch", BATCH)
    (collection,) = [node for node in graph.nodes if node.kind is NodeKind.COLLECTION]
    assert {("D-1", collection.title), (collection.title, BATCH)} <= named_edges(graph)
    assert {(BATCH, "INV-PLATE-1"), (RESPONDER, "INV-PLATE-1")} <= named_edges(graph)
    (plate,) = [node for node in graph.nodes if node.kind is NodeKind.PLATE]
    assert plate.detail == "T-cell proliferation"


def test_a_responder_is_read_with_the_batches_that_it_stood_with(
    family: Database, registry: Registry
) -> None:
    graph = read(family, registry, "responder", RESPONDER)
    (collection,) = [node for node in graph.nodes if node.kind is NodeKind.COLLECTION]
    assert named_edges(graph) == {
        ("D-1", collection.title),
        (collection.title, BATCH),
        (BATCH, "INV-PLATE-1"),
        (RESPONDER, "INV-PLATE-1"),
    }


def test_members_of_a_pool_lead_to_the_pool(
    family: Database, registry: Registry, people: People
) -> None:
    pool = entry("responder", responder_code="POOL", cell_type="PBMC", pool_size=2)
    members = [
        entry("pool_member", responder_code="POOL", donor_code=code)
        for code in ("FAM-DONOR", "FAM-GIVER")
    ]
    add(family, people, [pool, *members])
    graph = read(family, registry, "responder", "POOL")
    assert {("FAM-DONOR", "POOL"), ("FAM-GIVER", "POOL")} <= named_edges(graph)


def test_an_own_graft_is_said_to_be_own_and_does_not_run_back(
    family: Database, registry: Registry, people: People
) -> None:
    graft = entry(
        "hsc_graft",
        graft_code="OWN-GRAFT",
        recipient_code="FAM-DONOR",
        graft_donor_code="FAM-DONOR",
        graft_source="mobilised peripheral blood",
        graft_manipulation="CD34 selection",
    )
    add(family, people, [graft])
    graph = read(family, registry, "donor", "FAM-DONOR")
    (node,) = [node for node in graph.nodes if node.title == "OWN-GRAFT"]
    assert node.detail.endswith("own")
    assert ("OWN-GRAFT", "FAM-DONOR") not in named_edges(graph)


def test_a_large_family_takes_no_more_statements_than_a_small_one(
    family: Database, registry: Registry, people: People
) -> None:
    with sent_statements(family) as few:
        read(family, registry, "batch", "FAM-P1")
    add(family, people, [batch(f"MANY-{n}", "FAM-COL-B", 4) for n in range(30)])
    with sent_statements(family) as many:
        graph = read(family, registry, "batch", "FAM-P1")
    assert sum(node.kind is NodeKind.BATCH for node in graph.nodes) == 34
    assert len(many) == len(few) < 20


@pytest.mark.parametrize(("kind_key", "number"), [("vial", 1), ("nonsense", 1), ("batch", 999)])
def test_what_has_no_lineage_is_not_found(
    family: Database, registry: Registry, kind_key: str, number: int
) -> None:
    with family.reading() as session, pytest.raises(NotFound):
        lineage_of(session, registry, kind_key, number)
