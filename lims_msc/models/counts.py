"""Cell counts of batches: what a counter said about a sample, and where it stands in its file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims_msc.models.base import Table
from lims_msc.models.materials import Batch
from lims_msc.models.plates import SourceFile


class CellCount(Table):
    """The count of one sample of a counter's file, accepted for a batch.

    ``measured`` has for each quantity of the file its heading, the file's own text, the marker or
    the reason in place of a number, and its sheet and cell; ``findings`` is what was doubted.
    """

    __tablename__ = "msc_cell_count"
    __table_args__ = (UniqueConstraint("batch_id", "source_file_id", "sample"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("msc_batch.id"))
    passage_id: Mapped[int | None] = mapped_column(ForeignKey("msc_passage.id"))
    source_file_id: Mapped[int] = mapped_column(ForeignKey("msc_source_file.id"), index=True)
    sample: Mapped[str] = mapped_column(String(120))
    total_cells_per_ml: Mapped[float | None] = mapped_column(Double)
    viable_cells_per_ml: Mapped[float | None] = mapped_column(Double)
    viability_percent: Mapped[float | None] = mapped_column(Double)
    mean_diameter_um: Mapped[float | None] = mapped_column(Double)
    mean_circularity: Mapped[float | None] = mapped_column(Double)
    measured: Mapped[dict[str, Any]] = mapped_column(JSON)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    importer_key: Mapped[str] = mapped_column(String(60))
    importer_version: Mapped[str] = mapped_column(String(20))
    accepted_at: Mapped[datetime]
    accepted_by_id: Mapped[str] = mapped_column(String(120))
    accepted_by_name: Mapped[str] = mapped_column(String(200))
    batch: Mapped[Batch] = relationship(lazy="joined", innerjoin=True)
    source_file: Mapped[SourceFile] = relationship(lazy="joined", innerjoin=True)
