"""Vials that are taken, reserved, released, used and destroyed: each of them is given once.

A unit of work on SQLite holds the write lock from its start, so that what is read in it stays true.
On PostgreSQL the vial's row is locked; with ``take`` the vials that others are just taking are
passed over, and only where no other is left it is waited for what becomes of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor
from lims_msc.domain.records.fields import Entry, RecordKind, Values
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.stock import (
    KEEPERS,
    Stock,
    StockAction,
    VialState,
    allowed_actions,
    check,
    rule_to,
)
from lims_msc.errors import Conflict, NotFound, StaleVersion
from lims_msc.models import AuditRow, Vial
from lims_msc.services import register
from lims_msc.services.audit_trail import AuditContext
from lims_msc.services.record_tables import chunks, id_of_code, table_of


@dataclass(frozen=True, slots=True)
class TakenVial:
    """A vial that was given to somebody, and where it stands."""

    code: str
    place: str


@dataclass(frozen=True, slots=True)
class LastStep:
    """Who brought a vial into the state that it is in, and when."""

    state: VialState
    actor_id: str
    actor_name: str
    at: datetime
    is_registration: bool = False
    """Whether it was registered in that state, and did not come into it here."""

    def when(self, now: datetime) -> str:
        """Return ``at 09:14 UTC``; the day too, if it was another one."""
        day = "" if self.at.date() == now.date() else f"on {self.at:%Y-%m-%d} "
        return f"{day}at {self.at:%H:%M} UTC"

    def text(self, now: datetime) -> str:
        """Return ``by Tina Tester at 09:14 UTC``."""
        return f"by {self.actor_name} {self.when(now)}"


def take(
    session: Session,
    actor: Actor,
    owner_kind: str,
    owner_code: str,
    *,
    purpose: str,
    seen_next: str = "",
) -> TakenVial:
    """Give one available vial of a batch or of responders, the one frozen first; it is used then.

    :param owner_kind: ``batch`` or ``responder``.
    :param seen_next: the vial that the page named as the next one, if any.
    :raises NotFound: if there is no such batch or responder.
    :raises StaleVersion: if the same person took the vial that the page named, and so would take
        a second one by sending the same form twice.
    :raises Conflict: if no vial is available; says who took the last one, and when.
    :raises NotAllowed: if the actor may not take vials.
    :raises InputError: if it is not said what for.
    """
    actor.require(*KEEPERS, action="take a vial")
    owner = kind_of(owner_kind)
    owner_id = id_of_code(session, owner, owner_code)
    _refuse_twice(session, actor, seen_next)
    vial = next_vial(session, owner.key, owner_id)
    if vial is None:
        raise _none_left(session, owner, owner_id, owner_code)
    _step(session, actor, vial, StockAction.USE, purpose)
    return TakenVial(vial.code, place_text(vial))


def reserve(
    session: Session, actor: Actor, vial_code: str, reserved_for: str, *, seen_state: str = ""
) -> VialState:
    """Keep a vial back for somebody or something; see :func:`change` for what it raises."""
    return change(
        session, actor, vial_code, StockAction.RESERVE, reserved_for, seen_state=seen_state
    )


def release(
    session: Session, actor: Actor, vial_code: str, reason: str = "", *, seen_state: str = ""
) -> VialState:
    """Give a reserved vial free again; see :func:`change` for what it raises."""
    return change(session, actor, vial_code, StockAction.RELEASE, reason, seen_state=seen_state)


def use(
    session: Session, actor: Actor, vial_code: str, purpose: str, *, seen_state: str = ""
) -> VialState:
    """Take this vial, reserved or not; see :func:`change` for what it raises."""
    return change(session, actor, vial_code, StockAction.USE, purpose, seen_state=seen_state)


def destroy(
    session: Session, actor: Actor, vial_code: str, reason: str, *, seen_state: str = ""
) -> VialState:
    """Say that a vial is gone and why; see :func:`change` for what it raises."""
    return change(session, actor, vial_code, StockAction.DESTROY, reason, seen_state=seen_state)


def change(
    session: Session,
    actor: Actor,
    vial_code: str,
    action: StockAction,
    reason: str,
    *,
    seen_state: str = "",
) -> VialState:
    """Take one step with a vial and return its state after it.

    :param reason: for whom, what for, or why; it stands in the audit trail.
    :param seen_state: the state that the person saw on the page, if any.
    :raises NotFound: if there is no such vial.
    :raises StaleVersion: if the vial is no longer as the person saw it; says who and when.
    :raises NotAllowed: if the actor lacks the role.
    :raises IllegalTransition: if the step is not possible now; says who was earlier, and when.
    :raises InputError: if the purpose or the reason is missing.
    """
    vial = locked_vial(session, vial_code)
    if seen_state and seen_state != vial.vial_state:
        past = rule_to(VialState(vial.vial_state)).past
        raise StaleVersion(
            f"The vial '{vial_code}' was {past} {_since(session, vial)};"
            f" it was {seen_state} when you opened the page.",
            hint="Nothing was changed. Look again, and take another vial if you need one.",
        )
    return _step(session, actor, vial, action, reason)


def thaw(session: Session, actor: Actor, vial_code: str, values: Values) -> int:
    """Store what a vial gave when it was thawed, and mark it as used; return the thaw's number.

    A vial that was taken already, and whose thaw is not stored yet, gets its thaw.

    :raises NotFound: if there is no such vial.
    :raises NotAllowed: if the actor may not use vials.
    :raises IllegalTransition: if the vial was destroyed.
    :raises Conflict: if its thaw is stored already.
    :raises InputError: with every finding, if a value of the thaw is wrong.
    """
    actor.require(*KEEPERS, action="thaw a vial")
    vial = locked_vial(session, vial_code)
    purpose = str(values.get("used_for") or "") or "thawed"
    is_taken = vial.vial_state == VialState.USED
    if not is_taken:
        _step(session, actor, vial, StockAction.USE, purpose)
    with because(session, purpose):
        entry = Entry("thaw", {**values, "vial_code": vial_code})
        return register.create(session, actor, entry)


def stock_of(session: Session, owner_kind: str, codes: Collection[str]) -> dict[str, Stock]:
    """Return the vials of each of these batches or responders, counted by state.

    :param owner_kind: ``batch`` or ``responder``.
    """
    owner: Any = table_of(kind_of(owner_kind))
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for some in chunks(codes):
        rows = session.execute(
            select(owner.code, Vial.vial_state, func.count())
            .join(Vial, _owner_column(owner_kind) == owner.id)
            .where(owner.code.in_(some))
            .group_by(owner.code, Vial.vial_state)
        )
        for code, state, count in rows:
            counted[code][VialState(state).value] = count
    return {code: Stock(**counted[code]) for code in codes}


def place_text(vial: Vial) -> str:
    """Return where a vial stands, such as ``tank T1, rack 2, box 7, slot A3``."""
    named = ("tank", "rack", "box", "slot")
    words = (_named(name, value) for name in named if (value := getattr(vial, name)))
    return ", ".join(words) or "no place recorded"


def _named(name: str, value: str) -> str:
    # Many freezers are called "Tank 1": nobody wants to read "tank Tank 1".
    return value if value.lower().startswith(name) else f"{name} {value}"


def locked_vial(session: Session, code: str) -> Vial:
    """Return a vial as it is now, and keep others from changing it until the end.

    :raises NotFound: if there is none of that code.
    """
    chosen = select(Vial).where(Vial.code == code).with_for_update()
    found = session.scalars(chosen.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(
            f"There is no vial '{code}'.", hint="Look for it in the list of vials, or scan it."
        )
    return found


def last_step(session: Session, vial_ids: Select[Any]) -> LastStep | None:
    """Return the last step that took one of these vials away, or gave it back, with who and when.

    Read from the audit trail.
    """
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.table_name == Vial.__tablename__, AuditRow.record_id.in_(vial_ids))
        .order_by(AuditRow.id.desc())
    )
    for row in rows:
        entered = row.changes.get("vial_state")
        state = entered["to"] if isinstance(entered, dict) else entered
        if state is not None and row.action in {"create", "change"}:
            is_registration = row.action == "create"
            return LastStep(VialState(state), row.actor_id, row.actor_name, row.at, is_registration)
    return None


@contextmanager
def because(session: Session, reason: str) -> Iterator[None]:
    """Let ``reason`` stand in the audit rows of what is stored meanwhile."""
    audit: AuditContext = session.info["audit"]
    before = audit.reason
    audit.reason = reason.strip() or before
    try:
        yield
        session.flush()
    finally:
        audit.reason = before


def next_vial(session: Session, owner_kind: str, owner_id: int) -> Vial | None:
    """Return the available vial that was frozen first, and lock it."""
    chosen = (
        select(Vial)
        .where(_owner_column(owner_kind) == owner_id, Vial.vial_state == VialState.AVAILABLE)
        .order_by(Vial.frozen_on.is_(None), Vial.frozen_on, Vial.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    free = session.scalars(chosen.with_for_update(skip_locked=True)).first()
    return free or session.scalars(chosen.with_for_update()).first()


def _refuse_twice(session: Session, actor: Actor, seen_next: str) -> None:
    step = last_step(session, select(Vial.id).where(Vial.code == seen_next)) if seen_next else None
    if step and step.actor_id == actor.user_id and step.state is VialState.USED:
        raise StaleVersion(
            f"You took the vial '{seen_next}' already, {step.when(_now(session))}.",
            hint="No second one was taken. Open the page again if you need another vial.",
        )


def _step(
    session: Session, actor: Actor, vial: Vial, action: StockAction, reason: str
) -> VialState:
    after = _checked(session, actor, vial, action, reason)
    with because(session, reason):
        vial.vial_state = after.value
        vial.reserved_for = reason.strip() if after is VialState.RESERVED else ""
    return after


def _checked(
    session: Session, actor: Actor, vial: Vial, action: StockAction, reason: str
) -> VialState:
    """Return the state after a step, or refuse it with who was earlier."""
    state = VialState(vial.vial_state)
    since = "" if action in allowed_actions(state) else _since(session, vial)
    return check(action, state, actor, vial_code=vial.code, reason=reason, since=since)


def _since(session: Session, vial: Vial) -> str:
    """Return who brought the vial into its state and when, if that was done here."""
    step = last_step(session, select(Vial.id).where(Vial.id == vial.id))
    return "" if step is None or step.is_registration else step.text(_now(session))


def _none_left(session: Session, owner: RecordKind, owner_id: int, owner_code: str) -> Conflict:
    """Return the refusal of one who came too late: who was earlier, and what can be done."""
    column = _owner_column(owner.key)
    name = f"{owner.key} '{owner_code}'"
    step = last_step(session, select(Vial.id).where(column == owner_id))
    if step is None:
        return Conflict(
            f"There are no vials of {name}.", hint="Freeze and register vials, then take one."
        )
    past = {VialState.USED: "taken"}.get(step.state) or rule_to(step.state).past
    if step.is_registration:
        past = f"registered as {step.state}"
    kept = session.execute(
        select(Vial.code, Vial.reserved_for)
        .where(column == owner_id, Vial.vial_state == VialState.RESERVED)
        .order_by(Vial.id)
    ).all()
    hint = "Take a vial of another batch, or thaw, expand and freeze more."
    if owner.key == "responder":
        hint = "Take other responders, or freeze and register more vials."
    if kept:
        words = ", ".join(f"'{code}' for '{whom}'" for code, whom in kept)
        hint = f"Reserved: {words}. Ask whether one can be released. {hint}"
    return Conflict(
        f"The last vial of {name} was {past} {step.text(_now(session))}.",
        hint=f"Nothing was taken. {hint}",
    )


def _owner_column(owner_kind: str) -> Any:
    """Return the column of a vial that names its batch or its responders."""
    columns = {"batch": Vial.batch_id, "responder": Vial.responder_id}
    if owner_kind not in columns:
        raise NotFound(f"'{owner_kind}' has no vials; batches and responders have.")
    return columns[owner_kind]


def _now(session: Session) -> datetime:
    audit: AuditContext = session.info["audit"]
    return audit.clock()
