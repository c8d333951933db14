"""Plate maps: hands out the template, and registers a plate from a filled one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.dose import Dose
from lims_msc.domain.findings import Finding, Level, errors_among
from lims_msc.domain.importing import Source
from lims_msc.domain.layout import PlateConditions, PlateLayout, WellContent, WellRole
from lims_msc.domain.plate import PlateFormat, SourceCell, WellAddress
from lims_msc.domain.plate_map import PlateMap, read_plate_map
from lims_msc.domain.plate_map_template import TemplateRequest
from lims_msc.errors import Conflict, InputError
from lims_msc.models import Batch, Experiment, Plate, Responder, SourceFile, Study, Well
from lims_msc.registry import Registry
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.source_files import keep, refuse
from lims_msc.services.transaction import Database


def template(session: Session, registry: Registry, plate_format: PlateFormat) -> bytes:
    """Return the Excel template with the registered codes in its lists."""
    request = TemplateRequest(
        plate_format=plate_format,
        assays={key: assay.readouts for key, assay in registry.assay_types.items()},
        study_codes=tuple(session.scalars(select(Study.code).order_by(Study.code))),
        batch_codes=tuple(session.scalars(select(Batch.code).order_by(Batch.code))),
        responder_codes=tuple(session.scalars(select(Responder.code).order_by(Responder.code))),
    )
    return registry.plate_map_template.write(request)


def register_plate(database: Database, registry: Registry, actor: Actor, source: Source) -> int:
    """Register the plate that a filled template describes; return the plate's number.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: if the file is no plate map or anything in it is wrong; nothing is stored
        but one audit row that says so.
    :raises Conflict: if the plate exists already.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="upload a plate map")
    try:
        plate_map = read_plate_map(registry.open_workbook(source))
        with database.reading() as session:
            _check(session, registry, plate_map, source.file_name)
    except InputError as error:
        refuse(database, actor, source, error)
        raise
    with database.unit_of_work(actor, f"plate map '{source.file_name}' uploaded") as session:
        return _store(session, actor, plate_map, keep(session, actor, source, "plate_map"))


def layout_of(plate: Plate) -> PlateLayout:
    """Return the stored layout of a plate."""
    contents = (content_of(well) for well in plate.wells)
    return PlateLayout.of(PlateFormat(plate.plate_format), contents, conditions_of(plate))


def conditions_of(plate: Plate) -> PlateConditions:
    """Return what was stated about the whole plate."""
    return PlateConditions(
        concentration_unit=plate.concentration_unit,
        supernatant_volume_ml=plate.supernatant_volume_ml,
        culture_hours=plate.culture_hours,
    )


def content_of(well: Well) -> WellContent:
    """Return what stands in a stored well."""
    dose = None
    if well.dose_msc is not None and well.dose_responder is not None:
        dose = Dose.from_text(msc_cells=well.dose_msc, responder_cells=well.dose_responder)
    return WellContent(
        well=WellAddress(well.row, well.column),
        role=WellRole(well.role),
        batch_code=well.batch.code if well.batch else "",
        priming=well.priming,
        responder_code=well.responder.code if well.responder else "",
        stimulus=well.stimulus,
        treatment=well.treatment,
        dose=dose,
        msc_cells_per_well=well.msc_cells_per_well,
        responder_cells_per_well=well.responder_cells_per_well,
        sample_code=well.sample_code,
        sample_of=WellRole(well.sample_of) if well.sample_of else None,
        dilution_factor=well.dilution_factor,
        standard_concentration=well.standard_concentration,
        effectors_per_target=well.effectors_per_target,
        note=well.note,
        source=SourceCell(well.map_sheet, well.map_cell),
    )


def _check(session: Session, registry: Registry, plate_map: PlateMap, file_name: str) -> None:
    findings = [
        *plate_map.findings,
        *_unknown_codes(session, plate_map),
        *_unknown_words(session, registry, plate_map),
    ]
    if plate_map.assay_key in registry.assay_types:
        findings += registry.assay(plate_map.assay_key).check_layout(plate_map.layout)
    if errors := errors_among(findings):
        count = "one thing" if len(errors) == 1 else f"{len(errors)} things"
        raise InputError(
            f"The plate map '{file_name}' cannot be taken: {count} must be corrected.",
            hint="Correct the cells named here in Excel, save, and upload the file again.",
            findings=findings,
        )


