"""Files that another program saved again, or that bear a wrong name, give their own readings."""

from __future__ import annotations

import re
import tracemalloc

import pytest
from lims_msc.importers.opening import answer
from openpyxl.worksheet.worksheet import Worksheet
from variants import (
    GRIDS,
    ICONTROL,
    ICONTROL_KINETIC,
    ICONTROL_TEXT,
    LISTS,
    MAGELLAN_LIST,
    OPTICAL_DENSITIES,
    PLAIN_GRID,
    SPARK,
    by_well,
    corpus_file,
    data_sheet,
    edited,
    expected,
    grid_rows,
    loaded,
    packed,
    parts_of,
    product_reads,
    put,
    readings_of,
    refusal_of,
    saved,
    sheet_parts,
    told,
    values_of,
    well_cell,
    workbook_of,
)

from lims_msc.domain.findings import Level

pytestmark = pytest.mark.shared

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TABLES = (*GRIDS, *LISTS)
BOOKS = (*TABLES, ICONTROL_KINETIC)
EMPTY_DRAWING = (
    b'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"/>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


# --- 1: LibreOffice and Google Sheets ---------------------------------------------------------


def libreoffice_sheet(xml: str, *, used_range: str) -> str:
    """Give a sheet the shape that LibreOffice writes: rows to the end of the sheet, a drawing."""
    blank = '<row r="{}" customFormat="false" ht="12.8" hidden="false" outlineLevel="0">{}</row>'
    last = max(map(int, re.findall(r'<row r="(\d+)"', xml)), default=0)
    styled = "".join(f'<c r="{column}{last + 1}" s="0"/>' for column in "ABC")
    rows = (
        blank.format(last + 1, styled) + blank.format(1_048_575, "") + blank.format(1_048_576, "")
    )
    xml = xml.replace("<sheetData/>", "<sheetData></sheetData>")
    xml = xml.replace("</sheetData>", rows + "</sheetData>")
    xml = re.sub(r"<dimension[^>]*/>", used_range, xml)
    return xml.replace("</worksheet>", f'<drawing xmlns:r="{RELATIONS}" r:id="rIdD1"/></worksheet>')


def with_drawing(relations: bytes | None, number: int) -> bytes:
    start = relations or (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b"</Relationships>"
    )
    drawing = (
        f'<Relationship Id="rIdD1" Type="{RELATIONS}/drawing"'
        f' Target="../drawings/drawing9{number}.xml"/></Relationships>'
    )
    return start.replace(b"</Relationships>", drawing.encode())


def resaved(name: str, *, used_range: str = "", comments: bool = True) -> bytes:
    book = loaded(corpus_file(name))
    if not comments:
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    cell.comment = None
    parts = parts_of(saved(book))
    styles = parts["xl/styles.xml"].replace(b'name="Normal"', b'name="Excel_BuiltIn_Normal 1"')
    parts["xl/styles.xml"] = styles
    for number, part in enumerate(sheet_parts(parts), start=1):
        xml = libreoffice_sheet(parts[part].decode(), used_range=used_range)
        rels = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
        parts[part] = xml.encode()
        parts[rels] = with_drawing(parts.get(rels), number)
        parts[f"xl/drawings/drawing9{number}.xml"] = EMPTY_DRAWING
    return packed(parts)


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("used_range", ["", '<dimension ref="A1:AMJ1048576"/>'])
@pytest.mark.parametrize("comments", [True, False])
def test_a_libreoffice_resave_reads_the_same_in_bounded_memory(
    name: str, used_range: str, *, comments: bool
) -> None:
    data = resaved(name, used_range=used_range, comments=comments)
    assert readings_of(product_reads(data)) == expected(name)
    tracemalloc.start()
    try:
        answer("upload.xlsx", data)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


# --- 2: Apple Numbers -------------------------------------------------------------------------


def numbers_resave(name: str) -> bytes:
    """Save as Numbers does: a summary sheet first, each table a sheet of its own name."""
    book = loaded(corpus_file(name))
    for sheet in book.worksheets:
        sheet.title = f"{sheet.title[:16]} - Table 1"
    summary = book.create_sheet("Export Summary", 0)
    summary.append(["This document was exported from Numbers. Each table was converted to Excel."])
    summary.append(["Numbers Sheet Name", "Numbers Table Name", "Excel Worksheet Name"])
    summary.append(["Sheet 1", "Table 1", book.worksheets[1].title])
    return saved(book)


@pytest.mark.parametrize("name", BOOKS)
def test_a_numbers_resave_gives_what_is_there(name: str) -> None:
    assert readings_of(product_reads(numbers_resave(name))) == expected(name)


@pytest.mark.parametrize("name", OPTICAL_DENSITIES)
def test_a_table_that_lost_its_header_in_numbers_is_read_with_a_warning(name: str) -> None:
    data = workbook_of(
        Export_Summary=[["This document was exported from Numbers."]],
        **{"Sheet1_-_Table_1": [["Table 1"], *grid_rows(name)]},
    )
    read = product_reads(data)
    assert values_of(read) == by_well(name)
    assert "does not say what was measured" in told(read)["kind_assumed"]


# --- 9: formulas ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_formula_without_a_result_is_refused_with_its_cell(name: str) -> None:
    addresses: list[str] = []

    def change(sheet: Worksheet) -> None:
        for well in ("C3", "D4"):
            cell = sheet.cell(*well_cell(sheet, well))
            addresses.append(cell.coordinate)
            cell.value = "=0.5*2"

    said = refusal_of(edited(name, change))
    assert said is not None
    assert all(address in said for address in addresses)
    assert "formula whose result was never saved" in said


@pytest.mark.parametrize("name", TABLES)
def test_a_formula_with_a_stale_result_is_read_and_named(name: str) -> None:
    parts = parts_of(edited(name))
    sheet = data_sheet(loaded(packed(parts)))
    address = sheet.cell(*well_cell(sheet, "C3")).coordinate
    for part in sheet_parts(parts):
        xml = parts[part].decode()
        change = rf'(<c r="{address}"[^>]*?)( t="n")?>(?=<v>[0-9.eE-]+</v>)'
        parts[part] = re.sub(change, r"\1><f>A1*2</f>", xml).encode()
    data = packed(parts)
    if b"<f>" not in b"".join(parts[p] for p in sheet_parts(parts)):
        data = packed(with_text_result(parts, address))
    read = product_reads(data)
    assert readings_of(read) == expected(name)
    assert address in told(read)["formula"]


def with_text_result(parts: dict[str, bytes], address: str) -> dict[str, bytes]:
    """Turn the text of a cell into the text that a formula gave."""
    changed = dict(parts)
    for part in sheet_parts(parts):
        changed[part] = re.sub(
            rf'<c r="{address}"([^>]*?) t="inlineStr"><is><t>([^<]*)</t></is>',
            rf'<c r="{address}"\1 t="str"><f>A1</f><v>\2</v>',
            parts[part].decode(),
        ).encode()
    return changed


# --- 14: passwords and protection -------------------------------------------------------------


def test_a_workbook_with_a_password_is_refused_in_plain_words() -> None:
    data = OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1024)
    said = refusal_of(data, "plate.xlsx")
    assert said is not None
    assert "password protected" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", TABLES)
