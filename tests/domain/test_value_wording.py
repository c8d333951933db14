"""Values in words: a bound never looks like a number, and a missing one never like zero."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.fit import FitResult, FitStatus
from lims_msc.domain.layout import WellRole
from lims_msc.domain.value_wording import (
    KEY_TITLES,
    count_text,
    has_number,
    interval_of_value,
    key_in_words,
    key_texts,
    number_text,
    range_text,
    value_text,
    with_unit,
)
from lims_msc.domain.values import AssayValue, StandardCurveResult, ValueKey, ValueStatus

KEY = ValueKey(
    WellRole.E_T,
    "MSC-1",
    "resting",
    "NK-1",
    "IL-2",
    "1-MT",
    "S-7",
    msc_per_responder=0.1,
    effectors_per_target=12.5,
    mode="FULL",
)
PLAIN = AssayValue(KEY, "specific_lysis", "Specific lysis", "%", ValueStatus.OK, value=31.55)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (31.578947, "31.58"),
        (15.625, "15.625"),
        (1 / 3, "0.3333"),
        (0.1 + 0.2, "0.3"),
        (156.25, "156.25"),
        (-3.25, "−3.25"),
        (0.00012, "0.00012"),
        (0.000012341, "1.234e−05"),
        (999.9612, "1000"),
        (1234.5678, "1235"),
        (1234.5, "1234.5"),
        (1_000_000.0, "1000000"),
        (1234567.0, "1234567"),
        (12345678.0, "1.235e+07"),
        (-12345678.0, "−1.235e+07"),
    ],
)
def test_a_number_is_written_as_stated_or_with_four_digits_and_a_true_minus(
    number: float, shown: str
) -> None:
    assert number_text(number) == shown


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "31.55 %"),
        ({"unit": "1"}, "31.55"),
        ({"unit": ""}, "31.55"),
        ({"status": ValueStatus.BELOW_RANGE, "bound": 15.6}, "< 15.6 %"),
        ({"status": ValueStatus.ABOVE_RANGE, "bound": 1500.0}, "> 1500 %"),
        ({"status": ValueStatus.BELOW_RANGE, "reason": "no range"}, "no range"),
        ({"status": ValueStatus.ABOVE_RANGE}, "above range"),
        ({"status": ValueStatus.WITHHELD, "reason": "no controls"}, "no controls"),
        ({"status": ValueStatus.UNDEFINED}, "undefined"),
        ({"value": None, "reason": "lost"}, "lost"),
    ],
)
def test_a_value_is_a_number_a_bound_or_a_reason(changes: dict[str, object], shown: str) -> None:
    value = replace(PLAIN, **changes)  # type: ignore[arg-type]
    assert value_text(value) == shown
    is_number = shown.startswith("31.55")
    assert has_number(value) == is_number
    assert bool(interval_of_value(replace(value, low=1.0))) == is_number


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (None, None, ""),
        (-8.0, 1.5, "−8 to 1.5"),
        (None, 1.5, "no lower bound to 1.5"),
        (-8.0, None, "−8 to no upper bound"),
    ],
)
def test_an_open_end_of_an_interval_is_said_in_words(
    low: float | None, high: float | None, shown: str
) -> None:
    assert interval_of_value(replace(PLAIN, low=low, high=high)) == shown


def test_what_a_value_is_of_names_both_ratios_and_their_order() -> None:
    assert dict(zip(KEY_TITLES, key_texts(KEY), strict=True)) == {
        "Sample": "S-7",
        "Role": "E_T",
        "MSC batch": "MSC-1",
        "Priming": "resting",
        "Responder": "NK-1",
        "Stimulus": "IL-2",
        "Treatment": "1-MT",
        "MSC:responder": "1:10",
        "E:T": "12.5:1",
        "Mode": "FULL",
    }
    assert key_in_words(KEY) == (
        "S-7, E_T, MSC-1, resting, NK-1, IL-2, 1-MT, MSC:responder 1:10, E:T 12.5:1, mode FULL"
    )
    assert key_in_words(ValueKey(WellRole.SAMPLE)) == "SAMPLE"
    assert set(key_texts(ValueKey(WellRole.SAMPLE))) == {"SAMPLE", ""}


def test_a_range_has_both_ends_or_a_reason() -> None:
    fit = FitResult("4pl", "", FitStatus.OK)
    curve = StandardCurveResult("pg/mL", "1/y²", fit, lowest=7.8, highest=500.0)
    assert range_text(curve) == "7.8 to 500 pg/mL"
    assert range_text(replace(curve, highest=None, reason="no run")) == "no run"
    assert range_text(replace(curve, lowest=None)) == "there is no range of quantitation"


def test_numbers_are_counted_and_bounds_are_not() -> None:
    bound = replace(PLAIN, status=ValueStatus.BELOW_RANGE, bound=1.0)
    assert count_text([PLAIN, bound, PLAIN]) == "2 of 3 values"


@given(st.floats(-1e300, 1e300))
def test_every_number_is_written_as_it_is_to_four_digits(number: float) -> None:
    read = float(number_text(number).replace("−", "-"))
    assert read == pytest.approx(number, rel=6e-4, abs=0)
    assert with_unit(number, "ng/mL").endswith(" ng/mL")
