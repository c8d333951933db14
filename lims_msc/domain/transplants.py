"""Transplants of blood stem cells (HSCT) of a person, and whether one came before a collection.

Partial dates are spans of days: an order is said only where every day of the span agrees.  What a
transplant means for the genotype of cells is in ``relations``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lims_msc.domain.records.partial_dates import earliest, latest

DAYS_PER_MONTH = 365.25 / 12
# Months are mostly given as whole numbers, so that half a month on either side is possible.
_ROUNDING_MONTHS = 0.5

AUTOLOGOUS, SYNGENEIC, ALLOGENEIC = "autologous", "syngeneic", "allogeneic"
SELF, TWIN = "self", "identical twin"


class Order(StrEnum):
    """When a transplant was, seen from a collection."""

    BEFORE = "before"
    AFTER = "after"
    SAME_DAY = "same day"
    UNDECIDED = "cannot be decided"


@dataclass(frozen=True, slots=True)
class CollectionDay:
    """A collection of tissue or blood: its code, its day where known, and its name in a sentence.

    ``code`` is empty where only the day, or nothing at all, is known.
    """

    code: str
    collected_on: date | None
    name: str


@dataclass(frozen=True, slots=True)
class Transplantation:
    """A transplant that a person received, as far as it is recorded.

    ``kind`` is empty for a graft that was given without an HSCT recorded for it.  ``performed_on``
    is a partial date; ``months_before`` the months between the transplant and the collection
    ``offset_code``, negative after it.  ``giver_code`` is empty where the giver is not a donor
    here.
    """

    donor_code: str
    kind: str
    number: int | None = None
    performed_on: str = ""
    graft_code: str = ""
    giver_code: str = ""
    giver_is: str = ""
    offset_code: str = ""
    offset_on: date | None = None
    months_before: float | None = None

    @property
    def name(self) -> str:
        """What the transplant is called in a sentence."""
        if self.number is None:
            return f"the graft '{self.graft_code}' given to '{self.donor_code}'"
        return f"HSCT {self.number} of '{self.donor_code}'"

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day on which it may have been; ``None`` where nothing says so."""
        if self.performed_on:
            return earliest(self.performed_on), latest(self.performed_on)
        if self.offset_on is None or self.months_before is None:
            return None
        return (
            _months_before(self.offset_on, self.months_before + _ROUNDING_MONTHS),
            _months_before(self.offset_on, self.months_before - _ROUNDING_MONTHS),
        )

    @property
    def contradiction(self) -> str:
        """What in the record of the transplant cannot be true together, in words; or nothing."""
        own = self.giver_is == SELF or self.giver_code == self.donor_code
        by_another = bool(self.giver_code or self.giver_is) and not own
        is_wrong = {
            AUTOLOGOUS: by_another,
            SYNGENEIC: own or self.giver_is not in {"", TWIN},
            ALLOGENEIC: own or self.giver_is == TWIN,
        }
        if not is_wrong.get(self.kind, False):
            return ""
        giver = self.giver_is or f"'{self.giver_code}'"
        return (
            f"{self.name} is recorded as {self.kind} with the giver {giver}; one of them is wrong"
        )


def order_of(transplant: Transplantation, collection: CollectionDay) -> tuple[Order, str]:
    """Return when the transplant was, seen from the collection, and what is missing to decide."""
    by_date, missing = _order_by_date(transplant, collection)
    by_months = _order_by_months(transplant, collection)
    if by_months is None:
        return by_date, missing
    if by_date is Order.UNDECIDED:
        return by_months, "" if by_months is not Order.UNDECIDED else missing
    if by_months not in {by_date, Order.UNDECIDED}:
        return Order.UNDECIDED, (
            f"{transplant.name} has the date '{transplant.performed_on}' and is said to be "
            f"{by_months.value} {collection.name}; one of them is wrong"
        )
    return by_date, missing


def orders_of(
    transplants: Iterable[Transplantation], collection: CollectionDay
) -> tuple[tuple[Transplantation, Order, str], ...]:
    """Return where each transplant of one person stands, and what is missing to decide, or why.

    Transplants are numbered in the order of time, so that one with a smaller number than one that
    came before the collection came before it as well, and likewise after it.
    """
    found = [(transplant, *order_of(transplant, collection)) for transplant in transplants]
    before = [t for t, order, _ in found if order is Order.BEFORE and t.number is not None]
    after = [t for t, order, _ in found if order is Order.AFTER and t.number is not None]
    last = max(before, key=_number, default=None)
    first = min(after, key=_number, default=None)
    return tuple(
        (transplant, *_by_number(transplant, last, first, collection, (order, reason)))
        for transplant, order, reason in found
    )


def shortest_days(transplant: Transplantation, collection: CollectionDay) -> float | None:
    """Return the fewest days that may lie between a transplant and a later collection, if known."""
    span, day = transplant.span, collection.collected_on
    if span is not None and day is not None:
        return max((day - span[1]).days, 0)
    if _order_by_months(transplant, collection) is Order.BEFORE:
        months = transplant.months_before or 0
        return max((months - _ROUNDING_MONTHS) * DAYS_PER_MONTH, 0)
    return None


def _by_number(
    transplant: Transplantation,
    last: Transplantation | None,
    first: Transplantation | None,
    collection: CollectionDay,
    alone: tuple[Order, str],
) -> tuple[Order, str]:
    """Return what the last one before and the first one after say, where one ``alone`` is open."""
    if alone[0] is not Order.UNDECIDED or transplant.number is None:
        return alone
    is_before = last is not None and transplant.number < _number(last)
    is_after = first is not None and transplant.number > _number(first)
    if last is not None and is_before and not is_after:
        return Order.BEFORE, f"{last.name} came later, and before {collection.name}"
    if first is not None and is_after and not is_before:
        return Order.AFTER, f"{first.name} came earlier, and after {collection.name}"
    return alone


def _number(transplant: Transplantation) -> int:
    return transplant.number or 0


def _order_by_date(transplant: Transplantation, collection: CollectionDay) -> tuple[Order, str]:
    span, day = transplant.span, collection.collected_on
    if span is None or day is None:
        names = [transplant.name] * (span is None) + [collection.name] * (day is None)
        return (
            Order.UNDECIDED,
            f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} no date",
        )
    first, last = span
    if last < day:
        return Order.BEFORE, ""
    if first > day:
        return Order.AFTER, ""
    if first == last:
        return Order.SAME_DAY, f"{transplant.name} and {collection.name} were on one day, {day}"
    said = f"'{transplant.performed_on}'" if transplant.performed_on else "in months"
    return Order.UNDECIDED, f"{transplant.name} is dated {said} only, {collection.name} {day}"


def _order_by_months(transplant: Transplantation, collection: CollectionDay) -> Order | None:
    """Return the order by the months that were given for this very collection, if any were."""
    months = transplant.months_before
    if months is None or not collection.code or transplant.offset_code != collection.code:
        return None
    if months == 0:
        return Order.UNDECIDED
    return Order.BEFORE if months > 0 else Order.AFTER


def _months_before(day: date, months: float) -> date:
    return day - timedelta(days=round(months * DAYS_PER_MONTH))
