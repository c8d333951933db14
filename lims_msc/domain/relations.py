"""How the MSC and the responder of a well are related: computed from persons, dates, transplants.

After an allogeneic HSCT the blood of a person has the genotype of the giver while the MSC keep that
of the person (DOMAIN 1.4): the cells of one person are then not autologous to each other.  Nothing
is stored; whoever asks hands over what is known of both sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.transplants import (
    ALLOGENEIC,
    AUTOLOGOUS,
    SYNGENEIC,
    TWIN,
    CollectionDay,
    Order,
    Transplantation,
    orders_of,
    shortest_days,
)

MSC_STAY = (
    "marrow MSC keep the genotype of the recipient: more than 96 % in 12 of 12 patients "
    "(PMID 19155975), in 17 of 19 with two partly of the giver (Haematologica 2004;89:1421)"
)
# Before that the blood may still be mixed (specialist knowledge; a chimerism test decides).
ENGRAFTMENT_DAYS = 28


class RelationKind(StrEnum):
    """How two sources of cells are related; the words are those of tables and pages."""

    AUTOLOGOUS = "autologous"
    CHIMERIC = "same person, chimeric (allogeneic genotype)"
    """One person, but blood of the genotype of a giver: never merged with autologous."""
    SYNGENEIC = "syngeneic (identical twins)"
    GRAFT_MATCHED = "genotype-matched through the graft"
    """Responders from the blood that grew from the graft of the MSC donor: never allogeneic."""
    ALLOGENEIC = "allogeneic"
    THIRD_PARTY = "third-party"
    POOLED = "pooled"
    CELL_LINE = "cell line"
    UNKNOWN = "unknown"
    UNDECIDED = "cannot be decided"


class Material(StrEnum):
    """What a responder is."""

    PERSON = "person"
    POOL = "pool"
    CELL_LINE = "cell line"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class MscSource:
    """The person and the collection that MSC come from, with all HSCT of the person."""

    batch_code: str
    donor_code: str
    collection: CollectionDay
    is_marrow: bool = True
    transplants: tuple[Transplantation, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponderSource:
    """What the responders come from: one person with all HSCT, a pool with known members, a line.

    ``members`` are the donors of a pool that are known; ``persons`` how many it has in all.
    """

    responder_code: str
    material: Material
    donor_code: str
    collection: CollectionDay
    transplants: tuple[Transplantation, ...] = ()
    members: tuple[str, ...] = ()
    persons: int = 1


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation of MSC and responders: short text, reason in a sentence, and how sure it is.

    ``is_certain`` is false where the relation rests on a published finding about other patients,
    on something that is not recorded, or cannot be decided.
    """

    kind: RelationKind
    text: str
    reason: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class PairRelation:
    """The relation of one batch and one responder, by their codes."""

    batch_code: str
    responder_code: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class _Blood:
    """Whose genotype the blood may have: codes, ``""`` for a giver who is not recorded.

    ``is_sound`` is false where the record of a transplant itself cannot be true, or has no type.
    """

    owners: frozenset[str]
    sure: tuple[Transplantation, ...]
    doubts: tuple[str, ...]
    is_sound: bool


def relation(
    msc: MscSource, responder: ResponderSource, other_party: ResponderSource | None = None
) -> Relation:
    """Return how MSC and responders are related.

    :param other_party: the stimulator cells of a mixed lymphocyte reaction; MSC that are allogeneic
        to both of its parties are ``third-party``.
    """
    found = _of_two(msc, responder)
    if other_party is None or found.kind is not RelationKind.ALLOGENEIC:
        return found
    other = _of_two(msc, other_party)
    if other.kind is not RelationKind.ALLOGENEIC:
        reason = f"{found.reason}; to '{other_party.responder_code}' the MSC are {other.text}"
        return Relation(found.kind, found.text, reason, found.is_certain and other.is_certain)
    return Relation(
        RelationKind.THIRD_PARTY,
        RelationKind.THIRD_PARTY.value,
        f"the MSC of '{msc.donor_code}' are allogeneic to both parties of the reaction, "
        f"'{responder.responder_code}' and '{other_party.responder_code}'",
        found.is_certain and other.is_certain,
    )


def _of_two(msc: MscSource, responder: ResponderSource) -> Relation:
    if responder.material is Material.POOL:
        return _pooled(msc, responder)
    if responder.material is Material.CELL_LINE:
        reason = f"'{responder.responder_code}' is a cell line, not the cells of a donor"
        return Relation(RelationKind.CELL_LINE, RelationKind.CELL_LINE.value, reason)
    if responder.material is Material.NOT_RECORDED or not responder.donor_code:
        reason = f"no donor is recorded for the responder '{responder.responder_code}'"
        text = "unknown: no donor of the responder is recorded"
        return Relation(RelationKind.UNKNOWN, text, reason, is_certain=False)
    blood = _blood_of(responder)
    if msc.donor_code == responder.donor_code:
        return _of_one_person(msc, responder, blood)
    return _of_two_persons(msc, responder, blood)


