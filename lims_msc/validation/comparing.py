"""Holds what was computed against what a reference case expects, value by value.

A number passes within its tolerance.  Words, booleans and ``null`` must be the same: a number where
there is none fails, and the reverse; so does NaN.  A list must have the length that is expected.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lims_msc.validation.case_files import ReferenceCase
from lims_msc.validation.quantities import Quantity, quantity_at
from lims_msc.validation.tolerances import Tolerance, tolerance_of

Place = tuple[str | int, ...]
NOT_ANSWERED = "nothing"
_CONDITION = "condition_number_scaled_jacobian"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value of a case: what was wanted, what was got, and whether that passes.

    ``relative_error`` is ``None`` where the wanted value is no number, or 0, or the got one is not
    finite.  ``problem`` is empty where the value passes.
    """

    quantity: str
    place: str
    wanted: Any
    got: Any
    tolerance: Tolerance
    relative_error: float | None = None
    problem: str = ""

    @property
    def is_of_number(self) -> bool:
        """Whether a number was wanted."""
        return _is_number(self.wanted)

    @property
    def passed(self) -> bool:
        """Whether the value is as wanted."""
        return not self.problem


def compare(case: ReferenceCase, computed: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Return the comparison of each value of a case that is compared, in the order of the case."""
    found = []
    too_long: dict[Place, Comparison] = {}
    for place, wanted in _leaves(case.expected, ()):
        quantity = quantity_at(case.kind, "/".join(map(str, place)))
        if quantity is None:
            continue
        tolerance = tolerance_of(quantity.rule, case.tolerance, _condition(case.expected, place))
        found.append(_compared(quantity, place, wanted, _at(computed, place), tolerance))
        too_long |= _longer_lists(quantity, case.expected, computed, place, tolerance)
    return (*found, *too_long.values())


def plain(value: Any) -> Any:
    """Return an answer in the types of JSON; numbers and arrays of numpy become Python's.

    :raises TypeError: if it holds anything else.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    for plain_type in (bool, int, float, str):
        if isinstance(value, plain_type):
            return plain_type(value)
    if value is not None:
        raise TypeError(f"An answer holds {value!r}, which is no number, word, list or mapping.")
    return None


class _Nothing:
    """Stands for a value that was not answered; it is equal to nothing else."""

    def __repr__(self) -> str:
        return NOT_ANSWERED


_NOTHING = _Nothing()


def _compared(
    quantity: Quantity, place: Place, wanted: Any, got: Any, tolerance: Tolerance
) -> Comparison:
    relative = None
    if _is_number(wanted) and _is_number(got) and math.isfinite(got) and wanted != 0:
        relative = abs(got - wanted) / abs(wanted)
    problem = _problem(wanted, got, tolerance)
    name = "/".join(map(str, place))
    return Comparison(quantity.name, name, wanted, got, tolerance, relative, problem)


def _problem(wanted: Any, got: Any, tolerance: Tolerance) -> str:
    """Return why a value does not pass, in words, or nothing."""
    if got is _NOTHING:
        return "it is not answered"
    if not _is_number(wanted):
        is_same = type(wanted) is type(got) and wanted == got
        if wanted is None and _is_number(got):
            return "a number where there is none"
        return "" if is_same else "it is something else"
    if not _is_number(got):
        return "no number where there is one"
    if not math.isfinite(got):
        return "it is not finite"
    # Written so that a comparison which cannot be made does not pass.
    return "" if abs(got - wanted) <= tolerance.width(wanted) else "it is out of tolerance"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _leaves(node: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Yield each value with its place; an empty list or mapping is a value, too."""
    if isinstance(node, Mapping) and node:
        for key, inner in node.items():
            yield from _leaves(inner, (*place, key))
    elif isinstance(node, list) and node:
        for index, inner in enumerate(node):
            yield from _leaves(inner, (*place, index))
    else:
        yield place, node


def _at(node: Any, place: Place) -> Any:
    for part in place:
        if isinstance(part, int):
            if not isinstance(node, list) or part >= len(node):
                return _NOTHING
        elif not isinstance(node, Mapping) or part not in node:
            return _NOTHING
        node = node[part]
    return node


def _longer_lists(
    quantity: Quantity, expected: Any, computed: Any, place: Place, tolerance: Tolerance
) -> dict[Place, Comparison]:
    """Return a failure for each list around a place that got more entries than are wanted."""
    found = {}
    for depth, part in enumerate(place):
        if isinstance(part, int):
            around = place[:depth]
            wanted, got = _at(expected, around), _at(computed, around)
            if isinstance(got, list) and len(got) > len(wanted):
                found[around] = Comparison(
                    quantity.name,
                    "/".join(map(str, around)),
                    f"{len(wanted)} entries",
                    f"{len(got)} entries",
                    tolerance,
                    problem="the list is too long",
                )
    return found


def _condition(expected: Any, place: Place) -> float | None:
    """Return the condition number of the fit that a place belongs to, where one is given."""
    for depth in range(len(place) - 1, -1, -1):
        number = _at(expected, (*place[:depth], _CONDITION))
        if _is_number(number):
            return float(number)
    return None
