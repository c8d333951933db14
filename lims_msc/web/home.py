"""The first page, the audit trail, and the state of the installation."""

from __future__ import annotations

from flask import render_template, request

from lims_msc.domain.review import ReviewState
from lims_msc.services import queries
from lims_msc.services.audit_trail import first_broken_row
from lims_msc.version import __version__
from lims_msc.web.access import actor
from lims_msc.web.state import state


def show() -> str:
    """Show what waits: plates for their file, curves for review, work that came back."""
    lab = state()
    person = actor()
    sees_trail = person.may(*queries.AUDIT_READERS)
    with lab.database.reading() as session:
        return render_template(
            "lims_msc/home.html",
            waiting=queries.waiting_for_file(session, lab.registry),
            drafts=queries.in_state(session, lab.registry, ReviewState.DRAFT, ReviewState.RETURNED),
            submitted=queries.in_state(session, lab.registry, ReviewState.SUBMITTED),
            studies=queries.studies(session),
            changes=queries.audit_rows(session, person, most=8) if sees_trail else (),
        )


def audit() -> str:
    """Show the audit trail, newest first, and whether its chain is whole."""
    before = request.args.get("before", "")
    with state().database.reading() as session:
        rows = queries.audit_rows(
            session, actor(), before=int(before) if before.isdigit() else None, most=100
        )
        broken = first_broken_row(session)
        return render_template("lims_msc/audit.html", rows=rows, broken=broken)


def status() -> str:
    """Show the version, the plugins that loaded, and those that did not."""
    return render_template("lims_msc/status.html", registry=state().registry, version=__version__)
