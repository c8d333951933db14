"""Pages of records: every kind is entered, changed and removed through them, or refused."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import host_app
from pages import Person
from typed_records import TYPED
from werkzeug.test import TestResponse

from lims_msc import create_app
from lims_msc.domain.records.fields import FieldKind, RecordKind
from lims_msc.domain.records.kinds import KINDS, kind_of

SignIn = Callable[[str], Person]


@pytest.fixture
def anna(sign_in: SignIn) -> Person:
    return sign_in("anna")


@pytest.fixture(scope="module")
def onlooker(lab_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Anna in tests that store nothing: signing in takes longer than looking."""
    path = shutil.copy(lab_file, tmp_path_factory.mktemp("onlooker") / "lab.sqlite")
    app = create_app({"LIMS_MSC_DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": "only for tests"})
    yield Person(app, "anna")
    app.extensions["lims_msc"].database.engine.dispose()


def send(person: Person, kind_key: str, **changes: str) -> TestResponse:
    return person.post(f"/records/{kind_key}/new", **{**TYPED[kind_key], **changes})


def number_of(person: Person, kind_key: str) -> int:
    """Return the number of the newest record of a kind, from the links of its list."""
    text = person.get(f"/records/{kind_key}?sort=newest").text
    found = re.search(rf'href="/records/{kind_key}/(\d+)"', text)
    assert found, text
    return int(found[1])


def finding_of(answer: TestResponse, name: str) -> str:
    """Return what is said beside a field, which must be bound to the field."""
    found = re.search(rf'id="problem-{name}">(.*?)</div>', answer.text, re.DOTALL)
    assert found, answer.text
    assert re.search(rf'aria-describedby="problem-{name}', answer.text)
    return html.unescape(re.sub(r"<[^>]+>", " ", found[1]))


def value_of(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def test_every_kind_is_entered_through_its_form_and_seen_on_its_page(anna: Person) -> None:
    assert list(TYPED) == [kind.key for kind in KINDS]
    for kind in KINDS:
        assert anna.get(f"/records/{kind.key}/new").status_code == 200
        answer = send(anna, kind.key)
        assert answer.status_code == 302, (kind.key, html.unescape(answer.text))
        number = number_of(anna, kind.key) if kind.key not in {"batch", "vial"} else 1
        page = anna.get(f"/records/{kind.key}/{number}")
        assert page.status_code == 200
        if kind.key not in {"batch", "vial"}:
            for name, typed in TYPED[kind.key].items():
                if kind.field(name.removesuffix("_words")).kind in {FieldKind.TEXT, FieldKind.CODE}:
                    assert html.escape(typed) in page.text, (kind.key, name)
        assert anna.get(f"/records/{kind.key}/{number}/change").status_code == 200
    donor = anna.get("/records/donor/2").text
    for seen in ("C-7", "G-7", "R-7", "prednisolone", "2024-03", "autologous"):
        assert seen in donor, seen


def test_every_kind_has_one_place_on_the_page_of_materials(onlooker: Person) -> None:
    text = onlooker.get("/materials").text
    hub = re.findall(r'<li><a href="/records/(\w+)"', text)
    assert sorted(hub) == sorted(kind.key for kind in KINDS)
    for kind in KINDS:
        assert f'href="/records/{kind.key}/new"' in text


def test_a_refused_form_comes_back_with_everything_that_was_typed(anna: Person) -> None:
    typed = {
        "collection_code": "C 7",
        "donor_code": "D-99",
        "collected_on": "14.05.2024",
        "tissue_words": "bone",
        "health_status": "",
        "age_at_collection_years": "1.234",
        "note": "kept <b>as it is</b>",
    }
    answer = anna.post("/records/collection/new", **typed)
    assert answer.status_code == 422
    assert "Nothing was stored: 6 things must be corrected." in answer.text
    for name in ("collection_code", "donor_code", "collected_on", "tissue_words"):
        assert value_of(answer, name) == typed[name]
    assert "kept &lt;b&gt;as it is&lt;/b&gt;" in answer.text
    assert "it has a space" in finding_of(answer, "collection_code")
    assert "no donor 'D-99'" in finding_of(answer, "donor_code")
    assert "sheet" not in finding_of(answer, "donor_code")
    assert "2024-05-14" in finding_of(answer, "collected_on")
    assert "'bone' is not in the list" in finding_of(answer, "tissue")
    assert "Health status is empty" in finding_of(answer, "health_status")
    assert "1.234 or 1234" in finding_of(answer, "age_at_collection_years")
    order = re.findall(r'href="#field-(\w+)"', answer.text)
    names = [field.name for field in kind_of("collection").fields]
    assert order == sorted(order, key=names.index)
    assert "C 7" not in anna.get("/records/collection").text


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("passage", "2.5", "'2.5' is not a whole number."),
        ("passage", "three", "'three' is not a number."),
        ("passage", "61", "out of range"),
        ("nucleated_cells_seeded", "1.000.000", "of thousands.  Write the number alone"),
        ("nucleated_cells_seeded", "4,200", "4.200 or 4200"),
        ("nucleated_cells_seeded", "0", "out of range"),
        ("oxygen_percent", "5 %", "'5 %' is not a number."),
        ("isolated_on", "14.04.2024", "may mean 2024-04-14.  Write year-month-day, such as 2026"),
        ("isolated_on", "2024-02-30", "no day '2024-02-30'"),
        ("heparin", "perhaps", "'perhaps' is not one of the choices"),
        ("note", "x" * 2001, "2001 characters is too long"),
    ],
)
def test_a_field_that_is_wrong_says_so_and_nothing_is_stored(
    onlooker: Person, name: str, typed: str, message: str
) -> None:
    fields = {"batch_code": "B-7", "collection_code": "C-1", name: typed}
    answer = onlooker.post("/records/batch/new", **fields)
    assert answer.status_code == 422
    assert message in finding_of(answer, name)
    assert "B-7" not in onlooker.get("/records/batch").text


