"""Headline potencies of batches over their passages, from what analyses stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lims_msc.domain.potency_series import HeadlineResult, PotencySeries, SeriesKey, series_of
from lims_msc.domain.review import ReviewState
from lims_msc.models import Analysis, Batch, Curve, Experiment, Plate, Study
from lims_msc.registry import Registry
from lims_msc.services.codec import summary_from_json
from lims_msc.services.queries import assay_title, readout_title


def trend_of_collection(
    session: Session, registry: Registry, collection_id: int
) -> tuple[PotencySeries, ...]:
    """Return the headline results of all batches of a collection; they share one donor."""
    return series_of(headline_results(session, registry, Batch.collection_id == collection_id))


def headline_results(
    session: Session, registry: Registry, chosen: ColumnElement[bool]
) -> tuple[HeadlineResult, ...]:
    """Return the headline curves of the chosen batches in every current analysis."""
    rows = session.execute(
        select(
            Curve.id.label("curve_id"),
            Curve.result,
            Batch.id.label("batch_id"),
            Batch.code.label("batch_code"),
            Batch.passage,
            Analysis.state,
            Analysis.readout,
            Analysis.settings,
            Plate.id.label("plate_id"),
            Plate.code.label("plate_code"),
            Plate.assay_key,
            Plate.arrest,
            Experiment.run_on,
            Study.is_simulated,
        )
        .join(Batch, Curve.batch_id == Batch.id)
        .join(Analysis, Curve.analysis_id == Analysis.id)
        .join(Plate, Analysis.plate_id == Plate.id)
        .join(Experiment, Plate.experiment_id == Experiment.id)
        .join(Study, Experiment.study_id == Study.id)
        .where(Curve.is_headline, Analysis.state != ReviewState.SUPERSEDED.value, chosen)
        .order_by(Curve.id)
    )
    return tuple(_result(registry, row) for row in rows)


def _result(registry: Registry, row: Any) -> HeadlineResult:
    stored: Mapping[str, Any] = row.result
    is_ok = stored["status"] == "ok"
    return HeadlineResult(
        key=_key(registry, row),
        curve_id=row.curve_id,
        plate_id=row.plate_id,
        plate_code=row.plate_code,
        run_on=row.run_on,
        batch_id=row.batch_id,
        batch_code=row.batch_code,
        passage=row.passage,
        state=row.state,
        reason="" if is_ok else stored["reason"] or "no number",
        r50=summary_from_json(stored["r50"]),
        at_anchor=summary_from_json(stored["suppression_at_anchor"]),
        is_simulated=row.is_simulated,
    )


def _key(registry: Registry, row: Any) -> SeriesKey:
    key: Mapping[str, Any] = row.result["key"]
    return SeriesKey(
        assay_title=assay_title(registry, row.assay_key),
        readout_title=readout_title(registry, row.assay_key, row.readout),
        responder_code=key["responder_code"],
        priming=key["priming"],
        stimulus=key["stimulus"],
        treatment=key["treatment"],
        arrest=row.arrest,
        role=key["role"],
        mode=key["mode"],
        anchor_msc_per_responder=row.settings["anchor_msc_per_responder"],
    )
