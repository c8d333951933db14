"""What stands in the wells of the invented plates without a direct readout: ELISA and killing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from lims_msc.demo.layouts import Cells, Material
from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress

STANDARDS_PG_PER_ML = (1000.0, 500.0, 250.0, 125.0, 62.5, 31.25, 15.625, 0.0)
CONTROL_PG_PER_ML = 200.0
DILUTION = 10.0
CULTURE = PlateConditions("pg/mL", supernatant_volume_ml=0.2, culture_hours=72.0)
EFFECTORS_PER_TARGET = (20.0, 10.0, 5.0, 2.5)
TARGETS_PER_WELL = 10_000


def elisa_96(
    cells: Cells, materials: Sequence[Material], responders_per_msc: Sequence[int]
) -> PlateLayout:
    """Return an ELISA of supernatants: standards in columns 1 and 2, samples in duplicate wells.

    Each culture was set up twice; its two supernatants are samples of their own.
    """
    contents = [
        WellContent(
            WellAddress(row, column),
            WellRole.STD,
            standard_concentration=STANDARDS_PG_PER_ML[row - 1],
        )
        for row in range(1, 9)
        for column in (1, 2)
    ]
    cultures = [*_cultures(cells, materials, responders_per_msc)]
    free = (WellAddress(row, column) for column in range(3, 13, 2) for row in range(1, 9))
    number = count(1)
    for well, (role, material, dose) in zip(free, cultures, strict=False):
        sample = _sample(well, f"SIM-SN-{next(number):02}", role, cells, material, dose=dose)
        contents += _twice(sample)
    control = WellContent(
        next(free),
        WellRole.QC,
        sample_code="SIM-QC",
        dilution_factor=1.0,
        standard_concentration=CONTROL_PG_PER_ML,
    )
    return PlateLayout.of(PlateFormat.WELLS_96, [*contents, *_twice(control)], CULTURE)


def killing_96(cells: Cells, materials: Sequence[Material], dose: Dose) -> PlateLayout:
    """Return a killing assay: effectors without MSC, and with each batch, at four E:T ratios.

    Targets alone stand in column 11, lysed targets at the foot of the plate.
    """
    populations: list[Material | None] = [None, *materials]
    triplets = [
        [WellAddress(row, column + place) for place in range(3)]
        for row in range(2, 8)
        for column in (2, 5, 8)
    ]
    contents: list[WellContent] = []
    tests = [(population, ratio) for population in populations for ratio in EFFECTORS_PER_TARGET]
    for wells, (population, ratio) in zip(triplets, tests, strict=False):
        contents += (_killing(well, cells, population, ratio, dose) for well in wells)
    contents += [
        WellContent(well, WellRole.TGT_MAX) for wells in triplets[len(tests) :] for well in wells
    ]
    contents += [WellContent(WellAddress(row, 11), WellRole.TGT_SPONT) for row in range(2, 8)]
    return PlateLayout.of(PlateFormat.WELLS_96, contents)


def _cultures(
    cells: Cells, materials: Sequence[Material], responders_per_msc: Sequence[int]
) -> Iterator[tuple[WellRole, Material | None, Dose | None]]:
    """Yield the cultures, each twice: controls first, then every batch at every dose."""
    yield from [(WellRole.RESP_STIM, None, None)] * 4
    yield from [(WellRole.RESP_UNSTIM, None, None)] * 2
    for material in materials:
        doses = [
            Dose.from_cells(
                msc_cells=cells.cells_per_well // responders, responder_cells=cells.cells_per_well
            )
            for responders in responders_per_msc
        ]
        yield WellRole.MSC_ALONE, material, doses[0]
        for dose in doses:
            yield from [(WellRole.COCULT, material, dose)] * 2


def _sample(
    well: WellAddress,
    code: str,
    role: WellRole,
    cells: Cells,
    material: Material | None,
    *,
    dose: Dose | None,
) -> WellContent:
    has_cells = role is not WellRole.MSC_ALONE
    is_stimulated = role in {WellRole.RESP_STIM, WellRole.COCULT}
    return WellContent(
        well,
        WellRole.SAMPLE,
        batch_code=material.batch_code if material else "",
        priming=material.priming if material else "",
        responder_code=cells.responder_code if has_cells else "",
        stimulus=cells.stimulus if is_stimulated else "",
        dose=dose,
        msc_cells_per_well=int(dose.msc_cells) if dose else None,
        responder_cells_per_well=cells.cells_per_well,
        sample_code=code,
        sample_of=role,
        dilution_factor=DILUTION,
    )


def _twice(content: WellContent) -> Iterable[WellContent]:
    """Return the content in its well and in the one to the right."""
    beside = WellAddress(content.well.row, content.well.column + 1)
    return (content, replace(content, well=beside))


def _killing(
    well: WellAddress, cells: Cells, material: Material | None, ratio: float, dose: Dose
) -> WellContent:
    return WellContent(
        well,
        WellRole.E_T,
        batch_code=material.batch_code if material else "",
        priming=material.priming if material else "",
        responder_code=cells.responder_code,
        stimulus=cells.stimulus,
        dose=dose if material else None,
        responder_cells_per_well=int(ratio * TARGETS_PER_WELL),
        effectors_per_target=ratio,
    )
