"""Taking measured blocks, and judging numbers where the file has no words for them."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Sheet

from .cells import DecimalMark, read_cell
from .harvest import Harvest
from .plate_grid import Block
from .read_settings import Settings

_LOWEST_OD, _HIGHEST_OD = -0.5, 6.0


def take_block(harvest: Harvest, block: Block, read: Read, plate: str, mark: DecimalMark) -> None:
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
        harvest.take(block.sheet, place, plate=plate, read=read, well=well, mark=mark)
    harvest.tell_empty(block)


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
