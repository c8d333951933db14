"""NK-cell proliferation: purified NK cells with IL-2 or IL-15, with and without MSC (DOMAIN 2.3).

Activated NK cells kill MSC: a loss of suppression may be the death of the MSC.  Killing itself is
another assay.
"""

from __future__ import annotations

from typing import ClassVar

from lims_msc.assays.readouts import ALL_READOUTS, titles
from lims_msc.assays.suppression_assay import SuppressionAssay


class NKProliferation(SuppressionAssay):
    """Suppression of NK-cell proliferation."""

    key: ClassVar[str] = "nk_proliferation"
    title: ClassVar[str] = "NK-cell proliferation"
    version: ClassVar[str] = "1"
    responder_cell_types: ClassVar[tuple[str, ...]] = ("NK", "CD56bright NK", "CD56dim NK")
    known_readouts = ALL_READOUTS
    readouts = titles(known_readouts)
