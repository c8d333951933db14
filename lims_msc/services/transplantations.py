"""Loads the transplants of donors, with givers and grafts, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Group
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lims_msc.domain.transplants import Transplantation
from lims_msc.models import Collection, Donor, HscGraft, Transplant
from lims_msc.services.record_tables import chunks

_Giver = aliased(Donor)


def transplants_of(
    session: Session, donor_ids: Group[int]
) -> dict[int, tuple[Transplantation, ...]]:
    """Return the transplants of each of these donors by number of the donor, in their order.

    A graft of somebody else that was given, and that no HSCT names, comes last and has no kind.
    """
    found: dict[int, list[Transplantation]] = defaultdict(list)
    for some in chunks(sorted(donor_ids)):
        for donor_id, transplant in (*_recorded(session, some), *_grafts_alone(session, some)):
            found[donor_id].append(transplant)
    return {donor_id: tuple(transplants) for donor_id, transplants in found.items()}


def _recorded(session: Session, donor_ids: Iterable[int]) -> list[tuple[int, Transplantation]]:
    chosen = (
        select(Transplant, Donor.code, HscGraft.code, HscGraft.infused_on, _Giver.code)
        .add_columns(Collection.code, Collection.collected_on)
        .join(Donor, Transplant.donor_id == Donor.id)
        .outerjoin(HscGraft, Transplant.graft_id == HscGraft.id)
        .outerjoin(_Giver, HscGraft.graft_donor_id == _Giver.id)
        .outerjoin(Collection, Transplant.offset_collection_id == Collection.id)
        .where(Transplant.donor_id.in_(donor_ids))
        .order_by(Transplant.donor_id, Transplant.transplant_number)
    )
    return [_of_row(row) for row in session.execute(chosen)]


def _of_row(row: Any) -> tuple[int, Transplantation]:  # type: ignore[type-arg, unused-ignore]
    transplant, donor_code, graft_code, infused_on, giver_code, offset_code, offset_on = row
    return transplant.donor_id, Transplantation(
        donor_code=donor_code,
        kind=transplant.transplant_type,
        number=transplant.transplant_number,
        performed_on=transplant.performed_on or infused_on or "",
        graft_code=graft_code or "",
        giver_code=giver_code or "",
        giver_is=transplant.graft_relation,
        offset_code=offset_code or "",
        offset_on=offset_on,
        months_before=transplant.months_before_collection,
    )


def _grafts_alone(session: Session, donor_ids: Iterable[int]) -> list[tuple[int, Transplantation]]:
    """Return the grafts that were given from somebody else without an HSCT that names them."""
    is_named = select(Transplant.id).where(Transplant.graft_id == HscGraft.id).exists()
    chosen = (
        select(HscGraft.recipient_id, Donor.code, HscGraft.code, HscGraft.infused_on, _Giver.code)
        .join(Donor, HscGraft.recipient_id == Donor.id)
        .join(_Giver, HscGraft.graft_donor_id == _Giver.id)
        .where(HscGraft.recipient_id.in_(donor_ids), HscGraft.infused_on != "", ~is_named)
        .where(HscGraft.graft_donor_id != HscGraft.recipient_id)
        .order_by(HscGraft.id)
    )
    return [
        (
            recipient_id,
            Transplantation(
                donor_code, "", performed_on=infused_on, graft_code=code, giver_code=giver
            ),
        )
        for recipient_id, donor_code, code, infused_on, giver in session.execute(chosen)
    ]
