"""How a batch grew, passage by passage: doublings and doubling times, or why there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lims_msc.domain.value_wording import number_text
from lims_msc.science.expansion import CulturePassage, Known, PassageGrowth
from lims_msc.science.expansion import growth_of as growth_of_passages
from lims_msc.services.register import Record

_P0 = "unknown: P0 needs a count of CFU-F"


@dataclass(frozen=True, slots=True)
class GrowthCell:
    """A number in words, or the reason in its place."""

    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class GrowthLine:
    """A passage with its doublings, its level of doublings and its doubling time, in this order."""

    passage: Record
    cells: tuple[GrowthCell, GrowthCell, GrowthCell]


@dataclass(frozen=True, slots=True)
class Growth:
    """The passages of a batch in their order; ``start`` says what their level counts from."""

    lines: tuple[GrowthLine, ...]
    start: str


def growth_of(batch: Record, passages: Iterable[Record]) -> Growth:
    """Return the growth of a batch over its passages.

    Doublings of P0 are not said where those at the start are unknown: what was seeded then is no
    number of MSC unless CFU-F were counted.
    """
    ordered = sorted(passages, key=_number_of)
    start = _start(batch)
    counted = [p for p in ordered if start is not None or _number_of(p) != 0]
    grown = growth_of_passages([_culture(passage) for passage in counted], start)
    by_passage = {growth.passage: growth for growth in grown}
    first = f"P{_number_of(ordered[0])}" if ordered else "the first passage"
    known = "unknown" if start is None else number_text(start)
    return Growth(
        tuple(GrowthLine(p, _cells(by_passage.get(_number_of(p)))) for p in ordered),
        f"which is {known} before {first}",
    )


def _cells(growth: PassageGrowth | None) -> tuple[GrowthCell, GrowthCell, GrowthCell]:
    if growth is None:
        return GrowthCell(_P0), GrowthCell(_P0), GrowthCell(_P0)
    level = _cell(growth.population_doubling_level)
    since = growth.doublings_since_first_record
    if not level.is_number and since.value is not None:
        level = GrowthCell(f"{level.text}; {_cell(since).text} since")
    hours = _cell(growth.doubling_time_h, places=1, unit=" h")
    return _cell(growth.population_doublings), level, hours


def _cell(known: Known, *, places: int = 2, unit: str = "") -> GrowthCell:
    if known.value is None:
        return GrowthCell(known.reason)
    # Adding zero turns a negative zero into zero.
    text = f"{round(known.value, places) + 0.0:.{places}f}".replace("-", "−")
    return GrowthCell(text + unit, is_number=True)


def _culture(passage: Record) -> CulturePassage:
    return CulturePassage(
        passage=_number_of(passage),
        seeded_viable_cells=_decimal(passage, "seeded_viable_cells"),
        harvested_viable_cells=_decimal(passage, "harvested_viable_cells"),
        culture_hours=_decimal(passage, "culture_hours"),
    )


def _start(batch: Record) -> float | None:
    """Return the level before the first passage, ``None`` where it is not known."""
    is_known = batch.values["is_pdl_start_known"] != "no"
    return _decimal(batch, "pdl_start") if is_known else None


def _decimal(record: Record, name: str) -> float | None:
    value = record.values[name]
    return float(value) if isinstance(value, int | float) else None


def _number_of(passage: Record) -> int:
    number = passage.values["passage"]
    return number if isinstance(number, int) else 0