def _pooled(msc: MscSource, responder: ResponderSource) -> Relation:
    kind = RelationKind.POOLED
    pool = f"'{responder.responder_code}' is a pool of {responder.persons} persons"
    if msc.donor_code in responder.members:
        reason = f"{pool} and '{msc.donor_code}', the donor of the MSC, is one of them"
        return Relation(kind, "pooled; pool includes the MSC donor", reason)
    known = len(responder.members)
    if known >= responder.persons:
        return Relation(kind, kind.value, f"{pool}; the donor of the MSC is none of them")
    reason = f"{pool}, of whom {known or 'none'} {'is' if known == 1 else 'are'} known here"
    return Relation(kind, kind.value, reason, is_certain=False)


def _blood_of(responder: ResponderSource) -> _Blood:
    """Return whose genotype the blood may have had when it was taken.

    A transplant counts where it may be the last one before the collection; the own genotype remains
    possible unless an allogeneic transplant surely came before.
    """
    orders = [
        line
        for line in orders_of(responder.transplants, responder.collection)
        if _may_change_genotype(line[0])
    ]
    sure = [t for t, order, _ in orders if order is Order.BEFORE and _is_allogeneic(t)]
    owners = set() if sure else {responder.donor_code}
    doubts, is_sound = [], True
    for transplant, order, missing in orders:
        if order is Order.AFTER or any(_is_surely_later(other, transplant) for other in sure):
            continue
        owners.add(_giver(transplant))
        is_sound = is_sound and not _doubt(transplant)
        doubt = _doubt(transplant) if order is Order.BEFORE else missing
        doubts += [doubt] if doubt else []
    return _Blood(frozenset(owners), tuple(sure), tuple(doubts), is_sound)


def _may_change_genotype(transplant: Transplantation) -> bool:
    return bool(transplant.contradiction) or transplant.kind not in {AUTOLOGOUS, SYNGENEIC}


def _is_allogeneic(transplant: Transplantation) -> bool:
    return transplant.kind == ALLOGENEIC


def _giver(transplant: Transplantation) -> str:
    """Return the code of the giver; nothing where it is not recorded or cannot be true."""
    return "" if transplant.giver_code == transplant.donor_code else transplant.giver_code


def _doubt(transplant: Transplantation) -> str:
    if transplant.contradiction:
        return transplant.contradiction
    if not transplant.kind:
        return f"no HSCT names {transplant.name}, so its type is not known"
    return ""


def _is_surely_later(other: Transplantation, transplant: Transplantation) -> bool:
    if other.number is not None and transplant.number is not None:
        return other.number > transplant.number
    return bool(other.span and transplant.span and other.span[0] > transplant.span[1])


def _of_one_person(msc: MscSource, responder: ResponderSource, blood: _Blood) -> Relation:
    if blood.sure:
        return _chimeric(msc, responder, blood)
    if blood.owners != {responder.donor_code} or blood.doubts:
        return _undecided(blood.doubts)
    return _autologous(msc, responder)


def _chimeric(msc: MscSource, responder: ResponderSource, blood: _Blood) -> Relation:
    last = max(blood.sure, key=lambda t: (t.number or 0, t.span or ()))
    if last.contradiction:
        return _undecided([last.contradiction])
    giver = f"of '{last.giver_code}'" if last.giver_code else "of a giver who is not recorded"
    reason = (
        f"{last.name}, allogeneic, came before {responder.collection.name}: the blood has the "
        f"genotype {giver}, and {MSC_STAY}"
    )
    doubts = list(blood.doubts)
    if not msc.is_marrow:
        doubts.append("MSC of this tissue were not looked at there")
    doubts += _doubts_about_engraftment(responder, last)
    return Relation(
        RelationKind.CHIMERIC,
        RelationKind.CHIMERIC.value,
        "; ".join([reason, *doubts]),
        is_certain=not doubts,
    )


def _doubts_about_engraftment(responder: ResponderSource, last: Transplantation) -> Iterable[str]:
    days = shortest_days(last, responder.collection)
    if days is None:
        yield "how long before is not recorded, so the blood may still be mixed"
    elif days < ENGRAFTMENT_DAYS:
        may = "lay" if _are_days_known(last) else "may lie"
        yield (f"less than {ENGRAFTMENT_DAYS} days {may} between, so the blood may still be mixed")
    for transplant, order, _ in orders_of(responder.transplants, responder.collection):
        is_own = transplant.kind == AUTOLOGOUS and not transplant.contradiction
        if is_own and order is not Order.AFTER and not _is_surely_later(last, transplant):
            yield f"{transplant.name}, autologous, may have brought the own blood back"


