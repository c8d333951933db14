"""Kinds that answer what a test wants, and files of cases on the disk."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from invented_cases import case_book

Answer = Callable[[Mapping[str, Any]], Any]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a kind answer with a function, whatever its module says."""

    def put(answer: Answer, kind: str = "cv") -> None:
        name = f"lims_msc.validation.{kind}"
        module = ModuleType(name)
        module.answer = answer  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)

    return put


@pytest.fixture
def case_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of cases to the disk."""

    def write(*cases: Any, name: str = "own.json", kind: str = "cv") -> Path:
        path = tmp_path / name
        path.write_bytes(case_book(*cases, kind=kind))
        return path

    return write
