"""The command ``validate``: what it prints, its exit codes, and that it goes on after a fault."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from factories import host_app
from invented_cases import CASE

from lims_msc.cli import main
from lims_msc.validation import report

Answers = Callable[..., None]
WriteFile = Callable[..., Path]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["validate", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def right(case: Mapping[str, Any]) -> dict[str, Any]:
    values = case["input"]["x"]
    mean = sum(values) / len(values)
    sd = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return {"mean": mean, "sd": sd, "cv_percent": 100 * sd / mean, "more": "is welcome"}


def lines_of(printed: str, start: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith(start)]


def test_cases_that_come_out_right_end_with_zero(answers: Answers, case_file: WriteFile) -> None:
    answers(right)
    result = run(case_file(CASE, {**CASE, "id": "b"}))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2 of 2 cases passed." in result.stdout
    assert "FAILED" not in result.stdout
    (line,) = lines_of(result.stdout, "cv    CV (%)")
    assert re.split(r" {2,}", line) == ["cv", "CV (%)", "2", "2", "0.0e+00", "1e-08", "all"]


def test_the_record_names_versions_machine_time_and_files(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(right)
    printed = run(case_file(CASE)).stdout
    first, programs, machine = printed.splitlines()[:3]
    assert re.fullmatch(r"Recomputed on \d{4}-\d\d-\d\d \d\d:\d\d UTC", first)
    assert re.fullmatch(r"lims-msc \S+, Python 3\.\S+, NumPy \d\S+, SciPy \d\S+", programs)
    assert machine
    (line,) = (line for line in printed.splitlines() if "own.json" in line)
    assert re.search(r"own\.json +1 +0 +[0-9a-f]{64}$", line)


def test_a_wrong_number_is_named_with_what_was_wanted(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(lambda case: right(case) | {"sd": 1.1})
    result = run(case_file(CASE))
    assert result.exit_code == 1
    assert "0 of 1 cases passed." in result.stdout
    (line,) = (line for line in result.stdout.splitlines() if ", sd: " in line)
    assert "own.json, case 'cv-invented', sd: it is out of tolerance" in line
    assert line.endswith("wanted 1.0, got 1.1")
    (row,) = lines_of(result.stdout, "cv    mean and standard deviation")
    assert re.split(r" {2,}", row)[2:] == ["1", "2", "1.0e-01", "1e-08", "1 of 2"]


def test_a_case_that_breaks_off_is_a_failure_and_the_others_go_on(
    answers: Answers, case_file: WriteFile
) -> None:
    def answer(case: Mapping[str, Any]) -> dict[str, Any]:
        if case["id"] == "bad":
            raise KeyError("dose")
        return right(case)

    answers(answer)
    path = case_file({**CASE, "id": "bad"}, CASE)
    quiet = run(path)
    assert quiet.exit_code == 1
    sentence = "own.json, case 'bad': it could not be computed (KeyError: 'dose')"
    assert sentence in quiet.stdout
    assert "1 of 2 cases passed." in quiet.stdout
    assert "Traceback" not in quiet.output
    loud = run(path, "--verbose")
    assert "Traceback (most recent call last)" in loud.stderr
    assert "bad:" in loud.stderr


def test_json_has_the_keys_that_other_programs_lean_on(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(right)
    result = run(case_file(CASE), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["cases"] == [
        {
            "id": "cv-invented",
            "kind": "cv",
            "computed": {"mean": 2.0, "sd": 1.0, "cv_percent": 50.0, "more": "is welcome"},
            "worst_relative_error": 0.0,
            "passed": True,
        }
    ]
    assert set(found["versions"]) == {"lims-msc", "Python", "NumPy", "SciPy"}
    assert (found["problems"], found["failures"]) == ([], [])
    assert found["made_at"].endswith("+00:00")


def test_json_stays_valid_where_an_answer_is_not_finite(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(lambda _: {"mean": float("nan"), "sd": [float("inf")], "cv_percent": None})
    result = run(case_file(CASE), "--json")
    assert result.exit_code == 1

    def refuse(word: str) -> None:
        raise AssertionError(word)

    (case,) = json.loads(result.stdout, parse_constant=refuse)["cases"]
    assert case["computed"] == {"mean": "nan", "sd": ["inf"], "cv_percent": None}
    assert (case["passed"], case["worst_relative_error"]) == (False, None)
    assert "mean: it is not finite; wanted 2.0, got nan" in result.stderr
    assert "cv_percent: no number where there is one; wanted 50.0, got null" in result.stderr


def test_one_bad_file_does_not_stop_the_others(
    answers: Answers, case_file: WriteFile, tmp_path: Path
) -> None:
    answers(right)
    bad = tmp_path / "bad.json"
    bad.write_text("milk")
    result = run(bad, case_file(CASE), "--json")
    assert result.exit_code == 1
    assert f"{bad}: this is not a JSON file" in result.stderr
    found = json.loads(result.stdout)
    assert [case["passed"] for case in found["cases"]] == [True]
    assert len(found["problems"]) == 1
    as_text = run(bad, case_file(CASE))
    assert "1 of 1 cases passed. Refused: 1." in as_text.stdout


def test_a_file_that_cannot_be_opened_is_refused(
    answers: Answers, case_file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(right)
    path = case_file(CASE)

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    result = run(path)
    assert result.exit_code == 1
    assert f"{path}: it cannot be read: Permission denied." in result.stderr


def test_a_case_without_anything_to_compare_is_not_said_to_have_passed(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(lambda _: {}, kind="nist_nonlinear")
    answers(right)
    general = {**CASE, "id": "general", "expected": {"params": {"b1": 1.0}}}
    path = case_file(general, name="general.json", kind="nist_nonlinear")
    alone = run(path)
    assert alone.exit_code == 1
    assert "No case was compared. Not compared, as" in alone.stdout
    together = run(path, case_file(CASE), "--json")
    assert together.exit_code == 0
    passed = {case["id"]: case["passed"] for case in json.loads(together.stdout)["cases"]}
    assert passed == {"general": None, "cv-invented": True}


def test_only_the_cases_of_the_kinds_that_are_asked_for_are_computed(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(right)
    other = case_file({**CASE, "id": "z"}, name="other.json", kind="zprime")
    result = run(case_file(CASE), other, "--kind", "cv", "--json")
    assert [case["id"] for case in json.loads(result.stdout)["cases"]] == ["cv-invented"]
    assert result.exit_code == 0
    nothing = run(other, "--kind", "cv")
    assert nothing.exit_code == 1
    assert "No case was compared." in nothing.stdout


@pytest.mark.parametrize("words", [["--kind", "milk"], ["no-such-file.json"], ["--no-option"]])
def test_wrong_usage_ends_with_two(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_the_answer_is_given_a_copy_of_the_case(answers: Answers, case_file: WriteFile) -> None:
    def spoil(case: Any) -> dict[str, Any]:
        case["expected"]["mean"] = 7.0
        return right(case) | {"mean": 7.0}

    answers(spoil)
    assert run(case_file(CASE)).exit_code == 1


def test_a_record_needs_a_time_zone() -> None:
    from datetime import datetime

    with pytest.raises(ValueError, match="time zone"):
        report.record_of([], [], datetime(2026, 3, 14))  # noqa: DTZ001


def test_a_value_that_is_not_answered_is_named(answers: Answers, case_file: WriteFile) -> None:
    answers(lambda _: {"mean": 2.0, "sd": 1.0})
    printed = run(case_file(CASE)).stdout
    assert "cv_percent: it is not answered; wanted 50.0, got nothing" in printed


def test_a_line_of_several_tolerances_has_the_narrowest_and_the_widest(
    answers: Answers, case_file: WriteFile
) -> None:
    answers(right)
    wide = {**CASE, "id": "wide", "tolerance": {"rel": 1e-3, "abs": 1e-5}}
    (line,) = lines_of(run(case_file(CASE, wide)).stdout, "cv    CV (%)")
    assert "1e-08 to 0.001 or 1e-05 in its unit" in line


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals of this kind")
def test_a_bar_is_shown_to_people_only(case_file: WriteFile) -> None:
    program = [sys.executable, "-m", "lims_msc", "validate", case_file(CASE), "--json"]
    piped = subprocess.run(program, capture_output=True, text=True, check=False)
    assert piped.stderr == ""
    terminal, end = os.openpty()
    shown = subprocess.run(program, stdout=subprocess.PIPE, stderr=end, text=True, check=False)
    os.close(end)
    assert "Recomputing" in os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert json.loads(shown.stdout)["cases"] == json.loads(piped.stdout)["cases"]


def test_the_bar_computes_the_same(
    answers: Answers, case_file: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(right)
    monkeypatch.setattr("lims_msc.cli_validate._is_seen", lambda: True)
    result = run(case_file(CASE), "--json")
    assert result.exit_code == 0
    assert [case["passed"] for case in json.loads(result.stdout)["cases"]] == [True]


def test_the_command_is_there_in_a_host(
    database_file: Path, answers: Answers, case_file: WriteFile
) -> None:
    answers(right)
    app = host_app(database_file)
    result = app.test_cli_runner().invoke(args=["lims-msc", "validate", str(case_file(CASE))])
    assert result.exit_code == 0, result.output
    assert "1 of 1 cases passed." in result.output
    app.extensions["lims_msc"].database.engine.dispose()