def _are_days_known(transplant: Transplantation) -> bool:
    return transplant.span is not None and transplant.span[0] == transplant.span[1]


def _autologous(msc: MscSource, responder: ResponderSource) -> Relation:
    kind = RelationKind.AUTOLOGOUS
    before_msc = [
        order
        for transplant, order, _ in orders_of(msc.transplants, msc.collection)
        if _may_change_genotype(transplant)
    ]
    if any(order is not Order.AFTER for order in before_msc):
        doubt = "" if msc.is_marrow else ", which was not looked at for MSC of this tissue"
        return Relation(
            kind,
            "autologous (MSC taken after an allogeneic HSCT)"
            if Order.BEFORE in before_msc
            else "autologous (MSC perhaps taken after an allogeneic HSCT)",
            f"the blood of '{responder.donor_code}' was taken before any allogeneic HSCT, and "
            f"{MSC_STAY}{doubt}",
            is_certain=False,
        )
    twin = [t for t in responder.transplants if t.kind == SYNGENEIC]
    if twin:
        reason = (
            f"one person, '{msc.donor_code}'; {twin[-1].name} was syngeneic: the giver, an "
            "identical twin, has the same genotype"
        )
        return Relation(kind, "autologous (syngeneic HSCT: same genotype)", reason)
    later = " before the blood was taken" if msc.transplants else ""
    reason = f"one person, '{msc.donor_code}', and no allogeneic HSCT{later} is recorded"
    return Relation(kind, kind.value, reason)


def _of_two_persons(msc: MscSource, responder: ResponderSource, blood: _Blood) -> Relation:
    persons = f"'{msc.donor_code}' and '{responder.donor_code}' are different persons"
    same = {msc.donor_code, *_twins_of(msc.donor_code, (*msc.transplants, *responder.transplants))}
    if blood.owners and blood.owners <= same and blood.is_sound:
        if responder.donor_code in blood.owners:
            reason = f"{persons}, recorded as identical twins: same genotype"
            return Relation(RelationKind.SYNGENEIC, RelationKind.SYNGENEIC.value, reason)
        return _graft_matched(msc, responder, blood)
    if blood.owners & same:
        doubts = blood.doubts or ("the giver of a graft is not recorded",)
        return _undecided(doubts)
    kind = RelationKind.ALLOGENEIC
    if "" in blood.owners:
        text = "allogeneic (giver of the responder's graft not recorded)"
        reason = f"{persons}; who gave the graft of '{responder.donor_code}' is not recorded"
        return Relation(kind, text, "; ".join((reason, *blood.doubts)), is_certain=False)
    givers = sorted(blood.owners - {responder.donor_code})
    if givers:
        names = " or ".join(f"'{giver}'" for giver in givers)
        may = "has" if blood.sure else "may have"
        persons += f"; the blood of '{responder.donor_code}' {may} the genotype of {names}"
    if any(t.giver_code == responder.donor_code for t in msc.transplants):
        persons += f"; '{responder.donor_code}' gave a graft to '{msc.donor_code}', but {MSC_STAY}"
    return Relation(kind, kind.value, persons)


def _graft_matched(msc: MscSource, responder: ResponderSource, blood: _Blood) -> Relation:
    last = max(blood.sure, key=lambda t: (t.number or 0, t.span or ()))
    reason = (
        f"{last.name}, allogeneic, came before {responder.collection.name} with a graft of "
        f"'{last.giver_code}': the blood has the genotype of the MSC of '{msc.donor_code}'"
    )
    doubts = list(_doubts_about_engraftment(responder, last))
    return Relation(
        RelationKind.GRAFT_MATCHED,
        RelationKind.GRAFT_MATCHED.value,
        "; ".join([reason, *doubts]),
        is_certain=not doubts,
    )


def _twins_of(donor_code: str, transplants: Iterable[Transplantation]) -> set[str]:
    """Return the identical twins of a person, as far as transplants say so."""
    twins = set()
    for transplant in transplants:
        pair = {transplant.donor_code, transplant.giver_code}
        is_twin = transplant.kind == SYNGENEIC or transplant.giver_is == TWIN
        if is_twin and not transplant.contradiction and donor_code in pair and "" not in pair:
            twins |= pair - {donor_code}
    return twins


def _undecided(missing: Iterable[str]) -> Relation:
    words = "; ".join(dict.fromkeys(missing)) or "something is not recorded"
    kind = RelationKind.UNDECIDED
    return Relation(kind, f"{kind.value}: {words}", words, is_certain=False)
