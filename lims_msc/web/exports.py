"""Files that leave: the publication pack of a study, and the tables of a plate."""

from __future__ import annotations

import io

from flask import send_file
from werkzeug.wrappers import Response

from lims_msc.services.exports import ExportedFile, export_study, table_of_plate
from lims_msc.web.access import actor
from lims_msc.web.state import state


def study(study_id: int, key: str) -> Response:
    """Send an approved study in one format; the export is recorded."""
    lab = state()
    with lab.database.unit_of_work(actor(), f"exported as {key}") as session:
        exported = export_study(session, lab.registry, actor(), study_id, key)
    return _send(exported)


def plate_table(plate_id: int, key: str) -> Response:
    """Send a table of one plate."""
    actor()
    with state().database.reading() as session:
        return _send(table_of_plate(session, state().registry, plate_id, key))


def _send(exported: ExportedFile) -> Response:
    return send_file(
        io.BytesIO(exported.data),
        exported.media_type,
        as_attachment=True,
        download_name=exported.file_name,
    )
