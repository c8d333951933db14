"""What is seen before a study is exported: consents that block it, donors easy to recognise."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.small_cells import FEWEST_DONORS, Profile, SmallCell, age_group, small_cells
from lims_msc.errors import IllegalTransition
from lims_msc.models import Batch, Collection, Experiment, Plate, Responder, Study, Well
from lims_msc.services.consents import consent_findings
from lims_msc.services.record_tables import chunks
from lims_msc.services.transplantations import transplants_of

_MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class StudyMaterials:
    """The codes of the batches and responders in the wells of a study."""

    batch_codes: frozenset[str]
    responder_codes: frozenset[str]


def materials_of_study(session: Session, study_id: int) -> StudyMaterials:
    """Return which batches and responders stand in the wells of a study."""
    return _materials(session, Experiment.study_id == study_id)


def refuse_without_consent(session: Session, study: Study) -> None:
    """Refuse to let anything of a study leave that a donor did not agree to.

    :raises IllegalTransition: naming each donor with the day; the findings say what to do.
    """
    _refuse(session, f"study '{study.code}'", materials_of_study(session, study.id))


def refuse_plate_without_consent(session: Session, plate: Plate) -> None:
    """Refuse to hand out tables of a plate with cells whose donor did not agree to it.

    :raises IllegalTransition: naming each donor with the day; the findings say what to do.
    """
    _refuse(session, f"plate '{plate.code}'", _materials(session, Plate.id == plate.id))


def _materials(session: Session, of: ColumnElement[bool]) -> StudyMaterials:
    batches, responders = (
        session.scalars(
            select(table.code)
            .distinct()
            .join(Well, column == table.id)
            .join(Plate, Well.plate_id == Plate.id)
            .join(Experiment, Plate.experiment_id == Experiment.id)
            .where(of)
        )
        for table, column in ((Batch, Well.batch_id), (Responder, Well.responder_id))
    )
    return StudyMaterials(frozenset(batches), frozenset(responders))


def _refuse(session: Session, what: str, used: StudyMaterials) -> None:
    errors = errors_among(_consent_findings(session, used))
    if errors:
        said = " ".join(finding.message for finding in errors)
        raise IllegalTransition(
            f"The {what} cannot be exported. {said}", hint=errors[0].hint, findings=errors
        )


def study_findings(session: Session, study_id: int) -> tuple[Finding, ...]:
    """Return what is to be seen before a study is exported; only errors hold it back.

    Invented donors of a simulated study need no consent and cannot be recognised.
    """
    used = materials_of_study(session, study_id)
    findings = _consent_findings(session, used)
    if session.get_one(Study, study_id).is_simulated:
        return errors_among(findings)
    return (*findings, *_small_cell_findings(session, used.batch_codes))


def _consent_findings(session: Session, used: StudyMaterials) -> tuple[Finding, ...]:
    return consent_findings(
        session, batch_codes=used.batch_codes, responder_codes=used.responder_codes
    )


def _small_cell_findings(session: Session, batch_codes: Group[str]) -> tuple[Finding, ...]:
    cells = small_cells(_profiles(session, batch_codes))
    if not cells:
        return ()
    shown = "; ".join(map(_cell_text, cells[:_MOST_SHOWN]))
    more = f"; and {len(cells) - _MOST_SHOWN} more" if len(cells) > _MOST_SHOWN else ""
    message = (
        f"Fewer than {FEWEST_DONORS} MSC donors of the study share a combination of diagnosis, "
        f"sex, age and year of HSCT: {shown}{more}."
    )
    hint = (
        "A person may be recognised by it. Before you hand the tables on, leave out or coarsen "
        "one of these facts, or ask who answers for data protection. This alone does not hold the "
        "export back."
    )
    return (Finding(Level.WARNING, "export.small_cells", message, hint),)


def _cell_text(cell: SmallCell) -> str:
    donors = ", ".join(f"'{code}'" for code in cell.donor_codes)
    return f"{cell.profile} ({donors})"


def _profiles(session: Session, batch_codes: Group[str]) -> Iterator[tuple[str, Profile]]:
    """Yield what the tables tell about each MSC donor, once for each collection."""
    collections: dict[int, Collection] = {}
    for some in chunks(sorted(batch_codes)):
        chosen = select(Collection).where(
            Collection.id.in_(select(Batch.collection_id).where(Batch.code.in_(some)))
        )
        collections.update({found.id: found for found in session.scalars(chosen)})
    transplants = transplants_of(session, {found.donor_id for found in collections.values()})
    for collection in collections.values():
        years = dict.fromkeys(
            str(transplant.span[0].year)
            for transplant in transplants.get(collection.donor_id, ())
            if transplant.span
        )
        yield (
            collection.donor.code,
            Profile(
                diagnosis=collection.diagnosis or collection.health_status,
                sex=collection.donor.sex,
                age_group=age_group(collection.age_at_collection_years),
                hsct_year=" and ".join(years),
            ),
        )
