"""Checks of a killing assay: controls, release of targets, lysis and its rise with E:T."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lims_msc.assays import control_checks
from lims_msc.assays.control_checks import cv_findings
from lims_msc.assays.killing_groups import (
    ROLES_USED,
    KillingPoint,
    Population,
    Wells,
    without_ratio,
)
from lims_msc.assays.killing_readouts import KillingReadout, group
from lims_msc.assays.killing_values import Killing, control_of, needed_wells
from lims_msc.assays.signal_checks import (
    FRACTION,
    IMPOSSIBLE,
    NEGATIVE,
    SATURATED,
    TRAP,
    fractions,
    impossible,
    negative,
    saturated,
)
from lims_msc.assays.well_readings import WELL_LEFT_OUT, WellReadings, lost_wells
from lims_msc.domain.assay import Check
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.science.cytotoxicity import maximum_over_blank, spontaneous_share_percent
from lims_msc.science.propagation import WellNumber
from lims_msc.science.quality import rank_correlation

SPONTANEOUS_WARN, SPONTANEOUS_FAIL = 20.0, 30.0
MAXIMUM_OVER_BLANK = 3.0
CONTROL_LYSIS = 20.0
SPONTANEOUS_FAILED = "spontaneous_failed"
_LOWEST_RATIO = 0.5
_MOST_MSC = 2.0
_NO_TREND = 0.5
CHECKS = (
    Check("role_missing", Level.ERROR, "a role that the assay needs has no well"),
    Check("ratio_missing", Level.ERROR, "a well with targets has no E:T ratio"),
    Check("controls_missing", Level.ERROR, "a role that the formula needs has no reading"),
    Check("release_swapped", Level.ERROR, "maximum release not above spontaneous release"),
    Check(SPONTANEOUS_FAILED, Level.ERROR, "spontaneous release above 30 % of the maximum"),
    Check("spontaneous_high", Level.WARNING, "spontaneous release above 20 % of the maximum"),
    Check("maximum_low", Level.WARNING, "maximum release below 3 times the blank"),
    Check("control_lysis_low", Level.WARNING, "NK without MSC lyse below 20 % at the highest E:T"),
    Check("lysis_implausible", Level.WARNING, "specific lysis below −5 % or above 105 %"),
    Check("lysis_not_rising", Level.WARNING, "lysis does not rise with E:T"),
    Check("ratio_probably_swapped", Level.WARNING, "E:T below 0.5, or over 2 MSC per NK cell"),
    Check("control_population_missing", Level.WARNING, "no NK without MSC at the same E:T"),
    Check("msc_alone_missing", Level.NOTE, "LDH: no MSC alone, so MSC must not be in the wells"),
    Check("single_replicate", Level.WARNING, "one well of a condition: no standard error"),
    WELL_LEFT_OUT,
    IMPOSSIBLE,
    FRACTION,
    NEGATIVE,
    SATURATED,
    *(check for check in control_checks.CHECKS if check.code.startswith("replicate_cv")),
    TRAP,
)


def check_readings(
    layout: PlateLayout, readings: WellReadings, kind: KillingReadout
) -> list[Finding]:
    """Return what the readings of all used wells say about their unit and range."""
    readout = kind.readout
    roles = [role for role in ROLES_USED if role in {WellRole.E_T, *kind.needs}]
    wells = [content.well for content in layout.with_role(*roles)]
    cells = [content.well for content in layout.with_role(*roles) if not _is_medium(content.role)]
    findings = [
        *ratios_missing(layout, readings),
        *lost_wells(layout, readings, wells),
        *impossible(wells, readings, readout.limits.lowest, readout.limits.highest),
        *saturated(wells, readings, readout.limits.saturated_above),
    ]
    if readout.is_percent:
        findings += fractions(wells, readings)
    else:
        findings += negative(cells, readings)
    return [*findings, readings.finding(TRAP.level, TRAP.code, readout.trap)]


def ratios_missing(layout: PlateLayout, readings: WellReadings) -> list[Finding]:
    """Return an error for each well with targets that names no E:T ratio."""
    return [
        readings.finding(
            Level.ERROR,
            "ratio_missing",
            "This E_T well has no E:T ratio and is left out.",
            hint="Write effectors per target: 10 for 10:1.",
            wells=[content.well],
        )
        for content in without_ratio(layout)
    ]


def check_population(
    population: Population, kind: KillingReadout, readings: WellReadings
) -> list[Finding]:
    """Return what is wrong with the wells of a population; an error means no numbers of it."""
    findings = [*_swapped_ratios(population, readings)]
    for point in population.points:
        findings += _replicates(f"{point}", point.test, readings)
        findings += _missing(point, population, kind, readings)
    if kind.has_release and readings.usable(population.spontaneous):
        findings += _release(population, readings)
    if kind.grows_with_effectors and population.has_msc and not population.msc_alone:
        findings.append(
            readings.finding(
                Level.NOTE,
                "msc_alone_missing",
                f"There are no MSC_ALONE wells for {population}: the lysis is right only if the "
                "MSC were removed before the targets were added.",
            )
        )
    return findings


def check_killing(
    killing: Killing, killings: Sequence[Killing], kind: KillingReadout, readings: WellReadings
) -> list[Finding]:
    """Return what is doubtful about the results of a population."""
    population = killing.population
    known = [
        (point, result.number.value)
        for point, result in zip(population.points, killing.results, strict=True)
        if result.number is not None
    ]
    findings = [
        readings.finding(
            Level.WARNING,
            "lysis_implausible",
            f"{point}: {warning}. The value is kept as it is.",
            wells=readings.usable(point.test),
        )
        for point, result in zip(population.points, killing.results, strict=True)
        for warning in result.warnings
    ]
    findings += _rise(population, known, readings)
    if kind.is_lysis and not population.has_msc and known and known[-1][1] < CONTROL_LYSIS:
        findings.append(
            readings.finding(
                Level.WARNING,
                "control_lysis_low",
                f"NK cells without MSC lyse only '{known[-1][1]:.1f} %' at the highest E:T "
                f"({known[-1][0]}), less than {CONTROL_LYSIS:g} %: little is left to suppress.",
                wells=readings.usable(known[-1][0].test),
            )
        )
    return findings + _without_control(population, killings, readings)


def check_controls(
    populations: Iterable[Population], kind: KillingReadout, readings: WellReadings
) -> list[Finding]:
    """Return what can be said of the scatter of the controls of a plate, each set once."""
    sets: dict[Wells, WellRole] = {}
    for population in populations:
        for point in population.points:
            needed = needed_wells(point, population)
            sets |= {needed[role]: role for role in kind.needs if needed[role]}
    return [
        finding for wells, role in sets.items() for finding in _replicates(role, wells, readings)
    ]


def _replicates(name: str, wells: Wells, readings: WellReadings) -> list[Finding]:
    usable = readings.usable(wells)
    findings = cv_findings(name, usable, readings)
    if len(usable) == 1:
        findings.append(
            readings.finding(
                Level.WARNING,
                "single_replicate",
                f"'{name}' has only one well with a reading, so it has no standard error.",
                hint="Plan at least two wells, better three.",
                wells=usable,
            )
        )
    return findings


def _missing(
    point: KillingPoint, population: Population, kind: KillingReadout, readings: WellReadings
) -> list[Finding]:
    needed = needed_wells(point, population)
    missing = [role for role in kind.needs if not readings.usable(needed[role])]
    if not missing:
        return []
    roles = "; ".join(f"{role} ({role.meaning})" for role in missing)
    return [
        readings.finding(
            Level.ERROR,
            "controls_missing",
            f"{point} has no reading of: {roles}.",
            hint="Effectors alone must name the same NK cells and, where their signal grows with "
            "their number, the same E:T.",
            wells=point.test,
        )
    ]


def _release(population: Population, readings: WellReadings) -> list[Finding]:
    """Return what spontaneous and maximum release say, without the medium where it is known."""
    if not readings.usable(population.maximum):
        return []
    wells = readings.usable((*population.spontaneous, *population.maximum))
    raw_maximum = maximum = group("X", population.maximum, readings)
    spontaneous = group("S", population.spontaneous, readings)
    findings = []
    if readings.usable(population.medium):
        medium = group("m", population.medium, readings)
        over = maximum_over_blank(raw_maximum, medium).value
        spontaneous -= medium
        lysed = readings.usable(population.volume)
        maximum -= group("V", population.volume, readings) if lysed else medium
        if over is not None and over < MAXIMUM_OVER_BLANK:
            findings.append(
                readings.finding(
                    Level.WARNING,
                    "maximum_low",
                    f"Maximum release is only '{over:.2f}' times the blank, less than "
                    f"{MAXIMUM_OVER_BLANK:g}.",
                    hint="Take more targets or more label.",
                    wells=wells,
                )
            )
    if maximum.value <= spontaneous.value:
        return [
            *findings,
            readings.finding(
                Level.ERROR,
                "release_swapped",
                f"Maximum release ('{maximum.value:.4g}') is not above spontaneous release "
                f"('{spontaneous.value:.4g}').",
                hint="Check that TGT_MAX and TGT_SPONT are not swapped in the layout.",
                wells=wells,
            ),
        ]
    return findings + _spontaneous(spontaneous, maximum, readings, wells)


def _spontaneous(
    spontaneous: WellNumber, maximum: WellNumber, readings: WellReadings, wells: Wells
) -> list[Finding]:
    share = spontaneous_share_percent(spontaneous, maximum).value
    if share is None or share <= SPONTANEOUS_WARN:
        return []
    is_failed = share > SPONTANEOUS_FAIL
    limit = SPONTANEOUS_FAIL if is_failed else SPONTANEOUS_WARN
    return [
        readings.finding(
            Level.ERROR if is_failed else Level.WARNING,
            SPONTANEOUS_FAILED if is_failed else "spontaneous_high",
            f"Spontaneous release is '{share:.1f} %' of the maximum, more than {limit:g} %.",
            hint="The targets die or leak by themselves: label them anew, or shorten the assay.",
            wells=wells,
        )
    ]


def _swapped_ratios(population: Population, readings: WellReadings) -> list[Finding]:
    low = [p for p in population.points if p.effectors_per_target < _LOWEST_RATIO]
    dose = population.key.msc_per_responder
    messages = []
    if low:
        messages.append(
            f"'{low[0].effectors_per_target:g}' effectors per target ({low[0]}) are few: targets "
            "per effector may stand there."
        )
    if dose is not None and dose > _MOST_MSC:
        messages.append(
            f"'{dose:g}' MSC per NK cell ({population}) are many: E:T and MSC:NK may be swapped."
        )
    wells = [well for point in population.points for well in point.test]
    return [
        readings.finding(
            Level.WARNING,
            "ratio_probably_swapped",
            message,
            hint="E:T is effectors per target, counted after the culture with MSC.",
            wells=wells,
        )
        for message in messages
    ]


def _rise(
    population: Population, known: Sequence[tuple[KillingPoint, float]], readings: WellReadings
) -> list[Finding]:
    ratios = [point.effectors_per_target for point, _ in known]
    values = [value for _, value in known]
    trend = rank_correlation(ratios, values).value
    falls = len(values) == 2 and values[1] < values[0]
    if not falls and (trend is None or trend >= _NO_TREND):
        return []
    listed = ", ".join(
        f"'{value:.1f}' at {ratio:g}:1" for ratio, value in zip(ratios, values, strict=True)
    )
    return [
        readings.finding(
            Level.WARNING,
            "lysis_not_rising",
            f"The killing by {population} does not rise with E:T: {listed}.",
            hint="Check that the order of E:T is effectors per target.",
            wells=[well for point, _ in known for well in readings.usable(point.test)],
        )
    ]


def _without_control(
    population: Population, killings: Sequence[Killing], readings: WellReadings
) -> list[Finding]:
    if not population.has_msc:
        return []
    control = control_of(population, killings)
    alone = [
        point
        for point in population.points
        if control is None or control.at(point.effectors_per_target) is None
    ]
    return [
        readings.finding(
            Level.WARNING,
            "control_population_missing",
            f"There are no NK cells without MSC at the same E:T for {point}, so no suppression of "
            "killing.",
            hint="They must name the same responder, stimulus and treatment.",
            wells=point.test,
        )
        for point in alone
    ]


def _is_medium(role: WellRole) -> bool:
    return role in {WellRole.BLANK, WellRole.VOL_CORR}
