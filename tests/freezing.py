"""Vials of the invented batch: frozen, taken, thawed and looked at, as pages do it."""

from __future__ import annotations

from datetime import date

from conftest import People
from factories import BATCH
from sqlalchemy import select

from lims_msc.domain.records.fields import Value
from lims_msc.domain.stock import StockAction
from lims_msc.models import Vial
from lims_msc.services import new_vials, stock
from lims_msc.services.new_vials import NewVials
from lims_msc.services.transaction import Database

V1, V2, V3 = (f"{BATCH}-V0{number}" for number in (1, 2, 3))
SHARED: dict[str, Value] = {
    "frozen_on": date(2026, 2, 1),
    "viable_cells_per_vial": 1_000_000.0,
    "tank": "T1",
    "rack": "R2",
    "box": "7",
}


THAW: dict[str, Value] = {
    "thawed_on": date(2026, 3, 1),
    "viable_cells_recovered": 840_000.0,
    "viability_percent": 87.5,
    "viability_method": "trypan blue",
    "culture_rescue_hours": 24.0,
    "used_for": "P-1",
}


def freeze(database: Database, people: People, count: int = 3, **changes: object) -> None:
    values = {**SHARED, **{k: v for k, v in changes.items() if k in SHARED}}
    others = {k: v for k, v in changes.items() if k not in SHARED}
    new = NewVials(count, values, **{"first_slot": "A1", **others})  # type: ignore[arg-type]
    with database.unit_of_work(people.technician, "frozen") as session:
        new_vials.add(session, people.technician, "batch", BATCH, new)


def take(database: Database, people: People, purpose: str = "P-1") -> str:
    with database.unit_of_work(people.technician, "on the page") as session:
        return stock.take(session, people.technician, "batch", BATCH, purpose=purpose).code


def step(
    database: Database,
    people: People,
    code: str,
    action: str,
    reason: str = "P-1",
    **seen: str,
) -> str:
    with database.unit_of_work(people.reviewer, "on the page") as session:
        actor = people.reviewer
        doing = StockAction(action)
        return stock.change(session, actor, code, doing, reason, **seen).value


def thaw(database: Database, people: People, code: str, **changes: Value) -> int:
    with database.unit_of_work(people.technician, "on the page") as session:
        return stock.thaw(session, people.technician, code, {**THAW, **changes})


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {v.code: v.vial_state for v in session.scalars(select(Vial).order_by(Vial.id))}
