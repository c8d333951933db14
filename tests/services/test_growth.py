"""Doublings of the passages of a batch: by log2, never guessed, and unknown where a part is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lims_msc.domain.records.fields import Value
from lims_msc.domain.records.kinds import kind_of
from lims_msc.services.growth import Growth, growth_of
from lims_msc.services.register import Record

GOOD: dict[str, Value] = {
    "seeded_viable_cells": 0.6e6,
    "harvested_viable_cells": 4.2e6,
    "culture_hours": 96.0,
}


def record(kind_key: str, **values: Value) -> Record:
    kind = kind_of(kind_key)
    return Record(kind, 1, {**{field.name: field.empty for field in kind.fields}, **values})


def growth(
    passages: Sequence[dict[str, Value]], start: float | None = 3.4, known: str = "yes"
) -> Growth:
    batch = record("batch", batch_code="B", pdl_start=start, is_pdl_start_known=known)
    return growth_of(batch, [record("passage", **values) for values in passages])


def texts(found: Growth) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in found.lines]


def test_a_passage_grows_as_the_worked_example_says() -> None:
    found = growth([{**GOOD, "passage": 3}])
    assert texts(found) == [["2.81", "6.21", "34.2 h"]]
    assert all(cell.is_number for cell in found.lines[0].cells)
    assert found.start == "which is 3.4 before P3"


def test_levels_add_up_in_the_order_of_passages() -> None:
    found = growth([{**GOOD, "passage": 3}, {**GOOD, "passage": 2}], start=0.0)
    assert [line.passage.values["passage"] for line in found.lines] == [2, 3]
    assert [row[1] for row in texts(found)] == ["2.81", "5.61"]


@pytest.mark.parametrize(("start", "known"), [(None, "yes"), (None, ""), (3.4, "no")])
def test_an_unknown_start_stays_unknown_and_only_what_came_since_is_said(
    start: float | None, known: str
) -> None:
    found = growth([{**GOOD, "passage": 1}], start, known)
    assert texts(found)[0][:2] == ["2.81", "the doublings before P1 are unknown; 2.81 since"]
    assert not found.lines[0].cells[1].is_number
    assert found.start == "which is unknown before P1"


@pytest.mark.parametrize(
    ("changes", "cells"),
    [
        ({"seeded_viable_cells": None}, ["viable cells seeded are not recorded"] * 2),
        ({"harvested_viable_cells": None}, ["viable cells harvested are not recorded"] * 2),
        (
            {"harvested_viable_cells": 0.0},
            ["nothing was harvested, which is no number of doublings"] * 2,
        ),
        ({"harvested_viable_cells": 0.3e6}, ["−1.00", "no growth"]),
        ({"harvested_viable_cells": 0.6e6}, ["0.00", "no growth"]),
        ({"culture_hours": None}, ["2.81", "the hours of culture are not recorded"]),
    ],
)
def test_a_number_that_is_missing_has_its_reason(
    changes: dict[str, Value], cells: list[str]
) -> None:
    (row,) = texts(growth([{**GOOD, "passage": 2, **changes}]))
    assert [row[0], row[2]] == cells


def test_a_level_after_a_gap_is_unknown() -> None:
    missing = growth([{**GOOD, "passage": 1}, {**GOOD, "passage": 3}, {**GOOD, "passage": 4}])
    assert [row[1] for row in texts(missing)] == ["6.21", *["P2 is not recorded"] * 2]
    empty = growth([{"passage": 1}, {**GOOD, "passage": 2}])
    assert [row[1] for row in texts(empty)] == ["P1: viable cells seeded are not recorded"] * 2


def test_doublings_of_p0_are_unknown_unless_the_start_is_known() -> None:
    found = growth([{**GOOD, "passage": 0}, {**GOOD, "passage": 1}], None, "no")
    assert texts(found) == [
        ["unknown: P0 needs a count of CFU-F"] * 3,
        ["2.81", "the doublings before P1 are unknown; 2.81 since", "34.2 h"],
    ]
    assert texts(growth([{**GOOD, "passage": 0}], 0.0))[0][0] == "2.81"


def test_a_batch_without_passages_has_no_lines() -> None:
    assert growth([]).lines == ()
