"""The publication pack: raw files, tables, figures and texts of a study in one zip.

The same bundle gives the same bytes: entries are sorted and carry the date of the bundle.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import ClassVar

from lims_msc.domain.exporting import PublicationBundle, RawFile
from lims_msc.errors import InputError
from lims_msc.exports.figure_panels import SOURCE_DATA, panels_of
from lims_msc.exports.figures import FigurePdf, FigurePng, FigureSvg
from lims_msc.exports.methods import write_methods
from lims_msc.exports.readme import write_readme
from lims_msc.exports.tidy import DATA_TABLES, DICTIONARY, write_dictionary

MANIFEST = "manifest.sha256"
_UNSAFE = re.compile(r"[^\w .()+-]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_LONGEST_NAME = 120


class Pack:
    """Writes everything that a stranger needs to check and reuse the numbers of a study."""

    key: ClassVar[str] = "pack"
    title: ClassVar[str] = "Publication pack (ZIP)"
    media_type: ClassVar[str] = "application/zip"
    suffix: ClassVar[str] = ".zip"

    def write(self, bundle: PublicationBundle, options: Mapping[str, str]) -> bytes:  # noqa: ARG002 - the contract of exporters has options
        """Return the zip; there are no options."""
        names = raw_names(bundle.raw_files)
        files = {f"raw/{names[raw.sha256]}": raw.data for raw in bundle.raw_files}
        files |= {table.path: table.write(bundle) for table in DATA_TABLES}
        figures = _figures(bundle)
        files |= figures
        tables = (*DATA_TABLES, SOURCE_DATA) if figures else DATA_TABLES
        files[DICTIONARY.path] = write_dictionary(tables)
        files["methods.md"] = write_methods(bundle).encode("utf-8")
        readme = write_readme(bundle, names, has_figures=bool(figures))
        files["README.md"] = readme.encode("utf-8")
        files[MANIFEST] = _manifest(files).encode("utf-8")
        return _zip(files, bundle.created_at)


def _figures(bundle: PublicationBundle) -> dict[str, bytes]:
    """Return the figure in its formats with its numbers, or nothing where no curve is to draw."""
    try:
        panels_of(bundle, {})
    except InputError:
        return {}
    figures = {
        f"figures/suppression{exporter.suffix}": exporter().write(bundle, {})
        for exporter in (FigureSvg, FigurePdf, FigurePng)
    }
    return figures | {SOURCE_DATA.path: SOURCE_DATA.write(bundle)}


def raw_names(raw_files: Iterable[RawFile]) -> dict[str, str]:
    """Return the name of each raw file in the pack by its SHA-256.

    Names that would leave the folder, or that some system cannot hold, are made safe; names that
    are then alike but for case get the beginning of the SHA-256 before them.
    """
    wanted = {raw.sha256: safe_name(raw.file_name) for raw in raw_files}
    counts = Counter(name.casefold() for name in wanted.values())
    names: dict[str, str] = {}
    for sha256, name in sorted(wanted.items()):
        is_alone = counts[name.casefold()] == 1
        names[sha256] = name if is_alone else f"{sha256[:12]}-{name}"
    if len({name.casefold() for name in names.values()}) < len(names):
        return {sha256: f"{sha256}-{name}" for sha256, name in wanted.items()}
    return names


def safe_name(file_name: str) -> str:
    """Return the last part of a file name with only characters that every system allows."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    name = _UNSAFE.sub("_", last).strip(" .")
    if not name or _RESERVED.match(name) or name.startswith("-"):
        name = f"file_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return name[:_LONGEST_NAME]


def _manifest(files: Mapping[str, bytes]) -> str:
    """Return the lines that ``sha256sum -c`` reads."""
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())
    )


def _zip(files: Mapping[str, bytes], created_at: datetime) -> bytes:
    moment = created_at.astimezone(UTC)
    date_time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=date_time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The system is written down too, and would differ between Windows and others.
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()
