"""Strict reading of the workbook of registered records: cells in, entries and findings out.

Every finding names its sheet and cell.  Whether the records may be stored is asked by the service,
which knows what is registered already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lims_msc.domain.findings import Finding, Level
from lims_msc.domain.plate import SourceCell
from lims_msc.domain.records.fields import Entry, Field, FieldKind, RecordKind, Value
from lims_msc.domain.records.kinds import KINDS, kind_of
from lims_msc.domain.registry_cells import is_blank, same_words, value_of
from lims_msc.domain.registry_headings import identifying_headings, kind_meant, read_headings
from lims_msc.domain.registry_numbers import Unclear
from lims_msc.domain.registry_template import LISTS_SHEET, READ_ME_SHEET
from lims_msc.domain.workbook import Cell, Sheet, Workbook
from lims_msc.errors import InputError

Registered = Callable[[str], Collection[str]]
"""Returns the registered codes of a kind."""

_OURS = frozenset({same_words(READ_ME_SHEET), same_words(LISTS_SHEET)})
_TEXTS = frozenset({FieldKind.TEXT, FieldKind.NOTE})


class RowPlaces(Mapping[str, SourceCell]):
    """The cells of one row by field, made when they are asked for: there may be many thousands."""

    __slots__ = ("_columns", "_row", "_sheet")

    def __init__(self, sheet: Sheet, row: int, columns: Mapping[str, int]) -> None:
        self._sheet, self._row, self._columns = sheet, row, columns

    def __getitem__(self, name: str) -> SourceCell:
        return self._sheet.source(self._row, self._columns[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@dataclass(frozen=True, slots=True)
class RegistryContents:
    """The entries of a workbook in its order, what was found, and which kinds lack a record.

    A record whose identity cannot be read is not among the entries but among the ``unsound`` ones;
    ``unread`` has the kinds of such records, so that nobody is told that a code does not exist only
    because it could not be read.
    """

    entries: tuple[Entry, ...]
    unsound: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    unread: frozenset[str]


def read_registry(workbook: Workbook, registered: Registered = lambda _: ()) -> RegistryContents:
    """Read all sheets of a filled workbook.

    :raises InputError: if it has none of the sheets of the form.
    """
    kinds = {same_words(kind.sheet): kind for kind in KINDS}
    reader = _Reader(workbook, registered)
    seen: set[str] = set()
    for sheet in workbook.sheets:
        name = same_words(sheet.name)
        kind = kinds.get(name)
        if kind is None:
            reader.pass_over(sheet, is_ours=name in _OURS)
        elif kind.key in seen:
            reader.tell(
                sheet,
                (1, 1),
                Unclear("This sheet stands in the file twice.", "Delete one of them."),
            )
        else:
            seen.add(kind.key)
            reader.read(kind, sheet)
    if not seen:
        names = ", ".join(f"'{sheet.name}'" for sheet in workbook.sheets)
        its = f": its sheets are {names}" if any(sheet.name for sheet in workbook.sheets) else ""
        raise InputError(
            f"The file '{workbook.file_name}' is no workbook of records{its}.",
            hint="Download the template, fill its sheets and upload that.",
            findings=reader.findings,
        )
    findings = (*workbook.findings, *reader.findings)
    entries, unsound = tuple(reader.entries), tuple(reader.unsound)
    return RegistryContents(entries, unsound, findings, frozenset(reader.unread))


def in_workbook_order(workbook: Workbook, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as one meets them from the first sheet to the last, each row by row."""
    order = {sheet.name: number for number, sheet in enumerate(workbook.sheets)}

    def place(finding: Finding) -> tuple[int, int, int, str]:
        letters = finding.cell.rstrip("0123456789")
        row = finding.cell[len(letters) :]
        return (
            order.get(finding.sheet, -1),
            int(row) if row else 0,
            len(letters),
            letters,
        )

    return tuple(sorted(findings, key=place))


