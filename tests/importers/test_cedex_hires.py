"""Cedex HiRes, and with it what is shared by all tables with one sample a line."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lims_msc.importers.cedex_hires import CedexHiRes
from lims_msc.importers.workbook import open_workbook
from sample_corpus import SampleReadings, by_sample

from lims_msc.domain.importing import FileReadings, Source
from lims_msc.domain.plate import Marker, ReadingKind
from lims_msc.errors import InputError
from lims_msc.testing import ImporterContract

CEDEX = CedexHiRes()
HEADINGS = (
    *("Cedex ID", "System name", "Sample identifer", "Date finished", "Avg Diameter", "Avg Area"),
    *("Viable Cell Count", "Viability", "Viable Cell Conc.", "Dead Cell Conc.", "Std Dev."),
)
ROWS = (
    (
        *("77", "CX", "F01", "6-18-2026 7:46:47 AM"),
        *("13.5", "113.4", "4292", "95.3", "4529542.5", "223733.2", "118113.9"),
    ),
    (
        *("77", "CX", "F02", "6-18-2026 7:51:27 AM"),
        *("12.25", "108.0", "4011", "95.5", "4232990.5", "198404.9", "243764.2"),
    ),
)


def table(
    rows: Iterable[Iterable[str]] = ROWS,
    headings: Iterable[str] = HEADINGS,
    separator: str = ",",
) -> bytes:
    """A table as text."""
    return "\r\n".join(separator.join(row) for row in (headings, *rows)).encode()


def changed(row: int, heading: str, text: str) -> list[list[str]]:
    """The rows with another text in one cell."""
    rows = [list(one) for one in ROWS]
    rows[row][HEADINGS.index(heading)] = text
    return rows


def read(data: bytes) -> FileReadings:
    """The readings of a text file."""
    return CEDEX.read(open_workbook(Source("run.csv", data)))


class TestCorpus(SampleReadings):
    importer = CedexHiRes
    folder, files, readings = "cedex-hires", 2, 112


class TestContract(ImporterContract):
    importer = CedexHiRes

    def own_files(self) -> Iterable[Source]:
        return [Source("run.csv", table()), Source("other.csv", table(separator=";"))]


def test_each_line_is_a_sample_and_each_measured_column_a_read() -> None:
    file = read(table())
    found = by_sample(file)
    assert found["F01", "Avg Diameter"] == 13.5
    assert found["F02", "Viable Cell Conc."] == 4232990.5
    assert len(found) == 10
    assert {r.kind for r in file.plates[0].reads} == {ReadingKind.OTHER}
    assert str(file.plates[0].readings[0].source) == "line 2:5"
    facts = {(f.name, f.value) for f in file.facts}
    assert {("serial number", "77"), ("instrument", "CX")} < facts
    (note,) = file.findings
    assert (note.level, note.code) == ("note", "columns_not_read")
    assert "'Avg Area'" in note.message
    assert "'Std Dev.'" in note.message


def test_decimal_commas_and_semicolons() -> None:
    text = table(separator=";").replace(b".5;", b",5;").replace(b"12.25", b"12,25")
    found = by_sample(read(text.replace(b"95.3", b"95,3")))
    assert (found["F02", "Avg Diameter"], found["F01", "Viability"]) == (12.25, 95.3)


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        *(("TNTC", Marker.OVERFLOW), ("<LOD", Marker.UNDERFLOW), ("<8", Marker.UNDERFLOW)),
        *((">100", Marker.OVERFLOW), ("N/A", Marker.MISSING), ("ERROR", Marker.ERROR)),
        ("about 12", Marker.ERROR),
    ],
)
def test_limits_are_markers_with_their_text_and_never_numbers(text: str, marker: Marker) -> None:
    file = read(table(changed(0, "Avg Diameter", text)))
    assert by_sample(file)["F01", "Avg Diameter"] is marker
    assert file.plates[0].readings[0].raw == text
    assert [f.cell for f in file.findings if f.level == "warning"] == ["2:5"]


def test_a_sample_that_was_measured_twice_keeps_both_readings() -> None:
    file = read(table(changed(1, "Sample identifer", "F01")))
    labels = [r.read.label for r in file.plates[0].readings if r.read.label.startswith("Avg")]
    assert labels == ["Avg Diameter", "Avg Diameter [2]"]
    assert "measured_again" in {f.code for f in file.findings}


def test_a_missing_value_is_told_and_no_zero() -> None:
    file = read(table(changed(0, "Viability", "")))
    assert ("F01", "Viability") not in by_sample(file)
    (warning,) = (f for f in file.findings if f.level == "warning")
    assert (warning.code, warning.cell) == ("empty_cells", "2:8")


def test_a_mean_below_the_samples_is_no_sample() -> None:
    mean = ["", "", "Mean", "", "12.9", "110", "4151", "95.4", "4381266", "211069", ""]
    file = read(table([*ROWS, mean]))
    assert {r.sample for r in file.plates[0].readings} == {"F01", "F02"}
    assert "calculated_row" in {f.code for f in file.findings}


def test_values_without_a_sample_are_refused() -> None:
    with pytest.raises(InputError, match="Row 3 has measured values but names no sample"):
        read(table(changed(1, "Sample identifer", "")))


def test_a_line_below_the_samples_that_is_none_is_told() -> None:
    file = read(table([*ROWS, ["exported by the night shift"]]))
    assert [f.cell for f in file.findings if f.code == "row_not_read"] == ["4:1"]


@pytest.mark.parametrize("cut", [40, 20, 12])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(InputError, match="may be cut off"):
        read(table()[:-cut])


def test_headings_alone_are_no_readings() -> None:
    with pytest.raises(InputError, match="no readings"):
        read(table([]))


def test_inserted_lines_and_columns_shift_nothing() -> None:
    headings = ("our number", *HEADINGS)
    rows = [("notes of the day",), headings, *(("9", *row) for row in ROWS)]
    text = "\r\n".join(",".join(row) for row in rows)
    assert by_sample(read(text.encode())) == by_sample(read(table()))


def test_two_sheets_of_runs_are_told_apart(make_workbook: Any, opened: Any) -> None:
    rows = [list(HEADINGS), *(list(row) for row in ROWS)]
    book = opened(make_workbook(Monday=rows, Tuesday=rows))
    file = CEDEX.read(book)
    assert [(p.plate, len(p.readings)) for p in file.plates] == [("Monday", 10), ("Tuesday", 10)]
    assert "numbers_as_text" in {f.code for f in file.findings}


def test_a_hidden_sheet_is_not_read_and_told(make_workbook: Any, opened: Any) -> None:
    rows = [list(HEADINGS), *(list(row) for row in ROWS)]
    book = make_workbook(Now=rows, Old=rows)
    book["Old"].sheet_state = "hidden"
    file = CEDEX.read(opened(book))
    assert [len(p.readings) for p in file.plates] == [10]
    assert "hidden_sheet" in {f.code for f in file.findings}


def test_numbers_that_lost_their_decimal_mark_are_refused(make_workbook: Any, opened: Any) -> None:
    """German Excel leaves 9.73 as text and makes 1234 of 1.234; other columns prove nothing."""
    rows: list[list[Any]] = [list(HEADINGS), *(list(row) for row in ROWS)]
    rows[1][4], rows[2][4] = "9.73", 1234
    with pytest.raises(InputError, match="decimal marks for thousands"):
        CEDEX.read(opened(make_workbook(S=rows)))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_stands_below_the_headings_is_read_or_refused(data: bytes) -> None:
    with suppress(InputError):
        book = open_workbook(Source("x.csv", table() + b"\r\n" + data))
        read_rows = {r.source.cell.split(":")[0] for r in CEDEX.read(book).plates[0].readings}
        assert {"2", "3"} <= read_rows


def test_a_sample_without_any_value_is_told_by_name() -> None:
    empty = ["77", "CX", "F09", "6-18-2026 8:00:00 AM"]
    file = read(table([ROWS[0], empty, ROWS[1]]))
    (warning,) = (f for f in file.findings if f.level == "warning")
    assert (warning.code, warning.cell, "F09" in warning.message) == ("row_not_read", "3:1", True)
