"""Reports on one sample in lines of key and value: ``Viability (%);68.2`` or ``Viability : 97``.

Which keys are measured is said by the importers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lims_msc.domain.findings import Level
from lims_msc.domain.workbook import Sheet

from .cells import decimal_mark, read_percentage, shorten, text_of
from .harvest import Harvest, some
from .headed_table import key_and_value
from .recut_text import cut_at_colon
from .sample_table import read_of
from .table_remarks import Pattern, fact_text


@dataclass(frozen=True, slots=True)
class KeyLines:
    """The lines of key and value of a sheet: the place of each value by its key.

    A key that stands twice keeps its first value, which the ``repeated`` keys tell.
    """

    sheet: Sheet = field(repr=False)
    places: Mapping[str, tuple[int, int]]
    repeated: Mapping[str, tuple[int, int]]

    def text(self, pattern: Pattern) -> str:
        """Return the value of the first key that fits; empty if there is none."""
        for key in self.matching(pattern):
            return text_of(self.sheet.get(*self.places[key]))
        return ""

    def matching(self, pattern: Pattern) -> list[str]:
        """Return the keys that fit a pattern as a whole, in the order of the file."""
        return [key for key in self.places if pattern.fullmatch(key)]


def key_lines(sheet: Sheet) -> KeyLines:
    """Return the lines of key and value, with the colon or the separator between them."""
    cut = cut_at_colon(sheet)
    places: dict[str, tuple[int, int]] = {}
    repeated: dict[str, tuple[int, int]] = {}
    for row, cells in cut.rows():
        key, column = key_and_value(cells)
        if not key or column is None:
            continue
        if key in places:
            repeated.setdefault(key, (row, column))
        else:
            places[key] = (row, column)
    return KeyLines(cut, places, repeated)


def take_report(
    harvest: Harvest, lines: KeyLines, measured: Pattern, names: Iterable[Pattern]
) -> None:
    """Take the measured lines of a report.

    :param names: the keys that may name the sample, the preferred one first.
    """
    sheet = lines.sheet
    keys = lines.matching(measured)
    sample = next((name for pattern in names if (name := lines.text(pattern))), "")
    if keys and not sample:
        harvest.tell(
            Level.ERROR,
            "no_sample",
            "The report names no sample.",
            hint="Export it again, with the sample's name.",
            sheet=sheet,
            place=lines.places[keys[0]],
        )
        return
    cells = [cell for key in keys if (cell := sheet.get(*lines.places[key])) is not None]
    mark = decimal_mark(cells, beside=sheet.cells.values())
    for key in keys:
        place = lines.places[key]
        read = read_of(key, sheet.get(*place))
        harvest.take(
            sheet, place, plate="", read=read, sample=sample, mark=mark, reader=read_percentage
        )
    _tell_repeated(harvest, lines, keys)
    _tell_cut_off(harvest, lines, keys)


def tell_report_facts(
    harvest: Harvest, lines: KeyLines, facts: Iterable[tuple[str, Pattern]]
) -> None:
    """Keep what the lines say about instrument and run."""
    for name, pattern in facts:
        for key in lines.matching(pattern):
            place = lines.places[key]
            harvest.fact(name, lines.sheet, place, fact_text(name, lines.sheet.get(*place)))


def _tell_repeated(harvest: Harvest, lines: KeyLines, keys: list[str]) -> None:
    twice = {key: place for key, place in lines.repeated.items() if key in keys}
    if twice:
        harvest.tell(
            Level.ERROR,
            "sample_twice",
            f"The report has more than one line for {some(map(repr, twice))}.",
            hint="Upload one report a file.",
            sheet=lines.sheet,
            place=next(iter(twice.values())),
        )


def _tell_cut_off(harvest: Harvest, lines: KeyLines, keys: list[str]) -> None:
    """Refuse a report that ends with a measured line; its program always goes on below."""
    for key in keys:
        row, column = lines.places[key]
        if row == lines.sheet.last_row and lines.sheet.is_text:
            harvest.tell(
                Level.ERROR,
                "cut_off",
                f"The file ends with '{shorten(key)}': it may be cut off.",
                hint="Export the report again.",
                sheet=lines.sheet,
                place=(row, column),
            )
