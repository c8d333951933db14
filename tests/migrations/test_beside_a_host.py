"""Our tables and a host's in one database: neither touches nor sees the other's."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, inspect, text

from lims_msc import migrate

HOST = MetaData()
Table("host_page", HOST, Column("id", Integer, primary_key=True), Column("title", String(40)))


def make_host(engine: Engine) -> None:
    HOST.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO host_page VALUES (1, 'hello')"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of the host')"))


def host_state(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        made = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'msc%'")
        )
        rows = [tuple(row) for row in made]
        rows += [tuple(row) for row in connection.execute(text("SELECT * FROM host_page"))]
        rows += [tuple(row) for row in connection.execute(text("SELECT * FROM alembic_version"))]
    return rows


def test_our_migrations_leave_the_hosts_tables_and_version_alone(engine: Engine) -> None:
    make_host(engine)
    before = host_state(engine)
    migrate.upgrade(engine)
    assert host_state(engine) == before
    assert migrate.differences(engine) == []
    assert migrate.current_revision(engine) == migrate.shipped_head()
    migrate.downgrade(engine, "base")
    assert host_state(engine) == before
    assert set(inspect(engine).get_table_names()) <= {
        "host_page",
        "alembic_version",
        "msc_alembic_version",
    }


def host_differences(engine: Engine, **options: object) -> list[str]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)  # type: ignore[arg-type]
        return [str(difference) for difference in compare_metadata(context, HOST)]


def test_a_hosts_autogenerate_drops_nothing_of_ours_with_our_filter(engine: Engine) -> None:
    make_host(engine)
    migrate.upgrade(engine)
    assert host_differences(engine, include_name=migrate.exclude_ours) == []
    # Without the filter it would: that is why the host guide shows the line.
    proposed = host_differences(engine)
    assert any(
        "remove_table" in difference and "msc_donor" in difference for difference in proposed
    )


def test_the_filters_part_the_tables_between_us_and_the_host() -> None:
    for table in (*migrate.our_tables(), "host_page", "alembic_version", "msc_of_the_host", None):
        ours = migrate.include_only_ours(table, "table", {})
        assert ours != migrate.exclude_ours(table, "table", {})
        assert ours == (table in migrate.our_tables())
    for kind in ("schema", "column", "index", "unique_constraint", "foreign_key_constraint"):
        assert migrate.include_only_ours("anything", kind, {})
        assert migrate.exclude_ours("anything", kind, {})
