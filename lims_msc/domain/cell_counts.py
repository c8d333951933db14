"""Cell counts: concentration, viability and diameter of each sample, made of a counter's readings.

Which read holds which quantity is said by ``count_reads``; here numbers are brought to their units
and held against each other.  A number whose unit cannot be told is not given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from lims_msc.domain.count_columns import (
    DIAMETERS_UM,
    MOST_PER_ML,
    UNIT_WORDS,
    CountColumns,
    count_finding,
    half_digit,
    scaled,
    times,
)
from lims_msc.domain.count_reads import Quantity, base_label
from lims_msc.domain.count_samples import SampleReadings, row_of, sample_readings
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.importing import FileReadings
from lims_msc.domain.plate import Marker, SourceCell, WellReading

FEWEST_PER_ML = 100.0
"""Fewer cells than these per mL are below what counters can see."""
LONGEST_NAME = 120
_POINTS = 5.0  # viability and viable/total may differ by so much: they are rounded, and images vary


@dataclass(frozen=True, slots=True)
class Measured:
    """One quantity of a sample in the unit of its name, or why there is no number.

    ``raw`` is the file's own text, ``label`` the heading it stands under; ``source`` is ``None``
    where the file does not have the quantity.
    """

    value: float | None = None
    marker: Marker | None = None
    raw: str = ""
    source: SourceCell | None = None
    label: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"A quantity is a finite number or has a reason: {self!r}")
        if (self.value is None) == (not self.reason):
            raise ValueError(f"A quantity has a number or a reason, not both: {self!r}")


NOT_IN_FILE = Measured(reason="not in the file")


@dataclass(frozen=True, slots=True)
class CellCount:
    """What a counter says about one sample, and what speaks against it.

    ``sample`` is the name that the file prints; a name that comes again has ``[2]`` behind it, and
    its sheet before it where several sheets have it.
    """

    sample: str
    total_cells_per_ml: Measured
    viable_cells_per_ml: Measured
    viability_percent: Measured
    mean_diameter_um: Measured
    mean_circularity: Measured = NOT_IN_FILE
    findings: tuple[Finding, ...] = ()

    @property
    def measured(self) -> dict[Quantity, Measured]:
        """The quantities by what they are."""
        return {quantity: getattr(self, quantity.value) for quantity in Quantity}

    @property
    def can_be_accepted(self) -> bool:
        """Whether nothing blocks the count."""
        return not errors_among(self.findings)


@dataclass(frozen=True, slots=True)
class CellCounts:
    """The counts of a file in its order, and findings that belong to no single sample."""

    counts: tuple[CellCount, ...]
    findings: tuple[Finding, ...] = ()


def quantity_text(quantity: Quantity, value: float) -> str:
    """Return a quantity as people read it: ``1 840 000``, ``96.9 %``, ``14.6 µm``, ``0.86``."""
    if quantity.is_concentration:
        # Narrow blanks: neither a comma nor a point, which one of two readers takes for decimals.
        return f"{value:,.0f}".replace(",", "\u202f")
    if quantity is Quantity.VIABILITY:
        return f"{value:.1f} %"
    return f"{value:.1f} µm" if quantity is Quantity.DIAMETER else f"{value:.2f}"


def cell_counts(readings: FileReadings) -> CellCounts:
    """Return the count of each sample of a file; readings of wells are none.

    Readings that are no quantity of a count are left out, as are samples with none.
    """
    columns = CountColumns(readings)
    counts = []
    told: set[Finding] = set()
    for sample in sample_readings(readings):
        # What the importer doubts in the line of a sample belongs to its count; errors are of all.
        about = tuple(
            f
            for f in readings.findings
            if f.cell and f.level is not Level.ERROR and row_of(f) in sample.rows
        )
        found = _Making(sample, columns).make()
        if found is not None:
            told.update(about)
            counts.append(replace(found, findings=(*about, *found.findings)))
    others = tuple(finding for finding in readings.findings if finding not in told)
    return CellCounts(tuple(counts), (*others, *columns.findings()))


class _Making:
    """One count on its way: its quantities, and the findings about them."""

    def __init__(self, sample: SampleReadings, columns: CountColumns) -> None:
        self.sample = sample
        self.columns = columns
        self.told: list[Finding] = []
        self.found: dict[Quantity, Measured] = {}
        self.half_digits: dict[Quantity, float] = {}

    def make(self) -> CellCount | None:
        """Return the count, or ``None`` for a sample with no quantity of one."""
        for quantity in Quantity:
            if (reading := self._reading_of(quantity)) is not None:
                self.found[quantity] = self._measured(quantity, reading)
        if not self.found:
            return None
        self._hold_together()
        if all(measured.value is None for measured in self.found.values()):
            first = next(iter(self.found.values()))
            self._tell(Level.ERROR, "no_number", first, "has no number", "Count it again.")
        if len(self.sample.name) > LONGEST_NAME:
            first = next(iter(self.found.values()))
            hint = f"Give it a name of at most {LONGEST_NAME} characters."
            self._tell(Level.ERROR, "long_name", first, "has a name that is too long", hint)
        quantities = {q.value: self.found.get(q, NOT_IN_FILE) for q in Quantity}
        return CellCount(self.sample.name, **quantities, findings=tuple(self.told))

    # --- one quantity ------------------------------------------------------------------------

    def _reading_of(self, quantity: Quantity) -> WellReading | None:
        """Return the reading that counts; tell if others of the same rank differ from it."""
        ranked = [
            (known.rank, reading)
            for reading in self.sample.readings
            if (known := self.columns.known(reading.read)) and known.quantity is quantity
        ]
        if not ranked:
            return None
        lowest = min(rank for rank, _ in ranked)
        first, *others = (reading for rank, reading in ranked if rank == lowest)
        self.columns.take(first.read)
        for other in others:
            if scaled(other, self.columns) != scaled(first, self.columns):
                self.told.append(
                    count_finding(
                        Level.WARNING,
                        "given_twice",
                        f"The sample '{self.sample.name}' has '{other.raw}' under "
                        f"'{other.read.label}' and '{first.raw}' under '{first.read.label}'.",
                        "The latter was taken.",
                        other.source,
                    )
                )
        return first

    def _measured(self, quantity: Quantity, reading: WellReading) -> Measured:
        label = base_label(reading.read.label)
        if reading.value is None:
            assert reading.marker is not None  # noqa: S101 (a reading has one of the two)
            reason = f"{reading.marker.value}: the file says '{reading.raw}'"
            return Measured(None, reading.marker, reading.raw, reading.source, label, reason)
        if quantity is Quantity.DIAMETER and reading.value == 0:
            reason = "the counter saw no cell to measure"
            return Measured(None, Marker.MISSING, reading.raw, reading.source, label, reason)
        value, reason = self._value(quantity, reading, reading.value)
        made = Measured(value, None, reading.raw, reading.source, label, reason)
        if value is not None:
            self._judge(quantity, made, value)
        return made

    def _value(
        self, quantity: Quantity, reading: WellReading, number: float
    ) -> tuple[float | None, str]:
        known = self.columns.known(reading.read)
        factor = self.columns.factor(reading.read)
        unit = known.unit if known else ""
        if quantity is Quantity.VIABILITY and factor in {1, None} and 0 < number <= 1:
            has_sign = reading.raw.strip().endswith("%")
            if not has_sign and (factor is not None or not unit):
                return self._fraction_or_percent(reading, number)
        elif factor is None and not unit and number == 0:
            return 0.0, ""
        if factor is None:
            said = f"says '{unit}'" if unit else "states no unit"
            reason = f"the file {said}"
            self.told.append(
                count_finding(
                    Level.WARNING,
                    "unit_unknown",
                    f"'{reading.raw}' of the sample '{self.sample.name}' was not taken: for "
                    f"'{base_label(reading.read.label)}' the file {said}.",
                    f"Expected {UNIT_WORDS[quantity]}.",
                    reading.source,
                )
            )
            return None, reason
        self.half_digits[quantity] = half_digit(reading.raw) * factor
        return times(number, factor), ""

    def _fraction_or_percent(self, reading: WellReading, number: float) -> tuple[float | None, str]:
        """Decide whether 0.87 is 87 % or 0.87 % by the concentrations; always tell.

        Without them a number stands for percents only beside numbers that cannot be fractions.
        """
        as_percent = times(number, 100)
        span = self._ratio_percent()
        fits = [v for v in (number, as_percent) if span and span[0] <= v <= span[1]]
        value: float | None = None
        why = "Neither the file nor the concentrations decide it."
        if len(fits) == 1:
            value, why = fits[0], "Viable and total cells decided it."
        elif not span and any(1 < other <= 100 for other in self.columns.numbers(reading.read)):
            value, why = number, "Other samples under the same heading are in percent."
        taken = "It was not taken" if value is None else f"It was taken as {value:g} %"
        self.told.append(
            count_finding(
                Level.WARNING,
                "fraction_or_percent",
                f"The viability '{reading.raw}' of the sample '{self.sample.name}' may mean "
                f"{number:g} % or {as_percent:g} %. {taken}.",
                why,
                reading.source,
            )
        )
        if value is not None:
            self.half_digits[Quantity.VIABILITY] = half_digit(reading.raw) * (value / number)
        return value, "" if value is not None else f"{number:g} % or {as_percent:g} %: not decided"

    def _judge(self, quantity: Quantity, made: Measured, value: float) -> None:
        """Tell what is impossible or hardly possible of a single number."""
        says = f"has '{made.raw}' under '{made.label}'"
        hint = "Nothing was changed. Compare it with the screen of the counter."
        if value < 0:
            self._tell(Level.ERROR, "negative", made, f"{says}, which is below zero", hint)
        elif quantity is Quantity.VIABILITY and value > 100:
            self._tell(Level.ERROR, "over_100", made, f"{says}, which is over 100 %", hint)
        elif quantity.is_concentration and value > MOST_PER_ML:
            what = f"{says}: {value:.3g} cells do not fit into a millilitre"
            self._tell(Level.ERROR, "too_many", made, what, hint)
        elif quantity.is_concentration and 0 < value < FEWEST_PER_ML:
            what = f"{says}, which is {value:g} cells per mL; it may be in millions"
            self._tell(Level.WARNING, "too_few", made, what, hint)
        elif quantity is Quantity.DIAMETER and not DIAMETERS_UM[0] <= value <= DIAMETERS_UM[1]:
            what = f"{says}, which is no usual diameter of cells"
            self._tell(Level.WARNING, "diameter", made, what, hint)
        elif quantity is Quantity.CIRCULARITY and value > 1:
            self._tell(Level.WARNING, "circularity", made, f"{says}, which is over 1", hint)

    # --- the quantities together -------------------------------------------------------------

    def _hold_together(self) -> None:
        total, viable, viability = (
            self.found.get(q, NOT_IN_FILE)
            for q in (Quantity.TOTAL, Quantity.VIABLE, Quantity.VIABILITY)
        )
        if total.value is not None and viable.value is not None:
            spread = sum(self.half_digits.get(q, 0.0) for q in (Quantity.TOTAL, Quantity.VIABLE))
            if viable.value - spread > total.value:
                what = f"has more viable cells ('{viable.raw}') than cells ('{total.raw}')"
                hint = "Nothing was changed. Compare it with the screen of the counter."
                self._tell(Level.ERROR, "viable_over_total", viable, what, hint)
                return
        span = self._ratio_percent()
        if span is None or viability.value is None or not 0 <= viability.value <= 100:
            return
        if span[0] <= viability.value <= span[1]:
            return
        assert total.value  # noqa: S101 (there is no span without a total)
        ratio = 100 * (viable.value or 0) / total.value
        what = f"has the viability '{viability.raw}', but viable/total is {ratio:.1f} %"
        self._tell(
            Level.WARNING, "disagree", viability, what, "One of the three numbers may be wrong."
        )

    def _ratio_percent(self) -> tuple[float, float] | None:
        """Return between which percentages the viability must be, judged by viable and total."""
        total = self.found.get(Quantity.TOTAL, NOT_IN_FILE).value
        viable = self.found.get(Quantity.VIABLE, NOT_IN_FILE).value
        if not total or viable is None or total < 0 or viable < 0:
            return None
        total_half = self.half_digits.get(Quantity.TOTAL, 0.0)
        viable_half = self.half_digits.get(Quantity.VIABLE, 0.0)
        low = 100 * max(0.0, viable - viable_half) / (total + total_half)
        high = 100 * (viable + viable_half) / (total - total_half) if total > total_half else 100.0
        return low - _POINTS, high + _POINTS

    def _tell(self, level: Level, code: str, about: Measured, says: str, hint: str) -> None:
        message = f"The sample '{self.sample.name[:LONGEST_NAME]}' {says}."
        self.told.append(count_finding(level, code, message, hint, about.source))
