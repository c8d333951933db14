"""Molecular Devices SoftMax Pro (SpectraMax, VersaMax, EMax): text exports, also saved as CSV.

A file is a row of sections.  Plates are read from their raw table; the reduced copy below it and
the group tables are calculated.  A file with group tables alone is read from the column of well
values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import DecimalMark, decimal_mark, parse_number, shorten, text_of
from .harvest import Harvest, some
from .measured import tell_unknown_kind
from .read_settings import UNITS
from .softmax_groups import read_groups
from .softmax_plate import Entry, Place, RawTable, raw_table
from .softmax_sections import BLOCKS, SAVED, PlateLine, Section, plate_line, sections_of
from .softmax_steps import step_seconds

_POINT = DecimalMark.POINT


class SoftMaxPro:
    """Reads exports of SoftMax Pro."""

    key: ClassVar[str] = "softmax_pro"
    title: ClassVar[str] = "Molecular Devices SoftMax Pro"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".txt", ".csv", ".xls", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet counts its blocks or has a plate line as SoftMax Pro writes them."""
        for sheet in workbook.sheets:
            reason = _signs(sheet)
            if reason:
                return Sniff(is_mine=True, reason=reason)
        return Sniff(is_mine=False, reason="No line counts blocks or opens a plate of SoftMax Pro.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all plates, or of the group tables where there is no plate.

        :raises InputError: if a plate cannot be read with certainty; carries all findings.
        """
        harvest = Harvest(workbook)
        sections = [s for sheet in workbook.sheets if _is_read(sheet) for s in sections_of(sheet)]
        for sheet in workbook.sheets:
            if _is_read(sheet):
                _tell_file(harvest, sheet, [s for s in sections if s.sheet is sheet])
        plates = [(s, line) for s in sections if s.kind == "plate" if (line := plate_line(s))]
        names = _told_apart([line.name for _, line in plates])
        for (section, line), name in zip(plates, names, strict=True):
            _read_plate(harvest, section, line, name)
        groups = [s for s in sections if s.kind == "group"]
        if plates:
            for group in groups:
                harvest.tell(
                    Level.NOTE,
                    "group_not_read",
                    f"The group table '{shorten(group.title)}' is calculated and was not read.",
                    sheet=group.sheet,
                    place=(group.first_row, group.column),
                )
        else:
            read_groups(harvest, groups)
        return harvest.result()


def _signs(sheet: Sheet) -> str:
    for row, cells in sheet.rows():
        text = text_of(cells[min(cells)])
        if BLOCKS.fullmatch(text):
            return f"{sheet.source(row, min(cells))} says '{text}'."
    for section in sections_of(sheet):
        if section.kind == "plate" and plate_line(section):
            place = sheet.source(section.first_row, section.column)
            return f"{place} opens the plate '{shorten(section.title)}'."
    return ""


def _is_read(sheet: Sheet) -> bool:
    return not sheet.hidden and bool(_signs(sheet))


def _tell_stray(harvest: Harvest, sheet: Sheet, sections: Sequence[Section]) -> None:
    """Refuse lines of numbers between the sections; their first line was lost."""
    inside = {row for s in sections for row in range(s.first_row, s.last_row + 1)}
    for row, cells in sheet.rows():
        numbers = [
            c for c, cell in cells.items() if parse_number(text_of(cell), _POINT) is not None
        ]
        if row not in inside and len(numbers) > 1:
            harvest.tell(
                Level.ERROR,
                "no_section",
                "The line holds numbers and belongs to no plate, group or note.",
                hint="A line above it was probably removed. Export the file again.",
                sheet=sheet,
                place=(row, numbers[0]),
            )
            return


def _told_apart(names: Sequence[str]) -> list[str]:
    """Return the names of plates; plates of one name are told apart by #1, #2."""
    return [
        f"{name}#{names[: i + 1].count(name)}" if names.count(name) > 1 else name
        for i, name in enumerate(names)
    ]


def _tell_file(harvest: Harvest, sheet: Sheet, sections: Sequence[Section]) -> None:
    for row, cells in sheet.rows():
        column = min(cells)
        text = text_of(cells[column])
        saved, blocks = SAVED.fullmatch(text), BLOCKS.fullmatch(text)
        if saved:
            harvest.fact("original file", sheet, (row, column), saved[1])
            harvest.fact("date saved", sheet, (row, column), saved[2])
        if blocks and int(blocks[1]) != len(sections):
            # Without a plate the group tables would be taken for the readings.
            has_plate = any(section.kind == "plate" for section in sections)
            harvest.tell(
                Level.WARNING if has_plate else Level.ERROR,
                "sections_missing",
                f"The file says that it has {blocks[1]} sections, but {len(sections)} are there.",
                hint="If plates are missing, export the file again.",
                sheet=sheet,
                place=(row, column),
            )
    _tell_stray(harvest, sheet, sections)
    for section in sections:
        place = section.first_row, section.column
        if section.kind.startswith("cuvette"):
            harvest.tell(
                Level.WARNING,
                "cuvettes_not_read",
                f"The cuvettes '{shorten(section.title)}' have no wells and were not read.",
                sheet=sheet,
                place=place,
            )
        elif section.kind == "plate" and plate_line(section) is None:
            harvest.tell(
                Level.ERROR,
                "plate_line_unclear",
                f"The line of the plate '{shorten(section.title)}' does not say how the plate was"
                " exported; 'TimeFormat' or 'PlateFormat' was expected.",
                hint="Export the file again from SoftMax Pro as text.",
                sheet=sheet,
                place=place,
            )


def _read_plate(harvest: Harvest, section: Section, line: PlateLine, name: str) -> None:
    here = section.first_row, section.column
    table = raw_table(section, line)
    problem, at = "", here
    if line.is_reduced:
        problem = f"The plate '{line.name}' was exported with reduced values only."
    elif line.problem:
        problem = line.problem
    elif table is None or not (table.entries or table.problem):
        problem = f"The plate '{line.name}' holds no readings."
    elif table.problem:
        problem, at = table.problem, table.problem_at or here
    if problem or table is None:
        harvest.tell(
            Level.ERROR,
            "plate_unreadable",
            problem,
            hint="Export the raw data of the plate again from SoftMax Pro.",
            sheet=section.sheet,
            place=at,
        )
        return
    harvest.fact("plate id", section.sheet, here, line.name)
    if line.kind is ReadingKind.OTHER:
        tell_unknown_kind(harvest, section.sheet, here, line.name)
    if table.temperature:
        harvest.fact("temperature", section.sheet, table.temperature)
    plate = _Plate(harvest, section, line, table, name)
    plate.take()
    plate.tell_missing()


@dataclass(frozen=True, slots=True)
class _Plate:
    """One plate with its raw table."""

    harvest: Harvest
    section: Section
    line: PlateLine
    table: RawTable
    name: str

    @property
    def mark(self) -> DecimalMark:
        sheet, table = self.section.sheet, self.table
        cells = [sheet.cells[entry.place] for entry in table.entries]
        beside = [sheet.cells[table.temperature]] if table.temperature else []
        return decimal_mark(
            [*cells, *beside], is_absorbance=self.line.kind is ReadingKind.ABSORBANCE
        )

    def take(self) -> None:
        """Take all readings of the plate and tell where its reduced copy stands."""
        sheet, mark, line = self.section.sheet, self.mark, self.line
        times: Mapping[Place, float] = {}
        if not (line.is_endpoint or line.is_spectrum or line.is_scan):
            steps = dict.fromkeys(e.step for e in self.table.entries if e.step is not None)
            times = step_seconds(self.harvest, sheet, list(steps), line.interval_s)
        for entry in self.table.entries:
            if entry.step and not (times or line.is_spectrum or line.is_scan):
                continue  # The times could not be read, which has been told.
            self.harvest.take(
                sheet,
                entry.place,
                plate=self.name,
                read=self._read(entry, mark),
                well=entry.well,
                mark=self._mark_of(entry, mark),
                time_s=times.get(entry.step) if entry.step else None,
            )
        if self.table.calculated:
            self.harvest.tell(
                Level.NOTE,
                "table_not_read",
                f"The reduced values of the plate '{shorten(line.name)}' are calculated and were"
                " not read.",
                sheet=sheet,
                place=self.table.calculated,
            )

    def _mark_of(self, entry: Entry, mark: DecimalMark) -> DecimalMark:
        """Return the decimal mark of one cell, which may differ from that of its plate."""
        cell = self.section.sheet.cells[entry.place]
        own = decimal_mark([cell])
        if mark is DecimalMark.UNKNOWN or own in (DecimalMark.UNKNOWN, mark):
            return mark
        self.harvest.tell(
            Level.WARNING,
            "other_decimal_mark",
            f"The cell says '{text_of(cell)}' with another decimal mark than the rest of the plate;"
            f" it was read as {parse_number(text_of(cell), own):g}.",
            hint="Check the value; the file was probably edited.",
            sheet=self.section.sheet,
            place=entry.place,
            well=entry.well,
        )
        return own

    def _read(self, entry: Entry, mark: DecimalMark) -> Read:
        line, number = self.line, entry.number
        label = f"Plate: {line.name}"
        wavelengths, excitations = line.wavelengths, line.excitations
        wavelength = wavelengths[number] if number < len(wavelengths) else None
        excitation = excitations[number] if number < len(excitations) else None
        if wavelengths.count(wavelength) > 1 and not line.is_spectrum:
            label += f" [{number + 1}]"
        step = text_of(self.section.sheet.get(*entry.step)) if entry.step else ""
        if line.is_scan:
            label += f", point {step}"
        if line.is_spectrum:
            wavelength = parse_number(step, mark if "," in step else DecimalMark.POINT)
            if wavelength is None:
                label += f", {step or 'no wavelength'}"
            if line.kind is ReadingKind.FLUORESCENCE:
                return self._of_sweep(label, wavelength)
        if line.kind is ReadingKind.FLUORESCENCE:
            return Read(label, line.kind, excitation, wavelength, UNITS[line.kind])
        return Read(label, line.kind, wavelength, None, UNITS[line.kind])

    def _of_sweep(self, label: str, swept: float | None) -> Read:
        """Return the read of one line of a fluorescence spectrum; one wavelength is swept."""
        kind, fixed = self.line.kind, self.line.fixed_nm
        if self.line.sweep.lower().startswith("ex"):
            return Read(label, kind, swept, fixed, UNITS[kind])
        fixed = fixed or next(iter(self.line.excitations), None)
        return Read(label, kind, fixed, swept, UNITS[kind])

    def tell_missing(self) -> None:
        """Name wells that were read and have no value, and refuse a plate that is cut off."""
        line, sheet = self.line, self.section.sheet
        here = self.section.first_row, self.section.column
        numbers = {entry.number for entry in self.table.entries}
        read = {(entry.number, entry.well) for entry in self.table.entries}
        wells = {well for _, well in read if all((n, well) in read for n in numbers)}
        steps = {entry.step for entry in self.table.entries if entry.step}
        lines = len(steps) // (1 if line.is_endpoint else self._parts)
        expected = line.cycles or 0
        is_short = not line.is_endpoint and not line.is_spectrum and lines < expected
        missing = _missing(line, wells)
        if is_short:
            self.harvest.tell(
                Level.ERROR if not self.section.is_closed else Level.WARNING,
                "cycles_missing",
                f"The plate '{shorten(line.name)}' says that it was read {expected} times, but"
                f" {lines} are there.",
                hint="If the measurement was not stopped early, export the plate again.",
                sheet=sheet,
                place=here,
            )
        if missing:
            self.harvest.tell(
                Level.WARNING,
                "empty_wells",
                f"{len(missing)} wells of the plate '{shorten(line.name)}' are empty:"
                f" {some(missing)}.",
                hint="They have no reading. If they were measured, export the plate again.",
                sheet=sheet,
                place=here,
            )
        if not self.section.is_closed:
            self.harvest.tell(
                Level.ERROR if missing or is_short or line.area is None else Level.WARNING,
                "no_end",
                f"The section of the plate '{shorten(line.name)}' has no end line ('~End'); the"
                " file may be cut off.",
                hint="Export the file again from SoftMax Pro.",
                sheet=sheet,
                place=here,
            )

    @property
    def _parts(self) -> int:
        """How many times a cycle is listed: once for each wavelength in the time layout."""
        numbers_of: dict[Place, set[int]] = {}
        for entry in self.table.entries:
            if entry.step:
                numbers_of.setdefault(entry.step, set()).add(entry.number)
        shares_steps = any(len(numbers) > 1 for numbers in numbers_of.values())
        return 1 if shares_steps else len({entry.number for entry in self.table.entries})


def _missing(line: PlateLine, wells: set[WellAddress]) -> list[str]:
    """Return the wells of the part that was read that lack a value."""
    if line.area is None:
        return []
    top, bottom, left, right = line.area
    area = [WellAddress(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
    return [str(well) for well in area if well not in wells]
