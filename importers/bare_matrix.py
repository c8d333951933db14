"""Plates whose rows and columns carry no labels: lines of numbers only, placed by position.

Position is trusted only where the lines add up to a plate; everything else is a problem in words,
because a line too many or too few would move all wells.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lims_msc.domain.plate import PlateFormat, WellAddress
from lims_msc.domain.workbook import Sheet

from .cells import DecimalMark, read_cell, text_of
from .plate_grid import Block, Rows


@dataclass(frozen=True, slots=True)
class Region:
    """Where the lines of a plate may stand: the rows after a heading up to the next heading.

    ``lines_before`` and ``lines_after`` are the blank lines that the program writes before the
    first and after the last plate row; ``lines_after`` is ``None`` where the file ends instead of
    a next heading.
    """

    sheet: Sheet = field(repr=False)
    rows: Rows = field(repr=False)
    first_row: int
    last_row: int
    first_column: int
    lines_before: int
    lines_after: int | None


@dataclass(frozen=True, slots=True)
class BareMatrix:
    """What stands in a region: the block, whether its first column is empty, and other lines."""

    block: Block
    is_shifted: bool
    strange: tuple[tuple[int, int], ...]


def bare_matrix(
    region: Region, size: tuple[int, int] | None, mark: DecimalMark
) -> BareMatrix | None:
    """Return the plate of a region, or ``None`` where it has no line of numbers.

    :param size: rows and columns of the plate, where the file names them.
    """
    sheet = region.sheet
    lines, strange = _lines(region, mark)
    if not lines:
        return None
    columns = {c for cells in lines.values() for c in cells}
    # A first field that is empty in every line stands where other exports have the row letter.
    is_shifted = min(columns) == region.first_column + 1
    first = region.first_column + is_shifted
    plate_rows, problem = _plate_rows(region, list(lines), size, width=max(columns) - first + 1)
    width = size[1] if size else len(plate_rows) * 3 // 2
    if not problem and (min(columns) < first or max(columns) >= first + width):
        problem = (
            f"The lines are wider than the {width} columns of the plate, so that the columns cannot"
            " be told apart."
        )
    places = {
        WellAddress(i, c): (row, first + c - 1)
        for i, row in enumerate(plate_rows, start=1)
        for c in range(1, width + 1)
        if problem == ""
    } or {WellAddress(1, 1): (min(lines), first)}
    corner = (min(lines), first)
    return BareMatrix(
        Block(sheet, corner, places, problem=problem, problem_at=corner if problem else None),
        is_shifted,
        strange,
    )


def _lines(
    region: Region, mark: DecimalMark
) -> tuple[dict[int, list[int]], tuple[tuple[int, int], ...]]:
    """Return the filled columns of each line of numbers, and the places of other lines."""
    lines: dict[int, list[int]] = {}
    strange: list[tuple[int, int]] = []
    for row in range(region.first_row, region.last_row + 1):
        cells = region.rows.get(row, {})
        readings = [read_cell(cell, mark) for cell in cells.values() if text_of(cell)]
        if readings and all(r is not None and r.code != "not_a_number" for r in readings):
            lines[row] = list(cells)
        elif readings:
            strange.append((row, min(cells)))
    return lines, tuple(strange)


def _plate_rows(
    region: Region, lines: list[int], size: tuple[int, int] | None, *, width: int
) -> tuple[list[int], str]:
    """Return the sheet row of each plate row, or a problem in words."""
    sizes = [size[0]] if size else [f.rows for f in PlateFormat if f.columns >= width]
    if len(lines) in sizes and (size or len(lines) * 3 // 2 >= width > len(lines)):
        return lines, ""
    between = region.last_row - region.first_row + 1
    after = region.lines_after
    fitting = [
        rows
        for rows in sizes
        if after is not None and between == region.lines_before + rows + after
    ]
    start = region.first_row + region.lines_before
    if len(fitting) == 1 and start <= lines[0] and lines[-1] < start + fitting[0]:
        return list(range(start, start + fitting[0])), ""
    expected = f"the {size[0]} rows of the plate" if size else "the rows of a plate"
    return lines, (
        f"The results have no row letters, and their {len(lines)} lines do not add up to"
        f" {expected}: it is not clear which line is row A."
    )
