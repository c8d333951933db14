"""A migration that is stopped at any statement can be run again, and nothing is half done."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from records_of_before import WITHOUT_RECORDS, add_rows_of_before
from sqlalchemy import Engine, event

from lims_msc import migrate
from lims_msc.database import make_engine


class Stopped(Exception):
    """The moment at which the migration is stopped."""


def contents(engine: Engine) -> list[str]:
    """Return everything that the database holds but its revision, as statements that make it."""
    connection = engine.raw_connection()
    try:
        dumped = connection.driver_connection.iterdump()  # type: ignore[union-attr]
        return [line for line in dumped if migrate.VERSION_TABLE not in line]
    finally:
        connection.close()


def revisions() -> list[str]:
    """Return the revisions from the first to the newest."""
    config = Config()
    config.set_main_option("script_location", str(files("lims_msc.migrations")))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in walked][::-1]


def note_statements(engine: Engine) -> list[str]:
    """Return the list to which each statement is added that the engine executes."""
    executed: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: executed.append(arguments[2]))
    return executed


def stop_at(engine: Engine, statement_number: int) -> None:
    """Let the engine fail when it is about to execute its n-th statement, counted from 1."""
    left = iter(range(statement_number - 1, -1, -1))

    def stop(*_: object) -> None:
        if next(left, None) == 0:
            raise Stopped

    event.listen(engine, "before_cursor_execute", stop)


def chosen(statements: Sequence[str]) -> list[int]:
    """Return the numbers of the statements at which to stop.

    All that read or change rows, with those before and after, and the first and the last; of the
    tables, columns and indexes that are made one after the other every seventh.
    """
    count = len(statements)
    makes = [text.split()[0].upper() in {"CREATE", "ALTER", "PRAGMA"} for text in statements]
    return [
        number
        for number in range(1, count + 1)
        if number % 7 == 1 or number == count or not all(makes[max(number - 2, 0) : number + 1])
    ]


def test_after_a_failure_at_any_statement_the_upgrade_can_be_repeated(
    open_database: Callable[[str], Engine], tmp_path: Path
) -> None:
    def copy_of(source: Engine, name: str) -> Engine:
        source.dispose()
        shutil.copy(str(source.url.database), tmp_path / f"{name}.sqlite")
        return open_database(name)

    before = open_database("nothing")
    assert contents(before)
    trials = 0
    for revision in revisions():
        found = migrate.current_revision(before)
        if found == WITHOUT_RECORDS:
            add_rows_of_before(before)
        earlier = contents(before)
        after = copy_of(before, revision)
        statements = note_statements(after)
        migrate.upgrade(after, revision)
        stops = chosen(statements)
        later = contents(after)
        assert later != earlier
        for number in stops:
            stopped = copy_of(before, f"{revision}-{number}")
            stop_at(stopped, number)
            with pytest.raises(Stopped):
                migrate.upgrade(stopped, revision)
            # Between two revisions is a good place to be; within one is not.
            whole = {found: earlier, revision: later}[migrate.current_revision(stopped)]
            assert contents(stopped) == whole, f"{revision} stopped at statement {number}"
            if number in {stops[0], stops[len(stops) // 2], stops[-1]}:
                migrate.upgrade(stopped, revision)
                assert contents(stopped) == later
            stopped.dispose()
        trials += len(stops)
        before = after
    assert trials > 60
    assert migrate.differences(before) == []


KILL_ITSELF = """
import os, signal, sys
from sqlalchemy import event
from lims_msc import migrate
from lims_msc.database import make_engine

engine, left = make_engine(sys.argv[1]), [int(sys.argv[2])]

def die(*_):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(engine, sys.argv[3], die)
migrate.upgrade(engine)
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is of Unix")
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (5, "before_cursor_execute"),
        (20, "after_cursor_execute"),
        (40, "after_cursor_execute"),
        (1, "commit"),
    ],
)
def test_after_a_kill_the_upgrade_can_be_repeated(tmp_path: Path, number: int, moment: str) -> None:
    url = f"sqlite:///{tmp_path / 'lab.sqlite'}"
    command = [sys.executable, "-c", KILL_ITSELF, url, str(number), moment]
    killed = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    engine = make_engine(url)
    assert migrate.upgrade(engine) == migrate.shipped_head()
    assert migrate.differences(engine) == []
    engine.dispose()
