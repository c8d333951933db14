"""The reference cases beside the project, for tests that are marked ``shared``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import SHARED


@pytest.fixture(scope="session")
def reference_cases() -> Callable[[str], list[dict[str, Any]]]:
    """Return the cases of one kind."""

    def load(kind: str) -> list[dict[str, Any]]:
        path = SHARED / "references" / f"{kind}.json"
        cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
        return cases

    return load
