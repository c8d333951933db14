"""Where a file leaves open what was measured, a person is asked once and the answer is kept."""

from __future__ import annotations

import pytest
from conftest import People
from factories import add_plate, book, grid
from sqlalchemy import select

from lims_msc.demo.invented import invented_signals
from lims_msc.domain.importing import Source
from lims_msc.errors import ChoiceNeeded, InputError
from lims_msc.models import AuditRow, LabFormat
from lims_msc.registry import Registry
from lims_msc.services.imports import Choices, accept, preview, receive
from lims_msc.services.reading_files import read_file
from lims_msc.services.transaction import Database


def two_blocks(shift: float) -> Source:
    """A sheet with two blocks of numbers whose titles do not say which one was measured."""
    first = {str(well): signal.value + shift for well, signal in invented_signals().items()}
    second = {well: value * 2 for well, value in first.items()}
    rows = [["Monday"], *grid(first), [], ["Tuesday"], *grid(second)]
    return Source(f"own-{shift}.xlsx", book(Sheet1=rows))


def options(registry: Registry, source: Source) -> list[str]:
    with pytest.raises(ChoiceNeeded) as question:
        read_file(registry, source)
    codes = [finding.code for finding in question.value.findings]
    return [code.split(".", 2)[2] for code in codes if code.startswith("option.")]


def test_a_person_is_asked_for_the_blocks_and_each_is_offered_with_its_place(
    registry: Registry,
) -> None:
    with pytest.raises(ChoiceNeeded, match="not clear what was measured") as question:
        read_file(registry, two_blocks(0))
    offered = [f for f in question.value.findings if f.code.startswith("option.generic_grid.")]
    assert ["Monday" in offered[0].message, "Tuesday" in offered[1].message] == [True, True]
    assert [finding.sheet for finding in offered] == ["Sheet1", "Sheet1"]


def test_the_choice_is_kept_for_the_next_file_of_the_same_shape(
    lab: Database, registry: Registry, people: People
) -> None:
    plate_id = add_plate(lab, registry, people.technician)
    source = two_blocks(0)
    file_id = receive(lab, registry, people.technician, plate_id, source)
    with pytest.raises(ChoiceNeeded):
        preview(lab, registry, plate_id, file_id, Choices())
    chosen = Choices("generic_grid", option_keys=(options(registry, source)[1],))
    seen = preview(lab, registry, plate_id, file_id, chosen)
    assert {str(s.well): s.value for s in seen.signals.values()}["B2"] == 2 * 1.62
    accept(lab, registry, people.technician, plate_id, file_id, choices=chosen)

    next_plate = add_plate(lab, registry, people.technician, "INV-PLATE-2")
    next_file = receive(lab, registry, people.technician, next_plate, two_blocks(0.25))
    again = preview(lab, registry, next_plate, next_file, Choices())
    assert {str(s.well): s.value for s in again.signals.values()}["B2"] == 2 * 1.87
    notes = [finding.message for finding in again.findings if finding.code == "lab_format"]
    assert len(notes) == 1
    assert "as Tina Tester chose for 'own-0.xlsx'" in notes[0]


def test_a_choice_that_was_only_looked_at_is_not_kept(
    lab: Database, registry: Registry, people: People
) -> None:
    plate_id = add_plate(lab, registry, people.technician)
    source = two_blocks(0)
    file_id = receive(lab, registry, people.technician, plate_id, source)
    chosen = Choices("generic_grid", option_keys=(options(registry, source)[0],))
    preview(lab, registry, plate_id, file_id, chosen)
    with lab.reading() as session:
        assert session.scalars(select(LabFormat)).all() == []


def test_a_later_choice_takes_the_place_of_the_earlier_and_both_are_in_the_trail(
    lab: Database, registry: Registry, people: People
) -> None:
    for number, shift in enumerate((0.0, 0.5)):
        plate_id = add_plate(lab, registry, people.technician, f"INV-PLATE-{number + 1}")
        source = two_blocks(shift)
        file_id = receive(lab, registry, people.technician, plate_id, source)
        chosen = Choices("generic_grid", option_keys=(options(registry, source)[number],))
        accept(lab, registry, people.technician, plate_id, file_id, choices=chosen)
    with lab.reading() as session:
        kept = session.scalars(select(LabFormat)).one()
        assert kept.file_name == "own-0.5.xlsx"
        rows = session.scalars(select(AuditRow).filter_by(table_name="msc_lab_format"))
        assert [row.action for row in rows] == ["create", "change"]


@pytest.mark.parametrize("keys", [("1:A1:B2:nothing",), ("",)])
def test_a_part_that_is_not_in_the_file_is_refused(
    registry: Registry, keys: tuple[str, ...]
) -> None:
    with pytest.raises(InputError, match="not in this file"):
        read_file(registry, two_blocks(0), "generic_grid", option_keys=keys)


def test_an_importer_that_asks_nothing_takes_no_options(registry: Registry) -> None:
    with pytest.raises(InputError, match="offers no parts"):
        read_file(registry, two_blocks(0), "tecan_magellan", option_keys=("x",))
