"""Readings that were imported before are told, whatever the bytes of their file."""

from __future__ import annotations

import pytest
from conftest import People
from factories import add_plate, book, grid, invented_reader_file

from lims_msc.demo.invented import PLATE, invented_signals
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.importing import Source
from lims_msc.registry import Registry
from lims_msc.services import imports
from lims_msc.services.imports import Choices
from lims_msc.services.transaction import Database

VALUES = {str(well): signal.value for well, signal in invented_signals().items()}


@pytest.fixture
def told(analysed: Database, registry: Registry, people: People):  # noqa: ANN201 - a factory
    """Upload a file for a second plate; return what is told about earlier readings."""
    plate_id = add_plate(analysed, registry, people.technician, "P-2")

    def told(source: Source) -> list[Finding]:
        file_id = imports.receive(analysed, registry, people.technician, plate_id, source)
        seen = imports.preview(analysed, registry, plate_id, file_id, Choices())
        return [f for f in seen.findings if f.code.startswith("readings.")]

    return told


def resaved(sheet: str = "Again", **changes: object) -> Source:
    values = {well: value for well, value in {**VALUES, **changes}.items() if value is not None}
    return Source("again.xlsx", book(**{sheet: grid(values)}))


def test_the_same_readings_in_other_bytes_name_the_earlier_file(told) -> None:  # noqa: ANN001
    assert resaved().data != invented_reader_file().data
    (finding,) = told(resaved())
    assert (finding.level, finding.code) == (Level.WARNING, "readings.same")
    for words in ("'reader.xlsx'", f"'{PLATE}'", "Tina Tester", "2026-03-14"):
        assert words in finding.message


def test_the_last_digit_that_another_program_rounds_is_no_difference(told) -> None:  # noqa: ANN001
    rounded = {well: value * (1 + 2e-16) for well, value in VALUES.items()}
    assert [f.code for f in told(resaved(**rounded))] == ["readings.same"]


def test_one_edited_well_is_shown_with_both_values(told) -> None:  # noqa: ANN001
    (finding,) = told(resaved(B2=1.75))
    assert (finding.level, finding.code) == (Level.WARNING, "readings.nearly_same")
    assert finding.message.startswith(f"1 of {len(VALUES)} readings differ from the file")
    assert f"B2 holds '1.75' here and '{VALUES['B2']:g}' there" in finding.message
    assert (finding.sheet, finding.cell, finding.well) == ("Again", "C3", "B2")


def test_a_number_that_became_a_marker_is_a_difference(told) -> None:  # noqa: ANN001
    (finding,) = told(resaved(C3="OVER"))
    assert f"C3 holds 'OVER' here and '{VALUES['C3']:g}' there" in finding.message


def test_a_well_that_is_gone_is_a_difference(told) -> None:  # noqa: ANN001
    last = list(VALUES)[-1]
    (finding,) = told(resaved(**{last: None}))
    assert f"{last} holds nothing here and" in finding.message


def test_another_measurement_of_like_values_is_not_taken_for_the_same(told) -> None:  # noqa: ANN001
    assert told(resaved(**{well: value + 0.001 for well, value in VALUES.items()})) == []


def test_a_plate_of_one_and_the_same_value_proves_nothing(told) -> None:  # noqa: ANN001
    assert told(resaved(**dict.fromkeys(VALUES, 0.05))) == []


def test_an_upload_is_not_compared_with_itself(
    lab: Database, registry: Registry, people: People
) -> None:
    plate_id = add_plate(lab, registry, people.technician)
    source = Source("two.xlsx", book(OD450=grid(VALUES), Second=grid({**VALUES, "B2": 1.75})))
    file_id = imports.receive(lab, registry, people.technician, plate_id, source)
    first = Choices(file_plate_index=0)
    imports.accept(lab, registry, people.technician, plate_id, file_id, choices=first)
    other = add_plate(lab, registry, people.technician, "P-2")
    seen = imports.preview(lab, registry, other, file_id, Choices(file_plate_index=1))
    assert [f.code for f in seen.findings if f.code.startswith("readings.")] == []
