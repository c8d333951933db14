"""The head of BMG LABTECH reports (MARS, SMART Control), and what their titles say.

One report is one run of one plate; it may fill several sheets, and a text file may hold several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lims_msc.domain.plate import Read, ReadingKind
from lims_msc.domain.workbook import Cell, Sheet, Workbook

from .cells import SHORTEST_NM, parse_duration, text_of
from .harvest import Harvest
from .headed_table import from_column_of, one_line
from .read_settings import Settings, kind_in_words

Place = tuple[int, int]

_KEYS = (
    ("user", r"User|Benutzer|Utilisateur|Utente|Usuario"),
    ("path", r"Path|Pfad|Chemin|Percorso|Ruta"),
    ("test id", r"Test ?(?:run no\.?|ID|lauf ?-?nr\.?)|Testlauf ?Nr\.?"),
    ("protocol", r"Test ?name|Nom du test|Nome (?:del )?test"),
    ("date", r"Date|Datum|Data|Fecha"),
    ("time", r"Time|Zeit|Uhrzeit|Heure|Ora|Hora"),
    ("ID1", r"ID ?1"),
    ("ID2", r"ID ?2"),
    ("ID3", r"ID ?3"),
)
_PATTERNS = tuple((name, re.compile(rf"(?:{p}) ?: ?(.*)", re.IGNORECASE)) for name, p in _KEYS)
_NEEDED = {"user", "path", "protocol"}
_RAW = re.compile(
    r"(?:[0-9]+\. ?)?(?:Raw data|Rohdaten|Données brutes|Dati grezzi|Datos brutos)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\(([^()]*)\)")
_WAVE = re.compile(r"(?<![0-9.])([0-9]{3,4}(?:\.[0-9]+)?)(?:-([0-9]{1,3})(?![0-9]))?")
_INSTRUMENT = re.compile(r"\\BMG\\([^\\]+)\\", re.IGNORECASE)
_SMART = re.compile(r"SMART Control", re.IGNORECASE)
_PLATE = re.compile(r"plate|platte|plaque|piastra|placa", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """One page of a report: its rows, what its head says, and the line that names the mode."""

    sheet: Sheet = field(repr=False)
    first_row: int
    last_row: int
    head: Mapping[str, tuple[str, Place]]
    mode: str

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield the rows of this page that hold anything."""
        return ((r, cells) for r, cells in self.sheet.rows() if self.holds(r))

    def holds(self, row: int) -> bool:
        """Whether a sheet row belongs to this page."""
        return self.first_row <= row <= self.last_row

    def text(self, key: str) -> str:
        """Return what the head says under a key."""
        return self.head[key][0] if key in self.head else ""

    def is_same_run(self, other: Report) -> bool:
        """Whether two pages are of one run: whatever both heads say is the same."""
        return all(self.text(key) == other.text(key) for key in self.head.keys() & other.head)

    @property
    def is_smart_control(self) -> bool:
        """Whether the path of the data names SMART Control."""
        return bool(_SMART.search(self.text("path")))

    def tell_facts(self, harvest: Harvest) -> None:
        """Keep what the head says, and the reader that the path of the data names."""
        for name, (value, place) in self.head.items():
            if name != "path":
                harvest.fact(name, self.sheet, place, value)
        found = _INSTRUMENT.search(self.text("path"))
        if found and not self.is_smart_control:
            harvest.fact("instrument", self.sheet, self.head["path"][1], found[1])
        program = "SMART Control" if self.is_smart_control else "MARS"
        harvest.fact("software", self.sheet, self.head["path"][1], program)


def reports_of(workbook: Workbook) -> list[Report]:
    """Return the pages of all visible sheets whose head is that of a BMG report."""
    return [r for sheet in workbook.sheets if not sheet.hidden for r in _reports_on(sheet)]


def _reports_on(sheet: Sheet) -> list[Report]:
    # Two programs write such reports, and both are asked about every sheet.
    reports: list[Report] | None = sheet.memo.get("bmg reports")
    if reports is None:
        reports = sheet.memo["bmg reports"] = _find_reports(sheet)
    return reports


