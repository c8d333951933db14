"""The plate map: what is read from a good one, and how each mistake is named by its cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from fractions import Fraction

import pytest
from factories import (
    COCULT_LINE,
    ERROR_CELL,
    FORMULA_WITHOUT_VALUE,
    STUDY,
    WELL_TITLES,
    cell,
    plate_map_of,
)
from factories import cocult_line as line
from factories import refused_map as refused
from hypothesis import given, settings
from hypothesis import strategies as st

from lims_msc.domain.dose import Dose
from lims_msc.domain.findings import Finding
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, SourceCell, WellAddress
from lims_msc.domain.plate_map import PlateMap, read_plate_map
from lims_msc.domain.plate_map_roles import WITHOUT_MSC
from lims_msc.domain.workbook import Cell, CellValue, Workbook
from lims_msc.errors import InputError


def read_or_refused(workbook: Workbook) -> tuple[tuple[Finding, ...], tuple[WellContent, ...]]:
    try:
        return (), tuple(read_plate_map(workbook).layout.contents.values())
    except InputError as refusal:
        return refusal.findings, ()


def only_well(workbook: Workbook) -> WellContent:
    (content,) = read_plate_map(workbook).layout.contents.values()
    return content


def test_a_good_map_is_read_with_the_cell_of_each_well() -> None:
    plate_map = read_plate_map(plate_map_of())
    assert plate_map == PlateMap(
        study_code=STUDY,
        experiment_code="E-1",
        plate_code="P-1",
        run_on=date(2026, 3, 14),
        operator="Anna Weiss",
        assay_key="t_cell_proliferation",
        readout="wst_od",
        arrest="",
        layout=plate_map.layout,
    )
    assert plate_map.layout.plate_format is PlateFormat.WELLS_96
    assert list(plate_map.layout.contents.values()) == [
        WellContent(
            well=WellAddress(3, 3),
            role=WellRole.COCULT,
            batch_code="B-1",
            priming="resting",
            responder_code="R-1",
            stimulus="PHA",
            dose=Dose.from_cells(msc_cells=10_000, responder_cells=100_000),
            msc_cells_per_well=10_000,
            responder_cells_per_well=100_000,
            source=SourceCell("Wells", "A2"),
        )
    ]


def test_a_ratio_is_refused_until_its_order_is_named() -> None:
    ratio = line(MSC_per_well=None, Responders_per_well=None, Ratio="1:10")
    (finding,) = refused(plate_map_of({"ratio_order": None}, [ratio]))
    assert (finding.sheet, finding.cell) == ("Wells", "J2")
    assert "'1:10' does not say which number counts the MSC" in finding.message


@pytest.mark.parametrize(
    ("order", "text", "ratio"),
    [
        ("MSC:responder", "1:10", Fraction(1, 10)),
        ("responder:MSC", "10:1", Fraction(1, 10)),
        ("msc:RESPONDER ", "1:2.5", Fraction(2, 5)),
    ],
)
def test_a_ratio_is_read_in_the_named_order(order: str, text: str, ratio: Fraction) -> None:
    values = line(MSC_per_well=None, Responders_per_well=None, Ratio=text)
    dose = only_well(plate_map_of({"ratio_order": order}, [values])).dose
    assert dose is not None
    assert dose.ratio == ratio


def test_cells_and_ratio_may_both_be_written_where_they_agree() -> None:
    values = line(MSC_per_well=3333, Responders_per_well=100_000, Ratio="1:30")
    dose = only_well(plate_map_of(lines=[values])).dose
    assert dose == Dose.from_cells(msc_cells=3333, responder_cells=100_000)


@pytest.mark.parametrize("word", ["yes", "ja", "Yes", " JA ", "y", "j"])
def test_high_ratios_are_taken_where_a_person_confirms_them(word: str) -> None:
    values = line(MSC_per_well=50_000, Responders_per_well=10_000)
    dose = only_well(plate_map_of({"confirm_high_dose": word}, [values])).dose
    assert dose is not None
    assert dose.ratio == 5


@pytest.mark.parametrize("word", ["no", "nein", None, "?", False])
def test_any_other_word_confirms_nothing(word: CellValue) -> None:
    values = line(MSC_per_well=50_000, Responders_per_well=10_000)
    (finding,) = refused(plate_map_of({"confirm_high_dose": word}, [values]))
    assert "the order is probably reversed" in finding.message


@pytest.mark.parametrize(
    ("value", "cells"),
    [(10_000, 10_000), (10_000.0, 10_000), ("10000", 10_000), (" 10000 ", 10_000)],
)
def test_whole_numbers_are_taken_as_number_or_as_text(value: CellValue, cells: int) -> None:
    assert only_well(plate_map_of(lines=[line(MSC_per_well=value)])).msc_cells_per_well == cells


@pytest.mark.parametrize("text", ["c3", "C03", " C 3 "])
@pytest.mark.parametrize("role", ["COCULT", "cocult", " Cocult "])
def test_wells_and_roles_are_known_however_people_write_them(text: str, role: str) -> None:
    content = only_well(plate_map_of(lines=[line(Well=text, Role=role)]))
    assert (content.well, content.role) == (WellAddress(3, 3), WellRole.COCULT)


def test_a_role_may_be_written_with_a_space() -> None:
    values = {"Well": "C3", "Role": "resp unstim", "Responder": "R-1"}
    assert only_well(plate_map_of(lines=[values])).role is WellRole.RESP_UNSTIM


@pytest.mark.parametrize("size", [PlateFormat.WELLS_6, PlateFormat.WELLS_1536])
@pytest.mark.parametrize("as_number", [False, True])
def test_each_plate_format_is_read_as_text_or_number(size: PlateFormat, *, as_number: bool) -> None:
    value = size.value if as_number else f" {size.value} "
    last = str(size.wells()[-1])
    plate_map = read_plate_map(plate_map_of({"plate_format": value}, [line(Well=last)]))
    assert plate_map.layout.plate_format is size
    assert [str(well) for well in plate_map.layout.contents] == [last]


@pytest.mark.parametrize(
    "value",
    [date(2026, 3, 14), datetime.fromisoformat("2026-03-14T23:59"), "2026-03-14", " 2026-03-14 "],
)
def test_a_clear_date_is_read(value: CellValue) -> None:
    assert read_plate_map(plate_map_of({"run_on": value})).run_on == date(2026, 3, 14)


def test_a_well_on_two_lines_is_refused() -> None:
    (finding,) = refused(plate_map_of(lines=[line(), line(Well="C03")]))
    assert finding.cell == "A3"
    assert "'C3' stands on two lines" in finding.message


def test_lines_without_a_role_are_unused_wells() -> None:
    plate_map = read_plate_map(plate_map_of(lines=[line(), {"Well": "A1", "Note": "unused"}]))
    assert [str(well) for well in plate_map.layout.contents] == ["C3"]


def test_a_map_without_any_role_is_refused() -> None:
    (finding,) = refused(plate_map_of(lines=[{"Well": "A1"}, {"Well": "A2"}]))
    assert finding.message == "No well has a role."


@pytest.mark.parametrize("titles", [(), ("Well",), ("Role",), ("Position", "Role")])
def test_missing_headings_are_named(titles: tuple[str, ...]) -> None:
    (finding,) = refused(plate_map_of(titles=titles))
    assert finding.message == "The line of headings is missing."
    assert "Well, Role, MSC batch" in finding.hint


def test_headings_may_stand_in_any_order_and_lower_case() -> None:
    titles = tuple(reversed(WELL_TITLES))
    assert only_well(plate_map_of(titles=titles)).dose is not None
    lower = {title.casefold(): value for title, value in COCULT_LINE.items()}
    workbook = plate_map_of(lines=[lower], titles=[t.casefold() for t in WELL_TITLES])
    assert only_well(workbook).batch_code == "B-1"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Treatments", "'Treatments' is none of the template"),
        ("Inhibitor", "'Inhibitor' is none of the template"),
        ("Ratio", "'Ratio' stands here a second time"),
    ],
)
def test_a_column_that_would_be_passed_over_is_refused(title: str, words: str) -> None:
    (finding,) = refused(plate_map_of(titles=[*WELL_TITLES, title]))
    assert finding.cell == "Q1"
    assert words in finding.message


@pytest.mark.parametrize(
    ("added", "words"),
    [
        (("Plate", "P-2"), "'Plate' stands here a second time"),
        (("Ratio order", "responder:MSC"), "'Ratio order' is no line of the template"),
    ],
)
def test_a_line_that_would_be_passed_over_is_refused(added: tuple[str, str], words: str) -> None:
    workbook = plate_map_of()
    plate, wells = workbook.sheets
    cells = {**plate.cells, (12, 1): cell(added[0]), (12, 2): cell(added[1])}
    sheets = (replace(plate, cells=cells), wells)
    (finding,) = refused(replace(workbook, sheets=sheets))
    assert (finding.sheet, finding.cell) == ("Plate", "B12")
    assert words in finding.message


def test_every_finding_is_there_at_once() -> None:
    lines = [
        line(Well="C3", Ratio=time(1, 10), MSC_batch=datetime.fromisoformat("2026-03-01")),
        line(Well="I1", MSC_per_well="many"),
        line(Well="C4", Role="COCULTURE", Responders_per_well="1e5", Ratio=0.5),
        line(Well="C5", Stimulus=None, Responder=None),
    ]
    findings = refused(plate_map_of({"run_on": "soon", "plate_code": 7}, lines))
    places = {f"{finding.sheet}!{finding.cell}" for finding in findings}
    assert places == {
        *("Plate!B3", "Plate!B4"),
        *("Wells!C2", "Wells!J2"),
        *("Wells!A3", "Wells!H3"),
        *("Wells!B4", "Wells!I4", "Wells!J4"),
        *("Wells!F5", "Wells!E5"),
    }


def test_the_refusal_counts_what_must_be_corrected() -> None:
    with pytest.raises(InputError, match=r"'map\.xlsx' cannot be taken: one thing must"):
        read_plate_map(plate_map_of({"study_code": None}))
    with pytest.raises(InputError, match="cannot be taken: 2 things must"):
        read_plate_map(plate_map_of({"study_code": None, "run_on": "soon"}))


def test_a_file_that_is_no_plate_map_is_refused_with_its_sheets() -> None:
    plate, wells = plate_map_of().sheets
    for sheets, names in (((plate,), "'Plate'"), ((replace(wells, name="Raw"),), "'Raw'")):
        with pytest.raises(InputError, match=f"it has the sheets {names}"):
            read_plate_map(Workbook("other.xlsx", "xlsx", sheets))


def test_empty_sheets_are_refused_with_every_needed_field() -> None:
    plate, wells = plate_map_of().sheets
    empty = (replace(plate, cells={}), replace(wells, cells={}))
    findings = refused(Workbook("map.xlsx", "xlsx", empty))
    needed = {"study", "experiment", "plate", "run date", "wells of the plate", "assay", "readout"}
    said = {
        finding.message.split("'")[1].casefold() for finding in findings if finding.sheet == "Plate"
    }
    assert said == needed
    assert "The line of headings is missing." in {finding.message for finding in findings}


values = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["1:10", "C3", "COCULT", "RESP_STIM", "MSC_ALONE", "B-1", 10_000, 100_000]),
    st.sampled_from(["SAMPLE", "STD", "E_T", "QC", "7,8", "1.234", 0.0, 1.0, 31.25, 1e300]),
    st.sampled_from([ERROR_CELL, FORMULA_WITHOUT_VALUE]),
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(WELL_TITLES), values),
    st.dictionaries(
        st.sampled_from(
            [
                *("run_on", "plate_format", "ratio_order", "plate_code", "confirm_high_dose"),
                *("concentration_unit", "supernatant_volume_ml", "culture_hours"),
            ]
        ),
        values,
    ),
)
def test_whatever_stands_in_the_cells_a_map_is_read_or_refused_with_places(
    entered: dict[str, CellValue | Cell], fields: dict[str, CellValue | Cell]
) -> None:
    workbook = plate_map_of(fields, [{**COCULT_LINE, **entered}])
    findings, contents = read_or_refused(workbook)
    assert bool(findings) != bool(contents)
    assert all(finding.sheet and finding.cell and finding.hint for finding in findings)
    assert all(content.dose is not None for content in contents if content.role.has_dose)
    assert all(content.dose is None for content in contents if content.role in WITHOUT_MSC)


@pytest.mark.parametrize("words", ["conditioned medium 50 %", "MSC-conditioned medium, 1 + 1"])
def test_conditioned_medium_stands_in_the_place_of_msc_and_has_no_dose(words: str) -> None:
    plate_map = read_plate_map(plate_map_of({}, [line(Treatment=words, MSC_per_well=None)]))
    (content,) = plate_map.layout.contents.values()
    assert content.is_conditioned_medium
    assert (content.dose, content.msc_cells_per_well) == (None, None)
    assert (content.batch_code, content.treatment) == ("B-1", words)
