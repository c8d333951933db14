"""The page of a batch and the preview of a counter's file, as a person meets them."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from counters import TWO_SAMPLES, changed, nc_view
from flask import Flask
from lims_msc.importers.nc_view import NCView
from pages import Person
from werkzeug.test import TestResponse

from lims_msc.domain.importing import Source

SignIn = Callable[[str], Person]
BATCH = "/batches/INV-MSC-1"


def upload(person: Person, source: Source) -> TestResponse:

    return person.post(f"{BATCH}/files", file=(io.BytesIO(source.data), source.file_name))


def preview_of(person: Person, source: Source) -> str:
    answer = upload(person, source)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


@pytest.fixture
def anna(sign_in: SignIn) -> Person:
    return sign_in("anna")


def test_the_materials_lead_to_the_page_of_a_batch_with_its_donor(anna: Person) -> None:
    assert f'href="{BATCH}"' in anna.get("/materials").text
    page = anna.get(BATCH).text
    for words in (">D-1</a>, female", "bone marrow", "healthy", "No counts yet", "No curves yet"):
        assert words in page
    assert anna.get("/batches/none").status_code == 404


def test_an_accepted_sample_stands_on_the_page_and_its_numbers_lead_to_their_cells(
    anna: Person,
) -> None:
    preview = preview_of(anna, nc_view())
    seen = anna.get(preview).text
    assert "ChemoMetec NC-View" in seen
    assert 'value="MSC-A"' in seen
    assert "checked" not in seen
    answer = anna.post(f"{preview}/accept", sample="MSC-B")
    assert answer.headers["Location"] == BATCH
    page = anna.get(BATCH).text
    assert "1 count is stored" in page
    assert "MSC-A" not in page
    links = re.findall(r'<a class="msc-cell" href="([^"]+)">([^<]+)</a>', page)
    assert [text for _, text in links] == ["840\u202f000", "630\u202f000", "75.0 %", "15.1 µm"]
    cells = [anna.get(html.unescape(address)).text for address, _ in links]
    for text, cell in zip(("840\u00a0000", "630\u00a0000", "75.0", "15.1"), cells, strict=True):
        assert f'msc-target" id="msc-target">{text}<' in cell


def test_a_single_sample_is_ticked_already(anna: Person) -> None:
    assert " checked" in anna.get(preview_of(anna, nc_view(TWO_SAMPLES[0]))).text


def test_nothing_ticked_is_refused_with_the_names_to_choose_from(anna: Person) -> None:
    answer = anna.post(f"{preview_of(anna, nc_view())}/accept")
    assert answer.status_code == 422
    assert "MSC-A" in answer.text
    assert "No counts yet" in anna.get(BATCH).text


def test_an_impossible_count_cannot_be_ticked_and_is_named_with_its_place(anna: Person) -> None:
    wrong = changed(TWO_SAMPLES[0], VIABILITY="105")
    seen = anna.get(preview_of(anna, nc_view(wrong, TWO_SAMPLES[1]))).text
    (box,) = re.findall(r'<input class="form-check-input"[^>]*value="MSC-A"[^>]*>', seen)
    assert "disabled" in box
    assert "which is over 100 %" in seen
    assert "2:8" in seen
    assert "Accept the ticked samples" in seen


def test_a_file_without_a_sample_to_accept_has_no_button(anna: Person) -> None:
    wrong = changed(TWO_SAMPLES[0], VIABILITY="105")
    seen = anna.get(preview_of(anna, nc_view(wrong))).text
    assert "No sample of this file can be accepted" in seen
    assert "Accept the ticked samples" not in seen


def test_an_accepted_sample_cannot_be_ticked_again_and_says_by_whom_it_was(anna: Person) -> None:
    preview = preview_of(anna, nc_view())
    anna.post(f"{preview}/accept", sample="MSC-A")
    seen = anna.get(preview).text
    assert "Already accepted for batch &#39;INV-MSC-1&#39;" in seen
    assert "by Anna Weiss" in seen
    assert anna.post(f"{preview}/accept", sample="MSC-A").status_code == 409


def test_names_of_a_file_are_shown_and_never_run(anna: Person) -> None:
    line = changed(TWO_SAMPLES[0], NAME='"><script>alert(1)</script>'.replace('"', ""))
    preview = preview_of(anna, nc_view(line))
    name = html.escape("><script>alert(1)</script>")
    assert "<script>alert" not in anna.get(preview).text
    assert name in anna.get(preview).text
    anna.post(f"{preview}/accept", sample="><script>alert(1)</script>")
    assert name in anna.get(BATCH).text
    assert "<script>alert" not in anna.get(BATCH).text


def test_a_reader_may_look_but_neither_upload_nor_accept(sign_in: SignIn, anna: Person) -> None:
    preview = preview_of(anna, nc_view())
    rhea = sign_in("rhea")
    assert rhea.get(BATCH).status_code == 200
    assert rhea.get(preview).status_code == 200
    for answer in (upload(rhea, nc_view()), rhea.post(f"{preview}/accept", sample="MSC-A")):
        assert answer.status_code == 403
        assert "Rhea Leser may not" in answer.text


class OtherNCView(NCView):
    """A second importer that knows the same files."""

    key = "other_nc_view"
    title = "Another NC-View"


def test_where_two_importers_know_a_file_the_person_chooses(app: Flask, anna: Person) -> None:
    lab = app.extensions["lims_msc"]
    more = {**lab.registry.importers, "other_nc_view": OtherNCView()}
    app.extensions["lims_msc"] = replace(lab, registry=replace(lab.registry, importers=more))
    preview = preview_of(anna, nc_view())
    question = anna.get(preview).text
    assert "Which format is it?" in question
    assert f'href="{BATCH}"' in question
    assert f"{preview}?importer=other_nc_view" in question
    seen = anna.get(f"{preview}?importer=other_nc_view").text
    assert "Recognised as <b>Another NC-View</b>" in seen
    answer = anna.post(f"{preview}/accept", sample="MSC-A", importer="other_nc_view")
    assert answer.headers["Location"] == BATCH
    assert "other_nc_view 1" in anna.get(BATCH).text
