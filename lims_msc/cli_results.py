"""The commands that list results: suppression curves, and values that are no curve."""

from __future__ import annotations

from collections.abc import Sequence

import click

from lims_msc.cli_lab import open_lab
from lims_msc.cli_output import (
    CURVE_COLUMNS,
    FORMS,
    VALUE_COLUMNS,
    as_text,
    curve_rows,
    refusing,
    value_rows,
)
from lims_msc.services import queries
from lims_msc.services.read_models import CurveLine, ValueLine


@click.command()
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
@click.pass_obj
@refusing
def curves(database_url: str, form: str) -> None:
    """List the curves of the newest analyses with their summaries.

    Results that are no curve are listed by the command `values`.

    Example: lims-msc curves --format csv
    """
    database, registry = open_lab(database_url)
    with database.reading() as session:
        found = queries.all_curves(session, registry)
    click.echo(as_text(curve_rows(found), CURVE_COLUMNS, form))


@click.command()
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
@click.pass_obj
@refusing
def values(database_url: str, form: str) -> None:
    """List the results of the newest analyses that are no curve: concentrations, lysis, ratios.

    A value with < or > is known only to lie beyond that bound.

    Example: lims-msc values --format csv
    """
    database, registry = open_lab(database_url)
    with database.reading() as session:
        found = queries.all_values(session, registry)
    click.echo(as_text(value_rows(found), VALUE_COLUMNS, form))


def results_text(curves: Sequence[CurveLine], values: Sequence[ValueLine]) -> str:
    """Return curves and values as tables, one after the other; without any, that there is none."""
    tables = []
    if curves:
        tables.append(as_text(curve_rows(curves), CURVE_COLUMNS, "table"))
    if values:
        tables.append(as_text(value_rows(values), VALUE_COLUMNS, "table"))
    return "\n\n".join(tables) or "The plate has no result; its page says why."
