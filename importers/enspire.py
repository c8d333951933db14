"""PerkinElmer EnSpire Workstation: lists with one line per well and wavelength, and plates.

Every measurement has a letter; its technique and wavelengths stand in the columns of the list, or
far below the results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Workbook

from .cells import DecimalMark, parse_number, shorten, text_of, well_of
from .harvest import Harvest
from .headed_table import HeadedTable, find_headed_tables, one_line
from .measured import tell_no_end, tell_no_well, tell_unknown_kind
from .perkinelmer_pages import Entry, Page, PlateInfo, Title, looked_at
from .perkinelmer_results import page_mark, plate_names, program_line, read_pages
from .read_settings import Settings, kind_in_words

_PROGRAM = re.compile(r"Exported with EnSpire Workstation version (.+)", re.IGNORECASE)
_COLUMN = re.compile(r"(?P<name>[^:]+): ?(?P<what>[^:]+)")
_LETTER = re.compile(r"(?:Meas ?)?([A-Z])", re.IGNORECASE)
_OD_UNITS = {"a", "abs", "od"}


class EnSpire:
    """Reads exports of the EnSpire Workstation."""

    key: ClassVar[str] = "enspire"
    title: ClassVar[str] = "PerkinElmer EnSpire"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether the last line names EnSpire, or a list has EnSpire's headings."""
        line = program_line(workbook, _PROGRAM)
        if line:
            return Sniff(is_mine=True, reason=line)
        for sheet in workbook.sheets:
            page = looked_at(sheet)
            if page.infos and _lists(page):
                return Sniff(
                    is_mine=True,
                    reason="A list has columns such as 'MeasA:Result' below plate information.",
                )
        return Sniff(is_mine=False, reason="No line names EnSpire Workstation as the program.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all lists and plates.

        :raises InputError: if there are none, or a line names no well.
        """
        harvest = Harvest(workbook)
        if not program_line(workbook, _PROGRAM):
            tell_no_end(harvest, workbook, "EnSpire Workstation")
        for page in (Page(s) for s in workbook.sheets if not s.hidden):
            page.tell_facts(harvest, _PROGRAM)
            measurements = _Measurements(page)
            for found in _lists(page):
                _ListReading(harvest, page, found, measurements).take()
            read_pages(harvest, page, measurements.read)
        return harvest.result()


def _lists(page: Page) -> tuple[HeadedTable, ...]:
    """Return the lists with a column of wells and one of results."""
    return find_headed_tables(
        page.sheet,
        lambda words: "well" in words and any(w.partition(":")[2] == "result" for w in words),
        lambda row: row in page.headings,
    )


@dataclass(frozen=True, slots=True)
class _Measurements:
    """What the settings of a page say of each measurement, by its letter."""

    page: Page
    techniques: dict[str, str] = field(init=False)
    entries: dict[str, Entry] = field(init=False)

    def __post_init__(self) -> None:
        techniques: dict[str, str] = {}
        letter = ""
        for _, key, value in self.page.pairs():
            if key.lower() == "meas":
                letter = value.upper()
            elif key.lower() == "tech" and letter:
                techniques.setdefault(letter, value)
        object.__setattr__(self, "techniques", techniques)
        entries = {
            e.value.upper(): e
            for e in self.page.entries("measurements")
            if e.name.lower() == "meas"
        }
        object.__setattr__(self, "entries", entries)

    def kind(self, name: str, wavelengths: Settings) -> ReadingKind:
        """Return the kind of a measurement by its technique, else by its wavelengths."""
        technique = self.techniques.get(_letter(name), "")
        kind = kind_in_words(technique)
        if kind is not ReadingKind.OTHER:
            return kind
        if "alpha" in technique.lower():
            return ReadingKind.LUMINESCENCE
        if wavelengths.wavelength_nm is not None and wavelengths.emission_nm is not None:
            return ReadingKind.FLUORESCENCE
        return ReadingKind.OTHER

    def settings(self, name: str, wavelengths: Settings | None = None) -> Settings:
        """Return kind and wavelengths of a measurement; wavelengths of the list go first."""
        entry = self.entries.get(_letter(name))
        if wavelengths is None:
            wavelengths = (
                Settings(
                    wavelength_nm=_nm(entry.get("excitation wavelength", "wavelength")),
                    emission_nm=_nm(entry.get("emission wavelength")),
                )
                if entry
                else Settings()
            )
        kind = self.kind(name, wavelengths)
        if kind is ReadingKind.ABSORBANCE:
            return Settings(kind, wavelengths.wavelength_nm or wavelengths.emission_nm)
        if kind is ReadingKind.LUMINESCENCE:
            return Settings(kind, wavelengths.emission_nm)
        return Settings(kind, wavelengths.wavelength_nm, wavelengths.emission_nm)

    def read(self, title: Title | None, info: PlateInfo | None) -> Read:
        """Return the read of a plate by its title."""
        name = (title.label if title else "") or (info.label if info else "")
        settings = self.settings(name)
        if settings.kind is ReadingKind.OTHER and title is not None:
            by_unit = (
                ReadingKind.ABSORBANCE
                if title.unit.lower() in _OD_UNITS
                else kind_in_words(title.unit)
            )
            settings = Settings(by_unit, settings.wavelength_nm, settings.emission_nm)
        return settings.read(title.text if title else name)


def _letter(name: str) -> str:
    found = _LETTER.fullmatch(one_line(name))
    return found[1].upper() if found else ""


def _nm(text: str) -> float | None:
    """Return the wavelength of a setting such as ``445 nm``."""
    return parse_number(text.removesuffix("nm").strip(), DecimalMark.POINT)


@dataclass(frozen=True, slots=True)
class _ListReading:
    """Takes the results of one list."""

    harvest: Harvest
    page: Page
    found: HeadedTable
    measurements: _Measurements

    def take(self) -> None:
        found, sheet = self.found, self.found.sheet
        mark = page_mark(self.page)
        info = self.page.info_of(found.heading_row)
        plate = plate_names(self.page.infos)[info.plate_key] if info else ""
        columns = self._columns()
        well_column = next(c for c, h in found.headings.items() if h.lower() == "well")
        told: set[str] = set()
        for row in found.rows:
            cell = sheet.get(row, well_column)
            well = well_of(cell)
            if well is None:
                tell_no_well(self.harvest, sheet, (row, well_column))
                continue
            for name, of in columns.items():
                if not text_of(sheet.get(row, of["result"])):
                    continue
                settings = self.measurements.settings(name, self._wavelengths(row, of, mark))
                if settings.kind is ReadingKind.OTHER and name not in told:
                    told.add(name)
                    tell_unknown_kind(self.harvest, sheet, (row, of["result"]), name)
                self.harvest.take(
                    sheet,
                    (row, of["result"]),
                    plate=plate,
                    read=settings.read(name),
                    well=well,
                    mark=mark,
                )

    def _columns(self) -> dict[str, dict[str, int]]:
        """Return the columns of each measurement with a result, by what they hold."""
        columns: dict[str, dict[str, int]] = {}
        for column, match in self.found.columns(_COLUMN).items():
            what = match["what"].strip().lower()
            columns.setdefault(match["name"].strip(), {}).setdefault(what, column)
            if not what.startswith(("result", "wavelength")):
                self.harvest.tell(
                    Level.NOTE,
                    "columns_not_read",
                    f"The column '{shorten(match[0])}' was not read.",
                    sheet=self.found.sheet,
                    place=(self.found.heading_row, column),
                )
        return {name: of for name, of in columns.items() if "result" in of}

    def _wavelengths(self, row: int, of: Mapping[str, int], mark: DecimalMark) -> Settings | None:
        """Return the wavelengths of a line; ``None`` where the list has no columns for them."""
        excitation = of.get("wavelengthexc", of.get("wavelength", of.get("wavelengthabs")))
        emission = of.get("wavelengthems")
        if excitation is None and emission is None:
            return None
        return Settings(
            wavelength_nm=parse_number(self.found.text(row, excitation), mark),
            emission_nm=parse_number(self.found.text(row, emission), mark),
        )
