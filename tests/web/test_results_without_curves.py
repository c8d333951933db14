"""The pages of a plate whose results are values: standard curve, values, the way to each cell."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from factories import book, grid
from flask import Flask
from pages import Person
from sqlalchemy import text
from value_assays import PLATE, plain_elisa_map, plain_elisa_readings, with_plain_elisa

from lims_msc.demo.invented import invented_plate_map, invented_plate_workbook
from lims_msc.demo.lab import plate_map_workbook

SignIn = Callable[[str], Person]


@pytest.fixture
def elisa_app(app: Flask) -> Iterator[Flask]:
    """The application with the plain assay type among its plugins."""
    state = app.extensions["lims_msc"]
    app.extensions["lims_msc"] = replace(state, registry=with_plain_elisa(state.registry))
    return app


@pytest.fixture
def anna(elisa_app: Flask, sign_in: SignIn) -> Person:
    """A technician who has taken the plate of values, from its map to its results."""
    anna = sign_in("anna")
    registry = elisa_app.extensions["lims_msc"].registry
    plate_map = plate_map_workbook(registry, plain_elisa_map())
    answer = anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    assert answer.headers["Location"] == "/plates/1", answer.text
    readings = book(**{"OD 450 nm": [["OD 450 nm"], [], *grid(plain_elisa_readings())]})
    answer = anna.post("/plates/1/files", file=(io.BytesIO(readings), "reader.xlsx"))
    preview = anna.get(answer.headers["Location"])
    assert "computes its results from" in preview.text
    choices = dict(re.findall(r'name="(importer|file_plate|read)" value="([^"]*)"', preview.text))
    answer = anna.post(f"{answer.headers['Location']}/accept", **choices)
    assert answer.headers["Location"] == "/plates/1", answer.text
    return anna


def words(html: str) -> str:
    """Return what a page says, without its marks."""
    plain = re.sub(r"<[^>]+>", " ", html).replace("&lt;", "<").replace("&gt;", ">")
    return " ".join(plain.split())


def test_the_page_of_the_plate_shows_values_bounds_and_reasons(anna: Person) -> None:
    page = anna.get("/plates/1").text
    said = words(page)
    for row in (
        "S-007 520 pg/mL 468 to 572 A3 A4",
        "low < 100 pg/mL B3 B4",
        "high > 1500 pg/mL C3 C4",
        "lost a well has no number D3 D4",
    ):
        assert row in said
    assert "IFN-γ 1 of 4 with a number All of them: SAMPLE. Sample IFN-γ Interval Wells" in said
    assert "concentration = 100 · mean OD · dilution factor" in said
    assert "Curves, mode" not in said
    assert "concentrations in pg/mL, supernatants of 0.2 mL, culture of 24 h" in said


def test_the_page_of_the_plate_shows_every_level_of_the_standard_curve(anna: Person) -> None:
    page = anna.get("/plates/1").text
    said = words(page)
    assert "Standard curve: range 10 to 150 pg/mL" in said
    assert "50 0.5 1.5 % 50 100.0 % yes D1 D2" in said
    assert "400 2.2 1.5 % 220 55.0 % no outside 80 to 120 % of what it holds F1 F2" in said
    assert "0 0.01 1.5 % – – no" in said
    assert "y_zero 0 ± 0.1, y_inf 4 ± 0.1, ec50 300 ± 0.1, hill 1 ± 0.1" in said
    assert "Weights 1/y²" in said
    assert "the upper plateau is not supported by the standards" in said


def test_a_well_of_a_value_leads_to_its_cell(anna: Person) -> None:
    page = anna.get("/plates/1").text
    (address,) = set(re.findall(r'href="([^"]+)"[^>]*>A3</a>', page))
    window = anna.get(address.replace("&amp;", "&")).text
    assert "0.5" in window
    assert 'id="msc-target"' in window


def test_the_chart_has_wells_line_and_limits_without_the_zero_standard(anna: Person) -> None:
    (curve,) = anna.get("/plates/1/standard-curves.json").get_json()["curves"]
    assert (curve["unit"], curve["lowest"], curve["highest"]) == ("pg/mL", 10.0, 150.0)
    assert [level["concentration"] for level in curve["levels"]] == [5.0, 10.0, 50.0, 150.0, 400.0]
    fifty = curve["levels"][2]
    assert [well["signal"] for well in fifty["wells"]] == [0.5, 0.5]
    assert {well["sheet"] for well in fifty["wells"]} == {"OD 450 nm"}
    xs, ys = zip(*curve["line"], strict=True)
    assert (xs[0], xs[-1]) == (pytest.approx(5.0), pytest.approx(400.0))
    assert all(y == pytest.approx(4 / (1 + 300 / x)) for x, y in zip(xs, ys, strict=True))


def test_a_plate_without_readings_has_no_chart(elisa_app: Flask, sign_in: SignIn) -> None:
    anna = sign_in("anna")
    registry = elisa_app.extensions["lims_msc"].registry
    plate_map = plate_map_workbook(registry, plain_elisa_map())
    anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    waiting = words(anna.get("/plates/1").text)
    assert "Next: the file of the reader" in waiting
    assert "std 50" in waiting
    assert anna.get("/plates/1/standard-curves.json").status_code == 404
    assert anna.get("/plates/9/standard-curves.json").status_code == 404


def test_the_tables_of_the_plate_are_those_that_it_has(anna: Person) -> None:
    page = anna.get("/plates/1").text
    for key in ("readings_csv", "values_csv", "standard_curves_csv"):
        answer = anna.get(f"/plates/1/tables/{key}")
        assert answer.status_code == 200
        assert f"/plates/1/tables/{key}" in page
    assert "tables/curves_csv" not in page


def test_the_study_shows_values_and_offers_no_figure(
    elisa_app: Flask, anna: Person, sign_in: SignIn
) -> None:
    study = words(anna.get("/studies/1").text)
    assert f"{PLATE} draft S-007 520 pg/mL" in study
    assert "No curves yet" not in study
    anna.post("/analyses/1/reviews", action="submit", state="draft")
    paul = sign_in("paul")
    paul.post("/analyses/1/reviews", action="approve", state="submitted")
    approved = paul.get("/studies/1").text
    assert "/exports/values_csv" in approved
    assert "/exports/figure_svg" not in approved
    assert "the figure as SVG" not in approved
    pack = paul.post("/studies/1/exports/pack")
    assert pack.data[:2] == b"PK"


def test_a_plate_of_curves_looks_as_before(app: Flask, sign_in: SignIn) -> None:
    anna = sign_in("anna")
    registry = app.extensions["lims_msc"].registry
    plate_map = plate_map_workbook(registry, invented_plate_map("S-1"))
    anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    workbook = invented_plate_workbook()
    answer = anna.post("/plates/1/files", file=(io.BytesIO(workbook), "reader.xlsx"))
    anna.post(f"{answer.headers['Location']}/accept")
    page = anna.get("/plates/1").text
    assert "Curves, mode FULL" in page
    assert "Standard curve" not in page
    assert "standard-curve.js" not in page
    assert "values_csv" not in page
    assert anna.get("/plates/1/standard-curves.json").get_json() == {"curves": []}


def test_a_plate_without_any_result_says_so(elisa_app: Flask, anna: Person) -> None:
    with elisa_app.extensions["lims_msc"].database.engine.begin() as connection:
        connection.execute(
            text("UPDATE msc_analysis SET \"values\" = '[]', standard_curves = '[]'")
        )
    said = words(anna.get("/plates/1").text)
    assert "No result could be computed from this plate" in said


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        (
            "json_set(standard_curves, '$[0].lowest', null, '$[0].reason', 'no two in a row')",
            "Standard curve: no range Nothing can be read from these standards: no two in a row.",
        ),
        (
            "json_set(standard_curves, '$[0].fit', json('{}'))".format(
                '{"model": "4pl", "equation": "", "status": "too_few_doses", '
                '"reason": "two standards", "parameters": []}'
            ),
            "too few doses : two standards",
        ),
        (
            "json_set(standard_curves, '$[0].levels', json('[]'))",
            "No standard has been read back.",
        ),
    ],
)
def test_a_standard_curve_that_is_none_says_why(
    elisa_app: Flask, anna: Person, stored: str, sentence: str
) -> None:
    with elisa_app.extensions["lims_msc"].database.engine.begin() as connection:
        connection.execute(text(f"UPDATE msc_analysis SET standard_curves = {stored}"))
    assert sentence in words(anna.get("/plates/1").text)
    assert anna.get("/plates/1/standard-curves.json").status_code == 200
