"""The migrations: up from nothing, down to nothing, and exact about what a database should be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from lims_msc import migrate
from lims_msc.database import make_engine
from lims_msc.errors import ConfigurationError
from lims_msc.models import Base

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
REVISIONS = sorted(path for path in VERSIONS.glob("*.py") if path.name != "__init__.py")
TEXT_OF_ALL = "\n".join(path.read_text(encoding="utf-8") for path in REVISIONS)
MADE = re.findall(r'^revision = "(\w+)"$', TEXT_OF_ALL, re.MULTILINE)
EARLIER = re.findall(r'^down_revision = "(\w+)"$', TEXT_OF_ALL, re.MULTILINE)


def schema(engine: Engine) -> set[str]:
    """Return everything that the database holds, as the statements that made it."""
    with engine.connect() as connection:
        made = connection.execute(text("SELECT coalesce(sql, name) FROM sqlite_master"))
        return set(made.scalars())


def test_an_upgrade_from_nothing_makes_exactly_the_tables_of_this_release(engine: Engine) -> None:
    assert migrate.current_revision(engine) is None
    assert migrate.upgrade(engine) == migrate.shipped_head()
    assert migrate.current_revision(engine) == migrate.shipped_head()
    assert migrate.differences(engine) == []
    assert set(inspect(engine).get_table_names()) == migrate.our_tables()
    assert set(Base.metadata.tables) | {"msc_alembic_version"} == migrate.our_tables()
    migrate.require_current(engine)


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    before = schema(engine)
    assert migrate.upgrade(engine) == migrate.shipped_head()
    assert schema(engine) == before


def test_a_downgrade_to_the_base_leaves_no_table_of_ours_and_can_go_up_again(
    engine: Engine,
) -> None:
    migrate.upgrade(engine)
    before = schema(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"msc_alembic_version"}
    assert migrate.current_revision(engine) is None
    with engine.connect() as connection:
        left = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index', 'view')")
        )
        assert [name for name in left.scalars() if "alembic" not in name] == []
    migrate.upgrade(engine)
    assert schema(engine) == before


@pytest.mark.parametrize("revision", EARLIER)
def test_data_of_an_earlier_revision_survive_the_upgrade(engine: Engine, revision: str) -> None:
    migrate.upgrade(engine, revision)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO msc_donor (code, sex, note) VALUES ('D-1', 'x', '')"))
        connection.execute(
            text("INSERT INTO msc_study (code, title, is_simulated) VALUES ('S', 'T', 0)")
        )
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT code FROM msc_donor")) == "D-1"
        assert connection.scalar(text("SELECT title FROM msc_study")) == "T"
    assert migrate.differences(engine) == []


DAMAGE = {
    "ALTER TABLE msc_donor DROP COLUMN note": "note",
    "ALTER TABLE msc_donor ADD COLUMN extra TEXT": "extra",
    "DROP TABLE msc_export": "msc_export",
    "DROP INDEX ix_msc_analysis_state": "ix_msc_analysis_state",
    "DROP TRIGGER msc_audit_no_update": "trigger 'msc_audit_no_update' is missing",
    "DROP TRIGGER msc_review_event_no_delete": "trigger 'msc_review_event_no_delete' is missing",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_difference_to_this_release_is_named(engine: Engine, damage: str) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(damage))
    assert any(DAMAGE[damage] in difference for difference in migrate.differences(engine))


@pytest.mark.parametrize("found", [None, "20200101a"])
def test_a_database_at_another_revision_is_refused_with_what_to_run(
    engine: Engine, found: str | None
) -> None:
    if found:
        migrate.upgrade(engine)
        with engine.begin() as connection:
            connection.execute(text(f"UPDATE msc_alembic_version SET version_num = '{found}'"))
    with pytest.raises(ConfigurationError) as refusal:
        migrate.require_current(engine)
    assert f"'{found or 'none'}'" in refusal.value.message
    assert f"'{migrate.shipped_head()}'" in refusal.value.message
    assert "db upgrade" in refusal.value.hint


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_text("Dear colleague, " * 400)
    engine = make_engine(f"sqlite:///{path}")
    for step in (migrate.current_revision, migrate.upgrade, migrate.require_current):
        with pytest.raises(ConfigurationError, match="cannot be opened"):
            step(engine)
    engine.dispose()


def test_a_folder_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/missing/lab.sqlite")
    with pytest.raises(ConfigurationError, match="cannot be opened") as refusal:
        migrate.upgrade(engine)
    assert "folder" in refusal.value.hint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "is not a database address"),
        ("lab.sqlite", "is not a database address"),
        ("postgresql://localhost/lab", "names a postgresql database"),
    ],
)
def test_an_address_that_is_none_is_refused_by_the_name_of_the_setting(
    url: str, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"LIMS_MSC_DATABASE_URL.*{words}"):
        make_engine(url)


def test_the_newest_revision_is_the_only_one_that_no_other_follows() -> None:
    assert len(set(MADE)) == len(REVISIONS)
    assert set(MADE) - set(EARLIER) == {migrate.shipped_head()}


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_a_revision_imports_alembic_and_sqlalchemy_only(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or ".").split(".")[0])
    assert imported <= {"alembic", "sqlalchemy"}


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_a_revision_says_when_it_was_written_and_what_it_does(path: Path) -> None:
    assert re.fullmatch(r"20\d{6}_\d{4}_[a-z0-9_]+", path.stem)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    steps = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {"upgrade", "downgrade"} <= set(steps)
    assert all(not isinstance(node, ast.Pass) for step in steps.values() for node in step.body)


def test_a_new_revision_can_be_written_from_the_template(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", f"{VERSIONS}:{tmp_path}")
    head = migrate.shipped_head()
    made = command.revision(config, "a new table", head=head, version_path=str(tmp_path))
    assert made is not None
    (written,) = tmp_path.glob("*.py")
    assert f'down_revision = "{head}"' in written.read_text().replace("'", '"')
    compile(written.read_text(), written.name, "exec")
