"""Everything dated that is recorded of a donor, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.records.partial_dates import earliest
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.records.wording import disease_words
from lims_msc.models import (
    Collection,
    Consent,
    Diagnosis,
    HscGraft,
    Transplant,
    Treatment,
)
from lims_msc.services.record_tables import codes_of_ids


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event: its day as far as known, what it is, what is said of it, and its record.

    ``when`` is empty where no date is recorded.
    """

    when: str
    what: str
    text: str
    kind_key: str
    record_id: int


def timeline(session: Session, donor_id: int) -> tuple[TimelineEvent, ...]:
    """Return the events of a donor, oldest first; those without a date come last."""
    events = [
        *_consents(session, donor_id),
        *_collections(session, donor_id),
        *_treatments(session, donor_id),
        *_transplants(session, donor_id),
        *_grafts(session, donor_id),
    ]
    return tuple(sorted(events, key=_place))


def _place(event: TimelineEvent) -> tuple[date, str, str]:
    return (earliest(event.when) if event.when else date.max, event.when, event.what)


def _consents(session: Session, donor_id: int) -> Iterable[TimelineEvent]:
    for row in session.scalars(select(Consent).filter_by(donor_id=donor_id)):
        version = f"version {row.consent_version}"
        yield TimelineEvent(str(row.given_on), "Consent given", version, "consent", row.id)
        if row.withdrawn_on is not None:
            yield TimelineEvent(
                str(row.withdrawn_on), "Consent withdrawn", version, "consent", row.id
            )


def _collections(session: Session, donor_id: int) -> Iterable[TimelineEvent]:
    tissues = vocabulary_of("tissue")
    for row in session.scalars(select(Collection).filter_by(donor_id=donor_id)):
        day = str(row.collected_on or "")
        health = row.health_status
        health = "health status unknown" if health == "unknown" else health
        text = f"{row.code}: {tissues.label(row.tissue)}, {health}"
        yield TimelineEvent(day, "Collection", text, "collection", row.id)
        for found in row.diagnoses:
            yield _diagnosis(found, disease_words(found.disease, found.other_disease), row)


def _diagnosis(row: Diagnosis, name: str, collection: Collection) -> TimelineEvent:
    status = f", {row.disease_status}" if row.disease_status else ""
    if row.onset:
        text = f"{name}{status} at the collection {collection.code}"
        return TimelineEvent(row.onset, "Onset of disease", text, "diagnosis", row.id)
    text = f"{name}{status}; onset not recorded"
    return TimelineEvent(str(collection.collected_on or ""), "Diagnosis", text, "diagnosis", row.id)


def _treatments(session: Session, donor_id: int) -> Iterable[TimelineEvent]:
    for row in session.scalars(select(Treatment).filter_by(donor_id=donor_id)):
        dose = f", {row.dose:g} {row.dose_unit}".rstrip() if row.dose is not None else ""
        until = f"until {row.stopped_on}" if row.stopped_on else "no stop recorded"
        text = f"{row.drug} ({row.treatment_class}){dose}, {until}"
        yield TimelineEvent(row.started_on, "Treatment from", text, "treatment", row.id)


def _transplants(session: Session, donor_id: int) -> Iterable[TimelineEvent]:
    chosen = (
        select(Transplant, HscGraft.code, HscGraft.infused_on, Collection.code)
        .outerjoin(HscGraft, Transplant.graft_id == HscGraft.id)
        .outerjoin(Collection, Transplant.offset_collection_id == Collection.id)
        .where(Transplant.donor_id == donor_id)
    )
    for row, graft, infused_on, collection in session.execute(chosen):
        months = row.months_before_collection
        offset = "" if months is None else f"{abs(months):g} months {_side(months)} {collection}"
        parts = (
            row.transplant_type,
            row.graft_relation and f"giver: {row.graft_relation}",
            graft and f"graft {graft}",
            row.conditioning_regimen,
            offset,
        )
        text = f"number {row.transplant_number}, {', '.join(part for part in parts if part)}"
        when = row.performed_on or infused_on or ""
        yield TimelineEvent(when, "HSCT", text, "transplant", row.id)


def _side(months: float) -> str:
    return "before" if months > 0 else "after"


def _grafts(session: Session, donor_id: int) -> Iterable[TimelineEvent]:
    is_of_donor = or_(HscGraft.recipient_id == donor_id, HscGraft.graft_donor_id == donor_id)
    grafts = list(session.scalars(select(HscGraft).where(is_of_donor)))
    numbers = {n for row in grafts for n in (row.recipient_id, row.graft_donor_id) if n}
    codes = codes_of_ids(session, kind_of("donor"), numbers)
    for row in grafts:
        text = f"{row.code}, {row.graft_source}"
        if row.graft_donor_id != donor_id:
            giver = codes[row.graft_donor_id] if row.graft_donor_id else "a giver not recorded"
            what, text, when = "Graft received", f"{text}, from {giver}", row.infused_on
        elif row.recipient_id == donor_id:
            what, when = "Own graft collected", str(row.collected_on or "")
        else:
            what, text = "Graft given", f"{text}, to {codes[row.recipient_id]}"
            when = str(row.collected_on or "")
        yield TimelineEvent(when, what, text, "hsc_graft", row.id)
