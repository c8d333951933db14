"""Studies, experiments, plates and wells; uploaded files, imports and their readings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Double,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims_msc.models.base import Table
from lims_msc.models.materials import Batch, Responder


class Study(Table):
    """A question and the experiments that answer it; the unit of export."""

    __tablename__ = "msc_study"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    is_simulated: Mapped[bool] = mapped_column(default=False)


class Experiment(Table):
    """One run in the laboratory: a day, an operator, some plates."""

    __tablename__ = "msc_experiment"
    __table_args__ = (UniqueConstraint("study_id", "code"),)

    study_id: Mapped[int] = mapped_column(ForeignKey("msc_study.id"))
    code: Mapped[str] = mapped_column(String(40))
    run_on: Mapped[date]
    operator: Mapped[str] = mapped_column(String(120), default="")
    study: Mapped[Study] = relationship(lazy="joined", innerjoin=True)


class Plate(Table):
    """A plate of an experiment: its format, its assay, what holds for it, and the file of its map.

    ``concentration_unit`` is the unit of its standards; its supernatants come from cells that grew
    in ``supernatant_volume_ml`` for ``culture_hours``.
    """

    __tablename__ = "msc_plate"

    experiment_id: Mapped[int] = mapped_column(ForeignKey("msc_experiment.id"), index=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    plate_format: Mapped[int]
    assay_key: Mapped[str] = mapped_column(String(60))
    readout: Mapped[str] = mapped_column(String(60))
    arrest: Mapped[str] = mapped_column(String(120), default="")
    concentration_unit: Mapped[str] = mapped_column(String(40), default="", server_default="")
    supernatant_volume_ml: Mapped[float | None] = mapped_column(Double)
    culture_hours: Mapped[float | None] = mapped_column(Double)
    map_file_id: Mapped[int] = mapped_column(ForeignKey("msc_source_file.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[str] = mapped_column(String(120))
    created_by_name: Mapped[str] = mapped_column(String(200))
    experiment: Mapped[Experiment] = relationship(lazy="joined", innerjoin=True)
    wells: Mapped[list[Well]] = relationship(
        back_populates="plate", order_by="Well.row, Well.column"
    )


class Well(Table):
    """What stands in one well of a plate.

    ``dose_msc`` and ``dose_responder`` are the two numbers of the ratio as exact fractions in text
    (``1``, ``10``, ``5/2``); ``map_sheet`` and ``map_cell`` point into the plate map.
    ``standard_concentration`` is in the unit of the plate; ``sample_of`` is the role of the culture
    well that a supernatant was taken from.
    """

    __tablename__ = "msc_well"
    __table_args__ = (UniqueConstraint("plate_id", "row", "column"),)

    plate_id: Mapped[int] = mapped_column(ForeignKey("msc_plate.id"))
    row: Mapped[int]
    column: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("msc_batch.id"), index=True)
    responder_id: Mapped[int | None] = mapped_column(ForeignKey("msc_responder.id"), index=True)
    priming: Mapped[str] = mapped_column(String(120), default="")
    stimulus: Mapped[str] = mapped_column(String(120), default="")
    treatment: Mapped[str] = mapped_column(String(120), default="")
    dose_msc: Mapped[str | None] = mapped_column(String(40))
    dose_responder: Mapped[str | None] = mapped_column(String(40))
    msc_cells_per_well: Mapped[int | None]
    responder_cells_per_well: Mapped[int | None]
    sample_code: Mapped[str] = mapped_column(String(120), default="", server_default="")
    sample_of: Mapped[str | None] = mapped_column(String(20))
    dilution_factor: Mapped[float | None] = mapped_column(Double)
    standard_concentration: Mapped[float | None] = mapped_column(Double)
    effectors_per_target: Mapped[float | None] = mapped_column(Double)
    note: Mapped[str] = mapped_column(Text, default="")
    map_sheet: Mapped[str] = mapped_column(String(120), default="")
    map_cell: Mapped[str] = mapped_column(String(20), default="")
    plate: Mapped[Plate] = relationship(back_populates="wells")
    batch: Mapped[Batch | None] = relationship(lazy="joined")
    responder: Mapped[Responder | None] = relationship(lazy="joined")


class SourceFile(Table):
    """A file as it was uploaded, byte for byte; the same bytes are kept once."""

    __tablename__ = "msc_source_file"

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(20))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[str] = mapped_column(String(120))
    uploaded_by_name: Mapped[str] = mapped_column(String(200))


class Import(Table):
    """An accepted upload: which plate of which file became the readings of which plate."""

    __tablename__ = "msc_import"
    __table_args__ = (UniqueConstraint("source_file_id", "file_plate_index"),)

    plate_id: Mapped[int] = mapped_column(ForeignKey("msc_plate.id"), unique=True)
    source_file_id: Mapped[int] = mapped_column(ForeignKey("msc_source_file.id"))
    file_plate_index: Mapped[int]
    file_plate: Mapped[str] = mapped_column(String(200))
    importer_key: Mapped[str] = mapped_column(String(60))
    importer_version: Mapped[str] = mapped_column(String(20))
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    accepted_at: Mapped[datetime]
    accepted_by_id: Mapped[str] = mapped_column(String(120))
    accepted_by_name: Mapped[str] = mapped_column(String(200))
    plate: Mapped[Plate] = relationship(lazy="joined", innerjoin=True)
    source_file: Mapped[SourceFile] = relationship(lazy="joined", innerjoin=True)


class Reading(Table):
    """One measured value, or the marker in its place, and the cell that holds it."""

    __tablename__ = "msc_reading"
    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        CheckConstraint("(value IS NULL) <> (marker IS NULL)", name="value_or_marker"),
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("msc_import.id"))
    position: Mapped[int]
    row: Mapped[int | None]
    column: Mapped[int | None]
    sample: Mapped[str] = mapped_column(String(120), default="")
    read_label: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    wavelength_nm: Mapped[float | None] = mapped_column(Double)
    emission_nm: Mapped[float | None] = mapped_column(Double)
    unit: Mapped[str] = mapped_column(String(20), default="")
    time_s: Mapped[float | None] = mapped_column(Double)
    value: Mapped[float | None] = mapped_column(Double)
    marker: Mapped[str | None] = mapped_column(String(20))
    raw: Mapped[str] = mapped_column(Text)
    sheet: Mapped[str] = mapped_column(String(120))
    cell: Mapped[str] = mapped_column(String(20))