def test_a_protected_sheet_without_encryption_reads_as_ever(name: str) -> None:
    def protect(sheet: Worksheet) -> None:
        sheet.protection.set_password("lab")
        sheet.protection.enable()

    assert readings_of(product_reads(edited(name, protect))) == expected(name)


# --- 15: wrong endings ------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".xls", ".csv", ".txt", ".dat", ""])
@pytest.mark.parametrize("name", [ICONTROL, MAGELLAN_LIST, PLAIN_GRID])
def test_a_workbook_under_any_ending_is_read(name: str, ending: str) -> None:
    read = product_reads(corpus_file(name), f"plate{ending}")
    assert readings_of(read) == expected(name)


@pytest.mark.parametrize("ending", [".xls", ".csv", ".asc", ""])
def test_text_under_any_ending_but_xlsx_is_read(ending: str) -> None:
    read = product_reads(corpus_file(ICONTROL_TEXT), f"plate{ending}")
    assert readings_of(read) == expected(ICONTROL_TEXT)


@pytest.mark.parametrize(
    ("data", "name", "remedy"),
    [
        (OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(1024), "a.xlsx", ".xls"),
        (b"Well\tOD450\nA1\t0.5\nA2\t0.6\nA3\t0.7\n", "a.xlsx", ".txt or .csv"),
        (b"<html><table><tr><td>A</td><td>0.5</td></tr></table></html>", "a.xls", "save it as"),
    ],
)
def test_what_excel_itself_would_refuse_is_refused_with_the_remedy(
    data: bytes, name: str, remedy: str
) -> None:
    said = refusal_of(data, name)
    assert said is not None
    assert remedy in said


# --- 19: what Excel makes of texts ------------------------------------------------------------


def test_wells_in_a_list_that_look_like_powers_of_ten_stay_wells() -> None:
    assert "E5" in values_of(product_reads(edited(MAGELLAN_LIST)))


@pytest.mark.parametrize(
    ("text", "shown_as", "named"),
    [(100_000, "General", "100000"), (46_082, "d-mmm", "2026-03-01"), (7_203_115, "0", "7203115")],
)
def test_a_plate_name_that_excel_may_have_changed_is_told(
    text: float, shown_as: str, named: str
) -> None:
    def change(sheet: Worksheet) -> None:
        for row in range(2, 98):
            sheet.cell(row, 3).value = text
            sheet.cell(row, 3).number_format = shown_as

    read = product_reads(edited(MAGELLAN_LIST, change))
    assert readings_of(read) == expected(MAGELLAN_LIST)
    assert named in told(read)["name_is_no_text"]


@pytest.mark.parametrize("name", [ICONTROL, SPARK])
def test_a_version_that_became_a_date_and_a_bare_barcode_change_no_reading(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        version = sheet.cell(1 if name == ICONTROL else 2, 5)
        version.value, version.number_format = 37_439, "dd.mm.yyyy"

    assert readings_of(product_reads(edited(name, change))) == expected(name)


def test_a_label_whose_comma_excel_took_for_thousands_keeps_its_two_wavelengths() -> None:
    rows: list[list[object]] = [["Well", 480_520], ["A1", 130], ["A2", 149], ["B1", 1369]]
    (plate,) = product_reads(workbook_of(Sheet1=rows)).readings.plates
    assert {(r.read.wavelength_nm, r.read.emission_nm) for r in plate.readings} == {(480, 520)}


@pytest.mark.parametrize("name", TABLES)
def test_a_reading_that_became_a_date_is_named_and_no_number(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        put("C3", 46_329)(sheet)
        sheet.cell(*well_cell(sheet, "C3")).number_format = "d-mmm"

    said = refusal_of(edited(name, change))
    if said is None:
        result = product_reads(edited(name, change))
        assert isinstance(values_of(result)["C3"], str)
        assert "well C3" in told(result, Level.WARNING)["date_in_well"]
    else:
        assert "C3" in said
