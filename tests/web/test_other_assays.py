"""An ELISA and a killing plate of the demonstration, from the upload to the pages and the pack."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from html import unescape

import pytest
from factories import add_demo_materials, demo_files
from flask import Flask
from pages import Person

from lims_msc.domain.actor import Actor

SignIn = Callable[[str], Person]
Take = Callable[[str], str]


@pytest.fixture
def anna(app: Flask, everybody: Actor, sign_in: SignIn) -> Person:
    add_demo_materials(app.extensions["lims_msc"].database, everybody)
    return sign_in("anna")


@pytest.fixture
def take_plate(app: Flask, anna: Person) -> Take:
    """Upload map and file of a plate, accept it, and return what its page says."""

    def take_plate(code: str) -> str:
        plate_map, reader = demo_files(app.extensions["lims_msc"].registry, code)
        answer = anna.post("/plate-maps", file=(io.BytesIO(plate_map.data), plate_map.file_name))
        plate = answer.headers["Location"]
        assert plate.startswith("/plates/"), answer.text
        waiting = anna.get(plate)
        assert "Next: the file of the reader" in waiting.text
        answer = anna.post(f"{plate}/files", file=(io.BytesIO(reader.data), reader.file_name))
        preview = anna.get(answer.headers["Location"])
        assert "thing blocks" not in preview.text
        accepted = anna.post(f"{answer.headers['Location']}/accept")
        assert accepted.headers["Location"] == plate, accepted.text
        return words(anna.get(plate).text)

    return take_plate


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_an_elisa_shows_its_standards_concentrations_bounds_and_curves(
    anna: Person, take_plate: Take
) -> None:
    said = take_plate("SIM-ELISA-01")
    assert "Standard curve: range 15.625 to 1000 pg/mL" in said
    assert "4pl" not in said
    assert "ec50" in said
    assert "Concentration of IFN-γ 25 of 29 with a number" in said
    assert "< 156.25 pg/mL" in said
    assert "(± standard error)" in said
    assert "1/y²" in said
    assert "recovery 80 to 120 %" in said
    assert "except those that are said to be between responders" in said
    assert "Curves, mode NONE" in said
    assert "concentrations in pg/mL, supernatants of 0.2 mL, culture of 72 h" in said
    curve_page = words(anna.get("/curves/1").text)
    assert "Suppression at 1:10" in curve_page
    assert "Mean concentration" in curve_page
    assert "suppression of the mean concentration" in curve_page
    assert "Mean signal" not in curve_page
    assert len(anna.get("/curves/1/chart.json").get_json()["doses"]) == 5
    (curve,) = anna.get("/plates/1/standard-curves.json").get_json()["curves"]
    assert len(curve["levels"]) == 7
    means = [(level["concentration"], level["signal_mean"]) for level in curve["levels"]]
    line = dict(curve["line"])
    for held, mean in means:
        nearest = min(line, key=lambda x: abs(x - held))
        assert line[nearest] == pytest.approx(mean, rel=0.1)


def test_a_killing_assay_shows_lysis_by_ratio_and_no_standard_curve(take_plate: Take) -> None:
    said = take_plate("SIM-KILL-01")
    assert "Specific lysis 16 of 16 with a number" in said
    assert "All of them: E_T, SIM-NK-1, IL-2 100 U/mL." in said
    assert re.search(r"SIM-MSC-H1 resting 1:10 20:1 [\d.]+ %", said)
    assert "E 20:1" in said
    assert "Standard curve" not in said
    assert "Curves, mode" not in said


def test_a_mistake_in_a_map_is_shown_with_its_cell(app: Flask, anna: Person) -> None:
    from openpyxl import load_workbook

    plate_map, _ = demo_files(app.extensions["lims_msc"].registry, "SIM-ELISA-01")
    workbook = load_workbook(io.BytesIO(plate_map.data))
    workbook["Wells"]["N2"] = "7,8"
    workbook["Wells"]["M4"] = None
    changed = io.BytesIO()
    workbook.save(changed)
    answer = anna.post("/plate-maps", file=(io.BytesIO(changed.getvalue()), "map.xlsx"))
    assert answer.status_code == 422
    said = words(answer.text)
    assert "'7,8' is a text with a comma" in said
    assert "cell N2" in said
    assert "The role SAMPLE needs a dilution factor" in said
    assert "cell M4" in said


def test_both_plates_are_reviewed_and_leave_in_one_pack(
    anna: Person, take_plate: Take, sign_in: SignIn
) -> None:
    for number, code in enumerate(("SIM-ELISA-01", "SIM-KILL-01"), start=1):
        take_plate(code)
        anna.post(f"/analyses/{number}/reviews", action="submit", state="draft")
    paul = sign_in("paul")
    for number in (1, 2):
        answer = paul.post(f"/analyses/{number}/reviews", action="approve", state="submitted")
        assert answer.status_code == 302, answer.text
    everywhere = words(paul.get("/values").text)
    assert "SIM-KILL-01 approved SIM-MSC-H1" in everywhere
    assert "SIM-ELISA-01 approved SIM-SN-01" in everywhere
    of_batch = words(paul.get("/batches/SIM-MSC-S2").text)
    assert "SIM-KILL-01 approved" in of_batch
    assert "Concentration of IFN-γ" not in of_batch
    assert "Values Concentration of IFN-γ" in words(paul.get("/batches/SIM-MSC-H1").text)
    study = words(paul.get("/studies/1").text)
    assert "Values Concentration of IFN-γ" in study
    assert "Suppression of killing" in study
    with zipfile.ZipFile(io.BytesIO(paul.post("/studies/1/exports/pack").data)) as pack:
        values = list(csv.DictReader(io.StringIO(pack.read("data/values.csv").decode())))
        standards = list(
            csv.DictReader(io.StringIO(pack.read("data/standard_curves.csv").decode()))
        )
        assert "figures/suppression.svg" in pack.namelist()
    assert {row["plate"] for row in values} == {"SIM-ELISA-01", "SIM-KILL-01"}
    assert {row["review_state"] for row in values} == {"approved"}
    bounds = [row for row in values if row["status"] == "below_range"]
    assert {(row["value"], row["bound"]) for row in bounds} == {("", "156.25")}
    assert [row["concentration"] for row in standards if row["is_accepted"] == "no"] == ["0.0"]


def test_without_values_the_list_says_so_and_a_batch_has_no_such_heading(anna: Person) -> None:
    assert "No values yet." in anna.get("/values").text
    assert "<h2>Values</h2>" not in anna.get("/batches/SIM-MSC-H1").text
