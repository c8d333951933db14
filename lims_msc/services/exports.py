"""Builds the frozen bundle of a study and has an exporter write it; records what left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.exporting import (
    PlateRecord,
    PublicationBundle,
    RawFile,
    ReviewRecord,
)
from lims_msc.domain.review import ReviewState
from lims_msc.errors import IllegalTransition, NotFound, StaleVersion
from lims_msc.models import (
    Analysis,
    Experiment,
    Export,
    Plate,
    Reading,
    ReviewEvent,
    SourceFile,
    Study,
)
from lims_msc.registry import Registry
from lims_msc.services import materials
from lims_msc.services.analyses import reading_of, stored_input_digest
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.codec import (
    curve_from_json,
    settings_from_json,
    standard_curves_from_json,
    values_from_json,
)
from lims_msc.services.donor_facts import facts_of_materials
from lims_msc.services.export_checks import refuse_plate_without_consent, refuse_without_consent
from lims_msc.services.plate_maps import conditions_of, content_of
from lims_msc.services.relations import relations_of
from lims_msc.services.reviews import stored_result_digest
from lims_msc.version import __version__


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The bytes of an export with the name and type to send them under."""

    file_name: str
    media_type: str
    data: bytes


def export_study(
    session: Session, registry: Registry, actor: Actor, study_id: int, format_key: str
) -> ExportedFile:
    """Write an approved study in one format and record that it left.

    :raises NotAllowed: if the actor may not export.
    :raises NotFound: if there is no such study or format.
    :raises IllegalTransition: if a donor withdrew consent or does not permit exports, or any plate
        of the study is not approved; names each.
    :raises StaleVersion: if what is stored is not what was approved.
    """
    actor.require(Role.REVIEWER, Role.DATA_MANAGER, action="export a study")
    study = session.get(Study, study_id)
    if study is None:
        raise NotFound(f"There is no study number {study_id}.")
    refuse_without_consent(session, study)
    exporter = registry.exporter(format_key)
    plates = _plates(session, study)
    _require_approved(session, study, plates)
    _require_untouched(session, plates)
    audit: AuditContext = session.info["audit"]
    bundle = build_bundle(session, registry, study, plates)
    data = exporter.write(bundle, {})
    session.add(
        Export(
            study_id=study.id,
            format_key=format_key,
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            exported_at=audit.clock(),
            exported_by_id=actor.user_id,
            exported_by_name=actor.name,
        )
    )
    session.flush()
    return ExportedFile(f"{study.code}{exporter.suffix}", exporter.media_type, data)


def table_of_plate(
    session: Session, registry: Registry, plate_id: int, format_key: str
) -> ExportedFile:
    """Write one plate in one format for looking at; drafts too, with their state in the table.

    :raises NotFound: if there is no such plate or format, or it has no readings yet.
    :raises IllegalTransition: if a donor withdrew consent or does not permit exports; names each.
    """
    plate = session.get(Plate, plate_id)
    if plate is None:
        raise NotFound(f"There is no plate number {plate_id}.")
    if current_analysis(session, plate.id) is None:
        raise NotFound(f"The plate '{plate.code}' has no readings yet.")
    refuse_plate_without_consent(session, plate)
    exporter = registry.exporter(format_key)
    bundle = build_bundle(session, registry, plate.experiment.study, [plate])
    name = f"{plate.code}-{format_key.replace('_csv', '')}{exporter.suffix}"
    return ExportedFile(name, exporter.media_type, exporter.write(bundle, {}))


def build_bundle(
    session: Session, registry: Registry, study: Study, plates: Iterable[Plate]
) -> PublicationBundle:
    """Return everything that exports may say about these plates, frozen.

    The same state of the study gives an equal bundle: its date is the one of the newest analysis
    or review, not the moment of writing.
    """
    analyses = [a for a in (current_analysis(session, plate.id) for plate in plates) if a]
    records = tuple(_plate_record(session, registry, analysis) for analysis in analyses)
    contents = [content for record in records for content in record.wells]
    if not analyses:
        raise NotFound(f"The study '{study.code}' has no readings yet.")
    batch_codes = {content.batch_code for content in contents if content.batch_code}
    responder_codes = {content.responder_code for content in contents if content.responder_code}
    batch_facts, responder_facts = facts_of_materials(session, batch_codes, responder_codes)
    latest = max(moment for analysis in analyses for moment in _moments(session, analysis))
    return PublicationBundle(
        study_code=study.code,
        study_title=study.title,
        is_simulated=study.is_simulated,
        created_at=latest,
        created_by=analyses[-1].created_by_name,
        software_version=__version__,
        plates=records,
        batches=materials.batch_records(session, batch_codes),
        responders=materials.responder_records(session, responder_codes),
        raw_files=_raw_files(session, analyses),
        relations=relations_of(session, ((c.batch_code, c.responder_code) for c in contents)),
        batch_facts=batch_facts,
        responder_facts=responder_facts,
    )


