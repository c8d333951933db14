"""Pages of registered records of every kind: lists, the page of a record, forms, and finding."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lims_msc.domain.labels import code_of_scan
from lims_msc.domain.records.kinds import kind_of
from lims_msc.errors import Conflict, InputError
from lims_msc.services import record_lists, record_pages, register
from lims_msc.services.register import WRITERS
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.addresses import Address
from lims_msc.web.panels import PANELS
from lims_msc.web.record_addresses import code_url, owner_url, record_url
from lims_msc.web.record_forms import RecordForm
from lims_msc.web.record_listing import ListPage, list_query
from lims_msc.web.state import state

Page = str | tuple[str, int]


def show_all(kind_key: str) -> str:
    """Show one page of the list of a kind, as the address sorts and narrows it."""
    kind = kind_of(kind_key)
    with state().database.reading() as session:
        found = record_lists.record_list(session, kind, list_query(request.args))
    return render_template("lims_msc/records.html", page=ListPage(found))


def show(kind_key: str, record_id: int) -> str:
    """Show a record with what belongs to it, its panels, and its history."""
    lab = state()
    with lab.database.reading() as session:
        found = register.record(session, kind_key, record_id)
        panels = [(panel, panel.load(session, lab, found)) for panel in PANELS.get(kind_key, ())]
        return render_template(
            "lims_msc/record.html",
            record=found,
            groups=record_pages.children(session, found),
            history=record_pages.history(session, found),
            panels=panels,
        )


def show_of_code(kind_key: str, code: str) -> Response:
    """Lead to the page of the record of a kind with this code."""
    with state().database.reading() as session:
        found = register.record_by_code(session, kind_key, code)
    return redirect(url_for("lims_msc.record", kind_key=found.kind.key, record_id=found.record_id))


def new(kind_key: str) -> str:
    """Show the form for a new record; fields that the address names are filled in."""
    actor().require(*WRITERS, action="register records")
    kind = kind_of(kind_key)
    with state().database.reading() as session:
        return _page(RecordForm.of_address(session, kind, request.args))


def create(kind_key: str) -> Page | Response:
    """Register a record from its form; on refusal show the form again with what was typed."""
    kind = kind_of(kind_key)
    lab = state()
    with lab.database.reading() as session:
        form = RecordForm.of_post(session, kind, request.form)
        if form.errors:
            return _page(form), 422
    try:
        with lab.database.unit_of_work(actor(), f"{kind.noun} registered") as session:
            number = register.create(session, actor(), form.entry)
            found = register.record(session, kind_key, number)
    except (InputError, Conflict) as refusal:
        return _page(form.refused(refusal)), refusal.http_status
    _say(f"The {kind.noun} {found.name} is registered.", form)
    has_page = kind.code_field is not None
    return redirect(
        record_url(kind_key, number, found.values) if has_page else owner_url(kind, found.values)
    )


def edit(kind_key: str, record_id: int) -> str:
    """Show the form with the values of a record."""
    actor().require(*WRITERS, action="change records")
    with state().database.reading() as session:
        return _page(RecordForm.of_record(session, register.record(session, kind_key, record_id)))


def amend(kind_key: str, record_id: int) -> Page | Response:
    """Change a record from its form, for a reason; on refusal show the form again."""
    with state().database.reading() as session:
        known = register.record(session, kind_key, record_id)
        form = RecordForm.of_post(session, known.kind, request.form, known)
        if form.errors:
            return _page(form), 422
    values, version = form.entry.values, forms.text("version")
    try:
        with state().database.unit_of_work(actor(), forms.text("reason")) as session:
            register.amend(session, actor(), kind_key, record_id, values, version=version)
    except (InputError, Conflict) as refusal:
        return _page(form.refused(refusal)), refusal.http_status
    _say(f"The {known.kind.noun} {known.name} is changed.", form)
    return redirect(record_url(kind_key, record_id, known.values))


def remove(kind_key: str, record_id: int) -> Response:
    """Remove a record, for a reason."""
    with state().database.reading() as session:
        known = register.record(session, kind_key, record_id)
    with state().database.unit_of_work(actor(), _reason()) as session:
        register.remove(session, actor(), kind_key, record_id, version=forms.text("version"))
    flash(f"The {known.kind.noun} {known.name} is removed.")
    return redirect(owner_url(known.kind, known.values))


def rename(kind_key: str, record_id: int) -> Response:
    """Correct the code of a record, for a reason."""
    new_code = forms.text("new_code")
    with state().database.unit_of_work(actor(), _reason()) as session:
        version = forms.text("version")
        register.rename(session, actor(), kind_key, record_id, new_code, version=version)
        found = register.record(session, kind_key, record_id)
    flash(f"The {found.kind.noun} is called {new_code} now.")
    return redirect(record_url(kind_key, record_id, found.values))


def find() -> Response | str:
    """Lead to the one record with a code, of whatever kind; else list codes that begin with it."""
    words = code_of_scan(request.args.get("q", ""))
    with state().database.reading() as session:
        found = record_lists.find(session, words) if words else ()
    codes = [(kind, code) for kind, records in found for _, code in records]
    if len(codes) == 1:
        kind, code = codes[0]
        return redirect(code_url(kind.key, code))
    return render_template("lims_msc/record_find.html", words=words, found=found)


def _reason() -> str:
    reason = forms.text("reason")
    if not reason:
        raise InputError(
            "The reason is empty; nothing was changed.",
            hint="Write in a few words why; it stays in the audit trail.",
        )
    return reason


def _page(form: RecordForm) -> str:
    return render_template("lims_msc/record_form.html", form=form, kind=form.kind)


def _say(sentence: str, form: RecordForm) -> None:
    flash(sentence)
    for finding in form.warnings:
        flash(f"Look again: {finding.message} {finding.hint}", "warning")


ADDRESSES: tuple[Address, ...] = (
    ("GET", "/find", "find", find),
    ("GET", "/records/<kind_key>", "records", show_all),
    ("GET", "/records/<kind_key>/new", "new_record", new),
    ("POST", "/records/<kind_key>/new", "create_record", create),
    ("GET", "/records/<kind_key>/<int:record_id>", "record", show),
    ("GET", "/records/<kind_key>/of/<code>", "record_of_code", show_of_code),
    ("GET", "/records/<kind_key>/<int:record_id>/change", "edit_record", edit),
    ("POST", "/records/<kind_key>/<int:record_id>/change", "amend_record", amend),
    ("POST", "/records/<kind_key>/<int:record_id>/remove", "remove_record", remove),
    ("POST", "/records/<kind_key>/<int:record_id>/rename", "rename_record", rename),
)
