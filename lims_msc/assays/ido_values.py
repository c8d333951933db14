"""Kynurenine made by MSC, IDO activity and its induction by priming (DOMAIN 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims_msc.assays.assay_values import Quantity, value_of
from lims_msc.assays.conditions import condition_of
from lims_msc.assays.ido_groups import IdoCondition, resting_twin
from lims_msc.domain.layout import PlateConditions
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.science.ido_activity import fold_induction, ido_activity, kynurenine_difference
from lims_msc.science.propagation import WellNumber, WellResult, mean_of, undefined

MICROMOLAR = "µM"
ACTIVITY_FORMULA = (
    "A = ΔKyn · V · 10⁶/(N · t), ΔKyn kynurenine with MSC minus medium in µM, V supernatant in mL, "
    "N MSC per well as the plate map states them, t hours of culture"
)
DIFFERENCE = Quantity(
    "kynurenine_difference",
    "Kynurenine made",
    MICROMOLAR,
    "ΔKyn = [Kyn] with MSC − [Kyn] of medium, means of replicate cultures",
)
ACTIVITY = Quantity("ido_activity", "IDO activity", "nmol/h/10⁶ MSC", ACTIVITY_FORMULA)
INDUCTION = Quantity(
    "fold_induction",
    "Induction of IDO by priming",
    "fold",
    "activity of primed MSC/activity of resting MSC of the same batch; more than a bound where the "
    "resting activity is below the lower limit of quantitation",
    is_ratio=True,
)
NO_MEDIUM = "there is no sample of medium without cells, so what the MSC made is not known"
NO_CONDITIONS = "the plate does not state the supernatant volume and the hours of culture"
NO_CELLS = "the plate map does not state the MSC per well"


@dataclass(frozen=True, slots=True)
class Ido:
    """A condition with the kynurenine it made and its activity."""

    condition: IdoCondition
    difference: WellResult
    activity: WellResult
    limit: float | None
    """The activity that the lower limit of quantitation stands for; ``None`` if not known."""


def ido_of(
    condition: IdoCondition, conditions: PlateConditions, lowest: float | None, blocked: str
) -> Ido:
    """Return kynurenine made and activity; ``lowest`` is the lower limit of quantitation in µM.

    ``blocked`` says why there is neither.
    """
    if blocked:
        withheld = WellResult(ValueStatus.WITHHELD, reason=blocked)
        return Ido(condition, withheld, withheld, None)
    difference = _difference(condition)
    cells = condition.content.msc_cells_per_well
    volume, hours = conditions.supernatant_volume_ml, conditions.culture_hours
    if not volume or not hours or not cells:
        reason = NO_CELLS if volume and hours else NO_CONDITIONS
        return Ido(condition, difference, undefined(reason), None)
    activity = ido_activity(difference, volume_ml=volume, cells=cells, hours=hours)
    dilution = condition.smallest_dilution
    limit = lowest * dilution * volume * 1e6 / (cells * hours) if lowest and dilution else None
    return Ido(condition, difference, activity, limit)


def values_of_ido(found: Sequence[Ido], confidence: float) -> list[AssayValue]:
    """Return kynurenine made, activity, and induction of primed MSC."""
    conditions = [ido.condition for ido in found]
    values = []
    for ido in found:
        key, wells = ido.condition.key, ido.condition.wells
        values.append(value_of(key, DIFFERENCE, ido.difference, wells, confidence))
        values.append(value_of(key, ACTIVITY, ido.activity, wells, confidence))
        twin = resting_twin(ido.condition, conditions)
        if twin is not None:
            resting = found[conditions.index(twin)]
            fold = fold_induction(ido.activity, resting.activity, unprimed_limit=resting.limit)
            values.append(value_of(key, INDUCTION, fold, (*wells, *twin.wells), confidence))
    return values


def _difference(condition: IdoCondition) -> WellResult:
    medium, is_below = _medium(condition)
    if medium is None:
        return undefined(NO_MEDIUM)
    cultures = condition_of("cultures", condition.cultures)
    if cultures.mean is not None:
        return kynurenine_difference(cultures.mean, medium, medium_is_below_range=is_below)
    if cultures.bound is None:
        return undefined(cultures.reason)
    bound = cultures.bound - medium.value
    if bound <= 0:
        return undefined("kynurenine with MSC is no more than can be told from medium")
    reason = "kynurenine with MSC is outside the range of the standards"
    return WellResult(cultures.status, bound=bound, reason=reason)


def _medium(condition: IdoCondition) -> tuple[WellNumber | None, bool]:
    """Return the kynurenine of the medium as read, and whether it is below the standards."""
    reads = [
        (one, part.read.concentration)
        for one in condition.medium
        for part in one.parts
        if part.read is not None and part.read.concentration is not None
    ]
    if not reads or any(one.report.status is ValueStatus.ABOVE_RANGE for one, _ in reads):
        return None, False
    wells = ", ".join(str(one.sample.wells[0]) for one, _ in reads)
    is_below = any(one.report.status is ValueStatus.BELOW_RANGE for one, _ in reads)
    return mean_of(f"medium {wells}", [value for _, value in reads]), is_below
