"""The one way in which records are registered, amended and removed: all of a set, or none.

A form hands over one entry and a workbook thousands; both are planned against what is stored, so
that a dry run is the plan without the storing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.domain.actor import Actor, Role
from lims_msc.domain.findings import Finding, errors_among
from lims_msc.domain.records.codes import code_problem
from lims_msc.domain.records.fields import (
    Entry,
    Field,
    Problem,
    RecordKind,
    Value,
    Values,
)
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.records.wording import value_text
from lims_msc.errors import Conflict, InputError, NotFound, StaleVersion
from lims_msc.models.base import Table
from lims_msc.services.record_tables import (
    columns_of,
    id_of_code,
    ids_of_codes,
    rows_where,
    table_of,
    values_of,
)
from lims_msc.services.register_codes import look_alike_problem, look_alikes
from lims_msc.services.register_plan import Action, Plan, PlannedRecord, finding_of, make_plan
from lims_msc.services.register_stock_rules import used_rule_sets
from lims_msc.services.register_uses import plates_of, uses_of

WRITERS = (Role.TECHNICIAN, Role.REVIEWER, Role.DATA_MANAGER)


@dataclass(frozen=True, slots=True)
class Record:
    """A stored record: its number, its values by field, and a digest that tells its version."""

    kind: RecordKind
    record_id: int
    values: Values

    @property
    def version(self) -> str:
        """A digest of the values: it differs as soon as somebody changed one of them."""
        plain = json.dumps(dict(self.values), sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What the record is called: its code, or what tells it apart."""
        fields = (self.kind.field(name) for name in self.kind.identity)
        words = zip(fields, self.kind.identity_of(self.values), strict=True)
        return ", ".join(text for field, value in words if (text := value_text(field, value)))


def plan(session: Session, entries: Iterable[Entry]) -> Plan:
    """Return what storing these entries would do, with all findings; nothing is stored."""
    return make_plan(session, tuple(entries))


def register(session: Session, actor: Actor, entries: Iterable[Entry]) -> Plan:
    """Store these entries, all or none; known records are changed where an entry differs.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: with every finding, if anything is wrong.
    """
    actor.require(*WRITERS, action="register records")
    made = make_plan(session, tuple(entries))
    refuse_if_wrong(made.findings)
    store(session, made)
    return made


def create(session: Session, actor: Actor, entry: Entry) -> int:
    """Register one record that must be new; return its number.

    :raises NotAllowed: if the actor may not enter records.
    :raises InputError: with every finding, if anything is wrong.
    :raises Conflict: if there is such a record already.
    """
    actor.require(*WRITERS, action="register records")
    made = make_plan(session, (entry,))
    planned = made.records[0]
    if planned.action is not Action.CREATE:
        kind = kind_of(entry.kind_key)
        words = ", ".join(str(v) for v in kind.identity_of(entry.values) if v not in {None, ""})
        raise Conflict(
            f"The {kind.noun} '{words}' exists already.",
            hint="Choose another code, or open the record and change it.",
        )
    refuse_if_wrong(made.findings)
    (number,) = store(session, made)
    return number


def amend(
    session: Session, actor: Actor, kind_key: str, record_id: int, values: Values, *, version: str
) -> Plan:
    """Change a record that was ``version`` when the person opened it.

    :raises NotAllowed: if the actor may not enter records.
    :raises NotFound: if there is no such record.
    :raises StaleVersion: if somebody changed it meanwhile.
    :raises InputError: with every finding, if anything is wrong, or its identity would change.
    """
    actor.require(*WRITERS, action="change records")
    known = record(session, kind_key, record_id)
    _require_version(known, version)
    refuse_if_wrong(tuple(_changed_identity(known, values)))
    entry = Entry(kind_key, {**values, **{n: known.values[n] for n in known.kind.identity}})
    made = make_plan(session, (entry,))
    refuse_if_wrong(made.findings)
    store(session, made)
    return made


