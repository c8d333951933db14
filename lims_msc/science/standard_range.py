"""Which standards are accepted, and the range of quantitation that they span (DOMAIN 2.5).

A level is a concentration of a standard with its replicate wells and what the fitted curve or line
reads back from their mean.  The limits of quantitation, LLOQ and ULOQ, are the ends of the longest
run of neighbouring levels that are all accepted.  Levels beyond a gap are outside the range even
where they are accepted: between them and the range no standard stands for the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.science.moments import is_measurable
from lims_msc.science.quality import cv_percent
from lims_msc.science.uncertainty import WellGroup


@dataclass(frozen=True, slots=True)
class Standard:
    """The readings of one concentration of a standard; 0 is the zero standard."""

    concentration: float
    signals: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StandardLevel:
    """What a curve reads back from the mean of a standard.

    ``status`` is ``ok`` or says at which plateau the mean has left the curve; then there is no
    ``back_calculated`` concentration.  ``recovery_percent`` is 100·back-calculated/nominal, absent
    for the zero standard.  ``cv_percent`` is that of the signals, absent for a single well.
    """

    concentration: float
    signal_mean: float
    n_wells: int
    status: str
    back_calculated: float | None
    recovery_percent: float | None
    cv_percent: float | None


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """When a level is accepted, in words (``text``) and numbers.

    A level within a run may deviate from 100 % recovery by ``recovery_percent``, the levels at its
    two ends by ``recovery_percent_at_limits``; the CV of signals likewise, ``None`` for no limit.
    At least ``fewest_accepted_percent`` of the levels above zero must be accepted.
    """

    text: str
    recovery_percent: float
    recovery_percent_at_limits: float
    largest_cv_percent: float | None = None
    largest_cv_percent_at_limits: float | None = None
    fewest_accepted_percent: float = 0.0

    def accepts(self, level: StandardLevel, *, is_limit: bool) -> bool:
        """Whether a level may be part of a run, or the end of one."""
        if level.recovery_percent is None:
            return False
        tolerance = self.recovery_percent_at_limits if is_limit else self.recovery_percent
        largest = self.largest_cv_percent_at_limits if is_limit else self.largest_cv_percent
        # The margin lets a recovery that is exactly at the limit in decimals pass.
        is_close = abs(level.recovery_percent - 100) <= tolerance + _MARGIN
        return is_close and _is_precise(level, largest)


_MARGIN = 1e-9

RECOVERY_AND_CV_20 = AcceptanceRule(
    "longest contiguous run of standards with recovery 80..120 % and OD CV <= 20 %",
    recovery_percent=20,
    recovery_percent_at_limits=20,
    largest_cv_percent=20,
    largest_cv_percent_at_limits=20,
)
"""Recovery within ±20 % and CV of signals up to 20 %, for all levels alike."""

LIGAND_BINDING = AcceptanceRule(
    "longest contiguous run of standards with recovery 80..120 % (75..125 % at its ends); at least "
    "75 % of the standards accepted",
    recovery_percent=20,
    recovery_percent_at_limits=25,
    fewest_accepted_percent=75,
)
"""Recovery within ±20 %, ±25 % at both limits, 75 % of levels accepted.

