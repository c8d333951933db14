"""What the opener takes, what it refuses and in which words, and that it survives every file."""

from __future__ import annotations

import io
import json
import random
import struct
import threading
import warnings
import zipfile
import zlib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lims_msc.importers import guard
from lims_msc.importers.opening import answer
from lims_msc.importers.raw_sheet import workbook_from_json
from lims_msc.importers.reading_process import ReadingPool
from lims_msc.importers.workbook import open_workbook

from lims_msc.domain.importing import Source
from lims_msc.errors import UnreadableWorkbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(data: bytes, name: str = "upload.xlsx") -> str:
    with pytest.raises(UnreadableWorkbook) as refused:
        open_workbook(Source(name, data))
    assert type(refused.value) is UnreadableWorkbook
    return refused.value.message


def good_parts(saved: Any, make_workbook: Any) -> dict[str, bytes]:
    archive = zipfile.ZipFile(
        io.BytesIO(saved(make_workbook(Raw=[["Well", "OD450"], ["A1", 0.5]])))
    )
    return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def with_sheet(parts: dict[str, bytes], rows: str) -> bytes:
    head, _, rest = parts["xl/worksheets/sheet1.xml"].decode().partition("<sheetData>")
    tail = rest.partition("</sheetData>")[2]
    sheet = f"{head}<sheetData>{rows}</sheetData>{tail}"
    return packed({**parts, "xl/worksheets/sheet1.xml": sheet.encode()})


@pytest.fixture
def parts(saved: Any, make_workbook: Any) -> dict[str, bytes]:
    return good_parts(saved, make_workbook)


# --- what is taken ----------------------------------------------------------------------------


@pytest.mark.shared
def test_no_honest_file_of_the_corpus_is_refused(corpus_books: list) -> None:
    assert len(corpus_books) == 102
    assert all(any(sheet.cells for sheet in book.sheets) for _, _, book in corpus_books)


@pytest.mark.shared
def test_the_reading_process_gives_what_reading_in_place_gives(corpus_books: list) -> None:
    for entry, data, book in corpus_books:
        name = entry["file"].split("/")[-1]
        here = json.loads(json.dumps(answer(name, data)))
        assert workbook_from_json(name, here) == book, name


@pytest.mark.shared
def test_every_cell_of_the_corpus_is_what_openpyxl_reads(corpus_books: list) -> None:
    compared = 0
    for entry, data, ours in corpus_books:
        if not data.startswith(b"PK"):
            continue
        theirs = plainly_opened(data, data_only=True)
        has_formulas = any(
            cell.is_formula for sheet in ours.sheets for cell in sheet.cells.values()
        )
        formulas = plainly_opened(data, data_only=False) if has_formulas else theirs
        assert [s.name for s in ours.sheets] == theirs.sheetnames
        for sheet in ours.sheets:
            there, place = theirs[sheet.name], (entry["file"], sheet.name)
            want = {k: c.value for k, c in there._cells.items() if c.value not in (None, "")}
            have = {
                k: c.error or c.value for k, c in sheet.cells.items() if not c.formula_without_value
            }
            assert have == want, place
            assert all(type(have[k]) is type(want[k]) for k in want), place
            written = formulas[sheet.name]._cells.items()
            formula_cells = {k for k, c in written if c.data_type == "f"}
            assert {k for k, c in sheet.cells.items() if c.is_formula} == formula_cells, place
            remarks = {k: c.comment.text for k, c in there._cells.items() if c.comment and c.value}
            assert {k: c.comment for k, c in sheet.cells.items() if c.comment} == remarks, place
            compared += len(want)
    assert compared > 100_000


def plainly_opened(data: bytes, *, data_only: bool) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only)


def test_values_keep_their_kind_and_the_text_of_the_file(make_workbook: Any, opened: Any) -> None:
    book = make_workbook(
        Raw=[
            [
                1,
                0.1,
                "text",
                True,
                datetime.fromisoformat("2026-01-02T03:04:05"),
                time(1, 30),
                timedelta(hours=30),
            ]
        ]
    )
    sheet = opened(book).sheets[0]
    values = [sheet.value(1, c) for c in range(1, 8)]
    assert values == [
        1,
        0.1,
        "text",
        True,
        datetime.fromisoformat("2026-01-02T03:04:05"),
        time(1, 30),
        timedelta(hours=30),
    ]
    assert [type(v) for v in values[:2]] == [int, float]
    assert [sheet.get(1, c).raw for c in (1, 2, 3, 4)] == ["1", "0.1", "text", "TRUE"]


