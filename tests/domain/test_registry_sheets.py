"""Reading the workbook of records: what a cell says, and what is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from factories import ERROR_CELL, FORMULA_WITHOUT_VALUE, sheet
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.records.donors import COLLECTION, CONSENT, DIAGNOSIS, DONOR
from lims_msc.domain.records.fields import FieldKind, RecordKind
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.records.stock import RECIPE_STEP, VIAL
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.registry_cells import same_words
from lims_msc.domain.registry_codes import probable_codes
from lims_msc.domain.registry_headings import IDENTIFYING, identifying_headings
from lims_msc.domain.registry_numbers import Unclear, number_of_text
from lims_msc.domain.registry_sheets import (
    RegistryContents,
    in_workbook_order,
    read_registry,
)
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook
from lims_msc.errors import InputError

Entered = CellValue | Cell
GOOD = {
    "donor_code": "D-1",
    "collection_code": "C-1",
    "recipe_code": "R-1",
    "vial_code": "V-1",
    "consent_version": "v1",
    "disease": "multiple sclerosis",
    "step_number": 1,
}


def of_kind(kind: RecordKind, *rows: dict[str, Entered]) -> Sheet:
    """Return the sheet of a kind with its headings and these rows."""
    headings = [field.title for field in kind.fields]
    lines = [[row.get(field.name) for field in kind.fields] for row in rows]
    return sheet(kind.sheet, [headings, *lines])


def read(*sheets: Sheet, registered: dict[str, list[str]] | None = None) -> RegistryContents:
    known = registered or {}
    return read_registry(Workbook("r.xlsx", "xlsx", sheets), lambda key: known.get(key, []))


def one(kind: RecordKind, name: str, value: Entered, **known: list[str]) -> object:
    """Return what a cell of a field gives: its value, or the message and hint of its finding."""
    row = {field.name: GOOD[field.name] for field in kind.fields if field.name in GOOD}
    found = read(of_kind(kind, {**row, name: value}), registered=known)
    if errors := errors_among(found.findings):
        (error,) = errors
        column = [field.name for field in kind.fields].index(name)
        assert (error.sheet, error.cell) == (kind.sheet, f"{chr(65 + column)}2")
        return f"{error.message} {error.hint}"
    return found.entries[0].values.get(name)


def test_every_heading_of_a_kind_is_told_apart_from_the_others_and_asks_for_nobody() -> None:
    for kind in KINDS:
        titles = [same_words(field.title) for field in kind.fields]
        assert len(set(titles)) == len(titles), kind.key
        assert not list(identifying_headings(of_kind(kind))), kind.key
    assert len({same_words(kind.sheet) for kind in KINDS}) == len(KINDS)


NUMBERS = {
    "3.5": 3.5,
    "3,5": 3.5,
    "-0,25": -0.25,
    "\u22122.5": -2.5,
    "0.123": 0.123,
    "0,123": 0.123,
    "1e6": 1e6,
    "12.3456": 12.3456,
    "1234": 1234.0,
    "1234,567": 1234.567,
    " 7 \u00a0": 7.0,
}
NO_NUMBERS = {
    "1.234": "may mean 1.234 or 1234",
    "1,234": "may mean 1.234 or 1234",
    "-12,345": "may mean -12.345 or -12345",
    "1.234,5": "separators of thousands",
    "1,234.5": "separators of thousands",
    "1 234": "separators of thousands",
    "1\u00a0234\u00a0567": "separators of thousands",
    "1'234": "separators of thousands",
    "95 %": "not a number",
    "<5": "not a number",
    "n.d.": "not a number",
    "nan": "not a number",
    "inf": "not a number",
    "1_000": "not a number",
    "1e400": "not a number",
    "1,5e999": "not a number",
    "٣": "not a number",
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_a_text_that_means_one_number_is_that_number(text: str, number: float) -> None:
    assert one(COLLECTION, "bmi_kg_per_m2", text) == number


@pytest.mark.parametrize(("text", "words"), NO_NUMBERS.items())
def test_a_text_that_means_no_number_or_two_is_refused_with_what_it_may_mean(
    text: str, words: str
) -> None:
    assert words in str(one(COLLECTION, "bmi_kg_per_m2", text))


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=50)
def test_a_number_is_read_back_as_it_was_written_or_refused(number: float) -> None:
    found = number_of_text(repr(number))
    assert found == number or isinstance(found, Unclear)


@given(st.text(max_size=12))
@settings(max_examples=100)
def test_any_text_is_a_number_or_a_sentence_that_repeats_it(text: str) -> None:
    found = number_of_text(text.strip())
    assert isinstance(found, float) or text.strip() in found.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        ("3", 3),
        (3.5, "'3.5' is not a whole number"),
        (True, "the truth value 'TRUE'"),
        (datetime(2024, 3, 1), "the date 2024-03-01"),  # noqa: DTZ001
        (Cell(0.95, "0.95", is_percent=True), "'0.95' is shown as 95 %"),
        (timedelta(hours=1), "the time '1:00:00'"),
    ],
)
def test_whole_numbers_are_whole_and_nothing_else(value: Entered, expected: object) -> None:
    found = one(RECIPE_STEP, "step_number", value)
    assert found == expected or str(expected) in str(found)


MIDNIGHT = datetime(2024, 4, 3)  # noqa: DTZ001
DAYS = {
    "2024-04-03": date(2024, 4, 3),
    " 2024-04-03 ": date(2024, 4, 3),
    "03/04/2024": "may mean 2024-04-03 or 2024-03-04",
    "3.4.24": "may mean 2024-04-03 or 2024-03-04. Its year has only two digits.",
    "14.04.2024": "is not written year-month-day: it may mean 2024-04-14.",
    "04-14-2024": "may mean 2024-04-14.",
    "5.5.2024": "may mean 2024-05-05.",
    "2024-02-30": "There is no day '2024-02-30'",
    "2024-04": "'2024-04' is no date",
    "31.31.2024": "'31.31.2024' is no date",
    "April 2024": "'April 2024' is no date",
    "20240403": "'20240403' is no date",
}


@pytest.mark.parametrize(("text", "expected"), DAYS.items())
def test_only_year_month_day_is_a_day_and_both_readings_of_others_are_said(
    text: str, expected: object
) -> None:
    found = one(CONSENT, "given_on", text)
    assert found == expected or (isinstance(expected, str) and expected in str(found))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (MIDNIGHT, date(2024, 4, 3)),
        (date(2024, 4, 3), date(2024, 4, 3)),
        (MIDNIGHT.replace(hour=9), "has a time of day"),
        (45385, "holds the number 45385, not a date"),
        (time(9, 30), "holds the time '09:30:00', not a date"),
        (False, "holds the truth value 'FALSE', not a date"),
    ],
)
def test_a_cell_with_a_date_is_a_day(value: Entered, expected: object) -> None:
    found = one(CONSENT, "given_on", value)
    assert found == expected or str(expected) in str(found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2019, "2019"),
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2019-05-14", "2019-05-14"),
        (datetime(2019, 5, 14), "2019-05-14"),  # noqa: DTZ001
        (datetime(2019, 5, 1), "may have made the day 2019-05-01 of the month 2019-05"),  # noqa: DTZ001
        ("05/2019", "'05/2019' is no date"),
        ("3.4.2019", "may mean 2019-04-03 or 2019-03-04"),
        ("2019-13", "'2019-13' is no date"),
        (2019.5, "'2019.5' is no date"),
        (True, "the truth value 'TRUE'"),
        (time(5, 0), "the time '05:00:00'"),
    ],
)
def test_a_partial_date_is_as_far_as_it_was_written(value: Entered, expected: str) -> None:
    assert expected in str(one(DIAGNOSIS, "onset", value))


CODES = ["SEPT2", "MAR-2", "00123", "1E5", "2-3", "DEC01", "MÄRZ5"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2024, 9, 2), "date 2024-09-02 of this code. Probably 'SEPT2': format"),  # noqa: DTZ001
        (datetime(2024, 3, 2), "Probably '2-3' or 'MAR-2'"),  # noqa: DTZ001
        (datetime(2001, 12, 1), "Probably 'DEC01'"),  # noqa: DTZ001
        (datetime(2024, 3, 5), "Probably 'MÄRZ5'"),  # noqa: DTZ001
        (datetime(2024, 7, 4), "Probably 'JUL4' or 'JUL-4' or '4-7'"),  # noqa: DTZ001
        (123, "number 123 of this code. Probably '00123'"),
        (100000, "Probably '1E5'"),
        (77, "number 77 of this code. Format the column as text"),
        (True, "truth value 'TRUE' of this code"),
        (time(1, 10), "time '01:10:00' of this code"),
        (Cell(0.5, "0.5", is_percent=True), "number 0.5 of this code"),
    ],
)
def test_a_code_that_excel_has_changed_is_refused_with_what_it_probably_was(
    value: Entered, words: str
) -> None:
    assert words in str(one(COLLECTION, "donor_code", value, donor=CODES))
    assert words in str(one(DONOR, "donor_code", value, donor=CODES))


def test_a_damaged_reference_is_told_from_the_codes_on_the_other_sheet() -> None:
    consents = of_kind(
        CONSENT,
        {"donor_code": datetime(2024, 9, 2), "consent_version": "v1"},  # noqa: DTZ001
    )
    found = read(consents, of_kind(DONOR, {"donor_code": " SEPT2 "}, {"donor_code": 7}))
    assert "Probably 'SEPT2'" in found.findings[0].hint


@given(st.text("0123456789eE-SEPTMARCH. ", max_size=8), st.dates(date(1950, 1, 1)))
@settings(max_examples=50)
def test_looking_for_a_damaged_code_never_stumbles(code: str, day: date) -> None:
    assert set(probable_codes(day, [code])) <= {code}
    assert set(probable_codes(day.day, [code])) <= {code}


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"),
    [
        (DONOR, "sex", "Female", "female"),
        (DONOR, "sex", " female\u00a0", "female"),
        (DONOR, "sex", "femal", "femal"),
        (CONSENT, "permits_export", True, "Write yes or no"),
        (CONSENT, "permits_export", "YES", "yes"),
        (CONSENT, "permits_export", date(2024, 9, 2), "made the date 2024-09-02 of this text"),
        (RECIPE_STEP, "dose_unit", "\u03bcg/mL", "\u00b5g/mL"),
        (RECIPE_STEP, "dose_unit", "kAU/L", "kAU/L"),
        (VIAL, "box", 11, "11"),
        (VIAL, "box", 2.5, "2.5"),
        (VIAL, "box", "0011", "0011"),
        (VIAL, "box", date(2024, 9, 2), "made the date 2024-09-02 of this text"),
        (VIAL, "box", False, "made the truth value 'FALSE' of this text"),
        (VIAL, "box", " B 1 ", "B 1"),
        (COLLECTION, "tissue", "BM", "BM"),
        (COLLECTION, "tissue", "bone marrow", "BM"),
        (COLLECTION, "tissue", "UC-?", "is marked as doubtful. It may mean 'umbilical cord'"),
        (COLLECTION, "tissue", 5, "the number 5 of this entry"),
        (DIAGNOSIS, "disease", "Multiple Sclerosis", "MONDO:0005301"),
        (DIAGNOSIS, "disease", "MONDO:0005301", "MONDO:0005301"),
        (DIAGNOSIS, "disease", "MS", "may mean several things: multiple sclerosis"),
        (DIAGNOSIS, "disease", "UC", "ulcerative colitis"),
        (DIAGNOSIS, "disease", "common cold", "common cold"),
        (COLLECTION, "bmi_kg_per_m2", ERROR_CELL, "shows the error '#DIV/0!'"),
        (COLLECTION, "bmi_kg_per_m2", FORMULA_WITHOUT_VALUE, "result was never stored"),
        (COLLECTION, "bmi_kg_per_m2", Cell(22.5, "22.5", is_formula=True), "22.5"),
    ],
)
def test_words_are_read_as_the_list_has_them_and_never_guessed(
    kind: RecordKind, name: str, value: Entered, expected: str
) -> None:
    assert expected in str(one(kind, name, value))


@pytest.mark.parametrize("key", ["disease", "tissue", "cell"])
def test_every_term_that_can_be_chosen_is_read_back_from_its_label_and_its_key(key: str) -> None:
    vocabulary = vocabulary_of(key)
    for term in vocabulary.terms:
        if term.is_choosable:
            kind = next(k for k in KINDS for f in k.fields if f.vocabulary == key)
            name = next(field.name for field in kind.fields if field.vocabulary == key)
            assert one(kind, name, term.label) == term.key
            assert one(kind, name, term.key) == term.key


def test_numbers_where_text_is_meant_are_taken_and_told_once_a_column() -> None:
    rows = [{"vial_code": f"V-{n}", "box": n, "rack": "R1"} for n in range(3)]
    found = read(of_kind(VIAL, *rows))
    (warning,) = found.findings
    assert warning.level is Level.WARNING
    assert (warning.cell, "'Box' holds 3 numbers" in warning.message) == ("K1", True)
    assert [entry.values["box"] for entry in found.entries] == ["0", "1", "2"]


def test_blank_cells_are_absent_and_blank_rows_are_no_records() -> None:
    rows = [
        {"donor_code": "D-1", "sex": "female", "note": "  "},
        {"donor_code": " ", "note": "\u00a0"},
        {"sex": "female"},
    ]
    found = read(of_kind(DONOR, *rows))
    assert not found.findings
    assert [dict(entry.values) for entry in found.entries] == [
        {"donor_code": "D-1", "sex": "female"},
        {"sex": "female"},
    ]
    (first, second) = found.entries
    assert str(first.places["note"]) == "sheet 'Donors', cell C2"
    assert str(second.row) == "sheet 'Donors', cell A4"
    assert set(first.places) == {"donor_code", "sex", "note"}
    assert len(first.places) == 3


def heading_findings(
    *headings: str | None, row: tuple[Entered, ...] = ("D-1", "female")
) -> list[str]:
    found = read(sheet("Donors", [headings, row]))
    return [f"{f.cell} {f.level}: {f.message}" for f in found.findings]


def test_headings_may_stand_in_any_order_and_spelling_of_case_and_space() -> None:
    rows = [("SEX", None, "Donor  code", "note"), ("male", None, "D-1", "x")]
    found = read(sheet("donors", rows))
    assert not found.findings
    assert found.entries[0].values == {"donor_code": "D-1", "sex": "male", "note": "x"}


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        (("Donor code",), ("D-1",), "A1 error: The heading 'Sex' is missing."),
        (("Sex",), ("male",), "A1 error: The heading 'Donor code' is missing."),
        (
            ("Donor code", "Sex"),
            ("D-1", "male"),
            "A1 warning: The heading 'Note' is missing; what is registered there stays as it is.",
        ),
        (
            ("Donor code", "Sex", "Note", "Sex"),
            ("D-1", "male"),
            "D1 error: The heading 'Sex' stands here a second time; the first is in B1.",
        ),
        (
            ("Donor code", "Sex", "Note", "Mass"),
            ("D-1", "male", "", 70),
            "D1 error: 'Mass' is no heading of this sheet, and values stand below it.",
        ),
        (
            ("Donor code", "Sex", "Note", "Mass"),
            ("D-1", "male"),
            "D1 warning: 'Mass' is no heading of this sheet; the column is empty and passed over.",
        ),
        (
            ("Donor code", "Sex", "Note", None),
            ("D-1", "male", "", 70),
            "D1 error: This column has no heading, but the cell D2 is filled.",
        ),
        (
            ("a title", None, None),
            ("Donor code", "Sex", "Note"),
            "A1 error: The first row has none of the headings of this sheet.",
        ),
    ],
)
def test_headings_that_would_lose_data_are_refused(
    headings: tuple[str | None, ...], row: tuple[Entered, ...], expected: str
) -> None:
    assert expected in heading_findings(*headings, row=row)


@pytest.mark.parametrize(
    "heading",
    [
        *("Name", "Geburtsdatum", "DOB", "Date of birth", "Patientennummer", "Patient ID", "MRN"),
        *("Vorname", "Last name", "Initials", "E-mail", "Fallnummer", "Krankenkasse", "geb."),
    ],
)
@pytest.mark.parametrize("name", ["Donors", "Something else"])
def test_a_column_that_says_who_somebody_is_stops_the_file_and_is_not_repeated(
    heading: str, name: str
) -> None:
    rows = [("Donor code", "Sex", "Note", heading), ("D-1", "male", "", "Erika Mustermann")]
    found = read(sheet(name, rows), of_kind(CONSENT))
    errors = errors_among(found.findings)
    assert [(f.code, f.sheet, f.cell) for f in errors] == [(IDENTIFYING, name, "D1")]
    assert "Erika" not in repr(found.findings)


def test_a_sheet_that_is_no_sheet_of_the_form_is_told_and_not_read() -> None:
    found = read(of_kind(DONOR), sheet("Donors (2)", [("Donor code",), ("D-1",)]), sheet("x", []))
    (told,) = found.findings
    assert (told.level, told.sheet, told.cell) == (Level.WARNING, "Donors (2)", "")
    assert not found.entries
    assert not read(of_kind(DONOR), sheet("Read me", [("x",)]), sheet("Lists", [("x",)])).findings


def test_a_file_without_any_sheet_of_the_form_is_no_workbook_of_records() -> None:
    with pytest.raises(InputError, match="its sheets are 'Plate', 'Wells'"):
        read(sheet("Plate", [("x",)]), sheet("Wells", []))


def test_a_sheet_that_stands_there_twice_is_refused() -> None:
    found = read(of_kind(DONOR), replace(of_kind(DONOR), name="DONORS"))
    assert "stands in the file twice" in found.findings[0].message


def test_hidden_sheets_rows_and_columns_with_values_are_refused() -> None:
    donors = of_kind(DONOR, {"donor_code": "D-1", "sex": "male"}, {"donor_code": "D-2"})
    cells = dict(donors.cells)
    cells[2, 2] = replace(cells[2, 2], hidden=True)
    cells[3, 1] = replace(cells[3, 1], hidden=True)
    found = read(Sheet("Donors", cells))
    assert [(f.cell, f.message) for f in errors_among(found.findings)] == [
        ("B2", "This cell has a value but is hidden, by a filter or by hand. So are 1 others.")
    ]
    hidden = replace(donors, hidden=True)
    assert "is hidden, but filled" in read(hidden).findings[0].message
    assert not read(replace(of_kind(DONOR), hidden=True)).findings


def test_a_record_whose_identity_cannot_be_read_is_no_entry_and_its_kind_is_named() -> None:
    found = read(of_kind(DONOR, {"donor_code": 5, "sex": "male"}, {"donor_code": "D-2"}))
    assert [entry.values["donor_code"] for entry in found.entries] == ["D-2"]
    assert [dict(entry.values) for entry in found.unsound] == [{"sex": "male"}]
    assert found.unread == {"donor"}
    assert read(sheet("Donors", [("Sex",), ("male",)])).unread == {"donor"}
    assert not read(sheet("Donors", [("Sex",)])).unread


def test_what_the_opener_noticed_is_told_too_and_all_of_it_in_the_order_of_the_workbook() -> None:
    def at(name: str, cell: str) -> Finding:
        return Finding(Level.WARNING, "x", "m", sheet=name, cell=cell)

    whole = Finding(Level.WARNING, "date_system_1904", "counts its dates from 1904")
    sheets = (of_kind(DONOR), of_kind(CONSENT))
    workbook = Workbook("r.xlsx", "xlsx", sheets, (whole,))
    assert read_registry(workbook).findings == (whole,)
    mixed = [at("Consents", "A2"), at("Donors", "AA2"), at("Donors", "B10"), at("Donors", "B2")]
    ordered = in_workbook_order(workbook, [*mixed, whole])
    assert [f.cell for f in ordered] == ["", "B2", "AA2", "B10", "A2"]


def test_no_kind_of_field_is_without_a_reader() -> None:
    filled = {
        FieldKind.DATE: "2024-01-02",
        FieldKind.PARTIAL_DATE: "2024",
        FieldKind.WHOLE: 1,
        FieldKind.DECIMAL: 1.5,
    }
    for kind in KINDS:
        plain = [field for field in kind.fields if field.kind is not FieldKind.TERM]
        entered = {field.name: filled.get(field.kind, "x") for field in plain}
        found = read(of_kind(kind, entered))
        assert not found.findings, kind.key
        assert set(found.entries[0].values) == set(entered), kind.key
