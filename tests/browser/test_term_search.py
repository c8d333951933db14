"""Choosing a disease in a real browser: by anything it is called, with the keyboard alone."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest
from browsing import Site
from flask import Flask
from pages import PASSWORD, set_up_lab
from playwright.sync_api import Locator, expect

from lims_msc.domain.actor import Actor
from lims_msc.domain.records.vocabularies import Term, vocabulary_of

pytestmark = pytest.mark.browser


@pytest.fixture
def field(site: Site, app: Flask, everybody: Actor) -> Locator:
    set_up_lab(app, everybody)
    site.sign_in("anna", PASSWORD)
    site.open("/records/diagnosis/new")
    return site.page.get_by_role("combobox", name="Disease", exact=True)


def key_of(site: Site) -> str:
    return site.page.locator("input[type=hidden][name=disease]").input_value()


def asked_by(term: Term, way: str) -> str:
    """Return one way to ask for a term: its name, another name, its abbreviation or its code."""
    ways = {
        "name": term.label,
        "synonym": (*term.synonyms, term.label)[0],
        "abbreviation": term.abbreviations[0],
        "code": next((code.code for code in term.codes if code.is_exact), term.identifier),
    }
    return ways[way]


def test_every_disease_is_found_in_the_field_and_chosen(site: Site, field: Locator) -> None:
    listed = site.page.get_by_role("listbox", name="Disease").get_by_role("option")
    ways = cycle(("abbreviation", "code", "synonym", "abbreviation", "name"))
    for term, way in zip(vocabulary_of("disease").terms, ways, strict=False):
        field.fill(asked_by(term, way))
        assert key_of(site) == "", "words that are typed keep no key of before"
        listed.filter(has=site.page.get_by_text(term.label, exact=True)).click()
        assert (key_of(site), field.input_value()) == (term.key, term.label)
    assert site.console == []


def test_a_disease_is_chosen_with_the_keyboard_alone(
    site: Site, field: Locator, tmp_path: Path
) -> None:
    options = site.page.get_by_role("listbox", name="Disease").get_by_role("option")
    note = site.page.locator(".msc-term-note")
    field.press_sequentially("SSc")
    expect(options.first).to_contain_text("systemic sclerosis – SSc")
    expect(options.nth(1)).to_contain_text("Sjögren syndrome – SSc")
    expect(note).to_contain_text("'SSc' may mean several things")
    expect(field).to_have_attribute("aria-expanded", "true")
    site.check_access()
    site.picture("term-search", tmp_path, full_page=False)

    # An arrow marks, Escape chooses nothing, Enter chooses and does not send the form.
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options).to_have_count(0)
    assert key_of(site) == ""
    field.press("ArrowDown")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    assert (key_of(site), field.input_value()) == ("MONDO:0010030", "Sjögren syndrome")
    expect(note).to_contain_text("MONDO:0010030")
    expect(options).to_have_count(0)

    # One more letter is no choice any more, and a search without an answer says so.
    field.press("x")
    assert key_of(site) == ""
    field.fill("hydropathy")
    expect(note).to_have_text("Nothing in the list is called so.")
    site.context.set_offline(True)
    field.fill("lupus")
    expect(note).to_contain_text("The list cannot be searched now")
    site.context.set_offline(False)
