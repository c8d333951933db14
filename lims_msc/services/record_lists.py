"""Lists of registered records: one page, in a bounded number of statements, whatever is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims_msc.domain.records.fields import Field, FieldKind, RecordKind
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.records.wording import disease_words
from lims_msc.models import Batch, Collection, Diagnosis, Donor
from lims_msc.services.record_filters import (
    Filters,
    filter_fields,
    lines_if_few,
    restriction_of,
    search_of,
    searched_references,
)
from lims_msc.services.record_order import (
    Line,
    Order,
    Place,
    line_of_text,
    page_of_lines,
    page_of_table,
    place_text,
)
from lims_msc.services.record_tables import attribute_of, rows_where, table_of
from lims_msc.services.register import Record, records_of

PAGE_SIZE = 50
NEWEST = "newest"
"""The order of registration, the newest first."""
_MOST_SUGGESTIONS = 50
_MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What is asked of a list; ``after`` and ``before`` are places, ``last`` its last page."""

    words: str = ""
    filters: Filters = field(default_factory=dict)
    sort: str = ""
    is_descending: bool = False
    after: str = ""
    before: str = ""
    is_last: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is searched or filtered."""
        return bool(self.words or self.filters)

    @property
    def place(self) -> str:
        """The place in words of the address; empty at the beginning."""
        return self.after or self.before


@dataclass(frozen=True, slots=True)
class Source:
    """From whom the cells of a batch are, in words."""

    donor_code: str
    tissue: str
    health_status: str
    diseases: str


@dataclass(frozen=True, slots=True)
class RecordList:
    """One page of a list.

    ``previous`` and ``next`` are places, empty where the list ends; ``count`` is how many records
    were found, ``None`` where they were too many to count.
    """

    kind: RecordKind
    query: ListQuery
    records: tuple[Record, ...]
    previous: str
    next: str
    count: int | None
    sources: Mapping[int, Source]


def sort_fields(kind: RecordKind) -> tuple[str, ...]:
    """Return the names of the listed fields that an index can sort the list by."""
    table = table_of(kind).__table__
    whole = (index for index in table.indexes if index.dialect_kwargs.get("sqlite_where") is None)  # type: ignore[attr-defined]
    leading = {next(iter(index.columns)).name for index in whole}
    return tuple(
        f.name
        for f in kind.fields
        if f.is_listed and (f.kind is FieldKind.CODE or attribute_of(f) in leading)
        if f.kind is not FieldKind.REFERENCE
    )


def is_searched(kind: RecordKind) -> bool:
    """Whether the records of a kind have codes of their own or of others to search by."""
    return kind.code_field is not None or bool(searched_references(kind))


def record_list(
    session: Session, kind: RecordKind, query: ListQuery, size: int = PAGE_SIZE
) -> RecordList:
    """Return one page of the list of a kind.

    :raises InputError: if the place that the query names is none.
    """
    query = _known(kind, query)
    order = _order(kind, query)
    restrictions = [restriction_of(kind, _field(kind, n), v) for n, v in query.filters.items()]
    if query.words:
        restrictions.append(search_of(kind, query.words))
    place = _place(order, query)
    found = lines_if_few(session, order, restrictions) if restrictions else None
    if found is not None:
        lines = page_of_lines(order, found, place, size)
    else:
        checks = [restriction.check for restriction in restrictions]
        lines = page_of_table(session, order, checks, place, size)
    has_more = len(lines) > size
    lines = lines[-size:] if place.is_before else lines[:size]
    records = _records(session, kind, [number for number, _ in lines])
    return RecordList(
        kind,
        query,
        records,
        previous=_end(lines, 0, has_more if place.is_before else place.line is not None),
        next=_end(lines, -1, place.line is not None if place.is_before else has_more),
        count=len(found) if found is not None else None,
        sources=batch_sources(session, records) if kind.key == "batch" else {},
    )


def newest_records(session: Session, kind: RecordKind, count: int) -> tuple[Record, ...]:
    """Return the records of a kind that were registered last, the newest first."""
    table: Any = table_of(kind)
    numbers = session.scalars(select(table.id).order_by(table.id.desc()).limit(count)).all()
    return _records(session, kind, numbers)


def newest_codes(
    session: Session, kind: RecordKind, count: int = _MOST_SUGGESTIONS
) -> tuple[str, ...]:
    """Return the codes of a kind that were registered last, the newest first."""
    table: Any = table_of(kind)
    return tuple(session.scalars(select(table.code).order_by(table.id.desc()).limit(count)))


def find(
    session: Session, words: str
) -> tuple[tuple[RecordKind, tuple[tuple[int, str], ...]], ...]:
    """Return the number and code of records whose code is the words, else begins with them.

    By kind; a code that is exactly the words is all that is returned.
    """
    exact = _found(session, words, is_exact=True)
    return exact or _found(session, words, is_exact=False)


def batch_sources(session: Session, records: Sequence[Record]) -> dict[int, Source]:
    """Return from whom the cells of batches are, by the number of the batch; two statements."""
    numbers = [record.record_id for record in records]
    rows = session.execute(
        select(Batch.id, Collection.id, Donor.code, Collection.tissue, Collection.health_status)
        .join(Collection, Batch.collection_id == Collection.id)
        .join(Donor, Collection.donor_id == Donor.id)
        .where(Batch.id.in_(numbers))
    ).all()
    diseases = _diseases(session, {row[1] for row in rows})
    tissues = vocabulary_of("tissue")
    return {
        number: Source(donor, tissues.label(tissue), health, "; ".join(diseases[collection]))
        for number, collection, donor, tissue, health in rows
    }


def _diseases(session: Session, collections: Numbers[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(Diagnosis.collection_id, Diagnosis.disease, Diagnosis.other_disease)
        .where(Diagnosis.collection_id.in_(collections))
        .order_by(Diagnosis.id)
    )
    for number, disease, other in rows:
        found[number].append(disease_words(disease, other))
    return found


def _known(kind: RecordKind, query: ListQuery) -> ListQuery:
    """Return the query with only what the list of this kind knows."""
    names = {f.name for f in (*filter_fields(kind), *kind.references)}
    filters = {name: value for name, value in query.filters.items() if name in names and value}
    known = sort_fields(kind)
    sort = query.sort if query.sort in {*known, NEWEST} else ""
    words = query.words if is_searched(kind) else ""
    if not sort:
        sort = kind.code_field.name if kind.code_field is not None else NEWEST
    return replace(query, filters=filters, sort=sort, words=words)


def _field(kind: RecordKind, name: str) -> Field:
    return next(f for f in (*filter_fields(kind), *kind.references) if f.name == name)


def _order(kind: RecordKind, query: ListQuery) -> Order:
    table: Any = table_of(kind)
    if query.sort == NEWEST:
        is_descending = not query.is_descending
        return Order(table.id, table.id, None, is_descending, has_blanks=False)
    by = kind.field(query.sort)
    column = getattr(table, attribute_of(by))
    return Order(table.id, column, by.empty, query.is_descending, has_blanks=not by.is_required)


def _place(order: Order, query: ListQuery) -> Place:
    if query.after:
        return Place(line_of_text(query.after, order))
    if query.before:
        return Place(line_of_text(query.before, order), is_before=True)
    return Place(is_before=query.is_last)


def _end(lines: Sequence[Line], position: int, has_more: bool) -> str:  # noqa: FBT001 (a fact)
    return place_text(lines[position]) if lines and has_more else ""


def _records(session: Session, kind: RecordKind, numbers: Sequence[int]) -> tuple[Record, ...]:
    rows = rows_where(session, kind, "id", numbers)
    known = {found.record_id: found for found in records_of(session, kind, rows)}
    return tuple(known[number] for number in numbers if number in known)


def _found(
    session: Session, words: str, *, is_exact: bool
) -> tuple[tuple[RecordKind, tuple[tuple[int, str], ...]], ...]:
    found = []
    for kind in (kind for kind in KINDS if kind.code_field is not None):
        table: Any = table_of(kind)
        chosen = select(table.id, table.code)
        if is_exact:
            wanted = dict.fromkeys((words, words.upper(), words.lower()))
            chosen = chosen.where(table.code.in_(wanted))
        else:
            finders = search_of(kind, words).finders
            chosen = chosen.where(table.id.in_(finders[0].limit(_MOST_FOUND)))
        if rows := session.execute(chosen.order_by(table.code).limit(_MOST_FOUND)).all():
            found.append((kind_of(kind.key), tuple((number, code) for number, code in rows)))
    return tuple(found)
