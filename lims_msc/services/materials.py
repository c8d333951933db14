"""Registers a batch with its donor and collection, or a responder, from one short form.

What the forms say becomes entries of the register; nothing is checked or stored past it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor
from lims_msc.domain.exporting import BatchRecord, ResponderRecord
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.records.codes import MOST_CHARACTERS, code_problem
from lims_msc.domain.records.donors import HEALTH_STATUSES, SEXES
from lims_msc.domain.records.fields import Entry, Value
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.records.wording import disease_words
from lims_msc.errors import Conflict, InputError, NotFound
from lims_msc.models import Batch, Collection, Donor, Responder
from lims_msc.services import register
from lims_msc.services.record_tables import ids_of_codes
from lims_msc.services.register_codes import look_alikes
from lims_msc.services.register_plan import PlannedRecord

__all__ = [
    "HEALTH_STATUSES",
    "RESPONDER_CELL_TYPES",
    "SEXES",
    "TISSUES",
    "NewBatch",
    "NewResponder",
    "batch_by_code",
    "batch_records",
    "register_batch",
    "register_responder",
    "responder_records",
]

TISSUES = {term.key: term.label for term in vocabulary_of("tissue").terms if term.is_choosable}
RESPONDER_CELL_TYPES = tuple(term.key for term in vocabulary_of("cell").terms if term.is_choosable)
# The fields of the two forms in their order, and what fields of records are called there.
_FIELDS = (
    "batch_code",
    "responder_code",
    "cell_type",
    "donor_code",
    "pool_size",
    "sex",
    "tissue",
    "collected_on",
    "age_at_collection_years",
    "health_status",
    "diagnosis",
    "passage",
    "medium",
)
_IN_FORM = {"disease": "diagnosis", "other_disease": "diagnosis", "collection_code": "batch_code"}
_MOST_COLLECTIONS_OF_A_NAME = 99


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to register, with its donor and collection where those are new.

    ``health_status`` is an assertion: it has no default, and ``unknown`` is a word of its own.
    ``disease`` is the key of a term, ``diagnosis`` text in its place.
    """

    batch_code: str
    donor_code: str
    sex: str
    tissue: str
    health_status: str
    diagnosis: str = ""
    collected_on: date | None = None
    age_at_collection_years: float | None = None
    passage: int | None = None
    medium: str = ""
    disease: str = ""

    @property
    def disease_words(self) -> str:
        """The diagnosis in words; empty where none was entered."""
        return disease_words(self.disease, self.diagnosis.strip())


@dataclass(frozen=True, slots=True)
class NewResponder:
    """A responder to register: the cells of one person, or a pool of ``pool_size`` persons."""

    responder_code: str
    cell_type: str
    donor_code: str = ""
    pool_size: int = 1


def register_batch(session: Session, actor: Actor, new: NewBatch) -> tuple[Finding, ...]:
    """Register a batch, and its donor and collection if they are new; return what is doubtful.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: with a finding for each field that is wrong.
    :raises Conflict: if the batch code is taken, or the donor is known with another sex.
    """
    actor.require(*register.WRITERS, action="register a batch")
    _refuse_known(session, "batch", new.batch_code)
    made = register.plan(session, _batch_entries(session, new))
    findings = _in_form([*_diagnosis_missing(new), *made.findings])
    _refuse_if_wrong(findings)
    _refuse_another_sex(made.records[0])
    register.store(session, made)
    return findings


def register_responder(session: Session, actor: Actor, new: NewResponder) -> tuple[Finding, ...]:
    """Register a responder, and its donor if it is new; return what is doubtful.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: with a finding for each field that is wrong.
    :raises Conflict: if the code is taken.
    """
    actor.require(*register.WRITERS, action="register a responder")
    _refuse_known(session, "responder", new.responder_code)
    made = register.plan(session, _responder_entries(session, new))
    findings = _in_form(made.findings)
    _refuse_if_wrong(findings)
    register.store(session, made)
    return findings


def batch_by_code(session: Session, code: str) -> Batch:
    """Return the batch of that code.

    :raises NotFound: if it is not registered.
    """
    batch = session.scalar(select(Batch).where(Batch.code == code))
    if batch is None:
        raise NotFound(f"There is no batch '{code}'.")
    return batch


def batch_records(session: Session, codes: Iterable[str] | None = None) -> tuple[BatchRecord, ...]:
    """Return the batches of these codes, or all, by code, with donor and collection."""
    chosen = select(Batch).order_by(Batch.code)
    if codes is not None:
        chosen = chosen.where(Batch.code.in_(codes))
    return tuple(
        BatchRecord(
            batch_code=batch.code,
            donor_code=batch.collection.donor.code,
            sex=batch.collection.donor.sex,
            tissue=batch.collection.tissue,
            health_status=batch.collection.health_status,
            diagnosis=batch.collection.diagnosis,
            age_at_collection_years=batch.collection.age_at_collection_years,
            passage=batch.passage,
        )
        for batch in session.scalars(chosen)
    )


