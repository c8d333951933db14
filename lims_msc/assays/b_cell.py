"""B-cell proliferation: purified B cells or PBMC with a B-cell stimulus, with MSC (DOMAIN 2.2).

MSC may support B cells: suppression below zero is an answer here as everywhere.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.readouts import ALL_READOUTS, titles
from lims_msc.assays.suppression_assay import SuppressionAssay


class BCellProliferation(SuppressionAssay):
    """Suppression of B-cell proliferation."""

    key: ClassVar[str] = "b_cell_proliferation"
    title: ClassVar[str] = "B-cell proliferation"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ("CD19", "CD20", "PBMC")
    known_readouts = ALL_READOUTS
    readouts = titles(known_readouts)
