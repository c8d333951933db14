"""Donors, collections, MSC batches and responders."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims_msc.models.base import Table


class Donor(Table):
    """A person, known by an opaque code and nothing that identifies them."""

    __tablename__ = "msc_donor"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    sex: Mapped[str] = mapped_column(String(20), default="unknown")
    note: Mapped[str] = mapped_column(Text, default="")


class Collection(Table):
    """One collection of tissue from a donor, with what was true of the donor on that day."""

    __tablename__ = "msc_collection"

    donor_id: Mapped[int] = mapped_column(ForeignKey("msc_donor.id"), index=True)
    collected_on: Mapped[date | None]
    tissue: Mapped[str] = mapped_column(String(40))
    health_status: Mapped[str] = mapped_column(String(20))
    diagnosis: Mapped[str] = mapped_column(String(120), default="")
    age_at_collection_years: Mapped[float | None]
    donor: Mapped[Donor] = relationship(lazy="joined", innerjoin=True)


class Batch(Table):
    """One expansion run of MSC to one passage."""

    __tablename__ = "msc_batch"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("msc_collection.id"), index=True)
    passage: Mapped[int | None]
    medium: Mapped[str] = mapped_column(String(120), default="")
    collection: Mapped[Collection] = relationship(lazy="joined", innerjoin=True)


class Responder(Table):
    """The immune cells of one person, or a pool of several persons, that MSC suppress.

    ``pool_size`` is the number of persons; a pool is one material and one experimental unit.
    """

    __tablename__ = "msc_responder"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    cell_type: Mapped[str] = mapped_column(String(40))
    donor_code: Mapped[str] = mapped_column(String(40), default="")
    pool_size: Mapped[int] = mapped_column(default=1)
