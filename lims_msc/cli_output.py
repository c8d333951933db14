"""How the command line prints readings, curves and refusals, and ends when refused."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

from lims_msc.domain.findings import Finding
from lims_msc.domain.plate import WellReading
from lims_msc.domain.value_wording import interval_of_value, key_in_words, value_text
from lims_msc.domain.wording import percent_text, r50_text
from lims_msc.errors import LimsMscError
from lims_msc.services.read_models import CurveLine, ValueLine
from lims_msc.services.reading_files import ReadFile

Command = TypeVar("Command", bound=Callable[..., Any])

READING_COLUMNS = (
    "file",
    "plate",
    "well",
    "sample",
    "read_label",
    "kind",
    "wavelength_nm",
    "emission_nm",
    "time_s",
    "value",
    "marker",
    "raw",
    "unit",
    "sheet",
    "cell",
)
CURVE_COLUMNS = (
    "batch",
    "responder",
    "assay",
    "mode",
    "suppression_at_1:10",
    "nAUC",
    "R50 (MSC:responder)",
)
VALUE_COLUMNS = ("plate", "quantity", "of", "value", "interval")
FORMS = click.Choice(["table", "csv", "json"])


def refusing(command: Command) -> Command:
    """Turn an expected failure of a command into its sentence and exit code 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except LimsMscError as error:
            click.echo(refusal_text(error), err=True)
            sys.exit(1)

    return wrapped  # type: ignore[return-value] # the wrapper has the command's own signature


def reading_rows(path: str, read: ReadFile) -> list[dict[str, str]]:
    """Return one row for each reading of a file, as text; numbers keep every digit."""
    return [
        _reading_row(path, plate.plate, reading)
        for plate in read.readings.plates
        for reading in plate.readings
    ]


def curve_rows(curves: Iterable[CurveLine]) -> list[dict[str, str]]:
    """Return one row for each curve: what it is of, and its summaries or the reason."""
    rows = []
    for curve in curves:
        result = curve.result
        batch = f"{curve.batch_code} ({curve.priming})" if curve.batch_code else curve.role
        numbers = (
            percent_text(result.suppression_at_anchor),
            percent_text(result.normalised_auc),
            r50_text(result.r50),
        )
        shown = numbers if result.is_ok else ("–", "–", result.reason)
        identity = (batch, curve.responder_code, curve.assay_title, curve.mode)
        rows.append(dict(zip(CURVE_COLUMNS, (*identity, *shown), strict=True)))
    return rows


def value_rows(values: Iterable[ValueLine]) -> list[dict[str, str]]:
    """Return one row for each value that is no curve: its number, its bound, or the reason."""
    rows = []
    for line in values:
        value = line.value
        quantity, of = value.title or value.name, key_in_words(value.key)
        shown = (line.plate_code, quantity, of, value_text(value), interval_of_value(value))
        rows.append(dict(zip(VALUE_COLUMNS, shown, strict=True)))
    return rows


def as_text(rows: Sequence[Mapping[str, str]], columns: Sequence[str], form: str) -> str:
    """Return rows as ``table``, ``csv`` or ``json``."""
    if form == "json":
        return json.dumps(list(rows), ensure_ascii=False, indent=1)
    if form == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().removesuffix("\r\n")
    widths = {c: max([len(c), *(len(row[c]) for row in rows)]) for c in columns}
    lines = ["  ".join(c.ljust(widths[c]) for c in columns)]
    lines += ["  ".join(row[c].ljust(widths[c]) for c in columns) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def refusal_text(error: LimsMscError) -> str:
    """Return the sentence of an error, every finding on a line of its own, and what to do."""
    lines = [error.message]
    lines += [f"  {_finding_text(finding)}" for finding in error.findings]
    if error.hint:
        lines.append(error.hint)
    return "\n".join(lines)


def _finding_text(finding: Finding) -> str:
    if finding.code.startswith("option."):
        _, importer_key, key = finding.code.split(".", 2)
        return f"choose: {finding} (--importer {importer_key} --option '{key}')"
    return f"{finding.level}: {finding}"


def _reading_row(path: str, plate: str, reading: WellReading) -> dict[str, str]:
    read = reading.read
    return {
        "file": path,
        "plate": plate,
        "well": reading.place,
        "sample": reading.sample,
        "read_label": read.label,
        "kind": read.kind.value,
        "wavelength_nm": _number(read.wavelength_nm),
        "emission_nm": _number(read.emission_nm),
        "time_s": _number(reading.time_s),
        "value": _number(reading.value),
        "marker": reading.marker.value if reading.marker else "",
        "raw": reading.raw,
        "unit": read.unit,
        "sheet": reading.source.sheet,
        "cell": reading.source.cell,
    }


def _number(value: float | None) -> str:
    return "" if value is None else repr(value).removesuffix(".0")
