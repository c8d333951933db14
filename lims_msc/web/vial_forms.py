"""The forms of vials as typed values of their records, with every field that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import request

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.fields import Value, Values
from lims_msc.domain.records.kinds import kind_of
from lims_msc.errors import InputError
from lims_msc.web.record_inputs import input_of, read_input


def values(kind_key: str, names: Iterable[str]) -> dict[str, Value]:
    """Return these fields of the form as values of that kind of records; empty ones are left out.

    :raises InputError: with a finding for each field that cannot be read.
    """
    kind = kind_of(kind_key)
    read: dict[str, Value] = {}
    findings = []
    for field in (kind.field(name) for name in names):
        typed = read_input(field, request.form)
        if (problem := typed.problem) is not None:
            message = f"{field.title}: {problem.message}"
            code = f"field.{field.name}"
            findings.append(Finding(Level.ERROR, code, message, problem.hint))
        elif typed.value != field.empty:
            read[field.name] = typed.value
    if findings:
        raise InputError(
            "Nothing was stored: some fields cannot be read.",
            hint="Correct what is named here, and send it again.",
            findings=findings,
        )
    return read


def texts(kind_key: str, stored: Values) -> Mapping[str, str]:
    """Return values as they stand in the fields of a form."""
    kind = kind_of(kind_key)
    return {name: input_of(kind.field(name), value).text for name, value in stored.items()}
