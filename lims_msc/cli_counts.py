"""The command that gives the counts of a cell counter to a batch."""

from __future__ import annotations

from collections.abc import Iterable

import click

from lims_msc.cli_lab import actor_of, open_lab, source_of
from lims_msc.cli_output import as_text, refusing
from lims_msc.domain.cell_counts import quantity_text
from lims_msc.domain.count_reads import Quantity
from lims_msc.domain.findings import Level
from lims_msc.services import cell_counts
from lims_msc.services.cell_counts import CountChoice, CountPreview

COLUMNS = ("Sample", *(quantity.heading for quantity in Quantity))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--batch", "batch_code", required=True, help="The code of the batch.")
@click.option("--user", "login", default="", help="The login on whose behalf this is done.")
@click.option(
    "--sample",
    "samples",
    multiple=True,
    help="A sample of the batch; may be given several times. Not needed for a single one.",
)
@click.option("--passage", type=click.IntRange(0), help="The registered passage they are of.")
@click.option("--importer", "importer_key", default="", help="Read with this importer.")
@click.pass_obj
@refusing
def count(  # noqa: PLR0917 (one argument for each option of the command)
    database_url: str,
    file: str,
    batch_code: str,
    login: str,
    samples: tuple[str, ...],
    passage: int | None,
    importer_key: str,
) -> None:
    """Upload a file of a cell counter and accept samples for a batch.

    Example: lims-msc count counter.csv --batch MSC-7 --user anna --sample "MSC-7 P3" --passage 3
    """
    database, registry = open_lab(database_url)
    actor = actor_of(database, login)
    file_id = cell_counts.receive(database, registry, actor, batch_code, source_of(file))
    seen = cell_counts.preview(database, registry, batch_code, file_id, importer_key)
    if not samples and len(seen.choices) == 1:
        samples = (seen.choices[0].count.sample,)
    cell_counts.accept(
        database,
        registry,
        actor,
        batch_code,
        file_id,
        samples=samples,
        importer_key=importer_key,
        passage=passage,
    )
    chosen = [choice for choice in seen.choices if choice.count.sample in samples]
    _tell_doubts(file, seen, chosen)
    click.echo(as_text(_rows(chosen), COLUMNS, "table"))


def _rows(choices: Iterable[CountChoice]) -> list[dict[str, str]]:
    return [
        {"Sample": choice.count.sample}
        | {
            quantity.heading: measured.reason
            if measured.value is None
            else quantity_text(quantity, measured.value)
            for quantity, measured in choice.count.measured.items()
        }
        for choice in choices
    ]


def _tell_doubts(file: str, seen: CountPreview, chosen: Iterable[CountChoice]) -> None:
    for finding in (*seen.findings, *(f for c in chosen for f in c.count.findings)):
        if finding.level is not Level.NOTE:
            click.echo(f"{file}: {finding.level}: {finding}", err=True)
