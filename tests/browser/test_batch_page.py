"""The pages of a batch, its lineage and in-vivo use in a real browser: drawn, and open to all."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Site
from conftest import People
from factories import add_analysis
from families import add, copy_curve, mouse, outcomes, three_generations
from flask import Flask
from pages import PASSWORD, set_up_lab
from playwright.sync_api import Page

from lims_msc.domain.actor import Actor

pytestmark = pytest.mark.browser


def test_a_family_is_drawn_and_can_be_walked_by_keyboard(
    site: Site, app: Flask, everybody: Actor, people: People, tmp_path: Path
) -> None:
    lab = set_up_lab(app, everybody)
    add_analysis(lab.database, lab.registry, people.technician)
    add(lab.database, people, three_generations())
    for number in (1, 2, 3):
        state = "approved" if number < 3 else "draft"
        copy_curve(lab.database, f"FAM-P{number}", f"PLATE-{number}", state=state)
    given = [mouse("U-1", "FAM-P2"), *outcomes("U-1", {12: 3.0, 28: 1.0})]
    add(lab.database, people, given)
    page = site.page

    # Two charts of the potency over three passages.
    site.sign_in("anna", PASSWORD)
    site.open("/batches/FAM-P2")
    page.locator(".msc-points-chart[data-drawn=yes]").nth(1).wait_for()
    assert page.get_by_text("3 results of 3 batches at P1, P2, P3; 2 approved.").count() == 1
    site.check_access()

    # A batch that was measured at one passage has no trend, and says so.
    site.open("/batches/INV-MSC-1")
    page.get_by_role("heading", name="Measured at one passage, which is no trend").wait_for()
    assert page.locator(".msc-points-chart").count() == 0
    page.go_back()

    # The drawing of the lineage: a box is reached by the keyboard, and leads to its record.
    page.get_by_role("link", name="Lineage").click()
    page.get_by_role("heading", name="Lineage of FAM-P2").wait_for()
    site.check_access()
    site.picture("lineage", tmp_path)
    assert page.locator(".msc-node-focus").bounding_box()["x"] < 1000  # scrolled into view
    page.locator("a.msc-node", has_text="FAM-P3").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Batch FAM-P3").wait_for()

    # Effect beside potency: the course, and one point over each measure of potency.
    page.get_by_role("link", name="In vivo").first.click()
    page.locator(".msc-points-chart[data-drawn=yes]").nth(2).wait_for()
    site.check_access()
    site.picture("in-vivo", tmp_path)
    assert words_outside_their_chart(page) == []

    # On a telephone tables scroll within themselves, and the page does not.
    page.set_viewport_size({"width": 420, "height": 860})
    for path in ("/in-vivo", "/batches/FAM-P2"):
        site.open(path)
        page.locator(".msc-points-chart[data-drawn=yes]").first.wait_for()
        assert words_outside_their_chart(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 420
    site.open("/curves/1")
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    assert site.console == []


def words_outside_their_chart(page: Page) -> list[str]:
    """Return the titles and labels of charts that are cut off at an edge."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".msc-points-chart")].flatMap((chart) => {
                const frame = chart.getBoundingClientRect();
                return [...chart.querySelectorAll("text")]
                  .map((text) => [text.textContent, text.getBoundingClientRect()])
                  .filter(([, box]) => box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
                  .map(([words]) => words);
            })"""
        )
    )
