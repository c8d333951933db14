"""The shipped cases are what may be shipped: invented numbers, and data in the public domain."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from invented_cases import CASE, case_book

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "ship_cases.py"
SHIPPED = ROOT / "lims_msc" / "validation" / "cases"
REFERENCES = ROOT.parent / "shared" / "references"


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def shipped_cases() -> list[dict[str, Any]]:
    return [
        case
        for path in SHIPPED.glob("*.json")
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


def test_no_shipped_case_has_a_source_that_may_not_be_shipped() -> None:
    done = run("--check")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.shared
def test_the_shipped_cases_are_cut_from_the_full_files() -> None:
    done = run(REFERENCES, "--check")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "word",
    ["dnase", "relaxin", "ergostool", "sleepstudy", "pastes", "dyestuff", "drcdata", "gpl"],
)
def test_no_data_set_of_another_package_is_shipped(word: str) -> None:
    for case in shipped_cases():
        told = json.dumps([case["id"], case["title"], case["source"], case["tags"]]).lower()
        assert word not in told


def test_each_source_of_a_shipped_case_is_described_beside_it() -> None:
    described = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for source in {case["source"] for case in shipped_cases()}:
        start = source.split(",")[0].split(" nonlinear")[0]
        assert f"`{start}" in described


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    cut = runpy.run_path(str(SCRIPT))["cut"]
    unknown = {**CASE, "id": "b", "source": "R datasets::DNase"}
    (tmp_path / "cv.json").write_bytes(case_book(CASE, unknown))
    (tmp_path / "zprime.json").write_bytes(case_book(unknown, kind="zprime"))
    (text,) = cut(tmp_path).values()
    assert json.loads(text) == json.loads(case_book(CASE))


def test_a_case_of_which_nothing_is_shown_is_left_out(tmp_path: Path) -> None:
    cut = runpy.run_path(str(SCRIPT))["cut"]
    general = {**CASE, "id": "b", "expected": {"params": {"b1": 1.0}}}
    (tmp_path / "cv.json").write_bytes(case_book(CASE, general))
    (text,) = cut(tmp_path).values()
    assert json.loads(text) == json.loads(case_book(CASE))


def test_files_that_differ_from_the_shipped_ones_are_named(tmp_path: Path) -> None:
    (tmp_path / "cv.json").write_bytes(case_book(CASE))
    done = run(tmp_path, "--check")
    assert done.returncode == 1
    assert "cases/cv.json is not what may be shipped" in done.stdout
    assert "cases/zprime.json is not what may be shipped" in done.stdout


@pytest.mark.parametrize("words", [[], ["--chek"], ["a", "b"]])
def test_wrong_usage_prints_how_it_is_used(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "ship_cases.py FOLDER --check" in done.stdout


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 1
    assert f"There are no reference cases in '{tmp_path}'" in done.stdout
    assert list(SHIPPED.glob("*.json"))
