"""Invented reference cases, for tests of what is done with them."""

from __future__ import annotations

import json
from typing import Any

from lims_msc.validation.case_files import SCHEMA, ReferenceCase

CASE: dict[str, Any] = {
    "id": "cv-invented",
    "source": "synthetic",
    "input": {"x": [1.0, 2.0, 3.0]},
    "expected": {"mean": 2.0, "sd": 1.0, "cv_percent": 50.0},
    "tolerance": {"rel": 1e-8},
}


def reference_case(kind: str, expected: Any, tolerance: Any = None) -> ReferenceCase:
    content = {"id": "x", "input": {}, "expected": expected, "tolerance": tolerance or {}}
    return ReferenceCase("x", kind, "own.json", content)


def case_book(*cases: Any, kind: str = "cv") -> bytes:
    return json.dumps({"schema": SCHEMA, "kind": kind, "cases": list(cases)}).encode()
