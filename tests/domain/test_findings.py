"""Findings and errors: where they are, what blocks, and that nothing is lost on the way."""

from __future__ import annotations

import pickle

import pytest

from lims_msc import errors
from lims_msc.domain.findings import Finding, Level, errors_among


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({}, ""),
        ({"sheet": "Raw", "cell": "C14"}, "sheet 'Raw', cell C14"),
        ({"cell": "14:3"}, "line:column 14:3"),
        ({"file": "a.csv", "cell": "14:3"}, "file 'a.csv', line:column 14:3"),
        ({"well": "B2"}, "well B2"),
        (
            {"file": "a.xlsx", "sheet": "Raw", "cell": "C14", "well": "B2"},
            "file 'a.xlsx', sheet 'Raw', cell C14, well B2",
        ),
    ],
)
def test_a_finding_says_its_place_in_words(place: dict[str, str], text: str) -> None:
    finding = Finding(Level.ERROR, "x", "'OVRFLW' is not a number.", "Mark the well.", **place)
    assert finding.place == text
    start = f"{text[0].upper()}{text[1:]}: " if text else ""
    assert str(finding) == f"{start}'OVRFLW' is not a number. Mark the well."


def test_only_errors_block_and_keep_their_order() -> None:
    found = [Finding(level, str(i), "m") for i, level in enumerate([*Level, Level.ERROR])]
    assert [finding.code for finding in errors_among(found)] == ["0", "3"]


ALL_ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.LimsMscError)
]


@pytest.mark.parametrize("kind", ALL_ERRORS)
def test_an_error_survives_the_way_between_processes(kind: type[errors.LimsMscError]) -> None:
    sent = kind("Message.", hint="Hint.", findings=[Finding(Level.NOTE, "n", "m", cell="A1")])
    received = pickle.loads(pickle.dumps(sent))
    assert type(received) is kind
    assert (received.message, received.hint, received.findings) == (
        "Message.",
        "Hint.",
        sent.findings,
    )
    assert str(received) == "Message."


def test_every_error_has_a_code_of_its_own_and_a_status() -> None:
    assert len({kind.code for kind in ALL_ERRORS}) == len(ALL_ERRORS)
    assert {kind.http_status for kind in ALL_ERRORS} == {403, 404, 409, 422, 500}
