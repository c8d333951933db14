"""The announced reads of a SparkControl export: name, settings, wells, and what was scanned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lims_msc.domain.plate import ReadingKind, WellAddress

from .cells import text_of
from .harvest import Harvest
from .icontrol_sections import Export
from .read_settings import Settings, kind_in_words, settings_from
from .well_region import wells_named

_MODE = re.compile(r"mode|modus|modalità|modo", re.IGNORECASE)
_NAME = re.compile(r"name|bezeichnung|nome?|nombre", re.IGNORECASE)
_PART_OF_PLATE = re.compile(
    r"part of plate|teil der (?:mikro)?platte|plattenteil|parte (?:della piastra|de la placa)"
    r"|partie de (?:la )?plaque",
    re.IGNORECASE,
)
_SCANNED = re.compile(
    r"wave ?length.*\b(?:start|end|stop|step)|wellenlänge.*\b(?:start|ende|stop|schritt)"
    r"|(?:start|end|stop|step).*wave ?length",
    re.IGNORECASE,
)
_POINTS = re.compile(r"scan (?:number|count)|scan-?anzahl|anzahl.*scan", re.IGNORECASE)
_SETTLED = re.compile(r"(?:start|end) ?time|start-?zeit|end-?zeit|ora (?:di )?(?:inizio|fine)|<>")
_FACTS = (
    ("method", r"(?:Method name|Methodenname|Nome del metodo|Nom de la méthode): ?(.+)"),
    ("device", r"(?:Device|Gerät|Apparecchio|Strumento|Appareil|Dispositivo): ?(.+)"),
    ("serial number", r"(?:Serial number|Seriennummer|Numero di serie|N[°o]? de série): ?(.+)"),
    ("firmware", r"Firmware: ?(.+)"),
)
_KEYED_FACTS = (
    ("software version", r".{2,30}: ?SparkControl.*"),
    ("firmware", r"Firmware:?"),
    ("date", r"(?:Date|Datum|Data|Fecha):?"),
    ("time", r"(?:Time|Uhrzeit|Zeit|Ora|Heure|Hora):?"),
    ("start time", r"(?:Start ?Time|Startzeit|Ora (?:di )?inizio|Heure de début):?"),
    ("end time", r"(?:End ?Time|Endzeit|Ora (?:di )?fine|Heure de fin):?"),
    ("plate type", r"(?:Plate|Platte|Piastra|Plaque|Placa)"),
    ("plate id", r"(?:(?:Plate|Platten?|Piastra|Plaque|Placa)[- ]?ID|Barcode|Strichcode)\b.*"),
    ("user", r"(?:User|Benutzer|Utente|Utilisateur|Usuario)"),
    ("system", r"System|Sistema|Système"),
    ("temperature", r"Temp[eé]ratur[ea]?(?: \[°C\])?:?"),
)
_FACT_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _FACTS)
_KEYED_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _KEYED_FACTS)


class Axis(StrEnum):
    """Which wavelength a scan goes through."""

    NONE = "none"
    MEASUREMENT = "measurement"
    EXCITATION = "excitation"
    EMISSION = "emission"


@dataclass(frozen=True, slots=True)
class Announced:
    """One read that the export announces before its values."""

    name: str
    first_row: int
    settings: Settings
    reference_nm: float | None
    wells: frozenset[WellAddress]
    scanned: Axis
    points: int | None


def announced_reads(export: Export) -> list[Announced]:
    """Return the reads of an export from top to bottom; loops and pauses are none."""
    modes = [
        row
        for row in range(export.first_row, export.last_row + 1)
        if _MODE.fullmatch(export.key(row)) and export.value_place(row)
    ]
    ends = [*(row - 1 for row in modes[1:]), export.last_row][: len(modes)]
    found = (_announced(export, row, end) for row, end in zip(modes, ends, strict=True))
    return [read for read in found if read is not None]


def _announced(export: Export, first_row: int, last_row: int) -> Announced | None:
    """Read one group of settings; ``None`` where it has neither a name nor a kind."""
    lines: list[tuple[str, str]] = []
    for row in range(first_row, last_row + 1):
        key, place = export.key(row), export.value_place(row)
        if row > first_row and _SETTLED.match(key.lower()):
            break
        if key and place:
            lines.append((key, text_of(export.sheet.get(*place))))
    name = next((value for key, value in lines if _NAME.fullmatch(key)), "")
    kind = kind_in_words(lines[0][1])
    if not name and kind is ReadingKind.OTHER:
        return None
    reference = settings_from(_reference_lines(lines))
    settings = settings_from((k, v) for k, v in lines if not _SCANNED.search(k))
    part = next((value for key, value in lines if _PART_OF_PLATE.fullmatch(key)), "")
    return Announced(
        name,
        first_row,
        settings[0] if settings else Settings(kind),
        reference[0].wavelength_nm if reference else None,
        wells_named(part),
        _axis(lines),
        _points(lines),
    )


def _reference_lines(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the lines about the reference, worded as those of the measurement are."""
    return [
        (re.sub("referen[a-zé]*", "", key, flags=re.IGNORECASE), value)
        for key, value in lines
        if re.search("referen", key, re.IGNORECASE)
    ]


def _points(lines: list[tuple[str, str]]) -> int | None:
    """Return the number of wavelengths that a scan announces."""
    stated = (value for key, value in lines if _POINTS.search(key) and value.isdecimal())
    return next((int(value) for value in stated), None)


def _axis(lines: list[tuple[str, str]]) -> Axis:
    scanned = [key for key, _ in lines if _SCANNED.search(key)]
    if not scanned:
        return Axis.NONE
    if re.search("emiss|emisi", scanned[0], re.IGNORECASE):
        return Axis.EMISSION
    is_excitation = re.search("excit|anreg|eccit", scanned[0], re.IGNORECASE)
    return Axis.EXCITATION if is_excitation else Axis.MEASUREMENT


def tell_facts(harvest: Harvest, export: Export) -> None:
    """Keep what the export says about method, instrument, software, times and temperatures."""
    sheet = export.sheet
    for row in range(max(1, export.first_row - 1), export.last_row + 1):
        for column in range(export.column, export.column + 5):
            text = text_of(sheet.get(row, column))
            for name, pattern in _FACT_PATTERNS:
                found = pattern.fullmatch(text)
                if found:
                    harvest.fact(name, sheet, (row, column), found[1].strip())
        place = export.value_place(row)
        for name, pattern in _KEYED_PATTERNS:
            if place and pattern.fullmatch(export.key(row)):
                value = str(sheet.value(*place)).strip()
                if name == "temperature" and "°" not in value:
                    value += " °C"
                harvest.fact(name, sheet, place, value)
