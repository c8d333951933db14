"""The invented plates are planned as real ones should be, and show what real curves do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from lims_msc.assays.well_readings import neighbourhoods
from lims_msc.demo.demo_plate import DemoPlate
from lims_msc.demo.lab import plate_map_workbook
from lims_msc.demo.materials import BATCHES, RESPONDERS
from lims_msc.demo.plates import demo_plates, proliferation_plates
from lims_msc.domain.importing import Source
from lims_msc.domain.layout import WellContent, WellRole
from lims_msc.domain.plate_map import read_plate_map
from lims_msc.registry import Registry

PLATES = pytest.mark.parametrize("plate", demo_plates(), ids=lambda plate: plate.code)
PROLIFERATION = pytest.mark.parametrize(
    "plate", proliferation_plates(), ids=lambda plate: plate.code
)
GROUP_OF = {batch.batch_code: batch.diagnosis or batch.health_status for batch in BATCHES}


def _with_role(plate: DemoPlate, *roles: WellRole) -> tuple[WellContent, ...]:
    return plate.plate_map.layout.with_role(*roles)


@PLATES
def test_a_plate_map_is_read_back_as_it_was_planned(plate: DemoPlate, registry: Registry) -> None:
    data = plate_map_workbook(registry, plate.plate_map)
    read = read_plate_map(registry.open_workbook(Source("map.xlsx", data)))
    stripped = {
        well: replace(content, source=None) for well, content in read.layout.contents.items()
    }
    assert stripped == plate.plate_map.layout.contents
    assert read.findings == ()
    assert read.layout.conditions == plate.plate_map.layout.conditions
    assert replace(read, layout=plate.plate_map.layout) == plate.plate_map


@PROLIFERATION
def test_no_well_is_planned_twice_and_a_layout_has_no_errors(
    plate: DemoPlate, registry: Registry
) -> None:
    assay = registry.assay(plate.plate_map.assay_key)
    # All wells of SIM-NK-01 are used, so some conditions stand at the edge only: it is said.
    doubts = {finding.code for finding in assay.check_layout(plate.plate_map.layout)}
    assert doubts == ({"edge_only"} if plate.code == "SIM-NK-01" else set())
    wells = Counter(
        (c.batch_code, c.priming, c.role, c.dose.ratio)
        for c in _with_role(plate, WellRole.COCULT)
        if c.dose is not None
    )
    assert set(wells.values()) == {3}


@PROLIFERATION
def test_every_curve_has_five_to_seven_doses_from_one_to_two_down(plate: DemoPlate) -> None:
    doses: dict[tuple[str, str], set[float]] = {}
    for content in _with_role(plate, WellRole.COCULT):
        assert content.dose is not None
        curve = (content.batch_code, content.priming)
        doses.setdefault(curve, set()).add(content.dose.msc_per_responder)
    for of_curve in doses.values():
        assert 5 <= len(of_curve) <= 7
        assert max(of_curve) == 0.5
        assert min(of_curve) in {0.02, 0.01}


@PROLIFERATION
def test_stimulated_controls_stand_in_two_sets_far_from_each_other(plate: DemoPlate) -> None:
    sets = neighbourhoods(content.well for content in _with_role(plate, WellRole.RESP_STIM))
    assert len(sets) == 2
    assert min(len(wells) for wells in sets) >= 3
    columns = plate.plate_map.layout.plate_format.columns
    middles = [sum(well.column for well in wells) / len(wells) for wells in sets]
    assert abs(middles[0] - middles[1]) >= columns / 3


def test_a_readout_that_sees_msc_has_a_background_for_every_dose(registry: Registry) -> None:
    found = 0
    for plate in proliferation_plates():
        assay = registry.assay(plate.plate_map.assay_key)
        if assay.default_mode(plate.plate_map.readout).value != "FULL":
            continue
        found += 1
        tested, background = (
            {(c.batch_code, c.priming, c.dose) for c in _with_role(plate, role)}
            for role in (WellRole.COCULT, WellRole.COCULT_UNSTIM)
        )
        assert tested == background
    assert found == 2


def test_every_group_of_donors_meets_t_b_and_nk_cells() -> None:
    seen = {
        (GROUP_OF[content.batch_code], plate.cell_type)
        for plate in proliferation_plates()
        for content in _with_role(plate, WellRole.COCULT)
    }
    groups = {"healthy", "systemic lupus erythematosus", "systemic sclerosis"}
    assert seen == {(group, cell) for group in groups for cell in ("PBMC", "B cell", "NK cell")}


def test_the_responders_of_a_plate_are_of_its_cell_type() -> None:
    cell_types = {new.responder_code: new.cell_type for new in RESPONDERS}
    for plate in demo_plates():
        used = {c.responder_code for c in plate.plate_map.layout.contents.values()} - {""}
        assert {cell_types[code] for code in used} == {plate.cell_type}


def test_each_group_has_three_donors_and_every_code_says_simulated() -> None:
    assert set(Counter(GROUP_OF.values()).values()) == {3}
    codes = [code for batch in BATCHES for code in (batch.batch_code, batch.donor_code)]
    codes += [responder.responder_code for responder in RESPONDERS]
    codes += [plate.code for plate in demo_plates()]
    assert all(code.startswith("SIM-") for code in codes)


def test_there_is_exactly_one_overflow_in_the_whole_laboratory() -> None:
    lost = [
        (plate, well)
        for plate in demo_plates()
        for well, signal in plate.run().signals.items()
        if signal.value is None
    ]
    ((plate, well),) = lost
    content = plate.plate_map.layout.contents[well]
    assert content.role is WellRole.COCULT
    twins = [
        c
        for c in _with_role(plate, WellRole.COCULT)
        if (c.batch_code, c.priming, c.dose) == (content.batch_code, content.priming, content.dose)
    ]
    assert len(twins) == 3


@PROLIFERATION
def test_the_edge_is_filled_unless_the_plate_needs_all_of_its_wells(plate: DemoPlate) -> None:
    layout = plate.plate_map.layout
    rows, columns = layout.plate_format.rows, layout.plate_format.columns
    edge = {
        well
        for well in layout.plate_format.wells()
        if well.row in {1, rows} or well.column in {1, columns}
    }
    filled = {content.well for content in layout.with_role(WellRole.EDGE_FILL)}
    assert filled == (set() if plate.code == "SIM-NK-01" else edge)
