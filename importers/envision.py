"""PerkinElmer EnVision Workstation: plates with or without labels, and copies of them in Excel.

Filters and wavelengths stand far below the results; calculated plates look like measured ones and
often come first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Workbook

from .harvest import Harvest
from .headed_table import one_line
from .measured import tell_no_end
from .perkinelmer_pages import Entry, Page, PlateInfo, Title, looked_at
from .perkinelmer_results import program_line, read_pages
from .read_settings import Settings, kind_in_words

_PROGRAM = re.compile(r"Exported with EnVision Workstation version (.+)", re.IGNORECASE)
_OTHER_PROGRAM = re.compile(r"Exported with (?!EnVision).+", re.IGNORECASE)
_COUNT = re.compile(r"\([0-9]+\)$")
_CENTRE = re.compile(r"CWL ?= ?([0-9]{3,4}(?:\.[0-9]+)?)", re.IGNORECASE)
_NUMBER_IN_NAME = re.compile(r"(?<![0-9])([2-9][0-9]{2}|1[01][0-9]{2})(?![0-9])")
_INFO_PART = re.compile(r"(De|Ex|Em|Wdw) ?= ?(.*?)(?= (?:De|Ex|Em|Wdw) ?=|$)", re.IGNORECASE)
_SHORT_KINDS = (
    (ReadingKind.LUMINESCENCE, re.compile(r"(?<![a-z])(?:US ?)?LUM(?![a-z])|alpha", re.IGNORECASE)),
    (
        ReadingKind.ABSORBANCE,
        re.compile(r"(?<![a-z])A[2-9][0-9]{2}(?![0-9])|photometry", re.IGNORECASE),
    ),
    (
        ReadingKind.FLUORESCENCE,
        re.compile(r"(?<![a-z])(?:FI|FP|TRF|HTRF|LANCE|DELFIA)(?![a-z])", re.IGNORECASE),
    ),
)
_OD_UNITS = {"a", "abs", "od"}


class EnVision:
    """Reads exports of the EnVision Workstation."""

    key: ClassVar[str] = "envision"
    title: ClassVar[str] = "PerkinElmer EnVision"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether the last line names EnVision, or the plate information is EnVision's."""
        line = program_line(workbook, _PROGRAM)
        if line:
            return Sniff(is_mine=True, reason=line)
        if not program_line(workbook, _OTHER_PROGRAM):
            for sheet in workbook.sheets:
                for info in looked_at(sheet).infos:
                    if "measured height" in info.fields:
                        where = sheet.source(info.row, info.column)
                        return Sniff(
                            is_mine=True, reason=f"{where} is plate information of EnVision."
                        )
        return Sniff(is_mine=False, reason="No line names EnVision Workstation as the program.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all measured plates.

        :raises InputError: if there are none, or lines of a plate are missing.
        """
        harvest = Harvest(workbook)
        if not program_line(workbook, _PROGRAM):
            tell_no_end(harvest, workbook, "EnVision Workstation")
        for page in (Page(s) for s in workbook.sheets if not s.hidden):
            page.tell_facts(harvest, _PROGRAM)
            read_pages(harvest, page, _Labels(page).read)
        return harvest.result()


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels and filters of a page, which say how each result was measured."""

    page: Page
    labels: dict[str, Entry] = field(init=False)
    filters: dict[str, Entry] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", {e.name: e for e in self.page.entries("labels")})
        object.__setattr__(self, "filters", {e.name: e for e in self.page.entries("filters")})

    def read(self, title: Title | None, info: PlateInfo | None) -> Read:
        """Return the read that a title and a line of plate information describe."""
        name = info.label if info else ""
        name = name or (title.label if title else "")
        parts = _parts(info.text("measinfo") if info else "")
        label = self.labels.get(one_line(_COUNT.sub("", name)))
        unit = title.unit if title else ""
        channel = (title.channel if title else 0) or (2 if parts.get("de", "") == "2nd" else 1)
        settings = self._wavelengths(label, channel, parts)
        settings = replace(settings, kind=_kind(name, unit, parts, label, settings))
        if settings.kind is ReadingKind.ABSORBANCE:
            settings = Settings(
                settings.kind, settings.wavelength_nm or settings.emission_nm or _in_name(name)
            )
        elif settings.kind is ReadingKind.LUMINESCENCE:
            settings = Settings(settings.kind, settings.emission_nm)
        return settings.read(title.text if title else name)

    def _wavelengths(self, label: Entry | None, channel: int, parts: Mapping[str, str]) -> Settings:
        """Return excitation and emission of a label's channel, by its filters or by itself."""
        excitation, emission = _in_name(parts.get("ex", "")), _in_name(parts.get("em", ""))
        if label is not None:
            second = channel == 2
            exc = (second and label.get("2nd exc. filter")) or label.get("exc. filter")
            ems = (second and label.get("2nd ems. filter")) or label.get("ems. filter")
            excitation = (
                _in_name(label.get("excitation wavelength")) or self._centre(exc) or excitation
            )
            emission = _in_name(label.get("emission wavelength")) or self._centre(ems) or emission
        return Settings(wavelength_nm=excitation, emission_nm=emission)

    def _centre(self, name: str) -> float | None:
        """Return the centre wavelength of a filter; a cut-off is none."""
        if not name or "cutoff" in name.lower():
            return None
        entry = self.filters.get(name)
        found = _CENTRE.search(entry.get("description")) if entry else None
        return float(found[1]) if found else _in_name(name)


def _parts(measinfo: str) -> dict[str, str]:
    """Return the parts of ``De=1st Ex=Top Em=N/A Wdw=N/A (12)`` that are not ``N/A``."""
    found = {key.lower(): value.strip() for key, value in _INFO_PART.findall(measinfo)}
    return {key: value for key, value in found.items() if not value.upper().startswith("N/A")}


def _in_name(text: str) -> float | None:
    """Return the only number in a text that can be a wavelength."""
    numbers = set(_NUMBER_IN_NAME.findall(text))
    return float(numbers.pop()) if len(numbers) == 1 else None


def _kind(  # noqa: PLR0911 - one return for each place that may tell
    name: str, unit: str, parts: Mapping[str, str], label: Entry | None, settings: Settings
) -> ReadingKind:
    """Return the kind of measurement, by the surest of the places that tell it."""
    detector = parts.get("de", "").lower()
    if unit.lower() in _OD_UNITS or detector.startswith("abs"):
        return ReadingKind.ABSORBANCE
    if "lum" in detector:
        return ReadingKind.LUMINESCENCE
    if settings.wavelength_nm and settings.emission_nm:
        return ReadingKind.FLUORESCENCE
    if label is not None:
        if label.get("exc. filter") and not label.get("ems. filter", "emission wavelength"):
            return ReadingKind.ABSORBANCE
        if not label.get("exc. filter", "excitation wavelength") and label.get(
            "measurement time", "emission time"
        ):
            return ReadingKind.LUMINESCENCE
    worded = kind_in_words(name)
    if worded is not ReadingKind.OTHER:
        return worded
    by_unit = kind_in_words(unit)
    if by_unit is not ReadingKind.OTHER:
        return by_unit
    return next((kind for kind, words in _SHORT_KINDS if words.search(name)), _by_path(parts))


def _by_path(parts: Mapping[str, str]) -> ReadingKind:
    """Return the kind by the light path: in and out is fluorescence, only in is absorbance."""
    if "ex" in parts:
        return ReadingKind.FLUORESCENCE if "em" in parts else ReadingKind.ABSORBANCE
    return ReadingKind.OTHER