def test_a_field_with_a_mere_warning_is_not_marked_as_wrong(anna: Person) -> None:
    send(anna, "donor")
    answer = send(anna, "collection", health_status="patient", age_at_collection_years="abc")
    assert "no diagnosis is registered" in finding_of(answer, "health_status")
    marked = re.findall(r'class="[^"]*is-invalid"[^>]* name="(\w+)"', answer.text)
    assert marked == ["age_at_collection_years"]
    assert answer.text.count('aria-invalid="true"') == 1


def test_words_that_may_mean_several_terms_are_chosen_from_those(anna: Person) -> None:
    for kind_key in ("donor", "collection"):
        send(anna, kind_key)
    answer = send(anna, "diagnosis", disease_words="PM")
    assert answer.status_code == 422
    assert "PM" in finding_of(answer, "disease")
    chosen = re.findall(r'name="disease_chosen" value="([^"]+)"', answer.text)
    assert chosen
    assert value_of(answer, "disease_words") == "PM"
    assert send(anna, "diagnosis", disease_words="PM", disease_chosen=chosen[0]).status_code == 302
    assert "PM" not in re.findall(r">PM<", anna.get("/records/collection/2").text)
    assert chosen[0] in anna.get(f"/records/diagnosis/{number_of(anna, 'diagnosis')}").text


def test_a_code_that_exists_is_refused_with_a_way_to_it(anna: Person) -> None:
    send(anna, "donor")
    answer = send(anna, "donor", sex="male")
    assert answer.status_code == 422
    assert "exists already" in finding_of(answer, "donor_code")
    assert 'href="/records/donor/2"' in answer.text
    assert "female" in anna.get("/records/donor/2").text


def version_of(answer: TestResponse) -> str:
    return value_of(answer, "version")


