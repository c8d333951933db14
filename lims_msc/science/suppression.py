"""Suppression of proliferation from the wells of one plate, in four background modes.

Formula (DOMAIN 2.0), with means of wells, formed *before* the ratio::

    S(d) = 100 · (1 − (T(d) − bg(T)) / (P − bg(P)))

===========  =======  ============================================
mode         bg(P)    bg(T)
===========  =======  ============================================
``NONE``     0        0
``UNSTIM``   N        N
``FULL``     N        U(d); where absent M(d) + N − B
``BLANK``    B        B
===========  =======  ============================================

T co-culture, P stimulated responders, N unstimulated responders, U unstimulated co-culture, M MSC
alone, B blank.  Negative values and values above 100 are answers and are kept.  An index that
cannot fall below a constant (1 for the expansion index) has that floor for bg(P) and bg(T) in the
mode ``NONE``; in the other modes a constant cancels.

Standard errors come from the delta method on the group means with *all* covariances: where the same
N (or B) wells stand above and below the fraction, their error enters once, with the weight
``dS/dN = −100·(R − 1)/(P − N)``.  For ``FULL`` with U wells nothing is shared and this is the same
as adding the variances of both differences.  They speak of the wells of one plate only.

Not in here: summaries of a curve (``summaries``), fits (``fitting``) and what belongs together on
a plate (the assay types).

Source: DOMAIN 2.0; delta method.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.dose import ratio_text
from lims_msc.science.uncertainty import Gradient, Spread, WellGroup, covariance, spread_of

CONTROL_TOO_LOW = "stimulated control is not above the background"
NO_STIMULATED_CONTROL = "there is no reading of a stimulated control (RESP_STIM)"
NO_COCULTURE = "there is no reading of a co-culture"
OUT_OF_RANGE = "the readings are too large or too close to each other to compute with"

DEFINITIONS: Mapping[BackgroundMode, str] = {
    BackgroundMode.NONE: "S = 100·(1 − T/P), no background subtracted",
    BackgroundMode.UNSTIM: "S = 100·(1 − (T − N)/(P − N)), N = unstimulated responders",
    BackgroundMode.FULL: "S = 100·(1 − (T − U)/(P − N)), U = unstimulated co-culture at the same "
    "dose, N = unstimulated responders",
    BackgroundMode.BLANK: "S = 100·(1 − (T − B)/(P − B)), B = blank",
}


class SuppressionStatus(StrEnum):
    """Whether a mode gives a curve."""

    OK = "ok"
    UNDEFINED = "undefined"
    """The wells are there, but their ratio means nothing."""
    NOT_AVAILABLE = "not_available"
    """The mode needs wells that are not there."""


@dataclass(frozen=True, slots=True)
class DoseWells:
    """The readings at one dose; groups that the plate does not have are empty."""

    msc_per_responder: float
    coculture: Sequence[float]
    coculture_unstimulated: Sequence[float] = ()
    msc_alone: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class ControlWells:
    """The readings of the controls of a curve; groups that the plate does not have are empty."""

    stimulated: Sequence[float]
    unstimulated: Sequence[float] = ()
    blank: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class DoseSuppression:
    """Suppression at one dose, in percent.

    ``se_percent`` is ``None`` if one of the groups of wells it rests on has a single well.
    ``gradient`` is the change of the suppression with the mean of each group of wells.
    ``per_well`` has the order of the wells as given.
    """

    msc_per_responder: float
    suppression_percent: float
    se_percent: float | None
    signal_mean: float
    background_mean: float
    per_well: tuple[float, ...]
    gradient: Gradient


@dataclass(frozen=True, slots=True)
class SuppressionCurve:
    """Suppression over dose, rising by dose, with the groups of wells it was made of.

    ``doses_left_out`` are doses without a background of their own in the mode ``FULL``.
    """

    status: SuppressionStatus
    reason: str = ""
    definition: str = ""
    points: tuple[DoseSuppression, ...] = ()
    groups: Mapping[str, WellGroup] = field(default_factory=dict)
    doses_left_out: tuple[float, ...] = ()

    def gradient_of(self, weights: Sequence[float]) -> Gradient:
        """Return the gradient of Σ weight·S over the points, one weight per point."""
        total: dict[str, float] = {}
        for weight, point in zip(weights, self.points, strict=True):
            for name, slope in point.gradient.items():
                total[name] = total.get(name, 0.0) + weight * slope
        return total

    def spread_of(self, weights: Sequence[float]) -> Spread | None:
        """Return the spread of Σ weight·S over the points, with their shared controls.

        Points of weight zero take no part, so their single wells do no harm.
        """
        return spread_of(self.gradient_of(weights), self.groups)

    def covariance(self, first: int, second: int) -> float | None:
        """Return the covariance of two points; ``None`` if it rests on a single well."""
        points = self.points
        return covariance(points[first].gradient, points[second].gradient, self.groups)


def suppression_curve(
    doses: Sequence[DoseWells],
    controls: ControlWells,
    mode: BackgroundMode,
    *,
    floor: float = 0.0,
) -> SuppressionCurve:
    """Return suppression (%) at every dose that has readings of co-culture.

    ``floor`` is what the readout shows when nothing divides, in its own unit; it is subtracted in
    the mode ``NONE`` and cancels in the others.

    The status says whether there are numbers.  In the mode ``FULL`` a dose without a background of
    its own is left out and named.  A stimulated control that is not above the unstimulated one
    makes every mode undefined: such responders were not stimulated.
    """
    measured = sorted((d for d in doses if d.coculture), key=lambda d: d.msc_per_responder)
    groups = _control_groups(controls)
    missing = _missing_groups(groups, mode)
    if missing:
        return SuppressionCurve(SuppressionStatus.NOT_AVAILABLE, missing)
    if not measured:
        return SuppressionCurve(SuppressionStatus.UNDEFINED, NO_COCULTURE)
    below = _WINDOW[mode]
    constant = floor if mode is BackgroundMode.NONE else 0.0
    if _combine(below, groups) <= constant or _is_not_stimulated(groups):
        return SuppressionCurve(SuppressionStatus.UNDEFINED, CONTROL_TOO_LOW)
    points, left_out, formulas = [], [], set()
    for index, dose in enumerate(measured):
        groups |= _dose_groups(dose, index)
        background = _background(mode, index, groups)
        if background is None:
            left_out.append(dose.msc_per_responder)
            continue
        formulas.add(f"M{index}" in background)
        name = f"T{index}"
        points.append(_point(dose, name, background, below, groups, constant=constant))
    if not points:
        return SuppressionCurve(SuppressionStatus.NOT_AVAILABLE, _NO_MSC_BACKGROUND)
    if not all(_is_in_range(point) for point in points):
        return SuppressionCurve(SuppressionStatus.UNDEFINED, OUT_OF_RANGE)
    return SuppressionCurve(
        SuppressionStatus.OK,
        definition=_definition(mode, formulas, constant),
        points=tuple(points),
        groups=groups,
        doses_left_out=tuple(left_out),
    )


def curve_of_percentages(doses: Sequence[tuple[float, Sequence[float]]]) -> SuppressionCurve:
    """Return a curve of suppression values (%) that were computed elsewhere, well by well.

    Its standard errors hold the spread of these values only: the controls are not known.
    """
    points, groups = [], {}
    for index, (dose, values) in enumerate(sorted(doses, key=lambda d: d[0])):
        group = groups[f"T{index}"] = WellGroup(tuple(values))
        gradient = {f"T{index}": 1.0}
        spread = spread_of(gradient, groups)
        points.append(
            DoseSuppression(
                msc_per_responder=dose,
                suppression_percent=group.mean,
                se_percent=None if spread is None else spread.se,
                signal_mean=group.mean,
                background_mean=0.0,
                per_well=group.values,
                gradient=gradient,
            )
        )
    status = SuppressionStatus.OK if points else SuppressionStatus.UNDEFINED
    return SuppressionCurve(
        status, "" if points else NO_COCULTURE, "as given", tuple(points), groups
    )


_LARGEST_PERCENT = 1e12
_NO_MSC_BACKGROUND = (
    "no dose has a background of its own: it needs COCULT_UNSTIM wells of the same dose, or "
    "MSC_ALONE wells of the same dose together with BLANK wells"
)
_WINDOW: Mapping[BackgroundMode, Mapping[str, float]] = {
    BackgroundMode.NONE: {"P": 1.0},
    BackgroundMode.UNSTIM: {"P": 1.0, "N": -1.0},
    BackgroundMode.FULL: {"P": 1.0, "N": -1.0},
    BackgroundMode.BLANK: {"P": 1.0, "B": -1.0},
}


def _control_groups(controls: ControlWells) -> dict[str, WellGroup]:
    named = {"P": controls.stimulated, "N": controls.unstimulated, "B": controls.blank}
    return {name: WellGroup(tuple(values)) for name, values in named.items() if values}


def _dose_groups(dose: DoseWells, index: int) -> dict[str, WellGroup]:
    named = {"T": dose.coculture, "U": dose.coculture_unstimulated, "M": dose.msc_alone}
    return {f"{name}{index}": WellGroup(tuple(v)) for name, v in named.items() if v}


def _missing_groups(groups: Mapping[str, WellGroup], mode: BackgroundMode) -> str:
    if "P" not in groups:
        return NO_STIMULATED_CONTROL
    if "N" in _WINDOW[mode] and "N" not in groups:
        return f"the mode {mode} needs unstimulated responders (RESP_UNSTIM)"
    if "B" in _WINDOW[mode] and "B" not in groups:
        return f"the mode {mode} needs blanks (BLANK)"
    return ""


def _is_not_stimulated(groups: Mapping[str, WellGroup]) -> bool:
    return "N" in groups and groups["P"].mean <= groups["N"].mean


def _background(
    mode: BackgroundMode, index: int, groups: Mapping[str, WellGroup]
) -> Mapping[str, float] | None:
    """Return bg(T) as a sum of group means, or ``None`` where the wells do not allow it."""
    if mode is not BackgroundMode.FULL:
        return {name: -weight for name, weight in _WINDOW[mode].items() if name != "P"}
    if f"U{index}" in groups:
        return {f"U{index}": 1.0}
    if f"M{index}" in groups and "B" in groups:
        return {f"M{index}": 1.0, "N": 1.0, "B": -1.0}
    return None


def _point(
    dose: DoseWells,
    coculture: str,
    background: Mapping[str, float],
    below: Mapping[str, float],
    groups: Mapping[str, WellGroup],
    *,
    constant: float,
) -> DoseSuppression:
    above = {coculture: 1.0} | {name: -weight for name, weight in background.items()}
    window = _combine(below, groups) - constant
    offset = _combine(background, groups) + constant
    remaining = (_combine(above, groups) - constant) / window
    gradient = {
        name: -100 * (above.get(name, 0.0) - remaining * below.get(name, 0.0)) / window
        for name in above.keys() | below.keys()
    }
    spread = spread_of(gradient, groups)
    return DoseSuppression(
        msc_per_responder=dose.msc_per_responder,
        suppression_percent=100 * (1 - remaining),
        se_percent=None if spread is None else spread.se,
        signal_mean=groups[coculture].mean,
        background_mean=offset,
        per_well=tuple(100 * (1 - (value - offset) / window) for value in dose.coculture),
        gradient=gradient,
    )


def _combine(weights: Mapping[str, float], groups: Mapping[str, WellGroup]) -> float:
    return math.fsum(weight * groups[name].mean for name, weight in weights.items())


def _is_in_range(point: DoseSuppression) -> bool:
    numbers = (point.suppression_percent, point.se_percent or 0.0, *point.per_well)
    # A comparison with a bound is false for what is not a number, too.
    return all(abs(number) < _LARGEST_PERCENT for number in numbers)


def floor_definition(floor: float) -> str:
    """Return the formula of the mode ``NONE`` for an index with a floor."""
    if floor == 0:
        return DEFINITIONS[BackgroundMode.NONE]
    return f"S = 100·(1 − (T − {floor:g})/(P − {floor:g})), {floor:g} = the index without division"


def _definition(mode: BackgroundMode, uses_msc_alone: set[bool], constant: float) -> str:
    if mode is BackgroundMode.NONE:
        return floor_definition(constant)
    if mode is not BackgroundMode.FULL or uses_msc_alone == {False}:
        return DEFINITIONS[mode]
    if uses_msc_alone == {True}:
        return (
            "S = 100·(1 − (T − (M + N − B))/(P − N)), M = MSC alone at the same dose, "
            "N = unstimulated responders, B = blank"
        )
    return f"{DEFINITIONS[mode]}; where U is absent, M + N − B with M = MSC alone and B = blank"


def doses_in_words(doses: Sequence[float]) -> str:
    """Return doses for a message: ``MSC:responder 1:10, 1:5``."""
    return "MSC:responder " + ", ".join(ratio_text(dose) for dose in doses)
