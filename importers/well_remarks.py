"""Checking lists of samples beside a plate block: wells named twice, wells that are none.

The lists are not imported; what they say about the wells must still fit the block.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import InputError

from .cells import shorten, text_of
from .harvest import Harvest
from .plate_grid import Block
from .well_list import WellList, find_well_lists


def check_lists_beside(harvest: Harvest, workbook: Workbook, blocks: Sequence[Block]) -> None:
    """Tell what is wrong with the well lists of a file whose readings stand in blocks.

    :raises InputError: if a list describes a smaller plate than the block.
    """
    for sheet in workbook.sheets:
        if sheet.hidden:
            continue
        here = [block for block in blocks if block.sheet.name == sheet.name]
        for found in find_well_lists(sheet):
            _check_list(harvest, found, here)


def _check_list(harvest: Harvest, found: WellList, blocks: Sequence[Block]) -> None:
    sheet = found.sheet
    for well, rows in found.repeats().items():
        harvest.tell(
            Level.WARNING,
            "well_named_twice",
            f"The list names well {well} twice or more (rows {', '.join(map(str, rows[:6]))}).",
            hint="Each well can be named once.",
            sheet=sheet,
            place=(rows[1], found.column),
            well=well,
        )
    for place in found.strange:
        harvest.tell(
            Level.WARNING,
            "not_a_well",
            f"'{shorten(text_of(sheet.get(*place)))}' is not a well.",
            hint="Write a row letter and a column number, such as A1 or H12.",
            sheet=sheet,
            place=place,
        )
    for block in blocks:
        _compare(harvest, found, block)
    _check_names(harvest, found)


def _compare(harvest: Harvest, found: WellList, block: Block) -> None:
    listed = set(found.wells.values())
    declared = PlateFormat.smallest_with(
        max(_usual(well.row for well in listed)), max(_usual(well.column for well in listed))
    )
    if len(listed) >= declared.value // 2 and block.plate_format.value > declared.value:
        raise InputError(
            f"The block {block.area} has columns and rows of a plate of {block.plate_format.value}"
            f" wells, but the list beside it describes {declared.value} wells.",
            hint="Correct the layout or the block, and upload the file again.",
        )
    outside = [(row, well) for row, well in found.wells.items() if well not in block.places]
    for row, well in outside[:24]:
        harvest.tell(
            Level.WARNING,
            "well_outside",
            f"The list names well {well}, which is outside the block.",
            hint="Check the list.",
            sheet=found.sheet,
            place=(row, found.column),
            well=well,
        )


def _usual(numbers: Iterable[int]) -> list[int]:
    """Drop the largest few numbers, which are typing errors as often as not."""
    ordered = sorted(numbers)
    return ordered[: max(1, len(ordered) - len(ordered) // 20 - 1)]


def _check_names(harvest: Harvest, found: WellList) -> None:
    for column in found.other_columns:
        cells = found.cells(column)
        texts = [(row, cell) for row, cell in cells if isinstance(cell.value, str)]
        if 2 * len(texts) <= len(cells):
            continue
        heading = found.heading_of(column) or "names"
        for row, cell in cells:
            if not isinstance(cell.value, str):
                harvest.tell(
                    Level.WARNING,
                    "name_is_no_text",
                    f"The {heading} '{cell.value}' is a number, date, time or true/false.",
                    hint="Excel may have changed it. Type it again as text.",
                    sheet=found.sheet,
                    place=(row, column),
                    well=found.wells[row],
                )
        _tell_lookalikes(harvest, found, column, [(row, str(cell.value)) for row, cell in texts])


# Letters of other alphabets that look like Latin ones; see Unicode Technical Standard 39.
_LOOKALIKES = str.maketrans(
    "аеорсухАВЕКМНОРСТХіјѕοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxABEKMHOPCTXijsoABEZHIKMNOPTYX"
)


def _skeleton(name: str) -> str:
    """Return a name as the eye sees it."""
    visible = "".join(
        c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf"
    )
    return visible.translate(_LOOKALIKES).strip().casefold()


def _tell_lookalikes(
    harvest: Harvest, found: WellList, column: int, names: list[tuple[int, str]]
) -> None:
    first: dict[str, str] = {}
    told: set[str] = set()
    for row, name in names:
        other = first.setdefault(_skeleton(name), name)
        if other != name and name not in told:
            told.add(name)
            harvest.tell(
                Level.WARNING,
                "names_look_alike",
                f"The names {shorten(other)!a} and {shorten(name)!a} look alike but differ in a"
                " character.",
                hint="Write both the same way if they are one sample.",
                sheet=found.sheet,
                place=(row, column),
                well=found.wells[row],
            )
