"""Tecan Magellan and the Sunrise reader: lists of wells, kinetic lists, and grids.

Magellan lets its user choose the columns of an export, so nothing stands at a fixed place; the
settings are lines of free text below the list or above the grid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import (
    DecimalMark,
    clean,
    decimal_mark,
    parse_duration,
    read_cell,
    shorten,
    text_of,
    well_of,
)
from .harvest import Harvest
from .magellan_lines import named_format, settings_of, signs_of, tell_facts
from .measured import assumed_settings, refuse_split, take_block
from .plate_grid import Block, context, find_blocks
from .read_settings import is_not_measured, kind_in_words
from .run_facts import doubt_plate_name
from .well_list import WellList, find_well_lists

_CYCLE = re.compile(r".*/ ?([0-9]+(?:\.[0-9]+)?) ?sec ?/.*", re.IGNORECASE)
_TEMPERATURE_OF = re.compile(r"Meas\. temperature: ?(.+?): ?[0-9.,]+ ?°?C", re.IGNORECASE)
_PLATE = re.compile(r"plate(?: ?(?:id|name|barcode))?|barcode|platte.{0,8}", re.IGNORECASE)


class TecanMagellan:
    """Reads exports of Tecan Magellan and of the Sunrise reader."""

    key: ClassVar[str] = "tecan_magellan"
    title: ClassVar[str] = "Tecan Magellan and Sunrise"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".txt", ".csv")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet has Magellan's name or settings, or Sunrise's first line."""
        for sheet in workbook.sheets:
            reason = signs_of(sheet)
            if reason:
                return Sniff(is_mine=True, reason=reason)
        return Sniff(
            is_mine=False, reason="No sheet has the name or the settings of Tecan Magellan."
        )

    def read(self, workbook: Workbook) -> FileReadings:
        """Return all readings of the sheets that Magellan wrote.

        :raises InputError: if a sheet cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        sheets = [s for s in workbook.sheets if not s.hidden and signs_of(s)]
        for sheet in sheets:
            plate = sheet.name if len(sheets) > 1 else ""
            page = _Page(harvest, sheet, plate, _decimal_mark(sheet))
            tell_facts(harvest, sheet)
            harvest.declared_format = named_format(sheet)
            page.read()
        for sheet in workbook.sheets:
            if sheet not in sheets and sheet.cells and not sheet.hidden:
                harvest.tell(
                    Level.NOTE,
                    "sheet_not_read",
                    f"The sheet '{sheet.name}' is not of Magellan and was not read.",
                    sheet=sheet,
                )
        return harvest.result()


def _decimal_mark(sheet: Sheet) -> DecimalMark:
    cells = sheet.cells.values()
    kinds = {kind_in_words(text_of(cell)) for cell in cells} - {ReadingKind.OTHER}
    return decimal_mark(cells, beside=cells, is_absorbance=kinds == {ReadingKind.ABSORBANCE})


def _is_beside(found: WellList, block: Block) -> bool:
    """Whether a list stands in the rows of a plate block, as samples named S1, S2, … do."""
    return block.corner[0] < found.first_row and found.last_row <= block.last_row


@dataclass(frozen=True, slots=True)
class _Page:
    """One sheet of an export."""

    harvest: Harvest
    sheet: Sheet
    plate: str
    mark: DecimalMark

    def read(self) -> None:
        blocks = find_blocks(self.sheet)
        lists = [
            w
            for w in find_well_lists(self.sheet)
            if self._value_columns(w) and not any(_is_beside(w, block) for block in blocks)
        ]
        cycles = self._cycles()
        if cycles:
            self._read_cycles(cycles)
        elif lists:
            self._read_list(lists)
        else:
            self._read_grids()

    # --- lists of wells ----------------------------------------------------------------------

    def _value_columns(self, found: WellList) -> dict[int, str]:
        """Return the columns of numbers by their headings."""
        columns = {}
        for column in found.other_columns:
            heading = found.heading_of(column)
            cells = [cell for _, cell in found.cells(column)]
            good = sum(
                bool((r := read_cell(c, self.mark)) and r.code != "not_a_number") for c in cells
            )
            if heading and not _PLATE.fullmatch(heading) and 2 * good > len(cells) > 0:
                columns[column] = heading
        return columns

    def _measured(self, columns: dict[int, str]) -> dict[int, str]:
        """Keep the labels whose temperature the file gives, else what is not calculated."""
        lines = (text_of(c) for c in self.sheet.cells.values() if isinstance(c.value, str))
        named = {found[1].strip() for line in lines if (found := _TEMPERATURE_OF.fullmatch(line))}
        measured = {c: h for c, h in columns.items() if h in named} or {
            c: h for c, h in columns.items() if not is_not_measured(h)
        }
        for column, heading in columns.items():
            if column not in measured:
                self.harvest.tell(
                    Level.NOTE,
                    "calculated_column",
                    f"The column '{heading}' is calculated and was not read.",
                    sheet=self.sheet,
                    place=(1, column),
                )
        return measured

    def _read_list(self, lists: list[WellList]) -> None:
        if len(lists) > 1:
            self.harvest.tell(
                Level.ERROR,
                "several_lists",
                "The sheet has several lists of wells: columns "
                + ", ".join(f"'{w.heading}'" for w in lists)
                + ".",
                hint="Export one list of wells to a sheet.",
                sheet=self.sheet,
                place=(lists[1].first_row, lists[1].column),
            )
        found = lists[0]
        columns = self._measured(self._value_columns(found))
        times = self._times(found, columns)
        reads = self._reads_by_label(list(dict.fromkeys(columns.values())), found, list(columns))
        self.harvest.tell_strange(found)
        self.harvest.tell_unfilled(found, columns)
        plates = self._plates(found)
        for row, well in found.wells.items():
            for column, heading in columns.items():
                self._take((row, column), reads[heading], well, times[column], plates[row])

    def _reads_by_label(
        self, labels: list[str], found: WellList, columns: list[int]
    ) -> dict[str, Read]:
        settings = settings_of(self.sheet)
        if len(settings) == 1:
            settings = settings * len(labels)
        if len(settings) != len(labels):
            places = [(row, column) for row in found.wells for column in columns]
            settings = (assumed_settings(self.harvest, self.sheet, places, self.mark),) * len(
                labels
            )
        return {label: s.read(label) for label, s in zip(labels, settings, strict=True)}

    def _times(self, found: WellList, columns: dict[int, str]) -> dict[int, float | None]:
        """Return the time of each column; the only column of a label has none."""
        stated: dict[int, float | datetime | None] = {}
        for column in columns:
            stated[column] = None
            for row in range((found.heading_row or found.first_row) + 1, found.first_row):
                cell = self.sheet.get(row, column)
                if cell is None:
                    continue
                if isinstance(cell.value, datetime):
                    stated[column] = cell.value
                elif (seconds := parse_duration(text_of(cell))) is not None:
                    stated[column] = seconds
        times: dict[int, float | None] = {}
        for label in set(columns.values()):
            mine = [c for c in columns if columns[c] == label]
            start = min((d for c in mine if isinstance(d := stated[c], datetime)), default=None)
            for column in mine:
                when = stated[column]
                if len(mine) == 1:
                    times[column] = None
                elif isinstance(when, datetime) and start is not None:
                    times[column] = (when - start).total_seconds()
                else:
                    times[column] = when if isinstance(when, float) else None
        return times

    def _plates(self, found: WellList) -> dict[int, str]:
        """Return the plate of each row; blank rows belong to the only plate that is named."""
        column = next(
            (c for c in found.other_columns if _PLATE.fullmatch(found.heading_of(c))), None
        )
        if column is None:
            return dict.fromkeys(found.wells, self.plate)
        for row in found.wells:
            doubt_plate_name(self.harvest, self.sheet, (row, column))
        named = {row: text_of(self.sheet.get(row, column)) for row in found.wells}
        names = set(filter(None, named.values()))
        blank = [row for row, name in named.items() if not name]
        if len(names) == 1 and blank and not found.repeats():
            name = names.pop()
            self.harvest.tell(
                Level.NOTE,
                "plate_name_missing",
                f"{len(blank)} rows name no plate; they were taken for the plate '{name}',"
                " which is the only one that is named.",
                hint="Check that the list shows one plate.",
                sheet=self.sheet,
                place=(blank[0], column),
            )
            return dict.fromkeys(found.wells, name)
        return named

    # --- kinetics with a line per cycle ------------------------------------------------------

    def _cycles(self) -> list[float]:
        """Return the seconds of lines such as ``… 16:12:40 / 0 sec / 37.1°C`` above the wells."""
        lines = (text_of(self.sheet.get(row, 1)) for row in range(1, self.sheet.last_row + 1))
        return [float(found[1]) for line in lines if (found := _CYCLE.fullmatch(line))]

    def _read_cycles(self, cycles: list[float]) -> None:
        """Read rows of a well and its values over time, several wells side by side."""
        entries: list[tuple[WellAddress, float, tuple[int, int]]] = []
        for row, cells in self.sheet.rows():
            for column, cell in cells.items():
                well = well_of(cell)
                if well is None:
                    continue
                values = [
                    column + i
                    for i in range(1, len(cycles) + 2)
                    if self._has_value(row, column + i)
                ]
                if values != list(range(column + 1, column + 1 + len(cycles))):
                    if values:
                        self._refuse_cycles(row, column, well, len(values), len(cycles))
                    continue
                entries += [
                    (well, time_s, (row, c)) for c, time_s in zip(values, cycles, strict=True)
                ]
        places = [place for _, _, place in entries]
        read = assumed_settings(
            self.harvest, self.sheet, places, self.mark, settings_of(self.sheet)
        ).read(self.sheet.name)
        for well, time_s, place in entries:
            self._take(place, read, well, time_s, self.plate)

    def _has_value(self, row: int, column: int) -> bool:
        cell = self.sheet.get(row, column)
        if cell is None or well_of(cell) is not None:
            return False
        found = read_cell(cell, self.mark)
        return found is not None and found.code != "not_a_number"

    def _refuse_cycles(
        self, row: int, column: int, well: WellAddress, found: int, expected: int
    ) -> None:
        self.harvest.tell(
            Level.ERROR,
            "cycles_missing",
            f"Well {well} has {found} values, but the sheet lists {expected} times.",
            hint="Export the kinetic measurement again.",
            sheet=self.sheet,
            place=(row, column),
            well=well,
        )

    # --- grids -------------------------------------------------------------------------------

    def _read_grids(self) -> None:
        blocks = find_blocks(self.sheet)
        titled: list[tuple[str, Block]] = []
        for block in blocks:
            texts = context(block, blocks)
            title = next((clean(t) for t, _ in texts if not t.replace(".", "").isdigit()), "")
            is_measured = block.measured_share(self.mark) >= 0.5 and not is_not_measured(title)
            if not is_measured or (not title and len(blocks) > 1):
                self.harvest.tell(
                    Level.NOTE,
                    "block_not_read",
                    f"The block {block.area} ('{title}') is not measured and was not read.",
                    sheet=self.sheet,
                    place=block.corner,
                )
            else:
                titled.append((title, block))
        if not titled:
            self.harvest.tell(
                Level.ERROR,
                "nothing_measured",
                f"The sheet '{shorten(self.sheet.name)}' has no list of wells with headed columns"
                " of values, and no measured plate block.",
                hint="Export the list with its headings, as Magellan writes it.",
                sheet=self.sheet,
            )
        settings = settings_of(self.sheet)
        if len(settings) == 1:
            settings = settings * len(titled)
        for i, (title, block) in enumerate(titled):
            places = [place for _, place, _ in block.filled()]
            one = settings[i] if len(settings) == len(titled) else None
            if one is None:
                one = assumed_settings(self.harvest, self.sheet, places, self.mark)
            refuse_split(self.harvest, block)
            take_block(
                self.harvest, block, one.read(title or self.sheet.name), self.plate, self.mark
            )

    def _take(
        self,
        place: tuple[int, int],
        read: Read,
        well: WellAddress,
        time_s: float | None,
        plate: str,
    ) -> None:
        self.harvest.take(
            self.sheet, place, plate=plate, read=read, well=well, mark=self.mark, time_s=time_s
        )
