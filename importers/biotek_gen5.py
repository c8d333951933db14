"""Agilent BioTek Gen5: text and Excel exports of endpoints, kinetics, spectra and area scans.

A page is one plate; several follow each other in a file or stand on sheets of their own.  Layouts
and everything that Gen5 calculated are named and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import ReadingKind, WellAddress
from lims_msc.domain.workbook import Cell, Sheet, Workbook

from .cells import (
    LONGEST_NM,
    SHORTEST_NM,
    DecimalMark,
    decimal_mark,
    parse_number,
    seconds_of,
    shorten,
    text_of,
)
from .gen5_doubts import (
    Placed,
    tell_difference,
    tell_loose,
    tell_missing_points,
    tell_missing_rows,
    tell_nothing,
    tell_times,
)
from .gen5_labels import settings_of
from .gen5_pages import Page, Step, in_celsius, pages_of, signs_of, steps_of, tell_facts
from .gen5_tables import Columns, Matrix, Place, Shape, Tables, Titled
from .harvest import Harvest
from .icontrol_sections import told_apart
from .measured import take_block, tell_uneven
from .read_settings import Settings, is_not_measured
from .well_region import within

# Excel under another language takes 1.073 for 1073 and leaves 0.973 as text.  The numbers can
# still be shown as they stand; the error keeps the file from being accepted.
_READABLE = frozenset({"decimal_mark_lost"})
_TEMPERATURE = re.compile(r"T\S? ?(?P<label>.*)")
_SECONDS_PER_DAY = 86_400.0

Entry = tuple[WellAddress, Place, float | None]


class BioTekGen5:
    """Reads exports of Agilent BioTek Gen5."""

    key: ClassVar[str] = "biotek_gen5"
    title: ClassVar[str] = "Agilent BioTek Gen5"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".txt", ".xlsx", ".xls", ".csv")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet has keys that only Gen5 prints."""
        for sheet in workbook.sheets:
            signs = signs_of(sheet)
            if signs:
                told = [repr(text_of(sheet.get(*place)))[:60] for place in signs.values()][:2]
                return Sniff(is_mine=True, reason=f"The file has the lines {' and '.join(told)}.")
        return Sniff(is_mine=False, reason="No sheet has the lines at the head of a Gen5 export.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return all readings of all plates in the file.

        :raises InputError: if a table cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        pages: list[Page] = []
        for sheet in workbook.sheets:
            here = [] if sheet.hidden else pages_of(sheet)
            pages += here
            if not here and sheet.cells and not sheet.hidden:
                message = f"The sheet '{shorten(sheet.name)}' is not of Gen5 and was not read."
                harvest.tell(Level.WARNING, "sheet_not_read", message, sheet=sheet)
        names = told_apart(page.name or _fallback(page, len(pages)) for page in pages)
        steps: list[Step] = []
        for page, plate in zip(pages, names, strict=True):
            tables = Tables(page).find()
            tell_facts(harvest, page, tables.first_row)
            # Later plates of an experiment may leave the procedure out.
            steps = steps_of(page, tables.first_row) or steps
            _PageReading(harvest, page, plate, tables, steps).read()
        return harvest.result(readable=_READABLE)


def _fallback(page: Page, pages: int) -> str:
    return page.sheet.name if pages > 1 else ""


@dataclass(slots=True)
class _PageReading:
    """One page while it is read."""

    harvest: Harvest
    page: Page
    plate: str
    tables: Tables
    steps: list[Step]
    mark: DecimalMark = DecimalMark.UNKNOWN
    taken: dict[str, Placed] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    @property
    def sheet(self) -> Sheet:
        """The sheet of the page."""
        return self.page.sheet

    def read(self) -> None:
        cells = [cell for row in self.page.rows.values() for cell in row.values()]
        is_absorbance = self._kinds() == {ReadingKind.ABSORBANCE}
        self.mark = decimal_mark(cells, beside=cells, is_absorbance=is_absorbance)
        for titled in self.tables.found:
            if isinstance(titled.table, Matrix):
                self._matrix(titled, titled.table)
            elif isinstance(titled.table, Columns):
                self._columns(titled, titled.table)
            else:
                self._well_rows(titled)
        if not self.taken:
            tell_nothing(self.harvest, self.tables, self.plate, self.told, self.mark)
        tell_loose(self.harvest, self.tables, self.mark)

    def _kinds(self) -> set[ReadingKind]:
        """Return the kinds that the labels of the page name."""
        labels: set[str] = set()
        for titled in self.tables.found:
            labels.add(titled.title)
            if isinstance(titled.table, Matrix):
                labels |= {label for label, *_ in titled.table.blocks}
        found = (settings_of(label, self.steps) for label in labels if label)
        return {settings.kind for settings in found if settings is not None}

    # --- the shapes of tables ----------------------------------------------------------------

    def _matrix(self, titled: Titled, matrix: Matrix) -> None:
        for printed, place, block in matrix.blocks:
            label, number = _numbered(printed)
            named = label or titled.title
            settings = self._settings(titled.title, named)
            if settings is None:
                self._tell_not_measured(titled.title, named, place, is_labelled=bool(label))
                continue
            entries: list[Entry] = [(well, at, None) for well, at, _ in block.filled()]
            final = self._label(f"{named}{number}", entries, is_list=False)
            if final:
                region = self._region(settings)
                read = settings.read(final)
                take_block(self.harvest, within(block, region), read, self.plate, self.mark)
                tell_missing_rows(self.harvest, block, final, region)

    def _settings(self, title: str, label: str) -> Settings | None:
        """Return how a line was measured; nothing below the title of a layout was."""
        if is_not_measured(title) and not settings_of(title, self.steps):
            return None
        return settings_of(label, self.steps)

    def _columns(self, titled: Titled, table: Columns) -> None:
        if table.shape is Shape.READS:
            self._lines_of_reads(titled, table)
            return
        heading = _heading_label(table)
        label = titled.title or heading
        settings = settings_of(label, self.steps) or self._only_channel(label)
        label = label or (self.steps[0].name if self.steps else "") or "Read"
        if settings is None or is_not_measured(heading):
            place = titled.title_at if titled.title else (table.first_row, table.key_column)
            self._tell_not_measured("", label, place, is_labelled=True)
            return
        self._tell_uneven(table)
        if table.shape is Shape.CYCLES:
            self._cycles(label, settings, table)
            return
        announced = [step.wavelengths for step in self.steps if settings in step.channels]
        announced += [step.wavelengths for step in self.steps if step.is_spectrum]
        tell_missing_points(self.harvest, self.page, table, (announced or [None])[0])
        if table.shape is Shape.WAVELENGTHS:
            self._spectrum(label, settings, table)
        else:
            self._points(label, settings, table)

    def _only_channel(self, label: str) -> Settings | None:
        """Return the only channel of the procedure, for a table that has no label."""
        channels = [channel for step in self.steps for channel in step.channels]
        return channels[0] if not label and len(channels) == 1 else None

    def _cycles(self, label: str, settings: Settings, table: Columns) -> None:
        times = dict(_times(table, self.sheet, self.mark))
        tell_times(self.harvest, self.page, table, times)
        entries: list[Entry] = [
            (well, (row, column), times.get(row))
            for row in table.rows
            for column, well in table.wells.items()
        ]
        untimed = [entry for entry in entries if entry[2] is None]
        for well, place, _ in untimed:
            self._error("no_time", "The value stands in a cycle without a time.", place, well)
        self._take(label, settings, [entry for entry in entries if entry[2] is not None])
        for column, text in table.sides.items():
            if _TEMPERATURE.fullmatch(text) and column != table.key_column and table.rows:
                place = (table.rows[0], column)
                value = in_celsius(text_of(self.sheet.get(*place)))
                self.harvest.fact("temperature", self.sheet, place, value)

    def _spectrum(self, label: str, settings: Settings, table: Columns) -> None:
        for row in table.rows:
            place = (row, table.key_column)
            wavelength_nm = _wavelength(self.sheet.get(*place), self.mark)
            if wavelength_nm is None:
                text = text_of(self.sheet.get(*place))
                self._error("no_wavelength", f"'{shorten(text)}' is not a wavelength.", place)
                continue
            if settings.wavelength_nm is not None and settings.kind is ReadingKind.FLUORESCENCE:
                at = replace(settings, emission_nm=wavelength_nm)
            else:
                at = replace(settings, wavelength_nm=wavelength_nm)
            self._row(label, at, table, row, f" {wavelength_nm:g}")

    def _points(self, label: str, settings: Settings, table: Columns) -> None:
        sides = [c for c in table.sides if text_of(self.sheet.get(table.first_row, c))]
        for row in table.rows:
            texts = [text_of(self.sheet.get(row, column)) for column in sides]
            point = ",".join(texts)
            if not all(text.isdecimal() for text in texts):
                self._error("no_point", f"'{point}' is no point of the scan.", (row, sides[0]))
                continue
            self._row(f"{label} [{point}]", settings, table, row)

    def _lines_of_reads(self, titled: Titled, table: Columns) -> None:
        for row in table.rows:
            place = (row, table.key_column)
            label = text_of(self.sheet.get(*place))
            settings = self._settings(titled.title, label)
            if settings is None:
                self._tell_not_measured(titled.title, label, place, is_labelled=True)
            else:
                self._row(label, settings, table, row)

    def _tell_uneven(self, table: Columns) -> None:
        wells = [
            well
            for row in table.rows
            for column, well in table.wells.items()
            if text_of(self.sheet.get(row, column))
        ]
        tell_uneven(self.harvest, self.sheet, table.first_row, wells)

    def _row(
        self, label: str, settings: Settings, table: Columns, row: int, part: str = ""
    ) -> None:
        entries: list[Entry] = [(w, (row, column), None) for column, w in table.wells.items()]
        self._take(label, settings, entries, part)

    def _well_rows(self, titled: Titled) -> None:
        table = titled.table
        if isinstance(table, Matrix | Columns):
            return
        for column, heading in table.headings.items():
            settings = self._settings(titled.title, heading)
            place = (table.first_row, column)
            if settings is None:
                self._tell_not_measured(titled.title, heading, place, is_labelled=True)
                continue
            entries: list[Entry] = [(w, (row, column), None) for row, w in table.wells.items()]
            self._take(heading, settings, entries, is_list=True)

    # --- taking ------------------------------------------------------------------------------

    def _take(
        self,
        label: str,
        settings: Settings,
        entries: list[Entry],
        part: str = "",
        *,
        is_list: bool = False,
    ) -> None:
        filled = [e for e in entries if text_of(self.sheet.get(*e[1]))]
        final = self._label(label + part, filled, is_list=is_list)
        if final:
            read = settings.read(final.removesuffix(part) if part else final)
            for well, place, time_s in filled:
                self.harvest.take(
                    self.sheet,
                    place,
                    plate=self.plate,
                    read=read,
                    well=well,
                    mark=self.mark,
                    time_s=time_s,
                )

    def _label(self, label: str, entries: list[Entry], *, is_list: bool) -> str:
        """Return the label under which readings are kept; empty if they stand elsewhere too.

        A list beside a matrix repeats it; another table of the same shape is another read.
        """
        keys = {(well, time_s): place for well, place, time_s in entries}
        number, final = 1, label
        while self.taken.get(final, {}).keys() & keys.keys():
            if is_list:
                tell_difference(self.harvest, self.sheet, label, self.taken[final], keys)
                return ""
            number += 1
            final = f"{label} [{number}]"
        self.taken.setdefault(final, {}).update(keys)
        return final

    def _region(self, settings: Settings) -> frozenset[WellAddress]:
        """Return the wells that the read takes; empty where the procedure does not name them."""
        regions = {step.wells for step in self.steps if settings in step.channels}
        return regions.pop() if len(regions) == 1 else frozenset()

    # --- telling -----------------------------------------------------------------------------

    def _error(
        self, code: str, message: str, place: Place, well: WellAddress | None = None
    ) -> None:
        self.harvest.tell(
            Level.ERROR,
            code,
            message,
            hint="Export the plate from Gen5 again.",
            sheet=self.sheet,
            place=place,
            well=well,
        )

    def _tell_not_measured(
        self, title: str, label: str, place: Place, *, is_labelled: bool
    ) -> None:
        """Name once what was calculated or planned; a line without a name is an error."""
        if not is_labelled and not is_not_measured(title):
            message = f"The lines below '{shorten(title)}' have no label that names a read."
            self._error("no_label", message, place)
        elif label not in self.told and settings_of(label, ()) and not is_not_measured(title):
            self.told.add(label)
            self.harvest.tell(
                Level.WARNING,
                "read_unknown",
                f"'{shorten(label)}' looks like a read, but the procedure has none of that name:"
                " not imported.",
                hint="Check the procedure in the file.",
                sheet=self.sheet,
                place=place,
            )
        elif label not in self.told:
            self.told.add(label)
            message = f"'{shorten(label)}' was calculated or planned, not measured: not imported."
            self.harvest.tell(Level.NOTE, "not_measured", message, sheet=self.sheet, place=place)


def _heading_label(table: Columns) -> str:
    """Return the label in the heading of the temperatures, such as ``T° 600``."""
    for column, text in table.sides.items():
        found = _TEMPERATURE.fullmatch(text)
        if found and column != table.key_column:
            return found["label"].strip()
    return ""


def _numbered(label: str) -> tuple[str, str]:
    """Split the number that tells lines of one label apart from the label."""
    found = re.fullmatch(r"(.*?)( \[[2-9]\])", label)
    return (found[1], found[2]) if found else (label, "")


def _times(table: Columns, sheet: Sheet, mark: DecimalMark) -> Iterator[tuple[int, float]]:
    """Yield the seconds of each row; a first time that is left empty is zero."""
    for number, row in enumerate(table.rows):
        cell = sheet.get(row, table.key_column)
        if cell is None or not text_of(cell):
            if number == 0:
                yield row, 0.0
            continue
        # Gen5 writes no bare numbers: one is a time cell that lost its format, in days.
        time_s = seconds_of(cell, _SECONDS_PER_DAY, mark)
        if time_s is not None:
            yield row, time_s


def _wavelength(cell: Cell | None, mark: DecimalMark) -> float | None:
    value = parse_number(text_of(cell), mark)
    if value is None or not SHORTEST_NM <= value <= LONGEST_NM:
        return None
    return round(value, 3)
