"""A cell among its neighbours, read again from the bytes that were uploaded."""

from __future__ import annotations

import pytest
from conftest import People
from factories import book
from sqlalchemy import select

from lims_msc.domain.importing import Source
from lims_msc.errors import NotFound
from lims_msc.models import Reading
from lims_msc.registry import Registry
from lims_msc.services import source_cells
from lims_msc.services.source_files import keep
from lims_msc.services.transaction import Database


def stored(database: Database, people: People, source: Source) -> int:
    with database.unit_of_work(people.technician, "test") as session:
        return keep(session, people.technician, source, "reader").id


def test_every_reading_of_a_plate_is_found_at_its_cell(
    analysed: Database, registry: Registry
) -> None:
    with analysed.reading() as session:
        rows = session.execute(select(Reading.raw, Reading.sheet, Reading.cell)).all()
    for raw, sheet, cell in rows[:3] + rows[-3:]:
        window = source_cells.window(analysed, registry, 2, sheet=sheet, cell=cell)
        targets = [c for _, cells in window.rows for c in cells if c.is_target]
        assert [target.text for target in targets] == [raw]
        assert (window.text, window.file_name, window.cell) == (raw, "reader.xlsx", cell)


@pytest.fixture
def sheet_file(database: Database, people: People) -> int:
    rows = [[f"r{row}c{column}" for column in range(1, 31)] for row in range(1, 41)]
    return stored(database, people, Source("big.xlsx", book(Raw=rows, Other=[["x"]])))


@pytest.mark.parametrize(
    ("cell", "text", "rows", "headings"),
    [
        ("A1", "r1c1", (1, 7), ("A", "G")),
        ("H20", "r20c8", (14, 26), ("B", "N")),
        ("AA40", "r40c27", (34, 46), ("U", "AG")),
        ("ZZ900", "", (894, 906), ("ZT", "AAF")),
    ],
)
def test_the_window_shows_six_cells_on_each_side(  # noqa: PLR0917 (fixtures)
    database: Database,
    registry: Registry,
    sheet_file: int,
    cell: str,
    text: str,
    rows: tuple[int, int],
    headings: tuple[str, str],
) -> None:
    window = source_cells.window(database, registry, sheet_file, sheet="Raw", cell=cell)
    assert (window.rows[0][0], window.rows[-1][0]) == rows
    assert (window.headings[0], window.headings[-1]) == headings
    assert {len(cells) for _, cells in window.rows} == {len(window.headings)}
    (target,) = (c for _, cells in window.rows for c in cells if c.is_target)
    assert target.text == window.text == text


def test_a_text_file_is_shown_by_line_and_column(
    database: Database, registry: Registry, people: People
) -> None:
    file_id = stored(database, people, Source("a.csv", b"Well,OD\r\nA1,0.51\r\nA2,0.62\r\n"))
    window = source_cells.window(database, registry, file_id, sheet="", cell="3:2")
    assert window.text == "0.62"
    assert window.headings[:2] == ("1", "2")


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [
        ("None", "A1"),
        ("Raw", ""),
        ("Raw", "A0"),
        ("Raw", "1A"),
        ("Raw", "a1"),
        ("Raw", "3:2"),
        ("Raw", "A1:B2"),
        ("Raw", "AAAA1"),
        ("Raw", "A12345678"),
        ("Raw", "A１"),
    ],
)
def test_a_cell_that_is_not_there_is_not_found(
    database: Database, registry: Registry, sheet_file: int, sheet: str, cell: str
) -> None:
    with pytest.raises(NotFound):
        source_cells.window(database, registry, sheet_file, sheet=sheet, cell=cell)


def test_a_file_that_is_not_there_is_not_found(database: Database, registry: Registry) -> None:
    with pytest.raises(NotFound, match="no file number 9"):
        source_cells.window(database, registry, 9, sheet="Raw", cell="A1")


def test_an_error_cell_shows_its_error(
    database: Database, registry: Registry, people: People
) -> None:
    file_id = stored(database, people, Source("e.xlsx", book(Raw=[["#DIV/0!", 0.5]])))
    window = source_cells.window(database, registry, file_id, sheet="Raw", cell="A1")
    assert window.text == "#DIV/0!"
