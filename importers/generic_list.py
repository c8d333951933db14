"""Any file with a list of one row per well, or a table of one column per well.

A column is taken only where it is clear that it was measured; blocks of plates go before lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Cell, Sheet, Workbook
from lims_msc.errors import InputError

from .cells import (
    DecimalMark,
    decimal_mark,
    heading_seconds,
    read_cell,
    seconds_of,
    shorten,
    text_of,
    wavelengths_in,
)
from .generic_grid import has_measured_blocks
from .harvest import Harvest
from .kinetic_block import is_time_heading
from .measured import assumed_settings
from .read_settings import Settings, is_not_measured, kind_in_words, names_measurement
from .run_facts import doubt_plate_name, plate_name_above, tell_run_facts
from .well_list import WellList, WellTable, find_well_lists, find_well_tables

_PLATE = re.compile(
    r"(?:plate|platten?)(?:[ _-]?(?:id|name|no\.?|barcode|nr\.?))?|barcode", re.IGNORECASE
)
_WAVELENGTH = re.compile(r"wave ?length.*|wellenlänge.*|lambda|λ.*", re.IGNORECASE)
_VALUE = re.compile(
    r"(?:raw |measured )?"
    r"(?:signal|values?|readings?|result|data|intensity|wert|messwert|counts per.*)"
    r"(?: ?[\[(].*[\])])?",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"name|row|col(?:umn)?|zeile|spalte|temp.*|t ?\[?°c\]?|cycle.*|zyklus.*|index|no\.?|nr\.?|#"
    r"|rep.*"
    r"|repeat|passage|day|tag|volume.*|group|type|id|donor|batch|cells?.*|passage|age|alter",
    re.IGNORECASE,
)
_HOURS_AT_MOST = 200.0


class GenericList:
    """Reads lists with one row per well and tables with one column per well, of any origin."""

    key: ClassVar[str] = "generic_list"
    title: ClassVar[str] = "Well list of any origin"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".csv", ".txt")
    is_generic: ClassVar[bool] = True

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether the file has a list of wells with a column that was clearly measured."""
        if has_measured_blocks(workbook):
            return Sniff(
                is_mine=False, reason="The readings stand in plate blocks.", is_generic=True
            )
        try:
            found = [_columns(w) for w in _lists(workbook)]
        except InputError as problem:
            return Sniff(is_mine=False, reason=problem.message, is_generic=True)
        listed = [f for f in found if f.values]
        if listed:
            headings = ", ".join(repr(h) for h in list(listed[0].values.values())[:3])
            return Sniff(is_mine=True, reason=f"A list of wells has {headings}.", is_generic=True)
        try:
            tables = _told_apart(_tables(workbook))
        except InputError as problem:
            return Sniff(is_mine=False, reason=problem.message, is_generic=True)
        if tables:
            return Sniff(
                is_mine=True, reason="A table has a column for each well.", is_generic=True
            )
        return Sniff(
            is_mine=False, reason="The file has no list of wells with values.", is_generic=True
        )

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of the lists and tables.

        :raises InputError: if there are none, or it is not clear which columns were measured.
        """
        harvest = Harvest(workbook)
        lists = [(w, columns) for w in _lists(workbook) if (columns := _columns(w)).values]
        tables = _told_apart(_tables(workbook)) if not lists else []
        sheets = {found.sheet.name for found, _ in lists} | {t.sheet.name for t in tables}
        for found, columns in lists:
            _ListReading(harvest, found, columns, several=len(sheets) > 1).take()
        for table in tables:
            _take_table(harvest, table, several=len(sheets) > 1)
        for sheet in workbook.sheets:
            if sheet.name in sheets:
                tell_run_facts(harvest, sheet)
        return harvest.result()


def _lists(workbook: Workbook) -> list[WellList]:
    """Return the well lists of the visible sheets whose titles do not name something calculated."""
    return [
        found
        for sheet in workbook.sheets
        if not sheet.hidden
        for found in find_well_lists(sheet)[:1]
        if not is_not_measured(text_of(sheet.get(found.heading_row - 1, 1)))
    ]


def _tables(workbook: Workbook) -> list[WellTable]:
    """Return the tables of numbers with a column per well, if nothing on the sheet is in doubt."""
    return [
        table
        for sheet in workbook.sheets
        if not sheet.hidden
        for table in find_well_tables(sheet)
        if _is_mostly_numbers(
            cell for r in table.rows for c in table.wells if (cell := sheet.get(r, c)) is not None
        )
        and (len(table.rows) == 1 or _time_column(table) is not None)
    ]


def _is_mostly_numbers(cells: Iterable[Cell]) -> bool:
    cells = [cell for cell in cells if text_of(cell)]
    mark = decimal_mark(cells)
    good = sum(bool((r := read_cell(c, mark)) and r.code != "not_a_number") for c in cells)
    return 2 * good > len(cells) > 0


# --- lists -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a list by what they hold; ``values`` by heading."""

    values: dict[int, str]
    left: tuple[str, ...] = ()
    plate: int | None = None
    time: int | None = None
    wavelength: int | None = None


