"""Fixtures that every test may ask for: plugins, a migrated database, people, the shared folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from lims_msc.database import make_engine
from lims_msc.domain.actor import ALL_ROLES, Actor, Role
from lims_msc.migrate import upgrade
from lims_msc.registry import Registry, load_registry
from lims_msc.services.transaction import Database

SHARED = Path(__file__).resolve().parents[1].parent / "shared"

# Examples are drawn anew on every machine where people work.  A verdict about a commit is the same
# whenever it is asked for, and time is no verdict anywhere.
settings.register_profile("people", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "people")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out tests that need the shared folder where it is absent, and say so."""
    # Any one of these missing would let its tests skip while the others run.
    if all((SHARED / part).is_dir() for part in ("corpus", "references", "bad_uploads")):
        return
    absent = pytest.mark.skip(reason="the folder 'shared' is not beside the project")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


@dataclass(frozen=True, slots=True)
class People:
    """One person for each kind of work."""

    technician: Actor
    reviewer: Actor
    data_manager: Actor
    administrator: Actor
    reader: Actor


class SteppingClock:
    """A clock that moves one second each time it is asked."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database made by the migrations, once a session; tests work on copies."""
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def database_file(migrated_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_file, tmp_path / "lab.sqlite"))


@pytest.fixture
def database(database_file: Path) -> Iterator[Database]:
    database = Database(make_engine(f"sqlite:///{database_file}"), SteppingClock())
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def people() -> People:
    def person(number: int, name: str, *roles: Role) -> Actor:
        return Actor(str(number), name, frozenset(roles))

    return People(
        technician=person(1, "Tina Tester", Role.TECHNICIAN),
        reviewer=person(2, "Paula Irmer", Role.REVIEWER),
        data_manager=person(3, "Dan Manager", Role.DATA_MANAGER),
        administrator=person(4, "Ada Min", Role.ADMINISTRATOR),
        reader=person(5, "Rea Der", Role.READER),
    )


@pytest.fixture(scope="session")
def everybody() -> Actor:
    return Actor("0", "Ever Body", ALL_ROLES)
