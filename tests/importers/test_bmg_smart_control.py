"""BMG SMART Control: numbered reports, the same data twice, tables that disagree."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import openpyxl
import pytest
from lims_msc.importers.bmg_mars import BmgMars
from lims_msc.importers.bmg_smart_control import BmgSmartControl
from vendor_corpus import CorpusReadings

from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

SMART = BmgSmartControl()
HEAD = [
    ["User: user"],
    ["Path: C:\\Program Files (x86)\\BMG\\SMART Control\\user\\Data"],
    ["Test ID: 11"],
    ["Test Name: PicoGreen"],
    ["Date: 15/01/2026"],
    ["Time: 10:00:00"],
    ["ID1: Plate 2"],
    ["Fluorescence (FI)"],
    [],
]
TITLE = "Raw Data (480-14/520-30)"


def grid(values: dict[str, Any]) -> list[list[Any]]:
    rows = [[r, *(values[f"{r}{c}"] for c in (1, 2, 3))] for r in "AB"]
    return [[None, 1, 2, 3], *rows]


RAW = {f"{r}{c}": 1000 * i + c for i, r in enumerate("AB", start=1) for c in (1, 2, 3)}


def plates(raw: dict[str, Any] = RAW) -> list[list[Any]]:
    """The report sheet: every section has the same shape."""
    names = dict.fromkeys(RAW, "X1")
    return [
        *([], *HEAD, [None, "1. Layout"], *grid(names), []),
        *([None, "2. Dilutions"], *grid(dict.fromkeys(RAW, 5.0)), []),
        *([None, f"3. {TITLE}"], *grid(raw), []),
        *([None, f"4. Blank corrected based on {TITLE}"], *grid(dict.fromkeys(RAW, 7.0))),
    ]


def table(raw: dict[str, Any] = RAW) -> list[list[Any]]:
    """The table sheet with the same data."""
    return [
        *HEAD,
        ["Well", *(f"{w[0]}0{w[1]}" for w in raw)],
        ["Content", *("Sample X1" for _ in raw)],
        [f" {TITLE}", *raw.values()],
        [f" Blank corrected based on {TITLE}", *(7.0 for _ in raw)],
    ]


class TestCorpus(CorpusReadings):
    importer = BmgSmartControl
    folder, files, readings = "bmg-smart-control", 1, 96


class TestContract(ImporterContract):
    importer = BmgSmartControl

    def own_files(self) -> Iterable[Source]:
        book = openpyxl.Workbook()
        for row in plates():
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return [Source("report.xlsx", stream.getvalue())]


def test_only_the_section_of_raw_data_is_read(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    book = opened(make_workbook(Report=plates()))
    assert SMART.sniff(book).is_mine
    assert not BmgMars().sniff(book).is_mine
    file = SMART.read(book)
    assert by_well(file, plate="") == RAW
    (one,) = file.plates[0].reads
    assert (one.label, one.kind, one.wavelength_nm, one.emission_nm) == (
        f"3. {TITLE}",
        ReadingKind.FLUORESCENCE,
        480,
        520,
    )
    assert [f.level for f in file.findings] == [Level.NOTE] * 3


def test_the_table_sheet_with_the_same_data_gives_no_second_reading(
    make_workbook: Any, opened: Any
) -> None:
    file = SMART.read(opened(make_workbook(Report=plates(), Table=table())))
    assert len(file.plates[0].readings) == 6
    assert {r.source.sheet for r in file.plates[0].readings} == {"Report"}
    assert not [f for f in file.findings if f.level is Level.WARNING]


def test_a_table_sheet_alone_is_read(make_workbook: Any, opened: Any, by_well: Any) -> None:
    assert by_well(SMART.read(opened(make_workbook(Table=table())))) == RAW


def test_two_tables_that_disagree_are_told_with_both_cells(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    edited = RAW | {"B2": 9999}
    file = SMART.read(opened(make_workbook(Report=plates(), Table=table(edited))))
    assert by_well(file)["B2"] == RAW["B2"]
    (told,) = [f for f in file.findings if f.code == "tables_disagree"]
    assert (told.sheet, told.cell, told.well) == ("Table", "F12", "B2")
    assert "sheet 'Report', cell C24 says '2002'" in told.message


def test_a_line_missing_from_one_head_does_not_make_two_runs(
    make_workbook: Any, opened: Any, by_well: Any
) -> None:
    shorter = [row for row in table() if row != ["Test ID: 11"]]
    file = SMART.read(opened(make_workbook(Report=plates(), Table=shorter)))
    assert by_well(file, plate="") == RAW


def test_a_report_without_raw_data_is_refused_in_words(make_workbook: Any, opened: Any) -> None:
    book = opened(make_workbook(Report=plates()[:20]))
    with pytest.raises(InputError, match="no readings"):
        SMART.read(book)
