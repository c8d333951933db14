"""The drawing of where a batch comes from and what came of it."""

from __future__ import annotations

from lims_msc.web.addresses import Address

ADDRESSES: tuple[Address, ...] = ()
