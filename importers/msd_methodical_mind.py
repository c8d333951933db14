"""MSD Methodical Mind: lines about the plate, then its signals, with a line for each spot.

Only the first line of a plate row has the row's letter; the lines below belong to the next spots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import ReadingKind, WellAddress, row_letters
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import DecimalMark, decimal_mark, shorten, text_of
from .harvest import Harvest
from .measured import numbered_read
from .msd_workbench import workbench_tables
from .plate_grid import column_label, declared_format, label_runs, row_label
from .read_settings import Settings
from .sample_report import KeyLines, key_lines, tell_report_facts
from .table_remarks import words

_RULE = re.compile(r"={4,} ?(?P<name>[^=]+?) ?={4,}")
_BARCODES = tuple(words(rf"(?:bar ?code ?{n}|plate id)") for n in (1, 2, 3))
_MARKS = re.compile(r"(?:\\t)?<\*?(?P<code>[^<>]*?)\*?>")
_NUMBER = re.compile(r"([0-9]{1,2})")
_MULTI_SPOT = re.compile(r"multi-spot ?([0-9]{1,2})", re.IGNORECASE)
_RUN = (
    ("serial number", words(r"serial #")),
    ("instrument", words(r"model")),
    ("software version", words(r"version")),
    ("date", words(r"read time")),
    ("plate type", words(r"type")),
    ("user", words(r"user")),
)


@dataclass(frozen=True, slots=True)
class _Section:
    """The data of one plate: its head lines, and the rows from its rule to the next one."""

    sheet: Sheet = field(repr=False)
    head: KeyLines
    rule: int
    end: int
    is_last: bool


class MsdMethodicalMind:
    """Reads exports of Methodical Mind."""

    key: ClassVar[str] = "msd_methodical_mind"
    title: ClassVar[str] = "MSD Methodical Mind"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".txt",)

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a rule titled Data stands below the barcodes of a plate."""
        if any(workbench_tables(sheet) for sheet in workbook.sheets):
            return Sniff(is_mine=False, reason="The file has a table of Discovery Workbench.")
        for sheet in workbook.sheets:
            for section in _sections(sheet):
                where = sheet.source(section.rule, 1)
                return Sniff(
                    is_mine=True, reason=f"{where} starts the data below the barcodes of a plate."
                )
        return Sniff(is_mine=False, reason="No rule '=== Data ===' stands below plate barcodes.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return the signal of every spot of every well.

        :raises InputError: if there are none, or a line cannot be placed.
        """
        harvest = Harvest(workbook)
        seen: dict[object, int] = {}
        for sheet in workbook.sheets:
            for section in () if sheet.hidden else _sections(sheet):
                tell_report_facts(harvest, section.head, _RUN)
                _tell_orientation(harvest, section)
                _Data(harvest, section).take(seen)
        return harvest.result()


def _sections(sheet: Sheet) -> tuple[_Section, ...]:
    """Return the data sections of a sheet; the head lines of each stand above its rule."""
    rules: list[tuple[int, str]] = []
    for row, cells in sheet.rows():
        found = _RULE.fullmatch(text_of(cells[min(cells)]))
        if found:
            rules.append((row, found["name"].strip().lower()))
    sections: list[_Section] = []
    above = 0
    for i, (row, name) in enumerate(rules):
        if name == "data":
            places = {p: c for p, c in sheet.cells.items() if above < p[0] < row}
            head = key_lines(Sheet(sheet.name, places, sheet.hidden, sheet.is_text))
            is_last = i + 1 == len(rules)
            end = sheet.last_row + 1 if is_last else rules[i + 1][0]
            if any(head.matching(pattern) for pattern in _BARCODES):
                sections.append(_Section(sheet, head, row, end, is_last))
        above = row
    return tuple(sections)


def _barcode(section: _Section) -> str:
    """Return the first barcode that is filled in; the program writes it as ``<CODE>``."""
    for pattern in _BARCODES:
        for key in section.head.matching(pattern):
            text = text_of(section.head.sheet.get(*section.head.places[key]))
            found = _MARKS.fullmatch(text)
            code = found["code"].strip() if found else text
            if code:
                return code
    return ""


def _spots_per_well(section: _Section) -> int | None:
    """Return how many spots a well has, where the head lines say so."""
    found = _NUMBER.fullmatch(section.head.text(words(r"spots per well")))
    found = found or _MULTI_SPOT.search(section.head.text(words(r"type")))
    return int(found[1]) if found else None


def _tell_orientation(harvest: Harvest, section: _Section) -> None:
    for key in section.head.matching(words(r"orient")):
        place = section.head.places[key]
        text = text_of(section.head.sheet.get(*place))
        if text.lower() not in ("", "normal"):
            harvest.tell(
                Level.WARNING,
                "orientation",
                f"The plate was read in the orientation '{shorten(text)}'.",
                hint="Check that the wells are where the labels say.",
                sheet=section.head.sheet,
                place=place,
            )


class _Data:
    """The lines of one section on their way into the harvest."""

    def __init__(self, harvest: Harvest, section: _Section) -> None:
        self._harvest = harvest
        self._section = section
        self._sheet = section.sheet
        self._rows = {r: c for r, c in section.sheet.rows() if section.rule < r < section.end}
        self._plate = _barcode(section)
        spot = section.head.text(words(r"spot ?id"))
        self._spot = spot if spot.isdecimal() else ""

    def take(self, seen: dict[object, int]) -> None:
        """Take all lines; what cannot be placed is an error."""
        header, columns = self._columns()
        if not columns:
            self._refuse("no_columns", "The data have no line of column numbers.", None)
            return
        lines = self._lines(header, min(columns) - 1)
        self._refuse_shifted(lines)
        is_single = all(max(offsets) == 0 for offsets in lines.values())
        mark = decimal_mark([cell for row in self._rows for cell in self._rows[row].values()])
        for letter, offsets in lines.items():
            for offset, row in offsets.items():
                label = self._label(offset, is_single=is_single)
                self._take_line((letter, row), columns, label, (mark, seen))
        self._tell_cut_off(lines, columns)

    def _columns(self) -> tuple[int, dict[int, int]]:
        """Return the row of the column numbers, and the plate column of each sheet column."""
        for row, cells in self._rows.items():
            for run in label_runs(cells, column_label):
                if min(run) > 1 and not text_of(cells.get(min(run) - 1)):
                    return row, run
            if any(row_label(cell) for cell in cells.values()):
                break
        return 0, {}

    def _lines(self, header: int, side: int) -> dict[int, dict[int, int]]:
        """Return the sheet rows of each plate row, by their distance from the line with the letter.

        Lines of spots that were not read are blank, so the distance tells which spot it is.
        """
        lines: dict[int, dict[int, int]] = {}
        letter, start = 0, 0
        for row, cells in self._rows.items():
            if row <= header:
                continue
            label = row_label(cells.get(side))
            if label is not None and label not in lines:
                letter, start = label, row
                lines[letter] = {0: row}
            elif letter and not text_of(cells.get(side)):
                lines[letter][row - start] = row
            else:
                what = (
                    f"The line '{shorten(text_of(cells[min(cells)]))}' has no plate row of its own."
                )
                self._refuse("line_not_placed", what, (row, min(cells)))
        return lines

    def _refuse_shifted(self, lines: dict[int, dict[int, int]]) -> None:
        """Refuse lines whose spot is uncertain: all plate rows have the same spots."""
        declared = _spots_per_well(self._section)
        usual = set(next(iter(lines.values()), {}))
        rows = list(lines)
        for letter in rows:
            offsets = set(lines[letter])
            is_end = self._section.is_last and letter == rows[-1] and offsets < usual
            beyond = declared is not None and max(offsets) >= declared
            if beyond or (offsets != usual and not is_end):
                self._refuse(
                    "spots_differ",
                    f"Plate row {row_letters(letter)} has lines for other spots than the row above"
                    f"{f', or more than {declared}' if declared else ''}; lines were added or"
                    " deleted.",
                    (lines[letter][0], 1),
                )

    def _label(self, offset: int, *, is_single: bool) -> str:
        if self._spot and is_single:
            return f"Signal spot {self._spot}"
        return "Signal" if is_single else f"Signal spot {offset + 1}"

    def _take_line(
        self,
        at: tuple[int, int],
        columns: dict[int, int],
        label: str,
        how: tuple[DecimalMark, dict[object, int]],
    ) -> None:
        (letter, row), (mark, seen) = at, how
        for column, cell in self._rows[row].items():
            if column < min(columns) or not text_of(cell):
                continue
            if column not in columns:
                what = f"'{shorten(text_of(cell))}' stands beside the numbered columns."
                self._refuse("outside_columns", what, (row, column))
                continue
            well = WellAddress(letter, columns[column])
            first = Settings(ReadingKind.LUMINESCENCE).read(label)
            read = numbered_read(first, seen, (self._plate, well))
            self._harvest.take(
                self._sheet, (row, column), plate=self._plate, read=read, well=well, mark=mark
            )

    def _tell_cut_off(self, lines: dict[int, dict[int, int]], columns: dict[int, int]) -> None:
        """Refuse data that end early; the program always writes more sections below."""
        if not self._section.is_last or not lines:
            return
        last = max(max(offsets.values()) for offsets in lines.values())
        counts = [len(offsets) for offsets in lines.values()]
        filled = max((c for c in self._rows[last]), default=0)
        declared = declared_format(self._section.head.text(words(r"type")).partition(" ")[0])
        lacks_rows = declared is not None and max(lines) < declared.rows
        is_sure = counts[-1] < max(counts) or filled < max(columns) or lacks_rows
        self._harvest.tell(
            Level.ERROR if is_sure else Level.WARNING,
            "cut_off",
            "The file ends with the data, without the sections that the program writes below.",
            hint="Export the file again.",
            sheet=self._sheet,
            place=(last, filled),
        )

    def _refuse(self, code: str, message: str, place: tuple[int, int] | None) -> None:
        self._harvest.tell(
            Level.ERROR,
            code,
            message,
            hint="Export the plate again, and do not change the lines.",
            sheet=self._sheet,
            place=place or (self._section.rule, 1),
        )
