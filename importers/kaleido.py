"""Revvity Kaleido (EnSight readers): both generations of its export.

The older one has a line of barcode and repeats above each plate, the newer one a little table;
wavelengths stand far below.  Results of analyses look like measured ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Cell, Sheet, Workbook

from .cells import decimal_mark, shorten, text_of
from .harvest import Harvest
from .headed_table import from_column_of, key_and_value, one_line
from .measured import (
    numbered_read,
    take_block,
    tell_missing_rows,
    tell_no_end,
    tell_unknown_kind,
    tell_without_plate,
)
from .plate_grid import Block, find_blocks
from .read_settings import Settings, kind_in_words

_PROGRAM = re.compile(r"(?:Exported with )?(Kaleido [0-9][0-9.]*)(?: and .*)?", re.IGNORECASE)
_END = re.compile(r"Exported with Kaleido.*", re.IGNORECASE)
_NAMED = re.compile(r"EnSight Results from.*", re.IGNORECASE)
_TITLE = re.compile(r"Results? for (.+)", re.IGNORECASE)
_PLATE_LINE = re.compile(r"([A-Za-z ]+): ?(.*)")
_OPERATION = re.compile(r"operation|tech", re.IGNORECASE)
_GROUP = re.compile(r"operation|meas", re.IGNORECASE)
_ANALYSIS = re.compile(r"analysis results?\b.*", re.IGNORECASE)
_IMAGE_ANALYSIS = re.compile(r"image analysis", re.IGNORECASE)
_SETTINGS = re.compile(
    r"measurement (?:basic )?information|instrument information|platemap|plate type.*|operations"
    r"|measurements?(?: sequence)?|details of measurement sequence|analysis|comments",
    re.IGNORECASE,
)
_NM = re.compile(r"(?<![0-9.])([2-9][0-9]{2}|1[01][0-9]{2})(?:\.0+)?(?![0-9.])")
_EXCITATION = (
    "exc wl / filter",
    "excitation wavelength [nm]",
    "exc. filter [nm]",
    "wavelength [nm]",
)
_EMISSION = ("ems wl", "emission wavelength [nm]", "ems. filter [nm]")
_SHORT_KINDS = (
    (ReadingKind.LUMINESCENCE, re.compile(r"LUM(?![a-z])|alpha", re.IGNORECASE)),
    (ReadingKind.FLUORESCENCE, re.compile(r"(?:FI|FP|TRF|HTRF)(?![a-z])", re.IGNORECASE)),
)
_AGAIN = (("repeat", "repeat"), ("platerepeat", "repeat"), ("wellrepeat", "well repeat"))
_LINES_TO_PLATE = 10
_PARTS = ("loop no", "well scan x", "well scan y", "trf window")
_FACTS = (
    ("software version", re.compile(r"software version", re.IGNORECASE)),
    ("serial number", re.compile(r"instrument serial number", re.IGNORECASE)),
    ("start time", re.compile(r"measurement started", re.IGNORECASE)),
    ("end time", re.compile(r"measurement finished", re.IGNORECASE)),
    ("date", re.compile(r"measurement date", re.IGNORECASE)),
    ("plate id", re.compile(r"barcode", re.IGNORECASE)),
    ("protocol", re.compile(r"protocol name", re.IGNORECASE)),
    ("plate type", re.compile(r"plate type name", re.IGNORECASE)),
    ("temperature", re.compile(r"temperature.*", re.IGNORECASE)),
)


class Kaleido:
    """Reads exports of Kaleido."""

    key: ClassVar[str] = "kaleido"
    title: ClassVar[str] = "Revvity Kaleido (EnSight)"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a cell names Kaleido as the program, or EnSight as the reader."""
        for sheet in workbook.sheets:
            for place, cell in sheet.cells.items():
                words = one_line(text_of(cell)) if isinstance(cell.value, str) else ""
                if _PROGRAM.fullmatch(words) or _NAMED.fullmatch(words):
                    where = sheet.source(*place)
                    return Sniff(is_mine=True, reason=f"{where} says '{shorten(words)}'.")
        return Sniff(is_mine=False, reason="No cell names Kaleido or EnSight.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the readings of all measured plates.

        :raises InputError: if there are none, or a plate is unclear.
        """
        harvest = Harvest(workbook)
        cells = [cell for sheet in workbook.sheets for cell in sheet.cells.values()]
        if not any(_END.fullmatch(one_line(text_of(cell))) for cell in cells) and cells:
            tell_no_end(harvest, workbook, "Kaleido")
        for sheet in workbook.sheets:
            if not sheet.hidden:
                _Page(harvest, sheet).read()
        return harvest.result()


@dataclass(frozen=True, slots=True)
class _Heading:
    """What stands above a plate: its title, whether it is an analysis, barcode and repeats."""

    title: str
    is_analysis: bool
    fields: Mapping[str, str]

    @property
    def is_measured(self) -> bool:
        """Whether the plate was measured; the results of image analysis are all there is."""
        return not self.is_analysis or bool(_IMAGE_ANALYSIS.search(self.title))

    @property
    def label(self) -> str:
        """The title with what tells apart the repeats, loops and parts of one measurement."""
        words = [self.title]
        words += [f"{w} {self.fields[k]}" for k, w in _AGAIN if self.fields.get(k, "1") != "1"]
        words += [f"{k} {self.fields[k]}" for k in _PARTS if self.fields.get(k, "")]
        parameter = self.fields.get("analysis parameter", self.fields.get("analysisparameter", ""))
        return " ".join(words) + (f": {parameter}" if parameter else "")


class _Page:
    """One sheet of an export."""

    def __init__(self, harvest: Harvest, sheet: Sheet) -> None:
        self._harvest = harvest
        self._sheet = from_column_of(sheet, _TITLE.fullmatch)
        self._rows = dict(self._sheet.rows())
        cells = self._sheet.cells.values()
        self._mark = decimal_mark(cells, beside=cells)
        self._operations = self._all_operations()

    def read(self) -> None:
        """Take the measured plates, and name the others."""
        self._tell_facts()
        blocks = find_blocks(self._sheet)
        seen: dict[object, int] = {}
        self._tell_without_plate([block.corner[0] for block in blocks])
        headings = self._headings(block.corner[0] for block in blocks)
        for block in blocks:
            heading = headings.get(block.corner[0])
            if heading is None:
                continue
            if not heading.is_measured or block.measured_share(self._mark) < 0.5:
                self._tell_not_read(block, heading)
                continue
            read = self._read_of(heading)
            plate = heading.fields.get("barcode", "")
            if read.kind is ReadingKind.OTHER and not heading.is_analysis:
                tell_unknown_kind(self._harvest, self._sheet, block.corner, heading.title)
            tell_missing_rows(self._harvest, block)
            take_block(self._harvest, block, numbered_read(read, seen, plate), plate, self._mark)

    def _tell_without_plate(self, corners: list[int]) -> None:
        """Refuse titles that no plate follows before the next title."""
        titles = {
            row: words
            for row, cells in self._rows.items()
            if _TITLE.fullmatch(words := one_line(text_of(cells[min(cells)])))
        }
        for row, words in titles.items():
            end = min((r for r in titles if r > row), default=self._sheet.last_row + 1)
            # The map of the plate stands below the last title, too, but far from it.
            if not any(row < corner < min(end, row + _LINES_TO_PLATE) for corner in corners):
                tell_without_plate(self._harvest, self._sheet, (row, min(self._rows[row])), words)

    def _headings(self, corners: Iterable[int]) -> dict[int, _Heading]:
        """Return what stands above each plate; a plate under no title has nothing."""
        headings: dict[int, _Heading] = {}
        plates = set(corners)
        title, is_analysis = "", False
        fields: dict[str, str] = {}
        for row, cells in self._rows.items():
            first = one_line(text_of(cells[min(cells)])).rstrip(" :")
            if row in plates:
                if title:
                    is_analysed = is_analysis or "analysis parameter" in fields
                    headings[row] = _Heading(title, is_analysed, fields)
                fields = {}
            elif _ANALYSIS.fullmatch(first):
                is_analysis = True
            elif _SETTINGS.fullmatch(first):
                title, fields, is_analysis = "", {}, False
            elif _TITLE.fullmatch(first):
                title, fields = first, {}
            else:
                fields = fields | self._fields(row, cells)
        return headings

    def _fields(self, row: int, cells: Mapping[int, Cell]) -> dict[str, str]:
        """Return barcode and repeats, from one line of them or from a table of two lines."""
        words = {c: one_line(text_of(cell)) for c, cell in cells.items()}
        if words[min(words)].lower() == "barcode" and len(words) > 2:
            below = self._rows.get(row + 1, {})
            found = {w.lower(): one_line(text_of(below.get(c))) for c, w in words.items()}
            return {key: value for key, value in found.items() if value}
        pairs = (_PLATE_LINE.fullmatch(w) for w in words.values())
        if not words[min(words)].lower().startswith("barcode:"):
            return {}
        return {p[1].strip().lower(): p[2].strip() for p in pairs if p}

    def _all_operations(self) -> dict[str, dict[str, str]]:
        """Return the settings of each operation by its name."""
        operations: dict[str, dict[str, str]] = {}
        settings: dict[str, str] = {}
        for cells in self._rows.values():
            key, column = key_and_value(cells)
            value = "" if column is None else one_line(text_of(cells[column]))
            if _GROUP.fullmatch(key):
                settings = {}
            if _OPERATION.fullmatch(key):
                operations[value.lower()] = settings
            elif value:
                settings[key.lower()] = value
        return operations

    def _read_of(self, heading: _Heading) -> Read:
        found = _TITLE.fullmatch(heading.title)
        name = found[1].strip() if found else heading.title
        if heading.is_analysis:
            return Settings().read(heading.label)
        settings = {**self._operations.get(name.lower(), {}), **heading.fields}
        excitation, emission = _nm(settings, _EXCITATION), _nm(settings, _EMISSION)
        kind = _kind(name, excitation, emission)
        if kind is ReadingKind.ABSORBANCE:
            return Settings(kind, excitation or emission).read(heading.label)
        if kind is ReadingKind.LUMINESCENCE:
            return Settings(kind, emission).read(heading.label)
        return Settings(kind, excitation, emission).read(heading.label)

    def _tell_facts(self) -> None:
        for row, cells in self._rows.items():
            first = min(cells)
            words = one_line(text_of(cells[first]))
            program = _PROGRAM.fullmatch(words)
            if program:
                self._harvest.fact("software version", self._sheet, (row, first), program[1])
            if _NAMED.fullmatch(words):
                self._harvest.fact("instrument", self._sheet, (row, first), "EnSight")
            key, column = key_and_value(cells)
            for name, pattern in _FACTS:
                if column is not None and pattern.fullmatch(key) and len(cells) == 2:
                    self._harvest.fact(name, self._sheet, (row, column))

    def _tell_not_read(self, block: Block, heading: _Heading) -> None:
        is_what = "holds no numbers" if heading.is_measured else "is calculated"
        self._harvest.tell(
            Level.NOTE,
            "block_not_read",
            f"The block {block.area} ('{shorten(heading.label)}') {is_what} and was not read.",
            sheet=self._sheet,
            place=block.corner,
        )


def _nm(settings: Mapping[str, str], keys: tuple[str, ...]) -> float | None:
    """Return the wavelength of the first of some settings that names one."""
    for key in keys:
        found = _NM.search(settings.get(key, ""))
        if found:
            return float(found[1])
    return None


def _kind(name: str, excitation: float | None, emission: float | None) -> ReadingKind:
    """Return the kind that an operation's name tells, else its wavelengths."""
    kind = kind_in_words(name)
    if kind is ReadingKind.OTHER:
        kind = next((k for k, words in _SHORT_KINDS if words.match(name)), kind)
    if kind is ReadingKind.OTHER and excitation is not None:
        kind = ReadingKind.ABSORBANCE if emission is None else ReadingKind.FLUORESCENCE
    return kind
