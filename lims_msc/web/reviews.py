"""One step of a review."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.review import ReviewAction
from lims_msc.errors import InputError
from lims_msc.services import queries, reviews
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.state import state


def take(analysis_id: int) -> Response:
    """Take the step that the form names, and go back to the page it came from."""
    lab = state()
    try:
        action = ReviewAction(forms.text("action"))
    except ValueError as error:
        raise InputError(f"'{forms.text('action')}' is no step of a review.") from error
    reason = forms.text("reason")
    with lab.database.unit_of_work(actor(), reason or f"{action} on the page") as session:
        after = reviews.take(
            session, actor(), analysis_id, action, reason=reason, seen_state=forms.text("state")
        )
    flash(f"The analysis is now {after}.")
    curve_id = forms.whole_number("curve_id")
    if curve_id is not None:
        return redirect(url_for("lims_msc.curve", curve_id=curve_id))
    with lab.database.reading() as session:
        plate_id = queries.analysis(session, lab.registry, actor(), analysis_id).plate_id
    return redirect(url_for("lims_msc.plate", plate_id=plate_id))
