"""Calculations beside the plate, and exports that were trimmed: only the measured grid counts."""

from __future__ import annotations

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from variants import (
    GRIDS,
    ICONTROL,
    MAGELLAN_LIST,
    OPTICAL_DENSITIES,
    PLAIN_LIST,
    SPARK,
    SUNRISE,
    by_well,
    corner,
    corpus_file,
    data_sheet,
    edited,
    expected,
    grid_rows,
    is_refused,
    loaded,
    product_reads,
    readings_of,
    saved,
    told,
    values_of,
    workbook_of,
)

pytestmark = pytest.mark.shared


# --- 21: neighbours ---------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["S", "Mean", "13", 13, "Sum"])
@pytest.mark.parametrize("name", GRIDS)
def test_a_column_of_sums_beside_the_grid_is_no_column_of_the_plate(
    name: str, heading: object
) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        beyond = max(
            c for c in range(1, sheet.max_column + 1) if sheet.cell(row + 1, c).value is not None
        )
        beyond = max(beyond, column + 12) + 1
        sheet.cell(row, beyond).value = heading  # type: ignore[assignment]
        for step in range(1, 9):
            sheet.cell(row + step, beyond).value = 3.3

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("label", ["S", "Mean", "I", "SD"])
@pytest.mark.parametrize("name", GRIDS)
def test_a_line_of_means_below_the_grid_is_no_row_of_the_plate(name: str, label: str) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = corner(sheet)
        sheet.cell(row + 9, column).value = label
        for step in range(1, 13):
            sheet.cell(row + 9, column + step).value = 3.3

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("title", ["Standards", "Concentrations", "Dilution factors", None])
@pytest.mark.parametrize("name", GRIDS)
def test_a_second_little_grid_below_is_not_of_the_measured_plate(
    name: str, title: str | None
) -> None:
    def change(sheet: Worksheet) -> None:
        row, column = sheet.max_row + 4, corner(sheet)[1]
        sheet.cell(row, column).value = title
        for step in range(1, 4):
            sheet.cell(row + 1, column + step).value = step
            for letter in range(1, 4):
                sheet.cell(row + 1 + letter, column).value = chr(64 + letter)
                sheet.cell(row + 1 + letter, column + step).value = 0.5 * step

    data = edited(name, change)
    if not is_refused(data):
        assert readings_of(product_reads(data)) == expected(name)


# --- 22: trimmed exports ----------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTICAL_DENSITIES)
def test_a_grid_at_a1_without_a_header_says_that_its_kind_is_unknown(name: str) -> None:
    read = product_reads(workbook_of(Sheet1=grid_rows(name)))
    assert values_of(read) == by_well(name)
    assert "kind_assumed" in told(read)


def test_counts_without_a_header_are_of_unknown_kind() -> None:
    rows = [
        [c if r == 0 or i == 0 else 1000 * r + 7 * i for i, c in enumerate(line)]
        for r, line in enumerate(grid_rows(ICONTROL))
    ]
    (plate,) = product_reads(workbook_of(Sheet1=rows)).readings.plates
    assert {r.read.kind.value for r in plate.readings} == {"other"}


@pytest.mark.parametrize("gap", [0, 1])
def test_two_plates_under_one_row_of_letters_are_never_mixed(gap: int) -> None:
    rows = grid_rows(ICONTROL)
    beside = [line + [None] * gap + grid_rows(SPARK)[i][1:] for i, line in enumerate(rows)]
    assert is_refused(workbook_of(Sheet1=beside), "plate")


@pytest.mark.parametrize("name", [ICONTROL, SPARK, SUNRISE])
def test_without_the_line_of_the_wavelength_the_values_stay(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            if isinstance(row[0].value, str) and "wavelength" in row[0].value.lower():
                for cell in row:
                    cell.value = None

    read = product_reads(edited(name, change))
    assert readings_of(read) == expected(name)
    assert {r.read.wavelength_nm for p in read.readings.plates for r in p.readings} == {None}


def test_the_names_of_the_list_columns_may_stand_in_any_order() -> None:
    for name, order in ((MAGELLAN_LIST, (3, 2, 1)), (PLAIN_LIST, (3, 1, 2))):
        book = loaded(corpus_file(name))
        sheet = data_sheet(book)
        for row in sheet.iter_rows(max_col=3, max_row=97):
            values = [cell.value for cell in row]
            for cell, source in zip(row, order, strict=True):
                cell.value = values[source - 1]
        assert readings_of(product_reads(saved(book))) == expected(name)
