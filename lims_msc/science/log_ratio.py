"""Relative proliferation on the log scale, and the way back to suppression in percent.

Proliferation with MSC over proliferation without, R, is a ratio: donors differ by factors.  So
models take ln R, and a mean of ln R is the log of a geometric mean.  A ratio of zero or less has no
logarithm; then suppression is analysed as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lims_msc.science.mixed_columns import named_rows
from lims_msc.science.mixed_terms import UnusableDesign

if TYPE_CHECKING:
    from lims_msc.science.mixed_model import EffectEstimate

_LARGEST_LN = 700.0


@dataclass(frozen=True, slots=True)
class GeometricMean:
    """A geometric mean of R, or a ratio of two; without an interval where it has no bounds."""

    ratio: float
    low: float | None
    high: float | None

    @property
    def suppression_percent(self) -> float:
        """Suppression that belongs to the ratio."""
        return suppression_of(self.ratio)

    @property
    def suppression_interval_percent(self) -> tuple[float, float] | None:
        """The interval of the suppression, the lower end first: that of the higher ratio."""
        if self.low is None or self.high is None:
            return None
        return suppression_of(self.high), suppression_of(self.low)


def suppression_of(ratio: float) -> float:
    """Return suppression in percent of a relative proliferation.

    ::

        S = 100 · (1 − R)

    Source: DOMAIN 3.7.
    """
    return 100 * (1 - ratio)


def ln_ratios(suppression_percent: Sequence[float]) -> tuple[float, ...]:
    """Return ln R of suppressions in percent.

    ::

        ln R = ln(1 − S/100)

    :raises UnusableDesign: if a suppression is 100 % or more, so that R is not above zero.

    Source: DOMAIN 3.7.
    """
    ratios = [1 - value / 100 for value in suppression_percent]
    rows = [row for row, ratio in enumerate(ratios, start=1) if not ratio > 0]
    if rows:
        raise UnusableDesign(
            f'The suppression "{suppression_percent[rows[0] - 1]:g}" % in row {named_rows(rows)}'
            " leaves no proliferation, and zero has no logarithm.",
            hint="Analyse suppression untransformed.",
        )
    return tuple(math.log(ratio) for ratio in ratios)


def geometric_mean(effect: EffectEstimate) -> GeometricMean:
    """Return an estimate of a model of ln R on the scale of R, with the Kenward–Roger interval.

    ::

        R* = exp(mean of ln R);  S* = 100 · (1 − R*)

    An effect (the difference of two means of ln R) becomes the ratio of two geometric means: 0.8
    means a fifth less proliferation left, whatever the suppression is.

    Source: DOMAIN 3.7.
    """
    test = effect.kenward_roger
    if test.low is None or test.high is None or test.high > _LARGEST_LN:
        return GeometricMean(math.exp(effect.estimate), None, None)
    return GeometricMean(math.exp(effect.estimate), math.exp(test.low), math.exp(test.high))
