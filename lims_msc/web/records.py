"""Lists, pages and forms of registered records of every kind."""

from __future__ import annotations

from lims_msc.web.addresses import Address

ADDRESSES: tuple[Address, ...] = ()