def test_a_change_needs_a_reason_and_is_told_in_the_history(anna: Person) -> None:
    send(anna, "donor")
    address = "/records/donor/2/change"
    form = anna.get(address)
    changes = {"sex": "male", "note": "of the form", "version": version_of(form)}
    answer = anna.post(address, reason=" ", **changes)
    assert answer.status_code == 422
    assert "The reason is empty" in finding_of(answer, "reason")
    assert anna.post(address, reason="typed wrongly", **changes).status_code == 302
    text = anna.get("/records/donor/2").text
    assert "typed wrongly" in text
    assert "<del>female</del> → <ins>male</ins>" in text


def test_who_comes_second_sees_both_versions_and_decides(anna: Person, sign_in: SignIn) -> None:
    send(anna, "donor")
    address = "/records/donor/2/change"
    old = version_of(anna.get(address))
    first = {"sex": "male", "note": "", "reason": "one", "version": old}
    assert sign_in("dana").post(address, **first).status_code == 302
    answer = anna.post(address, sex="intersex", note="mine", reason="other", version=old)
    assert answer.status_code == 409
    assert "Somebody changed" in answer.text
    assert re.search(r"Sex</th><td>male</td><td>intersex</td>", answer.text)
    assert value_of(answer, "reason") == "other"
    assert "intersex" not in anna.get("/records/donor/2").text
    again = {"sex": "intersex", "note": "mine", "reason": "other", "version": version_of(answer)}
    assert anna.post(address, **again).status_code == 302
    assert "intersex" in anna.get("/records/donor/2").text


def test_a_form_that_is_sent_unchanged_changes_nothing(anna: Person) -> None:
    send(anna, "donor")
    send(anna, "collection", age_at_collection_years="1.2340")
    address = "/records/collection/2/change"
    form = anna.get(address)
    assert value_of(form, "age_at_collection_years") == "1.2340"
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', form.text)
    typed = {name: value_of(form, name) for name in names if f'name="{name}" value' in form.text}
    typed |= {"health_status": "patient", "reason": "nothing", "version": version_of(form)}
    assert anna.post(address, **typed).status_code == 302
    text = anna.get("/records/collection/2").text
    assert text.count("<time") == 1
    assert "1.234" in text


def test_a_record_is_removed_for_a_reason_unless_others_refer_to_it(anna: Person) -> None:
    send(anna, "donor")
    send(anna, "collection")
    version = version_of(anna.get("/records/donor/2/change"))
    refused = anna.post("/records/donor/2/remove", version=version, reason="twice")
    assert refused.status_code == 409
    assert "others refer to it" in refused.text
    collection = version_of(anna.get("/records/collection/2/change"))
    address = "/records/collection/2/remove"
    assert anna.post(address, version=collection, reason="").status_code == 422
    assert anna.post(address, version="old", reason="twice").status_code == 409
    assert anna.post(address, version=collection, reason="twice").status_code == 302
    assert anna.get("/records/collection/2").status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"new_code": "D-1"}, 409), ({"new_code": "D 8"}, 422), ({"reason": ""}, 422), ({}, 302)],
)
def test_a_wrong_code_is_corrected_and_references_follow(
    anna: Person, changes: dict[str, str], status: int
) -> None:
    send(anna, "donor")
    send(anna, "collection")
    typed = {"new_code": "D-8", "reason": "typed wrongly"}
    typed |= {"version": version_of(anna.get("/records/donor/2/change"))}
    assert anna.post("/records/donor/2/rename", **{**typed, **changes}).status_code == status
    is_renamed = status == 302
    history = anna.get("/records/donor/2").text
    assert ("<del>D-7</del> → <ins>D-8</ins>" in history) == is_renamed
    assert ("D-8" in anna.get("/records/collection/2").text) == is_renamed


def test_what_a_person_should_look_at_is_said_after_storing(anna: Person) -> None:
    assert send(anna, "donor", donor_code="D-19700512").status_code == 302
    text = anna.get("/records/donor/2").text
    assert "The donor D-19700512 is registered." in text
    assert "Look again: " in text
    assert "looks like a date" in text


