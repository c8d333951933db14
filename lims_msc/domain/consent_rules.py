"""Whether what a donor agreed to lets results leave the laboratory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One version of a consent; ``permits_export`` is ``yes``, ``no`` or empty."""

    version: str
    given_on: date
    withdrawn_on: date | None = None
    permits_export: str = ""


class ConsentState(StrEnum):
    """What the consents of a donor say about results that leave."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    NO_EXPORT = "no export"
    NOT_SAID = "export not said"
    NOT_RECORDED = "not recorded"

    @property
    def blocks(self) -> bool:
        """Whether nothing of the donor may leave."""
        return self in {ConsentState.WITHDRAWN, ConsentState.NO_EXPORT}


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a donor's consent, the version that decides, and the day of a withdrawal."""

    state: ConsentState
    version: str = ""
    day: date | None = None


def standing_of(consents: Sequence[ConsentRecord]) -> Standing:
    """Return what the consents of one donor say together.

    The version that was given last counts; of several given on one day all count.  A withdrawal of
    an earlier version counts too, unless the newest was given on that day or later: only a new
    consent takes a withdrawal back.  A withdrawal counts from when it is recorded, whatever its
    day.
    """
    if not consents:
        return Standing(ConsentState.NOT_RECORDED)
    last_day = max(consent.given_on for consent in consents)
    newest = [consent for consent in consents if consent.given_on == last_day]
    withdrawn = [
        (consent.withdrawn_on, consent.version)
        for consent in consents
        if consent.withdrawn_on is not None
        and (consent in newest or consent.withdrawn_on > last_day)
    ]
    if withdrawn:
        day, version = max(withdrawn)
        return Standing(ConsentState.WITHDRAWN, version, day)
    for permission, state in (("no", ConsentState.NO_EXPORT), ("", ConsentState.NOT_SAID)):
        for consent in newest:
            if consent.permits_export == permission:
                return Standing(state, consent.version, last_day)
    return Standing(ConsentState.GIVEN, newest[-1].version, last_day)
