"""What a person must see about the tables of a Gen5 page: gaps in time, missing lines, differences.

Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import WellAddress, row_letters
from lims_msc.domain.workbook import Sheet

from .cells import DecimalMark, parse_number, shorten, text_of
from .gen5_pages import Page, interval_s
from .gen5_tables import Columns, Place, Tables
from .harvest import Harvest, some
from .plate_grid import Block

_LONG_GAP = 10.0
_FEWEST_NUMBERS = 2

Placed = dict[tuple[WellAddress, float | None], Place]


def tell_times(harvest: Harvest, page: Page, table: Columns, times: Mapping[int, float]) -> None:
    """Doubt a first cycle without a time, and gaps that the interval does not explain."""
    sheet, column = page.sheet, table.key_column
    if table.rows and not text_of(sheet.get(table.rows[0], column)):
        harvest.tell(
            Level.WARNING,
            "first_time_missing",
            "The first cycle states no time; it was taken for 0 s.",
            hint="Check the first time.",
            sheet=sheet,
            place=(table.rows[0], column),
        )
    interval = interval_s(page)
    for before, after in pairwise(row for row in table.rows if row in times):
        gap = times[after] - times[before]
        if gap <= 0 or (interval and gap > _LONG_GAP * interval):
            every = f", but the procedure reads every {interval:g} s" if interval else ""
            harvest.tell(
                Level.WARNING,
                "times_jump",
                f"The time goes from {times[before]:g} s ({sheet.address(before, column)})"
                f" to {times[after]:g} s{every}.",
                hint="The times were read as they stand. Check them before using rates.",
                sheet=sheet,
                place=(after, column),
            )


def tell_missing_rows(
    harvest: Harvest, block: Block, label: str, region: frozenset[WellAddress]
) -> None:
    """Name the plate rows that a matrix should have and does not."""
    rows = {well.row for well in block.places}
    wanted = {well.row for well in region} or set(range(1, block.plate_format.rows + 1))
    missing = sorted(wanted - rows)
    if missing:
        harvest.tell(
            Level.WARNING,
            "rows_missing",
            f"'{shorten(label)}' has no line for plate rows {some(map(row_letters, missing))}.",
            hint="If they were measured, export the plate again.",
            sheet=block.sheet,
            place=block.corner,
        )


def tell_difference(
    harvest: Harvest, sheet: Sheet, label: str, first: Placed, second: Placed
) -> None:
    """Tell where two tables of one read differ."""
    odd = [
        (well, first[well, time_s], place)
        for (well, time_s), place in second.items()
        if (well, time_s) in first
        and text_of(sheet.get(*place)) != text_of(sheet.get(*first[well, time_s]))
    ]
    if not odd:
        return
    well, there, here = odd[0]
    harvest.tell(
        Level.WARNING,
        "tables_disagree",
        f"The tables of '{shorten(label)}' differ in wells {some(str(w) for w, *_ in odd)}:"
        f" {sheet.address(*there)} says '{shorten(text_of(sheet.get(*there)))}',"
        f" {sheet.address(*here)} '{shorten(text_of(sheet.get(*here)))}'. The first was read.",
        hint="Export the plate again, or correct the wrong table.",
        sheet=sheet,
        place=here,
        well=well,
    )


def tell_loose(harvest: Harvest, tables: Tables, mark: DecimalMark) -> None:
    """Name rows of numbers that belong to no table; those of fitted curves are expected."""
    page = tables.page
    loose = [row for row in tables.loose if _numbers(page, row, mark) >= _FEWEST_NUMBERS]
    fits = [row for row in loose if _is_below_curve(page, row)]
    for level, hint, rows in (
        (Level.NOTE, "", fits),
        (
            Level.WARNING,
            "Check whether they hold readings.",
            [row for row in loose if row not in fits],
        ),
    ):
        if rows:
            listed = some(map(str, rows))
            message = f"Lines that belong to no table were not imported: {listed}."
            place = (rows[0], min(page.rows[rows[0]]))
            harvest.tell(level, "lines_not_read", message, hint=hint, sheet=page.sheet, place=place)


def _numbers(page: Page, row: int, mark: DecimalMark) -> int:
    texts = (text_of(cell) for cell in page.rows[row].values())
    return sum(parse_number(text, mark) is not None for text in texts)


def _is_below_curve(page: Page, row: int) -> bool:
    """Whether a row stands below the headings of fitted curves."""
    above = page.rows.get(row - 1, {}).values()
    return any("curve" in text_of(cell).lower() for cell in above)
