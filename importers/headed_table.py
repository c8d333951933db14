"""Finding tables by the words of their heading row, and reading lines of key and value.

For programs whose lists have headings of their own.  What the columns hold is decided by the
importers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lims_msc.domain.workbook import Cell, Sheet

from .cells import text_of

_LONGEST_GAP = 2
_VALUE_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class HeadedTable:
    """A heading row and the rows below it, up to a gap of blank rows or a row that ends it.

    ``headings`` are the words of the heading row by sheet column, each on one line and with single
    blanks.
    """

    sheet: Sheet = field(repr=False)
    heading_row: int
    headings: Mapping[int, str]
    rows: tuple[int, ...]

    def column(self, pattern: re.Pattern[str]) -> int | None:
        """Return the first column whose whole heading fits a pattern."""
        return next((c for c, words in self.headings.items() if pattern.fullmatch(words)), None)

    def columns(self, pattern: re.Pattern[str]) -> dict[int, re.Match[str]]:
        """Return the columns whose whole headings fit a pattern, with what was found."""
        matches = ((c, pattern.fullmatch(words)) for c, words in self.headings.items())
        return {c: found for c, found in matches if found}

    def text(self, row: int, column: int | None) -> str:
        """Return what a cell of the table says; empty where there is no column or cell."""
        return "" if column is None else text_of(self.sheet.get(row, column))


@lru_cache(maxsize=16_384)
def one_line(text: str) -> str:
    """Return a text on one line, with single ordinary blanks."""
    return " ".join(text.split())


def _words(sheet: Sheet) -> dict[int, tuple[dict[int, str], set[str]]]:
    """Return the words of each row by column, and all of them in lower case."""
    worded: dict[int, tuple[dict[int, str], set[str]]] | None = sheet.memo.get("words")
    if worded is None:
        worded = {}
        for row, cells in sheet.rows():
            words = {c: one_line(text_of(cell)) for c, cell in cells.items()}
            worded[row] = words, {word.lower() for word in words.values()}
        sheet.memo["words"] = worded
    return worded


def from_column_of(sheet: Sheet, is_anchor: Callable[[str], object]) -> Sheet:
    """Return a sheet without the columns that people put left of what a program writes.

    :param is_anchor: whether a text is one that the program writes into its first column.
    """
    anchors = Counter(
        column
        for (_, column), cell in sheet.cells.items()
        if isinstance(cell.value, str) and is_anchor(one_line(text_of(cell)))
    )
    if not anchors:
        return sheet
    first = anchors.most_common(1)[0][0]
    return replace(sheet, cells={p: c for p, c in sheet.cells.items() if p[1] >= first})


def key_and_value(cells: Mapping[int, Cell]) -> tuple[str, int | None]:
    """Return the key of a line, without its colon, and the column of its value.

    The value is the first filled cell right of the key; a line with a key alone has none.
    """
    first = min(cells)
    value = next((c for c in sorted(cells) if first < c <= first + _VALUE_COLUMNS), None)
    return one_line(text_of(cells[first])).rstrip(" :"), value


def find_headed_tables(
    sheet: Sheet,
    is_heading: Callable[[set[str]], bool],
    is_end: Callable[[int], bool] = lambda _: False,
) -> tuple[HeadedTable, ...]:
    """Return the tables whose heading row has the right words, from top to bottom.

    :param is_heading: whether the words of a row, in lower case, are those of a heading row.
    :param is_end: whether a row below the headings does not belong to the table any more.
    """
    tables: list[HeadedTable] = []
    worded = _words(sheet)
    rows = list(worded)
    headed = {row: words for row, (words, lower) in worded.items() if is_heading(lower)}
    for row, words in headed.items():
        below: list[int] = []
        for following in (r for r in rows if r > row):
            last = below[-1] if below else row
            if following in headed or is_end(following) or following - last > _LONGEST_GAP + 1:
                break
            below.append(following)
        tables.append(HeadedTable(sheet, row, words, tuple(below)))
    return tuple(tables)
