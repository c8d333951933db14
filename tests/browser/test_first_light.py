"""One story in a real browser: from signing in to the publication pack of an approved study."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from browsing import Site
from flask import Flask
from pages import PASSWORD, set_up_lab

from lims_msc.demo.invented import PLATE, invented_plate_map, invented_plate_workbook
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.domain.actor import Actor

pytestmark = pytest.mark.browser

R50_BY_MODE = {"NONE": "1:6.4", "UNSTIM": "1:9.0", "FULL": "1:9.6"}


@pytest.fixture
def files(app: Flask, everybody: Actor, tmp_path: Path) -> tuple[Path, Path]:
    """The laboratory with people and materials, and the two files of the invented plate."""
    lab = set_up_lab(app, everybody)
    plate_map, reader_file = tmp_path / "plate-map.xlsx", tmp_path / "reader.xlsx"
    plate_map.write_bytes(plate_map_workbook(lab.registry, invented_plate_map("S-1")))
    reader_file.write_bytes(invented_plate_workbook())
    return plate_map, reader_file


def test_from_upload_to_publication_pack(
    site: Site, files: tuple[Path, Path], tmp_path: Path
) -> None:
    plate_map, reader_file = files
    page = site.page

    # A technician signs in and registers the plate by its map.
    site.sign_in("anna", PASSWORD)
    site.check_access()
    page.get_by_text("A new plate", exact=True).click()
    page.get_by_label("Filled plate map").set_input_files(plate_map)
    page.get_by_role("button", name="Upload the plate map").click()
    page.get_by_role("heading", name="Next: the file of the reader").wait_for()
    site.check_access()

    # She uploads the reader file, looks at the preview and at a cell, and accepts.
    page.get_by_label("File exported by the reader program").set_input_files(reader_file)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("button", name="Accept", exact=True).wait_for()
    site.check_access()
    site.picture("preview", tmp_path)
    page.get_by_role("link", name="C2: COCULT").click()
    page.locator("#msc-target").wait_for()
    assert page.locator("#msc-target").inner_text() == "0.55"
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Accept", exact=True).click()

    # The plate shows its curves; the page of one shows R50 in each background mode.
    page.get_by_text("The readings are stored").wait_for()
    site.check_access()
    site.picture("plate", tmp_path)
    page.get_by_role("link", name="Curve of INV-MSC-1, resting, INV-PBMC-1, FULL").click()
    for mode, half_suppression in R50_BY_MODE.items():
        page.get_by_role("link", name=mode, exact=True).click()
        page.get_by_role("heading", name=f"Summaries, mode {mode}").wait_for()
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="R50"))
        assert half_suppression in row.inner_text()
    page.locator("#msc-chart[data-drawn=yes]").wait_for()
    site.check_access()
    site.picture("curve", tmp_path, full_page=False)

    # A click on a point of the chart leads to its cell.
    place = page.evaluate("window.mscWellPixel('E3')")
    chart = page.locator("#msc-chart").bounding_box()
    page.mouse.move(chart["x"] + place[0], chart["y"] + place[1])
    page.mouse.click(chart["x"] + place[0], chart["y"] + place[1])
    page.locator("#msc-target").wait_for()
    assert page.locator("#msc-target").inner_text() == "0.99"
    site.check_access()
    site.picture("cell", tmp_path, full_page=False)
    page.get_by_role("button", name="Close").click()

    # She submits; she may not approve her own work.
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("The analysis is now submitted.").wait_for()
    assert page.get_by_role("button", name="Approve").count() == 0
    site.sign_out()

    # Another person approves, and takes the publication pack of the study.
    site.sign_in("paul", PASSWORD)
    page.get_by_role("link", name=PLATE).click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("The analysis is now approved.").wait_for()
    page.get_by_role("link", name="S-1").click()
    site.check_access()
    site.picture("study", tmp_path)
    with page.expect_download() as download:
        page.get_by_role("button", name="Publication pack (zip)").click()
    check_pack(Path(download.value.path()).read_bytes(), reader_file.read_bytes())

    site.open("/audit")
    assert page.get_by_text("The chain is whole").count() == 1
    site.check_access()

    assert site.console == []
    strangers = [url for url in site.requests if not url.startswith((site.origin, "data:"))]
    assert strangers == []


def check_pack(pack: bytes, reader_file: bytes) -> None:
    """The pack holds the raw file byte for byte, and every file has the digest it says."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        names = set(archive.namelist())
        assert {"data/readings.csv", "data/curves.csv", "data/dictionary.csv"} <= names
        assert {f"figures/suppression.{form}" for form in ("svg", "pdf", "png")} <= names
        raw = [archive.read(name) for name in names if name.startswith("raw/")]
        assert reader_file in raw
        manifest = archive.read("manifest.sha256").decode().splitlines()
        said = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in manifest}
        assert said.keys() == names - {"manifest.sha256"}
        for name, digest in said.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
