"""What the page of responders shows of their vials: how many there are, and the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.services import stock
from lims_msc.services.register import Record
from lims_msc.web.state import State


def load_panel(session: Session, _lab: State, record: Record) -> Mapping[str, Any]:
    """Return the code of the responder and its vials, counted by state."""
    code = record.name
    return {"code": code, "stock": stock.stock_of(session, record.kind.key, [code])[code]}
