"""Finds, applies and checks the migrations of lims-msc, alone or beside a host's own tables."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from lims_msc.database import WRITE_OPTION
from lims_msc.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

VERSION_TABLE = "msc_alembic_version"
_TRIGGERS = frozenset(
    f"{table}_no_{operation}"
    for table in ("msc_audit", "msc_review_event")
    for operation in ("update", "delete")
)


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for our migrations over an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("lims_msc.migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def shipped_head() -> str:
    """Return the newest revision that this release ships."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(files("lims_msc.migrations")))
    config.set_main_option("path_separator", "os")
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise ConfigurationError("This installation of lims-msc has lost its migrations.")
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the revision that the database is at; ``None`` for one without our tables.

    :raises ConfigurationError: if there is no database at the address, or it is none of ours.
    """
    from alembic.migration import MigrationContext

    with _opened(engine) as connection:
        options = {"version_table": VERSION_TABLE}
        return MigrationContext.configure(connection, opts=options).get_current_revision()


def _opened(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except DatabaseError as error:
        raise ConfigurationError(
            f"The database of LIMS_MSC_DATABASE_URL cannot be opened: {error.orig}.",
            hint="Check that the folder exists and that the file is a database of lims-msc.",
        ) from error


def upgrade(engine: Engine, revision: str = "head") -> str:
    """Bring the database to a revision and return it.

    :raises ConfigurationError: if the database did not reach the newest revision although asked to.
    """
    from alembic import command

    with _opened(engine).execution_options(**{WRITE_OPTION: True}) as connection:
        command.upgrade(alembic_config(connection), revision)
        connection.commit()
    reached = current_revision(engine)
    # An upgrade that applies nothing and says nothing has been seen in the wild.
    if revision == "head" and reached != shipped_head():
        raise ConfigurationError(
            f"The database is at revision '{reached}' instead of '{shipped_head()}'.",
            hint="Nothing was changed. Check that the installation is complete and try again.",
        )
    return reached or ""


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to an earlier revision (``base``: no tables of ours)."""
    from alembic import command

    with engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        command.downgrade(alembic_config(connection), revision)
        connection.commit()


def differences(engine: Engine) -> list[str]:
    """Return in words how the database differs from the tables of this release; empty if not."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from lims_msc.models import Base

    with engine.connect() as connection:
        options = {
            "version_table": VERSION_TABLE,
            "include_name": include_only_ours,
            "compare_type": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        found = [str(difference) for difference in compare_metadata(context, Base.metadata)]
        return found + _missing_triggers(connection)


def _missing_triggers(connection: Connection) -> list[str]:
    """Return in words the triggers that guard what is only ever added to, where they are gone."""
    from sqlalchemy import text

    there = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    missing = _TRIGGERS - set(there.scalars())
    return [f"the trigger '{name}' is missing" for name in sorted(missing)]


def require_current(engine: Engine) -> None:
    """Refuse to work on a database that is not at this release's revision.

    :raises ConfigurationError: saying which revision is there and what to run.
    """
    found, wanted = current_revision(engine), shipped_head()
    if found != wanted:
        raise ConfigurationError(
            f"The database is at revision '{found or 'none'}'; this release needs '{wanted}'.",
            hint="Run: lims-msc db upgrade (in a host: flask lims-msc db upgrade).",
        )


def our_tables() -> frozenset[str]:
    """Return the names of all tables of ours, the version table included."""
    from lims_msc.models import Base

    return frozenset(Base.metadata.tables) | {VERSION_TABLE}


def include_only_ours(name: str | None, type_: str, _parents: object) -> bool:
    """Alembic ``include_name`` filter that keeps our environment away from a host's tables."""
    return type_ != "table" or name in our_tables()


def exclude_ours(name: str | None, type_: str, _parents: object) -> bool:
    """Alembic ``include_name`` filter for a host: its autogenerate leaves our tables alone."""
    return type_ != "table" or name not in our_tables()
