"""The commands of the workbook of all registered records: template, import, export."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from lims_msc.cli_lab import actor_of, open_lab, source_of, write_file
from lims_msc.cli_output import as_text, refusing
from lims_msc.registry import load_registry
from lims_msc.services import registry_files
from lims_msc.services.codec import to_json
from lims_msc.services.registry_files import DryRun, FieldChange, KindCount, RegistryRefused

COLUMNS = ("sheet", "new", "changed", "same")
_SHOWN_CHANGES = 20


@click.group("registry")
def registry_commands() -> None:
    """One workbook for all registered records: donors, batches, vials and the others."""


@registry_commands.command("template")
@click.argument("out", type=click.Path(dir_okay=False, writable=True))
@click.option("--example", "with_example", is_flag=True, help="With an invented record of each.")
@refusing
def template(out: str, with_example: bool) -> None:  # noqa: FBT001 (an option of the command)
    """Write the empty workbook; needs no database.

    Example: lims-msc registry template registry.xlsx
    """
    made = registry_files.template(load_registry(), with_example=with_example)
    write_file(out, made.data)
    click.echo(f"{out} is written.")


@registry_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--user", "login", default="", help="The login on whose behalf this is done.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and store nothing.")
@click.option("--reason", default="", help="Why; needed where registered records change.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
@refusing
def import_workbook(  # noqa: PLR0917 (one argument for each option of the command)
    database_url: str,
    file: str,
    login: str,
    dry_run: bool,  # noqa: FBT001 (click hands options over by name)
    reason: str,
    as_json: bool,  # noqa: FBT001 (as above)
) -> None:
    """Store everything that a filled workbook says, or nothing.

    Example: lims-msc registry import registry.xlsx --user anna --dry-run
    """
    database, registry = open_lab(database_url)
    actor, source = actor_of(database, login), source_of(file)
    refusal: RegistryRefused | None = None
    try:
        if dry_run:
            seen = registry_files.dry_run(database, registry, actor, source)
        else:
            seen = registry_files.accept(database, registry, actor, source, reason=reason)
    except RegistryRefused as error:
        refusal, seen = error, error.seen
    is_stored = refusal is None and not dry_run and seen.can_be_accepted
    if as_json:
        click.echo(json.dumps(_as_json(file, seen, is_stored=is_stored), ensure_ascii=False))
    else:
        _print(file, seen, is_stored=is_stored)
        if refusal is not None:
            click.echo(f"{refusal.message}\n{refusal.hint}", err=True)
    sys.exit(1 if refusal is not None or seen.errors else 0)


@registry_commands.command("export")
@click.argument("out", type=click.Path(dir_okay=False, writable=True))
@click.option("--user", "login", default="", help="The login on whose behalf this is done.")
@click.pass_obj
@refusing
def export(database_url: str, out: str, login: str) -> None:
    """Write all registered records; a working copy with consents in it, no publication.

    Example: lims-msc registry export registry.xlsx --user dana
    """
    database, registry = open_lab(database_url)
    actor = actor_of(database, login)
    with database.unit_of_work(actor, "all registered records exported") as session:
        made = registry_files.export_workbook(session, registry, actor)
        # Written before the export is recorded: what did not leave is not said to have left.
        write_file(out, made.data)
    click.echo(f"{out}: {len(made.data)} bytes.")


def _print(file: str, seen: DryRun, *, is_stored: bool) -> None:
    click.echo(as_text([_count_row(count) for count in seen.counts], COLUMNS, "table"))
    for change in seen.changes[:_SHOWN_CHANGES]:
        click.echo(_change_text(change))
    if (more := len(seen.changes) - _SHOWN_CHANGES) > 0:
        click.echo(f"… and {more} more changes; --json has them all.")
    for finding in seen.findings:
        click.echo(f"{finding.level}: {finding}", err=True)
    click.echo(f"{file}: {'stored.' if is_stored else 'nothing was stored.'}")


def _count_row(count: KindCount) -> dict[str, str]:
    numbers = (str(count.new), str(count.changed), str(count.same))
    return dict(zip(COLUMNS, (count.kind.sheet, *numbers), strict=True))


def _change_text(change: FieldChange) -> str:
    place = f"{change.place}: " if change.place else ""
    old, new = change.old or "(empty)", change.new or "(empty)"
    return f"{place}{change.kind.title} {change.record}, {change.field_title}: {old} → {new}"


def _as_json(file: str, seen: DryRun, *, is_stored: bool) -> dict[str, Any]:
    return {
        "file": file,
        "stored": is_stored,
        "counts": {c.kind.key: [c.new, c.changed, c.same] for c in seen.counts},
        "changes": [_change_json(change) for change in seen.changes],
        "findings": [to_json(finding) for finding in seen.findings],
    }


def _change_json(change: FieldChange) -> dict[str, str]:
    return {
        "kind": change.kind.key,
        "record": change.record,
        "field": change.field_title,
        "old": change.old,
        "new": change.new,
        "sheet": change.place.sheet if change.place else "",
        "cell": change.place.cell if change.place else "",
    }
