"""Promega GloMax (Navigator, Explorer, Discover): grids of results, and the same readings by well.

The grids say what was measured; the list by well has the times.  Both hold the values, and where
they differ somebody has edited one of them: that is told for every well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook
from lims_msc.errors import InputError

from .cells import (
    DecimalMark,
    decimal_mark,
    named_wavelengths,
    parse_number,
    read_cell,
    shorten,
    text_of,
)
from .harvest import Harvest
from .measured import refuse_split
from .plate_grid import Block, find_blocks
from .read_settings import UNITS, kind_in_words
from .run_facts import tell_named_facts

_INSTRUMENT = re.compile(r"GloMax.{0,40}", re.IGNORECASE | re.DOTALL)
_KEY_OF_INSTRUMENT = re.compile(r"instrument:?", re.IGNORECASE)
_WELL = re.compile(r"[A-Z]{1,2} ?: ?[0-9]{1,2}", re.IGNORECASE)
_RANGE = re.compile(r"[0-9] ?[-–] ?[0-9]")
_ORDER = re.compile(r"[1-9][0-9]{0,3}(?:\.0*)?", re.ASCII)
_BY_WELL = ("n", "t(sec)", "value")
_READING = re.compile(r"reading:?", re.IGNORECASE)
_LINES = (
    ("protocol", re.compile(r"Protocol: ?(.+)", re.IGNORECASE)),
    ("result", re.compile(r"Result: ?(.+)", re.IGNORECASE)),
)
_FACTS = (
    ("date", r"execution date"),
    ("user", r"executed by"),
    ("instrument", r"instrument"),
    ("serial number", r"serial number"),
    ("firmware", r"firmware ver(?:sion|\.)?"),
    ("software version", r"software ver(?:sion|\.)?"),
    ("plate type", r"plate type"),
    ("plate id", r"plate (?:id|barcode|name)|barcode"),
    ("temperature", r"temperature.*"),
)
_FACT_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _FACTS)
_PLACE = tuple[int, int]


class GloMax:
    """Reads exports of GloMax readers."""

    key: ClassVar[str] = "glomax"
    title: ClassVar[str] = "Promega GloMax"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".csv")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a cell names a GloMax as the instrument, or a sheet lists wells its way."""
        for sheet in workbook.sheets:
            for (row, column), cell in sheet.cells.items():
                if not isinstance(cell.value, str) or not _INSTRUMENT.fullmatch(text_of(cell)):
                    continue
                if any(_KEY_OF_INSTRUMENT.fullmatch(t) for t in _left_of(sheet, row, column)):
                    place = sheet.source(row, column)
                    return Sniff(is_mine=True, reason=f"{place} says '{shorten(text_of(cell))}'.")
            if _by_well(sheet):
                return Sniff(
                    is_mine=True, reason=f"The sheet '{sheet.name}' lists wells as GloMax does."
                )
        return Sniff(is_mine=False, reason="No cell names a GloMax as the instrument.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of the grids, or of the list by well where there are no grids.

        :raises InputError: if a grid cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        sheets = [sheet for sheet in workbook.sheets if not sheet.hidden]
        listed = [entry for sheet in sheets for entry in _by_well(sheet)]
        grids = [grid for sheet in sheets for grid in _grids(harvest, sheet)]
        for sheet in sheets:
            tell_named_facts(harvest, sheet, _FACT_PATTERNS)
            _tell_lines(harvest, sheet)
        mark = decimal_mark(cell for sheet in sheets for cell in sheet.cells.values())
        plate = _plate_name(sheets)
        if grids:
            _Run(harvest, grids, listed, mark, plate).take()
        elif listed:
            harvest.tell(
                Level.WARNING,
                "no_grids",
                "No grid of results with a known title was found; the list by well was read.",
                hint="Check that nothing was removed from the file.",
                sheet=listed[0].sheet,
                place=listed[0].value,
            )
            _take_list(harvest, listed, mark, plate)
        return harvest.result()


def _left_of(sheet: Sheet, row: int, column: int) -> list[str]:
    return [text_of(sheet.get(row, c)) for c in range(1, column)]


def _tell_lines(harvest: Harvest, sheet: Sheet) -> None:
    for place, cell in sheet.cells.items():
        for name, pattern in _LINES:
            found = pattern.fullmatch(text_of(cell)) if isinstance(cell.value, str) else None
            if found:
                harvest.fact(name, sheet, place, found[1])


def _plate_name(sheets: Sequence[Sheet]) -> str:
    """Return the plate's ID or barcode, where the file prints one."""
    pattern = dict(_FACT_PATTERNS)["plate id"]
    for sheet in sheets:
        for row, cells in sheet.rows():
            texts = [text for cell in cells.values() if (text := text_of(cell))]
            if len(texts) == 2 and pattern.fullmatch(texts[0].rstrip(": ")):
                return text_of(sheet.get(row, max(cells)))
    return ""


# --- grids ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grid:
    """A measured grid: the step that it belongs to, its number among the steps, its reading."""

    block: Block
    name: str
    step: int
    number: str
    kind: ReadingKind
    wavelength_nm: float | None = None
    emission_nm: float | None = None

    def read(self, *, is_only: bool, is_timed: bool) -> Read:
        """Return the read; steps of one name are counted, and readings where no time is known."""
        label = self.name if is_only else f"{self.name} {self.step}"
        if not is_timed and self.number not in ("", "1"):
            label = f"{label}, reading {self.number}"
        return Read(label, self.kind, self.wavelength_nm, self.emission_nm, UNITS[self.kind])


def _grids(harvest: Harvest, sheet: Sheet) -> list[_Grid]:
    """Return the measured grids of a sheet; ratios and other calculations are told."""
    grids: list[_Grid] = []
    steps: dict[str, list[int]] = {}
    for block in find_blocks(sheet):
        row, title = _title(sheet, block)
        kind = kind_in_words(title)
        if kind is ReadingKind.OTHER:
            harvest.tell(
                Level.NOTE,
                "block_not_read",
                f"The block {block.area} ('{shorten(title)}') is calculated and was not read.",
                sheet=sheet,
                place=block.corner,
            )
            continue
        name = title.split(",")[0].strip()
        rows = steps.setdefault(name, [])
        if row not in rows:
            rows.append(row)
        named = _wavelengths(sheet, row, block.corner[0], kind)
        grids.append(_Grid(block, name, len(rows), _number(block), kind, *named))
    return grids


def _title(sheet: Sheet, block: Block) -> tuple[int, str]:
    """Return the step that a block belongs to: the nearest text above it in the first column."""
    first = min(column for _, column in sheet.cells)
    for row in range(block.corner[0] - 1, 0, -1):
        if text := text_of(sheet.get(row, first)):
            return row, text
    return 0, ""


def _number(block: Block) -> str:
    """Return the number of the reading, which stands in the line of the column numbers."""
    row, corner = block.corner
    texts = [t for t in (text_of(block.sheet.get(row, c)) for c in range(1, corner + 1)) if t]
    return texts[1] if len(texts) > 1 and _READING.fullmatch(texts[0]) else ""


def _wavelengths(
    sheet: Sheet, first_row: int, last_row: int, kind: ReadingKind
) -> tuple[float | None, float | None]:
    """Return the wavelengths of the lines between a step and its grid, where they are single ones.

    A luminescence is that of all light; a filter of it is no wavelength.
    """
    found: dict[str, float] = {}
    rows = dict(sheet.rows())
    for row in range(first_row + 1, last_row):
        texts = [text for cell in rows.get(row, {}).values() if (text := text_of(cell))]
        key, values = " ".join(texts[:1]), texts[1:]
        single = [value.removesuffix("nm") for value in values if not _RANGE.search(value)]
        named = [w for value in single for w in named_wavelengths(f"{value} nm")]
        if len(named) == 1 and kind is not ReadingKind.LUMINESCENCE:
            side = "emission" if "emission" in key.lower() else "excitation"
            found.setdefault(side, named[0])
    return found.get("excitation"), found.get("emission")


# --- the list by well -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    """A line of the list by well: the how-manieth reading of its well, with time and value."""

    sheet: Sheet = field(repr=False)
    well: WellAddress
    order: int
    name: str
    time: _PLACE
    value: _PLACE


def _by_well(sheet: Sheet) -> list[_Listed]:
    """Return the lines of a sheet that lists wells: ``A:1  n  t(sec)  value`` and lines below."""
    entries: list[_Listed] = []
    well: WellAddress | None = None
    columns: dict[str, int] = {}
    for row, cells in sheet.rows():
        first = text_of(cells[min(cells)])
        texts = {text_of(cell).lower(): column for column, cell in cells.items()}
        if _WELL.fullmatch(first) and all(word in texts for word in _BY_WELL):
            well, columns = _address(first), texts
            continue
        order = text_of(cells.get(columns.get("n", 0)))
        if well is not None and columns["value"] in cells and _ORDER.fullmatch(order):
            time, value = (row, columns["t(sec)"]), (row, columns["value"])
            entries.append(_Listed(sheet, well, int(float(order)), first, time, value))
    return entries


def _address(text: str) -> WellAddress | None:
    try:
        return WellAddress.parse(text.replace(":", "").replace(" ", ""))
    except InputError:
        return None


def _take_list(harvest: Harvest, listed: Sequence[_Listed], mark: DecimalMark, plate: str) -> None:
    is_only = all(entry.order == 1 for entry in listed)
    for entry in listed:
        kind = kind_in_words(entry.name)
        label = entry.name if is_only else f"{entry.name} {entry.order}"
        harvest.take(
            entry.sheet,
            entry.value,
            plate=plate,
            read=Read(label, kind, None, None, UNITS[kind]),
            well=entry.well,
            mark=mark,
            time_s=None if is_only else _seconds(entry, mark),
        )


def _seconds(entry: _Listed, mark: DecimalMark) -> float | None:
    return parse_number(text_of(entry.sheet.get(*entry.time)), mark)


@dataclass(frozen=True, slots=True)
class _Run:
    """The grids of a run held beside its list by well."""

    harvest: Harvest
    grids: Sequence[_Grid]
    listed: Sequence[_Listed]
    mark: DecimalMark
    plate: str

    def take(self) -> None:
        """Take the readings of the grids, with their times, and tell where the list differs."""
        is_listed = self._is_listed()
        entries = {(e.well, e.order): e for e in self.listed} if is_listed else {}
        steps = {(grid.name, grid.step) for grid in self.grids}
        for order, grid in enumerate(self.grids, start=1):
            is_only = sum(name == grid.name for name, _ in steps) == 1
            read = grid.read(is_only=is_only, is_timed=is_listed)
            refuse_split(self.harvest, grid.block)
            self._refuse_unclear(grid.block)
            for well, place, _ in grid.block.filled():
                entry = entries.pop((well, order), None)
                if entry is not None:
                    self._compare(grid.block.sheet, place, entry)
                elif is_listed:
                    self._tell_one_table(grid.block.sheet, place, well, "list by well")
                self.harvest.take(
                    grid.block.sheet,
                    place,
                    plate=self.plate,
                    read=read,
                    well=well,
                    mark=self.mark,
                    time_s=_seconds(entry, self.mark) if entry and len(self.grids) > 1 else None,
                )
            self.harvest.tell_empty(grid.block)
        for entry in entries.values():
            self._tell_one_table(entry.sheet, entry.value, entry.well, "grid of results")

    def _is_listed(self) -> bool:
        """Whether the list has a line for each grid; only then do its lines belong to grids."""
        orders = {entry.order: kind_in_words(entry.name) for entry in self.listed}
        if orders == {i: grid.kind for i, grid in enumerate(self.grids, start=1)}:
            return True
        if self.listed:
            self.harvest.tell(
                Level.WARNING,
                "list_not_used",
                f"The list by well has {len(orders)} readings of a well, but there are"
                f" {len(self.grids)} grids of results; no times were taken from it.",
                hint="Check that nothing was removed from the file.",
                sheet=self.listed[0].sheet,
                place=self.listed[0].value,
            )
        return False

    def _refuse_unclear(self, block: Block) -> None:
        if block.problem:
            self.harvest.tell(
                Level.ERROR,
                "unclear_block",
                block.problem,
                hint="Delete what does not belong to the plate and upload the file again.",
                sheet=block.sheet,
                place=block.problem_at,
            )

    def _compare(self, sheet: Sheet, place: _PLACE, entry: _Listed) -> None:
        shown, listed = sheet.cells[place], entry.sheet.cells[entry.value]
        one, other = read_cell(shown, self.mark), read_cell(listed, self.mark)
        if one is None or other is None or (one.value, one.marker) == (other.value, other.marker):
            return
        self.harvest.tell(
            Level.WARNING,
            "tables_disagree",
            f"The grid says '{text_of(shown)}', but the list by well says '{text_of(listed)}' in"
            f" {entry.sheet.source(*entry.value)}. The grid was read.",
            hint="One of them was edited afterwards, more often the grid. Find out which.",
            sheet=sheet,
            place=place,
            well=entry.well,
        )

    def _tell_one_table(self, sheet: Sheet, place: _PLACE, well: WellAddress, lacks: str) -> None:
        self.harvest.tell(
            Level.WARNING,
            "in_one_table",
            f"The value '{text_of(sheet.get(*place))}' stands here, but not in the {lacks}.",
            hint="Grid and list should hold the same readings. Find out which was edited.",
            sheet=sheet,
            place=place,
            well=well,
        )
