"""Reading the workbook of records: what a cell says, and what is refused with its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factories import sheet
from registry_sheets import Entered, of_kind, read

from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.records.donors import CONSENT, DONOR
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.records.stock import VIAL
from lims_msc.domain.registry_cells import same_words
from lims_msc.domain.registry_headings import IDENTIFYING, identifying_headings
from lims_msc.domain.registry_sheets import (
    in_workbook_order,
    read_registry,
)
from lims_msc.domain.workbook import Sheet, Workbook
from lims_msc.errors import InputError


def test_every_heading_of_a_kind_is_told_apart_from_the_others_and_asks_for_nobody() -> None:
    for kind in KINDS:
        titles = [same_words(field.title) for field in kind.fields]
        assert len(set(titles)) == len(titles), kind.key
        assert not list(identifying_headings(of_kind(kind))), kind.key
    assert len({same_words(kind.sheet) for kind in KINDS}) == len(KINDS)


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
    errors = [f for f in errors_among(found.findings) if f.code == IDENTIFYING]
    assert [(f.sheet, f.cell) for f in errors] == [(name, "D1")]
    assert "Erika" not in repr(found.findings)


def test_a_sheet_that_is_no_sheet_of_the_form_is_told_and_not_read() -> None:
    found = read(of_kind(DONOR), sheet("Donors (2)", [("Donor code",), ("D-1",)]), sheet("x", []))
    (told,) = found.findings
    assert (told.level, told.sheet, told.cell) == (Level.WARNING, "Donors (2)", "")
    assert not found.entries
    assert not read(of_kind(DONOR), sheet("Read me", [("x",)]), sheet("Lists", [("x",)])).findings


def test_a_sheet_of_the_form_under_another_name_stands_in_the_way_until_it_is_empty() -> None:
    kept = of_kind(DONOR, {"donor_code": "D-1", "sex": "female"})
    for name in ("Spender", "Donors (2)"):
        (found,) = read(kept, replace(kept, name=name)).findings
        assert found.level is Level.ERROR
        assert "has the headings of the sheet 'Donors' and is not read" in found.message
    empty = read(kept, replace(of_kind(DONOR), name="Spender")).findings
    other = read(kept, sheet("My list", [("Donor code", "Freezer"), ("D-1", "F1")])).findings
    assert [finding.level for finding in (*empty, *other)] == [Level.WARNING] * 2


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