@dataclass(slots=True)
class _Reader:
    """Goes through the sheets and collects entries and findings."""

    workbook: Workbook
    registered: Registered
    entries: list[Entry] = field(default_factory=list)
    unsound: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    _codes: dict[str, frozenset[str]] = field(default_factory=dict)

    def pass_over(self, sheet: Sheet, *, is_ours: bool) -> None:
        """Tell that a sheet is not read, unless it is one that only helps to fill the others.

        One with the headings of a sheet of the form stands in the way: its records would be lost.
        """
        if is_ours:
            return
        self.findings += identifying_headings(sheet)
        kind = kind_meant(sheet, KINDS)
        if kind is not None and sheet.last_row > 1:
            message = (
                f"'{sheet.name}' has the headings of the sheet '{kind.sheet}' and is not read."
            )
            hint = f"Call it '{kind.sheet}' if it is to be registered; otherwise delete it."
            self.tell(sheet, (1, 1), Unclear(message, hint))
        elif sheet.cells:
            message = f"'{sheet.name}' is no sheet of the form; nothing on it is read."
            hint = "Move what is to be registered to a sheet of the form."
            self.tell(sheet, None, Unclear(message, hint), level=Level.WARNING)

    def read(self, kind: RecordKind, sheet: Sheet) -> None:
        """Read a sheet of records."""
        self._tell_hidden(sheet)
        headings = read_headings(kind, sheet)
        self.findings += headings.findings
        if any(name not in headings.columns for name in kind.identity):
            if sheet.last_row > 1:
                self.unread.add(kind.key)
            return
        numbers: Counter[str] = Counter()
        columns = [(column, kind.field(name)) for name, column in headings.columns.items()]
        for row, cells in sheet.rows():
            if row > 1:
                filled = [
                    (of, column, cell)
                    for column, of in columns
                    if (cell := cells.get(column)) is not None and not is_blank(cell)
                ]
                if filled:
                    self._read_row(kind, sheet, row, filled, headings.columns)
                    numbers.update(of.name for of, _, cell in filled if _is_number(of, cell))
        for name, count in numbers.items():
            self._tell_numbers(sheet, headings.columns[name], kind.field(name), count)

    def _read_row(
        self,
        kind: RecordKind,
        sheet: Sheet,
        row: int,
        filled: Iterable[tuple[Field, int, Cell]],
        columns: Mapping[str, int],
    ) -> None:
        values: dict[str, Value] = {}
        is_sound = True
        for of, column, cell in filled:
            key = of.refers_to or kind.key
            value = value_of(of, cell, lambda key=key: self._codes_of(key))  # type: ignore[misc]
            if isinstance(value, Unclear):
                self.tell(sheet, (row, column), value, code=f"field.{of.name}")
                is_sound = is_sound and of.name not in kind.identity
            else:
                values[of.name] = value
        # Without the name of the file: it is the same in each finding, and stands above them.
        entry = Entry(kind.key, values, RowPlaces(sheet, row, columns), sheet.source(row, 1))
        if is_sound:
            self.entries.append(entry)
        else:
            self.unsound.append(entry)
            self.unread.add(kind.key)

    def _codes_of(self, key: str) -> frozenset[str]:
        """Return the codes of a kind that are registered or stand in the workbook."""
        if key not in self._codes:
            kind = kind_of(key)
            found = set(self.registered(key))
            for sheet in self.workbook.sheets:
                if same_words(sheet.name) == same_words(kind.sheet):
                    found |= _texts_below(sheet, kind)
            self._codes[key] = frozenset(found)
        return self._codes[key]

    def _tell_hidden(self, sheet: Sheet) -> None:
        if sheet.hidden and sheet.last_row > 1:
            message = f"The sheet '{sheet.name}' is hidden, but filled."
            self.tell(sheet, (1, 1), Unclear(message, "Show the sheet, or delete it."))
        hidden = sorted(p for p, cell in sheet.cells.items() if cell.hidden and not is_blank(cell))
        if hidden:
            others = f" So are {len(hidden) - 1} others." if len(hidden) > 1 else ""
            message = f"This cell has a value but is hidden, by a filter or by hand.{others}"
            hint = "Clear the filter and show all rows and columns, look at them, and save again."
            self.tell(sheet, hidden[0], Unclear(message, hint))

    def _tell_numbers(self, sheet: Sheet, column: int, of: Field, count: int) -> None:
        many = f"{count} {'number' if count == 1 else 'numbers'}"
        message = f"'{of.title}' holds {many} where text is meant; the digits are taken as stored."
        hint = "If zeros were lost, format the column as text and type them again."
        self.tell(sheet, (1, column), Unclear(message, hint), level=Level.WARNING)

    def tell(
        self,
        sheet: Sheet,
        place: tuple[int, int] | None,
        said: Unclear,
        *,
        level: Level = Level.ERROR,
        code: str = "registry.sheet",
    ) -> None:
        """Add a finding about a cell, or about the sheet as a whole."""
        cell = sheet.address(*place) if place else ""
        self.findings.append(
            Finding(level, code, said.message, said.hint, sheet=sheet.name, cell=cell)
        )


def _texts_below(sheet: Sheet, kind: RecordKind) -> set[str]:
    """Return the codes on a sheet that are still texts."""
    column = read_headings(kind, sheet).columns.get(kind.identity[0])
    return {
        cell.value.strip()
        for (row, at), cell in sheet.cells.items()
        if at == column and row > 1 and isinstance(cell.value, str)
    }


def _is_number(of: Field, cell: Cell) -> bool:
    return of.kind in _TEXTS and isinstance(cell.value, int | float)
