"""Indices of division from cells counted per generation of a dye dilution (DOMAIN 2.1.1).

The same word names different indices in different programs, so every index here has the name of
its formula.  N_i is the number of cells found in generation i (0 is undivided), P_i = N_i/2^i the
number of cells at the start that became them.  How generations are told apart in a histogram is not
in here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.science.propagation import WellNumber, WellResult, defined, undefined
from lims_msc.science.quality import QualityNumber

NO_CELLS = "no cells were counted"
NO_DIVISION = "no cell has divided"


class DivisionIndex(StrEnum):
    """The six indices, named by their formula."""

    PERCENT_DIVIDED_FINAL = "pct_divided_final"
    PRECURSOR_FREQUENCY = "precursor_frequency"
    DIVISION_INDEX = "division_index"
    PROLIFERATION_INDEX_FLOWJO = "proliferation_index_flowjo"
    EXPANSION_INDEX = "expansion_index"
    REPLICATION_INDEX = "replication_index"

    @property
    def floor(self) -> float:
        """The lowest value the index can have: nothing divides, or all divide once."""
        return _FLOORS[self]


_FLOORS: Mapping[DivisionIndex, float] = {
    DivisionIndex.PERCENT_DIVIDED_FINAL: 0.0,
    DivisionIndex.PRECURSOR_FREQUENCY: 0.0,
    DivisionIndex.DIVISION_INDEX: 0.0,
    DivisionIndex.PROLIFERATION_INDEX_FLOWJO: 1.0,
    DivisionIndex.EXPANSION_INDEX: 1.0,
    # Cells that divided did so at least once, which doubled them.
    DivisionIndex.REPLICATION_INDEX: 2.0,
}


@dataclass(frozen=True, slots=True)
class DivisionIndices:
    """The six indices of one sample; each a number or the reason why there is none."""

    pct_divided_final: QualityNumber
    precursor_frequency: QualityNumber
    division_index: QualityNumber
    proliferation_index_flowjo: QualityNumber
    expansion_index: QualityNumber
    replication_index: QualityNumber

    def get(self, index: DivisionIndex) -> QualityNumber:
        """Return the index of that name."""
        found: QualityNumber = getattr(self, index.value)
        return found


def division_indices(cells_per_generation: Sequence[float]) -> DivisionIndices:
    """Return all indices from the cells in generations 0, 1, 2, …

    ::

        pct_divided_final          = 100 · Σ_{i≥1} N_i / Σ N_i           % of cells at the end
        precursor_frequency        = 100 · Σ_{i≥1} P_i / Σ P_i           % of cells at the start
        division_index             = Σ i·P_i / Σ P_i                     divisions per cell
        proliferation_index_flowjo = Σ i·P_i / Σ_{i≥1} P_i               divisions per divided cell
        expansion_index            = Σ N_i / Σ P_i                       fold of all cells
        replication_index          = Σ_{i≥1} N_i / Σ_{i≥1} P_i           fold of divided cells

    N_i cells in generation i, P_i = N_i/2^i their precursors; counts may be fractions of a fit.
    ``precursor_frequency`` is "% Divided" of FlowJo, ``expansion_index`` the "proliferation index"
    of ModFit and flowFit.  Without divided cells the two indices of divided cells do not exist.

    :raises ValueError: if a count is negative or not finite.

    Source: DOMAIN 2.1.1; Roederer 2011, doi 10.1002/cyto.a.21010; Munson 2010 (flowFit manual).
    """
    for cells in cells_per_generation:
        if not 0 <= cells < math.inf:
            raise ValueError(f"Not a number of cells: {cells!r}")
    precursors = [math.ldexp(cells, -i) for i, cells in enumerate(cells_per_generation)]
    divisions = math.fsum(i * start for i, start in enumerate(precursors))
    cells, start = math.fsum(cells_per_generation), math.fsum(precursors)
    divided, dividing = math.fsum(cells_per_generation[1:]), math.fsum(precursors[1:])
    return DivisionIndices(
        pct_divided_final=_ratio(100 * divided, cells, NO_CELLS),
        precursor_frequency=_ratio(100 * dividing, start, NO_CELLS),
        division_index=_ratio(divisions, start, NO_CELLS),
        proliferation_index_flowjo=_ratio(divisions, dividing, NO_DIVISION),
        expansion_index=_ratio(cells, start, NO_CELLS),
        replication_index=_ratio(divided, dividing, NO_DIVISION),
    )


def index_suppression(test: WellNumber, stimulated: WellNumber, index: DivisionIndex) -> WellResult:
    """Return the suppression (%) of an index of division, from its excess over its floor.

    ::

        S = 100 · (1 − (T − floor) / (P − floor))

    T index with MSC, P index of stimulated responders, each the mean of wells.  The floor is 0 for
    the percentages and the division index, 1 for ``expansion_index`` and
    ``proliferation_index_flowjo``, 2 for ``replication_index``.  Undefined where the stimulated
    responders are not above the floor.

    Source: DOMAIN 2.1.1.
    """
    window = stimulated - index.floor
    if window.value <= 0:
        return undefined(
            f"the {index} of the stimulated control is not above {index.floor:g}, its value "
            "without an effect"
        )
    return defined(100 * (1 - (test - index.floor) / window))


def _ratio(above: float, below: float, reason: str) -> QualityNumber:
    return QualityNumber(above / below) if below > 0 else QualityNumber(None, reason)
