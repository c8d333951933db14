"""What the page of a batch says: family, stock, consent and results, in few statements."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import People
from counters import nc_view
from families import add, copy_curve, entry, patient, three_generations
from statements import sent_statements

from lims_msc.errors import NotFound
from lims_msc.registry import Registry
from lims_msc.services import cell_counts
from lims_msc.services.batch_pages import BatchPage, batch_page
from lims_msc.services.transaction import Database


@pytest.fixture
def family(analysed: Database, people: People) -> Database:
    add(analysed, people, three_generations())
    copy_curve(analysed, "FAM-P2", "PLATE-2")
    return analysed


def page_of(database: Database, registry: Registry, code: str = "FAM-P2") -> BatchPage:
    with database.reading() as session:
        return batch_page(session, registry, code)


def test_a_batch_knows_its_family(family: Database, registry: Registry) -> None:
    page = page_of(family, registry)
    assert page.parent is not None
    assert page.parent.values["batch_code"] == "FAM-P1"
    assert [record.values["batch_code"] for record in page.expanded] == ["FAM-P3"]
    assert page.collection.values["collection_code"] == "FAM-COL-A"
    assert page.donor.values["donor_code"] == "FAM-DONOR"
    assert page_of(family, registry, "FAM-P1").parent is None
    assert page_of(family, registry, "FAM-P3").expanded == ()


def test_results_are_its_own_and_the_trend_is_of_the_collection(
    family: Database, registry: Registry
) -> None:
    copy_curve(family, "FAM-P1", "PLATE-1")
    page = page_of(family, registry)
    assert [curve.plate_code for curve in page.curves] == ["PLATE-2"]
    assert [series.batches for series in page.trend] == [("FAM-P1", "FAM-P2")]


def test_vials_uses_and_history_are_those_of_the_batch(
    family: Database, registry: Registry, people: People
) -> None:
    vials = [
        entry("vial", vial_code=f"V-{code}", batch_code=code, vial_state="available")
        for code in ("FAM-P1", "FAM-P2")
    ]
    add(family, people, [*vials, patient("U-1", "FAM-P2", "PT-1")])
    page = page_of(family, registry)
    assert page.stock.text == "1 available"
    assert [record.values["use_code"] for record in page.uses] == ["U-1"]
    assert [(line.action, line.actor_name) for line in page.history] == [("create", "Tina Tester")]


def test_a_withdrawn_consent_is_told(family: Database, registry: Registry, people: People) -> None:
    consent = entry(
        "consent",
        donor_code="FAM-DONOR",
        consent_version="v1",
        given_on=date(2025, 1, 1),
        withdrawn_on=date(2026, 2, 1),
    )
    add(family, people, [consent])
    page = page_of(family, registry)
    assert any("withdrew consent on 2026-02-01" in f.message for f in page.consent)


def test_a_batch_that_is_not_there_is_not_found(family: Database, registry: Registry) -> None:
    with pytest.raises(NotFound, match="'none'"):
        page_of(family, registry, "none")


def test_fifty_curves_and_several_counts_take_no_more_statements_than_one(
    family: Database, registry: Registry, people: People
) -> None:
    who, batch = people.technician, "FAM-P2"
    add(family, people, [entry("passage", batch_code=batch, passage=1)])
    file_id = cell_counts.receive(family, registry, who, batch, nc_view())
    cell_counts.accept(family, registry, who, batch, file_id, samples=["MSC-A"], passage=1)
    with sent_statements(family) as few:
        page_of(family, registry)
    for number in range(49):
        copy_curve(family, "FAM-P2", f"MORE-{number}")
    add(family, people, [entry("passage", batch_code=batch, passage=n) for n in (0, 2)])
    cell_counts.accept(family, registry, who, batch, file_id, samples=["MSC-B"], passage=2)
    with sent_statements(family) as many:
        page = page_of(family, registry)
    assert (len(page.curves), len(page.counts)) == (50, 2)
    assert len(many) == len(few), _differences(few, many)


def _differences(few: list[str], many: list[str]) -> str:
    return "\n".join(
        statement for statement in many if many.count(statement) > few.count(statement)
    )
