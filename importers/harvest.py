"""Collecting readings, facts and findings while an importer walks a workbook.

Every reading goes through ``Harvest.take``, so that formulas, hidden cells, remarks, markers and
doubtful numbers are told in the same words by all importers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.importing import FileFact, FileReadings
from lims_msc.domain.plate import (
    PlateFormat,
    PlateReading,
    Read,
    ReadingKind,
    WellAddress,
    WellReading,
)
from lims_msc.domain.workbook import Cell, Sheet, Workbook
from lims_msc.errors import InputError

from .cells import CellReading, DecimalMark, read_cell, shorten, text_of
from .plate_grid import Block
from .read_settings import UNITS
from .well_list import WellList

CellReader = Callable[[Cell, DecimalMark], CellReading | None]

_TOLD_ONE_BY_ONE = 24
_OD_RANGE = (-1.0, 6.0)
_OD_IMPOSSIBLE = 100.0
_HINTS = {
    "marker": "The well has no number; it is left out of every calculation.",
    "not_a_number": "Enter the number in Excel, or mark the well as not measured.",
    "date_in_well": "Excel turned the number into a date. Export again, or type it as text.",
    "ambiguous_number": "Write the number with one decimal mark and no thousands mark.",
    "percent": "Readings are plain numbers. Check what was exported.",
    "formula": "The result that was saved with the formula was read. Export the values instead.",
    "formula_without_value": "Open the file in Excel, save it and upload it again.",
    "remark": "Look whether the well should be left out.",
    "hidden": "The hidden cells were read. Show them in Excel and check them.",
    "implausible_absorbance": "Optical densities lie between about 0 and 4. Check unit and export.",
}

_Key = tuple[str, Read, WellAddress | str, float | None]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell that is being taken, and what it is the reading of."""

    sheet: Sheet
    place: tuple[int, int]
    plate: str
    read: Read
    well: WellAddress | None
    sample: str
    time_s: float | None

    @property
    def key(self) -> _Key:
        """What no second cell may be the reading of."""
        return self.plate, self.read, self.well or self.sample, self.time_s

    def __str__(self) -> str:
        return str(self.well or self.sample)

    @property
    def group(self) -> tuple[str, str]:
        """The readings that must look alike: a sheet of wells, or one column of a sample table."""
        return self.sheet.name, "" if self.well else self.read.label


