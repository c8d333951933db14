"""Donors, collections, MSC batches with their passages, responders with their banks.

Columns are named as the fields of the records are; a reference ``x_code`` is the key ``x_id``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims_msc.domain.records.wording import disease_words
from lims_msc.models.base import Table

if TYPE_CHECKING:
    from lims_msc.models.clinical import Diagnosis


def words(length: int) -> Mapped[str]:
    """Return a column of text that is empty where nothing was entered, in rows of before too."""
    return mapped_column(String(length), default="", server_default="")


def number() -> Mapped[float | None]:
    """Return a column of numbers, ``NULL`` where nothing was entered."""
    return mapped_column(Double)


def note() -> Mapped[str]:
    """Return a column of text of several lines."""
    return mapped_column(Text, default="", server_default="")


class Donor(Table):
    """A person, known by an opaque code and nothing that identifies them."""

    __tablename__ = "msc_donor"
    __table_args__ = (Index("ix_msc_donor_sex", "sex"),)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    sex: Mapped[str] = mapped_column(String(20), default="unknown")
    note: Mapped[str] = mapped_column(Text, default="")


class Collection(Table):
    """One collection of tissue from a donor, with what was true of the donor on that day."""

    __tablename__ = "msc_collection"
    __table_args__ = (
        Index("ix_msc_collection_code", "code", unique=True),
        Index("ix_msc_collection_tissue", "tissue"),
        Index("ix_msc_collection_health_status", "health_status"),
        Index("ix_msc_collection_collected_on", "collected_on"),
    )

    code: Mapped[str] = words(40)
    donor_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"), index=True)
    collected_on: Mapped[date | None]
    tissue: Mapped[str] = mapped_column(String(40))
    health_status: Mapped[str] = mapped_column(String(20))
    health_criteria: Mapped[str] = words(200)
    age_at_collection_years: Mapped[float | None]
    bmi_kg_per_m2: Mapped[float | None] = number()
    smoking: Mapped[str] = words(20)
    hiv_screen: Mapped[str] = words(20)
    hbv_screen: Mapped[str] = words(20)
    hcv_screen: Mapped[str] = words(20)
    syphilis_screen: Mapped[str] = words(20)
    htlv_screen: Mapped[str] = words(20)
    note: Mapped[str] = note()
    donor: Mapped[Donor] = relationship(lazy="joined", innerjoin=True)
    diagnoses: Mapped[list[Diagnosis]] = relationship(lazy="selectin", order_by="Diagnosis.id")

    @property
    def diagnosis(self) -> str:
        """The diseases in words, as far as any are stored."""
        return "; ".join(disease_words(row.disease, row.other_disease) for row in self.diagnoses)


class Batch(Table):
    """One expansion run of MSC to one passage."""

    __tablename__ = "msc_batch"
    __table_args__ = (
        Index("ix_msc_batch_passage", "passage"),
        Index("ix_msc_batch_isolated_on", "isolated_on"),
        Index("ix_msc_batch_parent_id", "parent_id"),
        Index("ix_msc_batch_serum_source", "serum_source"),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("msc_collection.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("msc_batch.id"))
    passage: Mapped[int | None]
    isolation_method: Mapped[str] = words(200)
    enzyme: Mapped[str] = words(120)
    start_material: Mapped[str] = words(120)
    nucleated_cells_seeded: Mapped[float | None] = number()
    isolated_on: Mapped[date | None]
    operator: Mapped[str] = words(120)
    medium: Mapped[str] = mapped_column(String(120), default="")
    serum_source: Mapped[str] = words(60)
    serum_lot: Mapped[str] = words(60)
    heparin: Mapped[str] = words(20)
    oxygen_percent: Mapped[float | None] = number()
    vessel: Mapped[str] = words(120)
    antibiotics: Mapped[str] = words(120)
    pdl_start: Mapped[float | None] = number()
    is_pdl_start_known: Mapped[str] = words(20)
    recipe_id: Mapped[int | None] = mapped_column(ForeignKey("msc_recipe.id"))
    note: Mapped[str] = note()
    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin=True)


class Passage(Table):
    """One culture of a batch from seeding to harvest; cells are viable unless said otherwise."""

    __tablename__ = "msc_passage"
    __table_args__ = (UniqueConstraint("batch_id", "passage"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("msc_batch.id"))
    passage: Mapped[int]
    seeded_on: Mapped[date | None]
    harvested_on: Mapped[date | None]
    seeded_viable_cells: Mapped[float | None] = number()
    harvested_viable_cells: Mapped[float | None] = number()
    harvested_total_cells: Mapped[float | None] = number()
    harvest_volume_ml: Mapped[float | None] = number()
    culture_hours: Mapped[float | None] = number()
    seeding_density_cells_per_cm2: Mapped[float | None] = number()
    confluence_percent: Mapped[float | None] = number()
    note: Mapped[str] = note()


class Bank(Table):
    """A set of responders that are used again and again."""

    __tablename__ = "msc_bank"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = words(200)
    valid_until: Mapped[date | None]
    note: Mapped[str] = note()


class Responder(Table):
    """The immune cells of one person, or a pool of several persons, that MSC suppress.

    ``pool_size`` is the number of persons; a pool is one material and one experimental unit.
    """

    __tablename__ = "msc_responder"
    __table_args__ = (
        Index("ix_msc_responder_donor_id", "donor_id"),
        Index("ix_msc_responder_cell_type", "cell_type"),
        Index("ix_msc_responder_bank_id", "bank_id"),
        Index("ix_msc_responder_collection_id", "collection_id"),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    cell_type: Mapped[str] = mapped_column(String(40))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("msc_donor.id"))
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("msc_collection.id"))
    pool_size: Mapped[int] = mapped_column(default=1)
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("msc_bank.id"))
    isolation_method: Mapped[str] = words(120)
    purity_percent: Mapped[float | None] = number()
    note: Mapped[str] = note()
    donor: Mapped[Donor | None] = relationship(lazy="joined")

    @property
    def donor_code(self) -> str:
        """The code of the person whose cells they are; empty for a pool or a cell line."""
        return self.donor.code if self.donor else ""


class PoolMember(Table):
    """A donor whose cells are in a pool."""

    __tablename__ = "msc_pool_member"
    __table_args__ = (UniqueConstraint("responder_id", "donor_id"),)

    responder_id: Mapped[int] = mapped_column(ForeignKey("msc_responder.id"))
    donor_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"), index=True)
