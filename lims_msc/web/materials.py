"""Batches with their donors, and responders: lists and the forms that register them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lims_msc.services import materials
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.state import state


def show() -> str:
    """Show all batches and responders, and the forms for new ones."""
    with state().database.reading() as session:
        return render_template(
            "lims_msc/materials.html",
            batches=materials.batch_records(session),
            responders=materials.responder_records(session),
            sexes=materials.SEXES,
            tissues=materials.TISSUES,
            health_statuses=materials.HEALTH_STATUSES,
            cell_types=materials.RESPONDER_CELL_TYPES,
        )


def register_batch() -> Response:
    """Register a batch from the form."""
    new = materials.NewBatch(
        batch_code=forms.text("batch_code"),
        donor_code=forms.text("donor_code"),
        sex=forms.text("sex"),
        tissue=forms.text("tissue"),
        health_status=forms.text("health_status"),
        diagnosis=forms.text("diagnosis"),
        collected_on=forms.day("collected_on"),
        age_at_collection_years=forms.decimal_number("age_at_collection_years"),
        passage=forms.whole_number("passage"),
        medium=forms.text("medium"),
    )
    with state().database.unit_of_work(actor(), "batch registered") as session:
        materials.register_batch(session, actor(), new)
    flash(f"The batch {new.batch_code} is registered.")
    return redirect(url_for("lims_msc.materials"))


def register_responder() -> Response:
    """Register a responder from the form."""
    new = materials.NewResponder(
        responder_code=forms.text("responder_code"),
        cell_type=forms.text("cell_type"),
        donor_code=forms.text("donor_code"),
        pool_size=forms.whole_number("pool_size") or 1,
    )
    with state().database.unit_of_work(actor(), "responder registered") as session:
        materials.register_responder(session, actor(), new)
    flash(f"The responder {new.responder_code} is registered.")
    return redirect(url_for("lims_msc.materials"))
