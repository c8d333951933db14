"""The demonstration laboratory, built once for all tests of this folder, which only read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lims_msc.database import make_engine
from lims_msc.demo.lab import DemoLab, build_demo_lab
from lims_msc.registry import Registry
from lims_msc.services.transaction import Clock, Database


@pytest.fixture(scope="session")
def lab_database(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    path = shutil.copy(migrated_file, tmp_path_factory.mktemp("demo") / "lab.sqlite")
    database = Database(make_engine(f"sqlite:///{path}"))
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def demo_clock() -> Clock:
    """A clock that stands still, so that two laboratories can be compared."""
    return lambda: datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def said() -> list[str]:
    """What the builder said on the way; filled when the laboratory is built."""
    return []


@pytest.fixture(scope="session")
def lab(lab_database: Database, registry: Registry, said: list[str], demo_clock: Clock) -> DemoLab:
    return build_demo_lab(lab_database, registry, clock=demo_clock, report=said.append)
