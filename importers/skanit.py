"""Thermo Fisher SkanIt (Varioskan, Multiskan, Luminoskan): workbooks with a sheet for each step.

A step, measured or calculated, lists plates below each other: a line of wavelengths, the name of
the plate, a grid of values, a grid of sample names.  The corner of a grid says what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import PlateFormat, Read, ReadingKind, row_letters
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import (
    DecimalMark,
    decimal_mark,
    heading_seconds,
    named_wavelengths,
    parse_duration,
    read_cell,
    seconds_of,
    shorten,
    text_of,
    wavelengths_in,
)
from .harvest import Harvest
from .kinetic_block import TimedBlock, find_timed_blocks, is_time_heading
from .measured import leave_unheaded, refuse_split, take_block, take_timed
from .plate_grid import Block, find_blocks, row_label
from .read_settings import UNITS, is_not_measured, kind_in_words
from .run_facts import tell_named_facts
from .well_list import WellList, find_well_lists

_SESSION = re.compile(r".+\.skax", re.IGNORECASE)
_SIGNS = re.compile(
    r".+\.skax|Autoloading range [A-Z]+[0-9]+ ?- ?[A-Z]+[0-9]+|SkanIt Software\b.*", re.IGNORECASE
)
_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4},? +[0-9]{1,2}[:.][0-9]{2}.*")
_NANOMETRES = re.compile(r".*[0-9] ?nm\b.*", re.IGNORECASE)
_READING = re.compile(
    r"(?:reading|measurement|cycle|messung)(?: no\.?)? ?:? ?#?[0-9]+", re.IGNORECASE
)
_TIME = re.compile(r"[^:]*(?:time|zeit|tempo|temps)[^:]*: ?(.+)", re.IGNORECASE)
_PARAMETER = re.compile(r"[^:]+: ?\S.*")
_EXCITATION = re.compile(r"\bex|anreg|eccit", re.IGNORECASE)
_EMISSION = re.compile(r"\bem|emiss", re.IGNORECASE)
_SAMPLES = re.compile(r"samples?|probe[n]?|campion[ei]|échantillons?|muestras?", re.IGNORECASE)
_PLATE = re.compile(r"plate(?: ?(?:name|id|no\.?))?|platte.{0,8}", re.IGNORECASE)
_FACTS = (
    ("software version", r"report generated with sw version|executed with|ausgeführt mit"),
    ("date", r"execution time|ausführungszeit(?:punkt)?"),
    ("session", r"session name|sitzungsname"),
    ("serial number", r"serial number|seriennummer"),
    ("firmware", r"esw version"),
    ("temperature", r"temperatur[ae]?|temperature"),
)
_FACT_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _FACTS)
_NAME = re.compile(r"name", re.IGNORECASE)
_HEADER_ROWS = 12


class SkanIt:
    """Reads exports of SkanIt."""

    key: ClassVar[str] = "skanit"
    title: ClassVar[str] = "Thermo Fisher SkanIt"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".csv", ".txt")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a cell names a SkanIt session, its software or its loading range."""
        for sheet in workbook.sheets:
            for place, cell in sheet.cells.items():
                if isinstance(cell.value, str) and _SIGNS.fullmatch(text_of(cell)):
                    text = shorten(text_of(cell))
                    return Sniff(is_mine=True, reason=f"{sheet.source(*place)} says '{text}'.")
        return Sniff(is_mine=False, reason="No cell names a SkanIt session or its software.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all measured steps.

        :raises InputError: if a step cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        grids = [
            grid
            for sheet in workbook.sheets
            if not sheet.hidden and sheet.cells
            for grid in _Step(harvest, sheet, _decimal_mark(sheet)).read()
        ]
        headed = leave_unheaded(harvest, [grid.block for grid in grids])
        grids = [grid for grid in grids if grid.block in headed]
        keys = [(grid.title.plate, grid.read, grid.title.time_s) for grid in grids]
        for i, grid in enumerate(grids):
            # Plates of one name are told apart by #1, #2.
            is_repeated = keys.count(keys[i]) > 1
            suffix = f"#{keys[: i + 1].count(keys[i])}" if is_repeated else ""
            grid.take(harvest, grid.title.plate + suffix)
        return harvest.result()


def _decimal_mark(sheet: Sheet) -> DecimalMark:
    cells = list(sheet.cells.values())
    kinds = {kind_in_words(text_of(cell)) for cell in cells} - {ReadingKind.OTHER}
    return decimal_mark(cells, is_absorbance=kinds == {ReadingKind.ABSORBANCE})


@dataclass(frozen=True, slots=True)
class _Title:
    """What the lines above a grid or list say."""

    step: str = ""
    plate: str = ""
    reading: str = ""
    time_s: float | None = None
    wavelength_nm: float | None = None
    emission_nm: float | None = None

    def read(self, kind: ReadingKind) -> Read:
        """Return the read of this title; a reading without a time is told by its label."""
        label = self.step or kind.value
        if self.reading and self.time_s is None:
            label = f"{label}, {self.reading}"
        return Read(label, kind, self.wavelength_nm, self.emission_nm, UNITS[kind])


@dataclass(frozen=True, slots=True)
class _Grid:
    """A grid of readings with what the lines above it say."""

    block: Block
    title: _Title
    kind: ReadingKind
    mark: DecimalMark

    @property
    def read(self) -> Read:
        """The read of the grid."""
        return self.title.read(self.kind)

    def take(self, harvest: Harvest, plate: str) -> None:
        """Take the readings of the grid."""
        time_s = self.title.time_s
        take_block(harvest, self.block, self.read, plate, self.mark, time_s=time_s)


@dataclass(frozen=True, slots=True)
class _Step:
    """One sheet: the grids, lists and facts of a step."""

    harvest: Harvest
    sheet: Sheet
    mark: DecimalMark

    def read(self) -> list[_Grid]:
        """Return the grids of the sheet; take its lists, facts and notes."""
        blocks = find_blocks(self.sheet)
        is_told = self._tell_facts()
        grids: list[_Grid] = []
        step = ""
        for i, block in enumerate(blocks):
            above = blocks[i - 1].last_row if i else 0
            title = self._title(above, block.corner[0], step)
            step = title.step
            grids += self._grid(block, title)
        self._refuse_stray(blocks)
        if not blocks and not self._lists() and not is_told:
            self._tell_not_read("sheet_not_read", f"The sheet '{self.sheet.name}'", (1, 1))
        return grids

    def _lists(self) -> bool:
        """Take lists and tables over time, and say whether there were any."""
        timed = find_timed_blocks(self.sheet, 1, self.sheet.last_row, self.mark)
        lists = [w for w in find_well_lists(self.sheet) if w.heading_row and not timed]
        for table in timed:
            self._timed(table, self._title(0, table.first_row, ""))
        for found in lists:
            self._list(found, self._title(0, found.heading_row, ""))
        return bool(timed or lists)

    # --- titles ------------------------------------------------------------------------------

    def _title(self, above: int, header_row: int, step: str) -> _Title:
        """Read the lines between the last grid and this one: step, wavelengths, plate."""
        title = _Title(step=step)
        start = max(above, self._last_header_row())
        names: list[str] = []
        has_wavelengths = False
        for row in range(start + 1, header_row):
            text = text_of(self.sheet.get(row, self._first_column))
            if not text or _SIGNS.fullmatch(text):
                continue
            time = _TIME.fullmatch(text)
            if _NANOMETRES.fullmatch(text):
                title, has_wavelengths = self._with_wavelengths(title, text), True
                title = replace(title, step=_step_among(names) or title.step)
                names = []
            elif time and (time_s := parse_duration(time[1])) is not None:
                title = replace(title, time_s=time_s)
            elif _READING.fullmatch(text):
                title = replace(title, reading=text)
            else:
                names.append(text)
        if not title.step and not has_wavelengths:
            title = replace(title, step=_step_among(names))
            names = [name for name in names if name != title.step]
        return replace(title, plate=names[-1] if names else "")

    @property
    def _first_column(self) -> int:
        return min(column for _, column in self.sheet.cells)

    def _last_header_row(self) -> int:
        """Return the row of the session's name or date at the top of the sheet."""
        found = 0
        for row in range(1, _HEADER_ROWS):
            cell = self.sheet.get(row, self._first_column)
            text = text_of(cell)
            if cell and (isinstance(cell.value, datetime) or _DATE.fullmatch(text)):
                self.harvest.fact("date", self.sheet, (row, self._first_column), str(cell.value))
                return row
            if _SESSION.fullmatch(text):
                self.harvest.fact("session", self.sheet, (row, self._first_column))
                found = row
        return found

    def _with_wavelengths(self, title: _Title, text: str) -> _Title:
        """Add the wavelengths of a line; luminescence says 0 nm, which is none."""
        named = named_wavelengths(text)
        if len(named) == 2:
            return replace(title, wavelength_nm=named[0], emission_nm=named[1])
        one = named[0] if named else None
        if _EMISSION.search(text) and not _EXCITATION.search(text):
            return replace(title, emission_nm=one)
        return replace(title, wavelength_nm=one)

    # --- grids -------------------------------------------------------------------------------

    def _grid(self, block: Block, title: _Title) -> list[_Grid]:
        corner = block.corner_text
        if _SAMPLES.fullmatch(corner):
            return []
        kind = self._kind(corner, title, block.measured_share(self.mark))
        if kind is None:
            what = f"The block {block.area} ('{shorten(corner or title.step or title.plate)}')"
            self._tell_not_read("block_not_read", what, block.corner)
            return []
        self._check_whole(block)
        if kind is ReadingKind.ABSORBANCE and title.wavelength_nm is None:
            self.harvest.tell(
                Level.WARNING,
                "wavelength_missing",
                f"No wavelength stands above the block {block.area}.",
                hint="Check at which wavelength was measured.",
                sheet=self.sheet,
                place=block.corner,
            )
        return [_Grid(block, title, kind, self.mark)]

    def _kind(self, heading: str, title: _Title, share: float) -> ReadingKind | None:
        """Return what a heading measures; ``None`` for what was calculated or planned."""
        if is_not_measured(heading) or (title.step and is_not_measured(title.step)) or share < 0.5:
            return None
        kind = kind_in_words(heading)
        if kind is ReadingKind.OTHER:
            kind = kind_in_words(title.step)
        return None if kind is ReadingKind.OTHER else kind

    def _check_whole(self, block: Block) -> None:
        """Doubt a grid that lacks rows or columns; refuse one that is split or cut off."""
        refuse_split(self.harvest, block)
        columns = max(well.column for well in block.places)
        rows = next((f.rows for f in PlateFormat if f.columns == columns), 0)
        lacks = [
            *map(row_letters, sorted(set(range(1, rows + 1)) - {w.row for w in block.places})),
            *map(str, sorted(set(range(1, columns + 1)) - {w.column for w in block.places})),
        ]
        is_last = self.sheet.is_text and block.last_row == self.sheet.last_row
        if lacks:
            self.harvest.tell(
                Level.WARNING,
                "wells_missing",
                f"The block {block.area} has no row or column {', '.join(lacks)}.",
                hint="If its wells were measured, export the plate again.",
                sheet=self.sheet,
                place=block.corner,
            )
        if is_last and (lacks or block.empty_wells()):
            self.harvest.tell(
                Level.ERROR,
                "cut_off",
                "The file ends inside the plate.",
                hint="Export the file again from SkanIt.",
                sheet=self.sheet,
                place=(block.last_row, block.corner[1]),
            )

    def _refuse_stray(self, blocks: Sequence[Block]) -> None:
        """Refuse lines of a plate that belong to no grid; their column numbers were lost."""
        inside = {r for block in blocks for r in range(block.corner[0], block.last_row + 1)}
        for row, cells in self.sheet.rows():
            if row in inside or row_label(cells[min(cells)]) is None:
                continue
            found = [read_cell(cell, self.mark) for c, cell in cells.items() if c > min(cells)]
            if sum(one is not None and one.value is not None for one in found) > 1:
                self.harvest.tell(
                    Level.ERROR,
                    "no_grid",
                    "The line holds values of a plate row, but no column numbers stand above it.",
                    hint="A line was probably removed or added. Export the file again.",
                    sheet=self.sheet,
                    place=(row, min(cells)),
                )
                return

    # --- lists and kinetic tables ------------------------------------------------------------

    def _timed(self, table: TimedBlock, title: _Title) -> None:
        kind = self._kind("", title, 1.0)
        if kind is None:
            place = (table.first_row, self._first_column)
            self._tell_not_read("table_not_read", "The table over time", place)
            return
        take_timed(self.harvest, table, title.read(kind), title.plate, self.mark)

    def _list(self, found: WellList, title: _Title) -> None:
        self.harvest.tell_strange(found)
        headings = {c: found.heading_of(c) for c in found.other_columns if found.heading_of(c)}
        times = next((c for c, h in headings.items() if is_time_heading(h)), None)
        plates = next((c for c, h in headings.items() if _PLATE.fullmatch(h)), None)
        for column, heading in headings.items():
            # In a list only the heading itself can tell a reading from a calculated column.
            if kind_in_words(heading) is ReadingKind.OTHER or column == times:
                continue
            kind = self._kind(heading, title, 1.0)
            if kind is None:
                what = f"The column '{shorten(heading)}'"
                self._tell_not_read("column_not_read", what, (found.heading_row, column))
                continue
            self._column(found, column, (times, plates), (kind, title))

    def _column(
        self,
        found: WellList,
        column: int,
        beside: tuple[int | None, int | None],
        what: tuple[ReadingKind, _Title],
    ) -> None:
        (times, plates), (kind, title) = beside, what
        named: Sequence[float] = wavelengths_in(found.heading_of(column))
        if named:
            emission = named[1] if len(named) > 1 else None
            title = replace(title, wavelength_nm=named[0], emission_nm=emission)
        unit_s = heading_seconds(found.heading_of(times)) if times else None
        for row, well in found.wells.items():
            time_cell = self.sheet.get(row, times) if times else None
            self.harvest.take(
                self.sheet,
                (row, column),
                plate=text_of(self.sheet.get(row, plates)) if plates else title.plate,
                read=title.read(kind),
                well=well,
                mark=self.mark,
                time_s=seconds_of(time_cell, unit_s, self.mark) if time_cell else None,
            )

    # --- facts and notes ---------------------------------------------------------------------

    def _tell_facts(self) -> bool:
        """Keep lines of key and value of the information sheets; say whether there were any."""
        told = tell_named_facts(self.harvest, self.sheet, _FACT_PATTERNS)
        if "serial number" in told:
            # 'Name' alone may be that of anything; beside a serial number it is the instrument's.
            tell_named_facts(self.harvest, self.sheet, (("instrument", _NAME),))
        return bool(told)

    def _tell_not_read(self, code: str, what: str, place: tuple[int, int]) -> None:
        self.harvest.tell(
            Level.NOTE,
            code,
            f"{what} holds nothing that was measured and was not read.",
            sheet=self.sheet,
            place=place,
        )


def _step_among(names: Sequence[str]) -> str:
    """Return the name of the step: the first line that is no setting such as ``Fit type: 4PL``."""
    return next((name for name in names if not _PARAMETER.fullmatch(name)), "")
