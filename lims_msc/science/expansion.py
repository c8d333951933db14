"""How MSC grew in culture: population doublings, their level, and doubling time.

Passage numbers count harvests and mean something else in every laboratory; doublings can be
compared.  Cells are viable cells throughout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CulturePassage:
    """One culture from seeding to harvest; ``None`` where a number was not recorded."""

    passage: int
    seeded_viable_cells: float | None
    harvested_viable_cells: float | None
    culture_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A number, or the reason in words why there is none; never both, never neither."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PassageGrowth:
    """What one passage adds.

    ``population_doubling_level`` counts from the isolation, and has no number where the start or
    any passage before is unknown; ``doublings_since_first_record`` counts from the first passage
    that is recorded, up to the first gap.  ``doubling_time_h`` is in hours.
    """

    passage: int
    population_doublings: Known
    population_doubling_level: Known
    doublings_since_first_record: Known
    doubling_time_h: Known


def population_doublings(
    seeded_viable_cells: float | None, harvested_viable_cells: float | None
) -> Known:
    """Return how often the population doubled between seeding and harvest.

    ::

        PD = log2(harvested / seeded) = 3.3219·log10(harvested / seeded)

    Both are viable cells, ``None`` where not recorded.  PD is negative where fewer cells were
    harvested than seeded.

    Source: RoosterBio, population doubling level, after ICH Q5D.
    """
    if seeded_viable_cells is None or not _is_count(seeded_viable_cells):
        return Known(None, "viable cells seeded are not recorded")
    if harvested_viable_cells is None or not math.isfinite(harvested_viable_cells):
        return Known(None, "viable cells harvested are not recorded")
    if harvested_viable_cells <= 0:
        return Known(None, "nothing was harvested, which is no number of doublings")
    # The difference of logarithms stays finite where the ratio of two counts would not.
    return Known(math.log2(harvested_viable_cells) - math.log2(seeded_viable_cells))


def doubling_time_h(doublings: Known, culture_hours: float | None) -> Known:
    """Return the hours that one doubling took.

    ::

        DT = culture hours / PD

    Without growth (PD of 0 or less) there is no such time.
    """
    if doublings.value is None:
        return Known(None, doublings.reason)
    if doublings.value <= 0:
        return Known(None, "no growth")
    if culture_hours is None or not _is_count(culture_hours):
        return Known(None, "the hours of culture are not recorded")
    hours = culture_hours / doublings.value
    if not math.isfinite(hours):
        return Known(None, "no growth that could be told from none")
    return Known(hours)


def growth_of(
    passages: Sequence[CulturePassage], level_at_start: float | None
) -> tuple[PassageGrowth, ...]:
    """Return the growth of each passage, in the order of their numbers.

    ::

        PDL of a passage = PDL at the start + sum of PD up to and with the passage

    ``level_at_start`` is the level before the first passage, ``None`` where it is unknown, as that
    of P0 is unless CFU-F were counted.  After a passage that is missing or has no number of
    doublings no level is given: what happened in between is not guessed.

    :raises ValueError: if a passage number stands twice.
    Source: RoosterBio, population doubling level, after ICH Q5D.
    """
    ordered = sorted(passages, key=lambda culture: culture.passage)
    numbers = [culture.passage for culture in ordered]
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"a passage number stands twice: {numbers}")
    since = Known(0.0)
    grown: list[PassageGrowth] = []
    for culture in ordered:
        if grown and since.value is not None and culture.passage != grown[-1].passage + 1:
            since = Known(None, f"P{grown[-1].passage + 1} is not recorded")
        doublings = population_doublings(
            culture.seeded_viable_cells, culture.harvested_viable_cells
        )
        since = _sum(since, doublings, culture.passage)
        grown.append(
            PassageGrowth(
                passage=culture.passage,
                population_doublings=doublings,
                population_doubling_level=_level(since, level_at_start, ordered[0].passage),
                doublings_since_first_record=since,
                doubling_time_h=doubling_time_h(doublings, culture.culture_hours),
            )
        )
    return tuple(grown)


def _sum(since: Known, doublings: Known, passage: int) -> Known:
    if since.value is None:
        return since
    if doublings.value is None:
        return Known(None, f"P{passage}: {doublings.reason}")
    return Known(since.value + doublings.value)


def _level(since: Known, level_at_start: float | None, first_passage: int) -> Known:
    if level_at_start is None or not math.isfinite(level_at_start):
        return Known(None, f"the doublings before P{first_passage} are unknown")
    if since.value is None:
        return since
    return Known(level_at_start + since.value)


def _is_count(value: float) -> bool:
    return math.isfinite(value) and value > 0
