"""A standalone application over a fresh database, with people who can sign in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from pages import Person, set_up_lab

from lims_msc import create_app
from lims_msc.domain.actor import Actor


def make_app(path: Path) -> Flask:
    return create_app(
        {"LIMS_MSC_DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": "only for tests"}
    )


@pytest.fixture(scope="session")
def lab_file(
    migrated_file: Path, everybody: Actor, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A laboratory with people and materials, made once: passwords are slow to hash, on purpose."""
    path = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("lab") / "lab.sqlite"))
    lab = set_up_lab(make_app(path), everybody)
    lab.database.engine.dispose()
    return path


@pytest.fixture
def app(lab_file: Path, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(Path(shutil.copy(lab_file, tmp_path / "lab.sqlite")))
    yield app
    app.extensions["lims_msc"].database.engine.dispose()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Person]:
    return lambda login: Person(app, login)
