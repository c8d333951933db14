"""Rules over the fields of donors, consents, collections, diagnoses and scores."""

from __future__ import annotations

from collections.abc import Iterable

from lims_msc.domain.records.fields import Problem, Values


def check_consent(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_health(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_age(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_diagnosis(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()


def check_score(values: Values) -> Iterable[Problem]:  # noqa: ARG001 (to be filled)
    """Say nothing yet."""
    return ()
