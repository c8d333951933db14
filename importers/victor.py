"""PerkinElmer VICTOR (Wallac 1420): its list of wells, and tables that people make of it.

The list has one row per well and repeat, with pairs of time and value; the other sheets of the
workbook repeat it as plates or describe the protocol.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import (
    DecimalMark,
    decimal_mark,
    heading_seconds,
    named_wavelengths,
    seconds_of,
    shorten,
    text_of,
    wavelengths_in,
    well_of,
)
from .harvest import Harvest
from .headed_table import HeadedTable, find_headed_tables, key_and_value
from .kinetic_block import TimedBlock, find_timed_blocks, is_time_heading
from .measured import tell_no_well, tell_unknown_kind
from .read_settings import Settings, kind_in_words

_LIST_WORDS = {"plate", "repeat", "well", "type"}
_PLATE = re.compile(r"plate", re.IGNORECASE)
_WELL = re.compile(r"well", re.IGNORECASE)
_TYPE = re.compile(r"type", re.IGNORECASE)
_TITLE = re.compile(r"(?P<name>[^:]{1,40}):(?P<how>Lum[a-z]*|[0-9]{3,4}(?:[,;/ ] ?[0-9]{3,4})?)")
_AT = re.compile(r"@ ?([0-9]{3,4})")
_LUMINESCENCE = re.compile(r"(?<![a-z])lum|\(CPS\)", re.IGNORECASE)
_FACTS = (
    ("instrument", re.compile(r"instrument(?: name)?|reader", re.IGNORECASE)),
    ("serial number", re.compile(r"(?:instrument )?serial(?: number| ?#)?", re.IGNORECASE)),
    ("protocol", re.compile(r"protocol(?: name)?|name of the protocol", re.IGNORECASE)),
    (
        "start time",
        re.compile(r"(?:measured|started|run|assay) ?(?:on|at|started)?", re.IGNORECASE),
    ),
    ("software version", re.compile(r"(?:software )?version", re.IGNORECASE)),
    ("temperature", re.compile(r"(?:chamber )?temperature.*", re.IGNORECASE)),
)


class Victor:
    """Reads lists of the VICTOR readers, and tables of titled kinetics made of them."""

    key: ClassVar[str] = "victor"
    title: ClassVar[str] = "PerkinElmer VICTOR"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xls", ".xlsx", ".csv", ".txt")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet has VICTOR's list, or nothing but tables titled ``label:filter``."""
        for sheet in workbook.sheets:
            for found in _lists(sheet):
                where = sheet.source(found.heading_row, min(found.headings))
                return Sniff(
                    is_mine=True, reason=f"{where} starts a list of plate, repeat, well and type."
                )
        filled = [sheet for sheet in workbook.sheets if sheet.cells]
        # The first sheet without such tables settles it; looking for them is slow.
        tables = list(takewhile(bool, map(_tables, filled)))
        if filled and len(tables) == len(filled):
            return Sniff(
                is_mine=True,
                reason="The file has nothing but kinetic tables with titles such as"
                f" '{tables[0][0].title}'.",
            )
        return Sniff(is_mine=False, reason="No sheet has the list or the tables of VICTOR.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of the lists, or of the tables.

        :raises InputError: if there are none, or a row names no well.
        """
        harvest = Harvest(workbook)
        sheets = [sheet for sheet in workbook.sheets if not sheet.hidden]
        lists = [found for sheet in sheets for found in _lists(sheet)]
        for found in lists:
            _ListReading(harvest, found).take()
        tables = [] if lists else [(s, t) for s in sheets for t in _tables(s)]
        several = len({sheet.name for sheet, _ in tables}) > 1
        for sheet, table in tables:
            _take_table(harvest, sheet, table, sheet.name if several else "")
        read = {found.sheet.name for found in lists} | {sheet.name for sheet, _ in tables}
        for sheet in sheets:
            _tell_facts(harvest, sheet)
            if sheet.cells and sheet.name not in read:
                harvest.tell(
                    Level.NOTE,
                    "sheet_not_read",
                    f"The sheet '{shorten(sheet.name)}' repeats or describes the list and was not"
                    " read.",
                    sheet=sheet,
                )
        return harvest.result()


def _mark(sheet: Sheet) -> DecimalMark:
    return decimal_mark(sheet.cells.values(), beside=sheet.cells.values())


def _lists(sheet: Sheet) -> tuple[HeadedTable, ...]:
    return find_headed_tables(
        sheet, lambda words: words >= _LIST_WORDS and any(map(is_time_heading, words))
    )


def _tables(sheet: Sheet) -> tuple[TimedBlock, ...]:
    """Return the tables of a sheet that holds nothing else, each under ``label:filter``."""
    blocks = find_timed_blocks(sheet, 1, sheet.last_row, _mark(sheet))
    held = {row for b in blocks for row in range(b.first_row - 1, b.last_row + 1)}
    titled = all(_TITLE.fullmatch(block.title) for block in blocks)
    return blocks if titled and {row for row, _ in sheet.cells} <= held else ()


def _settings(label: str, how: str) -> Settings:
    """Return kind and wavelengths that a label and its filter tell."""
    waves = wavelengths_in(how) or named_wavelengths(label)
    at = _AT.search(label)
    if not waves and at:
        waves = (float(at[1]),)
    kind = kind_in_words(label)
    if kind is ReadingKind.OTHER and re.search(r"\((?:A|OD|Abs)\)", label):
        kind = ReadingKind.ABSORBANCE
    if len(waves) == 2:
        return Settings(ReadingKind.FLUORESCENCE, *waves)
    if kind is ReadingKind.OTHER and _LUMINESCENCE.search(f"{label} {how}"):
        kind = ReadingKind.LUMINESCENCE
    return Settings(kind, waves[0] if waves and kind is not ReadingKind.FLUORESCENCE else None)


def _take_table(harvest: Harvest, sheet: Sheet, table: TimedBlock, plate: str) -> None:
    title = _TITLE.fullmatch(table.title)
    how = title["how"] if title else ""
    read = _settings(title["name"] if title else table.title, how).read(table.title)
    if read.kind is ReadingKind.OTHER:
        tell_unknown_kind(harvest, sheet, (table.first_row, 1), read.label)
    mark = _mark(sheet)
    for well, time_s, place in table.entries:
        harvest.take(sheet, place, plate=plate, read=read, well=well, mark=mark, time_s=time_s)
    for well, place in table.untimed:
        harvest.tell(
            Level.ERROR,
            "no_time",
            "The value stands in a row without a time.",
            hint="Enter the time of the row, or delete it.",
            sheet=sheet,
            place=place,
            well=well,
        )


@dataclass(frozen=True, slots=True)
class _ListReading:
    """Takes the values of one list."""

    harvest: Harvest
    found: HeadedTable

    def take(self) -> None:
        found, sheet = self.found, self.found.sheet
        well_column, plate_column = found.column(_WELL), found.column(_PLATE)
        mark = _mark(sheet)
        is_kinetic = self._is_kinetic(well_column)
        plates = dict.fromkeys(found.text(row, plate_column) for row in found.rows)
        values = self._values()
        for column, (read, _) in values.items():
            if read.kind is ReadingKind.OTHER:
                place = (found.heading_row, column)
                tell_unknown_kind(self.harvest, sheet, place, read.label)
        for row in found.rows:
            well = None if well_column is None else well_of(sheet.get(row, well_column))
            if well is None:
                tell_no_well(self.harvest, sheet, (row, well_column or 1))
                continue
            plate = found.text(row, plate_column) if len(plates) > 1 else ""
            for column, (read, time_column) in values.items():
                if not text_of(sheet.get(row, column)):
                    continue
                time_s = self._time(row, time_column, mark) if is_kinetic else None
                if is_kinetic and time_s is None:
                    self._tell_no_time(row, column)
                self.harvest.take(
                    sheet,
                    (row, column),
                    plate=plate,
                    read=read,
                    well=well,
                    mark=mark,
                    time_s=time_s,
                )

    def _is_kinetic(self, well_column: int | None) -> bool:
        """Whether a well of one plate stands in the list more than once."""
        wells = [
            (self.found.text(row, self.found.column(_PLATE)), self.found.text(row, well_column))
            for row in self.found.rows
        ]
        return len(set(wells)) < len(wells)

    def _values(self) -> dict[int, tuple[Read, int]]:
        """Return the columns of values with their reads and the column of their times."""
        values: dict[int, tuple[Read, int]] = {}
        time_column = 0
        start = self.found.column(_TYPE) or 0
        for column, heading in self._headings(after=start):
            if is_time_heading(heading):
                time_column = column
            elif heading:
                values[column] = (_settings(heading, "").read(heading), time_column)
        return values

    def _headings(self, *, after: int) -> Iterable[tuple[int, str]]:
        return sorted((c, words) for c, words in self.found.headings.items() if c > after)

    def _time(self, row: int, column: int, mark: DecimalMark) -> float | None:
        cell = self.found.sheet.get(row, column)
        unit_s = heading_seconds(self.found.headings.get(column, ""))
        return None if cell is None else seconds_of(cell, unit_s, mark)

    def _tell_no_time(self, row: int, column: int) -> None:
        self.harvest.tell(
            Level.ERROR,
            "no_time",
            "The well stands in the list more than once, and this row states no time.",
            hint="Export the list with its times.",
            sheet=self.found.sheet,
            place=(row, column),
        )


def _tell_facts(harvest: Harvest, sheet: Sheet) -> None:
    for row, cells in sheet.rows():
        key, column = key_and_value(cells)
        for name, pattern in _FACTS:
            if column is not None and len(cells) == 2 and pattern.fullmatch(key):
                harvest.fact(name, sheet, (row, column))
