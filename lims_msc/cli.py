"""The command line: thin wrappers over services, alone (``lims-msc``) and in a host (``flask``).

Every command ends with exit code 0 (done), 1 (refused, with the reason) or 2 (wrong usage).
"""

from __future__ import annotations

import sys
from copy import copy

import click
from flask.cli import AppGroup, with_appcontext

from lims_msc import migrate
from lims_msc.cli_counts import count
from lims_msc.cli_demo import demo, serve
from lims_msc.cli_lab import actor_of, open_lab, source_of, write_file
from lims_msc.cli_output import (
    FORMS,
    READING_COLUMNS,
    as_text,
    reading_rows,
    refusal_text,
    refusing,
)
from lims_msc.cli_registry import registry_commands
from lims_msc.cli_results import curves, results_text, values
from lims_msc.cli_validate import validate
from lims_msc.domain.actor import ALL_ROLES, Actor, Role
from lims_msc.domain.findings import Level
from lims_msc.domain.plate import PlateFormat
from lims_msc.errors import ConfigurationError, LimsMscError, NotFound
from lims_msc.registry import Registry, load_registry
from lims_msc.services import audit_trail, exports, imports, plate_maps, queries, users
from lims_msc.services.reading_files import read_file
from lims_msc.services.transaction import Database
from lims_msc.version import __version__

COMMAND_LINE = Actor("command line", "command line", ALL_ROLES)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lims-msc")
@click.option(
    "--database",
    metavar="URL",
    envvar="LIMS_MSC_DATABASE_URL",
    default="sqlite:///lims-msc.sqlite",
    show_default=True,
    help="Where the data are; in a host application its own setting counts.",
)
@click.pass_context
def main(context: click.Context, database: str) -> None:
    """From a plate-reader workbook to a suppression curve."""
    context.obj = database


main.add_command(count)
main.add_command(curves)
main.add_command(demo)
main.add_command(registry_commands)
main.add_command(serve)
main.add_command(validate)
main.add_command(values)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
@click.option("--importer", "importer_key", default="", help="Read with this importer.")
@click.option("--option", "option_keys", multiple=True, help="Read this part of the file.")
@refusing
def read(
    files: tuple[str, ...], form: str, importer_key: str, option_keys: tuple[str, ...]
) -> None:
    """Print the readings of instrument files; needs no database.

    Example: lims-msc read plate.xlsx --format csv
    """
    registry = load_registry()
    rows: list[dict[str, str]] = []
    refused = False
    for path in files:
        try:
            found = read_file(registry, source_of(path), importer_key, option_keys=option_keys)
        except LimsMscError as error:
            refused = True
            click.echo(f"{path}: {refusal_text(error)}", err=True)
            continue
        rows += reading_rows(path, found)
        for finding in found.findings:
            if finding.level is not Level.NOTE:
                click.echo(f"{path}: {finding.level}: {finding}", err=True)
    if rows or not refused:
        click.echo(as_text(rows, READING_COLUMNS, form))
    sys.exit(1 if refused else 0)


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--plate", "plate_code", required=True, help="The code of the plate.")
@click.option("--user", "login", default="", help="The login on whose behalf this is done.")
@click.option("--importer", "importer_key", default="", help="Read with this importer.")
@click.option(
    "--file-plate", type=click.IntRange(1), help="Which plate of the file, counted from 1."
)
@click.option(
    "--read",
    "read_key",
    default="",
    help="The read that results are computed from, or a difference: '450 nm minus 570 nm'.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and store nothing.")
@click.pass_obj
@refusing
def import_file(  # noqa: PLR0917 (one argument for each option of the command)
    database_url: str,
    file: str,
    plate_code: str,
    login: str,
    importer_key: str,
    file_plate: int | None,
    read_key: str,
    dry_run: bool,  # noqa: FBT001 (click hands options over by name)
) -> None:
    """Upload a reader file to a plate, accept it and compute its results.

    Example: lims-msc import plate.xlsx --plate P-17 --user anna
    """
    database, registry = open_lab(database_url)
    source = source_of(file)
    actor = actor_of(database, login)
    plate_id = _plate_id(database, registry, plate_code)
    if dry_run:
        found = read_file(registry, source, importer_key)
        count = sum(len(plate.readings) for plate in found.readings.plates)
        click.echo(f"{file}: {found.importer_title}, {count} readings; nothing was stored.")
        return
    index = file_plate - 1 if file_plate else None
    choices = imports.Choices(importer_key, file_plate_index=index, read_key=read_key)
    file_id = imports.receive(database, registry, actor, plate_id, source)
    analysis_id = imports.accept(database, registry, actor, plate_id, file_id, choices=choices)
    with database.reading() as session:
        of_curves = queries.curves_of_analysis(session, registry, analysis_id)
        of_values = queries.values_of_analysis(session, registry, analysis_id)
    click.echo(results_text(of_curves, of_values))


@main.group("plate-map")
def plate_map() -> None:
    """The Excel sheet that says what stands in which well."""


