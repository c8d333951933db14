"""The workbook of all records: template, dry run, import, export."""

from __future__ import annotations

from lims_msc.web.addresses import Address

ADDRESSES: tuple[Address, ...] = ()