def remove(session: Session, actor: Actor, kind_key: str, record_id: int, *, version: str) -> None:
    """Remove a record; what it said stays in the audit trail, with the reason.

    :raises NotAllowed: if the actor may not enter records.
    :raises NotFound: if there is no such record.
    :raises StaleVersion: if somebody changed it meanwhile.
    :raises Conflict: if others refer to it, with what they are; or if batches were decided about by
        the rule set that it is a part of.
    """
    actor.require(*WRITERS, action="remove records")
    known = record(session, kind_key, record_id)
    _require_version(known, version)
    noun = known.kind.noun
    if uses := uses_of(session, known.kind, record_id):
        raise Conflict(
            f"The {noun} '{known.name}' cannot be removed, as others refer to it: "
            f"{'; '.join(uses)}.",
            hint="Remove those first, or correct the record and keep it.",
        )
    if known.kind.key == "release_rule" and _is_in_use(session, known.values):
        raise Conflict(
            f"The {noun} '{known.name}' cannot be removed: batches were decided about by it.",
            hint="Give the rule set a new version without it.",
        )
    session.delete(session.get_one(table_of(known.kind), record_id))
    session.flush()


def rename(
    session: Session, actor: Actor, kind_key: str, record_id: int, new_code: str, *, version: str
) -> None:
    """Correct the code of a record; whatever refers to it refers to it still.

    :raises NotAllowed: if the actor may not enter records.
    :raises NotFound: if there is no such record.
    :raises StaleVersion: if somebody changed it meanwhile.
    :raises InputError: if the kind has no codes, or the new one is no good code or looks like
        another.
    :raises Conflict: if the code is taken, or stands in results of plates.
    """
    actor.require(*WRITERS, action="change codes")
    known = record(session, kind_key, record_id)
    _require_version(known, version)
    field = known.kind.code_field
    if field is None:
        raise InputError(
            f"The {known.kind.noun} '{known.name}' has no code of its own.",
            hint="Remove it and enter it again instead.",
        )
    if ids_of_codes(session, known.kind, [new_code]):
        raise Conflict(
            f"The {known.kind.noun} '{new_code}' exists already.", hint="Choose another code."
        )
    problems = list(_code_problems(session, known, field, new_code))
    refuse_if_wrong([finding_of(Entry(kind_key, {}), problem) for problem in problems])
    if plates := plates_of(session, known.kind, record_id):
        raise Conflict(
            f"The {known.kind.noun} '{known.name}' stands on plates, and results name it: "
            f"{', '.join(plates)}.",
            hint="Keep the code, and write into the note what it should have been.",
        )
    row: Any = session.get_one(table_of(known.kind), record_id)
    row.code = new_code
    session.flush()


def record(session: Session, kind_key: str, record_id: int) -> Record:
    """Return a stored record.

    :raises NotFound: if there is none of that number.
    """
    kind = kind_of(kind_key)
    row = session.get(table_of(kind), record_id)
    if row is None:
        raise NotFound(f"There is no {kind.noun} number {record_id}.")
    return records_of(session, kind, [row])[0]


def records_of(session: Session, kind: RecordKind, rows: Sequence[Table]) -> tuple[Record, ...]:
    """Return rows of the table of a kind as records, in their order."""
    values = values_of(session, kind, rows)
    return tuple(Record(kind, row.id, held) for row, held in zip(rows, values, strict=True))


def record_by_code(session: Session, kind_key: str, code: str) -> Record:
    """Return a stored record by its code.

    :raises NotFound: if there is none of that code.
    """
    kind = kind_of(kind_key)
    return record(session, kind_key, id_of_code(session, kind, code))


def refuse_if_wrong(findings: Sequence[Finding]) -> None:
    """Refuse a plan that has errors.

    :raises InputError: with every finding, warnings too.
    """
    if errors := errors_among(findings):
        count = "One thing" if len(errors) == 1 else f"{len(errors)} things"
        raise InputError(
            f"Nothing was stored: {count} must be corrected.",
            hint="Correct what is named here, and send it again.",
            findings=findings,
        )


def store(session: Session, made: Plan) -> tuple[int, ...]:
    """Store a plan without errors; return the number of each record in the order of its entries."""
    ids = dict(made.known_ids)
    numbers: dict[int, int] = {}
    for kind in KINDS:
        positions = [i for i, planned in enumerate(made.records) if planned.kind is kind]
        for run in _runs(made, kind, positions):
            _store_some(session, made, run, ids, numbers)
    return tuple(numbers[position] for position in range(len(made.records)))


