"""Computes reference cases through the science floor, one by one, and judges each.

An exception in one case is that case's failure, not the end of the run.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from lims_msc.validation.case_files import ReferenceCase
from lims_msc.validation.comparing import Comparison, compare, plain


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What came of one case: the answer, its comparisons, or why there is no answer.

    ``error`` is a sentence and ``trace`` the traceback of an exception; both are empty else.
    """

    case: ReferenceCase
    computed: Mapping[str, Any] = field(default_factory=dict)
    comparisons: tuple[Comparison, ...] = ()
    error: str = ""
    trace: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether anything was compared, or should have been and broke off."""
        return bool(self.comparisons or self.error)

    @property
    def has_failed(self) -> bool:
        """Whether an exception stopped the case, or a value is not as wanted."""
        return bool(self.error) or any(not c.passed for c in self.comparisons)

    @property
    def worst_relative_error(self) -> float | None:
        """The largest relative error of all numbers; ``None`` where no number was compared."""
        errors = [c.relative_error for c in self.comparisons if c.relative_error is not None]
        return max(errors, default=None)


def recompute(case: ReferenceCase) -> CaseOutcome:
    """Return the outcome of a case."""
    try:
        module = import_module(f"lims_msc.validation.{case.kind}")
        # The answer gets a copy, so that nothing it does can touch what it is held against.
        computed = plain(module.answer(deepcopy(dict(case.content))))
        comparisons = compare(case, computed)
    except Exception as error:  # noqa: BLE001 (any fault of the computation is a result here)
        sentence = f"it could not be computed ({type(error).__name__}: {error})"
        return CaseOutcome(case, {}, compare(case, {}), sentence, traceback.format_exc())
    return CaseOutcome(case, computed, comparisons)
