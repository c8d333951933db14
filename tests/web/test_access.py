"""Who may open a page, and what no answer of ours ever does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from pages import PASSWORD, Person, token_of

from lims_msc.web.blueprint import ADDRESSES

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


READER_MAY_NOT = [
    ("/studies", {"code": "S-2", "title": "x"}),
    (
        "/materials/batches",
        {
            "batch_code": "B-2",
            "donor_code": "D-2",
            "sex": "male",
            "tissue": "BM",
            "health_status": "healthy",
        },
    ),
    ("/materials/responders", {"responder_code": "R-2", "cell_type": "PBMC"}),
]


@pytest.mark.parametrize(("path", "fields"), READER_MAY_NOT)
def test_a_reader_may_look_but_not_enter_anything(
    sign_in: SignIn, path: str, fields: dict[str, str]
) -> None:
    person = sign_in("rhea")
    assert person.get("/studies").status_code == 200
    answer = person.post(path, **fields)
    assert answer.status_code == 403
    assert "Rhea Leser may not" in answer.text


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
