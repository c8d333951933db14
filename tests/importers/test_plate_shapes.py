"""Plates as people make and change them: moved, turned, partial, renamed, half hidden, damaged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from lims_msc.importers.generic_grid import GenericGrid
from lims_msc.importers.generic_list import GenericList
from openpyxl.comments import Comment

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import ReadingKind, row_letters
from lims_msc.errors import InputError

GRID, LIST = GenericGrid(), GenericList()
FULL = {
    f"{row_letters(r)}{c}": round(r / 10 + c / 1000, 3) for r in range(1, 9) for c in range(1, 13)
}


def od_title(rows: list[list[Any]]) -> list[list[Any]]:
    return [["OD450"], *rows]


def test_a_plain_grid_gives_its_96_wells(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    file = GRID.read(opened(make_workbook(Raw=od_title(grid()))))
    assert by_well(file) == FULL
    (read,) = file.plates[0].reads
    assert (read.label, read.kind, read.wavelength_nm, read.unit) == (
        "OD450",
        ReadingKind.ABSORBANCE,
        450.0,
        "{OD}",
    )
    assert file.plates[0].readings[0].source.cell == "B3"


@pytest.mark.parametrize("down", [0, 1, 5])
@pytest.mark.parametrize("right", [0, 1, 4])
def test_a_moved_grid_is_the_same_plate(  # noqa: PLR0917 - fixtures, asked for by name
    make_workbook: Any, opened: Any, grid: Any, by_well: Any, down: int, right: int
) -> None:
    rows = [[] for _ in range(down)] + [[None] * right + row for row in od_title(grid())]
    assert by_well(GRID.read(opened(make_workbook(Raw=rows)))) == FULL


def test_a_blank_line_inside_the_grid_moves_no_well(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid())
    rows.insert(5, [])
    rows.insert(2, [])
    assert by_well(GRID.read(opened(make_workbook(Raw=rows)))) == FULL


def test_a_line_of_values_without_a_letter_is_refused_by_row(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = od_title(grid())
    rows.insert(5, [None, *([0.5] * 12)])
    with pytest.raises(InputError, match="Row 6 inside the plate has values but no plate row"):
        GRID.read(opened(make_workbook(Raw=rows)))


def test_a_turned_plate_is_recognised(make_workbook: Any, opened: Any, by_well: Any) -> None:
    rows = [["OD450"], [None, *"ABCDEFGH"]] + [
        [c, *(FULL[f"{row_letters(r)}{c}"] for r in range(1, 9))] for c in range(1, 13)
    ]
    assert by_well(GRID.read(opened(make_workbook(Raw=rows)))) == FULL


def test_a_partial_plate_lists_only_its_wells(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid(letters="BCDEFG", first=2, last=11, corner="<>"))
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert by_well(file) == {
        w: v for w, v in FULL.items() if w[0] in "BCDEFG" and 2 <= int(w[1:]) <= 11
    }


def test_empty_wells_are_named_and_never_zero(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid())
    rows[3][4] = None
    rows[9][12] = " "
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert set(FULL) - set(by_well(file)) == {"B4", "H12"}
    (finding,) = [f for f in file.findings if f.code == "empty_wells"]
    assert finding.level is Level.WARNING
    assert "B4, H12" in finding.message


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (3, 4), (4, 6), (6, 8), (16, 24), (32, 48)])
def test_every_plate_format(
    make_workbook: Any, opened: Any, by_well: Any, rows: int, columns: int
) -> None:
    block = [["OD450"], [None, *range(1, columns + 1)]] + [
        [row_letters(r), *(r / 100 + c for c in range(columns))] for r in range(1, rows + 1)
    ]
    file = GRID.read(opened(make_workbook(Raw=block)))
    values = by_well(file)
    assert len(values) == rows * columns
    assert values[f"{row_letters(rows)}{columns}"] == rows / 100 + (columns - 1)


def test_rows_after_z_may_be_small_letters(make_workbook: Any, opened: Any, by_well: Any) -> None:
    names = [chr(65 + i) for i in range(26)] + list("abcdef")
    block = [["OD450"], [None, *range(1, 49)]] + [
        [name, *(i + c / 100 for c in range(48))] for i, name in enumerate(names)
    ]
    values = by_well(GRID.read(opened(make_workbook(Raw=block))))
    assert values["AF1"] == 31
    assert values["A1"] == 0


@pytest.mark.parametrize("extra", ["column", "row"])
def test_a_thirteenth_column_or_ninth_row_is_refused(
    make_workbook: Any, opened: Any, grid: Any, extra: str
) -> None:
    rows = grid(last=13) if extra == "column" else grid(letters="ABCDEFGHS")
    with pytest.raises(InputError, match=f"has a {extra} .* beside a complete plate of 96 wells"):
        GRID.read(opened(make_workbook(Raw=od_title(rows))))


def test_sums_beside_and_below_the_grid_are_not_wells(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid())
    rows[1] += [None, "Mean"]
    for row in rows[2:]:
        row += [None, 99.0]
    rows += [[], ["Mean", *([99.0] * 12)]]
    assert by_well(GRID.read(opened(make_workbook(Raw=rows)))) == FULL


# --- markers, texts, dates --------------------------------------------------------------------


def test_markers_name_their_wells_and_are_no_numbers(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid())
    rows[2][1], rows[2][2], rows[2][3] = "OVER", "<0.000", "?????"
    file = GRID.read(opened(make_workbook(Raw=rows)))
    values = by_well(file)
    assert [values[w] for w in ("A1", "A2", "A3")] == ["overflow", "underflow", "error"]
    told = {f.well: f for f in file.findings if f.code == "marker"}
    assert {w: (f.cell, f.sheet) for w, f in told.items()} == {
        "A1": ("B3", "Raw"),
        "A2": ("C3", "Raw"),
        "A3": ("D3", "Raw"),
    }
    assert [r.raw for r in file.plates[0].readings[:3]] == ["OVER", "<0.000", "?????"]


def test_numbers_stored_as_text_are_read_and_told(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any, codes: Any
) -> None:
    rows = [[str(v) if isinstance(v, float) else v for v in row] for row in od_title(grid())]
    rows[2][1] = " 0.101\u00a0"
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert by_well(file) == FULL
    assert codes(file) == {"numbers_as_text"}


def test_decimal_commas_throughout_are_decimal_commas(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = [
        [f"{v:.3f}".replace(".", ",") if isinstance(v, float) else v for v in row]
        for row in od_title(grid())
    ]
    assert by_well(GRID.read(opened(make_workbook(Raw=rows)))) == FULL


def test_a_lone_decimal_comma_among_numbers_names_its_cell(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid())
    rows[2][1] = "0,123"
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert by_well(file)["A1"] == "error"
    (finding,) = [f for f in file.findings if f.code == "ambiguous_number"]
    assert (finding.cell, finding.well) == ("B3", "A1")
    assert "'0,123'" in finding.message


def test_numbers_that_lost_their_decimal_point_are_refused(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = [["Plate"], *grid()]
    for row in rows[2:]:
        row[1:] = [str(v) if v < 0.5 else round(v * 10_000) for v in row[1:]]
    with pytest.raises(InputError, match="Excel has probably taken decimal marks for thousands"):
        GRID.read(opened(make_workbook(Raw=rows)))


def test_a_well_that_excel_turned_into_a_date_is_named(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = od_title(grid())
    rows[2][1] = datetime.fromisoformat("2026-02-01")
    rows[2][2] = True
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert (by_well(file)["A1"], by_well(file)["A2"]) == ("error", "error")
    assert {f.code: f.well for f in file.findings} == {"date_in_well": "A1", "not_a_number": "A2"}


def test_a_formula_without_a_result_refuses_with_every_cell(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = od_title(grid())
    rows[2][1], rows[2][2] = "=1+1", "=A1"
    with pytest.raises(InputError) as refused:
        GRID.read(opened(make_workbook(Raw=rows)))
    told = [f for f in refused.value.findings if f.code == "formula_without_value"]
    assert [(f.cell, f.well, f.level) for f in told] == [
        ("B3", "A1", Level.ERROR),
        ("C3", "A2", Level.ERROR),
    ]


def test_comments_and_hidden_rows_are_told_and_their_values_kept(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    book = make_workbook(Raw=od_title(grid()))
    book["Raw"]["B3"].comment = Comment("bubble", "Ana")
    book["Raw"].row_dimensions[4].hidden = True
    book["Raw"].column_dimensions["M"].hidden = True
    file = GRID.read(opened(book))
    assert by_well(file) == FULL
    told = {f.code: f for f in file.findings}
    assert "bubble" in told["remark"].message
    assert told["remark"].well == "A1"
    assert "B1" in told["hidden"].message
    assert "A12" in told["hidden"].message


def test_a_hidden_sheet_is_not_read_and_told(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    book = make_workbook(Raw=od_title(grid()), Old=od_title(grid()))
    book["Old"].sheet_state = "veryHidden"
    file = GRID.read(opened(book))
    assert by_well(file) == FULL
    assert [(f.code, f.sheet) for f in file.findings] == [("hidden_sheet", "Old")]


# --- several blocks ---------------------------------------------------------------------------


def test_two_blocks_without_titles_are_refused_by_place(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    book = opened(make_workbook(Raw=[*grid(), [], *grid()]))
    assert not GRID.sniff(book).is_mine
    with pytest.raises(InputError, match=r"A1 to M9 .*A11 to M19") as refused:
        GRID.read(book)
    assert "not clear which were measured" in refused.value.message


def test_blocks_titled_by_wavelength_are_reads_of_one_plate(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    rows = [["OD450"], *grid(), [], ["OD570"], *grid(letters="AB", last=3)]
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert [p.plate for p in file.plates] == [""]
    assert by_well(file, label="OD450") == FULL
    assert len(by_well(file, label="OD570")) == 6
    assert [r.wavelength_nm for r in file.plates[0].reads] == [450, 570]


def test_plates_stacked_without_gaps_are_told_apart_by_their_corner(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any
) -> None:
    file = GRID.read(opened(make_workbook(Raw=[*grid(corner="P01"), *grid(corner="P02")])))
    assert [p.plate for p in file.plates] == ["P01", "P02"]
    assert by_well(file, plate="P02") == FULL


@pytest.mark.parametrize("corner", ["Row", "row/col", "Well", "<>", "\\"])
def test_words_for_rows_and_columns_are_no_plate_names(
    make_workbook: Any, opened: Any, grid: Any, corner: str
) -> None:
    file = GRID.read(opened(make_workbook(Raw=grid(corner=corner))))
    assert [p.plate for p in file.plates] == [""]


@pytest.mark.parametrize("title", ["Layout", "Blank corrected OD450", "Mean", "Concentration"])
def test_what_was_not_measured_is_left_and_told(
    make_workbook: Any, opened: Any, grid: Any, by_well: Any, title: str
) -> None:
    rows = [["Raw OD450"], *grid(), [], [title], *grid(letters="AB")]
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert by_well(file) == FULL
    (note,) = [f for f in file.findings if f.code == "block_not_read"]
    assert title in note.message


def test_one_plate_on_each_sheet_is_named_by_its_id_or_sheet(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    def page(plate: str) -> list[list[Any]]:
        return [["Plate ID", plate], [], *od_title(grid())]

    named = make_workbook(One=page("P-1"), Two=page("P-2"))
    assert [p.plate for p in GRID.read(opened(named)).plates] == ["P-1", "P-2"]
    unnamed = make_workbook(One=od_title(grid()), Two=od_title(grid()))
    assert [p.plate for p in GRID.read(opened(unnamed)).plates] == ["One", "Two"]


def test_numbers_that_look_like_counts_stay_of_unknown_kind(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = [[round(v * 10_000) if isinstance(v, float) else v for v in row] for row in grid()]
    (read,) = GRID.read(opened(make_workbook(Raw=rows))).plates[0].reads
    assert (read.kind, read.unit) == (ReadingKind.OTHER, "")


def test_numbers_like_optical_densities_are_assumed_and_told(
    make_workbook: Any, opened: Any, grid: Any, codes: Any
) -> None:
    file = GRID.read(opened(make_workbook(Raw=grid())))
    assert file.plates[0].reads[0].kind is ReadingKind.ABSORBANCE
    assert codes(file) == {"kind_assumed"}


@pytest.mark.parametrize(
    ("value", "level"), [(-12.5, Level.ERROR), (450_000, Level.ERROR), (7.5, Level.WARNING)]
)
def test_impossible_optical_densities_are_named(
    make_workbook: Any, opened: Any, grid: Any, value: float, level: Level
) -> None:
    rows = od_title(grid())
    rows[2][1] = value
    file = GRID.read(opened(make_workbook(Raw=rows)))
    assert [(f.code, f.level, f.well) for f in file.findings] == [
        ("implausible_absorbance", level, "A1")
    ]


# --- lists beside grids -----------------------------------------------------------------------


def sample_list(wells: list[str]) -> list[list[Any]]:
    return [[], ["Well", "Sample"], *([well, f"S{i}"] for i, well in enumerate(wells))]


def test_a_list_beside_the_grid_is_checked(make_workbook: Any, opened: Any, grid: Any) -> None:
    wells = [*FULL, "b02", "Z99", "A1"]
    file = GRID.read(opened(make_workbook(Raw=od_title(grid()) + sample_list(wells))))
    told = {(f.code, f.well or f.message.split("'")[1]) for f in file.findings}
    assert told >= {("well_named_twice", "B2"), ("well_named_twice", "A1"), ("not_a_well", "Z99")}


def test_a_grid_larger_than_the_plate_of_its_list_is_refused(
    make_workbook: Any, opened: Any, grid: Any
) -> None:
    rows = od_title(grid(last=24)) + sample_list(list(FULL))
    with pytest.raises(InputError, match="384 wells, but the list beside it describes 96 wells"):
        GRID.read(opened(make_workbook(Raw=rows)))


# --- lists and tables -------------------------------------------------------------------------


def test_a_list_gives_wells_in_any_order(make_workbook: Any, opened: Any, by_well: Any) -> None:
    rows = [["Sample", "OD450", "Well"], ["a", 0.1, "H12"], ["b", 0.2, "a01"], ["c", "OVER", "B 2"]]
    file = LIST.read(opened(make_workbook(Raw=rows)))
    assert by_well(file) == {"H12": 0.1, "A1": 0.2, "B2": "overflow"}
    assert file.plates[0].reads[0].wavelength_nm == 450


def test_a_list_with_a_well_twice_names_both_cells(make_workbook: Any, opened: Any) -> None:
    rows = [["Well", "OD450"], ["A1", 0.1], ["A2", 0.2], ["A01", 0.3]]
    with pytest.raises(InputError, match="Well A1 of 'OD450' stands here and in B2") as refused:
        LIST.read(opened(make_workbook(Raw=rows)))
    assert refused.value.findings[0].cell == "B4"


def test_an_entry_that_is_no_well_is_refused(make_workbook: Any, opened: Any) -> None:
    rows = [["Well", "OD450"], *([f"A{i}", i / 10] for i in range(1, 9)), ["Z99", 1.0], ["B1", 1.0]]
    with pytest.raises(InputError, match="'Z99' is not a well"):
        LIST.read(opened(make_workbook(Raw=rows)))


def test_plates_times_and_wavelengths_of_a_list_are_kept(make_workbook: Any, opened: Any) -> None:
    rows = [["Plate", "Time [min]", "Wavelength", "Well", "Signal"]] + [
        [plate, minute, nm, well, 0.1 + minute]
        for plate in ("P1", "P2")
        for minute in (0, 5)
        for nm in (450, 570)
        for well in ("A1", "A2")
    ]
    file = LIST.read(opened(make_workbook(Raw=rows)))
    assert [p.plate for p in file.plates] == ["P1", "P2"]
    first = file.plates[0].readings
    assert {(r.time_s, r.read.wavelength_nm, str(r.well)) for r in first} == {
        (t, nm, w) for t in (0, 300) for nm in (450, 570) for w in ("A1", "A2")
    }


def test_two_columns_that_may_both_be_measured_are_refused(make_workbook: Any, opened: Any) -> None:
    book = opened(
        make_workbook(Raw=[["Well", "x", "y"], *([f"A{i}", i, i + 1] for i in range(1, 6))])
    )
    answer = LIST.sniff(book)
    assert not answer.is_mine
    assert "not clear which was measured: 'x', 'y'" in answer.reason
    with pytest.raises(InputError, match="not clear which was measured"):
        LIST.read(book)


def test_a_growth_curve_without_a_unit_of_time_says_what_was_assumed(
    open_bytes: Any, codes: Any
) -> None:
    text = "Time,A1,A2,A3\n0,0.1,0.2,0.3\n1,0.2,0.3,0.4\n2,0.3,0.4,0.5\n"
    file = LIST.read(open_bytes(text.encode(), "growth.csv"))
    assert [r.time_s for r in file.plates[0].readings[::3]] == [0, 3600, 7200]
    assert codes(file) == {"time_unit_assumed", "kind_assumed"}
    told = LIST.read(open_bytes(text.replace("Time", "Time [min]").encode(), "growth.csv"))
    assert [r.time_s for r in told.plates[0].readings[::3]] == [0, 60, 120]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_text_in_every_encoding_and_line_end(
    open_bytes: Any, by_well: Any, encoding: str, ending: str
) -> None:
    text = ending.join(
        ["Gerät\tµ-Leser", "", "Well;OD450".replace(";", "\t"), "A1\t0.5", "A2\t0.25", "A3\t1"]
    )
    file = LIST.read(open_bytes(text.encode(encoding), "reader.txt"))
    assert by_well(file) == {"A1": 0.5, "A2": 0.25, "A3": 1.0}
    assert [r.source.cell for r in file.plates[0].readings] == ["4:2", "5:2", "6:2"]


def test_german_text_with_semicolons_and_decimal_commas(open_bytes: Any, by_well: Any) -> None:
    rows = ["OD450", ";" + ";".join(map(str, range(1, 13)))] + [
        f"{letter};"
        + ";".join(f"{FULL[f'{letter}{c}']:.3f}".replace(".", ",") for c in range(1, 13))
        for letter in "ABCDEFGH"
    ]
    assert by_well(GRID.read(open_bytes("\r\n".join(rows).encode(), "plate.csv"))) == FULL


def test_a_file_without_wells_is_declined_by_both(open_bytes: Any) -> None:
    book = open_bytes(b"a,b\n1,2\n", "numbers.csv")
    for importer in (GRID, LIST):
        assert not importer.sniff(book).is_mine
        with pytest.raises(InputError):
            importer.read(book)


def test_for_one_file_only_one_generic_importer_says_yes(
    make_workbook: Callable[..., openpyxl.Workbook], opened: Any, grid: Any
) -> None:
    both = [
        ["OD450"],
        *grid(),
        [],
        ["Well", "Sample", "OD450"],
        *([w, "s", v] for w, v in FULL.items()),
    ]
    book = opened(make_workbook(Raw=both))
    assert (GRID.sniff(book).is_mine, LIST.sniff(book).is_mine) == (True, False)
