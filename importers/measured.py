"""Taking measured blocks, and judging numbers where the file has no words for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import PlateFormat, Read, ReadingKind, WellAddress, row_letters
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import DecimalMark, read_cell, shorten, text_of
from .harvest import Harvest, some
from .kinetic_block import TimedBlock
from .plate_grid import Block, column_label
from .read_settings import Settings

_LOWEST_OD, _HIGHEST_OD = -0.5, 6.0


def take_block(
    harvest: Harvest,
    block: Block,
    read: Read,
    plate: str,
    mark: DecimalMark,
    *,
    time_s: float | None = None,
) -> None:
    """Take all filled wells of a block and name the empty ones; an unclear block is an error."""
    if block.problem:
        harvest.tell(
            Level.ERROR,
            "unclear_block",
            block.problem,
            hint="Delete what does not belong to the plate and upload the file again.",
            sheet=block.sheet,
            place=block.problem_at,
        )
    for well, place, _ in block.filled():
        harvest.take(
            block.sheet, place, plate=plate, read=read, well=well, mark=mark, time_s=time_s
        )
    harvest.tell_empty(block)


def leave_unheaded(harvest: Harvest, blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks but those that lack the heading which others of their sheet have."""
    blocks = list(blocks)
    headed = {block.sheet.name for block in blocks if block.corner_text}
    kept = [block for block in blocks if block.corner_text or block.sheet.name not in headed]
    for block in blocks:
        if block not in kept:
            harvest.tell(
                Level.WARNING,
                "block_not_read",
                f"The block {block.area} was not read: it has no heading as the others do.",
                hint="If it was measured, export it again.",
                sheet=block.sheet,
                place=block.corner,
            )
    return kept


def refuse_split(harvest: Harvest, block: Block) -> None:
    """Refuse a block whose column numbers go on beyond a gap; a column was put into the plate."""
    row, labels = block.corner[0], [well.column for well in block.places]
    inside = {column for _, column in block.places.values()}
    for (at, column), cell in block.sheet.cells.items():
        if at != row or column in inside or block.is_turned:
            continue
        if column_label(cell) in (min(labels) - 1, max(labels) + 1):
            harvest.tell(
                Level.ERROR,
                "split_block",
                f"Column {text_of(cell)} of the plate stands apart from the block {block.area}.",
                hint="Remove what was put between the columns and upload the file again.",
                sheet=block.sheet,
                place=(at, column),
            )


def tell_uneven(harvest: Harvest, sheet: Sheet, first_row: int, wells: list[WellAddress]) -> None:
    """Name wells that have fewer values in a table over time or wavelengths than the others.

    :param wells: the well of each value.
    """
    counts = Counter(wells)
    most = max(counts.values(), default=0)
    fewer = sorted(well for well, count in counts.items() if count < most)
    if fewer:
        harvest.tell(
            Level.WARNING,
            "values_missing",
            f"Wells {some(map(str, fewer))} have fewer values than the other wells of the table.",
            hint="If they were measured, export the plate again.",
            sheet=sheet,
            place=(first_row, 1),
            well=fewer[0],
        )


def take_timed(
    harvest: Harvest, block: TimedBlock, read: Read, plate: str, mark: DecimalMark
) -> None:
    """Take all readings of a kinetic block; a value without a time is an error.

    So is a time that is not later than the one before: somebody put a line in.
    """
    latest: dict[WellAddress, float] = {}
    for well, time_s, place in block.entries:
        if well in latest and time_s <= latest[well]:
            harvest.tell(
                Level.ERROR,
                "times_do_not_rise",
                f"The time {time_s:g} s comes after {latest[well]:g} s.",
                hint="Remove what does not belong to the kinetics, and upload the file again.",
                sheet=block.sheet,
                place=place,
            )
            break
        latest[well] = time_s
    for well, time_s, place in block.entries:
        harvest.take(
            block.sheet, place, plate=plate, read=read, well=well, mark=mark, time_s=time_s
        )
    for well, place in block.untimed:
        harvest.tell(
            Level.ERROR,
            "no_time",
            "The value stands in a cycle without a time.",
            hint="Export the kinetic measurement again.",
            sheet=block.sheet,
            place=place,
            well=well,
        )


