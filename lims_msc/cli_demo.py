"""The commands that serve the site: the lab's own, and the demonstration laboratory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from lims_msc import migrate
from lims_msc.cli_output import (
    CURVE_COLUMNS,
    VALUE_COLUMNS,
    as_text,
    curve_rows,
    refusing,
    value_rows,
)
from lims_msc.database import make_engine
from lims_msc.domain.value_wording import count_text
from lims_msc.errors import ConfigurationError
from lims_msc.registry import load_registry
from lims_msc.services import queries
from lims_msc.services.transaction import Database

PORT = click.IntRange(1, 65535)
DATABASE_NAME = "demonstration.sqlite"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=PORT, default=8765, show_default=True)
@click.pass_obj
@refusing
def serve(database_url: str, host: str, port: int) -> None:
    """Run the site alone, with its own sign-in.

    Example: lims-msc --database sqlite:///lab.sqlite serve --port 8765
    """
    migrate.require_current(make_engine(database_url))
    _serve(database_url, host, port)


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-lab"),
    show_default=True,
    help="Where its database and its files go.",
)
@click.option("--port", type=PORT, default=8765, show_default=True)
@click.option("--once", is_flag=True, help="Stop after writing the results.")
@refusing
def demo(folder: Path, port: int, once: bool) -> None:  # noqa: FBT001 (click hands it over by name)
    """Build a laboratory of simulated data, print its curves, and serve it.

    An earlier demonstration in the same folder is replaced.

    Example: lims-msc demo --once
    """
    from lims_msc.demo.lab import build_demo_lab

    url = _fresh_database(folder)
    database, registry = Database(make_engine(url)), load_registry()
    migrate.upgrade(database.engine)
    lab = build_demo_lab(database, registry, report=lambda line: click.echo(line, err=True))
    written = lab.write_files(folder)
    with database.reading() as session:
        rows = curve_rows(queries.all_curves(session, registry))
        values = queries.all_values(session, registry)
    click.echo("Simulated data. One line a curve, in the mode that its assay shows first:")
    click.echo(as_text(rows, CURVE_COLUMNS, "table"))
    table = folder / "curves.csv"
    table.write_text(as_text(rows, CURVE_COLUMNS, "csv") + "\r\n", encoding="utf-8")
    other = folder / "values.csv"
    other.write_text(as_text(value_rows(values), VALUE_COLUMNS, "csv") + "\r\n", encoding="utf-8")
    click.echo(
        f"Results that are no curve: {count_text([line.value for line in values])} have a number."
    )
    files = f"{DATABASE_NAME}, curves.csv, values.csv, {_in_short(written)}"
    click.echo(f"Written to {folder}: {files}")
    database.engine.dispose()
    if not once:
        click.echo("Sign in as tech (technician), pi (reviewer) or data (data manager).")
        click.echo(f"The password of each is '{lab.password}'. Stop with Ctrl+C.")
        _serve(url, "127.0.0.1", port)


def _in_short(written: tuple[str, ...]) -> str:
    """Return the names of single files, and of folders with the number of their files."""
    counts = Counter(name.split("/", 1)[0] for name in written)
    return ", ".join(f"{n} files in {top}/" if n > 1 else top for top, n in counts.items())


def _fresh_database(folder: Path) -> str:
    """Return the address of a new database in the folder, in place of an earlier demonstration."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.resolve() / DATABASE_NAME
    # The file name is the demonstration's own, so nothing of a real laboratory is deleted.
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        (path.parent / name).unlink(missing_ok=True)
    return f"sqlite:///{path}"


def _serve(database_url: str, host: str, port: int) -> None:
    import waitress

    from lims_msc.standalone import create_app

    app = create_app({"LIMS_MSC_DATABASE_URL": database_url})
    click.echo(f"http://{host}:{port}/")
    try:
        waitress.serve(app, host=host, port=port, threads=8, ident="lims-msc")
    except OSError as error:
        raise ConfigurationError(
            f"The port {port} cannot be used: {error.strerror}.", hint="Choose another: --port."
        ) from error
