"""A plate that lay turned in the reader has labels that look right; its controls give it away."""

from __future__ import annotations

from conftest import People
from factories import add_plate, book, grid

from lims_msc.demo.invented import invented_signals
from lims_msc.domain.findings import Level
from lims_msc.domain.importing import Source
from lims_msc.domain.plate import PlateFormat, WellAddress
from lims_msc.registry import Registry
from lims_msc.services import imports
from lims_msc.services.imports import Choices
from lims_msc.services.transaction import Database

EMPTY_WELL = 0.05


def test_a_plate_turned_by_180_degrees_is_stopped_by_its_control_wells(
    lab: Database, registry: Registry, people: People
) -> None:
    measured = {well: signal.value for well, signal in invented_signals().items()}
    turned = {
        str(WellAddress(9 - well.row, 13 - well.column)): measured.get(well, EMPTY_WELL)
        for well in PlateFormat.WELLS_96.wells()
    }
    plate_id = add_plate(lab, registry, people.technician)
    source = Source("turned.xlsx", book(Raw=grid(turned)))
    file_id = imports.receive(lab, registry, people.technician, plate_id, source)
    seen = imports.preview(lab, registry, plate_id, file_id, Choices())
    (stopped,) = (f for f in seen.findings if f.level is Level.ERROR)
    assert "Stimulation failed" in stopped.message
    assert not seen.can_be_accepted
