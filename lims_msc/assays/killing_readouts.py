"""The readouts of killing: which controls each needs, and its formula (DOMAIN 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lims_msc.assays.assay_values import Quantity
from lims_msc.assays.killing_groups import KillingPoint, Population, Wells
from lims_msc.assays.readouts import OD_SATURATES, PERCENT, Limits, Readout
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.curve import BackgroundMode
from lims_msc.domain.layout import WellRole
from lims_msc.science.cytotoxicity import (
    dead_target_lysis,
    degranulation_difference,
    ldh_lysis,
    release_lysis,
)
from lims_msc.science.propagation import WellNumber, WellResult, mean_of

_LYSIS = "A higher reading means more killing; MSC that suppress it lower the specific lysis."
_DEGRANULATION = (
    "A higher reading means more degranulation; MSC that suppress it lower the increase."
)


SUPPRESSION = Quantity(
    "killing_suppression",
    "Suppression of killing",
    "%",
    "S = 100·(1 − SL with MSC/SL without MSC) at the same E:T",
)


@dataclass(frozen=True, slots=True)
class KillingReadout:
    """A readout with the roles that its formula needs, and what it gives.

    ``needs`` are roles of the plate, without the wells with targets.  ``is_lysis`` is a specific
    lysis, from which lytic units follow.  Signals of effectors alone grow with their number where
    ``grows_with_effectors``.
    """

    readout: Readout
    quantity: Quantity
    needs: tuple[WellRole, ...]
    compute: Callable[[KillingPoint, Population, WellReadings], WellResult]
    suppression: Quantity = SUPPRESSION
    nothing_to_suppress: str = (
        "effectors without MSC kill no targets, so there is nothing to suppress"
    )
    is_lysis: bool = True
    grows_with_effectors: bool = False

    @property
    def has_release(self) -> bool:
        """Whether the formula has spontaneous and maximum release."""
        return WellRole.TGT_MAX in self.needs


def group(name: str, wells: Wells, readings: WellReadings) -> WellNumber:
    """Return the mean of wells, under a name that tells them from all other wells of the plate."""
    return mean_of(f"{name} {', '.join(map(str, wells))}", readings.values(wells))


def _release(point: KillingPoint, of: Population, readings: WellReadings) -> WellResult:
    return release_lysis(
        group("E", point.test, readings),
        group("S", of.spontaneous, readings),
        group("X", of.maximum, readings),
    )


def _ldh(point: KillingPoint, of: Population, readings: WellReadings) -> WellResult:
    has_msc = bool(readings.usable(of.msc_alone))
    return ldh_lysis(
        group("E", point.test, readings),
        group("F", point.effectors, readings),
        group("S", of.spontaneous, readings),
        group("X", of.maximum, readings),
        group("m", of.medium, readings),
        volume_control=group("V", of.volume, readings),
        msc_alone=group("M", of.msc_alone, readings) if has_msc else None,
    )


def _dead(point: KillingPoint, of: Population, readings: WellReadings) -> WellResult:
    return dead_target_lysis(group("E", point.test, readings), group("S", of.spontaneous, readings))


def _degranulation(point: KillingPoint, _of: Population, readings: WellReadings) -> WellResult:
    return degranulation_difference(
        group("E", point.test, readings), group("F", point.effectors, readings)
    )


def _readout(key: str, title: str, limits: Limits, formula: str, trap: str) -> Readout:
    return Readout(
        key,
        title,
        BackgroundMode.NONE,
        sees_msc=False,
        is_bulk=limits.highest is None,
        rises_with="killing",
        limits=limits,
        trap=trap,
        direction_text=_DEGRANULATION if formula == _DELTA else _LYSIS,
        formula_text=formula,
    )


def _lysis(definition: str) -> Quantity:
    return Quantity("specific_lysis", "Specific lysis", "%", definition)


_RELEASE = "SL = 100·(E − S)/(X − S), E effectors with targets, S targets alone, X targets lysed"
_LDH = (
    "SL = 100·((E − m) − (F − m) − (S − m) − (M − m))/((X − V) − (S − m)), F effectors alone, m "
    "medium, V medium with lysis solution, M MSC alone, only for wells that hold MSC"
)
_DEAD = "SL = 100·(d − d₀)/(100 − d₀), d dead targets with effectors, d₀ dead targets alone, in %"
_DELTA = "Δ = % CD107a+ with targets − % CD107a+ of effectors alone"
_COLD = "MSC that stay in the wells are targets too, and are lysed themselves. "
_TARGETS = (WellRole.TGT_SPONT, WellRole.TGT_MAX)

KILLING: Mapping[str, KillingReadout] = {
    one.readout.key: one
    for one in (
        KillingReadout(
            _readout(
                "calcein_rfu",
                "Calcein release, relative fluorescence units",
                Limits(),
                _RELEASE,
                f"{_COLD}Calcein leaks: beyond 4 h spontaneous release grows high.",
            ),
            _lysis(_RELEASE),
            _TARGETS,
            _release,
        ),
        KillingReadout(
            _readout("cr51_cpm", "⁵¹Cr release, counts per minute", Limits(), _RELEASE, _COLD[:-1]),
            _lysis(_RELEASE),
            _TARGETS,
            _release,
        ),
        KillingReadout(
            _readout(
                "ldh_od",
                "LDH release, optical density",
                Limits(saturated_above=OD_SATURATES),
                _LDH,
                f"{_COLD}Serum holds LDH: the medium of all wells must be the same.",
            ),
            _lysis(_LDH),
            (*_TARGETS, WellRole.EFF_SPONT, WellRole.VOL_CORR, WellRole.BLANK),
            _ldh,
            grows_with_effectors=True,
        ),
        KillingReadout(
            _readout(
                "dead_targets_percent",
                "Dead targets by flow, % of targets",
                PERCENT,
                _DEAD,
                _COLD[:-1],
            ),
            _lysis(_DEAD),
            (WellRole.TGT_SPONT,),
            _dead,
        ),
        KillingReadout(
            _readout(
                "cd107a_percent",
                "CD107a (degranulation) by flow, % of NK cells",
                PERCENT,
                _DELTA,
                "CD107a shows that NK cells degranulate, not that targets die.",
            ),
            Quantity(
                "degranulation_difference", "Increase of CD107a+", "percentage points", _DELTA
            ),
            (WellRole.EFF_SPONT,),
            _degranulation,
            suppression=Quantity(
                "degranulation_suppression",
                "Suppression of degranulation",
                "%",
                "S = 100·(1 − Δ with MSC/Δ without MSC) at the same E:T",
            ),
            nothing_to_suppress="effectors without MSC do not degranulate more with targets, so "
            "there is nothing to suppress",
            is_lysis=False,
        ),
    )
}
