"""Plate maps of assays without a suppression curve: samples, standards, effectors and targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

import pytest
from factories import ERROR_CELL, FORMULA_WITHOUT_VALUE, WELL_TITLES, plate_map_of
from factories import refused_map as refused

from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateConditions, WellContent, WellRole
from lims_msc.domain.plate import WellAddress
from lims_msc.domain.plate_map import read_plate_map
from lims_msc.domain.plate_map_roles import CULTURE_ROLES
from lims_msc.domain.workbook import Cell, CellValue, Sheet, Workbook

Values = Mapping[str, CellValue | Cell]
ELISA: Values = {
    "concentration_unit": "pg/mL",
    "supernatant_volume_ml": 0.2,
    "culture_hours": "24",
}
STANDARD: Values = {"Well": "A1", "Role": "STD", "Standard concentration": 1000}
SUPERNATANT: Values = {
    "Well": "A2",
    "Role": "SAMPLE",
    "Supernatant of": "COCULT",
    "MSC batch": "B-1",
    "Responder": "R-1",
    "Stimulus": "PHA",
    "MSC per well": 10_000,
    "Responders per well": 100_000,
    "Dilution factor": 10,
}
KILLING: Values = {
    "Well": "A3",
    "Role": "E_T",
    "Responder": "NK-1",
    "Stimulus": "IL-2",
    "Effectors per target": 12.5,
}


def changed(line: Values, changes: Values) -> Values:
    return {**line, **changes}


def only_well(line: Values, fields: Values = ELISA) -> WellContent:
    (content,) = read_plate_map(plate_map_of(fields, [line])).layout.contents.values()
    return content


def test_standards_and_conditions_are_read() -> None:
    plate_map = read_plate_map(plate_map_of(ELISA, [STANDARD]))
    assert plate_map.layout.conditions == PlateConditions("pg/mL", 0.2, 24.0)
    (content,) = plate_map.layout.contents.values()
    assert (content.role, content.standard_concentration) == (WellRole.STD, 1000.0)


def test_a_supernatant_says_what_its_culture_well_held() -> None:
    content = only_well(SUPERNATANT)
    assert content.sample_of is WellRole.COCULT
    assert content.dilution_factor == 10
    assert content.dose == Dose.from_cells(msc_cells=10_000, responder_cells=100_000)
    assert (content.batch_code, content.priming) == ("B-1", "resting")


def test_a_well_of_a_killing_assay_has_its_ratio_and_may_be_without_msc() -> None:
    content = only_well(KILLING, {})
    assert content.effectors_per_target == 12.5
    assert (content.batch_code, content.priming, content.dose) == ("", "", None)
    with_msc = only_well(changed(KILLING, {"MSC batch": "B-1", "Ratio": "1:10"}), {})
    assert (with_msc.batch_code, with_msc.priming) == ("B-1", "resting")
    assert with_msc.dose is not None
    assert with_msc.dose.msc_per_responder == 0.1


@pytest.mark.parametrize("role", ["TGT_SPONT", "TGT_MAX", "VOL_CORR"])
def test_targets_and_lysis_solution_need_nothing_else(role: str) -> None:
    assert only_well({"Well": "A1", "Role": role}, {}).role.value == role


GOOD_LINES: dict[str, tuple[Values, str, object]] = {
    "a zero standard": (
        changed(STANDARD, {"Standard concentration": 0}),
        "standard_concentration",
        0.0,
    ),
    "a number as a plain text": (
        changed(STANDARD, {"Standard concentration": "31.25"}),
        "standard_concentration",
        31.25,
    ),
    "an eighth as a text": (
        changed(STANDARD, {"Standard concentration": "0.125"}),
        "standard_concentration",
        0.125,
    ),
    "a standard that is not diluted": (changed(STANDARD, {"Dilution factor": 1}), "role", "STD"),
    "a sample by its code": (
        {"Well": "A1", "Role": "SAMPLE", "Sample": "S-007", "Dilution factor": 1},
        "sample_code",
        "S-007",
    ),
    "a role with a space": (
        changed(SUPERNATANT, {"Supernatant of": "cocult "}),
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
    "effectors and zero MSC": (changed(KILLING, {"MSC per well": 0}), "dose", None),
    "no MSC for the responders": (
        changed(KILLING, {"MSC per well": 0, "Responders per well": 50_000}),
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


MISTAKES: dict[str, tuple[Values, str, str]] = {
    # 27: dilutions and standards
    "no dilution": (changed(SUPERNATANT, {"Dilution factor": None}), "M2", "needs a dilution"),
    "diluted less than not at all": (
        changed(SUPERNATANT, {"Dilution factor": 0.1}),
        "M2",
        "'0.1' is less than 1",
    ),
    "a dilution of 0": (changed(SUPERNATANT, {"Dilution factor": 0}), "M2", "'0' is less than 1"),
    "a dilution as a ratio": (changed(SUPERNATANT, {"Dilution factor": "1:10"}), "M2", "'1:10'"),
    "a dilution as a time": (
        changed(SUPERNATANT, {"Dilution factor": time(1, 10)}),
        "M2",
        "the time 01:10",
    ),
    "a dilution as a percentage": (
        changed(SUPERNATANT, {"Dilution factor": Cell(10.0, "1000%", is_percent=True)}),
        "M2",
        "'1000%' is shown as a percentage",
    ),
    "a dilution that cannot be": (
        changed(SUPERNATANT, {"Dilution factor": 1e9}),
        "M2",
        "is more than 1e+07",
    ),
    "a diluted standard": (changed(STANDARD, {"Dilution factor": 2}), "M2", "is not diluted"),
    "a diluted control well": (changed(KILLING, {"Dilution factor": 2}), "M2", "E_T is not"),
    "a standard of nothing": (
        changed(STANDARD, {"Standard concentration": None}),
        "N2",
        "needs a standard concentration",
    ),
    "a standard below 0": (
        changed(STANDARD, {"Standard concentration": -1}),
        "N2",
        "'-1' is less than 0",
    ),
    "a standard with a decimal comma": (
        changed(STANDARD, {"Standard concentration": "7,8"}),
        "N2",
        "'7,8' is a text with a comma",
    ),
    "a standard with a point that may be thousands": (
        changed(STANDARD, {"Standard concentration": "1.000"}),
        "N2",
        "'1.000' is a text whose point",
    ),
    "a standard with its unit": (
        changed(STANDARD, {"Standard concentration": "500 pg/mL"}),
        "N2",
        "'500 pg/mL' is not a number",
    ),
    "a standard that became a date": (
        changed(STANDARD, {"Standard concentration": datetime.fromisoformat("2026-08-07")}),
        "N2",
        "the date 2026-08-07",
    ),
    "a standard that became a moment": (
        changed(STANDARD, {"Standard concentration": datetime.fromisoformat("2026-08-07 01:30")}),
        "N2",
        "the date 2026-08-07 01:30",
    ),
    "a standard without end": (
        changed(STANDARD, {"Standard concentration": float("inf")}),
        "N2",
        "'inf' is not a number",
    ),
    "a standard that is true": (
        changed(STANDARD, {"Standard concentration": True}),
        "N2",
        "'True'",
    ),
    "a standard on a sample": (
        changed(SUPERNATANT, {"Standard concentration": 0}),
        "N2",
        "has no standard concentration",
    ),
    "a standard whose cell is broken": (
        changed(STANDARD, {"Standard concentration": ERROR_CELL}),
        "N2",
        "#DIV/0!",
    ),
    "a standard whose formula has no value": (
        changed(STANDARD, {"Standard concentration": FORMULA_WITHOUT_VALUE}),
        "N2",
        "never stored",
    ),
    # samples
    "a nameless sample": (
        {"Well": "A2", "Role": "SAMPLE", "Dilution factor": 1},
        "K2",
        "needs to say which sample",
    ),
    "a code that became a number": (changed(SUPERNATANT, {"Sample": 7}), "K2", "'7'"),
    "a supernatant of nothing known": (
        changed(SUPERNATANT, {"Supernatant of": "medium"}),
        "L2",
        "'MEDIUM' is no role of a culture well",
    ),
    "a supernatant of a standard": (
        changed(SUPERNATANT, {"Supernatant of": "STD"}),
        "L2",
        "'STD' is no role of a culture well",
    ),
    "a culture well that is a supernatant": (
        changed(SUPERNATANT, {"Role": "COCULT"}),
        "L2",
        "COCULT is no supernatant",
    ),
    "a supernatant without its batch": (
        changed(SUPERNATANT, {"MSC batch": None}),
        "C2",
        "A supernatant of COCULT needs an MSC batch",
    ),
    "a supernatant without its responder": (
        changed(SUPERNATANT, {"Responder": None}),
        "E2",
        "A supernatant of COCULT needs a responder",
    ),
    "a supernatant without its stimulus": (
        changed(SUPERNATANT, {"Stimulus": None}),
        "F2",
        "needs a stimulus",
    ),
    "a supernatant without its dose": (
        changed(SUPERNATANT, {"MSC per well": None}),
        "J2",
        "COCULT needs a dose",
    ),
    "a supernatant of unstimulated cells with a stimulus": (
        changed(SUPERNATANT, {"Supernatant of": "COCULT_UNSTIM"}),
        "F2",
        "has no stimulus, but 'PHA'",
    ),
    "a supernatant of responders with a batch": (
        changed(SUPERNATANT, {"Supernatant of": "RESP_STIM", "MSC per well": None}),
        "C2",
        "has no MSC, but the batch 'B-1'",
    ),
    # 29: effectors and targets
    "no effectors": (
        changed(KILLING, {"Effectors per target": None}),
        "O2",
        "needs its effectors per target",
    ),
    "effectors of 0": (
        changed(KILLING, {"Effectors per target": 0}),
        "O2",
        "'0' is not above 0",
    ),
    "a ratio as a text": (changed(KILLING, {"Effectors per target": "10:1"}), "O2", "'10:1'"),
    "a ratio that became a time": (
        changed(KILLING, {"Effectors per target": time(10, 1)}),
        "O2",
        "the time 10:01",
    ),
    "effectors per well": (
        changed(KILLING, {"Effectors per target": 50_000}),
        "O2",
        "'50000' is more than 1000",
    ),
    "effectors of nobody": (
        changed(KILLING, {"Responder": None}),
        "E2",
        "needs a responder: the effector cells",
    ),
    "effectors alone of nobody": (
        {"Well": "A1", "Role": "EFF_SPONT"},
        "E2",
        "needs a responder: the effector cells",
    ),
    "effectors on targets alone": (
        {"Well": "A1", "Role": "TGT_SPONT", "Effectors per target": 10},
        "O2",
        "TGT_SPONT has no effectors",
    ),
    "effectors in thousands": (
        changed(KILLING, {"Responders per well": 50}),
        "I2",
        "'50' responders per well are too few",
    ),
    "a batch without cells": (
        changed(KILLING, {"MSC batch": "B-1", "MSC per well": 0}),
        "H2",
        "The batch 'B-1' stands here, but no MSC",
    ),
    "cells without a batch": (
        changed(KILLING, {"MSC per well": 5000, "Responders per well": 50_000}),
        "C2",
        "There are MSC (MSC:responder 1:10), but no batch",
    ),
    "MSC without a role": ({"Well": "A1", "Effectors per target": 10}, "B2", "no role"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_its_cell(mistake: str) -> None:
    line, place, words = MISTAKES[mistake]
    findings = refused(plate_map_of(ELISA, [line]))
    at_place = [finding for finding in findings if finding.cell == place]
    assert [words in finding.message for finding in at_place] == [True], findings
    assert at_place[0].hint


CONDITION_MISTAKES: dict[str, tuple[Values, str, str]] = {
    "a volume of 0": ({"supernatant_volume_ml": 0}, "B13", "'0' is not above 0"),
    "a volume in microlitres with a comma": (
        {"supernatant_volume_ml": "0,2"},
        "B13",
        "'0,2' is a text with a comma",
    ),
    "a volume that became a date": (
        {"supernatant_volume_ml": datetime.fromisoformat("2026-02-01")},
        "B13",
        "the date 2026-02-01",
    ),
    "a volume of a bucket": ({"supernatant_volume_ml": 5000}, "B13", "is more than 1000"),
    "a time below 0": ({"culture_hours": -24}, "B14", "'-24' is not above 0"),
    "a time with its unit": ({"culture_hours": "24 h"}, "B14", "'24 h' is not a number"),
    "a unit that is a number": ({"concentration_unit": 7}, "B12", "'7' as a number"),
    "a broken cell": ({"culture_hours": ERROR_CELL}, "B14", "#DIV/0!"),
}


@pytest.mark.parametrize("mistake", CONDITION_MISTAKES)
def test_a_mistake_about_the_whole_plate_is_named_by_its_cell(mistake: str) -> None:
    fields, place, words = CONDITION_MISTAKES[mistake]
    (finding,) = refused(plate_map_of({**ELISA, **fields}, [KILLING]))
    assert (finding.sheet, finding.cell) == ("Plate", place)
    assert words in finding.message
    assert finding.hint


def test_standards_without_a_unit_are_refused_at_the_cell_of_the_unit() -> None:
    (finding,) = refused(plate_map_of({}, [STANDARD]))
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
    plate_map = read_plate_map(plate_map_of({"concentration_unit": written}, [STANDARD]))
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
    standards = (Sheet("Plate", without_new_fields), plate_map_of({}, [STANDARD]).sheets[1])
    (finding,) = refused(Workbook("map.xlsx", "xlsx", standards))
    assert (finding.sheet, finding.cell) == ("Plate", "")
    assert "'Unit of concentrations' is empty" in finding.message
