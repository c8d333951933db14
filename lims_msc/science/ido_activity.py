"""Activity of indoleamine 2,3-dioxygenase (IDO) from kynurenine in the supernatant (DOMAIN 2.6).

Each culture well gives one concentration; errors are the spread between culture wells.  The error
of the standard line is not in them: it is the same for all wells of a plate, its intercept cancels
in a difference and its slope in a fold.  The line itself is in ``standard_line``.
"""

from __future__ import annotations

import math
from dataclasses import replace

from lims_msc.domain.values import ValueStatus
from lims_msc.science.propagation import WellNumber, WellResult, defined, undefined


def kynurenine_difference(
    with_msc: WellNumber,
    medium: WellNumber,
    *,
    starting_tryptophan_micromolar: float | None = None,
    medium_is_below_range: bool = False,
) -> WellResult:
    """Return the kynurenine that the cells made, in µM.

    ::

        ΔKyn = [Kyn](MSC) − [Kyn](medium)

    One kynurenine comes from one tryptophan, so a difference above the tryptophan at the start
    cannot be; it is kept with a warning, and so is a negative one.  Medium below the range of the
    standards is subtracted as read, with a warning: as a background it need not be quantified.

    :raises ValueError: if the starting tryptophan is not above zero.

    Source: DOMAIN 2.6; J Immunol Methods 1994;168:39.
    """
    difference = with_msc - medium
    warnings = _difference_warnings(difference, starting_tryptophan_micromolar)
    if medium_is_below_range:
        warnings += ("kynurenine in medium is below the range of the standards",)
    return defined(difference, warnings)


def ido_activity(
    difference: WellResult, *, volume_ml: float, cells: float, hours: float
) -> WellResult:
    """Return the activity in nmol kynurenine per hour and 10⁶ cells.

    ::

        A = ΔKyn · V · 10⁶ / (N · t)

    ΔKyn in µM, V volume of the culture in mL, N cells in it, t hours of conditioning; a µM times a
    mL is a nmol.  Whether N was counted at the start or the end must stand beside the number.  The
    bound of a ΔKyn that is only known to be less or more becomes the bound of the activity.

    :raises ValueError: if volume, cells or hours are not above zero.

    Source: DOMAIN 2.6.
    """
    for name, amount in (("volume", volume_ml), ("number of cells", cells), ("time", hours)):
        if not 0 < amount < math.inf:
            raise ValueError(f"Not a {name} above zero: {amount!r}")
    factor = volume_ml * 1e6 / (cells * hours)
    if difference.number is None:
        bound = None if difference.bound is None else difference.bound * factor
        return replace(difference, bound=bound)
    return defined(difference.number * factor, difference.warnings)


def fold_induction(
    primed: WellResult, unprimed: WellResult, *, unprimed_limit: float | None = None
) -> WellResult:
    """Return how many times priming raises the activity.

    ::

        fold = A(IFN-γ) / A(unprimed)

    ``unprimed_limit`` is the activity that the lower limit of quantitation stands for, with the
    same volume, cells and hours.  Where the unprimed activity is not above it, the fold is only
    known to be more than ``bound`` = A(IFN-γ) / limit; the same holds for an unprimed activity
    ``below_range``, whose own bound is the limit.

    :raises ValueError: if the limit is not above zero.

    Source: DOMAIN 2.6.
    """
    if unprimed_limit is not None and not 0 < unprimed_limit < math.inf:
        raise ValueError(f"Not an activity above zero: {unprimed_limit!r}")
    if primed.number is None:
        return undefined(primed.reason)
    limit = unprimed_limit
    if unprimed.number is None:
        if unprimed.status is not ValueStatus.BELOW_RANGE:
            return undefined(unprimed.reason)
        limit = unprimed.bound
    elif unprimed.number.value > (limit or 0.0):
        return defined(primed.number / unprimed.number, primed.warnings + unprimed.warnings)
    if limit is None:
        return undefined("the unprimed activity is not above zero, and its limit is not known")
    if primed.number.value <= limit:
        return undefined("neither activity is above the limit of quantitation")
    return WellResult(
        ValueStatus.ABOVE_RANGE,
        bound=primed.number.value / limit,
        reason="the unprimed activity is below the limit of quantitation",
        warnings=primed.warnings,
    )


def kynurenine_to_tryptophan(kynurenine: WellNumber, tryptophan: WellNumber) -> WellResult:
    """Return the ratio of kynurenine to tryptophan, both in µM.

    ::

        Kyn/Trp = [Kyn] / [Trp]

    Measured in the same wells; the errors of both are taken as independent.  Undefined where there
    is no tryptophan left.

    Source: DOMAIN 2.6.
    """
    if tryptophan.value <= 0:
        return undefined("there is no tryptophan above zero to divide by: it may be used up")
    return defined(kynurenine / tryptophan)


def _difference_warnings(difference: WellNumber, start: float | None) -> tuple[str, ...]:
    if start is not None and not 0 < start < math.inf:
        raise ValueError(f"Not a concentration of tryptophan above zero: {start!r}")
    found = []
    if difference.value < 0:
        found.append("there is less kynurenine with cells than in medium")
    if start is not None and difference.value > start:
        found.append(
            f"{difference.value:.3g} µM of kynurenine is more than the {start:.3g} µM of "
            "tryptophan it must come from"
        )
    return tuple(found)
