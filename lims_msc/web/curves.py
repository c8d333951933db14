"""Curves: the list, the page of one, and the numbers behind its chart."""

from __future__ import annotations

from flask import Response, jsonify, render_template

from lims_msc.services import curve_pages, queries
from lims_msc.web.access import actor
from lims_msc.web.state import state


def show_all() -> str:
    """Show the headline curve of every current analysis."""
    lab = state()
    with lab.database.reading() as session:
        return render_template(
            "lims_msc/curves.html", curves=queries.all_curves(session, lab.registry)
        )


def show(curve_id: int) -> str:
    """Show a curve with its summaries, its points, its controls and its review."""
    lab = state()
    with lab.database.reading() as session:
        page = curve_pages.curve_page(session, lab.registry, actor(), curve_id)
        return render_template("lims_msc/curve.html", page=page)


def chart(curve_id: int) -> Response:
    """Return the points, lines and places of a curve's chart."""
    lab = state()
    with lab.database.reading() as session:
        return jsonify(curve_pages.chart(session, lab.registry, curve_id))