def test_readers_see_records_and_no_way_to_change_them(sign_in: SignIn) -> None:
    rhea = sign_in("rhea")
    page = rhea.get("/records/donor/1")
    assert page.status_code == 200
    assert "/change" not in page.text
    assert "Remove" not in page.text
    assert "/new" not in rhea.get("/records/donor").text
    assert rhea.get("/records/donor/new").status_code == 403
    assert rhea.get("/records/donor/1/change").status_code == 403
    assert send(rhea, "donor").status_code == 403


def test_the_form_of_what_belongs_to_a_record_is_filled_with_its_code(anna: Person) -> None:
    page = anna.get("/records/donor/1").text
    address = html.unescape(re.findall(r'href="(/records/hsc_graft/new[^"]*)"', page)[0])
    assert address == "/records/hsc_graft/new?recipient_code=D-1"
    assert value_of(anna.get(address), "recipient_code") == "D-1"


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("INV-MSC-1", "/batches/INV-MSC-1"),
        ("inv-msc-1", "/batches/INV-MSC-1"),
        ("D-1", "/records/donor/of/D-1"),
        ("INV-P", "/records/responder/of/INV-PBMC-1"),
    ],
)
def test_finding_a_code_leads_to_its_record(onlooker: Person, words: str, target: str) -> None:
    answer = onlooker.get(f"/find?q={words}")
    assert (answer.status_code, answer.headers.get("Location")) == (302, target)
    assert onlooker.get(target).status_code in {200, 302}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("INV", "INV-PBMC-1"),
        ("nothing", "No code is “nothing”"),
        ("", "scan a label"),
        ("<i>", "&lt;i&gt;"),
    ],
)
def test_what_is_no_single_code_is_listed(onlooker: Person, words: str, said: str) -> None:
    answer = onlooker.get(f"/find?q={words}")
    assert answer.status_code == 200
    assert said in answer.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_an_empty_list_says_what_to_do(onlooker: Person, kind: RecordKind) -> None:
    choices = "&".join(f"{field.name}=1" for field in kind.references)
    text = onlooker.get(f"/records/{kind.key}?q=zz&{choices}").text
    assert f"/records/{kind.key}/new" in text
    is_narrowed = kind.code_field is not None or kind.references
    assert ("Nothing fits." if is_narrowed else f"There are no {kind.plural} yet.") in text


@pytest.mark.parametrize(
    "path", ["/records/nothing", "/records/nothing/new", "/records/donor/99", "/records/donor/of/X"]
)
def test_what_there_is_not_is_not_found(onlooker: Person, path: str) -> None:
    assert onlooker.get(path).status_code == 404


def test_a_quick_form_that_is_refused_keeps_what_was_typed(anna: Person) -> None:
    fields = {
        "batch_code": "B-8",
        "donor_code": "D-8",
        "sex": "male",
        "tissue": "AT",
        "health_status": "patient",
    }
    answer = anna.post("/materials/batches", diagnosis="", diagnosis_words="PM", **fields)
    assert answer.status_code == 422
    assert value_of(answer, "diagnosis_words") == "PM"
    assert 'id="batch-code" name="batch_code" type="text" value="B-8"' in answer.text
    assert '<option value="AT" selected>' in answer.text
    words = "immune thrombocytopenia"
    answer = anna.post("/materials/batches", diagnosis="", diagnosis_words=words, **fields)
    assert answer.status_code == 302
    assert words in anna.get("/materials").text
    assert words in anna.get("/records/batch?disease=MONDO:0008558").text


def test_links_stay_below_the_address_of_a_host(lab_file: Path) -> None:
    app = host_app(lab_file)
    page = app.test_client().get("/msc/records/batch")
    links = re.findall(r'href="([^"#]+)"', page.text)
    assert "/msc/batches/INV-MSC-1" in links
    assert "/msc/records/donor/of/D-1" in links
    assert all(link.startswith("/msc/") for link in links)
    app.extensions["lims_msc"].database.engine.dispose()
