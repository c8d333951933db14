"""The shipped cases come out right, and no answer is taken from what is expected."""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lims_msc import validation
from lims_msc.cli import main
from lims_msc.validation.case_files import ReferenceCase, read_case_file, shipped_case_files
from lims_msc.validation.comparing import compare, plain
from lims_msc.validation.quantities import QUANTITIES
from lims_msc.validation.recomputing import recompute

SHIPPED = [case for file in shipped_case_files() for case in file.cases]
REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references"
# Names of what is asked, which an answer may read; and numbers that are part of the question.
_ASKED = frozenset({"fixed", "bounds", "excluded", "family", "model", "weighting", "order", "rule"})


def is_asked(name: str, value: Any) -> bool:
    """Say whether a value is part of the question; the fixed effects of a mixed model are not."""
    parts = value.values() if isinstance(value, dict) else ()
    return name in _ASKED and not any(isinstance(part, dict) for part in parts)


def spoilt(node: Any) -> Any:
    """Return what is expected with every number, decision and status changed."""
    if isinstance(node, dict):
        return {k: v if is_asked(k, v) else spoilt(v) for k, v in node.items()}
    if isinstance(node, list):
        return [spoilt(value) for value in node]
    if isinstance(node, bool):
        return not node
    if isinstance(node, (int, float)):
        return 1.5 * node + 1
    return 0.5 if node is None else f"not {node}"


def leaves(node: Any, place: str = "") -> dict[str, Any]:
    """Return what stands at the end of every way through a tree, by that way."""
    if not isinstance(node, dict | list):
        return {place: node}
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    return {p: v for key, part in inner for p, v in leaves(part, f"{place}/{key}").items()}


def test_every_kind_has_a_module_that_answers_and_every_such_module_a_kind() -> None:
    folder = Path(inspect.getfile(validation)).parent
    answering = {
        path.stem for path in folder.glob("*.py") if "\ndef answer(" in path.read_text("utf-8")
    }
    assert answering == set(QUANTITIES)


@pytest.mark.parametrize("case", SHIPPED, ids=lambda case: case.id)
def test_a_shipped_case_comes_out_right_though_all_that_is_expected_is_spoilt(
    case: ReferenceCase,
) -> None:
    """The answer is held against the true values, and has seen none of them."""
    misleading = spoilt(case.expected)
    answer = import_module(f"lims_msc.validation.{case.kind}").answer
    computed = plain(answer({**case.content, "expected": misleading}))
    assert [f"{c.place}: {c.problem}" for c in compare(case, computed) if not c.passed] == []
    spoilt_ones = leaves(misleading).items() - leaves(dict(case.expected)).items()
    assert leaves(computed).items() & spoilt_ones == set()


def test_the_command_finds_the_shipped_cases_of_a_kind() -> None:
    result = CliRunner().invoke(main, ["validate", "--kind", "cv", "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    found = [case["id"] for case in json.loads(result.stdout)["cases"]]
    assert found == [case.id for case in SHIPPED if case.kind == "cv"]


def test_something_is_compared_in_every_shipped_case() -> None:
    assert [case.id for case in SHIPPED if not compare(case, {})] == []
    assert len(SHIPPED) > 70


@pytest.mark.shared
@pytest.mark.parametrize("kind", QUANTITIES)
def test_every_other_reference_case_comes_out_right(kind: str) -> None:
    name = f"{kind}.json"
    shipped = {case.id for case in SHIPPED}
    cases = read_case_file(name, (REFERENCES / name).read_bytes()).cases
    assert len(cases) >= 3
    others = [case for case in cases if case.id not in shipped]
    assert [failure for case in others for failure in failures(case)] == []


def failures(case: ReferenceCase) -> list[str]:
    outcome = recompute(case)
    wrong = [f"{case.id}, {c.place}: {c.problem}" for c in outcome.comparisons if not c.passed]
    return [f"{case.id}: {outcome.error}"] if outcome.error else wrong
