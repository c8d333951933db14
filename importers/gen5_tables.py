"""The tables of a Gen5 page: plate matrices, tables with a column for each well, lists of wells.

Matrices take one line for each read and each calculation, with the label at the right end; the
plate row is printed on the first of them only.  What a label means is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lims_msc.domain.plate import WellAddress
from lims_msc.domain.workbook import Cell

from .cells import DecimalMark, parse_number, text_of, well_of
from .gen5_pages import Page, is_key
from .kinetic_block import is_time_heading
from .plate_grid import Block, column_label, row_label
from .well_list import wells_across

_WAVELENGTH = re.compile(r"wavelength|wellenl|longueur|lunghezza|longitud", re.IGNORECASE)
_POINT = re.compile(r"[xy]\b.*", re.IGNORECASE)
_WELL = re.compile(r"wells?|kavität|vertiefung|puits|pozzetto|pocillo", re.IGNORECASE)
_BLANK_ROWS = 2
_LABEL_COLUMNS = 4
_FEWEST_COLUMNS = 2
_ROWS_OF = {12: 8, 24: 16}

Place = tuple[int, int]


class Shape(StrEnum):
    """What the rows of a table with a column for each well are."""

    CYCLES = "cycles"
    WAVELENGTHS = "wavelengths"
    POINTS = "points"
    READS = "reads"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Lines of a plate matrix by label: the block of each, and where its first label stands.

    The label is empty where the lines have none.
    """

    first_row: int
    last_row: int
    blocks: tuple[tuple[str, Place, Block], ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """A table with a column for each well.  ``sides`` are the headings left of the wells."""

    first_row: int
    last_row: int
    shape: Shape
    wells: Mapping[int, WellAddress]
    sides: Mapping[int, str]
    rows: tuple[int, ...]

    def side(self, pattern: re.Pattern[str]) -> int:
        """Return the first column whose heading a pattern matches; 0 if there is none."""
        return next((c for c, text in self.sides.items() if pattern.match(text)), 0)

    @property
    def key_column(self) -> int:
        """The column of the times, wavelengths or labels."""
        found = {
            Shape.CYCLES: next((c for c, t in self.sides.items() if is_time_heading(t)), 0),
            Shape.WAVELENGTHS: self.side(_WAVELENGTH),
            Shape.POINTS: self.side(_POINT),
            Shape.READS: self.side(_WELL),
        }
        return found[self.shape]


@dataclass(frozen=True, slots=True)
class WellRows:
    """A list with a row for each well and a headed column for each read."""

    first_row: int
    last_row: int
    column: int
    wells: Mapping[int, WellAddress]
    headings: Mapping[int, str]


Found = Matrix | Columns | WellRows


@dataclass(frozen=True, slots=True)
class Titled:
    """A table and the text that stands alone above it."""

    table: Found
    title: str
    title_at: Place


@dataclass(slots=True)
class Tables:
    """The tables of a page, found from top to bottom; ``loose`` are rows that belong to none."""

    page: Page
    found: list[Titled] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)

    @property
    def first_row(self) -> int:
        """The row of the first table; beyond the page if there is none."""
        return min((t.table.first_row for t in self.found), default=self.page.last_row + 1)

    def find(self) -> Tables:
        """Walk the page."""
        title, title_at, done = "", (self.page.first_row, self.page.column), 0
        for row, cells in self.page.rows.items():
            if row <= done:
                continue
            table = self._table_at(row)
            if table is not None:
                self.found.append(Titled(table, title, title_at))
                done = table.last_row
            elif len(filled := [c for c, cell in cells.items() if text_of(cell)]) == 1:
                # A line of the procedure may stand alone too, but right below another line.
                text = text_of(cells[filled[0]])
                if row - 1 not in self.page.rows and not is_key(text):
                    title, title_at = text, (row, filled[0])
            elif filled:
                self.loose.append(row)
        return self

    def _table_at(self, row: int) -> Found | None:
        return self._matrix(row) or self._columns(row) or self._well_rows(row)

    # --- matrices ----------------------------------------------------------------------------

    def _heading(self, row: int) -> dict[int, int]:
        """Return the plate columns that a row heads, by sheet column; empty if it heads none.

        They count up without a gap, and no other number follows; counts of light seldom do that.
        """
        cells = self.page.rows.get(row, {})
        run: dict[int, int] = {}
        for column, cell in sorted(cells.items()):
            label = column_label(cell)
            if run and (label is None or run.get(column - 1) != label - 1):
                break
            if label is not None:
                run[column] = label
        if len(run) < _FEWEST_COLUMNS or row_label(cells.get(min(run) - 1)) is not None:
            return {}
        after = cells.get(max(run) + 1)
        is_counting = (
            after is not None and parse_number(text_of(after), DecimalMark.POINT) is not None
        )
        return {} if is_counting else run

    def _side(self, row: int, first: int) -> int:
        """Return the column of the plate rows left of a heading; 0 if there is none."""
        for below in range(row + 1, row + 2 + _BLANK_ROWS):
            cells = self.page.rows.get(below, {})
            for column in range(first - 1, 0, -1):
                if row_label(cells.get(column)) is not None:
                    return column
            if cells:
                return 0
        return 0

    def _matrix(self, row: int) -> Matrix | None:
        heading = self._heading(row)
        side = self._side(row, min(heading)) if heading else 0
        return _Lines(self, row, heading, side).read() if side else None

    def is_heading(self, row: int) -> bool:
        """Whether another table starts in a row."""
        heading = self._heading(row)
        return bool(heading and self._side(row, min(heading))) or self._wells(row) is not None

    # --- a column for each well --------------------------------------------------------------

    def _wells(self, row: int) -> tuple[Shape, dict[int, WellAddress], dict[int, str]] | None:
        cells = self.page.rows.get(row, {})
        wells = wells_across(cells)
        if not wells:
            return None
        sides = {c: text_of(cell) for c, cell in cells.items() if c < min(wells)}
        for text in sides.values():
            if is_time_heading(text):
                return Shape.CYCLES, wells, sides
            if _WAVELENGTH.match(text):
                return Shape.WAVELENGTHS, wells, sides
            if _POINT.fullmatch(text):
                return Shape.POINTS, wells, sides
            if _WELL.fullmatch(text):
                return Shape.READS, wells, sides
        return None

    def _columns(self, row: int) -> Columns | None:
        heading = self._wells(row)
        if heading is None:
            return None
        shape, wells, sides = heading
        last, rows = row, []
        for below in range(row + 1, self.page.last_row + 1):
            cells = self.page.rows.get(below, {})
            if below - last > _BLANK_ROWS + 1 or self.is_heading(below):
                break
            if any(text_of(cells.get(column)) for column in wells):
                rows.append(below)
                last = below
            elif cells and set(cells) <= set(sides) and below == last + 1:
                # A cycle that was not used, or a point that lies outside of the well.
                last = below
            elif cells and not self._goes_on(below, wells, min(sides)):
                break
        return Columns(row, last, shape, wells, sides, tuple(rows))

    def _goes_on(self, row: int, wells: Mapping[int, WellAddress], first: int) -> bool:
        """Whether a table goes on right below a row that somebody put in."""
        below = self.page.rows.get(row + 1, {})
        has_key = any(text_of(cell) for c, cell in below.items() if first <= c < min(wells))
        has_values = sum(bool(text_of(below.get(column))) for column in wells) * 2 >= len(wells)
        return has_key and has_values and not self.is_heading(row + 1)

    # --- a row for each well -----------------------------------------------------------------

    def _well_rows(self, row: int) -> WellRows | None:
        cells = self.page.rows.get(row, {})
        column = next((c for c, cell in cells.items() if _WELL.fullmatch(text_of(cell))), 0)
        if not column:
            return None
        wells: dict[int, WellAddress] = {}
        while (well := well_of(self.page.sheet.get(row + len(wells) + 1, column))) is not None:
            wells[row + len(wells) + 1] = well
        headings = {c: text_of(cell) for c, cell in cells.items() if c > column and text_of(cell)}
        return WellRows(row, max(wells), column, wells, headings) if wells and headings else None