def _columns(found: WellList) -> _Columns:
    """Sort the columns of a list.

    :raises InputError: if several columns of numbers may have been measured.
    """
    headings = {column: found.heading_of(column) for column in found.other_columns}
    special = {
        name: next((c for c, heading in headings.items() if matches(heading)), None)
        for name, matches in (
            ("plate", _PLATE.fullmatch),
            ("time", is_time_heading),
            ("wavelength", _WAVELENGTH.fullmatch),
        )
    }
    numbers = {
        c: heading
        for c, heading in headings.items()
        if c not in special.values() and _is_mostly_numbers(cell for _, cell in found.cells(c))
    }
    left = {c: h for c, h in numbers.items() if is_not_measured(h) or _ATTRIBUTE.fullmatch(h)}
    clear = {c: h for c, h in numbers.items() if c not in left and _is_measured(h)}
    unclear = {c: h for c, h in numbers.items() if c not in left and c not in clear}
    if not clear:
        clear = _only_likely(unclear, beside=left)
    not_taken = [h for c, h in numbers.items() if c not in clear]
    return _Columns(clear, tuple(not_taken), **special)


def _only_likely(unclear: dict[int, str], *, beside: dict[int, str]) -> dict[int, str]:
    """Return the one column that must be the measured one, or nothing if there is none.

    Beside means and deviations a column called 'value' is as often a result as a reading.

    :raises InputError: if several columns may have been measured.
    """
    worded = {c: h for c, h in unclear.items() if _VALUE.fullmatch(h)}
    has_results = any(map(is_not_measured, beside.values()))
    if len(worded) == 1 and not has_results:
        return worded
    if len(unclear) > 1 or (worded and has_results):
        names = ", ".join(repr(shorten(h, 30)) for h in unclear.values())
        raise InputError(
            "The list of wells has several columns of numbers, and it is not clear which was"
            f" measured: {names}.",
            hint="Name the measured column 'OD450', 'signal' or like it, or delete the others.",
        )
    return unclear


def _is_measured(heading: str) -> bool:
    return kind_in_words(heading) is not ReadingKind.OTHER or bool(wavelengths_in(heading))


@dataclass(frozen=True, slots=True)
class _ListReading:
    """Takes the measured columns of one list."""

    harvest: Harvest
    found: WellList
    columns: _Columns
    several: bool

    def take(self) -> None:
        found, columns, sheet = self.found, self.columns, self.found.sheet
        self.harvest.tell_strange(found)
        self.harvest.tell_unfilled(found, columns.values)
        if columns.left:
            names = ", ".join(repr(shorten(name, 30)) for name in columns.left)
            self.harvest.tell(
                Level.NOTE, "columns_not_read", f"Columns that were not read: {names}.", sheet=sheet
            )
        mark = decimal_mark(
            (cell for c in columns.values for _, cell in found.cells(c)),
            beside=sheet.cells.values(),
            is_absorbance=all(
                kind_in_words(h) is ReadingKind.ABSORBANCE or len(wavelengths_in(h)) == 1
                for h in columns.values.values()
            ),
        )
        times = self._times(mark)
        reads = {c: self._reads(c, heading, mark) for c, heading in columns.values.items()}
        default = found.sheet.name if self.several else ""
        default = plate_name_above(sheet, found.heading_row or found.first_row) or default
        for row, well in found.wells.items():
            plate = text_of(sheet.get(row, columns.plate)) if columns.plate else default
            if columns.plate:
                doubt_plate_name(self.harvest, sheet, (row, columns.plate))
            for column in columns.values:
                self.harvest.take(
                    sheet,
                    (row, column),
                    plate=plate,
                    read=reads[column][row],
                    well=well,
                    mark=mark,
                    time_s=times[row],
                )

    def _reads(self, column: int, heading: str, mark: DecimalMark) -> dict[int, Read]:
        """Return the read of each row; a wavelength column tells them apart."""
        sheet, rows = self.found.sheet, list(self.found.wells)
        label = heading or sheet.name or "values"
        kind = kind_in_words(heading)
        if self.columns.wavelength is not None:
            per_row = {
                r: wavelengths_in(text_of(sheet.get(r, self.columns.wavelength))) for r in rows
            }
            return {r: _settings(kind, per_row[r]).read(label) for r in rows}
        named = wavelengths_in(heading) or wavelengths_in(sheet.name)
        settings = _settings(kind, named)
        if settings.kind is ReadingKind.OTHER:
            places = [(r, column) for r in rows]
            settings = assumed_settings(self.harvest, sheet, places, mark)
        return dict.fromkeys(rows, settings.read(label))

    def _times(self, mark: DecimalMark) -> dict[int, float | None]:
        sheet, column = self.found.sheet, self.columns.time
        if column is None or not self.found.repeats():
            return dict.fromkeys(self.found.wells)
        heading = (self.found.heading_row, column)
        return _row_times(self.harvest, sheet, heading, list(self.found.wells), mark)


