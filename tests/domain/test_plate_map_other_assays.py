"""Plate maps of assays without a suppression curve: samples, standards, effectors and targets."""

from __future__ import annotations

import pytest
from factories import (
    ELISA_FIELDS,
    KILLING_LINE,
    STANDARD_LINE,
    SUPERNATANT_LINE,
    WELL_TITLES,
    Values,
    changed,
    plate_map_of,
)
from factories import refused_map as refused

from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateConditions, WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.plate_map import read_plate_map
from lims_msc.domain.plate_map_roles import CULTURE_ROLES
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook


def only_well(line: Values, fields: Values = ELISA_FIELDS) -> WellContent:
    (content,) = read_plate_map(plate_map_of(fields, [line])).layout.contents.values()
    return content


def test_standards_and_conditions_are_read() -> None:
    plate_map = read_plate_map(plate_map_of(ELISA_FIELDS, [STANDARD_LINE]))
    assert plate_map.layout.conditions == PlateConditions("pg/mL", 0.2, 24.0)
    (content,) = plate_map.layout.contents.values()
    assert (content.role, content.standard_concentration) == (WellRole.STD, 1000.0)


def test_a_supernatant_says_what_its_culture_well_held() -> None:
    content = only_well(SUPERNATANT_LINE)
    assert content.sample_of is WellRole.COCULT
    assert content.dilution_factor == 10
    assert content.dose == Dose.from_cells(msc_cells=10_000, responder_cells=100_000)
    assert (content.batch_code, content.priming) == ("B-1", "resting")


def test_a_well_of_a_killing_assay_has_its_ratio_and_may_be_without_msc() -> None:
    content = only_well(KILLING_LINE, {})
    assert content.effectors_per_target == 12.5
    assert (content.batch_code, content.priming, content.dose) == ("", "", None)
    with_msc = only_well(changed(KILLING_LINE, {"MSC batch": "B-1", "Ratio": "1:10"}), {})
    assert (with_msc.batch_code, with_msc.priming) == ("B-1", "resting")
    assert with_msc.dose is not None
    assert with_msc.dose.msc_per_responder == 0.1


@pytest.mark.parametrize("role", ["TGT_SPONT", "TGT_MAX", "VOL_CORR"])
def test_targets_and_lysis_solution_need_nothing_else(role: str) -> None:
    assert only_well({"Well": "A1", "Role": role}, {}).role.value == role


GOOD_LINES: dict[str, tuple[Values, str, object]] = {
    "a zero standard": (
        changed(STANDARD_LINE, {"Standard concentration": 0}),
        "standard_concentration",
        0.0,
    ),
    "a number as a plain text": (
        changed(STANDARD_LINE, {"Standard concentration": "31.25"}),
        "standard_concentration",
        31.25,
    ),
    "an eighth as a text": (
        changed(STANDARD_LINE, {"Standard concentration": "0.125"}),
        "standard_concentration",
        0.125,
    ),
    "a standard that is not diluted": (
        changed(STANDARD_LINE, {"Dilution factor": 1}),
        "role",
        "STD",
    ),
    "a sample by its code": (
        {"Well": "A1", "Role": "SAMPLE", "Sample": "S-007", "Dilution factor": 1},
        "sample_code",
        "S-007",
    ),
    "a role with a space": (
        changed(SUPERNATANT_LINE, {"Supernatant of": "cocult "}),
        "sample_of",
        WellRole.COCULT,
    ),
    "a control of the kit": (
        {"Well": "A1", "Role": "QC", "Sample": "high", "Standard concentration": 400},
        "standard_concentration",
        400.0,
    ),
    "MSC alone without responders": (
        {
            "Well": "A1",
            "Role": "SAMPLE",
            "Supernatant of": "MSC_ALONE",
            "MSC batch": "B-1",
            "Priming": "IFN-γ",
            "MSC per well": 20_000,
            "Dilution factor": 2,
        },
        "msc_cells_per_well",
        20_000,
    ),
    "medium": (
        {"Well": "A1", "Role": "SAMPLE", "Supernatant of": "BLANK", "Dilution factor": 2},
        "sample_of",
        WellRole.BLANK,
    ),
    "responders without MSC": (
        {
            "Well": "A1",
            "Role": "SAMPLE",
            "Supernatant of": "RESP_STIM",
            "Responder": "R-1",
            "Stimulus": "PHA",
            "MSC per well": 0,
            "Responders per well": 100_000,
            "Dilution factor": 10,
        },
        "dose",
        None,
    ),
    "effectors alone at a ratio": (
        {"Well": "A1", "Role": "EFF_SPONT", "Responder": "NK-1", "Effectors per target": 25},
        "effectors_per_target",
        25.0,
    ),
    "a lost supernatant that keeps what it was": (
        changed(SUPERNATANT_LINE, {"Role": "EXCLUDED", "Responder": None}),
        "dilution_factor",
        10.0,
    ),
    "effectors and zero MSC": (changed(KILLING_LINE, {"MSC per well": 0}), "dose", None),
    "no MSC for the responders": (
        changed(KILLING_LINE, {"MSC per well": 0, "Responders per well": 50_000}),
        "dose",
        None,
    ),
}