def responder_records(
    session: Session, codes: Iterable[str] | None = None
) -> tuple[ResponderRecord, ...]:
    """Return the responders of these codes, or all, by code."""
    chosen = select(Responder).order_by(Responder.code)
    if codes is not None:
        chosen = chosen.where(Responder.code.in_(codes))
    return tuple(
        ResponderRecord(r.code, r.cell_type, r.donor_code, r.pool_size)
        for r in session.scalars(chosen)
    )


def _batch_entries(session: Session, new: NewBatch) -> Iterator[Entry]:
    """Yield the donor, a collection with its diagnosis if there is none with these facts, a batch.

    Facts belong to the day of collection, not to the donor.
    """
    yield Entry("donor", {"donor_code": new.donor_code, "sex": new.sex})
    facts: dict[str, Value] = {
        "collected_on": new.collected_on,
        "tissue": new.tissue,
        "health_status": new.health_status,
        "age_at_collection_years": new.age_at_collection_years,
    }
    disease = _disease(new)
    code = _known_collection(session, new.donor_code, facts, disease)
    if not code:
        code = _new_collection_code(session, new.batch_code)
        owner: dict[str, Value] = {"collection_code": code}
        yield Entry("collection", {**owner, "donor_code": new.donor_code, **facts})
        if any(disease.values()):
            yield Entry("diagnosis", {**owner, **disease})
    yield Entry(
        "batch",
        {
            "batch_code": new.batch_code,
            "collection_code": code,
            "passage": new.passage,
            "medium": new.medium,
        },
    )


def _responder_entries(session: Session, new: NewResponder) -> Iterator[Entry]:
    if new.donor_code and not ids_of_codes(session, kind_of("donor"), [new.donor_code]):
        yield Entry("donor", {"donor_code": new.donor_code, "sex": "unknown"})
    yield Entry(
        "responder",
        {
            "responder_code": new.responder_code,
            "cell_type": new.cell_type,
            "donor_code": new.donor_code,
            "pool_size": new.pool_size,
        },
    )


def _disease(new: NewBatch) -> dict[str, str]:
    """Return the diagnosis as a term if its words mean one, else in the words themselves."""
    words = new.diagnosis.strip()
    if new.disease or not words:
        return {"disease": new.disease, "other_disease": ""}
    term = vocabulary_of("disease").resolve(words).term
    return {"disease": term.key if term else "", "other_disease": "" if term else words}


def _known_collection(
    session: Session, donor_code: str, facts: Mapping[str, Value], disease: Mapping[str, str]
) -> str:
    """Return the code of the donor's collection with just these facts; empty if there is none."""
    words = disease_words(disease["disease"], disease["other_disease"])
    same = select(Collection).join(Donor).where(Donor.code == donor_code).filter_by(**facts)
    found = session.scalars(same.order_by(Collection.id))
    return next((known.code for known in found if known.diagnosis == words), "")


def _new_collection_code(session: Session, batch_code: str) -> str:
    """Return a code for the collection of a new batch that is no other's and looks like none."""
    start = batch_code if code_problem(batch_code) is None else "COLLECTION"
    ends = ["-C", *(f"-C{number}" for number in range(2, _MOST_COLLECTIONS_OF_A_NAME + 1))]
    codes = [start[: MOST_CHARACTERS - len(end)] + end for end in ends]
    kind = kind_of("collection")
    taken = {*ids_of_codes(session, kind, codes), *dict(look_alikes(session, kind, codes))}
    free = (code for code in codes if code not in taken and code_problem(code) is None)
    return next(free, codes[-1])


def _refuse_known(session: Session, kind_key: str, code: str) -> None:
    if ids_of_codes(session, kind_of(kind_key), [code]):
        raise Conflict(f"The {kind_key} '{code}' exists already.", hint="Choose another code.")


def _refuse_another_sex(donor: PlannedRecord) -> None:
    old, new = donor.changes.get("sex", ("", ""))
    # A donor who came with a responder has no sex yet.
    if old not in {"", "unknown"}:
        raise Conflict(
            f"The donor '{donor.values['donor_code']}' is registered with the sex '{old}'.",
            hint=f"Check the donor code; you entered '{new}'.",
        )


def _diagnosis_missing(new: NewBatch) -> Iterator[Finding]:
    if new.health_status == "patient" and not new.disease_words:
        message, hint = "A patient has a diagnosis.", "Write it, or choose 'unknown'."
        yield Finding(Level.ERROR, "field.diagnosis", message, hint)


def _in_form(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, in the order of the form and beside its fields.

    What is only doubtful about a field that the form does not have is left to the record's page.
    """
    order = {name: position for position, name in enumerate(_FIELDS)}
    found: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        name = finding.code.removeprefix("field.")
        name = _IN_FORM.get(name, name)
        if name in order or finding.level is Level.ERROR:
            found.setdefault((name, finding.message), replace(finding, code=f"field.{name}"))
    return tuple(found[key] for key in sorted(found, key=lambda key: order.get(key[0], -1)))


def _refuse_if_wrong(findings: Sequence[Finding]) -> None:
    if errors := errors_among(findings):
        raise InputError(
            "The record cannot be stored as it is.",
            hint="Correct the fields named here.",
            findings=errors,
        )
