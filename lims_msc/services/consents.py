"""Whose consent stands behind batches and responders, and what is said where it does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Group
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lims_msc.domain.consent_rules import ConsentRecord, ConsentState, Standing, standing_of
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.kinds import kind_of
from lims_msc.models import (
    Batch,
    Collection,
    Consent,
    Donor,
    HscGraft,
    PoolMember,
    Responder,
)
from lims_msc.services.record_tables import chunks, codes_of_ids, ids_of_codes

_MOST_NAMED = 8
_WHAT_TO_DO = (
    "Leave the plates with these cells out of the study; only a newer consent of the donor, "
    "registered with its day, opens it again."
)
_NOTES = {
    ConsentState.NOT_RECORDED: (
        "No consent is recorded of {}.",
        "Register the consents if there are any; this does not hold the export back.",
    ),
    ConsentState.NOT_SAID: (
        "The consent of {} does not say whether results may be exported.",
        "Fill in 'Permits export'; this does not hold the export back.",
    ),
}


def consent_findings(
    session: Session, *, batch_codes: Group[str] = (), responder_codes: Group[str] = ()
) -> tuple[Finding, ...]:
    """Return what consents say about these materials: errors that block exports, and notes.

    Donors of MSC and of responders count, members of pools, and the givers of grafts to any of
    them, whose cells are in the blood.
    """
    parts = _parts_of(session, batch_codes, responder_codes)
    for giver_id, words in _givers(session, parts):
        parts[giver_id].append(words)
    return findings_of_donors(session, parts)


def consents_behind(session: Session, pairs: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """Return the same for the batches and responders of wells; either code may be empty."""
    batches, responders = zip(*pairs, strict=True) if (pairs := tuple(pairs)) else ((), ())
    return consent_findings(
        session,
        batch_codes={code for code in batches if code},
        responder_codes={code for code in responders if code},
    )


def findings_of_donors(
    session: Session, parts: Group[int] | dict[int, list[str]]
) -> tuple[Finding, ...]:
    """Return what the consents of these donors say, by number; with what each has to do with it."""
    said = parts if isinstance(parts, dict) else {number: [] for number in parts}
    codes = codes_of_ids(session, kind_of("donor"), list(said))
    standings = standings_of(session, said)
    blocking = [
        _error(codes[number], standings[number], said[number])
        for number in sorted(said, key=codes.__getitem__)
        if standings[number].state.blocks
    ]
    notes = []
    for state, (message, hint) in _NOTES.items():
        named = sorted(codes[n] for n in said if standings[n].state is state)
        if named:
            code = f"consent.{state.value.replace(' ', '_')}"
            notes.append(Finding(Level.NOTE, code, message.format(_named(named)), hint))
    return (*blocking, *notes)


def withdrawn(session: Session, donor_codes: Group[str]) -> dict[str, date]:
    """Return the day of withdrawal of each of these donors whose consent is withdrawn."""
    ids = ids_of_codes(session, kind_of("donor"), donor_codes)
    numbers = {number: code for code, number in ids.items()}
    return {
        numbers[number]: standing.day
        for number, standing in standings_of(session, numbers).items()
        if standing.state is ConsentState.WITHDRAWN and standing.day is not None
    }


def standings_of(session: Session, donor_ids: Iterable[int]) -> dict[int, Standing]:
    """Return what the consents of each of these donors say; one statement for up to 500."""
    found: dict[int, list[ConsentRecord]] = {number: [] for number in donor_ids}
    for some in chunks(sorted(found)):
        chosen = (
            select(Consent.donor_id, Consent.consent_version, Consent.given_on)
            .add_columns(Consent.withdrawn_on, Consent.permits_export)
            .where(Consent.donor_id.in_(some))
            .order_by(Consent.id)
        )
        for donor_id, *fields in session.execute(chosen):
            found[donor_id].append(ConsentRecord(*fields))
    return {number: standing_of(consents) for number, consents in found.items()}


def _parts_of(
    session: Session, batch_codes: Group[str], responder_codes: Group[str]
) -> dict[int, list[str]]:
    """Return the donors whose cells the materials hold, each with what of it is theirs."""
    of_blood = (
        select(Collection.donor_id, Responder.code)
        .join(Responder, Responder.collection_id == Collection.id)
        .where(Responder.donor_id.is_(None))
    )
    of_msc = select(Collection.donor_id, Batch.code).join(Batch)
    of_one = select(Responder.donor_id, Responder.code)
    of_pool = select(PoolMember.donor_id, Responder.code).join(Responder)
    parts: dict[int, list[str]] = defaultdict(list)
    for chosen, column, codes, words in (
        (of_msc, Batch.code, batch_codes, "MSC of the batch '{}'"),
        (of_one, Responder.code, responder_codes, "responder '{}'"),
        (of_blood, Responder.code, responder_codes, "responder '{}'"),
        (of_pool, Responder.code, responder_codes, "cells in the pool '{}'"),
    ):
        for some in chunks(sorted(codes)):
            for donor_id, code in session.execute(chosen.where(column.in_(some)).order_by(column)):
                if donor_id is not None:
                    parts[donor_id].append(words.format(code))
    return parts


def _givers(session: Session, donor_ids: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield the givers of grafts to these donors."""
    recipient = aliased(Donor)
    for some in chunks(sorted(donor_ids)):
        chosen = (
            select(HscGraft.graft_donor_id, HscGraft.code, recipient.code)
            .join(recipient, HscGraft.recipient_id == recipient.id)
            .where(HscGraft.recipient_id.in_(some))
            .where(HscGraft.graft_donor_id != HscGraft.recipient_id)
            .order_by(HscGraft.code)
        )
        for giver_id, graft, donor in session.execute(chosen):
            if giver_id is not None:
                yield giver_id, f"graft '{graft}' in the blood of '{donor}'"


def _error(donor_code: str, standing: Standing, parts: list[str]) -> Finding:
    if standing.state is ConsentState.WITHDRAWN:
        code = "consent.withdrawn"
        said = f"The donor '{donor_code}' withdrew consent on {standing.day}"
    else:
        code = "consent.no_export"
        said = (
            f"The consent '{standing.version}' of the donor '{donor_code}', given on "
            f"{standing.day}, does not permit export"
        )
    of = f" ({_listed(parts)})" if parts else ""
    message = f"{said}: nothing of this may be exported{of}."
    return Finding(Level.ERROR, code, message, _WHAT_TO_DO)


def _named(codes: list[str]) -> str:
    word = "the donor" if len(codes) == 1 else f"{len(codes)} donors"
    quoted = [f"'{code}'" for code in codes]
    return f"{word} {_listed(quoted)}"


def _listed(words: list[str]) -> str:
    more = len(words) - _MOST_NAMED
    shown = ", ".join(words[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
