"""The wells that a method says it reads, such as ``A1-B12;C1-C9`` or ``A1..C12``.

Wells outside of it are empty on purpose; an empty well inside of it was not measured.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace

from lims_msc.domain.plate import WellAddress
from lims_msc.errors import InputError

from .plate_grid import Block

_PART = re.compile(r"([A-Za-z]{1,2}[0-9]{1,2})(?: ?(?:-|–|\.\.|:) ?([A-Za-z]{1,2}[0-9]{1,2}))?")


def wells_named(text: str) -> frozenset[WellAddress]:
    """Return the wells of a region; empty if the text is not one, such as ``Full Plate``.

    A part of two wells is the rectangle between them.
    """
    wells: set[WellAddress] = set()
    for part in filter(None, (p.strip() for p in re.split("[;,]", text))):
        found = _PART.fullmatch(part)
        if found is None:
            return frozenset()
        try:
            first = WellAddress.parse(found[1])
            last = WellAddress.parse(found[2] or found[1])
        except InputError:
            return frozenset()
        wells |= {
            WellAddress(row, column)
            for row in range(first.row, last.row + 1)
            for column in range(first.column, last.column + 1)
        }
    return frozenset(wells)


def within(block: Block, region: AbstractSet[WellAddress]) -> Block:
    """Return a block without the empty wells outside a region; no region leaves it as it is."""
    if not region:
        return block
    kept = {well for well, _, _ in block.filled()} | set(region)
    return replace(block, places={w: p for w, p in block.places.items() if w in kept})
