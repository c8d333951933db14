"""The hub of the laboratory's own things: finding, the kinds of records, and two quick forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.codes import code_problem
from lims_msc.domain.records.fields import Problem, RecordKind
from lims_msc.domain.records.kinds import kind_of
from lims_msc.errors import Conflict, InputError, LimsMscError
from lims_msc.services import materials, record_lists
from lims_msc.services.register import Record
from lims_msc.web import forms
from lims_msc.web.access import actor
from lims_msc.web.record_inputs import read_input
from lims_msc.web.state import state

Page = tuple[str, int]

NEWEST_BATCHES = 10
NEWEST_OF_A_KIND = 3
# What a technician looks for first stands first.
GROUPS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {
        "Cells": (
            "batch",
            "passage",
            "vial",
            "thaw",
            "recipe",
            "recipe_step",
            "release_test",
            "release_rule",
        )
    },
    {
        "Donors and patients": (
            "donor",
            "consent",
            "collection",
            "diagnosis",
            "activity_score",
            "treatment",
            "transplant",
            "hsc_graft",
        )
    },
    {
        "Responders": ("bank", "responder", "pool_member"),
        "In vivo": ("in_vivo_use", "outcome"),
    },
)


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of records on the hub, with those that were registered last."""

    kind: RecordKind
    newest: tuple[Record, ...]


def show(refusal: LimsMscError | None = None, refused_form: str = "") -> str:
    """Show the ways to records of every kind, the newest batches, and the forms for new ones.

    A form that was refused is shown with what was typed and with what must be corrected.
    """
    with state().database.reading() as session:
        batches = record_lists.newest_records(session, kind_of("batch"), NEWEST_BATCHES)
        return render_template(
            "lims_msc/materials.html",
            batches=batches,
            sources=record_lists.batch_sources(session, batches),
            columns=_columns(session),
            sexes=materials.SEXES,
            tissues=materials.TISSUES,
            health_statuses=materials.HEALTH_STATUSES,
            cell_types=materials.RESPONDER_CELL_TYPES,
            refusal=refusal,
            refused_form=refused_form,
        )


def register_batch() -> Page | Response:
    """Register a batch from the form."""
    try:
        new = _new_batch()
        with state().database.unit_of_work(actor(), "batch registered") as session:
            doubts = materials.register_batch(session, actor(), new)
    except (InputError, Conflict) as refusal:
        return show(refusal, "batch"), refusal.http_status
    _say(f"The batch {new.batch_code} is registered.", doubts)
    return redirect(url_for("lims_msc.materials"))


def register_responder() -> Page | Response:
    """Register a responder from the form."""
    try:
        new = materials.NewResponder(
            responder_code=forms.text("responder_code"),
            cell_type=forms.text("cell_type"),
            donor_code=forms.text("donor_code"),
            pool_size=forms.whole_number("pool_size") or 1,
        )
        with state().database.unit_of_work(actor(), "responder registered") as session:
            doubts = materials.register_responder(session, actor(), new)
    except (InputError, Conflict) as refusal:
        return show(refusal, "responder"), refusal.http_status
    _say(f"The responder {new.responder_code} is registered.", doubts)
    return redirect(url_for("lims_msc.materials"))


def _say(sentence: str, doubts: Iterable[Finding]) -> None:
    flash(sentence)
    for finding in doubts:
        flash(f"Look again: {finding.message} {finding.hint}", "warning")


def _new_batch() -> materials.NewBatch:
    """Return the batch of the form.

    :raises InputError: naming every field that cannot be read, and a code that no batch may have.
    """
    typed = {
        field.name: read_input(field, request.form)
        for field in (
            kind_of("collection").field("collected_on"),
            kind_of("collection").field("age_at_collection_years"),
            kind_of("batch").field("passage"),
        )
    }
    disease, diagnosis, problem = _diagnosis()
    _refuse_unreadable([_code_problem(), problem, *(one.problem for one in typed.values())])
    values: dict[str, Any] = {name: one.value for name, one in typed.items()}
    return materials.NewBatch(
        batch_code=forms.text("batch_code"),
        donor_code=forms.text("donor_code"),
        sex=forms.text("sex"),
        tissue=forms.text("tissue"),
        health_status=forms.text("health_status"),
        diagnosis=diagnosis,
        disease=disease,
        medium=forms.text("medium"),
        **values,
    )


def _code_problem() -> Problem | None:
    found = code_problem(forms.text("batch_code"))
    return Problem("batch_code", *found) if found else None


def _diagnosis() -> tuple[str, str, Problem | None]:
    """Return the key of the disease that was chosen or written, or text that was sent as it is.

    The problem is that what was written may mean several diseases, or none of the list.
    """
    field = kind_of("diagnosis").field("disease")
    typed = read_input(replace(field, name="diagnosis"), request.form)
    if typed.problem is None:
        return str(typed.value or ""), "", None
    if not forms.text("diagnosis_words"):
        return "", forms.text("diagnosis"), None
    hint = f"{typed.problem.hint} A disease that is in no list is entered with its collection."
    return "", "", replace(typed.problem, hint=hint)


def _refuse_unreadable(problems: Iterable[Problem | None]) -> None:
    wrong = [problem for problem in problems if problem is not None]
    if wrong:
        raise InputError(
            "The batch cannot be stored as it is.",
            hint="Correct the fields named here.",
            findings=[
                Finding(Level.ERROR, f"field.{one.field_name}", one.message, one.hint)
                for one in wrong
            ],
        )


def _columns(session: Session) -> list[dict[str, list[KindLine]]]:
    return [
        {title: [_line(session, key) for key in keys] for title, keys in column.items()}
        for column in GROUPS
    ]


def _line(session: Session, key: str) -> KindLine:
    kind = kind_of(key)
    if kind.code_field is None:
        return KindLine(kind, ())
    return KindLine(kind, record_lists.newest_records(session, kind, NEWEST_OF_A_KIND))
