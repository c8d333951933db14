"""Studies: the list, the form for a new one, and the page of one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.actor import Role
from lims_msc.domain.findings import errors_among
from lims_msc.services import export_checks, queries, studies, value_pages
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.state import state


def show_all() -> str:
    """Show all studies."""
    with state().database.reading() as session:
        return render_template("lims_msc/studies.html", studies=queries.studies(session))


def open_new() -> Response:
    """Open a study from the form."""
    with state().database.unit_of_work(actor(), "study opened") as session:
        number = studies.open_study(
            session, actor(), code=forms.text("code"), title=forms.text("title")
        )
    flash("The study is open. Next: download the plate-map template.")
    return redirect(url_for("lims_msc.study", study_id=number))


def show(study_id: int) -> str:
    """Show a study: its plates, its results, and its export."""
    lab = state()
    with lab.database.reading() as session:
        study = queries.study(session, lab.registry, study_id)
        checks = export_checks.study_findings(session, study_id)
        return render_template(
            "lims_msc/study.html",
            study=study,
            groups=value_pages.group_values(study.values),
            checks=checks,
            is_held_back=bool(errors_among(checks)),
            may_export=actor().may(Role.REVIEWER, Role.DATA_MANAGER),
        )
