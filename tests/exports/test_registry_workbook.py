"""The workbook of records as a file: sheets, drop-downs, messages, cells that stay as they are."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook as Book

from lims_msc.domain.importing import Source
from lims_msc.domain.records.fields import FieldKind, Values
from lims_msc.domain.records.kinds import KINDS
from lims_msc.domain.registry_template import LISTS_SHEET, READ_ME_SHEET, RegistryRequest, about
from lims_msc.errors import InputError
from lims_msc.registry import Registry


def written(registry: Registry, **records: list[Values]) -> bytes:
    return registry.registry_template.write(RegistryRequest("lims-msc 0", "r1", records))


@pytest.fixture(scope="module")
def template(registry: Registry) -> Book:
    return load_workbook(io.BytesIO(written(registry)))


def test_there_is_a_sheet_for_each_kind_with_the_headings_of_its_fields(template: Book) -> None:
    assert template.sheetnames == [READ_ME_SHEET, *(kind.sheet for kind in KINDS), LISTS_SHEET]
    assert template[LISTS_SHEET].sheet_state == "hidden"
    for kind in KINDS:
        sheet = template[kind.sheet]
        assert [cell.value for cell in sheet[1]] == [field.title for field in kind.fields]
        assert sheet.max_row == 1
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        for field, cell in zip(kind.fields, sheet[1], strict=True):
            assert cell.font.bold == field.is_required
            assert cell.comment.text == about(field)
            is_text = sheet.column_dimensions[cell.column_letter].number_format == "@"
            is_number = field.kind in {FieldKind.WHOLE, FieldKind.DECIMAL, FieldKind.DATE}
            assert is_text is not is_number, field.name


def test_every_field_has_a_message_and_a_list_where_it_has_choices(template: Book) -> None:
    lists = template[LISTS_SHEET]
    for kind in KINDS:
        validations = template[kind.sheet].data_validations.dataValidation
        assert len(validations) == len(kind.fields)
        for field, validation in zip(kind.fields, validations, strict=True):
            assert 0 < len(validation.prompt) <= 255
            assert 0 < len(validation.promptTitle) <= 32
            assert validation.showInputMessage
            if field.kind is FieldKind.CHOICE:
                _, _, cells = validation.formula1.rpartition("!")
                offered = [row[0].value for row in lists[cells.replace("$", "")]]
                assert offered == list(field.choices), field.name
                assert validation.errorStyle == ("warning" if field.allows_other else "stop")
            elif field.kind is FieldKind.REFERENCE:
                assert "COUNTA(" in validation.formula1
                assert validation.errorStyle == "warning"
            elif field.kind is FieldKind.TERM:
                assert validation.type == "list"
                assert validation.errorStyle == "warning"


def test_tissues_are_offered_as_codes_and_diseases_in_words(template: Book) -> None:
    offered = {cell.value for row in template[LISTS_SHEET] for cell in row}
    assert {"BM", "multiple sclerosis", "NK cell", "yes"} <= offered
    assert not {"MONDO:0005301", "adipose tissue"} & offered


@pytest.mark.parametrize("of", ["Collections", "Recipe steps", "Thaws"])
def test_bounds_of_numbers_are_told_by_excel_already(template: Book, of: str) -> None:
    validations = template[of].data_validations.dataValidation
    assert {v.type for v in validations} & {"whole", "decimal"}


AWKWARD = [
    *("00123", "1E5", "SEPT2", "=1+1", "#N/A", "TRUE", "-5", "+49", "@home", "1.234", "'quoted"),
    *(
        "µg/mL IFN-γ",
        "naïve 東京",
        "two\nlines",
        "<b>&amp;</b>",
        '"',
        "e\u0301",
        "\u00a0inside\u00a0x",
    ),
]


def test_texts_and_numbers_come_back_as_they_are_whatever_excel_would_make_of_them(
    registry: Registry,
) -> None:
    notes: list[Values] = [
        {"donor_code": f"D-{number}", "sex": "male", "note": text}
        for number, text in enumerate(AWKWARD)
    ]
    numbers = [0.1 + 0.2, 1 / 3, 2.0e7, 1e-9, 123456789.123, -0.5]
    scores: list[Values] = [{"score_name": "EDSS", "score": number} for number in numbers]
    data = written(registry, donor=notes, activity_score=scores)
    workbook = registry.open_workbook(Source("r.xlsx", data))
    donors, values = workbook.sheet("Donors"), workbook.sheet("Activity scores")
    assert donors is not None
    assert values is not None
    assert [donors.value(row, 3) for row in range(2, len(AWKWARD) + 2)] == AWKWARD
    assert not any(cell.is_formula or cell.error for cell in donors.cells.values())
    assert [values.value(row, 3) for row in range(2, len(numbers) + 2)] == numbers


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(1900, 3, 1), date(9999, 12, 31)])
def test_days_are_dates_that_show_year_month_day(registry: Registry, day: date) -> None:
    book = load_workbook(io.BytesIO(written(registry, bank=[{"valid_until": day}])))
    cell = book["Banks"]["C2"]
    assert (cell.value.date(), cell.number_format) == (day, "yyyy-mm-dd")


@pytest.mark.parametrize("day", [date(1850, 6, 1), date(1900, 2, 28)])
def test_days_before_those_that_excel_counts_right_are_text(registry: Registry, day: date) -> None:
    book = load_workbook(io.BytesIO(written(registry, bank=[{"valid_until": day}])))
    assert book["Banks"]["C2"].value == day.isoformat()


def test_line_ends_of_forms_are_those_of_workbooks(registry: Registry) -> None:
    book = load_workbook(io.BytesIO(written(registry, bank=[{"note": "a\r\nb\rc"}])))
    assert book["Banks"]["D2"].value == "a\nb\nc"


def test_a_text_that_no_workbook_can_hold_is_named_with_its_cell(registry: Registry) -> None:
    with pytest.raises(InputError) as refusal:
        written(registry, bank=[{"title": "fine"}, {"title": "bell \x07"}])
    (finding,) = refusal.value.findings
    assert (finding.sheet, finding.cell) == ("Banks", "B3")
    assert "U+0007" in finding.message


def test_equal_records_give_equal_bytes(registry: Registry) -> None:
    assert written(registry, donor=[{"note": "x"}]) == written(registry, donor=[{"note": "x"}])
