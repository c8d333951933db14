"""Roles that a file lists beside its plate block must be words we know and fit the readings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lims_msc.importers.generic_grid import GenericGrid

from lims_msc.domain.findings import Level
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import InputError

GRID = [
    ["<>", 1, 2, 3, 4],
    ["A", 1.6, 0.2, 0.9, 0.05],
    ["B", 1.5, 0.25, 0.8, 0.06],
]
ROLES = ["stimulated", "unstimulated", "test", "blank"]


def rows(roles: list[str], grid: list[list[Any]] = GRID, heading: str = "Role") -> list[list[Any]]:
    wells = [f"{letter}{column}" for letter in "AB" for column in (1, 2, 3, 4)]
    listed = zip(wells, roles + roles if len(roles) == 4 else roles, strict=True)
    return [["OD 450 nm"], *grid, [], ["Well", heading], *([w, r] for w, r in listed)]


@pytest.fixture
def sheet_of(
    opened: Callable[..., Workbook], make_workbook: Callable[..., Any]
) -> Callable[[list[list[Any]]], Workbook]:
    return lambda sheet: opened(make_workbook(Plate=sheet))


@pytest.fixture
def told_codes(
    sheet_of: Callable[[list[list[Any]]], Workbook],
) -> Callable[[list[list[Any]]], dict[str, str]]:
    def told(sheet: list[list[Any]]) -> dict[str, str]:
        found = GenericGrid().read(sheet_of(sheet))
        return {f.code: f"{f.level} {f.message}" for f in found.findings}

    return told


def test_roles_that_make_sense_are_not_mentioned(told_codes: Callable[..., dict[str, str]]) -> None:
    assert "doubtful_controls" not in told_codes(rows(ROLES))


def test_an_unknown_role_refuses_the_file_and_names_each_cell(
    sheet_of: Callable[[list[list[Any]]], Workbook],
) -> None:
    roles = ["stimulatd", *ROLES[1:], *ROLES[:3], "blank?"]
    with pytest.raises(InputError) as refused:
        GenericGrid().read(sheet_of(rows(roles)))
    errors = [f for f in refused.value.findings if f.level is Level.ERROR]
    assert [(f.cell, f.message) for f in errors] == [
        ("B7", "'stimulatd' is not a well role."),
        ("B14", "'blank?' is not a well role."),
    ]


def test_words_of_the_laboratory_s_own_are_left_alone(
    told_codes: Callable[..., dict[str, str]],
) -> None:
    assert "doubtful_controls" not in told_codes(rows(["alpha", "beta", "gamma", "delta"]))


@pytest.mark.parametrize(
    ("roles", "grid", "words"),
    [
        (["test", "test", "test", "blank"], GRID, "no stimulated control and no unstimulated one"),
        (["test", "unstimulated", "test", "blank"], GRID, "no stimulated control."),
        (["unstimulated", "stimulated", "test", "blank"], GRID, "Every unstimulated control reads"),
        (ROLES, [GRID[0], ["A", 0, 0.2, 0.9, 0.1], ["B", 0, 0.3, 0.8, 0.1]], "control reads 0"),
    ],
)
def test_controls_that_cannot_be_right_are_named(
    told_codes: Callable[..., dict[str, str]], roles: list[str], grid: list[list[Any]], words: str
) -> None:
    told = told_codes(rows(roles, grid))
    assert words in told["doubtful_controls"]
    assert told["doubtful_controls"].startswith("warning")
