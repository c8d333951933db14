"""The sections of a SoftMax Pro export, and what the ``Plate:`` line says about a plate.

Sections run from ``Plate:``, ``Group:`` or ``Note:`` to ``~End``.  The tables inside them are read
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lims_msc.domain.plate import PlateFormat, ReadingKind
from lims_msc.domain.workbook import Cell, Sheet

from .cells import LONGEST_NM, SHORTEST_NM, DecimalMark, parse_number, text_of
from .read_settings import kind_in_words

BLOCKS = re.compile(r"##BLOCKS ?= ?([0-9]+)", re.IGNORECASE)
SAVED = re.compile(r"Original Filename: ?(.*?); ?Date Last Saved: ?(.*)", re.IGNORECASE)
_START = re.compile(r"(Plate|Group|Note|Cuvette ?Set|Cuvette) ?: *(.*)", re.IGNORECASE | re.DOTALL)
_END = re.compile(r"~End\b.*", re.IGNORECASE)
_FORMAT = re.compile(r"(?:Time|Plate)Format", re.IGNORECASE)
_DATA = re.compile(r"raw|reduced|both", re.IGNORECASE)
_TIME_RESOLVED = re.compile(r"time.?resolved|TRF|polari[sz]ation", re.IGNORECASE)
# The fields of the plate line, counted from the field that says 'Raw'.
_CYCLES, _INTERVAL, _WAVELENGTHS, _FIRST_COLUMN, _COLUMNS, _WELLS = 2, 4, 9, 10, 11, 12
_EXCITATION, _SWEEP, _FIXED = 13, 16, 17
_ROWS_OF_ABSORBANCE, _ROWS_OF_LIGHT = 13, 22


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its kind (``plate``, ``group``, ``note``), its title and its rows.

    ``last_row`` is the row before ``~End``; ``is_closed`` says whether there was one.
    """

    sheet: Sheet = field(repr=False)
    kind: str
    title: str
    first_row: int
    last_row: int
    column: int
    is_closed: bool

    def rows(self) -> Iterator[tuple[int, Mapping[int, Cell]]]:
        """Yield the filled rows below the first one."""
        for row, cells in self.sheet.rows():
            if self.first_row < row <= self.last_row:
                yield row, cells


def sections_of(sheet: Sheet) -> list[Section]:
    """Return the sections of a sheet from top to bottom."""
    found: list[Section] = []
    start: tuple[str, str, int, int] | None = None

    def close(last_row: int, *, is_closed: bool) -> None:
        if start is not None:
            kind, title, row, column = start
            found.append(Section(sheet, kind, title, row, last_row, column, is_closed))

    for row, cells in sheet.rows():
        column = min(cells)
        text = text_of(cells[column])
        if _END.fullmatch(text):
            close(row - 1, is_closed=True)
            start = None
            continue
        opening = _START.fullmatch(text)
        # A note is free text and may begin a line with any word.
        if opening is None or (start is not None and start[0] == "note"):
            continue
        close(row - 1, is_closed=True)
        title = opening[2].strip() or text_of(sheet.get(row, column + 1))
        start = opening[1].lower(), title, row, column
    close(sheet.last_row, is_closed=False)
    return found


@dataclass(frozen=True, slots=True)
class PlateLine:
    """What the fields of a ``Plate:`` line say, as far as they say it.

    ``area`` is the part of the plate that was read: first and last row, first and last column.
    ``problem`` says which fields contradict each other; then nothing may be read.
    """

    name: str
    read_type: str
    kind: ReadingKind
    is_reduced: bool
    cycles: int | None
    interval_s: float | None
    problem: str
    wavelengths: tuple[float | None, ...]
    excitations: tuple[float | None, ...]
    sweep: str
    fixed_nm: float | None
    wells: int | None
    area: tuple[int, int, int, int] | None

    @property
    def is_endpoint(self) -> bool:
        """Whether the plate was read once."""
        return self.read_type == "endpoint"

    @property
    def is_spectrum(self) -> bool:
        """Whether the lines of the plate are wavelengths and not times."""
        return self.read_type == "spectrum"

    @property
    def is_scan(self) -> bool:
        """Whether several points of each well were read."""
        return "scan" in self.read_type


