"""The raw table of a SoftMax Pro plate section: which cell holds which well.

The plate layout prints no row letters, so a well's row is its line; every line is therefore checked
against the number of rows of the plate, the blank lines between cycles and the part of the plate
that was read.  What does not fit is a problem in words, and then nothing may be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lims_msc.domain.plate import WellAddress, row_letters
from lims_msc.domain.workbook import Cell

from .cells import DecimalMark, parse_number, text_of, well_of
from .plate_grid import column_label, label_runs
from .softmax_sections import PlateLine, Section, rows_of_plate

Place = tuple[int, int]
Rows = Mapping[int, Mapping[int, Cell]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of the raw table.

    ``number`` counts the wavelengths from 0; ``step`` is the place of the time, wavelength or point
    of its cycle, ``None`` for plates that were read once.
    """

    place: Place
    well: WellAddress
    number: int
    step: Place | None


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells of a raw table, where its temperature stands, and what is wrong with it.

    ``calculated`` is the place of the reduced copy below.
    """

    header: Place
    entries: tuple[Entry, ...] = ()
    temperature: Place | None = None
    calculated: Place | None = None
    problem: str = ""
    problem_at: Place | None = None


def raw_table(section: Section, line: PlateLine) -> RawTable | None:
    """Return the raw table of a section: the first with well names or column numbers above it."""
    rows: Rows = dict(section.rows())
    for row, cells in rows.items():
        wells = {c: well for c, cell in cells.items() if (well := well_of(cell))}
        if wells and 2 * len(wells) >= len(cells):
            return _well_columns(line, rows, row, wells)
        runs = list(label_runs(cells, column_label))
        if runs and 2 * sum(map(len, runs)) >= len(cells):
            return _grids(line, rows, row, runs)
        numbers = [c for c, cell in cells.items() if _is_number(cell)]
        if numbers:
            # Without its headings the raw table must not be taken for the reduced one below it.
            at = row, numbers[0]
            return _problem(at, "The line of column numbers above the readings is missing.", at)
    return None


def _is_number(cell: Cell) -> bool:
    return parse_number(text_of(cell).replace(",", "."), DecimalMark.POINT) is not None


def _problem(header: Place, message: str, at: Place) -> RawTable:
    return RawTable(header, problem=message, problem_at=at)


# --- the time layout: a column for each well --------------------------------------------------


def _well_columns(
    line: PlateLine, rows: Rows, header_row: int, wells: Mapping[int, WellAddress]
) -> RawTable:
    first = min(wells)
    header = header_row, first
    if len(set(wells.values())) < len(wells):
        return _problem(header, "A well stands twice among the headings of the plate.", header)
    parts: list[list[int]] = []
    calculated = None
    for row in (r for r in rows if r > header_row):
        if any(well_of(rows[row].get(c)) for c in wells):
            calculated = row, min(rows[row])
            break
        if not any(c in rows[row] for c in wells):
            return _problem(
                header, "The line is inside the plate and holds no reading.", (row, min(rows[row]))
            )
        if parts and parts[-1][-1] == row - 1:
            parts[-1].append(row)
        else:
            parts.append([row])
    expected = 1 if line.is_spectrum else max(1, len(line.wavelengths))
    if parts and (
        len(parts) != expected or (line.is_endpoint and any(len(part) > 1 for part in parts))
    ):
        return _problem(
            header,
            f"The plate has {sum(map(len, parts))} lines of readings in {len(parts)} parts, but its"
            f" first line names {expected} wavelengths.",
            (parts[-1][-1], first),
        )
    entries = tuple(
        Entry((row, c), well, number, None if line.is_endpoint else (row, first - 2))
        for number, part in enumerate(parts)
        for row in part
        for c, well in wells.items()
        if text_of(rows[row].get(c))
    )
    lines = [row for part in parts for row in part]
    return RawTable(header, entries, _temperature(rows, lines, first - 1), calculated)


# --- the plate layout: grids side by side, without row letters --------------------------------


def _grids(line: PlateLine, rows: Rows, header_row: int, runs: list[dict[int, int]]) -> RawTable:
    first = min(runs[0])
    header = header_row, first
    height = rows_of_plate(line, max(max(run.values()) for run in runs))
    if height is None:
        return _problem(header, "It is not clear how many rows the plate has.", header)
    if line.wavelengths and len(line.wavelengths) != len(runs):
        return _problem(
            header,
            f"{len(runs)} grids stand side by side, but the first line of the plate names"
            f" {len(line.wavelengths)} wavelengths.",
            header,
        )
    blocks = _row_blocks(line, rows, header_row, height)
    misfit = _misfit(line, rows, blocks, header)
    if misfit is not None:
        return misfit
    entries: list[Entry] = []
    for block in blocks:
        step = next((place for place in _steps(rows, block, header)), None)
        entries += [
            Entry((row, c), WellAddress(row - block.start + 1, label), number, step)
            for number, run in enumerate(runs)
            for row in block
            for c, label in run.items()
            if text_of(rows.get(row, {}).get(c))
        ]
    outside = _outside(entries, line)
    if outside is not None:
        return outside
    rest = _rest(rows, blocks)
    calculated = (rest, min(rows[rest])) if rest else None
    lines = [row for block in blocks for row in block]
    return RawTable(header, tuple(entries), _temperature(rows, lines, first - 1), calculated)


def _row_blocks(line: PlateLine, rows: Rows, header_row: int, height: int) -> list[range]:
    """Return the lines of each cycle: as many as the plate has rows, then a blank one."""
    blocks: list[range] = []
    start = header_row + 1
    while any(row >= start for row in rows):
        if blocks and (line.is_endpoint or _only_labels(rows.get(start, {}))):
            break
        blocks.append(range(start, start + height))
        start += height + 1
    return blocks


def _steps(rows: Rows, block: range, header: Place) -> list[Place]:
    """Return the places of times, wavelengths or points: two columns left of the readings."""
    column = header[1] - 2
    return [(row, column) for row in block if text_of(rows.get(row, {}).get(column))]


def _rest(rows: Rows, blocks: list[range]) -> int | None:
    """Return the first filled line below the last cycle and its blank line."""
    return next((row for row in rows if blocks and row > blocks[-1].stop), None)


def _misfit(line: PlateLine, rows: Rows, blocks: list[range], header: Place) -> RawTable | None:
    """Return the problem of the first cycle whose lines are not those of the plate."""
    expected = 0 if line.is_endpoint else 1
    for block in blocks:
        if len(_steps(rows, block, header)) != expected or block.stop in rows:
            at = next((row for row in (block.stop, *block) if row in rows), block.start)
            return _shifted(header, rows, block, at)
    rest = _rest(rows, blocks)
    if rest is not None and not _only_labels(rows[rest]):
        return _shifted(header, rows, blocks[-1], rest)
    return _lacking(line, rows, blocks, header)


def _lacking(line: PlateLine, rows: Rows, blocks: list[range], header: Place) -> RawTable | None:
    """Return the problem of a cycle without a line that the plate line or the first cycle has."""
    filled = [[row - block.start + 1 for row in block if row in rows] for block in blocks]
    if not filled:
        return None
    expected = list(range(line.area[0], line.area[1] + 1)) if line.area else filled[0]
    for block, have in zip(blocks, filled, strict=True):
        lacks = [row for row in expected if row not in have]
        if have and lacks:
            return _problem(
                header,
                f"The lines {block.start} to {block.stop - 1} should be the rows of the plate, and"
                f" no values stand where row {row_letters(lacks[0])} should be.",
                (block.start + lacks[0] - 1, header[1]),
            )
    return None


def _only_labels(cells: Mapping[int, Cell]) -> bool:
    """Whether a line holds column numbers and nothing else."""
    return bool(cells) and sum(map(len, label_runs(cells, column_label))) == len(cells)


def _shifted(header: Place, rows: Rows, block: range, row: int) -> RawTable:
    return _problem(
        header,
        f"The lines {block.start} to {block.stop - 1} should be the {len(block)} rows of the plate,"
        f" followed by a blank line, and line {row} does not fit.",
        (row, min(rows[row]) if row in rows else header[1]),
    )


def _outside(entries: Iterable[Entry], line: PlateLine) -> RawTable | None:
    """Refuse values outside the part of the plate that was read; a line was added or removed."""
    if line.area is None:
        return None
    for entry in entries:
        if not _in_area(entry.well, line.area):
            top, bottom, left, right = line.area
            return _problem(
                entry.place,
                f"The plate's first line says that {row_letters(top)}{left} to"
                f" {row_letters(bottom)}{right} were read, but here stands a value for well"
                f" {entry.well}.",
                entry.place,
            )
    return None


def _in_area(well: WellAddress, area: tuple[int, int, int, int]) -> bool:
    """Whether a well is in the part of the plate from first to last row and column."""
    top, bottom, left, right = area
    return top <= well.row <= bottom and left <= well.column <= right


def _temperature(rows: Rows, lines: Iterable[int], column: int) -> Place | None:
    return next(((r, column) for r in lines if text_of(rows.get(r, {}).get(column))), None)
