"""Results as JSON and back: no digit, no word and no absence of a number is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.curve import (
    BackgroundMode,
    ControlGroup,
    CurveKey,
    CurveResult,
    DosePoint,
    Replicate,
    Summary,
    SummaryStatus,
)
from lims_msc.domain.dose import Dose
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.fit import Estimate, FitResult, FitStatus
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, SourceCell, WellAddress
from lims_msc.domain.values import (
    AssayValue,
    StandardCurveResult,
    StandardLevel,
    ValueKey,
    ValueStatus,
)
from lims_msc.services.codec import (
    curve_from_json,
    digest,
    findings_from_json,
    layout_digest_parts,
    result_digest,
    standard_curves_from_json,
    to_json,
    values_from_json,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
perhaps = st.none() | numbers
words = st.text(max_size=12)
wells = st.builds(WellAddress, st.integers(1, 32), st.integers(1, 48))
estimates = st.builds(Estimate, numbers, perhaps, perhaps, perhaps)
findings = st.builds(Finding, st.sampled_from(Level), words, words, words, words, words, words)
summaries = st.builds(
    Summary,
    words,
    words,
    st.sampled_from(SummaryStatus),
    value=perhaps,
    low=perhaps,
    high=perhaps,
    reason=words,
    bound=perhaps,
    all_values=st.lists(numbers, max_size=3).map(tuple),
)
points = st.builds(
    DosePoint,
    numbers,
    numbers,
    perhaps,
    numbers,
    numbers,
    st.lists(st.builds(Replicate, wells, numbers, numbers), max_size=3).map(tuple),
)
controls = st.builds(
    ControlGroup,
    st.sampled_from(WellRole),
    st.lists(wells, max_size=3).map(tuple),
    numbers,
    perhaps,
    perhaps,
)
fits = st.builds(
    FitResult,
    words,
    words,
    st.sampled_from(FitStatus),
    warnings=st.lists(words, max_size=2).map(tuple),
    parameters=st.lists(st.tuples(words, estimates), max_size=4).map(tuple),
    residual_sum_of_squares=perhaps,
    degrees_of_freedom=st.none() | st.integers(0, 99),
    n_values=st.integers(0, 999),
    r50_absolute=st.none() | estimates,
)
keys = st.builds(
    CurveKey,
    words,
    words,
    words,
    words,
    words,
    st.sampled_from(WellRole),
    st.sampled_from(BackgroundMode),
)
curves = st.builds(
    CurveResult,
    keys,
    words,
    words,
    words,
    points=st.lists(points, max_size=3).map(tuple),
    controls=st.lists(controls, max_size=2).map(tuple),
    missing_wells=st.lists(wells, max_size=2).map(tuple),
    suppression_at_anchor=st.none() | summaries,
    r50=st.none() | summaries,
    fit=st.none() | fits,
    findings=st.lists(findings, max_size=2).map(tuple),
)

assay_values = st.builds(
    AssayValue,
    st.builds(
        ValueKey,
        st.sampled_from(WellRole),
        words,
        words,
        sample_code=words,
        msc_per_responder=perhaps,
        effectors_per_target=perhaps,
    ),
    words,
    words,
    words,
    st.sampled_from(ValueStatus),
    value=perhaps,
    se=perhaps,
    low=perhaps,
    bound=perhaps,
    reason=words,
    wells=st.lists(wells, max_size=3).map(tuple),
)
levels = st.builds(
    StandardLevel,
    numbers,
    st.lists(wells, max_size=3).map(tuple),
    numbers,
    perhaps,
    perhaps,
    perhaps,
    st.booleans(),
    words,
)
standard_curves = st.builds(
    StandardCurveResult,
    words,
    words,
    fits,
    st.lists(levels, max_size=3).map(tuple),
    perhaps,
    perhaps,
    words,
    words,
    st.lists(words, max_size=2).map(tuple),
)


def stored_and_read(value: object) -> Any:
    """Return what JSON text gives back."""
    return json.loads(json.dumps(to_json(value), ensure_ascii=False))


@settings(deadline=None)  # the first one builds the converter
@given(curves)
def test_a_curve_comes_back_to_the_last_digit(curve: CurveResult) -> None:
    read = curve_from_json(stored_and_read(curve))
    assert read == curve
    assert repr(read) == repr(curve)  # tells 0.0 from -0.0, and 1 from 1.0
    assert digest(read) == digest(curve)


@settings(deadline=None)  # the first one builds the converter
@given(curves, st.data())
def test_the_digest_sees_any_other_number_or_word(curve: CurveResult, data: st.DataObject) -> None:
    other = data.draw(
        st.sampled_from(
            [
                replace(curve, reason=curve.reason + "."),
                replace(curve, key=replace(curve.key, treatment=curve.key.treatment + "x")),
                replace(curve, points=(*curve.points, DosePoint(0.1, 1.0, None, 1.0, 0.0, ()))),
                replace(curve, missing_wells=(*curve.missing_wells, WellAddress(1, 1))),
            ]
        )
    )
    assert digest(other) != digest(curve)


@settings(deadline=None)  # the first one builds the converter
@given(st.lists(findings, max_size=4))
def test_findings_come_back(found: list[Finding]) -> None:
    stored = [stored_and_read(finding) for finding in found]
    assert findings_from_json(stored) == tuple(found)


@pytest.mark.parametrize(("msc", "responders"), [(1, 3), (10_000, 100_000), (5, 2)])
def test_a_dose_in_a_digest_is_exact(msc: int, responders: int) -> None:
    def content(msc_cells: int) -> WellContent:
        dose = Dose.from_cells(msc_cells=msc_cells, responder_cells=responders)
        return WellContent(WellAddress(1, 1), WellRole.COCULT, dose=dose)

    assert to_json(content(msc))["dose"] == {
        "msc_cells": str(msc),
        "responder_cells": str(responders),
    }
    assert digest(content(msc)) != digest(content(msc + 1))


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest(1) != digest("1")


@settings(deadline=None)  # the first one builds the converter
@given(st.lists(assay_values, max_size=3), st.lists(standard_curves, max_size=2))
def test_values_and_standard_curves_come_back_to_the_last_digit(
    values: list[AssayValue], curves: list[StandardCurveResult]
) -> None:
    stored = [stored_and_read(value) for value in values]
    assert repr(values_from_json(stored)) == repr(tuple(values))
    stored_curves = [stored_and_read(curve) for curve in curves]
    assert repr(standard_curves_from_json(stored_curves)) == repr(tuple(curves))
    assert result_digest([], stored, stored_curves) == result_digest([], values, curves)


def test_the_digest_of_results_tells_curves_values_and_standard_curves_apart() -> None:
    results = [({}, {}, {}), ([1], [], []), ([], [1], []), ([], [], [1]), ([1], [1], [])]
    assert len({result_digest(*map(list, result)) for result in results}) == len(results)
    # What was approved before there were values has the digest that it had.
    assert result_digest([{"status": "ok"}], [], []) == digest([{"status": "ok"}])


CHANGES: tuple[dict[str, object], ...] = (
    {"sample_code": "S"},
    {"sample_of": WellRole.BLANK},
    {"dilution_factor": 1.0},
    {"standard_concentration": 0.0},
    {"effectors_per_target": 10.0},
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_digest_of_a_layout_sees_what_wells_say_since_a_later_release(
    change: dict[str, object],
) -> None:
    content = WellContent(WellAddress(1, 1), WellRole.BLANK)
    plain = PlateLayout.of(PlateFormat.WELLS_96, [content])
    changed = PlateLayout.of(PlateFormat.WELLS_96, [replace(content, **change)])  # type: ignore[arg-type]
    assert digest(layout_digest_parts(changed)) != digest(layout_digest_parts(plain))
    ((told,),) = layout_digest_parts(plain)
    assert not told.keys() & {name for change in CHANGES for name in change}


@pytest.mark.parametrize(
    "conditions",
    [PlateConditions("pg/mL"), PlateConditions("", 0.2), PlateConditions("", None, 24.0)],
)
def test_the_digest_of_a_layout_sees_what_holds_for_the_whole_plate(
    conditions: PlateConditions,
) -> None:
    plain = PlateLayout.of(PlateFormat.WELLS_96, [])
    stated = PlateLayout.of(PlateFormat.WELLS_96, [], conditions)
    assert digest(layout_digest_parts(stated)) != digest(layout_digest_parts(plain))
    assert layout_digest_parts(plain) == [[]]


def test_the_digest_of_a_layout_of_curves_is_that_of_earlier_releases() -> None:
    """What was approved before wells could say more is still what was approved."""
    content = WellContent(
        WellAddress(3, 3),
        WellRole.COCULT,
        "B-1",
        "resting",
        "R-1",
        "PHA",
        dose=Dose.from_cells(msc_cells=10_000, responder_cells=100_000),
        msc_cells_per_well=10_000,
        responder_cells_per_well=100_000,
        source=SourceCell("Wells", "A27"),
    )
    layout = PlateLayout.of(PlateFormat.WELLS_96, [content])
    of_0_1_0 = "76360d5cdab3c559119e9b424a6479676757f5dcb4581c6bec4fe27d618cd8f5"
    assert digest(*layout_digest_parts(layout)) == of_0_1_0
