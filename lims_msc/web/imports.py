"""Uploads of reader files: receive, preview, accept; the stored file and any cell of it."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.findings import errors_among
from lims_msc.errors import AmbiguousFormat, ChoiceNeeded
from lims_msc.services import imports, plate_pages, source_cells, source_files
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.state import state


def upload(plate_id: int) -> Response:
    """Receive a reader file for a plate and show its preview."""
    lab = state()
    source = forms.uploaded_file("file")
    file_id = imports.receive(lab.database, lab.registry, actor(), plate_id, source)
    return redirect(url_for("lims_msc.preview", plate_id=plate_id, file_id=file_id))


def show_preview(plate_id: int, file_id: int) -> str:
    """Show what accepting the file would store; ask where the file leaves a choice."""
    lab = state()
    try:
        seen = imports.preview(lab.database, lab.registry, plate_id, file_id, forms.choices())
    except ChoiceNeeded as question:
        return _ask_for_blocks(question, plate_id, file_id)
    except AmbiguousFormat as question:
        keys = [f.code.removeprefix("importer.") for f in question.findings]
        known = {key: lab.registry.importers[key] for key in keys if key in lab.registry.importers}
        return render_template(
            "lims_msc/choose_importer.html", question=question, importers=known, plate_id=plate_id
        )
    return render_template(
        "lims_msc/preview.html",
        seen=seen,
        grid=plate_pages.grid(seen.layout, seen.signals),
        errors=errors_among(seen.findings),
    )


def _ask_for_blocks(question: ChoiceNeeded, plate_id: int, file_id: int) -> str:
    offered = [f for f in question.findings if f.code.startswith("option.")]
    options = [(*f.code.split(".", 2)[1:], f) for f in offered]
    return render_template(
        "lims_msc/choose_blocks.html",
        question=question,
        importer_key=options[0][0],
        options=[(key, finding) for _, key, finding in options],
        plate_id=plate_id,
        file_id=file_id,
    )


def accept(plate_id: int, file_id: int) -> Response:
    """Store the readings and compute the results."""
    lab = state()
    imports.accept(lab.database, lab.registry, actor(), plate_id, file_id, choices=forms.choices())
    flash("The readings are stored and the results computed. Next: look at them and submit.")
    return redirect(url_for("lims_msc.plate", plate_id=plate_id))


def download(file_id: int) -> Response:
    """Send a stored file exactly as it was uploaded."""
    actor()
    with state().database.reading() as session:
        source = source_files.load(session, file_id)
    # Never as what it claims to be: a browser must not run what a stranger uploaded.
    return send_file(
        io.BytesIO(source.data),
        "application/octet-stream",
        as_attachment=True,
        download_name=source.file_name,
    )


def show_cell(file_id: int) -> str:
    """Show a cell of a stored file among its neighbours."""
    lab = state()
    window = source_cells.window(
        lab.database,
        lab.registry,
        file_id,
        sheet=request.args.get("sheet", ""),
        cell=request.args.get("cell", ""),
    )
    is_part = request.headers.get("X-Requested-With") == "lims-msc"
    name = "source_cell_part.html" if is_part else "source_cell.html"
    return render_template(f"lims_msc/{name}", window=window)
