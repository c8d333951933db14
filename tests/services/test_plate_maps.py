"""Registering a plate from its map: codes are known ones, and a refused map stores nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from conftest import People
from factories import STUDY, add_plate, invented_map_file, plate_map_of
from openpyxl import load_workbook

from lims_msc.demo.invented import BATCH, RESPONDER, invented_plate_map
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.domain.importing import Source
from lims_msc.domain.layout import PlateLayout, WellRole
from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.plate_map import PlateMap
from lims_msc.domain.workbook import Workbook
from lims_msc.errors import Conflict, InputError, NotAllowed
from lims_msc.models import Plate
from lims_msc.registry import Registry
from lims_msc.services import plate_maps
from lims_msc.services.transaction import Database

Counts = Callable[[Database], dict[str, int]]
Upload = Callable[..., int]


@pytest.fixture
def upload(lab: Database, registry: Registry, people: People) -> Iterator[Upload]:
    """Upload the invented map with changes to its fields or to each of its wells."""

    def upload(wells: dict[str, object] | None = None, **fields: object) -> int:
        plate_map: PlateMap = replace(invented_plate_map(STUDY), **fields)  # type: ignore[arg-type]
        contents = [
            replace(c, **{k: v for k, v in (wells or {}).items() if getattr(c, k)})
            for c in plate_map.layout.contents.values()
        ]
        plate_map = replace(plate_map, layout=PlateLayout.of(PlateFormat.WELLS_96, contents))
        source = Source("map.xlsx", plate_map_workbook(registry, plate_map))
        return plate_maps.register_plate(lab, registry, people.technician, source)

    return upload


def test_a_plate_is_stored_as_its_map_says(
    lab: Database, registry: Registry, people: People
) -> None:
    plate_id = add_plate(lab, registry, people.technician)
    with lab.reading() as session:
        plate = session.get_one(Plate, plate_id)
        layout = plate_maps.layout_of(plate)
        assert (plate.code, plate.readout, plate.experiment.code) == (
            "INV-PLATE-1",
            "wst_od",
            "INV-RUN-1",
        )
        assert plate.created_by_name == "Tina Tester"
    planned = invented_plate_map(STUDY).layout
    stored = {well: replace(c, source=None) for well, c in layout.contents.items()}
    assert stored == planned.contents
    assert layout.plate_format is planned.plate_format
    places = {str(content.source) for content in layout.contents.values()}
    assert len(places) == len(layout.contents)
    assert all(place.startswith("sheet 'Wells', cell A") for place in places)


@pytest.mark.parametrize(
    ("fields", "wells", "words"),
    [
        ({}, {"batch_code": "INV-MSC-l"}, ["'INV-MSC-l'", f"Is '{BATCH}' meant?"]),
        ({}, {"batch_code": "XYZ"}, ["'XYZ'", "Register it on the page Materials"]),
        ({}, {"responder_code": "INV-PBMC-2"}, ["'INV-PBMC-2'", f"Is '{RESPONDER}' meant?"]),
        ({"study_code": "S-2"}, {}, ["'S-2'", "Is 'S-1' meant?"]),
        ({"assay_key": "t_cell"}, {}, ["'t_cell'", "Choose from the list"]),
        ({"readout": "wst_odd"}, {}, ["'wst_odd'", "Is 'wst_od' meant?"]),
    ],
)
def test_an_unknown_code_is_refused_and_a_near_one_suggested(  # noqa: PLR0917 (fixtures)
    lab: Database,
    upload: Upload,
    counts: Counts,
    fields: dict[str, object],
    wells: dict[str, object],
    words: list[str],
) -> None:
    before = counts(lab)
    with pytest.raises(InputError) as refusal:
        upload(wells, **fields)
    (finding,) = refusal.value.findings
    for word in words:
        assert word in str(finding)
    assert bool(finding.cell) == bool(wells)
    assert counts(lab) == before | {"msc_audit": before["msc_audit"] + 1}


def test_all_unknown_codes_are_named_at_once_each_with_its_first_cell(upload: Upload) -> None:
    with pytest.raises(InputError, match="4 things must be corrected") as refusal:
        upload(
            {"batch_code": "B-9", "responder_code": "R-9"}, study_code="S-9", readout="absorbance"
        )
    places = {f.code.split("_")[-1]: f.cell for f in refusal.value.findings}
    assert places == {"batch": "A27", "responder": "A15", "study": "", "readout": ""}


def test_a_layout_that_the_assay_cannot_use_is_refused(
    lab: Database, registry: Registry, people: People
) -> None:
    plate_map = invented_plate_map(STUDY)
    without = [c for c in plate_map.layout.contents.values() if c.role is not WellRole.RESP_STIM]
    plate_map = replace(plate_map, layout=PlateLayout.of(PlateFormat.WELLS_96, without))
    source = Source("map.xlsx", plate_map_workbook(registry, plate_map))
    with pytest.raises(InputError) as refusal:
        plate_maps.register_plate(lab, registry, people.technician, source)
    assert any("RESP_STIM" in finding.message for finding in refusal.value.findings)


def test_a_plate_code_is_used_once(
    lab: Database, registry: Registry, upload: Upload, people: People, counts: Counts
) -> None:
    add_plate(lab, registry, people.technician)
    before = counts(lab)
    with pytest.raises(Conflict, match="'INV-PLATE-1' exists already"):
        upload(operator="someone else")
    assert counts(lab) == before


def test_two_plates_of_a_run_share_its_experiment_and_a_run_has_one_day(
    lab: Database, registry: Registry, upload: Upload, people: People, counts: Counts
) -> None:
    add_plate(lab, registry, people.technician)
    upload(plate_code="P-2")
    assert counts(lab)["msc_experiment"] == 1
    before = counts(lab)
    other_day = invented_plate_map(STUDY).run_on.replace(day=1)
    with pytest.raises(Conflict, match="'INV-RUN-1' was run on 2026-03-14"):
        upload(plate_code="P-3", run_on=other_day)
    assert counts(lab) == before


@pytest.mark.parametrize("who", ["reader", "data_manager", "administrator"])
def test_only_those_who_work_in_the_laboratory_register_plates(
    lab: Database, registry: Registry, people: People, counts: Counts, who: str
) -> None:
    before = counts(lab)
    with pytest.raises(NotAllowed, match="may not upload a plate map"):
        plate_maps.register_plate(lab, registry, getattr(people, who), invented_map_file(registry))
    assert counts(lab) == before


def test_the_findings_of_a_map_reach_the_person(
    lab: Database, registry: Registry, people: People
) -> None:
    def opened(_source: Source) -> Workbook:
        return plate_map_of({"plate_code": 7, "run_on": "soon"})

    broken = replace(registry, openers={"workbook": opened})
    with pytest.raises(InputError) as refusal:
        plate_maps.register_plate(lab, broken, people.technician, Source("map.xlsx", b"x"))
    assert [finding.cell for finding in refusal.value.findings] == ["B3", "B4"]


def test_the_template_offers_what_is_registered(lab: Database, registry: Registry) -> None:
    with lab.reading() as session:
        data = plate_maps.template(session, registry, PlateFormat.WELLS_96)
    lists = load_workbook(io.BytesIO(data))["Lists"]
    offered = {cell.value for row in lists.iter_rows() for cell in row if cell.value}
    assert {STUDY, BATCH, RESPONDER, "t_cell_proliferation", "wst_od", "COCULT"} <= offered
