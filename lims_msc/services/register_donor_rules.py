"""Rules between donors' collections, diagnoses, transplants, grafts and responders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import number_in
from lims_msc.domain.records.partial_dates import is_certainly_before
from lims_msc.domain.records.wording import disease_words
from lims_msc.services.register_surroundings import Line, Said, Surroundings, say

_DAYS_OF_A_YEAR = 365.25
_TOLERATED_YEARS = 1.5
_AROUND_A_COLLECTION_DAYS = 366


def donor_rules(around: Surroundings) -> Iterator[Said]:
    """Yield what is wrong between what is known of donors at their collections."""
    yield from _ages(around)
    yield from _diagnoses(around)
    yield from _patients(around)
    yield from _scores(around)
    yield from _offsets(around)
    yield from _numbers(around)
    yield from _grafts(around)
    yield from _blood(around)
    yield from _members(around)


def _ages(around: Surroundings) -> Iterator[Said]:
    """Say which two collections of a donor are farther apart in age than in time, or nearer."""
    for donor_code, lines in around.by("collection", "donor_code").items():
        dated = [
            (day, age, line)
            for line in lines
            if isinstance(day := line["collected_on"], date)
            and (age := number_in(line.values, "age_at_collection_years")) is not None
        ]
        dated.sort(key=lambda item: item[0])
        for (day, age, line), (later_day, later_age, later) in pairwise(dated):
            years = (later_day - day).days / _DAYS_OF_A_YEAR
            if abs(later_age - age - years) > _TOLERATED_YEARS:
                yield from say(
                    [(later, "age_at_collection_years"), (line, "age_at_collection_years")],
                    f"The donor '{donor_code}' is {age:g} years old at '{line.code}' on '{day}' and"
                    f" {later_age:g} at '{later.code}' on '{later_day}', {years:.1f} years later.",
                    "Check both ages, both days, and whether this is one person.",
                )


def _diagnoses(around: Surroundings) -> Iterator[Said]:
    for diagnosis, collection in around.pairs("diagnosis", "collection_code"):
        onset, collected = diagnosis["onset"], collection["collected_on"]
        if is_certainly_before(collected, onset):
            yield from say(
                [(diagnosis, "onset"), (collection, "collected_on")],
                f"The disease began in '{onset}', after the collection '{collection.code}' on"
                f" '{collected}'.",
                "Check both dates; a disease that began later belongs to a later collection.",
            )
        if collection["health_status"] == "healthy":
            name = "disease" if diagnosis["disease"] else "other_disease"
            yield from say(
                [(diagnosis, name), (collection, "health_status")],
                f"The collection '{collection.code}' is of a 'healthy' donor, and has the diagnosis"
                f" '{_disease(diagnosis)}'.",
                "Correct one of the two: the health status is that of the day of collection.",
            )


def _patients(around: Surroundings) -> Iterator[Said]:
    diagnosed = around.by("diagnosis", "collection_code")
    for collection in around.lines("collection"):
        if collection["health_status"] == "patient" and collection.code not in diagnosed:
            yield from say(
                [(collection, "health_status")],
                f"The donor of '{collection.code}' is a 'patient', and no diagnosis is registered.",
                "Enter it as a diagnosis of this collection.",
                Level.WARNING,
            )


def _scores(around: Surroundings) -> Iterator[Said]:
    for score, collection in around.pairs("activity_score", "collection_code"):
        day, collected = score["assessed_on"], collection["collected_on"]
        if not isinstance(day, date) or not isinstance(collected, date):
            continue
        days = abs((day - collected).days)
        if days > _AROUND_A_COLLECTION_DAYS:
            yield from say(
                [(score, "assessed_on"), (collection, "collected_on")],
                f"{score['score_name']} was assessed on '{day}', {days} days from the collection"
                f" '{collection.code}' on '{collected}'.",
                "Check both days; a score tells how active a disease was around a collection.",
                Level.WARNING,
            )


def _offsets(around: Surroundings) -> Iterator[Said]:
    for transplant, collection in around.pairs("transplant", "offset_collection_code"):
        if transplant["donor_code"] != collection["donor_code"]:
            yield from say(
                [(transplant, "offset_collection_code"), (collection, "donor_code")],
                f"The transplant is of '{transplant['donor_code']}', and the collection"
                f" '{collection.code}' of '{collection['donor_code']}'.",
                "Count the months from a collection of the same donor.",
            )


def _numbers(around: Surroundings) -> Iterator[Said]:
    """Say which transplants of a donor are numbered otherwise than in the order of time."""
    for donor_code, lines in around.by("transplant", "donor_code").items():
        ordered = sorted(lines, key=lambda line: number_in(line.values, "transplant_number") or 0)
        for count, later in enumerate(ordered):
            when = _performed(around, later)
            for line in ordered[:count]:
                if is_certainly_before(when, before := _performed(around, line)):
                    number, other = later["transplant_number"], line["transplant_number"]
                    yield from say(
                        [(later, "transplant_number"), (line, "transplant_number")],
                        f"The transplant {number} of '{donor_code}' was on '{when}', before"
                        f" transplant {other} on '{before}'.",
                        "Check both dates; the first transplant has the number 1.",
                    )
                    break


def _performed(around: Surroundings, transplant: Line) -> str:
    """Return when a transplant was, from itself or from its graft."""
    graft = around.line("hsc_graft", transplant.text("graft_code"))
    return transplant.text("performed_on") or (graft.text("infused_on") if graft else "")


def _grafts(around: Surroundings) -> Iterator[Said]:
    for transplant, graft in around.pairs("transplant", "graft_code"):
        if transplant["donor_code"] != graft["recipient_code"]:
            yield from say(
                [(transplant, "graft_code"), (graft, "recipient_code")],
                f"The transplant is of '{transplant['donor_code']}', and the graft '{graft.code}'"
                f" for '{graft['recipient_code']}'.",
                "Correct the graft, or its recipient.",
            )
        yield from _giver(transplant, graft)
        for name in ("graft_source", "graft_manipulation", "conditioning_regimen"):
            one, other = transplant.text(name), graft.text(name)
            if one and other and one != other:
                yield from say(
                    [(transplant, name), (graft, name)],
                    f"The transplant says '{one}', and its graft '{graft.code}' says '{other}'.",
                    "Correct one of the two, or leave it to the graft.",
                )
        performed, given = transplant["performed_on"], graft["infused_on"]
        if is_certainly_before(performed, given) or is_certainly_before(given, performed):
            yield from say(
                [(transplant, "performed_on"), (graft, "infused_on")],
                f"The transplant was performed on '{performed}', and its graft '{graft.code}' given"
                f" on '{given}'.",
                "These are the same day; correct one of the two.",
            )


def _giver(transplant: Line, graft: Line) -> Iterator[Said]:
    giver, recipient = graft.text("graft_donor_code"), graft.text("recipient_code")
    kind = transplant.text("transplant_type")
    if giver and (kind == "autologous") != (giver == recipient):
        yield from say(
            [(transplant, "transplant_type"), (graft, "graft_donor_code")],
            f"The transplant is '{kind}', and the graft '{graft.code}' for '{recipient}' is from"
            f" '{giver}'.",
            "Cells of the recipient are 'autologous', those of others are not; correct one.",
        )


def _blood(around: Surroundings) -> Iterator[Said]:
    for responder, collection in around.pairs("responder", "collection_code"):
        donor = responder.text("donor_code")
        if donor and donor != collection["donor_code"]:
            yield from say(
                [(responder, "collection_code"), (collection, "donor_code")],
                f"The responder '{responder.code}' is of '{donor}', and the collection"
                f" '{collection.code}' of '{collection['donor_code']}'.",
                "Correct the donor or the collection.",
            )


def _members(around: Surroundings) -> Iterator[Said]:
    for code, members in around.by("pool_member", "responder_code").items():
        pool = around.line("responder", code)
        if pool is None:
            continue
        # One person, where no number is entered.
        size = number_in(pool.values, "pool_size") or 1
        places = [(member, "responder_code") for member in members]
        if size == 1 or pool.text("donor_code"):
            yield from say(
                [*places, (pool, "pool_size")],
                f"'{code}' is no pool, and has members.",
                "Write the number of persons in the pool with the responder, or remove the member.",
            )
        elif len(members) > size:
            yield from say(
                [*places[::-1], (pool, "pool_size")],
                f"The pool '{code}' is of {size:g} persons, and has {len(members)} members.",
                "Correct the number of persons, or the members.",
            )


def _disease(diagnosis: Line) -> str:
    return disease_words(diagnosis.text("disease"), diagnosis.text("other_disease"))
