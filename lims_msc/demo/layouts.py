"""What stands in the wells of the invented plates: three plans, each filled with batches.

Doses are written as viable cells per well, responders constant, MSC varied; every plan has two
sets of stimulated controls far from each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lims_msc.domain.dose import Dose
from lims_msc.domain.layout import PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, WellAddress

DRUG = "ciclosporin 0.5 µg/mL"


@dataclass(frozen=True, slots=True)
class Cells:
    """The responders of a plate: which, how many a well, and what activates them."""

    responder_code: str
    cells_per_well: int
    stimulus: str


@dataclass(frozen=True, slots=True)
class Material:
    """One curve of a plate: a batch and how it was conditioned."""

    batch_code: str
    priming: str


def inner_96(
    cells: Cells, curves: Sequence[Material], responders_per_msc: Sequence[int]
) -> PlateLayout:
    """Return 96 wells of which the inner 60 are used: up to three curves of five doses.

    ::

          2  3  4 | 5  6  7 | 8  9 10 | 11
        B   1:2   |   1:2   |   1:2   | drug
        …   …     |   …     |   …     | drug
        G   P     |   N     |  blank  | P in E11, F11, G11
    """
    contents: list[WellContent] = []
    for number, material in enumerate(curves):
        for line, responders in enumerate(responders_per_msc):
            wells = _line(row=2 + line, first_column=2 + 3 * number, count=3)
            contents += _cocultures(wells, material, cells, responders)
    right = [WellAddress(row, 11) for row in range(2, 8)]
    contents += _controls(
        cells,
        stimulated=[*_line(7, 2, 3), *right[3:]],
        unstimulated=_line(7, 5, 3),
        blank=_line(7, 8, 3),
        drug=right[:3],
    )
    return _with_filled_edge(PlateFormat.WELLS_96, contents)


def all_96(
    cells: Cells, curves: Sequence[Material], responders_per_msc: Sequence[int]
) -> PlateLayout:
    """Return 96 wells with up to three curves and the background of each dose, edge included.

    Each dose takes five wells of a row: three with the stimulus, two without.  The controls stand
    in columns 11 and 12, a second set of stimulated ones in H6 to H8.
    """
    contents: list[WellContent] = []
    doses = [(material, responders) for material in curves for responders in responders_per_msc]
    for number, (material, responders) in enumerate(doses):
        row, first_column = 1 + number // 2, 1 + 5 * (number % 2)
        tested = _line(row, first_column, 3)
        resting = _line(row, first_column + 3, 2)
        contents += _cocultures(tested, material, cells, responders)
        contents += _cocultures(resting, material, cells, responders, is_stimulated=False)
    columns = {column: [WellAddress(row, column) for row in range(1, 7)] for column in (11, 12)}
    contents += _controls(
        cells,
        stimulated=[*columns[12][:3], *_line(8, 6, 3)],
        unstimulated=columns[12][3:],
        blank=columns[11][:3],
        drug=columns[11][3:],
    )
    return PlateLayout.of(PlateFormat.WELLS_96, contents)


def inner_384(
    cells: Cells,
    curves: Sequence[Material],
    responders_per_msc: Sequence[int],
    *,
    with_background: bool,
) -> PlateLayout:
    """Return 384 wells of which the inner 308 are used, one curve a block of three columns.

    Without background wells the second half of the curves stands below the first one; with them
    each block has the same doses without the stimulus below those with it.  Controls stand in the
    rows N and O.
    """
    contents: list[WellContent] = []
    height = len(responders_per_msc)
    blocks = len(curves) if with_background else (len(curves) + 1) // 2
    for number, material in enumerate(curves):
        band, block = divmod(number, blocks)
        for line, responders in enumerate(responders_per_msc):
            tested = _line(2 + band * height + line, 2 + 3 * block, 3)
            contents += _cocultures(tested, material, cells, responders)
            if with_background:
                resting = _line(2 + height + line, 2 + 3 * block, 3)
                contents += _cocultures(resting, material, cells, responders, is_stimulated=False)
    contents += _controls(
        cells,
        stimulated=[*_line(14, 2, 3), *_line(15, 2, 3), *_line(14, 21, 3), *_line(15, 21, 3)],
        unstimulated=_line(14, 8, 6),
        blank=_line(15, 8, 6),
        drug=_line(15, 16, 3),
    )
    return _with_filled_edge(PlateFormat.WELLS_384, contents)


def _cocultures(
    wells: Iterable[WellAddress],
    material: Material,
    cells: Cells,
    responders_per_msc: int,
    *,
    is_stimulated: bool = True,
) -> Iterator[WellContent]:
    msc_cells = cells.cells_per_well // responders_per_msc
    dose = Dose.from_cells(msc_cells=msc_cells, responder_cells=cells.cells_per_well)
    for well in wells:
        yield WellContent(
            well=well,
            role=WellRole.COCULT if is_stimulated else WellRole.COCULT_UNSTIM,
            batch_code=material.batch_code,
            priming=material.priming,
            responder_code=cells.responder_code,
            stimulus=cells.stimulus if is_stimulated else "",
            dose=dose,
            msc_cells_per_well=msc_cells,
            responder_cells_per_well=cells.cells_per_well,
        )


def _controls(
    cells: Cells,
    *,
    stimulated: Iterable[WellAddress],
    unstimulated: Iterable[WellAddress],
    blank: Iterable[WellAddress],
    drug: Iterable[WellAddress],
) -> Iterator[WellContent]:
    for role, wells in (
        (WellRole.RESP_STIM, stimulated),
        (WellRole.RESP_UNSTIM, unstimulated),
        (WellRole.POS_SUPPR, drug),
    ):
        for well in wells:
            yield WellContent(
                well=well,
                role=role,
                responder_code=cells.responder_code,
                stimulus="" if role is WellRole.RESP_UNSTIM else cells.stimulus,
                treatment=DRUG if role is WellRole.POS_SUPPR else "",
                responder_cells_per_well=cells.cells_per_well,
            )
    for well in blank:
        yield WellContent(well=well, role=WellRole.BLANK)


def _with_filled_edge(plate_format: PlateFormat, contents: Iterable[WellContent]) -> PlateLayout:
    edge = (
        WellContent(well=well, role=WellRole.EDGE_FILL)
        for well in plate_format.wells()
        if well.row in {1, plate_format.rows} or well.column in {1, plate_format.columns}
    )
    return PlateLayout.of(plate_format, [*edge, *contents])


def _line(row: int, first_column: int, count: int) -> list[WellAddress]:
    return [WellAddress(row, column) for column in range(first_column, first_column + count)]
