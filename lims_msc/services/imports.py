"""Uploads of reader files: receive, preview over the layout, accept in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.curve import Signal
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.importing import Source
from lims_msc.domain.layout import PlateLayout
from lims_msc.domain.plate import PlateReading, WellAddress, WellReading
from lims_msc.errors import (
    AmbiguousFormat,
    ChoiceNeeded,
    Conflict,
    DuplicateUpload,
    InputError,
    LayoutMismatch,
    NotFound,
)
from lims_msc.models import Import, Plate, Reading, SourceFile
from lims_msc.registry import Registry
from lims_msc.services import analyses, lab_formats
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.codec import to_json
from lims_msc.services.layout_checks import check_against_layout
from lims_msc.services.plate_maps import layout_of
from lims_msc.services.read_choices import ReadChoice, reads_of, signals_of
from lims_msc.services.reading_files import ReadFile, plate_at, read_file
from lims_msc.services.same_readings import compare_with_earlier
from lims_msc.services.source_files import digest_of, keep, load, refuse
from lims_msc.services.transaction import Database

_NAMED_READS = 12


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose on the preview; empty words mean "decide for me"."""

    importer_key: str = ""
    file_plate_index: int | None = None
    read_key: str = ""
    option_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be imported: readings over the layout, and everything the checks say."""

    plate_id: int
    plate_code: str
    source_file_id: int
    file_name: str
    importer_key: str
    importer_title: str
    importer_version: str
    layout: PlateLayout
    file_plates: tuple[str, ...]
    file_plate_index: int
    plate_reading: PlateReading
    reads: tuple[ReadChoice, ...]
    read: ReadChoice
    signals: dict[WellAddress, Signal]
    findings: tuple[Finding, ...]
    file: ReadFile

    @property
    def can_be_accepted(self) -> bool:
        """Whether nothing blocks the import."""
        return not errors_among(self.findings)


def receive(
    database: Database, registry: Registry, actor: Actor, plate_id: int, source: Source
) -> int:
    """Read an upload and keep its bytes; return the number of the stored file.

    :raises NotAllowed: if the actor may not import.
    :raises DuplicateUpload: if every plate of these bytes was imported before.
    :raises InputError: if the file is refused; nothing is stored but one audit row.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="upload a reader file")
    with database.reading() as session:
        _plate(session, plate_id)
        earlier = _imports_of(session, digest_of(source))
        imported_plates = len(earlier)
        refusal = _duplicate(source, earlier[0]) if earlier else None
    try:
        # Several importers that know the file are a question to the person, not a refusal.
        read = _read_unless_asked(registry, source)
    except InputError as error:
        refuse(database, actor, source, error)
        raise
    if refusal is not None and (read is None or imported_plates >= len(read.readings.plates)):
        refuse(database, actor, source, refusal)
        raise refusal
    with database.unit_of_work(actor, f"reader file '{source.file_name}' uploaded") as session:
        return keep(session, actor, source, "reader").id