Source: DOMAIN 2.5; ICH guideline M10, ligand-binding assays.
"""


@dataclass(frozen=True, slots=True)
class QuantitationRange:
    """The limits of quantitation, or the reason why there are none.

    ``accepted`` has one entry per level, in the order of the levels.  ``run`` are the
    concentrations of the levels in the range, rising.
    """

    rule: AcceptanceRule
    accepted: tuple[bool, ...]
    lowest: float | None = None
    highest: float | None = None
    run: tuple[float, ...] = ()
    reason: str = ""


def quantitation_range(
    levels: Sequence[StandardLevel], rule: AcceptanceRule = RECOVERY_AND_CV_20
) -> QuantitationRange:
    """Return the limits of quantitation of a set of standards.

    ::

        recovery = 100 · back-calculated / nominal     [%]
        LLOQ, ULOQ = ends of the longest run of neighbouring accepted levels

    The zero standard takes no part.  Of two runs of one length, the one of lower concentrations
    counts.  A level with a single well has no CV and is accepted by its recovery alone.

    Source: DOMAIN 2.5; ICH guideline M10, ligand-binding assays.
    """
    rising = sorted((lv for lv in levels if lv.concentration > 0), key=lambda v: v.concentration)
    run = _longest_run(rising, rule)
    accepted = tuple(_is_accepted(level, run, rule) for level in levels)
    share = 100 * sum(accepted) / len(rising) if rising else 0.0
    if not run:
        reason = "no standard is accepted" if rising else "there is no standard above zero"
        return QuantitationRange(rule, accepted, reason=reason)
    if share < rule.fewest_accepted_percent:
        reason = (
            f"only {sum(accepted)} of {len(rising)} standards are accepted, and at least "
            f"{rule.fewest_accepted_percent:g} % must be"
        )
        return QuantitationRange(rule, accepted, reason=reason)
    inside = tuple(level.concentration for level in run)
    return QuantitationRange(rule, accepted, inside[0], inside[-1], inside)


def checked_standards(standards: Sequence[Standard]) -> tuple[Standard, ...]:
    """Return the standards as they are, if they make sense.

    :raises ValueError: if a concentration is negative, there twice, or without wells, or if a
        number is not finite or beyond a hundred decades.
    """
    concentrations = [standard.concentration for standard in standards]
    for standard in standards:
        if standard.concentration < 0 or not is_measurable(standard.concentration):
            raise ValueError(f"Not a concentration of a standard: {standard.concentration!r}")
        if concentrations.count(standard.concentration) > 1:
            raise ValueError(f"The standard {standard.concentration!r} is there twice.")
        if not standard.signals:
            raise ValueError(f"The standard {standard.concentration!r} has no wells.")
        for signal in standard.signals:
            # A single signal next to nothing is as good as zero.
            if not (is_measurable(signal) or abs(signal) < 1):
                raise ValueError(f"Not a signal of {standard.concentration!r}: {signal!r}")
    largest = max((abs(y) for standard in standards for y in standard.signals), default=0.0)
    if not is_measurable(largest):
        raise ValueError(f"Not signals to fit a curve to: the largest is {largest!r}")
    return tuple(standards)


def standard_level(standard: Standard, status: str, back_calculated: float | None) -> StandardLevel:
    """Return what was read back from a standard, with its recovery and the CV of its signals."""
    nominal = standard.concentration
    has_recovery = back_calculated is not None and nominal > 0
    return StandardLevel(
        concentration=nominal,
        signal_mean=WellGroup(standard.signals).mean,
        n_wells=len(standard.signals),
        status=status,
        back_calculated=back_calculated,
        recovery_percent=100 * (back_calculated or 0.0) / nominal if has_recovery else None,
        cv_percent=cv_percent(standard.signals).value,
    )


def _longest_run(rising: Sequence[StandardLevel], rule: AcceptanceRule) -> list[StandardLevel]:
    best: list[StandardLevel] = []
    for start in range(len(rising)):
        for end in range(start + 1, len(rising) + 1):
            run = list(rising[start:end])
            limits, inner = (run[0], run[-1]), run[1:-1]
            if (
                len(run) > len(best)
                and all(rule.accepts(level, is_limit=True) for level in limits)
                and all(rule.accepts(level, is_limit=False) for level in inner)
            ):
                best = run
    return best


def _is_accepted(level: StandardLevel, run: Sequence[StandardLevel], rule: AcceptanceRule) -> bool:
    if level.concentration == 0:
        return False
    is_limit = bool(run) and level in (run[0], run[-1])
    return rule.accepts(level, is_limit=is_limit)


def _is_precise(level: StandardLevel, largest_cv_percent: float | None) -> bool:
    if largest_cv_percent is None or level.n_wells == 1:
        return True
    return level.cv_percent is not None and level.cv_percent <= largest_cv_percent + _MARGIN
