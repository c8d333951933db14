"""The order of a list and places in it, so that any page costs what the first one costs.

Blanks come last in both directions.  A place is the value and the number of a record, never a count
of the records before it; each part of a page is a range of one index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select, union_all
from sqlalchemy.orm import Session

from lims_msc.errors import InputError

Key = str | int | float | date | None
Line = tuple[int, Key]
"""The number of a record and what the list is sorted by."""


@dataclass(frozen=True, slots=True)
class Order:
    """A column of a table that a list is sorted by, and in which direction.

    ``blank`` is the value of an empty field, where there are any.  The column may be the number of
    the record itself: the order of registration.
    """

    number: ColumnElement[int]
    column: ColumnElement[Any]
    blank: Key
    is_descending: bool
    has_blanks: bool = True

    @property
    def is_by_number(self) -> bool:
        """Whether the order is that of registration."""
        return self.column is self.number

    def sorted(self, lines: Iterable[Line]) -> list[Line]:
        """Return lines in this order."""
        known = list(lines)
        full = [line for line in known if not self.is_blank(line[1])]
        empty = [line for line in known if self.is_blank(line[1])]
        full.sort(key=_value_and_number, reverse=self.is_descending)
        empty.sort(key=lambda line: line[0], reverse=self.is_descending)
        return full + empty

    def is_blank(self, key: Key) -> bool:
        """Whether a value is that of an empty field."""
        return key is None or key == self.blank


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind a record, or, ``is_before``, where it ends: in front of one.

    Without a line it is the beginning or the end of the list.
    """

    line: Line | None = None
    is_before: bool = False


def place_text(line: Line) -> str:
    """Return a place as it stands in an address: ``17.B-0017``."""
    number, key = line
    return f"{number}.{'' if key is None else key}"


def line_of_text(text: str, order: Order) -> Line:
    """Return the place that an address names.

    :raises InputError: if it names none.
    """
    number, _, words = text.partition(".")
    try:
        kind = order.column.type.python_type
        key: Key = words or order.blank
        if words and kind is not str:
            key = date.fromisoformat(words) if kind is date else kind(words)
        return int(number), key
    except ValueError as error:
        raise InputError(
            f"The address names the place '{text}' of the list, which is none.",
            hint="Open the list from its beginning.",
        ) from error


def page_of_lines(order: Order, lines: Iterable[Line], place: Place, size: int) -> list[Line]:
    """Return a page of lines that are all known, one more than ``size`` where there are more."""
    everything = order.sorted(lines)
    if place.line is not None:
        here = place.line
        both = order.sorted([*everything, here]) if here not in everything else everything
        position = both.index(here)
        everything = both[:position] if place.is_before else both[position + 1 :]
    return everything[-size - 1 :] if place.is_before else everything[: size + 1]


def page_of_table(
    session: Session, order: Order, checks: Sequence[ColumnElement[bool]], place: Place, size: int
) -> list[Line]:
    """Return a page of the whole table, one more than ``size`` where there are more; one statement.

    ``checks`` are looked up row by row along the index of the order.
    """
    parts = [part.where(*checks).limit(size + 1).subquery() for part in _parts(order, place)]
    ranked = (select(literal(rank), part.c.number, part.c.key) for rank, part in enumerate(parts))
    # SQLite reads the parts one after the other and stops when the page is full; an order over all
    # of them would have it look for blanks that nobody will see.
    rows = session.execute(union_all(*ranked).limit(size + 1)).all()
    lines = [(number, key) for _, number, key in sorted(rows, key=lambda row: int(row[0]))]
    return lines[::-1] if place.is_before else lines


def _parts(order: Order, place: Place) -> Iterator[Select[Any]]:
    """Yield the ranges of the index that follow a place, in the order of reading."""
    is_backward = order.is_descending != place.is_before
    number = order.number.desc() if is_backward else order.number
    key = order.column.desc() if is_backward else order.column
    chosen = select(order.number.label("number"), order.column.label("key"))
    for condition, is_by_key in _ranges(order, place, is_backward=is_backward):
        by = (key, number) if is_by_key and not order.is_by_number else (number,)
        yield chosen.where(condition).order_by(*by)


def _ranges(
    order: Order, place: Place, *, is_backward: bool
) -> Iterator[tuple[ColumnElement[bool], bool]]:
    """Yield each range with whether it is read in the order of the column, not of the number."""
    full, empty = _full(order), _empty(order)
    if place.line is None:
        ends = [(full, True), (empty, False)]
        for condition, is_by_key in ends[::-1] if place.is_before else ends:
            if condition is not None:
                yield condition, is_by_key
        return
    number, key = place.line
    beyond = order.number < number if is_backward else order.number > number
    if order.is_by_number:
        yield beyond, False
    elif order.is_blank(key):
        yield and_(order.column.is_(None) if empty is None else empty, beyond), False
        if place.is_before:
            yield full, True
    else:
        column = order.column
        yield and_(column == key, beyond), False
        yield and_(full, column < key if is_backward else column > key), True
        if not place.is_before and empty is not None:
            yield empty, False


def _full(order: Order) -> ColumnElement[bool]:
    if order.is_by_number:
        return order.number > 0
    return order.column.is_not(None) if order.blank is None else order.column > order.blank


def _empty(order: Order) -> ColumnElement[bool] | None:
    if not order.has_blanks:
        return None
    return order.column.is_(None) if order.blank is None else order.column == order.blank


def _value_and_number(line: Line) -> tuple[Any, int]:
    return line[1], line[0]
