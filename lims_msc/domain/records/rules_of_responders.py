"""Rules over the fields of responders."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.records.fields import Problem, Values


def check_responder(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()
