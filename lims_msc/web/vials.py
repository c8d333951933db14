"""Vials: stock, taking, labels, and the page that a scanned label opens."""

from __future__ import annotations

from lims_msc.web.addresses import Address

ADDRESSES: tuple[Address, ...] = ()
