"""CTL ImmunoSpot: lines about the count, then plate grids of fixed width or with tabs.

Spot counts are readings.  Sizes, areas, intensities and histograms are not.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Marker, Read, ReadingKind
from lims_msc.domain.workbook import Cell, Sheet, Workbook

from .cells import CellReading, DecimalMark, decimal_mark, read_cell, shorten, text_of
from .harvest import Harvest
from .measured import numbered_read
from .plate_grid import Block, column_label, find_blocks, row_label
from .recut_text import RecutSheet, cut_at_blanks
from .table_remarks import words

_PROGRAM = re.compile(r"(?:software version: *)?ImmunoSpot\b.*", re.IGNORECASE)
_ANALYZER = re.compile(r"Analyzer Serial number: *(?P<value>[^;]*?) *(?:;.*)?", re.IGNORECASE)
_COUNTED = re.compile(r"Counted: *(?P<value>[^;]*?) *(?:;.*)?", re.IGNORECASE)
_VERSION = re.compile(r"Software version: *(?P<value>.*)", re.IGNORECASE)
_PLATE_CODE = re.compile(r".*Plate Code *= *(?P<value>\S.*)", re.IGNORECASE)
_HEAD = (
    ("software version", _VERSION),
    ("date", _COUNTED),
    ("serial number", _ANALYZER),
    ("plate id", _PLATE_CODE),
)
_COUNTS = words(r"unprocessed data|spot counts?")
_READ = Read("Spot Count", ReadingKind.OTHER, unit="{spots}")
_VALUE = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?|TNTC|N/?A|-+", re.IGNORECASE)
_RULE = re.compile(r"_{4,}")
_PLATE_LINE = re.compile(r"C\.T\.L\.|.*Plate Code *=.*", re.IGNORECASE)
_NOT_PRINTED = re.compile(r"[\W_]*")
_TITLE_ROWS = 7
# The legend below the grids explains these; no count is below zero.
_STATES: dict[float, tuple[Marker, str]] = {
    -1: (Marker.MISSING, "the well was not counted"),
    -2: (Marker.OVERFLOW, "the well is off scale"),
    -3: (Marker.MASKED, "the well was rejected in the review"),
    -4: (Marker.MISSING, "the well was not done"),
    -5: (Marker.MISSING, "not applicable"),
}


class CtlImmunoSpot:
    """Reads exports of ImmunoSpot."""

    key: ClassVar[str] = "ctl_immunospot"
    title: ClassVar[str] = "CTL ImmunoSpot"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".txt", ".xls", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a line names ImmunoSpot or its analyzer."""
        for sheet in workbook.sheets:
            for place, cell in sheet.cells.items():
                text = text_of(cell)
                if _PROGRAM.fullmatch(text) or _ANALYZER.fullmatch(text):
                    where = sheet.source(*place)
                    return Sniff(is_mine=True, reason=f"{where} says '{shorten(text)}'.")
        return Sniff(is_mine=False, reason="No line names ImmunoSpot or its analyzer.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the count of spots in every well.

        :raises InputError: if there is no grid of counts, or it cannot be read with certainty.
        """
        harvest = Harvest(workbook)
        seen: dict[object, int] = {}
        for sheet in workbook.sheets:
            if sheet.hidden:
                continue
            plate = _tell_facts(harvest, sheet)
            cut = _without_rules(cut_at_blanks(sheet, _is_grid_line))
            _Counts(harvest, cut, plate).take(seen)
        return harvest.result()


def _tell_facts(harvest: Harvest, sheet: Sheet) -> str:
    """Keep what the lines say, and return the plate's code; unprintable ones are none."""
    plate = ""
    for place in sorted(sheet.cells):
        text = text_of(sheet.get(*place))
        for name, pattern in _HEAD:
            found = pattern.fullmatch(text)
            if found is None or _NOT_PRINTED.fullmatch(found["value"]):
                continue
            harvest.fact(name, sheet, place, found["value"])
            if pattern is _PLATE_CODE:
                plate = plate or found["value"]
    return plate


def _is_grid_line(line: list[str]) -> bool:
    """Whether the words of a line are column numbers, or a row letter and values."""
    if len(line) < 2:
        return False
    columns = [column_label(Cell(word, word)) for word in line]
    if None not in columns:
        return all(b > a for a, b in pairwise(c for c in columns if c is not None))
    values = [word for word in line[1:] if _VALUE.fullmatch(word)]
    return row_label(Cell(line[0], line[0])) is not None and 2 * len(values) >= len(line) - 1


def _without_rules(sheet: RecutSheet) -> RecutSheet:
    """Return the sheet without the lines of underscores that it draws around its grids."""
    kept = {p: cell for p, cell in sheet.cells.items() if not _RULE.fullmatch(text_of(cell))}
    return replace(sheet, cells=kept)


def _title(block: Block) -> tuple[str, tuple[int, int]]:
    """Return the title of a grid: the nearest text above that stands over its columns."""
    top, left = block.corner
    for row in range(top - 1, max(0, top - 1 - _TITLE_ROWS), -1):
        for column in range(left, block.last_column + 1):
            text = text_of(block.sheet.get(row, column))
            if text and not _PLATE_LINE.fullmatch(text):
                return text, (row, column)
    return "", block.corner


class _Counts:
    """The grids of counts on their way into the harvest."""

    def __init__(self, harvest: Harvest, sheet: RecutSheet, plate: str) -> None:
        self._harvest = harvest
        self._sheet = sheet
        self._plate = plate

    def take(self, seen: dict[object, int]) -> None:
        """Take the grids of spot counts, and name the others."""
        for block in find_blocks(self._sheet):
            title, place = _title(block)
            if _COUNTS.fullmatch(title):
                self._take(block, numbered_read(_READ, seen, self._plate))
                continue
            self._harvest.tell(
                Level.NOTE,
                "block_not_read",
                f"The grid '{shorten(title) or block.area}' holds no spot counts and was not read.",
                sheet=self._sheet,
                place=place,
            )

    def _take(self, block: Block, read: Read) -> None:
        if block.problem:
            self._refuse("unclear_block", block.problem, block.problem_at or block.corner)
        self._refuse_incomplete(block)
        mark = decimal_mark([cell for _, _, cell in block.filled()])
        for well, place, _ in block.filled():
            self._harvest.take(
                self._sheet,
                place,
                plate=self._plate,
                read=read,
                well=well,
                mark=mark,
                reader=_read_count,
            )
        self._harvest.tell_empty(block)
        if self._sheet.is_text and block.last_row == self._sheet.last_row:
            place = (block.last_row, block.corner[1])
            self._refuse("cut_off", "The file ends with the spot counts.", place)

    def _refuse_incomplete(self, block: Block) -> None:
        """Refuse lines of fixed width that lack a value: nobody can say which one."""
        columns = {column for _, column in block.places.values()}
        for row in sorted({row for row, _ in block.places.values()}):
            if (row, block.corner[1]) not in self._sheet.origins:
                continue
            values = {c for r, c in self._sheet.cells if r == row and c > block.corner[1]}
            if values != columns:
                self._refuse(
                    "line_incomplete",
                    f"The line has {len(values)} values for {len(columns)} columns.",
                    (row, block.corner[1]),
                )

    def _refuse(self, code: str, message: str, place: tuple[int, int]) -> None:
        self._harvest.tell(
            Level.ERROR,
            code,
            message,
            hint="Export the plate again, and do not change the lines.",
            sheet=self._sheet,
            place=place,
        )


def _read_count(cell: Cell, mark: DecimalMark) -> CellReading | None:
    """Read a count; numbers below zero say why there is none."""
    found = read_cell(cell, mark)
    if found is None or found.value is None or found.value >= 0:
        return found
    marker, why = _STATES.get(found.value, (Marker.ERROR, "no count is below zero"))
    return CellReading(marker=marker, code="marker", problem=f"holds '{text_of(cell)}': {why}")
