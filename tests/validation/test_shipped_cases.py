"""The shipped cases come out right, and no answer is taken from what is expected."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
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

SHIPPED = {file.cases[0].kind: file.cases for file in shipped_case_files()}
REFERENCES = Path(__file__).resolve().parents[2].parent / "shared" / "references"
# Names of what is asked, which an answer may read; and numbers that are part of the question.
_ASKED = frozenset({"fixed", "bounds", "excluded", "family", "model", "weighting", "order", "rule"})


def answer_of(kind: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    answer: Callable[[Mapping[str, Any]], dict[str, Any]] = import_module(
        f"lims_msc.validation.{kind}"
    ).answer
    return answer


def spoilt(node: Any) -> Any:
    """Return what is expected with every number, decision and status changed."""
    if isinstance(node, dict):
        return {k: v if k in _ASKED else spoilt(v) for k, v in node.items()}
    if isinstance(node, list):
        return [spoilt(value) for value in node]
    if isinstance(node, bool):
        return not node
    if isinstance(node, (int, float)):
        return 1.5 * node + 1
    return 0.5 if node is None else f"not {node}"


def test_every_kind_has_a_module_that_answers_and_every_such_module_a_kind() -> None:
    folder = Path(inspect.getfile(validation)).parent
    answering = {
        path.stem for path in folder.glob("*.py") if "\ndef answer(" in path.read_text("utf-8")
    }
    assert answering == set(QUANTITIES)


@pytest.mark.parametrize("kind", SHIPPED)
def test_shipped_cases_come_out_right_and_nothing_is_read_from_what_is_expected(kind: str) -> None:
    result = CliRunner().invoke(main, ["validate", "--kind", kind, "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    found = {case["id"]: case for case in json.loads(result.stdout)["cases"]}
    assert list(found) == [case.id for case in SHIPPED[kind]]
    for case in SHIPPED[kind]:
        misled = answer_of(kind)({**case.content, "expected": spoilt(case.expected)})
        as_json = json.dumps(plain(misled), allow_nan=False)
        assert json.loads(as_json) == found[case.id]["computed"], case.id


def test_something_is_compared_in_every_shipped_case() -> None:
    cases = [case for cases in SHIPPED.values() for case in cases]
    assert [case.id for case in cases if not compare(case, {})] == []
    assert len(cases) > 70


@pytest.mark.shared
@pytest.mark.parametrize("kind", QUANTITIES)
def test_every_other_reference_case_comes_out_right(kind: str) -> None:
    name = f"{kind}.json"
    shipped = {case.id for case in SHIPPED.get(kind, ())}
    cases = read_case_file(name, (REFERENCES / name).read_bytes()).cases
    others = [case for case in cases if case.id not in shipped]
    assert [failure for case in others for failure in failures(case)] == []


def failures(case: ReferenceCase) -> list[str]:
    outcome = recompute(case)
    wrong = [f"{case.id}, {c.place}: {c.problem}" for c in outcome.comparisons if not c.passed]
    return [f"{case.id}: {outcome.error}"] if outcome.error else wrong
