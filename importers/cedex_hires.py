"""Roche Cedex HiRes cell counter: a wide table with one sample a line."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .sample_table import SampleColumns, read_samples, sniff_samples
from .table_remarks import words

# The program itself writes 'identifer'.
_SAMPLE = words(r"sample identif(?:i)?er")
_COLUMNS = SampleColumns(
    required=(words(r"cedex id"), _SAMPLE, words(r"viable cell conc\.?")),
    sample=(_SAMPLE, words(r"data set name")),
    measured=words(
        r"avg\.? diameter|viability|(?:viable|total) cell count|(?:viable|dead|total) cell conc\.?"
    ),
    facts=(
        ("serial number", words(r"cedex id")),
        ("instrument", words(r"system name")),
        ("date", words(r"date finished")),
        ("protocol", words(r"cell type name")),
        ("user", words(r"username")),
    ),
)


class CedexHiRes:
    """Reads tables of Cedex HiRes."""

    key: ClassVar[str] = "cedex_hires"
    title: ClassVar[str] = "Roche Cedex HiRes"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx", ".xls")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has a Cedex ID, samples and concentrations of viable cells."""
        return sniff_samples(workbook, _COLUMNS)

    def read(self, workbook: Workbook) -> FileReadings:
        """Return counts, concentrations, viability and diameter of each sample.

        :raises InputError: if there are none, or a row cannot be read with certainty.
        """
        return read_samples(workbook, _COLUMNS)
