"""The list of results that are no curve."""

from __future__ import annotations

from flask import render_template

from lims_msc.services import queries, value_pages
from lims_msc.web.state import state


def show_all() -> str:
    """Show the values of every current analysis, by quantity."""
    lab = state()
    with lab.database.reading() as session:
        lines = queries.all_values(session, lab.registry)
    return render_template("lims_msc/values.html", groups=value_pages.group_values(lines))