class Harvest:
    """Readings by plate, facts and findings of one file, with one way to take a cell."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._plates: dict[str, list[WellReading]] = {}
        self._facts: dict[FileFact, None] = {}
        self.findings: list[Finding] = list(workbook.findings)
        self.declared_format: PlateFormat | None = None
        self._text_fractions: dict[tuple[str, str], str] = {}
        self._large_integers: dict[tuple[str, str], str] = {}
        self._hidden: dict[str, list[str]] = defaultdict(list)
        self._text_numbers: dict[str, list[str]] = defaultdict(list)
        self._taken: dict[_Key, str] = {}
        for sheet in workbook.sheets:
            if sheet.hidden and sheet.cells:
                self.tell(
                    Level.WARNING,
                    "hidden_sheet",
                    f"The hidden sheet '{shorten(sheet.name)}' was not read.",
                    hint="If it holds readings, show it in Excel, save the file, upload it again.",
                    sheet=sheet,
                )

    # --- telling -----------------------------------------------------------------------------

    def tell(
        self,
        level: Level,
        code: str,
        message: str,
        *,
        hint: str = "",
        sheet: Sheet | None = None,
        place: tuple[int, int] | None = None,
        well: WellAddress | None = None,
    ) -> None:
        """Add a finding, with its place in the file where it has one."""
        self.findings.append(
            Finding(
                level,
                code,
                message,
                hint,
                sheet=sheet.name if sheet and not sheet.is_text else "",
                cell=sheet.address(*place) if sheet and place else "",
                well=str(well) if well else "",
            )
        )

    def tell_once(
        self,
        level: Level,
        code: str,
        message: str,
        *,
        hint: str,
        sheet: Sheet,
        place: tuple[int, int],
    ) -> None:
        """Add a finding unless one of its kind was told for the sheet before."""
        if not any(f.code == code and f.sheet in ("", sheet.name) for f in self.findings):
            self.tell(level, code, message, hint=hint, sheet=sheet, place=place)

    def fact(self, name: str, sheet: Sheet, place: tuple[int, int], value: str = "") -> None:
        """Keep something the file says about its run; an empty value is no fact."""
        value = value or text_of(sheet.get(*place))
        if value:
            self._facts[FileFact(name, value, sheet.source(*place))] = None

    def tell_empty(self, block: Block) -> None:
        """Name the wells of a block that have no reading; they are never taken for zero."""
        empty = block.empty_wells()
        if empty and any(True for _ in block.filled()):
            self.tell(
                Level.WARNING,
                "empty_wells",
                f"{len(empty)} wells of the block {block.area} are empty: {some(map(str, empty))}.",
                hint="They have no reading. If they were measured, export the plate again.",
                sheet=block.sheet,
                place=block.places[empty[0]],
                well=empty[0],
            )

    def tell_unfilled(self, found: WellList, columns: Iterable[int]) -> None:
        """Name the wells of a list that have no reading; they are never taken for zero."""
        for column in columns:
            filled = {row for row, _ in found.cells(column)}
            empty = [(row, well) for row, well in found.wells.items() if row not in filled]
            if empty and filled:
                wells = some(str(well) for _, well in empty)
                self.tell(
                    Level.WARNING,
                    "empty_wells",
                    f"{len(empty)} wells of '{found.heading_of(column)[:60]}' are empty: {wells}.",
                    hint="They have no reading. If they were measured, export the plate again.",
                    sheet=found.sheet,
                    place=(empty[0][0], column),
                    well=empty[0][1],
                )

    def tell_strange(self, found: WellList) -> None:
        """Refuse entries of a well list that name no well; nobody can say where they belong."""
        for place in found.strange:
            self.tell(
                Level.ERROR,
                "not_a_well",
                f"'{shorten(text_of(found.sheet.get(*place)))}' is not a well.",
                hint="Write a row letter and a column number, such as A1 or H12.",
                sheet=found.sheet,
                place=place,
            )

    # --- taking ------------------------------------------------------------------------------

    def take(
        self,
        sheet: Sheet,
        place: tuple[int, int],
        *,
        plate: str,
        read: Read,
        mark: DecimalMark,
        well: WellAddress | None = None,
        sample: str = "",
        time_s: float | None = None,
        reader: CellReader = read_cell,
    ) -> bool:
        """Take the reading of a cell and say whether there was one; blank cells hold none.

        :param sample: the sample, where there is no well.
        :param reader: reads the cell, where a program writes numbers in a way of its own.
        """
        cell = sheet.get(*place)
        found = None if cell is None else reader(cell, mark)
        if cell is None or found is None:
            return False
        spot = _Spot(sheet, place, plate, read, well, sample, time_s)
        for level, code, what in _remarks(cell, found, read):
            words, hint = f"The cell {what}.", _HINTS[code]
            self.tell(level, code, words, hint=hint, sheet=sheet, place=place, well=well)
        if cell.hidden:
            self._hidden[sheet.name].append(str(spot))
        if not sheet.is_text and found.value is not None:
            self._watch_for_damage(spot, found)
        self._refuse_second(spot)
        self._refuse_outside(spot)
        self._plates.setdefault(plate, []).append(
            WellReading(
                read,
                sheet.source(*place),
                cell.raw,
                well,
                sample,
                time_s,
                value=found.value,
                marker=found.marker,
            )
        )
        return True

    def _refuse_second(self, spot: _Spot) -> None:
        key, here = spot.key, spot.sheet.address(*spot.place)
        if key in self._taken:
            label, kind = shorten(spot.read.label), "Well" if spot.well else "Sample"
            self.tell(
                Level.ERROR,
                "well_twice",
                f"{kind} {spot} of '{label}' stands here and in {self._taken[key]}.",
                hint="There can be one reading. Remove the wrong one and upload the file again.",
                sheet=spot.sheet,
                place=spot.place,
                well=spot.well,
            )
        self._taken[key] = here

    def _refuse_outside(self, spot: _Spot) -> None:
        declared = self.declared_format
        if declared is not None and spot.well is not None and spot.well not in declared:
            self.tell(
                Level.ERROR,
                "well_outside",
                f"Well {spot.well} lies outside the plate of {declared.value} wells that the file"
                " names.",
                hint="Check the plate type of the method, or what was added to the block.",
                sheet=spot.sheet,
                place=spot.place,
                well=spot.well,
            )

    def _watch_for_damage(self, spot: _Spot, found: CellReading) -> None:
        """Note what a spreadsheet leaves behind when it opens text with the other decimal mark.

        0.973 stays text while 1.073 becomes the number 1073.
        """
        value, address = found.value or 0.0, spot.sheet.address(*spot.place)
        if found.is_text_number:
            self._text_numbers[spot.sheet.name].append(str(spot))
            if abs(value) < 10 and not value.is_integer():
                self._text_fractions.setdefault(spot.group, address)
        elif value.is_integer() and abs(value) >= 1000:
            self._large_integers.setdefault(spot.group, address)

    # --- the result --------------------------------------------------------------------------

    def result(self, readable: AbstractSet[str] = frozenset()) -> FileReadings:
        """Return all that was collected.

        :param readable: codes of errors that keep the file from being accepted, while its numbers
            can still be shown as they stand in their cells.
        :raises InputError: if there are no readings, or a reading cannot be trusted.
        """
        self._tell_sums()
        findings = _collapsed(self.findings)
        shown = {"implausible_absorbance", *readable}
        blocking = [f for f in errors_among(findings) if f.code not in shown]
        if blocking:
            raise InputError(
                str(blocking[0])
                if len(blocking) == 1
                else f"{len(blocking)} cells cannot be read.",
                hint="Each place is listed below.",
                findings=findings,
            )
        plates = tuple(PlateReading(name, tuple(rs)) for name, rs in self._plates.items())
        if not plates:
            raise InputError(
                "The file holds no readings.",
                hint="Check that the measurement was finished before the export.",
                findings=findings,
            )
        return FileReadings(plates, tuple(self._facts), tuple(findings))

    def _tell_sums(self) -> None:
        for sheet in self._workbook.sheets:
            hidden = self._hidden.get(sheet.name)
            if hidden:
                self.tell(
                    Level.WARNING,
                    "hidden",
                    f"Readings stand in hidden rows or columns: {some(hidden)}.",
                    hint=_HINTS["hidden"],
                    sheet=sheet,
                )
            texts = self._text_numbers.get(sheet.name)
            if texts:
                self.tell(
                    Level.NOTE,
                    "numbers_as_text",
                    f"{len(texts)} numbers are stored as text: {some(texts)}.",
                    sheet=sheet,
                )
            for group, fraction in self._text_fractions.items():
                integer = self._large_integers.get(group)
                if group[0] != sheet.name or integer is None:
                    continue
                self.tell(
                    Level.ERROR,
                    "decimal_mark_lost",
                    f"Small numbers are text (cell {fraction}) beside whole numbers over 1000"
                    f" (cell {integer}): Excel has probably taken decimal marks for thousands.",
                    hint="Open the instrument's own export in Excel with the right decimal mark.",
                    sheet=sheet,
                )


def _remarks(cell: Cell, found: CellReading, read: Read) -> Iterable[tuple[Level, str, str]]:
    """Yield level, code and words for all that a person must see about a cell."""
    if found.code == "formula_without_value":
        yield Level.ERROR, found.code, found.problem
    elif found.problem:
        yield Level.WARNING, found.code, found.problem
    if cell.is_formula and not cell.formula_without_value:
        yield Level.WARNING, "formula", "is a formula, not a value of the instrument"
    if cell.comment:
        yield Level.WARNING, "remark", f"has the comment '{shorten(cell.comment.strip(), 120)}'"
    value = found.value
    low, high = _OD_RANGE
    is_od = read.kind is ReadingKind.ABSORBANCE and read.unit in ("", UNITS[read.kind])
    if is_od and value is not None and not low <= value <= high:
        is_possible = low <= value <= _OD_IMPOSSIBLE
        yield (
            Level.WARNING if is_possible else Level.ERROR,
            "implausible_absorbance",
            f"holds '{cell.raw}', which is outside the range of optical densities",
        )


def some(wells: Iterable[str], at_most: int = 12) -> str:
    """Return a list of wells short enough for a sentence."""
    listed = list(dict.fromkeys(wells))
    more = len(listed) - at_most
    return ", ".join(listed[:at_most]) + (f" and {more} more" if more > 0 else "")


def _collapsed(findings: Iterable[Finding]) -> list[Finding]:
    """Tell a fault that many wells share once, with all its wells, instead of hundreds of times."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.sheet, finding.code].append(finding)
    told: list[Finding] = []
    for (sheet, code), group in groups.items():
        first, what = group[0], "Wells" if group[0].well else "Cells"
        have_wells = {bool(f.well) for f in group}
        is_shared = have_wells == {True} or (have_wells == {False} and code in _HINTS)
        if len(group) <= _TOLD_ONE_BY_ONE or not is_shared:
            told += group
            continue
        places = some((f.well or f.cell for f in group), at_most=400)
        told.append(
            Finding(
                first.level,
                code,
                f"{len(group)} cells are like this one: {first.message} {what}: {places}.",
                first.hint,
                sheet=sheet,
                cell=first.cell,
                well=first.well,
            )
        )
    return told
