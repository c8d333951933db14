"""What tables with headings say besides readings: facts in columns, and what was left out.

In the same words for the tables of all programs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from lims_msc.domain.findings import Level
from lims_msc.domain.workbook import Cell

from .cells import shorten, text_of
from .harvest import Harvest, some
from .headed_table import HeadedTable

Pattern = re.Pattern[str]

_MOST_VALUES_OF_A_FACT = 100
_SERIAL_NUMBER = re.compile(r"s/?n[:. ]+", re.IGNORECASE)
_SAYS_NOTHING = {"", "N/A", "-"}


def words(pattern: str) -> Pattern:
    """Return a pattern of headings, in which upper and lower case are the same."""
    return re.compile(pattern, re.IGNORECASE)


def fact_text(name: str, cell: Cell | None) -> str:
    """Return what a cell says as people read it: a serial number without '.0', a date as one."""
    if cell is None or isinstance(cell.value, str) or cell.value is None:
        text = text_of(cell)
        return _SERIAL_NUMBER.sub("", text, count=1) if name == "serial number" else text
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value)


def tell_column_facts(
    harvest: Harvest,
    table: HeadedTable,
    facts: Iterable[tuple[str, Pattern]],
    rows: Iterable[int],
) -> None:
    """Keep what columns say about instrument and run, each value once.

    :param rows: the rows of the readings; footnotes say nothing.
    """
    rows = tuple(rows)
    for name, pattern in facts:
        for column in table.columns(pattern):
            said: dict[str, int] = {}
            for row in rows:
                said.setdefault(fact_text(name, table.sheet.get(row, column)), row)
            for text, row in list(said.items())[:_MOST_VALUES_OF_A_FACT]:
                if text not in _SAYS_NOTHING:
                    harvest.fact(name, table.sheet, (row, column), text)


def tell_again(harvest: Harvest, table: HeadedTable, what: str, again: Collection[str]) -> None:
    """Warn of samples or wells that stand in a table more than once."""
    if again:
        harvest.tell(
            Level.WARNING,
            "measured_again",
            f"Some {what} stand in the table more than once: {some(again)}.",
            hint="Their later readings have '[2]' and so on after their name.",
            sheet=table.sheet,
            place=(table.heading_row, min(table.headings)),
        )


def tell_columns_left(harvest: Harvest, table: HeadedTable, left: Mapping[int, str]) -> None:
    """Name the columns that hold no readings.

    :param left: their names by column.
    """
    if left:
        named = some((f"'{shorten(heading, 40)}'" for heading in left.values()), at_most=40)
        harvest.tell(
            Level.NOTE,
            "columns_not_read",
            f"Columns that are no readings or were calculated, not imported: {named}.",
            sheet=table.sheet,
            place=(table.heading_row, min(left)),
        )


def tell_cut_off(harvest: Harvest, table: HeadedTable, measured: Collection[int]) -> None:
    """Refuse a text file that ends inside its last row; other rows show how long it should be.

    If neither the last cell nor a lacking one holds a reading, the file is only doubtful.  A
    single cell is a footnote.
    """
    sheet, rows = table.sheet, table.rows
    if not sheet.is_text or len(rows) < 2 or rows[-1] != sheet.last_row:
        return
    columns = {c for r, c in sheet.cells if r == rows[-1]}
    if len(columns) < 2:
        return
    last = max(columns)
    lacking = [
        c for c in table.headings if c > last and all(table.text(row, c) for row in rows[:-1])
    ]
    if lacking:
        harvest.tell(
            Level.ERROR if any(c in measured for c in (last, *lacking)) else Level.WARNING,
            "cut_off",
            f"The last row ends before '{shorten(table.headings[lacking[0]])}', which all others"
            " have: the file may be cut off.",
            hint="Export the file again.",
            sheet=sheet,
            place=(rows[-1], last),
        )
