"""Reads an instrument file: opens it, asks every importer, and lets the one that knows it read."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.importing import AskingImporter, FileReadings, Importer, Sniff, Source
from lims_msc.domain.plate import PlateReading
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import AmbiguousFormat, ChoiceNeeded, InputError, LimsMscError, UnknownFormat
from lims_msc.registry import Registry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A choice that somebody made for a file of the same shape, and who, in words."""

    option_keys: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """An instrument file after it was read: by which importer, and what it holds.

    ``option_keys`` are the parts that a person chose, where the file left a choice.
    """

    file_name: str
    importer_key: str
    importer_title: str
    importer_version: str
    readings: FileReadings
    workbook: Workbook
    option_keys: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What opening and reading had to say."""
        return (*self.workbook.findings, *self.readings.findings)


def read_file(
    registry: Registry,
    source: Source,
    importer_key: str = "",
    *,
    option_keys: Sequence[str] = (),
    formats: Mapping[tuple[str, str], Remembered] = MappingProxyType({}),
) -> ReadFile:
    """Read an upload with the importer that knows it, or with the one that was chosen.

    :param option_keys: the parts that a person chose, where the file leaves a choice.
    :param formats: choices of earlier files, by importer and shape.
    :raises UnreadableWorkbook: if the bytes are refused or cannot be opened.
    :raises UnknownFormat: if no importer knows the file.
    :raises AmbiguousFormat: if more than one does, and none was chosen.
    :raises ChoiceNeeded: if a person must say which parts of it were measured.
    :raises InputError: if the importer refuses it.
    """
    workbook = registry.open_workbook(source)
    remark = ""
    if importer_key:
        importer = registry.importer(importer_key)
    else:
        try:
            importer = _choose(registry, workbook)
        except AmbiguousFormat:
            raise
        except UnknownFormat as unknown:
            importer, option_keys, remark = _as_before(registry, workbook, formats, unknown)
    try:
        readings = _read(importer, workbook, option_keys)
    except LimsMscError:
        raise
    except Exception as error:
        log.exception("The importer %s failed", importer.key)
        raise InputError(
            f"The importer '{importer.title}' failed on the file '{source.file_name}'.",
            hint="Nothing was stored. Choose another format, or send us the file.",
        ) from error
    if remark:
        note = Finding(Level.NOTE, "lab_format", f"The blocks were chosen {remark}.")
        readings = replace(readings, findings=(note, *readings.findings))
    if not any(plate.readings for plate in readings.plates):
        raise InputError(
            f"The file '{source.file_name}' was recognised as {importer.title}, "
            "but it holds no readings.",
            hint="Export the measurement again from the reader program.",
            findings=(*workbook.findings, *readings.findings),
        )
    return ReadFile(
        file_name=source.file_name,
        importer_key=importer.key,
        importer_title=importer.title,
        importer_version=importer.version,
        readings=readings,
        workbook=workbook,
        option_keys=tuple(option_keys),
    )


def plate_at(read: ReadFile, index: int) -> PlateReading:
    """Return the plate of that place in the file.

    :raises InputError: if the file has fewer plates.
    """
    if not 0 <= index < len(read.readings.plates):
        raise InputError(
            f"The file '{read.file_name}' has no plate number {index + 1}.",
            hint=f"It holds {len(read.readings.plates)}.",
        )
    return read.readings.plates[index]


def _read(importer: Importer, workbook: Workbook, option_keys: Sequence[str]) -> FileReadings:
    if not option_keys:
        return importer.read(workbook)
    if not isinstance(importer, AskingImporter):
        raise InputError(f"The importer '{importer.title}' offers no parts to choose from.")
    return importer.read_chosen(workbook, option_keys)


def _as_before(
    registry: Registry,
    workbook: Workbook,
    formats: Mapping[tuple[str, str], Remembered],
    unknown: UnknownFormat,
) -> tuple[Importer, tuple[str, ...], str]:
    """Return the importer and the parts that were chosen for a file of this shape, with a remark.

    :raises ChoiceNeeded: if a person must choose first; its findings are the parts.
    :raises UnknownFormat: if there is nothing to choose from.
    """
    offered: list[Finding] = []
    for importer in registry.importers.values():
        if not isinstance(importer, AskingImporter):
            continue
        options = importer.options(workbook)
        if not options:
            continue
        earlier = formats.get((importer.key, importer.shape(workbook)))
        if earlier is not None:
            return importer, earlier.option_keys, earlier.words
        offered += (
            Finding(
                Level.NOTE,
                f"option.{importer.key}.{option.key}",
                f"{option.title}.",
                sheet=option.source.sheet,
                cell=option.source.cell,
            )
            for option in options
        )
    if not offered:
        raise unknown
    raise ChoiceNeeded(
        f"It is not clear what was measured in the file '{workbook.file_name}'.",
        hint="Choose the blocks that were measured; the choice is kept for files of this shape.",
        findings=(*offered, *unknown.findings),
    ) from unknown


def _choose(registry: Registry, workbook: Workbook) -> Importer:
    # Generic importers are asked only where no importer of a program knows the file: they give way
    # to any of these, and looking for a plate anywhere on any sheet is the slowest look of all.
    known = [i for i in registry.importers.values() if not getattr(i, "is_generic", False)]
    others = [i for i in registry.importers.values() if getattr(i, "is_generic", False)]
    answers = [(importer, _sniff(importer, workbook)) for importer in known]
    if not any(answer.is_mine for _, answer in answers):
        answers += [(importer, _sniff(importer, workbook)) for importer in others]
    claims = [(importer, answer) for importer, answer in answers if answer.is_mine]
    exact = [importer for importer, answer in claims if not answer.is_generic]
    candidates = exact or [importer for importer, _ in claims]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise UnknownFormat(
            f"No importer knows the file '{workbook.file_name}'.",
            hint="Save the export of the reader program itself, or a sheet with one labelled "
            "plate block (letters down, numbers across), and upload that.",
            findings=_reasons(answers, workbook),
        )
    names = ", ".join(f"'{importer.title}'" for importer in candidates)
    raise AmbiguousFormat(
        f"Several importers know the file '{workbook.file_name}': {names}.",
        hint="Choose the one that is right.",
        findings=_reasons(claims, workbook),
    )


def _sniff(importer: Importer, workbook: Workbook) -> Sniff:
    try:
        return importer.sniff(workbook)
    except Exception as error:
        # A broken importer must not take the others down, nor pass for one that declined.
        log.exception("The importer %s failed to look at a file", importer.key)
        return Sniff(is_mine=False, reason=f"it failed while looking: {type(error).__name__}")


def _reasons(answers: Sequence[tuple[Importer, Sniff]], workbook: Workbook) -> tuple[Finding, ...]:
    asked = (
        Finding(Level.NOTE, f"importer.{importer.key}", f"{importer.title}: {answer.reason}")
        for importer, answer in answers
    )
    return (*workbook.findings, *asked)
