"""The fitted curve on its page: model, both intervals, both kinds of R50, and refusals in words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from flask import Flask
from pages import Person

from lims_msc.demo.invented import invented_plate_map, invented_plate_workbook
from lims_msc.demo.lab import plate_map_workbook

SignIn = Callable[[str], Person]


def curve_pages(app: Flask, anna: Person) -> list[str]:
    """Return what the pages of all curves of the invented plate say, without marks."""
    registry = app.extensions["lims_msc"].registry
    plate_map = plate_map_workbook(registry, invented_plate_map("S-1"))
    anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    workbook = invented_plate_workbook()
    answer = anna.post("/plates/1/files", file=(io.BytesIO(workbook), "reader.xlsx"))
    anna.post(f"{answer.headers['Location']}/accept")
    links = sorted(set(re.findall(r'href="(/curves/\d+)"', anna.get("/plates/1").text)))
    found = set(links)
    for link in links:
        found |= set(re.findall(r'href="(/curves/\d+)"', anna.get(link).text))
    pages = [re.sub(r"<[^>]+>", " ", anna.get(link).text) for link in sorted(found)]
    return [" ".join(page.split()) for page in pages]


def test_a_fit_shows_its_model_both_intervals_and_both_kinds_of_r50(
    app: Flask, sign_in: SignIn
) -> None:
    said = " ".join(curve_pages(app, sign_in("anna")))
    assert "Fitted curve (4PL) y = y_zero + (y_inf − y_zero)/(1 + (ec50/x)^hill)" in said
    assert "Model: 4PL: a 5PL needs 8 different doses." in said
    assert "95 % Wald 95 % profile" in said
    assert re.search(r"y_zero −61\.\d+ ", said)
    assert re.search(
        r"Absolute R50 1:9\.\d+: the fitted curve is at 50 %; 95 % Wald 0\.\d+ to ", said
    )
    assert "Relative R50 (ec50) 1:25" in said
    assert "Standard errors Gauss–Newton, from the scatter of the co-culture wells" in said
    assert re.search(r"Lack of fit p = 0\.\d+", said)
