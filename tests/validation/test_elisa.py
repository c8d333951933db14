"""The standard curves of the reference cases, and what is answered where there is no curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from invented_cases import CASE

from lims_msc.validation.case_files import ReferenceCase, shipped_case_files
from lims_msc.validation.elisa import answer
from lims_msc.validation.recomputing import recompute

SHARED_FOLDER = __import__("pathlib").Path(__file__).resolve().parents[3] / "shared"
LADDER = (1000.0, 500.0, 250.0, 125.0, 62.5, 31.25, 15.625)


def _shipped() -> list[ReferenceCase]:
    return [case for book in shipped_case_files() for case in book.cases if case.kind == "elisa"]
