"""Means and sums of squares of values taken as the decimals that they were written as.

A reading of 1000000000000.4 is no binary number; as one it is off by a ten-thousandth, and a sum of
squares of such readings loses all its digits.  Here every value is the shortest decimal that names
it, and sums are fractions of whole numbers, so nothing is lost before the last step.  Not in here:
what the numbers mean (tests, quality, outliers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_LARGEST, _SMALLEST = 1e100, 1e-100
_ULPS_OF_A_TIE = 8
_DOUBLE_EPSILON = 2.0**-52


@dataclass(frozen=True, slots=True)
class Moments:
    """The number of values, their exact mean, and the exact sum of squares around it."""

    n: int
    exact_mean: Fraction
    exact_sum_of_squares: Fraction

    @property
    def mean(self) -> float:
        """The arithmetic mean."""
        return float(self.exact_mean)

    @property
    def exact_variance(self) -> Fraction | None:
        """The variance (n − 1); ``None`` for a single value."""
        return None if self.n < 2 else self.exact_sum_of_squares / (self.n - 1)

    @property
    def sd(self) -> float | None:
        """The standard deviation (n − 1); ``None`` for a single value."""
        variance = self.exact_variance
        return None if variance is None else math.sqrt(variance)


def as_written(value: float) -> Fraction:
    """Return the shortest decimal that names a value, as a fraction.

    A value that begins after more than a hundred zeros is zero: no instrument tells it from that.

    :raises ValueError: if the value is not a finite number of less than a hundred digits.
    """
    number = float(value)
    if abs(number) <= _SMALLEST:
        return Fraction(0)
    if not is_measurable(number):
        raise ValueError(f"Not a measured value: {value!r}")
    return Fraction(repr(number))


def is_measurable(value: float) -> bool:
    """Whether a value is zero or within a hundred decades of one, so that its square is a number.

    Every value that is measured is; what is not a finite number is not.
    """
    return value == 0 or _SMALLEST < abs(value) < _LARGEST


def moments(values: Sequence[float]) -> Moments:
    """Return the exact mean and sum of squares of values.

    :raises ValueError: if there is no value, or one is not a finite number.
    """
    if not values:
        raise ValueError("There is no value to take a mean of.")
    exact = [as_written(value) for value in values]
    # Over one denominator the sums are sums of whole numbers, which is fast for hundreds of values.
    denominator = math.lcm(*(value.denominator for value in exact))
    whole = [value.numerator * (denominator // value.denominator) for value in exact]
    n, total = len(whole), sum(whole)
    squares = n * sum(number * number for number in whole) - total * total
    return Moments(
        n, Fraction(total, n * denominator), Fraction(squares, n * denominator * denominator)
    )


def moments_of_summary(mean: float, sd: float, n: int) -> Moments:
    """Return the moments of values of which only mean, standard deviation and number are known.

    :raises ValueError: if n is below 1 or the standard deviation is negative.
    """
    if n < 1 or sd < 0:
        raise ValueError(f"Not a number of values and a standard deviation: {n!r}, {sd!r}")
    return Moments(n, as_written(mean), as_written(sd) ** 2 * (n - 1))


def differences(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Return first − second pair by pair, formed in decimals: 0.3 − 0.2 equals 0.2 − 0.1.

    :raises ValueError: if the lengths differ or a value is not a finite number.
    """
    return [float(as_written(a) - as_written(b)) for a, b in zip(first, second, strict=True)]


def tie_tolerance(values: Sequence[float]) -> float:
    """Return the distance within which computed values (such as means) count as equal.

    It is eight steps of the last binary digit of the largest value: rounding, never a real
    difference of readings.
    """
    return _ULPS_OF_A_TIE * _DOUBLE_EPSILON * max((abs(value) for value in values), default=0.0)
