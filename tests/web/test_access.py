"""Who may open a page, and what no answer of ours ever does."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from pages import PASSWORD, Person, token_of
from registry_books import plain
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lims_msc.domain.actor import Actor
from lims_msc.domain.records.fields import Entry, FieldKind
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.registry_example import example_records
from lims_msc.models import Base
from lims_msc.services import register
from lims_msc.web.blueprint import ADDRESSES
from lims_msc.web.state import State

SignIn = Callable[[str], Person]


def filled(address: str) -> str:
    """Return an address with a number in each of its places."""
    return re.sub(r"<int:\w+>", "1", address).replace("<key>", "pack")


@pytest.mark.parametrize(("method", "address"), [(m, a) for m, a, _, _ in ADDRESSES])
def test_nobody_gets_past_the_sign_in_page(app: Flask, method: str, address: str) -> None:
    answer = app.test_client().open(filled(address), method=method)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("address", [a for m, a, _, _ in ADDRESSES if m == "POST"])
@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_our_token_changes_nothing(
    sign_in: SignIn, address: str, token: str
) -> None:
    person = sign_in("anna")
    person.token = token
    answer = person.post(filled(address), code="S-2", title="x", batch_code="B", action="submit")
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("address", [a for m, a, _, _ in ADDRESSES if m == "POST"])
def test_no_change_is_made_by_opening_an_address(sign_in: SignIn, address: str) -> None:
    assert sign_in("anna").get(filled(address)).status_code in {404, 405, 200}
    allowed = {a for m, a, _, _ in ADDRESSES if m == "GET"}
    if address not in allowed:
        assert sign_in("anna").get(filled(address)).status_code == 405


VIALS = "/batches/INV-MSC-1/vials"
FROZEN = {"count": "1", "size": "9x9", "viable_cells_per_vial": "1000000"}
FROZEN |= {"frozen_on": "2026-03-01", "first_slot": "A1", "box": "7"}
RULES = {"rule_set": "HUCMSC", "version": "2020"}
# What a technician or a reviewer sends by each form; complete, so that only the person is wrong.
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "open_study": ("/studies", {"code": "S-2", "title": "x"}),
    "export_study": ("/studies/1/exports/pack", {}),
    "register_batch": (
        "/materials/batches",
        {
            "batch_code": "B-2",
            "donor_code": "D-2",
            "sex": "male",
            "tissue": "BM",
            "health_status": "healthy",
        },
    ),
    "register_responder": (
        "/materials/responders",
        {"responder_code": "R-2", "cell_type": "PBMC"},
    ),
    "upload_counts": ("/batches/INV-MSC-1/files", {"file": "x"}),
    "accept_counts": ("/batches/INV-MSC-1/files/1/accept", {"sample": "1"}),
    "upload_plate_map": ("/plate-maps", {"file": "x"}),
    "upload_file": ("/plates/1/files", {"file": "x"}),
    "accept": ("/plates/1/files/1/accept", {}),
    "create_record": ("/records/donor/new", {"donor_code": "D-2", "sex": "male"}),
    "amend_record": (
        "/records/donor/1/change",
        {"donor_code": "D-1", "sex": "male", "reason": "x"},
    ),
    "remove_record": ("/records/donor/1/remove", {"reason": "x"}),
    "rename_record": ("/records/donor/1/rename", {"reason": "x", "new_code": "D-2"}),
    "change_vial": ("/vials/V-1/state", {"action": "reserve", "reason": "x"}),
    "thaw_vial": ("/vials/V-1/thaw", {"thawed_on": "2026-03-02"}),
    "add_vials": (VIALS, FROZEN),
    "take_vial": (f"{VIALS}/take", {"purpose": "x"}),
    "add_responder_vials": ("/responders/INV-PBMC-1/vials", FROZEN),
    "take_responder_vial": ("/responders/INV-PBMC-1/vials/take", {"purpose": "x"}),
    "decide_release": (
        "/batches/INV-MSC-1/release",
        {**RULES, "verdict": "open", "comment": "x"},
    ),
    "copy_rule_set": ("/rule-sets", {**RULES, "new_name": "Ours", "new_version": "1"}),
    "export_registry": ("/registry/export", {}),
    "upload_registry": ("/registry/files", {"file": "x"}),
    "accept_registry": ("/registry/files/1/accept", {"reason": "x"}),
}


@pytest.fixture
def lab_with_a_vial(app: Flask, everybody: Actor, sign_in: SignIn) -> None:
    """A laboratory that has what the forms are about: a vial, and a workbook that was uploaded."""
    lab: State = app.extensions["lims_msc"]
    vial = Entry("vial", {"vial_code": "V-1", "batch_code": "INV-MSC-1", "vial_state": "available"})
    with lab.database.unit_of_work(everybody, "set up") as session:
        register.register(session, everybody, [vial])
    book = plain(example_records())
    answer = sign_in("anna").post("/registry/files", file=(io.BytesIO(book.data), book.file_name))
    assert answer.headers["Location"].endswith("/registry/files/1")


def send(person: Person, endpoint: str) -> TestResponse:
    path, fields = FORMS[endpoint]
    files = {"file": (io.BytesIO(b"x"), "x.xlsx")} if "file" in fields else {}
    return person.post(path, **{**fields, **files})


def test_a_reader_may_look_but_no_form_of_ours_takes_anything_from_one(
    lab_with_a_vial: None, app: Flask, sign_in: SignIn
) -> None:
    # Who may review is told by the table of reviews, which has tests of its own.
    everywhere = {endpoint for method, _, endpoint, _ in ADDRESSES if method == "POST"}
    assert FORMS.keys() == everywhere - {"review"}
    person = sign_in("rhea")
    assert person.get("/studies").status_code == 200
    before = rows(app)
    for endpoint in FORMS:
        answer = send(person, endpoint)
        assert answer.status_code == 403, endpoint
        assert "Rhea Leser may not" in answer.text, endpoint
    assert rows(app) == before


@pytest.mark.parametrize(
    ("login", "may_not"),
    [
        (
            "dana",
            (
                "upload_counts accept_counts upload_plate_map"
                " upload_file accept change_vial thaw_vial take_vial take_responder_vial"
                " decide_release"
            ),
        ),
        ("anna", "export_study decide_release export_registry"),
    ],
)
def test_nobody_does_the_work_of_another_by_a_form(
    lab_with_a_vial: None, sign_in: SignIn, login: str, may_not: str
) -> None:
    person = sign_in(login)
    # A record that was removed or renamed cannot be changed after that.
    refused = [e for e in FORMS if e != "remove_record" and send(person, e).status_code == 403]
    assert refused == may_not.split()


def rows(app: Flask) -> dict[str, int]:
    """Count the rows of every table."""
    lab: State = app.extensions["lims_msc"]
    with lab.database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_only_those_who_answer_for_results_read_the_audit_trail(sign_in: SignIn) -> None:
    assert sign_in("anna").get("/audit").status_code == 403
    assert "The chain is whole" in sign_in("paul").get("/audit").text


@pytest.mark.parametrize(
    ("login", "password"), [("anna", "wrong"), ("nobody", PASSWORD), ("", ""), ("anna", "")]
)
def test_a_wrong_login_and_a_wrong_password_get_the_same_answer(
    app: Flask, login: str, password: str
) -> None:
    client = app.test_client()
    token = token_of(client.get("/sign-in"))
    fields = {"login": login, "password": password, "csrf_token": token}
    answer = client.post("/sign-in", data=fields)
    assert answer.status_code == 401
    assert "The login or the password is not right." in answer.text
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_our_own_pages_only(app: Flask, target: str) -> None:
    client = app.test_client()
    token = token_of(client.get("/sign-in"))
    fields = {"login": "anna", "password": PASSWORD, "csrf_token": token, "next": target}
    answer = client.post("/sign-in", data=fields)
    assert answer.headers["Location"] == "/"


def test_signing_out_ends_the_session(sign_in: SignIn) -> None:
    person = sign_in("anna")
    assert person.post("/sign-out").headers["Location"] == "/sign-in"
    assert person.get("/").status_code == 302


def test_guessing_passwords_is_slowed_down(app: Flask) -> None:
    client = app.test_client()
    token = token_of(client.get("/sign-in"))
    fields = {"login": "anna", "password": "guess", "csrf_token": token}
    statuses = [client.post("/sign-in", data=fields).status_code for _ in range(21)]
    assert statuses[-1] == 429


@pytest.mark.parametrize("path", ["/", "/studies", "/materials", "/curves", "/status"])
def test_every_page_is_private_and_loads_nothing_from_elsewhere(sign_in: SignIn, path: str) -> None:
    answer = sign_in("anna").get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Cookie" in answer.headers["Vary"]
    assert "http://" not in answer.text.replace("http://localhost", "")
    assert "https://" not in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", answer.text)


def test_an_error_is_json_for_who_asks_for_json(sign_in: SignIn) -> None:
    answer = sign_in("anna").get("/plates/99", Accept="application/json")
    assert answer.status_code == 404
    assert answer.json == {
        "code": "not_found",
        "message": "There is no plate number 99.",
        "hint": "",
        "findings": [],
    }


HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
# Words of these fields are checked for what they mean.
CHECKED = frozenset({"limit_text", "result_text", "atc_code", "slot", "other_disease"})


def hostile_records() -> Iterator[Entry]:
    """Yield a record of each kind whose texts are markup and a word without end."""
    for kind in KINDS:
        for row in example_records()[kind.key]:
            texts = {
                field.name: f"{HOSTILE}{'W' * 60}"[: field.max_length]
                for field in kind.fields
                if field.kind in {FieldKind.TEXT, FieldKind.NOTE} or field.allows_other
                if field.name not in CHECKED and field.name not in kind.identity
            }
            yield Entry(kind.key, {**row, **texts})


def test_no_text_of_a_record_becomes_a_part_of_a_page(
    app: Flask, everybody: Actor, sign_in: SignIn
) -> None:
    lab: State = app.extensions["lims_msc"]
    with lab.database.unit_of_work(everybody, HOSTILE) as session:
        register.register(session, everybody, list(hostile_records()))
    person = sign_in("paul")
    words = (
        "/materials /boxes /in-vivo /audit /rule-sets /batches/MSC-EX-P1 /vials/V-EX-A"
        " /batches/MSC-EX-P1/vials /batches/MSC-EX-P1/release /vials/labels?code=V-EX-A"
        f" /find?q={quote(HOSTILE)} /records/batch?q={quote(HOSTILE)}"
    )
    pages = words.split()
    for kind in KINDS:
        pages += [f"/records/{kind.key}{rest}" for rest in ("", "/1", "/1/change")]
    pages += [f"/lineage/{key}/1" for key in ("donor", "collection", "batch", "responder")]
    shown = 0
    for page in pages:
        answer = person.client.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.text, page
        assert "&amp;49" not in answer.text, page
        shown += "&lt;script&gt;alert(1)" in answer.text
    assert shown > len(pages) / 2
