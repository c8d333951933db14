"""NK-cell proliferation: purified NK cells with IL-2 or IL-15, with and without MSC (DOMAIN 2.3).

Killing itself is another assay.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.readouts import PROLIFERATION, titles
from lims_msc.assays.suppression_assay import SuppressionAssay
from lims_msc.assays.suppression_checks import checks_for
from lims_msc.domain.assay import Check

NK_CELLS: tuple[str, ...] = ("NK", "CD56bright NK", "CD56dim NK")
_KILLING = (
    "NK cells that IL-2 or IL-15 activated kill MSC: a loss of suppression may be the death of the "
    "MSC. Look at them."
)
_SUBSETS = "CD56dim and CD56bright NK cells respond differently: report them separately."


class NKProliferation(SuppressionAssay):
    """Suppression of NK-cell proliferation."""

    key: ClassVar[str] = "nk_proliferation"
    title: ClassVar[str] = "NK-cell proliferation"
    version: ClassVar[str] = "2"
    responder_cell_types: ClassVar[tuple[str, ...]] = NK_CELLS
    known_readouts = PROLIFERATION
    readouts = titles(known_readouts)
    notes: ClassVar[tuple[str, ...]] = (_KILLING, _SUBSETS)
    checks: ClassVar[tuple[Check, ...]] = checks_for(known_readouts, notes)
