"""Forms as typed input; a field that cannot be read is an input error that names it."""

from __future__ import annotations

from contextlib import closing

from flask import request
from werkzeug.datastructures import FileStorage

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.importing import Source
from lims_msc.errors import InputError
from lims_msc.services.imports import Choices


def text(name: str) -> str:
    """Return a field of the form without surrounding space."""
    return request.form.get(name, "").strip()


def whole_number(name: str) -> int | None:
    """Return a field as a whole number, or ``None`` where it is empty.

    :raises InputError: if it is something else.
    """
    entered = text(name)
    if not entered:
        return None
    if not (entered.isascii() and entered.isdigit()):
        raise _wrong(name, entered, "Write a whole number.")
    return int(entered)


def uploaded_file(name: str) -> Source:
    """Return the uploaded file.

    :raises InputError: if none was chosen.
    """
    found: FileStorage | None = request.files.get(name)
    if found is None or not found.filename:
        raise InputError("No file was chosen.", hint="Choose a file and upload it.")
    # Some browsers of old send the whole path; only its last part is a name.
    file_name = found.filename.replace("\\", "/").rsplit("/", 1)[-1]
    with closing(found):
        return Source(file_name, found.read())


def choices() -> Choices:
    """Return what was chosen on the preview, from the form or the address."""
    values = request.values
    index = values.get("file_plate", "")
    return Choices(
        importer_key=values.get("importer", ""),
        file_plate_index=int(index) if index.isascii() and index.isdigit() else None,
        read_key=values.get("read", ""),
        option_keys=tuple(values.getlist("option")),
    )


def _wrong(name: str, entered: str, hint: str) -> InputError:
    title = name.replace("_", " ")
    finding = Finding(Level.ERROR, f"field.{name}", f"'{entered}' is no {title}.", hint)
    return InputError(f"The field '{title}' cannot be read.", hint=hint, findings=[finding])