def plate_line(section: Section) -> PlateLine | None:
    """Return what the plate line says; ``None`` if it is not one of SoftMax Pro."""
    sheet, row = section.sheet, section.first_row
    columns = range(section.column, sheet.last_column + 1)
    texts = {c: text_of(sheet.get(row, c)) for c in columns}
    layout = next((c for c, text in texts.items() if _FORMAT.fullmatch(text)), None)
    if layout is None:
        return None
    data = next((c for c, text in texts.items() if c > layout and _DATA.fullmatch(text)), None)
    before = [text for c, text in texts.items() if section.column < c < layout and text]
    after = [text for c, text in texts.items() if layout < c and text][:2]
    read_type, mode = [*after, "", ""][:2]
    kind = ReadingKind.FLUORESCENCE if _TIME_RESOLVED.search(mode) else kind_in_words(mode)
    fields = _Fields(texts, data if data is not None else layout + 3)
    return PlateLine(
        # The version stands between the name and the layout.
        before[0] if len(before) > 1 else "",
        read_type.lower(),
        kind,
        data is not None and texts[data].lower() == "reduced",
        fields.whole(_CYCLES),
        fields.number(_INTERVAL),
        _contradiction(fields, kind, read_type),
        fields.wavelengths(_WAVELENGTHS),
        fields.wavelengths(_EXCITATION) if kind is ReadingKind.FLUORESCENCE else (),
        fields.text(_SWEEP),
        next(iter(fields.wavelengths(_FIXED)), None),
        fields.whole(_WELLS),
        _area(fields, kind),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a plate line, counted from the field that says 'Raw'."""

    texts: Mapping[int, str]
    data: int

    def text(self, offset: int) -> str:
        return self.texts.get(self.data + offset, "")

    def number(self, offset: int) -> float | None:
        return parse_number(self.text(offset), DecimalMark.POINT)

    def whole(self, offset: int) -> int | None:
        number = self.number(offset)
        return int(number) if number is not None and number > 0 and number.is_integer() else None

    def wavelengths(self, offset: int) -> tuple[float | None, ...]:
        """Return the wavelengths of a field; 0 and words such as 'All' state none."""
        numbers = (parse_number(t, DecimalMark.POINT) for t in self.text(offset).split())
        return tuple(number or None for number in numbers)


def _contradiction(fields: _Fields, kind: ReadingKind, read_type: str) -> str:
    """Say where the fields do not fit each other, as they do after a field was added or removed."""
    if read_type.lower() == "spectrum":
        return ""
    named = fields.wavelengths(_WAVELENGTHS)
    count = fields.whole(_WAVELENGTHS - 1)
    if named and count != len(named):
        stated = fields.text(_WAVELENGTHS - 1)
        return f"The first line names {len(named)} wavelengths, but says '{stated}'."
    excitations = fields.wavelengths(_EXCITATION) if kind is ReadingKind.FLUORESCENCE else ()
    for nm in (*named, *excitations):
        if nm is not None and not SHORTEST_NM <= nm <= LONGEST_NM:
            return f"The first line of the plate names {nm:g} nm, which is no wavelength."
    return ""


def _area(fields: _Fields, kind: ReadingKind) -> tuple[int, int, int, int] | None:
    at = _ROWS_OF_ABSORBANCE if kind is ReadingKind.ABSORBANCE else _ROWS_OF_LIGHT
    first_row, rows = fields.whole(at), fields.whole(at + 1)
    first_column, columns = fields.whole(_FIRST_COLUMN), fields.whole(_COLUMNS)
    if first_row is None or rows is None or first_column is None or columns is None:
        return None
    return first_row, first_row + rows - 1, first_column, first_column + columns - 1


def rows_of_plate(line: PlateLine, last_column: int) -> int | None:
    """Return how many rows a plate has, by its wells or else by its last column."""
    if line.wells is not None:
        if line.wells in set(PlateFormat):
            return PlateFormat(line.wells).rows
        return line.wells // last_column if line.wells % last_column == 0 else None
    return next((f.rows for f in PlateFormat if f.columns == last_column), None)
