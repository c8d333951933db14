"""First-order error propagation through formulas of means of well groups.

A formula is written with ``+ − · /`` on ``WellNumber``; its gradient by the group means follows.
Groups are told apart by name: two numbers that rest on groups of one name share these wells, and
their errors cancel or add up as they must.  Standard errors and Welch–Satterthwaite degrees of
freedom come from ``uncertainty``.  Not in here: when a formula has a meaning; the modules of the
assays say so with the status of a ``WellResult``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lims_msc.domain.values import ValueStatus
from lims_msc.science.uncertainty import Gradient, Spread, WellGroup, spread_of, t_interval


@dataclass(frozen=True, slots=True)
class WellNumber:
    """A number with its gradient by the means of the groups of wells it rests on."""

    value: float
    gradient: Gradient = field(default_factory=dict)
    groups: Mapping[str, WellGroup] = field(default_factory=dict)

    @property
    def spread(self) -> Spread | None:
        """Standard error and degrees of freedom; ``None`` if a group has a single well."""
        return spread_of(self.gradient, self.groups)

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Return value ± t·SE, or ``None`` where the wells do not allow it.

        :raises ValueError: if the confidence is not between 0 and 1.
        """
        spread = self.spread
        return None if spread is None else t_interval(self.value, spread, confidence)

    def log_interval(self, confidence: float = 0.95) -> tuple[float | None, float | None] | None:
        """Return the interval that is symmetric on the log, for a number above zero.

        An end beyond 300 decades is open, ``None``.

        :raises ValueError: if the number is not above zero, or the confidence not between 0 and 1.
        """
        ends = self.log().interval(confidence)
        return None if ends is None else (exp_or_open(ends[0]), exp_or_open(ends[1]))

    def __add__(self, other: WellNumber | float) -> WellNumber:
        other = as_number(other)
        return _linear(self.value + other.value, (self, 1.0), (other, 1.0))

    def __radd__(self, other: float) -> WellNumber:
        return self + other

    def __sub__(self, other: WellNumber | float) -> WellNumber:
        other = as_number(other)
        return _linear(self.value - other.value, (self, 1.0), (other, -1.0))

    def __rsub__(self, other: float) -> WellNumber:
        return as_number(other) - self

    def __mul__(self, factor: float) -> WellNumber:
        return _linear(self.value * factor, (self, factor))

    def __rmul__(self, factor: float) -> WellNumber:
        return self * factor

    def __truediv__(self, other: WellNumber | float) -> WellNumber:
        """Divide by a number that is not zero; a zero is a ``ZeroDivisionError``."""
        other = as_number(other)
        ratio = self.value / other.value
        return _linear(ratio, (self, 1 / other.value), (other, -ratio / other.value))

    def log(self) -> WellNumber:
        """Return the natural logarithm.

        :raises ValueError: if the number is not above zero.
        """
        return _linear(math.log(self.value), (self, 1 / self.value))

    def exp(self) -> WellNumber:
        """Return e to the power of the number."""
        power = math.exp(self.value)
        return _linear(power, (self, power))


@dataclass(frozen=True, slots=True)
class WellResult:
    """A result of an assay: a number, or the status and the reason why there is none.

    ``warnings`` say what to doubt about a number that is there.  ``bound`` is what the number is
    known to be above or below, with the status ``above_range`` or ``below_range``.
    """

    status: ValueStatus
    number: WellNumber | None = None
    bound: float | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def value(self) -> float | None:
        """The number without its errors."""
        return None if self.number is None else self.number.value

    @property
    def se(self) -> float | None:
        """The standard error, or ``None`` where the wells do not allow it."""
        spread = None if self.number is None else self.number.spread
        return None if spread is None else spread.se

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Return value ± t·SE, or ``None`` where there is no number or no spread.

        :raises ValueError: if the confidence is not between 0 and 1.
        """
        return None if self.number is None else self.number.interval(confidence)


def mean_of(name: str, wells: Sequence[float]) -> WellNumber:
    """Return the mean of a group of replicate wells, known to formulas by a name.

    :raises ValueError: if there is no well, or a reading is no number to compute with.
    """
    if len(wells) == 0:
        raise ValueError(f"The group {name!r} has no wells.")
    for reading in wells:
        if not abs(reading) < _LARGEST_READING:
            raise ValueError(f"Not a reading of the group {name!r}: {reading!r}")
    group = WellGroup(tuple(wells))
    return WellNumber(group.mean, {name: 1.0}, {name: group})


def as_number(value: WellNumber | float) -> WellNumber:
    """Return a constant as a number without error."""
    return value if isinstance(value, WellNumber) else WellNumber(float(value))


def undefined(reason: str) -> WellResult:
    """Return the result of wells for which a formula has no meaning."""
    return WellResult(ValueStatus.UNDEFINED, reason=reason)


def defined(number: WellNumber, warnings: tuple[str, ...] = ()) -> WellResult:
    """Return the result that is a number; one too large to compute with is undefined."""
    spread = number.spread
    if not _is_in_range(number.value) or (spread is not None and not _is_in_range(spread.se)):
        return undefined("the readings are too large or too close to each other to compute with")
    return WellResult(ValueStatus.OK, number, warnings=warnings)


def exp_or_open(power: float) -> float | None:
    """Return e to a power, or ``None`` for a number beyond 300 decades."""
    return math.exp(power) if abs(power) < _FARTHEST else None


_FARTHEST = 300 * math.log(10)
_LARGEST = 1e200
_LARGEST_READING = 1e100


def _is_in_range(value: float) -> bool:
    # A comparison with a bound is false for what is not a number, too.
    return abs(value) < _LARGEST


def _linear(value: float, *parts: tuple[WellNumber, float]) -> WellNumber:
    gradient: dict[str, float] = {}
    groups: dict[str, WellGroup] = {}
    for number, weight in parts:
        for name, group in number.groups.items():
            if groups.setdefault(name, group) != group:
                raise ValueError(f"Two groups of wells have the name {name!r}.")
        for name, slope in number.gradient.items():
            gradient[name] = gradient.get(name, 0.0) + weight * slope
    return WellNumber(value, gradient, groups)
