"""T-cell proliferation: PBMC or purified T cells, stimulated, with and without MSC (DOMAIN 2.1)."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.readouts import ACTIVATION, PROLIFERATION, titles
from lims_msc.assays.suppression_assay import SuppressionAssay
from lims_msc.assays.suppression_checks import checks_for
from lims_msc.domain.assay import Check


class TCellProliferation(SuppressionAssay):
    """Suppression of T-cell proliferation and activation."""

    key: ClassVar[str] = "t_cell_proliferation"
    title: ClassVar[str] = "T-cell proliferation"
    version: ClassVar[str] = "2"
    responder_cell_types: ClassVar[tuple[str, ...]] = ("PBMC", "CD3", "CD4", "CD8", "naive CD4")
    known_readouts = (*PROLIFERATION, *ACTIVATION)
    readouts = titles(known_readouts)
    checks: ClassVar[tuple[Check, ...]] = checks_for(known_readouts)
