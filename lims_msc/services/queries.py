"""Queries behind the lists and pages; they return read models and never tables."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.review import ReviewState
from lims_msc.errors import NotFound
from lims_msc.models import (
    Analysis,
    AuditRow,
    Batch,
    Curve,
    Experiment,
    Import,
    Plate,
    ReviewEvent,
    Study,
    Well,
)
from lims_msc.registry import Registry
from lims_msc.services import reviews
from lims_msc.services.analyses import read_of
from lims_msc.services.codec import curve_from_json, values_from_json
from lims_msc.services.exports import blocking_plates, current_analysis
from lims_msc.services.read_models import (
    AnalysisView,
    AuditLine,
    CurveLine,
    PlateLine,
    ReviewLine,
    StudyLine,
    StudyView,
    ValueLine,
)

AUDIT_READERS = (Role.REVIEWER, Role.DATA_MANAGER, Role.ADMINISTRATOR)
_NEWEST = 20


def studies(session: Session) -> tuple[StudyLine, ...]:
    """Return all studies with the number of their plates."""
    rows = session.execute(
        select(Study, func.count(Plate.id))
        .outerjoin(Experiment, Experiment.study_id == Study.id)
        .outerjoin(Plate)
        .group_by(Study.id)
        .order_by(Study.code)
    )
    return tuple(StudyLine(s.id, s.code, s.title, s.is_simulated, count) for s, count in rows)


def study(session: Session, registry: Registry, study_id: int) -> StudyView:
    """Return one study.

    :raises NotFound: if there is none of that number.
    """
    found = session.get(Study, study_id)
    if found is None:
        raise NotFound(f"There is no study number {study_id}.")
    plates = plate_lines(session, registry, _all_plates().where(Study.id == study_id))
    return StudyView(
        study_id=found.id,
        code=found.code,
        title=found.title,
        is_simulated=found.is_simulated,
        plates=plates,
        curves=curve_lines(session, registry, _current_curves().where(Study.id == study_id)),
        values=value_lines(session, registry, _current_analyses().where(Study.id == study_id)),
        blocking=blocking_plates(session, found),
    )


def waiting_for_file(session: Session, registry: Registry) -> tuple[PlateLine, ...]:
    """Return the plates that have a map and no readings yet."""
    waiting = _all_plates().where(~select(Import.id).where(Import.plate_id == Plate.id).exists())
    return plate_lines(session, registry, waiting)


def in_state(session: Session, registry: Registry, *states: ReviewState) -> tuple[PlateLine, ...]:
    """Return the plates whose current analysis is in one of these states."""
    lines = plate_lines(session, registry, _all_plates())
    return tuple(line for line in lines if line.state in states)


def plate_lines(
    session: Session, registry: Registry, chosen: Select[Plate]
) -> tuple[PlateLine, ...]:
    """Return the chosen plates with the state of their current analyses."""
    lines = []
    for plate in session.scalars(chosen.order_by(Plate.code)):
        analysis = current_analysis(session, plate.id)
        lines.append(
            PlateLine(
                plate_id=plate.id,
                code=plate.code,
                study_id=plate.experiment.study_id,
                study_code=plate.experiment.study.code,
                experiment_code=plate.experiment.code,
                run_on=plate.experiment.run_on,
                assay_title=assay_title(registry, plate.assay_key),
                analysis_id=analysis.id if analysis else None,
                state=analysis.state if analysis else "waiting for file",
            )
        )
    return tuple(lines)


def curve_lines(
    session: Session, registry: Registry, chosen: Select[Curve]
) -> tuple[CurveLine, ...]:
    """Return the chosen curves with what they are of."""
    rows = session.scalars(
        chosen.options(selectinload(Curve.batch), selectinload(Curve.analysis)).order_by(
            Plate.code, Curve.position
        )
    )
    return tuple(_curve_line(registry, curve) for curve in rows)


def all_curves(session: Session, registry: Registry) -> tuple[CurveLine, ...]:
    """Return the headline curves of every current analysis."""
    return curve_lines(session, registry, _current_curves())


def curves_of_analysis(
    session: Session, registry: Registry, analysis_id: int
) -> tuple[CurveLine, ...]:
    """Return all curves of an analysis, in every mode."""
    chosen = select(Curve).join(Analysis).join(Plate).where(Curve.analysis_id == analysis_id)
    return curve_lines(session, registry, chosen)


def value_lines(
    session: Session, registry: Registry, chosen: Select[Analysis]
) -> tuple[ValueLine, ...]:
    """Return the values that are no curves of the chosen analyses, in the order of the assay."""
    return tuple(
        ValueLine(
            plate_id=analysis.plate_id,
            plate_code=analysis.plate.code,
            study_code=analysis.plate.experiment.study.code,
            assay_title=assay_title(registry, analysis.assay_key),
            state=analysis.state,
            value=value,
        )
        for analysis in session.scalars(chosen.order_by(Plate.code))
        for value in values_from_json(analysis.values)
    )


def all_values(session: Session, registry: Registry) -> tuple[ValueLine, ...]:
    """Return the values of every current analysis."""
    return value_lines(session, registry, _current_analyses())


def values_of_analysis(
    session: Session, registry: Registry, analysis_id: int
) -> tuple[ValueLine, ...]:
    """Return the values of an analysis."""
    chosen = select(Analysis).join(Plate).where(Analysis.id == analysis_id)
    return value_lines(session, registry, chosen)


def values_of_batch(session: Session, registry: Registry, batch_code: str) -> tuple[ValueLine, ...]:
    """Return the values of a batch in every current analysis."""
    with_batch = select(Well.id).join(Batch).where(Well.plate_id == Plate.id)
    chosen = _current_analyses().where(with_batch.where(Batch.code == batch_code).exists())
    lines = value_lines(session, registry, chosen)
    return tuple(line for line in lines if line.value.key.batch_code == batch_code)


def curves_of_batch(session: Session, registry: Registry, batch_code: str) -> tuple[CurveLine, ...]:
    """Return the headline curves of a batch in every current analysis."""
    chosen = _current_curves().join(Batch, Curve.batch_id == Batch.id)
    return curve_lines(session, registry, chosen.where(Batch.code == batch_code))


def curve(session: Session, registry: Registry, curve_id: int) -> tuple[CurveLine, int]:
    """Return a curve and the number of its analysis.

    :raises NotFound: if there is none of that number.
    """
    found = session.get(Curve, curve_id)
    if found is None:
        raise NotFound(f"There is no curve number {curve_id}.")
    return _curve_line(registry, found), found.analysis_id


def analysis(session: Session, registry: Registry, actor: Actor, analysis_id: int) -> AnalysisView:
    """Return an analysis with what the actor may do to it.

    :raises NotFound: if there is none of that number.
    """
    found = session.get(Analysis, analysis_id)
    if found is None:
        raise NotFound(f"There is no analysis number {analysis_id}.")
    source, plate = found.accepted_import, found.plate
    events = select(ReviewEvent).filter_by(analysis_id=found.id).order_by(ReviewEvent.id)
    return AnalysisView(
        analysis_id=found.id,
        plate_id=plate.id,
        plate_code=plate.code,
        study_id=plate.experiment.study_id,
        study_code=plate.experiment.study.code,
        study_title=plate.experiment.study.title,
        is_simulated=plate.experiment.study.is_simulated,
        assay_title=assay_title(registry, found.assay_key),
        readout=readout_title(registry, found.assay_key, found.readout),
        higher_means=direction(registry, found.assay_key, found.readout),
        version=found.version,
        state=found.state,
        headline_mode=found.headline_mode,
        read=read_of(found).title,
        code_version=found.code_version,
        importer=f"{source.importer_key} {source.importer_version}",
        file_id=source.source_file_id,
        file_name=source.source_file.file_name,
        file_sha256=source.source_file.sha256,
        imported_by=source.accepted_by_name,
        imported_at=source.accepted_at,
        possible=reviews.possible(found, actor),
        is_own_work=actor.user_id in reviews.responsible_for(found),
        events=tuple(
            ReviewLine(e.action, e.actor_name, e.at, e.reason) for e in session.scalars(events)
        ),
    )


def audit_rows(
    session: Session, actor: Actor, *, before: int | None = None, most: int = _NEWEST
) -> tuple[AuditLine, ...]:
    """Return rows of the audit trail, newest first.

    :raises NotAllowed: if the actor may not see it.
    """
    actor.require(*AUDIT_READERS, action="read the audit trail")
    rows = select(AuditRow).order_by(AuditRow.id.desc()).limit(most)
    if before is not None:
        rows = rows.where(AuditRow.id < before)
    return tuple(
        AuditLine(
            number=row.id,
            at=row.at,
            actor_name=row.actor_name,
            action=row.action,
            table_name=row.table_name.removeprefix("msc_").replace("_", " "),
            record_id=row.record_id,
            reason=row.reason,
            changes=_changes_text(row.changes),
        )
        for row in session.scalars(rows)
    )


def assay_title(registry: Registry, key: str) -> str:
    """Return the title of an assay, or its key where its plugin is gone."""
    assay = registry.assay_types.get(key)
    return assay.title if assay else key


def readout_title(registry: Registry, assay_key: str, readout: str) -> str:
    """Return the title of a readout, or its key where its plugin is gone."""
    assay = registry.assay_types.get(assay_key)
    return assay.readouts.get(readout, readout) if assay else readout


def direction(registry: Registry, assay_key: str, readout: str) -> str:
    """Return what a higher reading means, or nothing where the plugin of the assay is gone."""
    assay = registry.assay_types.get(assay_key)
    if assay is None:
        return ""
    return assay.direction(readout) if readout in assay.readouts else assay.higher_means


def donor_group(health_status: str, diagnosis: str) -> str:
    """Return ``healthy``, the diagnosis of a patient, or what else was asserted."""
    return diagnosis if health_status == "patient" and diagnosis else health_status


def _all_plates() -> Select[Plate]:
    return select(Plate).join(Experiment).join(Study)


def _current_analyses() -> Select[Analysis]:
    return (
        select(Analysis)
        .join(Plate)
        .join(Experiment)
        .join(Study)
        .where(Analysis.state != ReviewState.SUPERSEDED.value)
    )


def _current_curves() -> Select[Curve]:
    return (
        select(Curve)
        .join(Analysis)
        .join(Plate)
        .join(Experiment)
        .join(Study)
        .where(Curve.is_headline, Analysis.state != ReviewState.SUPERSEDED.value)
    )


def _curve_line(registry: Registry, curve: Curve) -> CurveLine:
    plate, collection = curve.analysis.plate, curve.batch.collection if curve.batch else None
    result = curve_from_json(curve.result)
    group = donor_group(collection.health_status, collection.diagnosis) if collection else ""
    return CurveLine(
        curve_id=curve.id,
        plate_id=plate.id,
        plate_code=plate.code,
        study_code=plate.experiment.study.code,
        assay_title=assay_title(registry, plate.assay_key),
        batch_code=result.key.batch_code,
        donor_group=group,
        priming=result.key.priming,
        responder_code=result.key.responder_code,
        role=result.key.role.value,
        mode=result.key.mode.value,
        is_headline=curve.is_headline,
        state=curve.analysis.state,
        result=result,
    )


def _changes_text(changes: dict[str, object]) -> str:
    parts = []
    for key, value in changes.items():
        if isinstance(value, dict) and value.keys() == {"from", "to"}:
            parts.append(f"{key}: {value['from']} → {value['to']}")
        elif value not in (None, "", [], {}):
            text = str(value)
            parts.append(f"{key}: {text[:80]}{'…' if len(text) > 80 else ''}")
    return "; ".join(parts)
