"""Registers donors with their collections, MSC batches and responders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.exporting import BatchRecord, ResponderRecord
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.codes import code_problem
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.errors import Conflict, InputError, NotFound
from lims_msc.models import Batch, Collection, Diagnosis, Donor, Responder

SEXES = ("female", "male", "intersex", "unknown", "not collected")
HEALTH_STATUSES = ("healthy", "patient", "other", "deceased donor", "unknown")
TISSUES = {
    "BM": "bone marrow",
    "AT": "adipose tissue",
    "UC": "umbilical cord",
    "WJ": "Wharton's jelly",
    "UCB": "umbilical cord blood",
    "PL": "placenta",
    "DP": "dental pulp",
    "other": "other",
}
RESPONDER_CELL_TYPES = ("PBMC", "T cell", "CD4 T cell", "CD8 T cell", "B cell", "NK cell")


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
        return vocabulary_of("disease").label(self.disease) or self.diagnosis.strip()


@dataclass(frozen=True, slots=True)
class NewResponder:
    """A responder to register: the cells of one person, or a pool of ``pool_size`` persons."""

    responder_code: str
    cell_type: str
    donor_code: str = ""
    pool_size: int = 1


def register_batch(session: Session, actor: Actor, new: NewBatch) -> int:
    """Register a batch, and its donor and collection if they are new; return the batch's number.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: with a finding for each field that is wrong.
    :raises Conflict: if the batch code is taken, or the donor is known with another sex.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="register a batch")
    _refuse_if(
        _code_problem("batch_code", new.batch_code),
        _donor_code_problem(session, new.donor_code),
        _choice_problem("sex", new.sex, SEXES),
        _choice_problem("tissue", new.tissue, TISSUES),
        _choice_problem("health_status", new.health_status, HEALTH_STATUSES),
        _number_problem("age_at_collection_years", new.age_at_collection_years, 0, 120),
        _number_problem("passage", new.passage, 0, 60),
        _diagnosis_problem(new),
    )
    if session.scalar(select(Batch.id).where(Batch.code == new.batch_code)) is not None:
        raise Conflict(f"The batch '{new.batch_code}' exists already.", hint="Choose another code.")
    batch = Batch(
        code=new.batch_code,
        collection=_collection(session, _donor(session, new), new),
        passage=new.passage,
        medium=new.medium,
    )
    session.add(batch)
    session.flush()
    return batch.id


def register_responder(session: Session, actor: Actor, new: NewResponder) -> int:
    """Register a responder and return its number.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: with a finding for each field that is wrong.
    :raises Conflict: if the code is taken.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="register a responder")
    _refuse_if(
        _code_problem("responder_code", new.responder_code),
        _donor_code_problem(session, new.donor_code) if new.donor_code else None,
        _choice_problem("cell_type", new.cell_type, RESPONDER_CELL_TYPES),
        _number_problem("pool_size", new.pool_size, 1, 1000),
        _pool_problem(new),
    )
    known = select(Responder.id).where(Responder.code == new.responder_code)
    if session.scalar(known) is not None:
        raise Conflict(
            f"The responder '{new.responder_code}' exists already.", hint="Choose another code."
        )
    responder = Responder(
        code=new.responder_code,
        cell_type=new.cell_type,
        donor=_donor_of_responder(session, new.donor_code),
        pool_size=new.pool_size,
    )
    session.add(responder)
    session.flush()
    return responder.id


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


def _donor(session: Session, new: NewBatch) -> Donor:
    donor = session.scalar(select(Donor).where(Donor.code == new.donor_code))
    if donor is None:
        donor = Donor(code=new.donor_code, sex=new.sex, note="")
        session.add(donor)
    elif donor.sex != new.sex:
        raise Conflict(
            f"The donor '{new.donor_code}' is registered with the sex '{donor.sex}'.",
            hint=f"Check the donor code; you entered '{new.sex}'.",
        )
    return donor


def _collection(session: Session, donor: Donor, new: NewBatch) -> Collection:
    """Return the collection with the same facts, or a new one: facts belong to the day."""
    facts = {
        "collected_on": new.collected_on,
        "tissue": new.tissue,
        "health_status": new.health_status,
        "age_at_collection_years": new.age_at_collection_years,
    }
    words = new.disease_words
    if donor.id is not None:
        same = select(Collection).filter_by(donor_id=donor.id, **facts)
        for known in session.scalars(same):
            if known.diagnosis == words:
                return known
    collection = Collection(donor=donor, code=f"{new.batch_code}.C"[-40:], **facts)
    if words:
        other = "" if new.disease else words
        collection.diagnoses.append(Diagnosis(disease=new.disease, other_disease=other))
    session.add(collection)
    return collection


def _donor_of_responder(session: Session, code: str) -> Donor | None:
    if not code:
        return None
    donor = session.scalar(select(Donor).where(Donor.code == code))
    return donor or Donor(code=code, sex="unknown", note="")


def _refuse_if(*problems: Finding | None) -> None:
    findings = tuple(problem for problem in problems if problem is not None)
    if findings:
        raise InputError(
            "The record cannot be stored as it is.",
            hint="Correct the fields named here.",
            findings=findings,
        )


def _problem(field: str, message: str, hint: str) -> Finding:
    return Finding(Level.ERROR, f"field.{field}", message, hint)


def _code_problem(field: str, code: str) -> Finding | None:
    problem = code_problem(code)
    return None if problem is None else _problem(field, *problem)


def _donor_code_problem(session: Session, code: str) -> Finding | None:
    # A donor who is registered already keeps the code, whatever would be said of a new one.
    is_known = session.scalar(select(Donor.id).where(Donor.code == code)) is not None
    return None if is_known else _code_problem("donor_code", code)


def _choice_problem(field: str, value: str, choices: Iterable[str]) -> Finding | None:
    names = tuple(choices)
    if value in names:
        return None
    return _problem(field, f"'{value}' is not one of the choices.", f"One of {', '.join(names)}.")


def _number_problem(field: str, value: float | None, low: int, high: int) -> Finding | None:
    if value is None or low <= value <= high:
        return None
    return _problem(field, f"{value:g} is out of range.", f"A number from {low} to {high}.")


def _diagnosis_problem(new: NewBatch) -> Finding | None:
    if new.health_status == "patient" and not new.disease_words:
        return _problem("diagnosis", "A patient has a diagnosis.", "Write it, or choose 'unknown'.")
    if new.health_status == "healthy" and new.disease_words:
        message = f"The donor is 'healthy' and has the diagnosis '{new.disease_words}'."
        return _problem("diagnosis", message, "Correct one of them.")
    return None


def _pool_problem(new: NewResponder) -> Finding | None:
    if new.pool_size > 1 and new.donor_code:
        message = f"A pool of {new.pool_size} persons has no single donor '{new.donor_code}'."
        return _problem("donor_code", message, "Leave the donor empty.")
    return None
