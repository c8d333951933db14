"""What the workbook of all registered records looks like, and the contract of its writer.

Its sheets and headings follow the declared kinds; reading a filled one is ``registry_sheets.py``,
writing is ``exports/registry_workbook.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Protocol

from lims_msc.domain.records.checking import bounds_text
from lims_msc.domain.records.fields import Field, FieldKind, Value, Values
from lims_msc.domain.records.kinds import kind_of
from lims_msc.domain.records.vocabularies import vocabulary_of

READ_ME_SHEET = "Read me"
LISTS_SHEET = "Lists"
FORM_VERSION = 1
LAST_ROW = 25_000
"""The last row that drop-downs reach, and that the opener of uploads reads."""

# Laboratories know these codes by heart; all other terms are written out.
_SHOWN_BY_KEY = frozenset({"tissue"})
_ABOUT_KIND: Mapping[FieldKind, str] = {
    FieldKind.CODE: "A code of your own, as text.",
    FieldKind.TEXT: "Text.",
    FieldKind.NOTE: "Text, several lines if need be.",
    FieldKind.WHOLE: "A whole number.",
    FieldKind.DECIMAL: "A number.",
    FieldKind.DATE: "Year-month-day, such as 2026-03-14.",
    FieldKind.PARTIAL_DATE: "2019, 2019-05 or 2019-05-14, as far as it is known.",
}


@dataclass(frozen=True, slots=True)
class RegistryRequest:
    """What the workbook says about itself, and the records it is filled with, by kind."""

    software: str
    revision: str
    records: Mapping[str, Sequence[Values]] = field(default_factory=dict)


class RegistryTemplate(Protocol):
    """Writes the workbook of all records (entry-point group ``lims_msc.templates``)."""

    media_type: ClassVar[str]

    def write(self, request: RegistryRequest) -> bytes:
        """Return the workbook.

        :raises InputError: if a text cannot stand in a workbook, with its sheet and cell.
        """
        ...


def choices_of(of: Field) -> tuple[str, ...]:
    """Return what the drop-down list of a field offers; nothing where it has none."""
    if of.kind is FieldKind.TERM:
        terms = vocabulary_of(of.vocabulary).terms
        return tuple(shown_term(of, term.key) for term in terms if term.is_choosable)
    return of.choices


def shown_term(of: Field, key: str) -> str:
    """Return how a stored term is written into a cell: a tissue by its code, others by label."""
    return key if of.vocabulary in _SHOWN_BY_KEY else vocabulary_of(of.vocabulary).label(key)


def value_in_words(of: Field, value: Value) -> str:
    """Return a value as the workbook shows it; empty where there is none."""
    if value is None or value == "":
        return ""
    if of.kind is FieldKind.TERM:
        return shown_term(of, str(value))
    if isinstance(value, date):
        return value.isoformat()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def about(of: Field) -> str:
    """Return what to enter into a field, in a few sentences."""
    parts = ["Required." if of.is_required else "", _form_of(of), of.hint]
    return " ".join(part for part in parts if part)


def _form_of(of: Field) -> str:
    if of.kind is FieldKind.REFERENCE:
        other = kind_of(of.refers_to)
        return f"A code of the sheet '{other.sheet}', or one that is registered already."
    if of.kind is FieldKind.TERM:
        return "Choose from the list, or write a synonym or an identifier."
    if of.kind is FieldKind.CHOICE:
        return f"Choose from the list{', or write another' if of.allows_other else ''}."
    text = _ABOUT_KIND[of.kind]
    if of.kind in {FieldKind.WHOLE, FieldKind.DECIMAL} and (
        of.low is not None or of.high is not None
    ):
        text = f"{text.removesuffix('.')}, {bounds_text(of)}."
    return text
