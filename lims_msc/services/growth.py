"""How a batch grew, passage by passage: doublings and doubling times, or why there are none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from lims_msc.domain.value_wording import number_text
from lims_msc.services.register import Record


@dataclass(frozen=True, slots=True)
class GrowthCell:
    """A number in words, or the reason in its place."""

    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class GrowthLine:
    """A passage with its doublings, its level of doublings and its doubling time."""

    passage: Record
    doublings: GrowthCell
    level: GrowthCell
    doubling_time: GrowthCell

    @property
    def cells(self) -> tuple[GrowthCell, GrowthCell, GrowthCell]:
        """The three in the order of the table."""
        return self.doublings, self.level, self.doubling_time


@dataclass(frozen=True, slots=True)
class Growth:
    """The passages of a batch in their order; ``start`` says what their level counts from."""

    lines: tuple[GrowthLine, ...]
    start: str


def growth_of(batch: Record, passages: Iterable[Record]) -> Growth:
    """Return the growth of a batch over its passages.

    The population doubling level is the one at the start and all doublings since; where a passage
    between is not known it is not known either (DOMAIN 1.5; ICH Q5D).
    """
    ordered = sorted(passages, key=_passage_of)
    start = _start(batch)
    level = 0.0 if start is None else start
    gap = ""
    lines: list[GrowthLine] = []
    for passage in ordered:
        number = _passage_of(passage)
        if lines and number != _passage_of(lines[-1].passage) + 1:
            gap = gap or f"unknown: P{number - 1} is not registered"
        doublings, reason = _doublings(passage, knows_start=start is not None)
        if doublings is None:
            gap = gap or f"unknown: P{number} has no PD"
        else:
            level += doublings
        lines.append(
            GrowthLine(
                passage,
                GrowthCell(reason) if doublings is None else _number(doublings),
                GrowthCell(gap) if gap else _level(level, knows_start=start is not None),
                _doubling_time(passage, doublings),
            )
        )
    first = f"P{_passage_of(ordered[0])}" if ordered else "the first passage"
    known = "unknown" if start is None else f"{number_text(start)}"
    return Growth(tuple(lines), f"which is {known} before {first}")


def _doublings(passage: Record, *, knows_start: bool) -> tuple[float | None, str]:
    """Return log2 of the viable cells harvested for each one seeded, or why there is none."""
    seeded = passage.values["seeded_viable_cells"]
    harvested = passage.values["harvested_viable_cells"]
    if _passage_of(passage) == 0 and not knows_start:
        return None, "unknown: P0 needs a count of CFU-F"
    if not isinstance(seeded, float) or seeded <= 0:
        return None, "cells seeded not recorded"
    if not isinstance(harvested, float):
        return None, "cells harvested not recorded"
    if harvested <= 0:
        return None, "nothing was harvested"
    return math.log2(harvested / seeded), ""


def _doubling_time(passage: Record, doublings: float | None) -> GrowthCell:
    hours = passage.values["culture_hours"]
    if doublings is None:
        return GrowthCell("no PD")
    if doublings <= 0:
        return GrowthCell("no growth")
    if not isinstance(hours, float):
        return GrowthCell("hours of culture not recorded")
    return GrowthCell(f"{hours / doublings:.1f} h", is_number=True)


def _start(batch: Record) -> float | None:
    """Return the level before the first passage, ``None`` where it is not known."""
    start = batch.values["pdl_start"]
    is_known = batch.values["is_pdl_start_known"] != "no"
    return start if is_known and isinstance(start, float) else None


def _level(level: float, *, knows_start: bool) -> GrowthCell:
    if knows_start:
        return _number(level)
    return GrowthCell(f"unknown start {'+' if level >= 0 else '−'} {abs(level):.2f}")


def _number(value: float) -> GrowthCell:
    return GrowthCell(f"{value:.2f}".replace("-", "−"), is_number=True)


def _passage_of(passage: Record) -> int:
    number = passage.values["passage"]
    return number if isinstance(number, int) else 0
