"""Luminex xPONENT (MAGPIX, FlexMAP 3D, Luminex 200): lines about the run, then data blocks.

Each block starts with ``DataType:``.  Medians and counts are readings; what was calculated from
them (net and average values, standard deviations) is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.plate import Read, ReadingKind, WellAddress
from lims_msc.domain.workbook import Cell, Sheet, Workbook
from lims_msc.errors import InputError

from .cells import decimal_mark, shorten, text_of
from .harvest import Harvest, some
from .measured import tell_no_well
from .read_settings import Settings
from .sample_report import key_lines, tell_report_facts
from .table_remarks import words

_DATA_TYPE, _LOCATION = words(r"data ?type:?"), words(r"location")
_PROGRAM = words(r"xponent\b.*")
_MEASURED = words(r"median|count")
_NO_ANALYTE = words(r"sample|location|total events|notes?|dilution factor")
_PLACE = re.compile(r"(?:[0-9]+ ?\()?(?P<plate>[0-9]+) ?[,;] ?(?P<well>[A-Za-z]{1,2}[0-9]{1,2})\)?")
_END = words(r"-+ ?crc ?-+.*|crc32.*")
_WARNINGS = words(r"warnings ?/ ?errors")
_RUN = (
    ("serial number", words(r"sn")),
    ("software version", words(r"build")),
    ("date", words(r"batchstarttime")),
    ("batch", words(r"batch")),
    ("protocol", words(r"protocolname")),
    ("user", words(r"operator")),
)


@dataclass(frozen=True, slots=True)
class _DataBlock:
    """A block: its data type, its heading row, and the rows below up to the next block."""

    sheet: Sheet = field(repr=False)
    title: str
    title_at: tuple[int, int]
    headings: dict[int, str]
    rows: tuple[int, ...]

    @property
    def location_column(self) -> int | None:
        """The column of the wells; ``None`` for blocks by sample or analyte."""
        return next((c for c, h in self.headings.items() if _LOCATION.fullmatch(h)), None)

    @property
    def analytes(self) -> dict[int, str]:
        """The headings that name analytes, by column."""
        return {c: h for c, h in self.headings.items() if not _NO_ANALYTE.fullmatch(h)}


class LuminexXponent:
    """Reads exports of xPONENT."""

    key: ClassVar[str] = "luminex_xponent"
    title: ClassVar[str] = "Luminex xPONENT"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a cell names xPONENT beside data blocks, or blocks list bead locations."""
        for sheet in workbook.sheets:
            blocks = _blocks(sheet)
            if not blocks:
                continue
            named = next(
                (p for p, c in sheet.cells.items() if _PROGRAM.fullmatch(text_of(c))), None
            )
            if named or any(block.location_column for block in blocks):
                where = sheet.source(*(named or blocks[0].title_at))
                return Sniff(
                    is_mine=True, reason=f"{where} is of an xPONENT file with data blocks."
                )
        return Sniff(is_mine=False, reason="No line starts a data block of xPONENT ('DataType:').")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return median and count of each analyte in every well.

        :raises InputError: if there are none, or a row names no well.
        """
        harvest = Harvest(workbook)
        for sheet in workbook.sheets:
            blocks = () if sheet.hidden else _blocks(sheet)
            if blocks:
                tell_report_facts(harvest, key_lines(sheet), _RUN)
                _tell_instrument(harvest, sheet)
            for block in blocks:
                _take(harvest, block)
            _tell_cut_off(harvest, sheet, blocks)
        return harvest.result()


def _blocks(sheet: Sheet) -> tuple[_DataBlock, ...]:
    rows = dict(sheet.rows())
    starts = [row for row, cells in rows.items() if _DATA_TYPE.fullmatch(_first(cells))]
    blocks: list[_DataBlock] = []
    for start, after in pairwise([*starts, sheet.last_row + 1]):
        named = [c for c in rows[start] if text_of(rows[start][c])]
        below = [r for r in rows if start < r < after]
        end = next((r for r in below if _END.fullmatch(_first(rows[r]))), after)
        below = [r for r in below if r < end]
        if len(named) > 1 and below:
            heads = {c: text_of(cell) for c, cell in rows[below[0]].items() if text_of(cell)}
            title, place = text_of(rows[start][named[1]]), (start, named[1])
            blocks.append(_DataBlock(sheet, title, place, heads, tuple(below[1:])))
    return tuple(blocks)


def _first(cells: dict[int, Cell]) -> str:
    return text_of(cells[min(cells)])


def _take(harvest: Harvest, block: _DataBlock) -> None:
    if _WARNINGS.fullmatch(block.title):
        _tell_warnings(harvest, block)
        return
    locations = block.location_column
    if not _MEASURED.fullmatch(block.title) or locations is None:
        harvest.tell(
            Level.NOTE,
            "block_not_read",
            f"The block '{shorten(block.title)}' was calculated or planned and was not read.",
            sheet=block.sheet,
            place=block.title_at,
        )
        return
    sheet, is_count = block.sheet, block.title.lower() == "count"
    cells = [c for r in block.rows for a in block.analytes if (c := sheet.get(r, a)) is not None]
    mark = decimal_mark(cells, beside=sheet.cells.values())
    empty: list[str] = []
    for row in block.rows:
        found = _place_of(text_of(sheet.get(row, locations)))
        if found is None:
            tell_no_well(harvest, sheet, (row, locations))
            continue
        plate, well = found
        for column, analyte in block.analytes.items():
            label = f"{block.title} {analyte}"
            read = Settings(ReadingKind.FLUORESCENCE).read(label)
            if is_count:
                read = Read(label, ReadingKind.OTHER, unit="{beads}")
            place = (row, column)
            if not harvest.take(sheet, place, plate=plate, read=read, well=well, mark=mark):
                empty.append(f"{well} of '{shorten(analyte, 30)}'")
    if empty:
        harvest.tell(
            Level.WARNING,
            "empty_wells",
            f"The block '{block.title}' has no value for {some(empty)}.",
            hint="They have no reading. If they were measured, export the plate again.",
            sheet=sheet,
            place=block.title_at,
        )


def _place_of(text: str) -> tuple[str, WellAddress] | None:
    """Return plate and well of a location such as ``97(2,A1)``; ``None`` if it is none."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    try:
        return found["plate"], WellAddress.parse(found["well"])
    except InputError:
        return None


