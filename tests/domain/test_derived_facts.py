"""Facts derived for a collection: treatments of the day, prednisolone, transplants, small cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lims_msc.domain.collection_facts import GivenDrug, Ongoing, facts_of, ongoing_at
from lims_msc.domain.consent_rules import ConsentRecord, ConsentState, standing_of
from lims_msc.domain.prednisolone import prednisolone_equivalent
from lims_msc.domain.small_cells import Profile, age_group, small_cells
from lims_msc.domain.transplants import CollectionDay, Transplantation

DAY = date(2021, 5, 14)
COLLECTION = CollectionDay("C-1", DAY, "the collection 'C-1'")


@pytest.mark.parametrize(
    ("started_on", "stopped_on", "expected"),
    [
        ("2020", "", Ongoing.YES),
        ("2020", "2022", Ongoing.YES),
        ("2020", "2021-05-14", Ongoing.YES),
        ("2021-05-14", "", Ongoing.YES),
        ("2020", "2021-05-13", Ongoing.NO),
        ("2021-05-15", "", Ongoing.NO),
        ("2022", "", Ongoing.NO),
        ("", "2020", Ongoing.NO),
        ("", "", Ongoing.UNDECIDED),
        ("", "2022", Ongoing.UNDECIDED),
        ("2021", "", Ongoing.UNDECIDED),
        ("2021-05", "", Ongoing.UNDECIDED),
        ("2020", "2021-05", Ongoing.UNDECIDED),
        ("2021", "2021", Ongoing.UNDECIDED),
    ],
)
def test_a_treatment_counts_from_its_first_day_to_its_last(
    started_on: str, stopped_on: str, expected: Ongoing
) -> None:
    found, reason = ongoing_at(DAY, started_on, stopped_on)
    assert found is expected
    assert bool(reason) == (
        expected is Ongoing.UNDECIDED or (found is Ongoing.YES and not stopped_on)
    )


def test_without_a_day_of_collection_nothing_is_ongoing() -> None:
    assert ongoing_at(None, "2020", "2021")[0] is Ongoing.UNDECIDED


@pytest.mark.parametrize(
    ("drug", "dose", "unit", "mg_per_day"),
    [
        ("prednisolone", 5, "mg/day", 5.0),
        ("Prednison", 7.5, "mg/d", 7.5),
        ("Methylprednisolone", 4, "mg / day", 5.0),
        ("dexamethasone", 0.75, "MG/DAY", 5.0),
        ("Betamethason", 0.75, "mg/day", 5.0),
        ("deflazacort", 6, "mg/day", 5.0),
        ("hydrocortisone", 20, "mg/day", 5.0),
        ("cortisone", 25, "mg/day", 5.0),
        ("triamcinolone", 4, "mg/day", 5.0),
    ],
)
def test_doses_per_day_become_prednisolone(
    drug: str, dose: float, unit: str, mg_per_day: float
) -> None:
    found = prednisolone_equivalent(drug, dose, unit)
    assert found.mg_per_day == pytest.approx(mg_per_day)
    assert not found.reason


@pytest.mark.parametrize(
    ("drug", "dose", "unit", "words"),
    [
        ("budesonide", 9, "mg/day", "no equivalent is kept for 'budesonide'"),
        ("prednisolone", None, "mg/day", "no dose"),
        ("prednisolone", 1, "mg/kg/day", "is in 'mg/kg/day', not in mg/day"),
        ("prednisolone", 35, "mg/week", "not in mg/day"),
        ("prednisolone", 5, "mg", "not in mg/day"),
        ("prednisolone", 5, "", "not in mg/day"),
    ],
)
def test_other_doses_are_not_converted_and_say_why(
    drug: str, dose: float | None, unit: str, words: str
) -> None:
    found = prednisolone_equivalent(drug, dose, unit)
    assert found.mg_per_day is None
    assert words in found.reason


PREDNISOLONE = GivenDrug("prednisolone", "glucocorticoid", 10, "mg/day", "2020")
RITUXIMAB = GivenDrug("rituximab", "anti-CD20", 1, "g", "2020", "2020-06")


def test_the_glucocorticoids_of_the_day_are_added_and_others_left_out() -> None:
    more = replace(PREDNISOLONE, drug="dexamethasone", dose=1.5)
    past = replace(PREDNISOLONE, stopped_on="2020-02")
    facts = facts_of(COLLECTION, (PREDNISOLONE, more, past, RITUXIMAB), ())
    assert facts.prednisolone.mg_per_day == pytest.approx(20.0)
    assert [fact.drug.drug for fact in facts.ongoing] == ["prednisolone", "dexamethasone"]
    assert facts.treatments[-1].equivalent is None


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (replace(PREDNISOLONE, drug="budesonide"), "no equivalent is kept for 'budesonide'"),
        (replace(PREDNISOLONE, started_on="2021"), "'prednisolone': started in '2021'"),
    ],
)
def test_there_is_no_sum_where_one_glucocorticoid_cannot_be_told(
    other: GivenDrug, words: str
) -> None:
    found = facts_of(COLLECTION, (PREDNISOLONE, other), ()).prednisolone
    assert found.mg_per_day is None
    assert words in found.reason


def test_no_recorded_glucocorticoid_is_not_zero() -> None:
    found = facts_of(COLLECTION, (RITUXIMAB,), ()).prednisolone
    assert found.mg_per_day is None
    assert found.reason == "no glucocorticoid is recorded for the day"


def hsct(number: int, performed_on: str) -> Transplantation:
    return Transplantation("D-1", "autologous", number, performed_on)


@pytest.mark.parametrize(
    ("dates", "relation"),
    [
        ((), "no HSCT recorded"),
        (("2019",), "before"),
        (("2022-01-01",), "after"),
        (("2021-05-14",), "same day"),
        (("2019", "2023"), "both"),
        (("2019", "2020"), "before"),
        (("2019", "2021-05-14"), "before and same day"),
        (("2019", "2021"), "cannot be decided"),
        (("",), "cannot be decided"),
    ],
)
def test_transplants_stand_before_after_or_on_both_sides(
    dates: tuple[str, ...], relation: str
) -> None:
    transplants = [hsct(number, day) for number, day in enumerate(dates, 1)]
    assert facts_of(COLLECTION, (), transplants).hsct_relation == relation


@pytest.mark.parametrize(
    ("performed_on", "days", "months"),
    [
        ("2021-05-04", "10", "0"),
        ("2021-05-24", "-10", "0"),
        ("2020-05", "between 348 and 378", "between 11 and 12"),
        ("2019", "between 500 and 864", "between 16 and 28"),
        ("", "", ""),
    ],
)
def test_days_from_a_transplant_are_a_number_only_between_two_days(
    performed_on: str, days: str, months: str
) -> None:
    (fact,) = facts_of(COLLECTION, (), [hsct(1, performed_on)]).transplants
    assert (fact.days, fact.months) == (days, months)


@pytest.mark.parametrize(
    ("age_years", "group"),
    [
        (None, ""),
        (0.83, "0–9"),
        (9.99, "0–9"),
        (10, "10–19"),
        (89.9, "80–89"),
        (90, "90+"),
        (104, "90+"),
    ],
)
def test_ages_are_told_in_groups_of_ten_years(age_years: float | None, group: str) -> None:
    assert age_group(age_years) == group


def test_few_donors_of_one_profile_are_a_small_cell() -> None:
    common = Profile("SLE", "female", "30–39", "")
    rare = Profile("SLE", "female", "30–39", "2019")
    donors = [(f"D-{number}", common) for number in range(5)]
    twice = [("D-8", rare), ("D-8", rare), ("D-9", rare)]
    (found,) = small_cells([*donors, *twice])
    assert found.donor_codes == ("D-8", "D-9")
    assert str(found.profile) == "SLE, female, 30–39 years, HSCT in 2019"
    assert len(small_cells([*donors, *twice], fewest=6)) == 2


def consent(given: str, withdrawn: str = "", permits_export: str = "yes") -> ConsentRecord:
    day = date.fromisoformat(withdrawn) if withdrawn else None
    return ConsentRecord(f"of {given}", date.fromisoformat(given), day, permits_export)


@pytest.mark.parametrize(
    ("consents", "state"),
    [
        ((), ConsentState.NOT_RECORDED),
        ((consent("2020-01-01"),), ConsentState.GIVEN),
        ((consent("2020-01-01", permits_export=""),), ConsentState.NOT_SAID),
        ((consent("2020-01-01", permits_export="no"),), ConsentState.NO_EXPORT),
        ((consent("2020-01-01", "2021-01-01"),), ConsentState.WITHDRAWN),
        ((consent("2020-01-01", "2020-01-01"),), ConsentState.WITHDRAWN),
        ((consent("2020-01-01", "2021-01-01"), consent("2022-01-01")), ConsentState.GIVEN),
        ((consent("2020-01-01", "2022-01-01"), consent("2022-01-01")), ConsentState.GIVEN),
        ((consent("2020-01-01", "2023-01-01"), consent("2022-01-01")), ConsentState.WITHDRAWN),
        (
            (consent("2020-01-01", permits_export="no"), consent("2022-01-01")),
            ConsentState.GIVEN,
        ),
        (
            (consent("2020-01-01"), consent("2022-01-01", permits_export="no")),
            ConsentState.NO_EXPORT,
        ),
        (
            (consent("2022-01-01", permits_export="no"), consent("2022-01-01")),
            ConsentState.NO_EXPORT,
        ),
    ],
)
def test_the_newest_consent_counts_and_only_a_newer_one_takes_a_withdrawal_back(
    consents: tuple[ConsentRecord, ...], state: ConsentState
) -> None:
    for order in (consents, consents[::-1]):
        assert standing_of(order).state is state
    assert standing_of(consents).state.blocks == (state in {"withdrawn", "no export"})


def test_numbers_and_months_of_a_transplant_bound_the_days_that_its_date_leaves_open() -> None:
    first = Transplantation("D-1", "allogeneic", 1, "2021")
    second = Transplantation("D-1", "autologous", 2, "2021-05-13")
    third = Transplantation("D-1", "allogeneic", 3, "2021", offset_code="C-1", months_before=-1.0)
    facts = facts_of(COLLECTION, (), (first, second, third))
    assert facts.hsct_relation == "both"
    assert [fact.days for fact in facts.transplants] == [
        "between 1 and 133",
        "1",
        "between -231 and -1",
    ]
    assert facts.transplants[0].reason == (
        "HSCT 2 of 'D-1' came later, and before the collection 'C-1'"
    )
