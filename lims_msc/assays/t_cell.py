"""T-cell proliferation: PBMC or purified T cells, stimulated, with and without MSC (DOMAIN 2.1)."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.readouts import ALL_READOUTS, titles
from lims_msc.assays.suppression_assay import SuppressionAssay


class TCellProliferation(SuppressionAssay):
    """Suppression of T-cell proliferation."""

    key: ClassVar[str] = "t_cell_proliferation"
    title: ClassVar[str] = "T-cell proliferation"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ("PBMC", "CD3", "CD4", "CD8", "naive CD4")
    known_readouts = ALL_READOUTS
    readouts = titles(known_readouts)
