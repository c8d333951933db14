"""Computes the results of an imported plate; stores them as an immutable, versioned analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.curve import AnalysisSettings, CurveResult, PlateAnalysis, Signal
from lims_msc.domain.layout import PlateLayout
from lims_msc.domain.plate import (
    Marker,
    Read,
    ReadingKind,
    SourceCell,
    WellAddress,
    WellReading,
)
from lims_msc.domain.review import ReviewState
from lims_msc.domain.wording import read_text
from lims_msc.models import Analysis, Batch, Curve, Import, Plate, Reading, Responder
from lims_msc.registry import Registry
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.codec import (
    digest,
    layout_digest_parts,
    result_digest,
    signal_digest_part,
    to_json,
)
from lims_msc.services.plate_maps import layout_of
from lims_msc.services.read_choices import ReadChoice, read_key, signals_among
from lims_msc.version import __version__

SETTINGS = AnalysisSettings()


def compute(
    session: Session, registry: Registry, actor: Actor, source: Import, read: ReadChoice
) -> int:
    """Compute the results of an import from one of its reads; return the number of the analysis.

    An earlier analysis of the plate is kept and becomes superseded.

    :raises NotAllowed: if the actor may not compute.
    """
    actor.require(Role.TECHNICIAN, Role.REVIEWER, action="compute an analysis")
    plate = source.plate
    layout = layout_of(plate)
    signals = _stored_signals(session, source.id, read)
    assay = registry.assay(plate.assay_key)
    result = assay.analyse(layout, signals, plate.readout, SETTINGS)
    audit: AuditContext = session.info["audit"]
    analysis = Analysis(
        plate=plate,
        accepted_import=source,
        version=_supersede_earlier(session, plate),
        state=ReviewState.DRAFT.value,
        assay_key=assay.key,
        assay_version=assay.version,
        readout=plate.readout,
        headline_mode=result.headline_mode.value,
        read_label=read.label,
        read_time_s=read.time_s,
        reference_read_label=read.reference_label,
        settings=to_json(result.settings),
        findings=to_json(result.findings),
        code_version=__version__,
        input_sha256=_input_digest(layout, signals, result.settings, source, read),
        **_without_curves(result),
        created_at=audit.clock(),
        created_by_id=actor.user_id,
        created_by_name=actor.name,
    )
    analysis.curves = _curves(session, result)
    session.add(analysis)
    session.flush()
    return analysis.id


def _without_curves(result: PlateAnalysis) -> dict[str, Any]:
    """Return the results that are no curve as they are stored, and the digest over all results."""
    return {
        "values": to_json(result.values),
        "standard_curves": to_json(result.standard_curves),
        "result_sha256": result_digest(result.curves, result.values, result.standard_curves),
    }


def stored_input_digest(session: Session, analysis: Analysis) -> str:
    """Return the digest over what the analysis was computed from, as it is stored now."""
    source, layout = analysis.accepted_import, layout_of(analysis.plate)
    signals = stored_signals(session, analysis)
    return _input_digest(layout, signals, analysis.settings, source, read_of(analysis))


def _input_digest(
    layout: PlateLayout,
    signals: Mapping[WellAddress, Signal],
    settings: object,
    source: Import,
    read: ReadChoice,
) -> str:
    """Return the digest; that of an analysis of one read is as in earlier releases."""
    contents, *conditions = layout_digest_parts(layout)
    difference = [] if read.reference_label is None else [[read.label, read.reference_label]]
    return digest(
        contents,
        [signal_digest_part(signals[well]) for well in sorted(signals)],
        settings,
        source.source_file.sha256,
        *conditions,
        *difference,
    )


def read_of(analysis: Analysis) -> ReadChoice:
    """Return the read, or the difference of two, that an analysis was computed from."""
    label, time_s = analysis.read_label, analysis.read_time_s
    reference = analysis.reference_read_label
    key = read_key(label, time_s, reference)
    return ReadChoice(key, read_text(label, time_s, reference), label, time_s, reference)


def stored_signals(session: Session, analysis: Analysis) -> dict[WellAddress, Signal]:
    """Return the signal of each well that an analysis was computed from."""
    return _stored_signals(session, analysis.import_id, read_of(analysis))


def _stored_signals(
    session: Session, import_id: int, read: ReadChoice
) -> dict[WellAddress, Signal]:
    labels = {read.label, read.reference_label} - {None}
    is_time = Reading.time_s.is_(None) if read.time_s is None else Reading.time_s == read.time_s
    rows = session.scalars(
        select(Reading)
        .where(Reading.import_id == import_id, Reading.read_label.in_(labels), is_time)
        .order_by(Reading.position)
    )
    return signals_among(map(reading_of, rows), read)


def reading_of(row: Reading) -> WellReading:
    """Return a stored reading as the domain knows it."""
    well = None
    if row.row is not None and row.column is not None:
        well = WellAddress(row.row, row.column)
    return WellReading(
        read=Read(
            label=row.read_label,
            kind=ReadingKind(row.kind),
            wavelength_nm=row.wavelength_nm,
            emission_nm=row.emission_nm,
            unit=row.unit,
        ),
        source=SourceCell(row.sheet, row.cell),
        raw=row.raw,
        well=well,
        sample=row.sample,
        time_s=row.time_s,
        value=row.value,
        marker=Marker(row.marker) if row.marker else None,
    )


def _supersede_earlier(session: Session, plate: Plate) -> int:
    """Mark earlier analyses of a plate as superseded; return the next version."""
    for earlier in session.scalars(select(Analysis).where(Analysis.plate_id == plate.id)):
        earlier.state = ReviewState.SUPERSEDED.value
    last = select(func.max(Analysis.version)).where(Analysis.plate_id == plate.id)
    return (session.scalar(last) or 0) + 1


def _curves(session: Session, result: PlateAnalysis) -> list[Curve]:
    batches = _ids(session, Batch, [curve.key.batch_code for curve in result.curves])
    responders = _ids(session, Responder, [curve.key.responder_code for curve in result.curves])
    return [
        Curve(
            position=position,
            batch_id=batches.get(curve.key.batch_code),
            responder_id=responders.get(curve.key.responder_code),
            priming=curve.key.priming,
            stimulus=curve.key.stimulus,
            treatment=curve.key.treatment,
            role=curve.key.role.value,
            mode=curve.key.mode.value,
            is_headline=curve.key.mode is result.headline_mode,
            status=curve.status,
            reason=curve.reason,
            suppression_at_anchor_percent=_value(curve, "suppression_at_anchor"),
            normalised_auc_percent=_value(curve, "normalised_auc"),
            r50_msc_per_responder=_value(curve, "r50"),
            result=to_json(curve),
        )
        for position, curve in enumerate(result.curves)
    ]


def _ids(session: Session, table: type[Batch | Responder], codes: Sequence[str]) -> dict[str, int]:
    rows = session.execute(select(table.code, table.id).where(table.code.in_(set(codes))))
    return {code: number for code, number in rows}  # noqa: C416 (rows are not pairs to dict)


def _value(curve: CurveResult, summary: str) -> float | None:
    found = getattr(curve, summary)
    return None if found is None else found.value
