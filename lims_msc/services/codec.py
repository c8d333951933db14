"""Results and findings as plain JSON and back, for the columns that keep them whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from lims_msc.domain.curve import AnalysisSettings, CurveResult
from lims_msc.domain.findings import Finding

if TYPE_CHECKING:
    from cattrs import Converter

Value = TypeVar("Value")


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
