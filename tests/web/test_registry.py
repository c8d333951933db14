"""The page of the workbook of records: get one, upload one, look at what it would do, store it."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from pages import Person
from registry_books import many_batches, plain
from werkzeug.test import TestResponse

from lims_msc.domain.importing import Source
from lims_msc.domain.registry_example import example_records

SignIn = Callable[[str], Person]


def upload(person: Person, source: Source) -> TestResponse:
    return person.post("/registry/files", file=(io.BytesIO(source.data), source.file_name))


def dry_run_of(person: Person, source: Source) -> str:
    answer = upload(person, source)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def hidden(page: str, name: str) -> str:
    (value,) = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return str(value)


@pytest.fixture
def anna(sign_in: SignIn) -> Person:
    return sign_in("anna")


@pytest.mark.parametrize(("query", "first"), [("", None), ("?example=1", "D-EX-A")])
def test_the_template_is_sent_empty_or_with_the_example(
    anna: Person, query: str, first: str | None
) -> None:
    answer = anna.get(f"/registry/template.xlsx{query}")
    assert "registry-template.xlsx" in answer.headers["Content-Disposition"]
    assert load_workbook(io.BytesIO(answer.data))["Donors"]["A2"].value == first


def test_a_workbook_goes_from_its_dry_run_into_the_registry_and_out_again(
    anna: Person, sign_in: SignIn
) -> None:
    address = dry_run_of(anna, plain(many_batches(8)))
    seen = anna.get(address).text
    assert "Nothing is stored yet" in seen
    batches = r'<th scope="row">Batches</th><td class="text-end">8</td><td class="text-end">0</td>'
    assert re.search(batches, seen)
    assert "required" not in re.findall(r'<input[^>]*id="reason"[^>]*>', seen)[0]
    answer = anna.post(f"{address}/accept", version=hidden(seen, "version"), reason="first")
    assert answer.headers["Location"] == "/registry"
    assert "is stored: 39 new records, 0 changed" in html.unescape(anna.get("/registry").text)
    assert "There is nothing to store" in anna.get(address).text
    dana = sign_in("dana")
    assert "Export all records" in dana.get("/registry").text
    exported = dana.post("/registry/export")
    sheet = load_workbook(io.BytesIO(exported.data))["Batches"]
    assert "MSC-00001-P4" in {cell.value for cell in sheet["A"]}


def test_mistakes_are_grouped_by_sheet_with_their_cells_and_cannot_be_stored(anna: Person) -> None:
    wrong = plain(
        example_records(),
        ("Donors", "B2", "femal"),
        ("Passages", "F2", "1.234"),
        ("Donors", "D1", "Geburtsdatum"),
        ("Donors", "D2", "Erika 1980"),
    )
    answer = upload(anna, wrong)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "3 things must be corrected" in page
    assert page.index("Sheet Donors") < page.index("cell B2") < page.index("Sheet Passages")
    assert "may mean 1.234 or 1234" in page
    assert "Erika" not in page
    assert "Store all of it" not in page


def test_only_the_first_of_many_mistakes_are_shown_with_their_number(anna: Person) -> None:
    donors = [{"donor_code": f"D-{number}", "sex": "x"} for number in range(250)]
    page = upload(anna, plain({"donor": donors})).text
    assert "The first 200 of 250 are shown" in page
    assert page.count("msc-finding-error") == 200


def test_changes_are_shown_with_links_to_their_cells_and_need_a_reason(anna: Person) -> None:
    first = anna.get(address := dry_run_of(anna, plain(example_records()))).text
    anna.post(f"{address}/accept", version=hidden(first, "version"))
    changed = plain(example_records(), ("Collections", "G2", 35), name="changed.xlsx")
    seen = anna.get(address := dry_run_of(anna, changed)).text
    assert re.search(r"<td>34.5</td><td>35</td>\s*<td><a [^>]*>Collections!G2</a>", seen)
    assert "required" in re.findall(r'<input[^>]*id="reason"[^>]*>', seen)[0]
    (link,) = re.findall(r'<a class="msc-cell" href="([^"]+)"', seen)
    assert 'id="msc-target">35<' in anna.get(html.unescape(link)).text
    version = hidden(seen, "version")
    refused = anna.post(f"{address}/accept", version=version)
    assert refused.status_code == 422
    assert "no reason is given" in refused.text
    assert anna.post(f"{address}/accept", version="old", reason="x").status_code == 409
    assert anna.post(f"{address}/accept", version=version, reason="typing").status_code == 302


def test_a_reader_may_get_the_template_and_nothing_else(sign_in: SignIn, anna: Person) -> None:
    address = dry_run_of(anna, plain(example_records()))
    rhea = sign_in("rhea")
    page = rhea.get("/registry").text
    assert "Export all records" not in page
    assert "Show what it would do" not in page
    assert rhea.get("/registry/template.xlsx").status_code == 200
    for answer in (
        upload(rhea, plain({})),
        rhea.get(address),
        rhea.post(f"{address}/accept", reason="x"),
        rhea.post("/registry/export"),
        anna.post("/registry/export"),
    ):
        assert answer.status_code == 403
        assert "may not" in answer.text


def test_names_of_files_and_contents_of_cells_are_shown_and_never_run(anna: Person) -> None:
    script = "<script>alert(1)</script>"
    source = plain(example_records(), ("Donors", "B2", script), name=f"{script}.xlsx")
    page = upload(anna, source).text
    assert "<script>alert" not in page
    assert f"'{script}' is not one of the choices" in html.unescape(page)


def test_a_file_that_is_no_workbook_of_records_is_refused_with_the_remedy(anna: Person) -> None:
    answer = upload(anna, Source("x.csv", b"a,b\n1,2\n"))
    assert answer.status_code == 422
    assert "Download the template" in answer.text
