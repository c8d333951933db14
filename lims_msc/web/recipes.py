"""What the page of a recipe shows besides its fields: the recipe in words, and its doses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.services import recipes
from lims_msc.services.register import Record
from lims_msc.web.state import State


def load_panel(session: Session, _lab: State, record: Record) -> Mapping[str, Any]:
    """Return the recipe in words and its steps, each dose converted where the lot allows it."""
    code = str(record.values["recipe_code"])
    return {
        "text": recipes.recipe_text(session, code),
        "steps": recipes.step_lines(session, code),
    }
