"""Pages of vials: the one a scanned label opens, new vials in one go, taking, boxes, labels."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from pages import Person
from werkzeug.test import TestResponse

from lims_msc.domain.actor import Actor
from lims_msc.domain.records.fields import Entry, Value
from lims_msc.services import register

SignIn = Callable[[str], Person]
OWNER = "INV-MSC-1"
VIALS = f"/batches/{OWNER}/vials"
FROZEN = {
    "frozen_on": "2026-02-01",
    "viable_cells_per_vial": "1000000",
    "cryomedium": "CS10",
    "tank": "T1",
    "rack": "R2",
    "box": "7",
    "first_slot": "A1",
    "size": "9x9",
}
THAW = {
    "thawed_on": "2026-03-01",
    "viable_cells_recovered": "1,2e6",
    "viability_percent": "87,5",
    "viability_method": "trypan blue",
    "culture_rescue_hours": "0",
}


@pytest.fixture
def anna(sign_in: SignIn) -> Person:
    return sign_in("anna")


def freeze(person: Person, count: int = 3, address: str = VIALS, **changes: str) -> TestResponse:
    return person.post(address, count=str(count), **{**FROZEN, **changes})


def step(person: Person, action: str, reason: str = "P-1", state: str = "") -> TestResponse:
    fields = {"action": action, "reason": reason, "state": state}
    return person.post(f"/vials/{OWNER}-V01/state", **fields)


def words(answer: TestResponse) -> str:
    """Return the text of a page without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.fixture
def freezer(anna: Person) -> Person:
    answer = freeze(anna)
    assert answer.headers["Location"] == VIALS
    return anna


def test_vials_are_registered_in_one_go_and_stand_in_their_box(freezer: Person) -> None:
    page = words(freezer.get(VIALS))
    assert f"{OWNER}-V01 to {OWNER}-V03 are registered." in page
    assert "Stock: 3 available" in page
    assert "tank T1, rack R2, box 7, slot A3" in page
    assert f"They are called {OWNER}-V04 and so on" in page
    box = freezer.get("/boxes?tank=T1&rack=R2&box=7")
    assert "78 of 81 slots are free" in box.text
    assert f'<td class="msc-vial-available"><a href="/vials/{OWNER}-V03">' in box.text
    assert "A4 free" in box.text
    assert "97 of 100" in freezer.get("/boxes?tank=T1&rack=R2&box=7&size=10x10").text
    assert 'href="/boxes?tank=T1&amp;rack=R2&amp;box=7"' in freezer.get("/boxes").text
    assert freezer.get("/boxes?box=7&size=3x3").status_code == 422


def test_the_next_vials_are_offered_what_the_last_ones_had(freezer: Person) -> None:
    page = freezer.get(VIALS).text
    for name in ("frozen_on", "viable_cells_per_vial", "cryomedium", "tank", "rack", "box"):
        assert re.search(rf'name="{name}" value="{FROZEN[name]}"', page), name


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"first_slot": "A3"},
            f"Slot 'A3' of tank T1, rack R2, box 7 holds the vial '{OWNER}-V03'",
        ),
        ({"viable_cells_per_vial": "1.000"}, "'1.000' may mean 1.000 or 1000"),
        ({"viable_cells_per_vial": "1 Mio", "frozen_on": "1.2.26"}, "'1.2.26' is not a clear date"),
        ({"first_number": "x"}, "'x' is no first number"),
    ],
)
def test_a_form_that_is_refused_comes_back_with_what_was_typed(
    freezer: Person, changes: dict[str, str], told: str
) -> None:
    answer = freeze(freezer, 2, **{"first_slot": "B1", "cryomedium": "typed here", **changes})
    assert answer.status_code == 422
    assert told in words(answer)
    assert 'value="typed here"' in answer.text
    assert "Stock: 3 available" in words(freezer.get(VIALS))


