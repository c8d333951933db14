"""SoftMax Pro's group tables, for files that hold no plate.

A table of formulas below each group says which of its columns hold the values of the wells; all the
others are calculated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import Read, ReadingKind, WellAddress

from .cells import DecimalMark, decimal_mark, shorten, text_of, well_of
from .harvest import Harvest
from .measured import assumed_settings
from .read_settings import UNITS, kind_in_words
from .softmax_sections import Section

_FORMULAS = re.compile(r"Group Columns?", re.IGNORECASE)
_BELOW = re.compile(r"Group (?:Columns?|Summar(?:y|ies))", re.IGNORECASE)
_VALUES = re.compile(r"!Well(?:Values?|Lm[0-9]+)", re.IGNORECASE)
_WELLS = re.compile(r"!WellIDs?", re.IGNORECASE)
_PLATES = re.compile(r"!WellPlateName", re.IGNORECASE)
_VALUE_HEADING = re.compile(
    r"(?:RFU|RLU|OD|Abs|Raw)?[ _]?values?|RFU|RLU|OD(?: ?[0-9]{3})?", re.IGNORECASE
)
_WELL_HEADING = re.compile(r"wells?(?: ?ids?)?", re.IGNORECASE)
_Taken = dict[tuple[str, str, WellAddress], str]
_PLATE_HEADING = re.compile(r"(?:well)?plate ?(?:name)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which columns of a group table hold wells, values (with their headings) and plate names."""

    heading_row: int
    wells: int
    values: dict[int, str]
    plates: int | None


def read_groups(harvest: Harvest, groups: Sequence[Section]) -> None:
    """Take the well values of all group tables and say what they are."""
    taken: _Taken = {}
    for group in groups:
        columns = _columns(group)
        here = group.first_row, group.column
        if columns is None:
            harvest.tell(
                Level.NOTE,
                "group_not_read",
                f"The group table '{shorten(group.title)}' has no column of well values and was not"
                " read.",
                sheet=group.sheet,
                place=here,
            )
            continue
        harvest.tell_once(
            Level.WARNING,
            "group_values",
            f"The file holds no plate; the values of the group '{shorten(group.title)}' were read."
            " They are rounded, and reduced as the plate was set up.",
            hint="Export the plate as well if the raw readings are needed.",
            sheet=group.sheet,
            place=here,
        )
        _read_group(harvest, group, columns, taken)
        if not group.is_closed:
            harvest.tell(
                Level.ERROR,
                "no_end",
                f"The group '{shorten(group.title)}' has no end line ('~End'); the file is cut"
                " off.",
                hint="Export the file again from SoftMax Pro.",
                sheet=group.sheet,
                place=here,
            )


def _columns(group: Section) -> _Columns | None:
    """Find the columns by their formulas, or by their headings where no formulas are listed."""
    formulas = _formulas(group)
    for row, cells in group.rows():
        texts = {column: text_of(cell) for column, cell in cells.items()}
        kinds = {c: _formula_of(text, formulas) for c, text in texts.items()}
        if formulas:
            wells = [c for c, formula in kinds.items() if _WELLS.fullmatch(formula)]
            values = [c for c, formula in kinds.items() if _VALUES.fullmatch(formula)]
            plates = [c for c, formula in kinds.items() if _PLATES.fullmatch(formula)]
        else:
            wells = [c for c, text in texts.items() if _WELL_HEADING.fullmatch(text)]
            values = [c for c, text in texts.items() if _VALUE_HEADING.fullmatch(text)]
            plates = [c for c, text in texts.items() if _PLATE_HEADING.fullmatch(text)]
        if len(wells) == 1 and values:
            headings = {c: texts[c] for c in values}
            return _Columns(row, wells[0], headings, plates[0] if plates else None)
    return None


def _formulas(group: Section) -> dict[str, str]:
    """Return the formula of each column by its name."""
    formulas: dict[str, str] = {}
    is_inside = False
    for row, cells in group.rows():
        first = text_of(cells[min(cells)])
        if _FORMULAS.fullmatch(first):
            is_inside = True
        elif _BELOW.fullmatch(first):
            break
        elif is_inside:
            name, formula = (text_of(group.sheet.get(row, min(cells) + i)) for i in (1, 2))
            formulas[name] = formula
    return formulas


def _formula_of(heading: str, formulas: dict[str, str]) -> str:
    """Return the formula of a heading, which may have a unit behind the column's name."""
    if heading in formulas:
        return formulas[heading]
    longest = max((n for n in formulas if n and heading.startswith(n + " ")), key=len, default="")
    return formulas.get(longest, "")


def _read_group(harvest: Harvest, group: Section, columns: _Columns, taken: _Taken) -> None:
    sheet = group.sheet
    rows = []
    for row, cells in group.rows():
        if _BELOW.fullmatch(text_of(cells[min(cells)])):
            break
        if row > columns.heading_row:
            rows.append(row)
    for column, heading in columns.values.items():
        filled = [row for row in rows if text_of(sheet.get(row, column))]
        places = [(row, column) for row in filled]
        mark = decimal_mark(sheet.cells[place] for place in places)
        read = _read(harvest, group, heading, places, mark)
        for row in filled:
            well = well_of(sheet.get(row, columns.wells))
            if well is None:
                harvest.tell(
                    Level.ERROR,
                    "not_a_well",
                    f"'{shorten(text_of(sheet.get(row, columns.wells)))}' is not a well.",
                    hint="Export the group with one well in each line.",
                    sheet=sheet,
                    place=(row, columns.wells),
                )
                continue
            plate = text_of(sheet.get(row, columns.plates)) if columns.plates else ""
            text = text_of(sheet.get(row, column))
            # A well may stand in several groups; only one that differs is a contradiction.
            if taken.get((plate, heading, well)) == text:
                continue
            taken[plate, heading, well] = text
            harvest.take(sheet, (row, column), plate=plate, read=read, well=well, mark=mark)


def _read(
    harvest: Harvest,
    group: Section,
    heading: str,
    places: list[tuple[int, int]],
    mark: DecimalMark,
) -> Read:
    kind = kind_in_words(heading)
    if kind is ReadingKind.OTHER:
        return assumed_settings(harvest, group.sheet, places, mark).read(heading)
    return Read(heading, kind, None, None, UNITS[kind])
