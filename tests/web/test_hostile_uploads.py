"""The same hostile files through the upload page: refused in words, or kept and shown harmless."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED
from flask import Flask
from hostile import WANTED, make_uploads
from pages import Person
from sqlalchemy import func, select

from lims_msc.demo.invented import invented_plate_map
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.models import SourceFile

pytestmark = pytest.mark.shared


@pytest.fixture
def anna(app: Flask, sign_in: Callable[[str], Person]) -> Person:
    anna = sign_in("anna")
    plate_map = plate_map_workbook(app.extensions["lims_msc"].registry, invented_plate_map("S-1"))
    anna.post("/plate-maps", file=(io.BytesIO(plate_map), "map.xlsx"))
    return anna


def files_kept(app: Flask) -> int:
    with app.extensions["lims_msc"].database.reading() as session:
        return session.scalar(select(func.count()).select_from(SourceFile)) or 0


def test_no_hostile_file_gets_further_than_its_index_allows(
    app: Flask, anna: Person, tmp_path: Path
) -> None:
    index = make_uploads(SHARED, tmp_path)
    short = [
        f"{case['id']}: {problem}"
        for case in index["cases"]
        for problem in problems(app, anna, tmp_path, case, index["forbidden_in_any_answer"])
    ]
    assert not short, "\n".join(short)
    assert len(index["cases"]) >= 99


def problems(
    app: Flask, anna: Person, folder: Path, case: dict[str, Any], forbidden: list[str]
) -> list[str]:
    before = files_kept(app)
    data = io.BytesIO((folder / case["file"]).read_bytes())
    answer = anna.post("/plates/1/files", file=(data, case["upload_name"]))
    page = answer.text
    if answer.status_code == 302:
        page = anna.get(answer.headers["Location"]).text
        outcome = "flagged" if "msc-finding-warning" in page else "accepted"
    else:
        outcome = "rejected"
    found = []
    if answer.status_code not in {302, 422}:
        found.append(f"status {answer.status_code}")
    # The layout of the invented plate fits none of these, so honest files carry findings too.
    if case["verdict"] != "accept" and outcome not in WANTED[case["verdict"]]:
        found.append(f"was {outcome}")
    if case["verdict"] == "accept" and outcome == "rejected":
        found.append("was refused")
    if outcome == "rejected" and files_kept(app) != before:
        found.append("left a file behind")
    named = any(re.search(name, unescape(page), re.IGNORECASE) for name in case["names"])
    if outcome != "accepted" and case["names"] and case["verdict"] != "inert" and not named:
        found.append("does not name the fault")
    found += [f"shows {text}" for text in forbidden if re.search(text, page)]
    return found
