"""Which readings of a cell counter belong together: those of one sample, counted once.

Where a table has one sample a line, a name may come again; its lines are then told apart by their
place, because readings of two lines must never be mixed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lims_msc.domain.findings import Finding
from lims_msc.domain.importing import FileReadings
from lims_msc.domain.plate import SourceCell, WellReading

_SHEET_ROW = re.compile(r"[A-Z]{1,3}([0-9]+)", re.ASCII)
_TEXT_ROW = re.compile(r"([0-9]+):[0-9]+", re.ASCII)

Row = tuple[str, int]
"""A row of a sheet; text files have no sheet."""


@dataclass(frozen=True, slots=True)
class SampleReadings:
    """The readings of one sample, and the rows that hold no other sample's."""

    name: str
    readings: tuple[WellReading, ...]
    rows: frozenset[Row]


def row_of(place: SourceCell | Finding) -> Row:
    """Return the row of a cell."""
    found = _SHEET_ROW.fullmatch(place.cell) or _TEXT_ROW.fullmatch(place.cell)
    return place.sheet, int(found[1]) if found else 0


def sample_readings(file: FileReadings) -> tuple[SampleReadings, ...]:
    """Return the samples of a file in its order, each with a name of its own."""
    groups: dict[tuple[str, str, Row | None], list[WellReading]] = {}
    for plate in file.plates:
        readings = [reading for reading in plate.readings if reading.well is None]
        by_line = _is_table(readings)
        for reading in readings:
            line = row_of(reading.source) if by_line else None
            groups.setdefault((plate.plate, reading.sample, line), []).append(reading)
    samples = Counter(row for found in groups.values() for row in _rows(found))
    names = _names(groups)
    return tuple(
        SampleReadings(
            name, tuple(found), frozenset(row for row in _rows(found) if samples[row] == 1)
        )
        for name, found in zip(names, groups.values(), strict=True)
    )


def _rows(readings: Iterable[WellReading]) -> set[Row]:
    return {row_of(reading.source) for reading in readings}


def _is_table(readings: Iterable[WellReading]) -> bool:
    """Whether a row holds several readings of one sample: one sample a line."""
    counted = Counter((reading.sample, row_of(reading.source)) for reading in readings)
    return any(count > 1 for count in counted.values())


def _names(groups: Iterable[tuple[str, str, Row | None]]) -> list[str]:
    keys = list(groups)
    plates: dict[str, set[str]] = {}
    for plate, sample, _ in keys:
        plates.setdefault(sample, set()).add(plate)
    names: list[str] = []
    for plate, sample, _ in keys:
        first = f"{plate}: {sample}" if len(plates[sample]) > 1 and plate else sample
        name, count = first, 1
        while name in names:
            count += 1
            name = f"{first} [{count}]"
        names.append(name)
    return names
