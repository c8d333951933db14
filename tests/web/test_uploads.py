"""What a person sees when a file cannot be taken: what is wrong, where, and what to do."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from pages import Person
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lims_msc.demo.invented import PLATE, invented_plate_map, invented_plate_workbook
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.demo.workbooks import Shape
from lims_msc.models import AuditRow, Base, Import, Reading, SourceFile

SignIn = Callable[[str], Person]


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def picture() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def password_protected() -> bytes:
    """An old container with the streams that Excel writes for a workbook with a password."""
    name = "EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + name + b"\0" * 1024


def upload(person: Person, path: str, name: str, data: bytes) -> TestResponse:
    return person.post(path, file=(io.BytesIO(data), name))


@pytest.fixture
def anna(app: Flask, sign_in: SignIn) -> Person:
    """A technician whose plate waits for its reader file."""
    anna = sign_in("anna")
    lab = app.extensions["lims_msc"]
    plate_map = plate_map_workbook(lab.registry, invented_plate_map("S-1"))
    answer = upload(anna, "/plate-maps", "map.xlsx", plate_map)
    assert answer.headers["Location"] == "/plates/1", answer.text
    return anna


def stored(app: Flask) -> dict[str, int]:
    with app.extensions["lims_msc"].database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


REFUSED = {
    "nothing": ("plate.xlsx", b"", "empty"),
    "a picture": ("plate.xlsx", picture(), "picture"),
    "a text that is called xlsx": ("plate.xlsx", b"hello, no plate here\n", "xlsx"),
    "with a password": ("plate.xlsx", password_protected(), "password"),
    "of no known program": (
        "plate.xlsx",
        workbook([["Shopping"], ["milk", 2], ["bread", 1]]),
        "No importer knows",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_leaves_one_audit_row_and_nothing_else(
    app: Flask, anna: Person, case: str
) -> None:
    name, data, word = REFUSED[case]
    before = stored(app)
    answer = upload(anna, "/plates/1/files", name, data)
    assert answer.status_code == 422
    assert word in answer.text
    assert stored(app) == before | {"msc_audit": before["msc_audit"] + 1}
    with app.extensions["lims_msc"].database.reading() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None
        assert (row.action, row.actor_name) == ("refuse", "Anna Weiss")
        assert row.changes["file_name"] == name
        assert word in row.reason


def test_no_message_shows_the_server_or_runs_what_the_file_says(anna: Person) -> None:
    data = workbook([["<script>window.__xss=1</script>"]])
    answer = upload(anna, "/plates/1/files", "<img src=x onerror=alert(1)>.xlsx", data)
    assert answer.status_code == 422
    assert "<img src=x" not in answer.text
    assert "<script>window" not in answer.text
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text


def test_a_file_of_another_plate_is_shown_but_cannot_be_accepted(app: Flask, anna: Person) -> None:
    data = workbook([["<>", 1, 2, 3], ["A", 0.1, 0.2, 0.3], ["B", 0.1, 0.2, 0.3]])
    answer = upload(anna, "/plates/1/files", "other.xlsx", data)
    preview = anna.get(answer.headers["Location"])
    assert "cannot be accepted" in preview.text
    assert "C2, C3, C4" in preview.text
    before = stored(app)
    refused = anna.post(answer.headers["Location"] + "/accept")
    assert refused.status_code == 422
    assert "C2, C3, C4" in refused.text
    assert stored(app) == before


def test_the_same_bytes_are_taken_once_under_any_name(app: Flask, anna: Person) -> None:
    data = invented_plate_workbook()
    preview = upload(anna, "/plates/1/files", "first.xlsx", data).headers["Location"]
    assert anna.post(preview + "/accept").status_code == 302
    before = stored(app)
    answer = upload(anna, "/plates/1/files", "second.xlsx", data)
    assert answer.status_code == 409
    for words in ("imported before", "first.xlsx", "Anna Weiss", PLATE):
        assert words in answer.text
    assert stored(app) == before | {"msc_audit": before["msc_audit"] + 1}


@pytest.mark.parametrize("shape", Shape)
def test_each_shape_of_the_invented_plate_gives_the_same_curves(
    app: Flask, anna: Person, shape: Shape
) -> None:
    data = invented_plate_workbook(shape)
    preview = upload(anna, "/plates/1/files", "reader.xlsx", data).headers["Location"]
    page = anna.get(anna.post(preview + "/accept").headers["Location"])
    for mode, half_suppression in (("NONE", "1:6.4"), ("UNSTIM", "1:9.0"), ("FULL", "1:9.6")):
        assert mode in page.text
        assert half_suppression in page.text
    with app.extensions["lims_msc"].database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Reading)) == 39
        assert session.scalars(select(SourceFile.data).order_by(SourceFile.id)).all()[-1] == data
        assert session.scalars(select(Import.importer_key)).one() in {
            "generic_grid",
            "tecan_icontrol",
            "tecan_magellan",
        }


def test_the_tables_of_a_plate_can_be_downloaded_as_csv(anna: Person) -> None:
    preview = upload(anna, "/plates/1/files", "r.xlsx", invented_plate_workbook())
    anna.post(preview.headers["Location"] + "/accept")
    readings = anna.get("/plates/1/tables/readings_csv")
    assert readings.mimetype == "text/csv"
    assert len(readings.text.strip().splitlines()) == 1 + 39
    curves = anna.get("/plates/1/tables/curves_csv")
    assert {line.split(",")[12] for line in curves.text.splitlines()[1:] if line} >= {"FULL"}


def test_a_plate_map_with_mistakes_names_each_cell(app: Flask, anna: Person) -> None:
    lab = app.extensions["lims_msc"]
    book = load_workbook(
        io.BytesIO(plate_map_workbook(lab.registry, invented_plate_map("S-1"))), data_only=True
    )
    book["Plate"]["B3"] = "INV-PLATE-2"
    book["Wells"]["C27"] = "INV-MSC-l"
    book["Wells"]["B28"] = "COCULTURE"
    out = io.BytesIO()
    book.save(out)
    before = stored(app)
    answer = upload(anna, "/plate-maps", "map-2.xlsx", out.getvalue())
    assert answer.status_code == 422
    assert "cell B28" in answer.text
    assert "COCULTURE" in answer.text
    assert stored(app) == before | {"msc_audit": before["msc_audit"] + 1}
