"""Recipes in words, and units that are turned into each other only where the lot says how."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.conditioning import (
    conversion,
    dose_doubt,
    dose_text,
    other_unit,
    recipe_text,
    step_text,
)
from lims_msc.domain.records.fields import Value
from lims_msc.errors import InputError

MICRO, MU = "\N{MICRO SIGN}g/mL", "\N{GREEK SMALL LETTER MU}g/mL"


def step(agent: str = "IFN-γ", dose: float | None = 20.0, **changes: Value) -> dict[str, Value]:
    good: dict[str, Value] = {
        "step_number": 1,
        "agent": agent,
        "dose": dose,
        "dose_unit": "ng/mL",
        "duration_hours": 24.0,
        "is_washed": "",
        "specific_activity_iu_per_mg": None,
    }
    return {**good, **changes}


@pytest.mark.parametrize(
    ("dose", "unit", "to_unit", "iu_per_mg", "expected"),
    [
        (20, "ng/mL", "IU/mL", 2e7, 400),
        (400, "IU/mL", "ng/mL", 2e7, 20),
        (1000, "U/mL", "ng/mL", 2e7, 50),
        (0.02, MICRO, "IU/mL", 2e7, 400),
        (0.02, MU, "U/mL", 2e7, 400),
        (0.02, "ug/ml", "IU/mL", 2e7, 400),
        (0.1, "ng/mL", "IU/mL", 1e7, 1),
        (0, "ng/mL", "IU/mL", 1e7, 0),
        (20, "ng/mL", MU, None, 0.02),
        (500, "nM", "uM", None, 0.5),
        (2500, "cGy", "Gy", None, 25),
        (2500, "rad", "Gy", None, 25),
        (2, "kU/mL", "U/mL", None, 2000),
    ],
)
def test_a_dose_is_turned_into_another_unit_exactly(
    dose: float, unit: str, to_unit: str, iu_per_mg: float | None, expected: float
) -> None:
    assert conversion(dose, unit, to_unit, iu_per_mg).dose == expected


@pytest.mark.parametrize(
    ("dose", "unit", "to_unit", "iu_per_mg", "why"),
    [
        (1000, "U/mL", "ng/mL", None, "the specific activity of the lot is not stated"),
        (20, "ng/mL", "IU/mL", None, "'20 ng/mL' cannot be turned into IU/mL"),
        (20, "ng/mL", "IU/mL", 0, "'0 IU/mg' is no specific activity"),
        (20, "ng/mL", "IU/mL", math.inf, "'inf IU/mg' is no specific activity"),
        (100, "U/mL", "IU/mL", 2e7, "not always an international unit"),
        (10, "ng/mL", "nM", 2e7, "they measure different things"),
        (30, "Gy", "ng/mL", 2e7, "they measure different things"),
        (1, "% O2", "Gy", None, "'% O2' is not converted"),
        (1, "iu/mL", "ng/mL", 2e7, "The unit 'iu/mL' is not converted"),
        (math.nan, "ng/mL", "IU/mL", 2e7, "'nan' is no dose"),
        (-1, "ng/mL", "IU/mL", 2e7, "'-1' is no dose"),
        (1e300, "mg/mL", "IU/mL", 1e300, "beyond what can be converted"),
        (1e-320, "mU/mL", "mg/mL", 1e10, "beyond what can be converted"),
    ],
)
def test_a_conversion_that_nobody_can_vouch_for_is_refused_with_what_to_do(
    dose: float, unit: str, to_unit: str, iu_per_mg: float | None, why: str
) -> None:
    with pytest.raises(InputError) as refusal:
        conversion(dose, unit, to_unit, iu_per_mg)
    assert why in refusal.value.message
    assert refusal.value.hint


@settings(max_examples=60)
@given(
    dose=st.floats(1e-6, 1e6),
    unit=st.sampled_from(["ng/mL", "µg/mL", "pg/mL"]),
    activity_unit=st.sampled_from(["U/mL", "IU/mL", "mIU/mL"]),
    iu_per_mg=st.floats(1e3, 1e10),
)
def test_there_and_back_is_the_same_dose(
    dose: float, unit: str, activity_unit: str, iu_per_mg: float
) -> None:
    there = conversion(dose, unit, activity_unit, iu_per_mg).dose
    back = conversion(there, activity_unit, unit, iu_per_mg)
    assert back.dose == pytest.approx(dose, rel=1e-14)


def test_a_conversion_tells_its_formula_in_numbers() -> None:
    assert (
        conversion(20, "ng/mL", "IU/mL", 2e7).formula
        == "20 ng/mL × 20\u202f000\u202f000 IU/mg = 400 IU/mL"
    )
    back = conversion(400, "IU/mL", "ng/mL", 2e7)
    assert back.formula == "400 IU/mL ÷ 20\u202f000\u202f000 IU/mg = 20 ng/mL"
    assert back.text == "20 ng/mL"


@pytest.mark.parametrize(
    ("unit", "other"),
    [("U/mL", "ng/mL"), ("IU/mL", "ng/mL"), ("ug/mL", "IU/mL"), ("Gy", ""), ("µM", ""), ("", "")],
)
def test_only_activities_and_masses_have_another_unit(unit: str, other: str) -> None:
    assert other_unit(unit) == other


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([step()], "IFN-γ 20 ng/mL, 24 h"),
        (
            [step("TNF-α", 10.0, step_number=2), step()],
            "IFN-γ 20 ng/mL + TNF-α 10 ng/mL, 24 h",
        ),
        (
            [step(), step("LPS", 1.0, step_number=2, dose_unit="ug/ml", duration_hours=1.0)],
            "IFN-γ 20 ng/mL, 24 h; LPS 1 µg/mL, 1 h",
        ),
        (
            [step("mitomycin C", 10.0, dose_unit="µg/mL", duration_hours=0.5, is_washed="yes")],
            "mitomycin C 10 µg/mL, 0.5 h, then washed",
        ),
        ([step("irradiation", 30.0, dose_unit="Gy", duration_hours=None)], "irradiation 30 Gy"),
        ([step(dose=None)], "IFN-γ, dose not recorded, 24 h"),
        ([step(dose_unit="", is_washed="no")], "IFN-γ 20 (unit not recorded), 24 h, not washed"),
        ([], "no steps recorded"),
    ],
)
def test_a_recipe_is_read_as_a_sentence_in_the_order_of_its_steps(
    steps: list[dict[str, Value]], expected: str
) -> None:
    assert recipe_text(steps) == expected


def test_a_step_alone_has_its_time_and_its_dose_the_unit_as_it_was_entered() -> None:
    assert step_text(step(dose_unit="U/mL", dose=500.0)) == "IFN-γ 500 U/mL, 24 h"
    assert dose_text(step("hypoxia", 1.0, dose_unit="% O2")) == "hypoxia 1 % O2"


@pytest.mark.parametrize(
    ("dose", "unit", "words"),
    [
        (3000.0, "Gy", "Was it 3000 cGy?"),
        (30.0, "cGy", "30 cGy is 0.3 Gy"),
        (30.0, "Gy", ""),
        (3000.0, "cGy", ""),
        (3000.0, "ng/mL", ""),
        (None, "Gy", ""),
    ],
)
def test_gray_and_centigray_that_were_mixed_up_are_doubted(
    dose: float | None, unit: str, words: str
) -> None:
    doubt = dose_doubt(step("irradiation", dose, dose_unit=unit))
    assert words in doubt
    assert bool(doubt) == bool(words)