def _unknown_words(session: Session, registry: Registry, plate_map: PlateMap) -> Iterable[Finding]:
    studies = list(session.scalars(select(Study.code)))
    if plate_map.study_code not in studies:
        yield _unknown("study", plate_map.study_code, studies, "Open it on the page Studies first.")
    assay = registry.assay_types.get(plate_map.assay_key)
    if assay is None:
        yield _unknown("assay", plate_map.assay_key, registry.assay_types, "Choose from the list.")
    elif plate_map.readout not in assay.readouts:
        readouts = ", ".join(assay.readouts)
        hint = f"The assay {assay.title} has: {readouts}."
        yield _unknown("readout", plate_map.readout, assay.readouts, hint)


def _unknown_codes(session: Session, plate_map: PlateMap) -> Iterable[Finding]:
    known = {
        "batch": set(session.scalars(select(Batch.code))),
        "responder": set(session.scalars(select(Responder.code))),
    }
    first_seen: dict[tuple[str, str], WellContent] = {}
    for content in plate_map.layout.contents.values():
        for what, code in (("batch", content.batch_code), ("responder", content.responder_code)):
            if code and code not in known[what]:
                first_seen.setdefault((what, code), content)
    for (what, code), content in first_seen.items():
        hint = "Register it on the page Materials, or correct the code."
        yield _unknown(what, code, known[what], hint, content)


def _unknown(
    what: str, code: str, known: Iterable[str], hint: str, content: WellContent | None = None
) -> Finding:
    near = difflib.get_close_matches(code, list(known), n=1)
    suggestion = f"Is '{near[0]}' meant? " if near else ""
    source = content.source if content else None
    return Finding(
        Level.ERROR,
        f"plate_map.unknown_{what}",
        f"There is no {what} '{code}'.",
        suggestion + hint,
        sheet=source.sheet if source else "Plate",
        cell=source.cell if source else "",
        well=str(content.well) if content else "",
    )


def _store(session: Session, actor: Actor, plate_map: PlateMap, map_file: SourceFile) -> int:
    taken = select(Plate.id).where(Plate.code == plate_map.plate_code)
    if session.scalar(taken) is not None:
        raise Conflict(
            f"The plate '{plate_map.plate_code}' exists already; nothing was stored.",
            hint="Give this plate its own code, or open the plate that is there.",
        )
    audit: AuditContext = session.info["audit"]
    conditions = plate_map.layout.conditions
    plate = Plate(
        experiment=_experiment(session, plate_map),
        code=plate_map.plate_code,
        plate_format=plate_map.layout.plate_format.value,
        assay_key=plate_map.assay_key,
        readout=plate_map.readout,
        arrest=plate_map.arrest,
        concentration_unit=conditions.concentration_unit,
        supernatant_volume_ml=conditions.supernatant_volume_ml,
        culture_hours=conditions.culture_hours,
        map_file_id=map_file.id,
        created_at=audit.clock(),
        created_by_id=actor.user_id,
        created_by_name=actor.name,
    )
    batches = {batch.code: batch for batch in session.scalars(select(Batch))}
    responders = {responder.code: responder for responder in session.scalars(select(Responder))}
    plate.wells = [
        _well(content, batches.get(content.batch_code), responders.get(content.responder_code))
        for content in plate_map.layout.contents.values()
    ]
    session.add(plate)
    session.flush()
    return plate.id


def _well(content: WellContent, batch: Batch | None, responder: Responder | None) -> Well:
    return Well(
        row=content.well.row,
        column=content.well.column,
        role=content.role.value,
        batch=batch,
        responder=responder,
        priming=content.priming,
        stimulus=content.stimulus,
        treatment=content.treatment,
        dose_msc=str(content.dose.msc_cells) if content.dose else None,
        dose_responder=str(content.dose.responder_cells) if content.dose else None,
        msc_cells_per_well=content.msc_cells_per_well,
        responder_cells_per_well=content.responder_cells_per_well,
        sample_code=content.sample_code,
        sample_of=content.sample_of.value if content.sample_of else None,
        dilution_factor=content.dilution_factor,
        standard_concentration=content.standard_concentration,
        effectors_per_target=content.effectors_per_target,
        note=content.note,
        map_sheet=content.source.sheet if content.source else "",
        map_cell=content.source.cell if content.source else "",
    )


def _experiment(session: Session, plate_map: PlateMap) -> Experiment:
    study = session.scalars(select(Study).where(Study.code == plate_map.study_code)).one()
    same = select(Experiment).filter_by(study_id=study.id, code=plate_map.experiment_code)
    experiment = session.scalar(same)
    if experiment is None:
        return Experiment(
            study=study,
            code=plate_map.experiment_code,
            run_on=plate_map.run_on,
            operator=plate_map.operator,
        )
    if experiment.run_on != plate_map.run_on:
        raise Conflict(
            f"The experiment '{experiment.code}' was run on {experiment.run_on}, "
            f"the plate map says {plate_map.run_on}.",
            hint="Correct the date, or give the run its own experiment code.",
        )
    return experiment