def tell_missing_rows(harvest: Harvest, block: Block) -> None:
    """Name the rows that a plate lacks, for programs that always write all of them."""
    columns = max(well.column for well in block.places)
    plate = next((f for f in PlateFormat if f.columns == columns), None)
    there = {well.row for well in block.places}
    missing = [row for row in range(1, plate.rows + 1) if row not in there] if plate else []
    if plate and missing:
        harvest.tell(
            Level.WARNING,
            "rows_missing",
            f"The block {block.area} has the columns of a plate of {plate.value} wells, but not its"
            f" rows {', '.join(map(row_letters, missing))}.",
            hint="Lines may have been deleted, or the file may be cut off. Export it again.",
            sheet=block.sheet,
            place=block.corner,
        )


def tell_without_plate(harvest: Harvest, sheet: Sheet, place: tuple[int, int], title: str) -> None:
    """Refuse a title of results below which there is no plate that can be read."""
    harvest.tell(
        Level.ERROR,
        "section_without_readings",
        f"Below '{shorten(title)}' there is no plate with row letters and column numbers.",
        hint="Lines may have been deleted, or the file may be cut off. Export it again.",
        sheet=sheet,
        place=place,
    )


def tell_no_end(harvest: Harvest, workbook: Workbook, program: str) -> None:
    """Warn that the last line is missing in which a program names itself."""
    sheet = next((sheet for sheet in workbook.sheets if sheet.cells), None)
    harvest.tell(
        Level.WARNING,
        "end_missing",
        f"The line 'Exported with {program}' is missing; the file may be cut off.",
        hint="Check that all plates are there, with their wavelengths.",
        sheet=sheet,
        place=(sheet.last_row, 1) if sheet else None,
    )


def numbered_read(read: Read, seen: dict[object, int], beside: object = None) -> Read:
    """Tell reads apart that have the same words: the second one has ``[2]`` after its label.

    :param seen: how often each read came before; it is counted up.
    :param beside: what else tells the reads apart, such as plate and time.
    """
    count = seen[read, beside] = seen.get((read, beside), 0) + 1
    return read if count == 1 else replace(read, label=f"{read.label} [{count}]")


def tell_unknown_kind(harvest: Harvest, sheet: Sheet, place: tuple[int, int], name: str) -> None:
    """Warn once for a cell that the file does not say how something was measured."""
    harvest.tell(
        Level.WARNING,
        "mode_unknown",
        f"The file does not say how '{shorten(name)}' was measured.",
        hint="Check kind and wavelength before using the readings.",
        sheet=sheet,
        place=place,
    )


def tell_no_well(harvest: Harvest, sheet: Sheet, place: tuple[int, int]) -> None:
    """Refuse a row of a list that names no well; nobody can say where its values belong."""
    words = text_of(sheet.get(*place))
    harvest.tell(
        Level.ERROR,
        "not_a_well",
        f"'{shorten(words)}' is not a well." if words else "The row has values but names no well.",
        hint="The list may be cut off or changed. Export it again.",
        sheet=sheet,
        place=place,
    )


def assumed_settings(
    harvest: Harvest,
    sheet: Sheet,
    places: Iterable[tuple[int, int]],
    mark: DecimalMark,
    said: tuple[Settings, ...] = (),
) -> Settings:
    """Return what the file says of the kind, or absorbance where the numbers look like that only.

    Counts of light are large or whole numbers; optical densities are small ones with decimals.
    The assumption is told, and the numbers themselves are not touched.
    """
    if len(said) == 1:
        return said[0]
    places = list(places)
    cells = (sheet.get(*place) for place in places)
    found = (read_cell(cell, mark) for cell in cells if cell is not None)
    values = [r.value for r in found if r is not None and r.value is not None]
    fractions = sum(not value.is_integer() for value in values)
    if (
        not values
        or 2 * fractions < len(values)
        or not all(_LOWEST_OD <= value <= _HIGHEST_OD for value in values)
    ):
        return Settings()
    harvest.tell_once(
        Level.WARNING,
        "kind_assumed",
        f"The file does not say what was measured; numbers from {min(values):g} to {max(values):g}"
        " were taken for optical densities.",
        hint="Check that absorbance was measured.",
        sheet=sheet,
        place=places[0],
    )
    return Settings(ReadingKind.ABSORBANCE)
