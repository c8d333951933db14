"""Results and findings as plain JSON and back, for the columns that keep them whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from lims_msc.domain.curve import AnalysisSettings, CurveResult, Signal, Summary
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import PlateConditions, PlateLayout
from lims_msc.domain.values import AssayValue, StandardCurveResult

if TYPE_CHECKING:
    from cattrs import Converter

Value = TypeVar("Value")

# What wells can say since a later release, and what a well says that says nothing of it.
_SAID_LATER: Mapping[str, object] = {
    "sample_code": "",
    "sample_of": None,
    "dilution_factor": None,
    "standard_concentration": None,
    "effectors_per_target": None,
}


@cache
def _converter() -> Converter:
    from cattrs.preconf.json import make_converter

    converter = make_converter()
    # Doses are exact fractions; as text they stay so.
    converter.register_unstructure_hook(Fraction, str)
    return converter


def to_json(value: object) -> Any:
    """Return a frozen dataclass as what JSON can hold; doubles keep every digit."""
    return _converter().unstructure(value)


def curve_from_json(value: object) -> CurveResult:
    """Return the curve that was stored."""
    return _converter().structure(value, CurveResult)


def summary_from_json(value: object) -> Summary | None:
    """Return one summary of a stored curve; ``None`` where it was not computed."""
    return None if value is None else _converter().structure(value, Summary)


def values_from_json(values: Iterable[object]) -> tuple[AssayValue, ...]:
    """Return the values that were stored with an analysis."""
    return tuple(_converter().structure(value, AssayValue) for value in values)


def standard_curves_from_json(values: Iterable[object]) -> tuple[StandardCurveResult, ...]:
    """Return the standard curves that were stored with an analysis."""
    return tuple(_converter().structure(value, StandardCurveResult) for value in values)


def settings_from_json(value: object) -> AnalysisSettings:
    """Return the settings that were stored with an analysis."""
    return _converter().structure(value, AnalysisSettings)


def findings_from_json(values: Iterable[object]) -> tuple[Finding, ...]:
    """Return the findings that were stored."""
    return tuple(_converter().structure(value, Finding) for value in values)


def digest(*values: object) -> str:
    """Return the SHA-256 over dataclasses and plain values, independent of the order of keys."""
    text = json.dumps([to_json(value) for value in values], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def layout_digest_parts(layout: PlateLayout) -> list[object]:
    """Return what a digest over a layout is made of.

    Where nothing stands in a layout that earlier releases did not know, the parts are what they
    were then: an analysis that was approved under an earlier release is still the approved one.
    """
    contents = [to_json(layout.contents[well]) for well in sorted(layout.contents)]
    for content in contents:
        for name, nothing in _SAID_LATER.items():
            if content[name] == nothing:
                del content[name]
    stated = [] if layout.conditions == PlateConditions() else [layout.conditions]
    return [contents, *stated]


def signal_digest_part(signal: Signal) -> object:
    """Return what a digest over a signal is made of; that of one read is as in earlier releases."""
    part = to_json(signal)
    if signal.subtraction is None:
        del part["subtraction"]
    return part


def result_digest(
    curves: Sequence[object], values: Sequence[object], standard_curves: Sequence[object]
) -> str:
    """Return the digest over all results of an analysis, as dataclasses or as stored JSON.

    An analysis that has only curves has the digest of earlier releases.
    """
    others = [list(values), list(standard_curves)] if values or standard_curves else []
    return digest(list(curves), *others)
