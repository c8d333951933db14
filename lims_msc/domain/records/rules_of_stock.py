"""Rules over the fields of vials, thaws and the steps of recipes."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.records.fields import Problem, Values


def check_vial(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_thaw(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_step(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()
