"""The reference cases of fitted curves: every value is within its tolerance, refusals are words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lims_msc.validation import dose_response, nist_nonlinear, suppression_curves
from lims_msc.validation.case_files import read_case_file

REFERENCES = Path(__file__).resolve().parents[3] / "shared" / "references"
DOSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@pytest.mark.shared
def test_several_curves_with_one_variance_and_their_ratios_agree() -> None:
    path = REFERENCES / "dose_response.json"
    grouped = 0
    for case in read_case_file(path.name, path.read_bytes()).cases:
        want = case.content["expected"]
        if "curves" not in want:
            continue
        grouped += 1
        found = dose_response.answer(case.content)
        assert (found["df"], found["rss"]) == (want["df"], pytest.approx(want["rss"], rel=1e-9))
        for name, curve in want["curves"].items():
            ours = found["curves"][name]
            assert ours["params"] == pytest.approx(curve["params"], rel=1e-6), case.id
            assert ours["se"] == pytest.approx(curve["se"], rel=1e-6), case.id
            for dose, estimate in curve["effective_dose"].items():
                for key in ("value", "se", "ci95_log", "ci95_delta", "se_observed_information"):
                    got = ours["effective_dose"][dose][key]
                    assert got == pytest.approx(estimate[key], rel=1e-6), (case.id, name, dose)
        for name, ratio in want["ratios"].items():
            assert found["ratios"][name]["ec50_ratio"] == pytest.approx(ratio["ec50_ratio"])
            assert found["ratios"][name]["se"] == pytest.approx(ratio["se"], rel=1e-6)
            assert found["ratios"][name]["ci95_log"] == pytest.approx(ratio["ci95_log"], rel=1e-6)
    assert grouped >= 3


def _curve(height: float = 7.5, noise: float = 0.05) -> dict[str, list[Any]]:
    rows = [
        (x, 0.5 + height / (1 + (x / 5) ** 2) + sign * noise)
        for x in DOSES
        for sign in (-1, 0.4, 0.6)
    ]
    return {"dose": [x for x, _ in rows], "response": [y for _, y in rows]}


def test_wells_without_a_response_are_left_out_with_their_weights() -> None:
    given = _curve()
    whole = dose_response.answer({"input": given, "expected": {"4pl": {}}})["4pl"]
    given["dose"].append(64.0)
    given["response"].append(None)
    given["weights"] = [2.0] * len(given["dose"])
    found = dose_response.answer({"input": given, "expected": {"4pl": {}, "note": "none"}})
    assert found["4pl"]["params"] == pytest.approx(whole["params"], rel=1e-9)
    assert found["4pl"]["n"] == len(DOSES) * 3


def test_a_flat_group_has_no_numbers_and_no_ratio() -> None:
    good, flat = _curve(), _curve(height=0.0, noise=1.0)
    given = {
        "group": ["a"] * len(good["dose"]) + ["b"] * len(flat["dose"]),
        "dose": good["dose"] + flat["dose"],
        "response": good["response"] + flat["response"],
    }
    found = dose_response.answer({"input": given, "expected": {"curves": {}}})
    assert found["curves"]["b"]["status"] == "not_estimable"
    assert found["curves"]["a"]["params"]["c"] == pytest.approx(5.0, rel=0.05)
    assert found["ratios"] == {}
    only_flat = {"group": ["b"] * len(flat["dose"]), **flat}
    empty = dose_response.answer({"input": only_flat, "expected": {"curves": {}}})
    assert (empty["df"], empty["s"]) == (0, None)


def test_a_dose_of_which_no_well_was_read_has_no_mean() -> None:
    given = {
        "N": [n for n in (1, 2, 4, 8, 16, 32, 64) for _ in range(2)],
        "suppression_percent": [90, 91, 80, 82, 60, 63, 40, 41, 20, 22, 10, 9, None, None],
    }
    found = suppression_curves.answer({"input": given, "expected": {"fit_4pl": {}, "n": 1}})
    means = found["descriptive"]["means"]
    assert (means["1:64"], means["1:1"]) == (None, 90.5)
    assert found["descriptive"]["max_suppression"] == {"value": 90.5, "N": 1}
    assert found["fit_4pl"]["status"] == "ok"
    nothing = {"N": [1, 2], "suppression_percent": [None, None]}
    found = suppression_curves.answer({"input": nothing, "expected": {"fit_4pl": {}}})
    assert found["fit_4pl"]["status"] == "too_few_doses"
    assert found["descriptive"]["auc_log10"] is None
    assert found["descriptive"]["max_suppression"] == {"value": None, "N": None}


def test_rat43_is_a_five_parameter_curve_and_others_say_that_they_are_none() -> None:
    """Rat43 of NIST StRD: certified b1 699.64, b2 5.2771, b3 0.75963, b4 1.2792."""
    y = [16.08, 33.83, 65.80, 97.20, 191.55, 326.20, 386.87, 520.53]
    y += [590.03, 651.92, 724.93, 699.56, 689.96, 637.56, 717.41]
    model = "b1 / ((1+exp(b2-b3*x))**(1/b4))"
    given = {"x": [float(n) for n in range(1, 16)], "y": y, "model": model}
    found = nist_nonlinear.answer({"input": given, "expected": {}})
    wanted = {"b1": 6.9964151270e2, "b2": 5.2771253025, "b3": 7.5962938329e-1, "b4": 1.2792483859}
    errors = {
        "b1": 1.6302297817e1,
        "b2": 2.0828735829,
        "b3": 1.9566123451e-1,
        "b4": 6.8761936385e-1,
    }
    assert found["params"] == pytest.approx(wanted, rel=1e-7)
    assert found["se"] == pytest.approx(errors, rel=1e-6)
    assert found["rss"] == pytest.approx(8.7864049080e3, rel=1e-8)
    other = nist_nonlinear.answer({"input": {**given, "model": "b1*x**b2"}, "expected": {}})
    assert "no sigmoid curve" in other["reason"]
    flat = nist_nonlinear.answer({"input": {**given, "y": [3.0] * 15}, "expected": {}})
    assert flat["status"] == "not_estimable"
