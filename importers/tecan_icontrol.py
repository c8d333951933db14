"""Tecan i-control (Infinite readers): workbooks and text exports, endpoint and kinetic.

A sheet may hold several exports below each other.  Anchors are found by their text, in the
languages that the program speaks, never by their address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Workbook

from .cells import DecimalMark, decimal_mark, shorten, text_of, wavelengths_in
from .harvest import Harvest
from .icontrol_sections import Export, Section, exports_of, plate_names, sections_of
from .kinetic_block import TimedBlock, find_timed_blocks
from .measured import refuse_split, take_block, take_timed
from .plate_grid import Block, declared_format, find_blocks
from .read_settings import Settings, kind_in_words
from .well_list import WellList, find_well_lists

_POINT = re.compile(r"[0-9]{1,2};[0-9]{1,2}", re.ASCII)
_PROGRAM = re.compile(r"[^:]{2,30}: ?Tecan i-control", re.IGNORECASE)


class TecanIControl:
    """Reads exports of Tecan i-control."""

    key: ClassVar[str] = "tecan_icontrol"
    title: ClassVar[str] = "Tecan i-control"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".txt")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a visible sheet has the program line of i-control."""
        for sheet in workbook.sheets:
            for (row, column), cell in sheet.cells.items():
                if isinstance(cell.value, str) and _PROGRAM.match(text_of(cell)):
                    return Sniff(
                        is_mine=True,
                        reason=f"{sheet.source(row, column)} says '{text_of(cell)[:60]}'.",
                    )
        return Sniff(is_mine=False, reason="No cell names Tecan i-control as the program.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return all readings of all exports in the file.

        :raises InputError: if a section cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        exports = [
            export
            for sheet in workbook.sheets
            if not sheet.hidden
            for export in exports_of(sheet, _PROGRAM)
        ]
        names = plate_names(exports)
        for export, plate in zip(exports, names, strict=True):
            _read_export(harvest, export, plate)
        return harvest.result()


def _read_export(harvest: Harvest, export: Export, plate: str) -> None:
    export.tell_facts(harvest)
    harvest.declared_format = declared_format(export.plate_type)
    sheet, sections = export.sheet, sections_of(export)
    mark = _decimal_mark(export, sections)
    blocks = [block for block in find_blocks(sheet) if export.holds(block.corner[0])]
    timed = find_timed_blocks(sheet, export.first_row, export.last_row, mark)
    lists = [w for w in find_well_lists(sheet) if export.holds(w.first_row) and _is_mean_list(w)]
    source = _Source(harvest, export, plate, mark)
    for section in sections:
        here: list[Block | TimedBlock | WellList] = [
            *(b for b in blocks if section.holds(b.corner[0])),
            *(t for t in timed if section.holds(t.first_row)),
            *(w for w in lists if section.holds(w.first_row)),
        ]
        if not here:
            _tell_missing(harvest, export, section)
        reads = _reads(harvest, export, section, [getattr(data, "title", "") for data in here])
        for data, read in zip(here, reads, strict=True):
            source.take(data, read)


def _decimal_mark(export: Export, sections: list[Section]) -> DecimalMark:
    """Find the decimal mark of an export; its temperatures help where its readings do not."""
    cells = [cell for (row, _), cell in export.sheet.cells.items() if export.holds(row)]
    kinds = {s.kind for section in sections for s in section.settings}
    return decimal_mark(cells, beside=cells, is_absorbance=kinds == {ReadingKind.ABSORBANCE})


def _is_mean_list(found: WellList) -> bool:
    """Whether a list gives several points a well: mean, deviation, then points such as ``1;2``."""
    return any(_POINT.fullmatch(found.heading_of(column)) for column in found.other_columns)


def _tell_missing(harvest: Harvest, export: Export, section: Section) -> None:
    name = f" '{shorten(section.label)}'" if section.label else ""
    harvest.tell(
        Level.ERROR if section.label else Level.WARNING,
        "section_without_readings",
        f"The measurement{name} has no readings in a form that is known.",
        hint="Check that the measurement was finished. Scans cannot be read yet.",
        sheet=export.sheet,
        place=(section.first_row, export.column),
    )


def _reads(harvest: Harvest, export: Export, section: Section, titles: list[str]) -> list[Read]:
    """Return the read of each block: by the section, or by order or title among its modes."""
    settings = section.settings or (Settings(),)
    if section.label:
        # A title inside a labelled section repeats the label or names one of its parts.
        return [settings[0].read(section.label) for _ in titles]
    named = [title or f"Label{i}" for i, title in enumerate(titles, start=1)]
    if len(settings) == len(titles):
        return [s.read(name) for s, name in zip(settings, named, strict=True)]
    return [_matching(harvest, export, section, settings, name) for name in named]


def _matching(
    harvest: Harvest, export: Export, section: Section, settings: tuple[Settings, ...], name: str
) -> Read:
    """Find the mode that a title names by its kind or wavelength, if only one fits."""
    kind, named = kind_in_words(name), wavelengths_in(name)
    fitting = {
        s
        for s in settings
        if s.kind is kind or (named and s.wavelength_nm == named[0] and s.emission_nm is None)
    }
    if len(fitting) == 1:
        return fitting.pop().read(name)
    harvest.tell(
        Level.WARNING,
        "mode_unknown",
        f"It is not clear with which settings '{shorten(name)}' was measured.",
        hint="Check kind and wavelength before using the readings.",
        sheet=export.sheet,
        place=(section.first_row, export.column),
    )
    return Settings().read(name)


@dataclass(frozen=True, slots=True)
class _Source:
    """Takes the readings of one export's blocks, whatever their shape."""

    harvest: Harvest
    export: Export
    plate: str
    mark: DecimalMark

    def take(self, data: Block | TimedBlock | WellList, read: Read) -> None:
        if isinstance(data, Block):
            refuse_split(self.harvest, data)
            take_block(self.harvest, data, read, self.plate, self.mark)
        elif isinstance(data, TimedBlock):
            take_timed(self.harvest, data, read, self.plate, self.mark)
        else:
            column = data.column + 1
            for row, well in data.wells.items():
                self._one((row, column), read, well)

    def _one(
        self, place: tuple[int, int], read: Read, well: WellAddress, time_s: float | None = None
    ) -> None:
        self.harvest.take(
            self.export.sheet,
            place,
            plate=self.plate,
            read=read,
            well=well,
            mark=self.mark,
            time_s=time_s,
        )
