"""The reference cases of relative potency, and what is answered where there is no number."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lims_msc.validation.relative_potency import answer

DOSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def curves(
    test: tuple[float, ...], reference: tuple[float, ...] = (3, 8, 20, 45, 70, 86)
) -> dict[str, Any]:
    rows = [
        (dose, mean + error, sample)
        for sample, means in (("reference", reference), ("test", test))
        for dose, mean in zip(DOSES, means, strict=False)
        for error in (-1.1, 1.2)
    ]
    dose, response, sample = zip(*rows, strict=True)
    return {
        "input": {
            "dose": list(dose),
            "response": list(response),
            "sample": list(sample),
            "weights": None,
        },
        "expected": {"constrained": {}},
    }


def test_wells_without_a_reading_are_left_out_and_weights_take_part() -> None:
    case = curves((8, 20, 45, 70, 86, 93))
    plain = answer(case)
    given = case["input"]
    for column, extra in (("dose", 4.0), ("response", None), ("sample", "test")):
        given[column].append(extra)
    assert answer(case) == plain
    given["weights"] = [1 + (i % 3) for i in range(len(given["dose"]))]
    weighted = answer(case)
    assert weighted["constrained"]["rss"] > plain["constrained"]["rss"]
    assert weighted["relative_potency"]["value"] == pytest.approx(2, rel=0.1)


def test_a_pair_without_a_common_curve_is_answered_with_none_and_the_reason() -> None:
    found = answer(curves((40, 40, 40, 40, 40, 40)))
    assert found["constrained"]["status"] == "not_estimable"
    potency = found["relative_potency"]
    assert (potency["value"], potency["se_ln"], potency["fieller_g"]) == (None, None, None)
    assert potency["ci95_profile"] == [None, None]
    assert "'test' do not depend on the dose" in potency["reason"]
    assert found["parallelism"]["F"] is None
    assert "reason" in found["equivalence"]
    assert "reason" in found["unconstrained"]


def test_a_test_without_a_curve_of_its_own_still_has_the_common_one() -> None:
    found = answer(curves((8, 20, 45)))
    assert found["relative_potency"]["value"] == pytest.approx(2, rel=0.1)
    assert found["unconstrained"]["status"] == "too_few_doses"
    assert found["parallelism"]["p"] is None
    assert "'test' has no curve of its own" in found["equivalence"]["reason"]


def test_lines_without_a_slope_are_answered_with_none_and_the_reason() -> None:
    case = curves((5.0,) * 6, (5.0,) * 6)
    case["input"]["response"] = [5.0] * 24
    case["expected"] = {"slope": 1.0}
    assert answer(case) == {
        "status": "not_estimable",
        "reason": "the common slope is zero: the responses do not depend on the dose",
        "slope": None,
    }


def test_four_wells_have_a_potency_and_no_test_of_the_lines() -> None:
    found = answer(
        {
            "input": {
                "dose": [1.0, math.e, 1.0, math.e],
                "response": [1.0, 2.1, 1.5, 2.4],
                "sample": ["reference", "reference", "test", "test"],
            },
            "expected": {"slope": 0},
        }
    )
    assert found["slope"] == pytest.approx(1)
    assert found["relative_potency"]["ln"] == pytest.approx(0.4)
    assert found["parallelism"]["F_residual"] is None
    assert found["linearity"] == {"F": None, "df1": 0, "df2": 0, "p": None}
