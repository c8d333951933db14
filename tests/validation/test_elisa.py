"""The standard curves of the reference cases, and what is answered where there is no curve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lims_msc.validation.case_files import read_case_file
from lims_msc.validation.elisa import answer

REFERENCES = Path(__file__).resolve().parents[3] / "shared" / "references" / "elisa.json"
LADDER = (1000.0, 500.0, 250.0, 125.0, 62.5, 31.25, 15.625, 0.0)


def _own_case(*names: str, wells: tuple[float, float] = (1.0, 1.1)) -> dict[str, Any]:
    """Return standards on y = 0.05 + 3·x/(x + 200), each well times one of ``wells``."""
    standards = [
        {"conc": x, "od": [(0.05 + 3 * x / (x + 200)) * factor for factor in wells]} for x in LADDER
    ]
    unknowns = [{"id": "U1", "dilution": 4, "od": [1.0]}, {"id": "U2", "dilution": 1, "od": [9]}]
    return {
        "input": {"standards": standards, "unknowns": unknowns},
        "expected": {name: {} for name in names} | {"model_choice_aicc": "4pl"},
    }


@pytest.mark.shared
def test_dnase_run_1_is_as_printed_in_the_domain_reference() -> None:
    """DOMAIN 5.4: recoveries, limits of quantitation and unknowns of the unweighted curves."""
    book = read_case_file(REFERENCES.name, REFERENCES.read_bytes())
    case = next(case for case in book.cases if case.id == "elisa-dnase-run01").content
    unknowns = [{"id": str(od), "dilution": 1, "od": [od]} for od in (0.5, 1.0, 1.5, 0.015, 2.40)]
    given = {"standards": case["input"]["standards"], "unknowns": unknowns}
    found = answer({"input": given, "expected": case["expected"]})
    curve, three = found["4pl"], found["4pl_y0_zero"]
    recoveries = [level["recovery_percent"] for level in curve["standards"]]
    assert recoveries == pytest.approx(
        [74.9, 111.9, 100.9, 99.8, 94.9, 105.6, 97.0, 100.9], abs=0.06
    )
    assert curve["quantitation_range"]["lloq"] == 0.1953125
    read = [unknown["concentration"] for unknown in curve["unknowns"]]
    assert read[:3] == pytest.approx([1.1256, 3.2402, 8.0285], abs=6e-5)
    assert (read[3] < 0.1953125, read[4]) == (True, None)
    assert curve["params"]["c"] == pytest.approx(4.51499, abs=5e-6)
    assert [three["params"]["y_inf"], three["params"]["ln_c"]] == pytest.approx(
        [2.34518, 1.48309], abs=5e-6
    )
    assert [three["se"]["y_inf"], three["se"]["ln_c"]] == pytest.approx(
        [0.07815, 0.08135], abs=5e-6
    )


def test_the_name_of_a_fit_says_family_and_weights_where_nothing_else_does() -> None:
    found = answer(_own_case("4pl", "4pl_w1", "4pl_w2", "5pl_r", "5pl_r_w2"))
    assert {name: (fit["family"], fit["weighting"]) for name, fit in found.items()} == {
        "4pl": ("4pl", "none"),
        "4pl_w1": ("4pl", "1/y"),
        "4pl_w2": ("4pl", "1/y^2"),
        "5pl_r": ("5pl-r", "none"),
        "5pl_r_w2": ("5pl-r", "1/y^2"),
    }
    assert "rss" in found["4pl"]
    assert "weighted_rss" in found["4pl_w2"]
    assert found["4pl"]["unknowns"][1]["concentration"] is None


def test_a_well_that_was_not_read_takes_no_part() -> None:
    case, with_gap = _own_case("4pl"), _own_case("4pl")
    with_gap["input"]["standards"][2]["od"].append(None)
    with_gap["input"]["unknowns"][0]["od"].insert(0, None)
    assert answer(with_gap) == answer(case)


def test_standards_without_a_curve_are_answered_with_the_reason() -> None:
    case = _own_case("4pl", "4pl_w1")
    for level in case["input"]["standards"]:
        level["od"] = [0.0, 0.0]
    found = answer(case)
    assert found["4pl"]["status"] == "not_estimable"
    assert "equal" in found["4pl"]["reason"]
    assert "told from zero" in found["4pl_w1"]["reason"]
    assert found["4pl"]["quantitation_range"]["lloq"] is None
    assert [unknown["concentration"] for unknown in found["4pl"]["unknowns"]] == [None, None]
    assert found["4pl"]["unknowns"][0]["status"] == "no_curve"
    assert "params" not in found["4pl"]


def test_standards_exactly_on_a_curve_are_read_exactly() -> None:
    found = answer(_own_case("4pl", wells=(1.0, 1.0)))["4pl"]
    assert found["unknowns"][0]["concentration"] == pytest.approx(4 * 200 * 0.95 / 2.05)
    assert found["params"]["ec50_relative"] == pytest.approx(200)
