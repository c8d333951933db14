"""The smallest things that a lab can tell apart: limits of blank and detection, significant ratio.

All are the lab's own numbers from its own runs, with the number of runs beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lims_msc.science.moments import moments

NORMAL_95 = 1.645
RECOMMENDED_N = 20
"""Fewer blank or low values give limits that are provisional."""
_SMALLEST_RUNS = 3
_MOST_DECADES = 300.0


@dataclass(frozen=True, slots=True)
class DetectionLimits:
    """Limit of blank and limit of detection, or the reason why there are none."""

    limit_of_blank: float | None
    limit_of_detection: float | None
    n_blank: int
    n_low: int
    reason: str = ""

    @property
    def is_provisional(self) -> bool:
        """Whether they rest on fewer than twenty values each."""
        return min(self.n_blank, self.n_low) < RECOMMENDED_N

    def is_distinguishable_from_zero(self, value: float) -> bool | None:
        """Whether a value of either sign is beyond the limit; ``None`` where there is none."""
        if self.limit_of_detection is None:
            return None
        return abs(value) >= self.limit_of_detection

    @property
    def text(self) -> str:
        """The limits in words."""
        wells = f"n = {self.n_blank} blank and {self.n_low} low values"
        if self.limit_of_blank is None or self.limit_of_detection is None:
            return f"No limit of detection ({wells}): {self.reason}."
        provisional = f"; provisional, below {RECOMMENDED_N}" if self.is_provisional else ""
        return (
            f"Limit of blank {self.limit_of_blank:.4g}, limit of detection "
            f"{self.limit_of_detection:.4g} ({wells}{provisional})."
        )


@dataclass(frozen=True, slots=True)
class SignificantRatio:
    """The minimum significant ratio of a potency, or the reason why there is none.

    ``sd_log10`` is the standard deviation of log10 potency between runs of the same batch, pooled
    over ``n_batches``; ``n_runs`` counts the runs of batches that have at least two.
    """

    value: float | None
    sd_log10: float | None
    n_runs: int
    n_batches: int
    reason: str = ""

    @property
    def text(self) -> str:
        """The ratio in words."""
        runs = f"n = {self.n_runs} runs of {self.n_batches} batches"
        if self.value is None:
            return f"No minimum significant ratio ({runs}): {self.reason}."
        return (
            f"Potencies of single runs that differ by less than {self.value:.3g}-fold are not told "
            f"apart (minimum significant ratio, {runs})."
        )


def detection_limits(blank: Sequence[float], low: Sequence[float]) -> DetectionLimits:
    """Return the limits of blank and detection of a quantity such as suppression.

    ::

        limit of blank     = mean of blanks + 1.645·SD of blanks
        limit of detection = limit of blank + 1.645·SD of low samples

    ``blank`` are values without effect (such as no MSC), ``low`` those of a weak one.

    :raises ValueError: if a value is not a finite number.
    Source: CLSI EP17-A2; Armbruster & Pry 2008, Clin Biochem Rev 29 Suppl 1:S49.
    """
    n_blank, n_low = len(blank), len(low)
    if min(n_blank, n_low) < 2:
        reason = "it needs at least two blank and two low values"
        return DetectionLimits(None, None, n_blank, n_low, reason)
    of_blank, of_low = moments(blank), moments(low)
    if of_blank.sd is None or of_low.sd is None or 0 in (of_blank.sd, of_low.sd):
        return DetectionLimits(None, None, n_blank, n_low, "the values do not vary")
    limit = of_blank.mean + NORMAL_95 * of_blank.sd
    return DetectionLimits(limit, limit + NORMAL_95 * of_low.sd, n_blank, n_low)


def minimum_significant_ratio(runs_by_batch: Sequence[Sequence[float]]) -> SignificantRatio:
    """Return the smallest fold difference between single runs that is believable.

    ::

        MSR = 10^(2·√2·s),  s = SD of log10 R50 between runs of the same batch

    ``runs_by_batch`` holds the potencies (R50, above zero) of each batch, one per run; batches with
    a single run say nothing of the scatter.  It needs three runs of a batch in all, or more.

    :raises ValueError: if a potency is not above zero.
    Source: Eastwood 2006, doi 10.1177/1087057105285611.
    """
    for runs in runs_by_batch:
        for potency in runs:
            if not potency > 0:
                raise ValueError(f"Not a potency above zero: {potency!r}")
    repeated = [
        moments([math.log10(potency) for potency in runs])
        for runs in runs_by_batch
        if len(runs) >= 2
    ]
    n_runs, n_batches = sum(batch.n for batch in repeated), len(repeated)
    df = n_runs - n_batches
    if df < _SMALLEST_RUNS - 1:
        reason = f"it needs at least {_SMALLEST_RUNS} runs of the same batch"
        return SignificantRatio(None, None, n_runs, n_batches, reason)
    spread = sum((batch.exact_sum_of_squares for batch in repeated), Fraction(0)) / df
    sd = math.sqrt(spread)
    exponent = 2 * math.sqrt(2) * sd
    if exponent > _MOST_DECADES:
        reason = f"the potencies scatter too much for a ratio (SD of log10 {sd:.3g})"
        return SignificantRatio(None, sd, n_runs, n_batches, reason)
    return SignificantRatio(10**exponent, sd, n_runs, n_batches)
