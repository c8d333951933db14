"""A migration that is stopped at any statement can be run again, and nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, text

from lims_msc import migrate
from lims_msc.database import make_engine


class Stopped(Exception):
    """The moment at which the migration is stopped."""


def tables(engine: Engine) -> set[str]:
    """Return everything of ours that the database holds, as the statements that made it."""
    with engine.connect() as connection:
        made = connection.execute(text("SELECT coalesce(sql, name) FROM sqlite_master"))
        return {statement for statement in made.scalars() if migrate.VERSION_TABLE not in statement}


def revisions() -> list[str]:
    """Return the revisions from the first to the newest."""
    config = Config()
    config.set_main_option("script_location", str(files("lims_msc.migrations")))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in walked][::-1]


def count_statements(engine: Engine) -> int:
    executed = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: executed.append(arguments[2]))
    migrate.upgrade(engine)
    return len(executed)


def stop_at(engine: Engine, statement_number: int) -> None:
    """Let the engine fail when it is about to execute its n-th statement, counted from 1."""
    left = iter(range(statement_number - 1, -1, -1))

    def stop(*_: object) -> None:
        if next(left, None) == 0:
            raise Stopped

    event.listen(engine, "before_cursor_execute", stop)


def test_after_a_failure_at_any_statement_the_upgrade_can_be_repeated(
    open_database: Callable[[str], Engine],
) -> None:
    whole: dict[str | None, set[str]] = {None: set()}
    for revision in revisions():
        at_revision = open_database(f"at-{revision}")
        migrate.upgrade(at_revision, revision)
        whole[revision] = tables(at_revision)
    statements = count_statements(open_database("counted"))
    assert statements > 30
    for number in range(1, statements + 1):
        interrupted = open_database(f"stopped-{number}")
        stop_at(interrupted, number)
        with pytest.raises(Stopped):
            migrate.upgrade(interrupted)
        interrupted.dispose()
        again = open_database(f"stopped-{number}")
        # Between two revisions is a good place to be; within one is not.
        found = migrate.current_revision(again)
        assert tables(again) == whole[found], f"stopped at statement {number}, found {found}"
        assert migrate.upgrade(again) == migrate.shipped_head()
        assert migrate.differences(again) == []


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
