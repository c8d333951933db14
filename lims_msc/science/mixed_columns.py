"""Columns of a data set as factors and covariates; what is missing is named, not dropped.

A factor is a column whose levels are declared, the reference level first.  A covariate is a column
of numbers.  A group is a column (or several) whose values only tell rows apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lims_msc.science.mixed_terms import UnusableDesign

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    IntArray: TypeAlias = NDArray[np.intp]
    FloatArray: TypeAlias = NDArray[np.float64]

Columns: TypeAlias = Mapping[str, Sequence[Any]]

_ROWS_NAMED = 10


@dataclass(frozen=True, slots=True)
class DataColumns:
    """The columns that a model uses, all of one length and without gaps.

    ``factor_levels`` has the levels of each factor, the reference first.
    """

    columns: Columns
    factor_levels: Mapping[str, tuple[str, ...]]

    def is_factor(self, name: str) -> bool:
        """Whether a column has declared levels."""
        return name in self.factor_levels

    def codes(self, name: str) -> IntArray:
        """Return the position of every row's level among the levels of a factor."""
        import numpy as np

        position = {level: i for i, level in enumerate(self.factor_levels[name])}
        return np.array([position[str(value)] for value in self.columns[name]], dtype=np.intp)

    def numbers(self, name: str) -> FloatArray:
        """Return a column of numbers.

        :raises UnusableDesign: if a value is not a number.
        """
        import numpy as np

        for row, value in enumerate(self.columns[name], start=1):
            if isinstance(value, (str, bool)):
                raise UnusableDesign(
                    f'The column "{name}" has "{value}" in row {row}, which is not a number.',
                    hint=f'Give the levels of "{name}", the reference level first, if it is a'
                    " factor.",
                )
        return np.array([float(value) for value in self.columns[name]])

    def groups(self, names: Sequence[str]) -> tuple[IntArray, int]:
        """Return the number of the group of every row, and how many groups there are."""
        import numpy as np

        keys = list(zip(*(map(str, self.columns[name]) for name in names), strict=True))
        position = {key: i for i, key in enumerate(sorted(set(keys)))}
        return np.array([position[key] for key in keys], dtype=np.intp), len(position)


def data_columns(
    columns: Columns, used: Iterable[str], factor_levels: Mapping[str, Sequence[object]]
) -> DataColumns:
    """Return the used columns after a look at every value.

    :raises UnusableDesign: if a column is absent, lengths differ, a value is missing or infinite,
        or a factor has a level that is not declared, declared twice or without any row.
    """
    names = list(dict.fromkeys(used))
    for name in names:
        if name not in columns:
            raise UnusableDesign(
                f'There is no column "{name}".', hint=f"There are: {', '.join(sorted(columns))}."
            )
    lengths = {name: len(columns[name]) for name in names}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise UnusableDesign(f"The columns are not of one length: {told}.")
    for name in names:
        _refuse_missing(name, columns[name])
    levels = {name: tuple(map(str, factor_levels[name])) for name in names if name in factor_levels}
    for name, declared in levels.items():
        _refuse_levels(name, declared, columns[name])
    return DataColumns({name: columns[name] for name in names}, levels)


def _refuse_missing(name: str, values: Sequence[Any]) -> None:
    rows = [row for row, value in enumerate(values, start=1) if _is_missing(value)]
    if rows:
        raise UnusableDesign(
            f'The column "{name}" has no usable value in row {named_rows(rows)}.',
            hint="Fill the values in, or leave these rows out and say so in the report.",
        )


def named_rows(rows: Sequence[int]) -> str:
    """Return the numbers of rows for a message: the first ten, and how many more there are."""
    shown = ", ".join(map(str, rows[:_ROWS_NAMED]))
    more = len(rows) - _ROWS_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _is_missing(value: object) -> bool:
    if value is None or value == "":
        return True
    return isinstance(value, float) and not math.isfinite(value)


def _refuse_levels(name: str, declared: tuple[str, ...], values: Sequence[Any]) -> None:
    present = dict.fromkeys(map(str, values))
    if len(set(declared)) < len(declared):
        raise UnusableDesign(f'A level of "{name}" is declared twice: {", ".join(declared)}.')
    for level in present:
        if level not in declared:
            row = 1 + [str(value) for value in values].index(level)
            raise UnusableDesign(
                f'The factor "{name}" has the unknown level "{level}" in row {row}.',
                hint=f"Declared are: {', '.join(declared)}.",
            )
    for level in declared:
        if level not in present:
            raise UnusableDesign(
                f'No row has the level "{level}" of "{name}".',
                hint="Take it out of the levels, or add its rows.",
            )
    if len(declared) < 2:
        raise UnusableDesign(
            f'The factor "{name}" has one level only, "{declared[0]}".',
            hint="A comparison needs two levels; leave the factor out of the fixed effects.",
        )
