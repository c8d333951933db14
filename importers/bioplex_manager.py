"""Bio-Rad Bio-Plex Manager: one sheet for each analyte, with one row a well or replicate group.

Fluorescence intensities are readings.  What was made of them (less the background, observed
concentrations) is not.
"""

from __future__ import annotations

import re
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Marker, ReadingKind, WellAddress
from lims_msc.domain.workbook import Cell, Sheet, Workbook
from lims_msc.errors import InputError

from .cells import CellReading, DecimalMark, decimal_mark, read_cell, shorten, text_of
from .harvest import Harvest, some
from .headed_table import HeadedTable, find_headed_tables
from .measured import tell_no_well
from .read_settings import Settings
from .sample_report import KeyLines, key_lines, tell_report_facts
from .table_remarks import tell_columns_left, words

_WELL, _INTENSITY, _ANALYTE = words(r"wells?"), words(r"fi"), words(r"analyte")
_ERRORS, _PLANNED = words(r"sampling errors"), words(r"type|description")
_RESULTS = words(r"fi - bkgd|obs conc|exp conc|bead count|sampling errors")
_PLATE = words(r"plate id")
_RUN = (
    ("serial number", words(r"reader serial number")),
    ("date", words(r"acquisition date")),
    ("plate id", _PLATE),
    ("file", words(r"file name")),
    ("user", words(r"signed by")),
    ("software version", words(r"software version")),
)
_BETWEEN_WELLS = re.compile(r"[,;] ?")


class BioPlexManager:
    """Reads exports of Bio-Plex Manager."""

    key: ClassVar[str] = "bioplex_manager"
    title: ClassVar[str] = "Bio-Rad Bio-Plex Manager"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xls", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has types, wells, FI and what Bio-Plex Manager makes of them."""
        for sheet in workbook.sheets:
            for table in _tables(sheet):
                where = sheet.source(table.heading_row, min(table.headings))
                return Sniff(
                    is_mine=True,
                    reason=f"The row of {where} has the headings 'Type', 'Well' and 'FI'.",
                )
        return Sniff(is_mine=False, reason="No table has types, wells and 'FI' of an analyte.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the fluorescence of every well or replicate group, for each analyte.

        :raises InputError: if there are none, or a row names no well.
        """
        harvest = Harvest(workbook)
        found = [(t, key_lines(s)) for s in workbook.sheets if not s.hidden for t in _tables(s)]
        names = {lines.text(_PLATE) for _, lines in found}
        for table, lines in found:
            tell_report_facts(harvest, lines, _RUN)
            # One plate is the plate of the file; several are told apart by their IDs.
            plate = lines.text(_PLATE) if len(names) > 1 else ""
            _take(harvest, table, lines, plate)
        return harvest.result()


def _tables(sheet: Sheet) -> tuple[HeadedTable, ...]:
    return find_headed_tables(
        sheet,
        lambda heads: (
            "type" in heads
            and any(map(_WELL.fullmatch, heads))
            and any(map(_INTENSITY.fullmatch, heads))
            and any(map(_RESULTS.fullmatch, heads))
        ),
    )


def _take(harvest: Harvest, table: HeadedTable, lines: KeyLines, plate: str) -> None:
    sheet = table.sheet
    wells, values = table.column(_WELL), table.column(_INTENSITY)
    if wells is None or values is None:
        return
    named = lines.text(_ANALYTE) or sheet.name
    cells = [cell for row in table.rows if (cell := sheet.get(row, values)) is not None]
    mark = decimal_mark(cells, beside=sheet.cells.values())
    empty: list[str] = []
    groups: list[str] = []
    for row in table.rows:
        text = table.text(row, wells)
        if not text and not table.text(row, values):
            continue  # A footnote.
        found = _wells_of(text)
        if not found:
            tell_no_well(harvest, sheet, (row, wells))
            continue
        analyte = table.text(row, table.column(_ANALYTE)) or named
        is_taken = harvest.take(
            sheet,
            (row, values),
            plate=plate,
            read=Settings(ReadingKind.FLUORESCENCE).read(f"FI {analyte}"),
            well=found[0] if len(found) == 1 else None,
            sample="" if len(found) == 1 else ",".join(map(str, found)),
            mark=mark,
            reader=_read_intensity,
        )
        empty += [] if is_taken else [text]
        groups += [text] if len(found) > 1 else []
        _tell_errors(harvest, table, row, text)
    _tell_left(harvest, table, empty, values)
    if groups:
        harvest.tell(
            Level.NOTE,
            "group_means",
            f"The file gives means of replicate wells, not the wells: {some(groups)}.",
            hint="To import single wells, export without grouping replicates.",
            sheet=sheet,
            place=(table.heading_row, wells),
        )


def _wells_of(text: str) -> tuple[WellAddress, ...]:
    """Return the wells of a row: one, or those of a group such as ``A1,B1``; else none."""
    try:
        return tuple(WellAddress.parse(part) for part in _BETWEEN_WELLS.split(text))
    except InputError:
        return ()


def _read_intensity(cell: Cell, mark: DecimalMark) -> CellReading | None:
    """Read an intensity; the program's footnotes say what its stars and dashes mean."""
    text = text_of(cell)
    if text == "***":
        return CellReading(marker=Marker.MISSING, code="marker", problem="holds '***' (no value)")
    if text == "---":
        return CellReading(marker=Marker.MASKED, code="marker", problem="holds '---' (an outlier)")
    return read_cell(cell, mark)


def _tell_errors(harvest: Harvest, table: HeadedTable, row: int, wells: str) -> None:
    column = table.column(_ERRORS)
    text = table.text(row, column)
    if column is not None and text:
        harvest.tell(
            Level.WARNING,
            "instrument_remark",
            f"The instrument reports sampling errors for {wells}: {shorten(text)}.",
            hint="The footnotes of the sheet say what the numbers mean.",
            sheet=table.sheet,
            place=(row, column),
        )


def _tell_left(harvest: Harvest, table: HeadedTable, empty: list[str], values: int) -> None:
    """Name the wells without a value and the calculated columns."""
    if empty:
        harvest.tell(
            Level.WARNING,
            "empty_wells",
            f"{len(empty)} rows have no fluorescence: {some(empty)}.",
            hint="They have no reading. If they were measured, export the plate again.",
            sheet=table.sheet,
            place=(table.heading_row, values),
        )
    others = (_INTENSITY, _WELL, _ANALYTE, _ERRORS, _PLANNED)
    left = {c: h for c, h in table.headings.items() if not any(p.fullmatch(h) for p in others)}
    tell_columns_left(harvest, table, left)
