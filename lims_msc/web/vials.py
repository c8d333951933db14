"""Vials: stock, taking, labels, and the page that a scanned label opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lims_msc.domain.grouped_numbers import grouped_text
from lims_msc.domain.labels import LABEL_SIZES, label_size
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.stock import BOX_SIZES, KEEPERS, StockAction, box_size
from lims_msc.errors import InputError
from lims_msc.services import labels, new_vials, record_pages, stock, vial_pages
from lims_msc.services.labels import Label
from lims_msc.services.register import WRITERS
from lims_msc.web import forms, vial_forms
from lims_msc.web.access import actor
from lims_msc.web.addresses import Address
from lims_msc.web.record_addresses import code_url
from lims_msc.web.state import state

Answer = str | Response | tuple[str, int]
_THAW_FIELDS = tuple(field.name for field in kind_of("thaw").fields if field.name != "vial_code")


@dataclass(frozen=True, slots=True)
class DrawnLabel:
    """A label with its code as a drawing, and the address in it."""

    label: Label
    address: str
    drawing: Markup


def show(code: str) -> Answer:
    """Show a vial: where it stands, what can be done with it, and what became of it."""
    return _vial(code)


def change(code: str) -> Response:
    """Reserve, release, use or destroy a vial."""
    try:
        action = StockAction(forms.text("action"))
    except ValueError as error:
        raise InputError(f"'{forms.text('action')}' is nothing to do with a vial.") from error
    reason, seen = forms.text("reason"), forms.text("state")
    with state().database.unit_of_work(actor(), reason or f"{action} on the page") as session:
        after = stock.change(session, actor(), code, action, reason, seen_state=seen)
    flash(f"The vial {code} is now {after}.")
    return redirect(url_for("lims_msc.vial", code=code))


def thaw(code: str) -> Answer:
    """Store what a vial gave when it was thawed; the vial is used then."""
    try:
        values = vial_forms.values("thaw", _THAW_FIELDS)
        with state().database.unit_of_work(actor(), "thawed") as session:
            stock.thaw(session, actor(), code, values)
    except InputError as refusal:
        return _vial(code, refusal)
    flash(f"The thaw of {code} is stored.")
    return redirect(url_for("lims_msc.vial", code=code))


def show_of(owner_kind: str, code: str) -> Answer:
    """Show the vials of a batch or of a responder, and the form for new ones."""
    return _owner(owner_kind, code)


def add(owner_kind: str, code: str) -> Answer:
    """Register vials that were frozen together, and show their labels."""
    try:
        new = new_vials.NewVials(
            count=forms.whole_number("count") or 0,
            values=vial_forms.values("vial", vial_pages.SHARED_FIELDS),
            first_number=forms.whole_number("first_number"),
            first_slot=forms.text("first_slot"),
            size=box_size(forms.text("size")),
        )
        with state().database.unit_of_work(actor(), "vials frozen") as session:
            codes = new_vials.add(session, actor(), owner_kind, code, new)
    except InputError as refusal:
        return _owner(owner_kind, code, refusal)
    words = f"{codes[0]} to {codes[-1]} are" if len(codes) > 1 else f"{codes[0]} is"
    flash(f"{words} registered.")
    return redirect(url_for(f"lims_msc.{owner_kind}_vials", code=code))


def take(owner_kind: str, code: str) -> Response:
    """Give the person one vial, the one that was frozen first."""
    purpose, seen = forms.text("purpose"), forms.text("next")
    with state().database.unit_of_work(actor(), purpose or "taken") as session:
        taken = stock.take(session, actor(), owner_kind, code, purpose=purpose, seen_next=seen)
    flash(f"{taken.code} is yours: {taken.place}.")
    return redirect(url_for("lims_msc.vial", code=taken.code))


def show_box() -> str:
    """Show a box as a grid of slots, or the list of boxes."""
    wanted = {name: request.args.get(name, "").strip() for name in ("tank", "rack", "box")}
    key = request.args.get("size", "")
    with state().database.reading() as session:
        page = None
        if wanted["box"]:
            size = box_size(key) if key else None
            page = vial_pages.box_page(session, **wanted, size=size)
        boxes = vial_pages.boxes(session)
    return render_template("lims_msc/rack.html", page=page, boxes=boxes, sizes=BOX_SIZES)


def show_labels() -> str:
    """Show the labels of the chosen vials, ready to be printed."""
    size = label_size(request.args.get("size") or LABEL_SIZES[0].key)
    start = request.args.get("start", "")
    skipped = (int(start) - 1) % size.per_page if start.isascii() and start.isdigit() else 0
    with state().database.reading() as session:
        found = labels.labels_of(session, _label_codes(session))
    drawn: list[DrawnLabel | None] = [None] * skipped
    drawn += [_draw(label) for label in found]
    return render_template(
        "lims_msc/labels.html", labels=drawn, size=size, sizes=LABEL_SIZES, start=skipped + 1
    )


def _vial(code: str, refusal: InputError | None = None) -> Answer:
    lab = state()
    with lab.database.reading() as session:
        page = vial_pages.vial_page(session, code)
        history = record_pages.history(session, page.record)
        thaw_history = record_pages.history(session, page.thaw) if page.thaw else ()
    shown = render_template(
        "lims_msc/vial.html",
        page=page,
        history=history,
        thaw_history=thaw_history,
        grouped_text=grouped_text,
        owner_url=code_url(page.owner_kind, page.owner_code) if page.owner_kind else "",
        may_keep=actor().may(*KEEPERS),
        thaw_fields=[kind_of("thaw").field(name) for name in _THAW_FIELDS],
        entered=request.form if refusal else {"thawed_on": lab.database.clock().date().isoformat()},
        refusal=refusal,
    )
    return (shown, refusal.http_status) if refusal else shown


def _owner(owner_kind: str, code: str, refusal: InputError | None = None) -> Answer:
    with state().database.reading() as session:
        page = vial_pages.owner_page(session, owner_kind, code)
    shown = render_template(
        "lims_msc/vials.html",
        page=page,
        grouped_text=grouped_text,
        kind=kind_of(owner_kind),
        owner_url=code_url(owner_kind, code),
        sizes=BOX_SIZES,
        fields=[kind_of("vial").field(name) for name in vial_pages.SHARED_FIELDS],
        entered=request.form if refusal else vial_forms.texts("vial", page.last_values),
        refusal=refusal,
        may_take=actor().may(*KEEPERS),
        may_write=actor().may(*WRITERS),
        most=new_vials.MOST_AT_ONCE,
    )
    return (shown, refusal.http_status) if refusal else shown


def _label_codes(session: Session) -> tuple[str, ...]:
    codes = tuple(request.args.getlist("code"))
    for kind in vial_pages.OWNERS:
        if owner_code := request.args.get(kind, ""):
            codes += labels.codes_in_freezer(session, kind, owner_code)
    return codes


def _draw(label: Label) -> DrawnLabel:
    address = url_for("lims_msc.vial", code=label.code, _external=True)
    # The drawing has only paths and numbers of ours in it, nothing that anybody entered.
    return DrawnLabel(label, address, Markup(labels.qr_svg(address)))  # noqa: S704


def _bound(view: Callable[..., Answer], owner_kind: str) -> Callable[..., Answer]:
    """Return a view of one kind of owner, with the name that Flask asks a view for."""
    return update_wrapper(partial(view, owner_kind), view)


def _of(owner_kind: str, plural: str) -> tuple[Address, ...]:
    """Return the addresses of the vials of one kind of owner."""
    start = f"/{plural}/<code>/vials"
    endpoints = {"batch": ("add_vials", "take_vial")}
    added, taken = endpoints.get(owner_kind, (f"add_{owner_kind}_vials", f"take_{owner_kind}_vial"))
    return (
        ("GET", start, f"{owner_kind}_vials", _bound(show_of, owner_kind)),
        ("POST", start, added, _bound(add, owner_kind)),
        ("POST", f"{start}/take", taken, _bound(take, owner_kind)),
    )


ADDRESSES: tuple[Address, ...] = (
    ("GET", "/vials/labels", "vial_labels", show_labels),
    ("GET", "/vials/<code>", "vial", show),
    ("POST", "/vials/<code>/state", "change_vial", change),
    ("POST", "/vials/<code>/thaw", "thaw_vial", thaw),
    *_of("batch", "batches"),
    *_of("responder", "responders"),
    ("GET", "/boxes", "box", show_box),
)
