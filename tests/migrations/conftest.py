"""Empty database files and their engines, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lims_msc.database import make_engine


@pytest.fixture
def open_database(tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """Open the database of a name in a folder of the test's own."""
    engines: list[Engine] = []

    def open_database(name: str) -> Engine:
        engines.append(make_engine(f"sqlite:///{tmp_path / name}.sqlite"))
        return engines[-1]

    yield open_database
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(open_database: Callable[[str], Engine]) -> Engine:
    """An engine over a file that does not exist yet."""
    return open_database("lab")
