"""Six diseases, a transplant and its graft, entered by hand as a technician types and picks."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Site
from flask import Flask
from pages import PASSWORD, set_up_lab

from lims_msc.domain.actor import Actor

pytestmark = pytest.mark.browser

# What is typed into the search, and the line of it that is picked.
DISEASES = (
    ("multiple scl", "multiple sclerosis"),
    ("systemic scl", "systemic sclerosis"),
    ("SLE", "systemic lupus erythematosus"),
    ("rheumatoid", "rheumatoid arthritis"),
    ("JIA", "juvenile idiopathic arthritis"),
    ("idiopathic cytopenic", "immune thrombocytopenia"),
)


def pick(site: Site, title: str, typed: str, label: str) -> None:
    """Type into the search of a vocabulary and pick a term of what it offers."""
    site.page.get_by_role("combobox", name=title).press_sequentially(typed, delay=5)
    options = site.page.get_by_role("listbox", name=title).get_by_role("option")
    options.filter(has=site.page.locator(f"b:text-is('{label}')")).first.click()
    assert site.page.get_by_role("combobox", name=title).input_value() == label


def register(site: Site) -> None:
    site.page.get_by_role("button", name="Register").click()
    site.page.locator(".alert-success").filter(has_text="is registered.").wait_for()


def add_donor(site: Site, number: int, typed: str, label: str) -> None:
    """Enter a donor, a collection of the donor, and the diagnosis at the collection."""
    page = site.page
    site.open("/materials")
    page.get_by_role("link", name="New donor").click()
    page.get_by_label("Donor code").fill(f"D-{number}0")
    page.get_by_label("Sex").select_option("female")
    register(site)
    page.get_by_role("link", name="Add: Collection").click()
    assert page.get_by_label("Donor code").input_value() == f"D-{number}0"
    page.get_by_label("Collection code").fill(f"C-{number}0")
    page.get_by_label("Collected on").fill("2024-05-14")
    pick(site, "Tissue", "bone m", "bone marrow")
    page.get_by_label("Health status").select_option("patient")
    page.get_by_label("Age at collection").fill("34,5")
    register(site)
    page.get_by_role("link", name="Add: Diagnosis").click()
    pick(site, "Disease", typed, label)
    page.get_by_label("Onset").fill("2019-05")
    register(site)
    page.get_by_role("heading", name=f"Collection C-{number}0").wait_for()


def test_six_diseases_a_transplant_and_its_graft_are_entered_by_hand(
    site: Site, app: Flask, everybody: Actor, tmp_path: Path
) -> None:
    set_up_lab(app, everybody)
    page = site.page
    site.sign_in("anna", PASSWORD)
    site.open("/materials")
    site.check_access()
    for number, (typed, label) in enumerate(DISEASES, start=1):
        add_donor(site, number, typed, label)
    site.check_access()

    # The graft, from the donor's page, and a form that is sent too early.
    page.get_by_label("Code or scanned label").fill("d-60")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("heading", name="Donor D-60").wait_for()
    page.get_by_role("link", name="Add: HSC graft").click()
    site.check_access()
    page.get_by_label("Graft code").fill("G 60")
    page.get_by_label("CD34+ dose").fill("4,2")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("Nothing was stored: 3 things must be corrected.").wait_for()
    site.check_access()
    site.picture("record-form-errors", tmp_path)
    assert page.get_by_label("CD34+ dose").input_value() == "4,2"
    page.get_by_role("alert").get_by_role("link", name="Graft code").click()
    page.get_by_label("Graft code").fill("G-60")
    page.get_by_label("Giver").fill("D-60")
    page.get_by_label("Source").select_option("mobilised peripheral blood")
    page.get_by_label("Manipulation").select_option("CD34 selection")
    page.get_by_label("Given on").fill("2023-11")
    register(site)

    # The transplant with that graft, and all of it on the donor's page.
    page.get_by_role("link", name="D-60").first.click()
    page.get_by_role("link", name="Add: HSCT").click()
    page.get_by_label("Number").fill("1")
    page.get_by_label("Type").select_option("autologous")
    page.get_by_label("Performed on").fill("2023-11")
    page.get_by_label("Graft code").fill("G-60")
    pick(site, "Indication", "ITP", "immune thrombocytopenia")
    register(site)
    page.get_by_role("heading", name="Donor D-60").wait_for()
    site.check_access()
    site.picture("record-page", tmp_path)
    seen = page.locator("main").inner_text()
    for words in ("C-60", "G-60", "CD34 selection", "autologous", "2023-11", "thrombocytopenia"):
        assert words in seen, words

    # The form that changes it, with the forms for its code and for removing it.
    page.get_by_role("link", name="Change").click()
    page.get_by_text("Correct the code").click()
    page.get_by_text("Remove this donor").click()
    site.check_access()
    site.picture("record-change", tmp_path)

    # The list of diagnoses, narrowed to one disease of the six.
    site.open("/records/diagnosis")
    for _, label in DISEASES:
        page.get_by_role("cell", name=label, exact=True).wait_for()
    page.get_by_label("Disease").select_option("systemic lupus erythematosus")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_text("1 found").wait_for()
    assert page.get_by_role("cell", name="systemic lupus erythematosus").is_visible()
    site.check_access()
    site.picture("record-list", tmp_path)
    assert all("422" in line for line in site.console)