def _store_some(
    session: Session,
    made: Plan,
    positions: Sequence[int],
    ids: dict[tuple[str, str], int],
    numbers: dict[int, int],
) -> None:
    some = [made.records[position] for position in positions]
    changed = [p.record_id for p in some if p.record_id is not None and p.action is Action.CHANGE]
    stored = {row.id: row for row in rows_where(session, some[0].kind, "id", changed)}
    rows = {
        position: _row(stored, planned, ids)
        for position, planned in zip(positions, some, strict=True)
        if planned.action is not Action.SAME
    }
    session.add_all(rows.values())
    session.flush()
    for position in positions:
        planned = made.records[position]
        number = rows[position].id if position in rows else planned.record_id
        assert number is not None  # noqa: S101 (a record that stays the same is stored already)
        numbers[position] = number
        if (field := planned.kind.code_field) is not None:
            ids[planned.kind.key, str(planned.values[field.name])] = number


def _row(
    stored: Mapping[int, Table], planned: PlannedRecord, ids: Mapping[tuple[str, str], int]
) -> Table:
    """Return the new or changed row of a planned record."""
    if planned.record_id is None:
        return table_of(planned.kind)(**columns_of(planned.kind, planned.values, ids))
    row = stored[planned.record_id]
    fresh = {name: new for name, (_, new) in planned.changes.items()}
    for attribute, value in columns_of(planned.kind, fresh, ids).items():
        setattr(row, attribute, value)
    return row


def _runs(made: Plan, kind: RecordKind, positions: Sequence[int]) -> Iterable[list[int]]:
    """Yield positions in runs that may be stored at once, as far as possible in their order.

    A record comes in a later run than the new one of its own kind that it refers to.
    """
    own = [field.name for field in kind.references if field.refers_to == kind.key]
    run: list[int] = []
    codes: set[Value] = set()
    for position in _parents_first(made, kind, positions) if own else positions:
        values = made.records[position].values
        if any(values[name] in codes for name in own):
            yield run
            run, codes = [], set()
        run.append(position)
        if made.records[position].record_id is None:
            codes.add(kind.identity_of(values)[0])
    if run:
        yield run


def _parents_first(made: Plan, kind: RecordKind, positions: Sequence[int]) -> list[int]:
    """Return positions in their order, but each after those of its own kind that it refers to."""
    own = [field.name for field in kind.references if field.refers_to == kind.key]
    of_code = {kind.identity_of(made.records[i].values)[0]: i for i in positions}
    ordered: dict[int, None] = {}
    for position in positions:
        # A circle of references is refused before; here it only must not go on for ever.
        waiting = {position: None}
        while waiting:
            last = next(reversed(waiting))
            above = (of_code.get(made.records[last].values[name]) for name in own)
            first = next(
                (i for i in above if i is not None and i not in ordered and i not in waiting), None
            )
            if first is None:
                waiting.pop(last)
                ordered[last] = None
            else:
                waiting[first] = None
    return list(ordered)


def _require_version(known: Record, version: str) -> None:
    if known.version != version:
        raise StaleVersion(
            f"Somebody changed the {known.kind.noun} '{known.name}' since you opened it.",
            hint="Open it again, and look before you repeat your change.",
        )


def _changed_identity(known: Record, values: Values) -> Iterable[Finding]:
    """Yield which fields would make another record of this one."""
    kind = known.kind
    after = kind.identity_of({**known.values, **values})
    for name, old, new in zip(kind.identity, kind.identity_of(known.values), after, strict=True):
        if old != new:
            field = kind.field(name)
            message = f"'{field.title}' would change from '{old}' to '{new}'."
            hint = "It tells the record apart: remove the record, and enter it again."
            if field is kind.code_field:
                hint = "Correct the code by itself, so that nothing else changes with it."
            yield finding_of(Entry(kind.key, {}), Problem(name, message, hint))


def _code_problems(
    session: Session, known: Record, field: Field, new_code: str
) -> Iterable[Problem]:
    if (problem := code_problem(new_code)) is not None:
        yield Problem(field.name, *problem)
        return
    for code, other in look_alikes(session, known.kind, [new_code]):
        # A zero in place of an O may be just what is corrected.
        if other != known.values[field.name]:
            yield look_alike_problem(known.kind, field.name, code, f"'{other}'")


def _is_in_use(session: Session, rule: Values) -> bool:
    name, version = str(rule["rule_set"]), str(rule["rule_set_version"])
    return (name, version) in used_rule_sets(session, {name})
