"""Labels of vials: the words on them, and the QR code that opens the page of the vial."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.grouped_numbers import grouped_text
from lims_msc.domain.stock import VialState
from lims_msc.errors import InputError, NotFound
from lims_msc.models import Batch, Responder, Vial
from lims_msc.services.record_tables import chunks

MOST_LABELS = 1_000
_QUIET_ZONE_MODULES = 4
_LONG_CODE = 14


@dataclass(frozen=True, slots=True)
class Label:
    """The words on the label of a vial; empty where nothing was recorded."""

    code: str
    owner: str
    passage: str
    frozen_on: str
    cells: str

    @property
    def is_long(self) -> bool:
        """Whether the code needs small letters: nothing of it may be lost at the edge."""
        return len(self.code) > _LONG_CODE

    @property
    def owner_line(self) -> str:
        """The batch and its passage; a long code that begins with the batch does not repeat it."""
        is_told = self.is_long and self.code.startswith(self.owner)
        return " · ".join(part for part in ("" if is_told else self.owner, self.passage) if part)


def labels_of(session: Session, codes: Collection[str]) -> tuple[Label, ...]:
    """Return the labels of these vials, in this order.

    :raises InputError: if no vial is chosen, or more than a thousand.
    :raises NotFound: naming every code that is no vial.
    """
    if not codes:
        raise InputError(
            "No vial is chosen.",
            hint="Go back to the vials of the batch and tick those whose labels you need.",
        )
    if len(codes) > MOST_LABELS:
        raise InputError(
            f"'{len(codes)}' labels cannot be printed.",
            hint=f"Choose vials on the page of their batch, at most {MOST_LABELS}.",
        )
    found: dict[str, Label] = {}
    for some in chunks(codes):
        rows = session.execute(
            select(Vial, Batch.code, Batch.passage, Responder.code)
            .outerjoin(Batch, Vial.batch_id == Batch.id)
            .outerjoin(Responder, Vial.responder_id == Responder.id)
            .where(Vial.code.in_(some))
        )
        for vial, batch_code, passage, responder_code in rows:
            found[vial.code] = _label(vial, batch_code or responder_code or "", passage)
    if missing := [code for code in codes if code not in found]:
        names = ", ".join(f"'{code}'" for code in missing)
        raise NotFound(
            f"There is no vial {names}.", hint="Choose vials on the page of their batch."
        )
    return tuple(found[code] for code in dict.fromkeys(codes))


def codes_in_freezer(session: Session, owner_kind: str, owner_code: str) -> tuple[str, ...]:
    """Return the codes of the vials of a batch or of responders that are still there."""
    owner = Batch if owner_kind == "batch" else Responder
    column = Vial.batch_id if owner_kind == "batch" else Vial.responder_id
    there = [state.value for state in VialState if state.is_there]
    chosen = select(Vial.code).join(owner, column == owner.id)
    return tuple(
        session.scalars(
            chosen.where(owner.code == owner_code, Vial.vial_state.in_(there)).order_by(Vial.id)
        )
    )


def qr_svg(address: str) -> str:
    """Return an address as a QR code, as SVG without a size: the style sheet gives it.

    Error level M, and a quiet zone of four modules, as ISO/IEC 18004 wants it.  Never a Micro QR
    code: telephones do not read them.
    """
    import segno

    code = segno.make_qr(address, error="M", boost_error=False)
    drawn: str = code.svg_inline(border=_QUIET_ZONE_MODULES, omitsize=True, light="#fff")
    return drawn


def _label(vial: Vial, owner: str, passage: int | None) -> Label:
    cells = vial.viable_cells_per_vial
    return Label(
        code=vial.code,
        owner=owner,
        passage="" if passage is None else f"P{passage}",
        frozen_on=vial.frozen_on.isoformat() if vial.frozen_on else "",
        cells="" if cells is None else f"{grouped_text(cells)} cells",
    )
