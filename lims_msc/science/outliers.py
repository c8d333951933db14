"""Tests that suggest outliers; none of them removes a value.

A suggestion names the value and the reason.  Whether a well is excluded is a decision of a person
with a technical reason; with triplicates only such a reason counts, whatever a test says.  The null
distribution of Dixon's ratio is in ``dixon_ratio``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lims_msc.science.moments import as_written, moments, tie_tolerance
from lims_msc.science.quality import median, scaled_mad

ROBUST_LIMIT = 3.5
NOT_DELETED = "It was not deleted: exclude it only for a technical reason."
_NO_SPREAD = "the values do not vary"


class OutlierStatus(StrEnum):
    """Whether a test could be made."""

    OK = "ok"
    UNDEFINED = "undefined"


class OutlierSide(StrEnum):
    """Where an outlier is looked for; one side must be chosen before the data are seen."""

    EITHER = "either"
    HIGHEST = "highest"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class OutlierTest:
    """What an outlier test says of values, which stay as they are.

    ``suspects`` are the positions of the values that the test looked at as most extreme, and
    ``outliers`` those of them that it suggests as outliers, both rising.  ``p`` is ``None`` for
    rules without a p value.
    """

    status: OutlierStatus
    method: str
    n: int
    reason: str = ""
    suspects: tuple[int, ...] = ()
    suspect_values: tuple[float, ...] = ()
    statistic_name: str = ""
    statistic: float | None = None
    critical: float | None = None
    p: float | None = None
    outliers: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The suggestion in words."""
        if self.status is not OutlierStatus.OK:
            return f"{self.method}: no test, because {self.reason}."
        numbers = (
            f"{self.statistic_name} = {self.statistic:.4g}, limit {self.critical:.4g}, n = {self.n}"
        )
        if not self.outliers:
            return f"{self.method} suggests no outlier ({numbers})."
        pairs = zip(self.suspects, self.suspect_values, strict=True)
        named = ", ".join(f"'{value:g}'" for index, value in pairs if index in self.outliers)
        what = "an outlier" if len(self.outliers) == 1 else "outliers"
        return f"{self.method} suggests {named} as {what} ({numbers}). {NOT_DELETED}"


@dataclass(frozen=True, slots=True)
class DeviateStep:
    """One step of the generalised ESD test: the most extreme of the values that were left."""

    statistic: float
    critical: float
    index: int
    value: float