def test_errors_formulas_and_percentages_are_marked(parts: dict[str, bytes]) -> None:
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1"><f>1+1</f></c><c r="D1"><f>1+1</f><v></v></c>'
        '<c r="E1" t="str"><f>x</f><v></v></c>'
        '<c r="F1"><v>NaN</v></c><c r="G1"><v>1e400</v></c></row>'
    )
    cells = open_workbook(Source("x.xlsx", with_sheet(parts, rows))).sheets[0].cells
    assert (cells[1, 1].value, cells[1, 1].error) == (None, "#DIV/0!")
    assert (cells[1, 2].value, cells[1, 2].is_formula) == (2, True)
    assert [cells[1, c].formula_without_value for c in (2, 3, 4)] == [False, True, True]
    assert (1, 5) not in cells
    assert (cells[1, 6].value, cells[1, 7].value) == ("NaN", "1e400")


def test_the_day_that_never_was_and_other_impossible_dates_are_told(
    make_workbook: Any, opened: Any
) -> None:
    book = make_workbook(Raw=[[60, 61]])
    for address in ("A1", "B1"):
        book["Raw"][address].number_format = "yyyy-mm-dd"
    workbook = opened(book)
    assert [(f.code, f.cell) for f in workbook.findings] == [("impossible_date", "A1")]
    assert workbook.sheets[0].value(1, 2) == datetime.fromisoformat("1900-03-01")


def test_sheets_without_cell_addresses_are_counted(parts: dict[str, bytes]) -> None:
    data = with_sheet(parts, "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    cells = open_workbook(Source("x.xlsx", data)).sheets[0].cells
    assert {k: c.value for k, c in cells.items()} == {(1, 1): 1, (1, 2): 2, (2, 1): 3}


def test_strict_open_xml_is_read(parts: dict[str, bytes]) -> None:
    strict = {
        name: data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, data in parts.items()
    }
    assert open_workbook(Source("x.xlsx", packed(strict))).sheets[0].value(2, 2) == 0.5


def test_a_field_in_quotation_marks_may_hold_separators_and_line_ends() -> None:
    data = b'"a,b","c\nd"\n"5"" plate",x\n'
    sheet = open_workbook(Source("x.csv", data)).sheets[0]
    assert [sheet.value(1, c) for c in (1, 2)] == ["a,b", "c\nd"]
    assert [sheet.value(3, c) for c in (1, 2)] == ['5" plate', "x"]


def test_a_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    sheet = open_workbook(Source("x.csv", b'a,"b\nA1,0.5\n')).sheets[0]
    assert sheet.value(2, 2) == "0.5"


# --- what is refused, in the exact words ------------------------------------------------------


def test_an_empty_file() -> None:
    assert refusal(b"") == "The file is empty (0 bytes)."
    assert refusal(b"\r\n \n", "x.csv") == "The file is empty: it holds only blank lines."


def test_a_picture_named_xlsx() -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(64)
    assert refusal(data) == "The file is a picture (PNG), not an Excel workbook or a text export."


def test_a_password_protected_workbook() -> None:
    data = OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    with pytest.raises(UnreadableWorkbook) as refused:
        open_workbook(Source("plate.xlsx", data))
    assert refused.value.message == "The workbook is password protected (encrypted)."
    assert "Remove the password in Excel" in refused.value.hint
    assert "save it again" in refused.value.hint


def test_a_zip_that_is_no_workbook() -> None:
    assert refusal(packed({"readme.txt": b"hello"})) == (
        "The file is a zip archive but not an Excel workbook: it has no workbook part."
    )


def test_text_named_xlsx_and_old_excel_named_xlsx() -> None:
    assert refusal(b"Well,OD\nA1,0.5\n").startswith(
        "The file is named .xlsx but is not an Excel workbook: it is text"
    )
    old = OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(512)
    assert refusal(old) == (
        "The file is named .xlsx but is not an xlsx workbook: it is an old .xls workbook"
        " (Excel 97 to 2003)."
    )
    assert refusal(old, "x.xls") == "The file is damaged: the old .xls workbook cannot be read."


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "a web page (HTML)"),
        (b"%PDF-1.7\n" + bytes(10), "a PDF document"),
        (b"\x1f\x8b\x08" + bytes(20), "a gzip archive"),
        (bytes(range(256)) * 8, "neither text nor an Excel workbook"),
        (packed({"word/document.xml": b"<w/>", "_rels/.rels": b"<r/>"}), "zip archive but not"),
        (packed({"content.xml": b"<x/>", "mimetype": b"x"}), "a LibreOffice file"),
    ],
)
def test_files_of_other_programs_are_named(data: bytes, words: str) -> None:
    assert words in refusal(data, "upload.dat")


