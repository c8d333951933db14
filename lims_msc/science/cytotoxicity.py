"""Killing of target cells: release, LDH, dead targets by flow, CD107a, lytic units (DOMAIN 2.4).

All take means of replicate wells (``propagation.mean_of``), so that their standard errors know
which groups they share: every E:T ratio of a plate divides by the same targets.  Values below 0 and
above 100 are answers and are kept, with a warning.  Which E:T ratio a value is of, and the limits
of quality numbers, belong to the assay types.  E:T is effectors per target, another ratio than MSC
to responders.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lims_msc.science.propagation import (
    WellNumber,
    WellResult,
    defined,
    undefined,
)

LOWEST_PLAUSIBLE_PERCENT, HIGHEST_PLAUSIBLE_PERCENT = -5.0, 105.0
"""Lysis outside of these is kept with a warning (DOMAIN 2.4)."""


def release_lysis(test: WellNumber, spontaneous: WellNumber, maximum: WellNumber) -> WellResult:
    """Return specific lysis (%) from the release of ⁵¹Cr or calcein.

    ::

        SL = 100 · (E − S) / (X − S)

    E effectors with targets, S targets alone (spontaneous), X targets lysed (maximum).  Undefined
    where the maximum is not above the spontaneous release.

    Source: DOMAIN 2.4; Brunner et al. 1968, Immunology 14:181.
    """
    return _lysis(test - spontaneous, maximum - spontaneous)


def ldh_lysis(
    test: WellNumber,
    effectors: WellNumber,
    spontaneous: WellNumber,
    maximum: WellNumber,
    medium: WellNumber,
    *,
    volume_control: WellNumber,
    msc_alone: WellNumber | None = None,
) -> WellResult:
    """Return specific lysis (%) from the release of lactate dehydrogenase (LDH).

    ::

        SL = 100 · ((E − m) − (F − m) − (S − m) [− (M − m)]) / ((X − V) − (S − m))

    E effectors with targets, F effectors alone, S targets alone, X targets lysed, m medium,
    V medium with lysis solution (volume correction), M MSC alone, for wells that hold MSC.
    Undefined where corrected maximum release is not above corrected spontaneous release.

    Source: DOMAIN 2.4; Promega technical bulletin TB163 (CytoTox 96).
    """
    above = (test - medium) - (effectors - medium) - (spontaneous - medium)
    if msc_alone is not None:
        above -= msc_alone - medium
    return _lysis(above, (maximum - volume_control) - (spontaneous - medium))


def dead_target_lysis(dead_test: WellNumber, dead_spontaneous: WellNumber) -> WellResult:
    """Return specific lysis (%) from percentages of dead targets by flow cytometry.

    ::

        SL = 100 · (d − d₀) / (100 − d₀)

    d dead targets with effectors, d₀ dead targets alone, both in % of targets.  Undefined where
    all targets alone are dead, or where a mean is no percentage of cells.

    Source: DOMAIN 2.4.
    """
    refusal = _not_percentages(dead_test, dead_spontaneous)
    if refusal:
        return undefined(refusal)
    if dead_spontaneous.value == 100:
        return undefined("all targets without effectors are dead, so no killing can be seen")
    return _with_warnings(100 * ((dead_test - dead_spontaneous) / (100 - dead_spontaneous)))


def degranulation_difference(with_targets: WellNumber, alone: WellNumber) -> WellResult:
    """Return the increase of CD107a-positive effectors by targets, in percentage points.

    ::

        Δ = c(with targets) − c(alone)

    c percentage of CD107a-positive effectors.  Undefined where a mean is no percentage of cells.

    Source: DOMAIN 2.4.
    """
    refusal = _not_percentages(with_targets, alone)
    return undefined(refusal) if refusal else defined(with_targets - alone)


def killing_suppression(with_msc: WellResult, without_msc: WellResult) -> WellResult:
    """Return by how much MSC lower the killing at one E:T ratio, in %; negative is more killing.

    ::

        S = 100 · (1 − SL(with MSC) / SL(without MSC))

    Both lyses may share spontaneous and maximum release; that is in the standard error.  Undefined
    where either lysis is, or where effectors without MSC kill nothing.

    Source: DOMAIN 2.4.
    """
    if with_msc.number is None or without_msc.number is None:
        return undefined(with_msc.reason or without_msc.reason)
    if without_msc.number.value <= 0:
        return undefined("effectors without MSC kill no targets, so there is nothing to suppress")
    return defined(100 * (1 - with_msc.number / without_msc.number))


def lysis_warnings(percent: float) -> tuple[str, ...]:
    """Return what to doubt about a specific lysis (%)."""
    if percent < LOWEST_PLAUSIBLE_PERCENT:
        return (f"specific lysis of {percent:.1f} % is below {LOWEST_PLAUSIBLE_PERCENT:g} %",)
    if percent > HIGHEST_PLAUSIBLE_PERCENT:
        return (f"specific lysis of {percent:.1f} % is above {HIGHEST_PLAUSIBLE_PERCENT:g} %",)
    return ()


def spontaneous_share_percent(spontaneous: WellNumber, maximum: WellNumber) -> WellResult:
    """Return spontaneous release in % of the maximum, a number for the quality of targets.

    ::

        100 · S / X

    Undefined where the maximum is not above zero.

    Source: DOMAIN 2.4.
    """
    if maximum.value <= 0:
        return undefined("the maximum release is not above zero")
    return defined(100 * (spontaneous / maximum))


def maximum_over_blank(maximum: WellNumber, blank: WellNumber) -> WellResult:
    """Return how many times the maximum release is above the blank.

    ::

        X / B

    Undefined where the blank is not above zero.

    Source: DOMAIN 2.4.
    """
    if blank.value <= 0:
        return undefined("the blank is not above zero")
    return defined(maximum / blank)


@dataclass(frozen=True, slots=True)
class LysisPoint:
    """Specific lysis (%) at one ratio of effectors to targets."""

    effectors_per_target: float
    lysis: WellResult


@dataclass(frozen=True, slots=True)
class LyticUnits:
    """Lytic units and the E:T ratio they come from.

    ``units`` has the number of lytic units per ``per_effectors`` effectors, ``ratio`` the
    effectors per target that give ``lysis_percent``.  ``crossings`` lists every E:T ratio with
    that lysis; with more than one the lowest is used and warned about.  Intervals of both are best
    taken on the log (``WellNumber.log_interval``).
    """

    lysis_percent: float
    per_effectors: float
    units: WellResult
    ratio: WellResult
    crossings: tuple[float, ...] = ()


def lytic_units(
    points: Sequence[LysisPoint],
    targets_per_well: float,
    *,
    lysis_percent: float = 20.0,
    per_effectors: float = 1e7,
) -> LyticUnits:
    """Return the lytic units of effectors, from lysis over E:T ratios.

    ::

        LU = n / (targets per well · E:Tₓ),     n = 10⁷ effectors

    E:Tₓ gives x % lysis, by straight lines between neighbours over log E:T.  Undefined, with a
    reason, where x is not bracketed, for nothing is extrapolated, and where lysis only falls
    through x as E:T rises.  Points without a number take no part.  Lytic units compare effectors
    only where their curves are parallel.

    :raises ValueError: if an E:T ratio or the number of targets is not above zero, or if an E:T
        ratio is there twice.

    Source: DOMAIN 2.4; Pross et al. 1981, J Clin Immunol 1:51.
    """
    if not 0 < targets_per_well < math.inf:
        raise ValueError(f"Not a number of targets per well: {targets_per_well!r}")
    rising = _checked(points)
    found = _crossings(rising, lysis_percent)
    if not found or rising[0][1].value > lysis_percent:
        nothing = undefined(_not_reached(rising, lysis_percent, is_crossed=bool(found)))
        return LyticUnits(lysis_percent, per_effectors, nothing, nothing)
    ratios = [number.exp() for number in found]
    warnings = _crossing_warnings(ratios, lysis_percent)
    units = (math.log(per_effectors / targets_per_well) - found[0]).exp()
    both = defined(units, warnings), defined(ratios[0], warnings)
    return LyticUnits(lysis_percent, per_effectors, *both, tuple(r.value for r in ratios))


def _checked(points: Sequence[LysisPoint]) -> list[tuple[float, WellNumber]]:
    """Return ln of the E:T ratio and the lysis of points with a number, by rising ratio."""
    ratios = [point.effectors_per_target for point in points]
    for ratio in ratios:
        if not 0 < ratio < math.inf:
            raise ValueError(f"Not a ratio of effectors to targets: {ratio!r}")
        if ratios.count(ratio) > 1:
            raise ValueError(f"The ratio of effectors to targets {ratio!r} is there twice.")
    known = [
        (math.log(point.effectors_per_target), point.lysis.number)
        for point in points
        if point.lysis.number is not None
    ]
    return sorted(known, key=lambda pair: pair[0])


def _crossings(points: Sequence[tuple[float, WellNumber]], level: float) -> list[WellNumber]:
    """Return ln E:T of every place on the line with that lysis, with its gradient, by rising E:T.

    A point at the level counts as above it, so a line that touches the level there and turns back
    crosses twice at one place, which is listed once.
    """
    found: dict[float, WellNumber] = {}
    for index, (first, second) in enumerate(pairwise(points)):
        here, there = first[1].value - level, second[1].value - level
        starts_at_level = index == 0 and here == 0 != there
        if starts_at_level or (here >= 0) != (there >= 0):
            share = (level - first[1]) / (second[1] - first[1])
            place = first[0] + (second[0] - first[0]) * share
            found.setdefault(round(place.value, 12), place)
    return list(found.values())


def _not_reached(
    points: Sequence[tuple[float, WellNumber]], level: float, *, is_crossed: bool
) -> str:
    if not points:
        return "there is no E:T ratio with a specific lysis"
    if is_crossed:
        return f"lysis starts above {level:g} % and falls through it as E:T rises"
    if points[0][1].value < level:
        return f"lysis stays below {level:g} % up to the highest E:T ratio"
    if points[0][1].value > level:
        return f"lysis is above {level:g} % already at the lowest E:T ratio"
    return f"the E:T ratios do not bracket {level:g} % lysis"


def _crossing_warnings(ratios: Sequence[WellNumber], level: float) -> tuple[str, ...]:
    if len(ratios) == 1:
        return ()
    listed = ", ".join(f"{ratio.value:.4g}" for ratio in ratios)
    warning = (
        f"lysis passes {level:g} % at several E:T ratios ({listed}), so it does not rise with "
        "E:T everywhere; the lowest is used"
    )
    return (warning,)


def _lysis(above: WellNumber, window: WellNumber) -> WellResult:
    if window.value <= 0:
        return undefined("the maximum release is not above the spontaneous release")
    return _with_warnings(100 * (above / window))


def _with_warnings(percent: WellNumber) -> WellResult:
    return defined(percent, lysis_warnings(percent.value))


def _not_percentages(*numbers: WellNumber) -> str:
    wrong = [number.value for number in numbers if not 0 <= number.value <= 100]
    return f"{wrong[0]:g} is no percentage of cells, which is 0 to 100" if wrong else ""