@dataclass(frozen=True, slots=True)
class DeviateTest:
    """The steps of a generalised ESD test, and the positions of the outliers it suggests."""

    status: OutlierStatus
    n: int
    reason: str = ""
    steps: tuple[DeviateStep, ...] = ()
    outliers: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The suggestion in words."""
        if self.status is not OutlierStatus.OK:
            return f"Generalised ESD: no test, because {self.reason}."
        looked = f"up to {len(self.steps)} looked for, n = {self.n}"
        if not self.outliers:
            return f"Generalised ESD suggests no outlier ({looked})."
        named = ", ".join(f"'{s.value:g}'" for s in self.steps if s.index in self.outliers)
        what = "an outlier" if len(self.outliers) == 1 else "outliers"
        return f"Generalised ESD suggests {named} as {what} ({looked}). {NOT_DELETED}"


def grubbs(
    values: Sequence[float], *, alpha: float = 0.05, side: OutlierSide = OutlierSide.EITHER
) -> OutlierTest:
    """Return Grubbs' test of the value that is farthest from the mean.

    ::

        G = max abs(x − mean)/s

    With three values G can hardly pass its limit, and two outliers hide each other: look at the
    generalised ESD test.  ``p`` is an upper bound, exact where it is small.

    :raises ValueError: if alpha is not between 0 and 1, or a value is not a finite number.
    Source: Grubbs 1969, doi 10.1080/00401706.1969.10490657; NIST/SEMATECH 1.3.5.17.1.
    """
    _check_alpha(alpha)
    method = "Grubbs' test" if side is OutlierSide.EITHER else f"Grubbs' test of the {side}"
    n = len(values)
    if n < 3:
        return OutlierTest(OutlierStatus.UNDEFINED, method, n, "it needs at least three values")
    farthest = _farthest(values, side)
    if farthest is None:
        return OutlierTest(OutlierStatus.UNDEFINED, method, n, _NO_SPREAD)
    index, g = farthest
    is_two_sided = side is OutlierSide.EITHER
    critical = grubbs_critical(n, alpha, two_sided=is_two_sided)
    return OutlierTest(
        OutlierStatus.OK,
        method,
        n,
        suspects=(index,),
        suspect_values=(values[index],),
        statistic_name="G",
        statistic=g,
        critical=critical,
        p=grubbs_p(g, n, two_sided=is_two_sided),
        outliers=(index,) if g > critical else (),
    )


def grubbs_critical(n: int, alpha: float, *, two_sided: bool = True) -> float:
    """Return the limit of G for n values.

    ::

        (n − 1)/√n · √(t²/(n − 2 + t²)),  t the quantile of α/(2n), one-sided α/n, with n − 2 df

    :raises ValueError: if n is below 3 or alpha is not between 0 and 1.
    """
    from scipy.special import stdtrit

    _check_alpha(alpha)
    if n < 3:
        raise ValueError(f"Not a number of values for Grubbs' test, at least 3: {n!r}")
    t = float(stdtrit(n - 2, alpha / (2 * n if two_sided else n)))
    return (n - 1) / math.sqrt(n) * math.sqrt(t * t / (n - 2 + t * t))


def grubbs_p(g: float, n: int, *, two_sided: bool = True) -> float:
    """Return the Bonferroni bound of the p value of G, at most 1.

    ::

        p ≤ n·P(T > t), two-sided 2n·P(T > t),  t² = n(n − 2)G²/((n − 1)² − nG²)

    :raises ValueError: if n is below 3.
    """
    from scipy.special import stdtr

    if n < 3:
        raise ValueError(f"Not a number of values for Grubbs' test, at least 3: {n!r}")
    largest = (n - 1) / math.sqrt(n)
    # At its maximum, where all other values are equal, G² is known to a few last digits only.
    room = 1 - (g / largest) ** 2
    if room <= 1e-14:
        return 0.0
    t = math.sqrt((n - 2) * (1 - room) / room)
    return min(1.0, (2 * n if two_sided else n) * float(stdtr(n - 2, -t)))


def generalised_esd(
    values: Sequence[float], max_outliers: int, *, alpha: float = 0.05
) -> DeviateTest:
    """Return Rosner's test for up to ``max_outliers`` outliers, which may hide each other.

    ::

        R_i = max abs(x − mean)/s of the values left;  λ_i = limit of Grubbs for n − i + 1 values
        the number of outliers is the largest i with R_i > λ_i

    Its limits are accurate from about 15 values on.  It stops where the values left do not vary.

    :raises ValueError: if ``max_outliers`` is below 1, or alpha is not between 0 and 1.
    Source: Rosner 1983, doi 10.1080/00401706.1983.10487848; NIST/SEMATECH 1.3.5.17.3.
    """
    _check_alpha(alpha)
    if max_outliers < 1:
        raise ValueError(f"Not a number of outliers to look for: {max_outliers!r}")
    n, left = len(values), list(range(len(values)))
    if n < 3:
        return DeviateTest(OutlierStatus.UNDEFINED, n, "it needs at least three values")
    steps: list[DeviateStep] = []
    while len(steps) < max_outliers and len(left) >= 3:
        farthest = _farthest([values[index] for index in left], OutlierSide.EITHER)
        if farthest is None:
            break
        place, r = farthest
        index = left.pop(place)
        critical = grubbs_critical(len(left) + 1, alpha)
        steps.append(DeviateStep(r, critical, index, values[index]))
    if not steps:
        return DeviateTest(OutlierStatus.UNDEFINED, n, _NO_SPREAD)
    passed = [number for number, s in enumerate(steps, start=1) if s.statistic > s.critical]
    found = steps[: max(passed, default=0)]
    outliers = tuple(sorted(step.index for step in found))
    return DeviateTest(OutlierStatus.OK, n, steps=tuple(steps), outliers=outliers)


def robust_outliers(values: Sequence[float], *, limit: float = ROBUST_LIMIT) -> OutlierTest:
    """Return the values that are far from the median in units of the median absolute deviation.

    ::

        abs(x − median)/(1.4826·MAD) > 3.5

    Several outliers do not hide each other.  It is a rule without a p value.

    Source: Iglewicz & Hoaglin 1993, How to detect and handle outliers, ISBN 978-0873892476.
    """
    method, n = "Median absolute deviation rule", len(values)
    if n < 5:
        return OutlierTest(OutlierStatus.UNDEFINED, method, n, "it needs at least five values")
    spread = scaled_mad(values)
    if spread == 0:
        return OutlierTest(OutlierStatus.UNDEFINED, method, n, "half of the values are equal")
    middle = median(values)
    scores = [abs(value - middle) / spread for value in values]
    outliers = tuple(index for index, score in enumerate(scores) if score > limit)
    suspects = outliers or (scores.index(max(scores)),)
    return OutlierTest(
        OutlierStatus.OK,
        method,
        n,
        suspects=suspects,
        suspect_values=tuple(values[index] for index in suspects),
        statistic_name="largest score",
        statistic=max(scores),
        critical=limit,
        outliers=outliers,
    )


def _farthest(values: Sequence[float], side: OutlierSide) -> tuple[int, float] | None:
    """Return where the most extreme value is and its distance from the mean in s.

    The first of several that are equally far is taken; ``None`` where the values do not vary.
    """
    group = moments(values)
    if group.sd is None or group.exact_sum_of_squares == 0 or group.sd == 0:
        return None
    steps = [as_written(value) - group.exact_mean for value in values]
    distance: list[Fraction] = {
        OutlierSide.EITHER: [abs(step) for step in steps],
        OutlierSide.HIGHEST: steps,
        OutlierSide.LOWEST: [-step for step in steps],
    }[side]
    largest, nothing = max(distance), tie_tolerance(values)
    index = next(i for i, step in enumerate(distance) if largest - step <= nothing)
    return index, float(largest) / group.sd


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"Not a level between 0 and 1: {alpha!r}")