def _tell_warnings(harvest: Harvest, block: _DataBlock) -> None:
    """Pass on what the instrument warns of."""
    for row in block.rows:
        cells = [text_of(block.sheet.get(row, c)) for c in sorted(block.headings)]
        found = _place_of(cells[0])
        harvest.tell(
            Level.WARNING,
            "instrument_remark",
            f"The instrument says: {shorten(' '.join(cells[1:]) or cells[0], 200)}",
            hint="Look whether the well should be left out.",
            sheet=block.sheet,
            place=(row, min(block.headings)),
            well=found[1] if found else None,
        )


def _tell_instrument(harvest: Harvest, sheet: Sheet) -> None:
    """Keep the instrument, which stands in the line of the program, right of its name."""
    for (row, column), cell in sheet.cells.items():
        if _PROGRAM.fullmatch(text_of(cell)):
            beside = [c for r, c in sheet.cells if r == row and c > column]
            for instrument in beside:
                harvest.fact("instrument", sheet, (row, instrument))


def _tell_cut_off(harvest: Harvest, sheet: Sheet, blocks: tuple[_DataBlock, ...]) -> None:
    """Refuse a text file that ends in a block of readings that is shorter than another.

    The program always writes more blocks and a checksum below.
    """
    listed = [b for b in blocks if b.location_column and _MEASURED.fullmatch(b.title)]
    if not sheet.is_text or not listed or listed[-1] is not blocks[-1]:
        return
    last, longest = listed[-1], max(len(block.rows) for block in listed)
    if last.rows and last.rows[-1] != sheet.last_row:
        return
    is_sure = len(listed) == 1 or len(last.rows) < longest or _is_short(last)
    harvest.tell(
        Level.ERROR if is_sure else Level.WARNING,
        "cut_off",
        f"The file ends inside the block '{shorten(last.title)}', without the lines that xPONENT"
        " writes below.",
        hint="Export the file again.",
        sheet=sheet,
        place=last.title_at,
    )


def _is_short(block: _DataBlock) -> bool:
    """Whether the last row ends before the last analyte that the first row has."""
    first, last = block.rows[0], block.rows[-1]
    ends = [max((c for r, c in block.sheet.cells if r == row), default=0) for row in (first, last)]
    return ends[1] < ends[0]
