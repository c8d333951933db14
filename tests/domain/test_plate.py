"""Wells and readings: an address means one well, a reading is a number or says why it is none."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims_msc.domain.plate import (
    Marker,
    PlateFormat,
    PlateReading,
    Read,
    ReadingKind,
    SourceCell,
    WellAddress,
    WellReading,
    row_letters,
    row_number,
)
from lims_msc.errors import InputError

LAST_WELLS = {
    PlateFormat.WELLS_6: "B3",
    PlateFormat.WELLS_12: "C4",
    PlateFormat.WELLS_24: "D6",
    PlateFormat.WELLS_48: "F8",
    PlateFormat.WELLS_96: "H12",
    PlateFormat.WELLS_384: "P24",
    PlateFormat.WELLS_1536: "AF48",
}


@pytest.mark.parametrize("plate_format", PlateFormat)
def test_every_well_of_a_plate_is_printed_and_read_back(plate_format: PlateFormat) -> None:
    wells = plate_format.wells()
    assert len(set(wells)) == plate_format.value
    assert (str(wells[0]), str(wells[-1])) == ("A1", LAST_WELLS[plate_format])
    assert [WellAddress.parse(str(well)) for well in wells] == list(wells)
    assert all(well in plate_format for well in wells)


@pytest.mark.parametrize("plate_format", PlateFormat)
def test_the_wells_just_outside_a_plate_are_not_in_it(plate_format: PlateFormat) -> None:
    if plate_format is not PlateFormat.WELLS_1536:
        assert WellAddress(plate_format.rows + 1, 1) not in plate_format
        assert WellAddress(1, plate_format.columns + 1) not in plate_format
    assert plate_format.rows * plate_format.columns == plate_format.value


wells = st.builds(WellAddress, st.integers(1, 32), st.integers(1, 48))


@given(well=wells, zeros=st.integers(0, 2), space=st.booleans(), lower=st.booleans())
def test_a_well_is_known_however_people_write_it(
    well: WellAddress, zeros: int, *, space: bool, lower: bool
) -> None:
    letters = row_letters(well.row)
    text = (
        f"{letters.lower() if lower else letters}{' ' if space else ''}{'0' * zeros}{well.column}"
    )
    assert WellAddress.parse(text) == well
    assert WellAddress.parse(f"  {text}\t") == well


@given(first=wells, second=wells)
def test_wells_sort_by_row_and_then_by_column(first: WellAddress, second: WellAddress) -> None:
    assert (first < second) == ((first.row, first.column) < (second.row, second.column))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "A",
        "1",
        "A0",
        "A00",
        "A49",
        "AG1",
        "BA1",
        "AAA1",
        "A1.0",
        "A-1",
        "1A",
        "A1 A2",
        "A1:B2",
        "Ä1",
        "A１",
        "A²",
        "A1\nB",
        "A  1",
        "#REF!",
        "Α1",
    ],
)
def test_what_is_no_well_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        WellAddress.parse(text)
    assert refusal.value.hint


@given(st.text(alphabet="AaFfGg0123489 :.-", max_size=6))
def test_any_text_is_refused_or_names_the_letters_and_number_it_shows(text: str) -> None:
    try:
        well = WellAddress.parse(text)
    except InputError:
        return
    letters = "".join(c for c in text if c.isalpha()).upper()
    digits = "".join(c for c in text if c.isdigit())
    assert str(well) == f"{letters}{int(digits)}"


@pytest.mark.parametrize(("row", "column"), [(0, 1), (1, 0), (33, 1), (1, 49), (-1, 5)])
def test_a_position_outside_the_largest_plate_is_refused(row: int, column: int) -> None:
    with pytest.raises(InputError, match=f"Row {row}, column {column}"):
        WellAddress(row, column)


@pytest.mark.parametrize("letters", ["", "AG", "BA", "1", "Å", "AAA"])
def test_what_is_no_row_is_refused(letters: str) -> None:
    with pytest.raises(InputError, match="is not a plate row"):
        row_number(letters)


@pytest.mark.parametrize(
    ("rows", "columns", "size"),
    [(1, 1, 6), (2, 4, 12), (8, 12, 96), (9, 1, 384), (1, 13, 384), (17, 24, 1536), (32, 48, 1536)],
)
def test_the_smallest_plate_that_holds_a_block(rows: int, columns: int, size: int) -> None:
    assert PlateFormat.smallest_with(rows, columns) is PlateFormat(size)


@pytest.mark.parametrize(("rows", "columns"), [(33, 1), (1, 49)])
def test_no_plate_holds_a_block_that_is_too_large(rows: int, columns: int) -> None:
    with pytest.raises(InputError, match=f"{rows} rows and {columns} columns"):
        PlateFormat.smallest_with(rows, columns)


def reading(**changes: Any) -> WellReading:
    given_or_default: dict[str, Any] = {
        "read": Read("450", ReadingKind.ABSORBANCE),
        "source": SourceCell("Raw", "B2"),
        "raw": "0.5",
        "well": WellAddress(1, 1),
        "value": 0.5,
        **changes,
    }
    return WellReading(**given_or_default)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None},
        {"marker": Marker.OVERFLOW},
        {"value": math.nan},
        {"value": math.inf},
        {"value": -math.inf},
        {"well": None},
    ],
)
def test_a_reading_is_a_finite_number_or_a_marker_in_a_well_or_a_sample(
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="A reading"):
        reading(**wrong)


@pytest.mark.parametrize("marker", Marker)
def test_a_marker_stands_in_place_of_a_number(marker: Marker) -> None:
    assert reading(value=None, marker=marker).value is None
    assert reading(value=None, marker=marker, well=None, sample="tube 3").sample == "tube 3"


def test_a_plate_names_its_reads_once_and_its_wells_in_order() -> None:
    other = Read("620", ReadingKind.ABSORBANCE)
    plate = PlateReading(
        "P-1",
        (
            reading(well=WellAddress(2, 1)),
            reading(well=WellAddress(1, 10)),
            reading(well=WellAddress(1, 2), read=other),
            reading(well=None, sample="s"),
        ),
    )
    assert [read.label for read in plate.reads] == ["450", "620"]
    assert [str(well) for well in plate.wells] == ["A2", "A10", "B1"]


@pytest.mark.parametrize(
    ("source", "text"),
    [(SourceCell("Raw", "C14"), "sheet 'Raw', cell C14"), (SourceCell("", "14:3"), "line 14:3")],
)
def test_a_source_says_where_it_is(source: SourceCell, text: str) -> None:
    assert str(source) == text


@pytest.mark.parametrize(
    ("well", "sample", "place"),
    [
        (WellAddress(1, 1), "", "A1"),
        (None, "A1,B1", "A1,B1"),
        (None, "A11, B11, C11", "A11, B11, C11"),
        (None, "CLB-001", ""),
        (None, "A1", ""),
    ],
)
def test_the_mean_of_a_replicate_group_stands_in_its_wells_and_in_none_alone(
    well: WellAddress | None, sample: str, place: str
) -> None:
    assert reading(well=well, sample=sample).place == place
