"""The page that asks which blocks of a file were measured."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

from factories import book, grid
from flask import Flask
from pages import Person

from lims_msc.demo.invented import invented_plate_map, invented_signals
from lims_msc.demo.lab import plate_map_workbook


def test_a_person_chooses_the_block_and_accepts_its_readings(
    app: Flask, sign_in: Callable[[str], Person]
) -> None:
    anna = sign_in("anna")
    registry = app.extensions["lims_msc"].registry
    plate_map = plate_map_workbook(registry, invented_plate_map("S-1"))
    anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    values = {str(well): signal.value for well, signal in invented_signals().items()}
    halves = {well: (value or 0) / 2 for well, value in values.items()}
    data = book(Sheet1=[["Monday"], *grid(halves), [], ["Tuesday"], *grid(values)])

    kept = anna.post("/plates/1/files", file=(io.BytesIO(data), "own.xlsx"))
    question = anna.get(kept.headers["Location"]).text
    assert "What was measured?" in question
    assert re.search(r"Monday.*Tuesday", question, flags=re.DOTALL)
    keys = [unescape(key) for key in re.findall(r'name="option" value="([^"]+)"', question)]
    chosen = {"importer": "generic_grid", "option": keys[1]}
    preview = anna.get(f"{kept.headers['Location']}?{urlencode(chosen)}").text
    assert "1.62" in preview
    assert keys[1] in unescape(preview)
    answer = anna.post(kept.headers["Location"] + "/accept", **chosen)
    assert "1:9.6" in anna.get(answer.headers["Location"]).text
