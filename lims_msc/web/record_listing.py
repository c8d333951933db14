"""The list of a kind of records as its address says, and the addresses that lead on from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import url_for

from lims_msc.domain.records.fields import Field, FieldKind, Value
from lims_msc.domain.records.vocabularies import vocabulary_of
from lims_msc.domain.records.wording import value_text
from lims_msc.services.record_filters import FEW, filter_fields
from lims_msc.services.record_lists import (
    NEWEST,
    ListQuery,
    RecordList,
    is_searched,
    sort_fields,
)
from lims_msc.web.record_addresses import code_url, record_url
from lims_msc.web.record_wording import linked_field

_STYLES: Mapping[FieldKind, str] = {
    FieldKind.WHOLE: "text-end text-nowrap",
    FieldKind.DECIMAL: "text-end text-nowrap",
    **dict.fromkeys(
        (FieldKind.CODE, FieldKind.REFERENCE, FieldKind.DATE, FieldKind.PARTIAL_DATE), "text-nowrap"
    ),
}
_OWN = frozenset({"q", "sort", "down", "after", "before", "last"})


def list_query(given: Mapping[str, str]) -> ListQuery:
    """Return what an address asks of a list; names that no list knows are left to the service."""
    filters = {name: value.strip() for name, value in given.items() if name not in _OWN}
    return ListQuery(
        words=given.get("q", "").strip(),
        filters=filters,
        sort=given.get("sort", ""),
        is_descending=bool(given.get("down")),
        after=given.get("after", ""),
        before=given.get("before", ""),
        is_last=bool(given.get("last")),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter of the list: its field, the values to choose from, and the one that is chosen."""

    field: Field
    options: tuple[tuple[str, str], ...]
    chosen: str


class Cell(NamedTuple):
    """What one field of one record shows, and where it leads."""

    text: str
    address: str
    style: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list with the addresses of the pages beside it; all of them can be shared."""

    found: RecordList

    @property
    def is_searched(self) -> bool:
        """Whether the list has a search box."""
        return is_searched(self.found.kind)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the list has as columns."""
        return tuple(f for f in self.found.kind.fields if f.is_listed)

    @property
    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The cells of each record; behind its code, batches have whose cells they are."""
        kind = self.found.kind
        own = linked_field(kind)
        for record in self.found.records:
            own_page = record_url(kind.key, record.record_id, record.values)
            cells = [
                _cell(field, record.values[field.name], own_page if field is own else "")
                for field in self.fields
            ]
            if (source := self.found.sources.get(record.record_id)) is not None:
                donor = Cell(source.donor_code, code_url("donor", source.donor_code), "text-nowrap")
                words = (source.tissue, source.health_status, source.diseases)
                cells[1:1] = [donor, *(Cell(text, "", "") for text in words)]
            yield tuple(cells)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The filters, each with what is chosen."""
        filters = self.found.query.filters
        return tuple(
            Choice(field, _options(field), filters.get(field.name, ""))
            for field in filter_fields(self.found.kind)
        )

    @property
    def references(self) -> tuple[tuple[Field, str], ...]:
        """The references that the list is narrowed to, with their codes."""
        filters = self.found.query.filters
        return tuple((f, filters[f.name]) for f in self.found.kind.references if f.name in filters)

    @property
    def count_text(self) -> str:
        """How many records there are, as far as that is known without counting everything."""
        shown = len(self.found.records)
        if self.found.count is not None:
            all_of_them = f"{self.found.count} found"
            return all_of_them if shown == self.found.count else f"{shown} of {all_of_them}"
        if self.found.query.is_narrowed:
            return f"{shown} of more than {FEW:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
        is_all = not self.found.next and not self.found.previous
        return f"{shown} in all" if is_all else f"{shown} shown"

    def address(self, **changes: str) -> str:
        """Return the address of this list with other values; from its beginning."""
        query = self.found.query
        kept = {"q": query.words, **query.filters, "sort": query.sort}
        kept["down"] = "1" if query.is_descending else ""
        values: dict[str, Any] = {n: value for n, value in {**kept, **changes}.items() if value}
        return url_for("lims_msc.records", kind_key=self.found.kind.key, **values)

    def sort_address(self, name: str) -> str:
        """Return the address that sorts by a field, the other way round if it does already."""
        query = self.found.query
        is_down = query.sort == name and not query.is_descending
        return self.address(sort=name, down="1" if is_down else "")

    def direction(self, name: str) -> str:
        """Return how the list is sorted by a field, in the words of ``aria-sort``."""
        query = self.found.query
        if query.sort != name:
            return "none"
        return "descending" if query.is_descending else "ascending"

    def can_sort(self, name: str) -> bool:
        """Whether the list can be sorted by a field."""
        return name in sort_fields(self.found.kind)

    @property
    def is_newest_first(self) -> bool:
        """Whether the list is in the order of registration."""
        return self.found.query.sort == NEWEST


def _cell(field: Field, value: Value, own_page: str) -> Cell:
    text = value_text(field, value)
    style = _STYLES.get(field.kind, "")
    if own_page:
        return Cell(text or "open", own_page, style)
    is_link = text and field.kind is FieldKind.REFERENCE
    return Cell(text, code_url(field.refers_to, text) if is_link else "", style)


def _options(field: Field) -> tuple[tuple[str, str], ...]:
    if field.kind is FieldKind.TERM:
        terms = (term for term in vocabulary_of(field.vocabulary).terms if term.is_choosable)
        return tuple(sorted(((t.key, t.label) for t in terms), key=lambda o: o[1].casefold()))
    if field.kind is FieldKind.WHOLE:
        most = int(field.high or 0)
        return tuple((str(number), f"P{number}") for number in range(int(field.low or 0), most + 1))
    return tuple((choice, choice) for choice in field.choices)
