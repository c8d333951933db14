"""Reading the results of BMG LABTECH reports: plates, and tables with wells across or down.

The same raw data often stand on several pages; they are read once and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook
from lims_msc.errors import InputError

from .bmg_pages import Report, bare_title, is_raw, plate_names, read_of, reports_of, time_in
from .cells import (
    DecimalMark,
    decimal_mark,
    heading_seconds,
    read_cell,
    seconds_of,
    shorten,
    text_of,
    well_of,
)
from .harvest import Harvest
from .headed_table import HeadedTable, find_headed_tables, one_line
from .kinetic_block import is_time_heading
from .measured import (
    take_block,
    tell_missing_rows,
    tell_no_well,
    tell_unknown_kind,
    tell_without_plate,
)
from .plate_grid import Block, column_label, find_blocks, row_label
from .read_settings import Settings

Place = tuple[int, int]

_WELL = re.compile(r"well|kavität|vertiefung|puits|pozzetto", re.IGNORECASE)
_WELL_ROW = re.compile(r"well row|row", re.IGNORECASE)
_WELL_COLUMN = re.compile(r"well col(?:umn)?|col(?:umn)?", re.IGNORECASE)
_WAVELENGTH = re.compile(
    r"(?:wavelength|wellenlänge|longueur d.onde|lunghezza d.onda).*", re.IGNORECASE
)
_TIME_LINE = re.compile(
    r"(?:Time|Zeit|Temps|Tempo) ?\[s\] ?: ?([0-9]+(?:[.,][0-9]+)?)", re.IGNORECASE
)
_PARAMETER = re.compile(
    r"(?:chromatic|cycle|zyklus|T ?\[°C\]|temperature|time|zeit).*", re.IGNORECASE
)
_LINES_ABOVE = 8


@dataclass(frozen=True, slots=True)
class _Value:
    """A cell of raw data with what it is the reading of."""

    sheet: Sheet = field(repr=False)
    place: Place
    title: str
    well: WellAddress
    time_s: float | None = None
    wavelength_nm: float | None = None

    @property
    def key(self) -> tuple[str, WellAddress, float | None, float | None]:
        """What is the same for the same reading on another page."""
        return bare_title(self.title), self.well, self.time_s, self.wavelength_nm


def read_reports(workbook: Workbook) -> FileReadings:
    """Return the raw data of all reports in a file.

    :raises InputError: if there are none, or they are unclear.
    """
    reports = reports_of(workbook)
    if not reports:
        raise InputError(
            "The file has no head of a BMG report (User, Path, Test name).",
            hint="Export the measurement from the reader's program again.",
        )
    harvest = Harvest(workbook)
    taken: dict[tuple[object, ...], _Value] = {}
    for report, plate in zip(reports, plate_names(reports), strict=True):
        report.tell_facts(harvest)
        _Reading(harvest, report, plate, taken).take()
    return harvest.result()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Takes the raw data of one page."""

    harvest: Harvest
    report: Report
    plate: str
    taken: dict[tuple[object, ...], _Value]

    def take(self) -> None:
        mark = self._mark()
        blocks = [b for b in find_blocks(self.report.sheet) if self.report.holds(b.corner[0])]
        for block in blocks:
            self._take_block(block, mark)
        self._tell_without_plate([block.corner[0] for block in blocks])
        reads: dict[str, Read] = {}
        for value in (*self._across(mark), *self._down(mark)):
            key = (self.plate, *value.key)
            if key in self.taken:
                self._compare(self.taken[key], value, mark)
                continue
            if value.title not in reads:
                reads[value.title] = self._read(value.title, value)
            read = reads[value.title]
            if value.wavelength_nm is not None:
                read = Settings(read.kind, value.wavelength_nm).read(read.label)
            if self.harvest.take(
                value.sheet,
                value.place,
                plate=self.plate,
                read=read,
                well=value.well,
                mark=mark,
                time_s=value.time_s,
            ):
                self.taken[key] = value

    def _mark(self) -> DecimalMark:
        cells = [cell for _, row in self.report.rows() for cell in row.values()]
        is_od = self._kind is ReadingKind.ABSORBANCE
        return decimal_mark(cells, beside=cells, is_absorbance=is_od)

    @property
    def _kind(self) -> ReadingKind:
        return read_of("", self.report.mode).kind

    def _read(self, title: str, at: _Value) -> Read:
        read = read_of(title, self.report.mode)
        if read.kind is ReadingKind.OTHER:
            tell_unknown_kind(self.harvest, at.sheet, at.place, one_line(title))
        return read

    # --- plates ------------------------------------------------------------------------------

    def _take_block(self, block: Block, mark: DecimalMark) -> None:
        title, time_s = self._title(block)
        if not is_raw(title):
            self._tell_not_read(title, block.area, block.corner)
            return
        values = {
            well: _Value(block.sheet, place, title, well, time_s)
            for well, place, _ in block.filled()
        }
        for value in values.values():
            self.taken.setdefault((self.plate, *value.key), value)
        first = next(iter(values.values()), None)
        if first is not None:
            read = self._read(title, first)
            tell_missing_rows(self.harvest, block)
            take_block(self.harvest, block, read, self.plate, mark, time_s=time_s)

    def _tell_without_plate(self, corners: list[int]) -> None:
        """Refuse titles that stand alone in their row and have no plate below them."""
        for row, cells in self.report.rows():
            column = min(cells)
            title = one_line(text_of(cells[column]))
            below = range(row + 1, row + 1 + _LINES_ABOVE)
            if len(cells) == 1 and is_raw(title) and not any(r in below for r in corners):
                tell_without_plate(self.harvest, self.report.sheet, (row, column), title)

    def _title(self, block: Block) -> tuple[str, float | None]:
        """Return the nearest title above a plate, and the time that stands there."""
        time_s: float | None = None
        for row in range(block.corner[0] - 1, max(0, block.corner[0] - 1 - _LINES_ABOVE), -1):
            words = next(
                (
                    w
                    for c in range(1, block.last_column + 1)
                    if (w := one_line(text_of(block.sheet.get(row, c))))
                ),
                "",
            )
            found = _TIME_LINE.fullmatch(words)
            if found:
                time_s = float(found[1].replace(",", "."))
            elif words and not _PARAMETER.fullmatch(words):
                return words, time_in(words) if time_s is None else time_s
        return "", time_s

    def _tell_not_read(self, title: str, area: str, place: Place) -> None:
        self.harvest.tell(
            Level.NOTE,
            "block_not_read",
            f"The block {area} ('{shorten(one_line(title))}') is not raw data and was not read.",
            sheet=self.report.sheet,
            place=place,
        )

    # --- tables ------------------------------------------------------------------------------

    def _across(self, mark: DecimalMark) -> Iterator[_Value]:
        """Yield the raw data of tables with a column for each well."""
        sheet = self.report.sheet
        wells: dict[int, WellAddress] = {}
        heads: dict[int, str] = {}
        label = 1
        for row, cells in self.report.rows():
            first = min(cells)
            found = {c: well for c, cell in cells.items() if (well := well_of(cell))}
            if found and _WELL.fullmatch(one_line(text_of(cells[first]))):
                wells, heads, label = found, {}, first
                continue
            if not wells:
                continue
            title = one_line(text_of(cells.get(label)))
            side = {c: text_of(cell) for c, cell in cells.items() if label < c < min(wells)}
            if is_raw(title):
                time_s, nm = self._beside(row, heads, mark)
                for column, well in wells.items():
                    yield _Value(sheet, (row, column), title, well, time_s, nm)
            elif " raw data" in title.lower():
                self._tell_not_read(title, f"in row {row}", (row, label))
            else:
                heads |= {c: words for c, words in side.items() if words}

    def _beside(
        self, row: int, heads: dict[int, str], mark: DecimalMark
    ) -> tuple[float | None, float | None]:
        """Return the time or wavelength that stands beside the values of a row."""
        for column, heading in heads.items():
            cell = self.report.sheet.get(row, column)
            if cell is None:
                continue
            if is_time_heading(heading):
                return seconds_of(cell, heading_seconds(heading), mark), None
            if _WAVELENGTH.fullmatch(heading):
                found = read_cell(cell, mark)
                return None, found.value if found else None
        return None, None

    def _down(self, mark: DecimalMark) -> Iterator[_Value]:
        """Yield the raw data of tables with a row for each well."""
        tables = find_headed_tables(
            self.report.sheet,
            lambda words: any(map(is_raw, words)) and any(_WELL.match(w) for w in words),
            lambda row: not self.report.holds(row),
        )
        for table in tables:
            if self.report.holds(table.heading_row):
                yield from self._down_table(table, mark)

    def _down_table(self, table: HeadedTable, mark: DecimalMark) -> Iterator[_Value]:
        sheet = table.sheet
        titles = self._titles(table)
        raw = {c: title for c, title in titles.items() if is_raw(title)}
        for title in dict.fromkeys(t for t in titles.values() if not is_raw(t)):
            self._tell_not_read(title, "of a column", (table.heading_row, min(titles)))
        at: dict[int, tuple[float | None, float | None]] = dict.fromkeys(raw, (None, None))
        for row in table.rows:
            well = self._well(table, row)
            if well is None:
                at = self._steps(row, raw, mark) or at
                if any(text_of(sheet.get(row, c)) for c in raw) and not self._steps(row, raw, mark):
                    tell_no_well(self.harvest, sheet, (row, self._well_column(table)))
                continue
            for column, title in raw.items():
                if text_of(sheet.get(row, column)):
                    yield _Value(sheet, (row, column), title, well, *at[column])

    def _titles(self, table: HeadedTable) -> dict[int, str]:
        """Return the title of each column of values; a blank one repeats the title left of it."""
        titles: dict[int, str] = {}
        title = ""
        rows = set(table.rows)
        last = max((c for r, c in table.sheet.cells if r in rows), default=0)
        for column in range(min(table.headings), last + 1):
            words = table.headings.get(column, "")
            title = words or title
            if "raw data" in title.lower() or is_raw(title):
                titles[column] = title
        return titles

    def _well(self, table: HeadedTable, row: int) -> WellAddress | None:
        """Return the well of a row: from one column, or from letter and number in two."""
        down, across = table.column(_WELL_ROW), table.column(_WELL_COLUMN)
        if down is not None and across is not None:
            letter = row_label(table.sheet.get(row, down))
            number = column_label(table.sheet.get(row, across))
            return WellAddress(letter, number) if letter and number else None
        column = table.column(_WELL)
        return None if column is None else well_of(table.sheet.get(row, column))

    @staticmethod
    def _well_column(table: HeadedTable) -> int:
        found = (table.column(p) for p in (_WELL_ROW, _WELL))
        return next((column for column in found if column is not None), min(table.headings))

    def _steps(
        self, row: int, raw: dict[int, str], mark: DecimalMark
    ) -> dict[int, tuple[float | None, float | None]]:
        """Return the times or wavelengths of a heading row by column; empty if it has none."""
        sheet = self.report.sheet
        side = (text_of(sheet.get(row, c)) for c in range(min(raw) - 1, 0, -1))
        heading = next(filter(None, side), "")
        cells = {c: cell for c in raw if (cell := sheet.get(row, c)) is not None}
        if is_time_heading(heading) and cells:
            unit_s = heading_seconds(heading)
            return {c: (seconds_of(cell, unit_s, mark), None) for c, cell in cells.items()}
        if _WAVELENGTH.fullmatch(heading):
            found = {c: read_cell(cell, mark) for c, cell in cells.items()}
            return {c: (None, r.value if r else None) for c, r in found.items()}
        return {}

    # --- comparing ---------------------------------------------------------------------------

    def _compare(self, first: _Value, second: _Value, mark: DecimalMark) -> None:
        """Warn where two pages give different values for one reading."""
        cells = [v.sheet.get(*v.place) for v in (first, second)]
        values = [None if c is None else read_cell(c, mark) for c in cells]
        if values[0] is not None and values[1] is not None:
            if (values[0].value, values[0].marker) == (values[1].value, values[1].marker):
                return
        elif values[0] == values[1]:
            return
        said = [text_of(c) or "nothing" for c in cells]
        self.harvest.tell(
            Level.WARNING,
            "tables_disagree",
            f"'{said[1]}' stands here, but {first.sheet.source(*first.place)} says '{said[0]}' for"
            " the same reading.",
            hint="The first one was taken. Find out which was changed.",
            sheet=second.sheet,
            place=second.place,
            well=second.well,
        )
