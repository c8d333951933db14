"""The reference cases beside the project, for tests that are marked ``shared``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture(scope="session")
def reference_cases() -> Callable[[str], list[dict[str, Any]]]:
    """Return the cases of one kind, or leave the test out where they are not there."""

    def load(kind: str) -> list[dict[str, Any]]:
        path = SHARED / "references" / f"{kind}.json"
        if not path.is_file():
            pytest.skip(f"left out: there are no reference cases at {path}")
        cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
        return cases

    return load
