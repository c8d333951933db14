"""Fields that several kinds of records have alike: what they belong to, yes or no, and a note."""

from __future__ import annotations

from lims_msc.domain.records.fields import Field, FieldKind

YES_NO = ("yes", "no")


def belongs_to(name: str, title: str, kind_key: str) -> Field:
    """Return the needed reference to the record of another kind that a record belongs to."""
    return Field(name, title, FieldKind.REFERENCE, True, refers_to=kind_key, is_listed=True)


OF_DONOR = belongs_to("donor_code", "Donor code", "donor")
OF_COLLECTION = belongs_to("collection_code", "Collection code", "collection")
OF_BATCH = belongs_to("batch_code", "Batch code", "batch")
OF_RESPONDER = belongs_to("responder_code", "Responder code", "responder")
NOTE = Field("note", "Note", FieldKind.NOTE, max_length=2000)
