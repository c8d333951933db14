"""The pages that the PerkinElmer workstations (EnVision, EnSpire) write: plate information,
results of each plate and label, and the settings far below them.

Which results were measured, and how, is decided by the importers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lims_msc.domain.plate import PlateFormat
from lims_msc.domain.workbook import Sheet

from .cells import text_of
from .harvest import Harvest
from .headed_table import from_column_of, key_and_value, one_line

Place = tuple[int, int]

_INFO_WORDS = {"plate", "repeat", "barcode"}
_QUOTED = re.compile(r'="?(.*?)"?')
_RESULTS = re.compile(
    r"results for (?P<label>.+?) -\s*(?P<part>(?:channel|window)\b[^()]*)?"
    r"(?:\((?P<unit>[^()]*)\))?",
    re.IGNORECASE,
)
_HEADINGS = (
    ("info", re.compile(r"plate information", re.IGNORECASE)),
    ("background", re.compile(r"(?:no )?background information.*", re.IGNORECASE)),
    ("results", re.compile(r"results for .+", re.IGNORECASE)),
    ("calculated", re.compile(r"calculated results\b.*", re.IGNORECASE)),
    (
        "other",
        re.compile(
            r"basic assay information|protocol information"
            r"|(?:protocol|plate type|coordinates of corners|platemap|calculations|operations"
            r"|labels|auto export parameters|measurements|filters|mirror modules|aperture"
            r"|instrument|normalization) ?:|exported with .+",
            re.IGNORECASE,
        ),
    ),
)
_KEY_FACTS = (
    ("instrument", re.compile(r"nickname", re.IGNORECASE)),
    ("serial number", re.compile(r"serial ?#|serial number", re.IGNORECASE)),
    ("start time", re.compile(r"assay started", re.IGNORECASE)),
    ("end time", re.compile(r"assay finished", re.IGNORECASE)),
    ("protocol", re.compile(r"protocol name", re.IGNORECASE)),
    ("plate type", re.compile(r"name of the plate type", re.IGNORECASE)),
    ("user", re.compile(r"assay started by", re.IGNORECASE)),
)
_INFO_FACTS = (
    ("plate id", ("barcode",)),
    ("date", ("measurement date",)),
    ("temperature", ("chamber temperature at start", "inside temperature at start")),
)
_NOTHING = {"", "n/a"}
_DAY_NUMBER = re.compile(r"[3-6][0-9]{4}\.[0-9]+", re.ASCII)
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a workbook, which knows no time zone
_MOMENTS = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
)


def unquoted(text: str) -> str:
    """Return a text without the ``="…"`` that keeps a spreadsheet from changing it."""
    text = text.replace("\u00a0", " ").strip()
    found = _QUOTED.fullmatch(text)
    return (found[1] if found else text).strip()


@dataclass(frozen=True, slots=True)
class PlateInfo:
    """One line of plate information: where each field stands, by its heading in lower case."""

    sheet: Sheet = field(repr=False)
    row: int
    column: int
    fields: Mapping[str, int]

    def text(self, *names: str) -> str:
        """Return the first of some fields that the line has; empty for ``N/A``."""
        for name in names:
            text = unquoted(text_of(self.sheet.get(self.row, self.fields.get(name, 0))))
            if text.lower() not in _NOTHING:
                return text
        return ""

    @property
    def is_calculated(self) -> bool:
        """Whether the line describes a calculation."""
        return "formula" in self.fields and "label" not in self.fields

    @property
    def label(self) -> str:
        """The label of the measurement, with its count: ``A450(1)``."""
        return self.text("label")

    @property
    def cycle(self) -> int:
        """The kinetic cycle; 0 for an endpoint."""
        text = self.text("kinetics")
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def plate_key(self) -> tuple[str, str]:
        """Number and barcode, which name a plate together."""
        return self.text("plate"), self.text("barcode")

    def tell_facts(self, harvest: Harvest) -> None:
        """Keep barcode, date and temperature."""
        for name, headings in _INFO_FACTS:
            for heading in headings:
                if self.text(heading):
                    place = (self.row, self.fields[heading])
                    harvest.fact(name, self.sheet, place, self.text(heading))


def moments_of(texts: Sequence[str]) -> tuple[datetime, ...]:
    """Return the moments that texts name, all written the same way; empty if they cannot be read.

    Whether day or month comes first does not matter for the time between them.
    """
    for form in _MOMENTS:
        try:
            return tuple(datetime.strptime(text, form) for text in texts)  # noqa: DTZ007 - no zone
        except ValueError:
            continue
    return ()


def _readable(text: str) -> str:
    """Return a text as it is, but the day number of a spreadsheet as date and time."""
    if not _DAY_NUMBER.fullmatch(text):
        return text
    moment = _DAY_ZERO + timedelta(days=float(text), milliseconds=500)
    return str(moment.replace(microsecond=0))


@dataclass(frozen=True, slots=True)
class Title:
    """The title of results: label, channel and unit as far as it names them."""

    text: str
    label: str = ""
    channel: int = 0
    unit: str = ""
    is_calculated: bool = False


def parse_title(text: str, *, is_calculated: bool = False) -> Title:
    """Read a title such as ``Results for A450(1) - channel 1 (A)``."""
    text = unquoted(text)
    found = _RESULTS.fullmatch(text)
    if found is None:
        return Title(text, is_calculated=is_calculated)
    channel = re.search(r"channel ([0-9])", found["part"] or "", re.IGNORECASE)
    unit = (found["unit"] or "").strip()
    return Title(text, found["label"].strip(), int(channel[1]) if channel else 0, unit)


@dataclass(frozen=True, slots=True)
class Entry:
    """A named group of settings, such as a label or a filter."""

    name: str
    value: str
    settings: Mapping[str, str]

    def get(self, *keys: str) -> str:
        """Return the first of some settings that is there; empty for ``N/A``."""
        for key in keys:
            if self.settings.get(key, "").lower() not in _NOTHING:
                return self.settings[key]
        return ""


def _heading_kind(text: str) -> str:
    """Return what kind of heading a text is; empty for none."""
    return next((kind for kind, pattern in _HEADINGS if pattern.fullmatch(text)), "")


class Page:
    """A sheet of an export: its headings, lines of plate information and groups of settings."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = from_column_of(sheet, _heading_kind)
        self.rows = dict(self.sheet.rows())
        self.headings: dict[int, str] = {}
        self.infos: list[PlateInfo] = []
        self.tables: set[int] = set()
        for row, cells in self.rows.items():
            first = one_line(text_of(cells[min(cells)]))
            kind = _heading_kind(first)
            if self._is_info_heading(row):
                kind = "info"
                self._take_infos(row)
            elif first.lower() == "plate" and self._has_words(row, {"label", "result", "signal"}):
                kind = "background"
                self.tables.update(self._lines_below(row), [row])
            if kind:
                self.headings[row] = kind
        self._heading_rows = sorted(self.headings)

    def _has_words(self, row: int, words: set[str]) -> bool:
        return words <= {one_line(text_of(c)).lower() for c in self.rows[row].values()}

    def _is_info_heading(self, row: int) -> bool:
        return self._has_words(row, _INFO_WORDS)

    def _lines_below(self, row: int) -> list[int]:
        """Return the lines that follow a heading line without a gap and start in its column."""
        below: list[int] = []
        column = min(self.rows[row])
        while (line := row + len(below) + 1) in self.rows:
            cells = self.rows[line]
            if min(cells) != column or not text_of(cells[column]).isdigit():
                break
            if all(text_of(cell).replace(".", "").isdigit() for cell in cells.values()):
                break  # a line of readings that stands right below the heading
            below.append(line)
        return below

    def _take_infos(self, row: int) -> None:
        cells = self.rows[row]
        fields = {one_line(text_of(cell)).lower(): column for column, cell in cells.items()}
        below = self._lines_below(row)
        self.infos += [PlateInfo(self.sheet, line, min(cells), fields) for line in below]
        self.tables.update(below, [row])

    def heading_above(self, row: int) -> tuple[int, str]:
        """Return the nearest heading above a row with its kind; row 0 if there is none."""
        found = bisect_left(self._heading_rows, row)
        above = self._heading_rows[found - 1] if found else 0
        return above, self.headings.get(above, "")

    def title_of(self, row: int) -> Title | None:
        """Return the title of results that start at a row."""
        above, kind = self.heading_above(row)
        if kind not in ("results", "calculated"):
            return None
        cells = self.rows[above]
        return parse_title(text_of(cells[min(cells)]), is_calculated=kind == "calculated")

    def titles(self) -> Iterator[tuple[Place, str]]:
        """Yield place and text of the titles of measured results."""
        for row, kind in self.headings.items():
            if kind == "results":
                place = (row, min(self.rows[row]))
                yield place, unquoted(text_of(self.sheet.get(*place)))

    def info_of(self, row: int) -> PlateInfo | None:
        """Return the plate information of results at a row: above them, or else below.

        The workstation puts it before or after the results of a plate, the same in all of a file.
        """
        above = [info for info in self.infos if info.row < row]
        below = [info for info in self.infos if info.row > row]
        first_results = min((r for r, k in self.headings.items() if k == "results"), default=row)
        if self.infos and self.infos[0].row < first_results:
            return above[-1] if above else None
        return below[0] if below else None

    def entries(self, heading: str) -> list[Entry]:
        """Return the groups of settings below a heading such as ``Labels:``."""
        starts = (
            row
            for row, cells in self.rows.items()
            if one_line(text_of(cells[min(cells)])).rstrip(" :").lower() == heading
            and row in self.headings
        )
        start = next(starts, None)
        if start is None:
            return []
        found: list[Entry] = []
        settings: dict[str, str] = {}
        last = 0
        for row in (r for r in self.rows if r > start):
            if row in self.headings:
                break
            key, value = self.pair(row)
            if row != last + 1:
                settings = {}
                found.append(Entry(key, value, settings))
            else:
                settings.setdefault(key.lower(), value)
            last = row
        return found

    def pair(self, row: int) -> tuple[str, str]:
        """Return key and value of a line; the value is the first filled cell right of the key."""
        cells = self.rows[row]
        key, column = key_and_value(cells)
        return key, "" if column is None else unquoted(text_of(cells[column]))

    def pairs(self) -> Iterator[tuple[int, str, str]]:
        """Yield row, key and value of all lines below the results."""
        start = min((r for r, k in self.headings.items() if k == "other"), default=0)
        for row in self.rows:
            if start and row >= start:
                yield row, *self.pair(row)

    def plate_size(self) -> tuple[int, int] | None:
        """Return the rows and columns of the plate type, where the page names a plate."""
        size = {key.lower(): value for _, key, value in self.pairs()}
        rows, columns = size.get("number of rows", ""), size.get("number of columns", "")
        named = (rows.strip().lstrip("0"), columns.strip().lstrip("0"))
        sizes = ((f.rows, f.columns) for f in PlateFormat)
        return next((size for size in sizes if tuple(map(str, size)) == named), None)

    def tell_facts(self, harvest: Harvest, program: re.Pattern[str]) -> None:
        """Keep what the page says about instrument, software, times and plates."""
        for info in self.infos:
            info.tell_facts(harvest)
        for row, cells in self.rows.items():
            text = one_line(text_of(cells[min(cells)]))
            found = program.fullmatch(text)
            if found:
                harvest.fact("software version", self.sheet, (row, min(cells)), found[1])
        for row, key, value in self.pairs():
            for name, pattern in _KEY_FACTS:
                if pattern.fullmatch(key) and value.lower() not in _NOTHING:
                    place = (row, sorted(self.rows[row])[1])
                    harvest.fact(name, self.sheet, place, _readable(value))


def looked_at(sheet: Sheet) -> Page:
    """Return the page of a sheet for a first look, made once for all programs that ask."""
    page: Page | None = sheet.memo.get("perkinelmer page")
    if page is None:
        page = sheet.memo["perkinelmer page"] = Page(sheet)
    return page
