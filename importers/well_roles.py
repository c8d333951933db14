"""Checking what a list beside a plate block says about roles: unknown words, doubtful controls.

Roles are not imported from here, the plate map says them; but where a file says them too, they must
make sense and fit the readings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean

from lims_msc.domain.findings import Level
from lims_msc.domain.layout import WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.workbook import Workbook

from .cells import shorten, text_of
from .harvest import Harvest
from .plate_grid import Block
from .well_list import WellList, find_well_lists

_ROLE_HEADING = re.compile(
    r"(?:well[ _-]?)?(?:role|rolle|content|inhalt|type|typ|function|funktion)s?", re.IGNORECASE
)
_STIMULATED = frozenset({"stimulated", "stim", "resp_stim", "stimuliert"})
_UNSTIMULATED = frozenset({"unstimulated", "unstim", "resp_unstim", "unstimuliert", "resting"})
_OTHERS = frozenset(
    {"blank", "leer", "leerwert", "test", "sample", "probe", "control", "kontrolle"}
    | {"positive control", "negative control", "standard", "empty", "medium", "unknown"}
    | {"coculture", "co-culture", "kokultur"}
)
_KNOWN = _STIMULATED | _UNSTIMULATED | _OTHERS | {role.value.lower() for role in WellRole}
_KNOWN_SHARE = 0.5


def check_roles_beside(harvest: Harvest, workbook: Workbook, blocks: Sequence[Block]) -> None:
    """Tell what is wrong with the roles in the well lists beside the blocks of a file."""
    for sheet in workbook.sheets:
        values = _values([block for block in blocks if block.sheet.name == sheet.name])
        if sheet.hidden or not values:
            continue
        for found in find_well_lists(sheet):
            for column in found.other_columns:
                if _ROLE_HEADING.fullmatch(found.heading_of(column).strip()):
                    _check_column(harvest, found, column, values)


def _values(blocks: Sequence[Block]) -> dict[WellAddress, float]:
    return {
        well: float(cell.value)
        for block in blocks
        for well, _, cell in block.filled()
        if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    }


def _check_column(
    harvest: Harvest, found: WellList, column: int, values: Mapping[WellAddress, float]
) -> None:
    roles = {row: text_of(cell).strip().casefold() for row, cell in found.cells(column)}
    known = [row for row, role in roles.items() if role in _KNOWN]
    if len(known) < _KNOWN_SHARE * len(roles):
        # These are words of the laboratory's own; nobody can say which of them are wrong.
        return
    for row, role in roles.items():
        if role not in _KNOWN:
            harvest.tell(
                Level.ERROR,
                "unknown_role",
                f"'{shorten(text_of(found.sheet.get(row, column)))}' is not a well role.",
                hint="Correct the word, or write the roles into the plate map only.",
                sheet=found.sheet,
                place=(row, column),
                well=found.wells[row],
            )
    _check_controls(harvest, found, column, roles, values)


def _check_controls(
    harvest: Harvest,
    found: WellList,
    column: int,
    roles: Mapping[int, str],
    values: Mapping[WellAddress, float],
) -> None:
    rows = {
        "stimulated": [row for row, role in roles.items() if role in _STIMULATED],
        "unstimulated": [row for row, role in roles.items() if role in _UNSTIMULATED],
    }
    read = {
        name: [values[found.wells[row]] for row in wells if found.wells[row] in values]
        for name, wells in rows.items()
    }
    if not rows["stimulated"]:
        row = min(roles)
        words = "The list names no stimulated control"
        words += " and no unstimulated one." if not rows["unstimulated"] else "."
        hint = "Without stimulated responders no suppression can be computed."
    elif read["stimulated"] and not any(read["stimulated"]):
        row = rows["stimulated"][0]
        words = f"Every stimulated control reads 0 (well {found.wells[row]} first)."
        hint = "Nothing can be divided by zero. Check the export."
    elif (
        read["stimulated"]
        and read["unstimulated"]
        and min(read["unstimulated"]) > max(read["stimulated"])
    ):
        row = rows["unstimulated"][0]
        words = (
            f"Every unstimulated control reads higher ({fmean(read['unstimulated']):.4g} on "
            f"average) than every stimulated one ({fmean(read['stimulated']):.4g})."
        )
        hint = "The two may be swapped, or the plate turned round."
    else:
        return
    harvest.tell(
        Level.WARNING,
        "doubtful_controls",
        words,
        hint=hint,
        sheet=found.sheet,
        place=(row, column),
        well=found.wells[row],
    )
