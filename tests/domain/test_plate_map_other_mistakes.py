"""Mistakes in plate maps of ELISA and killing assays: each is named by its cell."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from factories import (
    ELISA_FIELDS,
    ERROR_CELL,
    FORMULA_WITHOUT_VALUE,
    KILLING_LINE,
    STANDARD_LINE,
    SUPERNATANT_LINE,
    Values,
    changed,
    plate_map_of,
)
from factories import refused_map as refused

from lims_msc.domain.workbook import Cell

MISTAKES: dict[str, tuple[Values, str, str]] = {
    # 27: dilutions and standards
    "no dilution": (changed(SUPERNATANT_LINE, {"Dilution factor": None}), "M2", "needs a dilution"),
    "diluted less than not at all": (
        changed(SUPERNATANT_LINE, {"Dilution factor": 0.1}),
        "M2",
        "'0.1' is less than 1",
    ),
    "a dilution of 0": (
        changed(SUPERNATANT_LINE, {"Dilution factor": 0}),
        "M2",
        "'0' is less than 1",
    ),
    "a dilution as a ratio": (
        changed(SUPERNATANT_LINE, {"Dilution factor": "1:10"}),
        "M2",
        "'1:10'",
    ),
    "a dilution as a time": (
        changed(SUPERNATANT_LINE, {"Dilution factor": time(1, 10)}),
        "M2",
        "the time 01:10",
    ),
    "a dilution as a percentage": (
        changed(SUPERNATANT_LINE, {"Dilution factor": Cell(10.0, "1000%", is_percent=True)}),
        "M2",
        "'1000%' is shown as a percentage",
    ),
    "a dilution that cannot be": (
        changed(SUPERNATANT_LINE, {"Dilution factor": 1e9}),
        "M2",
        "is more than 1e+07",
    ),
    "a diluted standard": (changed(STANDARD_LINE, {"Dilution factor": 2}), "M2", "is not diluted"),
    "a diluted control well": (changed(KILLING_LINE, {"Dilution factor": 2}), "M2", "E_T is not"),
    "a standard of nothing": (
        changed(STANDARD_LINE, {"Standard concentration": None}),
        "N2",
        "needs a standard concentration",
    ),
    "a standard below 0": (
        changed(STANDARD_LINE, {"Standard concentration": -1}),
        "N2",
        "'-1' is less than 0",
    ),
    "a standard with a decimal comma": (
        changed(STANDARD_LINE, {"Standard concentration": "7,8"}),
        "N2",
        "'7,8' is a text with a comma",
    ),
    "a standard with a point that may be thousands": (
        changed(STANDARD_LINE, {"Standard concentration": "1.000"}),
        "N2",
        "'1.000' is a text whose point",
    ),
    "a standard with its unit": (
        changed(STANDARD_LINE, {"Standard concentration": "500 pg/mL"}),
        "N2",
        "'500 pg/mL' is not a number",
    ),
    "a standard that became a date": (
        changed(STANDARD_LINE, {"Standard concentration": datetime.fromisoformat("2026-08-07")}),
        "N2",
        "the date 2026-08-07",
    ),
    "a standard that became a moment": (
        changed(
            STANDARD_LINE, {"Standard concentration": datetime.fromisoformat("2026-08-07 01:30")}
        ),
        "N2",
        "the date 2026-08-07 01:30",
    ),
    "a standard that became a day": (
        changed(STANDARD_LINE, {"Standard concentration": date(2026, 8, 7)}),
        "N2",
        "the date 2026-08-07",
    ),
    "a standard without end": (
        changed(STANDARD_LINE, {"Standard concentration": float("inf")}),
        "N2",
        "'inf' is not a number",
    ),
    "a standard that is true": (
        changed(STANDARD_LINE, {"Standard concentration": True}),
        "N2",
        "'True'",
    ),
    "a standard on a sample": (
        changed(SUPERNATANT_LINE, {"Standard concentration": 0}),
        "N2",
        "has no standard concentration",
    ),
    "a standard whose cell is broken": (
        changed(STANDARD_LINE, {"Standard concentration": ERROR_CELL}),
        "N2",
        "#DIV/0!",
    ),
    "a standard whose formula has no value": (
        changed(STANDARD_LINE, {"Standard concentration": FORMULA_WITHOUT_VALUE}),
        "N2",
        "never stored",
    ),
    # samples
    "a nameless sample": (
        {"Well": "A2", "Role": "SAMPLE", "Dilution factor": 1},
        "K2",
        "needs to say which sample",
    ),
    "a code that became a number": (changed(SUPERNATANT_LINE, {"Sample": 7}), "K2", "'7'"),
    "a supernatant of nothing known": (
        changed(SUPERNATANT_LINE, {"Supernatant of": "medium"}),
        "L2",
        "'MEDIUM' is no role of a culture well",
    ),
    "a supernatant of a standard": (
        changed(SUPERNATANT_LINE, {"Supernatant of": "STD"}),
        "L2",
        "'STD' is no role of a culture well",
    ),
    "a culture well that is a supernatant": (
        changed(SUPERNATANT_LINE, {"Role": "COCULT"}),
        "L2",
        "COCULT is no supernatant",
    ),
    "a supernatant without its batch": (
        changed(SUPERNATANT_LINE, {"MSC batch": None}),
        "C2",
        "A supernatant of COCULT needs an MSC batch",
    ),
    "a supernatant without its responder": (
        changed(SUPERNATANT_LINE, {"Responder": None}),
        "E2",
        "A supernatant of COCULT needs a responder",
    ),
    "a supernatant without its stimulus": (
        changed(SUPERNATANT_LINE, {"Stimulus": None}),
        "F2",
        "needs a stimulus",
    ),
    "a supernatant without its dose": (
        changed(SUPERNATANT_LINE, {"MSC per well": None}),
        "J2",
        "COCULT needs a dose",
    ),
    "a supernatant of unstimulated cells with a stimulus": (
        changed(SUPERNATANT_LINE, {"Supernatant of": "COCULT_UNSTIM"}),
        "F2",
        "has no stimulus, but 'PHA'",
    ),
    "a supernatant of responders with a batch": (
        changed(SUPERNATANT_LINE, {"Supernatant of": "RESP_STIM", "MSC per well": None}),
        "C2",
        "has no MSC, but the batch 'B-1'",
    ),
    # 29: effectors and targets
    "no effectors": (
        changed(KILLING_LINE, {"Effectors per target": None}),
        "O2",
        "needs its effectors per target",
    ),
    "effectors of 0": (
        changed(KILLING_LINE, {"Effectors per target": 0}),
        "O2",
        "'0' is not above 0",
    ),
    "a ratio as a text": (changed(KILLING_LINE, {"Effectors per target": "10:1"}), "O2", "'10:1'"),
    "a ratio that became a time": (
        changed(KILLING_LINE, {"Effectors per target": time(10, 1)}),
        "O2",
        "the time 10:01",
    ),
    "effectors per well": (
        changed(KILLING_LINE, {"Effectors per target": 50_000}),
        "O2",
        "'50000' is more than 1000",
    ),
    "effectors of nobody": (
        changed(KILLING_LINE, {"Responder": None}),
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
        changed(KILLING_LINE, {"Responders per well": 50}),
        "I2",
        "'50' responders per well are too few",
    ),
    "a batch without cells": (
        changed(KILLING_LINE, {"MSC batch": "B-1", "MSC per well": 0}),
        "H2",
        "The batch 'B-1' stands here, but no MSC",
    ),
    "cells without a batch": (
        changed(KILLING_LINE, {"MSC per well": 5000, "Responders per well": 50_000}),
        "C2",
        "There are MSC (MSC:responder 1:10), but no batch",
    ),
    "MSC without a role": ({"Well": "A1", "Effectors per target": 10}, "B2", "no role"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_its_cell(mistake: str) -> None:
    line, place, words = MISTAKES[mistake]
    findings = refused(plate_map_of(ELISA_FIELDS, [line]))
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
    "a volume in microlitres": ({"supernatant_volume_ml": 200}, "B13", "is more than 50"),
    "a time below 0": ({"culture_hours": -24}, "B14", "'-24' is not above 0"),
    "a time with its unit": ({"culture_hours": "24 h"}, "B14", "'24 h' is not a number"),
    "a unit that is a number": ({"concentration_unit": 7}, "B12", "'7' as a number"),
    "a broken cell": ({"culture_hours": ERROR_CELL}, "B14", "#DIV/0!"),
}


@pytest.mark.parametrize("mistake", CONDITION_MISTAKES)
def test_a_mistake_about_the_whole_plate_is_named_by_its_cell(mistake: str) -> None:
    fields, place, words = CONDITION_MISTAKES[mistake]
    (finding,) = refused(plate_map_of({**ELISA_FIELDS, **fields}, [KILLING_LINE]))
    assert (finding.sheet, finding.cell) == ("Plate", place)
    assert words in finding.message
    assert finding.hint
