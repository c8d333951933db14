"""Difference and fold within responders, and their means over responders (DOMAIN 2.1, 5.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lims_msc.assays.assay_values import Quantity, value_of
from lims_msc.assays.paired_groups import Pair, PairedGroup
from lims_msc.assays.well_readings import WellReadings
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.values import AssayValue, ValueStatus
from lims_msc.science.comparison import Comparison, ComparisonStatus, Question
from lims_msc.science.paired import paired_fold, paired_t, wilcoxon_signed_rank
from lims_msc.science.propagation import WellResult, defined, mean_of, undefined

PAIRED_FORMULA = "Δ = % with MSC − % without MSC, and % with / % without, of the same responder"
_POINTS = "percentage points"
DIFFERENCE = Quantity(
    "difference",
    "Difference by MSC",
    _POINTS,
    "Δ = % with MSC − % without MSC of the same responder, means of wells",
)
FOLD = Quantity(
    "fold",
    "Fold change by MSC",
    "fold",
    "% with MSC / % without MSC of the same responder, means of wells",
    is_ratio=True,
)
_TITLES = {
    "mean_difference": "Mean difference by MSC",
    "geometric_fold": "Geometric mean of the folds by MSC",
}
_STATUSES = {
    ComparisonStatus.OK: ValueStatus.OK,
    ComparisonStatus.TOO_FEW: ValueStatus.WITHHELD,
    ComparisonStatus.UNDEFINED: ValueStatus.UNDEFINED,
}


@dataclass(frozen=True, slots=True)
class _Measured:
    """The pairs that have readings on both sides, with the means of their wells."""

    with_msc: list[float]
    without_msc: list[float]
    wells: tuple[WellAddress, ...]


def values_of_pairs(
    group: PairedGroup, readings: WellReadings, confidence: float
) -> list[AssayValue]:
    """Return difference and fold of each responder."""
    values = []
    for pair in group.pairs:
        difference, fold = _results(pair, readings)
        wells = readings.usable((*pair.with_msc, *pair.without_msc))
        values.append(value_of(pair.key, DIFFERENCE, difference, wells, confidence))
        values.append(value_of(pair.key, FOLD, fold, wells, confidence))
    return values


def values_over_responders(
    group: PairedGroup, readings: WellReadings, confidence: float
) -> list[AssayValue]:
    """Return mean difference, paired t, exact signed rank and geometric fold over responders.

    n counts responders, never wells; with fewer than three there are no numbers but the reason.
    """
    measured = _measured(group, readings)
    pairs = measured.with_msc, measured.without_msc
    n = len(measured.with_msc)
    question = Question(("with MSC", "without MSC"), confidence=confidence)
    if n == 0:
        return []
    t = paired_t(*pairs, question)
    ranks = wilcoxon_signed_rank(*pairs, question)
    fold = paired_fold(*pairs, question)
    responders = f"n = {n} responders"
    return [
        _estimate(group, measured, t, name="mean_difference", unit=_POINTS),
        _statistic(group, measured, t, name="paired_t", title=f"Paired t test, t ({responders})"),
        _p(group, measured, t, name="paired_t_p", title=f"Paired t test, p ({responders})"),
        _p(group, measured, ranks, name="signed_rank_p", title=f"{ranks.method}, p ({responders})"),
        _estimate(group, measured, fold, name="geometric_fold", unit="fold"),
        AssayValue(
            key=group.key,
            name="responders",
            title="Responders compared with themselves",
            unit="responders",
            status=ValueStatus.OK,
            value=float(n),
            definition="responders with readings with and without MSC; wells are not counted",
            wells=measured.wells,
        ),
    ]


def _results(pair: Pair, readings: WellReadings) -> tuple[WellResult, WellResult]:
    with_msc, without = readings.values(pair.with_msc), readings.values(pair.without_msc)
    if not with_msc or not without:
        missing = undefined(
            f"there is no reading {'with' if not with_msc else 'without'} MSC of this responder"
        )
        return missing, missing
    first, second = mean_of("with MSC", with_msc), mean_of("without MSC", without)
    if second.value <= 0:
        fold = undefined("the percentage without MSC is not above zero")
    else:
        fold = defined(first / second)
    return defined(first - second), fold


def _measured(group: PairedGroup, readings: WellReadings) -> _Measured:
    found = _Measured([], [], ())
    wells: list[WellAddress] = []
    for pair in group.pairs:
        with_msc, without = readings.values(pair.with_msc), readings.values(pair.without_msc)
        if with_msc and without:
            found.with_msc.append(mean_of("with MSC", with_msc).value)
            found.without_msc.append(mean_of("without MSC", without).value)
            wells += readings.usable((*pair.with_msc, *pair.without_msc))
    return _Measured(found.with_msc, found.without_msc, tuple(sorted(set(wells))))


def _estimate(
    group: PairedGroup, measured: _Measured, found: Comparison, *, name: str, unit: str
) -> AssayValue:
    low, high = found.interval or (None, None)
    how = f"{100 * found.question.confidence:g} %, between responders, Student's t"
    value = _p(group, measured, found, name=name, title=_TITLES[name])
    return replace(
        value,
        unit=unit,
        value=found.estimate,
        low=low,
        high=high,
        interval=how if found.interval else "",
    )


def _statistic(
    group: PairedGroup, measured: _Measured, found: Comparison, *, name: str, title: str
) -> AssayValue:
    return replace(_p(group, measured, found, name=name, title=title), value=found.statistic)


def _p(
    group: PairedGroup, measured: _Measured, found: Comparison, *, name: str, title: str
) -> AssayValue:
    return AssayValue(
        key=group.key,
        name=name,
        title=title,
        unit="",
        status=_STATUSES[found.status],
        value=found.p,
        reason=found.reason,
        definition=f"{found.method}, {found.question.sidedness}, with against without MSC, within "
        "responders",
        wells=measured.wells,
    )
