"""The statements that are sent to a database, to be counted or looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from lims_msc.services.transaction import Database

Statement = tuple[str, object]
"""A statement and its parameters."""


@contextmanager
def sent_statements(database: Database) -> Iterator[list[Statement]]:
    """Collect what is sent while the block runs."""
    sent: list[Statement] = []

    def keep(*arguments: object) -> None:
        sent.append((str(arguments[2]), arguments[3]))

    event.listen(database.engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", keep)