def _settings(kind: ReadingKind, wavelengths: tuple[float, ...]) -> Settings:
    if len(wavelengths) == 2:
        return Settings(
            ReadingKind.FLUORESCENCE if kind is ReadingKind.OTHER else kind, *wavelengths
        )
    if wavelengths:
        return Settings(
            ReadingKind.ABSORBANCE if kind is ReadingKind.OTHER else kind, wavelengths[0]
        )
    return Settings(kind)


# --- tables ----------------------------------------------------------------------------------


def _time_column(table: WellTable) -> int | None:
    headings = {c: text_of(table.sheet.get(table.heading_row, c)) for c in table.side_columns}
    times = [c for c, heading in headings.items() if is_time_heading(heading)]
    return times[0] if len(times) == 1 else None


def _table_title(table: WellTable) -> str:
    """Return the first text in the row above a table."""
    row = table.heading_row - 1
    texts = (text_of(table.sheet.get(row, column)) for column in range(1, max(table.wells) + 1))
    return next(filter(None, texts), "")


def _told_apart(tables: list[WellTable]) -> list[WellTable]:
    """Return the tables that can be read together.

    :raises InputError: if tables of one sheet have no titles that tell them apart.
    """
    for table in tables:
        others = [t for t in tables if t.sheet is table.sheet and t is not table]
        if any(_table_title(t) == _table_title(table) for t in others) or (
            others and not names_measurement(_table_title(table))
        ):
            listed = ", ".join(
                str(t.sheet.source(t.heading_row, min(t.wells))) for t in [table, *others]
            )
            raise InputError(
                f"The file has several tables of wells, and nothing tells them apart: {listed}.",
                hint="Write a title such as 'OD450' above each table, or keep one.",
            )
    return tables


def _take_table(harvest: Harvest, table: WellTable, *, several: bool) -> None:
    sheet, time_column = table.sheet, _time_column(table)
    places = [(row, c) for row in table.rows for c in table.wells if sheet.get(row, c) is not None]
    words = [w for w in (_table_title(table), sheet.name) if w]
    said = (_settings(kind_in_words(w), wavelengths_in(w)) for w in words)
    known = next((s for s in said if s != Settings()), None)
    mark = decimal_mark(
        (cell for place in places if (cell := sheet.get(*place)) is not None),
        beside=sheet.cells.values(),
        is_absorbance=known is not None and known.kind is ReadingKind.ABSORBANCE,
    )
    times: dict[int, float | None] = dict.fromkeys(table.rows)
    if time_column is not None and len(table.rows) > 1:
        times = _row_times(harvest, sheet, (table.heading_row, time_column), list(table.rows), mark)
    settings = known or assumed_settings(harvest, sheet, places, mark)
    unnamed = "OD" if settings.kind is ReadingKind.ABSORBANCE else "values"
    read = settings.read(shorten(words[0]) if words else unnamed)
    plate = plate_name_above(sheet, table.heading_row) or (sheet.name if several else "")
    for row, column in places:
        harvest.take(
            sheet,
            (row, column),
            plate=plate,
            read=read,
            well=table.wells[column],
            mark=mark,
            time_s=times[row],
        )


def _row_times(
    harvest: Harvest, sheet: Sheet, heading: tuple[int, int], rows: list[int], mark: DecimalMark
) -> dict[int, float | None]:
    """Return the seconds of each row; bare numbers without a unit are hours, and that is told."""
    unit_s = heading_seconds(text_of(sheet.get(*heading)))
    cells = {row: sheet.get(row, heading[1]) for row in rows}
    times = {r: seconds_of(c, unit_s, mark) for r, c in cells.items() if c is not None}
    bare = {r: seconds_of(c, 1.0, mark) for r, c in cells.items() if c is not None}
    if unit_s is None and any(times.get(r) is None and bare.get(r) is not None for r in rows):
        # A reader needs longer than a second for a plate, so small steps cannot be seconds.
        largest = max(t for t in bare.values() if t is not None)
        is_hours = largest <= _HOURS_AT_MOST
        harvest.tell(
            Level.WARNING,
            "time_unit_assumed",
            f"The column '{text_of(sheet.get(*heading))}' names no unit; its times, up to"
            f" {largest:g}, were taken for {'hours' if is_hours else 'seconds'}.",
            hint="If that is wrong, write the unit into the heading, such as 'Time [min]'.",
            sheet=sheet,
            place=heading,
        )
        factor = 3600.0 if is_hours else 1.0
        times = {r: None if t is None else t * factor for r, t in bare.items()}
    for row in rows:
        if times.get(row) is None:
            harvest.tell(
                Level.ERROR,
                "no_time",
                "The row states no time.",
                hint="Enter the time of the cycle, or delete the row.",
                sheet=sheet,
                place=(row, heading[1]),
            )
    return {row: times.get(row) for row in rows}
