"""Meso Scale Discovery Workbench: a table with one row for each spot of a well.

The signal is the reading; adjusted signals, means and concentrations are calculated.
"""

from __future__ import annotations

import re
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import ReadingKind
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import decimal_mark, text_of, well_of
from .harvest import Harvest, some
from .headed_table import HeadedTable, find_headed_tables
from .measured import numbered_read, tell_no_well
from .read_settings import Settings
from .sample_report import key_lines, tell_report_facts
from .table_remarks import tell_again, tell_columns_left, tell_cut_off, words

_WELL, _ASSAY, _SPOT, _SIGNAL = (words(w) for w in ("well", "assay", "spot", "signal"))
_PLANNED = words(r"sample|group|dilution")
_WORKBENCH = words(r"spot|adjusted signal|adj\. sig\. mean|calc\. conc.*|detection range")
_PLATE = re.compile(r"Plate_(?P<name>.+)", re.IGNORECASE)
_RUN = (
    ("serial number", words(r"machine id|serial #|serial number")),
    ("software version", words(r"msd read software version")),
    ("date", words(r"read time")),
    ("plate id", words(r"plate id")),
    ("plate type", words(r"plate type")),
)


class MsdWorkbench:
    """Reads tables of Discovery Workbench."""

    key: ClassVar[str] = "msd_workbench"
    title: ClassVar[str] = "MSD Discovery Workbench"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has assays, wells, signals and what Workbench makes of them."""
        for sheet in workbook.sheets:
            for table in workbench_tables(sheet):
                where = sheet.source(table.heading_row, min(table.headings))
                return Sniff(
                    is_mine=True,
                    reason=f"The row of {where} has the headings 'Assay', 'Well' and 'Signal'.",
                )
        return Sniff(is_mine=False, reason="No table has assays, wells, spots and signals.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the signal of every spot of every well.

        :raises InputError: if there are none, or a row names no well.
        """
        harvest = Harvest(workbook)
        seen: dict[object, int] = {}
        for sheet in workbook.sheets:
            if sheet.hidden:
                continue
            tell_report_facts(harvest, key_lines(sheet), _RUN)
            for table in workbench_tables(sheet):
                _take(harvest, table, seen)
        return harvest.result()


def workbench_tables(sheet: Sheet) -> tuple[HeadedTable, ...]:
    """Return the tables of a sheet that have Workbench's headings, each up to the next plate."""
    plates = _plate_lines(sheet)
    return find_headed_tables(
        sheet,
        lambda heads: (
            all(any(map(p.fullmatch, heads)) for p in (_WELL, _ASSAY, _SIGNAL))
            and any(map(_WORKBENCH.fullmatch, heads))
        ),
        plates.__contains__,
    )


def _take(harvest: Harvest, table: HeadedTable, seen: dict[object, int]) -> None:
    sheet = table.sheet
    wells, signals = table.column(_WELL), table.column(_SIGNAL)
    if wells is None or signals is None:
        return
    plate = _plate_above(harvest, table)
    cells = [cell for row in table.rows if (cell := sheet.get(row, signals)) is not None]
    mark = decimal_mark(cells, beside=sheet.cells.values())
    again: list[str] = []
    empty: list[str] = []
    for row in table.rows:
        well = well_of(sheet.get(row, wells))
        if well is None:
            tell_no_well(harvest, sheet, (row, wells))
            continue
        spot = table.text(row, table.column(_SPOT)).removesuffix(".0")
        label = f"Signal {table.text(row, table.column(_ASSAY))}".strip()
        first = Settings(ReadingKind.LUMINESCENCE).read(f"{label} spot {spot}" if spot else label)
        read = numbered_read(first, seen, (plate, well))
        again += [] if read == first else [str(well)]
        place = (row, signals)
        if not harvest.take(sheet, place, plate=plate, read=read, well=well, mark=mark):
            empty.append(str(well))
    tell_again(harvest, table, "spots", again)
    tell_cut_off(harvest, table, [signals])
    told = (_WELL, _ASSAY, _SPOT, _SIGNAL, _PLANNED)
    left = {c: h for c, h in table.headings.items() if not any(p.fullmatch(h) for p in told)}
    tell_columns_left(harvest, table, left)
    if empty:
        harvest.tell(
            Level.WARNING,
            "empty_wells",
            f"{len(empty)} spots have no signal: {some(empty)}.",
            hint="They have no reading. If they were measured, export the plate again.",
            sheet=sheet,
            place=(table.heading_row, signals),
        )


def _plate_above(harvest: Harvest, table: HeadedTable) -> str:
    """Return the plate that the nearest line above names, such as ``Plate_2BO40AW287``."""
    above = {r: p for r, p in _plate_lines(table.sheet).items() if r < table.heading_row}
    if not above:
        return ""
    row = max(above)
    column, name = above[row]
    harvest.fact("plate id", table.sheet, (row, column), name)
    return name


def _plate_lines(sheet: Sheet) -> dict[int, tuple[int, str]]:
    """Return the lines that name a plate: its column and its name by row."""
    lines: dict[int, tuple[int, str]] = {}
    for row, cells in sheet.rows():
        first = min(cells)
        found = _PLATE.fullmatch(text_of(cells[first]))
        if found:
            lines[row] = first, found["name"].strip()
    return lines