def current_analysis(session: Session, plate_id: int) -> Analysis | None:
    """Return the newest analysis of a plate, or ``None`` before its first import."""
    newest = select(Analysis).where(Analysis.plate_id == plate_id).order_by(Analysis.version.desc())
    return session.scalars(newest).first()


def blocking_plates(session: Session, study: Study) -> tuple[str, ...]:
    """Return in words each plate that keeps the study from being exported."""
    plates = _plates(session, study)
    if not plates:
        return ("the study has no plates",)
    blocking = []
    for plate in plates:
        analysis = current_analysis(session, plate.id)
        if analysis is None:
            blocking.append(f"plate '{plate.code}' waits for its reader file")
        elif analysis.state != ReviewState.APPROVED.value:
            blocking.append(f"plate '{plate.code}' is {analysis.state}")
    return tuple(blocking)


def _require_approved(session: Session, study: Study, plates: list[Plate]) -> None:
    blocking = blocking_plates(session, study)
    if blocking or not plates:
        raise IllegalTransition(
            f"The study '{study.code}' cannot be exported: {'; '.join(blocking)}.",
            hint="Every plate must be approved first.",
        )


def _require_untouched(session: Session, plates: Iterable[Plate]) -> None:
    """Refuse to let numbers leave that are not those a reviewer approved."""
    for plate in plates:
        analysis = current_analysis(session, plate.id)
        if analysis is None:
            continue
        judged = select(ReviewEvent.result_sha256).where(ReviewEvent.analysis_id == analysis.id)
        approved = session.scalars(judged.order_by(ReviewEvent.id.desc())).first()
        is_same = (
            stored_result_digest(analysis) == analysis.result_sha256 == approved
            and stored_input_digest(session, analysis) == analysis.input_sha256
        )
        if not is_same:
            raise StaleVersion(
                f"What is stored for the plate '{plate.code}' is not what was approved.",
                hint="Nothing was exported. Tell the administrator; the audit trail shows more.",
            )


def _plates(session: Session, study: Study) -> list[Plate]:
    found = select(Plate).join(Experiment).where(Experiment.study_id == study.id)
    return list(session.scalars(found.order_by(Plate.code)))


def _moments(session: Session, analysis: Analysis) -> Iterable[datetime]:
    yield analysis.created_at
    events = select(ReviewEvent.at).where(ReviewEvent.analysis_id == analysis.id)
    yield from session.scalars(events)


def _plate_record(session: Session, registry: Registry, analysis: Analysis) -> PlateRecord:
    plate, source = analysis.plate, analysis.accepted_import
    readings = select(Reading).where(Reading.import_id == source.id).order_by(Reading.position)
    events = select(ReviewEvent).where(ReviewEvent.analysis_id == analysis.id)
    assay = registry.assay_types.get(analysis.assay_key)
    return PlateRecord(
        plate_code=plate.code,
        experiment_code=plate.experiment.code,
        run_date=plate.experiment.run_on.isoformat(),
        operator=plate.experiment.operator,
        assay_key=analysis.assay_key,
        assay_title=assay.title if assay else analysis.assay_key,
        readout=analysis.readout,
        arrest=plate.arrest,
        file_name=source.source_file.file_name,
        file_sha256=source.source_file.sha256,
        importer=f"{source.importer_key} {source.importer_version}",
        read_label=analysis.read_label,
        read_time_s=analysis.read_time_s,
        reference_read_label=analysis.reference_read_label,
        analysis_version=analysis.version,
        code_version=analysis.code_version,
        headline_mode=analysis.headline_mode,
        settings=settings_from_json(analysis.settings),
        wells=tuple(content_of(well) for well in plate.wells),
        readings=tuple(reading_of(row) for row in session.scalars(readings)),
        curves=tuple(curve_from_json(curve.result) for curve in analysis.curves),
        values=values_from_json(analysis.values),
        standard_curves=standard_curves_from_json(analysis.standard_curves),
        conditions=conditions_of(plate),
        reviews=tuple(
            ReviewRecord(event.action, event.actor_name, event.at, event.reason)
            for event in session.scalars(events.order_by(ReviewEvent.id))
        ),
    )


def _raw_files(session: Session, analyses: Iterable[Analysis]) -> tuple[RawFile, ...]:
    """Return the reader files and plate maps behind these analyses, each once."""
    numbers: Mapping[int, None] = dict.fromkeys(
        number
        for analysis in analyses
        for number in (analysis.accepted_import.source_file_id, analysis.plate.map_file_id)
    )
    found = select(SourceFile).where(SourceFile.id.in_(numbers)).options(undefer(SourceFile.data))
    return tuple(_raw_file(stored) for stored in session.scalars(found.order_by(SourceFile.sha256)))


def _raw_file(stored: SourceFile) -> RawFile:
    if hashlib.sha256(stored.data).hexdigest() != stored.sha256:
        raise StaleVersion(
            f"The stored bytes of the file '{stored.file_name}' are not those that were uploaded.",
            hint="Nothing was exported. Tell the administrator.",
        )
    return RawFile(stored.file_name, stored.sha256, stored.data)
