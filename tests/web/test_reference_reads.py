"""A plate read at two wavelengths on the pages: chosen on the preview, said where results are."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from factories import two_wavelength_file
from flask import Flask
from pages import Person

from lims_msc.demo.invented import invented_plate_map
from lims_msc.demo.lab import plate_map_workbook

DIFFERENCE = "450 nm minus 570 nm"
ONCE = "subtracted in each well, once"


@pytest.fixture
def anna(app: Flask, sign_in: Callable[[str], Person]) -> Person:
    """A technician whose plate waits for its reader file."""
    anna = sign_in("anna")
    plate_map = plate_map_workbook(app.extensions["lims_msc"].registry, invented_plate_map("S-1"))
    anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    return anna


@pytest.fixture
def preview(anna: Person) -> str:
    """The address of the preview of the file with two reads."""
    data = io.BytesIO(two_wavelength_file().data)
    return anna.post("/plates/1/files", file=(data, "two.xlsx")).headers["Location"]


def chosen_on(page: str) -> list[str]:
    options = re.findall(r'<option value="([^"]*)"( selected)?>', page)
    return [unescape(key) for key, is_selected in options if is_selected]


def test_the_difference_is_offered_and_not_chosen_by_itself(anna: Person, preview: str) -> None:
    page = anna.get(preview).text
    assert f'<option value="{DIFFERENCE}">450 nm − 570 nm (reference subtracted)</option>' in page
    assert chosen_on(page) == ["450 nm"]
    assert ONCE not in page


def test_a_person_chooses_the_difference_and_the_pages_say_so(anna: Person, preview: str) -> None:
    page = anna.get(f"{preview}?{urlencode({'read': DIFFERENCE})}").text
    assert chosen_on(page) == [DIFFERENCE]
    assert ONCE in page
    assert f'<input type="hidden" name="read" value="{DIFFERENCE}">' in page
    assert "sheet &#39;Raw&#39;, cell C16" in page

    answer = anna.post(preview + "/accept", read=DIFFERENCE)
    plate = anna.get(answer.headers["Location"]).text
    said = "450 nm − 570 nm (reference read subtracted in each well)"
    assert f"results from {said}" in plate
    assert "1:9.6" in plate
    found = re.search(r'href="(/curves/[0-9]+)"', plate)
    assert found
    curve = anna.get(found[1]).text
    assert f"<dt>Read</dt><dd>{said}, importer" in curve
    cells = re.findall(
        r"cell=([A-Z]+[0-9]+)[^>]*>Raw![A-Z0-9]+</a> minus <a [^>]*cell=(\w+)", curve
    )
    assert cells
    assert all(re.sub(r"\d", "", first) == re.sub(r"\d", "", second) for first, second in cells)
    for _, reference in cells[:1]:
        window = anna.get(f"/files/2/cell?sheet=Raw&cell={reference}")
        assert window.status_code == 200
