"""Rules over the fields of batches, passages, release tests and release rules."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.records.fields import Problem, Values


def check_batch(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_passage(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_release_test(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_rule(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()
