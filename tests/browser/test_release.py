"""Release in a real browser: judged, decided, rules copied; every page open to all."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Site
from conftest import People
from families import add, entry
from flask import Flask
from pages import PASSWORD, set_up_lab

from lims_msc.domain.actor import Actor

pytestmark = pytest.mark.browser

BATCH = "INV-MSC-1"


def test_a_batch_is_judged_and_the_verdict_recorded(
    site: Site, app: Flask, everybody: Actor, people: People, tmp_path: Path
) -> None:
    lab = set_up_lab(app, everybody)
    percents = {"CD73": 98.0, "CD90": 70.0, "CD105": 97.0, "CD14": 0.5, "viability": 91.0}
    results = [
        entry("release_test", batch_code=BATCH, test_name=name, result=value, unit="%")
        for name, value in percents.items()
    ]
    at_five = entry(
        "release_test",
        batch_code=BATCH,
        test_name="suppression",
        result=40.0,
        unit="%",
        condition="PBMC:MSC 5:1",
    )
    add(lab.database, people, [*results, at_five])
    page = site.page

    site.sign_in("paul", PASSWORD)
    site.open(f"/batches/{BATCH}")
    page.get_by_role("link", name="Hold it against a rule set").click()
    page.get_by_label("Rule set").select_option(
        label="Release of clinical MSC, Liège (Lechanteur 2016)"
    )
    page.get_by_role("button", name="Show").click()
    page.get_by_role("heading", name="Release of clinical MSC, Liège: fail").wait_for()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="suppression"))
    assert "≠ not comparable" in row.inner_text()
    site.check_access()
    site.picture("release", tmp_path)

    page.get_by_label("Comment").fill("CD90 too low: for research only")
    page.get_by_role("button", name="Record the verdict").click()
    page.get_by_text("nothing changed").wait_for()
    page.get_by_text("13 rules").click()
    site.check_access()

    page.get_by_role("link", name="What the rule sets say").click()
    page.get_by_role("heading", name="Rule sets of release").wait_for()
    site.check_access()
    site.picture("rule-sets", tmp_path)
    assert site.console == []
