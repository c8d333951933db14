"""Rules between records: what no field can say alone, such as a thaw before its freezing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from lims_msc.domain.records.fields import Entry, Problem
from lims_msc.domain.records.kinds import kind_of
from lims_msc.services.register_batch_rules import batch_rules
from lims_msc.services.register_codes import look_alike_problems
from lims_msc.services.register_donor_rules import donor_rules
from lims_msc.services.register_stock_rules import frozen_rule_sets, place_rules, stock_rules
from lims_msc.services.register_surroundings import Line, Said, Surroundings

if TYPE_CHECKING:
    from lims_msc.services.register_plan import PlannedRecord


def check_together(session: Session, records: Sequence[PlannedRecord]) -> Iterator[Said]:
    """Yield what is wrong between records, as they will be, with the entry that it is said of.

    What is new or changed is held against all that it belongs to; records that stay as they are
    stored are not found fault with.
    """
    lines = [_line(planned) for planned in records]
    if not any(line.is_open for line in lines):
        return
    around = Surroundings(session, lines)
    yield from _look_alikes(session, records)
    yield from donor_rules(around)
    yield from batch_rules(around)
    yield from stock_rules(around)
    yield from place_rules(session, [line for line in lines if line.kind.key == "vial"])
    yield from frozen_rule_sets(
        session, [line for line in lines if line.kind.key == "release_rule"]
    )
    yield from _states(records)


def _line(planned: PlannedRecord) -> Line:
    is_changed = bool(planned.changes)
    return Line(
        planned.kind,
        planned.values,
        planned.record_id,
        planned.entry,
        is_open=planned.before is None or is_changed,
        is_changed=is_changed,
    )


def _look_alikes(session: Session, records: Iterable[PlannedRecord]) -> Iterator[Said]:
    new: dict[str, list[Entry]] = defaultdict(list)
    for planned in records:
        if planned.before is None:
            new[planned.kind.key].append(planned.entry)
    for kind_key, entries in new.items():
        kind = kind_of(kind_key)
        if kind.code_field is not None:
            yield from look_alike_problems(session, kind, kind.code_field, entries)


def _states(records: Iterable[PlannedRecord]) -> Iterator[Said]:
    """Say which registered vials would change their state past the people who take them."""
    for planned in records:
        if planned.kind.key == "vial" and "vial_state" in planned.changes:
            old, new = planned.changes["vial_state"]
            yield (
                planned.entry,
                Problem(
                    "vial_state",
                    f"The vial '{planned.values['vial_code']}' is '{old}', and would become"
                    f" '{new}'.",
                    "Reserve, use or destroy it on its own page, so that it is known who did.",
                ),
            )
