"""The relation of MSC and responders: every row of DOMAIN 1.4, and what must never be said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lims_msc.domain.records.partial_dates import earliest, latest
from lims_msc.domain.relations import (
    Material,
    MscSource,
    Relation,
    RelationKind,
    ResponderSource,
    relation,
)
from lims_msc.domain.transplants import CollectionDay, Order, Transplantation, order_of, orders_of

MARROW = CollectionDay("C-M", date(2020, 5, 10), "the collection 'C-M'")
BLOOD = CollectionDay("C-B", date(2021, 3, 1), "the collection 'C-B'")
NO_DAY = CollectionDay("", None, "the blood of 'R-1'")
ALLO = Transplantation("D-1", "allogeneic", 1, "2019-02-03", giver_code="D-9")


def hsct(when: str, kind: str = "allogeneic", **changes: object) -> Transplantation:
    return replace(ALLO, performed_on=when, kind=kind, **changes)  # type: ignore[arg-type]


def of(
    *transplants: Transplantation,
    msc_donor: str = "D-1",
    responder_donor: str = "D-1",
    msc_transplants: tuple[Transplantation, ...] | None = None,
    blood: CollectionDay = BLOOD,
    **changes: object,
) -> RelationKind:
    return related(
        *transplants,
        msc_donor=msc_donor,
        responder_donor=responder_donor,
        msc_transplants=msc_transplants,
        blood=blood,
        **changes,
    ).kind


def related(
    *transplants: Transplantation,
    msc_donor: str = "D-1",
    responder_donor: str = "D-1",
    msc_transplants: tuple[Transplantation, ...] | None = None,
    blood: CollectionDay = BLOOD,
    **changes: object,
) -> Relation:
    own = transplants if msc_donor == responder_donor else ()
    msc = MscSource("B-1", msc_donor, MARROW, transplants=msc_transplants or own)
    responder = ResponderSource("R-1", Material.PERSON, responder_donor, blood, transplants)
    return relation(msc, replace(responder, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("transplants", "expected"),
    [
        ((), RelationKind.AUTOLOGOUS),
        ((hsct("2019-02-03"),), RelationKind.CHIMERIC),
        ((hsct("2020-12"),), RelationKind.CHIMERIC),
        ((hsct("2022"),), RelationKind.AUTOLOGOUS),
        ((hsct("2021-03-02"),), RelationKind.AUTOLOGOUS),
        ((hsct("2021-03-01"),), RelationKind.UNDECIDED),
        ((hsct("2021-03"),), RelationKind.UNDECIDED),
        ((hsct("2021"),), RelationKind.UNDECIDED),
        ((hsct(""),), RelationKind.UNDECIDED),
        ((hsct("2019", "autologous", giver_code="", giver_is="self"),), RelationKind.AUTOLOGOUS),
        (
            (hsct("2019", "syngeneic", giver_is="identical twin"),),
            RelationKind.AUTOLOGOUS,
        ),
        ((hsct("2015", "autologous", giver_code=""), hsct("2022", number=2)), "autologous"),
        ((hsct("2015", "autologous", giver_code=""), hsct("2019", number=2)), "chimeric"),
        ((hsct("2010"), hsct("2022", number=2)), "chimeric"),
        # The words of the record exclude each other: nothing is said about the genotype.
        ((hsct("2019", giver_is="identical twin"),), RelationKind.UNDECIDED),
        ((hsct("2019", giver_code="D-1"),), RelationKind.UNDECIDED),
        ((hsct("2019", "autologous"),), RelationKind.UNDECIDED),
        ((hsct("2019", "syngeneic", giver_is="haploidentical"),), RelationKind.UNDECIDED),
        # A graft that was given, and no HSCT recorded for it.
        ((hsct("2019", "", number=None, graft_code="G-1"),), RelationKind.UNDECIDED),
        ((hsct("2022", "", number=None, graft_code="G-1"),), RelationKind.AUTOLOGOUS),
        ((hsct("2010", "", number=None, graft_code="G-1"), hsct("2019")), "chimeric"),
    ],
)
def test_one_person_is_autologous_only_as_long_as_the_blood_is_the_own(
    transplants: tuple[Transplantation, ...], expected: str
) -> None:
    kind = RelationKind.CHIMERIC if expected == "chimeric" else RelationKind(expected)
    assert of(*transplants) is kind


GIVEN_BY_1 = Transplantation("D-2", "allogeneic", 1, "2020-01-01", giver_code="D-1")


@pytest.mark.parametrize(
    ("transplants", "expected", "is_certain"),
    [
        ((), RelationKind.ALLOGENEIC, True),
        ((GIVEN_BY_1,), RelationKind.GRAFT_MATCHED, True),
        ((replace(GIVEN_BY_1, performed_on="2022"),), RelationKind.ALLOGENEIC, True),
        ((replace(GIVEN_BY_1, performed_on="2021"),), RelationKind.UNDECIDED, False),
        ((replace(GIVEN_BY_1, giver_code="D-8"),), RelationKind.ALLOGENEIC, True),
        ((replace(GIVEN_BY_1, giver_code=""),), RelationKind.ALLOGENEIC, False),
        (
            (GIVEN_BY_1, replace(GIVEN_BY_1, number=2, giver_code="D-8")),
            RelationKind.ALLOGENEIC,
            True,
        ),
        (
            (replace(GIVEN_BY_1, giver_code="D-8"), replace(GIVEN_BY_1, number=2)),
            RelationKind.GRAFT_MATCHED,
            True,
        ),
        (
            (replace(GIVEN_BY_1, kind="syngeneic", giver_is="identical twin"),),
            RelationKind.SYNGENEIC,
            True,
        ),
        ((replace(GIVEN_BY_1, kind="autologous", giver_code=""),), RelationKind.ALLOGENEIC, True),
    ],
)
def test_two_persons_are_allogeneic_unless_a_graft_or_a_twin_joins_them(
    transplants: tuple[Transplantation, ...],
    expected: RelationKind,
    is_certain: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    found = related(*transplants, responder_donor="D-2")
    assert (found.kind, found.is_certain) == (expected, is_certain)


def test_msc_of_a_recipient_stay_allogeneic_to_the_giver_of_the_graft() -> None:
    found = related(responder_donor="D-9", msc_transplants=(ALLO,))
    assert found.kind is RelationKind.ALLOGENEIC
    assert "'D-9' gave a graft to 'D-1'" in found.reason
    assert "PMID 19155975" in found.reason


def test_twins_are_known_from_the_transplant_of_either() -> None:
    twin = Transplantation("D-1", "syngeneic", 1, "2019", giver_code="D-9")
    assert of(responder_donor="D-9", msc_transplants=(twin,)) is RelationKind.SYNGENEIC


def test_blood_before_and_marrow_after_the_transplant_are_autologous_with_the_source() -> None:
    early = replace(BLOOD, collected_on=date(2018, 1, 1))
    found = related(ALLO, blood=early)
    assert found.kind is RelationKind.AUTOLOGOUS
    assert found.text == "autologous (MSC taken after an allogeneic HSCT)"
    assert not found.is_certain
    assert "12 of 12" in found.reason


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"material": Material.POOL, "persons": 8}, RelationKind.POOLED, "pooled"),
        (
            {"material": Material.POOL, "persons": 2, "members": ("D-1", "D-5")},
            RelationKind.POOLED,
            "pooled; pool includes the MSC donor",
        ),
        (
            {"material": Material.POOL, "persons": 2, "members": ("D-4", "D-5")},
            RelationKind.POOLED,
            "pooled",
        ),
        ({"material": Material.CELL_LINE}, RelationKind.CELL_LINE, "cell line"),
        (
            {"material": Material.NOT_RECORDED},
            RelationKind.UNKNOWN,
            "unknown: no donor of the responder is recorded",
        ),
    ],
)
def test_pools_lines_and_unknown_donors_are_called_what_they_are(
    changes: dict[str, object], kind: RelationKind, text: str
) -> None:
    found = related(**changes)
    assert (found.kind, found.text) == (kind, text)
    assert found.reason


def test_a_pool_is_uncertain_only_while_members_are_unknown() -> None:
    pool = {"material": Material.POOL, "persons": 2}
    assert not related(**pool, members=("D-4",)).is_certain
    assert related(**pool, members=("D-4", "D-5")).is_certain


@pytest.mark.parametrize(
    ("transplant", "blood", "words"),
    [
        (hsct("2021-03"), BLOOD, "HSCT 1 of 'D-1' is dated '2021-03' only"),
        (hsct(""), BLOOD, "HSCT 1 of 'D-1' has no date"),
        (hsct("2019"), NO_DAY, "the blood of 'R-1' has no date"),
        (hsct(""), NO_DAY, "HSCT 1 of 'D-1' and the blood of 'R-1' have no date"),
        (hsct("2021-03-01"), BLOOD, "were on one day, 2021-03-01"),
        (hsct("2019", giver_code="D-1"), BLOOD, "recorded as allogeneic with the giver 'D-1'"),
        (
            hsct("2019", "", number=None, graft_code="G-1"),
            BLOOD,
            "no HSCT names the graft 'G-1' given to 'D-1'",
        ),
    ],
)
def test_what_is_missing_is_named_where_nothing_can_be_decided(
    transplant: Transplantation, blood: CollectionDay, words: str
) -> None:
    found = related(transplant, blood=blood)
    assert found.kind is RelationKind.UNDECIDED
    assert words in found.text
    assert found.text.startswith("cannot be decided: ")


def test_doubts_about_the_blood_are_said_with_the_chimera() -> None:
    soon = related(hsct("2021-02-20"))
    back = related(hsct("2019"), hsct("2020-01", "autologous", number=2, giver_code=""))
    assert soon.kind is back.kind is RelationKind.CHIMERIC
    assert "less than 28 days" in soon.reason
    assert "may have brought the own blood back" in back.reason
    assert not soon.is_certain
    assert not back.is_certain
    assert related(hsct("2019")).is_certain


@pytest.mark.parametrize(
    ("transplant", "blood", "words"),
    [
        (hsct("2021-02"), BLOOD, "less than 28 days may lie between"),
        (hsct("2020"), replace(BLOOD, collected_on=date(2021, 1, 10)), "days may lie between"),
        (hsct("2021-01-31"), BLOOD, ""),
        (hsct("2021-02-02"), BLOOD, "less than 28 days lay between"),
        (
            hsct("", offset_code="C-B", months_before=1.0),
            replace(BLOOD, collected_on=None),
            "less than 28 days may lie between",
        ),
        (hsct("", offset_code="C-B", months_before=3.0), replace(BLOOD, collected_on=None), ""),
    ],
)
def test_a_chimera_is_certain_only_if_the_graft_had_its_days_in_all_that_the_dates_allow(
    transplant: Transplantation, blood: CollectionDay, words: str
) -> None:
    found = related(transplant, blood=blood)
    assert found.kind is RelationKind.CHIMERIC
    assert found.is_certain is not bool(words)
    assert words in found.reason


def test_the_number_of_a_transplant_decides_where_its_date_does_not() -> None:
    undated, own = hsct(""), hsct("2020-01", "autologous", number=2, giver_code="")
    found = related(undated, own)
    assert found.kind is RelationKind.CHIMERIC
    assert "how long before is not recorded" in found.reason
    assert of(hsct("2022"), hsct("", number=2)) is RelationKind.AUTOLOGOUS
    contradiction = hsct("2022"), hsct("", number=2), hsct("2019", number=3)
    assert orders_of(contradiction, BLOOD)[1][1] is Order.UNDECIDED


def test_a_chimera_of_msc_from_fat_is_not_certain() -> None:
    fat = MscSource("B-1", "D-1", MARROW, is_marrow=False, transplants=(ALLO,))
    blood = ResponderSource("R-1", Material.PERSON, "D-1", BLOOD, (ALLO,))
    found = relation(fat, blood)
    assert found.kind is RelationKind.CHIMERIC
    assert not found.is_certain


def test_msc_of_neither_party_of_a_mixed_reaction_are_third_party() -> None:
    msc = MscSource("B-1", "D-1", MARROW)
    responder = ResponderSource("R-1", Material.PERSON, "D-2", BLOOD)
    stimulator = replace(responder, responder_code="R-2", donor_code="D-3")
    own = replace(stimulator, donor_code="D-1")
    assert relation(msc, responder, stimulator).kind is RelationKind.THIRD_PARTY
    with_own = relation(msc, responder, own)
    assert with_own.kind is RelationKind.ALLOGENEIC
    assert "to 'R-2' the MSC are autologous" in with_own.reason
    assert relation(msc, own, responder).kind is RelationKind.AUTOLOGOUS


@pytest.mark.parametrize(
    ("performed_on", "months", "order"),
    [
        ("", 12.0, Order.BEFORE),
        ("", -3.0, Order.AFTER),
        ("", 0.0, Order.UNDECIDED),
        ("2021", 2.0, Order.BEFORE),
        ("2019", 25.0, Order.BEFORE),
        ("2019", -1.0, Order.UNDECIDED),
        ("2019", 0.0, Order.BEFORE),
    ],
)
def test_months_from_the_collection_itself_decide_where_the_date_does_not(
    performed_on: str, months: float, order: Order
) -> None:
    given_in_months = hsct(performed_on, offset_code="C-B", months_before=months)
    assert order_of(given_in_months, replace(BLOOD, collected_on=date(2021, 3, 1)))[0] is order


def test_months_from_another_collection_are_a_span_of_days() -> None:
    offset = hsct("", offset_code="C-M", offset_on=MARROW.collected_on, months_before=2.0)
    first, last = offset.span or (date.min, date.max)
    assert (last - first).days == 30
    assert order_of(offset, BLOOD)[0] is Order.BEFORE
    assert order_of(offset, replace(BLOOD, collected_on=date(2020, 3, 10)))[0] is Order.UNDECIDED
    assert "in months only" in related(offset, blood=replace(BLOOD, collected_on=first)).reason


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
