"""Relations, derived facts and consent as a person sees them on pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from pages import Person

from lims_msc.demo.invented import BATCH
from lims_msc.domain.actor import Actor
from lims_msc.domain.records.fields import Entry
from lims_msc.domain.records.kinds import kind_of
from lims_msc.services import register
from lims_msc.services.record_tables import ids_of_codes

BLOOD = {
    "collection_code": "C-BLOOD",
    "donor_code": "D-1",
    "collected_on": date(2021, 3, 1),
    "tissue": "PB",
    "health_status": "unknown",
}
ENTRIES = [
    ("collection", BLOOD),
    (
        "transplant",
        {
            "donor_code": "D-1",
            "transplant_number": 1,
            "transplant_type": "allogeneic",
            "performed_on": "2019",
        },
    ),
    (
        "treatment",
        {
            "donor_code": "D-1",
            "drug": "budesonide",
            "treatment_class": "glucocorticoid",
            "dose": 9.0,
            "dose_unit": "mg/day",
            "started_on": "2020",
        },
    ),
    (
        "consent",
        {
            "donor_code": "D-1",
            "consent_version": "1",
            "given_on": date(2018, 5, 1),
            "withdrawn_on": date(2026, 3, 1),
        },
    ),
]


@pytest.fixture
def anna(app: Flask, sign_in: Callable[[str], Person], everybody: Actor) -> Person:
    with app.extensions["lims_msc"].database.unit_of_work(everybody, "test") as session:
        register.register(session, everybody, [Entry(*entry) for entry in ENTRIES])
    return sign_in("anna")


def number(app: Flask, kind_key: str, code: str) -> int:
    with app.extensions["lims_msc"].database.reading() as session:
        return ids_of_codes(session, kind_of(kind_key), [code])[code]


def test_a_donor_is_shown_in_the_order_of_time_with_the_withdrawal(
    app: Flask, anna: Person
) -> None:
    page = anna.get(f"/records/donor/{number(app, 'donor', 'D-1')}").text
    assert "withdrew consent on 2026-03-01" in page
    places = [page.index(f">{what}<") for what in ("Consent given", "HSCT", "Treatment from")]
    assert places == sorted(places)


def test_a_collection_says_what_was_true_on_the_day_and_why_a_number_is_missing(
    app: Flask, anna: Person
) -> None:
    page = anna.get(f"/records/collection/{number(app, 'collection', 'C-BLOOD')}").text
    assert "before the collection" in page
    assert "between 426 and 790" in page
    assert "no number: no equivalent is kept for &#39;budesonide&#39;" in page


def test_the_page_of_a_batch_carries_the_banner(anna: Person) -> None:
    assert "nothing of this may be exported" in anna.get(f"/batches/{BATCH}").text
