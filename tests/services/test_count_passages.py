"""Counts that belong to a passage: chosen by a person, held against the registered harvest."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import SHARED, People
from counters import TWO_SAMPLES, matrix, nc_view
from factories import add_logins, new_batch

from lims_msc.cli import main
from lims_msc.demo.invented import BATCH
from lims_msc.domain.actor import Role
from lims_msc.domain.harvests import counted_harvest
from lims_msc.domain.importing import Source
from lims_msc.domain.records.fields import Entry, Value
from lims_msc.errors import InputError
from lims_msc.registry import Registry
from lims_msc.services import cell_counts, materials, register
from lims_msc.services.cell_counts import CountLine
from lims_msc.services.transaction import Database

NC_VIEW = SHARED / "corpus" / "nc-view" / "chememotec_nc_view_example.csv"


def entry_of(passage: int, **values: Value) -> Entry:
    return Entry("passage", {"batch_code": BATCH, "passage": passage, **values})


@pytest.fixture
def grown(lab: Database, people: People) -> Database:
    """The laboratory in which the batch has the passages 2 and 3, and another one the passage 7."""
    with lab.unit_of_work(people.technician, "set up") as session:
        materials.register_batch(session, people.technician, new_batch(batch_code="B-2"))
        harvest: dict[str, Value] = {"harvest_volume_ml": 2.0, "harvested_viable_cells": 2.0e6}
        other = Entry("passage", {"batch_code": "B-2", "passage": 7})
        register.register(session, people.technician, [entry_of(2), entry_of(3, **harvest), other])
    return lab


def accepted(
    lab: Database,
    registry: Registry,
    people: People,
    source: Source,
    *,
    sample: str,
    passage: int | None,
) -> CountLine:
    file_id = cell_counts.receive(lab, registry, people.technician, BATCH, source)
    cell_counts.accept(
        lab, registry, people.technician, BATCH, file_id, samples=[sample], passage=passage
    )
    with lab.reading() as session:
        return cell_counts.counts_of_batch(session, BATCH)[0]


def test_the_newest_passage_comes_first_where_one_is_chosen(
    grown: Database, registry: Registry, people: People
) -> None:
    file_id = cell_counts.receive(grown, registry, people.technician, BATCH, nc_view())
    assert cell_counts.preview(grown, registry, BATCH, file_id).passages == (3, 2)


def test_a_count_of_a_workbook_belongs_to_its_passage_and_contradicts_its_harvest(
    grown: Database, registry: Registry, people: People
) -> None:
    sample = ("P3-1", 575, 1_150_000, 14.1, 0.95, 30, 60_500, 605, 1_210_000)
    line = accepted(grown, registry, people, matrix(sample), sample="P3-1", passage=3)
    assert line.passage == 3
    assert line.harvest is not None
    assert line.harvest.viable_cells == 2 * 1_150_000
    assert line.harvest.difference_percent == pytest.approx(15)
    assert line.harvest.contradicts
    with grown.reading() as session:
        stored = register.record(session, "passage", 2)
    assert stored.values["harvested_viable_cells"] == 2.0e6


@pytest.mark.shared
def test_a_sample_of_a_real_counter_is_held_against_the_harvest(
    grown: Database, registry: Registry, people: People
) -> None:
    source = Source(NC_VIEW.name, NC_VIEW.read_bytes())
    line = accepted(grown, registry, people, source, sample="20240219-00019", passage=3)
    assert line.harvest is not None
    assert line.harvest.viable_cells == 2 * 124_000
    assert line.harvest.difference_percent == pytest.approx(-87.6)
    assert line.harvest.contradicts


def test_a_count_may_be_of_no_passage(grown: Database, registry: Registry, people: People) -> None:
    line = accepted(grown, registry, people, nc_view(), sample="MSC-A", passage=None)
    assert (line.passage, line.harvest) == (None, None)


@pytest.mark.parametrize("passage", [1, 7])
def test_a_passage_that_the_batch_does_not_have_is_refused_and_nothing_is_stored(
    grown: Database, registry: Registry, people: People, passage: int
) -> None:
    with pytest.raises(InputError, match=f"no registered passage '{passage}'") as refusal:
        accepted(grown, registry, people, nc_view(), sample="MSC-A", passage=passage)
    assert "Registered are P2, P3" in refusal.value.hint
    with grown.reading() as session:
        assert cell_counts.counts_of_batch(session, BATCH) == ()


def test_the_command_gives_a_count_to_a_passage(
    grown: Database, people: People, tmp_path: Path
) -> None:
    add_logins(grown, people.administrator, anna=Role.TECHNICIAN)
    path = tmp_path / "counts.csv"
    path.write_bytes(nc_view(TWO_SAMPLES[0]).data)
    words = ["--database", grown.engine.url.render_as_string(), "count", str(path)]
    words += ["--user", "anna", "--batch", BATCH, "--passage"]
    wrong = CliRunner().invoke(main, [*words, "4"])
    assert wrong.exit_code == 1
    assert "no registered passage '4'" in wrong.output
    right = CliRunner().invoke(main, [*words, "2"])
    assert right.exit_code == 0, right.output
    with grown.reading() as session:
        (line,) = cell_counts.counts_of_batch(session, BATCH)
    assert line.passage == 2
    assert line.harvest is not None
    assert line.harvest.reason == "no volume of the harvest is registered"


@pytest.mark.parametrize(
    ("per_ml", "volume", "registered", "cells", "contradicts"),
    [
        (1.1e6, 1.0, 1.0e6, 1.1e6, False),
        (1.101e6, 1.0, 1.0e6, 1.101e6, True),
        (0.9e6, 1.0, 1.0e6, 0.9e6, False),
        (0.899e6, 1.0, 1.0e6, 0.899e6, True),
        (1.0e6, 0.5, None, 0.5e6, False),
        (1.0e6, 0.5, 0.0, 0.5e6, True),
        (0.0, 0.5, 0.0, 0.0, False),
        (None, 1.0, 1.0e6, None, False),
        (1.0e6, None, 1.0e6, None, False),
    ],
)
def test_a_harvest_is_doubted_where_the_count_is_more_than_ten_percent_off(
    per_ml: float | None,
    volume: float | None,
    registered: float | None,
    cells: float | None,
    contradicts: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    found = counted_harvest(per_ml, volume, registered)
    assert (found.viable_cells, found.contradicts) == (cells, contradicts)
    assert bool(found.reason) == (cells is None)
