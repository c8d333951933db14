"""The contract of registered records: fields, kinds, entries, and problems of a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import SourceCell

Value = str | int | float | date | None
"""What a field holds.  Words are ``""`` where nothing was entered, numbers and dates ``None``."""

Values = Mapping[str, Value]


class FieldKind(StrEnum):
    """What is entered into a field, and how it is kept."""

    CODE = "code"
    """The opaque code of the record itself; one field of a kind at most."""
    REFERENCE = "reference"
    """The code of a record of the kind that ``refers_to`` names."""
    TEXT = "text"
    NOTE = "note"
    """Text of several lines."""
    WHOLE = "whole"
    """A whole number."""
    DECIMAL = "decimal"
    DATE = "date"
    """A day."""
    PARTIAL_DATE = "partial date"
    """A year, a year and month, or a day, as ISO text: ``2019``, ``2019-05``, ``2019-05-14``."""
    CHOICE = "choice"
    """One of ``choices``."""
    TERM = "term"
    """A term of the vocabulary that ``vocabulary`` names, kept by its key."""

    @property
    def is_text(self) -> bool:
        """Whether an empty field is ``""`` and not ``None``."""
        return self not in {FieldKind.WHOLE, FieldKind.DECIMAL, FieldKind.DATE}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind of records.

    ``name`` has the unit in it; ``title`` is the heading of the workbook and the label of the form,
    with the unit in words.  ``low`` and ``high`` bound numbers, both included unless
    ``is_above_low`` says that ``low`` itself is too little.  A choice that ``allows_other`` takes
    any other words too; its ``choices`` are suggestions.  ``is_listed`` fields are columns of the
    list page.  Only a date that ``may_lie_ahead`` may be later than today.
    """

    name: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()
    allows_other: bool = False
    vocabulary: str = ""
    refers_to: str = ""
    low: float | None = None
    high: float | None = None
    is_above_low: bool = False
    hint: str = ""
    is_listed: bool = False
    max_length: int = 200
    may_lie_ahead: bool = False

    @property
    def empty(self) -> Value:
        """What the field holds where nothing was entered."""
        return "" if self.kind.is_text else None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field of one record; a person gets it as a finding with its place."""

    field_name: str
    message: str
    hint: str
    level: Level = Level.ERROR


Check = Callable[[Values], Iterable[Problem]]
"""A rule over the fields of one record; it sees typed values, never text of a file."""


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of records: its names, its fields, what tells two records apart, and its rules.

    ``identity`` are the fields that no two records share; a kind with a code is told apart by it.
    ``owner`` is the reference to the record on whose page records of this kind are shown.
    """

    key: str
    title: str
    plural: str
    sheet: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...]
    explanation: str
    owner: str = ""
    checks: tuple[Check, ...] = ()

    @property
    def noun(self) -> str:
        """The title within a sentence: ``donor``, but ``HSCT`` and ``MSC batch``."""
        title = self.title
        return title if title[1].isupper() else f"{title[0].lower()}{title[1:]}"

    def field(self, name: str) -> Field:
        """Return the field of that name.

        :raises KeyError: if there is none.
        """
        for found in self.fields:
            if found.name == name:
                return found
        raise KeyError(name)

    @property
    def code_field(self) -> Field | None:
        """The field that holds the record's own code, if the kind has codes."""
        return next((f for f in self.fields if f.kind is FieldKind.CODE), None)

    @property
    def references(self) -> tuple[Field, ...]:
        """The fields that name other records."""
        return tuple(f for f in self.fields if f.kind is FieldKind.REFERENCE)

    def identity_of(self, values: Values) -> tuple[Value, ...]:
        """Return what tells this record apart from the others of its kind."""
        found = ((self.field(name), values.get(name)) for name in self.identity)
        return tuple(field.empty if value in {None, ""} else value for field, value in found)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as somebody entered it, typed, with the place of each field where it has one.

    Fields that are absent from ``values`` were not asked for and stay as they are; ``places`` are
    cells of a workbook.  ``row`` is the place of the record as a whole.
    """

    kind_key: str
    values: Values
    places: Mapping[str, SourceCell] = field(default_factory=dict)
    row: SourceCell | None = None
    file_name: str = ""


def number_in(values: Values, name: str) -> float | None:
    """Return the number of a field, ``None`` where none was entered."""
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else None


def text_in(values: Values, name: str) -> str:
    """Return the words of a field, empty where none were entered."""
    value = values.get(name)
    return value if isinstance(value, str) else ""