@dataclass(slots=True)
class _Lines:
    """The lines below the heading of a matrix, while they are read."""

    tables: Tables
    header: int
    columns: Mapping[int, int]
    side: int
    plate_row: int = 0
    last_row: int = 0
    problem: str = ""
    problem_at: Place = (1, 1)
    places: dict[tuple[str, int], dict[WellAddress, Place]] = field(default_factory=dict)
    labels: dict[tuple[str, int], Place] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)
    pattern: list[str] = field(default_factory=list)

    def read(self) -> Matrix:
        blanks = 0
        self.last_row = self.header
        for row in range(self.header + 1, self.tables.page.last_row + 1):
            if blanks > _BLANK_ROWS or self.tables.is_heading(row):
                break
            cells = self.tables.page.rows.get(row, {})
            if not any(text_of(cell) for cell in cells.values()):
                blanks += 1
            elif not self._line(row, cells, is_after_blank=blanks > 0):
                break
            else:
                blanks = 0
        self._compare_lines(self.last_row)
        return Matrix(self.header, self.last_row, self._blocks())

    def _line(self, row: int, cells: Mapping[int, Cell], *, is_after_blank: bool) -> bool:
        """Take a line; say whether the matrix goes on."""
        letter = row_label(cells.get(self.side))
        if letter is not None and self.plate_row >= 26 and letter <= 6:
            letter += 26
        if text_of(cells.get(self.side)) and (letter is None or letter <= self.plate_row):
            return self._is_note(row, cells)
        label, label_at = self._label(row)
        if letter is None and not label:
            if any(column in cells for column in self.columns) and not is_after_blank:
                self.problem = (
                    f"Row {row} inside the plate has values but no plate row and no label."
                )
                self.problem_at = (row, min(cells))
            return False
        if letter is None and self.plate_row == 0:
            return False
        if letter is not None:
            self._compare_lines(row)
            self.plate_row, self.given = letter, []
        key = (label, self.given.count(label))
        self.given.append(label)
        self.labels.setdefault(key, label_at)
        wells = self.places.setdefault(key, {})
        for column, number in self.columns.items():
            if self.plate_row <= 32:
                wells[WellAddress(self.plate_row, number)] = (row, column)
        self.last_row = row
        return True

    def _is_note(self, row: int, cells: Mapping[int, Cell]) -> bool:
        """Whether a row is a note that somebody put between two lines of the matrix."""
        if any(text_of(cells.get(column)) for column in self.columns):
            return False
        below = row_label(self.tables.page.rows.get(row + 1, {}).get(self.side))
        goes_on = below == self.plate_row + 1 or (
            self._label(row + 1)[0] in self.given and not self.tables.is_heading(row + 1)
        )
        return goes_on and bool(self._label(row + 1)[0])

    def _compare_lines(self, row: int) -> None:
        """Refuse plate rows that differ in their lines: one is missing, or lost its letter."""
        if self.plate_row and not self.pattern:
            self.pattern = self.given
        if self.plate_row and self.given != self.pattern and not self.problem:
            self.problem = (
                f"The lines of the plate row that ends in row {self.last_row} are not those of the"
                " first one: a line is missing or has lost its plate row."
            )
            self.problem_at = (min(row, self.last_row), self.side)

    def _label(self, row: int) -> tuple[str, Place]:
        """Return the label at the right end; a comma may have cut it into two fields."""
        end = max(self.columns)
        sheet = self.tables.page.sheet
        places = [(row, c) for c in range(end + 1, end + 1 + _LABEL_COLUMNS)]
        texts = [(text_of(sheet.get(*place)), place) for place in places]
        filled = [(text, place) for text, place in texts if text]
        if not filled:
            return "", (row, end)
        text, place = filled[0]
        if sheet.is_text:
            text = ",".join(part for part, _ in filled)
        return text, place

    def _blocks(self) -> tuple[tuple[str, Place, Block], ...]:
        problem, at = self._odd_wells()
        return tuple(
            (
                f"{label} [{number + 1}]" if number else label,
                self.labels[label, number],
                Block(
                    self.tables.page.sheet,
                    (self.header, self.side),
                    places,
                    problem=problem,
                    problem_at=at,
                ),
            )
            for (label, number), places in self.places.items()
        )

    def _odd_wells(self) -> tuple[str, Place | None]:
        """Say what stands just beyond a complete plate: a column 13, a row I."""
        if self.problem:
            return self.problem, self.problem_at
        first, last = min(self.columns.values()), max(self.columns.values())
        if first == 1 and last - 1 in _ROWS_OF:
            place = (self.header, max(self.columns))
            return f"The matrix has a column {last} beside a complete plate.", place
        if first == 1 and self.plate_row - 1 == _ROWS_OF.get(last):
            place = (self.last_row, self.side)
            return f"The matrix has {self.plate_row} rows, one more than the plate.", place
        return "", None
