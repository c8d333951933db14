"""Tables with one sample a line, as cell counters write them: no wells, a column per quantity.

An importer says how its program heads the samples and the measured columns; finding and reading
the table is the same for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Cell, Sheet, Workbook

from .cells import DecimalMark, decimal_mark, read_percentage, shorten, text_of
from .harvest import Harvest, some
from .headed_table import HeadedTable, find_headed_tables
from .measured import numbered_read
from .table_remarks import (
    Pattern,
    tell_again,
    tell_column_facts,
    tell_columns_left,
    tell_cut_off,
)

_CALCULATED_ROW = re.compile(
    r"(?:mean|average|avg|median|mittelwert|st(?:andard)?\.? ?dev(?:iation)?\.?|std\.?|sd|s\.d\."
    r"|% ?cv|cv ?%?|min|max|sum|summe|total)[: ]*",
    re.IGNORECASE,
)
_ALL_WELL = re.compile(r"ok|passed?|none|no|n/a|-+|completed?", re.IGNORECASE)
_FEWEST_INDEXES = 4


@dataclass(frozen=True, slots=True)
class SampleColumns:
    """How a program heads its table; each pattern takes a whole heading.

    ``required`` headings tell the program's tables from all others.  The first of the ``sample``
    columns that is filled names the sample.  ``remarks`` are columns in which the instrument says
    that something was wrong with a sample.
    """

    required: tuple[Pattern, ...]
    sample: tuple[Pattern, ...]
    measured: Pattern
    facts: tuple[tuple[str, Pattern], ...] = ()
    remarks: Pattern | None = None


def sniff_samples(workbook: Workbook, columns: SampleColumns) -> Sniff:
    """Say whether a sheet has a table with the headings of a program."""
    for sheet in workbook.sheets:
        for table in find_sample_tables(sheet, columns):
            found = [h for p in columns.required for h in table.headings.values() if p.fullmatch(h)]
            where = sheet.source(table.heading_row, min(table.headings))
            named = ", ".join(f"'{shorten(heading, 30)}'" for heading in found[:4])
            return Sniff(is_mine=True, reason=f"The row of {where} has the headings {named}.")
    return Sniff(is_mine=False, reason="No row has the headings of this program's table.")


def read_samples(workbook: Workbook, columns: SampleColumns) -> FileReadings:
    """Return the readings of all sample tables of a workbook.

    :raises InputError: if there are none, or one cannot be read with certainty.
    """
    harvest = Harvest(workbook)
    take_sample_tables(harvest, workbook, columns)
    return harvest.result()


def take_sample_tables(harvest: Harvest, workbook: Workbook, columns: SampleColumns) -> None:
    """Take all sample tables of the sheets that can be seen, and the facts in their columns."""
    tables = [t for s in workbook.sheets if not s.hidden for t in find_sample_tables(s, columns)]
    names = {table.sheet.name for table in tables}
    seen: dict[object, int] = {}
    for table in tables:
        plate = table.sheet.name if len(names) > 1 else ""
        _Taking(harvest, table, columns, plate).take(seen)


def find_sample_tables(sheet: Sheet, columns: SampleColumns) -> tuple[HeadedTable, ...]:
    """Return the tables of a sheet whose headings are those of a program.

    Headings may go on in a second row, below which a row of column numbers may stand.
    """
    tables = find_headed_tables(
        sheet, lambda heads: all(any(map(p.fullmatch, heads)) for p in columns.required)
    )
    return tuple(_with_second_row(table, columns) for table in tables)


def _with_second_row(table: HeadedTable, columns: SampleColumns) -> HeadedTable:
    named = _sample_columns(table, columns)
    while table.rows:
        row = table.rows[0]
        cells = {c: cell for c in table.headings if (cell := table.sheet.get(row, c)) is not None}
        if _are_indexes(cells):
            table = replace(table, rows=table.rows[1:])
        elif not any(c in cells for c in named) and cells and _are_texts(cells.values()):
            heads = {c: f"{h} {table.text(row, c)}".strip() for c, h in table.headings.items()}
            table = replace(table, headings=heads, rows=table.rows[1:])
        else:
            break
    return table


def _sample_columns(table: HeadedTable, columns: SampleColumns) -> list[int]:
    return [c for pattern in columns.sample if (c := table.column(pattern)) is not None]


def _are_texts(cells: Iterable[Cell]) -> bool:
    return all(isinstance(c.value, str) and not re.search("[0-9]", c.raw[:1]) for c in cells)


def _are_indexes(cells: dict[int, Cell]) -> bool:
    """Whether the cells of a row count the columns: 1, 2, 3 …"""
    texts = [text_of(cells[column]) for column in sorted(cells)]
    if len(texts) < _FEWEST_INDEXES or not all(text.isdecimal() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def unit_of(heading: str) -> str:
    """Return the UCUM unit that a heading names; empty if it names none."""
    if re.search(r"/ ?ml\b", heading, re.IGNORECASE):
        is_millions = re.search(r"10 ?\^ ?6|10E6\b|\(E6\)", heading, re.IGNORECASE)
        return "10*6{cells}/mL" if is_millions else "{cells}/mL"
    if "%" in heading:
        return "%"
    return "um" if re.search(r"[µμu]m\b|microns", heading, re.IGNORECASE) else ""


def read_of(heading: str, cell: Cell | None) -> Read:
    """Return the read of a quantity: its heading and its unit.

    A percentage that the workbook stores as a fraction has the unit 1, one written ``87%`` has %.
    """
    unit = unit_of(heading)
    if cell is not None and cell.is_percent:
        unit = "1"
    elif text_of(cell).endswith("%"):
        unit = "%"
    return Read(heading, ReadingKind.OTHER, unit=unit)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One table on its way into the harvest."""

    harvest: Harvest
    table: HeadedTable
    columns: SampleColumns
    plate: str

    def take(self, seen: dict[object, int]) -> None:
        """Take all rows, and tell what was not read."""
        measured = {c: found[0] for c, found in self.table.columns(self.columns.measured).items()}
        mark = self._decimal_mark(measured)
        again: list[str] = []
        taken: list[int] = []
        skipped: list[int] = []
        for row in self.table.rows:
            filled = [c for c in measured if self.table.text(row, c)]
            sample = self._sample(row)
            if not filled and not _CALCULATED_ROW.fullmatch(sample):
                skipped.append(row)
                continue
            if not self._is_sample(row, sample):
                continue
            taken.append(row)
            for column in filled:
                cell = self.table.sheet.get(row, column)
                first = read_of(measured[column], cell)
                read = numbered_read(first, seen, (self.plate, sample))
                again += [] if read == first else [sample]
                self.harvest.take(
                    self.table.sheet,
                    (row, column),
                    plate=self.plate,
                    read=read,
                    sample=sample,
                    mark=mark,
                    reader=read_percentage,
                )
            self._tell_remarks(row, sample)
        tell_again(self.harvest, self.table, "samples", again)
        self._tell_skipped(skipped)
        self._tell_gaps(taken, measured)
        tell_cut_off(self.harvest, self._without_calculated_rows(), measured)
        self._tell_other_columns(measured)
        tell_column_facts(self.harvest, self.table, self.columns.facts, taken)

    def _decimal_mark(self, measured: Iterable[int]) -> DecimalMark:
        places = [(row, column) for row in self.table.rows for column in measured]
        cells = [cell for place in places if (cell := self.table.sheet.get(*place)) is not None]
        return decimal_mark(cells, beside=self.table.sheet.cells.values())

    # --- samples -----------------------------------------------------------------------------

    def _sample(self, row: int) -> str:
        named = _sample_columns(self.table, self.columns)
        return next((text for c in named if (text := self.table.text(row, c))), "")

    def _is_sample(self, row: int, sample: str) -> bool:
        """Whether a row is to be taken; tell why if it is not."""
        column = _sample_columns(self.table, self.columns)[0]
        if sample and _CALCULATED_ROW.fullmatch(sample):
            what = f"The row '{shorten(sample)}' is calculated and was not read."
            self._tell(Level.NOTE, "calculated_row", what, "", (row, column))
            return False
        if not sample:
            self._tell(
                Level.ERROR,
                "no_sample",
                f"Row {row} has measured values but names no sample.",
                "Give the sample a name and upload the file again.",
                (row, column),
            )
            return False
        if isinstance(self.table.sheet.value(row, column), date | datetime | time):
            self._tell(
                Level.WARNING,
                "name_is_no_text",
                f"The sample name '{shorten(sample)}' is stored as a date or time.",
                "Excel may have changed it. Type it again as text.",
                (row, column),
            )
        return True

    def _without_calculated_rows(self) -> HeadedTable:
        rows = (r for r in self.table.rows if not _CALCULATED_ROW.fullmatch(self._sample(r)))
        return replace(self.table, rows=tuple(rows))

    # --- telling -----------------------------------------------------------------------------

    def _tell(
        self, level: Level, code: str, message: str, hint: str, place: tuple[int, int]
    ) -> None:
        self.harvest.tell(level, code, message, hint=hint, sheet=self.table.sheet, place=place)

    def _tell_remarks(self, row: int, sample: str) -> None:
        """Say what the instrument had to say about a sample."""
        pattern = self.columns.remarks
        for column in self.table.columns(pattern) if pattern else ():
            text = self.table.text(row, column)
            if text and not _ALL_WELL.fullmatch(text):
                self._tell(
                    Level.WARNING,
                    "instrument_remark",
                    f"The instrument remarks on sample '{shorten(sample)}': {shorten(text, 160)}",
                    "Check the sample before using its numbers.",
                    (row, column),
                )

    def _tell_skipped(self, rows: Sequence[int]) -> None:
        """Name the rows without any measured value: samples, and lines that are none."""
        table = self.table
        named = [row for row in rows if self._sample(row)]
        others = [row for row in rows if not self._sample(row)]
        for found, what in (
            (named, f"Samples without any measured value: {some(map(self._sample, named))}."),
            (others, f"Rows that name no sample: {some(map(str, others))}."),
        ):
            if found:
                is_doubtful = found is named or found[-1] == table.rows[-1]
                first = next((c for c in table.headings if table.text(found[0], c)), 1)
                self._tell(
                    Level.WARNING if is_doubtful else Level.NOTE,
                    "row_not_read",
                    f"{what} They were not read.",
                    "Check that they hold nothing measured.",
                    (found[0], first),
                )

    def _tell_gaps(self, taken: Sequence[int], measured: dict[int, str]) -> None:
        for column, heading in measured.items():
            empty = [row for row in taken if not self.table.text(row, column)]
            if empty:
                self._tell(
                    Level.WARNING,
                    "empty_cells",
                    f"'{shorten(heading)}' is empty for {some(map(self._sample, empty))}.",
                    "These samples have no such reading.",
                    (empty[0], column),
                )

    def _tell_other_columns(self, measured: dict[int, str]) -> None:
        told = [pattern for _, pattern in self.columns.facts]
        told += [*self.columns.sample, *([self.columns.remarks] if self.columns.remarks else [])]
        other = {
            c: heading
            for c, heading in self.table.headings.items()
            if c not in measured and not any(p.fullmatch(heading) for p in told)
        }
        tell_columns_left(self.harvest, self.table, other)
