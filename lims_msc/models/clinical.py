"""What is known of a donor's health: consent, diagnoses, scores, treatments, grafts, transplants.

Partial dates are ISO text: a year, a year and month, or a day.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims_msc.models.base import Table
from lims_msc.models.materials import Donor, note, number, words


class Consent(Table):
    """What a donor agreed to by one version of the form, and whether it was withdrawn."""

    __tablename__ = "msc_consent"
    __table_args__ = (UniqueConstraint("donor_id", "consent_version"),)

    donor_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"))
    consent_version: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = words(200)
    given_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    permits_genetics: Mapped[str] = words(20)
    permits_commercial: Mapped[str] = words(20)
    permits_sharing: Mapped[str] = words(20)
    permits_export: Mapped[str] = words(20)
    donor: Mapped[Donor] = relationship(lazy="joined", innerjoin=True)


class Diagnosis(Table):
    """A disease of a donor at one collection.

    ``disease`` is the key of a term; ``other_disease`` is free text in its place.
    """

    __tablename__ = "msc_diagnosis"
    __table_args__ = (
        UniqueConstraint("collection_id", "disease", "other_disease"),
        Index("ix_msc_diagnosis_disease_status", "disease_status"),
    )

    collection_id: Mapped[int] = mapped_column(ForeignKey("msc_collection.id"))
    disease: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)
    other_disease: Mapped[str] = words(120)
    onset: Mapped[str] = words(10)
    disease_status: Mapped[str] = words(20)
    note: Mapped[str] = note()


class ActivityScore(Table):
    """The value of an activity score around a collection."""

    __tablename__ = "msc_activity_score"
    __table_args__ = (
        UniqueConstraint("collection_id", "score_name", "assessed_on"),
        Index("ix_msc_activity_score_score_name", "score_name"),
    )

    collection_id: Mapped[int] = mapped_column(ForeignKey("msc_collection.id"))
    score_name: Mapped[str] = mapped_column(String(60))
    score: Mapped[float]
    assessed_on: Mapped[date | None]


class Treatment(Table):
    """A drug of a donor from one day to another."""

    __tablename__ = "msc_treatment"
    __table_args__ = (
        UniqueConstraint("donor_id", "drug", "started_on"),
        Index("ix_msc_treatment_treatment_class", "treatment_class"),
    )

    donor_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"))
    drug: Mapped[str] = mapped_column(String(120))
    treatment_class: Mapped[str] = mapped_column(String(40))
    atc_code: Mapped[str] = words(7)
    dose: Mapped[float | None] = number()
    dose_unit: Mapped[str] = words(40)
    started_on: Mapped[str] = words(10)
    stopped_on: Mapped[str] = words(10)


class HscGraft(Table):
    """Haematopoietic stem cells as a product of their own."""

    __tablename__ = "msc_hsc_graft"
    __table_args__ = (Index("ix_msc_hsc_graft_graft_source", "graft_source"),)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"), index=True)
    graft_donor_id: Mapped[int | None] = mapped_column(ForeignKey("msc_donor.id"), index=True)
    graft_source: Mapped[str] = mapped_column(String(40))
    collected_on: Mapped[date | None]
    cd34_dose_e6_per_kg: Mapped[float | None] = number()
    graft_manipulation: Mapped[str] = mapped_column(String(40))
    conditioning_regimen: Mapped[str] = words(200)
    infused_on: Mapped[str] = words(10)
    note: Mapped[str] = note()


class Transplant(Table):
    """A transplant of haematopoietic stem cells that a donor of ours received."""

    __tablename__ = "msc_transplant"
    __table_args__ = (
        UniqueConstraint("donor_id", "transplant_number"),
        Index("ix_msc_transplant_transplant_type", "transplant_type"),
    )

    donor_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"))
    transplant_number: Mapped[int]
    transplant_type: Mapped[str] = mapped_column(String(20))
    performed_on: Mapped[str] = words(10)
    offset_collection_id: Mapped[int | None] = mapped_column(ForeignKey("msc_collection.id"))
    months_before_collection: Mapped[float | None] = number()
    graft_id: Mapped[int | None] = mapped_column(ForeignKey("msc_hsc_graft.id"))
    graft_source: Mapped[str] = words(40)
    graft_relation: Mapped[str] = words(40)
    mobilisation: Mapped[str] = words(200)
    graft_manipulation: Mapped[str] = words(40)
    conditioning_regimen: Mapped[str] = words(200)
    conditioning_intensity: Mapped[str] = words(20)
    serotherapy: Mapped[str] = words(200)
    tbi_dose_gy: Mapped[float | None] = number()
    gvhd: Mapped[str] = words(40)
    relapse_on: Mapped[str] = words(10)
    indication: Mapped[str] = words(40)
    note: Mapped[str] = note()
