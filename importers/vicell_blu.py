"""Beckman Coulter Vi-CELL BLU cell counter: a table with one sample a line."""

from __future__ import annotations

from typing import ClassVar

from lims_msc.domain.importing import FileReadings, Sniff
from lims_msc.domain.workbook import Workbook

from .sample_table import SampleColumns, read_samples, sniff_samples
from .table_remarks import words

_COLUMNS = SampleColumns(
    required=(
        words(r"sample id"),
        words(r"cell count"),
        words(r"viable \(x ?10\^6\) cells/ml"),
        words(r"viability \(%\)"),
    ),
    sample=(words(r"sample id"),),
    # The headings have the micro sign or the Greek letter.
    measured=words(
        r"cell count|viable cells|(?:total|viable) \(x ?10\^6\) cells/ml|viability \(%\)"
        r"|average viable diameter \([µμu]m\)"
    ),
    facts=(
        ("date", words(r"analysis date/time")),
        ("protocol", words(r"cell type")),
        ("user", words(r"analysis by")),
    ),
)


class ViCellBlu:
    """Reads tables of Vi-CELL BLU."""

    key: ClassVar[str] = "vicell_blu"
    title: ClassVar[str] = "Beckman Coulter Vi-CELL BLU"
    version: ClassVar[str] = "1"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".xlsx")

    def sniff(self, workbook: Workbook) -> Sniff:
        """Say whether a table has sample IDs, cell counts, viabilities and millions of cells."""
        return sniff_samples(workbook, _COLUMNS)

    def read(self, workbook: Workbook) -> FileReadings:
        """Return counts, concentrations, viability and diameter of each sample.

        :raises InputError: if there are none, or a row cannot be read with certainty.
        """
        return read_samples(workbook, _COLUMNS)
