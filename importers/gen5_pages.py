"""The head of a Gen5 page: what it says about the run, and the reads of its procedure.

A page is one plate: its keys and values, the procedure, and the tables below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lims_msc.domain.findings import Level
from lims_msc.domain.plate import ReadingKind, WellAddress
from lims_msc.domain.workbook import Cell, CellValue, Sheet

from .cells import parse_duration, text_of, wavelengths_in
from .harvest import Harvest
from .read_settings import Settings, kind_in_words
from .well_region import wells_named

_KEYS = (
    ("software version", r"software ?version|version du logiciel|versione (?:del )?software"),
    ("experiment", r"experiment (?:file )?path|(?:pfad der )?experimentdatei.*|.*expérience"),
    ("protocol", r"protocol (?:file )?path|(?:pfad der )?protokolldatei.*|.*du protocole"),
    ("plate id", r"plate (?:number|name|id)|platten?(?:nummer|name|-nr\.?)|.*de (?:la )?plaque"),
    ("instrument", r"reader ?type|reader-?typ|lesertyp|gerätetyp|type de lecteur|tipo lettore"),
    ("serial number", r"(?:reader|leser)?-? ?seri(?:al ?number|ennummer)|.*de série.*"),
    ("reading type", r"reading ?type|lesetyp|messart|type de lecture|tipo di lettura"),
    ("procedure", r"procedure (?:details|summary)|.*prozedur.*|.*procédure|.*procedura"),
)
_OTHER_KEYS = (
    ("date", r"date|datum|data|fecha"),
    ("time", r"time|uhrzeit|zeit|heure|ora|hora"),
    ("barcode", r"(?:plate )?barcode|strichcode|code-barres"),
    ("plate type", r"plate ?type|plattentyp|type de plaque|tipo (?:di )?piastra"),
    ("temperature", r"actual temperature|(?:ist|aktuelle )-?temperatur|température réelle"),
    ("set temperature", r"set temperature|temperatur einstellen|solltemperatur"),
)
_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _KEYS)
_OTHER_PATTERNS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _OTHER_KEYS)
_SPEAKING = {"experiment", "protocol", "instrument", "serial number", "reading type", "procedure"}
_FEWEST_SIGNS = 2
_KEY_COLUMNS = 4
_NOT_SAID = ("n/a", "unknown", "unbekannt", "inconnu")

_STEP = re.compile(r"read|lesen|lesung|messung|messen|lecture|lettura|lectura", re.IGNORECASE)
_DETECTION = re.compile(
    r"endpoint|end ?punkt|point final|spectrum|spektrum|spectre|scan|kineti|cinéti|polari[sz]ation"
    r"|time.resolved|alpha",
    re.IGNORECASE,
)
_SPECTRUM = re.compile(r"spectrum|spektrum|spectre|spettro", re.IGNORECASE)
_WAVELENGTHS = re.compile(
    r"(?:wavelengths?|wellenlängen?|longueurs? d.onde|lunghezz[ae] d.onda): *(.+)", re.IGNORECASE
)
_EXCITATION = re.compile(r"(?:excitation|anregung|eccitazione): *([0-9]{3,4})", re.IGNORECASE)
_EMISSION = re.compile(r"(?:emission|emissione|émission): *(?:([0-9]{3,4})|[^,]*)", re.IGNORECASE)
_SWEEP = re.compile(r"([0-9]{3,4}) ?nm.*?([0-9]{3,4}) ?nm.*?([0-9]{1,3}) ?nm")
_INTERVAL = re.compile(r"interval[l]?[oe]? +([0-9]+:[0-9]{2}:[0-9]{2})", re.IGNORECASE)
_LOOP = re.compile(r"start kinetic|kinetik starten|.*cinéti.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One read of the procedure: its name, its channels, and the wells that it reads.

    A spectrum has one channel, which holds the wavelength that stays the same, if one does, and
    states how many ``wavelengths`` it goes through.
    """

    name: str
    kind: ReadingKind
    channels: tuple[Settings, ...]
    wells: frozenset[WellAddress]
    is_spectrum: bool = False
    wavelengths: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One plate of an export; ``column`` is the column of its keys."""

    sheet: Sheet = field(repr=False)
    rows: Mapping[int, Mapping[int, Cell]] = field(repr=False)
    column: int
    first_row: int
    last_row: int

    def value_place(self, row: int) -> tuple[int, int] | None:
        """Return the place of the first filled cell right of the key."""
        for column in sorted(self.rows.get(row, {})):
            if column > self.column and text_of(self.sheet.get(row, column)):
                return row, column
        return None

    def key(self, row: int) -> str:
        """Return what stands in the column of the keys."""
        return text_of(self.sheet.get(row, self.column))

    @property
    def name(self) -> str:
        """The plate as the page names it; empty if it does not."""
        for row in self.rows:
            place = self.value_place(row)
            if place and _name_of(self.key(row), _PATTERNS) == "plate id":
                return text_of(self.sheet.get(*place))
        return ""


def _name_of(key: str, patterns: tuple[tuple[str, re.Pattern[str]], ...]) -> str:
    key = key.rstrip(": ")
    return next((name for name, pattern in patterns if pattern.fullmatch(key)), "")


def is_key(text: str) -> bool:
    """Whether a text is a key of the head of a page, and so no title of a table."""
    return bool(_name_of(text, _PATTERNS) or _name_of(text, _OTHER_PATTERNS))


def in_celsius(text: str) -> str:
    """Return a temperature with its unit."""
    return text if not text or "C" in text else f"{text} °C"


def signs_of(sheet: Sheet) -> dict[str, tuple[int, int]]:
    """Return the keys on a sheet that only Gen5 prints, with their places; empty if too few."""
    found: dict[str, tuple[int, int]] = {}
    for place, cell in sheet.cells.items():
        if place[1] <= _KEY_COLUMNS and isinstance(cell.value, str):
            text = text_of(cell)
            name = "read speed" if text.startswith("Read Speed:") else _name_of(text, _PATTERNS)
            if name in _SPEAKING or name == "read speed":
                found.setdefault(name, place)
    return found if len(found) >= _FEWEST_SIGNS else {}


def pages_of(sheet: Sheet) -> list[Page]:
    """Return the pages on a sheet; a new one starts where a key comes again."""
    if not signs_of(sheet):
        return []
    rows = dict(sheet.rows())
    starts: list[int] = []
    columns: list[int] = []
    seen: set[str] = set()
    for row, cells in rows.items():
        column = min(cells)
        name = _name_of(text_of(cells[column]), _PATTERNS)
        if not name or column > _KEY_COLUMNS:
            continue
        if not starts or name in seen:
            starts.append(row)
            columns.append(column)
            seen = set()
        seen.add(name)
    if not starts:
        return []
    ends = [*(row - 1 for row in starts[1:]), sheet.last_row]
    return [
        Page(sheet, {r: c for r, c in rows.items() if first <= r <= last}, column, first, last)
        for first, last, column in zip(starts, ends, columns, strict=True)
    ]


def tell_facts(harvest: Harvest, page: Page, first_table_row: int) -> None:
    """Keep what the head of a page says about instrument, software, protocol and times."""
    for row in page.rows:
        place = page.value_place(row)
        if place is None or row >= first_table_row:
            continue
        key = page.key(row)
        name = _name_of(key, _PATTERNS) or _name_of(key, _OTHER_PATTERNS)
        value = page.sheet.value(*place)
        if not name or str(value).strip().lower() in _NOT_SAID:
            continue
        if name == "software version" and isinstance(value, date):
            harvest.tell(
                Level.NOTE,
                "version_is_date",
                f"The software version is stored as the date '{value}': Excel has changed it.",
                sheet=page.sheet,
                place=place,
            )
        harvest.fact(name, page.sheet, place, _said(name, value))


def _said(name: str, value: CellValue) -> str:
    """Return a fact in words; Excel keeps a date with a time and a time with a date."""
    if isinstance(value, datetime) and name in ("date", "time"):
        return str(value.date() if name == "date" else value.time())
    text = str(value).strip()
    return in_celsius(text) if name == "temperature" else text


def interval_s(page: Page) -> float | None:
    """Return the interval of the kinetics in seconds, if the procedure states one."""
    for row in page.rows:
        place = page.value_place(row)
        if place and _LOOP.fullmatch(page.key(row)):
            found = _INTERVAL.search(text_of(page.sheet.get(*place)))
            if found:
                return parse_duration(found[1])
    return None


def steps_of(page: Page, first_table_row: int) -> list[Step]:
    """Return the reads of the procedure in their order."""
    groups: list[list[str]] = []
    is_procedure = False
    for row in page.rows:
        if row >= first_table_row:
            break
        key, place = page.key(row), page.value_place(row)
        is_procedure = is_procedure or _name_of(key, _PATTERNS) == "procedure"
        if not is_procedure or place is None:
            continue
        if _STEP.fullmatch(key):
            groups.append([text_of(page.sheet.get(*place))])
        elif not key and groups:
            groups[-1].append(text_of(page.sheet.get(*place)))
    return [_step(lines) for lines in groups]


def _step(lines: list[str]) -> Step:
    is_named = not (
        _DETECTION.search(lines[0]) and kind_in_words(lines[0]) is not ReadingKind.OTHER
    )
    details = lines[1:] if is_named else lines
    detection = next((line for line in details if _DETECTION.search(line)), "")
    kind = kind_in_words(detection)
    if kind is ReadingKind.OTHER and any(_WAVELENGTHS.match(line) for line in details):
        kind = ReadingKind.ABSORBANCE
    region = next(
        (wells for line in details if (wells := wells_named(line.replace(" ", "")))), None
    )
    return Step(
        lines[0] if is_named else "",
        kind,
        tuple(_channels(details, kind)),
        region or frozenset(),
        bool(_SPECTRUM.search(detection)),
        next((n for line in details if (n := _steps_in(line))), None),
    )


def _steps_in(line: str) -> int | None:
    """Return the number of wavelengths of a line such as ``Start: 300 nm, Stop: 700 nm, …``."""
    found = _SWEEP.search(line)
    if found is None:
        return None
    start, stop, step = map(int, found.groups())
    return (stop - start) // step + 1 if step else None


def _channels(details: list[str], kind: ReadingKind) -> list[Settings]:
    channels: list[Settings] = []
    for line in details:
        listed = _WAVELENGTHS.match(line)
        if listed:
            numbers = (wavelengths_in(part) for part in re.split(r"[,;] *", listed[1]))
            channels += [Settings(kind, one[0]) for one in numbers if one]
        excitation, emission = _EXCITATION.search(line), _EMISSION.search(line)
        if excitation or emission:
            channels.append(
                Settings(
                    kind,
                    float(excitation[1]) if excitation else None,
                    float(emission[1]) if emission and emission[1] else None,
                )
            )
    return channels
