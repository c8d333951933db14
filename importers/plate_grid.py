"""Finding labelled plate blocks: row letters down and column numbers across, or the other way.

Rows and columns are taken from the printed labels and never counted.  What a block measures is
decided by the importers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lims_msc.domain.plate import Marker, PlateFormat, WellAddress, row_number
from lims_msc.domain.workbook import Cell, Sheet
from lims_msc.errors import InputError

from .cells import DecimalMark, read_cell, text_of

_LETTERS = re.compile(r"[A-Za-z]|[Aa][A-Fa-f]", re.ASCII)
_NUMBER = re.compile(r"0?[1-9]|[1-4][0-9]", re.ASCII)
_CORNER = "<>"
_BLANK_ROWS = 2
_CONTEXT_ROWS = 8
_CONTEXT_GAP = 3

_DECLARED = re.compile(r"(?<![0-9])(6|12|24|48|96|384|1536)(?![0-9])")

Rows = Mapping[int, Mapping[int, Cell]]


@dataclass(frozen=True, slots=True)
class Block:
    """One labelled block on a sheet: which cell holds which well.

    ``is_turned`` blocks have the numbers down the side and the letters across.  ``problem`` says
    why the wells cannot be told apart with certainty, as a sentence; such a block must not be read.
    """

    sheet: Sheet = field(repr=False)
    corner: tuple[int, int]
    places: Mapping[WellAddress, tuple[int, int]]
    is_turned: bool = False
    problem: str = ""
    problem_at: tuple[int, int] | None = None

    @property
    def last_row(self) -> int:
        """The last sheet row of the block."""
        return max((row for row, _ in self.places.values()), default=self.corner[0])

    @property
    def last_column(self) -> int:
        """The last sheet column of the block."""
        return max((column for _, column in self.places.values()), default=self.corner[1])

    @property
    def area(self) -> str:
        """The area in words for messages, such as ``A24:M32``."""
        first = self.sheet.address(*self.corner)
        return f"{first} to {self.sheet.address(self.last_row, self.last_column)}"

    @property
    def corner_text(self) -> str:
        """What stands in the corner above the row labels; empty for ``<>``."""
        text = text_of(self.sheet.get(*self.corner))
        return "" if text == _CORNER else text

    @property
    def plate_format(self) -> PlateFormat:
        """The smallest plate that has all wells of the block."""
        return PlateFormat.smallest_with(
            max(well.row for well in self.places), max(well.column for well in self.places)
        )

    def filled(self) -> Iterator[tuple[WellAddress, tuple[int, int], Cell]]:
        """Yield the wells whose cells are not blank, with place and cell."""
        for well, place in self.places.items():
            cell = self.sheet.get(*place)
            if cell is not None and (not isinstance(cell.value, str) or cell.value.strip()):
                yield well, place, cell

    def empty_wells(self) -> tuple[WellAddress, ...]:
        """Return the wells of the block whose cells are blank."""
        filled = {well for well, _, _ in self.filled()}
        return tuple(sorted(well for well in self.places if well not in filled))

    def measured_share(self, mark: DecimalMark) -> float:
        """Return the share of the filled cells that hold a number or an instrument's marker.

        Cells that only say that there is nothing ('-', 'N/A') do not count.
        """
        found = [read_cell(cell, mark) for _, _, cell in self.filled()]
        told = [r for r in found if r is not None and r.marker is not Marker.MISSING]
        good = sum(r.code != "not_a_number" for r in told)
        return good / len(told) if told else 0.0

    def line_label(self) -> str:
        """Return what stands at the right end of every line, where all say the same."""
        lines = {row for row, _ in self.places.values()}
        ends = {text_of(self.sheet.get(row, self.last_column + 1)) for row in lines}
        return ends.pop() if len(ends) == 1 else ""


def declared_format(plate_type: str) -> PlateFormat | None:
    """Return the format that a plate type names, such as ``GRE96ft`` or ``Corning 384 Flat``."""
    sizes = set(_DECLARED.findall(plate_type))
    return PlateFormat(int(sizes.pop())) if len(sizes) == 1 else None


def row_label(cell: Cell | None) -> int | None:
    """Return the plate row that a cell labels: ``A`` to ``Z``, then ``AA`` to ``AF``."""
    if cell is None or not isinstance(cell.value, str):
        return None
    text = text_of(cell)
    if not _LETTERS.fullmatch(text):
        return None
    try:
        return row_number(text)
    except InputError:
        return None


def column_label(cell: Cell | None) -> int | None:
    """Return the plate column that a cell labels: 1 to 48, as a number or as text."""
    if cell is None or isinstance(cell.value, bool) or cell.is_formula:
        return None
    if isinstance(cell.value, int | float):
        value = cell.value
        return int(value) if value == int(value) and 1 <= value <= 48 else None
    text = text_of(cell)
    return int(text) if _NUMBER.fullmatch(text) and int(text) <= 48 else None


Label = Callable[[Cell | None], int | None]


@dataclass(frozen=True, slots=True)
class _Axes:
    """How the cells across the top and down the side are read."""

    across: Label
    down: Label


def find_blocks(sheet: Sheet) -> tuple[Block, ...]:
    """Return the labelled blocks of a sheet from top to bottom, the same cell never in two."""
    rows: Rows = dict(sheet.rows())
    blocks: list[Block] = []
    for axes in (_Axes(column_label, row_label), _Axes(row_label, column_label)):
        for row in rows:
            for run in label_runs(rows[row], axes.across):
                if len(run) == 1 and text_of(rows[row].get(min(run) - 1)) != _CORNER:
                    continue
                block = _block(sheet, rows, row, run, axes)
                if block is not None and not _overlaps(block, blocks):
                    blocks.append(block)
    return tuple(sorted(blocks, key=lambda block: block.corner))


def _overlaps(block: Block, others: list[Block]) -> bool:
    """Whether a block lies over one that was found before, labels included."""
    return any(
        block.sheet is other.sheet
        and block.corner[0] <= other.last_row
        and other.corner[0] <= block.last_row
        and min(c for _, c in block.places.values()) <= other.last_column
        and min(c for _, c in other.places.values()) <= block.last_column
        for other in others
    )


def label_runs(row: Mapping[int, Cell], across: Label) -> Iterator[dict[int, int]]:
    """Yield runs of neighbouring cells whose labels rise: sheet column → label."""
    run: dict[int, int] = {}
    for column in sorted(row):
        label = across(row[column])
        rises = run and label is not None and column - 1 in run and label > run[column - 1]
        if not rises:
            if run:
                yield run
            run = {}
        if label is not None:
            run[column] = label
    if run:
        yield run


def _block(sheet: Sheet, rows: Rows, header: int, run: dict[int, int], axes: _Axes) -> Block | None:
    across, down = axes.across, axes.down
    is_turned = across is row_label
    first = min(run)
    side = _side_column(rows, header, first, down)
    if side is None:
        return None
    corner = rows[header].get(side)
    if across(corner) is not None or down(corner) is not None:
        return None
    labels, problem, problem_at = _side_labels(rows, header, side, run, down)
    if len(labels) < 2 and text_of(corner) != _CORNER:
        return None
    places: dict[WellAddress, tuple[int, int]] = {}
    for sheet_row, side_label in labels.items():
        for column, label in run.items():
            row_no, column_no = (label, side_label) if is_turned else (side_label, label)
            if row_no > 32 or column_no > 48:
                return None
            places[WellAddress(row_no, column_no)] = (sheet_row, column)
    block = Block(sheet, (header, side), places, is_turned, problem, problem_at)
    return block if problem else _checked(block)


def _side_column(rows: Rows, header: int, first: int, down: Label) -> int | None:
    """Return the nearest column left of a header run whose next rows carry labels."""
    below = [row for row in range(header + 1, header + 2 + _BLANK_ROWS) if row in rows]
    for column in range(first - 1, 0, -1):
        if any(down(rows[row].get(column)) is not None for row in below[:1]):
            return column
    return None


def _side_labels(
    rows: Rows, header: int, side: int, run: dict[int, int], down: Label
) -> tuple[dict[int, int], str, tuple[int, int] | None]:
    """Follow the labels down the side; a row with values and without a label is a problem."""
    labels: dict[int, int] = {}
    last, blanks, row = 0, 0, header
    while blanks <= _BLANK_ROWS:
        row += 1
        here = rows.get(row, {})
        label = down(here.get(side))
        if label is not None and down is row_label and last >= 26 and label <= 6:
            # Some readers go on with a, b, … after Z.
            label += 26
        if label is not None and label > last:
            labels[row], last, blanks = label, label, 0
            continue
        values = [column for column in run if column in here and text_of(here[column])]
        if label is None and values and labels and _goes_on(rows, row, side, last, down):
            place = (row, values[0])
            return labels, f"Row {row} inside the plate has values but no plate row.", place
        if label is not None or values:
            break
        blanks += 1
    return labels, "", None


def _goes_on(rows: Rows, row: int, side: int, last: int, down: Label) -> bool:
    """Whether the labels go on below a row without one, so that it stands inside the plate."""
    following = (down(rows.get(row + step, {}).get(side)) for step in (1, 2))
    return any(label is not None and label == last + 1 for label in following)


def _checked(block: Block) -> Block:
    """Refuse columns or rows that go just beyond a plate format, such as a 13 beside column 12."""
    columns = sorted({well.column for well in block.places})
    rows = sorted({well.row for well in block.places})
    for plate_format in (PlateFormat.WELLS_96, PlateFormat.WELLS_384):
        beyond_columns = [c for c in columns if c > plate_format.columns]
        beyond_rows = [r for r in rows if r > plate_format.rows]
        complete = columns[0] == 1 and len(columns) >= plate_format.columns
        if complete and len(beyond_columns) == 1 and not beyond_rows:
            what = f"column {beyond_columns[0]}"
        elif (
            len(beyond_rows) == 1
            and not beyond_columns
            and rows[0] == 1
            and len(rows) > plate_format.rows
            and columns[-1] == plate_format.columns
        ):
            what = f"row {block.sheet.value(block.last_row, block.corner[1])}"
        else:
            continue
        return Block(
            block.sheet,
            block.corner,
            block.places,
            block.is_turned,
            f"The block has a {what} beside a complete plate of {plate_format.value} wells.",
            (block.last_row, block.last_column),
        )
    return block


def context(block: Block, others: tuple[Block, ...]) -> list[tuple[str, tuple[int, int]]]:
    """Return the texts that may title a block, nearest first: its corner, the end of its lines,
    then the rows above.

    The rows end at another block, or at a gap of blank rows.
    """
    sheet, header = block.sheet, block.corner[0]
    texts = [(block.corner_text, block.corner)] if block.corner_text else []
    if block.line_label():
        first_row = min(row for row, _ in block.places.values())
        texts.append((block.line_label(), (first_row, block.last_column + 1)))
    occupied = {row for other in others if other is not block for row in _rows_of(other)}
    blanks = 0
    for row in range(header - 1, max(0, header - 1 - _CONTEXT_ROWS), -1):
        if row in occupied or blanks > _CONTEXT_GAP:
            break
        found = [
            (text_of(sheet.get(row, column)), (row, column))
            for column in range(1, block.last_column + 2)
            if text_of(sheet.get(row, column))
        ]
        blanks = 0 if found else blanks + 1
        texts += found
    right = block.last_column + 1
    texts += [
        (text_of(sheet.get(header, column)), (header, column))
        for column in range(right, right + 3)
        if text_of(sheet.get(header, column))
    ]
    return texts


def _rows_of(block: Block) -> range:
    return range(block.corner[0], block.last_row + 1)
