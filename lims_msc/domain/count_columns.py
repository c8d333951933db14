"""The headings of a counter's file: what all numbers under one of them say about its unit.

A file that states no unit may leave only one that is possible; then it is taken, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from lims_msc.domain.count_reads import (
    CountRead,
    Quantity,
    base_label,
    names_no_population,
    recognise,
)
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.importing import FileReadings
from lims_msc.domain.plate import Read, SourceCell, WellReading

MOST_PER_ML = 1e10
"""More cells than these do not fit into a millilitre, whatever they are."""
DIAMETERS_UM = (2.0, 200.0)
"""Between these a mean diameter of cells is believed."""
_MILLIONS = 1e4  # no count in millions per mL is as high
_RAW = re.compile(r"[+-]?[0-9 \u00a0\u202f\u2009]*(?:[.,]([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?%?")


class CountColumns:
    """The reads of a file: their quantities, and what all numbers of one together tell."""

    def __init__(self, readings: FileReadings) -> None:
        self._numbers: dict[tuple[str, str], list[float]] = {}
        self._first: dict[tuple[str, str], WellReading] = {}
        for plate in readings.plates:
            for reading in plate.readings:
                if reading.well is None:
                    self._first.setdefault(_key(reading.read), reading)
                    if reading.value is not None:
                        self._numbers.setdefault(_key(reading.read), []).append(reading.value)
        self._known = {key: recognise(first.read) for key, first in self._first.items()}
        self._taken: set[tuple[str, str]] = set()

    def known(self, read: Read) -> CountRead | None:
        """Return the quantity of a read."""
        return self._known[_key(read)]

    def take(self, read: Read) -> None:
        """Note that a number under the heading of a read is part of a count."""
        self._taken.add(_key(read))

    def numbers(self, read: Read) -> list[float]:
        """Return all numbers of a file under the heading of a read."""
        return self._numbers.get(_key(read), [])

    def factor(self, read: Read) -> int | None:
        """Return the factor to the unit: the one that is stated, or the only one possible."""
        known = self.known(read)
        if known is None or known.factor is not None or known.unit:
            return known.factor if known else None
        sizes = [abs(number) for number in self.numbers(read) if number]
        if known.quantity.is_concentration:
            return 1 if any(_MILLIONS <= size <= MOST_PER_ML for size in sizes) else None
        if known.quantity is Quantity.DIAMETER:
            low, high = DIAMETERS_UM
            return 1 if sizes and all(low <= size <= high for size in sizes) else None
        return 1 if any(1 < size <= 100 for size in sizes) else None

    def findings(self) -> Iterator[Finding]:
        """Yield what is to be said about headings."""
        for key, known in self._known.items():
            first, label = self._first[key], key[0]
            if known is None:
                if names_no_population(first.read):
                    yield count_finding(
                        Level.WARNING,
                        "population",
                        f"'{label}' does not say whether it counts all cells or the viable ones.",
                        "It was not taken.",
                        first.source,
                    )
            elif key in self._taken and not known.unit and self.factor(first.read) is not None:
                # A size may also be an area; every other quantity has one unit that is possible.
                is_size = "size" in label.casefold()
                yield count_finding(
                    Level.WARNING if is_size else Level.NOTE,
                    "unit_from_numbers",
                    f"The file states no unit for '{label}'; its numbers are taken as "
                    f"{UNIT_WORDS[known.quantity]}.",
                    "Check it against the screen of the counter.",
                    first.source,
                )


def _key(read: Read) -> tuple[str, str]:
    return base_label(read.label), read.unit


UNIT_WORDS = {
    Quantity.TOTAL: "cells per mL",
    Quantity.VIABLE: "cells per mL",
    Quantity.VIABILITY: "percent",
    Quantity.DIAMETER: "a diameter in µm",
    Quantity.CIRCULARITY: "a circularity",
}


def times(number: float, factor: int) -> float:
    """Return a number times a factor as if written down: 2.28 × 10^6 is 2280000."""
    return float(Decimal(repr(number)) * factor)


def half_digit(raw: str) -> float:
    """Return half of the last digit of a printed number; 0 for a text that is none."""
    found = _RAW.fullmatch(raw.strip())
    if found is None or not any(c.isdigit() for c in raw):
        return 0.0
    return 0.5 * 10.0 ** (int(found[2] or 0) - len(found[1] or ""))


def scaled(reading: WellReading, columns: CountColumns) -> float | None:
    """Return the number of a reading in the unit of its quantity; ``None`` if it has none."""
    factor = columns.factor(reading.read)
    return None if factor is None or reading.value is None else times(reading.value, factor)


def count_finding(
    level: Level, code: str, message: str, hint: str, source: SourceCell | None
) -> Finding:
    """Return a finding about a cell."""
    sheet, cell = (source.sheet, source.cell) if source else ("", "")
    return Finding(level, f"count.{code}", message, hint, sheet=sheet, cell=cell)
