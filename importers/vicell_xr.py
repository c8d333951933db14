"""Beckman Coulter Vi-CELL XR cell counter: run summaries, and reports on one sample in lines."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Sheet, Workbook

from .cells import shorten, text_of
from .harvest import Harvest
from .sample_report import KeyLines, key_lines, take_report, tell_report_facts
from .sample_table import SampleColumns, find_sample_tables, take_sample_tables
from .table_remarks import words

_TITLE = words(r"vi-?cell ?xr\b.*")
_TITLE_ROWS = 12
# The headings stand in two rows; the second one has the units.
_COLUMNS = SampleColumns(
    required=(
        words(r"sample id"),
        words(r"viability(?: \(%\))?"),
        words(r"avg\.? diam\.?(?: \(microns\))?"),
        words(r"trypan blue.*"),
    ),
    sample=(words(r"sample id"),),
    measured=words(
        r"(?:total|viable|nonviable) cells(?: ?/ ?ml.*)?|viability(?: \(%\))?"
        r"|avg\.? diam\.?(?: \(microns\))?|avg\.? circ\.?"
    ),
    facts=(
        ("date", words(r"sample date(?:/time)?")),
        ("protocol", words(r"cell type")),
    ),
)
_RESULTS = words(
    r"(?:total|viable|nonviable) cells|viability \(%\)|total (?:viable )?cells ?/ ?ml.*"
    r"|average diameter \(microns\)|average circularity"
)
_NEEDED = (words(r"sample id"), words(r"viability \(%\)"), words(r"viable cells"))
_RUN = (
    ("serial number", words(r"unit s/n")),
    ("date", words(r"rundate")),
    ("analysis version", words(r"analysis version")),
    ("protocol", words(r"cell type")),
    ("user", words(r"user")),
)


class ViCellXR:
    """Reads run summaries and reports of Vi-CELL XR."""

    key: ClassVar[str] = "vicell_xr"
    title: ClassVar[str] = "Beckman Coulter Vi-CELL XR"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".xls", ".xlsx", ".txt")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a sheet is titled Vi-CELL XR, or has the headings of its run summary."""
        for sheet in workbook.sheets:
            for place in _title_places(sheet):
                text = shorten(text_of(sheet.get(*place)))
                return Sniff(is_mine=True, reason=f"{sheet.source(*place)} says '{text}'.")
            for table in find_sample_tables(sheet, _COLUMNS):
                return Sniff(
                    is_mine=True,
                    reason=f"Row {table.heading_row} has the headings of a Vi-CELL XR summary.",
                )
        return Sniff(is_mine=False, reason="No sheet is a summary or a report of Vi-CELL XR.")

    def read(self, workbook: Workbook) -> FileReadings:
        """Return counts, concentrations, viability, diameter and circularity of each sample.

        :raises InputError: if there are none, or they cannot be read with certainty.
        """
        harvest = Harvest(workbook)
        for sheet in workbook.sheets:
            if sheet.hidden:
                continue
            for place in _title_places(sheet):
                harvest.fact("software version", sheet, place)
            lines = key_lines(sheet)
            tell_report_facts(harvest, lines, _RUN)
            if _is_report(lines) and not find_sample_tables(sheet, _COLUMNS):
                take_report(harvest, lines, _RESULTS, (words(r"sample id"), words(r"file name")))
        take_sample_tables(harvest, workbook, _COLUMNS)
        return harvest.result()


def _title_places(sheet: Sheet) -> list[tuple[int, int]]:
    return [
        place
        for place in sorted(sheet.cells)
        if place[0] <= _TITLE_ROWS and _TITLE.fullmatch(text_of(sheet.get(*place)))
    ]


def _is_report(lines: KeyLines) -> bool:
    return any(lines.matching(pattern) for pattern in _NEEDED)
