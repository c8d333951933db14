"""What follows for a collection from the dated records of its donor; nothing of it is stored.

Which treatments were going on, the glucocorticoids as prednisolone, and where transplants stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lims_msc.domain.prednisolone import PrednisoloneEquivalent, prednisolone_equivalent
from lims_msc.domain.records.partial_dates import earliest, latest
from lims_msc.domain.transplants import (
    DAYS_PER_MONTH,
    CollectionDay,
    Order,
    Transplantation,
    orders_of,
)

_GLUCOCORTICOID = "glucocorticoid"


class Ongoing(StrEnum):
    """Whether a treatment was going on at a collection."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "cannot be decided"


@dataclass(frozen=True, slots=True)
class GivenDrug:
    """A drug of a donor from one partial date to another; empty where a date is not recorded."""

    drug: str
    treatment_class: str
    dose: float | None = None
    dose_unit: str = ""
    started_on: str = ""
    stopped_on: str = ""


@dataclass(frozen=True, slots=True)
class TreatmentFact:
    """A drug seen from a collection; ``reason`` says what is missing, or what was assumed.

    ``equivalent`` is ``None`` for what is no glucocorticoid.
    """

    drug: GivenDrug
    ongoing: Ongoing
    reason: str
    equivalent: PrednisoloneEquivalent | None


@dataclass(frozen=True, slots=True)
class TransplantFact:
    """A transplant seen from a collection.

    ``low_days`` and ``high_days`` bound the days from the transplant to the collection, negative
    where it came after; both are ``None`` where they cannot be told.
    """

    transplant: Transplantation
    order: Order
    reason: str
    low_days: int | None = None
    high_days: int | None = None

    @property
    def days(self) -> str:
        """The days from transplant to collection in words: a number, or a range said as one."""
        if self.low_days is None or self.high_days is None:
            return ""
        if self.low_days == self.high_days:
            return f"{self.low_days}"
        return f"between {self.low_days} and {self.high_days}"

    @property
    def months(self) -> str:
        """The same in whole months, which tell less about a person."""
        if self.low_days is None or self.high_days is None:
            return ""
        low, high = (round(d / DAYS_PER_MONTH) for d in (self.low_days, self.high_days))
        return f"{low}" if low == high else f"between {low} and {high}"


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """Everything that is derived for one collection."""

    collection: CollectionDay
    treatments: tuple[TreatmentFact, ...]
    transplants: tuple[TransplantFact, ...]

    @property
    def hsct_relation(self) -> str:
        """Where all transplants stand: before, after, both, same day, or that none is recorded."""
        orders = {fact.order for fact in self.transplants}
        if not orders:
            return "no HSCT recorded"
        if Order.UNDECIDED in orders:
            return Order.UNDECIDED.value
        if orders == {Order.BEFORE, Order.AFTER}:
            return "both"
        return " and ".join(order.value for order in Order if order in orders)

    @property
    def prednisolone(self) -> PrednisoloneEquivalent:
        """The glucocorticoids of the day together; ``None`` where one of them cannot be told."""
        total, reasons, count = 0.0, [], 0
        for fact in self.treatments:
            if fact.equivalent is None or fact.ongoing is Ongoing.NO:
                continue
            if fact.ongoing is Ongoing.UNDECIDED:
                reasons.append(fact.reason)
            elif fact.equivalent.mg_per_day is None:
                reasons.append(fact.equivalent.reason)
            else:
                total, count = total + fact.equivalent.mg_per_day, count + 1
        if reasons:
            return PrednisoloneEquivalent(None, "; ".join(dict.fromkeys(reasons)))
        if not count:
            return PrednisoloneEquivalent(None, "no glucocorticoid is recorded for the day")
        return PrednisoloneEquivalent(total)

    @property
    def ongoing(self) -> tuple[TreatmentFact, ...]:
        """The treatments that surely were going on."""
        return tuple(fact for fact in self.treatments if fact.ongoing is Ongoing.YES)


def facts_of(
    collection: CollectionDay,
    drugs: Iterable[GivenDrug],
    transplants: Sequence[Transplantation],
) -> CollectionFacts:
    """Return what follows for a collection from the drugs and the transplants of its donor."""
    return CollectionFacts(
        collection=collection,
        treatments=tuple(_treatment_fact(drug, collection) for drug in drugs),
        transplants=transplant_facts(transplants, collection),
    )


def ongoing_at(day: date | None, started_on: str, stopped_on: str) -> tuple[Ongoing, str]:
    """Return whether a treatment was going on on a day, and why that cannot be told.

    The first and the last day count as days of treatment; a treatment that was never said to have
    stopped goes on.
    """
    if day is None:
        return Ongoing.UNDECIDED, "the collection has no date"
    is_over = bool(stopped_on) and latest(stopped_on) < day
    if is_over or (started_on and earliest(started_on) > day):
        return Ongoing.NO, ""
    doubts = []
    if not started_on:
        doubts.append("the start is not recorded")
    elif latest(started_on) > day:
        doubts.append(f"started in '{started_on}', collected on {day}")
    if stopped_on and earliest(stopped_on) < day:
        doubts.append(f"stopped in '{stopped_on}', collected on {day}")
    if doubts:
        return Ongoing.UNDECIDED, ", ".join(doubts)
    return Ongoing.YES, "" if stopped_on else "no stop is recorded"


def transplant_facts(
    transplants: Iterable[Transplantation], collection: CollectionDay
) -> tuple[TransplantFact, ...]:
    """Return where the transplants of a donor stand, with the days from each to the collection."""
    return tuple(
        TransplantFact(transplant, order, reason, *_days(transplant, order, collection))
        for transplant, order, reason in orders_of(transplants, collection)
    )


def _days(
    transplant: Transplantation, order: Order, collection: CollectionDay
) -> tuple[int | None, int | None]:
    span, day = transplant.span, collection.collected_on
    if span is None or day is None:
        return None, None
    low, high = (day - span[1]).days, (day - span[0]).days
    # The order may be known from a number or from months where the dates leave both open.
    if order is Order.BEFORE:
        return max(low, 1), high
    return (low, min(high, -1)) if order is Order.AFTER else (low, high)


def _treatment_fact(drug: GivenDrug, collection: CollectionDay) -> TreatmentFact:
    ongoing, reason = ongoing_at(collection.collected_on, drug.started_on, drug.stopped_on)
    if ongoing is Ongoing.UNDECIDED:
        reason = f"'{drug.drug}': {reason}"
    equivalent = prednisolone_equivalent(drug.drug, drug.dose, drug.dose_unit)
    is_glucocorticoid = drug.treatment_class == _GLUCOCORTICOID
    return TreatmentFact(drug, ongoing, reason, equivalent if is_glucocorticoid else None)
