"""What the pages of vials show: one vial, the vials of a batch or of responders, and a box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims_msc.domain.records.fields import Value
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.stock import (
    BOX_SIZES,
    BoxSize,
    Recovery,
    Rule,
    Stock,
    VialState,
    allowed_actions,
    methods_note,
    one_slot,
    recovery,
    rescue_text,
    rule_for,
    viability_text,
)
from lims_msc.models import Batch, Thaw, Vial
from lims_msc.services.new_vials import next_number, vials_in_box
from lims_msc.services.record_tables import chunks, id_of_code
from lims_msc.services.register import Record, record, record_by_code
from lims_msc.services.stock import next_vial, place_text, stock_of

OWNERS = ("batch", "responder")
SHARED_FIELDS = (
    "frozen_on",
    "viable_cells_per_vial",
    "volume_ml",
    "cryomedium",
    "freezing_method",
    "tank",
    "rack",
    "box",
)
"""The fields that vials frozen together have in common."""


@dataclass(frozen=True, slots=True)
class ThawLine:
    """What a thaw gave, in words; viability stands with its method always."""

    thawed_on: str
    recovery: Recovery
    viability: str
    rescue: str
    used_for: str


@dataclass(frozen=True, slots=True)
class VialLine:
    """A vial in a list."""

    code: str
    state: str
    place: str
    frozen_on: str
    cells: float | None
    reserved_for: str
    thaw: ThawLine | None

    @property
    def is_there(self) -> bool:
        """Whether it still stands at its place."""
        return VialState(self.state).is_there


@dataclass(frozen=True, slots=True)
class VialPage:
    """One vial: what a scanned label opens."""

    record: Record
    line: VialLine
    owner_kind: str
    owner_code: str
    passage: int | None
    box: tuple[str, str, str] | None
    steps: tuple[Rule, ...]
    stock: Stock
    thaw: Record | None


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """The vials of one batch or of one responder."""

    owner_kind: str
    owner_code: str
    stock: Stock
    vials: tuple[VialLine, ...]
    methods_note: str
    next_code: str
    """The vial that is taken next; empty where none is available."""
    next_number: int
    last_values: dict[str, Value]
    """Fields of the vial that was registered last: the next ones are mostly frozen alike."""


@dataclass(frozen=True, slots=True)
class BoxLine:
    """A box in the list of boxes."""

    tank: str
    rack: str
    box: str
    vials: int


@dataclass(frozen=True, slots=True)
class BoxPage:
    """A box as a grid; ``outside`` are the vials with a slot that is none of it."""

    tank: str
    rack: str
    box: str
    size: BoxSize
    rows: tuple[tuple[str, tuple[tuple[str, VialLine | None], ...]], ...]
    outside: tuple[tuple[str, VialLine], ...]
    free: int


def vial_page(session: Session, code: str) -> VialPage:
    """Return what the page of a vial shows.

    :raises NotFound: if there is none of that code.
    """
    known = record_by_code(session, "vial", code)
    vial = session.get_one(Vial, known.record_id)
    owner_kind = next((kind for kind in OWNERS if known.values[f"{kind}_code"]), "")
    owner_code = str(known.values[f"{owner_kind}_code"]) if owner_kind else ""
    batch = session.get(Batch, vial.batch_id) if vial.batch_id is not None else None
    state = VialState(vial.vial_state)
    return VialPage(
        record=known,
        line=_lines(session, [vial])[0],
        owner_kind=owner_kind,
        owner_code=owner_code,
        passage=batch.passage if batch else None,
        box=(vial.tank, vial.rack, vial.box) if vial.box and state.is_there else None,
        steps=tuple(rule_for(action) for action in allowed_actions(state)),
        stock=stock_of(session, owner_kind, [owner_code])[owner_code] if owner_kind else Stock(),
        thaw=_thaw_record(session, vial),
    )


def owner_page(session: Session, owner_kind: str, owner_code: str) -> OwnerPage:
    """Return the vials of a batch or of a responder.

    :raises NotFound: if there is none of that code.
    """
    kind = kind_of(owner_kind)
    owner_id = id_of_code(session, kind, owner_code)
    column = Vial.batch_id if owner_kind == "batch" else Vial.responder_id
    vials = session.scalars(select(Vial).where(column == owner_id).order_by(Vial.id)).all()
    methods = [
        thaw.viability_method
        for thaw in _thaws(session, vials).values()
        if thaw.viability_percent is not None
    ]
    return OwnerPage(
        owner_kind=owner_kind,
        owner_code=owner_code,
        stock=stock_of(session, owner_kind, [owner_code])[owner_code],
        vials=_lines(session, vials),
        methods_note=methods_note(methods),
        next_code=first.code if (first := next_vial(session, owner_kind, owner_id)) else "",
        next_number=next_number(session, owner_code),
        last_values=_shared_values(vials[-1]) if vials else {},
    )


def boxes(session: Session) -> tuple[BoxLine, ...]:
    """Return the boxes in which vials stand now."""
    place = (Vial.tank, Vial.rack, Vial.box)
    there = [state.value for state in VialState if state.is_there]
    rows = session.execute(
        select(*place, func.count())
        .where(Vial.vial_state.in_(there), Vial.box != "")
        .group_by(*place)
        .order_by(*place)
    )
    return tuple(BoxLine(*row) for row in rows)


def box_page(
    session: Session, tank: str, rack: str, box: str, size: BoxSize | None = None
) -> BoxPage:
    """Return a box as a grid; without a size the smaller usual one that holds its vials."""
    vials = vials_in_box(session, tank, rack, box)
    placed: dict[str, VialLine] = {}
    outside = []
    usual = (known for known in BOX_SIZES[:2] if _fit(vials, known))
    size = size or next(usual, BOX_SIZES[0])
    for vial, line in zip(vials, _lines(session, vials), strict=True):
        slot = one_slot(vial.slot)
        if slot in size.slots and slot not in placed:
            placed[slot] = line
        else:
            outside.append((vial.slot, line))
    return BoxPage(
        tank=tank,
        rack=rack,
        box=box,
        size=size,
        rows=tuple(
            (row, tuple((slot, placed.get(slot)) for slot in size.slots if slot.startswith(row)))
            for row in size.letters
        ),
        outside=tuple(outside),
        free=len(size.slots) - len(placed),
    )


def _thaw_record(session: Session, vial: Vial) -> Record | None:
    number = session.scalar(select(Thaw.id).where(Thaw.vial_id == vial.id))
    return None if number is None else record(session, "thaw", number)


def _fit(vials: Sequence[Vial], size: BoxSize) -> bool:
    return {one_slot(vial.slot) for vial in vials} <= set(size.slots)


def _lines(session: Session, vials: Sequence[Vial]) -> tuple[VialLine, ...]:
    thaws = _thaws(session, vials)
    return tuple(
        VialLine(
            code=vial.code,
            state=vial.vial_state,
            place=place_text(vial),
            frozen_on=vial.frozen_on.isoformat() if vial.frozen_on else "",
            cells=vial.viable_cells_per_vial,
            reserved_for=vial.reserved_for,
            thaw=_thaw_line(vial, thaws[vial.id]) if vial.id in thaws else None,
        )
        for vial in vials
    )


def _thaws(session: Session, vials: Sequence[Vial]) -> dict[int, Thaw]:
    """Return the stored thaws of these vials by the number of the vial."""
    return {
        thaw.vial_id: thaw
        for some in chunks([vial.id for vial in vials])
        for thaw in session.scalars(select(Thaw).where(Thaw.vial_id.in_(some)))
    }


def _thaw_line(vial: Vial, thaw: Thaw) -> ThawLine:
    return ThawLine(
        thawed_on=thaw.thawed_on.isoformat(),
        recovery=recovery(thaw.viable_cells_recovered, vial.viable_cells_per_vial),
        viability=viability_text(thaw.viability_percent, thaw.viability_method),
        rescue=rescue_text(thaw.culture_rescue_hours),
        used_for=thaw.used_for,
    )


def _shared_values(vial: Vial) -> dict[str, Value]:
    return {name: getattr(vial, name) for name in SHARED_FIELDS}
