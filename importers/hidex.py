"""Hidex Sense: results by well, raw values over cycles, spectra, and calculated statistics.

Every sheet starts with the assay, the date and how it ended; a heading row with ``Well`` follows.
The column left of the values, or the line above them, says whether they are results, cycles or
wavelengths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import (
    LONGEST_NM,
    SHORTEST_NM,
    DecimalMark,
    decimal_mark,
    parse_number,
    read_cell,
    seconds_of,
    shorten,
    text_of,
    wavelengths_in,
)
from .harvest import Harvest
from .read_settings import UNITS, kind_in_words
from .run_facts import tell_named_facts
from .well_list import WellList, find_well_lists

_ENDED = re.compile(r"Assay was (.+?)\.?", re.IGNORECASE)
_SUCCESS = re.compile(r"completed successfully", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}.*")
_PLATE = re.compile(r"plate(?: ?#)?", re.IGNORECASE)
_START = re.compile(r"start time.*", re.IGNORECASE)
_TIME = re.compile(r"time ?\(s\)", re.IGNORECASE)
_CYCLE = re.compile(r"cycle ?#?", re.IGNORECASE)
_RESULT = re.compile(r"results?", re.IGNORECASE)
_SAMPLE = re.compile(r"samples?", re.IGNORECASE)
_RAW = re.compile(r"raw +(.+)", re.IGNORECASE)
_MEASURED = re.compile(
    r"(?:OD|Abs(?:orbance)?|Fluorescence|Luminescence|TRF|Time[- ]resolved fluorescence)"
    r"(?: ?\([^()/]*\)| ?[0-9]+)*",
    re.IGNORECASE,
)
_UNIT = re.compile(r" ?\([^()]*\)$")
_IN_BRACKETS = re.compile(r"\(([0-9]{3,4}(?:\.[0-9]+)?)\)")
_THREE_DIGITS = re.compile(r"(?<![0-9.,])[2-9][0-9]{2}(?![0-9])")
_FACTS = (
    ("serial number", r"instrument serial number"),
    ("firmware", r"instrument firmware version"),
    ("software version", r"version"),
    ("temperature", r"set target temperature"),
    ("plate type", r"wells"),
)
_FACT_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _FACTS)
_HEADER_ROWS = 12
_FEWEST_WAVELENGTHS = 3


class Hidex:
    """Reads exports of the Hidex Sense."""

    key: ClassVar[str] = "hidex"
    title: ClassVar[str] = "Hidex Sense"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".csv")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet tells how its assay ended, as Hidex does, above a list of wells."""
        for sheet in workbook.sheets:
            for place, cell in sheet.cells.items():
                if place[0] > _HEADER_ROWS or not isinstance(cell.value, str):
                    continue
                if _ENDED.fullmatch(text_of(cell)):
                    where = sheet.source(*place)
                    return Sniff(is_mine=True, reason=f"{where} says '{shorten(text_of(cell))}'.")
        return Sniff(is_mine=False, reason="No sheet says how its assay ended, as Hidex does.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all lists.

        :raises InputError: if a list cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        sheets = [sheet for sheet in workbook.sheets if not sheet.hidden and sheet.cells]
        lists = [
            _List(harvest, found, _title(sheet, found), _mark(found), _operations(sheets))
            for sheet in sheets
            for found in find_well_lists(sheet)[:1]
            if found.heading_row
        ]
        for sheet in sheets:
            _tell_run(harvest, sheet)
            told = tell_named_facts(harvest, sheet, _FACT_PATTERNS)
            if not any(one.found.sheet is sheet for one in lists) and not told:
                _tell_not_read(harvest, sheet)
        raw = {match[1]: one for one in lists if (match := _RAW.fullmatch(one.title))}
        for one in lists:
            one.take(raw)
        return harvest.result()


def _mark(found: WellList) -> DecimalMark:
    return decimal_mark(cell for c in found.other_columns for _, cell in found.cells(c))


def _title(sheet: Sheet, found: WellList) -> str:
    """Return the last line above the headings that holds one text only."""
    first = min(column for _, column in sheet.cells)
    for row in range(found.heading_row - 1, 0, -1):
        text = text_of(sheet.get(row, first))
        if text:
            return "" if _ENDED.fullmatch(text) else text
    return ""


def _ended(sheet: Sheet) -> tuple[int, int] | None:
    return next(
        (
            place
            for place, cell in sheet.cells.items()
            if place[0] <= _HEADER_ROWS and _ENDED.fullmatch(text_of(cell))
        ),
        None,
    )


def _tell_run(harvest: Harvest, sheet: Sheet) -> None:
    """Keep assay and date, which stand above the line that says how the assay ended."""
    ended = _ended(sheet)
    if ended is None:
        return
    row, column = ended
    if not _SUCCESS.search(text_of(sheet.get(row, column))):
        harvest.tell_once(
            Level.WARNING,
            "assay_not_completed",
            f"The file says: '{shorten(text_of(sheet.get(row, column)))}'",
            hint="Check whether all wells were measured.",
            sheet=sheet,
            place=ended,
        )
    for above in range(1, row):
        cell = sheet.get(above, column)
        if cell is not None and (
            isinstance(cell.value, datetime) or _DATE.fullmatch(text_of(cell))
        ):
            harvest.fact("date", sheet, (above, column), str(cell.value))
        elif cell is not None and text_of(cell):
            harvest.fact("assay", sheet, (above, column))


def _tell_not_read(harvest: Harvest, sheet: Sheet) -> None:
    harvest.tell(
        Level.NOTE,
        "sheet_not_read",
        f"The sheet '{shorten(sheet.name)}' is calculated or holds no wells, and was not read.",
        sheet=sheet,
    )


def _operations(sheets: Sequence[Sheet]) -> dict[str, dict[str, str]]:
    """Return the settings of each operation by its name, which stands alone above them."""
    operations: dict[str, dict[str, str]] = {}
    for sheet in sheets:
        name = ""
        for _, cells in sheet.rows():
            texts = [text for cell in cells.values() if (text := text_of(cell))]
            if len(texts) == 1:
                name = texts[0]
            elif len(texts) == 2:
                operations.setdefault(name.lower(), {})[texts[0].lower()] = texts[1]
    return operations


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of readings: its read, and its time where it is one of several cycles."""

    read: Read
    time_s: float | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """A list of wells with the title above it."""

    harvest: Harvest
    found: WellList
    title: str
    mark: DecimalMark
    operations: Mapping[str, Mapping[str, str]] = field(repr=False)

    def take(self, raw: Mapping[str, _List]) -> None:
        """Take the readings of the list.

        :param raw: the lists of raw values by what they measure; results repeat them.
        """
        self.harvest.tell_strange(self.found)
        if self._start_column is not None:
            self._take_columns(self._cycles(), per_row=None)
        elif spectrum := self._spectrum():
            self._take_columns(spectrum, per_row=self._column(_TIME))
        else:
            self._take_results(raw)
        self._refuse_cut_off()

    # --- which columns -----------------------------------------------------------------------

    def _column(self, pattern: re.Pattern[str]) -> int | None:
        columns = (c for c in self.found.other_columns if pattern.fullmatch(self._heading(c)))
        return next(columns, None)

    def _heading(self, column: int) -> str:
        return self.found.heading_of(column)

    @property
    def _start_column(self) -> int | None:
        return self._column(_START)

    def _cycles(self) -> dict[int, _Column]:
        """Return the columns of cycles: their headings are the times at which they started."""
        start = self._start_column or 0
        read = self._read(self.title)
        columns = [c for c in self.found.other_columns if c > start and self._heading(c)]
        sheet, row = self.found.sheet, self.found.heading_row
        cycles = {}
        for column in columns:
            time_s = seconds_of(sheet.cells[row, column], 1.0, self.mark)
            if time_s is None:
                self._refuse((row, column), "no_time", "is not the time of a cycle")
            cycles[column] = _Column(read, time_s if len(columns) > 1 else None)
        return cycles

    def _spectrum(self) -> dict[int, _Column]:
        """Return the columns whose headings are wavelengths; empty if they are none."""
        read = self._read(self.found.sheet.name or self.title, self.title)
        named = {
            c: nm
            for c in self.found.other_columns
            if (nm := parse_number(self._heading(c), DecimalMark.POINT)) is not None
            and SHORTEST_NM <= nm <= LONGEST_NM
        }
        if len(named) < _FEWEST_WAVELENGTHS:
            return {}
        words = f"{self.found.sheet.name} {self.title}".lower()
        if read.kind is ReadingKind.FLUORESCENCE and "emission" in words:
            return {c: _Column(replace(read, emission_nm=nm)) for c, nm in named.items()}
        return {c: _Column(replace(read, wavelength_nm=nm)) for c, nm in named.items()}

    def _read(self, label: str, words: str = "") -> Read:
        """Return the read of a label such as ``OD(590)`` or ``Fluorescence 1 (RFU)``."""
        kinds = (kind_in_words(label), kind_in_words(words))
        kind = next((k for k in kinds if k is not ReadingKind.OTHER), ReadingKind.OTHER)
        in_brackets = _IN_BRACKETS.search(label)
        named = (float(in_brackets[1]),) if in_brackets else wavelengths_in(label)
        excitation = named[0] if named else None
        emission = named[1] if len(named) > 1 else None
        if kind is ReadingKind.FLUORESCENCE and excitation is None:
            name = _RAW.sub(r"\1", _UNIT.sub("", label)).lower()
            settings = self.operations.get(name, {})
            excitation, emission = (_filter(settings, w) for w in ("excitation", "emission"))
        return Read(label, kind, excitation, emission, UNITS[kind])

    # --- taking ------------------------------------------------------------------------------

    def _take_columns(self, columns: Mapping[int, _Column], per_row: int | None) -> None:
        """Take columns of cycles or wavelengths; spectra state their time in each line."""
        sheet = self.found.sheet
        plates = self._column(_PLATE)
        cycles = self._column(_CYCLE)
        repeated = {text_of(sheet.get(row, cycles)) for row in self.found.wells} if cycles else ()
        for row, well in self.found.wells.items():
            if not self._is_result(row):
                continue
            time_cell = sheet.get(row, per_row) if per_row and len(repeated) > 1 else None
            time_s = seconds_of(time_cell, 1.0, self.mark) if time_cell else None
            plate = text_of(sheet.get(row, plates)) if plates else ""
            for column, what in columns.items():
                self.harvest.take(
                    sheet,
                    (row, column),
                    plate=plate,
                    read=what.read,
                    well=well,
                    mark=self.mark,
                    time_s=what.time_s if per_row is None else time_s,
                )

    def _is_result(self, row: int) -> bool:
        """Whether a line of cycles holds results; other lines of a well are calculated."""
        start = self._start_column
        if start is None or not text_of(self.found.sheet.get(row, start)):
            return True
        labels = {text_of(self.found.sheet.get(r, start)) for r in self.found.wells}
        return len(labels) == 1 or bool(
            _RESULT.fullmatch(text_of(self.found.sheet.get(row, start)))
        )

    def _take_results(self, raw: Mapping[str, _List]) -> None:
        sheet = self.found.sheet
        plates = self._column(_PLATE)
        beside = {plates, self._column(_SAMPLE)}
        for column in self.found.other_columns:
            heading = self._heading(column)
            if not heading or column in beside:
                continue
            read = self._read(heading)
            if not _MEASURED.fullmatch(heading) or heading in raw:
                self.harvest.tell(
                    Level.NOTE,
                    "column_not_read",
                    f"The column '{shorten(heading)}' is calculated or repeats raw values, and was"
                    " not read.",
                    sheet=sheet,
                    place=(self.found.heading_row, column),
                )
                if heading in raw:
                    self._compare(column, raw[heading])
                continue
            for row, well in self.found.wells.items():
                plate = text_of(sheet.get(row, plates)) if plates else ""
                self.harvest.take(
                    sheet, (row, column), plate=plate, read=read, well=well, mark=self.mark
                )
            self.harvest.tell_unfilled(self.found, [column])

    def _compare(self, column: int, raw: _List) -> None:
        """Tell where a result differs from the raw value that it repeats, if there is one cycle."""
        cycles = list(raw._cycles())
        places: dict[WellAddress, tuple[int, int]] = {}
        if len(cycles) == 1 and not raw.found.repeats():
            places = {well: (row, cycles[0]) for row, well in raw.found.wells.items()}
        for row, well in self.found.wells.items():
            shown = self.found.sheet.get(row, column)
            source = raw.found.sheet.get(*places[well]) if well in places else None
            if shown is None or source is None:
                continue
            one, other = read_cell(shown, self.mark), read_cell(source, raw.mark)
            if one and other and one.value != other.value:
                self.harvest.tell(
                    Level.WARNING,
                    "tables_disagree",
                    f"The result says '{text_of(shown)}', but the raw value is '{text_of(source)}'"
                    f" in {raw.found.sheet.source(*places[well])}. The raw value was read.",
                    hint="The result is corrected, or one of them was edited. Find out which.",
                    sheet=self.found.sheet,
                    place=(row, column),
                    well=well,
                )

    # --- refusing ----------------------------------------------------------------------------

    def _refuse(self, place: tuple[int, int], code: str, what: str) -> None:
        sheet = self.found.sheet
        self.harvest.tell(
            Level.ERROR,
            code,
            f"'{shorten(text_of(sheet.get(*place)))}' {what}.",
            hint="Export the file again.",
            sheet=sheet,
            place=place,
        )

    def _refuse_cut_off(self) -> None:
        """Refuse a text file whose last line lacks fields that every other line has."""
        found = self.found
        if not found.sheet.is_text or found.last_row != found.sheet.last_row:
            return
        others = [row for row in found.wells if row != found.last_row]
        for column in found.other_columns:
            if (found.last_row, column) not in found.sheet.cells and all(
                (row, column) in found.sheet.cells for row in others
            ):
                self._refuse(
                    (found.last_row, found.column),
                    "cut_off",
                    "is the last well, and its line ends early",
                )
                return


def _filter(settings: Mapping[str, str], word: str) -> float | None:
    """Return the wavelength of a filter such as ``485/10``, if the settings name exactly one."""
    found = {
        w for key, value in settings.items() if word in key for w in _THREE_DIGITS.findall(value)
    }
    return float(found.pop()) if len(found) == 1 else None
