"""Tecan SparkControl (Spark readers): workbooks and text exports.

Endpoint grids and lists, kinetics and wavelength scans.  Every read is announced by a group of
settings; its values follow below, or further down under its name.  What people typed beside and
below the tables is named and not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import ReadingKind, WellAddress
from lims_msc.domain.workbook import Workbook

from .cells import DecimalMark, decimal_mark, parse_number, read_cell, shorten, text_of, well_of
from .harvest import Harvest, some
from .icontrol_sections import Export, exports_of, plate_names
from .kinetic_block import TimedBlock
from .measured import refuse_split, take_block, take_timed, tell_uneven
from .plate_grid import Block, declared_format
from .read_settings import Settings, is_not_measured
from .spark_sections import Announced, Axis, announced_reads, tell_facts
from .spark_tables import PlacedList, Scan, Table, find_tables
from .well_region import within

_PROGRAM = re.compile(r"[^:]{2,30}: ?SparkControl", re.IGNORECASE)
_REFERENCE = re.compile(r"referen[cz]|riferimento|référence", re.IGNORECASE)
_CALCULATED = re.compile(
    r"differen[cz]|différence|polari[sz]ation|anisotrop|total intensity|reduc|reduz", re.IGNORECASE
)
_FEWEST_CELLS = 2
_GAP_ROWS = 3


class TecanSparkControl:
    """Reads exports of Tecan SparkControl."""

    key: ClassVar[str] = "tecan_sparkcontrol"
    title: ClassVar[str] = "Tecan SparkControl"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xlsx", ".xls", ".csv", ".txt")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet has the program line of SparkControl."""
        for sheet in workbook.sheets:
            for export in exports_of(sheet, _PROGRAM):
                place = (export.first_row, export.column)
                return Sniff(
                    is_mine=True,
                    reason=f"{sheet.source(*place)} says '{text_of(sheet.get(*place))[:60]}'.",
                )
        return Sniff(is_mine=False, reason="No cell names SparkControl as the program.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return all readings of all exports in the file.

        :raises InputError: if a table cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        exports = [
            export
            for sheet in workbook.sheets
            if not sheet.hidden
            for export in exports_of(sheet, _PROGRAM)
        ]
        for export, plate in zip(exports, plate_names(exports), strict=True):
            tell_facts(harvest, export)
            harvest.declared_format = declared_format(export.plate_type)
            _Page(harvest, export, plate).read()
        return harvest.result()


@dataclass(frozen=True, slots=True)
class _Page:
    """One export: its announced reads and its tables."""

    harvest: Harvest
    export: Export
    plate: str
    _used: Counter[str] = field(default_factory=Counter)

    def read(self) -> None:
        reads = announced_reads(self.export)
        mark = self._decimal_mark(reads)
        tables = find_tables(self.export, mark)
        owners = [_read_of(table, reads) for table in tables]
        counts = Counter(read.first_row for read in owners if read is not None)
        for table, read in zip(tables, owners, strict=True):
            if read is None:
                self._tell_unannounced(table)
                continue
            self._take(table, read, mark, is_alone=counts[read.first_row] == 1)
            self._refuse_gap(table, mark)
        for read in reads:
            if read.first_row not in counts:
                self._tell_missing(read)
        self._tell_typed(tables)

    def _decimal_mark(self, reads: list[Announced]) -> DecimalMark:
        """Find the decimal mark; the temperatures help where the readings do not."""
        sheet = self.export.sheet
        cells = [cell for (row, _), cell in sheet.cells.items() if self.export.holds(row)]
        kinds = {read.settings.kind for read in reads}
        return decimal_mark(cells, beside=cells, is_absorbance=kinds == {ReadingKind.ABSORBANCE})

    # --- taking ------------------------------------------------------------------------------

    def _take(
        self, table: Table, announced: Announced, mark: DecimalMark, *, is_alone: bool
    ) -> None:
        named = self._named(table, announced, is_alone=is_alone)
        if named is None:
            return
        label, settings = named
        data = table.data
        self._compare_wells(table, announced)
        if isinstance(data, Block):
            refuse_split(self.harvest, data)
            block = within(data, announced.wells)
            take_block(self.harvest, block, settings.read(label), self.plate, mark)
        elif isinstance(data, TimedBlock):
            take_timed(self.harvest, data, settings.read(label), self.plate, mark)
            self._tell_cycles(data, mark)
        elif isinstance(data, PlacedList):
            for well, place in data.entries:
                self._one(place, settings, label, well, mark)
        else:
            self._scan(data, announced, label, mark)
        if isinstance(data, TimedBlock | Scan):
            sheet = self.export.sheet
            wells = [entry[0] for entry in data.entries if text_of(sheet.get(*entry[-1]))]
            tell_uneven(self.harvest, sheet, data.first_row, wells)

    def _named(
        self, table: Table, announced: Announced, *, is_alone: bool
    ) -> tuple[str, Settings] | None:
        """Return label and settings of a table; ``None`` where its title says it is calculated.

        A title tells the tables of a read apart; above the only one it is a note of somebody.
        """
        name, title = announced.name or "Read", table.title
        settings = announced.settings
        if title and title != announced.name:
            if _CALCULATED.search(title) or is_not_measured(title):
                self._note("calculated", f"'{shorten(title)}' is calculated, not imported.", table)
                return None
            if _REFERENCE.search(title):
                settings = replace(settings, wavelength_nm=announced.reference_nm)
            if not is_alone:
                name = f"{name}: {title}"
        self._used[name] += 1
        times = self._used[name]
        return (name if times == 1 else f"{name} [{times}]"), settings

    def _scan(self, scan: Scan, announced: Announced, label: str, mark: DecimalMark) -> None:
        for well, wavelength_nm, place in scan.entries:
            settings = announced.settings
            if announced.scanned is Axis.EMISSION:
                settings = replace(settings, emission_nm=wavelength_nm)
            else:
                settings = replace(settings, wavelength_nm=wavelength_nm)
            self._one(place, settings, label, well, mark)
        found = len({wavelength_nm for _, wavelength_nm, _ in scan.entries})
        if announced.points is not None and found < announced.points:
            self.harvest.tell(
                Level.WARNING,
                "wavelengths_missing",
                f"The scan has {found} wavelengths, but {announced.points} were announced.",
                hint="Export the scan again if it should be whole.",
                sheet=scan.sheet,
                place=(scan.first_row, self.export.column),
            )
        for place in scan.unclear:
            self.harvest.tell(
                Level.ERROR,
                "no_wavelength",
                f"'{shorten(text_of(scan.sheet.get(*place)))}' is not a wavelength of the scan.",
                hint="Expected a number in nm. Export the scan again.",
                sheet=scan.sheet,
                place=place,
            )

    def _one(
        self,
        place: tuple[int, int],
        settings: Settings,
        label: str,
        well: WellAddress,
        mark: DecimalMark,
    ) -> None:
        self.harvest.take(
            self.export.sheet,
            place,
            plate=self.plate,
            read=settings.read(label),
            well=well,
            mark=mark,
        )

    # --- telling -----------------------------------------------------------------------------

    def _note(self, code: str, message: str, table: Table) -> None:
        place = (table.first_row, self.export.column)
        self.harvest.tell(Level.NOTE, code, message, sheet=self.export.sheet, place=place)

    def _tell_unannounced(self, table: Table) -> None:
        self.harvest.tell(
            Level.ERROR,
            "table_without_settings",
            "The table has no settings above it that say what was measured.",
            hint="Upload the export as SparkControl wrote it, with all of its lines.",
            sheet=self.export.sheet,
            place=(table.first_row, self.export.column),
        )

    def _tell_missing(self, read: Announced) -> None:
        self.harvest.tell(
            Level.ERROR,
            "section_without_readings",
            f"The measurement '{shorten(read.name)}' has no values in a form that is known.",
            hint="Check that the measurement was finished, and export it again.",
            sheet=self.export.sheet,
            place=(read.first_row, self.export.column),
        )

    def _compare_wells(self, table: Table, announced: Announced) -> None:
        """Name wells that have values though the method does not read them, and the reverse."""
        if not announced.wells:
            return
        sheet, places = self.export.sheet, dict(_places(table))
        filled = {well for well, place in places.items() if text_of(sheet.get(*place))}
        self._tell_wells(
            "outside_part_of_plate",
            filled - announced.wells,
            "have values, but the method does not read them.",
            "Check whether somebody typed them in.",
            table,
        )
        # The empty wells of a grid are named with the grid.
        known = set(places) if isinstance(table.data, Block) else filled
        self._tell_wells(
            "wells_missing",
            announced.wells - known,
            "are read by the method, but the table does not have them.",
            "If they were measured, export the plate again.",
            table,
        )

    def _tell_wells(
        self, code: str, wells: AbstractSet[WellAddress], what: str, hint: str, table: Table
    ) -> None:
        if not wells:
            return
        first = min(wells)
        place = dict(_places(table)).get(first, (table.first_row, self.export.column))
        self.harvest.tell(
            Level.WARNING,
            code,
            f"Wells {some(map(str, sorted(wells)))} {what}",
            hint=hint,
            sheet=self.export.sheet,
            place=place,
            well=first,
        )

    def _refuse_gap(self, table: Table, mark: DecimalMark) -> None:
        """Refuse a table that goes on below a row that somebody put in."""
        sheet = self.export.sheet
        columns = {place[1] for _, place in _places(table)}
        for row in range(table.last_row + 1, table.last_row + 1 + _GAP_ROWS):
            key = sheet.get(row, self.export.column)
            is_line = text_of(key) and self.export.value_place(row)
            if is_line and parse_number(text_of(key), mark) is None and well_of(key) is None:
                return
            cells = (sheet.get(row, column) for column in columns)
            found = [read_cell(cell, mark) for cell in cells if cell is not None]
            good = sum(r is not None and r.code != "not_a_number" for r in found)
            if 2 * good >= len(columns) > 0:
                self.harvest.tell(
                    Level.ERROR,
                    "table_interrupted",
                    f"The table ends in row {table.last_row}, but row {row} seems to belong to it.",
                    hint="Remove the rows that were put in, and upload the file again.",
                    sheet=sheet,
                    place=(row, min(columns)),
                )
                return

    def _tell_cycles(self, block: TimedBlock, mark: DecimalMark) -> None:
        """Tell that cycles are missing where the numbers of the cycles leave some out."""
        sheet, column = block.sheet, self.export.column
        down = {(row, column) for _, _, (row, _) in block.entries if row > block.first_row}
        across = {(block.first_row - 1, c) for _, _, (_, c) in block.entries}
        for places in (down, across):
            stated = (parse_number(text_of(sheet.get(*place)), mark) for place in sorted(places))
            numbers = [number for number in stated if number is not None]
            if len(numbers) == len(places) and numbers != list(range(1, len(numbers) + 1)):
                self.harvest.tell(
                    Level.WARNING,
                    "cycles_missing",
                    f"The cycles go from {numbers[0]:g} to {numbers[-1]:g}, but there are"
                    f" {len(numbers)} of them.",
                    hint="Export the kinetic measurement again if it should be whole.",
                    sheet=sheet,
                    place=min(places),
                )

    def _tell_typed(self, tables: list[Table]) -> None:
        """Name what stands beside and below the tables; it is not of the instrument."""
        rows = dict(self.export.sheet.rows())
        for table in tables:
            last_column = table.last_column
            beside = [
                (row, column)
                for row in range(table.first_row, table.last_row + 1)
                for column, cell in rows.get(row, {}).items()
                if column > last_column
                and (cell.is_formula or text_of(cell))
                and well_of(cell) is None
            ]
            if beside and not isinstance(table.data, PlacedList):
                self._tell_not_read("beside the table", beside)
        last = max((table.last_row for table in tables), default=self.export.last_row)
        below = [
            (row, min(cells))
            for row, cells in rows.items()
            if last < row <= self.export.last_row
            and sum(bool(text_of(cell)) for cell in cells.values()) > _FEWEST_CELLS
        ]
        if below:
            self._tell_not_read("below the tables", below)

    def _tell_not_read(self, where: str, places: list[tuple[int, int]]) -> None:
        sheet = self.export.sheet
        self.harvest.tell(
            Level.NOTE,
            "typed_not_read",
            f"What stands {where} from {sheet.address(*places[0])} to"
            f" {sheet.address(*places[-1])} is no measured value and was not imported.",
            sheet=sheet,
            place=places[0],
        )


def _read_of(table: Table, reads: list[Announced]) -> Announced | None:
    """Return the last read above a table that has its title as name, else the last one at all.

    Kinetics of several reads announce all of them first; then each table carries a name.
    """
    above = [read for read in reads if read.first_row < table.first_row]
    named = [read for read in above if table.title and read.name == table.title]
    fitting = named or above
    return fitting[-1] if fitting else None


def _places(table: Table) -> list[tuple[WellAddress, tuple[int, int]]]:
    if isinstance(table.data, Block):
        return list(table.data.places.items())
    return [(entry[0], entry[-1]) for entry in table.data.entries]
