"""Pairs of MSC and responders of a few invented persons, and how they are related."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lims_msc.domain.relations import (
    Material,
    MscSource,
    Relation,
    RelationKind,
    ResponderSource,
    relation,
)
from lims_msc.domain.transplants import CollectionDay, Transplantation

MARROW = CollectionDay("C-M", date(2020, 5, 10), "the collection 'C-M'")


BLOOD = CollectionDay("C-B", date(2021, 3, 1), "the collection 'C-B'")


NO_DAY = CollectionDay("", None, "the blood of 'R-1'")


ALLO = Transplantation("D-1", "allogeneic", 1, "2019-02-03", giver_code="D-9")


def hsct(when: str, kind: str = "allogeneic", **changes: object) -> Transplantation:
    return replace(ALLO, performed_on=when, kind=kind, **changes)  # type: ignore[arg-type]


def of(
    *transplants: Transplantation,
    msc_donor: str = "D-1",
    responder_donor: str = "D-1",
    msc_transplants: tuple[Transplantation, ...] | None = None,
    blood: CollectionDay = BLOOD,
    **changes: object,
) -> RelationKind:
    return related(
        *transplants,
        msc_donor=msc_donor,
        responder_donor=responder_donor,
        msc_transplants=msc_transplants,
        blood=blood,
        **changes,
    ).kind


def related(
    *transplants: Transplantation,
    msc_donor: str = "D-1",
    responder_donor: str = "D-1",
    msc_transplants: tuple[Transplantation, ...] | None = None,
    blood: CollectionDay = BLOOD,
    **changes: object,
) -> Relation:
    own = transplants if msc_donor == responder_donor else ()
    msc = MscSource("B-1", msc_donor, MARROW, transplants=msc_transplants or own)
    responder = ResponderSource("R-1", Material.PERSON, responder_donor, blood, transplants)
    return relation(msc, replace(responder, **changes))  # type: ignore[arg-type]
