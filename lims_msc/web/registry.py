"""The workbook of all records: template, upload with its dry run, acceptance, export."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import groupby

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.findings import Finding
from lims_msc.services import register, registry_files
from lims_msc.services.exports import ExportedFile
from lims_msc.services.registry_files import DryRun, RegistryRefused
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.addresses import Address
from lims_msc.web.state import state

MOST_SHOWN = 200


def show() -> str:
    """Show what the workbook is for, and the forms to get one and to upload one."""
    person = actor()
    return render_template(
        "lims_msc/registry.html",
        may_import=person.may(*register.WRITERS),
        may_export=person.may(*registry_files.EXPORTERS),
    )


def template() -> Response:
    """Send the empty workbook, or one with an invented record of each kind."""
    made = registry_files.template(state().registry, with_example="example" in request.args)
    return _send(made)


def export() -> Response:
    """Send all registered records; the export is recorded."""
    lab = state()
    with lab.database.unit_of_work(actor(), "all registered records exported") as session:
        made = registry_files.export_workbook(session, lab.registry, actor())
    return _send(made)


def upload() -> Response:
    """Receive a filled workbook; one with errors is shown with them and not kept."""
    lab = state()
    source = forms.uploaded_file("file")
    seen, file_id = registry_files.receive(lab.database, lab.registry, actor(), source)
    if file_id is None:
        return _page(seen, None, 422)
    return redirect(url_for("lims_msc.registry_dry_run", file_id=file_id))


def show_dry_run(file_id: int) -> Response:
    """Show what importing an upload would do; nothing is stored."""
    lab = state()
    seen = registry_files.look_again(lab.database, lab.registry, actor(), file_id)
    return _page(seen, file_id)


def accept(file_id: int) -> Response:
    """Store everything that an upload says."""
    lab = state()
    reason, version = forms.text("reason"), forms.text("version")
    try:
        seen = registry_files.accept_file(
            lab.database, lab.registry, actor(), file_id, reason=reason, version=version
        )
    except RegistryRefused as refusal:
        return _page(refusal.seen, file_id, refusal.http_status, refusal)
    new = sum(count.new for count in seen.counts)
    changed = sum(count.changed for count in seen.counts)
    flash(f"'{seen.file_name}' is stored: {new} new records, {changed} changed.")
    return redirect(url_for("lims_msc.registry"))


def _page(
    seen: DryRun, file_id: int | None, status: int = 200, refusal: RegistryRefused | None = None
) -> FlaskResponse:
    page = render_template(
        "lims_msc/registry_dry_run.html",
        seen=seen,
        file_id=file_id,
        refusal=refusal,
        groups=_by_sheet(seen.findings[:MOST_SHOWN]),
        most=MOST_SHOWN,
    )
    return make_response(page, status)


def _by_sheet(findings: Iterable[Finding]) -> Sequence[tuple[str, Sequence[Finding]]]:
    grouped = groupby(findings, key=lambda finding: finding.sheet)
    return [(sheet, list(some)) for sheet, some in grouped]


def _send(made: ExportedFile) -> Response:
    return send_file(
        io.BytesIO(made.data), made.media_type, as_attachment=True, download_name=made.file_name
    )


ADDRESSES: tuple[Address, ...] = (
    ("GET", "/registry", "registry", show),
    ("GET", "/registry/template.xlsx", "registry_template", template),
    ("POST", "/registry/export", "export_registry", export),
    ("POST", "/registry/files", "upload_registry", upload),
    ("GET", "/registry/files/<int:file_id>", "registry_dry_run", show_dry_run),
    ("POST", "/registry/files/<int:file_id>/accept", "accept_registry", accept),
)
