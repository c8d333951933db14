"""Remembers which parts of a file a person said were measured, by the shape of the file."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor
from lims_msc.domain.importing import AskingImporter
from lims_msc.models import LabFormat
from lims_msc.registry import Registry
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.reading_files import ReadFile, Remembered


def remembered(session: Session) -> dict[tuple[str, str], Remembered]:
    """Return every remembered choice by importer and shape."""
    return {
        (row.importer_key, row.shape_sha256): Remembered(
            tuple(row.option_keys),
            f"as {row.chosen_by_name} chose for '{row.file_name}' on {row.chosen_at:%Y-%m-%d}",
        )
        for row in session.scalars(select(LabFormat))
    }


def remember(session: Session, registry: Registry, actor: Actor, read: ReadFile) -> None:
    """Keep the choice that a file was read with, in place of an earlier one for its shape."""
    importer = registry.importer(read.importer_key)
    if not read.option_keys or not isinstance(importer, AskingImporter):
        return
    shape = importer.shape(read.workbook)
    same = select(LabFormat).filter_by(importer_key=importer.key, shape_sha256=shape)
    found = session.scalar(same)
    if found is None:
        found = LabFormat(importer_key=importer.key, shape_sha256=shape)
        session.add(found)
    elif tuple(found.option_keys) == read.option_keys:
        return
    audit: AuditContext = session.info["audit"]
    found.option_keys = list(read.option_keys)
    found.file_name = read.file_name
    found.chosen_at = audit.clock()
    found.chosen_by_id = actor.user_id
    found.chosen_by_name = actor.name
