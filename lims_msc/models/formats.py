"""Formats of the laboratory's own: which parts of a file were measured, as a person once said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims_msc.models.base import Table


class LabFormat(Table):
    """What a person chose for files of one shape; the next one is read the same way."""

    __tablename__ = "msc_lab_format"
    __table_args__ = (UniqueConstraint("importer_key", "shape_sha256"),)

    importer_key: Mapped[str] = mapped_column(String(60))
    shape_sha256: Mapped[str] = mapped_column(String(64))
    option_keys: Mapped[list[str]] = mapped_column(JSON)
    file_name: Mapped[str] = mapped_column(String(255))
    chosen_at: Mapped[datetime]
    chosen_by_id: Mapped[str] = mapped_column(String(120))
    chosen_by_name: Mapped[str] = mapped_column(String(200))
