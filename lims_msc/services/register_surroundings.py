"""What rules between records look at: a set as it will be, and the stored records around it.

Stored records are read in a number of statements that does not grow with the set, and none are read
around records that stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lims_msc.domain.findings import Level
from lims_msc.domain.records.fields import Entry, Problem, RecordKind, Value, Values, text_in
from lims_msc.domain.records.kinds import kind_of
from lims_msc.services.record_tables import attribute_of, ids_of_codes, rows_where, values_of

Said = tuple[Entry, Problem]
"""A problem, and the entry that it is said of."""

_UP = (
    ("thaw", "vial_code"),
    ("vial", "batch_code"),
    ("vial", "responder_code"),
    ("in_vivo_use", "batch_code"),
    ("release_test", "batch_code"),
    ("passage", "batch_code"),
    ("pool_member", "responder_code"),
    ("transplant", "graft_code"),
    ("transplant", "offset_collection_code"),
    ("responder", "collection_code"),
    ("diagnosis", "collection_code"),
    ("activity_score", "collection_code"),
)
_DOWN = (
    ("vial", "batch_code"),
    ("vial", "responder_code"),
    ("thaw", "vial_code"),
    ("in_vivo_use", "batch_code"),
    ("release_test", "batch_code"),
    ("passage", "batch_code"),
    ("batch", "parent_code"),
    ("batch", "collection_code"),
    ("pool_member", "responder_code"),
    ("transplant", "graft_code"),
    ("transplant", "offset_collection_code"),
    ("responder", "collection_code"),
    ("diagnosis", "collection_code"),
    ("activity_score", "collection_code"),
)
# Records that are judged together with all others of the same owner.
_BESIDE = (
    ("passage", "batch_code"),
    ("collection", "donor_code"),
    ("transplant", "donor_code"),
    ("pool_member", "responder_code"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A record as it will be; ``entry`` is ``None`` where it is only stored.

    What ``is_open`` is new or changed, and can still be corrected.
    """

    kind: RecordKind
    values: Values
    record_id: int | None = None
    entry: Entry | None = None
    is_open: bool = False
    is_changed: bool = False

    @property
    def code(self) -> str:
        """The record's own code; empty for a kind without codes."""
        field = self.kind.code_field
        return "" if field is None else text_in(self.values, field.name)

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def text(self, name: str) -> str:
        """Return the words of a field."""
        return text_in(self.values, name)


class Surroundings:
    """The lines of a set, with the stored lines that they refer to and that refer to them."""

    def __init__(self, session: Session, lines: Iterable[Line]) -> None:
        self._session = session
        self._lines: dict[str, list[Line]] = defaultdict(list)
        self._by_code: dict[tuple[str, str], Line] = {}
        self._known: set[tuple[str, int]] = set()
        for line in lines:
            self._add(line)
        self._load_below()
        self._load_beside()
        self._load_above()

    def lines(self, kind_key: str) -> Sequence[Line]:
        """Return all lines of a kind, those of the set first."""
        return self._lines[kind_key]

    def line(self, kind_key: str, code: str) -> Line | None:
        """Return the line with this code, ``None`` where there is no code or no line."""
        return self._by_code.get((kind_key, code))

    def by(self, kind_key: str, field_name: str) -> Mapping[str, Sequence[Line]]:
        """Return the lines of a kind by the words of a field."""
        found: dict[str, list[Line]] = defaultdict(list)
        for line in self._lines[kind_key]:
            found[line.text(field_name)].append(line)
        return found

    def pairs(self, kind_key: str, field_name: str) -> Iterator[tuple[Line, Line]]:
        """Yield each line with the one that a field of it refers to, if one of them is open."""
        other_key = kind_of(kind_key).field(field_name).refers_to
        for line in self._lines[kind_key]:
            other = self.line(other_key, line.text(field_name))
            if other is not None and (line.is_open or other.is_open):
                yield line, other

    def _add(self, line: Line) -> None:
        if line.record_id is not None:
            self._known.add((line.kind.key, line.record_id))
        self._lines[line.kind.key].append(line)
        if line.code:
            self._by_code.setdefault((line.kind.key, line.code), line)

    def _load_below(self) -> None:
        for kind_key, field_name in _DOWN:
            owner_key = kind_of(kind_key).field(field_name).refers_to
            changed = [line.code for line in self._lines[owner_key] if line.is_changed]
            self._load(kind_key, field_name, changed)

    def _load_beside(self) -> None:
        for kind_key, field_name in _BESIDE:
            owners = {line.text(field_name) for line in self._lines[kind_key] if line.is_open}
            self._load(kind_key, field_name, owners)
        patients = [
            line.code
            for line in self._lines["collection"]
            if line.is_open and line["health_status"] == "patient"
        ]
        self._load("diagnosis", "collection_code", patients)

    def _load_above(self) -> None:
        for kind_key, field_name in _UP:
            self._load_owners(kind_key, field_name, self._lines[kind_key])
        # Each generation of parents is one statement, and the last has none.
        young: Sequence[Line] = [line for line in self._lines["batch"] if line.is_open]
        while young:
            young = self._load_owners("batch", "parent_code", young)
        self._load_owners("batch", "collection_code", self._lines["batch"])

    def _load_owners(self, kind_key: str, field_name: str, lines: Iterable[Line]) -> Sequence[Line]:
        owner = kind_of(kind_of(kind_key).field(field_name).refers_to)
        wanted = {line.text(field_name) for line in lines if line.is_open or line.entry is None}
        missing = {code for code in wanted if (owner.key, code) not in self._by_code}
        before = len(self._lines[owner.key])
        self._load(owner.key, owner.identity[0], missing)
        return self._lines[owner.key][before:]

    def _load(self, kind_key: str, field_name: str, codes: Collection[str]) -> None:
        """Read the stored records whose field holds one of these codes."""
        kind = kind_of(kind_key)
        field = kind.field(field_name)
        wanted: Collection[Any] = {code for code in codes if code}
        if field.refers_to:
            wanted = self._ids(kind_of(field.refers_to), wanted)
        if not wanted:
            return
        rows = rows_where(self._session, kind, attribute_of(field), wanted)
        rows = [row for row in rows if (kind.key, row.id) not in self._known]
        for row, values in zip(rows, values_of(self._session, kind, rows), strict=True):
            self._add(Line(kind, values, row.id))

    def _ids(self, kind: RecordKind, codes: Iterable[str]) -> Collection[int]:
        """Return the numbers of codes; nothing stored refers to those that are new."""
        found, unknown = set(), set()
        for code in codes:
            line = self._by_code.get((kind.key, code))
            if line is None:
                unknown.add(code)
            elif line.record_id is not None:
                found.add(line.record_id)
        return found | set(ids_of_codes(self._session, kind, unknown).values())


def say(
    places: Iterable[tuple[Line, str]], message: str, hint: str, level: Level = Level.ERROR
) -> Iterator[Said]:
    """Yield a problem at the first of these lines that can still be corrected.

    A contradiction between records that both stay as they are stored is no news.
    """
    for line, field_name in places:
        if line.is_open and line.entry is not None:
            yield line.entry, Problem(field_name, message, hint, level)
            return
