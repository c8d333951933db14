"""Lines of text that the opener left in one piece, cut again: at a colon, or at blanks.

Programs write ``Viability (%) : 97.0`` and grids of fixed width; a text file has one separator
only.  The new cells keep the places of the cells they were cut from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lims_msc.domain.workbook import Cell, Sheet

from .cells import text_of

_KEY_AND_VALUE = re.compile(r"(?P<key>[^:]{1,120}?) ?:\s*(?P<value>\S.*)", re.DOTALL)

Line = Mapping[int, Cell]
Pieces = Mapping[int, tuple[str, int]]
"""The texts of a line by their new column, each with the column of the cell that holds it."""


@dataclass(frozen=True, slots=True)
class RecutSheet(Sheet):
    """A sheet some of whose cells are pieces; ``origins`` has the column each piece came from."""

    origins: Mapping[tuple[int, int], int] = field(default_factory=dict, repr=False)

    def address(self, row: int, column: int) -> str:
        """Return the place in the file: that of the cell a piece was cut from."""
        return Sheet.address(self, row, self.origins.get((row, column), column))


def recut(sheet: Sheet, cut: Callable[[Line], Pieces | None]) -> RecutSheet:
    """Return the sheet with the lines cut again for which ``cut`` gives pieces."""
    cells: dict[tuple[int, int], Cell] = {}
    origins: dict[tuple[int, int], int] = {}
    for row, line in sheet.rows():
        pieces = cut(line)
        if pieces is None:
            cells |= {(row, column): cell for column, cell in line.items()}
            continue
        for column, (text, origin) in pieces.items():
            cells[row, column] = Cell(text, text, hidden=line[origin].hidden)
            origins[row, column] = origin
    return RecutSheet(sheet.name, cells, sheet.hidden, sheet.is_text, origins=origins)


def cut_at_colon(sheet: Sheet) -> RecutSheet:
    """Return the sheet with key and value in two cells where a line has both in its first cell.

    The comma of a text file may have cut the value too: ``17,3`` is put together again.
    """

    def cut(line: Line) -> Pieces | None:
        first = min(line)
        found = _KEY_AND_VALUE.fullmatch(text_of(line[first]))
        if found is None or (len(line) > 1 and not sheet.is_text):
            return None
        rest = [line[column].raw for column in sorted(line) if column > first]
        value = ",".join([found["value"], *rest])
        return {first: (found["key"], first), first + 1: (value, first)}

    return recut(sheet, cut)


def cut_at_blanks(sheet: Sheet, is_grid_line: Callable[[list[str]], bool]) -> RecutSheet:
    """Return the sheet with the words of grid lines in cells of their own.

    A line that starts with a blank has no label; its words start in the second column.
    """

    def cut(line: Line) -> Pieces | None:
        first = min(line)
        raw = line[first].raw
        words = raw.split()
        if len(line) > 1 or not is_grid_line(words):
            return None
        start = first + 1 if raw[:1].isspace() else first
        return {start + i: (word, first) for i, word in enumerate(words)}

    return recut(sheet, cut)
