"""The part of the methods text about results that are no curve, and their standard curves."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.exporting import PlateRecord
from lims_msc.domain.value_wording import (
    has_number,
    interval_of_value,
    key_in_words,
    number_text,
    range_text,
    value_text,
)
from lims_msc.domain.values import AssayValue, StandardCurveResult, ValueStatus
from lims_msc.exports.markdown import listed, plain, table

_HEAD = ("plate", "quantity", "of", "value", "interval")
_CENSORED = frozenset({ValueStatus.BELOW_RANGE, ValueStatus.ABOVE_RANGE})


def value_paragraphs(plates: list[PlateRecord]) -> tuple[str, ...]:
    """Return the paragraphs about the values of plates of one assay; none where they have none."""
    values = [value for plate in plates for value in plate.values]
    if not values:
        return ()
    rows = (_row(plate, value) for plate in plates for value in plate.values)
    return (
        listed(map(_culture, plates)),
        _standards([curve for plate in plates for curve in plate.standard_curves]),
        _definitions(values),
        _censored(values),
        table(_HEAD, rows),
    )


def _culture(plate: PlateRecord) -> str:
    volume, hours = plate.conditions.supernatant_volume_ml, plate.conditions.culture_hours
    grew = "" if volume is None else f" in {number_text(volume)} mL"
    grew += "" if hours is None else f" for {number_text(hours)} h"
    return f"The cells of the supernatants grew{grew}." if grew else ""


def _standards(curves: list[StandardCurveResult]) -> str:
    if not curves:
        return ""
    fits = [curve.fit for curve in curves]
    return (
        f"Concentrations were read from standard curves {listed(f.equation for f in fits)}, x the "
        f"concentration in {listed(curve.unit for curve in curves)} and y the signal, fitted to "
        f"the wells of the standards with the weights {listed(c.weighting for c in curves)}. "
        f"Range of quantitation: {listed(map(range_text, curves))}"
        f"{_rule(curve.range_rule for curve in curves)}. Every standard with what the curve reads "
        "back from it stands in data/standard_curves.csv. No sample was read beyond that range."
    )


def _rule(rules: Iterable[str]) -> str:
    words = listed(rules)
    return f" ({words})" if words else ""


def _definitions(values: list[AssayValue]) -> str:
    by_title: dict[str, list[str]] = {}
    for value in values:
        by_title.setdefault(_quantity(value), []).append(value.definition or "no definition")
    sentences = (f"{plain(title)}: {listed(texts)}." for title, texts in by_title.items())
    return (
        f"{' '.join(sentences)} The intervals are of the wells of one plate; they say nothing "
        "about donors. How each was made stands in the column interval of data/values.csv."
    )


def _censored(values: list[AssayValue]) -> str:
    count = sum(value.status in _CENSORED for value in values)
    without = sum(not has_number(value) for value in values) - count
    if not count and not without:
        return ""
    return (
        f"Of {len(values)} values, {count} lie beyond the range of quantitation and are given as "
        f"a bound (< or >), dilution included, and {without} have no number, with the reason in "
        "data/values.csv. None of them was replaced by a number."
    )


def _row(plate: PlateRecord, value: AssayValue) -> tuple[str, ...]:
    of = key_in_words(value.key)
    return (
        plate.plate_code,
        _quantity(value),
        of,
        value_text(value),
        interval_of_value(value),
    )


def _quantity(value: AssayValue) -> str:
    return value.title or value.name
