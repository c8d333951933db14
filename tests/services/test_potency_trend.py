"""Headline potencies over the passages of a family: as stored, with a reason for what is not."""

from __future__ import annotations

import pytest
from conftest import People
from families import add, copy_curve, three_generations
from statements import sent_statements

from lims_msc.domain.potency_series import PotencySeries, newest
from lims_msc.models import Batch
from lims_msc.registry import Registry
from lims_msc.services.potency_trend import trend_of_collection
from lims_msc.services.transaction import Database

NOT_REACHED: dict[str, object] = {
    "name": "r50",
    "unit": "1",
    "status": "above_highest_dose",
    "value": None,
    "low": 0.5,
    "high": None,
    "reason": "50 % was not reached",
    "interval": "",
    "bound": 0.5,
    "all_values": [],
}


@pytest.fixture
def family(analysed: Database, people: People) -> Database:
    """A family in which P1 and P2 were measured, P2 twice, once approved; P3 without an R50."""
    add(analysed, people, three_generations())
    copy_curve(analysed, "FAM-P2", "PLATE-2", state="approved")
    copy_curve(analysed, "FAM-P1", "PLATE-1")
    copy_curve(analysed, "FAM-P2", "PLATE-3")
    copy_curve(analysed, "FAM-P3", "PLATE-4", r50=NOT_REACHED)
    copy_curve(analysed, "FAM-OTHER", "PLATE-5")
    return analysed


def read(database: Database, registry: Registry, batch_code: str) -> tuple[PotencySeries, ...]:
    with database.reading() as session:
        batch = session.query(Batch).filter_by(code=batch_code).one()
        return trend_of_collection(session, registry, batch.collection_id)


def test_a_family_has_its_results_by_passage_and_no_result_of_another_collection(
    family: Database, registry: Registry
) -> None:
    (series,) = read(family, registry, "FAM-P1")
    assert [(r.batch_code, r.passage, r.is_approved) for r in series.results] == [
        ("FAM-P1", 1, False),
        ("FAM-P2", 2, True),
        ("FAM-P2", 2, False),
        ("FAM-P3", 3, False),
    ]
    assert series.passages == (1, 2, 3)
    assert not any(r.is_simulated for r in series.results)
    assert series.key.title == (
        "T-cell proliferation, WST-1 / WST-8, optical density, on INV-PBMC-1, resting, PHA 5 µg/mL,"
        " mode FULL"
    )
    assert series.key.anchor_text == "1:10"


def test_a_number_is_the_stored_one_and_a_missing_one_has_its_reason_and_no_point(
    family: Database, registry: Registry
) -> None:
    (series,) = read(family, registry, "FAM-P3")
    assert [r.r50_words for r in series.results] == ["1:9.6"] * 3 + ["not reached up to 1:2"]
    assert [r.anchor_words for r in series.results] == ["48.9 %"] * 4
    half, anchor = series.charts
    assert [(p.name, len(p.points)) for p in half.series] == [("FAM-P1", 1), ("FAM-P2", 2)]
    assert anchor.count == 4
    (point,) = half.series[0].points
    assert point.x == 1
    assert point.y == pytest.approx(0.10443, abs=5e-6)
    assert point.low is not None
    assert point.low < point.y
    assert [p.is_filled for p in half.series[1].points] == [True, False]
    assert "lower is more potent" in half.y.name
    assert "higher is more potent" in anchor.y.name


def test_a_batch_without_a_passage_is_in_the_table_and_not_in_the_chart(
    analysed: Database, registry: Registry
) -> None:
    (series,) = read(analysed, registry, "INV-MSC-1")
    assert [r.passage for r in series.results] == [None]
    assert [chart.count for chart in series.charts] == [0, 0]


def test_results_of_two_readouts_are_two_series(family: Database, registry: Registry) -> None:
    copy_curve(family, "FAM-P1", "PLATE-9", readout="brdu_od")
    assert len(read(family, registry, "FAM-P1")) == 2


def test_the_newest_approved_result_comes_before_any_draft(
    family: Database, registry: Registry
) -> None:
    (series,) = read(family, registry, "FAM-P1")
    best = newest(series.results)
    assert best is not None
    assert best.plate_code == "PLATE-2"
    drafts = [r for r in series.results if not r.is_approved]
    last = newest(drafts)
    assert last is not None
    assert last.plate_code == "PLATE-4"
    assert newest([]) is None


def test_superseded_results_are_left_out(family: Database, registry: Registry) -> None:
    copy_curve(family, "FAM-P1", "PLATE-9", state="superseded")
    (series,) = read(family, registry, "FAM-P1")
    assert len(series.results) == 4


def test_fifty_results_are_read_in_the_same_statements_as_four(
    family: Database, registry: Registry
) -> None:
    with sent_statements(family) as few:
        read(family, registry, "FAM-P1")
    for number in range(46):
        copy_curve(family, "FAM-P1", f"MORE-{number}")
    with sent_statements(family) as many:
        (series,) = read(family, registry, "FAM-P1")
    assert len(series.results) == 50
    assert len(many) == len(few)
