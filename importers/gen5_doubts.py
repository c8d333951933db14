"""What a person must see about the tables of a Gen5 page: gaps in time, missing lines, differences.

Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise
from math import prod

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import WellAddress, row_letters
from lims_msc.domain.workbook import Sheet

from .cells import DecimalMark, parse_number, shorten, text_of
from .gen5_pages import Page, interval_s
from .gen5_tables import Columns, Place, Shape, Tables
from .harvest import Harvest, some
from .plate_grid import Block

_LONG_GAP = 1.5
_FEWEST_NUMBERS = 2

Placed = dict[tuple[WellAddress, float | None], Place]


def tell_times(harvest: Harvest, page: Page, table: Columns, times: Mapping[int, float]) -> None:
    """Doubt a first cycle without a time, times that go back, and gaps longer than the interval."""
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
    rows = [row for row in table.rows if row in times]
    steps = [(before, after, times[after] - times[before]) for before, after in pairwise(rows)]
    back = [(before, after) for before, after, step in steps if step <= 0]
    _tell_steps(harvest, page, table, times, back)
    if interval is not None:
        gaps = [(before, after) for before, after, step in steps if step > _LONG_GAP * interval]
        _tell_steps(harvest, page, table, times, gaps, interval=interval)


def _tell_steps(
    harvest: Harvest,
    page: Page,
    table: Columns,
    times: Mapping[int, float],
    odd: list[tuple[int, int]],
    *,
    interval: float | None = None,
) -> None:
    """Tell the first of some odd steps in time; without an interval they go back."""
    if not odd:
        return
    before, after = odd[0]
    place = page.sheet.address(before, table.key_column)
    what = "" if interval is None else f", but the procedure reads every {interval:g} s"
    more = f" There are {len(odd)} such places." if len(odd) > 1 else ""
    harvest.tell(
        Level.ERROR if interval is None else Level.WARNING,
        "times_do_not_rise" if interval is None else "times_jump",
        f"The time goes from {times[before]:g} s ({place}) to {times[after]:g} s{what}.{more}",
        hint="Remove what does not belong to the kinetics, and upload the file again."
        if interval is None
        else "The times were read as they stand. Check them, and whether cycles are missing.",
        sheet=page.sheet,
        place=(after, table.key_column),
    )


def tell_missing_points(
    harvest: Harvest, page: Page, table: Columns, announced: int | None
) -> None:
    """Tell that rows are missing: steps of a spectrum, or points of an area scan."""
    sheet, column = page.sheet, table.key_column
    rows = range(table.first_row + 1, table.last_row + 1)
    if table.shape is Shape.WAVELENGTHS:
        numbers = [parse_number(text_of(sheet.get(row, column)), DecimalMark.POINT) for row in rows]
        known = [number for number in numbers if number is not None]
        steps = [after - before for before, after in pairwise(known)]
        is_whole = len(known) >= (announced or 0) and (
            not steps or max(steps) < _LONG_GAP * min(steps)
        )
    else:
        points = {tuple(text_of(sheet.get(row, c)) for c in table.sides) for row in rows}
        is_whole = len(points) == prod(len(set(axis)) for axis in zip(*points, strict=True))
    if not is_whole:
        harvest.tell(
            Level.WARNING,
            "rows_missing",
            "The table leaves out wavelengths or points that should be among its rows.",
            hint="If they were measured, export the plate again.",
            sheet=sheet,
            place=(table.first_row, column),
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


def tell_nothing(
    harvest: Harvest, tables: Tables, plate: str, labels: AbstractSet[str], mark: DecimalMark
) -> None:
    """Tell that a plate has no measured values; one without any numbers may not be read yet."""
    told = ", ".join(f"'{shorten(label)}'" for label in sorted(labels)[:6])
    has_numbers = bool(tables.found or loose_numbers(tables, mark))
    harvest.tell(
        Level.ERROR if has_numbers else Level.WARNING,
        "plate_without_readings",
        f"The plate '{plate}' has no measured values"
        + (f"; its lines are {told}." if told else "."),
        hint="Add the measured data to the export in Gen5 and export the plate again.",
        sheet=tables.page.sheet,
        place=(tables.page.first_row, tables.page.column),
    )


def loose_numbers(tables: Tables, mark: DecimalMark) -> list[int]:
    """Return the rows with numbers that belong to no table."""
    return [row for row in tables.loose if _numbers(tables.page, row, mark) >= _FEWEST_NUMBERS]


def tell_loose(harvest: Harvest, tables: Tables, mark: DecimalMark) -> None:
    """Name rows of numbers that belong to no table; those of fitted curves are expected."""
    page = tables.page
    loose = loose_numbers(tables, mark)
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
