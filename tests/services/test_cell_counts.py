"""The way of a counter's file: received, looked at, accepted by sample, or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import People
from counters import TWO_SAMPLES, changed, matrix, nc_view
from factories import add_logins, invented_reader_file, new_batch
from sqlalchemy import select

from lims_msc.cli import main
from lims_msc.demo.invented import BATCH
from lims_msc.domain.actor import Role
from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import SourceCell
from lims_msc.errors import (
    Conflict,
    DuplicateUpload,
    InputError,
    NotAllowed,
    NotFound,
    UnknownFormat,
)
from lims_msc.models import AuditRow, SourceFile
from lims_msc.models import CellCount as StoredCount
from lims_msc.registry import Registry
from lims_msc.services import batch_pages, cell_counts, materials, source_cells
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]
OTHER = "B-2"


@pytest.fixture
def two_batches(lab: Database, people: People) -> Database:
    """The laboratory with a second batch."""
    with lab.unit_of_work(people.technician, "set up") as session:
        materials.register_batch(session, people.technician, new_batch(batch_code=OTHER))
    return lab


def receive(
    lab: Database, registry: Registry, people: People, source: Source, batch: str = BATCH
) -> int:
    return cell_counts.receive(lab, registry, people.technician, batch, source)


def accept(
    lab: Database,
    registry: Registry,
    people: People,
    file_id: int,
    *samples: str,
    batch: str = BATCH,
) -> tuple[int, ...]:
    return cell_counts.accept(lab, registry, people.technician, batch, file_id, samples=samples)


def test_the_accepted_sample_is_stored_with_every_number_and_its_cell(
    lab: Database, registry: Registry, people: People
) -> None:
    source = nc_view()
    file_id = receive(lab, registry, people, source)
    assert len(accept(lab, registry, people, file_id, "MSC-A")) == 1
    with lab.reading() as session:
        (line,) = cell_counts.counts_of_batch(session, BATCH)
        stored = session.execute(select(SourceFile.data, SourceFile.purpose)).all()
    assert (source.data, "counter") in [tuple(row) for row in stored]
    count = line.count
    assert (count.sample, count.total_cells_per_ml.value) == ("MSC-A", 1_210_000.0)
    assert (count.viable_cells_per_ml.value, count.viability_percent.value) == (1_150_000.0, 95.0)
    assert count.mean_diameter_um.source == SourceCell("", "2:9")
    assert (line.file_id, line.file_name, line.importer) == (file_id, "counts.csv", "nc_view 1")
    assert line.accepted_by == "Tina Tester"


def test_what_is_read_back_is_what_the_preview_showed(
    lab: Database, registry: Registry, people: People
) -> None:
    line = changed(TWO_SAMPLES[0], DIAMETER="ERROR", STATUS="Warning: clumps")
    file_id = receive(lab, registry, people, nc_view(line))
    seen = cell_counts.preview(lab, registry, BATCH, file_id)
    accept(lab, registry, people, file_id, "MSC-A")
    with lab.reading() as session:
        (stored,) = cell_counts.counts_of_batch(session, BATCH)
    assert [choice.count for choice in seen.choices] == [stored.count]
    assert any("clumps" in finding.message for finding in stored.count.findings)
    assert stored.count.mean_diameter_um.reason


def test_each_number_leads_to_the_cell_that_holds_it(
    lab: Database, registry: Registry, people: People
) -> None:
    line = ("P2-1", 1165, 2_280_000, 9.5, 0.87, 177, 343_000, 1342, 2_620_000)
    file_id = receive(lab, registry, people, matrix(line))
    seen = cell_counts.preview(lab, registry, BATCH, file_id)
    found = [m for m in seen.choices[0].count.measured.values() if m.source]
    assert len(found) == 4
    for measured in found:
        assert measured.source is not None
        window = source_cells.window(
            lab, registry, file_id, sheet=measured.source.sheet, cell=measured.source.cell
        )
        assert window.text == measured.raw


def test_looking_stores_nothing_and_accepting_leaves_audit_rows(
    lab: Database, registry: Registry, people: People, counts: Counts
) -> None:
    file_id = receive(lab, registry, people, nc_view())
    before = counts(lab)
    cell_counts.preview(lab, registry, BATCH, file_id)
    assert counts(lab) == before
    accept(lab, registry, people, file_id, "MSC-A", "MSC-B")
    assert counts(lab) == before | {
        "msc_cell_count": before["msc_cell_count"] + 2,
        "msc_audit": before["msc_audit"] + 2,
    }
    with lab.reading() as session:
        newest = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(2)).all()
        assert {(row.action, row.table_name) for row in newest} == {("create", "msc_cell_count")}
        assert all("'MSC-A', 'MSC-B' in 'counts.csv'" in row.reason for row in newest)


# --- duplicates ---------------------------------------------------------------------------------


def test_the_same_bytes_are_refused_once_all_samples_are_accepted(
    lab: Database, registry: Registry, people: People, counts: Counts
) -> None:
    file_id = receive(lab, registry, people, nc_view())
    accept(lab, registry, people, file_id, "MSC-A")
    assert receive(lab, registry, people, nc_view(name="again.csv")) == file_id
    accept(lab, registry, people, file_id, "MSC-B")
    before = counts(lab)
    with pytest.raises(DuplicateUpload) as refusal:
        receive(lab, registry, people, nc_view(name="again.csv"))
    for words in ("'again.csv'", "'counts.csv'", "Tina Tester", f"'{BATCH}'", "2026-03-14"):
        assert words in refusal.value.message
    assert counts(lab) == before | {"msc_audit": before["msc_audit"] + 1}


def test_a_sample_is_accepted_once_for_a_batch(
    lab: Database, registry: Registry, people: People, counts: Counts
) -> None:
    file_id = receive(lab, registry, people, nc_view())
    accept(lab, registry, people, file_id, "MSC-A")
    before = counts(lab)
    with pytest.raises(Conflict, match="'MSC-A' was accepted for batch"):
        accept(lab, registry, people, file_id, "MSC-A", "MSC-B")
    assert counts(lab) == before
    choices = cell_counts.preview(lab, registry, BATCH, file_id).choices
    assert [choice.can_be_chosen for choice in choices] == [False, True]


def test_a_sample_of_another_batch_is_told_and_a_wrong_choice_can_be_put_right(
    two_batches: Database, registry: Registry, people: People
) -> None:
    file_id = receive(two_batches, registry, people, nc_view())
    accept(two_batches, registry, people, file_id, "MSC-A")
    seen = cell_counts.preview(two_batches, registry, OTHER, file_id)
    first, second = seen.choices
    assert first.can_be_chosen
    assert f"accepted for batch '{BATCH}'" in first.earlier[0]
    assert second.earlier == ()
    accept(two_batches, registry, people, file_id, "MSC-A", batch=OTHER)
    with two_batches.reading() as session:
        assert len(cell_counts.counts_of_batch(session, OTHER)) == 1


def test_the_same_numbers_in_a_file_that_was_saved_again_are_told(
    lab: Database, registry: Registry, people: People
) -> None:
    accept(lab, registry, people, receive(lab, registry, people, nc_view()), "MSC-A", "MSC-B")
    other = changed(TWO_SAMPLES[1], VIABILITY="74.9")
    saved_again = receive(lab, registry, people, nc_view(TWO_SAMPLES[0], other, name="copy.csv"))
    first, second = cell_counts.preview(lab, registry, BATCH, saved_again).choices
    assert "from 'counts.csv'" in first.earlier[0]
    assert second.earlier == ()
    assert first.can_be_chosen


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [(), ("MSC-C",), ("MSC-A", "MSC-C")])
def test_samples_must_be_chosen_and_be_in_the_file(
    lab: Database, registry: Registry, people: People, counts: Counts, samples: tuple[str, ...]
) -> None:
    file_id = receive(lab, registry, people, nc_view())
    before = counts(lab)
    with pytest.raises(InputError) as refusal:
        accept(lab, registry, people, file_id, *samples)
    assert "'MSC-A', 'MSC-B'" in refusal.value.hint
    assert counts(lab) == before


def test_an_impossible_count_blocks_its_sample_and_no_other(
    lab: Database, registry: Registry, people: People, counts: Counts
) -> None:
    wrong = changed(TWO_SAMPLES[0], VIABILITY="950", LIVE="1 950 000")
    file_id = receive(lab, registry, people, nc_view(wrong, TWO_SAMPLES[1]))
    before = counts(lab)
    with pytest.raises(InputError) as refusal:
        accept(lab, registry, people, file_id, "MSC-A", "MSC-B")
    errors = [f for f in refusal.value.findings if f.level is Level.ERROR]
    assert {(f.code, f.cell) for f in errors} == {
        ("count.over_100", "2:8"),
        ("count.viable_over_total", "2:6"),
    }
    assert counts(lab) == before
    accept(lab, registry, people, file_id, "MSC-B")


REFUSED = {
    "a plate": (invented_reader_file(), InputError, "holds no cell counts"),
    "a shopping list": (Source("list.csv", b"milk,2\nbread,1\n"), UnknownFormat, "No importer"),
    "nothing": (Source("empty.csv", b""), InputError, "empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_without_counts_leaves_one_audit_row_and_nothing_else(
    lab: Database, registry: Registry, people: People, counts: Counts, case: str
) -> None:
    source, kind, words = REFUSED[case]
    before = counts(lab)
    with pytest.raises(kind, match=words):
        receive(lab, registry, people, source)
    assert counts(lab) == before | {"msc_audit": before["msc_audit"] + 1}


def test_a_batch_or_a_file_that_is_not_there_is_not_found(
    lab: Database, registry: Registry, people: People
) -> None:
    with pytest.raises(NotFound, match="no batch 'none'"):
        receive(lab, registry, people, nc_view(), batch="none")
    with pytest.raises(NotFound, match="no file number 99"):
        cell_counts.preview(lab, registry, BATCH, 99)
    with lab.reading() as session, pytest.raises(NotFound, match="no MSC batch 'none'"):
        batch_pages.batch_page(session, registry, "none")


@pytest.mark.parametrize("who", ["reader", "data_manager", "administrator"])
def test_only_those_who_work_in_the_laboratory_upload_and_accept(
    lab: Database, registry: Registry, people: People, counts: Counts, who: str
) -> None:
    file_id = receive(lab, registry, people, nc_view())
    before = counts(lab)
    actor = getattr(people, who)
    with pytest.raises(NotAllowed, match="may not upload"):
        cell_counts.receive(lab, registry, actor, BATCH, nc_view(TWO_SAMPLES[0]))
    with pytest.raises(NotAllowed, match="may not accept"):
        cell_counts.accept(lab, registry, actor, BATCH, file_id, samples=["MSC-A"])
    assert counts(lab) == before


# --- pages and command line ---------------------------------------------------------------------


def test_the_page_of_a_batch_has_its_donor_its_counts_and_its_curves(
    analysed: Database, registry: Registry, people: People
) -> None:
    file_id = receive(analysed, registry, people, nc_view())
    accept(analysed, registry, people, file_id, "MSC-B")
    with analysed.reading() as session:
        page = batch_pages.batch_page(session, registry, BATCH)
    assert (page.donor.values["donor_code"], page.tissue) == ("D-1", "bone marrow")
    assert [line.count.sample for line in page.counts] == ["MSC-B"]
    assert page.curves
    assert {curve.batch_code for curve in page.curves} == {BATCH}


@pytest.fixture
def on_disk(lab: Database, people: People, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run ``lims-msc count`` over a file; return its exit code and all that it printed."""
    add_logins(lab, people.administrator, anna=Role.TECHNICIAN)

    def run(source: Source, *options: str) -> tuple[int, str]:
        path = tmp_path / source.file_name
        path.write_bytes(source.data)
        url = lab.engine.url.render_as_string()
        words = ["--database", url, "count", str(path), "--user", "anna", *options]
        result = CliRunner().invoke(main, words)
        return result.exit_code, result.output

    return run


