"""Panels that pages of some kinds of records have besides facts, children and history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.services.register import Record
from lims_msc.web import donor_panels, lineage, recipes, stock_panel
from lims_msc.web.state import State


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page of a record: its template, and what loads the template's values."""

    template: str
    load: Callable[[Session, State, Record], Mapping[str, Any]]


_LINEAGE = Panel("lims_msc/lineage_panel.html", lineage.load_panel)

PANELS: Mapping[str, tuple[Panel, ...]] = {
    "donor": (Panel("lims_msc/donor_panel.html", donor_panels.load_donor), _LINEAGE),
    "collection": (Panel("lims_msc/collection_panel.html", donor_panels.load_collection), _LINEAGE),
    "responder": (Panel("lims_msc/stock_panel.html", stock_panel.load_panel), _LINEAGE),
    "recipe": (Panel("lims_msc/recipe_panel.html", recipes.load_panel),),
}
"""The panels of each kind of records, by its key, in the order of the page."""
