"""A vial in a real browser: registered, labelled, and its printed label scanned."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import zxingcpp
from browsing import Site
from flask import Flask
from pages import PASSWORD, set_up_lab
from PIL import Image

from lims_msc.domain.actor import Actor
from lims_msc.domain.labels import LABEL_SIZES

pytestmark = pytest.mark.browser

# A cheap label printer has 203 dots to the inch; the browser has 96 pixels.
PRINTER_DOTS_PER_PIXEL = 203 / 96
CODES = [f"INV-MSC-1-V0{number}" for number in (1, 2, 3)]


def test_a_printed_label_opens_the_page_of_its_vial(
    site: Site, app: Flask, everybody: Actor, tmp_path: Path
) -> None:
    set_up_lab(app, everybody)
    site.sign_in("anna", PASSWORD)
    page = site.page

    # Three vials in one go.
    site.open("/batches/INV-MSC-1/vials")
    site.check_access()
    for label, text in (
        ("How many", "3"),
        ("Frozen on", "2026-02-01"),
        ("Viable cells per vial", "1000000"),
        ("Box", "7"),
        ("First slot", "A9"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Register the vials").click()
    page.get_by_text("are registered.").wait_for()
    site.check_access()
    site.picture("vials", tmp_path)
    site.open("/boxes?box=7")
    site.check_access()
    site.picture("box", tmp_path)

    # Their labels, in the dots of a printer; each code is read back as its whole address.
    addresses = [f"{site.origin}/vials/{code}" for code in CODES]
    printer = site.context.browser.new_context(
        storage_state=site.context.storage_state(),
        device_scale_factor=PRINTER_DOTS_PER_PIXEL,
        viewport={"width": 1000, "height": 800},
    )
    paper = printer.new_page()
    paper.emulate_media(media="print")
    for size in LABEL_SIZES:
        paper.goto(f"{site.origin}/vials/labels?batch=INV-MSC-1&size={size.key}")
        printed = paper.locator("main").screenshot(path=tmp_path / f"{size.key}.png")
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(printed)))
        assert sorted(code.text for code in found) == addresses, size.key
        # One page for each label of a roll, one for all on a sheet.
        pdf = paper.pdf(prefer_css_page_size=True)
        assert pdf.count(b"/Type /Page\n") == (3 if size.per_page == 1 else 1), size.key
    printer.close()

    # On a telephone the scanned address is the vial, and all of it is there without scrolling
    # sideways.
    page.set_viewport_size({"width": 420, "height": 860})
    page.goto(addresses[0])
    page.get_by_role("heading", name=f"Vial {CODES[0]}").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    site.check_access()
    page.get_by_label("What for, for whom, or why").fill("P-1")
    page.get_by_role("button", name="Use").click()
    page.get_by_text("is now used").wait_for()
    site.check_access()
    site.picture("vial-on-a-telephone", tmp_path)
    assert site.console == []