@plate_map.command("template")
@click.argument("out", type=click.Path(dir_okay=False, writable=True))
@click.option(
    "--wells",
    type=click.Choice([str(size.value) for size in PlateFormat]),
    default="96",
    show_default=True,
)
@click.pass_obj
@refusing
def plate_map_template(database_url: str, out: str, wells: str) -> None:
    """Write the template with the registered codes in its lists.

    Example: lims-msc plate-map template plate-map.xlsx
    """
    database, registry = open_lab(database_url)
    with database.reading() as session:
        data = plate_maps.template(session, registry, PlateFormat(int(wells)))
    write_file(out, data)
    click.echo(f"{out} is written.")


@plate_map.command("upload")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--user", "login", default="", help="The login on whose behalf this is done.")
@click.pass_obj
@refusing
def plate_map_upload(database_url: str, file: str, login: str) -> None:
    """Register the plate that a filled template describes.

    Example: lims-msc plate-map upload plate-map.xlsx --user anna
    """
    database, registry = open_lab(database_url)
    plate_maps.register_plate(database, registry, actor_of(database, login), source_of(file))
    click.echo("The plate is registered.")


@main.command()
@click.argument("study_code")
@click.option("--out", required=True, type=click.Path(dir_okay=False, writable=True))
@click.option("--user", "login", default="", help="The login on whose behalf this is done.")
@click.option("--format", "format_key", default="pack", show_default=True)
@click.pass_obj
@refusing
def export(database_url: str, study_code: str, out: str, login: str, format_key: str) -> None:
    """Write the publication pack of an approved study.

    Example: lims-msc export STUDY-1 --out STUDY-1.zip --user anna
    """
    database, registry = open_lab(database_url)
    actor = actor_of(database, login)
    with database.reading() as session:
        known = {line.code: line.study_id for line in queries.studies(session)}
    if study_code not in known:
        raise NotFound(f"There is no study '{study_code}'.", hint=f"There are: {', '.join(known)}.")
    with database.unit_of_work(actor, f"exported as {format_key}") as session:
        made = exports.export_study(session, registry, actor, known[study_code], format_key)
        # Written before the export is recorded: what did not leave is not said to have left.
        write_file(out, made.data)
    click.echo(f"{out}: {len(made.data)} bytes.")


@main.group()
def db() -> None:
    """Care of the database."""


@db.command("upgrade")
@click.pass_obj
@refusing
def db_upgrade(database_url: str) -> None:
    """Bring the database to the revision of this release; make it where there is none.

    Example: lims-msc db upgrade
    """
    database, _ = open_lab(database_url, may_be_old=True)
    click.echo(f"The database is at revision {migrate.upgrade(database.engine)}.")


@db.command("check")
@click.pass_obj
@refusing
def db_check(database_url: str) -> None:
    """Check that the database has the revision and the tables of this release.

    Example: lims-msc db check
    """
    database, _ = open_lab(database_url)
    if found := migrate.differences(database.engine):
        raise ConfigurationError("The tables differ from this release: " + "; ".join(found))
    click.echo(f"The database is at revision {migrate.shipped_head()} and as it should be.")


@main.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@click.pass_obj
@refusing
def audit_verify(database_url: str) -> None:
    """Check that every row of the trail follows from the one before it.

    Example: lims-msc audit verify
    """
    database, _ = open_lab(database_url)
    with database.reading() as session:
        broken = audit_trail.first_broken_row(session)
    if broken is not None:
        raise ConfigurationError(f"The audit trail is broken at row {broken}.")
    click.echo("The audit trail is whole.")


@main.group()
def user() -> None:
    """The people who sign in when lims-msc runs alone."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The name that records show.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given several times.",
)
@click.password_option(help="Asked for where it is not given.")
@click.pass_obj
@refusing
def user_add(
    database_url: str, login: str, name: str, roles: tuple[str, ...], password: str
) -> None:
    """Add a person who may sign in.

    Example: lims-msc user add anna --name "Anna Weiss" --role technician
    """
    database, _ = open_lab(database_url)
    with database.unit_of_work(COMMAND_LINE, "user added on the command line") as session:
        users.add_user(
            session,
            COMMAND_LINE,
            login=login,
            name=name,
            password=password,
            roles=frozenset(Role(role) for role in roles),
        )
    click.echo(f"{name} may sign in as '{login}'.")


def commands_for_host() -> AppGroup:
    """Return the commands that make sense in a host: ``flask lims-msc …``."""
    group = AppGroup("lims-msc", help="Laboratory data of MSC immunomodulation.")
    for name, command in main.commands.items():
        if name not in {"demo", "serve"}:
            group.add_command(_in_host(command), name)
    return group


def _in_host(command: click.Command) -> click.Command:
    """Return the command with the host's application around it."""
    if isinstance(command, click.Group):
        group = AppGroup(command.name, help=command.help)
        for name, inner in command.commands.items():
            group.add_command(_in_host(inner), name)
        return group
    wrapped = copy(command)
    if command.callback is not None:
        wrapped.callback = with_appcontext(command.callback)
    return wrapped


def _plate_id(database: Database, registry: Registry, code: str) -> int:
    with database.reading() as session:
        lines = queries.waiting_for_file(session, registry)
    for line in lines:
        if line.code == code:
            return line.plate_id
    waiting = ", ".join(line.code for line in lines) or "none"
    raise NotFound(f"No plate '{code}' waits for a reader file.", hint=f"Waiting: {waiting}.")
