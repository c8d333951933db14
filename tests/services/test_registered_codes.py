"""New codes are checked when they are registered; codes and terms of before stay usable."""

from __future__ import annotations

import pytest
from conftest import People

from lims_msc.domain.records.fields import Entry
from lims_msc.errors import InputError
from lims_msc.models.materials import Donor
from lims_msc.services import materials, register
from lims_msc.services.transaction import Database

COLLECTION = {
    "collection_code": "C-1",
    "donor_code": "007",
    "tissue": "BM",
    "health_status": "healthy",
    "health_criteria": "blood donor",
}


@pytest.fixture
def lab_of_before(database: Database, people: People) -> Database:
    """A laboratory with a donor whose code was registered before codes were checked."""
    with database.unit_of_work(people.technician, "rows of before") as session:
        session.add(Donor(code="007", sex="unknown"))
    return database


def store(lab: Database, people: People, *entries: Entry) -> register.Plan:
    with lab.unit_of_work(people.technician, "test") as session:
        return register.register(session, people.technician, entries)


def test_a_code_of_before_can_be_referred_to_and_its_record_amended(
    lab_of_before: Database, people: People
) -> None:
    donor = Entry("donor", {"donor_code": "007", "sex": "female"})
    made = store(lab_of_before, people, donor, Entry("collection", COLLECTION))
    assert [planned.action.value for planned in made.records] == ["change", "create"]


@pytest.mark.parametrize("code", ["SEPT2", "008", "D-А1"])
def test_a_new_code_that_is_not_safe_is_refused(
    lab_of_before: Database, people: People, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        store(lab_of_before, people, Entry("donor", {"donor_code": code, "sex": "female"}))
    (finding,) = refused.value.findings
    assert finding.code == "field.donor_code"
    assert f"'{code}'" in finding.message


def test_the_short_forms_take_a_donor_of_before_and_no_new_code_that_is_not_safe(
    lab_of_before: Database, people: People
) -> None:
    with lab_of_before.unit_of_work(people.technician, "test") as session:
        good = materials.NewResponder("R-1", "PBMC", donor_code="007")
        materials.register_responder(session, people.technician, good)
        bad = materials.NewResponder("MAR-1", "PBMC", donor_code="008")
        with pytest.raises(InputError) as refused:
            materials.register_responder(session, people.technician, bad)
    assert [finding.code for finding in refused.value.findings] == [
        "field.responder_code",
        "field.donor_code",
    ]
    assert "1 March" in refused.value.findings[0].message


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("stromal cell", "MSC are CL:0000134"),
        ("CD4", "is not a term of the list of cells"),
    ],
)
def test_only_terms_that_can_be_chosen_are_stored(
    lab_of_before: Database, people: People, cells: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        store(
            lab_of_before,
            people,
            Entry("responder", {"responder_code": "R-1", "cell_type": cells, "pool_size": 1}),
        )
    assert [f.code for f in refused.value.findings] == ["field.cell_type"]
    assert said in refused.value.findings[0].message


@pytest.mark.parametrize("others", [0, 250], ids=["compared by the database", "compared here"])
def test_a_small_l_is_taken_for_a_1_and_a_capital_one_is_not(
    database: Database, people: People, others: int
) -> None:
    more = [f"D-{chr(65 + n % 26)}{n:03d}X" for n in range(others)]
    codes = ["PL1", "P11", *more]
    store(
        database, people, *(Entry("donor", {"donor_code": code, "sex": "female"}) for code in codes)
    )
    again = [
        Entry("donor", {"donor_code": code, "sex": "female"})
        for code in ("Pl1", "PlL", "PLL", *more)
    ]
    with database.reading() as session:
        said = [finding.message for finding in register.plan(session, again).findings]
    assert said == [
        "'Pl1' is easily taken for 'PL1', which is registered already.",
        "'PLL' is easily taken for 'PlL', which is entered too.",
    ]
