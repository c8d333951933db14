"""What storing a set of entries would do: which records are new, which change, and what is wrong.

All known records that the entries touch or refer to are read in a few statements, however many
entries there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from lims_msc.domain.findings import Finding
from lims_msc.domain.plate import SourceCell
from lims_msc.domain.records.checking import problems_of
from lims_msc.domain.records.fields import Entry, Problem, RecordKind, Value, Values
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.services.record_tables import attribute_of, ids_of_codes, rows_where, values_of
from lims_msc.services.register_rules import check_together
from lims_msc.services.transaction import latest_today

Identity = tuple[Value, ...]


class Action(StrEnum):
    """What storing does with an entry."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """An entry against what is stored.

    ``values`` is the whole record as it will be; ``before`` what is stored now, ``None`` for a new
    record.
    """

    entry: Entry
    kind: RecordKind
    record_id: int | None
    before: Values | None
    values: Values

    @property
    def changes(self) -> dict[str, tuple[Value, Value]]:
        """The fields that differ from what is stored, with the old and the new value."""
        if self.before is None:
            return {}
        pairs = ((name, self.before[name], value) for name, value in self.values.items())
        return {name: (old, new) for name, old, new in pairs if old != new}

    @property
    def has_new_code(self) -> bool:
        """Whether the record's own code is not registered yet."""
        field = self.kind.code_field
        return self.before is None or (field is not None and field.name in self.changes)

    @property
    def own_key(self) -> tuple[str, str]:
        """The kind and the code of the record; the code is empty where the kind has none."""
        field = self.kind.code_field
        return self.kind.key, str(self.values[field.name]) if field else ""

    @property
    def references(self) -> set[tuple[str, str]]:
        """The kind and the code of each record that the entry refers to."""
        entered = self.entry.values
        named = ((f.refers_to, str(entered.get(f.name) or "")) for f in self.kind.references)
        return {key for key in named if key[1]}

    @property
    def action(self) -> Action:
        """Whether the record is new, changed, or the same as stored."""
        if self.before is None:
            return Action.CREATE
        return Action.CHANGE if self.changes else Action.SAME


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be stored, in the order of the entries, and everything that was found.

    ``today`` is the day after which a date lies ahead.
    """

    records: tuple[PlannedRecord, ...]
    findings: tuple[Finding, ...]
    known_ids: Mapping[tuple[str, str], int]
    today: date

    def count(self, action: Action, kind_key: str = "") -> int:
        """Return how many records have this action, of one kind or of all."""
        return sum(
            planned.action is action and kind_key in {"", planned.kind.key}
            for planned in self.records
        )


def make_plan(session: Session, entries: Sequence[Entry]) -> Plan:
    """Return what storing the entries would do."""
    known_ids = _known_ids(session, entries)
    broken = [*_twice(entries), *_unknown_references(entries, known_ids)]
    findings = [finding for _, finding in broken]
    records = tuple(_planned(session, entries, known_ids))
    today = latest_today(session)
    for planned in records:
        findings += [finding_of(planned.entry, problem) for problem in _problems(planned, today)]
    # Rules between records need every record to be told apart and every reference to be known.
    sound = _sound(records, known_ids, {id(entry) for entry, _ in broken})
    findings += [finding_of(entry, problem) for entry, problem in check_together(session, sound)]
    return Plan(records, tuple(findings), known_ids, today)


def _problems(planned: PlannedRecord, today: date) -> Iterable[Problem]:
    """Return what is wrong with a record; one that stays as it is stored is not looked at again."""
    if planned.action is Action.SAME:
        return ()
    return problems_of(planned.kind, planned.values, today, has_new_code=planned.has_new_code)


def finding_of(entry: Entry, problem: Problem) -> Finding:
    """Return a problem of a field as a finding with its place."""
    place = entry.places.get(problem.field_name) or entry.row or SourceCell("", "")
    return Finding(
        problem.level,
        f"field.{problem.field_name}",
        problem.message,
        problem.hint,
        file=entry.file_name,
        sheet=place.sheet,
        cell=place.cell,
    )


def _sound(
    records: Sequence[PlannedRecord],
    known_ids: Mapping[tuple[str, str], int],
    broken: set[int],
) -> tuple[PlannedRecord, ...]:
    """Return the records without those that are broken or refer to a new one that is."""
    sound = [planned for planned in records if id(planned.entry) not in broken]
    while True:
        codes = {planned.own_key for planned in sound} | known_ids.keys()
        kept = [planned for planned in sound if codes.issuperset(planned.references)]
        if len(kept) == len(sound):
            return tuple(kept)
        sound = kept


def _twice(entries: Sequence[Entry]) -> Iterable[tuple[Entry, Finding]]:
    """Yield each record that is entered a second time, with the finding that says so."""
    first: dict[tuple[str, Identity], Entry] = {}
    for entry in entries:
        kind = kind_of(entry.kind_key)
        identity = kind.identity_of(entry.values)
        if identity[0] in {None, ""}:
            continue  # that it is empty is said of it anyway
        earlier = first.setdefault((kind.key, identity), entry)
        if earlier is not entry:
            name = kind.identity[0]
            words = ", ".join(str(v) for v in identity if v not in {None, ""})
            place = earlier.places.get(name) or earlier.row
            where = f" The first is in cell {place.cell}." if place else ""
            message = f"The {kind.noun} '{words}' is entered twice.{where}"
            problem = Problem(name, message, "Keep one of the two, or correct its code.")
            yield entry, replace(finding_of(entry, problem), code="register.twice")


def _known_ids(session: Session, entries: Sequence[Entry]) -> dict[tuple[str, str], int]:
    """Return the numbers of all codes that the entries have or refer to, as far as registered."""
    codes: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        kind = kind_of(entry.kind_key)
        for field in kind.references:
            codes[field.refers_to].add(str(entry.values.get(field.name) or ""))
        if kind.code_field is not None:
            codes[kind.key].add(str(entry.values.get(kind.code_field.name) or ""))
    return {
        (key, code): number
        for key, some in codes.items()
        for code, number in ids_of_codes(session, kind_of(key), some - {""}).items()
    }


def _unknown_references(
    entries: Sequence[Entry], known_ids: Mapping[tuple[str, str], int]
) -> Iterable[tuple[Entry, Finding]]:
    entered = {
        (entry.kind_key, str(entry.values.get(kind.code_field.name)))
        for entry in entries
        if (kind := kind_of(entry.kind_key)).code_field is not None
    }
    for entry in entries:
        for field in kind_of(entry.kind_key).references:
            code = entry.values.get(field.name)
            key = (field.refers_to, str(code))
            if code and key not in known_ids and key not in entered:
                other = kind_of(field.refers_to)
                problem = Problem(
                    field.name,
                    f"There is no {other.noun} '{code}'.",
                    f"Register it first, or enter it on the sheet '{other.sheet}'.",
                )
                finding = finding_of(entry, problem)
                yield entry, replace(finding, code="register.unknown_reference")


def _planned(
    session: Session, entries: Sequence[Entry], known_ids: Mapping[tuple[str, str], int]
) -> Iterable[PlannedRecord]:
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.kind_key].append(entry)
    stored = {
        kind.key: _stored(session, kind, by_kind[kind.key], known_ids)
        for kind in KINDS
        if kind.key in by_kind
    }
    for entry in entries:
        kind = kind_of(entry.kind_key)
        number, before = stored[kind.key].get(kind.identity_of(entry.values), (None, None))
        empty = {field.name: field.empty for field in kind.fields}
        given = {
            name: empty[name] if value is None or value == "" else value
            for name, value in entry.values.items()
        }
        values = {**empty, **(before or {}), **given}
        yield PlannedRecord(entry, kind, number, before, values)


def _stored(
    session: Session,
    kind: RecordKind,
    entries: Sequence[Entry],
    known_ids: Mapping[tuple[str, str], int],
) -> dict[Identity, tuple[int, Values]]:
    """Return the stored records that may be the same as one of the entries, by identity."""
    first = kind.field(kind.identity[0])
    wanted: set[object] = {entry.values.get(first.name) for entry in entries}
    if first.refers_to:
        wanted = {known_ids.get((first.refers_to, str(code))) for code in wanted}
    rows = rows_where(session, kind, attribute_of(first), wanted - {None, ""})
    return {
        kind.identity_of(values): (row.id, values)
        for row, values in zip(rows, values_of(session, kind, rows), strict=True)
    }
