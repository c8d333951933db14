"""Reading the results on pages of the PerkinElmer workstations: labelled plates and bare ones.

How each result was measured is told by the importers through a function from title and plate
information to a read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Workbook

from .bare_matrix import BareMatrix, Region, bare_matrix
from .cells import DecimalMark, decimal_mark, shorten, text_of
from .harvest import Harvest
from .headed_table import one_line
from .measured import numbered_read, take_block, tell_unknown_kind, tell_without_plate
from .perkinelmer_pages import Page, PlateInfo, Title, moments_of
from .plate_grid import Block, find_blocks

Describe = Callable[[Title | None, PlateInfo | None], Read]


@dataclass(frozen=True, slots=True)
class _Result:
    """A block of results with its title and plate information, where it has them."""

    block: Block
    title: Title | None
    info: PlateInfo | None
    is_shifted: bool = False
    strange: tuple[tuple[int, int], ...] = ()

    @property
    def is_calculated(self) -> bool:
        if self.title is not None:
            return self.title.is_calculated
        return self.info is not None and self.info.is_calculated

    @property
    def name(self) -> str:
        if self.title is not None:
            return self.title.text
        return (self.info.label or self.info.text("formula")) if self.info else ""


def program_line(workbook: Workbook, program: re.Pattern[str]) -> str:
    """Return in words where a file names its program; empty if it does not."""
    for sheet in workbook.sheets:
        for place, cell in sheet.cells.items():
            if isinstance(cell.value, str) and program.fullmatch(one_line(text_of(cell))):
                return f"{sheet.source(*place)} says '{shorten(one_line(text_of(cell)))}'."
    return ""


def page_mark(page: Page) -> DecimalMark:
    """Find out what stands before the decimals on a page."""
    cells = page.sheet.cells.values()
    return decimal_mark(cells, beside=cells, is_absorbance=False)


def plate_names(infos: Sequence[PlateInfo]) -> dict[tuple[str, str], str]:
    """Return the name of each plate: its barcode, else its number; a second one gets ``#2``."""
    names: dict[tuple[str, str], str] = {}
    for key in dict.fromkeys(info.plate_key for info in infos):
        number, barcode = key
        name = barcode or number
        count = sum((b or n) == name for n, b in names)
        names[key] = f"{name}#{count + 1}" if count else name
    return names


def read_pages(harvest: Harvest, page: Page, describe: Describe) -> None:
    """Take the measured plates of a page, and name the calculated ones as not read."""
    mark = page_mark(page)
    names = plate_names(page.infos)
    results = _results(page, mark)
    used = {page.heading_above(result.block.corner[0])[0] for result in results}
    for place, title in page.titles():
        if place[0] not in used:
            tell_without_plate(harvest, page.sheet, place, title)
    measured = []
    for result in results:
        if result.is_calculated:
            _tell_calculated(harvest, result)
        else:
            measured.append(result)
    reads = _told_apart(measured, [describe(r.title, r.info) for r in measured])
    for result, (read, time_s) in zip(measured, reads, strict=True):
        plate = names[result.info.plate_key] if result.info else ""
        if read.kind is ReadingKind.OTHER:
            tell_unknown_kind(harvest, page.sheet, result.block.corner, result.name)
        if result.is_shifted:
            _tell_shifted(harvest, result)
        _tell_strange(harvest, result)
        take_block(harvest, result.block, read, plate, mark, time_s=time_s)


def _results(page: Page, mark: DecimalMark) -> list[_Result]:
    """Return the blocks of results from top to bottom; the map of the plate is none."""
    results = [
        _Result(block, page.title_of(block.corner[0]), page.info_of(block.corner[0]))
        for block in find_blocks(page.sheet)
        if page.heading_above(block.corner[0])[1] in ("info", "background", "results", "calculated")
        or (not page.heading_above(block.corner[0])[1] and page.infos)
    ]
    labelled = {row for r in results for row in range(r.block.corner[0], r.block.last_row + 1)}
    for matrix in _bare(page, labelled, mark):
        row = matrix.block.corner[0]
        title, info = page.title_of(row), page.info_of(row)
        results.append(_Result(matrix.block, title, info, matrix.is_shifted, matrix.strange))
    return sorted(results, key=lambda r: r.block.corner)


