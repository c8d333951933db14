"""The importer that the guide writes down passes the contract that the guide names."""

from __future__ import annotations

import io
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from lims_msc.domain.importing import Source
from lims_msc.testing import ImporterContract

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "importer.md"
EXAMPLE = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)[0]
PROMISES = sorted(name for name in vars(ImporterContract) if name.startswith("test_"))


def acme_file() -> Source:
    book = Workbook()
    for row in (["ACME"], ["A1", 0.125], ["B12", 1.5], ["H12", -0.01]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return Source("run.xlsx", out.getvalue())


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Any:
    module = tmp_path_factory.mktemp("guide") / "acme_lims.py"
    module.write_text(EXAMPLE, encoding="utf-8")
    return runpy.run_path(str(module))["AcmeReader"]


@pytest.mark.parametrize("promise", PROMISES)
def test_the_example_keeps_each_promise_of_the_contract(acme: Any, promise: str) -> None:
    class Example(ImporterContract):
        importer = acme

        def own_files(self) -> list[Source]:
            return [acme_file()]

    getattr(Example(), promise)()


def test_the_contract_has_promises() -> None:
    assert len(PROMISES) >= 5
