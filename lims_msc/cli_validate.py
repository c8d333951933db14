"""The command that recomputes reference cases: the installation qualification of a laboratory."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from lims_msc.cli_output import as_text
from lims_msc.validation.case_files import (
    CaseFile,
    read_case_file,
    shipped_case_files,
    without_repeated_cases,
)
from lims_msc.validation.quantities import QUANTITIES
from lims_msc.validation.recomputing import CaseOutcome, recompute
from lims_msc.validation.report import (
    FILE_COLUMNS,
    QUANTITY_COLUMNS,
    Record,
    as_data,
    failure_lines,
    file_rows,
    head_lines,
    quantity_rows,
    record_of,
    verdict,
)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(sorted(QUANTITIES)),
    help="Only the cases of this kind; may be given several times.",
)
@click.option("--verbose", is_flag=True, help="Print the traceback of a case that broke off.")
def validate(files: tuple[str, ...], as_json: bool, kinds: tuple[str, ...], verbose: bool) -> None:  # noqa: FBT001 (click hands options over by name)
    """Recompute reference cases and print the worst error of each quantity.

    Without FILES the cases that come with lims-msc are computed.  The exit code is 0 only if
    every case passed.

    Example: lims-msc validate my-cases.json --json
    """
    chosen = [_read(path) for path in files] if files else shipped_case_files()
    case_files = _of_kinds(without_repeated_cases(chosen), kinds)
    record = record_of(case_files, _outcomes(case_files), datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(as_data(record), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        click.echo(_text(record))
    _tell_what_is_wrong(record, as_json=as_json, verbose=verbose)
    sys.exit(0 if record.is_good else 1)


def _read(path: str) -> CaseFile:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return CaseFile(path, "", problems=(f"{path}: it cannot be read: {error.strerror}.",))
    return read_case_file(path, data)


def _of_kinds(case_files: Sequence[CaseFile], kinds: Sequence[str]) -> list[CaseFile]:
    """Return the files that have cases of the kinds, or something to say."""
    if not kinds:
        return list(case_files)
    chosen = [
        replace(file, cases=tuple(case for case in file.cases if case.kind in kinds))
        for file in case_files
    ]
    return [file for file in chosen if file.cases or file.problems]


def _outcomes(files: Sequence[CaseFile]) -> list[CaseOutcome]:
    """Compute all cases; the bar stays away where nobody sees it."""
    cases = [case for file in files for case in file.cases]
    if not _is_seen():
        return [recompute(case) for case in cases]
    with click.progressbar(cases, label="Recomputing", file=sys.stderr) as bar:
        return [recompute(case) for case in bar]


def _is_seen() -> bool:
    return sys.stderr.isatty()


def _text(record: Record) -> str:
    failures = failure_lines(record.outcomes)
    parts = (
        "\n".join(head_lines(record)),
        as_text(file_rows(record), FILE_COLUMNS, "table"),
        as_text(quantity_rows(record.outcomes), QUANTITY_COLUMNS, "table"),
        "\n".join(("FAILED", *failures)) if failures else "",
        verdict(record),
    )
    return "\n\n".join(part for part in parts if part)


def _tell_what_is_wrong(record: Record, *, as_json: bool, verbose: bool) -> None:
    for sentence in record.problems:
        click.echo(sentence, err=True)
    if as_json and not record.is_good:
        for sentence in (*failure_lines(record.outcomes), verdict(record)):
            click.echo(sentence, err=True)
    for outcome in record.outcomes:
        if verbose and outcome.trace:
            click.echo(f"\n{outcome.case.id}:\n{outcome.trace}", err=True)
