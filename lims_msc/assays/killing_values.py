"""Specific lysis, suppression of killing and lytic units of the populations of a plate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lims_msc.assays.assay_values import Quantity, value_of
from lims_msc.assays.killing_groups import KillingPoint, Population, Wells
from lims_msc.assays.killing_readouts import KillingReadout
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.layout import WellRole
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.science.cytotoxicity import LysisPoint, killing_suppression, lytic_units
from lims_msc.science.propagation import WellResult, undefined

LYTIC_UNITS = Quantity(
    "lytic_units_20",
    "Lytic units (20 %) per 10⁷ effectors",
    "LU20 per 10⁷ effectors",
    "LU = 10⁷/(targets per well · E:T at 20 % lysis), E:T on straight lines over log E:T; "
    "populations may be compared only where their curves are parallel",
    is_ratio=True,
)
RATIO = Quantity(
    "ratio_at_20_percent_lysis",
    "E:T at 20 % lysis",
    "effectors per target",
    "the lowest E:T with 20 % lysis, on straight lines between neighbours over log E:T",
    is_ratio=True,
)


@dataclass(frozen=True, slots=True)
class Killing:
    """A population with the result of each of its E:T ratios, in their order."""

    population: Population
    results: tuple[WellResult, ...]

    def at(self, effectors_per_target: float) -> WellResult | None:
        """Return the result at an E:T ratio, or ``None`` where it was not tested."""
        for point, result in zip(self.population.points, self.results, strict=True):
            if point.effectors_per_target == effectors_per_target:
                return result
        return None


def killing_of(
    population: Population, kind: KillingReadout, readings: WellReadings, blocked: str
) -> Killing:
    """Return the lysis at each E:T ratio; ``blocked`` says why there is none of the population."""
    return Killing(
        population,
        tuple(_result(point, population, kind, readings, blocked) for point in population.points),
    )


def needed_wells(point: KillingPoint, of: Population) -> Mapping[WellRole, Wells]:
    """Return the wells of each role that a formula may need."""
    return {
        WellRole.TGT_SPONT: of.spontaneous,
        WellRole.TGT_MAX: of.maximum,
        WellRole.EFF_SPONT: point.effectors,
        WellRole.VOL_CORR: of.volume,
        WellRole.BLANK: of.medium,
    }


def values_of(
    killings: Sequence[Killing], kind: KillingReadout, readings: WellReadings, confidence: float
) -> list[AssayValue]:
    """Return all values of a plate."""
    values = []
    for killing in killings:
        population = killing.population
        control = control_of(population, killings)
        for point, result in zip(population.points, killing.results, strict=True):
            wells = _wells(point, population, kind, readings)
            values.append(value_of(point.key, kind.quantity, result, wells, confidence))
            if control is not None and (without := control.at(point.effectors_per_target)):
                other = control.population.at(point.effectors_per_target)
                wells = (*wells, *_wells(other, control.population, kind, readings))
                suppression = killing_suppression(result, without)
                if without.value is not None and without.value <= 0:
                    suppression = undefined(kind.nothing_to_suppress)
                values.append(value_of(point.key, kind.suppression, suppression, wells, confidence))
        if kind.is_lysis and population.targets_per_well is not None:
            values += _units(killing, population.targets_per_well, kind, readings, confidence)
    return values


def control_of(population: Population, killings: Sequence[Killing]) -> Killing | None:
    """Return the same effectors without MSC, for effectors that were with MSC."""
    if not population.has_msc:
        return None
    for killing in killings:
        other = killing.population
        if not other.has_msc and other.effectors_key == population.effectors_key:
            return killing
    return None


def _result(
    point: KillingPoint,
    of: Population,
    kind: KillingReadout,
    readings: WellReadings,
    blocked: str,
) -> WellResult:
    if blocked:
        return WellResult(ValueStatus.WITHHELD, reason=blocked)
    needed = needed_wells(point, of)
    for role, wells in ((WellRole.E_T, point.test), *((role, needed[role]) for role in kind.needs)):
        if not readings.usable(wells):
            return undefined(f"there is no reading of {role} ({role.meaning}) for this population")
    return kind.compute(point, of, readings)


def _wells(
    point: KillingPoint, of: Population, kind: KillingReadout, readings: WellReadings
) -> Wells:
    needed = needed_wells(point, of)
    wells = [*point.test, *(well for role in kind.needs for well in needed[role])]
    if kind.grows_with_effectors:
        wells += of.msc_alone
    return readings.usable(wells)


def _units(
    killing: Killing,
    targets_per_well: float,
    kind: KillingReadout,
    readings: WellReadings,
    confidence: float,
) -> list[AssayValue]:
    population = killing.population
    points = [
        LysisPoint(point.effectors_per_target, result)
        for point, result in zip(population.points, killing.results, strict=True)
    ]
    found = lytic_units(points, targets_per_well)
    wells = [w for point in population.points for w in _wells(point, population, kind, readings)]
    return [
        value_of(population.key, RATIO, found.ratio, wells, confidence),
        value_of(population.key, LYTIC_UNITS, found.units, wells, confidence),
    ]
