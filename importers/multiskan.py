"""Thermo Fisher Multiskan readers without SkanIt: Multiskan Sky workbooks, and bare iterations.

The Sky's own software lists every reading on sheets of raw data.  Older readers write text in which
each iteration is a grid without row or column labels: there a well is where its line and field
stand, and the distance between the headings must be that of a plate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import PlateFormat, Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import (
    DecimalMark,
    decimal_mark,
    heading_seconds,
    parse_number,
    read_cell,
    seconds_of,
    shorten,
    text_of,
)
from .harvest import Harvest
from .kinetic_block import is_time_heading
from .read_settings import UNITS
from .run_facts import tell_named_facts
from .well_list import WellList, WellTable, find_well_lists, find_well_tables

_RAW = re.compile(r"raw absorbance.*|roh.*(?:absor|extinktion).*", re.IGNORECASE)
_WAVELENGTHS = re.compile(r"wavelength.*nm.*|wellenlänge.*nm.*", re.IGNORECASE)
_READING = re.compile(r"reading|messung|lesung", re.IGNORECASE)
_PLATE = re.compile(
    r"(Plate ?: ?.+?) ?- ?Wavelength ?: ?([0-9]+(?:[.,][0-9]+)?)(?: ?nm)?", re.IGNORECASE
)
_ITERATION = re.compile(r"Iteration ?: ?[0-9]+", re.IGNORECASE)
_FACTS = (
    ("date", r"execution time|ausführungszeit"),
    ("instrument", r"name"),
    ("serial number", r"serial number|seriennummer"),
    ("firmware", r"firmware version"),
    ("software version", r"version"),
    ("temperature", r"set temperature|temperature|temperatur"),
    ("plate type", r"plate template"),
)
_FACT_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _FACTS)
_ROWS = {plate_format.rows for plate_format in PlateFormat}
_UNIT = UNITS[ReadingKind.ABSORBANCE]


class Multiskan:
    """Reads exports of Multiskan readers that were made without SkanIt."""

    key: ClassVar[str] = "multiskan"
    title: ClassVar[str] = "Thermo Fisher Multiskan"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".txt", ".csv")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet lists raw absorbances, or has plates with bare iterations."""
        for sheet in workbook.sheets:
            for place, cell in sheet.cells.items():
                if isinstance(cell.value, str) and _PLATE.fullmatch(text_of(cell)):
                    return Sniff(
                        is_mine=True,
                        reason=f"{sheet.source(*place)} says '{shorten(text_of(cell))}'.",
                    )
            if _raw_columns(sheet):
                return Sniff(
                    is_mine=True, reason=f"The sheet '{sheet.name}' lists raw absorbances by well."
                )
        return Sniff(
            is_mine=False, reason="No list of raw absorbances and no 'Plate … - Wavelength' line."
        )

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all raw data.

        :raises InputError: if it is not clear which well a value belongs to; carries all findings.
        """
        harvest = Harvest(workbook)
        lists = [raw for s in workbook.sheets if not s.hidden and (raw := _raw_columns(s))]
        for raw in lists:
            raw.take(harvest)
        for sheet in workbook.sheets:
            if sheet.hidden or any(raw.found.sheet is sheet for raw in lists):
                continue
            if any(_PLATE.fullmatch(text_of(cell)) for cell in sheet.cells.values()):
                _Iterations(harvest, sheet).read()
            told = tell_named_facts(harvest, sheet, _FACT_PATTERNS)
            tables = [t for t in find_well_tables(sheet) if _readings_column(t)]
            for table in tables if lists else ():
                _compare(harvest, lists, table)
            if sheet.cells and lists and not told:
                harvest.tell(
                    Level.NOTE,
                    "sheet_not_read",
                    f"The sheet '{shorten(sheet.name)}' holds no raw data and was not read.",
                    sheet=sheet,
                )
        return harvest.result()


# --- lists of raw absorbances -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _RawList:
    """A list of wells with the columns of their values, wavelengths and times."""

    found: WellList
    value: int
    wavelength: int
    time: int | None

    @property
    def mark(self) -> DecimalMark:
        cells = [cell for _, cell in self.found.cells(self.value)]
        return decimal_mark(cells, beside=self.found.sheet.cells.values(), is_absorbance=True)

    def wavelength_nm(self, row: int) -> float | None:
        """Return the wavelength of a line."""
        text = text_of(self.found.sheet.get(row, self.wavelength))
        return parse_number(text.removesuffix("nm"), self.mark if "," in text else _POINT)

    @property
    def is_kinetic(self) -> bool:
        """Whether a well was read more than once at a wavelength."""
        seen = [(well, self.wavelength_nm(row)) for row, well in self.found.wells.items()]
        return len(set(seen)) < len(seen)

    def take(self, harvest: Harvest) -> None:
        """Take all readings of the list; an endpoint has no time."""
        sheet, mark = self.found.sheet, self.mark
        harvest.tell_strange(self.found)
        label = self.found.heading_of(self.value)
        time = self.time if self.is_kinetic else None
        unit_s = (heading_seconds(self.found.heading_of(time)) or 1.0) if time else None
        for row, well in self.found.wells.items():
            cell = sheet.get(row, time) if time else None
            time_s = seconds_of(cell, unit_s, mark) if cell else None
            wavelength = self.wavelength_nm(row)
            if wavelength is None or (time and time_s is None):
                harvest.tell(
                    Level.ERROR,
                    "line_unclear",
                    "The line states no wavelength or no time.",
                    hint="Export the raw data again.",
                    sheet=sheet,
                    place=(row, self.found.column),
                    well=well,
                )
                continue
            read = Read(label, ReadingKind.ABSORBANCE, wavelength, None, _UNIT)
            harvest.take(
                sheet, (row, self.value), plate="", read=read, well=well, mark=mark, time_s=time_s
            )

    def rows_of(self, well: WellAddress) -> list[int]:
        """Return the lines of a well, in order."""
        return [row for row, one in self.found.wells.items() if one == well]


_POINT = DecimalMark.POINT


def _raw_columns(sheet: Sheet) -> _RawList | None:
    for found in find_well_lists(sheet):
        headings = {c: found.heading_of(c) for c in found.other_columns}
        values = [c for c, heading in headings.items() if _RAW.fullmatch(heading)]
        wavelengths = [c for c, heading in headings.items() if _WAVELENGTHS.fullmatch(heading)]
        if len(values) == 1 and len(wavelengths) == 1:
            times = [c for c, heading in headings.items() if _is_time(heading)]
            return _RawList(found, values[0], wavelengths[0], times[0] if times else None)
    return None


def _is_time(heading: str) -> bool:
    return is_time_heading(heading) or heading.lower().startswith("measurement time")


# --- the table of results beside the raw data -------------------------------------------------


def _readings_column(table: WellTable) -> int | None:
    """Return the column that numbers the readings of a table with a column for each well."""
    heading = table.heading_row
    return next(
        (c for c in table.side_columns if _READING.fullmatch(text_of(table.sheet.get(heading, c)))),
        None,
    )


def _compare(harvest: Harvest, lists: list[_RawList], table: WellTable) -> None:
    """Tell where the table of results has another value than the only list of raw data."""
    if len(lists) != 1:
        return
    raw = lists[0]
    sheet, mark = raw.found.sheet, raw.mark
    for column, well in table.wells.items():
        for row, raw_row in zip(table.rows, raw.rows_of(well), strict=False):
            shown, listed = table.sheet.get(row, column), sheet.get(raw_row, raw.value)
            if shown is None or listed is None:
                continue
            one, other = read_cell(shown, mark), read_cell(listed, mark)
            if one and other and one.value != other.value:
                harvest.tell(
                    Level.WARNING,
                    "tables_disagree",
                    f"The results say '{text_of(shown)}', but the raw data say '{text_of(listed)}'"
                    f" in {sheet.source(raw_row, raw.value)}; the raw data were read.",
                    hint="The results are corrected, or one of the tables was edited.",
                    sheet=table.sheet,
                    place=(row, column),
                    well=well,
                )


# --- iterations without labels ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Iterations:
    """The bare grids of a text export: where each heading stands and what it says."""

    harvest: Harvest
    sheet: Sheet

    def read(self) -> None:
        """Take all grids if every heading is as far from the next as a plate needs."""
        headings = self._headings()
        rows = dict(self.sheet.rows())
        height = self._height(headings, rows)
        if height is None:
            return
        self.harvest.tell(
            Level.WARNING,
            "wells_counted",
            "The grids have no row letters or column numbers; the wells were counted from A1.",
            hint="Check a well whose value you know.",
            sheet=self.sheet,
            place=headings[0][:2],
        )
        mark = decimal_mark(self.sheet.cells.values(), is_absorbance=True)
        plate, wavelength = "", None
        for i, (row, column, text) in enumerate(headings):
            end = headings[i + 1][0] if i + 1 < len(headings) else self.sheet.last_row + 1
            places = [(line, c) for line in range(row + 1, end) for c in rows.get(line, {})]
            named = _PLATE.fullmatch(text)
            if named:
                plate = named[1]
                wavelength = parse_number(named[2].replace(",", "."), DecimalMark.POINT)
                for place in places[:1]:
                    self._refuse(place, "The value belongs to no iteration.")
                continue
            if wavelength is None:
                self._refuse((row, column), f"No plate and wavelength stand above '{text}'.")
            read = Read(text, ReadingKind.ABSORBANCE, wavelength, None, _UNIT)
            for place in places:
                well = self._well(place[0] - row, place[1] - column + 1, height)
                if well is None:
                    self._refuse(place, f"The value is outside a plate of {height} rows.")
                else:
                    self.harvest.take(
                        self.sheet, place, plate=plate, read=read, well=well, mark=mark
                    )
        self._refuse_cut_off(headings, rows, height)

    def _headings(self) -> list[tuple[int, int, str]]:
        return sorted(
            (row, column, text_of(cell))
            for (row, column), cell in self.sheet.cells.items()
            if isinstance(cell.value, str)
            and (_PLATE.fullmatch(text_of(cell)) or _ITERATION.fullmatch(text_of(cell)))
        )

    def _height(
        self, headings: list[tuple[int, int, str]], rows: Mapping[int, object]
    ) -> int | None:
        """Return the rows of the plate: each grid is followed by one blank line and a heading."""
        iterations = [h for h in headings if _ITERATION.fullmatch(h[2])]
        distances = {
            row: following - row - 2
            for (row, _, text), (following, _, _) in pairwise(headings)
            if _ITERATION.fullmatch(text)
        }
        if not iterations:
            return None
        if not distances:
            return self._height_of_only(iterations[0], rows)
        usual = max(set(distances.values()), key=list(distances.values()).count)
        wrong = [row for row, height in distances.items() if height != usual]
        for row in wrong:
            self._refuse(
                (row, headings[0][1]),
                f"The iteration has {distances[row]} lines, but the others have {usual};"
                " a line was added or removed.",
            )
        if usual not in _ROWS:
            self._refuse(iterations[0][:2], f"No plate has {usual} rows, as this iteration has.")
        return None if wrong or usual not in _ROWS else usual

    def _height_of_only(
        self, iteration: tuple[int, int, str], rows: Mapping[int, object]
    ) -> int | None:
        """Return the rows of a plate that was read once; its lines follow each other."""
        start = iteration[0]
        lines = [row - start for row in rows if row > start]
        if lines != list(range(1, len(lines) + 1)) or (len(lines) > 8 and len(lines) not in _ROWS):
            self._refuse(iteration[:2], "It is not clear which rows of the plate these lines are.")
            return None
        return max(8, len(lines))

    @staticmethod
    def _well(row: int, column: int, height: int) -> WellAddress | None:
        columns = max(f.columns for f in PlateFormat if f.rows == height)
        is_inside = 1 <= row <= height and 1 <= column <= columns
        return WellAddress(row, column) if is_inside else None

    def _refuse_cut_off(
        self,
        headings: list[tuple[int, int, str]],
        rows: Mapping[int, object],
        height: int,
    ) -> None:
        """Refuse a last grid that has fewer lines than the one before it."""
        starts = [row for row, _, text in headings if _ITERATION.fullmatch(text)]
        if len(starts) < 2:
            return
        before, last = (
            [line - start for line in range(start + 1, start + height + 1) if line in rows]
            for start in starts[-2:]
        )
        if before != last:
            self._refuse((starts[-1], headings[-1][1]), "The file ends inside the last iteration.")

    def _refuse(self, place: tuple[int, int], message: str) -> None:
        self.harvest.tell(
            Level.ERROR,
            "iteration_unclear",
            message,
            hint="Export the file again from the reader's program.",
            sheet=self.sheet,
            place=place,
        )
