"""Host applications of a few lines, with and without lims-msc in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import ANNA, add_materials, host_app
from flask import Flask

from lims_msc.database import make_engine
from lims_msc.domain.actor import ALL_ROLES, Actor
from lims_msc.services.transaction import Database

MakeHost = Callable[..., Flask]


@pytest.fixture
def make_host(database_file: Path) -> Iterator[MakeHost]:
    """Make hosts over one migrated database; their connections are closed after the test."""
    made: list[Flask] = []

    def make_host(*, actor: Actor | None = ANNA, mount: bool = True) -> Flask:
        made.append(host_app(database_file, actor=actor, mount=mount))
        return made[-1]

    yield make_host
    for app in made:
        close(app)


@pytest.fixture
def with_study(database_file: Path) -> None:
    database = Database(make_engine(f"sqlite:///{database_file}"))
    add_materials(database, Actor("0", "Ever Body", ALL_ROLES))
    database.engine.dispose()


def close(app: Flask) -> None:
    """Close the connections of an application in which lims-msc was mounted."""
    if "lims_msc" in app.extensions:
        app.extensions["lims_msc"].database.engine.dispose()
