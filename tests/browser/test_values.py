"""An ELISA in a real browser: from its map to the standard curve, and from a point to its cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Site
from factories import add_demo_materials, demo_files
from flask import Flask
from pages import PASSWORD, set_up_lab

from lims_msc.domain.actor import Actor

pytestmark = pytest.mark.browser


def test_an_elisa_goes_from_its_map_to_concentrations(
    site: Site, app: Flask, everybody: Actor, tmp_path: Path
) -> None:
    lab = set_up_lab(app, everybody)
    add_demo_materials(lab.database, everybody)
    paths = []
    for source in demo_files(lab.registry, "SIM-ELISA-01"):
        paths.append(tmp_path / source.file_name)
        paths[-1].write_bytes(source.data)
    page = site.page

    # The map is taken; the page shows standards and samples over the layout.
    site.sign_in("anna", PASSWORD)
    page.get_by_text("A new plate", exact=True).click()
    page.get_by_label("Filled plate map").set_input_files(paths[0])
    page.get_by_role("button", name="Upload the plate map").click()
    page.get_by_role("heading", name="Next: the file of the reader").wait_for()
    assert page.get_by_text("std 1000", exact=True).count() == 2
    site.check_access()
    page.get_by_label("File exported by the reader program").set_input_files(paths[1])
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("button", name="Accept", exact=True).click()

    # The standard curve is drawn; every number stands in its table.
    page.get_by_role("heading", name="Standard curve: range 15.625 to 1000 pg/mL").wait_for()
    page.locator(".msc-standard-chart[data-drawn=yes]").wait_for()
    levels = page.get_by_role("region", name="Levels of the standard curve")
    assert levels.get_by_role("row").count() == 1 + 8
    site.check_access()
    site.picture("elisa", tmp_path, full_page=False)

    # A bound is no number, and says so; a well leads to its cell.
    values = page.get_by_role("region", name="Concentration of IFN-γ")
    row = values.get_by_role("row").filter(has_text="SIM-SN-05")
    assert "< 156.25 pg/mL" in row.inner_text()
    assert "lower limit of quantitation" in row.inner_text()
    values.get_by_role("link", name="A3", exact=True).click()
    page.locator("#msc-target").wait_for()
    reading = page.locator("#msc-target").inner_text()
    page.get_by_role("button", name="Close").click()
    assert page.get_by_role("link", name="A3: SAMPLE").inner_text().startswith(reading[:4])

    # So does a point of the chart.
    place = page.evaluate("window.mscStandardPixel('A1')")
    page.locator(".msc-standard-chart").scroll_into_view_if_needed()
    chart = page.locator(".msc-standard-chart").bounding_box()
    page.mouse.move(chart["x"] + place[0], chart["y"] + place[1])
    page.mouse.click(chart["x"] + place[0], chart["y"] + place[1])
    page.locator("#msc-target").wait_for()
    assert page.get_by_role("link", name="A1: STD").inner_text() == (
        page.locator("#msc-target").inner_text()
    )
    page.get_by_role("button", name="Close").click()

    # The study lists values beside curves.
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("The analysis is now submitted.").wait_for()
    page.get_by_role("link", name="S-1").click()
    page.get_by_role("heading", name="Values", exact=True).wait_for()
    site.check_access()
    assert site.console == []
    strangers = [url for url in site.requests if not url.startswith((site.origin, "data:"))]
    assert strangers == []
