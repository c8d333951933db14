"""The readings of wells as an analysis uses them, and findings that name wells and source cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lims_msc.domain.assay import Check
from lims_msc.domain.curve import Signal
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout
from lims_msc.domain.plate import Marker, WellAddress

WELL_LEFT_OUT = Check("well_left_out", Level.WARNING, "a well has a marker instead of a number")
# No instrument gives such readings; their squares and ratios would leave the range of numbers.
_LARGEST = 1e30
_SMALLEST = 1e-30


@dataclass(frozen=True, slots=True)
class WellReadings:
    """The signals of a plate by well; a well without a usable number is never taken as zero."""

    signals: Mapping[WellAddress, Signal]

    def value(self, well: WellAddress) -> float | None:
        """Return the number of a well, or ``None`` for a marker or a well that was not read."""
        signal = self.signals.get(well)
        if signal is None or signal.value is None or signal.marker is not None:
            return None
        size = abs(signal.value)
        return signal.value if size == 0 or _SMALLEST < size < _LARGEST else None

    def values(self, wells: Iterable[WellAddress]) -> list[float]:
        """Return the numbers of those wells that have one, in the order of the wells."""
        return [value for value in map(self.value, wells) if value is not None]

    def highest_reading(self, well: WellAddress) -> float | None:
        """Return the highest optical density that the detector had to read for a well's number.

        Where a reference read was subtracted, the number is less than what was read.
        """
        value = self.value(well)
        if value is None or (subtraction := self.signals[well].subtraction) is None:
            return value
        read = (subtraction.measured, subtraction.reference)
        return max(number for number in read if number is not None)

    def usable(self, wells: Iterable[WellAddress]) -> tuple[WellAddress, ...]:
        """Return the wells that have a number."""
        return tuple(well for well in wells if self.value(well) is not None)

    def lost(self, wells: Iterable[WellAddress]) -> tuple[WellAddress, ...]:
        """Return the wells that have none."""
        return tuple(well for well in wells if self.value(well) is None)

    def why_lost(self, well: WellAddress) -> str:
        """Return in words why a well has no number."""
        signal = self.signals.get(well)
        if signal is None:
            return "was not read"
        if signal.marker is None:
            return "has no usable number"
        return f"has no number: {signal.marker}"

    def overflowed(self, wells: Iterable[WellAddress]) -> tuple[WellAddress, ...]:
        """Return the wells whose reading was too high for the instrument."""
        return tuple(
            well
            for well in wells
            if (signal := self.signals.get(well)) is not None and signal.marker is Marker.OVERFLOW
        )

    def finding(
        self,
        level: Level,
        code: str,
        message: str,
        *,
        hint: str = "",
        wells: Sequence[WellAddress] = (),
    ) -> Finding:
        """Return a finding that names the wells and the cells that their readings came from."""
        sources = [
            signal.source
            for well in wells
            if (signal := self.signals.get(well)) is not None and signal.source is not None
        ]
        sheets = {source.sheet for source in sources}
        is_one_sheet = len(sheets) == 1
        return Finding(
            level=level,
            code=code,
            message=message,
            hint=hint,
            sheet=sheets.pop() if is_one_sheet else "",
            cell=", ".join(source.cell for source in sources) if is_one_sheet else "",
            well=", ".join(str(well) for well in wells),
        )


def neighbourhoods(wells: Iterable[WellAddress]) -> list[list[WellAddress]]:
    """Return the wells in sets that touch each other, sides or corners, in plate order."""
    left = sorted(wells)
    found: list[list[WellAddress]] = []
    while left:
        together = [left.pop(0)]
        for well in together:
            near = [
                other
                for other in left
                if math.dist((well.row, well.column), (other.row, other.column)) < 2
            ]
            together += near
            left = [other for other in left if other not in near]
        found.append(sorted(together))
    return found


def lost_wells(
    layout: PlateLayout, readings: WellReadings, wells: Iterable[WellAddress]
) -> list[Finding]:
    """Return one warning for each well that has no number, with its role and its cell."""
    return [
        readings.finding(
            Level.WARNING,
            "well_left_out",
            f"This {layout.contents[well].role} well {readings.why_lost(well)}; it is left out, "
            "not counted as zero.",
            wells=[well],
        )
        for well in readings.lost(wells)
    ]