def preview(
    database: Database, registry: Registry, plate_id: int, source_file_id: int, choices: Choices
) -> Preview:
    """Return what accepting the upload would store, with all findings.

    :raises InputError: if the file cannot be read with these choices.
    :raises NotFound: if there is no such plate or file.
    """
    with database.reading() as session:
        source = load(session, source_file_id)
        plate = _plate(session, plate_id)
        layout, assay_key = layout_of(plate), plate.assay_key
        plate_code, readout = plate.code, plate.readout
        taken = {i.file_plate_index: i.plate.code for i in _imports_of(session, digest_of(source))}
        formats = lab_formats.remembered(session)
    read = read_file(
        registry,
        source,
        choices.importer_key,
        option_keys=choices.option_keys,
        formats=formats,
    )
    index = _plate_index(read, choices, plate_code, taken)
    plate_reading = plate_at(read, index)
    reads = reads_of(plate_reading)
    chosen = _read_choice(reads, choices, read.file_name)
    signals = signals_of(plate_reading, chosen)
    fit = check_against_layout(layout, plate_reading, signals, plate_code)
    with database.reading() as session:
        earlier = compare_with_earlier(session, plate_reading, source_file_id)
    findings = [*read.findings, *fit, *earlier]
    if not errors_among(findings):
        analysis = registry.assay(assay_key).analyse(layout, signals, readout, analyses.SETTINGS)
        findings += analysis.findings
        for curve in analysis.curves:
            if curve.key.mode is analysis.headline_mode:
                findings += curve.findings
    return Preview(
        plate_id=plate_id,
        plate_code=plate_code,
        source_file_id=source_file_id,
        file_name=source.file_name,
        importer_key=read.importer_key,
        importer_title=read.importer_title,
        importer_version=read.importer_version,
        layout=layout,
        file_plates=tuple(plate.plate for plate in read.readings.plates),
        file_plate_index=index,
        plate_reading=plate_reading,
        reads=reads,
        read=chosen,
        signals=signals,
        findings=tuple(dict.fromkeys(findings)),
        file=read,
    )


