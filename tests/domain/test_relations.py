"""The relation of MSC and responders: every row of DOMAIN 1.4, and what must never be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from related_cells import ALLO, BLOOD, MARROW, NO_DAY, hsct, of, related

from lims_msc.domain.relations import (
    Material,
    MscSource,
    RelationKind,
    ResponderSource,
    relation,
)
from lims_msc.domain.transplants import CollectionDay, Order, Transplantation, order_of, orders_of


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
