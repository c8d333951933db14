"""A count in a real browser: from the list of batches to a number and its cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Site
from counters import TWO_SAMPLES, changed, nc_view
from flask import Flask
from pages import PASSWORD, set_up_lab

from lims_msc.domain.actor import Actor

pytestmark = pytest.mark.browser


def test_a_count_is_given_to_a_batch(
    site: Site, app: Flask, everybody: Actor, tmp_path: Path
) -> None:
    set_up_lab(app, everybody)
    wrong = changed(TWO_SAMPLES[1], NAME="MSC-C", VIABILITY="105", STATUS="Warning: clumps")
    counts = tmp_path / "counts.csv"
    counts.write_bytes(nc_view(*TWO_SAMPLES, wrong).data)
    page = site.page

    # From the materials to the page of the batch, and its upload.
    site.sign_in("anna", PASSWORD)
    page.get_by_role("link", name="Materials").click()
    page.get_by_role("link", name="INV-MSC-1", exact=True).first.click()
    page.get_by_role("heading", name="Cell counts").wait_for()
    site.check_access()
    page.get_by_label("File of a cell counter").set_input_files(counts)
    page.get_by_role("button", name="Upload and look").click()

    # The impossible sample cannot be ticked; a number opens its cell.
    page.get_by_role("heading", name="Which samples are of the batch").wait_for()
    site.check_access()
    site.picture("count-preview", tmp_path)
    assert page.get_by_label("MSC-C").is_disabled()
    page.get_by_role("link", name="16.4 µm").click()
    page.locator("#msc-target").wait_for()
    assert page.locator("#msc-target").inner_text() == "16.4"
    page.get_by_role("button", name="Close").click()
    page.get_by_label("MSC-A").check()
    page.get_by_role("button", name="Accept the ticked samples").click()

    # The batch has its count, and the number still leads to its cell.
    page.get_by_text("1 count is stored.").wait_for()
    site.check_access()
    site.picture("batch", tmp_path)
    page.get_by_role("link", name="95.0 %").click()
    page.locator("#msc-target").wait_for()
    assert page.locator("#msc-target").inner_text() == "95.0"
    site.check_access()
    assert site.console == []