def accept(
    database: Database,
    registry: Registry,
    actor: Actor,
    plate_id: int,
    source_file_id: int,
    *,
    choices: Choices,
) -> int:
    """Store the readings of an upload and compute its results, all or nothing.

    Returns the number of the analysis.

    :raises NotAllowed: if the actor may not import.
    :raises InputError: if the file leaves a choice of plate or read that was not made.
    :raises LayoutMismatch: if anything blocks; carries every finding.
    :raises Conflict: if the plate or this plate of the file was imported meanwhile.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="accept an upload")
    seen = preview(database, registry, plate_id, source_file_id, choices)
    _require_choices(seen, choices)
    if not seen.can_be_accepted:
        raise LayoutMismatch(
            f"The file '{seen.file_name}' cannot be accepted for the plate '{seen.plate_code}'.",
            hint="Nothing was stored. Correct what is named here, or upload the right file.",
            findings=seen.findings,
        )
    reason = f"reader file '{seen.file_name}' accepted for plate '{seen.plate_code}'"
    with database.unit_of_work(actor, reason) as session:
        stored = _store_import(session, actor, seen)
        if choices.option_keys:
            lab_formats.remember(session, registry, actor, seen.file)
        return analyses.compute(session, registry, actor, stored, seen.read)


def _read_unless_asked(registry: Registry, source: Source) -> ReadFile | None:
    try:
        return read_file(registry, source)
    except (AmbiguousFormat, ChoiceNeeded):
        return None


def _plate(session: Session, plate_id: int) -> Plate:
    plate = session.get(Plate, plate_id)
    if plate is None:
        raise NotFound(f"There is no plate number {plate_id}.")
    return plate


def _imports_of(session: Session, sha256: str) -> tuple[Import, ...]:
    found = select(Import).join(SourceFile).where(SourceFile.sha256 == sha256).order_by(Import.id)
    return tuple(session.scalars(found))


def _duplicate(source: Source, first: Import) -> DuplicateUpload:
    return DuplicateUpload(
        f"The file '{source.file_name}' was imported before: on {first.accepted_at:%Y-%m-%d %H:%M} "
        f"UTC by {first.accepted_by_name}, as '{first.source_file.file_name}', "
        f"for the plate '{first.plate.code}'.",
        hint="Nothing was stored. Choose the file of this plate.",
    )


def _plate_index(read: ReadFile, choices: Choices, plate_code: str, taken: dict[int, str]) -> int:
    """Return which plate of the file is meant: the chosen one, else the one of this name."""
    if choices.file_plate_index is not None:
        plate_at(read, choices.file_plate_index)
        index = choices.file_plate_index
    else:
        names = [plate.plate for plate in read.readings.plates]
        free = [i for i in range(len(names)) if i not in taken] or [0]
        index = names.index(plate_code) if plate_code in names else free[0]
    if index in taken:
        raise Conflict(
            f"Plate {index + 1} of the file '{read.file_name}' was imported for the plate "
            f"'{taken[index]}'.",
            hint="Choose another plate of the file.",
        )
    return index


def _read_choice(reads: Sequence[ReadChoice], choices: Choices, file_name: str) -> ReadChoice:
    """Return the read that was chosen, else the first one."""
    if not reads:
        raise InputError(
            f"This plate of the file '{file_name}' holds no readings.",
            hint="Choose another plate of the file.",
        )
    if not choices.read_key:
        return reads[0]
    for read in reads:
        if read.key == choices.read_key:
            return read
    known = ", ".join(f"'{read.key}'" for read in reads)
    raise InputError(
        f"The plate has no read '{choices.read_key}' in the file '{file_name}'.",
        hint=f"There are: {known}.",
    )


def _require_choices(seen: Preview, choices: Choices) -> None:
    """Refuse to decide for a person which plate or which read is meant."""
    is_open = choices.file_plate_index is None and len(seen.file_plates) > 1
    if is_open and seen.file_plates.count(seen.plate_code) != 1:
        names = ", ".join(f"{i}: '{n}'" for i, n in enumerate(seen.file_plates, start=1))
        raise InputError(
            f"The file '{seen.file_name}' holds {len(seen.file_plates)} plates, and its names "
            f"do not say which one is '{seen.plate_code}'.",
            hint=f"Choose one of {names}.",
        )
    if not choices.read_key and len(seen.reads) > 1:
        single = [read for read in seen.reads if read.reference_label is None]
        differences = [read for read in seen.reads if read.reference_label is not None]
        or_one = f"; or a difference of two: {_keys(differences)}" if differences else ""
        raise InputError(
            f"The file '{seen.file_name}' holds {len(single)} reads of the plate.",
            hint=f"Choose the one that results are computed from: {_keys(single)}{or_one}.",
        )


def _keys(reads: Sequence[ReadChoice]) -> str:
    """Return the keys of reads; many are not all named."""
    keys = ", ".join(f"'{read.key}'" for read in reads[:_NAMED_READS])
    return f"{keys} …" if len(reads) > _NAMED_READS else keys


def _store_import(session: Session, actor: Actor, seen: Preview) -> Import:
    plate = _plate(session, seen.plate_id)
    earlier = session.scalar(select(Import).where(Import.plate_id == plate.id))
    if earlier is not None:
        raise Conflict(
            f"The plate '{plate.code}' has its readings already, from the file "
            f"'{earlier.source_file.file_name}'.",
            hint="Nothing was stored. A second reading belongs to a plate of its own.",
        )
    audit: AuditContext = session.info["audit"]
    stored = Import(
        plate=plate,
        source_file=session.get_one(SourceFile, seen.source_file_id),
        file_plate_index=seen.file_plate_index,
        file_plate=seen.plate_reading.plate,
        importer_key=seen.importer_key,
        importer_version=seen.importer_version,
        facts=to_json(seen.file.readings.facts),
        findings=to_json(seen.findings),
        accepted_at=audit.clock(),
        accepted_by_id=actor.user_id,
        accepted_by_name=actor.name,
    )
    session.add(stored)
    session.flush()
    rows = [
        {"import_id": stored.id, "position": position, **_reading_row(reading)}
        for position, reading in enumerate(seen.plate_reading.readings)
    ]
    session.execute(insert(Reading), rows)
    return stored


def _reading_row(reading: WellReading) -> dict[str, object]:
    return {
        "row": reading.well.row if reading.well else None,
        "column": reading.well.column if reading.well else None,
        "sample": reading.sample,
        "read_label": reading.read.label,
        "kind": reading.read.kind.value,
        "wavelength_nm": reading.read.wavelength_nm,
        "emission_nm": reading.read.emission_nm,
        "unit": reading.read.unit,
        "time_s": reading.time_s,
        "value": reading.value,
        "marker": reading.marker.value if reading.marker else None,
        "raw": reading.raw,
        "sheet": reading.source.sheet,
        "cell": reading.source.cell,
    }
