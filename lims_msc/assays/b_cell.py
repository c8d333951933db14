"""B-cell proliferation: purified B cells or PBMC with a B-cell stimulus, with MSC (DOMAIN 2.2).

MSC may support B cells: suppression below zero is an answer here as everywhere.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.readouts import PROLIFERATION, of_any_sign, titles
from lims_msc.assays.suppression_assay import SuppressionAssay
from lims_msc.assays.suppression_checks import checks_for
from lims_msc.domain.assay import Check

B_CELLS: tuple[str, ...] = ("CD19", "CD20", "PBMC")
ANY_SIGN = (
    "MSC suppress or support B cells, depending on stimulus and contact: no sign is wrong here."
)


class BCellProliferation(SuppressionAssay):
    """Suppression of B-cell proliferation."""

    key: ClassVar[str] = "b_cell_proliferation"
    title: ClassVar[str] = "B-cell proliferation"
    version: ClassVar[str] = "2"
    responder_cell_types: ClassVar[tuple[str, ...]] = B_CELLS
    known_readouts = of_any_sign(PROLIFERATION)
    readouts = titles(known_readouts)
    notes: ClassVar[tuple[str, ...]] = (ANY_SIGN,)
    checks: ClassVar[tuple[Check, ...]] = checks_for(known_readouts, notes)
