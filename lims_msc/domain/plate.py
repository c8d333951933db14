"""Wells, plate formats and the readings of a plate, each with the cell it came from."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from lims_msc.errors import InputError

_WELL = re.compile(r"([A-Za-z]{1,2}) ?0*([1-9][0-9]?)", re.ASCII)
_WELL_GROUP = re.compile(r"[A-Z]{1,2}[0-9]{1,2}(?:, ?[A-Z]{1,2}[0-9]{1,2})+", re.ASCII)


def row_letters(row: int) -> str:
    """Return the letters of a plate row counted from 1: A to Z, then AA to AF."""
    return chr(64 + row) if row <= 26 else "A" + chr(64 + row - 26)


def row_number(letters: str) -> int:
    """Return the plate row, counted from 1, of its letters.

    :raises InputError: if the letters name no row of a plate format.
    """
    text = letters.upper()
    if re.fullmatch("[A-Z]", text, re.ASCII):
        return ord(text) - 64
    if re.fullmatch("A[A-F]", text, re.ASCII):
        return 26 + ord(text[1]) - 64
    raise InputError(
        f"'{letters}' is not a plate row.", hint="Rows are A to Z and AA to AF on 1536 wells."
    )


@dataclass(frozen=True, slots=True, order=True)
class WellAddress:
    """The address of a well; ``row`` and ``column`` count from 1 and it prints as ``A1``."""

    row: int
    column: int

    def __post_init__(self) -> None:
        if not (1 <= self.row <= 32 and 1 <= self.column <= 48):
            raise InputError(
                f"Row {self.row}, column {self.column} is not a well.",
                hint="The largest plate format has 32 rows and 48 columns.",
            )

    @classmethod
    def parse(cls, text: str) -> WellAddress:
        """Read an address such as ``A1``, ``a01``, ``A 1`` or ``AF48``.

        :raises InputError: if the text is not the address of a well.
        """
        found = _WELL.fullmatch(text.strip())
        if found is None:
            raise InputError(
                f"'{text}' is not a well.", hint="Write a row letter and a column number: A1, H12."
            )
        return cls(row_number(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{row_letters(self.row)}{self.column}"


class PlateFormat(IntEnum):
    """The number of wells of a plate; every member knows its rows and columns."""

    WELLS_6 = 6
    WELLS_12 = 12
    WELLS_24 = 24
    WELLS_48 = 48
    WELLS_96 = 96
    WELLS_384 = 384
    WELLS_1536 = 1536

    @property
    def rows(self) -> int:
        """The number of rows."""
        return {6: 2, 12: 3, 24: 4, 48: 6, 96: 8, 384: 16, 1536: 32}[self.value]

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self.value // self.rows

    def __contains__(self, well: WellAddress) -> bool:
        return well.row <= self.rows and well.column <= self.columns

    def wells(self) -> tuple[WellAddress, ...]:
        """Return all wells row by row: A1, A2, … B1, …"""
        return tuple(
            WellAddress(row, column)
            for row in range(1, self.rows + 1)
            for column in range(1, self.columns + 1)
        )

    @classmethod
    def smallest_with(cls, rows: int, columns: int) -> PlateFormat:
        """Return the smallest format that holds so many rows and columns.

        :raises InputError: if no format is large enough.
        """
        for plate_format in cls:
            if rows <= plate_format.rows and columns <= plate_format.columns:
                return plate_format
        raise InputError(f"No plate format has {rows} rows and {columns} columns.")


class ReadingKind(StrEnum):
    """What a reading measures."""

    ABSORBANCE = "absorbance"
    FLUORESCENCE = "fluorescence"
    LUMINESCENCE = "luminescence"
    OTHER = "other"


class Marker(StrEnum):
    """Why a reading has no number; the file's own text is kept beside it."""

    OVERFLOW = "overflow"
    UNDERFLOW = "underflow"
    MASKED = "masked"
    MISSING = "missing"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SourceCell:
    """Where a value stands in its file: sheet and address (``C14``).

    Text files have no sheet; their ``cell`` is ``line:column``, both counted from 1.
    """

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"sheet '{self.sheet}', cell {self.cell}" if self.sheet else f"line {self.cell}"


@dataclass(frozen=True, slots=True)
class Read:
    """One pass of the instrument over a plate: its label, what was measured and how.

    For absorbance ``wavelength_nm`` is the measurement wavelength, for fluorescence the excitation
    (with ``emission_nm`` beside it); ``None`` where the file does not say.  ``unit`` is a UCUM code
    such as ``{OD}`` where known.
    """

    label: str
    kind: ReadingKind
    wavelength_nm: float | None = None
    emission_nm: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class WellReading:
    """One measured value, or the marker in its place, with the cell it came from.

    Exactly one of ``value`` and ``marker`` is there, and the value is finite.  ``well`` is ``None``
    for instruments that measure samples without wells; those fill ``sample``.  ``time_s`` is
    seconds since the first cycle and ``None`` for endpoint reads.  ``raw`` is the file's own text.
    """

    read: Read
    source: SourceCell
    raw: str
    well: WellAddress | None = None
    sample: str = ""
    time_s: float | None = None
    value: float | None = None
    marker: Marker | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.marker is None):
            raise ValueError(f"A reading has a value or a marker, not both or neither: {self!r}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"A reading is a finite number or has a marker: {self!r}")
        if self.well is None and not self.sample:
            raise ValueError(f"A reading belongs to a well or to a sample: {self!r}")

    @property
    def place(self) -> str:
        """The well; for the mean of a replicate group, which is no reading of one well, its wells.

        Such a group is the ``sample`` of the reading as the file prints it: ``A1,B1``.
        """
        if self.well is not None:
            return str(self.well)
        return self.sample if _WELL_GROUP.fullmatch(self.sample) else ""


@dataclass(frozen=True, slots=True)
class PlateReading:
    """All readings of one plate of a file, in file order.

    ``plate`` is the name or barcode that the file prints, else the sheet name when several
    exports share a workbook, else empty.
    """

    plate: str
    readings: tuple[WellReading, ...]

    @property
    def reads(self) -> tuple[Read, ...]:
        """The distinct reads, in the order in which they appear."""
        return tuple(dict.fromkeys(r.read for r in self.readings))

    @property
    def wells(self) -> tuple[WellAddress, ...]:
        """The distinct wells that were read, sorted."""
        return tuple(sorted({r.well for r in self.readings if r.well is not None}))