def _find_reports(sheet: Sheet) -> list[Report]:
    sheet = from_column_of(sheet, lambda text: _key(text) == "user")
    rows = dict(sheet.rows())
    starts = [
        row for row, cells in rows.items() if _key(one_line(text_of(cells[min(cells)]))) == "user"
    ]
    reports = []
    ends = dict(zip(starts, [s - 1 for s in starts[1:]], strict=False))
    for start in starts:
        last = ends.get(start, sheet.last_row)
        head: dict[str, tuple[str, Place]] = {}
        mode = ""
        for row, cells in ((r, c) for r, c in rows.items() if start <= r <= last):
            words = {c: one_line(text_of(cell)) for c, cell in cells.items()}
            first = words[min(words)]
            if is_raw(first) or is_raw(words[max(words)]):
                break
            if not _key(first):
                if kind_in_words(first) is not ReadingKind.OTHER and not mode:
                    mode = first
                continue
            _take_head(head, row, words)
        if head.keys() >= _NEEDED:
            reports.append(Report(sheet, start, last, head, mode))
    return reports


def _key(words: str) -> str:
    return next((name for name, p in _PATTERNS if p.fullmatch(words)), "")


def _take_head(head: dict[str, tuple[str, Place]], row: int, words: Mapping[int, str]) -> None:
    for column, text in words.items():
        for name, pattern in _PATTERNS:
            found = pattern.fullmatch(text)
            if found and name not in head:
                head[name] = (found[1].strip(), (row, column))


def is_raw(title: str) -> bool:
    """Whether a title names raw data; what is based on raw data is calculated."""
    return bool(_RAW.fullmatch(one_line(title)))


def bare_title(title: str) -> str:
    """Return a title as it reads on every page: without its number, in lower case."""
    return re.sub(r"^[0-9]+\. ?", "", one_line(title)).lower()


def read_of(title: str, mode: str) -> Read:
    """Return the read that a title such as ``Raw Data (480-14/520-30)`` describes.

    The second number of ``480-14`` is the bandwidth, that of ``450 1`` counts the filters.
    """
    title = one_line(title)
    kind = kind_in_words(mode)
    if kind is ReadingKind.OTHER and "alpha" in mode.lower():
        kind = ReadingKind.LUMINESCENCE
    group = next(iter(_GROUP.findall(title)), "")
    waves = [(float(w), float(band or 0)) for w, band in _WAVE.findall(group)]
    is_range = any(band >= SHORTEST_NM for _, band in waves) or "-" in _WAVE.sub("", group)
    numbers = [] if is_range else [w for w, _ in waves if w >= SHORTEST_NM]
    if len(numbers) == 2 and kind in (ReadingKind.FLUORESCENCE, ReadingKind.OTHER):
        return Settings(ReadingKind.FLUORESCENCE, *numbers).read(title)
    if len(numbers) == 1 and kind in (ReadingKind.ABSORBANCE, ReadingKind.LUMINESCENCE):
        return Settings(kind, numbers[0]).read(title)
    return Settings(kind).read(title)


def time_in(title: str) -> float | None:
    """Return the time that a title gives after the wavelengths: ``(600) - Cycle 2 (0 h 5 min)``."""
    found = (parse_duration(group) for group in _GROUP.findall(one_line(title))[1:])
    return next((seconds for seconds in found if seconds is not None), None)


def plate_names(reports: list[Report]) -> list[str]:
    """Return the name of the plate of each report; a file with one run needs none.

    Several are named by the ID that names a plate, else by an ID that tells them apart, else by
    their sheets; equal names get ``#2``.
    """
    runs: list[Report] = []
    run_of: list[int] = []
    for report in reports:
        same = next((i for i, first in enumerate(runs) if first.is_same_run(report)), len(runs))
        runs += [report] if same == len(runs) else []
        run_of.append(same)
    if len(runs) == 1:
        return [""] * len(reports)
    names: list[str] = []
    chosen = _names(runs)
    for name in chosen:
        count = chosen[: len(names)].count(name)
        names.append(f"{name}#{count + 1}" if count else name)
    return [names[run] for run in run_of]


def _names(runs: list[Report]) -> list[str]:
    """Return the first set of names that fits all runs."""
    for key in ("ID3", "ID2", "ID1"):
        names = [run.text(key) for run in runs]
        if all(map(_PLATE.search, names)):
            return names
    for key in ("ID1", "ID2", "ID3"):
        names = [run.text(key) for run in runs]
        if all(names) and len(set(names)) == len(names):
            return names
    return [run.sheet.name for run in runs]