def test_one_is_taken_and_its_place_is_told(freezer: Person) -> None:
    answer = freezer.post(f"{VIALS}/take", purpose="P-1")
    assert answer.headers["Location"] == f"/vials/{OWNER}-V01"
    page = words(freezer.get(f"/vials/{OWNER}-V01"))
    assert f"{OWNER}-V01 is yours: tank T1, rack R2, box 7, slot A1." in page
    assert "no longer in the freezer" in page
    assert "Left of it 2 available, 1 used" in page
    assert freezer.post(f"{VIALS}/take").status_code == 422
    twice = freezer.post(f"{VIALS}/take", purpose="P-1", next=f"{OWNER}-V01")
    assert twice.status_code == 409
    assert "No second one was taken" in words(twice)


def test_who_takes_what_is_gone_is_told_by_whom_on_a_page(anna: Person, sign_in: SignIn) -> None:
    freeze(anna, 1)
    paul = sign_in("paul")
    assert paul.post(f"{VIALS}/take", purpose="P-1").status_code == 302
    answer = anna.post(f"{VIALS}/take", purpose="P-2")
    assert answer.status_code == 409
    assert f"The last vial of batch '{OWNER}' was taken by Paul Irmer at" in words(answer)


def test_a_vial_is_reserved_released_and_destroyed_on_its_page(freezer: Person) -> None:
    page = freezer.get(f"/vials/{OWNER}-V01").text
    assert re.findall(r'name="action" value="(\w+)"', page) == ["reserve", "use", "destroy"]
    assert step(freezer, "reserve", "study S-2", "available").status_code == 302
    page = freezer.get(f"/vials/{OWNER}-V01").text
    assert "study S-2" in page
    assert re.findall(r'name="action" value="(\w+)"', page) == ["use", "release", "destroy"]
    stale = step(freezer, "use", state="available")
    assert stale.status_code == 409
    assert "was reserved by Anna Weiss at" in words(stale)
    assert step(freezer, "release", "", "reserved").status_code == 302
    assert "say why" in words(step(freezer, "destroy", ""))
    assert step(freezer, "destroy", "bag broke").status_code == 302
    page = words(freezer.get(f"/vials/{OWNER}-V01"))
    assert "bag broke" in page
    assert "What happens with it" not in page
    refused = step(freezer, "use")
    assert refused.status_code == 409
    assert "Possible now: nothing." in words(refused)
    assert step(freezer, "burn").status_code == 422


def test_a_thaw_is_stored_with_recovery_and_a_doubt_where_it_is_over_100_percent(
    freezer: Person,
) -> None:
    assert freezer.post(f"/vials/{OWNER}-V01/thaw", **THAW).status_code == 302
    page = words(freezer.get(f"/vials/{OWNER}-V01"))
    for told in (
        "Recovery 120.0 %",
        "120.0 % is more than was frozen",
        "Viability 87.5 % by trypan blue",
        "0 h, straight from the thaw",
        "used",
    ):
        assert told in page
    assert "Store the thaw" not in page
    assert page.count("registered it") == 2  # the vial, and its thaw
    other = {**THAW, "viability_method": "7-AAD", "viable_cells_recovered": ""}
    freezer.post(f"/vials/{OWNER}-V02/thaw", **other)
    page = words(freezer.get(VIALS))
    assert "by 7-AAD and trypan blue are not interchangeable" in page
    assert "no recovery: the viable cells recovered were not recorded" in page
    assert freezer.post(f"/vials/{OWNER}-V01/thaw", **THAW).status_code == 409


def test_a_thaw_that_cannot_be_read_names_every_field_and_keeps_what_was_typed(
    freezer: Person,
) -> None:
    wrong = {**THAW, "viability_percent": "87 %", "viable_cells_recovered": "1.200"}
    answer = freezer.post(f"/vials/{OWNER}-V01/thaw", **wrong)
    assert answer.status_code == 422
    assert "Viability (%): '87 %' is not a number." in words(answer)
    assert "Viable cells recovered: '1.200' may mean 1.200 or 1200." in words(answer)
    assert 'value="87 %"' in answer.text
    assert "available" in freezer.get(f"/vials/{OWNER}-V01").text


