"""What a cell of the workbook of records says: one value, or why it is not taken."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from factories import ERROR_CELL, FORMULA_WITHOUT_VALUE
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_sheets import Entered, of_kind, one, read

from lims_msc.domain.records.donors import COLLECTION, CONSENT, DIAGNOSIS, DONOR
from lims_msc.domain.records.fields import FieldKind, RecordKind
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.records.stock import RECIPE_STEP, VIAL
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.registry_codes import probable_codes
from lims_msc.domain.registry_numbers import Unclear, number_of_text
from lims_msc.domain.workbook import Cell

MIDNIGHT = datetime(2024, 4, 3)  # noqa: DTZ001
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
