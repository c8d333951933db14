"""Analyses with their curves and values: immutable, with the inputs, settings and versions used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims_msc.models.base import Table
from lims_msc.models.materials import Batch, Responder
from lims_msc.models.plates import Import, Plate


class Analysis(Table):
    """One computation over one plate; a new computation is a new version, never a change.

    ``input_sha256`` is over the readings, the layout and the settings; ``result_sha256`` over every
    number of the curves, the values and the standard curves.  A review is bound to both.
    ``reference_read_label`` is the read that was subtracted from ``read_label`` in each well.
    ``values`` and ``standard_curves`` are the results that are no curve, whole.
    """

    __tablename__ = "msc_analysis"
    __table_args__ = (UniqueConstraint("plate_id", "version"),)

    plate_id: Mapped[int] = mapped_column(ForeignKey("msc_plate.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("msc_import.id"), index=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), index=True)
    assay_key: Mapped[str] = mapped_column(String(60))
    assay_version: Mapped[str] = mapped_column(String(20))
    readout: Mapped[str] = mapped_column(String(60))
    headline_mode: Mapped[str] = mapped_column(String(10))
    read_label: Mapped[str] = mapped_column(String(200))
    read_time_s: Mapped[float | None] = mapped_column(Double)
    reference_read_label: Mapped[str | None] = mapped_column(String(200))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    values: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    standard_curves: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    code_version: Mapped[str] = mapped_column(String(40))
    input_sha256: Mapped[str] = mapped_column(String(64))
    result_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by_id: Mapped[str] = mapped_column(String(120))
    created_by_name: Mapped[str] = mapped_column(String(200))
    submitted_by_id: Mapped[str] = mapped_column(String(120), default="")
    plate: Mapped[Plate] = relationship(lazy="joined", innerjoin=True)
    accepted_import: Mapped[Import] = relationship()
    curves: Mapped[list[Curve]] = relationship(back_populates="analysis", order_by="Curve.position")


class Curve(Table):
    """One suppression curve in one background mode.

    The columns are what lists sort and filter by; ``result`` is the whole result with every point,
    control well and summary.
    """

    __tablename__ = "msc_curve"
    __table_args__ = (UniqueConstraint("analysis_id", "position"),)

    analysis_id: Mapped[int] = mapped_column(ForeignKey("msc_analysis.id"))
    position: Mapped[int]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("msc_batch.id"), index=True)
    responder_id: Mapped[int | None] = mapped_column(ForeignKey("msc_responder.id"), index=True)
    priming: Mapped[str] = mapped_column(String(120))
    stimulus: Mapped[str] = mapped_column(String(120))
    treatment: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(10))
    is_headline: Mapped[bool]
    status: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    suppression_at_anchor_percent: Mapped[float | None] = mapped_column(Double)
    normalised_auc_percent: Mapped[float | None] = mapped_column(Double)
    r50_msc_per_responder: Mapped[float | None] = mapped_column(Double)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    analysis: Mapped[Analysis] = relationship(back_populates="curves")
    batch: Mapped[Batch | None] = relationship()
    responder: Mapped[Responder | None] = relationship()
