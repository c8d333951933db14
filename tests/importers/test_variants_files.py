"""Workbooks of several exports, tables that disagree, stacks with gaps, large and hostile files."""

from __future__ import annotations

import io
import re
import zipfile
from time import perf_counter

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from variants import (
    GLOMAX,
    ICONTROL,
    ICONTROL_KINETIC,
    SPARK,
    STACK_TEXT,
    SUNRISE,
    by_well,
    corpus_file,
    data_sheet,
    edited,
    expected,
    grid_rows,
    is_refused,
    loaded,
    packed,
    parts_of,
    product_reads,
    put,
    readings_of,
    refusal_of,
    saved,
    sheet_parts,
    text_of_file,
    told,
    workbook_of,
)

pytestmark = pytest.mark.shared


# --- 17: several exports in one workbook ------------------------------------------------------


def append_again(sheet: Worksheet, *, date: str | None = None) -> None:
    """Append the whole export below itself, with one well of its own."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    row, column = next(
        (r, c)
        for r, line in enumerate(rows)
        for c, value in enumerate(line)
        if value == "A" and rows[r + 1][c] == "B"
    )
    rows[row][column + 1] = 0.777
    if date:
        for line in rows:
            if str(line[0]).startswith("Date"):
                line[next(i for i, v in enumerate(line[1:], 1) if v is not None)] = date
    for _ in range(3):
        sheet.append([" "])
    for line in rows:
        sheet.append(line)


@pytest.mark.parametrize("name", [ICONTROL, SPARK])
def test_a_run_appended_below_the_first_is_a_data_set_of_its_own(name: str) -> None:
    read = product_reads(edited(name, lambda sheet: append_again(sheet, date="1/2/2022")))
    first, second = read.readings.plates
    assert first.plate != second.plate
    assert second.readings[0].value == 0.777
    assert len(first.readings) == len(second.readings) == 96
    assert readings_of(read).total() == 192


@pytest.mark.parametrize("name", [ICONTROL, SUNRISE, SPARK])
def test_sheets_of_different_days_are_plates_of_their_own(name: str) -> None:
    book = loaded(corpus_file(name))
    copy = book.copy_worksheet(data_sheet(book))
    copy.title = "next day"
    put("A1", 0.777)(copy)
    read = product_reads(saved(book))
    assert len({plate.plate for plate in read.readings.plates}) == 2
    want = expected(name) + expected(name)
    want[("A1", 0.0, by_well(name)["A1"])] -= 1
    want[("A1", 0.0, 0.777)] += 1
    assert readings_of(read) == want


def test_the_same_label_twice_in_one_export_is_never_merged() -> None:
    def change(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=15)]
        for line in rows:
            sheet.append(line)

    data = edited(ICONTROL, change)
    if not is_refused(data, "Label1"):
        assert readings_of(product_reads(data)) == expected(ICONTROL) + expected(ICONTROL)


# --- 20: tables that disagree -----------------------------------------------------------------


def test_a_grid_that_differs_from_the_list_is_told_with_both_cells() -> None:
    words = "\n".join(told(product_reads(corpus_file(GLOMAX))).values())
    assert re.search(r"The grid says '[0-9]+', but the list by well says '[0-9]+'", words)
    assert re.search(r"cell [A-Z]+[0-9]+.*sheet 'Results By Well', cell [A-Z]+[0-9]+", words)


def test_an_edited_grid_beside_its_unedited_table_is_told() -> None:
    name = "bmg-smart-control/fluorescence_endpoint_example2.xlsx"
    addresses: list[str] = []

    def change(sheet: Worksheet) -> None:
        (title,) = (r for r in range(1, 70) if "4. Raw" in str(sheet.cell(r, 2).value))
        cell = sheet.cell(title + 4, 4)  # below the title: the numbers, A, B, C
        addresses.append(cell.coordinate)
        cell.value = 4321

    assert told(product_reads(corpus_file(name))) == {}
    said = "\n".join(told(product_reads(edited(name, change))).values())
    assert addresses[0] in said
    assert "'4321" in said
    assert "C3" in said


# --- 23: stacks of plates with gaps -----------------------------------------------------------


def stack() -> list[str]:
    """Return the ten plates of the stack as texts."""
    plates = re.split(r"^(?=P[0-9]+,)", text_of_file(STACK_TEXT), flags=re.MULTILINE)
    return [plate for plate in plates if plate.strip()]


def test_a_stack_without_its_third_plate_keeps_the_names_of_the_others() -> None:
    plates = stack()
    assert len(plates) == 10
    read = product_reads("".join(plates[:2] + plates[3:]).encode())
    assert [p.plate for p in read.readings.plates] == [p[:3] for p in plates if p[:3] != "P03"]
    assert readings_of(read) == expected(STACK_TEXT, without_plate="P03")


def test_plates_of_one_name_are_told_apart_or_refused() -> None:
    data = "".join(p.replace("P02,", "P01,", 1) for p in stack()).encode()
    if not is_refused(data, "plate blocks"):
        read = product_reads(data)
        assert len({p.plate for p in read.readings.plates}) == 10
        assert readings_of(read) == expected(STACK_TEXT)


@pytest.mark.parametrize("name", ["", "N/A"])
def test_plates_without_a_name_are_never_merged(name: str) -> None:
    data = "".join(re.sub(r"^P[0-9]+", name, p) for p in stack()).encode()
    if not is_refused(data, "10 plate blocks"):
        read = product_reads(data)
        assert len(read.readings.plates) == 10
        assert readings_of(read) == expected(STACK_TEXT)


def test_a_barcode_only_in_the_name_of_the_file_is_not_the_name_of_the_plate() -> None:
    read = product_reads(corpus_file(ICONTROL), "PLATE-0815.xlsx")
    assert {p.plate for p in read.readings.plates} == {""}


# --- 24: very large, or hostile ---------------------------------------------------------------


def test_a_thousand_kinetic_columns_are_read_in_time() -> None:
    book = loaded(corpus_file(ICONTROL_KINETIC))
    sheet = data_sheet(book)
    head = next(r for r in range(1, sheet.max_row) if sheet.cell(r, 1).value == "Cycle Nr.")
    wells = [r for r in range(head + 3, head + 60) if sheet.cell(r, 1).value in by_any_well()]
    cycles = 1000
    for i in range(1, cycles + 1):
        sheet.cell(head, i + 1).value = i
        sheet.cell(head + 1, i + 1).value = 10.0 * (i - 1)
        sheet.cell(head + 2, i + 1).value = 37.0
        for r in wells:
            sheet.cell(r, i + 1).value = round(0.1 + i / 10_000 + r / 1000, 5)
    data = saved(book)
    start = perf_counter()
    read = product_reads(data)
    seconds = perf_counter() - start
    assert wells
    assert readings_of(read).total() == cycles * len(wells)
    assert {r.time_s for p in read.readings.plates for r in p.readings} == {
        10.0 * i for i in range(cycles)
    }
    assert seconds < 20


def by_any_well() -> set[str]:
    return {f"{letter}{column}" for letter in "ABCDEFGH" for column in range(1, 13)}


def test_a_zip_bomb_is_refused_at_once() -> None:
    parts = parts_of(corpus_file(ICONTROL))
    out = io.BytesIO(packed(parts))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(60 << 20))
    start = perf_counter()
    said = refusal_of(out.getvalue())
    assert said is not None
    assert "unpacks to more than" in said
    assert perf_counter() - start < 5


def test_links_to_other_workbooks_are_not_followed() -> None:
    parts = parts_of(edited(ICONTROL))
    parts["xl/externalLinks/externalLink1.xml"] = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    )
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" TargetMode="External" Target="http://127.0.0.1:9/x.xlsx" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"/>'
        b"</Relationships>"
    )
    data = packed(parts)
    assert sheet_parts(parts)
    assert readings_of(product_reads(data)) == expected(ICONTROL)


def test_macros_are_refused_with_the_remedy() -> None:
    parts = parts_of(edited(ICONTROL))
    data = packed({**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    said = refusal_of(data, "plate.xlsm")
    assert said is not None
    assert "macros" in said
    assert "Excel workbook (.xlsx)" in said


def test_a_workbook_of_two_programs_reads_no_well_twice() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(Grid=grid_rows(SPARK))))
    other = loaded(corpus_file(ICONTROL)).worksheets[0]
    copy = book.create_sheet("Tecan")
    for row in other.iter_rows(values_only=True):
        copy.append(row)
    data = saved(book)
    if not is_refused(data):
        found = readings_of(product_reads(data))
        assert found in (expected(ICONTROL), expected(ICONTROL) + expected(SPARK))
