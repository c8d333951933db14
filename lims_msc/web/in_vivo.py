"""Potency in the dish beside the effect in vivo."""

from __future__ import annotations

from lims_msc.web.addresses import Address

ADDRESSES: tuple[Address, ...] = ()
