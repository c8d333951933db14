"""Each mistake of a plate map that the domain reference names: refused, and named by its cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

import pytest
from factories import ERROR_CELL, FORMULA_WITHOUT_VALUE, plate_map_of
from factories import cocult_line as line
from factories import refused_map as refused

from lims_msc.domain.workbook import Cell, CellValue

Values = Mapping[str, CellValue | Cell]

# Each mistake: fields or a line, the cell that must be named, and words that must be said.
FIELD_MISTAKES: dict[str, tuple[Values, str, str]] = {
    "no study": ({"study_code": None}, "B1", "'Study' is empty"),
    "a study of spaces": ({"study_code": "  "}, "B1", "'Study' is empty"),
    "a code that became a number": ({"plate_code": 7}, "B3", "leading zeros may be lost"),
    "a code that became a decimal": ({"plate_code": 1e5}, "B3", "as a number"),
    "a code that became a date": (
        {"plate_code": datetime.fromisoformat("2026-03-02")},
        "B3",
        "2026-03-02",
    ),
    "a code that became a time": ({"experiment_code": time(1, 10)}, "B2", "01:10"),
    "a code that became a truth": ({"plate_code": True}, "B3", "'True'"),
    "an ambiguous date": ({"run_on": "03/04/2026"}, "B4", "'03/04/2026' is not a clear date"),
    "a German date": ({"run_on": "14.3.2026"}, "B4", "'14.3.2026'"),
    "a date that does not exist": ({"run_on": "2026-02-30"}, "B4", "'2026-02-30'"),
    "a date as a bare number": ({"run_on": 46095}, "B4", "'46095'"),
    "no plate format": ({"plate_format": None}, "B6", "'Wells of the plate' is empty"),
    "a plate that does not exist": ({"plate_format": "100"}, "B6", "'100' is not a plate format"),
    "a plate in words": ({"plate_format": "96 wells"}, "B6", "'96 wells'"),
    "an order in other words": ({"ratio_order": "E:T"}, "B10", "'E:T' does not name the order"),
    "an error": ({"readout": ERROR_CELL}, "B8", "#DIV/0!"),
    "a formula without a value": ({"readout": FORMULA_WITHOUT_VALUE}, "B8", "never stored"),
}


@pytest.mark.parametrize("mistake", FIELD_MISTAKES)
def test_a_mistake_on_the_first_sheet_is_named_by_its_cell(mistake: str) -> None:
    fields, place, words = FIELD_MISTAKES[mistake]
    (finding,) = refused(plate_map_of(fields))
    assert (finding.sheet, finding.cell) == ("Plate", place)
    assert words in finding.message
    assert finding.hint


LINE_MISTAKES: dict[str, tuple[Values, str, str]] = {
    # 1: the order of the ratio
    "reversed": (line(MSC_per_well=100_000, Responders_per_well=10_000), "J2", "more than 2 MSC"),
    "reversed in the ratio": (
        line(MSC_per_well=None, Responders_per_well=None, Ratio="10:1"),
        "J2",
        "probably reversed",
    ),
    "counts and ratio disagree": (line(Ratio="1:20"), "J2", "1:20 against MSC:responder 1:10"),
    # 2: the ratio turned into something else by Excel
    "ratio became a time": (line(Ratio=time(1, 10)), "J2", "the time 01:10"),
    "ratio became a duration": (line(Ratio=timedelta(hours=30)), "J2", "the time 1 day, 6:00"),
    "ratio became a date": (line(Ratio=datetime.fromisoformat("2026-10-01")), "J2", "2026-10-01"),
    "ratio became a number": (line(Ratio=0.048611), "J2", "0.048611"),
    "ratio became a whole number": (line(Ratio=10), "J2", "the number 10"),
    "ratio became nothing": (line(Ratio="1:0"), "J2", "no ratio"),
    "ratio is a guess": (line(Ratio="1-10"), "J2", "'1-10' is not a ratio"),
    "ratio in a well without dose": (
        {"Well": "C3", "Role": "BLANK", "Ratio": time(1, 10)},
        "J2",
        "the time 01:10",
    ),
    # 3: codes turned into dates and numbers
    "batch became a date": (
        line(MSC_batch=datetime.fromisoformat("2026-03-01")),
        "C2",
        "2026-03-01",
    ),
    "batch became a number": (line(MSC_batch=7), "C2", "'7'"),
    "responder became a number": (line(Responder=1e5), "E2", "100000"),
    # 25: cell numbers in other units
    "cells as text with a power": (line(MSC_per_well="1e4"), "H2", "'1e4'"),
    "cells with a times sign": (line(MSC_per_well="1×10^4"), "H2", "'1×10^4'"),
    "cells with separators": (line(Responders_per_well="100.000"), "I2", "'100.000'"),
    "cells with a comma": (line(Responders_per_well="100,000"), "I2", "'100,000'"),
    "cells with words": (line(Responders_per_well="100 k"), "I2", "'100 k'"),
    "cells per mL": (line(MSC_per_well=50_000_000), "H2", "'50000000'"),
    "half a cell": (line(MSC_per_well=0.5), "H2", "'0.5'"),
    "less than no cells": (line(MSC_per_well=-1), "H2", "'-1'"),
    "not a number": (line(MSC_per_well=float("nan")), "H2", "'nan'"),
    "more than any number": (line(MSC_per_well=float("inf")), "H2", "'inf'"),
    "a row of digits": (line(MSC_per_well="9" * 5000), "H2", "999"),
    "a truth": (line(MSC_per_well=True), "H2", "'True'"),
    "cells as a time": (line(MSC_per_well=time(1, 0)), "H2", "01:00"),
    "thousands": (line(MSC_per_well=10, Responders_per_well=100), "I2", "'100' responders"),
    "no MSC": (line(MSC_per_well=0), "H2", "has MSC, but there are none"),
    # wells and roles
    "well outside the plate": (line(Well="I1"), "A2", "'I1'"),
    "well beside the plate": (line(Well="A13"), "A2", "'A13'"),
    "no well": (line(Well=None), "A2", "'' is not a well"),
    "well became a number": (line(Well=3), "A2", "'3'"),
    "unknown role": (line(Role="COCULTURE"), "B2", "'COCULTURE' is not a well role"),
    "no role": (line(Role=None), "B2", "no role"),
    "no batch": (line(MSC_batch=None), "C2", "needs an MSC batch"),
    "no responder": (line(Responder=None), "E2", "needs a responder"),
    "no stimulus": (line(Stimulus=None), "F2", "needs a stimulus"),
    "no dose": (line(MSC_per_well=None, Responders_per_well=None), "J2", "needs a dose"),
    "MSC in conditioned medium": (
        line(Treatment="conditioned medium 50 %"),
        "H2",
        "Conditioned medium holds no MSC, but '10000'",
    ),
    "a ratio of conditioned medium": (
        line(Treatment="MSC-conditioned medium", MSC_per_well=None, Ratio="1:10"),
        "J2",
        "Conditioned medium holds no MSC, but 'MSC:responder 1:10'",
    ),
    "no dose of what is not quite conditioned medium": (
        line(Treatment="unconditioned medium", MSC_per_well=None),
        "J2",
        "needs a dose",
    ),
    "half a dose": (line(Responders_per_well=None), "J2", "needs a dose"),
    "stimulus on unstimulated responders": (
        {"Well": "C3", "Role": "RESP_UNSTIM", "Responder": "R-1", "Stimulus": "PHA"},
        "F2",
        "'PHA'",
    ),
    "stimulus on a blank": ({"Well": "C3", "Role": "BLANK", "Stimulus": "PHA"}, "F2", "'PHA'"),
    "stimulus on an unstimulated co-culture": (line(Role="COCULT_UNSTIM"), "F2", "'PHA'"),
    "MSC in the control without MSC": (
        line(Role="RESP_STIM", MSC_batch=None),
        "H2",
        "has no MSC, but 10000",
    ),
    "a dose on the control without MSC": (
        line(Role="RESP_STIM", MSC_batch=None, MSC_per_well=None, Ratio="1:10"),
        "J2",
        "has no MSC, but MSC:responder 1:10",
    ),
    # cells that show nothing usable
    "error cell": (line(MSC_per_well=ERROR_CELL), "H2", "#DIV/0!"),
    "formula without value": (line(Well=FORMULA_WITHOUT_VALUE), "A2", "never stored"),
}


@pytest.mark.parametrize("mistake", LINE_MISTAKES)
def test_a_mistake_in_a_well_is_named_by_its_cell(mistake: str) -> None:
    values, place, words = LINE_MISTAKES[mistake]
    findings = refused(plate_map_of(lines=[values]))
    at_place = [finding for finding in findings if finding.cell == place]
    assert at_place, findings
    assert words in at_place[0].message
    assert at_place[0].hint
    assert {finding.sheet for finding in findings} == {"Wells"}