def test_labels_have_the_whole_address_and_no_style_in_the_page(freezer: Person) -> None:
    freezer.post(f"{VIALS}/take", purpose="P-1")
    page = freezer.get(f"/vials/labels?code={OWNER}-V01&batch={OWNER}").text
    found = re.findall(r'aria-label="QR code: ([^"]+)"', page)
    assert found == [f"http://localhost/vials/{OWNER}-V0{n}" for n in (1, 2, 3)]
    assert page.count("<svg") == 3
    assert "style=" not in page
    assert "2026-02-01" in page
    assert page.count("msc-label-sheet") == 3  # one label each from a roll
    assert f'href="/batches/{OWNER}/vials"' in page
    sheet = freezer.get(f"/vials/labels?batch={OWNER}&size=a4-24&start=24").text
    assert sheet.count('<div class="msc-label-sheet">') == 2
    assert sheet.count("msc-label-blank") == 23


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/vials/labels", 422, "No vial is chosen. Go back to the vials of the batch"),
        ("/vials/labels?code=none", 404, "There is no vial 'none'"),
        (f"/vials/labels?batch={OWNER}&size=a5", 422, "'a5' is no size of labels"),
        ("/vials/none", 404, "There is no vial 'none'"),
        ("/batches/none/vials", 404, "There is no MSC batch 'none'"),
    ],
)
def test_what_does_not_exist_is_said(freezer: Person, address: str, status: int, told: str) -> None:
    answer = freezer.get(address)
    assert answer.status_code == status
    assert told in words(answer)


def test_responders_have_vials_too(anna: Person) -> None:
    address = "/responders/INV-PBMC-1/vials"
    assert freeze(anna, 1, address, size="10x10").headers["Location"] == address
    assert anna.post(f"{address}/take", purpose="P-1").status_code == 302
    assert "Responder INV-PBMC-1" in words(anna.get("/vials/INV-PBMC-1-V01"))
    assert "0 available, 1 used" in words(anna.get(address))
    owner = anna.get("/records/responder/1")
    assert "Stock: 0 available, 1 used" in words(owner)
    assert f'href="{address}"' in owner.text


def test_a_reader_sees_vials_but_no_forms_and_may_do_nothing(
    freezer: Person, sign_in: SignIn
) -> None:
    rhea = sign_in("rhea")
    for address in (VIALS, f"/vials/{OWNER}-V01"):
        page = rhea.get(address)
        assert page.status_code == 200
        assert "msc-form" not in page.text
        assert 'name="action"' not in page.text
    assert step(rhea, "use").status_code == 403
    assert freeze(rhea, first_slot="B1").status_code == 403
    assert rhea.post(f"{VIALS}/take", purpose="P-1").status_code == 403


def test_the_page_of_a_recipe_says_it_in_words_and_converts_only_with_the_activity_of_the_lot(
    app: Flask, anna: Person, everybody: Actor
) -> None:
    def entry(number: int, **values: Value) -> Entry:
        shared = {"recipe_code": "LIC-1", "step_number": number, "duration_hours": 24.0}
        return Entry("recipe_step", {**shared, **values})

    entries = [
        Entry("recipe", {"recipe_code": "LIC-1", "title": "x", "recipe_purpose": "priming"}),
        entry(1, agent="IFN-γ", dose=20.0, dose_unit="ng/mL", specific_activity_iu_per_mg=2e7),
        entry(2, agent="TNF-α", dose=1000.0, dose_unit="U/mL"),
    ]
    with app.extensions["lims_msc"].database.unit_of_work(everybody, "set up") as session:
        register.register(session, everybody, entries)
    page = words(anna.get("/records/recipe/1"))
    assert "IFN-γ 20 ng/mL + TNF-α 1000 U/mL, 24 h" in page
    assert "400 IU/mL 20 ng/mL × 20 000 000 IU/mg = 400 IU/mL" in page
    assert "cannot be turned into ng/mL: the specific activity of the lot is not stated" in page


def test_a_scanned_label_is_found_by_its_address_and_by_its_code(freezer: Person) -> None:
    page = f"/vials/{OWNER}-V02"
    for typed in (f"http://localhost{page}", f"{OWNER}-V02"):
        answer = freezer.client.get("/find", query_string={"q": typed})
        assert answer.headers.get("Location", "").endswith(page) or page in answer.text


def test_boxes_are_reached_from_the_materials_and_lead_back(anna: Person) -> None:
    assert 'href="/boxes"' in anna.get("/materials").text
    boxes = anna.get("/boxes").text
    assert 'href="/materials"' in boxes
    assert 'href="/records/vial"' in boxes
