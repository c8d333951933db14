"""Consent: what blocks an export, whose consent counts, and what stands beside the export."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import People
from factories import add_analysis, new_batch, take

from lims_msc.demo.invented import BATCH, RESPONDER
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.fields import Entry, Values
from lims_msc.domain.review import ReviewAction
from lims_msc.errors import IllegalTransition
from lims_msc.models import Export, Study
from lims_msc.registry import Registry
from lims_msc.services import curve_pages, export_checks, exports, materials, plate_pages, register
from lims_msc.services.consents import consent_findings, withdrawn
from lims_msc.services.transaction import Database

FORMATS = ("pack", "curves_csv", "readings_csv", "figure_svg")


def consent(donor: str, version: str = "1", **changes: object) -> Entry:
    values = {"donor_code": donor, "consent_version": version, "given_on": date(2020, 1, 1)}
    return Entry("consent", {**values, "permits_export": "yes", **changes})  # type: ignore[arg-type]


WITHDRAWN_ON = date(2026, 3, 1)


def put(database: Database, people: People, *entries: Entry) -> None:
    with database.unit_of_work(people.technician, "test") as session:
        register.register(session, people.technician, entries)


def entry(kind: str, **values: object) -> Entry:
    return Entry(kind, values)  # type: ignore[arg-type]


def of_study(database: Database) -> tuple[Finding, ...]:
    with database.reading() as session:
        return export_checks.study_findings(session, 1)


@pytest.fixture
def approved(analysed: Database, people: People) -> Database:
    """The invented plate is approved; 'D-2' is in the pool of its responders, 'G' gave a graft."""
    take(analysed, people.technician, 1, ReviewAction.SUBMIT)
    take(analysed, people.reviewer, 1, ReviewAction.APPROVE)
    put(
        analysed,
        people,
        *(entry("donor", donor_code=code, sex="male") for code in ("D-2", "G", "D-9")),
        entry("pool_member", responder_code=RESPONDER, donor_code="D-2"),
        entry(
            "hsc_graft",
            graft_code="HG-1",
            recipient_code="D-2",
            graft_donor_code="G",
            graft_source="bone marrow",
            graft_manipulation="none",
        ),
        entry(
            "hsc_graft",
            graft_code="HG-2",
            recipient_code="D-2",
            graft_source="cord blood",
            graft_manipulation="none",
        ),
    )
    return analysed


@pytest.mark.parametrize(
    ("donor", "part"),
    [
        ("D-1", f"MSC of the batch '{BATCH}'"),
        ("D-2", f"cells in the pool '{RESPONDER}'"),
        ("G", "graft 'HG-1' in the blood of 'D-2'"),
    ],
)
def test_a_withdrawn_consent_of_anybody_whose_cells_are_in_it_blocks_the_export(
    approved: Database, registry: Registry, people: People, donor: str, part: str
) -> None:
    put(approved, people, consent(donor, withdrawn_on=WITHDRAWN_ON))
    with (
        approved.unit_of_work(people.reviewer, "for the paper") as session,
        pytest.raises(IllegalTransition) as refusal,
    ):
        exports.export_study(session, registry, people.reviewer, 1, "curves_csv")
    said = f"The donor '{donor}' withdrew consent on 2026-03-01: nothing of this may be exported"
    assert said in refusal.value.message
    assert part in refusal.value.message
    assert "newer consent" in refusal.value.hint


def test_no_format_leaves_and_nothing_is_recorded_as_left(
    approved: Database, registry: Registry, people: People
) -> None:
    put(approved, people, consent("D-1", permits_export="no"))
    for format_key in FORMATS:
        with (
            pytest.raises(IllegalTransition, match=r"given on 2020-01-01, does not permit export"),
            approved.unit_of_work(people.reviewer, "for the paper") as session,
        ):
            exports.export_study(session, registry, people.reviewer, 1, format_key)
    with approved.reading() as session:
        assert session.query(Export).count() == 0


def test_a_newer_consent_opens_the_export_again_and_others_do_not_matter(
    approved: Database, registry: Registry, people: People
) -> None:
    newer = consent("D-1", "2", given_on=WITHDRAWN_ON)
    put(approved, people, consent("D-1", withdrawn_on=WITHDRAWN_ON), newer)
    put(approved, people, consent("D-9", withdrawn_on=WITHDRAWN_ON))
    with approved.unit_of_work(people.reviewer, "for the paper") as session:
        assert exports.export_study(session, registry, people.reviewer, 1, "curves_csv").data


def test_pages_carry_the_flag_and_no_table_of_the_plate_is_handed_out(
    approved: Database, registry: Registry, people: People
) -> None:
    put(approved, people, consent("D-1", withdrawn_on=WITHDRAWN_ON))
    with approved.reading() as session:
        plate = plate_pages.plate_page(session, registry, 1)
        curve = curve_pages.curve_page(session, registry, people.reader, 1)
        for format_key in FORMATS:
            with pytest.raises(IllegalTransition, match=r"cannot be exported\. The donor 'D-1'"):
                exports.table_of_plate(session, registry, 1, format_key)
    for page in (plate, curve):
        assert [f.code for f in page.consents if f.level is Level.ERROR] == ["consent.withdrawn"]


def test_missing_consents_are_noted_and_hold_nothing_back(
    approved: Database, people: People
) -> None:
    put(approved, people, consent("D-1", permits_export=""), consent("G"))
    notes = {f.code: f for f in of_study(approved) if f.code.startswith("consent.")}
    assert {f.level for f in notes.values()} == {Level.NOTE}
    assert "the donor 'D-2'" in notes["consent.not_recorded"].message
    assert "the donor 'D-1'" in notes["consent.export_not_said"].message


def test_the_consent_behind_one_responder_counts_by_person_and_by_blood(
    approved: Database, people: People
) -> None:
    blood: Values = {
        "collection_code": "C-9",
        "donor_code": "D-9",
        "collected_on": date(2020, 1, 1),
        "tissue": "PB",
        "health_status": "unknown",
    }
    made = {"cell_type": "PBMC", "pool_size": 1}
    put(
        approved,
        people,
        Entry("collection", blood),
        entry("responder", responder_code="R-8", donor_code="D-9", **made),
        entry("responder", responder_code="R-9", collection_code="C-9", **made),
        consent("D-9", withdrawn_on=WITHDRAWN_ON),
    )
    for code in ("R-8", "R-9"):
        with approved.reading() as session:
            (found,) = consent_findings(session, responder_codes=[code])
        assert f"responder '{code}'" in found.message
    with approved.reading() as session:
        assert withdrawn(session, ["D-1", "D-9", "nobody"]) == {"D-9": WITHDRAWN_ON}
        assert consent_findings(session) == ()


def test_few_donors_of_one_kind_are_a_warning_beside_the_export(
    approved: Database, people: People
) -> None:
    warnings = [f for f in of_study(approved) if f.code == "export.small_cells"]
    (warning,) = warnings
    assert warning.level is Level.WARNING
    assert "healthy, female, age not recorded, no HSCT year ('D-1')" in warning.message
    with approved.unit_of_work(people.technician, "test") as session:
        session.get_one(Study, 1).is_simulated = True
    assert of_study(approved) == ()


def test_the_year_of_a_transplant_and_the_age_group_belong_to_what_is_counted(
    lab: Database, registry: Registry, people: People
) -> None:
    put(
        lab,
        people,
        entry(
            "transplant",
            donor_code="D-1",
            transplant_number=1,
            transplant_type="autologous",
            performed_on="2019-05",
        ),
    )
    with lab.unit_of_work(people.technician, "test") as session:
        other = new_batch(batch_code="OTHER", donor_code="D-OTHER")
        materials.register_batch(session, people.technician, other)
    assert of_study(lab) == ()
    add_analysis(lab, registry, people.technician)
    (warning,) = (f for f in of_study(lab) if f.code == "export.small_cells")
    assert "HSCT in 2019 ('D-1')" in warning.message
    assert "D-OTHER" not in warning.message
