"""Release of batches: verdicts by rule sets, and decisions."""

from __future__ import annotations

from lims_msc.web.addresses import Address

ADDRESSES: tuple[Address, ...] = ()
