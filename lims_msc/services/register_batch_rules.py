"""Rules between batches: their lineage, their passages, and what came before what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import number_in
from lims_msc.domain.records.partial_dates import is_certainly_before
from lims_msc.services.register_surroundings import Line, Said, Surroundings, say


def batch_rules(around: Surroundings) -> Iterator[Said]:
    """Yield what is wrong between batches and with what belongs to them."""
    yield from _cycles(around)
    for child, parent in around.pairs("batch", "parent_code"):
        if child is not parent:
            yield from _of_parent(around, child, parent)
    yield from _isolated_before_collected(around)
    yield from _passages(around)
    yield from _before_isolation(around)


def _cycles(around: Surroundings) -> Iterator[Said]:
    """Name every batch of a circle of parents."""
    done: set[str] = set()
    for start in around.lines("batch"):
        path: dict[str, Line] = {}
        line: Line | None = start
        while line is not None and line.code not in done and line.code not in path:
            path[line.code] = line
            line = around.line("batch", line.text("parent_code"))
        done |= path.keys()
        if line is None or line.code not in path:
            continue
        codes = list(path)
        circle = codes[codes.index(line.code) :]
        for code in circle:
            turn = circle.index(code)
            way = " → ".join([*circle[turn:], *circle[:turn], code])
            yield from say(
                [(path[code], "parent_code")],
                f"The parents of '{code}' lead back to itself: {way}.",
                "A parent is the batch that another was expanded from; correct one of them.",
            )


def _of_parent(around: Surroundings, child: Line, parent: Line) -> Iterator[Said]:
    at = [(child, "parent_code"), (parent, "collection_code")]
    one = around.line("collection", child.text("collection_code"))
    other = around.line("collection", parent.text("collection_code"))
    if one is not None and other is not None and one["donor_code"] != other["donor_code"]:
        yield from say(
            at,
            f"The batch '{child.code}' is of the donor '{one['donor_code']}', and its parent"
            f" '{parent.code}' of '{other['donor_code']}'.",
            "Correct the parent, or the collection of one of the two.",
        )
    elif one is not None and other is not None and one is not other:
        yield from say(
            at,
            f"The batch '{child.code}' is of the collection '{one.code}', and its parent"
            f" '{parent.code}' of '{other.code}'.",
            "A batch is expanded from cells of one collection; check both.",
            Level.WARNING,
        )
    passage, before = number_in(child.values, "passage"), number_in(parent.values, "passage")
    if passage is not None and before is not None and passage <= before:
        yield from say(
            [(child, "passage"), (parent, "passage")],
            f"The batch '{child.code}' is of passage {passage:g}, and its parent '{parent.code}'"
            f" of passage {before:g}.",
            "A batch has a higher passage than its parent; correct one of them.",
        )


def _isolated_before_collected(around: Surroundings) -> Iterator[Said]:
    for batch, collection in around.pairs("batch", "collection_code"):
        isolated, collected = batch["isolated_on"], collection["collected_on"]
        if is_certainly_before(isolated, collected):
            yield from say(
                [(batch, "isolated_on"), (collection, "collected_on")],
                f"The batch '{batch.code}' was isolated on '{isolated}', before its collection"
                f" '{collection.code}' on '{collected}'.",
                "Check both days, and the code of the collection.",
            )


def _passages(around: Surroundings) -> Iterator[Said]:
    for passage, batch in around.pairs("passage", "batch_code"):
        number, last = number_in(passage.values, "passage"), number_in(batch.values, "passage")
        if number is not None and last is not None and number > last:
            yield from say(
                [(passage, "passage"), (batch, "passage")],
                f"Passage {number:g} is beyond the batch '{batch.code}', which is of passage"
                f" {last:g}.",
                "Correct one of them, or enter the passage with the batch that came of it.",
            )
    for code, lines in around.by("passage", "batch_code").items():
        if any(line.is_open for line in lines):
            yield from _order(code, lines)


def _order(batch_code: str, lines: Sequence[Line]) -> Iterator[Said]:
    """Say which passage of a batch began before the one with the lower number had ended."""
    numbered = [line for line in lines if isinstance(line["passage"], int)]
    numbered.sort(key=lambda line: number_in(line.values, "passage") or 0)
    ends = [
        (line, name, day)
        for line in numbered
        for name in ("seeded_on", "harvested_on")
        if isinstance(day := line[name], date)
    ]
    for (line, name, day), (following, next_name, next_day) in pairwise(ends):
        if line is not following and next_day < day:
            was, is_next = (n.removesuffix("_on") for n in (name, next_name))
            yield from say(
                [(following, next_name), (line, name)],
                f"Passage {following['passage']} of '{batch_code}' was {is_next} on '{next_day}',"
                f" before passage {line['passage']} was {was} on '{day}'.",
                "Passages follow each other; check both days and both numbers.",
            )


def _before_isolation(around: Surroundings) -> Iterator[Said]:
    """Say what happened to a batch before it was isolated."""
    for kind_key, name, what, level in (
        ("passage", "seeded_on", "passage {passage} was seeded", Level.ERROR),
        ("in_vivo_use", "given_on", "a dose was given ('{use_code}')", Level.ERROR),
        ("release_test", "tested_on", "the test '{test_name}' was done", Level.WARNING),
    ):
        for line, batch in around.pairs(kind_key, "batch_code"):
            day, isolated = line[name], batch["isolated_on"]
            if is_certainly_before(day, isolated):
                yield from say(
                    [(line, name), (batch, "isolated_on")],
                    f"Of the batch '{batch.code}' {what.format(**line.values)} on '{day}', before"
                    f" the batch was isolated on '{isolated}'.",
                    "Check both days, and the code of the batch.",
                    level,
                )
