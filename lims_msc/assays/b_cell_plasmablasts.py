"""Differentiation of B cells to plasmablasts and plasma cells, with MSC (DOMAIN 2.2).

Responders are purified B cells or PBMC, 6 to 10 days with CD40L, CpG, IL-21 or T cells.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.b_cell import ANY_SIGN, B_CELLS
from lims_msc.assays.readouts import gated, of_any_sign, titles
from lims_msc.assays.suppression_assay import SuppressionAssay
from lims_msc.assays.suppression_checks import checks_for
from lims_msc.domain.assay import Check

_DIFFERENTIATION = "differentiation of B cells"


class BCellPlasmablasts(SuppressionAssay):
    """Suppression of plasmablasts and plasma cells among B cells."""

    key: ClassVar[str] = "b_cell_plasmablasts"
    title: ClassVar[str] = "B-cell plasmablasts"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = B_CELLS
    higher_means: ClassVar[str] = (
        "A higher reading means more plasmablasts or plasma cells, so suppression lowers it."
    )
    known_readouts = of_any_sign(
        (
            gated(
                "plasmablast_percent",
                "Plasmablasts (CD19+CD27++CD38++) by flow, % of B cells",
                rises_with=_DIFFERENTIATION,
            ),
            gated(
                "plasma_cell_percent",
                "Plasma cells (CD138+) by flow, % of B cells",
                rises_with=_DIFFERENTIATION,
            ),
        )
    )
    readouts = titles(known_readouts)
    notes: ClassVar[tuple[str, ...]] = (ANY_SIGN,)
    checks: ClassVar[tuple[Check, ...]] = checks_for(known_readouts, notes)
