"""A laboratory with materials, and one with an analysed plate: made once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import People, SteppingClock
from factories import add_analysis, add_materials
from freezing import freeze
from sqlalchemy import func, select

from lims_msc.database import make_engine
from lims_msc.models import Base
from lims_msc.registry import Registry
from lims_msc.services.transaction import Database

Counts = dict[str, int]


@pytest.fixture
def open_copy(tmp_path: Path) -> Iterator[Callable[[Path], Database]]:
    """Open a copy of a database file."""
    opened: list[Database] = []

    def open_copy(path: Path) -> Database:
        copy = Path(shutil.copy(path, tmp_path / f"copy-{len(opened)}.sqlite"))
        clock = SteppingClock()
        clock._now += timedelta(hours=2)  # after everything that was stored in the original
        opened.append(Database(make_engine(f"sqlite:///{copy}"), clock))
        return opened[-1]

    yield open_copy
    for database in opened:
        database.engine.dispose()


@pytest.fixture(scope="session")
def materials_file(
    migrated_file: Path, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("materials") / "lab.sqlite"
    shutil.copy(migrated_file, path)
    database = Database(make_engine(f"sqlite:///{path}"), SteppingClock())
    add_materials(database, people.technician)
    database.engine.dispose()
    return path


@pytest.fixture(scope="session")
def analysed_file(
    materials_file: Path,
    registry: Registry,
    people: People,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = Path(shutil.copy(materials_file, tmp_path_factory.mktemp("analysed") / "lab.sqlite"))
    database = Database(make_engine(f"sqlite:///{path}"), SteppingClock())
    assert add_analysis(database, registry, people.technician) == 1
    database.engine.dispose()
    return path


@pytest.fixture
def lab(open_copy: Callable[[Path], Database], materials_file: Path) -> Database:
    """A laboratory with a study, a batch and a responder."""
    return open_copy(materials_file)


@pytest.fixture
def analysed(open_copy: Callable[[Path], Database], analysed_file: Path) -> Database:
    """A laboratory in which the invented plate has its analysis, number 1, as a draft."""
    return open_copy(analysed_file)


@pytest.fixture
def counts() -> Callable[[Database], Counts]:
    """Count the rows of every table."""

    def counts(database: Database) -> Counts:
        with database.reading() as session:
            return {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Base.metadata.tables.items()
            }

    return counts


@pytest.fixture
def freezer(lab: Database, people: People) -> Database:
    """Three vials of the batch in the slots A1 to A3."""
    freeze(lab, people)
    return lab
