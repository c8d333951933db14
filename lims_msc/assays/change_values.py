"""Change of a concentration by MSC: percent, fold and excess; bounds where it is censored.

For what MSC raise or make themselves.  This is no suppression, and is never called so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lims_msc.assays.assay_values import Quantity, value_of
from lims_msc.assays.concentrations import Joined
from lims_msc.assays.conditions import Condition, condition_of
from lims_msc.assays.curve_groups import Wells, group_curves
from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.layout import PlateLayout
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import AssayValue, ValueKey, ValueStatus
from lims_msc.science.propagation import WellResult, defined, undefined

CHANGE = Quantity(
    "percent_change",
    "Change by MSC",
    "%",
    "100·(T − P)/P, T concentration with MSC, P of stimulated responders without MSC",
)
FOLD = Quantity(
    "fold",
    "Fold by MSC",
    "fold",
    "T/P, T concentration with MSC, P of stimulated responders without MSC",
    is_ratio=True,
)
CHANGE_FORMULA = "100·(T − P)/P and T/P, T with MSC, P stimulated responders without MSC"
_OUTSIDE = "both concentrations are outside the range of the standards"


@dataclass(frozen=True, slots=True)
class _Compared:
    """A dose with what is known with MSC (T), without (P) and, where measured, of MSC alone (M)."""

    key: ValueKey
    test: Condition
    control: Condition
    alone: Condition | None
    wells: Wells
    wells_alone: Wells


def changes(
    cultures: PlateLayout, joined: Sequence[Joined], unit: str, confidence: float
) -> list[AssayValue]:
    """Return percent change and fold of each dose, and the excess over MSC and responders alone."""
    values = []
    for one in _compared(cultures, joined):
        fold = _fold(one.test, one.control)
        percent = _percent(fold, one.test, one.control)
        values.append(value_of(one.key, CHANGE, percent, one.wells, confidence))
        values.append(value_of(one.key, FOLD, fold, one.wells, confidence))
        if one.alone is not None:
            excess = _excess(one.test, one.control, one.alone)
            wells = (*one.wells, *one.wells_alone)
            values.append(value_of(one.key, _excess_quantity(unit), excess, wells, confidence))
    return values


def censored_suppression(
    cultures: PlateLayout, joined: Sequence[Joined], confidence: float
) -> list[AssayValue]:
    """Return the bound of suppression of each dose whose concentration is out of range."""
    return [
        value_of(
            one.key, _SUPPRESSION, _suppression(_fold(one.test, one.control)), one.wells, confidence
        )
        for one in _compared(cultures, joined)
        if one.test.bound is not None
    ]


def _compared(cultures: PlateLayout, joined: Sequence[Joined]) -> Iterator[_Compared]:
    by_well = {one.sample.wells[0]: one for one in joined}
    for group in group_curves(cultures):
        for dose in group.doses:
            yield _Compared(
                key=group.value_key(BackgroundMode.NONE, dose.msc_per_responder),
                test=_condition("T", dose.coculture, by_well),
                control=_condition("P", group.stimulated, by_well),
                alone=_condition("M", dose.msc_alone, by_well) if dose.msc_alone else None,
                wells=_wells((*dose.coculture, *group.stimulated), by_well),
                wells_alone=_wells(dose.msc_alone, by_well),
            )


_SUPPRESSION = Quantity(
    "suppression_percent",
    "Suppression",
    "%",
    "S = 100·(1 − T/P) with the bound of T in its place, no background subtracted",
)


def _excess_quantity(unit: str) -> Quantity:
    return Quantity(
        "excess_over_sum",
        "Excess over MSC alone and responders alone",
        unit,
        "T − (P + M), M concentration of the same MSC alone",
    )


def _condition(name: str, wells: Wells, by_well: Mapping[WellAddress, Joined]) -> Condition:
    return condition_of(name, [by_well[well] for well in wells])


def _fold(test: Condition, control: Condition) -> WellResult:
    for condition in (test, control):
        if condition.reason:
            return undefined(condition.reason)
    if test.mean is not None and control.mean is not None:
        return defined(test.mean / control.mean)
    if test.mean is not None:
        # Less below the line makes more of the fraction.
        turned = {
            ValueStatus.BELOW_RANGE: ValueStatus.ABOVE_RANGE,
            ValueStatus.ABOVE_RANGE: ValueStatus.BELOW_RANGE,
        }
        bound = test.mean.value / (control.bound or 1.0)
        return WellResult(turned[control.status], bound=bound, reason="P is known as a bound only")
    if control.mean is None:
        return undefined(_OUTSIDE)
    bound = (test.bound or 0.0) / control.mean.value
    return WellResult(test.status, bound=bound, reason="T is known as a bound only")


def _percent(fold: WellResult, test: Condition, control: Condition) -> WellResult:
    if fold.number is not None and test.mean is not None and control.mean is not None:
        return defined(100 * ((test.mean - control.mean) / control.mean))
    if fold.bound is None:
        return fold
    return WellResult(fold.status, bound=100 * (fold.bound - 1), reason=fold.reason)


def _suppression(fold: WellResult) -> WellResult:
    if fold.bound is None:
        return fold
    turned = {
        ValueStatus.BELOW_RANGE: ValueStatus.ABOVE_RANGE,
        ValueStatus.ABOVE_RANGE: ValueStatus.BELOW_RANGE,
    }
    return WellResult(turned[fold.status], bound=100 * (1 - fold.bound), reason=fold.reason)


def _excess(test: Condition, control: Condition, alone: Condition) -> WellResult:
    means = test.mean, control.mean, alone.mean
    if means[0] is None or means[1] is None or means[2] is None:
        return undefined("a concentration of this sum has no number")
    return defined(means[0] - means[1] - means[2])


def _wells(wells: Wells, by_well: Mapping[WellAddress, Joined]) -> Wells:
    return tuple(w for well in wells for part in by_well[well].parts for w in part.sample.wells)