def test_too_large_says_the_limit_and_the_size() -> None:
    message = refusal(bytes(guard.UPLOAD_BYTES + 1))
    assert message == "The file is too large: it has 10.0 MiB; the limit is 10 MiB."


def test_documents_types_are_refused_in_every_part_and_encoding(parts: dict[str, bytes]) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    for name in ("xl/sharedStrings.xml", "docProps/app.xml", "xl/worksheets/sheet1.xml"):
        for encoding in ("utf-8", "utf-16"):
            message = refusal(packed({**parts, name: bomb.encode(encoding)}))
            assert message == (
                f"The part '{name}' contains a document type (DOCTYPE), which is not allowed in"
                " workbooks."
            )


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "..\\evil", "C:\\evil", "xl/../../x"])
def test_part_names_that_leave_the_archive_are_refused(parts: dict[str, bytes], name: str) -> None:
    assert "is not allowed in a workbook" in refusal(packed({**parts, name: b"x"}))


def test_two_parts_with_one_name_are_refused(parts: dict[str, bytes]) -> None:
    double = packed({**parts, "XL/Worksheets/Sheet1.xml": b"<x/>"})
    assert "twice" in refusal(double)


def test_other_compression_methods_are_refused(parts: dict[str, bytes]) -> None:
    assert "compression method" in refusal(packed(parts, zipfile.ZIP_BZIP2))


def test_a_part_that_lies_about_its_size_is_counted() -> None:
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(squeezed.compress(bytes(1 << 20)) for _ in range(40)) + squeezed.flush()
    entry = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(bomb), 4, 5, 0) + b"x.bin"
    )
    directory = (
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2",
            20,
            20,
            0,
            8,
            0,
            33,
            0,
            len(bomb),
            4,
            5,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + b"x.bin"
    )
    end = struct.pack(
        "<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(entry) + len(bomb), 0
    )
    package = guard.Package(entry + bomb + directory + end)
    with pytest.raises(UnreadableWorkbook, match="unpacks to more than 24 MiB"):
        package.read(package.parts["x.bin"])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('<row r="1"><c r="B2"><v>1</v></c></row>', "impossible cell reference 'B2' in row 1"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "impossible cell reference 'XFE1'"),
        ('<row r="0"><c r="A0"><v>1</v></c></row>', "impossible row number '0'"),
        (
            '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
            "holds the cell A1 twice",
        ),
        (
            '<row r="1"><c r="A1" t="s"><v>9999</v></c></row>',
            "cell A1 .* points at a text that is not",
        ),
        (
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "far outside, in cell XFD1048576",
        ),
        (
            f'<row r="1"><c r="A1" t="str"><v>{"x" * 5000}</v></c></row>',
            "cell A1: the text is too long",
        ),
        ("<row>" * 80 + "</row>" * 80, "nested too deep"),
        ('<row r="1"><c r="A1"><v>1</v></row>', "is malformed"),
    ],
)
def test_damaged_sheets_are_refused_by_place(
    parts: dict[str, bytes], rows: str, words: str
) -> None:
    with pytest.raises(UnreadableWorkbook, match=words):
        open_workbook(Source("x.xlsx", with_sheet(parts, rows)))


def test_empty_formatted_rows_do_not_count_as_data(parts: dict[str, bytes]) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' + "".join(
        f'<row r="{r}"><c r="A{r}" s="0"/></row>' for r in range(2, 60_000)
    )
    assert len(open_workbook(Source("x.xlsx", with_sheet(parts, rows))).sheets[0].cells) == 1


# --- nothing else comes out -------------------------------------------------------------------