def test_the_command_accepts_the_samples_that_are_named(
    lab: Database, on_disk: Callable[..., tuple[int, str]]
) -> None:
    code, printed = on_disk(nc_view(), "--batch", BATCH, "--sample", "MSC-B")
    assert code == 0, printed
    assert "840\u202f000" in printed
    assert "75.0 %" in printed
    assert "MSC-A" not in printed
    with lab.reading() as session:
        assert session.scalars(select(StoredCount.sample)).all() == ["MSC-B"]


def test_a_single_sample_need_not_be_named_and_doubts_are_printed(
    on_disk: Callable[..., tuple[int, str]],
) -> None:
    line = changed(TWO_SAMPLES[0], VIABILITY="40")
    code, printed = on_disk(nc_view(line), "--batch", BATCH)
    assert code == 0, printed
    assert "warning: Line:column 2:8" in printed


@pytest.mark.parametrize("options", [("--batch", BATCH), ("--batch", "none")])
def test_the_command_refuses_and_says_what_to_choose_from(
    lab: Database, on_disk: Callable[..., tuple[int, str]], options: tuple[str, ...]
) -> None:
    code, printed = on_disk(nc_view(), *options)
    assert code == 1
    assert "'MSC-A', 'MSC-B'" in printed or "no batch 'none'" in printed
    with lab.reading() as session:
        assert session.scalars(select(StoredCount.id)).all() == []
