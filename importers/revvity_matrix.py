"""Revvity Matrix (Cellaca counters): a table with one sample a line, alone or below a header."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .harvest import Harvest
from .sample_report import key_lines, tell_report_facts
from .sample_table import SampleColumns, sniff_samples, take_sample_tables
from .table_remarks import words

_VIABILITY = words(r"viability(?: ?\(%\))?")
_COLUMNS = SampleColumns(
    required=(
        words(r"well name|sample(?: name| id)?"),
        words(r"live (?:count|cells ?/ ?ml|concentration.*)"),
        words(r"dead (?:count|cells ?/ ?ml|concentration.*)"),
        _VIABILITY,
    ),
    sample=(words(r"well name"), words(r"sample(?: name| id)?")),
    measured=words(
        r"(?:live|dead|total) (?:count|cells ?/ ?ml|concentration.*|mean size|(?:mean )?diameter.*)"
        r"|viability(?: ?\(%\))?"
    ),
    remarks=words(r"errors:?|notes?:?"),
)
_HEADER = (
    ("serial number", words(r"instrument sn|instrument serial.*")),
    ("software version", words(r"(?:software )?version")),
    ("date", words(r"scanresult timestamp|results timestamp")),
    ("plate id", words(r"plate name")),
    ("protocol", words(r"assay name")),
    ("user", words(r"operator")),
)


class RevvityMatrix:
    """Reads tables of Matrix."""

    key: ClassVar[str] = "revvity_matrix"
    title: ClassVar[str] = "Revvity Matrix (Cellaca)"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has well names, live and dead cells, and viabilities."""
        return sniff_samples(workbook, _COLUMNS)

    def read(self, workbook: Workbook) -> FileReadings:
        """Return counts, concentrations, sizes and viability of each sample.

        :raises InputError: if there are none, or a row cannot be read with certainty.
        """
        harvest = Harvest(workbook)
        for sheet in workbook.sheets:
            if not sheet.hidden:
                tell_report_facts(harvest, key_lines(sheet), _HEADER)
        take_sample_tables(harvest, workbook, _COLUMNS)
        return harvest.result()
