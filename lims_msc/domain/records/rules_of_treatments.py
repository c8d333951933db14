"""Rules over the fields of treatments, grafts and transplants."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.records.fields import Problem, Values


def check_treatment(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_graft(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_transplant(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()
