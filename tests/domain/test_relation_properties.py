"""What no history of transplants may do to a relation, however vague its dates are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from related_cells import hsct, related

from lims_msc.domain.records.partial_dates import earliest, latest
from lims_msc.domain.relations import (
    RelationKind,
)
from lims_msc.domain.transplants import CollectionDay, Order, Transplantation, orders_of

DAYS = st.integers(-2000, 2000).map(lambda days: date(2020, 6, 1) + timedelta(days=days))


PARTIAL = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda day: str(day)[:7]),
    DAYS.map(lambda day: str(day)[:4]),
    st.just(""),
)


TRANSPLANTS = st.lists(
    st.builds(
        Transplantation,
        st.just("D-1"),
        st.sampled_from(("autologous", "syngeneic", "allogeneic", "")),
        st.one_of(st.none(), st.integers(1, 3)),
        PARTIAL,
        giver_code=st.sampled_from(("", "D-1", "D-9")),
        giver_is=st.sampled_from(("", "self", "identical twin", "HLA-identical sibling")),
    ),
    max_size=3,
).map(tuple)


@settings(max_examples=150)
@given(TRANSPLANTS, st.one_of(st.none(), DAYS))
def test_nothing_is_autologous_after_an_allogeneic_transplant(
    transplants: tuple[Transplantation, ...], day: date | None
) -> None:
    blood = CollectionDay("C-B", day, "the blood")
    found = related(*transplants, blood=blood)
    allogeneic = [t for t in transplants if t.kind == "allogeneic"]
    orders = [order for t, order, _ in orders_of(transplants, blood) if t in allogeneic]
    assert found.text
    assert found.reason
    if Order.BEFORE in orders:
        assert found.kind in {RelationKind.CHIMERIC, RelationKind.UNDECIDED}
    if any(order is not Order.AFTER for order in orders):
        assert found.kind is not RelationKind.AUTOLOGOUS


SOME_DAYS = tuple(
    date(2021, 3, 1) + timedelta(days) for days in (-420, -60, -28, -1, 0, 1, 31, 400)
)


HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(("autologous", "syngeneic", "allogeneic", "allogeneic")),
        st.sampled_from(("", "2019", "2020", "2021", "2021-02", "2021-03", "2021-04", "2021-03-01"))
        | st.sampled_from(SOME_DAYS).map(str),
        st.sampled_from(("", "D-9", "D-M")),
    ),
    max_size=3,
)


def all_days(text: str) -> list[date]:
    """Return the days among some that a partial date may mean, with its first and last."""
    if not text:
        return list(SOME_DAYS)
    span = earliest(text), latest(text)
    return sorted({*span, *(day for day in SOME_DAYS if span[0] <= day <= span[1])})


def genotypes(transplants: Sequence[Transplantation], day: date) -> set[str]:
    """Return whose genotype the blood of a day has, in each history that the dates allow.

    Two transplants of one day are in the order of their numbers, and one of the day of collection
    may have been before or after it.
    """
    found = set()
    for days in product(*(all_days(t.performed_on) for t in transplants)):
        if list(days) == sorted(days):
            surely, perhaps = bisect_left(days, day), bisect_right(days, day)
            for count in range(surely, perhaps + 1):
                givers = [t.giver_code for t in transplants[:count] if t.kind == "allogeneic"]
                found.add((givers or ["own"])[-1])
    return found


@settings(max_examples=400)
@given(HISTORIES, st.sampled_from(("D-1", "D-M")))
def test_a_relation_is_said_exactly_where_all_days_that_the_dates_allow_agree(
    history: list[tuple[str, str, str]], msc_donor: str
) -> None:
    transplants = tuple(
        hsct(when, kind, number=number, giver_code=giver if kind == "allogeneic" else "")
        for number, (kind, when, giver) in enumerate(history, start=1)
    )
    owners = genotypes(transplants, date(2021, 3, 1))
    assume(owners)
    if msc_donor == "D-1":
        kinds = {
            RelationKind.AUTOLOGOUS if owner == "own" else RelationKind.CHIMERIC for owner in owners
        }
    else:
        kinds = {
            RelationKind.GRAFT_MATCHED if owner == "D-M" else RelationKind.ALLOGENEIC
            for owner in owners
        }
    found = related(*transplants, msc_donor=msc_donor)
    assert found.kind is (kinds.pop() if len(kinds) == 1 else RelationKind.UNDECIDED)
    if found.kind is RelationKind.ALLOGENEIC and "" in owners:
        assert not found.is_certain
