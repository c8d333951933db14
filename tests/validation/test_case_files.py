"""Files of cases: what can be used is used, what cannot is named in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from invented_cases import CASE, case_book

from lims_msc.validation.case_files import (
    SCHEMA,
    read_case_file,
    shipped_case_files,
    without_repeated_cases,
)


def test_a_good_file_gives_its_cases() -> None:
    found = read_case_file("own.json", case_book(CASE, {**CASE, "id": "b"}))
    assert [case.id for case in found.cases] == ["cv-invented", "b"]
    assert {case.kind for case in found.cases} == {"cv"}
    assert found.cases[0].expected == CASE["expected"]
    assert found.cases[0].tolerance == CASE["tolerance"]
    assert found.problems == ()
    assert len(found.sha256) == 64


BOOK = {"schema": SCHEMA, "kind": "cv", "cases": [CASE]}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "own.json: this is not a JSON file"),
        (b"\xff\xfe\x00", "own.json: this is not a JSON file"),
        (b"PK\x03\x04", "own.json: this is not a JSON file"),
        (b"[" * 100_000, "own.json: this is not a JSON file"),
        (b"[1, 2]", "own.json: the schema is missing; 'msc-reference/1' was expected"),
        (b"7", "own.json: the schema is missing"),
        (json.dumps({**BOOK, "schema": "x/2"}).encode(), "the schema is 'x/2'"),
        (json.dumps({**BOOK, "kind": "elise"}).encode(), "the kind is 'elise'; known are cv, dose"),
        (json.dumps({**BOOK, "kind": ["cv"]}).encode(), """the kind is '["cv"]'; known are"""),
        (json.dumps({**BOOK, "kind": None}).encode(), "the kind is missing; known are"),
        (json.dumps({**BOOK, "cases": []}).encode(), "own.json: there are no cases"),
        (json.dumps({**BOOK, "cases": {"a": 1}}).encode(), "own.json: there are no cases"),
        (case_book({**CASE, "expected": {"mean": float("nan")}}), "'NaN' is no finite number"),
        (case_book(CASE).replace(b"2.0", b"1e999"), "'1e999' is no finite number"),
        (case_book(CASE).replace(b"2.0", b"2" * 400), "is no finite number"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    found = read_case_file("own.json", data)
    assert found.cases == ()
    (problem,) = found.problems
    assert sentence in problem


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in CASE.items() if name != key}


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (without("input"), "case 'cv-invented': the key 'input' is missing"),
        (without("expected"), "case 'cv-invented': the key 'expected' is missing"),
        (without("tolerance"), "case 'cv-invented': the key 'tolerance' is missing"),
        (without("id"), "case no. 1: the key 'id' is missing"),
        ({**CASE, "id": ""}, "case no. 1: 'id' is ''; a text was expected"),
        ({**CASE, "id": 7}, "case no. 1: 'id' is '7'; a text was expected"),
        ({**CASE, "input": [1]}, "case 'cv-invented': 'input' is '[1]'; an object was expected"),
        ({**CASE, "expected": None}, "'expected' is missing; an object was expected"),
        ({**CASE, "tolerance": {"rel": "1e-6"}}, "the tolerance 'rel' is '1e-6'; a number"),
        ({**CASE, "tolerance": {"rel": -1}}, "the tolerance 'rel' is '-1'; a number"),
        ({**CASE, "tolerance": {"rel": True}}, "the tolerance 'rel' is 'true'; a number"),
        ({**CASE, "tolerance": {"se_rel": None}}, "the tolerance 'se_rel' is missing; a number"),
        ("milk" * 20, "case no. 1: 'milkmilkmilkmilkmilkmilkmilkmilkmilkmilk…' is not a case"),
    ],
)
def test_a_bad_case_is_named_and_the_others_of_its_file_are_used(entry: Any, sentence: str) -> None:
    found = read_case_file("own.json", case_book(entry, {**CASE, "id": "good"}))
    assert [case.id for case in found.cases] == ["good"]
    (problem,) = found.problems
    assert problem.startswith("own.json, case ")
    assert sentence in problem


def test_a_note_among_the_tolerances_is_no_tolerance() -> None:
    entry = {**CASE, "tolerance": {"rel": 1e-6, "note": "6 digits are a pass"}}
    assert read_case_file("own.json", case_book(entry)).problems == ()


def test_of_two_cases_with_one_id_the_second_is_refused() -> None:
    first = read_case_file("a.json", case_book(CASE))
    second = read_case_file("b.json", case_book(CASE, {**CASE, "id": "b"}))
    kept, cut = without_repeated_cases([first, second])
    assert kept == first
    assert [case.id for case in cut.cases] == ["b"]
    (problem,) = cut.problems
    assert problem.startswith("b.json, case 'cv-invented': a case of this id was met before in a.")


def test_the_shipped_files_are_whole() -> None:
    found = shipped_case_files()
    assert [problem for file in without_repeated_cases(found) for problem in file.problems] == []
    assert sum(len(file.cases) for file in found) > 70
