"""Plates that were moved, turned, cut, hidden or remarked on: no well gets another's value."""

from __future__ import annotations

import re

import pytest
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from variants import (
    GRIDS,
    ICONTROL,
    LISTS,
    SPARK,
    SUNRISE,
    by_well,
    corner,
    corpus_file,
    data_sheet,
    edited,
    expected,
    is_refused,
    loaded,
    product_reads,
    put,
    readings_of,
    refusal_of,
    saved,
    told,
    values_of,
    well_cell,
    wells_of_96,
    workbook_of,
)

pytestmark = pytest.mark.shared

TABLES = [*GRIDS, *LISTS]


# --- 5: inserted columns and rows -------------------------------------------------------------


@pytest.mark.parametrize("how_many", [1, 2])
@pytest.mark.parametrize("name", TABLES)
def test_columns_left_of_everything_move_no_well(name: str, how_many: int) -> None:
    data = edited(name, lambda sheet: sheet.insert_cols(1, how_many))
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("name", GRIDS)
def test_a_column_of_samples_left_of_the_letters_moves_no_well(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        sheet.insert_cols(column)
        sheet.cell(row, column).value = "Sample"
        for step in range(1, 9):
            sheet.cell(row + step, column).value = f"S{step}"

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("heading", ["Sample", None])
@pytest.mark.parametrize("after", [0, 3, 11])
@pytest.mark.parametrize("name", GRIDS)
def test_a_column_inside_the_grid_moves_no_well(name: str, after: int, heading: str | None) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        sheet.insert_cols(column + after + 1)
        sheet.cell(row, column + after + 1).value = heading

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("after", [0, 1, 4, 7])
@pytest.mark.parametrize("name", GRIDS)
def test_a_blank_line_in_the_grid_moves_no_well(name: str, after: int) -> None:
    rows: list[int] = []

    def change(sheet: Worksheet) -> None:
        rows.append(corner(sheet)[0] + after + 1)
        sheet.insert_rows(rows[0])

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("name", GRIDS)
def test_a_line_of_values_without_a_letter_is_refused_by_its_row(name: str) -> None:
    rows: list[int] = []

    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        rows.append(row + 4)
        sheet.insert_rows(row + 4)
        for step in range(1, 13):
            sheet.cell(row + 4, column + step).value = 0.5

    data = edited(name, change)
    said = refusal_of(data)
    assert said is not None
    assert str(rows[0]) in said


@pytest.mark.parametrize("name", LISTS)
def test_a_line_put_into_a_list_moves_no_well(name: str) -> None:
    blank = edited(name, lambda sheet: sheet.insert_rows(20))
    assert readings_of(product_reads(blank)) == expected(name)

    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(20)
        column = well_cell(sheet, "C3")[1]
        sheet.cell(20, column).value = 0.5

    noted = edited(name, change)
    if not is_refused(noted, "20"):
        assert readings_of(product_reads(noted)) == expected(name)


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("name", LISTS)
def test_a_column_put_into_a_list_moves_no_well(name: str, at: int) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_cols(at)
        sheet.cell(1, at).value = "Sample"
        for row in range(2, 98):
            sheet.cell(row, at).value = f"sample {row}"

    assert readings_of(product_reads(edited(name, change))) == expected(name)


# --- 7: hidden sheets, rows, columns ----------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_hidden_copy_of_another_plate_is_told_and_not_read(name: str) -> None:
    book = loaded(corpus_file(name))
    copy = book.copy_worksheet(data_sheet(book))
    copy.title, copy.sheet_state = "last week", "hidden"
    put("C3", 0.777)(copy)
    read = product_reads(saved(book))
    assert readings_of(read) == expected(name)
    assert "last week" in told(read)["hidden_sheet"]


@pytest.mark.parametrize("name", TABLES)
def test_hidden_rows_are_read_and_told(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        for well in ("C3", "D3", "E3"):
            sheet.row_dimensions[well_cell(sheet, well)[0]].hidden = True

    read = product_reads(edited(name, change))
    assert readings_of(read) == expected(name)
    assert {"C1", "C3"} & set(re.findall(r"[A-H][0-9]+", told(read)["hidden"]))


@pytest.mark.parametrize("name", TABLES)
def test_a_hidden_column_is_read_and_told(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        column = sheet.cell(*well_cell(sheet, "A3")).column_letter
        sheet.column_dimensions[column].hidden = True

    read = product_reads(edited(name, change))
    assert readings_of(read) == expected(name)
    assert re.search(r"columns: A[13],", told(read)["hidden"])


# --- 8: comments and colours ------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_comment_on_a_coloured_well_is_kept_beside_its_value(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        cell = sheet.cell(*well_cell(sheet, "D4"))
        cell.comment = Comment("bubble", "Tina")
        cell.fill = PatternFill("solid", "FFFF0000")

    read = product_reads(edited(name, change))
    assert readings_of(read) == expected(name)
    assert "well D4: The cell has the comment 'bubble'" in told(read)["remark"]


# --- 10: turned plates ------------------------------------------------------------------------


@pytest.mark.parametrize("name", GRIDS)
def test_numbers_down_and_letters_across_are_the_same_plate(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        head = sheet.cell(row, column).value
        grid = [[sheet.cell(row + r, column + c).value for c in range(13)] for r in range(9)]
        for r in range(13):
            for c in range(14):
                sheet.cell(row + r, column + c).value = None
        for r, line in enumerate(grid):
            for c, value in enumerate(line):
                sheet.cell(row + c, column + r).value = value
        sheet.cell(row, column).value = head

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


# --- 11: partial plates -----------------------------------------------------------------------

PARTS = {"B2 to G11": ("BCDEFG", 2, 11), "one strip": ("ABCDEFGH", 5, 5), "rows": ("CDE", 1, 12)}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", GRIDS)
def test_of_a_partial_plate_only_its_wells_exist(name: str, part: str) -> None:
    letters, first, last = PARTS[part]

    def change(sheet: Worksheet) -> None:
        for well in wells_of_96():
            if well[0] not in letters or not first <= int(well[1:]) <= last:
                put(well, None)(sheet)

    read = product_reads(edited(name, change))
    wanted = {f"{letter}{c}" for letter in letters for c in range(first, last + 1)}
    assert values_of(read) == {w: v for w, v in by_well(name).items() if w in wanted}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", [ICONTROL, SUNRISE, SPARK])
def test_a_grid_that_shows_only_what_was_read_keeps_its_labels(name: str, part: str) -> None:
    letters, first, last = PARTS[part]

    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        kept = [[sheet.cell(row, column).value, *range(first, last + 1)]]
        for letter in letters:
            cells = [well_cell(sheet, f"{letter}{c}") for c in range(first, last + 1)]
            kept.append([letter, *(sheet.cell(*cell).value for cell in cells)])
        for r in range(9):
            for c in range(13):
                inside = r < len(kept) and c < len(kept[0])
                sheet.cell(row + r, column + c).value = kept[r][c] if inside else None

    read = product_reads(edited(name, change))
    wanted = {f"{letter}{c}" for letter in letters for c in range(first, last + 1)}
    assert values_of(read) == {w: v for w, v in by_well(name).items() if w in wanted}


@pytest.mark.parametrize("name", TABLES)
def test_an_unread_well_is_absent_and_told(name: str) -> None:
    read = product_reads(edited(name, put("C3", None)))
    assert values_of(read) == {w: v for w, v in by_well(name).items() if w != "C3"}
    assert "C3" in told(read)["empty_wells"]


# --- 12: larger plates ------------------------------------------------------------------------


def letters_of(row: int) -> str:
    return chr(64 + row) if row <= 26 else "A" + chr(38 + row)


def large_grid(rows: int, columns: int, *, small_letters: bool = False) -> list[list[object]]:
    names = [letters_of(row) for row in range(1, rows + 1)]
    if small_letters:
        names = [name[-1].lower() if len(name) == 2 else name for name in names]
    return [
        ["<>", *range(1, columns + 1)],
        *(
            [name, *(round(r + c / 100, 2) for c in range(1, columns + 1))]
            for r, name in enumerate(names, 1)
        ),
    ]


@pytest.mark.parametrize("small_letters", [False, True])
@pytest.mark.parametrize(("rows", "columns"), [(16, 24), (32, 48)])
@pytest.mark.parametrize("name", [ICONTROL, SUNRISE, SPARK])
def test_plates_of_384_and_1536_wells_under_the_header_of_a_program(
    name: str, rows: int, columns: int, *, small_letters: bool
) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        for line in sheet.iter_rows(min_row=1, max_row=row):
            for cell in line:
                if isinstance(cell.value, str) and "96" in cell.value:
                    cell.value = "A plate"
        for r, values in enumerate(large_grid(rows, columns, small_letters=small_letters)):
            for c, value in enumerate(values):
                sheet.cell(row + r, column + c).value = value  # type: ignore[assignment]

    found = values_of(product_reads(edited(name, change)))
    assert found == {
        f"{letters_of(r)}{c}": round(r + c / 100, 2)
        for r in range(1, rows + 1)
        for c in range(1, columns + 1)
    }


def test_384_wells_split_into_four_blocks_are_one_plate_or_refused() -> None:
    grid = large_grid(16, 24)
    rows: list[list[object]] = []
    for letters in (grid[1:9], grid[9:]):
        for first in (1, 13):
            rows += [[None, *grid[0][first : first + 12]]]
            rows += [[line[0], *line[first : first + 12]] for line in letters]
            rows += [[None]]
    data = workbook_of(Raw=rows)
    if not is_refused(data, "4 plate blocks"):
        assert len(values_of(product_reads(data))) == 384
