"""Combinations of facts that few donors share, by which a person could be recognised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FEWEST_DONORS = 5
OLDEST_AGE_YEARS = 90


@dataclass(frozen=True, slots=True, order=True)
class Profile:
    """What an outsider may know of a person: diagnosis, sex, age group and year of HSCT."""

    diagnosis: str
    sex: str
    age_group: str
    hsct_year: str

    def __str__(self) -> str:
        age = f"{self.age_group} years" if self.age_group else "age not recorded"
        hsct = f"HSCT in {self.hsct_year}" if self.hsct_year else "no HSCT year"
        return f"{self.diagnosis or 'no diagnosis'}, {self.sex}, {age}, {hsct}"


@dataclass(frozen=True, slots=True)
class SmallCell:
    """A profile and the donors who have it, fewer than there should be."""

    profile: Profile
    donor_codes: tuple[str, ...]


def age_group(age_years: float | None) -> str:
    """Return the ten years that an age falls into, ``90+`` for all above; empty without an age."""
    if age_years is None:
        return ""
    if age_years >= OLDEST_AGE_YEARS:
        return f"{OLDEST_AGE_YEARS}+"
    first = int(age_years // 10) * 10
    return f"{first}–{first + 9}"


def small_cells(
    donors: Iterable[tuple[str, Profile]], fewest: int = FEWEST_DONORS
) -> tuple[SmallCell, ...]:
    """Return the profiles that fewer than ``fewest`` donors have; ``donors`` are code and profile.

    A donor may have several profiles, one for each collection.
    """
    holders: dict[Profile, set[str]] = {}
    for donor_code, profile in donors:
        holders.setdefault(profile, set()).add(donor_code)
    return tuple(
        SmallCell(profile, tuple(sorted(codes)))
        for profile, codes in sorted(holders.items())
        if len(codes) < fewest
    )
