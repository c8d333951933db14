"""Uploaded files: kept byte for byte and once, or refused with one line in the audit trail."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from lims_msc.domain.actor import Actor
from lims_msc.domain.importing import Source
from lims_msc.errors import LimsMscError, NotFound
from lims_msc.models import SourceFile
from lims_msc.services.audit_trail import AuditContext, note
from lims_msc.services.transaction import Database

_NAME_LENGTH = 255


def digest_of(source: Source) -> str:
    """Return the SHA-256 of an upload."""
    return hashlib.sha256(source.data).hexdigest()


def keep(session: Session, actor: Actor, source: Source, purpose: str) -> SourceFile:
    """Return the stored file with these bytes, storing it if it is new.

    :param purpose: ``reader`` for files of readers, ``counter`` for files of cell counters,
        ``plate_map`` for plate maps.
    """
    sha256 = digest_of(source)
    known = session.scalar(select(SourceFile).where(SourceFile.sha256 == sha256))
    if known is not None:
        return known
    audit: AuditContext = session.info["audit"]
    stored = SourceFile(
        sha256=sha256,
        file_name=source.file_name[:_NAME_LENGTH],
        size_bytes=len(source.data),
        purpose=purpose,
        data=source.data,
        uploaded_at=audit.clock(),
        uploaded_by_id=actor.user_id,
        uploaded_by_name=actor.name,
    )
    session.add(stored)
    session.flush()
    return stored


def refuse(database: Database, actor: Actor, source: Source, error: LimsMscError) -> None:
    """Leave one audit row about a refused file: its name, digest and why; nothing else is kept."""
    with database.unit_of_work(actor, error.message) as session:
        facts = {"file_name": source.file_name[:_NAME_LENGTH], "sha256": digest_of(source)}
        note(session, "refuse", SourceFile.__tablename__, facts)


def load(session: Session, source_file_id: int) -> Source:
    """Return a stored file with its bytes.

    :raises NotFound: if there is none of that number.
    """
    stored = session.get(SourceFile, source_file_id, options=[undefer(SourceFile.data)])
    if stored is None:
        raise NotFound(f"There is no file number {source_file_id}.")
    return Source(stored.file_name, stored.data)
