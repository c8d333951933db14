"""Vials and thaws, recipes of priming and arrest, release tests and verdicts, in-vivo use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lims_msc.models.base import Table
from lims_msc.models.materials import note, number, words


class Recipe(Table):
    """A named list of steps by which cells were primed, arrested or blocked."""

    __tablename__ = "msc_recipe"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = words(200)
    recipe_purpose: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = note()


class RecipeStep(Table):
    """One agent of a recipe; ``dose`` is in ``dose_unit`` and is never turned into another."""

    __tablename__ = "msc_recipe_step"
    __table_args__ = (UniqueConstraint("recipe_id", "step_number"),)

    recipe_id: Mapped[int] = mapped_column(ForeignKey("msc_recipe.id"))
    step_number: Mapped[int]
    agent: Mapped[str] = mapped_column(String(80))
    dose: Mapped[float | None] = number()
    dose_unit: Mapped[str] = words(40)
    duration_hours: Mapped[float | None] = number()
    supplier: Mapped[str] = words(120)
    lot: Mapped[str] = words(60)
    specific_activity_iu_per_mg: Mapped[float | None] = number()
    is_washed: Mapped[str] = words(20)


class Vial(Table):
    """One frozen vial of a batch or of responders; a place holds one vial that is still there."""

    __tablename__ = "msc_vial"
    __table_args__ = (
        Index("ix_msc_vial_batch_id_vial_state", "batch_id", "vial_state"),
        Index("ix_msc_vial_responder_id_vial_state", "responder_id", "vial_state"),
        Index(
            "ix_msc_vial_place",
            "tank",
            "rack",
            "box",
            "slot",
            unique=True,
            sqlite_where=text("slot <> '' AND vial_state IN ('available', 'reserved')"),
            postgresql_where=text("slot <> '' AND vial_state IN ('available', 'reserved')"),
        ),
        Index("ix_msc_vial_vial_state", "vial_state"),
        Index("ix_msc_vial_frozen_on", "frozen_on"),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("msc_batch.id"))
    responder_id: Mapped[int | None] = mapped_column(ForeignKey("msc_responder.id"))
    frozen_on: Mapped[date | None]
    viable_cells_per_vial: Mapped[float | None] = number()
    volume_ml: Mapped[float | None] = number()
    cryomedium: Mapped[str] = words(120)
    freezing_method: Mapped[str] = words(120)
    tank: Mapped[str] = words(40)
    rack: Mapped[str] = words(40)
    box: Mapped[str] = words(40)
    slot: Mapped[str] = words(40)
    vial_state: Mapped[str] = mapped_column(String(20))
    reserved_for: Mapped[str] = words(120)


class Thaw(Table):
    """What a vial gave when it was thawed; a vial is thawed once."""

    __tablename__ = "msc_thaw"
    __table_args__ = (Index("ix_msc_thaw_thawed_on", "thawed_on"),)

    vial_id: Mapped[int] = mapped_column(ForeignKey("msc_vial.id"), unique=True)
    thawed_on: Mapped[date]
    viable_cells_recovered: Mapped[float | None] = number()
    viability_percent: Mapped[float | None] = number()
    viability_method: Mapped[str] = words(60)
    culture_rescue_hours: Mapped[float | None] = number()
    used_for: Mapped[str] = words(120)


class ReleaseTest(Table):
    """What one test of a batch found: a number with its unit, or words."""

    __tablename__ = "msc_release_test"
    __table_args__ = (
        UniqueConstraint("batch_id", "test_name", "tested_on"),
        Index("ix_msc_release_test_test_name", "test_name"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("msc_batch.id"))
    test_name: Mapped[str] = mapped_column(String(80))
    qualifier: Mapped[str] = words(4)
    result: Mapped[float | None] = number()
    unit: Mapped[str] = words(40)
    result_text: Mapped[str] = words(120)
    condition: Mapped[str] = words(60)
    method: Mapped[str] = words(120)
    tested_on: Mapped[date | None]


class ReleaseRule(Table):
    """One limit of a version of a rule set of the laboratory."""

    __tablename__ = "msc_release_rule"
    __table_args__ = (UniqueConstraint("rule_set", "rule_set_version", "test_name"),)

    rule_set: Mapped[str] = mapped_column(String(80))
    rule_set_version: Mapped[str] = mapped_column(String(40))
    test_name: Mapped[str] = mapped_column(String(80))
    operator: Mapped[str] = mapped_column(String(4))
    limit: Mapped[float | None] = number()
    unit: Mapped[str] = words(40)
    limit_text: Mapped[str] = words(200)
    condition: Mapped[str] = words(60)
    rule_role: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = words(200)


class ReleaseDecision(Table):
    """A verdict about a batch by one version of a rule set; never changed, only followed.

    ``lines`` has each rule with the result that it was held against and the reason of its verdict.
    """

    __tablename__ = "msc_release_decision"

    batch_id: Mapped[int] = mapped_column(ForeignKey("msc_batch.id"), index=True)
    rule_set: Mapped[str] = mapped_column(String(80))
    rule_set_version: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[str] = mapped_column(String(20))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    comment: Mapped[str] = note()
    code_version: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[str] = mapped_column(String(120))
    decided_by_name: Mapped[str] = mapped_column(String(200))


class InVivoUse(Table):
    """A dose of a batch for one animal, one group of animals, or one patient."""

    __tablename__ = "msc_in_vivo_use"
    __table_args__ = (Index("ix_msc_in_vivo_use_disease", "disease"),)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("msc_batch.id"), index=True)
    recipient_kind: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(40))
    species: Mapped[str] = words(60)
    animal_model: Mapped[str] = words(120)
    disease: Mapped[str] = words(40)
    study_arm: Mapped[str] = words(60)
    route: Mapped[str] = mapped_column(String(200))
    dose: Mapped[float] = mapped_column(Double)
    dose_unit: Mapped[str] = mapped_column(String(20))
    given_on: Mapped[date | None]
    given_on_day: Mapped[int | None]
    note: Mapped[str] = note()


class Outcome(Table):
    """One measure of a recipient on one day."""

    __tablename__ = "msc_outcome"
    __table_args__ = (UniqueConstraint("use_id", "measure", "measured_on_day"),)

    use_id: Mapped[int] = mapped_column(ForeignKey("msc_in_vivo_use.id"))
    measured_on_day: Mapped[int]
    measure: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[float] = mapped_column(Double)
    unit: Mapped[str] = words(40)
    better_is: Mapped[str] = mapped_column(String(20))
