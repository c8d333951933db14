"""What is only ever added to: review events, exports, the audit trail; and the shell's users."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims_msc.models.base import Table


class ReviewEvent(Table):
    """One step of the review of an analysis, bound to the result that was looked at."""

    __tablename__ = "msc_review_event"

    analysis_id: Mapped[int] = mapped_column(ForeignKey("msc_analysis.id"), index=True)
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(String(120))
    actor_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    result_sha256: Mapped[str] = mapped_column(String(64))


class Export(Table):
    """What left the laboratory: which format of which study, by whom, with its digest."""

    __tablename__ = "msc_export"

    study_id: Mapped[int] = mapped_column(ForeignKey("msc_study.id"), index=True)
    format_key: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    exported_at: Mapped[datetime]
    exported_by_id: Mapped[str] = mapped_column(String(120))
    exported_by_name: Mapped[str] = mapped_column(String(200))


class AuditRow(Table):
    """One change of one record: who, when, what, why; each row is chained to the one before it."""

    __tablename__ = "msc_audit"
    __table_args__ = (Index("ix_msc_audit_table_name_record_id", "table_name", "record_id"),)

    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(120))
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(20))
    table_name: Mapped[str] = mapped_column(String(60), index=True)
    record_id: Mapped[int | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    previous_sha256: Mapped[str] = mapped_column(String(64))
    row_sha256: Mapped[str] = mapped_column(String(64), unique=True)


class User(Table):
    """A person who signs in to the standalone shell; a host application has its own users."""

    __tablename__ = "msc_user"

    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
