"""Vials of a batch or of responders that are frozen and registered in one go: all of them, or none.

Codes are numbered and slots filled row by row; a code or a slot that is taken is named, and never
passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor
from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.records.fields import Entry, Values
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.stock import BOX_SIZES, BoxSize, VialState, following_slots, one_slot
from lims_msc.errors import InputError
from lims_msc.models import Vial
from lims_msc.services import register
from lims_msc.services.record_tables import chunks, id_of_code

MOST_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class NewVials:
    """What is entered for vials that are frozen together.

    ``values`` are fields of the kind ``vial`` that all of them share, the box among them;
    ``first_number`` is the number of the first code, ``None`` for the next one that is free.
    """

    count: int
    values: Values
    first_number: int | None = None
    first_slot: str = ""
    size: BoxSize = BOX_SIZES[0]


def add(
    session: Session, actor: Actor, owner_kind: str, owner_code: str, new: NewVials
) -> tuple[str, ...]:
    """Register vials ``<owner>-V01`` and following; return their codes.

    :param owner_kind: ``batch`` or ``responder``.
    :raises NotAllowed: if the actor may not enter records.
    :raises NotFound: if there is no such batch or responder.
    :raises InputError: with every code and slot that is taken, and every wrong value.
    """
    actor.require(*register.WRITERS, action="register vials")
    owner = kind_of(owner_kind)
    id_of_code(session, owner, owner_code)
    if not 1 <= new.count <= MOST_AT_ONCE:
        raise InputError(
            f"'{new.count}' vials cannot be registered.",
            hint=f"1 to {MOST_AT_ONCE} vials can be registered at once.",
        )
    codes = _codes(session, owner_code, new)
    slots = _slots(new)
    findings = [*_taken_codes(session, codes), *_taken_slots(session, new, slots)]
    register.refuse_if_wrong(findings)
    shared = {**new.values, f"{owner_kind}_code": owner_code, "vial_state": "available"}
    register.register(
        session,
        actor,
        [
            Entry("vial", {**shared, "vial_code": code, "slot": slot})
            for code, slot in zip(codes, slots, strict=True)
        ],
    )
    return codes


def next_number(session: Session, owner_code: str) -> int:
    """Return the number after the highest one among the codes ``<owner>-V<number>``."""
    start = f"{owner_code}-V"
    codes = session.scalars(select(Vial.code).where(Vial.code.startswith(start, autoescape=True)))
    ends = (code.removeprefix(start) for code in codes)
    return max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0) + 1


def vials_in_box(session: Session, tank: str, rack: str, box: str) -> list[Vial]:
    """Return the vials that stand in a box now."""
    there = [state.value for state in VialState if state.is_there]
    chosen = select(Vial).where(
        Vial.tank == tank, Vial.rack == rack, Vial.box == box, Vial.vial_state.in_(there)
    )
    return list(session.scalars(chosen.order_by(Vial.id)))


def _codes(session: Session, owner_code: str, new: NewVials) -> tuple[str, ...]:
    first = new.first_number if new.first_number is not None else next_number(session, owner_code)
    return tuple(f"{owner_code}-V{number:02d}" for number in range(first, first + new.count))


def _slots(new: NewVials) -> tuple[str, ...]:
    """Return the slot of each vial; empty ones where no slot was named."""
    if not new.first_slot.strip():
        return ("",) * new.count
    if not new.values.get("box"):
        raise InputError(
            f"The slot '{new.first_slot}' is in no box.", hint="Enter the box, or leave both empty."
        )
    return following_slots(new.first_slot, new.count, new.size)


def _taken_codes(session: Session, codes: Iterable[str]) -> Iterable[Finding]:
    taken = [
        code
        for some in chunks(codes)
        for code in session.scalars(select(Vial.code).where(Vial.code.in_(some)))
    ]
    for code in sorted(taken):
        hint = "Choose another first number; an empty one continues after the last vial."
        yield _finding("vial_code", f"There is a vial '{code}' already.", hint)


def _taken_slots(session: Session, new: NewVials, slots: tuple[str, ...]) -> Iterable[Finding]:
    if not any(slots):
        return
    place: dict[str, Any] = {name: str(new.values.get(name) or "") for name in _BOX}
    held = {one_slot(vial.slot): vial.code for vial in vials_in_box(session, **place)}
    hint = _free_run(new, held.keys())
    for slot in slots:
        if slot in held:
            box = ", ".join(f"{name} {text}" for name, text in place.items() if text)
            yield _finding("slot", f"Slot '{slot}' of {box} holds the vial '{held[slot]}'.", hint)


def _free_run(new: NewVials, held: Iterable[str]) -> str:
    """Return from which slot on as many vials fit."""
    taken, slots = set(held), new.size.slots
    for start in range(len(slots) - new.count + 1):
        if taken.isdisjoint(slots[start : start + new.count]):
            return f"{new.count} slots in a row are free from '{slots[start]}' on."
    free = len(slots) - len(taken.intersection(slots))
    return f"Choose another box: this one has {free} free slots, not {new.count} in a row."


def _finding(field_name: str, message: str, hint: str) -> Finding:
    return Finding(Level.ERROR, f"field.{field_name}", message, hint)


_BOX = ("tank", "rack", "box")
