"""Plates: the plate-map template, its upload, and the page of a plate."""

from __future__ import annotations

import io

from flask import flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.plate import PlateFormat
from lims_msc.errors import InputError
from lims_msc.services import (
    plate_maps,
    plate_pages,
    queries,
    standard_curve_pages,
    value_pages,
)
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.state import state


def template() -> Response:
    """Send the plate-map template for the plate format asked for."""
    lab = state()
    wells = request.args.get("wells", "96")
    try:
        plate_format = PlateFormat(int(wells))
    except ValueError as error:
        sizes = ", ".join(str(size.value) for size in PlateFormat)
        raise InputError(f"'{wells}' is not a plate format.", hint=f"One of {sizes}.") from error
    with lab.database.reading() as session:
        data = plate_maps.template(session, lab.registry, plate_format)
    name = f"plate-map-{plate_format.value}.xlsx"
    media_type = lab.registry.plate_map_template.media_type
    return send_file(io.BytesIO(data), media_type, as_attachment=True, download_name=name)


def upload_map() -> Response:
    """Register the plate that an uploaded plate map describes."""
    lab = state()
    source = forms.uploaded_file("file")
    plate_id = plate_maps.register_plate(lab.database, lab.registry, actor(), source)
    flash("The plate is registered. Next: upload the file of the reader.")
    return redirect(url_for("lims_msc.plate", plate_id=plate_id))


def show(plate_id: int) -> str:
    """Show a plate: its layout, its readings, its results, or the upload that is missing."""
    lab = state()
    with lab.database.reading() as session:
        page = plate_pages.plate_page(session, lab.registry, plate_id)
        results: dict[str, object] = {}
        if (analysis_id := page.line.analysis_id) is not None:
            lines = queries.values_of_analysis(session, lab.registry, analysis_id)
            signals = value_pages.signals_of_analysis(session, analysis_id)
            results = {
                "analysis": queries.analysis(session, lab.registry, actor(), analysis_id),
                "curves": queries.curves_of_analysis(session, lab.registry, analysis_id),
                "groups": value_pages.group_values(lines, signals),
                "standard_curves": standard_curve_pages.standard_curves(session, analysis_id),
            }
        return render_template("lims_msc/plate.html", page=page, **results)


def standard_charts(plate_id: int) -> Response:
    """Return the points, lines and limits of the charts of a plate's standard curves."""
    actor()
    with state().database.reading() as session:
        return jsonify(standard_curve_pages.charts(session, plate_id))
