"""The search of a vocabulary over HTTP: every term by everything it is called, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from pages import Person

from lims_msc.domain.records.vocabularies import vocabulary_of

Search = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def search(sign_in: Callable[[str], Person]) -> Search:
    person = sign_in("rhea")

    def search(vocabulary: str, words: str) -> list[dict[str, Any]]:
        answer = person.client.get(f"/terms/{vocabulary}", query_string={"q": words})
        assert answer.status_code == 200, answer.text
        assert answer.json["words"] == words
        found: list[dict[str, Any]] = answer.json["matches"]
        return found

    return search


@pytest.mark.parametrize("vocabulary", ["disease", "tissue", "cell"])
def test_every_term_is_found_by_its_name_synonyms_identifier_and_codes(
    search: Search, vocabulary: str
) -> None:
    for term in vocabulary_of(vocabulary).terms:
        exact = [code.code for code in term.codes if code.is_exact]
        asked = (term.label, *term.synonyms[:1], *term.abbreviations[:1], term.identifier, *exact)
        for words in filter(None, asked):
            found = {match["key"]: match for match in search(vocabulary, words)}
            assert found[term.key]["is_exact"], words
            assert found[term.key]["label"] == term.label
            assert found[term.key]["codes"] == [code.text for code in term.codes]


def test_an_abbreviation_that_collides_lists_all_that_it_may_mean(search: Search) -> None:
    found = search("disease", "SSc")[:2]
    assert [(m["label"], m["matched"], m["is_exact"]) for m in found] == [
        ("systemic sclerosis", "SSc", True),
        ("Sjögren syndrome", "SSc", True),
    ]


def test_why_words_are_not_taken_for_a_term_is_said(sign_in: Callable[[str], Person]) -> None:
    person = sign_in("rhea")
    said = {
        words: person.get(f"/terms/disease?q={words}").json["message"]
        for words in ("SSc", "UC", "SLE", "sclerosis", "hydropathy")
    }
    assert said["SSc"].startswith("'SSc' may mean several things: systemic sclerosis, Sjögren")
    assert said["UC"].endswith("also the tissue umbilical cord.")
    assert {said["SLE"], said["sclerosis"], said["hydropathy"]} == {""}


def test_a_term_that_cannot_be_chosen_says_so_and_what_to_choose(search: Search) -> None:
    (match,) = search("cell", "CL:0000499")
    assert match["is_choosable"] is False
    assert match["replaced_by"] == ["mesenchymal stromal cell"]
    assert match["warning"].endswith("It cannot be chosen.")
    (obsolete,) = search("cell", "CL:0000493")
    assert obsolete["warning"] == "CL:0000493 is obsolete. It cannot be chosen."


def test_a_word_with_a_slip_finds_what_is_spelled_alike(search: Search) -> None:
    assert [m["label"] for m in search("disease", "multiple skleroze")] == ["multiple sclerosis"]
    assert search("disease", "hydropathy") == []
    assert len(search("disease", "")) == 20


def test_a_search_is_only_for_people_and_only_of_vocabularies_that_exist(
    app: Flask, sign_in: Callable[[str], Person]
) -> None:
    answer = app.test_client().get("/terms/disease?q=MS", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    unknown = sign_in("rhea").get("/terms/drug?q=MS", Accept="application/json")
    assert unknown.status_code == 404
    assert unknown.json["message"] == "There is no vocabulary 'drug'."


def test_the_field_sends_words_and_no_key_without_script(app: Flask) -> None:
    template = (
        '{% from "lims_msc/term_field.html" import term_field %}'
        "{{ term_field('t', 'tissue', 'Tissue', 'tissue', value='BM', label='bone marrow') }}"
    )
    with app.test_request_context():
        page = render_template_string(template)
    assert '<input type="hidden" name="tissue" value="">' in page
    assert 'data-key="BM"' in page
    assert 'name="tissue_words" value="bone marrow"' in page
    assert 'data-terms="/terms/tissue"' in page
