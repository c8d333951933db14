"""The pages of a batch, of a lineage and of in-vivo use, as a person meets them."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from conftest import People
from counters import nc_view
from factories import add_plate
from families import add, entry, mouse, outcomes, three_generations
from flask import Flask
from pages import Person

from lims_msc.web.state import State

SignIn = Callable[[str], Person]
BATCH = "/batches/FAM-P2"


@pytest.fixture
def lab(app: Flask, people: People) -> State:
    """The laboratory with a family of three generations and a passage of its second."""
    lab: State = app.extensions["lims_msc"]
    harvest = entry(
        "passage",
        batch_code="FAM-P2",
        passage=2,
        seeded_viable_cells=6e5,
        harvested_viable_cells=4.2e6,
        harvest_volume_ml=2.0,
        culture_hours=96.0,
    )
    add(lab.database, people, [*three_generations(), harvest])
    return lab


@pytest.fixture
def anna(sign_in: SignIn, lab: State) -> Person:
    assert lab
    return sign_in("anna")


def add_use(lab: State, people: People, code: str, values: dict[int, float]) -> None:
    given = [mouse(code, "FAM-P2"), *outcomes(code, values, "<b>score")]
    add(lab.database, people, given)


# --- the batch ----------------------------------------------------------------------------------


def test_a_batch_leads_to_its_family_its_vials_its_lineage_and_its_form(anna: Person) -> None:
    page = anna.get(BATCH).text
    for address in (
        "/batches/FAM-P1",
        "/batches/FAM-P3",
        "/batches/FAM-P2/vials",
        "/in-vivo",
    ):
        assert f'href="{address}"' in page
    assert "FAM-DONOR</a>, female" in page
    assert re.search(r'href="/lineage/batch/\d+"', page)
    assert re.search(r'href="/records/batch/\d+/change"', page)
    assert "/records/passage/new?batch_code=FAM-P2" in page
    for words in (
        "Not used in vivo",
        "No release test",
        "No vials",
        "No counts yet",
        "No curve of this batch",
    ):
        assert words in page


def test_a_person_who_may_not_write_gets_no_buttons_to_write(sign_in: SignIn, anna: Person) -> None:
    assert anna
    page = sign_in("rhea").get(BATCH).text
    assert "/change" not in page
    assert "/new?" not in page


def test_a_count_is_given_to_the_newest_passage_and_contradicts_the_harvest(anna: Person) -> None:
    source = nc_view()
    answer = anna.post(f"{BATCH}/files", file=(io.BytesIO(source.data), source.file_name))
    preview = answer.headers["Location"]
    seen = anna.get(preview).text
    assert re.findall(r'<option value="(\d*)">([^<]+)<', seen) == [
        ("2", "P2"),
        ("", "not of a passage"),
    ]
    answer = anna.post(f"{preview}/accept", sample="MSC-A", passage="2")
    assert answer.headers["Location"] == BATCH
    page = anna.get(BATCH).text
    assert "2\u202f300\u202f000 viable cells" in page
    assert "contradicts the 4\u202f200\u202f000 that are registered (−45 %)" in page


def test_a_passage_that_is_no_number_or_not_registered_is_refused(anna: Person) -> None:
    source = nc_view()
    answer = anna.post(f"{BATCH}/files", file=(io.BytesIO(source.data), source.file_name))
    preview = answer.headers["Location"]
    for entered in ("two", "7"):
        answer = anna.post(f"{preview}/accept", sample="MSC-A", passage=entered)
        assert answer.status_code == 422
        assert f"'{entered}'" in html.unescape(answer.text)
    assert "No counts yet" in anna.get(BATCH).text


def test_a_withdrawn_consent_stands_at_the_top(anna: Person, lab: State, people: People) -> None:
    consent = entry(
        "consent",
        donor_code="FAM-DONOR",
        consent_version="v1",
        given_on=date(2025, 1, 1),
        withdrawn_on=date(2026, 2, 1),
    )
    add(lab.database, people, [consent])
    page = anna.get(BATCH).text
    assert page.index("withdrew consent on 2026-02-01") < page.index("<h2>")


# --- the lineage --------------------------------------------------------------------------------


def test_every_box_of_the_drawing_is_a_link_and_stands_in_the_list(
    anna: Person, lab: State, people: People
) -> None:
    vial = entry("vial", vial_code="V-1", batch_code="FAM-P2", vial_state="available")
    add(lab.database, people, [vial])
    address = re.search(r'href="(/lineage/batch/\d+)"', anna.get(BATCH).text)
    assert address is not None
    page = anna.get(address[1]).text
    boxes = re.findall(r'<a href="([^"]+)" class="msc-node', page)
    listed = re.findall(r'<li><a href="([^"]+)"', page)
    assert sorted(boxes) == sorted(listed)
    assert len(boxes) == 11
    assert "/batches/FAM-P2/vials" in boxes
    for box in boxes:
        assert anna.get(box).status_code == 200, box
    assert "style=" not in page


@pytest.mark.parametrize("kind_key", ["donor", "collection", "responder"])
def test_a_record_of_the_family_leads_to_its_lineage(
    anna: Person, lab: State, people: People, kind_key: str
) -> None:
    vial = entry("vial", vial_code="V-2", responder_code="FAM-PBMC", vial_state="available")
    add(lab.database, people, [vial])
    codes = {"donor": "FAM-DONOR", "collection": "FAM-COL-A", "responder": "FAM-PBMC"}
    record = anna.client.get(f"/records/{kind_key}/of/{codes[kind_key]}", follow_redirects=True)
    address = re.search(rf'href="(/lineage/{kind_key}/\d+)"', record.text)
    assert address is not None
    page = anna.get(address[1]).text
    assert f"Lineage of {codes[kind_key]}" in page
    assert ("/responders/FAM-PBMC/vials" in page) == (kind_key == "responder")


def test_what_is_folded_leads_to_the_record_that_lists_it(
    anna: Person, lab: State, people: People
) -> None:
    more = [
        entry("batch", batch_code=f"FAM-X{n:02}", collection_code="FAM-COL-B", passage=2)
        for n in range(12)
    ]
    add(lab.database, people, more)
    address = re.search(r'href="(/lineage/batch/\d+)"', anna.get("/batches/FAM-OTHER").text)
    assert address is not None
    page = anna.get(address[1]).text
    (folded,) = re.findall(r'<a href="([^"]+)" class="msc-node msc-node-more"', page)
    assert "and 5 more batches" in page
    assert "Collection FAM-COL-B" in anna.get(folded).text


def test_a_plate_of_a_batch_leads_to_its_page(anna: Person, lab: State, people: People) -> None:
    plate_id = add_plate(lab.database, lab.registry, people.technician)
    batch = anna.get("/batches/INV-MSC-1").text
    address = re.search(r'href="(/lineage/batch/\d+)"', batch)
    assert address is not None
    assert f'href="/plates/{plate_id}" class="msc-node msc-node-plate"' in anna.get(address[1]).text


def test_what_has_no_lineage_is_not_found(anna: Person) -> None:
    for address in ("/lineage/vial/1", "/lineage/batch/999"):
        assert anna.get(address).status_code == 404


# --- in vivo ------------------------------------------------------------------------------------


def test_an_effect_is_shown_with_what_it_is_made_of_and_names_are_never_run(
    anna: Person, lab: State, people: People
) -> None:
    add_use(lab, people, "U1", {10: 3.0, 28: 1.0})
    add_use(lab, people, "U2", {12: 3.0, 20: 2.0})
    page = anna.get("/in-vivo?day=28").text
    assert "M-U1: 3 (day 10) → 1, +2, better" in page
    assert "no value on day 28" in page
    assert "1 of 2" in page
    assert "<b>score" not in page
    charts = [json.loads(html.unescape(c)) for c in re.findall(r"data-chart='([^']+)'", page)]
    assert [s["points"][0]["y"] for s in charts[0]["series"]] == [3.0, 3.0]
    assert charts[0]["y"]["name"] == "<b>score (points), lower is better"
    assert "No batch in vivo has a curve yet" in page


def test_the_page_of_in_vivo_use_is_there_before_any_use(sign_in: SignIn) -> None:
    page = sign_in("rhea").get("/in-vivo").text
    assert "No use in vivo is registered" in page
    assert "No outcomes are registered" in page


@pytest.mark.parametrize(("entered", "status"), [("28", 200), ("-7", 200), ("soon", 422)])
def test_a_day_is_a_whole_number(sign_in: SignIn, entered: str, status: int) -> None:
    answer = sign_in("rhea").get(f"/in-vivo?day={entered}")
    assert answer.status_code == status
    assert ("'soon'" in html.unescape(answer.text)) == (status == 422)


@pytest.mark.parametrize("path", [BATCH, "/lineage/batch/2", "/in-vivo"])
def test_a_page_needs_no_style_sheet_beyond_those_that_hosts_link(anna: Person, path: str) -> None:
    sheets = re.findall(r'rel="stylesheet" href="[^"]*/([^"/]+)"', anna.get(path).text)
    assert sheets == ["bootstrap.min.css", "lims-msc.css"]


def test_a_batch_leads_to_what_its_donor_had_before(anna: Person) -> None:
    page = anna.get(BATCH).text
    address = re.search(r'<dt>Had before</dt><dd><a href="([^"]+)"', page)
    assert address
    assert "What was true on the day" in anna.get(address[1]).text


def test_the_short_form_of_a_batch_names_all_that_cannot_be_read_at_once(anna: Person) -> None:
    typed = {
        "batch_code": "00123",
        "donor_code": "D-9",
        "sex": "male",
        "tissue": "BM",
        "health_status": "patient",
        "diagnosis": "",
        "diagnosis_words": "MS",
        "collected_on": "2025-02-30",
        "age_at_collection_years": "34,5x",
        "passage": "P3",
    }
    answer = anna.post("/materials/batches", **typed)
    assert answer.status_code == 422
    told = html.unescape(answer.text)
    for words in ("'00123'", "'MS' may mean", "no day '2025-02-30'", "'34,5x' is", "'P3' is not a"):
        assert words in told, words
    right = {"batch_code": "B-9", "diagnosis_words": "SLE", "collected_on": "2025-02-28"}
    right |= {"age_at_collection_years": "34,5", "passage": "3"}
    assert anna.post("/materials/batches", **{**typed, **right}).status_code == 302
    assert "34.5 years" in anna.get("/batches/B-9").text
