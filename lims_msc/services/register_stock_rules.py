"""Rules between vials, their thaws and what is in them; and rule sets that decided already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.records.partial_dates import is_certainly_before
from lims_msc.domain.stock import VialState, one_slot
from lims_msc.models import ReleaseDecision, Vial
from lims_msc.services.record_tables import chunks
from lims_msc.services.register_surroundings import Line, Said, Surroundings, say

_THERE = (VialState.AVAILABLE.value, VialState.RESERVED.value)
_PLACE = ("tank", "rack", "box", "slot")

Place = tuple[str, ...]


def stock_rules(around: Surroundings) -> Iterator[Said]:
    """Yield what is wrong between vials, thaws and the cells in the vials."""
    for vial, batch in around.pairs("vial", "batch_code"):
        if is_certainly_before(vial["frozen_on"], batch["isolated_on"]):
            yield from say(
                [(vial, "frozen_on"), (batch, "isolated_on")],
                f"The vial '{vial.code}' was frozen on '{vial['frozen_on']}', before its batch"
                f" '{batch.code}' was isolated on '{batch['isolated_on']}'.",
                "Check both days, and the code of the batch.",
            )
    for vial, responder in around.pairs("vial", "responder_code"):
        collection = around.line("collection", responder.text("collection_code"))
        if collection and is_certainly_before(vial["frozen_on"], collection["collected_on"]):
            yield from say(
                [(vial, "frozen_on"), (collection, "collected_on")],
                f"The vial '{vial.code}' was frozen on '{vial['frozen_on']}', before the blood"
                f" '{collection.code}' was taken on '{collection['collected_on']}'.",
                "Check both days, and the code of the responder.",
            )
    yield from _thaws(around)


def _thaws(around: Surroundings) -> Iterator[Said]:
    for thaw, vial in around.pairs("thaw", "vial_code"):
        if is_certainly_before(thaw["thawed_on"], vial["frozen_on"]):
            yield from say(
                [(thaw, "thawed_on"), (vial, "frozen_on")],
                f"The vial '{vial.code}' was thawed on '{thaw['thawed_on']}', before it was frozen"
                f" on '{vial['frozen_on']}'.",
                "Check both days, and the code of the vial.",
            )
        if vial["vial_state"] != VialState.USED:
            yield from say(
                [(thaw, "vial_code"), (vial, "vial_state")],
                f"The vial '{vial.code}' is '{vial['vial_state']}', and has a thaw.",
                "A vial that was thawed is 'used'; thaw it on its own page, or correct the code.",
            )


def place_rules(session: Session, vials: Sequence[Line]) -> Iterator[Said]:
    """Yield which vials of a set stand where another one stands."""
    standing = [vial for vial in vials if vial.text("slot") and vial["vial_state"] in _THERE]
    boxes = {vial.text("box") for vial in standing if vial.is_open}
    holders = dict(_stored_places(session, boxes, {vial.code for vial in vials}))
    for vial in standing:
        place = (*(vial.text(name) for name in _PLACE[:-1]), one_slot(vial.text("slot")))
        holder = holders.setdefault(place, vial.code)
        if holder != vial.code:
            box = ", ".join(
                f"{name} {text}" for name, text in zip(_PLACE, place[:-1], strict=False) if text
            )
            yield from say(
                [(vial, "slot")],
                f"Slot '{vial['slot']}' of {box} holds the vial '{holder}'.",
                f"Choose another slot for '{vial.code}', or correct the place of '{holder}' first.",
            )


def _stored_places(session: Session, boxes: set[str], but: set[str]) -> Iterator[tuple[Place, str]]:
    for some in chunks(boxes):
        rows = session.execute(
            select(Vial.tank, Vial.rack, Vial.box, Vial.slot, Vial.code).where(
                Vial.box.in_(some), Vial.slot != "", Vial.vial_state.in_(_THERE)
            )
        )
        for *around, slot, code in rows:
            if code not in but:
                yield (*around, one_slot(slot)), code


def frozen_rule_sets(session: Session, rules: Sequence[Line]) -> Iterator[Said]:
    """Yield which rules would change a version of a rule set that decided about a batch."""
    used = used_rule_sets(session, {rule.text("rule_set") for rule in rules if rule.is_open})
    for rule in rules:
        name, version = rule.text("rule_set"), rule.text("rule_set_version")
        if (name, version) in used:
            yield from say(
                [(rule, "rule_set_version")],
                f"Batches were decided about by the rule set '{name}', version '{version}'; it"
                " stays as it is.",
                "Give the rule set a new version, and enter all its rules with it.",
            )


def used_rule_sets(session: Session, names: set[str]) -> set[tuple[str, str]]:
    """Return the versions of these rule sets by which batches were decided about."""
    return {
        (name, version)
        for some in chunks(names)
        for name, version in session.execute(
            select(ReleaseDecision.rule_set, ReleaseDecision.rule_set_version)
            .where(ReleaseDecision.rule_set.in_(some))
            .distinct()
        )
    }
