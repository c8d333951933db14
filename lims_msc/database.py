"""The engine as lims-msc needs it: explicit BEGIN, enforced keys, writes synced to disk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lims_msc.errors import ConfigurationError

WRITE_OPTION = "lims_msc_write"
"""Execution option of a connection whose transaction will write."""


def make_engine(url: str) -> Engine:
    """Return an engine for the database at ``url``.

    :raises ConfigurationError: if the address is not one of an SQLite file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            f"LIMS_MSC_DATABASE_URL '{url}' is not a database address.",
            hint="Write sqlite:///path/to/lab.sqlite.",
        ) from error
    if parsed.get_backend_name() != "sqlite":
        raise ConfigurationError(
            f"LIMS_MSC_DATABASE_URL names a {parsed.get_backend_name()} database.",
            hint="This release keeps its data in SQLite: sqlite:///path/to/lab.sqlite.",
        )
    engine = create_engine(parsed)
    prepare_sqlite(engine)
    return engine


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite transactional as written: BEGIN is ours, keys hold, a commit is on the disk."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver would begin late and commit before schema changes; then a migration that is
        # killed half-way can neither go on nor go back.  So it is told to leave BEGIN to us.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A transaction that will write takes the write lock at once: one that reads first and
        # writes later would be refused when another writer came between.
        writes = connection.get_execution_options().get(WRITE_OPTION, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
