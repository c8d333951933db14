"""Numbers that were written, stored or encoded otherwise: read right, or named, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from variants import (
    ENVISION_TEXT,
    GEN5_TEXT,
    GRIDS,
    ICONTROL,
    ICONTROL_TEXT,
    LISTS,
    MAGELLAN_LIST,
    OPTICAL_DENSITIES,
    PLAIN_GRID,
    SPARK,
    STACK_TEXT,
    TEXTS,
    by_well,
    corpus_file,
    edited,
    expected,
    is_refused,
    product_reads,
    put,
    readings_of,
    refusal_of,
    rewrite,
    text_of_file,
    told,
    values_of,
    well_cell,
    wells_of_96,
)

from lims_msc.domain.findings import Level

pytestmark = pytest.mark.shared

TABLES = (*GRIDS, *LISTS)
OF_ABSORBANCE = (*OPTICAL_DENSITIES, *LISTS)


# --- 3: German Excel on a file with decimal points --------------------------------------------


def opened_in_german(text: str) -> object:
    """Return what German Excel makes of a number with a point: text, thousands, or a date."""
    if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", text):
        return int(text.replace(".", ""))
    day_month = re.fullmatch(r"([1-9]|[12][0-9])\.(0?[1-9]|1[0-2])", text)
    if day_month:
        return 46_022 + int(day_month[1]) + 31 * (int(day_month[2]) - 1)
    return text


@pytest.mark.parametrize("name", OF_ABSORBANCE)
def test_small_texts_beside_integers_of_four_digits_are_refused(name: str) -> None:
    """Values from 0.6 to 1.4, with three decimals, as many as any plate has."""
    wells = iter(range(96))
    data = edited(name, rewrite(lambda *_: opened_in_german(f"{0.6 + next(wells) / 120:.3f}")))
    said = refusal_of(data)
    if said is None:  # then the numbers are shown, and cannot be accepted
        said = told(product_reads(data), Level.ERROR)["decimal_mark_lost"]
    assert "decimal mark" in said or "optical densities" in said


@pytest.mark.parametrize("name", OF_ABSORBANCE)
def test_readings_that_became_dates_are_named_and_never_numbers(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        for well, text in (("C3", "3.11"), ("D4", "1.12")):
            put(well, opened_in_german(text))(sheet)
            sheet.cell(*well_cell(sheet, well)).number_format = "d-mmm"

    data = edited(name, change)
    if not is_refused(data, "C3", "D4"):
        read = product_reads(data)
        assert {w: v for w, v in values_of(read).items() if w not in ("C3", "D4")} == {
            w: v for w, v in by_well(name).items() if w not in ("C3", "D4")
        }
        assert all(isinstance(values_of(read)[well], str) for well in ("C3", "D4"))
        assert all(f"well {well}" in told(read)["date_in_well"] for well in ("C3", "D4"))


# --- 4: decimal commas ------------------------------------------------------------------------


def german(name: str) -> bytes:
    """Write a text export as a German computer does: commas, semicolons, the day first."""
    text = text_of_file(name)
    mark = "\t" if "\t" in text else ","
    lines = [re.split(mark, line) for line in text.split("\n")]
    fields = [[re.sub(r"^(-?[0-9]+)\.([0-9]+)$", r"\1,\2", f) for f in line] for line in lines]
    dated = [
        [re.sub(r"^([0-9]{1,2})/([0-9]{1,2})/(20[0-9]{2})", r"\2.\1.\3", f) for f in line]
        for line in fields
    ]
    return "\r\n".join(";".join(line) for line in dated).encode("utf-8")


@pytest.mark.parametrize("name", [ICONTROL_TEXT, GEN5_TEXT, ENVISION_TEXT, STACK_TEXT])
def test_decimal_commas_semicolons_and_the_day_first(name: str) -> None:
    assert readings_of(product_reads(german(name))) == expected(name)


@pytest.mark.parametrize("name", TABLES)
def test_decimal_commas_throughout_a_workbook(name: str) -> None:
    data = edited(name, rewrite(lambda _, value: str(value).replace(".", ",")))
    read = product_reads(data)
    if "ambiguous_number" in told(read):  # the file writes decimals otherwise elsewhere
        assert all(isinstance(value, str) for value in values_of(read).values())
        assert all(well in told(read)["ambiguous_number"] for well in wells_of_96())
    else:
        assert readings_of(read) == expected(name)


@pytest.mark.parametrize("name", TABLES)
def test_a_lone_decimal_comma_is_read_or_its_cell_is_named(name: str) -> None:
    def change(sheet: Worksheet) -> None:
        number = str(sheet.cell(*well_cell(sheet, "C3")).value)
        put("C3", number.replace(".", ","))(sheet)

    data = edited(name, change)
    if not is_refused(data, "C3"):
        read = product_reads(data)
        found = values_of(read)
        if found["C3"] != by_well(name)["C3"]:
            assert isinstance(found["C3"], str)
            assert "well C3" in told(read)["ambiguous_number"]
        others = {w: v for w, v in by_well(name).items() if w != "C3"}
        assert {w: v for w, v in found.items() if w != "C3"} == others


# --- 6: numbers stored as text ----------------------------------------------------------------

WRITTEN: tuple[Callable[[str], str], ...] = (
    lambda text: text + "  ",
    lambda text: "\u00a0" + text + "\u00a0",
    lambda text: "'" + text,
    lambda text: " " + text + "\t",
    lambda text: text + "\u202f",
)


@pytest.mark.parametrize("name", TABLES)
def test_numbers_stored_as_text_with_all_sorts_of_blanks(name: str) -> None:
    ways = iter(WRITTEN * 20)
    data = edited(name, rewrite(lambda _, value: next(ways)(str(value))))
    assert readings_of(product_reads(data)) == expected(name)


@pytest.mark.parametrize("minus", ["-", "\u2212"])
@pytest.mark.parametrize("name", OF_ABSORBANCE)
def test_every_minus_sign_is_a_minus_sign(name: str, minus: str) -> None:
    data = edited(name, put("C3", f"{minus}0.012"))
    assert values_of(product_reads(data)) == {**by_well(name), "C3": -0.012}


# --- 16: encodings ----------------------------------------------------------------------------

ENCODED: dict[str, Callable[[str], bytes]] = {
    "UTF-16 without a mark": lambda text: text.replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16 of the other order, marked": lambda text: ("\ufeff" + text).encode("utf-16-be"),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRLF and CR": lambda text: text.replace("\n", "\r\n", 9).replace("\n", "\r").encode(),
    "CR after CRLF": lambda text: text.replace("\n", "\r\n").replace("\r\n\r\n", "\r\n\r").encode(),
    "UTF-8 mark": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "Windows": lambda text: text.encode("cp1252", "replace"),
    "broken degree": lambda text: text.replace("°", "\ufffd").replace("µ", "Âµ").encode(),
    "old Macintosh degree": lambda text: text.replace("°", "¡").encode("cp1252", "replace"),
}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("name", TEXTS)
def test_text_in_any_encoding_with_any_line_ends(name: str, encoding: str) -> None:
    text = text_of_file(name).replace("\ufeff", "")
    read = product_reads(ENCODED[encoding](text), "export.txt")
    assert readings_of(read) == expected(name)


# --- 18: overflow and status cells ------------------------------------------------------------

MARKERS = (
    *("OVER", "OVRFLW", "#SAT", "****", "?????", "TNTC", "OOR", "OOR <", "<0.000", ">4.000"),
    *("#DIV/0!", "#N/A", "N/A", "NaN", "MISSED", "Path?", "*0.356*", "---", "> 3.5", "ERROR"),
)


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("name", TABLES)
def test_a_status_is_kept_as_it_stands_and_is_no_number(name: str, marker: str) -> None:
    read = product_reads(edited(name, put("C3", marker)))
    assert values_of(read) == {**by_well(name), "C3": marker}
    assert marker in told(read)["marker"]


@pytest.mark.parametrize("marker", ["OVER", "<0.000", ">4.000", "NaN", "#SAT", "?????", "*0.356*"])
@pytest.mark.parametrize("name", [ICONTROL_TEXT, GEN5_TEXT, ENVISION_TEXT])
def test_a_status_in_a_text_is_no_number_either(name: str, marker: str) -> None:
    text = text_of_file(name)
    first = re.search(r"^A[\t,]([0-9.]+)(?=[\t,])", text, re.MULTILINE)
    assert first is not None
    (at, end), want = first.span(1), expected(name)
    want.subtract([("A1", 0.0, float(first[1]))])
    want[("A1", 0.0, marker)] += 1
    assert min(want.values()) == 0
    read = product_reads((text[:at] + marker + text[end:]).encode())
    assert readings_of(read) == +want


@pytest.mark.parametrize("name", [ICONTROL, MAGELLAN_LIST, PLAIN_GRID, SPARK])
def test_a_plate_of_overflows_has_no_number_at_all(name: str) -> None:
    data = edited(name, rewrite(lambda *_: "OVER"))
    if not is_refused(data):
        assert set(values_of(product_reads(data)).values()) == {"OVER"}


def test_the_corpus_file_with_lone_commas_is_read_as_it_is_meant() -> None:
    name = "softmax-pro/abs_endpoint_plates.txt"
    read = product_reads(corpus_file(name))
    assert readings_of(read).total() == expected(name).total()