@pytest.mark.parametrize("name", GOOD_LINES)
def test_what_people_write_is_taken(name: str) -> None:
    line, attribute, value = GOOD_LINES[name]
    assert getattr(only_well(line), attribute) == value


@pytest.mark.parametrize("role", CULTURE_ROLES)
def test_every_culture_role_can_have_a_supernatant(role: WellRole) -> None:
    line: dict[str, CellValue | Cell] = {
        "Well": "A1",
        "Role": "SAMPLE",
        "Supernatant of": role.value,
        "Dilution factor": 1,
        **({"MSC batch": "B-1"} if role.has_msc else {}),
        **({"Responder": "R-1"} if role.has_responders or role.name.startswith("E") else {}),
        **({"Ratio": "1:10"} if role.has_dose else {}),
    }
    if role in {WellRole.RESP_STIM, WellRole.COCULT, WellRole.REF_MSC}:
        line["Stimulus"] = "PHA"
    assert only_well(line).sample_of is role


def test_standards_without_a_unit_are_refused_at_the_cell_of_the_unit() -> None:
    (finding,) = refused(plate_map_of({}, [STANDARD_LINE]))
    assert (finding.sheet, finding.cell) == ("Plate", "B12")
    assert "the well A1 has the concentration '1000'" in finding.message


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("pg/ml", "pg/mL"),
        (" pg / mL ", "pg/mL"),
        ("ug/ml", "µg/mL"),
        ("\N{GREEK SMALL LETTER MU}g/mL", "µg/mL"),
        ("uM", "µM"),
        ("umol/l", "µmol/L"),
        ("mM", "mM"),
        ("U/mL", "U/mL"),
        ("AU/mL", "AU/mL"),
    ],
)
def test_a_unit_has_one_spelling(written: str, unit: str) -> None:
    plate_map = read_plate_map(plate_map_of({"concentration_unit": written}, [STANDARD_LINE]))
    assert plate_map.layout.conditions.concentration_unit == unit


NEW_TITLES = {
    "Sample",
    "Supernatant of",
    "Dilution factor",
    "Standard concentration",
    "Effectors per target",
}


def test_a_map_of_an_earlier_template_is_read_as_before() -> None:
    titles = [title for title in WELL_TITLES if title not in NEW_TITLES]
    plate, wells = plate_map_of(titles=titles).sheets
    without_new_fields = {place: cell for place, cell in plate.cells.items() if place[0] <= 11}
    old = Workbook("map.xlsx", "xlsx", (Sheet("Plate", without_new_fields), wells))
    assert wells.last_column == len(titles) == 11
    layout = read_plate_map(old).layout
    assert layout.conditions == PlateConditions()
    assert layout.contents.keys() == {WellAddress(3, 3)}
    standards = (Sheet("Plate", without_new_fields), plate_map_of({}, [STANDARD_LINE]).sheets[1])
    (finding,) = refused(Workbook("map.xlsx", "xlsx", standards))
    assert (finding.sheet, finding.cell) == ("Plate", "")
    assert "'Unit of concentrations' is empty" in finding.message


def test_lines_that_say_nothing_are_passed_over() -> None:
    plate, wells = plate_map_of(ELISA_FIELDS, [STANDARD_LINE]).sheets
    remarks = {
        (20, 1): Cell(7, "7"),
        (21, 1): Cell(" ", " "),
        (22, 1): Cell("a remark", "a remark"),
    }
    with_remarks = Sheet("Plate", {**plate.cells, **remarks})
    plate_map = read_plate_map(Workbook("map.xlsx", "xlsx", (with_remarks, wells)))
    assert plate_map.layout.conditions.concentration_unit == "pg/mL"
