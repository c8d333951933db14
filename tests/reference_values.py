"""What tests of the reference cases share: the wells of a curve, and how close a number must be."""

from __future__ import annotations

from typing import Any

import pytest

Case = dict[str, Any]


def close(case: Case, want: float, *, error: bool = False) -> Any:
    """Return what a number is held against: within the tolerance of its case, or of its errors."""
    tolerance = case["tolerance"]
    rel = max(tolerance["se_rel"] if error else tolerance["rel"], 1e-9)
    return pytest.approx(want, rel=rel, abs=tolerance["abs"])


def measured(case: Case) -> list[tuple[float, float]]:
    """Return MSC per responder and suppression (%) of each well that was read."""
    pairs = zip(case["input"]["N"], case["input"]["suppression_percent"], strict=True)
    return [(1 / n, value) for n, value in pairs if value is not None]