def test_changed_bytes_give_a_workbook_or_a_refusal_and_nothing_else(
    saved: Any, make_workbook: Any, grid: Any
) -> None:
    good = saved(make_workbook(Raw=grid()))
    stored = packed(good_parts(saved, make_workbook), zipfile.ZIP_STORED)
    dice = random.Random(20260314)
    outcomes = set()
    for base in (good, stored, b"Well;OD\nA1;0,5\n" * 20, "Well\tOD\n".encode("utf-16")):
        for _ in range(120):
            data = bytearray(base)
            for _ in range(dice.choice((1, 2, 8))):
                at = dice.randrange(len(data))
                change = dice.choice(("byte", "cut", "double"))
                if change == "byte":
                    data[at] = dice.randrange(256)
                elif change == "cut":
                    del data[at : at + dice.randrange(1, 40)]
                else:
                    data[at:at] = data[at : at + dice.randrange(1, 40)]
                data = data or bytearray(b"x")
            outcomes.add("refused" in answer("upload", bytes(data)))
    assert outcomes == {True, False}


# --- the processes ----------------------------------------------------------------------------

READERS = """
import os, time
def echo(name, data): return {"name": name, "size": len(data)}
def hang(name, data): time.sleep(60)
def grow(name, data): return {"x": len(bytearray(1 << 40))}
def die(name, data): os._exit(9)
def fail(name, data): raise KeyError("secret path /srv/x")
def loud(name, data): print("noise"); os.write(1, b"noise"); return {"ok": True}
def sometimes(name, data):
    if data == b"die": os._exit(9)
    return {"pid": os.getpid()}
def secret(name, data): return {"found": os.environ.get("LIMS_MSC_SECRET_KEY", "")}
"""


@pytest.fixture
def pool_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # noqa: ANN201 - a factory
    (tmp_path / "readers_of_the_test.py").write_text(READERS)
    monkeypatch.syspath_prepend(str(tmp_path))
    pools: list[ReadingPool] = []

    def made(function: str, **limits: float) -> ReadingPool:
        pools.append(ReadingPool(f"readers_of_the_test:{function}", **limits))
        return pools[-1]

    yield made
    for pool in pools:
        pool.close()


def test_a_file_that_hangs_is_given_up_in_time(pool_for: Any) -> None:
    with pytest.raises(UnreadableWorkbook, match=r"could not be read within 0\.5 seconds"):
        pool_for("hang", time_limit_s=0.5).read("x", b"x")


def test_a_file_that_needs_too_much_memory_is_refused(pool_for: Any) -> None:
    with pytest.raises(UnreadableWorkbook, match="needs too much memory"):
        pool_for("grow", memory_limit_bytes=256 << 20).read("x", b"x")


@pytest.mark.parametrize("function", ["die", "fail"])
def test_a_crash_is_told_in_plain_words(pool_for: Any, function: str) -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        pool_for(function).read("x", b"x")
    assert "secret" not in refused.value.message + refused.value.hint


def test_after_a_death_the_next_file_is_read(pool_for: Any) -> None:
    pool = pool_for("sometimes", processes=1)
    first = pool.read("x", b"a")["pid"]
    assert pool.read("x", b"b")["pid"] == first
    with pytest.raises(UnreadableWorkbook):
        pool.read("x", b"die")
    assert pool.read("x", b"c")["pid"] != first


def test_what_a_library_prints_does_not_disturb_the_answer(pool_for: Any) -> None:
    assert pool_for("loud").read("x", b"x") == {"ok": True}


def test_the_reading_process_does_not_know_the_secrets_of_the_server(
    pool_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMS_MSC_SECRET_KEY", "hidden")
    assert pool_for("secret").read("x", b"x") == {"found": ""}


def test_many_threads_share_a_few_processes(pool_for: Any) -> None:
    pool = pool_for("echo", processes=2)
    answers: list[dict] = []

    def ask(size: int) -> None:
        answers.append(pool.read(f"n{size}", bytes(size)))

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(1, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((a["name"], a["size"]) for a in answers) == sorted(
        (f"n{i}", i) for i in range(1, 30)
    )


def test_a_closed_pool_starts_again_when_asked(pool_for: Any) -> None:
    pool = pool_for("echo")
    pool.read("x", b"1")
    pool.close()
    assert pool.read("x", b"12")["size"] == 2
