"""What commands work with: the database and the plugins, the person, and a file on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import has_app_context

from lims_msc import migrate
from lims_msc.database import make_engine
from lims_msc.domain.actor import Actor
from lims_msc.domain.importing import Source
from lims_msc.errors import InputError
from lims_msc.registry import Registry, load_registry
from lims_msc.services import users
from lims_msc.services.transaction import Database
from lims_msc.web.state import state


def open_lab(database_url: str, *, may_be_old: bool = False) -> tuple[Database, Registry]:
    """Return the database and the plugins: the host's, where there is one.

    :raises ConfigurationError: if the database is of another release, and may not be.
    """
    if has_app_context():
        lab = state()
        database, registry = lab.database, lab.registry
    else:
        database, registry = Database(make_engine(database_url)), load_registry()
    if not may_be_old:
        migrate.require_current(database.engine)
    return database, registry


def actor_of(database: Database, login: str) -> Actor:
    """Return the person of that login; every change is made on behalf of somebody.

    :raises UsageError: if neither the option nor the environment names one.
    :raises NotFound: if there is no such person.
    """
    login = login or os.environ.get("LIMS_MSC_USER", "")
    if not login:
        raise click.UsageError("Say on whose behalf: --user LOGIN.")
    with database.reading() as session:
        return users.actor_by_login(session, login)


def source_of(path: str) -> Source:
    """Return a file of the disk as an upload."""
    # A name that is no UTF-8 could be neither shown nor stored.
    name = os.fsencode(Path(path).name).decode("utf-8", "replace")
    return Source(name, Path(path).read_bytes())


def write_file(path: str, data: bytes) -> None:
    """Write a file to the disk.

    :raises InputError: if it cannot be written.
    """
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise InputError(
            f"The file '{path}' cannot be written: {error.strerror}.",
            hint="Check the folder and the name.",
        ) from error
