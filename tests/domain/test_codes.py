"""New codes are safe in a spreadsheet, readable on a vial, and say nothing about a person."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.records.codes import code_problem, identity_warning, look_alike_keys

FINE = [
    "D-1",
    "B-1",
    "R-1",
    "S-1",
    "H2",
    "L1",
    "B",
    "PBMC-01",
    "INV-MSC-1",
    "SIM-MSC-L1",
    "SIM-DONOR-R4",
    "S00123",
    "D-SEPT2",
    "D-2-3",
    "MARTIN-1",
    "JUNO1",
    "DECK-1",
    "MAR-100",
    "2024-013",
    "12-345",
    "1A",
    "1E",
    "E5",
    "D_1",
    "D.1",
    "D+1",
    "MAY",
    "TRUE1",
    "NAN1",
    "D-1E5",
]

MANGLED = {
    "a date of it, such as 2 September": ["SEPT2", "SEP-2", "2SEP", "02-Sept", "september2"],
    "a date of it, such as 1 March": [
        "MAR-1",
        "1-MAR",
        "MARCH1",
        "mar_1",
        "MRZ1",
        "1.MRZ",
        "MÄRZ1",
        "01Mrz2026",
    ],
    "a date of it, such as 1 December": ["DEC1", "DEZ-1", "1-Dez-2026"],
    "a date of it, such as 3 October": ["OKT3", "OCT-3"],
    "a date of it, such as 5 May": ["MAI5", "5MAI", "MAY-5"],
    "a date of it, such as March of the year 2020": ["MAR-2020"],
    "a date of it, such as June of the year 99": ["JUN99"],
    "a date of it": [
        "2-3",
        "3.4.24",
        "1/10",
        "2024-01",
        "2024-001",
        "31.12.",
        "1-2-3",
        "1980-04-12",
    ],
    "the number 1×10^5 of it": ["1E5", "1e+5", "1E05"],
    "the number 12×10^3 of it": ["12e3"],
    "the number 123 of it, without the zeros in front": ["00123"],
    "the number 7 of it, without the zeros in front": ["007"],
    "a number of it, which is easily taken for a count": ["1", "42", "100000"],
    "keeps 15 of its digits": ["1234567890123456"],
    "a number of it": ["13.75", "0,5", "1."],
    "a truth value of it": ["TRUE", "false", "WAHR", "Falsch"],
    "a time of day of it": ["1:10", "12:30:15"],
    "for a formula": ["=A1", "@D1", "+D1", "-D1"],
    "for a missing value": ["NA", "n/a", "#N/A", "NaN", "NULL", "none"],
}


@pytest.mark.parametrize("code", FINE)
def test_a_code_that_no_spreadsheet_changes_is_fine(code: str) -> None:
    assert code_problem(code) is None
    assert identity_warning(code) is None


@pytest.mark.parametrize(
    ("code", "made"), [(code, made) for made, codes in MANGLED.items() for code in codes]
)
def test_a_code_that_a_spreadsheet_changes_is_refused_with_what_becomes_of_it(
    code: str, made: str
) -> None:
    problem = code_problem(code)
    assert problem is not None
    assert code in problem[0]
    assert made in problem[0]
    suggested = problem[1].split("'")[1]
    assert code_problem(suggested) is None, "what is suggested is fine itself"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("D-А1", "'А' is the Cyrillic capital letter A (U+0410), not 'A'"),
        ("х-1", "'х' is the Cyrillic small letter ha (U+0445), not 'x'"),
        ("ΒM1", "'Β' is the Greek capital letter beta (U+0392), not 'B'"),
        ("D–1", "'–' is the en dash (U+2013), not '-'"),
        ("D−1", "'−' is the minus sign (U+2212), not '-'"),
        ("DÄ1", "'Ä' is the Latin capital letter a with diaeresis (U+00C4)"),
        ("D\u00a01", "'D\\u00a01' is not a code: it has a no-break space (U+00A0)"),
        ("D\u200b1", "'D\\u200b1' is not a code: it has a zero width space (U+200B)"),
        ("D\t1", "it has a tab (U+0009)"),
        ("D\n1", "it has a line break (U+000A)"),
        ("D\x071", "it has a control character (U+0007)"),
        ("D 1", "it has a space"),
        ("D/1%", "'/' is the solidus (U+002F); '%' is the percent sign (U+0025)"),
        ("_D1", "it begins with '_'"),
        ("D" * 40, "it has 40 characters"),
        ("", "The code is empty"),
    ],
)
def test_a_character_that_codes_do_not_have_is_named(code: str, said: str) -> None:
    problem = code_problem(code)
    assert problem is not None
    assert said in problem[0]
    assert problem[1].startswith("Use the letters A to Z")


@settings(max_examples=200)
@given(st.text(max_size=45))
def test_any_text_is_either_a_code_or_refused_in_words(text: str) -> None:
    problem = code_problem(text)
    if problem is None:
        assert text.isascii()
        assert 1 <= len(text) <= 39
        assert not text.isdigit()
    else:
        assert all(part.isprintable() and part.endswith(".") for part in problem)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AB19800412", "'19800412' in the code 'AB19800412' looks like a date, as of birth"),
        ("D12041980", "looks like a date, as of birth"),
        ("D-1980-04-12", "'1980-04-12' in the code 'D-1980-04-12' looks like a date"),
        ("D-12.04.1980", "'12.04.1980'"),
        ("P12345678", "'12345678' in the code 'P12345678' looks like a hospital number"),
        ("P-0012345678", "looks like a hospital number"),
        ("AB120480", "looks like initials and a birth date"),
        ("ab-800412", "looks like initials and a birth date"),
    ],
)
def test_what_looks_like_a_birth_date_or_a_hospital_number_is_said(code: str, said: str) -> None:
    warning = identity_warning(code)
    assert warning is not None
    assert said in warning[0]
    assert "says nothing about the person" in warning[1]


@pytest.mark.parametrize("code", ["S00123", "D-2024-13-45", "B-260314", "AB999999", "X-1234567"])
def test_a_number_that_names_nobody_is_not_warned_of(code: str) -> None:
    assert identity_warning(code) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("D-O1", "d-01"), ("L1", "l1"), ("lI", "11"), ("D-l0", "D-IO"), ("BL1", "Bl1")),
        *(("Bl1", "B11"), ("LI", "l1"), ("Ll", "l1"), ("SIM-MSC-l1", "sim-msc-11")),
    ],
)
def test_codes_that_differ_only_by_look_alikes_have_a_reading_in_common(
    one: str, other: str
) -> None:
    assert look_alike_keys(one) & look_alike_keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("D-1", "D1"), ("D-5", "D-S"), ("D-8", "D-B"), ("D-2", "D-Z"), ("M", "N")),
        *(("PL1", "P11"), ("BL1", "B11"), ("LI", "11"), ("L1l", "11L")),
    ],
)
def test_nothing_else_is_taken_for_the_same(one: str, other: str) -> None:
    assert not look_alike_keys(one) & look_alike_keys(other)


@given(st.text("lLiI1oO0aA", min_size=1, max_size=5), st.data())
def test_codes_have_a_reading_in_common_exactly_where_each_sign_may_be_taken_for_the_other(
    one: str, data: st.DataObject
) -> None:
    other = data.draw(st.text("lLiI1oO0aA", min_size=len(one), max_size=len(one)))
    alike = ("oO0", "iI1l", "lL", "aA")
    is_alike = all(
        any(mark in some and twin in some for some in alike)
        for mark, twin in zip(one, other, strict=True)
    )
    # Readings are of the whole code, so that a mix of both ways to read an l is let through.
    if look_alike_keys(one) & look_alike_keys(other):
        assert is_alike
    elif is_alike:
        assert one.count("l") + other.count("l") > 1