def _bare(page: Page, labelled: set[int], mark: DecimalMark) -> list[BareMatrix]:
    """Return the plates without labels that follow a heading and its table."""
    found = []
    size = page.plate_size()
    starts = sorted({0, *page.headings})
    for heading, following in zip(starts, [*starts[1:], 0], strict=True):
        kind = page.headings.get(heading, "")
        if kind == "other" or (not kind and not page.infos):
            continue
        first = heading + 1
        while first in page.tables:
            first += 1
        last = (following or page.sheet.last_row + 1) - 1
        if first > last or labelled & set(range(first, last + 1)):
            continue
        column = page.infos[0].column if page.infos else 1
        before = 0 if kind in ("results", "calculated", "") else 1
        after = {"info": 1, "other": 2}.get(page.headings.get(following, ""))
        region = Region(page.sheet, page.rows, first, last, column, before, after)
        matrix = bare_matrix(region, size, mark)
        if matrix is not None:
            found.append(matrix)
    return found


def _told_apart(
    results: Sequence[_Result], reads: Sequence[Read]
) -> list[tuple[Read, float | None]]:
    """Return read and time of each result; what was read again is told apart in its label.

    Cycles of a kinetic measurement have the seconds since the first one, where the dates tell.
    """
    told: list[tuple[Read, float | None]] = []
    seen: dict[object, int] = {}
    seconds, twins = _cycle_seconds(results), _twins(results)
    for index, (result, read) in enumerate(zip(results, reads, strict=True)):
        info, label = result.info, read.label
        if info is None:
            told.append((numbered_read(read, seen), None))
            continue
        time_s = seconds.get(index)
        if result.title is None and (info.plate_key, info.label) in twins:
            label = f"{label} {info.text('measinfo')}".strip()
        for name, word in (("scanx", "X"), ("scany", "Y")):
            if info.text(name) not in ("", "0"):
                label = f"{label} {word}{info.text(name)}"
        if info.cycle and time_s is None:
            label = f"{label} cycle {info.cycle}"
        if info.text("repeat") not in ("", "1") and not info.cycle:
            label = f"{label} repeat {info.text('repeat')}"
        told.append(
            (numbered_read(replace(read, label=label), seen, (info.plate_key, time_s)), time_s)
        )
    return told


def _twins(results: Sequence[_Result]) -> set[tuple[tuple[str, str], str]]:
    """Return plates and labels of which more than one channel was read."""
    channels: dict[tuple[tuple[str, str], str], set[str]] = {}
    for info in (result.info for result in results if result.info is not None):
        channels.setdefault((info.plate_key, info.label), set()).add(info.text("measinfo"))
    return {key for key, found in channels.items() if len(found) > 1}


def _cycle_key(result: _Result) -> tuple[object, ...]:
    """Return what all cycles of one kinetic measurement share."""
    info, title = result.info, result.title
    return (info and info.plate_key, info and info.label, title and title.text)


def _cycle_seconds(results: Sequence[_Result]) -> dict[int, float]:
    """Return the seconds between the first cycle and each result's cycle by their dates."""
    cycles: dict[tuple[object, ...], dict[int, tuple[int, str]]] = {}
    for index, result in enumerate(results):
        if result.info is not None and result.info.cycle:
            date = result.info.text("measurement date")
            cycles.setdefault(_cycle_key(result), {})[index] = (result.info.cycle, date)
    seconds: dict[int, float] = {}
    for members in cycles.values():
        dates = list(dict.fromkeys(date for _, date in members.values()))
        moments = dict(zip(dates, moments_of(dates), strict=False))
        if len(moments) < len({cycle for cycle, _ in members.values()}):
            continue
        start = min(moments.values())
        seconds |= {i: (moments[date] - start).total_seconds() for i, (_, date) in members.items()}
    return seconds


def _tell_calculated(harvest: Harvest, result: _Result) -> None:
    harvest.tell(
        Level.NOTE,
        "calculated_block",
        f"The block {result.block.area} ('{shorten(result.name)}') is calculated and was not read.",
        sheet=result.block.sheet,
        place=result.block.corner,
    )


def _tell_shifted(harvest: Harvest, result: _Result) -> None:
    harvest.tell(
        Level.WARNING,
        "first_field_empty",
        f"The plate {result.block.area} has no row letters, and the first field of every line is"
        " empty; it was taken for the place of the letter, and the next field for column 1.",
        hint="If column 1 of the plate was not measured, every well is one column further right:"
        " check a control well, or export the plate with row letters.",
        sheet=result.block.sheet,
        place=result.block.corner,
    )


def _tell_strange(harvest: Harvest, result: _Result) -> None:
    """Name lines among the results that are neither numbers nor known words."""
    sheet = result.block.sheet
    for place in result.strange:
        harvest.tell(
            Level.WARNING,
            "line_not_understood",
            f"The line '{shorten(text_of(sheet.get(*place)))}' was not understood.",
            hint="It was left out. Check that it belongs to the file.",
            sheet=sheet,
            place=place,
        )
