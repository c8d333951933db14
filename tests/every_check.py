"""Runs plates that were made to call for one check each, and compares with what assays declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from lims_msc.domain.assay import AssayType
from lims_msc.domain.curve import PlateAnalysis
from lims_msc.domain.findings import Finding, Level

_ORDER = [Level.NOTE, Level.WARNING, Level.ERROR]


def findings_of(analysis: PlateAnalysis) -> list[Finding]:
    """All findings of an analysis, of its curves too."""
    return [*analysis.findings, *(f for curve in analysis.curves for f in curve.findings)]


def assert_every_check_is_met(
    assay: type[AssayType], plates: Mapping[str, Sequence[Finding]]
) -> None:
    """Each declared check is met by the plate of its name, and no plate says anything else."""
    declared = {check.code: check for check in assay.checks}
    assert len(declared) == len(assay.checks)
    assert set(plates) == set(declared)
    for code, found in plates.items():
        codes = {finding.code for finding in found}
        assert code in codes, f"{code}: {sorted(codes)}"
        assert codes <= set(declared), code
        for finding in found:
            assert _ORDER.index(finding.level) <= _ORDER.index(declared[finding.code].level)
            assert finding.message.endswith("."), finding.message
    highest = {
        code: max(
            (_ORDER.index(f.level) for found in plates.values() for f in found if f.code == code),
        )
        for code in declared
    }
    assert highest == {code: _ORDER.index(check.level) for code, check in declared.items()}


def numbers_in(thing: Any) -> list[float]:
    """Every float anywhere in a result."""
    if isinstance(thing, float):
        return [thing]
    if is_dataclass(thing):
        return [n for f in fields(thing) for n in numbers_in(getattr(thing, f.name))]
    if isinstance(thing, tuple | list):
        return [number for part in thing for number in numbers_in(part)]
    return []
