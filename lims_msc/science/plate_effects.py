"""Whether wells of one condition depend on where they lie: rows, columns, and the edge of a plate.

The wells must be of *one* condition (such as the stimulated control, or a plate of one sample):
where doses run along columns, columns differ because they should.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.science.moments import moments
from lims_msc.science.several_groups import variance_table
from lims_msc.science.t_tests import welch_estimate

Place = tuple[int, int]


class Direction(StrEnum):
    """What the wells are sorted by."""

    ROWS = "rows"
    COLUMNS = "columns"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class PlateEffect:
    """How much groups of wells differ by place, in percent of the mean of all, or why not known.

    ``difference_percent`` is edge − inside, or the largest less the smallest mean of the rows or
    columns.  ``p`` is of a Welch t test for the edge and of an analysis of variance for the others.
    """

    direction: Direction
    n_wells: int
    difference_percent: float | None
    p: float | None
    reason: str = ""


def plate_effects(
    wells: Mapping[Place, float], n_rows: int, n_columns: int
) -> tuple[PlateEffect, ...]:
    """Return the effects of rows, columns and edge on wells of one condition, by (row, column).

    Rows and columns count from 0; those with a single well take no part.

    :raises ValueError: if a well is not on the plate, or a value is not a finite number.
    """
    for row, column in wells:
        if not (0 <= row < n_rows and 0 <= column < n_columns):
            raise ValueError(f"Not a well of {n_rows} rows and {n_columns} columns: {row, column}")
    return (
        _lines(Direction.ROWS, _grouped(wells, 0)),
        _lines(Direction.COLUMNS, _grouped(wells, 1)),
        _edge(wells, n_rows, n_columns),
    )


def _grouped(wells: Mapping[Place, float], axis: int) -> list[list[float]]:
    groups: dict[int, list[float]] = {}
    for place, value in sorted(wells.items()):
        groups.setdefault(place[axis], []).append(value)
    return [group for group in groups.values() if len(group) > 1]


def _lines(direction: Direction, groups: list[list[float]]) -> PlateEffect:
    n = sum(len(group) for group in groups)
    if len(groups) < 2:
        reason = f"there are not two {direction} with two wells each"
        return PlateEffect(direction, n, None, None, reason)
    means = [moments(group).mean for group in groups]
    ratio = variance_table(groups).ratio
    every = [value for group in groups for value in group]
    p = None if ratio is None else ratio.p
    return _effect(direction, every, max(means) - min(means), p)


def _edge(wells: Mapping[Place, float], n_rows: int, n_columns: int) -> PlateEffect:
    rim: list[float] = []
    inside: list[float] = []
    for (row, column), value in sorted(wells.items()):
        is_rim = row in (0, n_rows - 1) or column in (0, n_columns - 1)
        (rim if is_rim else inside).append(value)
    if min(len(rim), len(inside)) < 2:
        reason = "there are not two wells on the edge and two inside"
        return PlateEffect(Direction.EDGE, len(wells), None, None, reason)
    one, two = moments(rim), moments(inside)
    estimate = welch_estimate(one, two)
    difference = float(one.exact_mean - two.exact_mean)
    return _effect(
        Direction.EDGE, [*rim, *inside], difference, None if estimate is None else estimate.p()
    )


def _effect(
    direction: Direction, values: Sequence[float], difference: float, p: float | None
) -> PlateEffect:
    middle = moments(values).mean
    if middle <= 0:
        return PlateEffect(direction, len(values), None, p, "the mean is not above zero")
    reason = "" if p is not None else "the wells of a group do not scatter, so there is no p"
    return PlateEffect(direction, len(values), 100 * difference / middle, p, reason)
