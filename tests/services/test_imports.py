"""The way of a reader file: received, looked at, accepted once, or refused with nothing stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from conftest import People
from factories import (
    INVENTED_HALF_SUPPRESSION,
    add_plate,
    book,
    grid,
    invented_reader_file,
)
from sqlalchemy import func, select

from lims_msc.database import make_engine
from lims_msc.demo.invented import PLATE, invented_signals
from lims_msc.domain.actor import Actor
from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.domain.wording import r50_text
from lims_msc.errors import (
    Conflict,
    DuplicateUpload,
    InputError,
    LayoutMismatch,
    LimsMscError,
    NotAllowed,
    NotFound,
)
from lims_msc.models import Analysis, Import, Reading, SourceFile
from lims_msc.registry import Registry
from lims_msc.services import imports, queries
from lims_msc.services.imports import Choices
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]
VALUES = {str(well): signal.value for well, signal in invented_signals().items()}


def reader_file(*plates: str, without: tuple[str, ...] = (), **changes: object) -> Source:
    """Return a workbook with a labelled grid of the invented values on each sheet."""
    values = {well: value for well, value in {**VALUES, **changes}.items() if well not in without}
    return Source("reader.xlsx", book(**{name: grid(values) for name in plates or ("Raw",)}))


@pytest.fixture
def plate_id(lab: Database, registry: Registry, people: People) -> int:
    return add_plate(lab, registry, people.technician)


def receive(lab: Database, registry: Registry, actor: Actor, plate_id: int, source: Source) -> int:
    return imports.receive(lab, registry, actor, plate_id, source)


def test_the_invented_plate_gives_the_half_suppression_of_each_mode(
    analysed: Database, registry: Registry
) -> None:
    with analysed.reading() as session:
        curves = queries.curves_of_analysis(session, registry, 1)
        analysis = session.get_one(Analysis, 1)
        assert (analysis.state, analysis.version, analysis.headline_mode) == ("draft", 1, "FULL")
        assert session.scalar(select(func.count()).select_from(Reading)) == len(VALUES)
    found = {curve.mode: r50_text(curve.result.r50) for curve in curves}
    assert {mode: found[mode] for mode in INVENTED_HALF_SUPPRESSION} == INVENTED_HALF_SUPPRESSION


def test_the_bytes_are_kept_exactly_and_looking_stores_nothing_more(
    lab: Database, registry: Registry, people: People, plate_id: int, counts: Counts
) -> None:
    source = invented_reader_file()
    file_id = receive(lab, registry, people.technician, plate_id, source)
    before = counts(lab)
    seen = imports.preview(lab, registry, plate_id, file_id, Choices())
    assert seen.can_be_accepted
    assert (seen.plate_code, seen.file_name, seen.importer_key) == (
        PLATE,
        "reader.xlsx",
        "generic_grid",
    )
    assert {str(w): s.value for w, s in seen.signals.items()} == VALUES
    assert counts(lab) == before
    with lab.reading() as session:
        stored = session.execute(
            select(SourceFile.data, SourceFile.purpose).where(SourceFile.id == file_id)
        ).one()
    assert tuple(stored) == (source.data, "reader")


def test_every_reading_is_stored_with_the_cell_it_came_from(analysed: Database) -> None:
    with analysed.reading() as session:
        rows = session.execute(select(Reading.value, Reading.raw, Reading.sheet, Reading.cell))
        found = {(value, raw, sheet, cell) for value, raw, sheet, cell in rows}
    assert len(found) == len(VALUES)
    assert all(float(raw) == value and sheet and cell for value, raw, sheet, cell in found)


def test_the_same_bytes_are_refused_whatever_they_are_called(
    analysed: Database, registry: Registry, people: People, counts: Counts
) -> None:
    before = counts(analysed)
    other = add_plate(analysed, registry, people.technician, "P-2")
    with pytest.raises(DuplicateUpload) as refusal:
        receive(analysed, registry, people.reviewer, other, invented_reader_file("again.xlsx"))
    for words in ("'again.xlsx'", "'reader.xlsx'", "Tina Tester", f"'{PLATE}'", "2026-03-14"):
        assert words in refusal.value.message
    after = counts(analysed)
    assert after["msc_import"] == before["msc_import"]
    assert after["msc_source_file"] == before["msc_source_file"] + 1  # the map of P-2


def test_an_upload_that_was_not_accepted_may_be_uploaded_again(
    lab: Database, registry: Registry, people: People, plate_id: int, counts: Counts
) -> None:
    first = receive(lab, registry, people.technician, plate_id, invented_reader_file())
    before = counts(lab)
    again = receive(lab, registry, people.reviewer, plate_id, invented_reader_file("b.xlsx"))
    assert again == first
    assert counts(lab) == before


def test_a_plate_has_one_file(
    analysed: Database, registry: Registry, people: People, counts: Counts
) -> None:
    other = receive(analysed, registry, people.technician, 1, reader_file(B2=1.7))
    before = counts(analysed)
    with pytest.raises(Conflict, match=r"has its readings already, from the file 'reader\.xlsx'"):
        imports.accept(analysed, registry, people.technician, 1, other, choices=Choices())
    assert counts(analysed) == before


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (reader_file(without=("C2", "C3")), "layout.unread", "uses wells C2, C3, but"),
        (reader_file(without=tuple(VALUES)[1:]), "layout.unread", "no reading there"),
        (
            Source("big.xlsx", book(Raw=grid({**VALUES, "P24": 1.0}, rows=16, columns=24))),
            "layout.outside",
            "well P24",
        ),
    ],
)
def test_a_file_that_does_not_fit_the_layout_is_refused_with_wells_and_cells(  # noqa: PLR0917 (fixtures)
    lab: Database,
    registry: Registry,
    people: People,
    plate_id: int,
    counts: Counts,
    source: Source,
    code: str,
    words: str,
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, source)
    before = counts(lab)
    with pytest.raises(LayoutMismatch) as refusal:
        imports.accept(lab, registry, people.technician, plate_id, file_id, choices=Choices())
    (finding,) = (f for f in refusal.value.findings if f.level is Level.ERROR)
    assert finding.code == code
    assert words in finding.message
    assert finding.sheet
    assert finding.cell
    assert counts(lab) == before


def test_wells_that_the_map_does_not_use_are_a_note_and_block_nothing(
    lab: Database, registry: Registry, people: People, plate_id: int
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, reader_file(H12=0.04))
    seen = imports.preview(lab, registry, plate_id, file_id, Choices())
    assert seen.can_be_accepted
    (note,) = (f for f in seen.findings if f.code == "layout.unused")
    assert "well H12" in note.message


TWO = ("Monday", "Tuesday")


def test_two_plates_in_a_file_must_be_told_apart_by_a_person(
    lab: Database, registry: Registry, people: People, plate_id: int, counts: Counts
) -> None:
    second = add_plate(lab, registry, people.technician, "P-2")
    file_id = receive(lab, registry, people.technician, plate_id, reader_file(*TWO))
    before = counts(lab)
    with pytest.raises(InputError, match="holds 2 plates") as refusal:
        imports.accept(lab, registry, people.technician, plate_id, file_id, choices=Choices())
    assert "1: 'Monday', 2: 'Tuesday'" in refusal.value.hint
    assert counts(lab) == before
    for plate, index in ((plate_id, 1), (second, 0)):
        chosen = Choices(file_plate_index=index)
        imports.accept(lab, registry, people.technician, plate, file_id, choices=chosen)
    with lab.reading() as session:
        taken = session.execute(select(Import.plate_id, Import.file_plate).order_by(Import.id))
        assert [tuple(row) for row in taken] == [(plate_id, "Tuesday"), (second, "Monday")]


def test_a_plate_of_a_file_is_taken_once(
    lab: Database, registry: Registry, people: People, plate_id: int
) -> None:
    second = add_plate(lab, registry, people.technician, "P-2")
    source = reader_file(*TWO)
    file_id = receive(lab, registry, people.technician, plate_id, source)
    chosen = Choices(file_plate_index=1)
    imports.accept(lab, registry, people.technician, plate_id, file_id, choices=chosen)
    with pytest.raises(Conflict, match=f"Plate 2 of the file .* for the plate '{PLATE}'"):
        imports.preview(lab, registry, second, file_id, chosen)
    assert receive(lab, registry, people.technician, second, source) == file_id
    assert imports.preview(lab, registry, second, file_id, Choices()).file_plate_index == 0


def test_the_plate_of_the_same_name_is_meant(
    lab: Database, registry: Registry, people: People, plate_id: int
) -> None:
    source = reader_file("Other", PLATE)
    file_id = receive(lab, registry, people.technician, plate_id, source)
    assert imports.preview(lab, registry, plate_id, file_id, Choices()).file_plate_index == 1
    imports.accept(lab, registry, people.technician, plate_id, file_id, choices=Choices())
    with lab.reading() as session:
        assert session.scalars(select(Import.file_plate)).one() == PLATE


@pytest.mark.parametrize("index", [-1, 2, 99])
def test_a_plate_that_the_file_does_not_hold_is_refused(
    lab: Database, registry: Registry, people: People, plate_id: int, index: int
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, reader_file(*TWO))
    with pytest.raises(InputError, match=f"no plate number {index + 1}"):
        imports.preview(lab, registry, plate_id, file_id, Choices(file_plate_index=index))


def test_an_unknown_read_is_refused_and_not_replaced_by_another(
    lab: Database, registry: Registry, people: People, plate_id: int
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, invented_reader_file())
    with pytest.raises(InputError, match="no read '570'"):
        imports.preview(lab, registry, plate_id, file_id, Choices(read_key="570"))


def test_several_reads_must_be_chosen_between(
    lab: Database, registry: Registry, people: People, plate_id: int
) -> None:
    block = grid(VALUES)
    rows = [["450 nm"], *block, [], ["570 nm"], *grid(dict.fromkeys(VALUES, 0.04))]
    source = Source("two-reads.xlsx", book(Raw=rows))
    file_id = receive(lab, registry, people.technician, plate_id, source)
    seen = imports.preview(lab, registry, plate_id, file_id, Choices())
    difference = "450 nm minus 570 nm"
    assert [read.key for read in seen.reads] == ["450 nm", "570 nm", difference]
    with pytest.raises(InputError, match="holds 2 reads of the plate") as refusal:
        imports.accept(lab, registry, people.technician, plate_id, file_id, choices=Choices())
    assert f"'450 nm', '570 nm'; or a difference of two: '{difference}'." in refusal.value.hint
    chosen = Choices(read_key=seen.reads[0].key)
    imports.accept(lab, registry, people.technician, plate_id, file_id, choices=chosen)
    with lab.reading() as session:
        assert session.scalars(select(Analysis.read_label)).one() == seen.reads[0].label
        assert session.scalar(select(func.count()).select_from(Reading)) == 2 * len(VALUES)


@pytest.mark.parametrize("number", [0, 99])
def test_a_plate_or_a_file_that_is_not_there_is_not_found(
    lab: Database, registry: Registry, people: People, plate_id: int, number: int
) -> None:
    with pytest.raises(NotFound, match=f"no plate number {number}"):
        receive(lab, registry, people.technician, number, invented_reader_file())
    with pytest.raises(NotFound, match=f"no file number {number}"):
        imports.preview(lab, registry, plate_id, number, Choices())


@pytest.mark.parametrize("who", ["reader", "data_manager", "administrator"])
def test_only_those_who_work_in_the_laboratory_upload_and_accept(  # noqa: PLR0917 (fixtures)
    lab: Database, registry: Registry, people: People, plate_id: int, counts: Counts, who: str
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, invented_reader_file())
    before = counts(lab)
    actor = getattr(people, who)
    with pytest.raises(NotAllowed, match="may not upload"):
        receive(lab, registry, actor, plate_id, reader_file())
    with pytest.raises(NotAllowed, match="may not accept"):
        imports.accept(lab, registry, actor, plate_id, file_id, choices=Choices())
    assert counts(lab) == before


def at_once(lab: Database, *acts: Callable[[Database], object]) -> list[object]:
    """Do these at the same moment, each over a database object of its own."""
    start = threading.Barrier(len(acts), timeout=30)
    outcomes: list[object] = []

    def run(act: Callable[[Database], object]) -> None:
        database = Database(make_engine(lab.engine.url.render_as_string()))
        start.wait()
        try:
            outcomes.append(act(database))
        except LimsMscError as refusal:
            outcomes.append(type(refusal))
        database.engine.dispose()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes, key=str)


def test_of_two_people_who_accept_at_once_one_is_told_that_the_other_was_first(
    lab: Database, registry: Registry, people: People, plate_id: int, counts: Counts
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, invented_reader_file())

    def accept(actor: Actor, database: Database) -> int:
        return imports.accept(database, registry, actor, plate_id, file_id, choices=Choices())

    actors = (people.technician, people.reviewer)
    assert at_once(lab, *(partial(accept, actor) for actor in actors)) == [1, Conflict]
    found = counts(lab)
    assert (found["msc_import"], found["msc_analysis"]) == (1, 1)
    assert found["msc_reading"] == len(VALUES)


def test_of_two_people_who_register_a_plate_at_once_one_is_refused(
    lab: Database, registry: Registry, people: People, counts: Counts
) -> None:
    def register(actor: Actor, database: Database) -> int:
        return add_plate(database, registry, actor)

    actors = (people.technician, people.reviewer)
    assert at_once(lab, *(partial(register, actor) for actor in actors)) == [1, Conflict]
    assert counts(lab)["msc_plate"] == 1


def test_a_computation_that_fails_takes_the_import_with_it(  # noqa: PLR0917 (fixtures)
    lab: Database,
    registry: Registry,
    people: People,
    plate_id: int,
    counts: Counts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file_id = receive(lab, registry, people.technician, plate_id, invented_reader_file())
    before = counts(lab)

    def fails(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(imports.analyses, "compute", fails)
    with pytest.raises(ZeroDivisionError):
        imports.accept(lab, registry, people.technician, plate_id, file_id, choices=Choices())
    assert counts(lab) == before
