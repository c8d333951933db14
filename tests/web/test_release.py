"""The pages of release: hold a batch against a rule set, record the verdict, copy a rule set."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from pages import Person

SignIn = Callable[[str], Person]
PAGE = "/batches/INV-MSC-1/release"


def test_what_is_missing_is_named_and_leads_to_its_form(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    page = html.unescape(anna.get(f"{PAGE}?rule_set=HUCMSC&version=2020").text)
    assert "endotoxin was not tested." in page
    assert "/records/release_test/new?batch_code=INV-MSC-1&test_name=endotoxin" in page
    assert "A reviewer records the verdict." in page
    assert anna.post(PAGE, rule_set="HUCMSC", version="2020", verdict="open").status_code == 403


def test_a_reviewer_records_the_verdict_and_the_batch_shows_it(sign_in: SignIn) -> None:
    paul = sign_in("paul")
    fields = {"rule_set": "HUCMSC", "version": "2020", "verdict": "open"}
    assert paul.post(PAGE, **fields).status_code == 422
    assert paul.post(PAGE, **fields, comment="waits for endotoxin").status_code == 302
    page = html.unescape(paul.get(PAGE).text)
    assert "waits for endotoxin" in page
    assert "<b>endotoxin</b>: not tested. endotoxin was not tested." in page
    assert "nothing changed" in page
    assert paul.post(PAGE, **fields, comment="again", seen="of before").status_code == 409
    assert "HUCMSC 2020" in paul.get("/batches/INV-MSC-1").text
    assert paul.post(PAGE, **{**fields, "verdict": "pass"}).status_code == 409


@pytest.mark.parametrize("chosen", ["UC%20trial|BMJ%20Open", "ISCT|2025"])
def test_every_rule_set_can_be_chosen(sign_in: SignIn, chosen: str) -> None:
    answer = sign_in("rhea").client.get(
        f"{PAGE}/choose", query_string={"set": chosen}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert f'value="{chosen}" selected' in answer.text


def test_a_batch_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("rhea").get("/batches/NOBODY/release").status_code == 404


def test_the_empty_rule_set_says_why_and_leads_to_its_first_rule(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    page = html.unescape(anna.get("/rule-sets").text)
    address = "/records/release_rule/new?rule_set=ISCT&rule_set_version=2025"
    assert "No primary text could be read" in page
    assert address in page
    assert 'value="2025"' in anna.get(address).text


def test_an_unknown_rule_set_is_not_found_and_says_what_there_is(sign_in: SignIn) -> None:
    answer = sign_in("rhea").get(f"{PAGE}?rule_set=X&version=1")
    assert (answer.status_code, "Lechanteur 2016" in answer.text) == (404, True)


def test_a_rule_set_is_copied_on_its_page(sign_in: SignIn) -> None:
    anna = sign_in("anna")
    copy = {"rule_set": "ISCT", "version": "2006", "new_name": "Ours", "new_version": "1"}
    assert anna.post("/rule-sets", **copy).status_code == 302
    page = anna.get("/rule-sets").text
    assert "Ours 1 of the laboratory" in page
    assert "at least 95 %" in page
    assert anna.post("/rule-sets", **copy).status_code == 409
    assert "Copy into the laboratory" not in sign_in("rhea").get("/rule-sets").text
