"""The parts of a Tecan i-control export: header, settings of each label, and where they end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lims_msc.domain.workbook import Sheet

from .cells import text_of
from .harvest import Harvest
from .read_settings import Settings, settings_from

_LABEL = re.compile(r"(?:Label|Etichetta|Étiquette|Bezeichnung|Etiqueta) ?: ?(.+)", re.IGNORECASE)
_PLATE_ID = re.compile(r"(?:plate|platten?|piastra|plaque|placa)[- ]?ID\b.*", re.IGNORECASE)
_PLATE_TYPE = re.compile(r"Plate|Platte|Piastra|Plaque|Placa", re.IGNORECASE)
_FACTS = (
    ("device", r"(?:Device|Gerät|Apparecchio|Appareil|Dispositivo): ?(.+)"),
    ("serial number", r"(?:Serial number|Seriennummer|Numero di serie|N[°o]? de série): ?(.+)"),
    ("firmware", r"Firmware: ?(.+)"),
    ("software version", r"(Tecan i-control ?, ?.+)"),
    ("temperature", r"(?:Temperature|Temperatur|Temperatura|Température): ?(.+)"),
)
_KEYED_FACTS = (
    ("date", r"(?:Date|Datum|Data|Fecha):?"),
    ("time", r"(?:Time|Uhrzeit|Zeit|Ora|Heure|Hora):?"),
    ("start time", r"(?:Start Time|Startzeit|Ora di inizio|Ora inizio|Heure de début):?"),
    ("end time", r"(?:End Time|Endzeit|Ora di fine|Ora fine|Heure de fin):?"),
    ("plate type", _PLATE_TYPE.pattern),
    ("plate id", _PLATE_ID.pattern),
    ("user", r"(?:User|Benutzer|Utente|Utilisateur|Usuario)"),
)
_FACT_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _FACTS)
_KEYED_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _KEYED_FACTS)


@dataclass(frozen=True, slots=True)
class Export:
    """One export on a sheet: from its program line to the row before the next one."""

    sheet: Sheet = field(repr=False)
    first_row: int
    column: int
    last_row: int

    def holds(self, row: int) -> bool:
        """Whether a sheet row belongs to this export."""
        return self.first_row <= row <= self.last_row

    def key(self, row: int) -> str:
        """Return what stands in the column of the keys."""
        return text_of(self.sheet.get(row, self.column))

    def value_place(self, row: int) -> tuple[int, int] | None:
        """Return the place of the first filled cell right of the key."""
        for column in range(self.column + 1, self.column + 9):
            if text_of(self.sheet.get(row, column)):
                return row, column
        return None

    @property
    def plate_id(self) -> str:
        """The plate's ID as the stacker read it; empty where there is none."""
        for row in range(self.first_row, self.last_row + 1):
            if _PLATE_ID.fullmatch(self.key(row)):
                place = self.value_place(row)
                return text_of(self.sheet.get(*place)) if place else ""
        return ""

    @property
    def plate_type(self) -> str:
        """The plate definition that was used; empty where it is not told."""
        for row in range(self.first_row, self.last_row + 1):
            if _PLATE_TYPE.fullmatch(self.key(row)):
                place = self.value_place(row)
                return text_of(self.sheet.get(*place)) if place else ""
        return ""

    def tell_facts(self, harvest: Harvest) -> None:
        """Keep what the export says about instrument, software, times and temperature."""
        for row in range(self.first_row, self.last_row + 1):
            for column in range(self.column, self.column + 5):
                text = text_of(self.sheet.get(row, column))
                for name, pattern in _FACT_PATTERNS:
                    found = pattern.fullmatch(text)
                    if found:
                        harvest.fact(name, self.sheet, (row, column), found[1])
            place = self.value_place(row)
            for name, pattern in _KEYED_PATTERNS:
                if place and pattern.fullmatch(self.key(row)):
                    harvest.fact(name, self.sheet, place, _moment_text(self.sheet, place))


def exports_of(sheet: Sheet, program: re.Pattern[str]) -> list[Export]:
    """Return the exports on a sheet; each starts at its program line."""
    starts = sorted(
        place
        for place, cell in sheet.cells.items()
        if isinstance(cell.value, str) and program.match(text_of(cell))
    )
    if not starts:
        return []
    ends = [row - 1 for row, _ in starts[1:]] + [sheet.last_row]
    return [
        Export(sheet, row, column, end) for (row, column), end in zip(starts, ends, strict=True)
    ]


def plate_names(exports: list[Export]) -> list[str]:
    """Return the name of each export's plate: its ID, else the sheet where several share a file.

    Two exports without an ID on one sheet, or with the same ID, are told apart by ``#2``, ``#3``.
    """
    return told_apart(
        export.plate_id or (export.sheet.name if len(exports) > 1 else "") for export in exports
    )


def told_apart(given: Iterable[str]) -> list[str]:
    """Return names as they are, the second with the same name as ``name#2``, and so on."""
    names: list[str] = []
    for name in given:
        count = sum(n == name or n.startswith(f"{name}#") for n in names)
        names.append(f"{name}#{count + 1}" if count else name)
    return names


def _moment_text(sheet: Sheet, place: tuple[int, int]) -> str:
    """Return a date as text a person can read; the cell itself holds a day number."""
    cell = sheet.get(*place)
    return str(cell.value) if cell is not None and not isinstance(cell.value, str) else ""


@dataclass(frozen=True, slots=True)
class Section:
    """One announced measurement: its label, its rows, and how it was measured.

    ``settings`` has one entry for each announced mode; kinetics of several labels announce them
    all before the first block of data, and then ``label`` is empty.
    """

    label: str
    first_row: int
    last_row: int
    settings: tuple[Settings, ...]

    def holds(self, row: int) -> bool:
        """Whether a sheet row belongs to this section."""
        return self.first_row <= row <= self.last_row


def sections_of(export: Export) -> list[Section]:
    """Return the measurements that an export announces, from top to bottom."""
    labels = [
        (row, found[1].strip())
        for row in range(export.first_row, export.last_row + 1)
        if (found := _LABEL.fullmatch(export.key(row)))
    ]
    if not labels:
        labels = [(export.first_row, "")]
    ends = [row - 1 for row, _ in labels[1:]] + [export.last_row]
    return [
        Section(label, row, end, _settings(export, row, end))
        for (row, label), end in zip(labels, ends, strict=True)
    ]


def _settings(export: Export, first_row: int, last_row: int) -> tuple[Settings, ...]:
    pairs = []
    for row in range(first_row, last_row + 1):
        place = export.value_place(row)
        if place is not None:
            pairs.append((export.key(row), text_of(export.sheet.get(*place))))
    return settings_from(pairs)
