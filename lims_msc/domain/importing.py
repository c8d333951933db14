"""The contract of importers: an opened workbook in, readings and findings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from lims_msc.domain.findings import Finding
from lims_msc.domain.plate import PlateReading, SourceCell
from lims_msc.domain.workbook import Workbook


@dataclass(frozen=True, slots=True)
class Source:
    """An upload as it arrived: the client's file name (never trusted as a path) and the bytes."""

    file_name: str
    data: bytes


class Opener(Protocol):
    """Opens an upload safely (entry-point group ``lims_msc.openers``)."""

    def __call__(self, source: Source) -> Workbook:
        """Return the opened workbook.

        :raises UnreadableWorkbook: if the bytes are refused or cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sniff:
    """An importer's answer to "is this file yours?", with the reason in words.

    ``is_generic`` marks an answer that gives way to any importer that knows the program itself.
    """

    is_mine: bool
    reason: str
    is_generic: bool = False


@dataclass(frozen=True, slots=True)
class FileFact:
    """Something the file says about its run: instrument, serial, version, time, temperature."""

    name: str
    value: str
    source: SourceCell


@dataclass(frozen=True, slots=True)
class FileReadings:
    """What an importer made of a file: plates of readings, facts, and all it had to say."""

    plates: tuple[PlateReading, ...]
    facts: tuple[FileFact, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingOption:
    """One part of a file that may be what was measured; a person says which parts are.

    ``key`` names the part in every file of the same shape; ``title`` and ``source`` are for people.
    """

    key: str
    title: str
    source: SourceCell


class Importer(Protocol):
    """Reads the files of one instrument program (entry-point group ``lims_msc.importers``).

    ``key`` is the stable name stored with every import (``tecan_magellan``), ``title`` the name for
    people (``Tecan Magellan``), ``version`` changes whenever the readings of any file may change,
    ``extensions`` are the usual file endings and are never used to decide.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]]

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say from the content alone whether this importer knows the file."""
        ...

    def read(self, workbook: Workbook) -> FileReadings:
        """Return every measured reading with its cell, and findings for what was not understood.

        :raises InputError: if the file is of this program but cannot be read; carries all findings.
        """
        ...


@runtime_checkable
class AskingImporter(Importer, Protocol):
    """An importer that can ask a person which parts of a file were measured."""

    def options(self, workbook: Workbook) -> tuple[ReadingOption, ...]:
        """Return the parts of a file that may have been measured; empty if there are none."""
        ...

    def shape(self, workbook: Workbook) -> str:
        """Return a digest of where things stand, equal for files of one laboratory's own format."""
        ...

    def read_chosen(self, workbook: Workbook, keys: Sequence[str]) -> FileReadings:
        """Return the readings of the chosen parts.

        :raises InputError: if a part is not there, or cannot be read.
        """
        ...
