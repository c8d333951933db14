"""The page of a batch, and uploads of cell counters: receive, preview, accept chosen samples."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.cell_counts import CellCount
from lims_msc.domain.count_reads import Quantity
from lims_msc.domain.findings import errors_among
from lims_msc.domain.grouped_numbers import grouped_text
from lims_msc.errors import AmbiguousFormat
from lims_msc.services import batch_pages, cell_counts
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.state import state


def show(code: str) -> str:
    """Show all that is known of a batch, and the upload for another count."""
    lab = state()
    with lab.database.reading() as session:
        page = batch_pages.batch_page(session, lab.registry, code)
    shown = _quantities(line.count for line in page.counts)
    return render_template(
        "lims_msc/batch.html", page=page, quantities=shown, grouped_text=grouped_text
    )


def upload(code: str) -> Response:
    """Receive the file of a cell counter for a batch and show its preview."""
    lab = state()
    source = forms.uploaded_file("file")
    file_id = cell_counts.receive(lab.database, lab.registry, actor(), code, source)
    return redirect(url_for("lims_msc.count_preview", code=code, file_id=file_id))


def show_preview(code: str, file_id: int) -> str:
    """Show the samples of an upload and let the person tick those of the batch."""
    lab = state()
    importer_key = request.args.get("importer", "")
    try:
        seen = cell_counts.preview(lab.database, lab.registry, code, file_id, importer_key)
    except AmbiguousFormat as question:
        keys = [f.code.removeprefix("importer.") for f in question.findings]
        known = {key: lab.registry.importers[key] for key in keys if key in lab.registry.importers}
        return render_template(
            "lims_msc/choose_importer.html", question=question, importers=known, batch_code=code
        )
    return render_template(
        "lims_msc/count_preview.html",
        seen=seen,
        quantities=_quantities(choice.count for choice in seen.choices),
        errors=errors_among(seen.findings),
    )


def accept(code: str, file_id: int) -> Response:
    """Store the counts of the ticked samples."""
    lab = state()
    samples = request.form.getlist("sample")
    stored = cell_counts.accept(
        lab.database,
        lab.registry,
        actor(),
        code,
        file_id,
        samples=samples,
        importer_key=forms.text("importer"),
        passage=forms.whole_number("passage"),
    )
    flash(f"{len(stored)} {'count is' if len(stored) == 1 else 'counts are'} stored.")
    return redirect(url_for("lims_msc.batch", code=code))


def _quantities(counts: Iterable[CellCount]) -> tuple[Quantity, ...]:
    """Return the quantities that a table of counts shows; few counters give a circularity."""
    has_circularity = any(count.mean_circularity.source for count in counts)
    return tuple(q for q in Quantity if has_circularity or q is not Quantity.CIRCULARITY)
